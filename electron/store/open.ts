import Database from 'better-sqlite3';
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Db } from './db.ts';
import { problemInWords } from './sqlite-problem.ts';
import { checkVersion, listMigrations, migrate, type Migration } from './migrate.ts';
import { copyAside, type PrivateCopy } from './private-copy.ts';

/** An open workspace: the one writer, or a reader beside it. */
export interface Workspace {
  readonly db: Db;
  readonly file: string;
  readonly id: string;
  /** False for a reader. */
  readonly canWrite: boolean;
  /** This opening made the file. */
  readonly isNew: boolean;
  /** How it was opened, where a person should know. */
  readonly says?: string;
  /** Checkpoints the WAL (so that the one file can be copied), releases the lock and closes. */
  close(): void;
}

const NAMELESS = 'the workspace has no name: --workspace takes a file';

/** Can a file and its folder be written to, so that a workspace there can be opened for writing? */
function canBeWritten(file: string): boolean {
  try {
    accessSync(dirname(resolve(file)), constants.W_OK);
    accessSync(file, constants.W_OK);
    return true;
  } catch { return false; }
}

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
  try { return ok(openToWrite(options)); } catch (error) { return unopened(options.file, error); }
}

/**
 * Opens a workspace for who only wants to look at it: as the writer where that can be; beside another writer, or where nothing can be written, as a reader.
 */
export function openToLook(options: OpenOptions): Result<Workspace> {
  const { file, migrationsDir } = options;
  try { return ok(openToWrite(options)); } catch (error) {
    if (isHindered(error)) return readCopy(file, listMigrations(migrationsDir), HINDERED);
    if (!(error instanceof InUse)) return unopened(file, error);
    const reader = openReader(file, { migrationsDir, isCurrent: true });
    return reader.ok ? ok({ ...reader.value, says: reader.value.says ?? `${file} is in use by another Winnow: this shows what that one has saved by now` }) : reader;
  }
}

/** A reason that says all there is to say. */
class Refused extends Error {}
class InUse extends Refused {}
class WriteProtected extends Refused {}

function openToWrite(options: OpenOptions): Workspace {
  const { file } = options;
  if (file === '') throw new Refused(NAMELESS);
  const isNew = !existsSync(file);
  if (isNew && !options.create) throw new Refused(`${file}: no such workspace; create one with "winnow ingest", "winnow policy import" or "winnow demo"`);
  const migrations = listMigrations(options.migrationsDir);
  if (!isNew) {
    if (!options.create) refuseEmpty(file);
    if (!canBeWritten(file)) throw new WriteProtected(`${file} can't be changed: the file, its folder or its disk is write-protected. Copy it to a folder that you can write to; what only looks at it (incidents, show, trace, query, graph, paths, replay, audit verify) works where it is`);
    inspect(file, migrations);
  }
  const unlock = takeLock(file);
  let db: Db | undefined;
  try {
    if (!isNew && !looksLikeSqlite(file)) throw new Error('it is not a Winnow workspace (not a SQLite file)');
    db = connect(file, { timeout: 5000 });
    if (isNew) db.pragma(`page_size = ${PAGE_BYTES}`);
    applyPragmas(db);
    // SQLite opens what may only be read without a word, and refuses the first change.
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
    const checked = isNew ? ok(undefined) : checkIntegrity(db);
    const migrated = checked.ok ? migrate(db, migrations, { file, now: options.now }) : checked;
    if (!migrated.ok) throw new Error(migrated.error);
    const id = workspaceId(db);
    const opened = db;
    return { db: opened, file, id, isNew, canWrite: true, close: () => { closeQuietly(opened); unlock(); } };
  } catch (error) {
    if (db) closeQuietly(db);
    unlock();
    throw error;
  }
}

export interface ReaderOptions {
  /** Tells which is the newest version that we know: a newer workspace is refused. Beside an open writer there is no need to. */
  readonly migrationsDir?: string;
  /** One of an older version is brought up to date in a private copy. */
  readonly isCurrent?: boolean;
}

/**
 * Opens a workspace for reading only, beside a writer or alone. A damaged or foreign file is refused as for writing. SQLite makes files beside
 * a database also to read it: where it can't (a write-protected disk or folder, a full disk), and where an older one must be current, a private copy is read.
 */
