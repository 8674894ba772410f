import { describe, expect, it } from 'vitest';
import { combine } from '#electron/evaluate/aws/network/combine.ts';
import { row } from '#electron/evaluate/aws/network/row.ts';
import { combineWays, row as anyRow } from '#electron/evaluate/row.ts';
import type { Answer } from '#shared/model/verdict.ts';

const ssh = [{ protocol: 'tcp', from: 22, to: 22 }];
const path = (address: string, acl: Answer, state: Answer = 'yes') => ({ rows: [row('NO_PUBLIC_IP', 'yes', address, '', `${address} is public`), row('NACL_IN', acl, 'acl', '', `acl says ${acl}`), row('STATE', state, 'host', '', `runs: ${state}`)], open: ssh, ruleOpens: 'yes', family: 4, addresses: [address] }) as const;
const way = (address: string, acl: Answer) => ({ rows: [anyRow('NO_PUBLIC_IP', 'yes', address, '', 'public'), anyRow('FW_IN', acl, 'fw', '', `firewall says ${acl}`)], open: ssh, addresses: [address], ruleOpens: 'yes', via: address }) as const;

describe('several ways in', () => {
  it('are open at the addresses of those that are open', () => {
    expect(combine([path('203.0.113.1', 'no'), path('203.0.113.2', 'yes')], 'any', 'sg')).toMatchObject({ reachable: { answer: 'yes' }, addresses: ['203.0.113.2'] });
    expect(combineWays([way('203.0.113.1', 'no'), way('203.0.113.2', 'yes')])).toMatchObject({ reachable: { answer: 'yes' }, addresses: ['203.0.113.2'] });
  });
  it('keep the addresses that lead nowhere when none is open', () => {
    expect(combine([path('203.0.113.1', 'no')], 'any', 'sg').addresses).toEqual(['203.0.113.1']);
    expect(combineWays([way('203.0.113.1', 'no')]).addresses).toEqual(['203.0.113.1']);
  });
  it('are told by what blocks first, then by what holds', () => {
    expect(combine([path('203.0.113.1', 'no', 'no')], 'any', 'sg')).toMatchObject({ failed: ['NACL_IN', 'STATE'], reachable: { reasons: [{ text: 'acl says no' }, { text: 'runs: no' }, { text: '203.0.113.1 is public' }] } });
    expect(combine([path('203.0.113.1', 'yes')], 'any', 'sg').reachable.reasons.map((r) => r.text)).toEqual(['203.0.113.1 is public', 'acl says yes', 'runs: yes']);
  });
});
