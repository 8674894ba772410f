import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recentCache } from '#shared/lib/recent-cache.ts';

describe('a cache of what was used lately', () => {
  it('keeps what is asked for again and again, however much else comes in', () => {
    const cache = recentCache<number>(10);
    cache.set('steady', 7);
    for (let i = 0; i < 1000; i++) {
      cache.set(`passing ${i}`, i);
      expect(cache.get('steady')).toBe(7);
    }
    expect(cache.get('passing 0')).toBeUndefined();
  });
  it('counts what its entries weigh: few heavy ones push out what many light ones would not', () => {
    const cache = recentCache<readonly number[]>(10, (list) => list.length);
    for (const key of ['a', 'b', 'c', 'd']) cache.set(key, [1]);
    expect(['a', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([true, true]);
    for (const key of ['x', 'y', 'z']) cache.set(key, Array.from({ length: 12 }, (_, i) => i));
    expect(['a', 'd', 'x', 'y', 'z'].map((key) => cache.get(key) !== undefined)).toEqual([false, false, false, true, true]);
  });
  it('never gives anything but what was set last, always has the last that was set, and holds at most twice its size', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.boolean())), (steps) => {
      const cache = recentCache<number>(4), truth = new Map<string, number>();
      for (const [i, [n, isSet]] of steps.entries()) {
        const key = String(n);
        if (isSet) { cache.set(key, i); truth.set(key, i); }
        expect([truth.get(key), isSet ? i : undefined]).toContain(cache.get(key));
      }
      expect([...truth.keys()].filter((key) => cache.get(key) !== undefined).length).toBeLessThanOrEqual(8);
    }));
  });
});
