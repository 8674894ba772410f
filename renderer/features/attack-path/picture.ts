import { lanes, meaningOfEdge } from '#shared/model/graph-meaning.ts';
import type { Edge } from '#shared/model/resource.ts';
import type { AttackPathView, AttackPathsView, GraphSlice, PathNode } from '#shared/rpc/graph-schemas.ts';

/** Nodes drawn to begin with, and at most whatever is expanded (design 7-screens). */
export const FIRST_NODES = 150, MOST_NODES = 400;
/** Neighbours in a page of an expansion. */
export const PAGE = 25;

/** One node on the canvas: of the graph, or the stack that stands for neighbours not shown. */
export interface DrawnNode {
  readonly id: string; readonly lane: number; readonly node: PathNode;
  readonly onPath: boolean; readonly isChoke: boolean; readonly isGoal: boolean;
  /** Neighbours in the graph that are not drawn. */
  readonly hidden: number;
  /** How many of how many neighbours of which node are shown; a stack has no other content. */
  readonly stack?: { readonly of: string; readonly shown: number; readonly total: number };
}
export interface DrawnEdge { readonly id: string; readonly from: string; readonly to: string; readonly label: string; readonly onPath: boolean; /** Inferred, or under a condition. */ readonly isInferred: boolean }
export interface Picture {
  readonly nodes: readonly DrawnNode[]; readonly edges: readonly DrawnEdge[];
  /** The paths as rows of node ids, best first: the layout follows them. */
  readonly rows: readonly (readonly string[])[];
  /** More would have been drawn. */
  readonly isCapped: boolean;
}
/** What has been opened around a node. */
export interface Expansion { readonly urn: string; readonly slice: GraphSlice }

const laneOf = (node: PathNode): number => lanes.indexOf(node.lane);
/** The stack of hidden neighbours of a node. */
export const stackOf = (urn: string): string => `more:${urn}`;

/** A path's nodes in order, with the door that lets the internet in. */
export function stopsOf(path: AttackPathView): readonly PathNode[] {
  const [first, ...rest] = path.nodes;
  return first === undefined ? [] : [first, ...rest.flatMap((node, i) => { const via = path.hops[i]?.via; return via ? [via, node] : [node]; })];
}

/** What the canvas draws: the paths as far as they fit, the chosen one marked, and what was expanded. */
export function pictureOf(view: Pick<AttackPathsView, 'paths' | 'choke_node'>, chosen: AttackPathView | undefined, expansions: readonly Expansion[]): Picture {
  const nodes = new Map<string, { node: PathNode; onPath: boolean; isGoal: boolean }>(), edges = new Map<string, DrawnEdge>(), rows: string[][] = [];
  let isCapped = false;
  const addEdge = (from: string, to: string, label: string, onPath: boolean, isInferred: boolean): void => {
    const id = `${from}\n${to}`, have = edges.get(id);
    if (!have || (onPath && !have.onPath)) edges.set(id, { id, from, to, label, onPath: onPath || have?.onPath === true, isInferred: isInferred && have?.isInferred !== false });
  };
  const paths = chosen && !view.paths.some((p) => p.id === chosen.id) ? [chosen, ...view.paths] : view.paths;
  for (const path of paths) {
    const stops = stopsOf(path), onPath = path.id === chosen?.id, fresh = new Set(stops.map((s) => s.urn).filter((urn) => !nodes.has(urn)));
    if (!onPath && nodes.size + fresh.size > FIRST_NODES) { isCapped = true; continue; }
    rows.push(stops.map((s) => s.urn));
    const goal = path.nodes.at(-1)?.urn;
    for (const node of stops) { const have = nodes.get(node.urn); nodes.set(node.urn, { node: have?.node ?? node, onPath: onPath || have?.onPath === true, isGoal: node.urn === goal || have?.isGoal === true }); }
    for (const hop of path.hops) {
      const isInferred = hop.provenance === 'inferred' || hop.condition !== null;
      if (hop.via) { addEdge(hop.from, hop.via.urn, '', onPath, isInferred); addEdge(hop.via.urn, hop.to, hop.verb, onPath, isInferred); } else addEdge(hop.from, hop.to, hop.verb, onPath, isInferred);
    }
  }
  const stacks: DrawnNode[] = [];
  for (const { urn, slice } of expansions) {
    const anchor = nodes.get(urn);
    if (!anchor) continue;
    for (const node of slice.nodes) {
      if (nodes.has(node.urn)) continue;
      if (nodes.size >= MOST_NODES) { isCapped = true; break; }
      nodes.set(node.urn, { node, onPath: false, isGoal: false });
    }
    for (const edge of slice.edges) if (nodes.has(edge.source) && nodes.has(edge.target)) addEdge(edge.source, edge.target, labelOf(edge), false, edge.provenance === 'inferred' || edge.condition !== undefined);
    if (slice.hidden > 0) stacks.push({ id: stackOf(urn), lane: Math.min(lanes.length - 1, laneOf(anchor.node) + 1), node: anchor.node, onPath: false, isChoke: false, isGoal: false, hidden: slice.hidden, stack: { of: urn, shown: slice.total - slice.hidden, total: slice.total } });
  }
  const expanded = new Set(expansions.map((e) => e.urn)), around = neighbourCounts(edges.values());
  const drawn = [...nodes].map(([id, { node, onPath, isGoal }]): DrawnNode => ({
    id, node, lane: laneOf(node), onPath, isGoal, isChoke: view.choke_node?.urn === id, hidden: expanded.has(id) ? 0 : Math.max(0, node.degree - (around.get(id) ?? 0)),
  }));
  const links = stacks.map((s): DrawnEdge => ({ id: s.id, from: s.stack?.of ?? '', to: s.id, label: '', onPath: false, isInferred: false }));
  return { nodes: [...drawn, ...stacks], edges: [...edges.values(), ...links], rows, isCapped };
}

const labelOf = (edge: Edge): string => meaningOfEdge(edge.kind).verb;

function neighbourCounts(edges: Iterable<DrawnEdge>): ReadonlyMap<string, number> {
  const around = new Map<string, Set<string>>();
  for (const { from, to } of edges) for (const [a, b] of [[from, to], [to, from]] as const) (around.get(a) ?? around.set(a, new Set()).get(a))?.add(b);
  return new Map([...around].map(([id, others]) => [id, others.size]));
}
