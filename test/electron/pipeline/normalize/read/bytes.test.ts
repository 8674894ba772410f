import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decodeBytes } from '#electron/pipeline/normalize/read/bytes.ts';

/** Chunks that lie in one buffer, one after the other, as files are read. */
function* inOneBuffer(data: Buffer, sizes: readonly number[]): Generator<Uint8Array> {
  const buffer = Buffer.alloc(data.length);
  let start = 0;
  for (const size of [...sizes, data.length]) {
    const length = data.copy(buffer, 0, start, start + size);
    if (length > 0) yield buffer.subarray(0, length);
    start += length;
  }
}
const TEXT = '[{"a":1},{"b":2}]';

it.each([
  ['plain text', Buffer.from(TEXT)], ['text with a mark', Buffer.from(`\uFEFF${TEXT}`)], ['UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')], ['gzip', gzipSync(TEXT)],
])('reads %s whose first chunks are shorter than what tells the encoding', async (_, data) => {
  for (const sizes of [[1], [2], [3], [1, 1, 1], [3, 2], [5]]) {
    let text = '';
    for await (const chunk of decodeBytes(inOneBuffer(data, sizes), (problem) => { throw new Error(problem); })) text += Buffer.from(chunk).toString();
    expect([sizes, text]).toEqual([sizes, TEXT]);
  }
});
