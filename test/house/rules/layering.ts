import { isBuiltin } from 'node:module';
import { type Import, type Source, packageOf } from './source.ts';
import type { Breach, Tree } from './tree.ts';

const stages = ['normalize', 'graph', 'correlate', 'enrich', 'triage', 'validate', 'route'].map((stage) => `pipeline/${stage}`);
const rooms = ['shell', 'host', 'connectors', 'evaluate', 'tools', 'agent', 'actions', 'store', 'audit', 'report', 'workers'];
const wiring = ['shared', 'pipeline', 'pipeline/ports', ...stages, ...rooms.filter((room) => room !== 'shell')];

/** Which areas an area may import besides itself: design 2-architecture, "Who may import whom". Features are in `mayImport`. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  evaluate: ['shared'],
  'pipeline/ports': ['shared'],
  // run.ts and what lies beside it: the only place that knows more than one stage.
  pipeline: ['pipeline/ports', ...stages, 'shared'],
  ...Object.fromEntries(stages.map((stage) => [stage, ['pipeline/ports', 'shared']])),
  'pipeline/graph': ['pipeline/ports', 'shared', 'evaluate'],
  'pipeline/validate': ['pipeline/ports', 'shared', 'evaluate'],
  tools: ['shared', 'evaluate'],
  ...Object.fromEntries(['connectors', 'agent', 'actions', 'store', 'audit', 'report'].map((room) => [room, ['shared']])),
  host: wiring,
  workers: wiring,
  shell: ['host', 'shared'],
  renderer: ['renderer/app', 'renderer/state', 'renderer/ui', 'shared'],
  'renderer/ui': ['shared'],
  'renderer/state': ['shared'],
};

/** The area of a file; undefined when the architecture has no such place. */
export function areaOf(path: string): string | undefined {
  const [top = '', second = '', third = '', fourth] = path.split('/');
  if (top === 'shared' || top === 'test') return top;
  if (top === 'renderer') return rendererArea(path);
  if (top !== 'electron' || third === '') return undefined;
  if (second !== 'pipeline') return rooms.includes(second) ? second : undefined;
  if (fourth === undefined) return third === 'ports.ts' ? 'pipeline/ports' : 'pipeline';
  return stages.includes(`pipeline/${third}`) ? `pipeline/${third}` : undefined;
}

function rendererArea(path: string): string | undefined {
  const [, second = '', third = '', fourth] = path.split('/');
  if (third === '') return 'renderer';
  if (second === 'features') return fourth === undefined ? undefined : `renderer/features/${third}`;
  return ['app', 'ui', 'state'].includes(second) ? `renderer/${second}` : undefined;
}

function mayImport(from: string, to: string): boolean {
  if (from === to || from === 'test') return true;
  if (from.startsWith('renderer/features/')) return ['renderer/ui', 'renderer/state', 'shared'].includes(to);
  if (from === 'renderer/app') return to.startsWith('renderer/features/') || ['renderer/ui', 'renderer/state', 'shared'].includes(to);
  return allowed[from]?.includes(to) ?? false;
}

/** Imports that cross a wall, files that lie in no room, and imports whose target can't be read. */
export function checkLayering(tree: Tree): readonly Breach[] {
  return tree.sources.flatMap((source) => {
    const area = areaOf(source.path);
    if (area === undefined) return [{ file: source.path, line: 1, message: 'lies in no room of the architecture' }];
    const opaque = area === 'test' ? [] : source.opaqueImports.map((line) => ({ file: source.path, line, message: 'imports a computed path; name the module' }));
    return [...opaque, ...source.imports.flatMap((found) => {
      const message = found.file === undefined ? checkPackage(source, area, found) : checkWall(area, found.file);
      return message === undefined ? [] : [{ file: source.path, line: found.line, message }];
    })];
  });
}

function checkWall(area: string, target: string): string | undefined {
  const to = areaOf(target);
  if (to !== undefined && mayImport(area, to)) return undefined;
  if (to === undefined) return area === 'test' ? undefined : `imports ${target}, which lies in no room`;
  return `${area} must not import ${to} (${target})`;
}

function checkPackage(source: Source, area: string, { specifier, isType }: Import): string | undefined {
  if (isBuiltin(specifier)) {
    const isPure = area === 'shared' || area === 'evaluate' || area.startsWith('renderer');
    if (isPure) return `${area} must not import Node's ${specifier}`;
    return specifier.startsWith('node:') ? undefined : `write node:${specifier}`;
  }
  const name = packageOf(specifier);
  if (name === 'electron' && area !== 'shell') return `only shell imports electron`;
  if (area === 'shared' && name !== 'zod') return `shared imports no package but zod (${specifier})`;
  if (area === 'evaluate' && name !== 'zod' && name !== 'ipaddr.js') return `evaluate imports no package but zod and ipaddr.js (${specifier})`;
  const isDriverAllowed = area === 'test' || source.path === 'electron/store/open.ts' || (area === 'store' && isType);
  return name === 'better-sqlite3' && !isDriverAllowed ? 'only store/open.ts imports better-sqlite3' : undefined;
}
