import { createReadStream } from 'node:fs';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';

export interface NormalizeSpeed { readonly format: string; readonly records: number; readonly quarantined: number; readonly mb: number; readonly seconds: number; readonly mb_per_second: number }

/** Normalizes one file on this thread and throws the result away. */
export async function measureNormalize(path: string): Promise<NormalizeSpeed> {
  const start = performance.now();
  let records = 0, quarantined = 0, bytes = 0, format = 'none';
  for await (const batch of normalizeFile(() => createReadStream(path, { highWaterMark: 1 << 20 }), [...formats, ...importers], { path, importedUs: 0 })) {
    format = batch.reader?.name ?? 'none';
    quarantined += batch.items.filter((item) => !('normalized' in item)).length;
    records = batch.records;
    bytes = batch.bytes;
  }
  const seconds = (performance.now() - start) / 1000;
  return { format, records, quarantined, mb: round(bytes / 1e6), seconds: round(seconds), mb_per_second: round(bytes / 1e6 / seconds) };
}

const round = (n: number): number => Math.round(n * 100) / 100;
