import { chmodSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A workspace's copy that nobody else sees. `remove` may be called while it is open and again later; where that can't be done yet, nothing happens. */
export interface PrivateCopy { readonly file: string; remove(): void }

/** Copies a workspace with what its WAL holds into a folder of its own below TMPDIR. Throws with the reason in words when it can't be. */
export function copyAside(file: string): PrivateCopy {
  let dir: string | undefined;
  const remove = (): void => {
    // Windows keeps what is open.
    try { if (dir !== undefined) rmSync(dir, { recursive: true, force: true }); } catch { /* it goes when it is closed */ }
  };
  try {
    dir = mkdtempSync(join(tmpdir(), 'winnow-read-'));
    const copy = join(dir, 'workspace.db');
    for (const suffix of ['', '-wal']) {
      if (!existsSync(`${file}${suffix}`)) continue;
      copyFileSync(`${file}${suffix}`, `${copy}${suffix}`, constants.COPYFILE_FICLONE);
      chmodSync(`${copy}${suffix}`, 0o600);
    }
    return { file: copy, remove };
  } catch (error) {
    remove();
    throw new Error(`nothing can be written beside it, and no copy of it to read could be made in ${tmpdir()} (the folder that TMPDIR names): ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
