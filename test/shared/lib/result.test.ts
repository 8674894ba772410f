import { describe, expect, it } from 'vitest';
import { assertNever } from '#shared/lib/assert-never.ts';
import { type Result, err, ok } from '#shared/lib/result.ts';

type Shape = { readonly kind: 'circle' } | { readonly kind: 'square' };

function corners(shape: Shape): number {
  switch (shape.kind) {
    case 'circle': return 0;
    case 'square': return 4;
    default: return assertNever(shape);
  }
}

describe('Result', () => {
  it('is told apart by ok', () => {
    const results: readonly Result<number>[] = [ok(1), err('no')];
    expect(results.map((result) => (result.ok ? result.value : result.error))).toEqual([1, 'no']);
  });
});

describe('assertNever', () => {
  it('throws, with the value, when one slips through that the types exclude', () => {
    const shapes: readonly Shape[] = JSON.parse('[{"kind":"square"},{"kind":"star"}]');
    expect(shapes.slice(0, 1).map(corners)).toEqual([4]);
    expect(() => shapes.map(corners)).toThrow('unexpected value: {"kind":"star"}');
  });
});
