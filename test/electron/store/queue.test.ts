import Database from 'better-sqlite3';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace, type Workspace } from '#electron/store/open.ts';
import { openTables, type Tables } from '#electron/store/tables.ts';
import type { Incident } from '#shared/model/incident.ts';
import { policySchema } from '#shared/model/policy.ts';
import { listFilters, queueFilterSchema, type QueueFilter } from '#shared/rpc/schemas.ts';

const migrationsDir = join(import.meta.dirname, '../../../resources/migrations');
const incident = (n: number, over: Partial<Incident> = {}): Incident => ({
  id: `INC-2026-000${n}`, key: `K-${n}`, status: 'open', title: `Bucket ${n} is public`, primary_issue: 'public_access', primary_finding: `F-${n}`, kind: 'posture', entity: `arn:aws:s3:::bucket-${n}`, entity_type: 'bucket',
  severity_reported: 'high', supporting_findings: [{ finding_id: `F-${n}`, source: n % 2 === 0 ? 'wiz' : 'prowler', source_id: 's', issue_type: 'public_access', why_joined: 'the only finding' }],
  amplifiers: {}, confidence: 1, evidence_summary: '', first_seen: '2026-01-01T00:00:00Z', last_seen: `2026-01-0${n}T00:00:00Z`, attack: n === 1 ? ['T1530'] : [], account: n < 3 ? '111122223333' : '444455556666', ...over,
});
const filter = (over: Partial<QueueFilter> = {}): QueueFilter => ({ ...queueFilterSchema.parse({}), ...over });
const inOrder = { sort: 'work_order', descending: false, offset: 0, limit: 10 } as const;

let dir: string, workspace: Workspace, tables: Tables;
function open(): void {
  const opened = openWorkspace({ file: join(dir, 'w.db'), create: true, migrationsDir, now: () => 1 });
  if (!opened.ok) throw new Error(opened.error);
  workspace = opened.value;
  tables = openTables(workspace.db, policySchema.parse({}));
}
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'winnow-queue-')); });
afterEach(() => { workspace.close(); rmSync(dir, { recursive: true, force: true }); });

