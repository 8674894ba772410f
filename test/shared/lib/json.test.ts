import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, isObject, list, pointerStep, resolvePointer, scalarText, str } from '#shared/lib/json.ts';

// The document and the pointers of RFC 6901, section 5, and a few of ours.
const rfc = { 'foo': ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'i\\j': 5, 'k"l': 6, ' ': 7, 'm~n': 8, 'none': null, '~1': 9 };

describe('resolvePointer', () => {
  it.each<[string, unknown]>([
    ['', rfc], ['/foo', ['bar', 'baz']], ['/foo/0', 'bar'], ['/', 0], ['/a~1b', 1], ['/c%d', 2], ['/e^f', 3], ['/g|h', 4], ['/i\\j', 5], ['/k"l', 6], ['/ ', 7], ['/m~0n', 8],
    ['/none', null], ['/~01', 9],
  ])('resolves %j', (pointer, value) => expect(resolvePointer(rfc, pointer)).toEqual({ ok: true, value }));

  it.each([
    'foo', '#/foo', '/bar', '/foo/2', '/foo/-', '/foo/01', '/foo/-1', '/foo/1.0', '/foo/ 1', '/foo/1e0', '/foo/0/0', '/foo/length', '/none/x', '/a/b', '/m~n', '/m~', '/m~2n',
    '/__proto__', '/constructor', '/toString', '/foo/99999999999999999999',
  ])('finds nothing at %s', (pointer) => expect(resolvePointer(rfc, pointer)).toEqual({ ok: false }));

  it('finds every value of any document at the pointer built from its path', () => {
    const walk = (value: unknown, pointer: string): void => {
      expect(resolvePointer(document, pointer)).toEqual({ ok: true, value });
      if (Array.isArray(value)) for (const [i, each] of value.entries()) walk(each, `${pointer}/${i}`);
      else if (isObject(value)) for (const [key, each] of Object.entries(value)) walk(each, `${pointer}/${pointerStep(key)}`);
    };
    let document: unknown;
    fc.assert(fc.property(fc.jsonValue(), (value) => { document = value; walk(value, ''); }));
  });

  it('throws on no document and no pointer', () => {
    fc.assert(fc.property(fc.anything(), fc.oneof(fc.string(), fc.string().map((s) => `/${s}`)), (value, pointer) => {
      expect(typeof resolvePointer(value, pointer).ok).toBe('boolean');
    }));
  });
});

describe('at, str and list', () => {
  const document = { a: { b: [10, { c: ' x ' }] }, blank: '  ', no: false, zero: 0, none: null, one: 'v' };

  it.each<[readonly (string | number)[], unknown]>([
    [[], document], [['a', 'b', 0], 10], [['a', 'b', 1, 'c'], ' x '], [['none'], null], [['a', 'b', '0'], undefined], [['a', 'b', 2], undefined], [['a', 'b', -1], undefined],
    [['a', 'x', 'y'], undefined], [['one', 'length'], undefined], [['toString'], undefined], [['__proto__'], undefined], [['none', 'x'], undefined],
  ])('at %j', (path, value) => expect(at(document, ...path)).toEqual(value));

  it.each<[string, string | undefined]>([['one', 'v'], ['blank', undefined], ['no', 'false'], ['zero', '0'], ['none', undefined], ['a', undefined], ['missing', undefined]])(
    'the string at %s is %j', (key, value) => expect(str(document, key)).toBe(value));

  it('lists a list, a single value and nothing', () => {
    expect([list(document, 'a', 'b'), list(document, 'one'), list(document, 'none'), list(document, 'missing')]).toEqual([[10, { c: ' x ' }], ['v'], [], []]);
  });

  it('takes only plain objects for objects', () => {
    expect([{}, Object.create(null), [], null, 'x', 1, undefined].map(isObject)).toEqual([true, true, false, false, false, false, false]);
  });
});

describe('a scalar as text', () => {
  it.each([['a', 'a'], [1, '1'], [true, 'true'], [null, 'null'], [undefined, 'undefined'], [{ toString: null }, ''], [{ toString: [] }, ''], [['x'], '']] as const)('%j is %j', (value, text) => expect(scalarText(value)).toBe(text));
});
