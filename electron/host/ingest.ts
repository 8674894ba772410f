import { edgeSchema } from '#shared/model/resource.ts';
import type { Ledger, RawFileRow } from '#electron/store/tables/raw-files.ts';
import type { ParsedBatch, ParserRows } from '#electron/host/parse-protocol.ts';
import { policyDigest } from './told-digests.ts';
import type { App } from './create-app.ts';
import { rowOf, type Begun, type Given } from './begin-file.ts';
import type { FoundFile } from './find-files.ts';
import { policyText } from './policy-text.ts';
import { readPolicy } from './read-policy.ts';
import { parseThreads, readAhead, type Turn } from './read-ahead.ts';
import { closeGone } from './refresh-graph.ts';
import { saveResource } from './save-resource.ts';
import type { Parser } from './worker-pool.ts';
import { dumpHomes } from './dump-homes.ts';

export interface FileReport extends Ledger {
  readonly path: string; readonly format: string | null; readonly kind: string | null;
  readonly quarantined_records: readonly { readonly position: string; readonly why: string }[];
  /** Set when nothing of the file could be taken. */
  readonly error?: string;
  /** What whoever imports should know: all that is in the file was read, and there is more elsewhere. */
  readonly note?: string;
  readonly cancelled?: boolean;
}
export interface IngestOptions {
  readonly format: string | undefined;
  readonly onProgress: (progress: { readonly path: string; readonly records: number; readonly bytes: number; readonly total_bytes: number }) => void;
  readonly isCancelled: () => boolean;
  /** What a file is called where that isn't its path (uploads). */
  readonly nameOf?: (path: string) => string;
  /** What to call the cluster that files of Kubernetes objects are of: otherwise those of two clusters fall together. */
  readonly cluster?: string | undefined;
  /** How many threads parse; by default as many as pay here. */
  readonly threads?: number;
}

/** Batches and chunks in one commit: sorted keys touch pages all over the file, so few large commits write far less than many small ones. */
const TOGETHER = 16;

/** Imports files one after the other; policies first, as their field maps decide how other files are read. */
export async function ingestFiles(app: App, files: readonly FoundFile[], options: IngestOptions): Promise<readonly FileReport[]> {
  const reports: FileReport[] = [];
  const rest: FoundFile[] = [];
  for (const file of files) {
    const text = file.problem === undefined && options.format === undefined ? policyText(file.path) : undefined;
    if (text === undefined) rest.push(file); else reports.push({ ...importPolicy(app, options.nameOf?.(file.path) ?? file.path, text), path: file.path });
  }
  if (rest.length === 0) return reports;
  await readFiles(app, rest, options, reports);
  return reports;
}

/** Reads files in their order. */
async function readFiles(app: App, files: readonly FoundFile[], options: IngestOptions, reports: FileReport[]): Promise<void> {
  const homeOf = dumpHomes(files);
  const readable = files.filter((file) => file.problem === undefined).map(({ path }): Given => ({ path, name: options.nameOf?.(path) ?? path, isNamed: options.nameOf !== undefined, home: homeOf(path), format: options.format, cluster: options.cluster }));
  const ahead = readAhead(app, readable, options.threads ?? parseThreads(readable));
  let next = 0;
  try {
    for (const file of files) {
      if (options.isCancelled()) break;
      const report = file.problem === undefined ? await readInTurn(app, ahead, next++, options) : unread(file.path, file.problem);
      reports.push(report);
      if (report.cancelled) break;
    }
  } finally { await ahead.stop(); closeGone(app); }
}

async function readInTurn(app: App, ahead: ReturnType<typeof readAhead>, i: number, options: IngestOptions): Promise<FileReport> {
  const turn = await ahead.take(i);
  let { isStale, ...report } = await takeFile(app, turn, options);
  // It was rewritten since it was asked about, or its thread may have died of the next one: once more, alone, on from what was saved.
  if (isStale || (turn.begun.type === 'reading' && ahead.isAhead(i) && isCrash(report))) ({ isStale, ...report } = await takeFile(app, await ahead.again(i), options));
  if (isCrash(report)) await ahead.restart(i);
  return report;
}

const isCrash = (report: FileReport): boolean => report.error?.startsWith('the parser stopped') ?? false;

