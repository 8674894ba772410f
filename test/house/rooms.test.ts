import { describe, expect, it } from 'vitest';
import { checkMigrations } from './rules/migrations.ts';
import { checkRooms } from './rules/rooms.ts';
import { checkTopLevel } from './rules/top-level.ts';
import { report, treeOf } from './rules/tree.ts';

const formats = 'electron/pipeline/normalize/formats';
const wholeFormat = {
  [`${formats}/all.ts`]: `import { trivy } from './trivy.ts';\nexport const all = [trivy];`,
  [`${formats}/format.ts`]: 'export interface Format {}',
  [`${formats}/trivy.ts`]: 'export const trivy = {};',
  'test/fixtures/formats/trivy/zero.json': '', 'test/fixtures/formats/trivy/many.json': '',
};
const rooms = (files: Record<string, string>): readonly string[] => report(checkRooms(treeOf(files)));

describe('rooms', () => {
  it('accepts a registered format with samples, and a room without files', () => expect(rooms(wholeFormat)).toEqual([]));

  it('names a format that all.ts does not import', () => {
    expect(rooms({ ...wholeFormat, [`${formats}/all.ts`]: 'export const all = [];' })).toEqual([`${formats}/trivy.ts:1 is not registered in ${formats}/all.ts (parts that entries share go into a folder of it)`]);
  });

  it.each([
    ['imports and does not use', `import { trivy } from './trivy.ts';\nexport const all = [];`],
    ['imports under another name and does not use', `import { trivy as other } from './trivy.ts';\nexport const trivy = 1;`],
    ['imports for its type', `import type { trivy } from './trivy.ts';\nexport const all: trivy[] = [];`],
  ])('names a format that all.ts only %s', (_, all) => {
    expect(rooms({ ...wholeFormat, [`${formats}/all.ts`]: all })).toEqual([`${formats}/trivy.ts:1 is not registered in ${formats}/all.ts (parts that entries share go into a folder of it)`]);
  });

  it('names a format in a room that has no all.ts', () => {
    const { [`${formats}/all.ts`]: _, ...rest } = wholeFormat;
    expect(rooms(rest)).toEqual([`${formats}/trivy.ts:1 is not registered in ${formats}/all.ts (parts that entries share go into a folder of it)`]);
  });

  it('names a format with one sample', () => {
    const { 'test/fixtures/formats/trivy/many.json': _, ...rest } = wholeFormat;
    expect(rooms(rest)).toEqual([`${formats}/trivy.ts:1 needs 2 or more samples in test/fixtures/formats/trivy/ (found 1)`]);
  });

  it.each([
    ['electron/pipeline/correlate/rules', 'same-actor'], ['electron/pipeline/validate/checks', 'citation'], ['electron/tools', 'iam-analyzer'],
    ['electron/actions', 'create-ticket'], ['electron/connectors', 'aws'], ['electron/agent/providers', 'ollama'],
  ])('names an entry of %s that no test names, and accepts it once one does', (folder, name) => {
    const files = { [`${folder}/all.ts`]: `import { x } from './${name}.ts';\nexport const all = [x];`, [`${folder}/${name}.ts`]: 'export const x = 1;' };
    expect(rooms({ ...files, 'test/electron/other.test.ts': `// ${name}` })).toEqual([`${folder}/${name}.ts:1 no test in test/ imports or names '${name}'`]);
    expect(rooms({ ...files, 'test/electron/other.test.ts': `import { x } from '#${folder}/${name}.ts';` })).toEqual([]);
    expect(rooms({ ...files, 'test/electron/other.test.ts': `run('${name.replaceAll('-', '_')}');` })).toEqual([]);
  });

  it('leaves the parts of an entry in a subfolder alone', () => {
    expect(rooms({ ...wholeFormat, [`${formats}/trivy/severity.ts`]: '' })).toEqual([]);
  });
});

describe('top level', () => {
  const names = ['.ci', '.git', '.gitignore', '.npmrc', '.oxlintrc.json', 'LICENSE', 'README.md', 'electron', 'node_modules', 'package-lock.json', 'package.json',
    'resources', 'shared', 'test', 'tsconfig.json', 'vitest.config.ts'];
  const gitignore = 'node_modules/\n*.db\n# comment\n';

  it('accepts the list of the design, ignored files, and the desktop once it is there', () => {
    expect(checkTopLevel([...names, 'x.db'], gitignore)).toEqual([]);
    expect(checkTopLevel([...names, 'renderer', 'electron.vite.config.ts', 'tsconfig.renderer.json'], gitignore)).toEqual([]);
  });

  it('names what is extra and what is missing', () => {
    expect(report(checkTopLevel([...names.filter((name) => name !== 'LICENSE'), 'docs', 'notes.md'], gitignore))).toEqual([
      'docs:1 does not belong at the top level', 'LICENSE:1 is missing at the top level', 'notes.md:1 does not belong at the top level',
    ]);
  });
});

describe('migrations', () => {
  const migrations = (...names: readonly string[]): readonly string[] =>
    report(checkMigrations(treeOf(Object.fromEntries(names.map((name) => [`resources/migrations/${name}`, 'select 1;'])))));

  it('accepts numbers in a row, and none at all', () => {
    expect(migrations('0001-start.sql', '0002-add-audit.sql')).toEqual([]);
    expect(migrations()).toEqual([]);
  });

  it.each([
    ['a gap', ['0001-a.sql', '0003-c.sql'], '0003-c.sql:1 is number 3; expected 2'],
    ['a repetition', ['0001-a.sql', '0001-b.sql'], '0001-b.sql:1 is number 1; expected 2'],
    ['a late start', ['0002-a.sql'], '0002-a.sql:1 is number 2; expected 1'],
    ['another name', ['0001-a.sql', 'fix.sql'], 'fix.sql:1 is not named NNNN-what-it-does.sql'],
  ])('names %s', (_, names, message) => expect(migrations(...names)).toEqual([`resources/migrations/${message}`]));

  it('names an empty one', () => {
    expect(report(checkMigrations(treeOf({ 'resources/migrations/0001-a.sql': ' \n' })))).toEqual(['resources/migrations/0001-a.sql:1 is empty']);
  });
});