describe('the queue table', () => {
  beforeEach(() => {
    open();
    tables.transaction(() => { for (const n of [1, 2, 3, 4]) tables.incidents.put(incident(n), undefined, 1); });
  });
  const ids = (over: Partial<QueueFilter>): readonly string[] => tables.queue.list(filter(over), inOrder).map((r) => r.key);
  const sums = (over: Partial<QueueFilter>) => { const { facets: _, ...rest } = tables.queue.overview(filter(over)); return rest; };

  it('filters by each field, by what an incident has several of, and by words in any order', () => {
    expect(ids({})).toEqual(['K-1', 'K-2', 'K-3', 'K-4']);
    expect(ids({ source: ['wiz'] })).toEqual(['K-2', 'K-4']);
    expect(ids({ attack: ['T1530'] })).toEqual(['K-1']);
    expect(ids({ account: ['444455556666'], source: ['prowler'] })).toEqual(['K-3']);
    expect(ids({ text: 'PUBLIC bucket-4' })).toEqual(['K-4']);
    expect(ids({ text: '100%_' })).toEqual([]);
    expect(ids({ min_severity: 'critical' })).toEqual([]);
    expect(ids({ decision: ['ticket'] })).toEqual([]);
  });

  it('turns a filter round: none of its values, where "has none" is a value too', () => {
    expect(ids({ source: ['wiz'], not: ['source'] })).toEqual(['K-1', 'K-3']);
    expect(ids({ attack: ['T1530'], not: ['attack'] })).toEqual(['K-2', 'K-3', 'K-4']);
    expect(ids({ account: ['444455556666'], source: ['prowler'], not: ['account'] })).toEqual(['K-1']);
    expect(ids({ owner: [''], not: ['owner'] })).toEqual([]);
    expect(ids({ not: ['source', 'owner'] })).toEqual(['K-1', 'K-2', 'K-3', 'K-4']);
    expect(sums({ source: ['wiz'], not: ['source'] })).toEqual({ total: 4, shown: 2, hidden_by: { source: 2 } });
    const facets = tables.queue.overview(filter({ source: ['wiz'], not: ['source'] })).facets.filter((f) => f.facet === 'source');
    expect(facets).toEqual(expect.arrayContaining([{ facet: 'source', value: 'wiz', n: 2 }, { facet: 'source', value: 'prowler', n: 2 }]));
  });

  it('shows closed incidents only to who asks for them, not to who leaves another status out', () => {
    tables.transaction(() => { tables.incidents.setStatus(incident(3, { status: 'closed' }), 2); tables.incidents.setStatus(incident(4, { status: 'approved' }), 2); });
    expect(ids({ status: ['approved'], not: ['status'] })).toEqual(['K-1', 'K-2']);
    expect(ids({ status: ['closed'], not: ['status'] })).toEqual(['K-1', 'K-2', 'K-4']);
  });

  it('says what each filter takes away by itself, and counts what could be chosen beside the others', () => {
    expect(sums({ source: ['wiz'], account: ['111122223333'] })).toEqual({ total: 4, shown: 1, hidden_by: { source: 2, account: 2 } });
    const facets = tables.queue.overview(filter({ source: ['wiz'] })).facets.filter((f) => f.facet === 'source' || f.facet === 'account');
    expect(facets).toEqual(expect.arrayContaining([{ facet: 'source', value: 'wiz', n: 2 }, { facet: 'source', value: 'prowler', n: 2 }, { facet: 'account', value: '111122223333', n: 1 }, { facet: 'account', value: '444455556666', n: 1 }]));
  });

  it('counts what its own list shows, whatever the filter', () => {
    const some = <T>(...values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 2 });
    tables.transaction(() => { tables.incidents.setStatus(incident(3, { status: 'closed' }), 2); tables.incidents.put(incident(5, { severity_reported: 'low', environment: 'dev', attack: ['T1530', 'T1078'] }), undefined, 1); });
    const filters = fc.record({ source: some('wiz', 'prowler', 'x'), account: some('111122223333', '444455556666', ''), environment: some('dev', ''), attack: some('T1530', 'T1078', 'T1'), status: some('open' as const, 'closed' as const), owner: some('', 'me'), text: fc.constantFrom('', 'bucket', '2 public', 'zzz'), min_severity: fc.constantFrom(undefined, 'critical' as const, 'high' as const, 'low' as const), not: some(...listFilters) });
    fc.assert(fc.property(filters, ({ min_severity, ...rest }) => {
      const chosen = filter({ ...rest, ...(min_severity !== undefined && { min_severity }) }), { shown, total, facets, hidden_by } = tables.queue.overview(chosen);
      expect(shown).toBe(tables.queue.list(chosen, inOrder).length);
      expect(facets.filter((f) => f.facet === 'priority').reduce((sum, f) => sum + f.n, 0)).toBe(shown);
      // A filter alone hides what it hides.
      for (const name of ['source', 'account', 'environment', 'attack', 'owner'] as const) expect(hidden_by[name] ?? 0).toBe(total - tables.queue.overview(filter({ [name]: chosen[name], not: chosen.not.filter((n) => n === name), status: chosen.status.includes('closed') && !chosen.not.includes('status') ? ['open', 'closed', 'approved', 'overridden', 'rejected', 'reopened'] : [] })).shown);
    }), { numRuns: 60 });
  });

  it('sorts both ways and pages', () => {
    const keys = (sort: 'age' | 'entity', descending: boolean, offset = 0): readonly string[] => tables.queue.list(filter(), { sort, descending, offset, limit: 2 }).map((r) => r.key);
    expect([keys('age', false), keys('age', true), keys('entity', false, 2), keys('entity', true)]).toEqual([['K-4', 'K-3'], ['K-1', 'K-2'], ['K-3', 'K-4'], ['K-4', 'K-3']]);
    expect(tables.queue.get('K-1')?.entity_name).toBe('bucket-1');
  });

  it('follows a change of status and of what waits, in the same transaction or not at all', () => {
    const outbox = { key: 'K-2', action: 'auto_create_ticket', status: 'waiting_for_approval', decision_id: 'D', payload: '{}', created_us: 1 };
    expect(() => tables.transaction(() => { tables.outbox.put(outbox); throw new Error('no'); })).toThrow('no');
    expect(tables.queue.get('K-2')?.waits).toBe(0);
    tables.transaction(() => { tables.outbox.put(outbox); tables.incidents.setStatus(incident(3, { status: 'closed' }), 2); });
    expect(tables.queue.get('K-2')?.waits).toBe(1);
    expect(ids({})).toEqual(['K-1', 'K-2', 'K-4']);
    expect(ids({ status: ['closed'] })).toEqual(['K-3']);
  });

  it('reads a page along an index, without sorting', () => {
    const plan = workspace.db.prepare<[], { detail: string }>("EXPLAIN QUERY PLAN SELECT key FROM queue WHERE status <> 'closed' ORDER BY work_rank ASC, priority ASC, id ASC LIMIT 200").all().map((r) => r.detail).join('; ');
    expect(plan).toContain('queue_work_order');
    expect(plan).not.toContain('TEMP B-TREE');
  });
});

