import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPacker, spareOf, unpackRows } from '#electron/store/packed-rows.ts';

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

  it('survive the way to another thread, which sees the same memory', () => {
    const packer = createPacker();
    packer.add(['a', null, 'ü'], [7, 8]);
    const packed = packer.take();
    const received = structuredClone(packed);
    expect(received.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...unpackRows(received, shape)]).toEqual([['a', null, 'ü', 7, 8]]);
  });

  it('use the memory of those that were read again, and no longer show what was in it', () => {
    const packer = createPacker();
    packer.add(['a long text that fills some of it', null, 'ü'], [7, 8]);
    packer.add(['b', 'b', 'b'], [9, 10]);
    const first = packer.take(), memory = spareOf(first);
    expect(memory).toEqual({ bytes: first.bytes.buffer, cells: first.cells.buffer });
    if (memory) packer.reuse(memory);
    packer.add(['c', '', null], [1, 2]);
    const second = packer.take();
    expect(second.bytes.buffer).toBe(first.bytes.buffer);
    expect([...unpackRows(second, shape)]).toEqual([['c', '', null, 1, 2]]);
  });

  it('keep no memory that one huge row needed, and have none without a row', () => {
    const packer = createPacker();
    expect(spareOf(packer.take())).toBeUndefined();
    packer.add(['x'.repeat(3_000_000), null, null], [1, 2]);
    expect(spareOf(packer.take())).toBeUndefined();
  });

  it('are forgotten where they are not taken', () => {
    const packer = createPacker();
    packer.add(['left', 'behind', 'x'], [1, 2]);
    packer.clear();
    packer.add(['a', 'b', 'c'], [3, 4]);
    expect([...unpackRows(packer.take(), shape)]).toEqual([['a', 'b', 'c', 3, 4]]);
  });
});
