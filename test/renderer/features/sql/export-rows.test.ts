import { describe, expect, it } from 'vitest';
import { columnWidths, toCsv, toJson } from '../../../../renderer/features/sql/export-rows.ts';
import { type Ran, withRan } from '../../../../renderer/features/sql/session.ts';

describe('CSV', () => {
  it.each([['=1+1', `'=1+1`], ['+49', `'+49`], ['-x', `'-x`], ['@sum', `'@sum`], ['\tx', `'\tx`]])('takes the formula out of %j', (cell, written) => {
    expect(toCsv({ columns: ['a'], rows: [[cell]] })).toBe(`a\r\n${written}\r\n`);
  });
  it('takes it out of quoted cells and of headings too', () => {
    expect(toCsv({ columns: ['=cmd'], rows: [['=HYPERLINK("http://203.0.113.9","x")'], ['\r=1']] })).toBe(`'=cmd\r\n"'=HYPERLINK(""http://203.0.113.9"",""x"")"\r\n"'\r=1"\r\n`);
  });
  it('leaves numbers and harmless text as they are, NULL empty', () => {
    expect(toCsv({ columns: ['n', 't'], rows: [[-5, 'a-b'], [null, 'x,"y"'], [true, { k: 1 }]] })).toBe('n,t\r\n-5,a-b\r\n,"x,""y"""\r\ntrue,"{""k"":1}"\r\n');
  });
});

describe('JSON', () => {
  it('gives an object a row and keeps both of two columns with one name', () => {
    expect(JSON.parse(toJson({ columns: ['id', 'id', 'id_2'], rows: [[1, 'b', null], [2n, undefined, 'x']] }))).toEqual([{ id: 1, id_2: 'b', id_2_2: null }, { id: '2', id_2: null, id_2_2: 'x' }]);
  });
});

it('gives a column what it needs, up to a limit', () => {
  expect(columnWidths({ columns: ['a', 'long_name_of_it'], rows: [['x'.repeat(500), 1]] })).toEqual([48, 17]);
});

it('remembers each statement once, the newest first, and not without end', () => {
  const ran = (sql: string): Ran => ({ sql, at: '2026-11-21T00:00:00Z', ms: 1, rows: 0, why: null });
  expect(withRan([ran('a'), ran('b')], ran('b')).map((r) => r.sql)).toEqual(['b', 'a']);
  const full = Array.from({ length: 60 }, (_, i) => ran(String(i))).reduce<readonly Ran[]>(withRan, []);
  expect(full).toHaveLength(50);
  expect(full[0]?.sql).toBe('59');
});