/** Imports a policy, all of it or nothing. */
export function importPolicy(app: App, path: string, text: string, by = 'cli'): FileReport {
  const read = readPolicy(text);
  const base = { path, format: 'winnow-policy', kind: 'policy', records: 1 };
  if (!read.ok) return { ...base, new: 0, duplicate: 0, quarantined: 1, quarantined_records: read.error };
  const added = app.tables.transaction(() => {
    const result = app.tables.policies.add(read.value, path, app.now(), text);
    if (result.changed) app.audit('policy_imported', by, { version: result.version, source: path, digest: policyDigest(JSON.stringify(read.value), text) });
    return result;
  });
  return { ...base, new: added.changed ? 1 : 0, duplicate: added.changed ? 0 : 1, quarantined: 0, quarantined_records: [] };
}

const unread = (path: string, error: string): FileReport => ({ path, format: null, kind: null, records: 0, new: 0, duplicate: 0, quarantined: 0, quarantined_records: [], error });

type Taken = FileReport & { readonly isStale?: true };
async function takeFile(app: App, { parser, begun }: Turn, options: IngestOptions): Promise<Taken> {
  switch (begun.type) {
    case 'reading': return saveFile(app, parser, begun, options);
    case 'repeated': return repeated(app, begun.before, begun.path);
    case 'unread': return unread(begun.path, begun.error);
  }
}

/** Saves what the parser hands over of a file. One that is stale leaves nothing, as its row would have the hash of other bytes. */
async function saveFile(app: App, parser: Parser, file: Begun & { type: 'reading' }, options: IngestOptions): Promise<Taken> {
  const { path } = file;
  let messages = await parser.waiting(TOGETHER);
  const first = messages[0];
  if (first?.type === 'failed' && first.isStale) return { ...unread(path, first.why), isStale: true };
  const { rawId, ledger: start } = rowOf(app, file);
  for (let ledger = start; ; messages = await parser.waiting(TOGETHER)) {
    if (options.isCancelled()) return { ...report(app, rawId, path, ledger), cancelled: true };
    // What is saved next is no longer waiting.
    for (const { type } of messages) if (type === 'chunk' || type === 'batch') parser.send({ type: 'ack' });
    ledger = saveMessages(app, rawId, messages, ledger);
    for (const message of messages) if (message.type === 'batch') parser.giveBack(message.batch);
    const last = messages.findLast((m) => m.type === 'batch');
    if (last) options.onProgress({ path, records: ledger.records, bytes: last.batch.bytes, total_bytes: file.row.bytes });
    const end = messages.at(-1);
    if (end?.type === 'end') { finishFile(app, rawId, ledger, end); return { ...report(app, rawId, path, ledger), ...(end.note !== undefined && { note: end.note }) }; }
    if (end?.type === 'failed') { if (end.isMixed) disown(app, rawId); return { ...report(app, rawId, path, ledger), error: end.why }; }
  }
}

/** Everything that the parser has handed over by now in one transaction: one flush to disk for as much as came in during the last one. */
function saveMessages(app: App, rawId: number, messages: readonly ParserRows[], ledger: Ledger): Ledger {
  if (!messages.some((m) => m.type === 'chunk' || m.type === 'batch')) return ledger;
  return app.tables.transaction(() => messages.reduce((sum, message) => {
    if (message.type === 'chunk') app.tables.rawFiles.addChunk(rawId, message.seq, message.start, message.data);
    return message.type === 'batch' ? saveBatch(app, rawId, message.batch, sum) : sum;
  }, ledger));
}

function finishFile(app: App, rawId: number, ledger: Ledger, end: { readonly complete: boolean; readonly observedUs: number | undefined }): void {
  app.tables.transaction(() => {
    // A snapshot of which a part could not be read doesn't say what is gone.
    app.tables.rawFiles.finish(rawId, { state: 'done', finished_us: app.now(), complete: end.complete && ledger.quarantined === 0, observed_us: end.observedUs });
    if (end.complete && end.observedUs !== undefined) app.tables.nodes.observe(rawId, end.observedUs);
    app.tables.nodes.awaitGone();
    const { path, sha256, format } = app.tables.rawFiles.get(rawId) ?? { path: '', sha256: '', format: '' };
    app.audit('imported', 'cli', { path, sha256, format, records: ledger.records, new: ledger.new, duplicate: ledger.duplicate, quarantined: ledger.quarantined });
  });
}

