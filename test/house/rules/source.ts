import { posix } from 'node:path';
import { type Comment, type Program, Visitor, parseSync } from 'oxc-parser';

/** One import, re-export, dynamic import or `import('…')` type. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  /** The file that it names, relative to the root; undefined for a package or a Node module. */
  readonly file: string | undefined;
  readonly line: number;
  readonly isType: boolean;
  /** The names that it binds in this file. */
  readonly names: readonly string[];
}

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
  /** Lines of dynamic imports whose target can't be read from the source. */
  readonly opaqueImports: readonly number[];
  readonly hasDefaultExport: boolean;
  /** The line, from 1, of an offset. */
  lineAt(offset: number): number;
}

/** Parses one file. A file that doesn't parse is a bug to see at once: throws with its path. */
export function parseSource(path: string, text: string): Source {
  const { program, module, comments, errors } = parseSync(path, text);
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const add = (specifier: string, offset: number, isType: boolean, names: readonly string[] = []): Import =>
    ({ specifier, file: resolveImport(path, specifier), line: lineAt(offset), isType, names });
  const exports = module.staticExports.flatMap((statement) => statement.entries);
  const { found, opaque } = findDynamicImports(program);
  return {
    path, text, program, comments, lineAt,
    imports: [
      ...module.staticImports.map(({ moduleRequest, entries, start }) =>
        add(moduleRequest.value, start, entries.length > 0 && entries.every((e) => e.isType), entries.map((e) => e.localName.value))),
      ...exports.flatMap((e) => (e.moduleRequest ? [add(e.moduleRequest.value, e.start, e.isType)] : [])),
      ...found.map((f) => add(f.specifier, f.offset, f.isType)),
    ],
    opaqueImports: opaque.map(lineAt),
    hasDefaultExport: exports.some((e) => e.exportName.kind === 'Default' || e.exportName.name === 'default'),
  };
}

interface DynamicImports {
  readonly found: readonly { readonly specifier: string; readonly offset: number; readonly isType: boolean }[];
  readonly opaque: readonly number[];
}

/** `import(…)`, `require(…)`, `require.resolve` aside, and `import('…')` in types. */
function findDynamicImports(program: Program): DynamicImports {
  const found: DynamicImports['found'][number][] = [];
  const opaque: number[] = [];
  const take = (target: { readonly type: string; readonly value?: unknown } | undefined, offset: number): void => {
    if (target?.type === 'Literal' && typeof target.value === 'string') found.push({ specifier: target.value, offset, isType: false });
    else opaque.push(offset);
  };
  new Visitor({
    ImportExpression(node) { take(node.source, node.start); },
    CallExpression(node) {
      if (node.callee.type === 'Identifier' && node.callee.name === 'require') take(node.arguments[0], node.start);
    },
    TSImportType(node) { found.push({ specifier: node.source.value, offset: node.start, isType: true }); },
  }).visit(program);
  return { found, opaque };
}

function resolveImport(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined;
}

/** The name of the package in a bare specifier: `@scope/name` or `name`. */
export function packageOf(specifier: string): string {
  const [scope = '', name = ''] = specifier.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
