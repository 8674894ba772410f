import { describe, expect, it } from 'vitest';
import { formatAge, formatBytes, formatClock, formatDay, formatDuration, formatTime, plural, sentence } from '../../../renderer/ui/format.ts';

describe('times', () => {
  it('shows UTC as UTC, whatever the machine', () => {
    expect([formatTime('2026-11-21T03:07:09Z', 'utc'), formatClock('2026-11-21T03:07:09.5Z', 'utc'), formatDay('2026-01-01T00:00:00Z', 'utc', '2026-11-21T00:00:00Z'), formatDay('2025-12-31T23:59:59Z', 'utc', '2026-11-21T00:00:00Z')])
      .toEqual(['21 Nov 2026, 03:07', '03:07:09', '1 Jan', '31 Dec 2025']);
  });

  it('shows local time as the machine has it', () => {
    const local = new Date(2026, 10, 21, 3, 7, 9);
    expect([formatTime(local.toISOString(), 'local'), formatClock(local.toISOString(), 'local')]).toEqual(['21 Nov 2026, 03:07', '03:07:09']);
  });

  it('leaves a text that is no time as it is', () => expect([formatTime('soon', 'utc'), formatClock('soon', 'utc'), formatAge('soon', '2026-11-21T00:00:00Z')]).toEqual(['soon', '', '']));

  it.each([
    ['2026-11-21T11:59:30Z', '0m'], ['2026-11-21T11:00:01Z', '59m'], ['2026-11-21T11:00:00Z', '1h'], ['2026-11-20T12:00:01Z', '23h'], ['2026-11-20T12:00:00Z', '1d'], ['2024-11-22T12:00:00Z', '729d'], ['2024-11-20T12:00:00Z', '2y'],
    // Later than the data that it is measured by: no age, not a negative one.
    ['2026-11-21T13:00:00Z', '0m'],
  ])('%s is %s old', (at, age) => expect(formatAge(at, '2026-11-21T12:00:00Z')).toBe(age));
});

describe('figures', () => {
  it.each([[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [1_540, '1.5 kB'], [12_345_678, '12 MB'], [2e15, '2000 TB']])('%d bytes are %s', (n, text) => expect(formatBytes(n)).toBe(text));
  it.each([[0.02, '0.02 ms'], [0.5, '0.5 ms'], [142.4, '142 ms'], [2870, '2.9 s'], [42_000, '42 s'], [250_000, '4 min 10 s'], [120_000, '2 min']])('%d ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
  it('counts in words', () => expect([plural(1, 'finding'), plural(1240, 'finding'), plural(2, 'entity', 'entities')]).toEqual(['1 finding', '1,240 findings', '2 entities']));
  it('makes a sentence of a clause, with one full stop', () => expect([sentence('no owner is known'), sentence('The policy says so.'), sentence('')]).toEqual(['No owner is known.', 'The policy says so.', '.']));
});
