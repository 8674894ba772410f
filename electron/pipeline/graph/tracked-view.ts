import type { Edge, EdgeKind, GraphView, StoredResource } from '#shared/model/resource.ts';
import { recentCache } from '#shared/lib/recent-cache.ts';
import { ec2IdOf } from '#shared/lib/arn.ts';
import { edgesKey, setKey } from './inputs.ts';

/** Lists by type and account that are kept: those of two accounts or three. Groups come sorted, an account after the other. */
const MOST_LISTS = 100;

export interface Tracked { readonly view: GraphView; readonly inputs: ReadonlySet<string> }

/**
 * Views of one graph that note what is read through them. They share what they hand out, so that look-ups which evaluators keep by list
 * identity are built once. Derived edges are left out: no derivation may depend on the order in which others ran.
 */
export function trackedViews(graph: GraphView): () => Tracked {
  // Every account asks for the whole estate's lists; an account's own are of use while it is being looked at.
  const whole = new Map<string, readonly StoredResource[]>(), scoped = recentCache<readonly StoredResource[]>(MOST_LISTS);
  const observed = (edges: readonly Edge[]): readonly Edge[] => edges.filter((e) => !e.derived);
  return () => {
    const inputs = new Set<string>();
    const note = (edges: readonly Edge[], end: (edge: Edge) => string): readonly Edge[] => {
      for (const edge of edges) inputs.add(end(edge));
      return edges;
    };
    const view: GraphView = {
      version: graph.version,
      resource(id, account) {
        const found = graph.resource(id, account);
        inputs.add(id);
        if (found) inputs.add(found.urn);
        // What may come to be meant by it.
        const ec2 = found?.urn === id ? undefined : ec2IdOf(id);
        if (ec2) inputs.add(ec2.id);
        return found;
      },
      ofType(type, scope) {
        const key = setKey(type, scope?.account, scope?.region);
        inputs.add(key);
        const lists = scope?.account === undefined ? whole : scoped;
        let all = lists.get(key);
        if (!all) { all = graph.ofType(type, scope); lists.set(key, all); }
        return all;
      },
      edgesFrom(urn: string, kind?: EdgeKind) { inputs.add(edgesKey(urn)); return note(observed(graph.edgesFrom(urn, kind)), (e) => e.target); },
      edgesTo(urn: string, kind?: EdgeKind) { inputs.add(edgesKey(urn)); return note(observed(graph.edgesTo(urn, kind)), (e) => e.source); },
    };
    return { view, inputs };
  };
}
