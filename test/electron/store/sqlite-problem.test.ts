import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { problemInWords } from '#electron/store/sqlite-problem.ts';
import { tempDir } from './workspace.ts';
import { join } from 'node:path';

function thrown(act: () => void): unknown {
  try { act(); } catch (error) { return error; }
  return undefined;
}

it('says what a full disk and a write-protected one mean', () => {
  const file = join(tempDir(), 'w.db'), db = new Database(file);
  db.exec('CREATE TABLE t (x)');
  // SQLite gives the same code for the limit as for a disk that is full.
  db.pragma('max_page_count = 5');
  expect(problemInWords(thrown(() => db.exec('INSERT INTO t VALUES (zeroblob(1000000))')))).toMatch(/^the disk is full; .* kept/);
  db.close();
  const reader = new Database(file, { readonly: true });
  expect(problemInWords(thrown(() => reader.exec('INSERT INTO t VALUES (1)')))).toMatch(/^it may only be read/);
  reader.close();
});

it('says where SQLite can make no files, and keeps the words of any other error', () => {
  expect(problemInWords(new Database.SqliteError('unable to open database file', 'SQLITE_CANTOPEN'))).toContain('write-protected');
  expect(problemInWords(new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE'))).toContain('the disk failed (disk I/O error)');
  expect([problemInWords(new Error('other')), problemInWords('text')]).toEqual(['other', 'text']);
});
