import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { getIncident } from '#electron/host/handlers/incident-detail.ts';
import { showIncident } from '#electron/host/handlers/incidents.ts';
import { override, review } from '#electron/host/handlers/review.ts';
import { replay } from '#electron/host/handlers/replay.ts';
import { verifyAudit } from '#electron/host/handlers/audit.ts';
import { printIncident, printTrace } from '#electron/host/commands/print-incidents.ts';
import { importPolicy } from '#electron/host/ingest.ts';
import type { App } from '#electron/host/create-app.ts';
import { BUCKET, count, folder, ingest, NOW, open, piecesIn, run, standing } from './estate.ts';

const base = mkdtempSync(join(tmpdir(), 'winnow-kept-')), made = piecesIn(join(base, 'pieces'));
beforeAll(async () => {
  const app = open(join(base, 'base.db'));
  await ingest(app, made['policy'], made['prod'], made['dev'], made['iam'], made['old dev logs'], made['hub'], made['prowler']);
  await run(app);
  app.close();
});
afterAll(() => { rmSync(base, { recursive: true, force: true }); });
/** A copy of a workspace in which everything is decided. */
function decided(now: () => number = () => NOW): { readonly app: App; readonly incidents: number } {
  const app = open(join(folder(), 'w.db'), now, join(base, 'base.db'));
  onTestFinished(() => { app.close(); });
  return { app, incidents: app.tables.incidents.all().length };
}
const bucket = (app: App) => app.tables.incidents.all().filter((r) => r.incident.entity === BUCKET && r.incident.status !== 'closed' && r.incident.primary_issue === 'public_access')[0];
const audited = (app: App, event: string): readonly unknown[] => app.workspace.db.prepare<[string], string>('SELECT payload FROM audit WHERE event = ? ORDER BY seq').pluck().all(event).map((text) => JSON.parse(text) as unknown);
const flags = (app: App): readonly unknown[] => app.workspace.db.prepare('SELECT flagged FROM reviews ORDER BY review_id').pluck().all();

it('data that changes nothing saves no decision, no outbox row, and one audit row for all', async () => {
  const of = made, { app, incidents } = decided(), before = standing(app), outbox = count(app, 'outbox'), inForce = app.tables.incidents.all().map((r) => r.decision_id);
  await ingest(app, of['one']);
  const sizes = [count(app, 'decisions'), count(app, 'audit')];
  expect(await run(app)).toMatchObject({ incidents: incidents + 1, decided: 1, unchanged: incidents, checked: incidents });
  // The new incident's decision; the run, its decision, and that the others were checked.
  expect([count(app, 'decisions'), count(app, 'audit')]).toEqual([(sizes[0] ?? 0) + 1, (sizes[1] ?? 0) + 3]);
  expect(audited(app, 'checked_again')).toMatchObject([{ checked: incidents, kept: incidents }]);
  expect(standing(app)).toMatchObject(before);
  expect(count(app, 'outbox') - outbox).toBeLessThanOrEqual(1);
  expect(app.tables.incidents.all().map((r) => r.decision_id)).toEqual(expect.arrayContaining(inForce));
  expect(await run(app)).toMatchObject({ decided: 0, checked: 0 });
  expect(audited(app, 'checked_again')).toHaveLength(1);
  expect(await replay(app, { engine: 'auto' }, { onProgress: () => undefined, isCancelled: () => false })).toMatchObject({ value: { counts: { different: 0 } } });
  expect(await verifyAudit(app.options.file, 'resources')).toMatchObject({ value: { valid: true } });
});

it('a newer snapshot that shows the same, and the same findings reported again, change no decision', async () => {
  const of = made, { app, incidents } = decided();
  await ingest(app, of['dev again'], of['hub again']);
  expect(await run(app)).toMatchObject({ decided: 0, checked: incidents });
});

it('time that passes changes no decision, though what it says of windows moves with it, until evidence is stale', async () => {
  const { app, incidents } = decided();
  expect(JSON.stringify(standing(app))).toContain('the logs cover only a part of 90 days');
  // Five days on, five days less of the logs count.
  expect(await run(app, { as_of: '2026-11-26T00:00:00Z' })).toMatchObject({ decided: 0, checked: incidents });
  expect((await run(app, { as_of: '2026-12-31T00:00:00Z' })).decided).toBeGreaterThan(0);
});

it('tells when a decision was made and when it was checked again', async () => {
  let nowUs = NOW;
  const of = made, { app } = decided(() => nowUs), id = bucket(app)?.incident.id ?? '';
  expect(showIncident(app, id)).toMatchObject({ value: { checked: null } });
  nowUs += 3_600_000_000;
  await ingest(app, of['one']);
  await run(app);
  const shown = showIncident(app, id);
  expect(shown).toMatchObject({ value: { triage: { started_at: '2026-11-21T06:00:00Z' }, checked: { at: '2026-11-21T07:00:00Z', as_of: '2026-11-21T02:30:00Z' } } });
  if (!shown.ok) throw new Error(shown.error);
  expect(printIncident(shown.value)).toContain('decided 2026-11-21T06:00:00Z, checked again 2026-11-21T07:00:00Z: unchanged');
  expect(printTrace(shown.value)).toContain('checked again 2026-11-21T07:00:00Z, as of 2026-11-21T02:30:00Z: unchanged');
  expect(getIncident(app, { id })).toMatchObject({ value: { checked: { at: '2026-11-21T07:00:00Z' }, story: expect.arrayContaining([expect.objectContaining({ what: 'checked again', at: '2026-11-21T07:00:00Z' })]) } });
});

