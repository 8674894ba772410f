import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';

const PIECE = 256 * 1024;

/**
 * Compresses chunks, each to a Zstandard frame of its own, one after the other by one compressor: a new one for each chunk announces megabytes to the garbage
 * collector, which then runs all the time. One that failed is done with: what it gives is lost with its chunk, and the next chunk begins another.
 * @returns a function that gives a chunk's frame; the chunk is not read any more by then. Call it again only then.
 */
export function createCompressor(make = (): ZstdCompress => createZstdCompress({ chunkSize: PIECE })): (chunk: Uint8Array) => Promise<Uint8Array> {
  let stream: ZstdCompress | undefined, parts: Buffer[] = [], fail: (error: unknown) => void = () => undefined;
  const drop = (one: ZstdCompress): void => { if (stream === one) stream = undefined; };
  const begin = (): ZstdCompress => {
    const made = make();
    parts = [];
    made.on('data', (part: Buffer) => { parts.push(part); });
    made.on('error', (error) => { drop(made); fail(error); });
    return made;
  };
  return (chunk) => new Promise((resolve, reject) => {
    fail = reject;
    const own = stream ??= begin();
    own.write(chunk);
    own.flush(constants.ZSTD_e_end, (error?: Error | null) => {
      if (error) { drop(own); reject(error); return; }
      const frame = Buffer.concat(parts);
      parts = [];
      resolve(frame);
    });
  });
}
