import { CompactGraph, type CompactNode } from '#electron/evaluate/compact-graph.ts';
import { aliasIndex, resolveEnds, type AliasIndex } from '#electron/evaluate/compact-load.ts';
import type { GraphEdgeRow, GraphNodeRow } from '#electron/store/tables/graph-rows.ts';
import type { Tables } from '#electron/store/tables.ts';
import { edgeKinds, nodeKinds, type Edge, type EdgeKind, type NodeKind } from '#shared/model/resource.ts';

/** The stored graph in memory, kept up with the store. */
export interface LiveGraph {
  readonly graph: CompactGraph;
  readonly version: number;
  /** Takes over what has changed since. @returns the urns that it touches; `all` when it had to be loaded anew. */
  follow(version: number): ReadonlySet<string> | 'all';
}

// A million rows: the two columns with a closed list of words are checked by look-up, the rest is typed by the table's own checks.
const edgeKindOf = new Map<string, EdgeKind>(edgeKinds.map((kind) => [kind, kind])), nodeKindOf = new Map<string, NodeKind>(nodeKinds.map((kind) => [kind, kind]));
function known<T>(value: T | undefined, word: string): T {
  if (value === undefined) throw new Error(`the stored graph has a kind that this version doesn't know: ${word}`);
  return value;
}

type Rows = Tables['graphRows'];

/** Loads the graph of a workspace; afterwards changes are taken in as an overlay. */
export function liveGraph(rows: Rows, startVersion: number): LiveGraph {
  let state = load(rows), version = startVersion;
  return {
    get graph() { return state.graph; },
    get version() { return version; },
    follow(next) {
      if (next === version) return new Set();
      version = next;
      const touched = follow(rows, state);
      if (state.stored === rows.counts().edges) return touched;
      // Rows were deleted, not closed (an import was rolled back): what is there counts.
      state = load(rows);
      return 'all';
    },
  };
}

interface State {
  readonly graph: CompactGraph;
  /** Row ids in ascending order, and the number of each edge at the same place. */
  readonly rowIds: number[]; readonly numbers: number[];
  /** Edges whose target is no known node by itself: an alias, or something not inventoried. By place in `numbers`. */
  readonly loose: Map<number, string>;
  stored: number; newestEdge: number; closedUs: number;
}

function load(rows: Rows): State {
  const { nodes, edges } = rows.counts();
  const graph = new CompactGraph({ nodes: nodes + 1024, edges: edges + 4096 });
  const state: State = { graph, rowIds: [], numbers: [], loose: new Map(), stored: 0, newestEdge: 0, closedUs: 0 };
  for (const row of rows.nodes()) graph.addNode(nodeOf(row));
  takeEdges(rows, state, aliasesOf(rows));
  graph.index();
  state.closedUs = rows.lastClosing();
  return state;
}

const nodeOf = ({ urn, kind, type, name, account }: GraphNodeRow): CompactNode => ({ urn, kind: known(nodeKindOf.get(kind), kind), type, ...(name !== null && { name }), ...(account !== null && { account }) });
const aliasesOf = (rows: Rows): AliasIndex => aliasIndex(rows.aliases());

function edgeOf(row: GraphEdgeRow): Edge {
  return {
    source: row.source, kind: known(edgeKindOf.get(row.kind), row.kind), target: row.target, derived: row.derived === 1, provenance: row.provenance === 'inferred' ? 'inferred' : 'observed',
    ...(row.condition !== null && { condition: row.condition }), ...(row.cost !== null && { cost: row.cost }), ...(row.reason !== null && { reason: row.reason }),
  };
}

function takeEdges(rows: Rows, state: State, aliases: AliasIndex, touched?: Set<string>): void {
  for (const row of rows.edgesAfter(state.newestEdge)) {
    const stated = edgeOf(row), edge = resolveEnds(state.graph, stated, aliases);
    const place = state.rowIds.push(row.edge_id) - 1;
    state.numbers.push(state.graph.addEdge(edge));
    const target = state.graph.idOf(stated.target);
    if (target === undefined || !state.graph.isKnown(target)) state.loose.set(place, stated.target);
    state.newestEdge = row.edge_id;
    state.stored++;
    touched?.add(edge.source).add(edge.target);
  }
}

function follow(rows: Rows, state: State): ReadonlySet<string> {
  const { graph } = state, touched = new Set<string>();
  const closedUs = rows.lastClosing();
  for (const id of rows.closedSince(state.closedUs, state.newestEdge)) {
    const place = placeOf(state.rowIds, id), edge = place === undefined ? undefined : state.numbers[place];
    if (edge === undefined || graph.isGone(edge)) continue;
    touched.add(graph.urnOf(graph.sourceOf(edge))).add(graph.urnOf(graph.targetOf(edge)));
    graph.removeEdge(edge);
    state.stored--;
  }
  state.closedUs = closedUs;
  const changed = takeNodes(rows, graph);
  for (const urn of changed) touched.add(urn);
  const aliases = aliasesOf(rows);
  for (const urn of settleLoose(state, aliases)) touched.add(urn);
  takeEdges(rows, state, aliases, touched);
  return touched;
}

/** Nodes that are new, gone or say something else of themselves. */
function takeNodes(rows: Rows, graph: CompactGraph): ReadonlySet<string> {
  const changed = new Set<string>(), seen = new Uint8Array(graph.nodeCount);
  for (const row of rows.nodes()) {
    const node = nodeOf(row), have = graph.idOf(node.urn);
    if (have !== undefined && have < seen.length) seen[have] = 1;
    if (have !== undefined && graph.isKnown(have) && isSame(graph.node(have), node)) continue;
    graph.addNode(node);
    changed.add(node.urn);
  }
  for (let node = 0; node < seen.length; node++) {
    if (seen[node] === 1 || !graph.isKnown(node)) continue;
    changed.add(graph.urnOf(node));
    graph.forgetNode(node);
  }
  return changed;
}

const isSame = (a: CompactNode, b: CompactNode): boolean => a.kind === b.kind && a.type === b.type && a.name === b.name && a.account === b.account;

/** Edges that were stated to an alias may mean another node now. */
function settleLoose(state: State, aliases: AliasIndex): ReadonlySet<string> {
  const { graph } = state, touched = new Set<string>();
  for (const [place, target] of state.loose) {
    const number = state.numbers[place];
    if (number === undefined || graph.isGone(number)) { state.loose.delete(place); continue; }
    const now = graph.edge(number), edge = resolveEnds(graph, { ...now, target }, aliases);
    if (edge.target === now.target) continue;
    graph.removeEdge(number);
    state.numbers[place] = graph.addEdge(edge);
    touched.add(now.target).add(edge.target).add(edge.source);
  }
  return touched;
}

function placeOf(sorted: readonly number[], id: number): number | undefined {
  let low = 0, high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1, at = sorted[middle] ?? 0;
    if (at === id) return middle;
    if (at < id) low = middle + 1; else high = middle - 1;
  }
  return undefined;
}
