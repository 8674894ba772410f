import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonReader } from '#electron/pipeline/normalize/read/json-records.ts';
import type { Piece } from '#electron/pipeline/normalize/read/json-pieces.ts';

const options = { paths: ['F', 'R[].F'], bare: true, emptyOk: true };

/** Fed byte by byte, the end of a record is never in sight: all is left to the scanner. */
function read(text: string, size: number, paths = options.paths): readonly Piece[] {
  const reader = createJsonReader({ ...options, paths }), bytes = Buffer.from(text), pieces: Piece[] = [];
  for (let i = 0; i < bytes.length; i += size) { reader.feed(bytes.subarray(i, i + size)); pieces.push(...reader.take()); }
  reader.finish();
  return [...pieces, ...reader.take()];
}

/** What both ways must tell alike: the place, and the record's text or the reason. A value that comes along is that of the text. */
const told = (pieces: readonly Piece[]) => pieces.map((piece) => {
  if (piece.kind === 'bad') return piece;
  const { value, exact, size: _, ...rest } = piece, { at, line } = exact?.() ?? piece;
  if (value !== undefined) expect(value).toEqual(JSON.parse(piece.text));
  return { ...rest, at, line };
});
/** Keeps a document from being cut by its value (json-cut.ts). */
const WALKED = '"z":"\uFFFD"';
const deep = (levels: number): string => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
const lines = (...records: readonly string[]): string => records.join('\n');

describe('the end of a record, guessed from the gap between the first ones', () => {
  it('is found natively: the records come with their values', () => {
    const records = Array.from({ length: 9 }, (_, i) => `{"a":${i}}`);
    for (const text of [records.join('\n'), `[${records.join(',')}]`, `{"F":[${records.join(',\r\n  ')}],${WALKED}}`]) {
      const pieces = read(text, 4096);
      expect(told(pieces)).toEqual(told(read(text, 1)));
      expect(pieces.filter((p) => p.kind === 'record' && p.value !== undefined).length).toBeGreaterThanOrEqual(6);
    }
  });

  it.each([
    ['a gap within a text', lines('{"a":1}', '{"a":2}', '{"a":"}\\n{"}', '{"a":3}')],
    ['a list within a record that looks like the list of records', '[{"a":1},{"a":2},{"a":[{"a":3},{"a":4}]},{"a":5}]'],
    ['a record of several lines among those of one', lines('{"a":1}', '{"a":2}', '{"a":\n3}', '{"a":4}')],
    ['a broken record, and its line', lines('{"a":1}', '{"a":2}', '{"a":3', '{"a":4}', '{"a":5}')],
    ['a broken record, and newlines within the others', '[{"a":1},\n{"a":\n2},\n{"a":!},\n{"a":4},\n{"a":5}]'],
    ['what JSON.parse refuses and the scanner passes over', lines('{"a":1}', '{"a":2}', '{"a":nul}', '{"a":"\\x"}', '{"a":4}')],
    ['rubbish behind a record', lines('{"a":1}', '{"a":2}', '{"a":3} x', '{"a":4}')],
    ['a record nested too deep, and one that just is not', lines('{"a":1}', '{"a":2}', deep(512), deep(513), '{"a":3}')],
    ['another kind of gap from the middle on', `[{"a":1},{"a":2},{"a":3}, {"a":4},\n{"a":5},{"b":6},{"a":7}]`],
    ['numbers and texts among records', '[{"a":1},{"a":2},3,"x",{"a":4},null,{"a":5}]'],
    ['a file that ends within a record', lines('{"a":1}', '{"a":2}', '{"a":3}', '{"a":')],
    ['lists of several documents', lines(`{"F":[{"a":1},{"a":2},{"a":3}],${WALKED}}`, `{"R":[{"F":[{"a":1},{"a":2}]},{"F":[{"a":3},{"a":4},{"a":5}],"x":1}],${WALKED}}`, '{"F":[{"a":4}]}')],
    ['commas and separators between documents', '{"a":1},\n{"a":2},\n{"a":3};\u001e{"a":4}\n{"a":5}'],
    ['no newline for long', lines(...Array.from({ length: 40 }, (_, i) => `{"a":"${'x'.repeat(500)}${i}"}`)).replaceAll('\n', ',')],
  ])('changes nothing: %s', (_, text) => {
    for (const paths of [options.paths, []]) for (const size of [4096, 100_000]) expect(told(read(text, size, paths))).toEqual(told(read(text, 1, paths)));
  });

  it('changes nothing in any list of any records', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, fc.constantFrom(0, null, '},{"a":', '}\n{', 'ü😀'), fc.array(tie('any'), { maxLength: 3 }), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'F', '__proto__'), tie('any'), { maxKeys: 3 }),
    }));
    fc.assert(fc.property(fc.array(value.object, { maxLength: 12 }), fc.constantFrom(',', '\n', ',\n', ', '), fc.constantFrom(0, 1), fc.integer({ min: 20, max: 400 }), (records, gap, indent, size) => {
      const texts = records.map((record) => JSON.stringify(record, null, indent)), list = texts.join(gap === '\n' ? ',\n' : gap);
      for (const text of [texts.join(gap), `[${list}]`, `{"F":[${list}]}`, `{"F":[${list}],${WALKED}}`]) expect(told(read(text, size))).toEqual(told(read(text, 1)));
    }), { numRuns: 200 });
  });
});
