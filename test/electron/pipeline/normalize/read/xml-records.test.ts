import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { XmlContainer } from '#electron/pipeline/ports.ts';
import { at } from '#shared/lib/json.ts';
import { bytes, collect, createEcho, errorsOf, inChunks } from '../read-text.ts';

const container: XmlContainer = { kind: 'xml', records: ['r/h/i'], around: ['r/h/p'], repeats: ['again'] };
const read = async (data: Buffer | string, size = 7, containers: readonly XmlContainer[] = [container]) => {
  const { reader, seen } = createEcho(containers);
  const items = await collect(inChunks(Buffer.from(data), size), [reader]);
  return { records: seen.map((s) => s.record), parents: seen.map((s) => s.context.parents), errors: errorsOf(items) };
};
const numbers = (records: readonly unknown[]): readonly unknown[] => records.map((record) => at(record, '@n'));
const sizes = [1, 2, 3, 7, 64, 4096];
const items = (...ns: readonly number[]): string => ns.map((n) => `  <i n="${n}"><t>text ${n}</t></i>\n`).join('');
const document = (inner: string): string => `<?xml version="1.0" ?>\n<r>\n <h name="a">\n${inner} </h>\n</r>\n`;

describe('an XML document', () => {
  it('is cut into records: attributes, elements once and several times, text, CDATA; with what lies around them', async () => {
    const text = '<r v="1"><!-- c --><h name="a"><p><t n="ip">1</t></p><other><i n="9"/></other><i n="1" s="&lt;&#65;"><d>x &amp; y</d><c>1</c><c/><b k="v">z</b><![CDATA[a<i>&b]]></i></h><h name="b"><i n="2"/>text</h></r>';
    for (const size of sizes) {
      const { records, parents, errors } = await read(text, size);
      expect(errors).toEqual([]);
      expect(records).toEqual([{ '@n': '1', '@s': '<A', d: 'x & y', c: ['1', ''], b: { '@k': 'v', '#text': 'z' }, '#text': 'a<i>&b' }, { '@n': '2' }]);
      expect(parents).toEqual([[{ '@v': '1' }, { '@name': 'a', p: { t: { '@n': 'ip', '#text': '1' } } }], [{ '@v': '1' }, { '@name': 'b' }]]);
    }
  });

  it('in UTF-16, with a byte order mark, as Latin-1 and as a Latin-1 that it isn’t', async () => {
    const text = (encoding: string): string => `<?xml version="1.0" encoding="${encoding}"?><r><h><i>ä–é</i></h></r>`;
    const utf16 = Buffer.from(`\ufeff${text('UTF-16')}`, 'utf16le'), latin = Buffer.concat([bytes('<?xml version="1.0" encoding="ISO-8859-1"?><r><h><i>'), Buffer.from([0xe4, 0x96, 0xe9]), bytes('</i></h></r>')]);
    for (const data of [bytes(text('UTF-8')), bytes(`\ufeff${text('utf-8')}`), utf16, Buffer.from(utf16).swap16(), Buffer.from(text('utf-16'), 'utf16le'), latin, bytes(text('windows-1252')), gzipSync(latin)]) {
      for (const size of [3, 4096]) expect(await read(data, size)).toMatchObject({ records: ['ä–é'], errors: [] });
    }
    expect(await read(text('klingon'))).toMatchObject({ records: [], errors: [{ error: 'the document declares the encoding klingon, which is not known' }] });
  });

  it('behind another, and names that objects have of their own', async () => {
    const one = document(items(1)), two = '<!-- c --><r><h><i n="2"><__proto__>x</__proto__><constructor/></i></h></r>';
    for (const size of sizes) {
      const { records, errors } = await read(`${one}${two}\n${one}`, size);
      expect([numbers(records), errors]).toEqual([['1', '2', '1'], []]);
      expect(Object.keys(records[1] ?? {})).toEqual(['@n', '__proto__', 'constructor']);
    }
  });

  it('has what its records refer to, wherever it stands', async () => {
    const { parents } = await read(`<r><h><i n="1"/></h><g><d id="1"/><d id="2"/></g></r>`, 7, [{ ...container, lookups: ['r/g/d'] }]);
    expect(parents).toEqual([[{ d: [{ '@id': '1' }, { '@id': '2' }] }, {}]]);
  });
});

describe('what is malformed in a record', () => {
  it.each([
    ['an ampersand', 'a & b'], ['an entity that nobody declared', '&nbsp;'], ['an element that is not closed', '<x>'], ['a closing tag of nothing', '</x>'], ['a bare less-than', 'a < b'], ['a broken attribute', '<x a=1/>'], ['an open quote', '<x a="1/>'],
    ['an attribute twice', '<x a="1" a="2"/>'],
  ])('%s costs that record and no other', async (_, damage) => {
    for (const size of sizes) {
      for (const bad of [0, 1, 2]) {
        const inner = [0, 1, 2].map((n) => `  <i n="${n}"><t>${n === bad ? damage : 'ok'}</t></i>\n`).join('');
        const { records, parents, errors } = await read(document(inner), size);
        expect(numbers(records)).toEqual(['0', '1', '2'].filter((n) => n !== String(bad)));
        expect(errors).toHaveLength(1);
        expect(errors[0]).toMatchObject({ position: expect.stringContaining(`line ${4 + bad}`), error: expect.stringContaining('malformed XML') });
        for (const parent of parents) expect(parent).toEqual([{}, { '@name': 'a' }]);
      }
    }
  });

  it('a record that is not closed ends where the next begins, and hosts are not mixed up', async () => {
    for (const size of sizes) {
      const { records, parents, errors } = await read('<r><h name="a"><i n="0"/><i n="1"><t>x</t><i n="2"/><i n="3"></h><h name="b"><i n="4"/><h name="c"><i n="5"/></h></r>', size);
      expect([numbers(records), parents.map((p) => at(p[1], '@name')), errors.length]).toEqual([['0', '2', '4', '5'], ['a', 'a', 'b', 'c'], 3]);
    }
  });

  it('is not a control character that a tool wrote as it found it', async () => {
    const { records, errors } = await read(document('<i n="1"><t>a\u0001b&#2;</t></i>'));
    expect([records, errors]).toEqual([[{ '@n': '1', t: 'a\u0001b&#2;' }], []]);
  });

  it('may be the way to the records, whose place is then not known', async () => {
    const { records, parents, errors } = await read('<r><h name=a><i n="1"/></h><h name="b"><i n="2"/></h></r>');
    expect([numbers(records), parents.map((p) => p[1]), errors.length]).toEqual([['1', '2'], [{}, { '@name': 'b' }], 1]);
  });
});

