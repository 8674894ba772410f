import { createReadStream, rmSync } from 'node:fs';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formatsFromMappings } from '#electron/pipeline/normalize/field-map.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { RawFileRow } from '#electron/store/tables/raw-files.ts';
import type { App } from '../create-app.ts';
import { readProblem } from '../find-files.ts';
import { ingestFiles } from '../ingest.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { policyText } from '../policy-text.ts';
import { readPolicy } from '../read-policy.ts';
import type { Hooks } from '../serve-requests.ts';
import { relate } from './ingest.ts';
import { triage } from './triage.ts';
import { uploadName, uploadPath } from './upload.ts';

/** Everything that was imported, newest first; the answers of one live pull are one line. */
export function listImports(app: App): Result<OutputOf<'ingest.imports'>> {
  const pullOf = app.tables.pulls.byFile(), pulls = new Map(app.tables.pulls.all().map((pull) => [pull.pull_id, pull]));
  const groups = Map.groupBy(app.tables.rawFiles.all(), (f) => pullOf.get(f.raw_id) ?? `file ${f.raw_id}`);
  return ok([...groups].flatMap(([key, files]) => {
    const [first] = files, pull = typeof key === 'number' ? pulls.get(key) : undefined;
    if (!first) return [];
    const sum = (pick: (f: RawFileRow) => number): number => files.reduce((n, f) => n + pick(f), 0);
    const of = pull === undefined ? { path: first.path, format: first.format, state: first.state, new: first.new, duplicate: first.duplicate, imported: formatTime(first.imported_us) }
      : { path: `live pull ${pull.pull_id} of ${pull.target}`, format: pull.product, state: pull.state === 'done' ? 'done' : pull.state === 'rolled_back' ? 'rolled_back' : 'cancelled', new: pull.new + pull.changed, duplicate: pull.unchanged, imported: formatTime(pull.started_us) };
    return [{ raw_id: first.raw_id, kind: first.kind, bytes: sum((f) => f.bytes), records: sum((f) => f.records), quarantined: sum((f) => f.quarantined), ...of }];
  }));
}

/** What could not be read of one import, with position and reason. */
export function listQuarantine(app: App, input: InputOf<'ingest.quarantine'>): Result<OutputOf<'ingest.quarantine'>> {
  if (!app.tables.rawFiles.get(input.raw_id)) return err(`there is no import ${input.raw_id}`);
  const pullId = app.tables.pulls.ofFile(input.raw_id);
  if (pullId === undefined) return ok(app.tables.rawFiles.quarantined(input.raw_id).map(({ position, why }) => ({ position, why })));
  return ok(app.tables.pulls.files(pullId).flatMap((rawId) => app.tables.rawFiles.quarantined(rawId).map(({ position, why }) => ({ position: `${app.tables.rawFiles.get(rawId)?.path ?? ''}: ${position}`, why }))));
}

const PREVIEW_RECORDS = 5000;
const SAMPLE = 20;
const MOST_QUARANTINED = 200;

/** What an upload would become: its first records as they are mapped. Nothing is stored. */
export async function previewUpload(app: App, input: InputOf<'ingest.preview'>): Promise<Result<OutputOf<'ingest.preview'>>> {
  const found = uploadPath(app, input.upload);
  if (!found.ok) return found;
  const path = found.value;
  const base = { name: uploadName(input.upload), format: null, kind: null, records: 0, complete: true, sample: [], quarantined: [], why: null };
  const policy = policyText(path);
  if (policy !== undefined) {
    const read = readPolicy(policy);
    return ok({ ...base, format: 'winnow-policy', kind: 'policy', records: 1, ...(read.ok ? { sample: [{ ...read.value }] } : { quarantined: [...read.error] }) });
  }
  try { return ok(await readStart(app, path, base)); } catch (error) { return ok({ ...base, complete: false, why: readProblem(error) }); }
}

async function readStart(app: App, path: string, base: OutputOf<'ingest.preview'>): Promise<OutputOf<'ingest.preview'>> {
  const readers = [...formatsFromMappings(app.tables.policies.current().policy.mappings), ...formats, ...importers];
  const sample: Record<string, unknown>[] = [], quarantined: { position: string; why: string }[] = [];
  let result = base;
  for await (const batch of normalizeFile(() => createReadStream(path), readers, { path: base.name, importedUs: app.now(), batchSize: 500 })) {
    if (!batch.reader) return { ...base, why: batch.items.flatMap((i) => ('error' in i ? [i.error] : []))[0] ?? 'the content is of no known format' };
    for (const item of batch.items) {
      if ('error' in item) { if (quarantined.length < MOST_QUARANTINED) quarantined.push({ position: item.position, why: item.error }); continue; }
      const { findings, events, resources } = item.normalized;
      if (sample.length < SAMPLE) sample.push(...[...findings, ...events, ...resources].map((row) => ({ ...row })));
    }
    result = { ...base, format: batch.reader.name, kind: batch.reader.kind, records: batch.records, complete: batch.records < PREVIEW_RECORDS, sample: sample.slice(0, SAMPLE), quarantined };
    if (batch.records >= PREVIEW_RECORDS) break;
  }
  return result;
}

/** Imports uploads, brings the graph up to date, and decides what changed. What was taken leaves the spool. */
export async function commitUploads(app: App, input: InputOf<'ingest.commit'>, hooks: Hooks): Promise<Result<OutputOf<'ingest.commit'>>> {
  const paths = new Map<string, string>();
  for (const upload of input.uploads) {
    const found = uploadPath(app, upload);
    if (!found.ok) return found;
    paths.set(found.value, uploadName(upload));
  }
  const reports = await ingestFiles(app, [...paths.keys()].map((path) => ({ path })), {
    format: undefined, isCancelled: hooks.isCancelled, nameOf: (path) => paths.get(path) ?? path,
    onProgress: (p) => { hooks.onProgress({ job: 'ingest', done: p.bytes, total: p.total_bytes, unit: 'bytes', detail: `${paths.get(p.path) ?? p.path}: ${p.records} records` }); },
  });
  const files = reports.map((r) => ({ name: paths.get(r.path) ?? r.path, format: r.format, records: r.records, new: r.new, duplicate: r.duplicate, quarantined: r.quarantined_records.slice(0, MOST_QUARANTINED), ...(r.error !== undefined && { error: r.error }) }));
  for (const r of reports) if (r.error === undefined && r.cancelled !== true) rmSync(r.path, { force: true });
  if (!hooks.isCancelled()) relate(app, hooks);
  if (hooks.isCancelled()) return ok({ files, decided: 0 });
  const decided = await decideAgain(app, hooks);
  return decided.ok ? ok({ files, decided: decided.value }) : decided;
}

/** Correlates and decides what changed. @returns how many decisions were made. */
export async function decideAgain(app: App, hooks: Hooks): Promise<Result<number>> {
  const report = await triage(app, { engine: 'rules' }, { isCancelled: hooks.isCancelled, onRelate: hooks.onProgress, onProgress: (done, total) => { hooks.onProgress({ job: 'triage', done, total, unit: 'incidents' }); } });
  return report.ok ? ok(report.value.run.decided) : report;
}
