import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFiles } from '#electron/host/find-files.ts';

let dir: string;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'winnow-find-')); });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });
const names = (paths: readonly string[], own?: string): readonly string[] => findFiles(paths, own).map(({ path }) => path.slice(dir.length + 1));

it('leaves out the workspace that lies in a folder, and nothing else that is called so', () => {
  mkdirSync(join(dir, 'deep'));
  for (const name of ['a.json', 'winnow.db', 'winnow.db-wal', 'winnow.db-shm', 'winnow.db-lock', 'winnow.db-lock-journal', 'winnow.db.backup-7-2026-11-20', 'winnow.db-export.json', 'winnow.dbx', 'deep/winnow.db']) writeFileSync(join(dir, name), '{}');
  expect(names([dir], join(dir, 'deep', '..', 'winnow.db'))).toEqual(['a.json', 'deep/winnow.db', 'winnow.db-export.json', 'winnow.dbx']);
  expect(names([dir], join(dir, 'deep', 'winnow.db'))).toHaveLength(9);
  expect(names([dir])).toHaveLength(10);
  // Whoever names it is told that it is no input.
  expect(names([join(dir, 'winnow.db')], join(dir, 'winnow.db'))).toEqual(['winnow.db']);
});
