import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toEventRow } from '#electron/store/tables/events.ts';
import { toFindingRow } from '#electron/store/tables/findings.ts';
import type { Tables } from '#electron/store/tables.ts';
import type { Event } from '#shared/model/event.ts';
import { MICROS_PER_DAY, formatTime } from '#shared/lib/time.ts';
import { findingOf } from '../../fixtures/finding-of.ts';
import { incidentOf } from '../../fixtures/incident-of.ts';
import { newWorkspace, NOW } from './workspace.ts';

describe('findings', () => {
  const version = (id: string, updated_us: number, title: string) => { const f = findingOf(id, { updated_us, discovered_us: updated_us - 5, title }); return toFindingRow(f, `hash ${title}`, 0, JSON.stringify(f)); };
  const rows = [version('a', 10, 'old'), version('a', 30, 'newest'), version('a', 20, 'middle'), version('a', 30, 'a tie that loses'), version('b', 5, 'other')];
  const dump = (tables: Tables) => ({ all: [...tables.findings.open()].map((f) => `${f.finding_id} ${f.title}`).toSorted(), seen: ['a', 'b'].map((id) => { const row = tables.findings.get(id); return [row?.first_seen, row?.last_seen]; }), versions: tables.findings.versions(), count: tables.findings.count() });
  const load = (list: typeof rows) => { const { workspace, tables } = newWorkspace(); const known = tables.transaction(() => list.map((row) => tables.findings.add(row, 1))); const result = { ...dump(tables), known }; workspace.close(); return result; };

  it('keep the newest version and every time seen, in whatever order they come', () => {
    const { known, ...whole } = load(rows);
    expect(known).toEqual([true, true, true, true, true]);
    expect(whole).toEqual({ all: ['a newest', 'b other'], seen: [[5, 30], [0, 5]], versions: 5, count: 2 });
    fc.assert(fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => { const { known: _, ...got } = load(shuffled); expect(got).toEqual(whole); }), { numRuns: 5 });
  });
  it.each([[['passed', 'open'], 'open'], [['open', 'suppressed'], 'suppressed'], [['resolved', 'passed', 'open'], 'resolved']] as const)('of one instant that are %j stand as %s, in whatever order they come', (statuses, stands) => {
    for (const order of [statuses, statuses.toReversed()]) {
      const { workspace, tables } = newWorkspace();
      for (const [i, status] of order.entries()) { const f = findingOf('a', { updated_us: 10, status }); tables.findings.add(toFindingRow(f, `hash ${status === stands ? 0 : 9 - i}`, 0, JSON.stringify(f)), 1); }
      expect(tables.findings.get('a')?.finding.status).toBe(stands);
      workspace.close();
    }
  });
  it('count a version once', () => { expect(load([rows[0]!, rows[0]!, rows[0]!])).toMatchObject({ known: [true, false, false], versions: 1, count: 1 }); });
  it('of an untimed record never make the newest time', () => {
    const { tables } = newWorkspace();
    const f = findingOf('u', { updated_us: 99, untimed: true });
    tables.findings.add(toFindingRow(f, 'u', 0, JSON.stringify(f)), 1);
    tables.findings.add(rows[0]!, 1);
    expect([tables.findings.newestUs(NOW), tables.findings.newestUs(9)]).toEqual([10, undefined]);
  });
});

describe('events', () => {
  const event = (id: string, day: number, rest: Partial<Event> = {}): Event => ({ event_id: id, source: 'cloudtrail', time: formatTime(day * MICROS_PER_DAY + 1), time_us: day * MICROS_PER_DAY + 1, category: 'api', action: 'PutBucketPolicy', outcome: 'success', actor_type: 'user', actor: 'alice', account: '111122223333', targets: ['arn:b'], ...rest });
  const filled = (...events: readonly Event[]) => { const { tables } = newWorkspace(); for (const e of events) tables.events.add(toEventRow(e, 0, e.src_ip !== undefined), 1); return tables.events; };

  it('cover days by account and category, with the longest silence between them', () => {
    const events = filled(event('1', 100), event('2', 100), event('3', 101), event('4', 120), event('5', 121), event('6', 100, { category: 'data_access' }), event('7', 50, { account: '444455556666' }));
    expect(events.coverage()).toEqual([
      expect.objectContaining({ account: '111122223333', category: 'api', days: 4, events: 5, longest_gap_days: 18, first_us: 100 * MICROS_PER_DAY + 1, last_us: 121 * MICROS_PER_DAY + 1 }),
      expect.objectContaining({ account: '111122223333', category: 'data_access', days: 1, events: 1, longest_gap_days: 0 }), expect.objectContaining({ account: '444455556666', days: 1 }),
    ]);
  });
  it('come once, however often they are imported', () => {
    const { tables } = newWorkspace();
    const row = toEventRow(event('1', 100), 0, false);
    expect([tables.events.add(row, 1), tables.events.add(row, 2), tables.events.count(), tables.events.coverage()[0]?.events]).toEqual([true, false, 1, 1]);
  });
  it('are found by actor, by public address, by what they touched: oldest first, up to a limit', () => {
    const events = filled(event('2', 101, { src_ip: '203.0.113.9' }), event('1', 100), event('3', 102, { read_only: true }), event('4', 103, { category: 'data_access', action: 'GetObject' }));
    expect(events.byActor('alice', 0, NOW, 2).map((e) => e.event_id)).toEqual(['1', '2']);
    expect(events.bySourceIp('203.0.113.9', 0, NOW, 9).map((e) => e.event_id)).toEqual(['2']);
    expect(events.changesOf('arn:b', 0, NOW, 9).map((e) => e.event_id)).toEqual(['2', '1']);
    expect(events.byActor('alice', 101 * MICROS_PER_DAY, 102 * MICROS_PER_DAY, 9).map((e) => e.event_id)).toEqual(['2']);
  });
  it('of data access are grouped by who and from where', () => {
    const data = (id: string, day: number, rest: Partial<Event>) => event(id, day, { category: 'data_access', action: 'GetObject', ...rest });
    const events = filled(data('1', 1, { actor_type: 'anonymous', src_ip: '203.0.113.9' }), data('2', 3, { actor_type: 'anonymous', src_ip: '203.0.113.8' }), data('3', 2, { vpc_endpoint: 'vpce-1' }), data('4', 2, { outcome: 'failure' }), event('5', 2));
    expect(events.access('arn:b', 0, NOW).map((g) => [g.actor_type, g.src_public, g.through_vpce, g.outcome, g.events])).toEqual([['anonymous', 1, 0, 'success', 2], ['user', 0, 0, 'failure', 1], ['user', 0, 1, 'success', 1]]);
  });
});

