import { zstdDecompressSync } from 'node:zlib';
import { formatsFromMappings } from '#electron/pipeline/normalize/field-map.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile, type NormalizedItem } from '#electron/pipeline/normalize/normalize.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { App } from './create-app.ts';

/** The records of an imported file, read again from the bytes that were kept. Ends early when the caller stops asking. */
export async function* readImported(app: App, rawId: number): AsyncGenerator<NormalizedItem> {
  const { rawFiles, policies } = app.tables;
  const file = rawFiles.get(rawId);
  if (!file) return;
  const bytes = function* (): Generator<Uint8Array> { for (const seq of rawFiles.chunkNumbers(rawId)) yield zstdDecompressSync(rawFiles.chunk(rawId, seq) ?? new Uint8Array()); };
  const readers = [...formatsFromMappings(policies.current().policy.mappings), ...formats, ...importers];
  for await (const batch of normalizeFile(async function* () { yield* bytes(); }, readers, { path: file.path, format: file.format, importedUs: file.imported_us, batchSize: 500 })) yield* batch.items;
}
