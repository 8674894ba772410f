import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'winnow-pull-';

/** A folder that only this user may read, for pieces on their way to the parser. What a killed process left behind goes first: it is a client's inventory. */
export async function openSpool(): Promise<{ readonly dir: string; readonly remove: () => Promise<void> }> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined /* another user's */);
  }
  // mkdtemp makes the folder with mode 0700.
  const dir = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

function isRunning(pid: number): boolean {
  try { process.kill(pid, 0); return true; } catch (error) { return error instanceof Error && 'code' in error && error.code === 'EPERM'; }
}
