import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ByteChunks, ByteSource } from './bytes.ts';

/** A source that can be read again, and what to do when it is no longer needed. */
export interface Reopenable { readonly open: () => ByteChunks; readonly close: () => Promise<void> }

/**
 * Makes any source readable twice. A one-shot stream (stdin) is kept in memory up to `limit` bytes, a longer one in a temporary file
 * (owner-only folder) that `close` removes.
 */
export async function reopenable(source: ByteSource, limit: number): Promise<Reopenable> {
  if (typeof source === 'function') return { open: source, close: async () => { /* nothing was made */ } };
  if (Array.isArray(source)) return { open: () => source, close: async () => { /* nothing was made */ } };
  const iterator = iterate(source);
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const next = await iterator.next();
    if (next.done) return { open: () => parts, close: async () => { /* nothing was made */ } };
    parts.push(next.value);
    size += next.value.length;
    if (size > limit) break;
  }
  const folder = await mkdtemp(join(tmpdir(), 'winnow-'));
  const file = join(folder, 'input');
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await pipeline(Readable.from(both(parts, iterator)), createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    await close();
    throw error;
  }
  return { open: () => createReadStream(file, { highWaterMark: 256 * 1024 }), close };
}

async function* iterate(chunks: ByteChunks): AsyncGenerator<Uint8Array, undefined> { yield* chunks; return undefined; }
async function* both(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> { yield* first; yield* rest; }
