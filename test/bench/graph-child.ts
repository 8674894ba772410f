import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { aliasIndex, loadCompact } from '#electron/evaluate/compact-load.ts';
import { carriesCompact, reachCompact } from '#electron/evaluate/compact-reach.ts';
import { liveGraph } from '#electron/host/graph/live-graph.ts';
import { attackGraph } from '#electron/pipeline/graph/attack-graph.ts';
import { searchPaths } from '#electron/pipeline/graph/path-search.ts';
import { sliceOf } from '#electron/pipeline/graph/slice.ts';
import { openWorkspace } from '#electron/store/open.ts';
import { graphRowsTable } from '#electron/store/tables/graph-rows.ts';
import type { Edge } from '#shared/model/resource.ts';
import { companyOf, randomFrom, type Company } from './graph-company.ts';

/** A process of its own, so that memory is the graph's: node and edge count in, figures as JSON out. */
const [nodeCount = 200_000, edgeCount = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const SOURCES = 1000, CHANGES = 100_000, HOPS = 6;

interface Spent<T> { readonly value: T; readonly ms: number; readonly cpu_ms: number }
function timed<T>(work: () => T): Spent<T> {
  const cpu = process.cpuUsage(), started = performance.now(), value = work(), used = process.cpuUsage(cpu);
  return { value, ms: performance.now() - started, cpu_ms: (used.user + used.system) / 1000 };
}
const memory = (): number => { globalThis.gc?.(); globalThis.gc?.(); const { heapUsed, arrayBuffers } = process.memoryUsage(); return (heapUsed + arrayBuffers) / 1e6; };
const round = (n: number, digits = 2): number => Number(n.toFixed(digits));

/** Heap and buffers that go when a graph does. */
function weigh(): number {
  let held: CompactGraph | undefined = build();
  const full = memory(), size = held.edgeCount;
  held = undefined;
  return size > 0 ? full - memory() : 0;
}

/** Middle and 99th percentile of single calls in milliseconds by the clock, the latter also of processor time (other work on the machine stretches the clock), and processor time of all. */
function spread<A>(inputs: readonly A[], work: (input: A) => unknown) {
  for (const input of inputs.slice(0, 50)) work(input);
  const spent = inputs.map((input) => timed(() => work(input)));
  const at = (times: readonly number[], share: number): number => round(times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0, 3);
  const ms = spent.map((s) => s.ms), cpu = spent.map((s) => s.cpu_ms);
  return { p50: at(ms, 0.5), p99: at(ms, 0.99), worst: at(ms, 1), cpu_p99: at(cpu, 0.99), cpu_worst: at(cpu, 1), cpu_ms: round(cpu.reduce((a, b) => a + b, 0), 0), n: inputs.length };
}

const company = companyOf(nodeCount, edgeCount, seed), edges = [...company.edges()];
const build = (): CompactGraph => loadCompact(company.nodes, aliasIndex([]), edges, { nodes: company.nodes.length + 64, edges: edges.length + 64 });
const own = weigh();
const built = timed(build), graph = built.value;
const random = randomFrom(seed + 1), sample = (): number => Math.floor(random() * graph.nodeCount);
const identities = Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => ['identity', 'vm', 'function'].includes(graph.kindOf(node)));
const starts = Array.from({ length: SOURCES }, () => identities[Math.floor(random() * identities.length)] ?? 0);

const slices = spread(Array.from({ length: SOURCES }, sample), (node) => sliceOf(graph, graph.urnOf(node), 2));
const blasts = spread(starts, (node) => reachCompact(graph, node));
const plain = plainWalks(graph, edges);
const paths = measurePaths(graph, company);
const changed = timed(() => change(graph));
const after = spread(starts.slice(0, 300), (node) => reachCompact(graph, node));
const stored = measureStore(company, edges);
process.stdout.write(JSON.stringify({
  nodes: graph.nodeCount, edges: graph.edgeCount, build: { ms: round(built.ms), cpu_ms: round(built.cpu_ms) }, memory_mb: round(own, 0), slice: slices, blast: { ...blasts, ...plain, reached: reachCompact(graph, starts[0] ?? 0).reached.length }, paths,
  changes: { n: CHANGES, ms: round(changed.ms), cpu_ms: round(changed.cpu_ms), blast_after_cpu_p99: after.cpu_p99 }, stored,
}));

