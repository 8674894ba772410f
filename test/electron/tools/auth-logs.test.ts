import { describe, expect, it } from 'vitest';
import { authLogs } from '#electron/tools/auth-logs.ts';
import { graphOf } from '../../graph-of.ts';
import { ACCOUNT, accessOf, AS_OF, BUCKET, contextOf, daysAgo, eventOf, logDays, policyOf, subjectOf } from './tool-context.ts';

const graph = graphOf([{ urn: BUCKET, type: 'AWS::S3::Bucket', kind: 'bucket', account: ACCOUNT }]);
const policy = policyOf({ accounts: { '444455556666': {} } });
type Parts = Parameters<typeof contextOf>[0];
const run = (parts: Parts) => authLogs.run(subjectOf(), {}, contextOf({ graph, policy, ...parts }));
const whole = [logDays('data_access')];

describe('access from outside', () => {
  it.each<[string, Parameters<typeof accessOf>[0], number]>([
    ['an anonymous reader', { actor_type: 'anonymous', actor_account: null, src_public: 1, events: 3 }, 3], ['a stranger’s account, even from inside', { actor_account: '999988887777' }, 1], ['one of ours from a public address', { src_public: 1 }, 1],
    ['another account of ours', { actor_account: '444455556666' }, 0], ['one of ours from inside', {}, 0], ['one of ours through an endpoint', { src_public: 1, through_vpce: 1 }, 0], ['a service', { actor_type: 'service', actor_account: null, src_public: 1 }, 0], ['a refused stranger', { actor_type: 'anonymous', actor_account: null, src_public: 1, outcome: 'failure' }, 0],
  ])('%s counts %j as %i', (_, group, count) => {
    expect(run({ access: [accessOf(group), accessOf()], coverage: whole }).claims.external_access?.value).toBe(count);
  });
  it('keeps the last of each kind for what contradicts a control', () => {
    const { facts } = run({ access: [accessOf({ actor_type: 'anonymous', actor_account: null, last_us: 5 }), accessOf({ src_public: 1, last_us: 7 })], coverage: whole });
    expect(facts).toMatchObject({ last_foreign_us: 5, last_outside_us: 7, foreign_success: 1, outside_network_success: 1 });
  });
});

describe('zero counts only with proven coverage', () => {
  const value = (parts: Parts) => run({ access: [accessOf()], coverage: whole, ...parts }).claims.external_access?.value;
  it('of the whole look-back, of this resource, without long silence, to the end', () => {
    expect(value({})).toBe(0);
    expect(value({ coverage: [logDays('data_access', { first_us: daysAgo(7) })], access: [accessOf({ first_us: daysAgo(7) })] })).toBe('unknown');
    expect(value({ access: [] })).toBe('unknown');
    expect(value({ coverage: [] })).toBe('unknown');
    expect(value({ coverage: [logDays('api')] })).toBe('unknown');
    expect(value({ coverage: [logDays('data_access', { account: '444455556666' })] })).toBe('unknown');
    expect(value({ coverage: [logDays('data_access', { longest_gap_days: 15 })] })).toBe('unknown');
    expect(value({ coverage: [logDays('data_access', { longest_gap_days: 14 })] })).toBe(0);
    expect(value({ coverage: [logDays('data_access', { last_us: daysAgo(3) })] })).toBe('unknown');
  });
  it('says how many days are covered, and what to supply', () => {
    const found = run({ access: [accessOf({ first_us: daysAgo(7) })], coverage: [logDays('data_access', { first_us: daysAgo(7) })] });
    expect(found.claims.external_access).toMatchObject({ reason: 'the logs cover 7 of 90 days', missing: [{ entity: BUCKET }] });
    expect(found.coverage.days).toBe(7);
  });
  it('a hole in logs that have events on nearly every other day is a gap, a quiet week of a quiet account is none', () => {
    const days = (offs: readonly number[]) => offs.map((n): readonly [number, number] => [daysAgo(n + 0.4), daysAgo(n + 0.1)]).toSorted((a, b) => a[0] - b[0]);
    const row = (spans: readonly (readonly [number, number])[]) => logDays('data_access', { days: spans.length, spans });
    const all = Array.from({ length: 90 }, (_, i) => i);
    expect(value({ coverage: [row(days(all))] })).toBe(0);
    expect(value({ coverage: [row(days(all.filter((n) => n !== 40)))] })).toBe(0);
    const holed = run({ access: [accessOf()], coverage: [row(days(all.filter((n) => n < 40 || n > 44)))] });
    expect(holed.claims.external_access).toMatchObject({ value: 'unknown', reason: expect.stringMatching(/of 90 days, 5 days in a row without any event among them$/) });
    expect(value({ coverage: [row(days(all.filter((n) => n % 7 === 0)))] })).toBe(0);
    // What lies before the look-back is not asked about.
    expect(value({ coverage: [row(days([...all, 95, 96, 99, 130]))] })).toBe(0);
  });
  it('a hit is as fresh as the logs, however long ago it was within the look-back', () => {
    expect(run({ access: [accessOf({ src_public: 1, last_us: daysAgo(80) })], coverage: whole }).claims.external_access).toMatchObject({ value: 1, observed_us: daysAgo(0.01) });
    expect(run({ access: [accessOf({ src_public: 1, last_us: daysAgo(80) })], coverage: [] }).claims.external_access).toMatchObject({ value: 1, observed_us: daysAgo(80) });
  });
  it('a hit needs no coverage', () => { expect(value({ access: [accessOf({ src_public: 1 })], coverage: [] })).toBe(1); });
});

