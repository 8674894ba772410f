import { describe, expect, it } from 'vitest';
import { checkNames } from './rules/names.ts';
import { checkSizes, functionSizes } from './rules/sizes.ts';
import { report, treeOf } from './rules/tree.ts';

const names = (path: string, text: string): readonly string[] => report(checkNames(treeOf({ [path]: text })));
const lines = (count: number): string => 'const a = 1;\n'.repeat(count);

describe('names', () => {
  it.each([
    ['shared/lib/parseTime.ts', '', 'the file name is not kebab-case'],
    ['electron/tools/iam_analyzer.ts', '', 'the file name is not kebab-case'],
    ['electron/Tools/a.ts', '', 'the folder name Tools is not kebab-case'],
    ['shared/lib/string-utils.ts', '', 'string-utils.ts says nothing; name it for what it does'],
    ['shared/helpers/a.ts', '', 'helpers says nothing; name it for what it does'],
    ['electron/store/connection-manager.ts', '', 'connection-manager.ts says nothing; name it for what it does'],
    ['electron/store/index.ts', '', 'is a barrel; import the file itself'],
    ['shared/a.ts', `export * from './b.ts';`, 'export * makes a barrel; import the file itself'],
    ['shared/a.ts', 'export default 1;', 'has a default export; export by name'],
    ['shared/a.ts', 'const a = 1; export { a as default };', 'has a default export; export by name'],
    ['shared/a.ts', 'const a: any = 1;', 'uses any'],
    ['shared/a.ts', 'const a = b as readonly any[];', 'uses any'],
    ['shared/a.ts', 'const a = b as unknown as string;', 'casts through unknown; parse or narrow instead'],
    ['shared/a.ts', 'const a = ((b as unknown)) as string;', 'casts through unknown; parse or narrow instead'],
    ['shared/a.ts', 'const a = b as never;', 'casts to never'],
    ['shared/a.ts', '// @ts-ignore\n', 'silences the compiler'],
    ['shared/a.ts', '/* @ts-expect-error */', 'silences the compiler'],
    ['shared/a.ts', '// oxlint-disable-next-line no-eval', 'silences the linter without a reason (add `-- reason`)'],
    ['shared/a.ts', '// TODO later', 'do it, or write an issue'],
    ['shared/a.ts', '/** FIXME */', 'do it, or write an issue'],
  ])('refuses in %s: %s', (path, text, message) => expect(names(path, text)).toEqual([`${path}:1 ${message}`]));

  it.each([
    ['shared/lib/parse-time.ts', 'export const a: unknown = b as string;'],
    ['vite.config.ts', 'export default 1;'],
    ['test/electron/a.test.ts', `const text = '// TODO: any'; const anything = 'as unknown as';`],
    ['shared/a.ts', '// oxlint-disable-next-line no-control-regex -- control characters are what it looks for'],
    ['electron/pipeline/normalize/formats/aws-config.ts', ''],
  ])('accepts in %s: %s', (path, text) => expect(names(path, text)).toEqual([]));

  it('names the line', () => expect(names('shared/a.ts', '\n\nlet a: any;')).toEqual(['shared/a.ts:3 uses any']));
});

describe('sizes', () => {
  const sizes = (files: Record<string, string>): readonly string[] => report(checkSizes(treeOf(files)));
  const functionOf = (count: number, name = 'grow'): string => `function ${name}() {\n${lines(count - 2)}}\n`;

  it.each([['shared/a.ts', 300], ['electron/tools/a.ts', 300], ['test/electron/a.test.ts', 500]])('lets %s have %i lines and no more', (path, limit) => {
    expect(sizes({ [path]: lines(limit) })).toEqual([]);
    expect(sizes({ [path]: lines(limit + 1) })).toEqual([`${path}:${limit + 1} has ${limit + 1} lines; the limit is ${limit}`]);
  });

  it('lets a README have 40 lines and no more', () => {
    expect(sizes({ 'electron/tools/README.md': '\n'.repeat(40) })).toEqual([]);
    expect(sizes({ 'electron/tools/README.md': '\n'.repeat(41) })).toEqual(['electron/tools/README.md:41 has 41 lines; the limit is 40']);
  });

  it.each([
    ['function', functionOf(61), 'grow'],
    ['arrow function', `const grow = () => {\n${lines(59)}};\n`, 'grow'],
    ['method of an object', `const o = { grow() {\n${lines(59)}} };\n`, 'grow'],
    ['nameless callback', `list.map(() => {\n${lines(59)}});\n`, 'a function'],
  ])('refuses a %s of 61 lines', (_, text, name) => {
    expect(sizes({ 'shared/a.ts': text })).toEqual([`shared/a.ts:1 ${name} has 61 lines; the limit is 60`]);
  });

  it('accepts a function of 60 lines, a long list of tests, and a component of 120', () => {
    expect(sizes({ 'shared/a.ts': functionOf(60) })).toEqual([]);
    expect(sizes({ 'test/a.test.ts': `describe('x', () => {\n${lines(100)}});\n` })).toEqual([]);
    expect(sizes({ 'renderer/ui/a.tsx': functionOf(120, 'Queue') })).toEqual([]);
    expect(sizes({ 'renderer/ui/a.tsx': functionOf(121, 'Queue') })).toEqual(['renderer/ui/a.tsx:1 Queue has 121 lines; the limit is 120']);
  });

  it('does not count the methods of a returned object, but each of them', () => {
    const method = (name: string, count: number): string => `${name}() {\n${lines(count - 2)}},\n`;
    expect(sizes({ 'shared/a.ts': `function table() {\nreturn {\n${method('a', 50)}${method('b', 50)}};\n}\n` })).toEqual([]);
    expect(sizes({ 'shared/a.ts': `const table = () => ({\n${method('a', 50)}${method('b', 50)}});\n` })).toEqual([]);
    expect(sizes({ 'shared/a.ts': `function table() {\nreturn {\n${method('a', 61)}};\n}\n` })).toEqual(['shared/a.ts:3 a has 61 lines; the limit is 60']);
    expect(sizes({ 'shared/a.ts': `function table() {\n${lines(60)}return {\n${method('a', 5)}};\n}\n` })).toEqual(['shared/a.ts:1 table has 64 lines; the limit is 60']);
  });

  it('lists the longest function first', () => {
    expect(functionSizes(treeOf({ 'shared/a.ts': functionOf(3, 'short') + functionOf(9, 'long') })).map(({ name, lines: count }) => [name, count])).toEqual([['long', 9], ['short', 3]]);
  });
});
