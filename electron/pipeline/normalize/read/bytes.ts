import { once } from 'node:events';
import { createGunzip } from 'node:zlib';

/** Bytes of one file: chunks, or a function that opens it anew (needed only for single documents too large to hold; else a temporary copy is made).
 * A chunk counts only until the next is asked for, as files are read into one buffer: whoever keeps it copies it. */
export type ByteChunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
export type ByteSource = ByteChunks | (() => ByteChunks);

/** Decompression is fed in small bites: one bite of a bomb then yields at most about 16 MiB at a time. */
const BITE = 16 * 1024;

/**
 * The content as UTF-8 without a byte order mark: gzip (told by its magic bytes, also concatenated members) is unpacked, UTF-16 (by BOM, or
 * by the zero bytes of its first character) is transcoded.
 * @param note is called with the reason when a compressed stream ends early or is damaged; what was read until then is still yielded.
 */
export async function* decodeBytes(chunks: ByteChunks, note: (problem: string) => void): AsyncGenerator<Uint8Array> {
  const plain = withHead(chunks, 2);
  const head = await plain.next();
  if (head.done) return;
  const all = prepend(head.value, plain);
  const isGzip = head.value[0] === 0x1f && head.value[1] === 0x8b;
  yield* decodeText(isGzip ? unzip(all, note) : all);
}

async function* decodeText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const text = withHead(chunks, 4);
  const head = await text.next();
  if (head.done) return;
  const [a, b, c, d] = head.value;
  const encoding = a === 0xff && b === 0xfe ? 'utf-16le' : a === 0xfe && b === 0xff ? 'utf-16be'
    : a !== 0 && b === 0 && c !== 0 && d === 0 ? 'utf-16le' : a === 0 && b !== 0 && c === 0 && d !== 0 ? 'utf-16be' : undefined;
  if (encoding !== undefined) {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of prepend(head.value, text)) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
    return;
  }
  const hasBom = a === 0xef && b === 0xbb && c === 0xbf;
  yield hasBom ? head.value.subarray(3) : head.value;
  yield* text;
}

async function* unzip(chunks: AsyncIterable<Uint8Array>, note: (problem: string) => void): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  const ready: Uint8Array[] = [];
  let failed: Error | undefined, isOver = false, given = 0, isPadded = true;
  let wake = (): void => undefined;
  gunzip.on('data', (chunk: Uint8Array) => ready.push(chunk));
  gunzip.on('error', (error) => { failed = error; wake(); });
  // Also where bytes follow that are not gzip: then Node's stream ends by itself, and neither takes more nor says that it took the last bite.
  gunzip.on('end', () => { isOver = true; wake(); });
  const write = (bite: Uint8Array): Promise<void> => new Promise((resolve) => { wake = resolve; gunzip.write(bite, () => { resolve(); }); });
  try {
    for await (const chunk of chunks) {
      for (let i = 0; i < chunk.length && !failed; i += BITE) {
        const bite = chunk.subarray(i, i + BITE);
        if (!isOver) { await write(bite); yield* ready.splice(0); }
        // What the stream left of its last bite, and all that follows: tapes and some tools fill up with zeros, which mean nothing.
        if (isOver) isPadded &&= bite.subarray(Math.max(0, gunzip.bytesWritten - given)).every((byte) => byte === 0);
        given += bite.length;
      }
      if (failed || !isPadded) break;
    }
    if (!failed && !isOver) {
      gunzip.end();
      await once(gunzip, 'end').catch((error: unknown) => { failed = error instanceof Error ? error : new Error(String(error)); });
    }
    yield* ready.splice(0);
    if (failed) note(/unexpected end/i.test(failed.message) ? 'the gzip data is truncated' : `the gzip data is damaged: ${failed.message}`);
    else if (!isPadded) note('behind the gzip data are bytes that are not gzip');
  } finally { gunzip.destroy(); }
}

/** The same bytes with a first chunk of at least `size` bytes, where there are so many. */
async function* withHead(chunks: ByteChunks, size: number): AsyncGenerator<Uint8Array, undefined> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === undefined) { yield chunk; continue; }
    const joined: Uint8Array = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (joined.length >= size) { yield joined; head = undefined; } else head = Buffer.from(joined);
  }
  if (head !== undefined && head.length > 0) yield head;
  return undefined;
}

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
