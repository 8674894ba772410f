import { MAX_RECORD_BYTES } from './json-cursor.ts';
import { createXmlReader } from './xml-records.ts';
import { xmlDecoder } from './xml-text.ts';

/** Elements by their names; `problem` when there are more than are held. */
export interface Lookups { readonly values: ReadonlyMap<string, readonly unknown[]>; readonly problem?: string }

const BITE = 64 * 1024;

/** A pass over the whole file that keeps only what its records refer to, wherever that stands (a glossary at the end). */
export async function readLookups(chunks: AsyncIterable<Uint8Array>, head: Uint8Array, paths: readonly string[]): Promise<Lookups> {
  const told = xmlDecoder(head), values = new Map<string, unknown[]>();
  if ('unknown' in told) return { values };
  const reader = createXmlReader({ records: paths, around: [], repeats: [] });
  let size = 0;
  const keep = (): boolean => {
    for (const piece of reader.take()) {
      if (piece.kind === 'bad') continue;
      size += piece.size ?? 0;
      if (size > MAX_RECORD_BYTES) return false;
      const name = piece.from.slice(piece.from.lastIndexOf('/') + 1);
      const known = values.get(name);
      if (known) known.push(piece.value); else values.set(name, [piece.value]);
    }
    return true;
  };
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i += BITE) {
      reader.feed(told.decoder.decode(chunk.subarray(i, i + BITE), { stream: true }));
      if (!keep()) return { values, problem: `what the records refer to (${paths.join(', ')}) is longer than 64 MiB: some of them lack it` };
    }
  }
  reader.finish();
  keep();
  return { values };
}
