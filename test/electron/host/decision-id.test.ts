import { describe, expect, it } from 'vitest';
import { decisionId } from '#electron/host/decision-id.ts';

describe('the id of a decision', () => {
  const at = Date.UTC(2026, 10, 29, 3, 7) * 1000;
  it('is a UUID of version 7 that holds its time', () => {
    const id = decisionId(at);
    expect(id).toMatch(/^D-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.slice(2).replaceAll('-', '').slice(0, 12), 16)).toBe(at / 1000);
  });
  it('sorts by time, is never given twice, and takes a clock before 1970 for its start', () => {
    const ids = Array.from({ length: 1000 }, (_, i) => decisionId(at + i * 1000));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(Array.from({ length: 1000 }, () => decisionId(at))).size).toBe(1000);
    expect(decisionId(-5).slice(0, 15)).toBe('D-00000000-0000');
  });
});
