import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { vpcFlowLogs } from '#electron/pipeline/graph/importers/vpc-flow-logs.ts';
import { readContent } from './read-content.ts';

const edges = async (text: string) => (await readContent(text)).edges.map((e) => `${e.source} ${e.target} ${e.reason ?? ''}`);
const opened = 'internet eni-0a1b2c3d flow log: accepted tcp 443', other = 'internet eni-0a1b2c3d flow log: accepted tcp 8443';

describe('vpc-flow-logs', () => {
  it('is registered, and takes from the default format what was let in, the first line included', async () => {
    expect(importers).toContain(vpcFlowLogs);
    const text = readFileSync('test/fixtures/importers/vpc-flow-logs/default.log', 'utf8');
    const { reader, errors, resources } = await readContent(text);
    expect([reader, errors]).toEqual(['vpc-flow-logs', []]);
    expect(await edges(text)).toEqual([opened, other]);
    expect(resources[0]).toMatchObject({ urn: 'flow:eni-0a1b2c3d:tcp:443:internet', account: '111122223333', captured_us: 1767225660000000 });
  });

  it('reads fields of its own order by the header, with the direction where it is told', async () => {
    const header = 'version vpc-id subnet-id instance-id interface-id srcaddr srcport dstaddr dstport protocol action flow-direction';
    const line = (direction: string) => `5 vpc-1 subnet-1 i-0aa eni-0a1b2c3d 198.51.100.7 50000 10.0.1.9 443 6 ACCEPT ${direction}`;
    expect(await edges(`${header}\n${line('ingress')}\n${line('egress')}\n`)).toEqual(['internet i-0aa flow log: accepted tcp 443']);
  });

  it('reads JSON by field and as messages of CloudWatch', async () => {
    expect(await edges(JSON.stringify({ version: 2, account_id: '111122223333', interface_id: 'eni-0a1b2c3d', srcaddr: '198.51.100.7', dstaddr: '10.0.1.9', srcport: 50000, dstport: 443, protocol: 6, action: 'ACCEPT' }))).toEqual([opened]);
    expect(await edges(JSON.stringify({ timestamp: 1, message: '2 111122223333 eni-0a1b2c3d 198.51.100.7 10.0.1.9 51022 443 6 20 4249 1767225600 1767225660 ACCEPT OK' }))).toEqual([opened]);
  });

  it.each(['web-1 server started', '2 111122223333 eni-0a1b2c3d 198.51.100.7', 'eni-0a1b2c3d 198.51.100.7 10.0.1.9 51022 443 6 20 4249 1 2 ACCEPT OK 2 3 4'])('takes a message that is no line of a flow log for none: %s', (message) => {
    expect(vpcFlowLogs.parse({ timestamp: 1, message }, { parents: [], from: 'logEvents', path: '', index: 0 })).toMatchObject({ ok: false });
  });

  it.each([
    ['refused', '2 111122223333 eni-0a1b2c3d 198.51.100.7 10.0.1.9 51022 443 6 20 4249 1 2 REJECT OK'], ['a reply', '2 111122223333 eni-0a1b2c3d 198.51.100.7 10.0.1.9 443 51022 6 20 4249 1 2 ACCEPT OK'],
    ['on its way out', '2 111122223333 eni-0a1b2c3d 10.0.1.9 198.51.100.7 51022 443 6 20 4249 1 2 ACCEPT OK'], ['inside', '2 111122223333 eni-0a1b2c3d 10.0.1.9 10.0.2.9 51022 443 6 20 4249 1 2 ACCEPT OK'],
  ])('says nothing of a flow that is %s', async (_, line) => expect(await edges(`${line}\n${line}\n`)).toEqual([]));

  it('never throws on any record', () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('srcaddr', 'dstaddr', 'action', 'interface-id', 'message', 'end', 'dstport'), fc.jsonValue()), fc.jsonValue(), (record, value) => {
      vpcFlowLogs.parse(record, { parents: [], from: '', path: '', index: 0 });
      vpcFlowLogs.parse(value, { parents: [], from: '', path: '', index: 0 });
    }), { numRuns: 300 });
  });
});
