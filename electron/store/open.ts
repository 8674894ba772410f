import Database from 'better-sqlite3';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Db } from './db.ts';
import { problemInWords } from './sqlite-problem.ts';
import { checkVersion, listMigrations, migrate, type Migration } from './migrate.ts';

/** An open workspace: the one writer, or a reader beside it. */
export interface Workspace {
  readonly db: Db;
  readonly file: string;
  readonly id: string;
  /** This opening made the file. */
  readonly isNew: boolean;
  /** Checkpoints the WAL (so that the one file can be copied), releases the lock and closes. */
  close(): void;
}

const NAMELESS = 'the workspace has no name: --workspace takes a file';

export interface OpenOptions {
  readonly file: string;
  readonly migrationsDir: string;
  /** Create the file when it isn't there. */
  readonly create: boolean;
  readonly now: () => number;
}

/**
 * Opens a workspace for writing. Takes the lock (`FILE-lock`, a SQLite file held in BEGIN EXCLUSIVE, so it dies with its process), migrates an
 * older workspace after a backup beside it, refuses a newer or damaged one. `synchronous=FULL`, WAL.
 * @returns the workspace, or the reason in words for a person.
 */
export function openWorkspace(options: OpenOptions): Result<Workspace> {
  const { file } = options;
  if (file === '') return err(NAMELESS);
  const isNew = !existsSync(file);
  if (isNew && !options.create) return err(`${file}: no such workspace; create one with "winnow ingest", "winnow policy import" or "winnow demo"`);
  const migrations = listMigrations(options.migrationsDir);
  if (!isNew) {
    const looked = inspect(file, migrations);
    if (!looked.ok) return looked;
  }
  const lock = takeLock(file);
  if (!lock.ok) return lock;
  let db: Db | undefined;
  try {
    if (!isNew && !looksLikeSqlite(file)) throw new Error('it is not a Winnow workspace (not a SQLite file)');
    db = connect(file, { timeout: 5000 });
    if (isNew) db.pragma(`page_size = ${PAGE_BYTES}`);
    applyPragmas(db);
    const checked = isNew ? ok(undefined) : checkIntegrity(db);
    const migrated = checked.ok ? migrate(db, listMigrations(options.migrationsDir), { file, now: options.now }) : checked;
    if (!migrated.ok) throw new Error(migrated.error);
    const id = workspaceId(db);
    const opened = db;
    return ok({ db: opened, file, id, isNew, close: () => { closeQuietly(opened); lock.value(); } });
  } catch (error) {
    if (db) closeQuietly(db);
    lock.value();
    return unopened(file, error);
  }
}

/**
 * Opens a workspace for reading only, beside a writer or alone. A damaged or foreign file is refused as for writing, and so is a newer one when
 * `migrationsDir` tells which is the newest version that we know (beside an open writer there is no need to).
 */
export function openReader(file: string, migrationsDir?: string): Result<Workspace> {
  if (file === '') return err(NAMELESS);
  if (!existsSync(file)) return err(`${file}: no such workspace`);
  const looked = inspect(file, migrationsDir === undefined ? undefined : listMigrations(migrationsDir));
  if (!looked.ok) return looked;
  try {
    const db = connect(file, { readonly: true, fileMustExist: true });
    db.pragma('query_only = 1');
    db.pragma(`cache_size = -${READER_CACHE_KIB}`);
    return ok({ db, file, id: storedId(db) ?? '', isNew: false, close: () => db.close() });
  } catch (error) {
    return unopened(file, error);
  }
}

/** Looks at an existing file without changing a byte of it, before any lock or journal is made beside it: is it a workspace that we can open? */
function inspect(file: string, migrations: readonly Migration[] | undefined): Result<void> {
  let db: Db | undefined;
  try {
    // A pipe would be waited for without end.
    if (!statSync(file).isFile()) throw new Error('it is not a file (a folder, pipe or device)');
    if (!looksLikeSqlite(file)) throw new Error('it is not a Winnow workspace (not a SQLite file, or one with a damaged header)');
    if (statSync(file).size === 0) return ok(undefined);
    db = connect(file, { readonly: true, fileMustExist: true, timeout: 5000 });
    const version = checkVersion(db, migrations);
    if (!version.ok) throw new Error(version.error);
    return ok(undefined);
  } catch (error) {
    return unopened(file, error);
  } finally { db?.close(); }
}

function unopened(file: string, error: unknown): Result<never> {
  return err(`${file} can't be opened: ${problemInWords(error)}`);
}

/** SQLite takes some names for a database in memory or a temporary one, in which what was acknowledged would be lost; by its full path each is a file. */
const connect = (file: string, options: Database.Options): Db => new Database(resolve(file), options);

/** Records and decisions are some kilobytes long: on pages of 4 KiB most would need overflow pages. Measured with `npm run bench`. */
const PAGE_BYTES = 16_384;
/** Pages in the WAL before they are copied into the file: 32 MiB, so that a page that changes often is copied once. */
const CHECKPOINT_PAGES = 2048;
/** Pages that a connection keeps, in KiB. A thread that decides reads findings and relations all over the file; SQLite's own choice is 2,000. */
const WRITER_CACHE_KIB = 16_384, READER_CACHE_KIB = 8192;

function applyPragmas(db: Db): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma('foreign_keys = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${WRITER_CACHE_KIB}`);
  db.pragma('trusted_schema = OFF');
}

function looksLikeSqlite(file: string): boolean {
  const handle = openSync(file, 'r');
  const head = Buffer.alloc(16);
  const read = readSync(handle, head, 0, 16, 0);
  closeSync(handle);
  return read === 0 || head.toString('latin1') === 'SQLite format 3\0';
}

function checkIntegrity(db: Db): Result<void> {
  const row: unknown = db.pragma('quick_check(1)', { simple: true });
  return row === 'ok' ? ok(undefined) : err(problemInWords(Object.assign(new Error(String(row)), { code: 'SQLITE_CORRUPT' })));
}

function storedId(db: Db): string | undefined {
  const row: unknown = db.prepare("SELECT value FROM workspace WHERE key = 'workspace_id'").pluck().get();
  return typeof row === 'string' ? row : undefined;
}

function workspaceId(db: Db): string {
  const have = storedId(db);
  if (have !== undefined) return have;
  const id = randomUUID();
  db.prepare("INSERT INTO workspace (key, value) VALUES ('workspace_id', ?)").run(id);
  return id;
}

/** Holds an exclusive transaction on a side file; the operating system ends it with the process, however that dies. */
function takeLock(file: string): Result<() => void> {
  let lock: Db | undefined;
  try {
    lock = connect(`${file}-lock`, { timeout: 300 });
    lock.exec('BEGIN EXCLUSIVE');
    const held = lock;
    return ok(() => held.close());
  } catch (error) {
    lock?.close();
    const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    return err(busy ? `${file} is in use by another Winnow; close that one first` : `${file} can't be locked: ${problemInWords(error)}`);
  }
}

function closeQuietly(db: Db): void {
  if (!db.open) return;
  try { db.pragma('wal_checkpoint(TRUNCATE)'); } catch { /* a reader may hold it; the WAL is replayed on the next open */ }
  db.close();
}
