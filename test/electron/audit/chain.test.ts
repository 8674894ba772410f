import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, nextEntry, verifyChain, type AuditEntry } from '#electron/audit/chain.ts';
import { newWorkspace } from '../store/workspace.ts';

const ROWS = 40;
function chain(length = ROWS, workspace = 'w1'): readonly AuditEntry[] {
  const rows: AuditEntry[] = [];
  for (let i = 0; i < length; i++) rows.push(nextEntry(rows.at(-1), { workspace, time_us: 1000 + i, actor: i % 3 === 0 ? 'alice' : 'engine', key_id: 'none', event: 'decided', payload: { n: i, text: `row ${i}` } }));
  return rows;
}
const whole = chain();
const at = fc.nat(ROWS - 1);
const runs = { numRuns: 200 };
const flipped = (text: string, i: number) => `${text.slice(0, i)}${text[i] === 'x' ? 'y' : 'x'}${text.slice(i + 1)}`;

describe('the audit chain', () => {
  it('holds as written, also through the table', () => {
    expect(verifyChain(whole, 'w1')).toEqual({ valid: true, rows: ROWS, head: whole.at(-1)?.hash });
    const { tables } = newWorkspace();
    for (const row of whole) tables.audit.append(row);
    expect(verifyChain(tables.audit.iterate(), 'w1', whole[20]?.hash)).toMatchObject({ valid: true, rows: ROWS });
    expect(tables.audit.last()).toEqual({ seq: ROWS, hash: whole.at(-1)?.hash });
  });
  it('is empty at the start', () => { expect(verifyChain([], 'w1')).toEqual({ valid: true, rows: 0, head: '0'.repeat(64) }); });
  it('does not depend on the order of keys', () => { expect(canonicalJson({ b: 1, a: [{ d: 2, c: null }] })).toBe('{"a":[{"c":null,"d":2}],"b":1}'); });

  const fields = ['seq', 'workspace', 'previous_hash', 'time_us', 'actor', 'key_id', 'event', 'payload', 'payload_hash', 'hash'] as const;
  it('finds a flip of any field at its row', () => {
    fc.assert(fc.property(at, fc.constantFrom(...fields), fc.nat(), (i, field, where) => {
      const rows = [...whole], row = rows[i]!;
      const value = row[field];
      rows[i] = { ...row, [field]: typeof value === 'number' ? value + 1 + (where % 5) : flipped(value, where % value.length) };
      const verdict = verifyChain(rows, 'w1');
      expect(verdict).toMatchObject({ valid: false, rows: i, first_bad_seq: rows[i].seq });
    }), runs);
  });
  it('finds a deletion at the row after it', () => {
    fc.assert(fc.property(fc.nat(ROWS - 2), fc.integer({ min: 1, max: 5 }), (i, count) => {
      const n = Math.min(count, ROWS - 1 - i);
      expect(verifyChain(whole.toSpliced(i, n), 'w1')).toMatchObject({ valid: false, rows: i, first_bad_seq: i + n + 1, why: `row ${i + 1} is missing, row ${i + n + 1} stands in its place` });
    }), runs);
  });
  it('finds a deletion with renumbering', () => {
    fc.assert(fc.property(fc.nat(ROWS - 2), (i) => {
      const rows = whole.toSpliced(i, 1).map((row, k) => ({ ...row, seq: k + 1 }));
      expect(verifyChain(rows, 'w1')).toMatchObject({ valid: false, first_bad_seq: i + 1 });
    }), runs);
  });
  it('finds a swap, renumbered or not', () => {
    fc.assert(fc.property(at, at, fc.boolean(), (a, b, renumber) => {
      fc.pre(a !== b);
      const rows = [...whole];
      [rows[a], rows[b]] = [rows[b]!, rows[a]!];
      const verdict = verifyChain(renumber ? rows.map((row, k) => ({ ...row, seq: k + 1 })) : rows, 'w1');
      expect(verdict).toMatchObject({ valid: false, rows: Math.min(a, b) });
    }), runs);
  });
  it('finds an insertion, even one with hashes that fit before it', () => {
    fc.assert(fc.property(fc.nat(ROWS - 1), fc.boolean(), (i, fitted) => {
      const before = whole[i - 1];
      const made = nextEntry(before, { workspace: 'w1', time_us: 5, actor: 'mallory', key_id: 'none', event: 'approved', payload: {} });
      const rows = [...whole.slice(0, i), fitted ? made : { ...made, previous_hash: '0'.repeat(63) + '1' }, ...whole.slice(i).map((row) => ({ ...row, seq: row.seq + 1 }))];
      expect(verifyChain(rows, 'w1')).toMatchObject({ valid: false, rows: fitted ? i + 1 : i, first_bad_seq: fitted ? i + 2 : i + 1 });
    }), runs);
  });
  it('finds a rewritten tail, and rows cut off, only against an exported checkpoint', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: ROWS - 1 }), (i) => {
      let rows = whole.slice(0, i);
      expect(verifyChain(rows, 'w1')).toMatchObject({ valid: true });
      expect(verifyChain(rows, 'w1', whole.at(-1)?.hash)).toMatchObject({ valid: false, first_bad_seq: i + 1, why: expect.stringContaining('checkpoint') });
      while (rows.length < ROWS) rows = [...rows, nextEntry(rows.at(-1), { workspace: 'w1', time_us: 7, actor: 'mallory', key_id: 'none', event: 'decided', payload: { n: rows.length } })];
      expect(verifyChain(rows, 'w1', whole.at(-1)?.hash)).toMatchObject({ valid: false });
    }), { numRuns: 30 });
  });
  it('belongs to one workspace', () => { expect(verifyChain(chain(3, 'w2'), 'w1')).toMatchObject({ valid: false, first_bad_seq: 1 }); });
});
