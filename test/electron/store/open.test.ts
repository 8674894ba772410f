import Database from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listMigrations } from '#electron/store/migrate.ts';
import { openReader, openToLook } from '#electron/store/open.ts';
import type { Result } from '#shared/lib/result.ts';
import { MIGRATIONS, NOW, openAt, tempDir } from './workspace.ts';

const NEWEST = listMigrations(MIGRATIONS).at(-1)?.number ?? 0;

function made(file: string): void {
  const workspace = opened(file);
  const insert = workspace.db.prepare("INSERT INTO policies (json, source, imported_us) VALUES (?, 'test', 1)");
  for (let i = 0; i < 200; i++) insert.run(`${i} ${'x'.repeat(400)}`);
  workspace.close();
}
function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(String(result.error));
  return result.value;
}
const opened = (file: string, rest = {}) => valueOf(openAt(file, rest));
const problem = (file: string, rest = {}) => { const result = openAt(file, rest); if (!result.ok) return result.error; result.value.close(); return 'opened'; };
/** A folder of migrations with these files beside ours. */
function migrationsWith(dir: string, files: Readonly<Record<string, string>>): string {
  const folder = join(dir, 'migrations');
  mkdirSync(folder);
  for (const name of readdirSync(MIGRATIONS)) copyFileSync(join(MIGRATIONS, name), join(folder, name));
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql);
  return folder;
}

describe('opening a workspace', () => {
  it('creates one only when asked, and keeps its id', () => {
    const file = join(tempDir(), 'w.db');
    expect(problem(file, { create: false })).toContain('no such workspace');
    expect(readdirSync(join(file, '..'))).toEqual([]);
    const first = opened(file);
    expect(['synchronous', 'journal_mode', 'foreign_keys'].map((name) => first.db.pragma(name, { simple: true }))).toEqual([2, 'wal', 1]);
    first.close();
    const second = opened(file, { create: false });
    expect(second.id).toBe(first.id);
    second.close();
  });

  it('is for one writer at a time, and readers beside it', () => {
    const file = join(tempDir(), 'w.db');
    const first = opened(file);
    expect(problem(file)).toContain('in use by another Winnow');
    const reader = valueOf(openReader(file, { migrationsDir: MIGRATIONS }));
    expect(reader.id).toBe(first.id);
    expect(() => reader.db.exec('DELETE FROM policies')).toThrow(/readonly/);
    reader.close();
    first.close();
    expect(problem(file)).toBe('opened');
  });

  it('is a file, also by the name that SQLite takes for a database in memory', () => {
    const dir = tempDir(), before = process.cwd();
    process.chdir(dir);
    try {
      made(':memory:');
      expect(problem(':memory:', { create: false })).toBe('opened');
      expect(readdirSync(dir).toSorted()).toEqual([':memory:', ':memory:-lock']);
    } finally { process.chdir(before); }
  });

  it('releases the lock when it is refused', () => {
    const dir = tempDir(), file = join(dir, 'w.db');
    made(file);
    expect(problem(file, { migrationsDir: migrationsWith(dir, { '9001-bad.sql': 'CREATE TABLE broken (' }) })).toContain("can't be opened");
    expect(problem(file)).toBe('opened');
  });
});

