import { bareReach, conditionalShare, meaningOfEdge, meaningOfNode } from '#shared/model/graph-meaning.ts';
import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';

export const maxDepth = 6;
export const minProbability = 0.1;
export const maxNodes = 5_000;

export interface Reached { readonly urn: string; readonly probability: number; readonly why: string; readonly resource: StoredResource | undefined }
export interface Walk { readonly reached: readonly Reached[]; readonly truncated: boolean }

/** Says whether something on a node can be exploited; without it only what the graph itself shows (AFFECTED_BY) counts. */
export type IsExploitable = (urn: string) => boolean;

/** How likely the edge carries a compromise on: 1, a half under a condition, a fifth for mere network reach; 0 when it carries none. */
export function carries(graph: GraphView, edge: Edge, isExploitable?: IsExploitable): number {
  const meaning = meaningOfEdge(edge.kind);
  if (meaning.carries === undefined) return 0;
  const target = graph.resource(edge.target);
  if (target && meaningOfNode(target.kind).outside === true) return 0;
  if (meaning.onlyTo !== undefined && (!target || !meaning.onlyTo.includes(target.kind))) return 0;
  // Reaching a host helps only where something on it can be exploited.
  const urn = target?.urn ?? edge.target;
  const isBare = edge.kind === 'NET_REACH' && graph.edgesFrom(urn, 'AFFECTED_BY').length === 0 && isExploitable?.(urn) !== true;
  return meaning.carries * (isBare ? bareReach : 1) * (edge.condition === undefined ? 1 : conditionalShare);
}

/**
 * Walks compromise edges from a node, at most six deep, keeping the best product of the edges' factors for each node (design 5-graph §4).
 * @param steps edges from (or to) a node with their factor and other end.
 */
export function walk(graph: GraphView, start: string, steps: (urn: string) => readonly { readonly urn: string; readonly factor: number; readonly why: string }[]): Walk {
  const best = new Map<string, { probability: number; why: string }>([[start, { probability: 1, why: 'the entity itself' }]]);
  let frontier = [start];
  let truncated = false;
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    // Read before the layer starts, so that one layer is one edge.
    const layer = frontier.map((urn) => [urn, best.get(urn)?.probability ?? 0] as const);
    const next = new Set<string>();
    for (const [urn, probability] of layer) {
      for (const step of steps(urn)) {
        const reached = probability * step.factor;
        const known = best.get(step.urn);
        if (reached < minProbability || (known && known.probability >= reached)) continue;
        if (!known && best.size >= maxNodes) { truncated = true; continue; }
        best.set(step.urn, { probability: reached, why: step.why });
        next.add(step.urn);
      }
    }
    frontier = [...next];
  }
  const reached = [...best].map(([urn, found]) => ({ urn, ...found, resource: graph.resource(urn) }));
  return { reached: reached.sort((a, b) => b.probability - a.probability || (a.urn < b.urn ? -1 : 1)), truncated };
}

const shortName = (urn: string): string => urn.split(/[:/]/).at(-1) ?? urn;

/** Who could get to an entity: the same walk backwards, the entity itself left out. */
export function reverseReach(graph: GraphView, urn: string, isExploitable?: IsExploitable): Walk {
  const start = graph.resource(urn)?.urn ?? urn;
  const found = walk(graph, start, (node) => graph.edgesTo(node).flatMap((edge) => {
    const factor = carries(graph, edge, isExploitable);
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
