import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacker, unpackRows } from '#electron/store/packed-rows.ts';

const shape = { texts: 3, numbers: 2 };
/** Any text that UTF-8 can carry: ASCII, umlauts, pairs of surrogates, empty. */
const cell = fc.option(fc.string({ unit: fc.constantFrom('a', 'ä', '…', '😀', '\0', '"', '\n') }));
const row = fc.record({ texts: fc.tuple(cell, cell, cell), numbers: fc.tuple(fc.integer({ min: -1 }), fc.constantFrom(0, 1, 1_764_000_000_000_000, Number.MAX_SAFE_INTEGER)) });

describe('packed rows', () => {
  it('come out as they went in, batch after batch', () => {
    fc.assert(fc.property(fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 4 }), (batches) => {
      const packer = createPacker();
      for (const batch of batches) {
        for (const { texts, numbers } of batch) packer.add(texts, numbers);
        expect([...unpackRows(packer.take(), shape)]).toEqual(batch.map(({ texts, numbers }) => [...texts, ...numbers]));
      }
    }));
  });

  it('hold more than they began with room for', () => {
    const packer = createPacker();
    const long = '€'.repeat(1_000_000);
    for (const text of ['first', long, 'last']) packer.add([text, null, text], [1, 2]);
    const packed = packer.take();
    expect(packed.bytes.length).toBe(6_000_018);
    expect([...unpackRows(packed, shape)]).toEqual(['first', long, 'last'].map((text) => [text, null, text, 1, 2]));
  });

  it('survive the way to another thread, to which their bytes move', () => {
    const packer = createPacker();
    packer.add(['a', null, 'ü'], [7, 8]);
    const packed = packer.take();
    const received = structuredClone(packed, { transfer: [packed.bytes.buffer, packed.cells.buffer] });
    expect([...unpackRows(received, shape)]).toEqual([['a', null, 'ü', 7, 8]]);
    expect(packed.bytes.length).toBe(0);
  });
});
