import { bareReach, conditionalShare, meaningOfEdge, meaningOfNode } from '#shared/model/graph-meaning.ts';
import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import { isWithheld } from './k8s/workload.ts';

export const maxDepth = 6;
export const minProbability = 0.1;
export const maxNodes = 5_000;

export interface Reached { readonly urn: string; readonly probability: number; readonly why: string; readonly resource: StoredResource | undefined }
export interface Walk { readonly reached: readonly Reached[]; readonly truncated: boolean }

/** Says whether something on a node can be exploited; without it only what the graph itself shows (AFFECTED_BY) counts. */
export type IsExploitable = (urn: string) => boolean;

/** How likely the edge carries a compromise on: 1, a half under a condition, a fifth for mere network reach; 0 when it carries none. */
export function carries(graph: GraphView, edge: Edge, isExploitable?: IsExploitable): number {
  return meaningOfEdge(edge.kind).carries === undefined ? 0 : carriesTo(graph, edge, graph.resource(edge.target), isExploitable);
}

/** `carries` where the edge's other end is known already. */
export function carriesTo(graph: GraphView, edge: Edge, target: StoredResource | undefined, isExploitable?: IsExploitable): number {
  const meaning = meaningOfEdge(edge.kind);
  if (meaning.carries === undefined) return 0;
  if (target && meaningOfNode(target.kind).outside === true) return 0;
  if (meaning.onlyTo !== undefined && (!target || !meaning.onlyTo.includes(target.kind))) return 0;
  // Reaching a host helps only where something on it can be exploited.
  const urn = target?.urn ?? edge.target;
  const isBare = edge.kind === 'NET_REACH' && graph.edgesFrom(urn, 'AFFECTED_BY').length === 0 && isExploitable?.(urn) !== true;
  return meaning.carries * (isBare ? bareReach : 1) * (edge.condition === undefined ? 1 : conditionalShare);
}

export interface Step { readonly urn: string; readonly factor: number; readonly why: string }

/**
 * Walks compromise edges from a node, at most six deep, keeping the best product of the edges' factors for each node (design 5-graph §4).
 * @param steps edges from (or to) a node with their factor and other end.
 */
export function walk(graph: GraphView, start: string, steps: (urn: string) => readonly Step[]): Walk {
  const best = new Map<string, { urn: string; probability: number; why: string; resource: StoredResource | undefined }>([[start, { urn: start, probability: 1, why: 'the entity itself', resource: undefined }]]);
  let frontier = [start];
  let truncated = false;
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    // Read before the layer starts, so that one layer is one edge.
    const layer = frontier.map((urn) => best.get(urn)?.probability ?? 0);
    const next = new Set<string>();
    for (const [at, urn] of frontier.entries()) {
      const probability = layer[at] ?? 0;
      for (const step of steps(urn)) {
        const reached = probability * step.factor;
        const known = best.get(step.urn);
        if (reached < minProbability || (known && known.probability >= reached)) continue;
        if (known) { known.probability = reached; known.why = step.why; }
        else if (best.size >= maxNodes) { truncated = true; continue; }
        else best.set(step.urn, { urn: step.urn, probability: reached, why: step.why, resource: undefined });
        next.add(step.urn);
      }
    }
    frontier = [...next];
  }
  const reached = [...best.values()];
  for (const node of reached) node.resource = graph.resource(node.urn);
  return { reached: reached.sort((a, b) => b.probability - a.probability || (a.urn < b.urn ? -1 : 1)), truncated };
}

/** What follows the last `:` or `/` of a urn. */
export const shortName = (urn: string): string => urn.slice(Math.max(urn.lastIndexOf(':'), urn.lastIndexOf('/')) + 1);

/** Who could get to an entity: the same walk backwards, the entity itself left out. */
export function reverseReach(graph: GraphView, urn: string, isExploitable?: IsExploitable): Walk {
  const start = graph.resource(urn)?.urn ?? urn;
  const found = walk(graph, start, (node) => graph.edgesTo(node).flatMap((edge) => {
    const factor = edge.kind === 'RUNS_AS' && isWithheld(graph, edge.source) ? 0 : carries(graph, edge, isExploitable);
    return factor > 0 ? [{ urn: graph.resource(edge.source)?.urn ?? edge.source, factor, why: `${edge.kind} to ${shortName(node)}` }] : [];
  }));
  return { ...found, reached: found.reached.filter((r) => r.urn !== start) };
}

/** What depends on an entity, and on what it depends, by data flow: not a compromise, so without weights. */
export function dependencies(graph: GraphView, urn: string): { readonly upstream: readonly string[]; readonly downstream: readonly string[] } {
  const flow = (edges: readonly Edge[], end: (e: Edge) => string): readonly string[] => [...new Set(edges.map(end))].sort();
  return {
    upstream: flow([...graph.edgesFrom(urn, 'READS_FROM'), ...graph.edgesTo(urn, 'WRITES_TO')], (e) => (e.source === urn ? e.target : e.source)),
    downstream: flow([...graph.edgesTo(urn, 'READS_FROM'), ...graph.edgesFrom(urn, 'WRITES_TO')], (e) => (e.source === urn ? e.target : e.source)),
  };
}
