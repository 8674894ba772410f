import { hash } from 'node:crypto';
import type { FindingRow } from '#electron/store/tables/findings.ts';
import type { Affected } from '#electron/store/tables/rollback.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { findingRow, flattenBatch } from '../flatten-batch.ts';
import { saveEdges } from '../ingest.ts';
import { allNames, saveResource } from '../save-resource.ts';
import type { ParsedBatch } from '../parse-protocol.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { readImported } from '../raw-file.ts';
import { stageBatch } from '../pull/ingest-piece.ts';
import { observeAgain, putAgain } from '../pull/settle-pull.ts';
import { refreshGraph } from '../refresh-graph.ts';
import type { Hooks } from '../serve-requests.ts';
import { decideAgain } from './imports.ts';

type Kept = { readonly rawId: number; readonly rows: Pick<ParsedBatch, 'events' | 'resources' | 'edges'> & { readonly findings: readonly FindingRow[] } };

/**
 * Takes an import back as if it had never been made (a live pull whole, whichever of its answers is named): what only it brought goes, older versions and what other imports say of the same things come
 * back (read again from their kept bytes), its own bytes go, incidents without findings close, and what changed is decided again.
 */
export async function rollbackImport(app: App, input: InputOf<'ingest.rollback'>, hooks: Hooks): Promise<Result<OutputOf<'ingest.rollback'>>> {
  const { rawFiles, rollback, nodes, pulls } = app.tables;
  const file = rawFiles.get(input.raw_id);
  if (!file) return err(`there is no import ${input.raw_id}`);
  if (file.state === 'rolled_back') return err(`${file.path} is rolled back already`);
  const pullId = pulls.ofFile(file.raw_id), rawIds = pullId === undefined ? [file.raw_id] : pulls.files(pullId);
  const gone = affectedBy(app, rawIds);
  const kept: Kept[] = [];
  const others = [...new Set(rawIds.flatMap((rawId) => rollback.others(rawId, gone)))].filter((rawId) => !rawIds.includes(rawId)).toSorted((a, b) => a - b);
  for (const [i, rawId] of others.entries()) {
    if (hooks.isCancelled()) return err('cancelled before anything was changed');
    hooks.onProgress({ job: 'rollback', done: i, total: others.length, unit: 'files', detail: rawFiles.get(rawId)?.path ?? '' });
    kept.push(...await readKept(app, rawId, gone));
  }
  const before = countAll(app), nowUs = app.now();
  const removed = app.tables.transaction(() => {
    for (const urn of gone.urns) nodes.putEdges(`observed:${urn}`, [], nowUs);
    for (const [i, rawId] of rawIds.entries()) rollback.drop(rawId, i === 0 ? gone : NOTHING, pullId !== undefined || file.complete === 1);
    if (pullId !== undefined) { pulls.setState(pullId, 'rolled_back', undefined, nowUs); pulls.clearStaged(pullId); pulls.dropAllRecords(pullId); }
    addAllAgain(app, kept, nowUs);
    for (const rawId of others) { const other = rawFiles.get(rawId); if (other?.complete === 1 && other.observed_us !== null) nodes.observe(rawId, other.observed_us); }
    nodes.closeGone();
    observeAgain(app);
    rollback.unassign(gone);
    const after = countAll(app);
    const counts = { findings: before.findings - after.findings, events: before.events - after.events, resources: before.resources - after.resources };
    app.audit('import_rolled_back', input.by, { raw_id: file.raw_id, ...(pullId === undefined ? { path: file.path, sha256: file.sha256, format: file.format } : { pull_id: pullId, files: rawIds.length }), ...counts });
    return counts;
  });
  refreshGraph(app, { onProgress: hooks.onProgress });
  const decided = await decideAgain(app, hooks);
  return decided.ok ? ok({ ...removed, decided: decided.value }) : decided;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');
const countAll = (app: App) => ({ findings: app.tables.findings.count(), events: app.tables.events.count(), resources: app.tables.nodes.count() });

/** What another file says of the things that this import also brought. */
async function readKept(app: App, rawId: number, gone: Affected): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for await (const item of readImported(app, rawId)) {
    if (!('normalized' in item)) continue;
    const { findings, events, resources } = item.normalized;
    if (!findings.some((f) => gone.findings.has(f.finding_id)) && !events.some((e) => gone.events.has(e.event_id)) && !resources.some((r) => gone.urns.has(r.urn))) continue;
    const rows = flattenBatch([item], sha256);
    kept.push({ rawId, rows: { ...rows, findings: findings.filter((f) => gone.findings.has(f.finding_id)).map((f) => findingRow(f, item.index, sha256)), events: rows.events.filter((e) => gone.events.has(e.event_id)), resources: rows.resources.filter((r) => gone.urns.has(r.urn)), edges: rows.edges.filter((e) => gone.urns.has(e.source)) } });
  }
  return kept;
}

const NOTHING: Affected = { findings: new Set(), events: new Set(), urns: new Set() };
function affectedBy(app: App, rawIds: readonly number[]): Affected {
  const all = rawIds.map((rawId) => app.tables.rollback.affected(rawId));
  return { findings: new Set(all.flatMap((a) => [...a.findings])), events: new Set(all.flatMap((a) => [...a.events])), urns: new Set(all.flatMap((a) => [...a.urns].flatMap((urn) => allNames(app, urn)))) };
}

/** In the order in which they came; what the answers of one pull say goes in together, as it did. */
function addAllAgain(app: App, kept: readonly Kept[], nowUs: number): void {
  const { pulls } = app.tables;
  let current: number | undefined;
  const settle = (): void => { const pull = current === undefined ? undefined : pulls.get(current); if (pull) putAgain(app, pull); };
  for (const { rawId, rows } of kept) {
    const pullId = pulls.ofFile(rawId);
    if (pullId !== current) { settle(); current = pullId; }
    if (pullId === undefined) addAgain(app, rawId, rows, nowUs); else stageBatch(app, pullId, rawId, rows);
  }
  settle();
}

function addAgain(app: App, rawId: number, rows: Kept['rows'], nowUs: number): void {
  const { tables } = app;
  for (const row of rows.findings) tables.findings.add(row, rawId);
  for (const row of rows.events) tables.events.add(row, rawId);
  const parts = new Set(rows.resources.flatMap((row) => (saveResource(app, row, rawId, nowUs).isPart ? [row.urn] : [])));
  saveEdges(app, rows, nowUs, parts);
}