describe('rows of the queue', () => {
  it('are as they ought to be after any changes, together or one by one', () => {
    open();
    const key = fc.constantFrom('K-1', 'K-2', 'K-3');
    const change = fc.oneof(
      fc.record({ put: key, owner: fc.constantFrom('10', '20') }), fc.record({ decide: key, decision: fc.constantFrom('defer', 'resolve_now', 'needs_human_review'), owner: fc.constantFrom(null, 'Team-A') }),
      fc.record({ out: key, status: fc.constantFrom('waiting_for_approval', 'outbox') }), fc.record({ override: key }), fc.record({ flag: fc.integer({ min: 1, max: 3 }) }), fc.record({ status: fc.constantFrom('approved' as const, 'overridden' as const), of: key }), fc.record({ withdraw: key }),
    );
    let decisions = 0;
    const apply = (c: typeof change extends fc.Arbitrary<infer T> ? T : never): void => {
      const { db } = workspace;
      if ('put' in c) tables.incidents.put(incident(Number(c.put.slice(2)), { account: c.owner }), undefined, 1);
      else if ('decide' in c) {
        decisions += 1;
        const id = `D-${decisions}`;
        tables.decisions.add({ decision: [id, c.decide, 'R', c.decision, decisions % 2 === 0 ? 'P1' : 'P3', null, 0.5, c.owner, 1, 1, 1, 0, 0, '', '["verified"]', c.owner && 'inferred', '{}', '{}', '{}', '{}', '{}'], calls: [] });
        tables.incidents.setDecision(c.decide, id);
      } else if ('out' in c) tables.outbox.put({ key: c.out, action: 'page_on_call', status: c.status, decision_id: 'D-1', payload: '{}', created_us: 1, held_until: undefined });
      else if ('override' in c) db.prepare("INSERT INTO reviews (key, action, author, at_us) VALUES (?, 'override', 'me', 1)").run(c.override);
      else if ('flag' in c) tables.reviews.flag(c.flag, 'evidence changed');
      else if ('withdraw' in c) tables.outbox.withdrawOthers(c.withdraw, [], 2);
      else if (tables.incidents.get(c.of)) tables.incidents.setStatus(incident(Number(c.of.slice(2)), { status: c.status }), 2);
    };
    fc.assert(fc.property(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 8 }), (steps) => {
      for (const step of steps) {
        tables.transaction(() => { for (const c of step) apply(c); });
        expect(workspace.db.prepare('SELECT * FROM queue EXCEPT SELECT * FROM queue_now').all()).toEqual([]);
        expect(workspace.db.prepare('SELECT * FROM queue_now EXCEPT SELECT * FROM queue').all()).toEqual([]);
      }
    }), { numRuns: 60 });
    expect(workspace.db.prepare("SELECT count(*) FROM queue WHERE decision IS NOT NULL").pluck().get()).toBeGreaterThan(0);
  });

  it('are found by the owner that a decision names', () => {
    open();
    tables.transaction(() => { tables.incidents.put(incident(1), undefined, 1); });
    tables.transaction(() => { tables.decisions.add({ decision: ['D-1', 'K-1', 'R', 'defer', 'P4', null, 1, 'Data-Platform', 1, 1, 1, 0, 0, '', '[]', null, '{}', '{}', '{}', '{}', '{}'], calls: [] }); tables.incidents.setDecision('K-1', 'D-1'); });
    expect(tables.queue.list(filter({ text: 'data-plat bucket' }), inOrder).map((r) => r.key)).toEqual(['K-1']);
    expect(tables.queue.list(filter({ text: 'data-plan' }), inOrder)).toEqual([]);
  });
});

