import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { parentPort } from 'node:worker_threads';
import '#electron/workers/parse.ts';
import type { ToParser } from '#electron/host/parse-protocol.ts';

// A parse thread that dies while it looks at a file called "deadly", and that closes no file without an error from one called "unclosed" on.
// A file with a ".next" beside it is rewritten in place to that when it is hashed and about to be read; one with a ".while", when its first bytes are read.
const asked: string[] = [], going = new Set<string>();
let closesBadly = false;
parentPort?.on('message', (message: ToParser) => {
  if (message.type === 'go') for (const path of asked) { rewrite(path, 'next'); going.add(path); }
  if (message.type !== 'parse') return;
  asked.push(message.path);
  if (message.path.includes('deadly')) throw new Error('died in the test');
  closesBadly ||= message.path.includes('unclosed');
});
function rewrite(path: string, kind: 'next' | 'while'): void {
  if (!existsSync(`${path}.${kind}`)) return;
  writeFileSync(path, readFileSync(`${path}.${kind}`));
  rmSync(`${path}.${kind}`);
}
const { open } = promises;
promises.open = async (...args: Parameters<typeof open>) => {
  const file = await open(...args), close = file.close.bind(file), read = file.read.bind(file), path = String(args[0]);
  Object.assign(file, { read: async (buffer: Buffer, offset: number, length: number, position: number) => {
    const result = await read(buffer, offset, length, position);
    if (going.has(path)) rewrite(path, 'while');
    return result;
  } });
  file.close = async () => {
    await close();
    if (closesBadly) throw new Error('not closed well in the test');
  };
  return file;
};
syncBuiltinESMExports();
