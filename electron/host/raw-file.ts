import { zstdDecompressSync } from 'node:zlib';
import { formatsFromMappings } from '#electron/pipeline/normalize/field-map.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { finishFinding } from '#electron/pipeline/normalize/finish.ts';
import { normalizeFile, type NormalizedItem } from '#electron/pipeline/normalize/normalize.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { Finding, FindingDraft } from '#shared/model/finding.ts';
import type { RawFileRow } from '#electron/store/tables/raw-files.ts';
import type { App } from './create-app.ts';
import { readContext } from './record-context.ts';

/** What was checked at import, and fits the model still. */
const finished = (drafts: readonly FindingDraft[], file: RawFileRow): readonly Finding[] => drafts.flatMap((draft) => { const read = finishFinding(draft, file.imported_us); return read.ok ? [read.value] : []; });

/** The records of an imported file, read again: resources from their kept records, all else from the bytes that were kept. Ends early when the caller stops asking. */
export async function* readImported(app: App, rawId: number): AsyncGenerator<NormalizedItem> {
  const { rawFiles, policies } = app.tables;
  const file = rawFiles.get(rawId);
  if (!file) return;
  if (file.kind === 'resources') { yield* readRecords(app, file); return; }
  const bytes = function* (): Generator<Uint8Array> { for (const seq of rawFiles.chunkNumbers(rawId)) yield zstdDecompressSync(rawFiles.chunk(rawId, seq) ?? new Uint8Array()); };
  const readers = [...formatsFromMappings(policies.current().policy.mappings), ...formats];
  for await (const batch of normalizeFile(async function* () { yield* bytes(); }, readers, { path: file.path, format: file.format, importedUs: file.imported_us, batchSize: 500 })) yield* batch.items;
}

/** Of formats that carry secrets nothing but the records is kept; account, region and cluster lie with each. */
function* readRecords(app: App, file: RawFileRow): Generator<NormalizedItem> {
  const { rawFiles } = app.tables, importer = importers.find((i) => i.name === file.format);
  if (!importer) throw new Error(`${file.path}: nothing reads the format ${file.format} any more`);
  for (const index of rawFiles.recordNumbers(file.raw_id)) {
    const row = rawFiles.record(file.raw_id, index);
    if (!row) continue;
    const text = zstdDecompressSync(row.data).toString('utf8'), context = readContext(row.context), position = `record ${index + 1}`;
    const read = importer.parse(JSON.parse(text), { ...context, path: file.path, index });
    yield read.ok ? { index, raw_text: text, size: text.length, from: context.from, parents: context.parents, normalized: { findings: finished(read.value.findings ?? [], file), events: [], resources: read.value.resources ?? [], edges: read.value.edges ?? [] } } : { index, position, error: read.error };
  }
}
