import { bareReach, conditionalShare, meaningOfEdge, meaningOfNode } from '#shared/model/graph-meaning.ts';
import { edgeKinds, nodeKinds, type NodeKind } from '#shared/model/resource.ts';
import type { CompactGraph } from './compact-graph.ts';
import { maxDepth, maxNodes, minProbability, type IsExploitable } from './compromise-walk.ts';

export interface CompactReached { readonly node: number; readonly probability: number; /** Edge by which it was reached with that probability; -1 for the start, -2 for an administrator's account, -3 for what an account or another place contains. */ readonly via: number; readonly from: number }
export interface CompactWalk { readonly reached: readonly CompactReached[]; readonly truncated: boolean }
export interface ReachOptions {
  /** Who could get here, instead of where one gets from here. */
  readonly backward?: boolean;
  readonly isExploitable?: IsExploitable;
  /** Is this one of those that run as an identity without being it? */
  readonly isWithheld?: (urn: string) => boolean;
  /** The account node that an administrator has, if the node is one: what it contains falls with it. */
  readonly accountOfAdmin?: (node: number) => number | undefined;
}

/** The table of meanings by the numbers of kinds: what an edge carries, whether it does to a kind of node, and the kinds with a rule of their own. */
const carried = Float64Array.from(edgeKinds, (kind) => meaningOfEdge(kind).carries ?? 0);
const landing = edgeKinds.map((kind) => Uint8Array.from(nodeKinds, (end) => (meaningOfNode(end).outside !== true && meaningOfEdge(kind).onlyTo?.includes(end) !== false ? 1 : 0)));
const NET_REACH = edgeKinds.indexOf('NET_REACH'), AFFECTED_BY = edgeKinds.indexOf('AFFECTED_BY'), CONTAINS = edgeKinds.indexOf('CONTAINS'), RUNS_AS = edgeKinds.indexOf('RUNS_AS');
const mayLackToken: ReadonlySet<NodeKind> = new Set(['pod', 'container_workload']);
const holds = Uint8Array.from(nodeKinds, (kind) => (meaningOfNode(kind).holds === true ? 1 : 0));

/** How likely an edge carries a compromise on: as `carries` of compromise-walk. */
export function carriesCompact(graph: CompactGraph, edge: number, isExploitable?: IsExploitable): number {
  const kind = graph.edgeKindIndex(edge), own = carried[kind] ?? 0;
  if (own === 0) return 0;
  const target = graph.targetOf(edge);
  if (landing[kind]?.[graph.kindIndex(target)] !== 1) return 0;
  const isBare = kind === NET_REACH && !isAffected(graph, target) && isExploitable?.(graph.urnOf(target)) !== true;
  return own * (isBare ? bareReach : 1) * (graph.isConditional(edge) ? conditionalShare : 1);
}

function isAffected(graph: CompactGraph, node: number): boolean {
  let found = false;
  graph.eachOut(node, (edge) => { found ||= graph.edgeKindIndex(edge) === AFFECTED_BY; });
  return found;
}

/** Room for one walk over a graph, used again by the next: a node counts as reached when it carries the walk's number. */
interface Scratch { turn: number; readonly stamp: Uint32Array; readonly probability: Float64Array; readonly via: Int32Array; readonly from: Int32Array; readonly queued: Uint32Array }
const scratches = new WeakMap<CompactGraph, Scratch>();
function scratchOf(graph: CompactGraph): Scratch {
  const have = scratches.get(graph), size = graph.nodeCount;
  if (have && have.stamp.length >= size && have.turn < 0x1000_0000) return have;
  const room = size + 1024, made = { turn: 0, stamp: new Uint32Array(room), probability: new Float64Array(room), via: new Int32Array(room), from: new Int32Array(room), queued: new Uint32Array(room) };
  scratches.set(graph, made);
  return made;
}

/** The walk of the blast radius over a graph in arrays: at most six deep, the best product of the edges' factors for each node (design 5-graph §4). */
export function reachCompact(graph: CompactGraph, start: number, options: ReachOptions = {}): CompactWalk {
  const room = scratchOf(graph), { stamp, probability, via, from, queued } = room, turn = ++room.turn, order = [start];
  const put = (node: number, value: number, edge: number, source: number): void => { stamp[node] = turn; probability[node] = value; via[node] = edge; from[node] = source; };
  put(start, 1, -1, start);
  let frontier = [start], truncated = false;
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    // Read before the layer starts, so that one layer is one edge.
    const layer = frontier.map((node) => probability[node] ?? 0), next: number[] = [], mark = turn * 8 + depth + 1;
    for (const [i, source] of frontier.entries()) {
      const own = layer[i] ?? 0;
      eachStep(graph, source, options, (node, factor, edge) => {
        const reached = own * factor;
        if (reached < minProbability) return;
        const isKnown = stamp[node] === turn;
        if (isKnown && (probability[node] ?? 0) >= reached) return;
        if (!isKnown) { if (order.length >= maxNodes) { truncated = true; return; } order.push(node); }
        put(node, reached, edge, source);
        if (queued[node] !== mark) { queued[node] = mark; next.push(node); }
      });
    }
    frontier = next;
  }
  return { reached: order.map((node) => ({ node, probability: probability[node] ?? 0, via: via[node] ?? -1, from: from[node] ?? start })), truncated };
}

function eachStep(graph: CompactGraph, from: number, options: ReachOptions, take: (node: number, factor: number, via: number) => void): void {
  const { backward = false, isExploitable, accountOfAdmin, isWithheld } = options;
  const step = (edge: number): void => {
    if (isWithheld && graph.edgeKindIndex(edge) === RUNS_AS && mayLackToken.has(graph.kindOf(graph.sourceOf(edge))) && isWithheld(graph.urnOf(graph.sourceOf(edge)))) return;
    const factor = carriesCompact(graph, edge, isExploitable);
    if (factor > 0) take(backward ? graph.sourceOf(edge) : graph.targetOf(edge), factor, edge);
  };
  if (backward) { graph.eachIn(from, step); return; }
  graph.eachOut(from, step);
  const account = accountOfAdmin?.(from);
  if (account !== undefined) take(account, 1, -2);
  if (holds[graph.kindIndex(from)] === 1) graph.eachOut(from, (edge) => { if (graph.edgeKindIndex(edge) === CONTAINS) take(graph.targetOf(edge), 1, -3); });
}
