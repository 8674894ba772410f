import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import type { Figure } from './table.ts';

const n = z.number();
const spread = { p50: n, p99: n, worst: n, cpu_p99: n, cpu_worst: n, cpu_ms: n, n };
/** What `graph-child.ts` measures, times in milliseconds. */
const graphSchema = z.object({
  nodes: n, edges: n, build: z.object({ ms: n, cpu_ms: n }), memory_mb: n, slice: z.object(spread), blast: z.object({ ...spread, map_cpu_ms: n, map_reached: n, walk_cpu_ms: n, walk_reached: n, map_ratio: n, arrays_cpu_ms: n, arrays_ratio: n, reached: n }),
  paths: z.object({ first_ms: n, first_cpu_ms: n, ...spread, found: n }), changes: z.object({ n, ms: n, cpu_ms: n, blast_after_cpu_p99: n }), stored: z.object({ load_ms: n, load_cpu_ms: n, follow_ms: n, edges: n }),
});
export type GraphSpeed = z.infer<typeof graphSchema>;

/** Measures a generated graph in a process of its own. Throws with its stderr when that fails. */
export function measureGraph(nodes: number, edges: number, seed: number): GraphSpeed {
  const child = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=6000', join(import.meta.dirname, 'graph-child.ts'), String(nodes), String(edges), String(seed)], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (child.status !== 0) throw new Error(`measuring the graph failed: ${child.stderr || String(child.error)}`);
  return graphSchema.parse(JSON.parse(child.stdout));
}

/** The figures of issue 5 with its goals. */
export function graphFigures(g: GraphSpeed): readonly Figure[] {
  const isGoal = g.edges <= 1_100_000, most = (limit: number) => (isGoal ? { goal: { most: limit } } : {});
  return [
    { name: 'graph build', value: g.build.cpu_ms, unit: 'ms', ...most(2000), note: `processor; ${g.nodes} nodes, ${g.edges} edges from records in memory; ${g.build.ms} ms by the clock` },
    { name: 'graph load', value: g.stored.load_cpu_ms, unit: 'ms', note: `processor; the same from the workspace file; ${g.stored.load_ms} ms by the clock; a change of a thousandth followed in ${g.stored.follow_ms} ms` },
    { name: 'graph memory', value: g.memory_mb, unit: 'MB', ...most(300), note: 'heap and buffers that the graph adds' },
    { name: 'slice, p99', value: g.slice.cpu_p99, unit: 'ms', ...most(5), note: `processor; two hops, ${g.slice.n} nodes; by the clock middle ${g.slice.p50}, p99 ${g.slice.p99} ms` },
    { name: 'blast radius, p99', value: g.blast.cpu_p99, unit: 'ms', ...most(5), note: `processor; six hops, ${g.blast.n} sources; by the clock middle ${g.blast.p50}, p99 ${g.blast.p99} ms` },
    { name: 'plain Map ÷ blast', value: g.blast.map_ratio, unit: '×', note: `breadth-first over a Map of arrays, unweighed (${g.blast.map_reached} nodes) against the weighed walk (${g.blast.walk_reached}), processor time; against the same search over the arrays ${g.blast.arrays_ratio} ×` },
    { name: 'path search, worst', value: Math.max(g.paths.cpu_worst, g.paths.first_cpu_ms), unit: 'ms', ...most(2000), note: `processor; ${g.paths.n} targets, ${g.paths.found} paths; by the clock middle ${g.paths.p50}, worst ${g.paths.worst}, the first with pricing ${g.paths.first_ms} ms` },
    { name: 'incremental changes', value: Math.round(g.changes.n / (g.changes.ms / 1000)), unit: '/s', note: `${g.changes.n} edges in ${g.changes.ms} ms (${g.changes.cpu_ms} of processor); blast p99 after them ${g.changes.blast_after_cpu_p99} ms of processor` },
  ];
}
