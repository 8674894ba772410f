import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { at } from '#shared/lib/json.ts';
import { bytes, collect, createEcho, errorsOf, inChunks } from '../read-text.ts';

const read = async (data: Buffer | string, size = 5): Promise<{ records: readonly unknown[]; errors: ReturnType<typeof errorsOf> }> => {
  const { reader, seen } = createEcho();
  const items = await collect(inChunks(Buffer.from(data), size), [reader]);
  return { records: seen.map((s) => s.record), errors: errorsOf(items) };
};
const numbered = (n: number): readonly { n: number }[] => Array.from({ length: n }, (_, i) => ({ n: i }));

describe('pages of an answer, gathered in a list', () => {
  const page = (from: number, to: number): string => `[${Array.from({ length: to - from }, (_, i) => `{"n":${from + i},"a":[[{}]],"b":{}}`).join(', ')}]`;
  const numbers = (records: readonly unknown[]): readonly unknown[] => records.map((record) => at(record, 'n'));

  it('are lists of records, and an empty one has none', async () => {
    for (const size of [1, 7, 4096]) {
      const { records, errors } = await read(`[${page(0, 2)},\n${page(2, 5)}, [], {"n":5}]`, size);
      expect([numbers(records), errors]).toEqual([[0, 1, 2, 3, 4, 5], []]);
    }
  });

  it('lose the record that is malformed and no other, be it the first of its page', async () => {
    for (const bad of [0, 3, 4, 7]) {
      const { records, errors } = await read(`[${page(0, 4)},${page(4, 8)}]`.replace(`"n":${bad},`, `"n":${bad},,`), 5);
      expect([numbers(records), errors.length]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7].filter((n) => n !== bad), 1]);
    }
  });

  it('are told from rows of a query, whose elements are cells', async () => {
    const rows = [[{ field: 'a', value: '1' }, { field: 'b', value: '2' }], [{ a: 1 }, { b: 2 }], [[1]], ['a']];
    expect((await read(JSON.stringify(rows))).records).toEqual(rows);
  });
});

describe('a log', () => {
  it('loses the line that is malformed and no other, whichever it is', async () => {
    const lines = ['{"n":0}', '{"n":1}', '{"n":2}'].map((text, i) => `2026-03-01T00:00:0${i}Z ${text}`);
    for (const bad of [0, 1, 2]) {
      const text = lines.map((line, i) => (i === bad ? line.replace('}', ',"b":[') : line)).join('\n');
      const { records, errors } = await read(text, 7);
      expect([records, errors.length, errors[0]?.position.startsWith(`line ${bad + 1}`)]).toEqual([numbered(3).filter(({ n }) => n !== bad), 1, true]);
    }
  });

  it('takes no other text before a document for a time', async () => {
    expect((await read('2026-03-01 {"n":0}\n20260301T00:00:00Z {"n":1}\n2026-03-01T00:00:00Z a b c {"n":2}\n')).records).toEqual([]);
  });
});

