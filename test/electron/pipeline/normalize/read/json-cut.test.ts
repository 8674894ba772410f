import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonReader } from '#electron/pipeline/normalize/read/json-records.ts';
import type { Piece } from '#electron/pipeline/normalize/read/json-pieces.ts';

const paths = ['F', 'R[].F', 'R[].G', 'd.F', 'd.R[].F', '[].T'];

function read(text: string): readonly Piece[] {
  const reader = createJsonReader({ paths, bare: true, emptyOk: true });
  reader.feed(Buffer.from(text));
  reader.finish();
  return reader.take();
}

const partsOf = (pieces: readonly Piece[]) => pieces.flatMap((piece) => (piece.kind === 'record' && piece.exact ? [piece] : []));
/** Everything that a piece says, exactly; without what makes the text one that must be walked. */
const told = (pieces: readonly Piece[]) => pieces.map((piece) => {
  if (piece.kind === 'bad') return piece;
  const { at, line } = piece.exact?.() ?? piece;
  return { at, line, text: piece.text, value: piece.value ?? JSON.parse(piece.text), from: piece.from, parents: piece.parents.map((p) => JSON.stringify(p, (key, value: unknown) => (key === 'walk' ? undefined : value))) };
});
/** The same document with one more member, whose bytes keep it from being cut by value. */
const walked = (text: string): string => text.replace(/\}(\s*)$/, (_, blank: string) => `${text.trim() === '{}' ? '' : ','}"walk":"\uFFFD"}${blank}`);

describe('records cut from a document that was parsed whole', () => {
  const document = JSON.stringify({ id: 7, R: [{ name: 'a', F: [{ n: 1 }, { n: 2 }], G: [3, null, 'x'] }, { F: null }, 5, { G: [{ H: [9] }] }], d: { at: 'x', F: [[1]] } }, null, 2);

  it('are what walking through its text finds: value, place, own text, what lies around', () => {
    const cut = read(document), other = read(walked(document));
    expect(partsOf(cut)).toHaveLength(cut.length);
    expect(partsOf(other)).toHaveLength(0);
    expect(told(cut)).toEqual(told(other));
    expect(told(cut).map(({ at }) => at)).toEqual(told(other).map(({ at }) => at));
    expect(cut.map((p) => p.kind === 'record' && p.from)).toEqual(['R[].F', 'R[].F', 'R[].G', 'R[].G', 'R[].G', 'R[].G', 'd.F']);
  });

  it('count lines and bytes from the start of the file, not of their document', () => {
    const lines = `{"F":[{"n":1},{"n":2}]}\n\n${document}\n{"F":[{"n":3}]}\n`;
    expect(told(read(lines)).map((p) => 'text' in p && lines.slice(p.at, p.at + p.text.length) === p.text)).not.toContain(false);
    expect(told(read(lines)).at(-1)).toMatchObject({ line: lines.split('\n').length - 1 });
  });

  it.each([
    ['a list that is there twice', '{"F":[{"n":1}],"F":[{"n":2}]}', 2],
    ['a list that is there twice, once written otherwise', '{"F":[{"n":1}],"\\u0046":[{"n":2}]}', 2],
    ['a list around them that is there twice', '{"R":[{"F":[1]}],"x":0,"R" : [{"F":[2,3]}]}', 3],
    ['bytes that are no text', '{"F":[{"n":"\uFFFD"},{"n":2}]}', 2],
    ['a name of a list elsewhere in the text', '{"F":[{"n":1,"F":2},{"n":2}]}', 2],
  ])('are none where the value may hold less than the text: %s', (_, text, records) => {
    const pieces = read(text);
    expect(partsOf(pieces)).toHaveLength(0);
    expect(pieces).toHaveLength(records);
  });

  it('are cut beside texts that only look like names', () => {
    for (const text of ['{"F":[{"n":"\\"F\\" :"},{"n":"F"}]}', '{"F":[{"n":"\\u003cb\\u003e"},{"n":2}]}', '{"F":[{"n":"F:"},{"x":["F"]}]}']) {
      expect(partsOf(read(text))).toHaveLength(2);
      expect(told(read(text))).toEqual(told(read(walked(text))));
    }
  });

  it('are the same in any document', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, fc.constantFrom(0, null, 'F', '"F":', 'ü😀'), fc.array(tie('any'), { maxLength: 3 }), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'F', 'G', 'R', 'd', '__proto__', '1'), tie('any'), { maxKeys: 4 }),
    }));
    let cut = 0;
    fc.assert(fc.property(value.object, fc.constantFrom(0, 1), (document, indent) => {
      const text = JSON.stringify(document, null, indent), pieces = read(text);
      cut += partsOf(pieces).length;
      // A document without any list is one record, with the member that has it walked.
      const isWhole = pieces.every((p) => p.kind === 'bad' || p.from === '');
      expect(isWhole ? [] : told(pieces)).toEqual(isWhole ? [] : told(read(walked(text))));
    }), { numRuns: 1000 });
    expect(cut).toBeGreaterThan(20);
  });
});
