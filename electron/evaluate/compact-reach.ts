import { bareReach, conditionalShare, meaningOfEdge, meaningOfNode } from '#shared/model/graph-meaning.ts';
import type { CompactGraph } from './compact-graph.ts';
import { maxDepth, maxNodes, minProbability, type IsExploitable } from './compromise-walk.ts';

export interface CompactReached { readonly node: number; readonly probability: number; /** Edge by which it was reached with that probability; -1 for the start, -2 for an administrator's account, -3 for what that contains. */ readonly via: number; readonly from: number }
export interface CompactWalk { readonly reached: readonly CompactReached[]; readonly truncated: boolean }
export interface ReachOptions {
  /** Who could get here, instead of where one gets from here. */
  readonly backward?: boolean;
  readonly isExploitable?: IsExploitable;
  /** The account node that an administrator has, if the node is one: what it contains falls with it. */
  readonly accountOfAdmin?: (node: number) => number | undefined;
}

/** How likely an edge carries a compromise on: as `carries` of compromise-walk. */
export function carriesCompact(graph: CompactGraph, edge: number, isExploitable?: IsExploitable): number {
  const kind = graph.edgeKindOf(edge), meaning = meaningOfEdge(kind);
  if (meaning.carries === undefined) return 0;
  const target = graph.targetOf(edge), end = graph.kindOf(target);
  if (meaningOfNode(end).outside === true || (meaning.onlyTo !== undefined && !meaning.onlyTo.includes(end))) return 0;
  const isBare = kind === 'NET_REACH' && !isAffected(graph, target) && isExploitable?.(graph.urnOf(target)) !== true;
  return meaning.carries * (isBare ? bareReach : 1) * (graph.isConditional(edge) ? conditionalShare : 1);
}

function isAffected(graph: CompactGraph, node: number): boolean {
  let found = false;
  graph.eachOut(node, (edge) => { found ||= graph.edgeKindOf(edge) === 'AFFECTED_BY'; });
  return found;
}

/** The walk of the blast radius over a graph in arrays: at most six deep, the best product of the edges' factors for each node (design 5-graph §4). */
export function reachCompact(graph: CompactGraph, start: number, options: ReachOptions = {}): CompactWalk {
  const best = new Map<number, { probability: number; via: number; from: number }>([[start, { probability: 1, via: -1, from: start }]]);
  let frontier = [start], truncated = false;
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    // Read before the layer starts, so that one layer is one edge.
    const layer = frontier.map((node) => best.get(node)?.probability ?? 0);
    const next = new Set<number>();
    frontier.forEach((from, i) => {
      const probability = layer[i] ?? 0;
      const take = (node: number, factor: number, via: number): void => {
        const reached = probability * factor;
        if (reached < minProbability) return;
        const known = best.get(node);
        if (known && known.probability >= reached) return;
        if (!known && best.size >= maxNodes) { truncated = true; return; }
        best.set(node, { probability: reached, via, from });
        next.add(node);
      };
      eachStep(graph, from, options, take);
    });
    frontier = [...next];
  }
  return { reached: [...best].map(([node, found]) => ({ node, ...found })), truncated };
}

function eachStep(graph: CompactGraph, from: number, options: ReachOptions, take: (node: number, factor: number, via: number) => void): void {
  const { backward = false, isExploitable, accountOfAdmin } = options;
  const step = (edge: number): void => {
    const factor = carriesCompact(graph, edge, isExploitable);
    if (factor > 0) take(backward ? graph.sourceOf(edge) : graph.targetOf(edge), factor, edge);
  };
  if (backward) { graph.eachIn(from, step); return; }
  graph.eachOut(from, step);
  const account = accountOfAdmin?.(from);
  if (account !== undefined) take(account, 1, -2);
  // An account is only ever reached by its administrators.
  if (graph.kindOf(from) === 'account') graph.eachOut(from, (edge) => { if (graph.edgeKindOf(edge) === 'CONTAINS') take(graph.targetOf(edge), 1, -3); });
}
