import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface FoundFile { readonly path: string; readonly problem?: string }

/**
 * The files that paths name: a folder is walked in name order, hidden files, links and Terraform's backup of the state beside it are left out; what can't
 * be read says why.
 */
export function findFiles(paths: readonly string[]): readonly FoundFile[] {
  return paths.flatMap((path) => visit(path, true));
}

/** Terraform writes the state before the last change as `NAME.backup` beside it. */
const isOutdated = (name: string, beside: ReadonlySet<string>): boolean => name.endsWith('.tfstate.backup') && beside.has(name.slice(0, -'.backup'.length));

function visit(path: string, named: boolean): readonly FoundFile[] {
  try {
    const stat = named ? statSync(path) : lstatSync(path);
    if (stat.isDirectory()) {
      const names = readdirSync(path), all = new Set(names);
      return names.filter((name) => !name.startsWith('.') && !isOutdated(name, all)).toSorted().flatMap((name) => visit(join(path, name), false));
    }
    if (stat.isSymbolicLink()) return [];
    return stat.isFile() ? [{ path }] : [{ path, problem: 'it is not a regular file' }];
  } catch (error) {
    return [{ path, problem: readProblem(error) }];
  }
}

/** A file-system error in words. */
export function readProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read (permission denied)';
  return error instanceof Error ? error.message : String(error);
}
