import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface FoundFile { readonly path: string; readonly problem?: string }

/**
 * The files that paths name: a folder is walked in name order, hidden files, links and Terraform's backup of the state beside it are left out; what can't
 * be read says why.
 * @param own a workspace, which with the files that SQLite keeps beside it is no input of its own where it lies in a folder.
 */
export function findFiles(paths: readonly string[], own?: string): readonly FoundFile[] {
  const file = own === undefined ? undefined : resolve(own);
  const isOwn = (path: string): boolean => file !== undefined && resolve(path).startsWith(file) && BESIDE.test(resolve(path).slice(file.length));
  return paths.flatMap((path) => visit(path, true, isOwn));
}
/** What follows a workspace's name in the names of its files: SQLite's, the lock's, and backups before a migration. */
const BESIDE = /^(-wal|-shm|-journal|-lock|-lock-journal|\.backup-[^/\\]*)?$/;

/** Terraform writes the state before the last change as `NAME.backup` beside it. */
const isOutdated = (name: string, beside: ReadonlySet<string>): boolean => name.endsWith('.tfstate.backup') && beside.has(name.slice(0, -'.backup'.length));

function visit(path: string, named: boolean, isOwn: (path: string) => boolean): readonly FoundFile[] {
  try {
    const stat = named ? statSync(path) : lstatSync(path);
    if (stat.isDirectory()) {
      const names = readdirSync(path), all = new Set(names);
      return names.filter((name) => !name.startsWith('.') && !isOutdated(name, all)).toSorted().map((name) => join(path, name)).filter((inner) => !isOwn(inner)).flatMap((inner) => visit(inner, false, isOwn));
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
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}