/** Ends the import of a file that changed while it was read: it is of no file's bytes, so that neither version is taken for read already. */
function disown(app: App, rawId: number): void {
  app.tables.transaction(() => {
    app.tables.rawFiles.disown(rawId);
    app.tables.rawFiles.finish(rawId, { state: 'done', finished_us: app.now(), complete: false, observed_us: undefined });
    app.tables.nodes.awaitGone();
    const { path, sha256, format, ...counts } = app.tables.rawFiles.get(rawId) ?? { path: '', sha256: '', format: '', records: 0, new: 0, duplicate: 0, quarantined: 0 };
    app.audit('imported', 'cli', { path, sha256, format, records: counts.records, new: counts.new, duplicate: counts.duplicate, quarantined: counts.quarantined });
  });
}

/** One batch with the ledger that acknowledges it; call inside a transaction. */
function saveBatch(app: App, rawId: number, batch: ParsedBatch, ledger: Ledger): Ledger {
  const { tables } = app;
  const fresh = new Set<number>(), seen = new Set<number>();
  const note = (record: number, isNew: boolean) => { seen.add(record); if (isNew) fresh.add(record); };
  tables.findings.addPacked(batch.findings, rawId, note);
  for (const row of batch.events) note(row.record, tables.events.add(row, rawId));
  for (const row of batch.rawRecords) tables.rawFiles.addRecord(rawId, row.record, row.context, row.data);
  const nowUs = app.now();
  const parts = new Set<string>();
  for (const row of batch.resources) { const saved = saveResource(app, row, rawId, nowUs); note(row.record, saved.isNew); if (saved.isPart) parts.add(row.urn); }
  saveEdges(app, batch, nowUs, parts);
  for (const q of batch.quarantined) tables.rawFiles.addQuarantine(rawId, q.record, q.position, q.why, q.excerpt);
  const next = {
    records: ledger.records + batch.records, new: ledger.new + fresh.size + batch.empty, quarantined: ledger.quarantined + batch.quarantined.length,
    duplicate: ledger.duplicate + seen.size - fresh.size,
  };
  tables.rawFiles.progress(rawId, next);
  return next;
}

/**
 * The relationships that the current record of a resource states replace those of its older records, also when a batch holds several of them.
 * @param parts urns whose edges `saveResource` has written.
 */
export function saveEdges(app: App, batch: Pick<ParsedBatch, 'resources' | 'edges'>, nowUs: number, parts: ReadonlySet<string>): void {
  const stated = new Map<string, { readonly urn: string; readonly hash: string | undefined; readonly edges: ReturnType<typeof edgeSchema.parse>[] }>();
  for (const { record, urn, hash } of batch.resources) stated.set(`${record} ${urn}`, { urn, hash, edges: [] });
  for (const { record, source, json } of batch.edges) {
    const key = stated.has(`${record} ${source}`) ? `${record} ${source}` : source;
    const group = stated.get(key) ?? { urn: source, hash: undefined, edges: [] };
    group.edges.push(edgeSchema.parse(JSON.parse(json)));
    stated.set(key, group);
  }
  for (const { urn, hash, edges } of stated.values()) {
    if (parts.has(urn)) continue;
    if (hash === undefined || app.tables.nodes.isCurrent(urn, hash)) app.tables.nodes.putEdges(`observed:${urn}`, edges, nowUs);
  }
}

function report(app: App, rawId: number, path: string, ledger: Ledger): FileReport {
  const row = app.tables.rawFiles.get(rawId);
  return { path, format: row?.format ?? null, kind: row?.kind ?? null, records: ledger.records, new: ledger.new, duplicate: ledger.duplicate, quarantined: ledger.quarantined, quarantined_records: app.tables.rawFiles.quarantined(rawId).map((q) => ({ position: q.position, why: q.why })) };
}

/** The very same bytes again: everything that was read then is known now. */
function repeated(app: App, before: RawFileRow, path: string): FileReport {
  return report(app, before.raw_id, path, { records: before.records, new: 0, duplicate: before.records - before.quarantined, quarantined: before.quarantined });
}