it('what changes is decided again: an entity, the policy, an exception that ends, an incident that is named', async () => {
  let nowUs = NOW;
  const of = made, { app, incidents } = decided(() => nowUs);
  const first = bucket(app);
  await ingest(app, of['opened']);
  const opened = await run(app);
  expect([opened.decided > 0, opened.checked > incidents / 2, bucket(app)?.decision_id === first?.decision_id]).toEqual([true, true, false]);
  expect(await run(app, { incident: first?.incident.id ?? '' })).toMatchObject({ decided: 1, unchanged: 0, checked: 0 });
  const policy = readFileSync(of['policy'] ?? '', 'utf8');
  importPolicy(app, 'test', policy.replace('{id: platform-team, active: true', '{id: platform-team, active: false'), 'dana');
  const edited = await run(app);
  expect([edited.decided > 0, edited.checked > 0]).toEqual([true, true]);
  // The accepted risk of the policy ends, though no data came in.
  nowUs = Date.UTC(2027, 6, 2) * 1000;
  const ended = await run(app, { as_of: '2026-11-21T06:00:00Z' });
  expect(ended.decided + ended.checked).toBe(incidents);
});

it('an override stands over what is checked again, is flagged by what changes, and ends with its expiry', async () => {
  let nowUs = NOW;
  const of = made, { app } = decided(() => nowUs), id = bucket(app)?.incident.id ?? '';
  expect(override(app, { id, decision: 'ticket', priority: 'P2', reason: 'business_context', note: 'moving', by: 'dana', expires: '2026-12-30' })).toMatchObject({ ok: true });
  await ingest(app, of['one']);
  expect((await run(app)).decided).toBe(1);
  expect(flags(app)).toEqual([null]);
  await ingest(app, of['opened']);
  await run(app);
  expect(flags(app)).toEqual([expect.stringMatching(/evidence changed: the engine now proposes/)]);
  // Overridden again before the evidence was looked at: what the machine makes of it still differs, so this one is flagged as well, with the next data.
  override(app, { id, decision: 'ticket', priority: 'P1', reason: 'business_context', note: 'still moving', by: 'dana', expires: '2026-12-30' });
  await ingest(app, of['late']);
  await run(app, { as_of: '2026-11-21T06:00:00Z' });
  expect(flags(app)).toEqual([expect.any(String), expect.stringMatching(/evidence changed/)]);
  expect(app.tables.incidents.get(id)).toMatchObject({ incident: { status: 'overridden' } });
  expect(await run(app, { as_of: '2026-11-21T06:00:00Z' })).toMatchObject({ decided: 0, checked: 0 });
  nowUs = Date.UTC(2027, 0, 2) * 1000;
  await run(app, { as_of: '2026-11-21T06:00:00Z' });
  expect(app.tables.incidents.get(id)).toMatchObject({ incident: { status: 'reopened' } });
  expect(app.tables.decisions.brief(app.tables.incidents.get(id)?.decision_id ?? '')?.triage.engine.kind).toBe('rules');
});

it('an incident that closed and is back has what goes out put out again, although its decision is the same', async () => {
  const of = made, { app } = decided();
  await ingest(app, of['more of the hub']);
  await run(app);
  const db = app.workspace.db;
  const waiting = (): readonly unknown[] => db.prepare("SELECT DISTINCT key FROM outbox WHERE status <> 'withdrawn' ORDER BY key").pluck().all();
  const before = standing(app), waited = waiting();
  expect(waited.length).toBeGreaterThan(3);
  // Resolved at its source, and reported again.
  db.exec("CREATE TEMP TABLE resolved AS SELECT finding_id FROM incident_findings; UPDATE findings SET status = 'resolved'");
  await ingest(app, of['one']);
  await run(app);
  expect(waiting().length).toBeLessThanOrEqual(1);
  db.exec("UPDATE findings SET status = 'open' WHERE finding_id IN (SELECT finding_id FROM resolved)");
  // Cut when they are open again and not decided yet: the next run still knows.
  expect(await run(app, { as_of: '2026-11-21T05:00:00Z' }, () => true)).toMatchObject({ cancelled: true, decided: 0 });
  expect((await run(app, { as_of: '2026-11-21T05:00:00Z' })).checked).toBeLessThanOrEqual(1);
  expect(standing(app)).toMatchObject(before);
  expect(waiting()).toEqual(expect.arrayContaining([...waited]));
});

it('a rejected incident stays rejected while nothing changes', async () => {
  const of = made, { app } = decided(), id = bucket(app)?.incident.id ?? '';
  review(app, 'reject', { id, by: 'lee', note: 'no' });
  await ingest(app, of['one']);
  await run(app);
  expect(app.tables.incidents.get(id)?.incident.status).toBe('rejected');
  expect(app.tables.outbox.ofIncident(bucket(app)?.incident.key ?? '').map((o) => o.status)).not.toContain('outbox');
});

it('a run that was cut goes on, and comes to the same', async () => {
  const of = made, { app, incidents } = decided();
  await ingest(app, of['opened']);
  let looks = 0;
  const cut = await run(app, {}, () => { looks += 1; return looks > 1; });
  expect(cut.cancelled).toBe(true);
  const rest = await run(app);
  expect(rest).toMatchObject({ cancelled: false, incidents });
  const found = standing(app);
  app.workspace.db.exec('DELETE FROM latest_decisions');
  expect((await run(app)).decided).toBe(incidents);
  expect(found).toEqual(standing(app));
});

it('a workspace from before keeps its decisions as well, and what they came to is known from then on', async () => {
  const of = made, { app, incidents } = decided();
  app.workspace.db.exec("UPDATE latest_decisions SET outcome = ''");
  await ingest(app, of['one']);
  expect(await run(app)).toMatchObject({ decided: 1, checked: incidents });
  expect(app.workspace.db.prepare("SELECT count(*) FROM latest_decisions WHERE outcome = ''").pluck().get()).toBe(0);
});
