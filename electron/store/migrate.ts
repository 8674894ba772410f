import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { formatTime } from '#shared/lib/time.ts';
import type { Db } from './db.ts';

export interface Migration { readonly number: number; readonly name: string; readonly sql: string }

/** The numbered `.sql` files of a folder, in order. */
export function listMigrations(dir: string): readonly Migration[] {
  return readdirSync(dir).filter((f) => /^\d{4}-.*\.sql$/.test(f)).toSorted()
    .map((f) => ({ number: Number(f.slice(0, 4)), name: f, sql: readFileSync(join(dir, f), 'utf8') }));
}

/** Is a database a workspace of ours, of a version that we know? `PRAGMA user_version` holds the version. Changes nothing. */
export function checkVersion(db: Db, migrations: readonly Migration[] | undefined): Result<number> {
  const newest = migrations === undefined ? Infinity : migrations.at(-1)?.number ?? 0;
  const current = Number(db.pragma('user_version', { simple: true }));
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
  const isOurs = current === 0 ? tables.length === 0 : tables.includes('workspace');
  if (!isOurs) return err('it is a SQLite database, but not a Winnow workspace; the file was not touched');
  if (current > newest) return err(`it was written by a newer Winnow (workspace version ${current}, this one knows ${newest}); update Winnow, the file was not touched`);
  return ok(current);
}

/**
 * Brings a workspace to the newest version, one transaction a step, after a backup beside the file (`FILE.backup-v1-…`) when it had data and a file is named.
 * A newer one than we know is refused, and so is a database that some other program made.
 */
export function migrate(db: Db, migrations: readonly Migration[], backup?: { readonly file: string; readonly now: () => number }): Result<void> {
  const checked = checkVersion(db, migrations);
  if (!checked.ok) return checked;
  const current = checked.value;
  if (current === migrations.at(-1)?.number) return ok(undefined);
  if (current > 0 && backup) {
    db.pragma('wal_checkpoint(TRUNCATE)');
    copyWhole(backup.file, `${backup.file}.backup-v${current}-${formatTime(backup.now()).slice(0, 10)}`);
  }
  for (const step of migrations.filter((m) => m.number > current)) {
    db.transaction(() => { db.exec(step.sql); db.pragma(`user_version = ${step.number}`); }).immediate();
  }
  return ok(undefined);
}

/** A backup has its name only when it is whole, whatever comes between. */
function copyWhole(file: string, to: string): void {
  const part = `${to}.part`;
  try {
    copyFileSync(file, part);
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
