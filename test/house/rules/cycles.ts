import type { Breach, Tree } from './tree.ts';

/** Import cycles, type imports included: two files that need each other's types belong together or need a third. Each is reported once. */
export function checkCycles(tree: Tree): readonly Breach[] {
  const edges = new Map(tree.sources.map((source) => [source.path, source.imports]));
  const done = new Set<string>();
  const trail: string[] = [];
  const breaches: Breach[] = [];
  const walk = (path: string): void => {
    trail.push(path);
    for (const { file, line } of edges.get(path) ?? []) {
      if (file === undefined || done.has(file)) continue;
      const start = trail.indexOf(file);
      if (start >= 0) breaches.push({ file: path, line, message: `import cycle: ${[...trail.slice(start), file].join(' → ')}` });
      else walk(file);
    }
    trail.pop();
    done.add(path);
  };
  for (const path of edges.keys()) if (!done.has(path)) walk(path);
  return breaches;
}