export function openReader(file: string, { migrationsDir, isCurrent = false }: ReaderOptions = {}): Result<Workspace> {
  if (file === '') return err(NAMELESS);
  if (!existsSync(file)) return err(`${file}: no such workspace`);
  const migrations = migrationsDir === undefined ? undefined : listMigrations(migrationsDir);
  try {
    refuseEmpty(file);
    const version = inspect(file, migrations);
    if (isCurrent && version < (migrations?.at(-1)?.number ?? 0)) return readCopy(file, migrations ?? [], 'it is of an older version, so a private copy that was brought up to date is read');
    return ok(reading(file, file));
  } catch (error) {
    return isHindered(error) ? readCopy(file, migrations ?? [], HINDERED) : unopened(file, error);
  }
}

function reading(file: string, at: string): Workspace {
  const db = connect(at, { readonly: true, fileMustExist: true });
  try {
    db.pragma('query_only = 1');
    db.pragma(`cache_size = -${READER_CACHE_KIB}`);
    return { db, file, id: storedId(db) ?? '', isNew: false, canWrite: false, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

const HINDERED = 'nothing can be written beside it, so a private copy is read';
/** SQLite could not make or change what it needs beside the file. */
const isHindered = (error: unknown): boolean => error instanceof WriteProtected || error instanceof Database.SqliteError && /^SQLITE_(CANTOPEN|READONLY|FULL|IOERR_SHM)/.test(error.code);

function readCopy(file: string, migrations: readonly Migration[], says: string): Result<Workspace> {
  let copy: PrivateCopy | undefined;
  try {
    copy = copyAside(file);
    inspect(copy.file, migrations);
    prepareCopy(copy.file, migrations);
    const workspace = reading(file, copy.file), made = copy;
    // Where an open file can be deleted, nothing is left behind, however this ends.
    made.remove();
    return ok({ ...workspace, says: `${file}: ${says}`, close: () => { workspace.close(); made.remove(); } });
  } catch (error) {
    copy?.remove();
    return unopened(file, error);
  }
}

/** Brings a copy up to date, takes over what its WAL holds, and makes it one file. */
function prepareCopy(file: string, migrations: readonly Migration[]): void {
  const db = connect(file, { timeout: 5000 });
  try {
    const sound = checkIntegrity(db), migrated = sound.ok && migrations.length > 0 ? migrate(db, migrations) : sound;
    if (!migrated.ok) throw new Error(migrated.error);
    db.pragma('journal_mode = DELETE');
  } finally { db.close(); }
}

/**
 * Looks at an existing file without changing a byte of it, before any lock or journal is made beside it: is it a workspace that we can open?
 * @returns its version; throws where it is none.
 */
function inspect(file: string, migrations: readonly Migration[] | undefined): number {
  let db: Db | undefined;
  try {
    // A pipe would be waited for without end.
    if (!statSync(file).isFile()) throw new Error('it is not a file (a folder, pipe or device)');
    if (!looksLikeSqlite(file)) throw new Error('it is not a Winnow workspace (not a SQLite file, or one with a damaged header)');
    if (statSync(file).size === 0) return 0;
    db = connect(file, { readonly: true, fileMustExist: true, timeout: 5000 });
    const version = checkVersion(db, migrations);
    if (!version.ok) throw new Error(version.error);
    return version.value;
  } finally { db?.close(); }
}

function unopened(file: string, error: unknown): Result<never> {
  return err(error instanceof Refused ? error.message : `${file} can't be opened: ${problemInWords(error)}`);
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

/** An empty file is what a copy that failed leaves: to show it as a workspace without anything in it would hide a loss. */
function refuseEmpty(file: string): void {
  const found = statSync(file);
  if (found.size === 0 && found.isFile()) throw new Refused(`${file} is an empty file: no workspace was made in it, or what it held is lost. Restore it from a copy; "winnow ingest" and "winnow policy import" make a new workspace of it`);
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
function takeLock(file: string): () => void {
  let lock: Db | undefined;
  try {
    lock = connect(`${file}-lock`, { timeout: 300 });
    lock.exec('BEGIN EXCLUSIVE');
    const held = lock;
    return () => held.close();
  } catch (error) {
    lock?.close();
    throw error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY') ? new InUse(`${file} is in use by another Winnow; close that one first`) : error;
  }
}

function closeQuietly(db: Db): void {
  if (!db.open) return;
  try { db.pragma('wal_checkpoint(TRUNCATE)'); } catch { /* a reader may hold it; the WAL is replayed on the next open */ }
  db.close();
}
