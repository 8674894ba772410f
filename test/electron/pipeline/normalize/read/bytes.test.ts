import { constants, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
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

describe('gzip that is not whole', () => {
  // 200,000 bytes that compress badly: several bites of the stream that unpacks.
  const text = Array.from({ length: 20_000 }, (_, i) => `{"a":${(i * 7919) % 10_007}}`).join('\n'), whole = gzipSync(text);
  const flipped = (at: number): Buffer => { const copy = Buffer.from(whole); copy[at] = (copy[at] ?? 0) ^ 0x55; return copy; };
  const unpacked = async (data: Buffer, sizes: readonly number[]): Promise<{ got: string; problems: readonly string[] }> => {
    const problems: string[] = [], parts: Buffer[] = [];
    for await (const chunk of decodeBytes(inOneBuffer(data, sizes), (problem) => { problems.push(problem); })) parts.push(Buffer.from(chunk));
    return { got: Buffer.concat(parts).toString(), problems };
  };

  it.each([
    ['a wrong checksum', flipped(whole.length - 7), /damaged: incorrect data check/], ['a wrong length', flipped(whole.length - 2), /damaged: incorrect length check/],
    ['a flipped byte in the middle', flipped(30_000), /damaged/], ['a flipped byte at the start', flipped(12), /damaged/],
    ['bytes behind it that are not gzip', Buffer.concat([whole, Buffer.from('and more')]), /damaged: incorrect header check/],
    ['zeros behind it, and then bytes that are not gzip', Buffer.concat([whole, Buffer.alloc(100), Buffer.from('and more')]), /behind the gzip data are bytes that are not gzip/],
    ['a second part without a header', Buffer.concat([whole, Buffer.from([0x1f, 0x8b, 1, 2, 3])]), /damaged/],
  ])('ends with the reason at %s, and what came before is kept', { timeout: 10_000 }, async (_, data, why) => {
    for (const sizes of [[], Array.from({ length: 50 }, () => 1000)]) {
      const { got, problems } = await unpacked(data, sizes);
      expect(problems).toEqual([expect.stringMatching(why)]);
      // Unpacked bytes that differ from those packed can only be the last ones before a check fails.
      expect(text.startsWith(got.slice(0, 100))).toBe(true);
    }
  });

  it.each([['of one bite', 400], ['of several bites', 20_000], ['of more than is kept to unpack again', 900_000]])('keeps all that comes before the damage, %s, and says where that is', { timeout: 60_000 }, async (_, lines) => {
    const plain = Array.from({ length: lines }, (_, i) => `{"a":${(i * 7919) % 10_007},"b":${(i * 104_729) % 1_299_709}}`).join('\n');
    // Whole blocks up to a byte, and then one of a kind that there is none of.
    const good = gzipSync(plain, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }), isLarge = good.length > 4 * 1024 * 1024;
    const { got, problems } = await unpacked(Buffer.concat([good, Buffer.alloc(1000, 0xff)]), []);
    const [, where, byte] = /^the gzip data is damaged: invalid block type \((at|behind) byte (\d+) of the packed file\)$/.exec(problems.join()) ?? [];
    expect([where, Math.abs(Number(byte) - good.length) < (isLarge ? 17_000 : 2)]).toEqual([isLarge ? 'behind' : 'at', true]);
    expect([plain.startsWith(got), plain.length - got.length <= (isLarge ? 64 * 1024 : 0)]).toEqual([true, true]);
  });

  it('takes zeros behind it for the padding that they are', { timeout: 10_000 }, async () => {
    for (const sizes of [[], Array.from({ length: 300 }, () => 1000)]) expect(await unpacked(Buffer.concat([whole, Buffer.alloc(100_000)]), sizes)).toEqual({ got: text, problems: [] });
  });
});
