import { describe, expect, it } from 'vitest';
import { findSequence } from '#electron/tools/facts/event-sequence.ts';
import { MICROS_PER_SECOND } from '#shared/lib/time.ts';
import { contextOf, daysAgo, eventOf, subjectOf, type LogRow } from '../tool-context.ts';

const ALICE = 'arn:aws:iam::111122223333:user/alice', IP = '203.0.113.42', HOME = '198.51.100.7';
const start = daysAgo(1);
const burst = (n: number, rest: Partial<LogRow> = {}) => Array.from({ length: n }, (_, i) => eventOf(`f${String(i).padStart(6, '0')}`, start + i * MICROS_PER_SECOND, rest));
const success = (after: number, rest: Partial<LogRow> = {}) => eventOf('success', start + after * MICROS_PER_SECOND, { outcome: 'success', ...rest });
const bruteForce = (rest = {}) => subjectOf({ plan: 'detection', kind: 'detection', issue_type: 'brute_force', family: 'access_attack', entity: ALICE, entity_type: 'user', src_ips: [IP], first_us: start, last_us: start, ...rest });
const find = (log: readonly LogRow[], subject = bruteForce()) => findSequence(subject, contextOf({ log }), daysAgo(2), daysAgo(-1));

describe('a brute force', () => {
  it('without success is a burst and no sequence', () => { expect(find(burst(47))).toMatchObject({ confirmed: false, answerable: true, failures: 47, first_success: null, why: '47 failed logins and no success after them' }); });
  it('with success after it is confirmed, with what followed', () => {
    const found = find([...burst(47), success(60), eventOf('k', start + 70 * MICROS_PER_SECOND, { category: 'iam', action: 'CreateAccessKey', outcome: 'success' })]);
    expect(found).toMatchObject({ confirmed: true, failures: 47, follow_up: [{ action: 'CreateAccessKey', src_ip: IP }] });
    expect(found.why).toContain('followed by CreateAccessKey');
  });
  it.each<[string, readonly LogRow[]]>([
    ['fewer than five failures', [...burst(4), success(60)]], ['a success before the failures', [...burst(47), success(-1)]], ['a success of the user from home', [...burst(47), success(60, { src_ip: HOME })]], ['a sensitive call of the user from home', [...burst(47), eventOf('k', start + 70 * MICROS_PER_SECOND, { category: 'iam', action: 'CreateAccessKey', outcome: 'success', src_ip: HOME })]],
    ['a failed sensitive call', [...burst(47), eventOf('k', start + 70 * MICROS_PER_SECOND, { category: 'iam', action: 'CreateAccessKey', outcome: 'failure' })]],
  ])('is not confirmed by %s', (_, log) => { expect(find(log).confirmed).toBe(false); });
  it.each<[string, readonly LogRow[], string]>([
    ['a few failures', [...burst(4), success(60)], `${IP} signed in at`], ['one failure', [...burst(1), success(60)], 'after 1 failed login: whether it was guessed is not told'],
    ['none in the logs', [success(60)], 'after no failure that the logs show'],
  ])('with a success after %s leaves it open whether it was guessed', (_, log, says) => {
    const found = find(log);
    expect([found.confirmed, found.answerable, found.open, found.why]).toEqual([false, true, true, expect.stringContaining(says)]);
  });
  it('says what the reported address did with the credentials, where that is nothing sensitive', () => {
    const found = find([eventOf('d', start + 5, { category: 'api', action: 'DescribeInstances', outcome: 'success' })], bruteForce({ issue_type: 'suspicious_login' }));
    expect(found).toMatchObject({ confirmed: false, why: `the reported address ${IP} used the credentials successfully (DescribeInstances), and made no sensitive call` });
    expect(found.open).toBeUndefined();
    expect(find([success(60)], bruteForce({ issue_type: 'suspicious_login' }))).toMatchObject({ confirmed: false, why: expect.stringContaining('(ConsoleLogin), and made no sensitive call') });
  });
  it('can not hide its success behind thousands of failures', () => {
    expect(find([...burst(5000), success(6000)])).toMatchObject({ confirmed: true, failures: 5000 });
    expect(find([...burst(5000).map((e) => ({ ...e, time_us: start })), success(6000)])).toMatchObject({ confirmed: true });
  });
  it('reads to the end whichever way it asks', () => {
    const spray = burst(2500, { actor: 'arn:aws:iam::111122223333:user/bob' });
    expect(find([...spray, success(6000, { actor: 'arn:aws:iam::111122223333:user/bob' })])).toMatchObject({ confirmed: true });
  });
});

describe('a use of stolen credentials', () => {
  const stolen = bruteForce({ issue_type: 'credential_exfiltration', family: 'credential_attack', access_keys: ['AKIAEXAMPLE'] });
  const use = (rest: Partial<LogRow>) => eventOf('u', start + 1, { outcome: 'success', category: 'data_access', action: 'GetObject', access_key: 'AKIAEXAMPLE', ...rest });
  it('from the reported address is confirmed', () => { expect(find([use({})], stolen)).toMatchObject({ confirmed: true, failures: 0 }); });
  it('from elsewhere, or without effect, is not', () => {
    expect(find([use({ src_ip: HOME })], stolen).confirmed).toBe(false);
    expect(find([use({ category: 'api', action: 'GetCallerIdentity' })], stolen)).toMatchObject({ confirmed: false, open: true, why: expect.stringContaining(`${IP} used the reported key successfully (GetCallerIdentity)`) });
    expect(find([use({ category: 'api', action: 'GetCallerIdentity', access_key: 'AKIAOTHER' })], stolen).open).toBeUndefined();
    expect(find([use({ outcome: 'failure' })], stolen).confirmed).toBe(false);
  });
  it('a scan is not made a sequence by a call from its address', () => { expect(find([use({})], bruteForce({ family: 'recon', issue_type: 'port_scan' })).confirmed).toBe(false); });
});

it('says that such logs cannot show what happens on a host', () => {
  expect(find([], bruteForce({ family: 'malware', entity_type: 'user' })).answerable).toBe(false);
  expect(find([], bruteForce({ entity: 'i-0abc1234', entity_type: 'vm' })).answerable).toBe(false);
});

it('counts an event once that is found by who did it, with what and from where', () => {
  const attempts = burst(30, { access_key: 'AKIAEXAMPLE' }), together = burst(30).map((e) => ({ ...e, time_us: start }));
  expect(find(attempts, bruteForce({ access_keys: ['AKIAEXAMPLE'], users: [ALICE] })).failures).toBe(30);
  expect(find(together).failures).toBe(30);
});