describe('a workspace from before the queue', () => {
  it('is filled when it is opened, after a backup', () => {
    const old = new Database(join(dir, 'w.db'));
    old.pragma('journal_mode = WAL');
    old.exec(readFileSync(join(migrationsDir, '0001-workspace.sql'), 'utf8'));
    old.pragma('user_version = 1');
    const one = incident(1);
    old.prepare('INSERT INTO incidents (key, id, status, primary_issue, entity, entity_type, severity_reported, input_hash, updated_us, decision_id, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(one.key, one.id, 'overridden', one.primary_issue, one.entity, 'bucket', 'high', '', 1, 'D-1', JSON.stringify(one));
    const claims = [{ claim: 'a', value: 'conflict', provenance: 'observed', stale: false, required: true }, { claim: 'b', value: true, provenance: 'inferred', stale: false, required: true }, { claim: 'c', value: true, provenance: 'observed', stale: true, required: true }, { claim: 'd', value: true, provenance: 'observed', stale: false, required: false }];
    old.prepare("INSERT INTO decisions (decision_id, key, run_id, decision, priority, confidence, as_of_us, started_us, duration_us, policy_version, graph_version, input_hash, incident, triage, validation, route, trace) VALUES ('D-1', 'K-1', 'R', 'defer', 'P4', 0.95, 1, 1, 1, 0, 0, '', '{}', ?, '{}', '{}', ?)").run(JSON.stringify({ owner_provenance: 'inferred' }), JSON.stringify({ claims }));
    for (const [id, parts] of [['F-1', { attack: [] }], ['F-2', { attack: ['T1530'], vulnerability: { id: 'CVE-2024-1' }, issue_guessed: true }]] as const) {
      old.prepare("INSERT INTO findings (finding_id, source, source_id, kind, entity, entity_type, issue_type, issue_mapped, check_id, title, severity_reported, status, discovered_at, discovered_us, updated_us, timed, first_seen, last_seen, content_hash, raw_id, record, json) VALUES (?, 'x', 's', 'posture', 'e', 'bucket', 'public_access', 1, 'c', 't', 'high', 'open', '', 1, 1, 1, 1, 1, 'h', 1, 0, ?)").run(id, JSON.stringify(parts));
    }
    old.prepare("INSERT INTO reviews (key, action, author, at_us, flagged) VALUES ('K-1', 'override', 'me', 1, 'evidence changed')").run();
    old.close();
    open();
    expect(tables.queue.list(filter(), inOrder)).toMatchObject([{ key: 'K-1', decision: 'defer', owner_provenance: 'inferred', evidence: '["conflict","inferred","unknown"]', flagged: 1, sources: '["prowler"]' }]);
    expect([...tables.findings.open()]).toMatchObject([{ finding_id: 'F-1', attack: [] }, { finding_id: 'F-2', attack: ['T1530'], vulnerability: { id: 'CVE-2024-1' }, issue_guessed: true }]);
    expect(readdirSync(dir).some((name) => name.includes('backup-v1'))).toBe(true);
  });
});
