import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, ownConfig } from './engine.ts';

/** Builds the demo's workspace by the real engine: the bundled company, read and triaged. Copy it, don't change it. @returns its file */
export function fillWorkspace(dir: string = mkdtempSync(join(tmpdir(), 'winnow-filled-'))): string {
  const file = join(dir, 'winnow-demo.db'), making = `${file}.tmp`;
  const made = spawnSync(process.execPath, ['electron/host/winnow.ts', 'demo', '--workspace', making], { cwd: ROOT, env: ownConfig, encoding: 'utf8' });
  if (made.status !== 0 || !existsSync(making)) throw new Error(`the demo workspace was not built: ${made.stderr}`);
  renameSync(making, file);
  return file;
}
