import type { Edge, EdgeKind, GraphView } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';

/** Chains of identities are followed this far (design 5-graph §3). */
const maxDepth = 6;

export interface Chain { readonly edges: readonly Edge[]; readonly isConditional: boolean }
/** The edges that a chain may go over from a place. */
export type EdgesFrom = (urn: string) => readonly Edge[];

/** The edges of these kinds of a graph. */
export const edgesOver = (graph: GraphView, kinds: readonly EdgeKind[]): EdgesFrom => (urn) => graph.edgesFrom(urn).filter((e) => kinds.includes(e.kind));

/** The shortest chain from any of the starts to an end, of at most six edges; one without conditions is preferred to any with. */
export function chainTo(starts: readonly string[], isEnd: (edge: Edge) => boolean, edgesFrom: EdgesFrom): Chain | undefined {
  return search(starts, isEnd, (urn) => edgesFrom(urn).filter((e) => e.condition === undefined)) ?? search(starts, isEnd, edgesFrom);
}

/** A chain of any length, shortest first, over edges with conditions too: where `chainTo` has none, it is one that is too long to follow. */
export const longChainTo = (starts: readonly string[], isEnd: (edge: Edge) => boolean, edgesFrom: EdgesFrom): Chain | undefined => search(starts, isEnd, edgesFrom, Infinity);
/** What an answer lacks that hangs on such a chain. */
export const tooLong = ({ edges }: Chain): Missing => ({ what: `a chain longer than six steps (it takes ${edges.length})`, entity: edges[0]?.source ?? '', supply: 'a person who follows it' });

/** The starts and all that chains of any length from them lead to, over edges with conditions too. */
export function chainsFrom(starts: readonly string[], edgesFrom: EdgesFrom): ReadonlySet<string> {
  const seen = new Set(starts);
  search(starts, (edge) => { seen.add(edge.target); return false; }, edgesFrom, Infinity);
  return seen;
}

function search(starts: readonly string[], isEnd: (edge: Edge) => boolean, edgesFrom: EdgesFrom, longest = maxDepth): Chain | undefined {
  const seen = new Set(starts);
  let frontier: readonly (readonly [string, readonly Edge[]])[] = starts.map((urn) => [urn, []]);
  for (let depth = 0; depth < longest && frontier.length > 0; depth++) {
    const next: (readonly [string, readonly Edge[]])[] = [];
    for (const [urn, edges] of frontier) {
      for (const edge of edgesFrom(urn)) {
        if (seen.has(edge.target)) continue;
        const path = [...edges, edge];
        if (isEnd(edge)) return { edges: path, isConditional: path.some((e) => e.condition !== undefined) };
        seen.add(edge.target);
        next.push([edge.target, path]);
      }
    }
    frontier = next;
  }
  return undefined;
}
