import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FoundFile } from './find-files.ts';

const SMALL = 10_000;
const region = /^[a-z]{2,4}(-[a-z]+)+-\d$/;

/**
 * Which AWS account a file of a dump belongs to: the one that the answer of `sts get-caller-identity` in its folder or in one above it names
 * (a folder called after a region speaks for its neighbours too). Undefined where nothing says.
 */
export function dumpAccounts(files: readonly FoundFile[]): (path: string) => string | undefined {
  const byFolder = new Map<string, string>();
  for (const { path, problem } of files) {
    if (problem !== undefined || !/get[-_]?caller[-_]?identity/i.test(path)) continue;
    const account = accountIn(path);
    if (account === undefined) continue;
    const folder = dirname(path);
    byFolder.set(folder, account);
    if (region.test(folder.split(/[\\/]/).at(-1) ?? '')) byFolder.set(dirname(folder), account);
  }
  return (path) => {
    if (byFolder.size === 0) return undefined;
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const found = byFolder.get(folder);
      if (found !== undefined || dirname(folder) === folder) return found;
    }
  };
}

function accountIn(path: string): string | undefined {
  // The import proper says what can't be read.
  try { return statSync(path).size > SMALL ? undefined : /"Account"\s*:\s*"(\d{12})"/.exec(readFileSync(path, 'utf8'))?.[1]; } catch { return undefined; }
}
