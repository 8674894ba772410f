import { normalizeFile, type NormalizedItem } from '#electron/pipeline/normalize/normalize.ts';
import type { ByteSource } from '#electron/pipeline/normalize/read/bytes.ts';
import type { Container, RecordContext, RecordReader } from '#electron/pipeline/ports.ts';
import { ok } from '#shared/lib/result.ts';

export interface Seen { readonly record: unknown; readonly context: RecordContext }

/** A reader that takes anything and notes what it was given. */
export function createEcho(containers: readonly Container[] = [{ kind: 'json' }]): { readonly reader: RecordReader; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    reader: { name: 'echo', kind: 'findings', description: '', containers, detect: () => 1, parse: (record, context) => { seen.push({ record, context }); return ok({}); } },
  };
}

/** Everything that normalizing a source yields. */
export async function collect(source: ByteSource, readers: readonly RecordReader[], path = '-'): Promise<readonly NormalizedItem[]> {
  const items: NormalizedItem[] = [];
  for await (const batch of normalizeFile(source, readers, { path, importedUs: 1_700_000_000_000_000 })) items.push(...batch.items);
  return items;
}

export const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
/** A source in small chunks, to cut records anywhere. */
export const inChunks = (data: Buffer, size: number): Buffer[] => Array.from({ length: Math.ceil(data.length / size) }, (_, i) => data.subarray(i * size, (i + 1) * size));
export const errorsOf = (items: readonly NormalizedItem[]): readonly { readonly position: string; readonly error: string }[] => items.flatMap((item) => ('error' in item ? [{ position: item.position, error: item.error }] : []));
