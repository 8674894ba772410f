import { randomBytes } from 'node:crypto';
import { constants, createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { readProblem } from '../find-files.ts';
import type { Refusal } from './guard.ts';
import type { Limits } from './read-body.ts';

/** The id is the file's name in the folder: a random part, a dot, and the name that it came with. */
export interface Upload { readonly id: string; readonly name: string; readonly bytes: number }
/** Files that the page has handed over: they lie in a folder that only this user may read until they are imported or the server ends. */
export interface Uploads {
  readonly dir: string;
  take(request: IncomingMessage, name: string): Promise<Result<Upload, Refusal>>;
  /** Copies a file of this machine there: what is looked at is what will be imported, whatever becomes of the file. */
  takeFile(path: string, name: string): Promise<Result<Upload>>;
  /** Whether this server gave that id and still has the file. */
  has(id: string): boolean;
  remove(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const MOST_WAITING = 1000, ID_BYTES = 8;

/** The name that an upload came with. */
export const nameOf = (id: string): string => (/^[0-9a-f]{16}\./.test(id) ? id.slice(2 * ID_BYTES + 1) : id);

export async function openUploads(limits: Limits): Promise<Uploads> {
  // mkdtemp makes the folder with mode 0700.
  const dir = await mkdtemp(join(tmpdir(), 'winnow-upload-'));
  const ids = new Set<string>();
  return {
    dir,
    async take(request, name) {
      if (ids.size >= MOST_WAITING) return err({ status: 429, why: 'too many uploads wait to be imported' });
      const safe = safeName(name);
      const id = `${randomBytes(ID_BYTES).toString('hex')}.${safe}`;
      const written = await spool(request, join(dir, id), limits);
      if (!written.ok) { await rm(join(dir, id), { force: true }); return written; }
      ids.add(id);
      return ok({ id, name: safe, bytes: written.value });
    },
    async takeFile(path, name) {
      if (ids.size >= MOST_WAITING) return err('too many files wait to be imported');
      const safe = safeName(name);
      const id = `${randomBytes(ID_BYTES).toString('hex')}.${safe}`;
      const copied = await copy(path, join(dir, id), limits);
      if (copied.ok) ids.add(id);
      return copied.ok ? ok({ id, name: safe, bytes: copied.value }) : copied;
    },
    has: (id) => ids.has(id),
    async remove(gone) {
      for (const id of gone) if (ids.delete(id)) await rm(join(dir, id), { force: true });
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

async function spool(request: IncomingMessage, file: string, limits: Limits): Promise<Result<number, Refusal>> {
  const tooLarge = err({ status: 413, why: 'the file is too large' });
  if (Number(request.headers['content-length'] ?? 0) > limits.uploadBytes) return tooLarge;
  let bytes = 0, isLate = false;
  const late = (): void => { isLate = true; request.destroy(); };
  let timer = setTimeout(late, limits.uploadIdleMs);
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      clearTimeout(timer);
      timer = setTimeout(late, limits.uploadIdleMs);
      bytes += chunk.length;
      done(bytes > limits.uploadBytes ? new Error('too large') : null, chunk);
    },
  });
  try {
    await pipeline(request, count, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    return ok(bytes);
  } catch (error) {
    if (bytes > limits.uploadBytes) return tooLarge;
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return err({ status: 507, why: 'the disk is full' });
    return err({ status: 408, why: isLate ? 'the upload paused for too long' : 'the upload broke off' });
  } finally { clearTimeout(timer); }
}

/** File systems that can share blocks make the copy at once. A pipe or device would be waited for without end, so only regular files are taken. */
async function copy(from: string, to: string, limits: Limits): Promise<Result<number>> {
  try {
    const { size } = await stat(from).then((found) => { if (!found.isFile()) throw new Error('it is not a regular file'); return found; });
    if (size > limits.uploadBytes) return err('the file is too large');
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(to, 0o600);
    return ok(size);
  } catch (error) {
    await rm(to, { force: true });
    return err(readProblem(error));
  }
}

/** The last part of a file's name, without anything that a path could be made of. A random part goes before it, so names may repeat. */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const clean = last.replace(/[^\p{L}\p{N}._ -]/gu, '_').replace(/^[. ]+/, '').slice(-120).trim();
  return clean === '' ? 'upload' : clean;
}
