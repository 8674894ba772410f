import type { Breach } from './tree.ts';

const required = ['electron', 'shared', 'resources', 'test', '.ci', 'package.json', 'package-lock.json', 'README.md', 'LICENSE', 'tsconfig.json', '.oxlintrc.json', 'vitest.config.ts', '.gitignore', '.npmrc'];
// The renderer and its build come with the desktop; git keeps no empty folder.
const optional = ['renderer', 'electron.vite.config.ts'];

/** Compares the names at the top of the repository with the list in the design; what git ignores doesn't count. */
export function checkTopLevel(names: readonly string[], gitignore: string): readonly Breach[] {
  const ignored = gitignore.split('\n').map((line) => line.trim().replace(/\/$/, '')).filter((line) => line !== '' && !line.startsWith('#'));
  const isIgnored = (name: string): boolean => ignored.some((pattern) => (pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern));
  const isExpected = (name: string): boolean => required.includes(name) || optional.includes(name) || /^tsconfig(\.[a-z]+)?\.json$/.test(name);
  return [
    ...names.filter((name) => name !== '.git' && !isIgnored(name) && !isExpected(name)).map((file) => ({ file, line: 1, message: 'does not belong at the top level' })),
    ...required.filter((name) => !names.includes(name)).map((file) => ({ file, line: 1, message: 'is missing at the top level' })),
  ];
}