describe('what is refused, untouched', () => {
  function expectRefused(file: string, why: RegExp): void {
    const before = readFileSync(file), names = readdirSync(join(file, '..'));
    expect(problem(file)).toMatch(why);
    const reader = openReader(file, { migrationsDir: MIGRATIONS });
    expect(reader.ok ? 'opened' : reader.error).toMatch(why);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(join(file, '..')).filter((n) => !/-(wal|shm)$/.test(n))).toEqual(names);
  }

  it('a workspace of a newer version', () => {
    const file = join(tempDir(), 'w.db');
    made(file);
    const db = new Database(file);
    db.pragma('user_version = 9999');
    db.close();
    expectRefused(file, /newer Winnow \(workspace version 9999/);
  });
  it.each([0, 1])('a database of another program, with user_version %i', (version) => {
    const file = join(tempDir(), 'other.db');
    const db = new Database(file);
    db.exec('CREATE TABLE notes (text TEXT)');
    db.pragma(`user_version = ${version}`);
    db.close();
    expectRefused(file, /not a Winnow workspace/);
  });
  it('an empty file, unless a workspace is to be made', () => {
    const file = join(tempDir(), 'w.db');
    writeFileSync(file, '');
    for (const reader of [openReader(file, { migrationsDir: MIGRATIONS }), openAt(file, { create: false }), openToLook({ file, migrationsDir: MIGRATIONS, create: false, now: () => NOW })]) expect(reader.ok ? 'opened' : reader.error).toMatch(/w\.db is an empty file: .* Restore it from a copy; "winnow ingest"/);
    expect(readFileSync(file)).toHaveLength(0);
    expect(problem(file)).toBe('opened');
  });
  it('something else', () => {
    const file = join(tempDir(), 'w.db');
    writeFileSync(file, '{"findings": []}'.repeat(1000));
    expectRefused(file, /not a Winnow workspace/);
  });
  it('a pipe, which would be waited for without end, and a folder', () => {
    const dir = tempDir(), pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const file of [pipe, dir]) {
      const reader = openReader(file, { migrationsDir: MIGRATIONS });
      expect([problem(file), reader.ok ? 'opened' : reader.error]).toEqual([expect.stringContaining('not a file'), expect.stringContaining('not a file')]);
    }
    expect(readdirSync(dir)).toEqual(['pipe']);
  });
  it('no name at all, which SQLite takes for a temporary database', () => {
    const reader = openReader('', { migrationsDir: MIGRATIONS });
    expect([problem(''), reader.ok ? 'opened' : reader.error]).toEqual([expect.stringContaining('has no name'), expect.stringContaining('has no name')]);
  });
  it('a damaged header', () => {
    const file = join(tempDir(), 'w.db');
    made(file);
    const bytes = readFileSync(file);
    bytes.fill(0, 0, 16);
    writeFileSync(file, bytes);
    expectRefused(file, /damaged header/);
  });
});

describe('damage', () => {
  it('of any page of the tables is found, with a way to restore', () => {
    const dir = tempDir(), file = join(dir, 'w.db');
    made(file);
    const whole = readFileSync(file);
    const page = whole.readUInt16BE(16);
    let found = 0;
    const pages = Math.floor(whole.length / page);
    const step = Math.max(1, Math.floor(pages / 12));
    let tried = 0;
    for (let at = page; at + page <= whole.length; at += page * step) {
      tried += 1;
      const bytes = Buffer.from(whole);
      bytes.fill(0xa5, at, at + page);
      const copy = join(dir, 'copy.db');
      writeFileSync(copy, bytes);
      const why = problem(copy);
      if (why === 'opened') continue;
      found += 1;
      expect(why).toMatch(/damaged [^]*restore it from a copy/);
    }
    expect([found, tried > 5]).toEqual([tried, true]);
  });
  it('by truncation is found', () => {
    const file = join(tempDir(), 'w.db');
    made(file);
    writeFileSync(file, readFileSync(file).subarray(0, -40_000));
    expect(problem(file)).toMatch(/damaged/);
  });
});

