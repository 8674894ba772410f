import { randomBytes } from 'node:crypto';
import { createZstdCompress, zstdDecompressSync, type ZstdCompress } from 'node:zlib';
import { expect, it } from 'vitest';
import { createCompressor } from '#electron/host/compress-chunks.ts';

it('makes of each chunk a frame of its own, whatever came before', async () => {
  const compress = createCompressor();
  const chunks = [Buffer.from('{"a": 1}'), Buffer.alloc(1_048_576, 'many of the same, '), randomBytes(1_048_576), Buffer.from('x'), Buffer.alloc(0), randomBytes(300_000)];
  const frames: Uint8Array[] = [];
  for (const chunk of chunks) frames.push(await compress(chunk));
  for (const [i, chunk] of chunks.entries()) expect(zstdDecompressSync(frames[i] ?? Buffer.alloc(0)).equals(chunk)).toBe(true);
  expect(frames[1]?.length).toBeLessThan(1000);
});

it('has read a chunk when its frame is there: the buffer may be used again', async () => {
  const compress = createCompressor(), buffer = Buffer.alloc(1_048_576), frames: Uint8Array[] = [];
  for (let i = 0; i < 5; i++) { buffer.fill(`text ${i} `); frames.push(await compress(buffer)); buffer.fill(0); }
  for (const [i, frame] of frames.entries()) expect(zstdDecompressSync(frame).subarray(0, 14).toString()).toBe(`text ${i} text ${i} `);
});

it('fails with the chunk that it could not compress, whose parts no other gets, and goes on with the next', async () => {
  const made: ZstdCompress[] = [], compress = createCompressor(() => { const one = createZstdCompress(); made.push(one); return one; });
  expect((await compress(Buffer.from('first'))).length).toBeGreaterThan(0);
  const broken = compress(randomBytes(1_048_576));
  made[0]?.destroy(new Error('no memory'));
  await expect(broken).rejects.toThrow('no memory');
  expect(zstdDecompressSync(await compress(Buffer.from('last'))).toString()).toBe('last');
  made[1]?.destroy();
  await expect(compress(Buffer.from('on one that was closed'))).rejects.toThrow('destroyed');
  expect(zstdDecompressSync(await compress(Buffer.from('on another'))).toString()).toBe('on another');
});