/** The same six hops over the same edges by breadth-first search, in arrays and over a plain Map of arrays of strings; ratio of processor time. */
function plainWalks(g: CompactGraph, all: readonly Edge[]) {
  const map = new Map<string, string[]>();
  all.forEach((edge, id) => { if (carriesCompact(g, id) === 0) return; const found = map.get(edge.source); if (found) found.push(edge.target); else map.set(edge.source, [edge.target]); });
  const urns = starts.map((node) => g.urnOf(node));
  const overMap = timed(() => urns.reduce((sum, urn) => sum + breadthFirst(urn, (at) => map.get(at) ?? []), 0));
  const weighed = timed(() => starts.reduce((sum, node) => sum + reachCompact(g, node).reached.length, 0));
  const inArrays = timed(() => starts.reduce((sum, node) => sum + breadthFirst(node, (at) => { const found: number[] = []; g.eachOut(at, (edge) => { if (carriesCompact(g, edge) > 0) found.push(g.targetOf(edge)); }); return found; }), 0));
  return { arrays_cpu_ms: round(inArrays.cpu_ms, 0), arrays_ratio: round(overMap.cpu_ms / inArrays.cpu_ms), map_cpu_ms: round(overMap.cpu_ms, 0), map_reached: overMap.value, walk_cpu_ms: round(weighed.cpu_ms, 0), walk_reached: weighed.value, map_ratio: round(overMap.cpu_ms / weighed.cpu_ms) };
}

function breadthFirst<T>(start: T, next: (at: T) => Iterable<T>): number {
  const seen = new Set([start]);
  let layer = [start];
  for (let hop = 0; hop < HOPS && layer.length > 0; hop++) {
    const found: T[] = [];
    for (const at of layer) for (const to of next(at)) if (!seen.has(to)) { seen.add(to); found.push(to); }
    layer = found;
  }
  return seen.size;
}

function measurePaths(g: CompactGraph, { jewels }: Company) {
  const moves = timed(() => attackGraph(g, { administrators: [], facts: { exploit: () => undefined, metadata: () => undefined } }));
  const internet = g.idOf('internet') ?? -1, targets = jewels.flatMap((urn) => g.idOf(urn) ?? []);
  const results: number[] = [];
  const first = timed(() => searchPaths(moves.value, targets[0] ?? 0, (node) => node === internet));
  const each = spread(targets, (target) => results.push(searchPaths(moves.value, target, (node) => node === internet).paths.length));
  return { first_ms: round(first.ms), first_cpu_ms: round(first.cpu_ms), ...each, found: results.reduce((a, b) => a + b, 0) };
}

/** Half of the changes take an edge away, half add one. */
function change(g: CompactGraph): void {
  const next = randomFrom(seed + 2), any = (): number => Math.floor(next() * g.nodeCount);
  for (let i = 0; i < CHANGES; i++) {
    if (i % 2 === 0) g.removeEdge(Math.floor(next() * g.edgeSpace));
    else g.addEdge({ source: g.urnOf(any()), kind: 'CAN_READ', target: g.urnOf(any()), derived: true, provenance: 'observed' });
  }
}

/** From a workspace on disk: reading all of it, and what a change of a thousand edges costs. */
function measureStore({ nodes }: Company, all: readonly Edge[]) {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-graph-'));
  try {
    const opened = openWorkspace({ file: join(dir, 'graph.db'), create: true, migrationsDir: join(import.meta.dirname, '..', '..', 'resources', 'migrations'), now: () => 1 });
    if (!opened.ok) throw new Error(opened.error);
    const { value: workspace } = opened, { db } = workspace;
    const node = db.prepare("INSERT INTO nodes (urn, type, kind, name, account, source, provenance, first_seen, hash, raw_id, record, json) VALUES (?, ?, ?, ?, ?, 'bench', 'observed', 0, '', 0, 0, '{}')");
    const edge = db.prepare("INSERT INTO edges (source, kind, target, derived, provenance, condition, cost, reason, origin, valid_from) VALUES (?, ?, ?, 1, 'observed', ?, ?, ?, 'bench', 0)");
    db.transaction(() => {
      for (const n of nodes) node.run(n.urn, n.type, n.kind, n.name, n.account);
      for (const e of all) edge.run(e.source, e.kind, e.target, e.condition ?? null, e.cost ?? null, e.reason ?? null);
    })();
    const rows = graphRowsTable(db), load = timed(() => liveGraph(rows, 1));
    db.prepare('UPDATE edges SET valid_to = 5 WHERE edge_id % 1000 = 0').run();
    const follow = timed(() => load.value.follow(2));
    workspace.close();
    return { load_ms: round(load.ms), load_cpu_ms: round(load.cpu_ms), follow_ms: round(follow.ms), edges: load.value.graph.edgeCount };
  } finally { rmSync(dir, { recursive: true, force: true }); }
}
