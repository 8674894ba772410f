import { posix } from 'node:path';
import { Visitor } from 'oxc-parser';
import type { Source } from './source.ts';
import type { Breach, Tree } from './tree.ts';

interface Room {
  readonly folder: string;
  /** The file that says what an entry is. */
  readonly contract: string;
  /** Where each entry has a folder of sample files, and how many it needs. */
  readonly fixtures?: { readonly folder: string; readonly atLeast: number };
}

/** The rooms that others extend (design 2-architecture, "Adding one"). */
const rooms: readonly Room[] = [
  { folder: 'electron/pipeline/normalize/formats', contract: 'format.ts', fixtures: { folder: 'test/fixtures/formats', atLeast: 2 } },
  { folder: 'electron/pipeline/graph/importers', contract: 'importer.ts', fixtures: { folder: 'test/fixtures/importers', atLeast: 1 } },
  { folder: 'electron/pipeline/correlate/rules', contract: 'rule.ts' },
  { folder: 'electron/pipeline/validate/checks', contract: 'check.ts' },
  { folder: 'electron/tools', contract: 'tool.ts' },
  { folder: 'electron/actions', contract: 'action.ts' },
  { folder: 'electron/connectors', contract: 'connector.ts' },
  { folder: 'electron/agent/providers', contract: 'provider.ts' },
];

/** Entries that their room's `all.ts` forgot, or that nothing tests. Files in subfolders are parts of an entry, not entries. */
export function checkRooms(tree: Tree): readonly Breach[] {
  return rooms.flatMap((room) => {
    const all = tree.sources.find((source) => source.path === `${room.folder}/all.ts`);
    const registered = all ? registeredFiles(all) : new Set<string>();
    return tree.sources.filter((source) => isEntry(room, source.path)).flatMap(({ path }) => {
      const breach = (message: string): Breach => ({ file: path, line: 1, message });
      return [
        ...(registered.has(path) ? [] : [breach(`is not registered in ${room.folder}/all.ts (parts that entries share go into a folder of it)`)]),
        ...checkProof(tree, room, posix.basename(path, '.ts')).map(breach),
      ];
    });
  });
}

function isEntry(room: Room, path: string): boolean {
  return posix.dirname(path) === room.folder && ![room.contract, 'all.ts'].includes(posix.basename(path));
}

/** Files whose imported names `all.ts` also uses: an import alone registers nothing. */
function registeredFiles(all: Source): ReadonlySet<string> {
  const imports: { readonly start: number; readonly end: number }[] = [];
  const used = new Set<string>();
  new Visitor({
    ImportDeclaration(node) { imports.push(node); },
    Identifier(node) { if (!imports.some(({ start, end }) => node.start >= start && node.end <= end)) used.add(node.name); },
  }).visit(all.program);
  return new Set(all.imports.flatMap(({ file, isType, names }) => (file !== undefined && !isType && names.some((name) => used.has(name)) ? [file] : [])));
}

function checkProof(tree: Tree, { fixtures }: Room, name: string): readonly string[] {
  if (fixtures) {
    const folder = `${fixtures.folder}/${name}/`;
    const count = tree.paths.filter((path) => path.startsWith(folder)).length;
    return count >= fixtures.atLeast ? [] : [`needs ${fixtures.atLeast} or more samples in ${folder} (found ${count})`];
  }
  return tree.sources.some((source) => mentions(source, name)) ? [] : [`no test in test/ imports or names '${name}'`];
}

/** A test that imports the entry or has its name in a string. A comment proves nothing. */
function mentions(source: Source, name: string): boolean {
  if (!source.path.endsWith('.test.ts') || source.path.startsWith('test/house/')) return false;
  if (source.imports.some(({ file }) => file !== undefined && posix.basename(file, '.ts') === name)) return true;
  let isFound = false;
  new Visitor({ Literal(node) { if (node.value === name || node.value === name.replaceAll('-', '_')) isFound = true; } }).visit(source.program);
  return isFound;
}
