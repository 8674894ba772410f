import { constants, createZstdCompress } from 'node:zlib';

const PIECE = 256 * 1024;

/**
 * Compresses chunks, each to a Zstandard frame of its own, one after the other by one compressor: a new one for each chunk announces megabytes to the garbage
 * collector, which then runs all the time.
 * @returns a function that gives a chunk's frame; the chunk is not read any more by then. Call it again only then.
 */
export function createCompressor(): (chunk: Uint8Array) => Promise<Uint8Array> {
  const stream = createZstdCompress({ chunkSize: PIECE });
  let parts: Buffer[] = [], fail: (error: unknown) => void = () => undefined;
  stream.on('data', (part: Buffer) => { parts.push(part); });
  stream.on('error', (error) => { fail(error); });
  return (chunk) => new Promise((resolve, reject) => {
    fail = reject;
    stream.write(chunk);
    stream.flush(constants.ZSTD_e_end, () => {
      const frame = Buffer.concat(parts);
      parts = [];
      resolve(frame);
    });
  });
}
