import { randomBytes } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
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
