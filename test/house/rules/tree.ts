import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Source, parseSource } from './source.ts';

/** What the house rules look at: a listing, the parsed sources, and the texts of the files that are not sources. */
export interface Tree {
  /** Every file, relative to the root, with `/`. */
  readonly paths: readonly string[];
  readonly sources: readonly Source[];
  readonly texts: ReadonlyMap<string, string>;
}

/** One thing that is against the rules; `line` counts from 1. */
export interface Breach { readonly file: string; readonly line: number; readonly message: string }

/** Breaches as `file:line message`, sorted: what a failing test shows. */
export const report = (breaches: readonly Breach[]): readonly string[] =>
  breaches.map(({ file, line, message }) => `${file}:${line} ${message}`).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

const isSource = (path: string): boolean => /\.tsx?$/.test(path) && !isFixture(path);
const isFixture = (path: string): boolean => path.startsWith('test/fixtures/');

/** A tree from texts by path: the planted trees of the tests, and the last step of `readTree`. */
export function treeOf(files: Readonly<Record<string, string>>): Tree {
  const entries = Object.entries(files);
  return {
    paths: entries.map(([path]) => path),
    sources: entries.filter(([path]) => isSource(path)).map(([path, text]) => parseSource(path, text)),
    texts: new Map(entries.filter(([path]) => !isSource(path))),
  };
}

/** Reads the folders of the house below `root`. Fixtures are listed but not read: they may be large, and they are not ours to judge. */
export function readTree(root: string): Tree {
  const files: Record<string, string> = {};
  for (const folder of ['electron', 'shared', 'renderer', 'test', 'resources']) {
    for (const path of listFiles(root, folder)) {
      const isText = isSource(path) || path.endsWith('/README.md') || path.startsWith('resources/migrations/');
      files[path] = isText && !isFixture(path) ? readFileSync(join(root, path), 'utf8') : '';
    }
  }
  return treeOf(files);
}

function listFiles(root: string, folder: string): readonly string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1).replaceAll('\\', '/'))
      .sort();
  } catch (error) {
    // A folder without files is not in a fresh clone.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