describe('the sequence of a detection', () => {
  const subject = subjectOf({ plan: 'detection', kind: 'detection', issue_type: 'brute_force', family: 'access_attack', entity: 'arn:aws:iam::111122223333:user/alice', entity_type: 'user', src_ips: ['203.0.113.42'], first_us: daysAgo(2), last_us: daysAgo(2) });
  const claim = (parts: Parts) => authLogs.run(subject, {}, contextOf(parts)).claims.sequence_confirmed;
  const failures = Array.from({ length: 20 }, (_, i) => eventOf(`f${i}`, daysAgo(2) + i));
  it('is denied only by logs that cover its time', () => {
    expect(claim({ log: failures, coverage: [logDays('authentication')] })).toMatchObject({ value: false });
    expect(claim({ log: failures, coverage: [] })).toMatchObject({ value: 'unknown', reason: 'no logs of its account are imported' });
    expect(claim({ log: failures, coverage: [logDays('authentication', { first_us: daysAgo(1) })] })?.value).toBe('unknown');
    expect(claim({ log: failures, coverage: [logDays('authentication', { account: '444455556666' })] })?.value).toBe('unknown');
    expect(claim({ log: failures, coverage: [logDays('data_access')] })?.value).toBe('unknown');
  });
  it.each<[string, Partial<ReturnType<typeof logDays>>, RegExp]>([
    ['end with it', { last_us: daysAgo(2) + 20 }, /^20 failed logins and no success after them, as far as the logs go: the logs end at .*, right after the detection$/], ['end a little later', { last_us: daysAgo(2) + 20 * 60e6 }, /, 20 minutes after the detection$/],
    ['end hours later', { last_us: daysAgo(2) + 3.9 * 3600e6 }, /, 3 hours after the detection$/], ['end before it', { last_us: daysAgo(3) }, /before the detection did/], ['begin after it began', { first_us: daysAgo(1) }, /after the detection began/],
    ['have a hole after it', { spans: [[daysAgo(90), daysAgo(2) + 20], [daysAgo(0.9), daysAgo(0.01)]] }, /no event at all from .* to /],
  ])('is open where the logs %s', (_, rest, says) => {
    const { claims, coverage } = authLogs.run(subject, {}, contextOf({ log: failures, coverage: [logDays('authentication', rest)] }));
    expect(claims.sequence_confirmed).toMatchObject({ value: 'unknown', reason: expect.stringMatching(says), missing: [{ what: 'logs around the detection' }] });
    expect(coverage.note).toMatch(says.source.startsWith('^') ? /^the logs end at/ : says);
  });
  it('is denied where the logs go on to now, if that is sooner than a day after it, and where quiet hours are all that they lack', () => {
    const at = (agoDays: number) => ({ ...subject, first_us: daysAgo(agoDays), last_us: daysAgo(agoDays) });
    const ask = (agoDays: number, rest: Partial<ReturnType<typeof logDays>>) => authLogs.run(at(agoDays), {}, contextOf({ coverage: [logDays('authentication', rest)] })).claims.sequence_confirmed?.value;
    expect(ask(0.1, { last_us: daysAgo(0.01) })).toBe(false);
    expect(ask(0.1, { last_us: daysAgo(0.05) })).toBe('unknown');
    expect(ask(0.3, { last_us: daysAgo(0.01) })).toBe(false);
    expect(ask(0.02, { last_us: AS_OF })).toBe('unknown');
    expect(ask(2, { spans: [[daysAgo(90), daysAgo(2)], [daysAgo(1.4), daysAgo(1.3)], [daysAgo(0.9), daysAgo(0.01)]] })).toBe(false);
  });
  it('says how far the logs go where they end within the day after it', () => {
    expect(claim({ log: failures, coverage: [logDays('authentication', { last_us: daysAgo(1.75) })] })).toMatchObject({ value: false, reason: '20 failed logins and no success after them, in the 6 hours of logs that follow' });
    expect(claim({ log: failures, coverage: [logDays('authentication')] })?.reason).toBe('20 failed logins and no success after them');
  });
  it('of a bucket is denied by data events only', () => {
    const ask = (category: string) => authLogs.run({ ...subject, entity: BUCKET, entity_type: 'bucket', issue_type: 'data_exfiltration', family: 'exfiltration' }, {}, contextOf({ graph, coverage: [logDays(category)] })).claims.sequence_confirmed;
    expect([ask('data_access')?.value, ask('api')]).toEqual([false, expect.objectContaining({ value: 'unknown', reason: 'no data events of its account are imported' })]);
  });
  it('is open for one of an unknown account that no log mentions', () => {
    const { account: _, ...nowhere } = subject;
    expect(authLogs.run(nowhere, {}, contextOf({ coverage: [logDays('authentication')] })).claims.sequence_confirmed).toMatchObject({ value: 'unknown', reason: expect.stringContaining('no log mentions it') });
    expect(authLogs.run(nowhere, {}, contextOf({ log: failures, coverage: [logDays('authentication')] })).claims.sequence_confirmed?.value).toBe(false);
  });
  it('is confirmed by what the logs show, whatever they cover', () => {
    expect(claim({ log: [...failures, eventOf('s', daysAgo(2) + 50, { outcome: 'success' })], coverage: [] })).toMatchObject({ value: true, observed_us: daysAgo(2) + 50 });
  });
  it('is open where there is a success of which the logs do not tell whose it is', () => {
    expect(claim({ log: [...failures.slice(0, 2), eventOf('s', daysAgo(2) + 50, { outcome: 'success' })], coverage: [logDays('authentication')] })).toMatchObject({ value: 'unknown', missing: [{ what: 'whether the success was theirs' }] });
  });
  it('looks at a day before and after, not at any time', () => {
    expect(claim({ log: [...failures, eventOf('s', AS_OF - 1, { outcome: 'success' })], coverage: [logDays('authentication')] })?.value).toBe(false);
  });
});
