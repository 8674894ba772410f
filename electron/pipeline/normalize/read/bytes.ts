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

/** Of a damaged stream Node keeps back what came of its last bite: so much of the packed bytes is kept to unpack that once more. */
const MOST_KEPT = 4 * 1024 * 1024;

/** Node's gunzip, bite by bite. */
function openGunzip() {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  const ready: Uint8Array[] = [];
  let failed: Error | undefined, isOver = false;
  let wake = (): void => undefined;
  gunzip.on('data', (chunk: Uint8Array) => ready.push(chunk));
  gunzip.on('error', (error) => { failed = error; wake(); });
  // Also where bytes follow that are not gzip: then Node's stream ends by itself, and neither takes more nor says that it took the last bite.
  gunzip.on('end', () => { isOver = true; wake(); });
  return {
    write: (bite: Uint8Array): Promise<void> => new Promise((resolve) => { wake = resolve; gunzip.write(bite, () => { resolve(); }); }),
    async end(): Promise<void> {
      gunzip.end();
      await once(gunzip, 'end').catch((error: unknown) => { failed = error instanceof Error ? error : new Error(String(error)); });
    },
    /** What was unpacked since the last time. */
    take: (): Uint8Array[] => ready.splice(0), failed: () => failed, isOver: () => isOver, taken: () => gunzip.bytesWritten, close: () => { gunzip.destroy(); },
  };
}

async function* unzip(chunks: AsyncIterable<Uint8Array>, note: (problem: string) => void): AsyncGenerator<Uint8Array> {
  const gunzip = openGunzip();
  let given = 0, good = 0, unpacked = 0, isPadded = true, kept: Uint8Array[] | undefined = [];
  const take = (): Uint8Array[] => { const some = gunzip.take(); unpacked += some.reduce((n, chunk) => n + chunk.length, 0); return some; };
  try {
    for await (const chunk of chunks) {
      if (given + chunk.length > MOST_KEPT) kept = undefined; else kept?.push(Buffer.from(chunk));
      for (let i = 0; i < chunk.length && !gunzip.failed(); i += BITE) {
        const bite = chunk.subarray(i, i + BITE);
        if (!gunzip.isOver()) { good = given; await gunzip.write(bite); yield* take(); }
        // What the stream left of its last bite, and all that follows: tapes and some tools fill up with zeros, which mean nothing.
        if (gunzip.isOver()) isPadded &&= bite.subarray(Math.max(0, gunzip.taken() - given)).every((byte) => byte === 0);
        given += bite.length;
      }
      if (gunzip.failed() || !isPadded) break;
    }
    if (!gunzip.failed() && !gunzip.isOver()) await gunzip.end();
    yield* take();
    const failed = gunzip.failed();
    if (failed && /unexpected end/i.test(failed.message)) note('the gzip data is truncated');
    else if (failed) {
      const broken = kept === undefined ? undefined : yield* unzipRest(Buffer.concat(kept), good, unpacked);
      note(`the gzip data is damaged: ${failed.message} (${broken === undefined ? 'behind' : 'at'} byte ${broken ?? good} of the packed file)`);
    } else if (!isPadded) note('behind the gzip data are bytes that are not gzip');
  } finally { gunzip.close(); }
}

/**
 * What a damaged stream still gives of its last bite: it is unpacked once more, and that bite byte by byte.
 * @param good where the last bite begins. @param unpacked so much was given out.
 * @returns the byte at which it broke.
 */
async function* unzipRest(packed: Uint8Array, good: number, unpacked: number): AsyncGenerator<Uint8Array, number> {
  const gunzip = openGunzip();
  let at = 0, skip = unpacked;
  try {
    while (at < packed.length && !gunzip.failed() && !gunzip.isOver()) {
      const bite = packed.subarray(at, at < good ? Math.min(at + BITE, good) : at + 1);
      await gunzip.write(bite);
      for (const chunk of gunzip.take()) { if (chunk.length > skip) yield chunk.subarray(skip); skip = Math.max(0, skip - chunk.length); }
      at += bite.length;
    }
    return Math.max(0, at - 1);
  } finally { gunzip.close(); }
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
