import { describe, expect, it } from 'vitest';
import { markOf } from '#shared/model/evidence-mark.ts';

describe('marks of claims', () => {
  it.each([
    [true, 'observed', false, 'verified'], [false, 'observed', false, 'verified'], [0, 'observed', false, 'verified'], ['high', 'inferred', false, 'inferred'], ['unknown', 'observed', false, 'unknown'], ['unknown', 'inferred', false, 'unknown'],
    ['conflict', 'observed', false, 'conflict'],
    // Too old is not verified, and a conflict stays one however old.
    [true, 'observed', true, 'unknown'], ['conflict', 'observed', true, 'conflict'],
  ] as const)('%s, %s, stale %s is %s', (value, provenance, stale, mark) => expect(markOf(value, provenance, stale)).toBe(mark));
});
