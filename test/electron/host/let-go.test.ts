import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { letGo } from '#electron/host/let-go.ts';

describe('letting go of garbage', () => {
  it('takes what nobody uses any more off the heap, and leaves what is used', () => {
    const make = (): readonly object[] => Array.from({ length: 400_000 }, (_, i) => ({ i, text: `garbage ${i}` }));
    let all = make();
    const kept = all.slice(0, 1000);
    const before = getHeapStatistics().used_heap_size;
    expect(all).toHaveLength(400_000);
    all = [];
    letGo();
    expect(before - getHeapStatistics().used_heap_size).toBeGreaterThan(10_000_000);
    expect(kept).toHaveLength(1000);
    expect(kept[999]).toEqual({ i: 999, text: 'garbage 999' });
  });
});