describe('containers', () => {
  it.each([
    ['NDJSON', '{"n":0}\n{"n":1}\r\n\n{"n":2}'],
    ['a bare array', '[{"n":0},{"n":1},{"n":2}]'],
    ['an indented array', JSON.stringify(numbered(3), null, 2)],
    ['concatenated documents', '{"n":0}{"n":1} {"n":2}'],
    ['indented documents one after the other', numbered(3).map((r) => JSON.stringify(r, null, 2)).join('\n')],
    ['arrays one after the other', '[{"n":0}]\n[{"n":1},{"n":2}]'],
    ['documents with commas between', '{"n":0},\n{"n":1},\n{"n":2}'],
    ['a JavaScript assignment', 'results =\n[{"n":0},{"n":1},{"n":2}];'],
    ['a log that puts the time before each document', '2026-03-01T00:00:00.000Z {"n":0}\n2026-03-01T00:00:01.000Z {"n":1}\n2026-03-01T00:00:02.000Z {"n":2}\n'],
    ['a log that puts the time and a name before each document', '2026-03-01T00:00:00.000000+00:00 web-1/a$b {"n":0}\n2026-03-01T00:00:01.000000+00:00 web-1/a$b {"n":1}\n{"n":2}'],
    ['a byte order mark', '\ufeff{"n":0}\n{"n":1}\n{"n":2}'],
  ])('%s', async (_, text) => {
    for (const size of [1, 7, 4096]) expect(await read(text, size)).toEqual({ records: numbered(3), errors: [] });
  });

  it('UTF-16 in both byte orders, with and without mark', async () => {
    const text = numbered(3).map((r) => JSON.stringify(r)).join('\n');
    const le = Buffer.from(text, 'utf16le');
    const marked = Buffer.from(`\ufeff${text}`, 'utf16le');
    for (const data of [le, marked, Buffer.from(marked).swap16(), Buffer.from(le).swap16()]) expect((await read(data)).records).toEqual(numbered(3));
  });

  it('gzip, also of several members', async () => {
    const data = Buffer.concat([gzipSync('{"n":0}\n{"n":1}\n'), gzipSync('{"n":2}\n')]);
    expect(await read(data)).toEqual({ records: numbered(3), errors: [] });
  });

  it('keeps strings with escapes, brackets and characters beyond ASCII', async () => {
    const record = { a: '}{][,:"\\', b: 'ü漢😀\u0001', c: ['\\"', ''], d: -1.5e3, e: null };
    expect((await read(`${JSON.stringify(record)}\n${JSON.stringify(record)}\n`, 3)).records).toEqual([record, record]);
  });
});

