import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { aliasIndex, loadCompact } from '#electron/evaluate/compact-load.ts';
import type { Edge, EdgeKind, GraphView, Resource, StoredResource } from '#shared/model/resource.ts';

/** What a test writes of a resource; the rest is filled in. */
export type ResourceDraft = Partial<Resource> & Pick<Resource, 'urn' | 'type' | 'kind'>;

const byUrn = (a: { readonly urn: string }, b: { readonly urn: string }): number => (a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0);

function complete(draft: ResourceDraft, index: number): StoredResource {
  return {
    aliases: [], tags: {}, deleted: false, config: {}, source: 'test', provenance: 'observed', ...draft,
    hash: `hash-${index}`, ref: { raw_id: 'raw-test', record: index, pointer: '' },
  };
}

/** Groups edges by one of their ends, as the canonical urn. */
function groupEdges(edges: readonly Edge[], end: (edge: Edge) => string): ReadonlyMap<string, readonly Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const edge of edges) {
    const key = end(edge);
    const group = groups.get(key);
    if (group) group.push(edge); else groups.set(key, [edge]);
  }
  return groups;
}

/**
 * An in-memory graph for tests, with the semantics of `GraphView`: sorted by urn whatever the order given, aliases resolve (ambiguous ones
 * only with an account), deleted resources are closed, edge ends that are aliases are resolved to the urn.
 * @param resources drafts; `aliases`, `tags`, `config`, … have defaults.
 * @param edges drafts; `derived` defaults to false, `provenance` to observed.
 */
export function graphOf(
  resources: readonly ResourceDraft[],
  edges: readonly (Partial<Edge> & Pick<Edge, 'source' | 'kind' | 'target'>)[] = [],
): GraphView {
  const open = resources.map(complete).filter((r) => !r.deleted).sort(byUrn);
  const byId = new Map(open.map((r) => [r.urn, r]));
  const byAlias = new Map<string, StoredResource[]>();
  for (const r of open) for (const alias of new Set(r.aliases)) byAlias.set(alias, [...(byAlias.get(alias) ?? []), r]);
  const resource = (id: string, account?: string): StoredResource | undefined => {
    const exact = byId.get(id);
    if (exact) return exact;
    const named = byAlias.get(id) ?? [];
    if (named.length === 1) return account === undefined || named[0]?.account === undefined || named[0].account === account ? named[0] : undefined;
    const own = named.filter((r) => account !== undefined && r.account === account);
    return own.length === 1 ? own[0] : undefined;
  };
  const canonical = (id: string): string => resource(id)?.urn ?? id;
  const full: Edge[] = edges.map((e) => ({ derived: false, provenance: 'observed', ...e, source: canonical(e.source), target: canonical(e.target) }));
  const from = groupEdges(full, (e) => e.source), to = groupEdges(full, (e) => e.target);
  const ofKind = (group: readonly Edge[] | undefined, kind: EdgeKind | undefined): readonly Edge[] =>
    (group ?? []).filter((e) => kind === undefined || e.kind === kind);
  return {
    version: 1,
    resource,
    ofType: (type, scope) => open.filter((r) => r.type === type
      && (scope?.account === undefined || (r.account ?? '') === scope.account) && (scope?.region === undefined || r.region === scope.region)),
    edgesFrom: (urn, kind) => ofKind(from.get(urn), kind),
    edgesTo: (urn, kind) => ofKind(to.get(urn), kind),
  };
}

/** The same graph in arrays. */
export function compactOf(resources: readonly ResourceDraft[], edges: readonly (Partial<Edge> & Pick<Edge, 'source' | 'kind' | 'target'>)[] = []): CompactGraph {
  const aliases = aliasIndex(resources.flatMap((r) => (r.aliases ?? []).map((alias) => ({ alias, urn: r.urn, ...(r.account !== undefined && { account: r.account }) }))));
  return loadCompact(resources.filter((r) => r.deleted !== true).map(({ urn, kind, type, name, account }) => ({ urn, kind, type, ...(name !== undefined && { name }), ...(account !== undefined && { account }) })), aliases, edges.map((e) => ({ derived: false, provenance: 'observed', ...e })));
}
