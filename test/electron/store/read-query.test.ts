import Database from 'better-sqlite3';
import { afterAll, expect, it } from 'vitest';
import { runQuery } from '#electron/store/read-query.ts';

const db = new Database(':memory:');
afterAll(() => { db.close(); });

it.each([
  ['SELECT 9007199254740991 AS n, 9007199254740993 AS m, -9223372036854775808 AS k', ['n', 'm', 'k'], [9007199254740991, '9007199254740993', '-9223372036854775808']],
  ['SELECT 1e999 AS n, -1e999 AS m, 0.5 AS h', ['n', 'm', 'h'], ['Infinity', '-Infinity', 0.5]],
  ["SELECT x'00ff' AS b, NULL AS none, 'a' || char(0) || 'b' AS t", ['b', 'none', 't'], ['<2 bytes>', null, 'a\0b']],
])('gives each value as it is, or as text where a number can not hold it: %s', (sql, columns, row) => {
  expect(runQuery(db, sql, { limit: 10, seconds: 5 })).toEqual({ ok: true, value: { columns, rows: [row], truncated: false } });
});

it('gives columns of one name apart, so that a row as an object has them all', () => {
  const result = runQuery(db, 'SELECT 1 AS a, 2 AS a, 3 AS "a:1", 4 AS a', { limit: 10, seconds: 5 });
  expect(result).toMatchObject({ value: { columns: ['a', 'a:2', 'a:1', 'a:3'], rows: [[1, 2, 3, 4]] } });
});

it('stops at rows that are too large together', () => {
  const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT hex(zeroblob(10000000)) FROM n';
  expect(runQuery(db, endless, { limit: 100, seconds: 60 })).toEqual({ ok: false, error: 'stopped at 5 rows: together they are larger than 100 million characters' });
});