describe('paths', () => {
  const readPath = async (text: string, paths: readonly string[], emptyOk = false) => {
    const { reader, seen } = createEcho([{ kind: 'json-path', paths, emptyOk }]);
    const errors = errorsOf(await collect(inChunks(bytes(text), 5), [reader]));
    return { seen, errors };
  };

  it('gives the elements of nested arrays with complete parents, whatever the key order', async () => {
    const text = '{"R":[{"V":[{"id":1},{"id":2}],"T":"late"},{"T":"x","V":[{"id":3}]}],"end":{"z":[1]}}';
    const { seen, errors } = await readPath(text, ['R[].V']);
    expect(errors).toEqual([]);
    expect(seen.map((s) => s.record)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(seen[0]?.context.parents).toEqual([{ end: { z: [1] } }, { T: 'late' }]);
    expect(seen[2]?.context.parents[1]).toEqual({ T: 'x' });
    expect(seen[2]?.context).toMatchObject({ from: 'R[].V', index: 2 });
  });

  it('counts a document without the path as one error, unless empty is fine', async () => {
    expect((await readPath('{"a":1}\n{"F":[]}\n{"F":[{"b":1}]}', ['F'])).errors).toEqual([{ position: 'line 1, byte 0', error: 'the document has none of F' }]);
    expect((await readPath('{"a":1}', ['F'], true)).errors).toEqual([]);
  });

  it('steps into a top-level array only where the path says so or its elements are documents', async () => {
    expect((await readPath('[{"V":[{"id":1}]},{"V":null}]', ['[].V'])).seen).toHaveLength(1);
    expect((await readPath('{"V":[{"id":1}]}', ['[].V'])).errors).toHaveLength(1);
    expect((await readPath('[{"F":[{"id":1}]},{"F":[{"id":2}]}]', ['F'])).seen).toHaveLength(2);
  });

  it('reads documents too large to hold in a second pass, with their parents', async () => {
    const { reader, seen } = createEcho([{ kind: 'json-path', paths: ['R[].V'] }]);
    const filler = 'x'.repeat(1000);
    function* source(): Generator<Buffer> {
      yield bytes('{"R":[{"V":[');
      for (let i = 0; i < 20_000; i++) yield bytes(`${i === 0 ? '' : ','}{"id":${i},"x":"${filler}"}`);
      yield bytes('],"T":"late"}],"end":true}');
    }
    // Given as a stream that can't be reopened: a temporary copy is made.
    const items = await collect(source(), [reader]);
    expect(errorsOf(items)).toEqual([]);
    expect(seen).toHaveLength(20_000);
    expect(seen[0]?.context.parents).toEqual([{ end: true }, { T: 'late' }]);
  });

  it('reads records that are understood alone in one pass, however large the document; one that holds none is told', async () => {
    const { reader, seen } = createEcho([{ kind: 'json-path', paths: ['F'], alone: true }, { kind: 'json' }]);
    // Behind the part that is held.
    const filler = 'x'.repeat(1000);
    function* large(key: string, broken: number): Generator<Buffer> {
      yield bytes(`{"before":{"a":[1]},"${key}":[`);
      for (let i = 0; i < 20_000; i++) yield bytes(`${i === 0 ? '' : ','}${i === broken ? '{"id":0,"x":[1}' : `{"id":${i},"x":"${filler}"}`}`);
      yield bytes('],"end":true}');
    }
    const errors = errorsOf(await collect(large('F', 19_000), [reader]));
    expect(errors.map((e) => e.error)).toEqual(['malformed JSON']);
    expect(seen).toHaveLength(19_999);
    expect(seen[0]?.context.parents).toEqual([{}]);
    const other = createEcho([{ kind: 'json-path', paths: ['F'], alone: true }]);
    expect(errorsOf(await collect(large('G', -1), [other.reader])).map((e) => e.error)).toContain('the document has none of F');
    expect(other.seen).toEqual([]);
  });
});

describe('damage', () => {
  it('a broken line between good ones costs that line', async () => {
    const { records, errors } = await read('{"n":0}\n{"n":1,"x":"open\n{"n":2}\nrubbish\n{"n":\n{"n":3}} extra\n{"n":4}\n');
    expect(records).toEqual([{ n: 0 }, { n: 2 }, { n: 4 }]);
    expect(errors.map((e) => e.position)).toEqual(['line 2, byte 8', 'line 4, byte 33', 'line 5, byte 41', 'line 6, byte 47']);
  });

  it('a broken element costs that element', async () => {
    const { records, errors } = await read('[{"n":0},{"n":1,"x":[1,2},{"n":2},{"n":"3},{"n":4},{"n":5}]');
    expect(records).toEqual([{ n: 0 }, { n: 2 }, { n: 4 }, { n: 5 }]);
    expect(errors).toHaveLength(2);
  });

  it('a truncated file keeps the complete records and names where the rest starts', async () => {
    const whole = JSON.stringify({ F: [{ n: 0 }, { n: 1 }, { n: 2 }] }, null, 2);
    const { reader, seen } = createEcho([{ kind: 'json-path', paths: ['F'] }]);
    const items = await collect([bytes(whole.slice(0, whole.lastIndexOf('2')))], [reader]);
    expect(seen.map((s) => s.record)).toEqual([{ n: 0 }, { n: 1 }]);
    expect(errorsOf(items)).toEqual([{ position: 'line 9, byte 67', error: 'the file ends inside this record (truncated)' }]);
  });

  it('a truncated gzip keeps what was read, with one error', async () => {
    const packed = gzipSync(Array.from({ length: 5000 }, (_, n) => JSON.stringify({ n, x: Math.sin(n) })).join('\n'));
    const { records, errors } = await read(packed.subarray(0, packed.length / 2), 1000);
    expect(records.length).toBeGreaterThan(1000);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.error).toContain('gzip data is truncated');
  });

  it('a record over 64 MiB is skipped to its end and named', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 97);
    for (const [head, tail] of [['{"n":0}\n{"x":"', '"}\n{"n":2}\n'], ['[{"n":0},{"x":"', '"},{"n":2}]'], ['{"n":0}\n', '\n{"n":2}\n']] as const) {
      const { reader, seen } = createEcho();
      function* source(): Generator<Buffer> { yield bytes(head); for (let i = 0; i < 80; i++) yield chunk; yield bytes(tail); }
      const errors = errorsOf(await collect(source, [reader]));
      expect(seen.map((s) => s.record)).toEqual([{ n: 0 }, { n: 2 }]);
      expect(errors).toHaveLength(1);
      expect(errors[0]?.error).toMatch(/longer than 64 MiB|not JSON/);
    }
  });

  it('tells the length of what is too long to be a record, also where large lists are read once', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 97), why: Record<number, string> = { 20: 'the document has none of F, and one record of 21 MiB is too long', 80: 'the record is longer than 64 MiB' };
    for (const mib of [20, 80]) {
      const { reader, seen } = createEcho([{ kind: 'json-path', paths: ['F'], alone: true }, { kind: 'json' }]);
      function* source(): Generator<Buffer> { yield bytes('{"n":0}\n{"x":"'); for (let i = 0; i < mib; i++) yield chunk; yield bytes('"}\n{"n":2}\n'); }
      expect(errorsOf(await collect(source, [reader]))).toEqual([{ position: 'line 2, byte 8', error: why[mib] }]);
      expect(seen.map((s) => s.record)).toEqual([{ n: 0 }, { n: 2 }]);
    }
  });

  it('a record nested deeper than 512 is an error of its own', async () => {
    const deep = (n: number): string => '{"a":'.repeat(n) + '1' + '}'.repeat(n);
    const { records, errors } = await read(`${deep(512)}\n${deep(513)}\n{"n":1}\n${'['.repeat(100_000)}\n{"n":2}`, 4096);
    expect(records).toHaveLength(3);
    expect(errors).toHaveLength(2);
    expect(errors[0]?.error).toContain('deep');
  });

  it('an empty file and binary rubbish are told, not read', async () => {
    expect(errorsOf(await collect([], []))).toEqual([{ position: 'line 1', error: 'the file is empty' }]);
    expect(errorsOf(await collect([Buffer.from([0, 159, 146, 150, 7, 10, 3])], []))).toEqual([{ position: 'line 1', error: 'the content is of no known format' }]);
  });

  it('keys such as __proto__ stay plain data', async () => {
    const { records } = await read('{"__proto__":{"polluted":true},"constructor":1}');
    expect(Object.hasOwn(Object(records[0]), '__proto__')).toBe(true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('csv', () => {
  const readCsv = async (text: string) => {
    const { reader, seen } = createEcho([{ kind: 'csv', delimiters: [',', ';'] }]);
    return { errors: errorsOf(await collect(inChunks(bytes(text), 5), [reader])), records: seen.map((s) => s.record) };
  };
  it.each([[';'], [','], ['\t'], ['|']])('tells the delimiter %j from the header', async (d) => {
    expect((await readCsv(['\ufeffa', 'b', 'c\n1', '"x', `y${d}z"`, '3'].join(d).replace(`x${d}y`, 'x\ny'))).records).toEqual([{ a: '1', b: `x\ny${d}z`, c: '3' }]);
  });
  it.each([[15], [16], [17], [1000], [20_000]])('reads %i rows that come in one chunk', async (count) => {
    const { reader, seen } = createEcho([{ kind: 'csv', delimiters: [','] }]);
    await collect([bytes(`a,b\n${Array.from({ length: count }, (_, i) => `${i},x`).join('\n')}\n`)], [reader]);
    expect([seen.length, seen.at(-1)?.record]).toEqual([count, { a: String(count - 1), b: 'x' }]);
  });
  it('quarantines ragged rows with their line and reads on', async () => {
    const { records, errors } = await readCsv('a,b\n1,"two\nlines"\n3\n\n4,5,6\n7,8\n9,"open');
    expect(records).toEqual([{ a: '1', b: 'two\nlines' }, { a: '7', b: '8' }]);
    expect(errors.map((e) => e.position)).toEqual(['line 4', 'line 6', 'line 8']);
  });
});
