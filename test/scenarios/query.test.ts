import { createHash } from 'node:crypto';
import Database from 'better-sqlite3';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { runQuery } from '#electron/store/read-query.ts';
import { inTempFolder, ROOT } from './winnow.ts';
import { ingest, ran } from './workspace.ts';

const WRITING = [
  "INSERT INTO workspace VALUES ('a', 'b')", 'DELETE FROM audit RETURNING seq', "UPDATE findings SET title = 'x' RETURNING title", "WITH x AS (SELECT 1) INSERT INTO workspace SELECT 'a', 'b' FROM x RETURNING key", 'DROP TABLE audit', 'CREATE TABLE mine (x)', 'CREATE TEMP TABLE mine (x)',
  "ATTACH 'other.db' AS other", "VACUUM INTO 'other.db'", 'VACUUM', 'BEGIN IMMEDIATE', 'PRAGMA user_version = 7', 'PRAGMA query_only = 0', 'PRAGMA journal_mode = DELETE', 'PRAGMA writable_schema = 1', 'PRAGMA wal_checkpoint(TRUNCATE)', 'SELECT 1; DELETE FROM audit', "SELECT load_extension('x')",
];
/** Endless, and not one row of it ever comes out. */
const ENDLESS = 'SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n)';

it('reads and never writes', { timeout: 180_000 }, () => inTempFolder(async (dir) => {
  const workspace = join(dir, 'w.db'), run = (code: number, ...args: readonly string[]) => ran(code, ['query', ...args, '--workspace', workspace, '--json'], { cwd: dir });
  await ingest(workspace, join(ROOT, 'resources', 'examples', 'findings'));
  const digest = (): string => createHash('sha256').update(readFileSync(workspace)).digest('hex');
  const before = digest();
  for (const sql of WRITING) expect(z.strictObject({ error: z.string() }).parse(JSON.parse((await run(1, sql)).stdout)).error).not.toBe('');
  expect(digest()).toBe(before);
  expect(existsSync(join(dir, 'other.db'))).toBe(false);
  expect(readdirSync(dir).filter((name) => !name.startsWith('w.db'))).toEqual([]);

  const result = z.object({ columns: z.array(z.string()), rows: z.array(z.record(z.string(), z.unknown())), truncated: z.boolean() });
  expect(result.parse(JSON.parse((await run(0, 'SELECT source, count(*) AS n FROM findings GROUP BY source ORDER BY source')).stdout))).toMatchObject({ columns: ['source', 'n'], truncated: false });
  expect(result.parse(JSON.parse((await run(0, 'SELECT finding_id FROM findings', '--limit', '5')).stdout))).toMatchObject({ rows: { length: 5 }, truncated: true });
  expect(result.parse(JSON.parse((await run(0, 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n')).stdout))).toMatchObject({ rows: { length: 1000 }, truncated: true });
}));

it('ends a statement that never yields a row', { timeout: 60_000 }, () => inTempFolder(async (dir) => {
  const workspace = join(dir, 'w.db');
  await ingest(workspace, join(ROOT, 'resources', 'examples', 'findings', 'guardduty.json'));
  expect(JSON.parse((await ran(1, ['query', ENDLESS, '--workspace', workspace, '--json'])).stdout)).toEqual({ error: expect.stringMatching(/^stopped after 10 s/) });
  // Nothing holds the workspace afterwards.
  await ran(0, ['triage', '--workspace', workspace]);
}));

it('stops between rows as well', () => {
  const db = new Database(':memory:');
  try {
    const slow = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n WHERE x % 20000 = 0';
    expect(runQuery(db, slow, { limit: 100_000_000, seconds: 0.2 })).toEqual({ ok: false, error: expect.stringMatching(/^stopped after 0\.2 s with \d+ rows/) });
  } finally { db.close(); }
});

it('says the arguments of each recorded call, though the workspace keeps them once a decision', { timeout: 60_000 }, () => inTempFolder(async (dir) => {
  const workspace = join(dir, 'w.db');
  await ingest(workspace, join(ROOT, 'resources', 'examples', 'findings', 'guardduty.json'));
  await ran(0, ['triage', '--workspace', workspace]);
  const rows = async (sql: string): Promise<readonly unknown[]> => z.object({ rows: z.array(z.unknown()) }).parse(JSON.parse((await ran(0, ['query', sql, '--workspace', workspace, '--json'])).stdout)).rows;
  expect(await rows("SELECT count(*) > 0 AS some FROM calls WHERE arguments = ''")).toEqual([{ some: 1 }]);
  // Each says the same entity as its decision's incident.
  expect(await rows("SELECT count(*) AS n FROM recorded_calls r JOIN decisions d USING (decision_id) WHERE r.arguments = '' OR r.arguments ->> 'entity' IS NOT d.incident ->> 'entity'")).toEqual([{ n: 0 }]);
  expect(await rows('SELECT (SELECT count(*) FROM calls) = (SELECT count(*) FROM recorded_calls) AS all_there')).toEqual([{ all_there: 1 }]);
}));