describe('migration', () => {
  const second = { '9001-more.sql': 'CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;' };

  it('leaves a backup beside the file and keeps the data', () => {
    const dir = tempDir(), file = join(dir, 'w.db');
    made(file);
    const workspace = opened(file, { migrationsDir: migrationsWith(dir, second) });
    expect([workspace.db.pragma('user_version', { simple: true }), workspace.db.prepare('SELECT count(*) FROM policies').pluck().get(), workspace.db.prepare('SELECT count(*) FROM more').pluck().get()]).toEqual([9001, 200, 0]);
    workspace.close();
    expect(readdirSync(dir)).toContain(`w.db.backup-v${NEWEST}-2026-05-01`);
    expect(problem(join(dir, `w.db.backup-v${NEWEST}-2026-05-01`))).toBe('opened');
    expect(problem(file)).toContain('newer Winnow');
  });
  it('whose backup can not be made changes nothing, and leaves no part of one', () => {
    const dir = tempDir(), file = join(dir, 'w.db'), migrationsDir = migrationsWith(dir, second);
    made(file);
    const before = readFileSync(file);
    mkdirSync(join(dir, `w.db.backup-v${NEWEST}-2026-05-01`, 'in the way'), { recursive: true });
    expect(problem(file, { migrationsDir })).toContain("w.db can't be opened");
    expect([readFileSync(file).equals(before), readdirSync(dir).filter((name) => name.endsWith('.part'))]).toEqual([true, []]);
  });
  it('that fails leaves the workspace as it was', () => {
    const dir = tempDir(), file = join(dir, 'w.db');
    made(file);
    expect(problem(file, { migrationsDir: migrationsWith(dir, { '9001-bad.sql': 'CREATE TABLE more (id INTEGER) STRICT; DELETE FROM policies; INSERT INTO nowhere VALUES (1);' }) })).toContain('nowhere');
    const workspace = opened(file);
    expect([workspace.db.pragma('user_version', { simple: true }), workspace.db.prepare('SELECT count(*) FROM policies').pluck().get()]).toEqual([NEWEST, 200]);
    workspace.close();
  });
  it('makes no backup of a new or current workspace', () => {
    const dir = tempDir();
    made(join(dir, 'w.db'));
    expect(problem(join(dir, 'w.db'))).toBe('opened');
    expect(readdirSync(dir).filter((n) => n.includes('backup'))).toEqual([]);
  });
});

describe('reading where nothing can be changed', () => {
  const second = { '9001-more.sql': 'CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT; INSERT INTO more VALUES (7);' };
  const look = (file: string, migrationsDir = MIGRATIONS) => openToLook({ file, migrationsDir, create: false, now: () => NOW });

  it('reads an older workspace as a current one, and leaves it as it is', () => {
    const dir = tempDir(), file = join(dir, 'w.db'), migrationsDir = migrationsWith(dir, second);
    made(file);
    const before = readFileSync(file), reader = valueOf(openReader(file, { migrationsDir, isCurrent: true }));
    expect([reader.says, reader.canWrite, reader.db.prepare('SELECT id FROM more').pluck().get(), reader.db.prepare('SELECT count(*) FROM policies').pluck().get()]).toEqual([`${file}: it is of an older version, so a private copy that was brought up to date is read`, false, 7, 200]);
    expect(() => reader.db.exec('DELETE FROM policies')).toThrow('readonly');
    reader.close();
    expect([readFileSync(file).equals(before), readdirSync(dir).filter((name) => name.includes('backup'))]).toEqual([true, []]);
    // Who asks for no certain version gets the file itself.
    const raw = valueOf(openReader(file, { migrationsDir }));
    expect([raw.says, raw.db.pragma('user_version', { simple: true })]).toEqual([undefined, NEWEST]);
    raw.close();
  });
  it('reads a copy where SQLite finds no room for its files, and refuses a damaged one there too', () => {
    const dir = tempDir(), file = join(dir, 'w.db'), bad = join(dir, 'bad.db');
    made(file);
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 16_384 * 3, 16_384 * 5);
    writeFileSync(bad, bytes);
    for (const name of [file, bad]) mkdirSync(`${name}-shm`);
    const reader = valueOf(look(file));
    expect([reader.says, reader.canWrite, reader.db.prepare('SELECT count(*) FROM policies').pluck().get()]).toEqual([`${file}: nothing can be written beside it, so a private copy is read`, false, 200]);
    reader.close();
    expect(problem(file)).toContain('it may only be read');
    const refused = look(bad);
    expect(refused.ok ? 'opened' : refused.error).toMatch(/bad\.db can't be opened: the file is damaged/);
  });
  it('is a writer where it can be, and a reader beside another one', () => {
    const file = join(tempDir(), 'w.db');
    made(file);
    const writer = valueOf(look(file)), beside = valueOf(look(file));
    expect([writer.canWrite, writer.says, beside.canWrite, beside.says]).toEqual([true, undefined, false, `${file} is in use by another Winnow: this shows what that one has saved by now`]);
    writer.db.exec('DELETE FROM policies WHERE version > 5');
    expect(beside.db.prepare('SELECT count(*) FROM policies').pluck().get()).toBe(5);
    beside.close();
    writer.close();
  });
});