describe('the outbox', () => {
  const row = { key: 'K-1', action: 'auto_create_ticket', status: 'outbox', decision_id: 'D-1', payload: '{"n":1}', created_us: 1 };
  const states = (tables: Tables) => tables.outbox.all().map((r) => [r.key, r.action, r.status, r.decision_id]);

  it('holds one row an incident and action, however often it is decided', () => {
    const { tables } = newWorkspace();
    for (const decision_id of ['D-1', 'D-2', 'D-3']) tables.outbox.put({ ...row, decision_id, created_us: 5 });
    tables.outbox.put({ ...row, action: 'page_on_call' });
    expect(states(tables)).toEqual([['K-1', 'auto_create_ticket', 'outbox', 'D-3'], ['K-1', 'page_on_call', 'outbox', 'D-1']]);
  });
  it('does not take back an approval unless what it approved changes', () => {
    const { tables } = newWorkspace();
    tables.outbox.put({ ...row, status: 'waiting_for_approval' });
    expect(tables.outbox.setStatus('K-1', 'waiting_for_approval', 'approved', 2)).toBe(1);
    tables.outbox.put({ ...row, status: 'waiting_for_approval' });
    expect(tables.outbox.ofIncident('K-1')[0]?.status).toBe('approved');
    tables.outbox.put({ ...row, status: 'waiting_for_approval', payload: '{"n":2}' });
    expect(tables.outbox.ofIncident('K-1')[0]?.status).toBe('waiting_for_approval');
  });
  it('withdraws what is not wanted any more, but not what is sent', () => {
    const { tables } = newWorkspace();
    for (const [action, status] of [['notify', 'sent'], ['page_on_call', 'outbox'], ['auto_create_ticket', 'outbox']] as const) tables.outbox.put({ ...row, action, status });
    tables.outbox.put({ ...row, key: 'K-2' });
    tables.outbox.withdrawOthers('K-1', ['auto_create_ticket'], 9);
    expect(states(tables).map(([key, action, status]) => `${key} ${action} ${status}`)).toEqual(['K-1 auto_create_ticket outbox', 'K-1 notify sent', 'K-1 page_on_call withdrawn', 'K-2 auto_create_ticket outbox']);
  });
});

describe('incidents, policies, corrections', () => {
  it('number labels by year, beyond four digits too', () => {
    const { tables } = newWorkspace();
    expect(tables.incidents.lastNumber(2026)).toBe(0);
    for (const n of ['9999', '10000', '0007']) tables.incidents.put(incidentOf({ id: `INC-2026-${n}`, key: `K-${n}` }), undefined, 1);
    tables.incidents.put(incidentOf({ id: 'INC-2025-20000', key: 'K-x' }), undefined, 1);
    expect([tables.incidents.lastNumber(2026), tables.incidents.get('INC-2026-0007')?.incident.key, tables.incidents.get('K-0007')?.incident.id]).toEqual([10_000, 'K-0007', 'INC-2026-0007']);
  });
  it('remember a pair once, whichever way it is said, the last word counting', () => {
    const { tables } = newWorkspace();
    tables.incidents.link('b', 'a', 'must', 'alice', 1);
    tables.incidents.link('a', 'b', 'cannot', 'bob', 2);
    tables.incidents.link('a', 'a', 'must', 'bob', 2);
    expect(tables.incidents.links()).toEqual([{ finding_a: 'a', finding_b: 'b', link: 'cannot' }]);
  });
  it('keep every policy for replay; the same one again adds none', () => {
    const { tables } = newWorkspace();
    const shipped = tables.policies.current();
    const mine = { ...shipped.policy, crown_jewels: ['x'] };
    expect([shipped.version, tables.policies.add(mine, 'a', 1), tables.policies.add(mine, 'b', 2), tables.policies.add(shipped.policy, 'c', 3)]).toEqual([0, { version: 1, changed: true }, { version: 1, changed: false }, { version: 2, changed: true }]);
    expect([tables.policies.version(1)?.policy.crown_jewels, tables.policies.version(0)?.source, tables.policies.version(9)]).toEqual([['x'], 'shipped', undefined]);
  });
});

it('makes all of a transaction durable or none of it', () => {
  const { tables } = newWorkspace();
  expect(() => tables.transaction(() => { tables.incidents.put(incidentOf(), undefined, 1); throw new Error('halt'); })).toThrow('halt');
  expect(tables.incidents.all()).toEqual([]);
});