describe('a document that ends too early', () => {
  it('keeps all records before the cut and says so, wherever it is', async () => {
    const text = document(items(0, 1, 2)), ends = [0, 1, 2].map((n) => text.indexOf('</i>', text.indexOf(`n="${n}"`)) + 4);
    for (let cut = text.indexOf('<r>') + 3; cut < text.trimEnd().length; cut++) {
      const { records, errors } = await read(text.slice(0, cut), 16);
      expect([cut, numbers(records)]).toEqual([cut, ['0', '1', '2'].filter((_, n) => ends[n]! <= cut)]);
      expect(errors).toHaveLength(1);
      expect(errors[0]?.error).toMatch(/^the file ends (inside this record|before its document does) \(truncated\)/);
    }
  });
  it('as its gzip does', async () => {
    const packed = gzipSync(document(items(...Array.from({ length: 5000 }, (_, n) => n))));
    const { records, errors } = await read(packed.subarray(0, packed.length - 4000), 4096);
    expect(records.length).toBeGreaterThan(100);
    expect(errors).toMatchObject([{ error: expect.stringContaining('the gzip data is truncated') }]);
  });
});

describe('what would fill the memory or never end', () => {
  const big = async (parts: Iterable<string>) => {
    const { reader, seen } = createEcho([container]);
    const found = await collect(Readable.from((function* () { for (const part of parts) yield Buffer.from(part); })()), [reader]);
    return { records: seen.length, errors: errorsOf(found) };
  };
  it('entities are not expanded: their document is refused', async () => {
    const bomb = `<!DOCTYPE r [${Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n} "${`&l${n - 1};`.repeat(10)}">`).join('')}]>${document(items(1)).replace(/<\?.*\?>/, '')}`;
    for (const text of [bomb, '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><h><i n="1">&x;</i></h></r>', '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://192.0.2.1/x"> %p;]><r/>']) {
      for (const size of [3, 4096]) expect(await read(text, size)).toMatchObject({ records: [], errors: [{ error: expect.stringContaining('declares entities, which are never expanded') }] });
    }
  });
  it('a DOCTYPE that names a file is passed over', async () => expect((await read('<!DOCTYPE r SYSTEM "https://192.0.2.1/r.dtd" [<!ELEMENT r (h*)>]><r><h><i n="1"/></h></r>')).records).toHaveLength(1));
  it.each([
    ['elements without end', function* () { yield '<r><h><i n="1">'; for (let n = 0; n < 20_000; n++) yield '<x>'; }, /nested too deep/],
    ['a text without end', function* () { yield '<r><h><i n="1">'; for (let n = 0; n < 40; n++) yield 'x'.repeat(1024 * 1024); yield '</i><i n="2"/></h></r>'; }, /32 MiB/],
    ['attributes without end', function* () { yield '<r><h><i '; for (let n = 0; n < 20_000; n++) yield ` a${n}=""`; yield '/><i n="2"/></h></r>'; }, /attributes/],
    ['a record of too many elements', function* () { yield '<r><h><i>'; for (let n = 0; n < 300; n++) yield '<x/>'.repeat(1000); yield '</i><i n="2"/></h></r>'; }, /elements/],
    ['control characters without end', function* () { yield '<r><h><i>'; for (let n = 0; n < 20; n++) yield '\u0001'.repeat(1024 * 1024); yield '</i><i n="2"/></h></r>'; }, /disallowed character/],
  ])('%s', async (_, parts, reason) => {
    const { records, errors } = await big(parts());
    expect(errors[0]?.error).toMatch(reason);
    expect(records).toBeLessThanOrEqual(1);
  });
  it('comes to an end on any text, in any chunks, with each record once', async () => {
    const piece = fc.oneof(fc.constantFrom('<r>', '<h a="1">', '<i>', '</i>', '</h>', '</r>', '<i/>', '&', ';', '<', '>', '"', '<![CDATA[', ']]>', '<!--', '-->', '<?x', '?>', '\n', '<!DOCTYPE r>', '\u0000', '<again>'), fc.string());
    await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), async (parts, size) => {
      const { reader } = createEcho([container]);
      const found = await collect(inChunks(bytes(parts.join('')), size), [reader]);
      found.forEach((item, i) => { expect(item.index).toBe(i); });
    }), { numRuns: 1000 });
  });
});
