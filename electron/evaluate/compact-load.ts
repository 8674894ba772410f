import type { Edge } from '#shared/model/resource.ts';
import { CompactGraph, type CompactNode } from './compact-graph.ts';

/** What the names in a graph's edges mean: an alias that several nodes share leads to the one of the account where the relationship was stated. */
export interface AliasIndex { resolve(id: string, account: string | undefined): string | undefined }
export interface Alias { readonly alias: string; readonly urn: string; readonly account?: string }

export function aliasIndex(aliases: Iterable<Alias>): AliasIndex {
  const named = new Map<string, Alias | Alias[]>();
  for (const alias of aliases) {
    const have = named.get(alias.alias);
    if (have === undefined) named.set(alias.alias, alias); else if (Array.isArray(have)) have.push(alias); else named.set(alias.alias, [have, alias]);
  }
  return {
    resolve(id, account) {
      const found = named.get(id);
      if (found === undefined) return undefined;
      if (!Array.isArray(found)) return found.urn;
      const own = found.filter((a) => account !== undefined && a.account === account);
      return own.length === 1 ? own[0]?.urn : undefined;
    },
  };
}

/** An edge with its target as a node of the graph, if an alias leads to one. */
export function resolveEnds(graph: CompactGraph, edge: Edge, aliases: AliasIndex): Edge {
  const target = graph.idOf(edge.target);
  if (target !== undefined && graph.isKnown(target)) return edge;
  const source = graph.idOf(edge.source), urn = aliases.resolve(edge.target, source === undefined ? undefined : graph.accountOf(source));
  return urn === undefined ? edge : { ...edge, target: urn };
}

/** Fills a graph from nodes, aliases and edges, and sorts it. */
export function loadCompact(nodes: Iterable<CompactNode>, aliases: AliasIndex, edges: Iterable<Edge>, expected: { readonly nodes?: number; readonly edges?: number } = {}): CompactGraph {
  const graph = new CompactGraph(expected);
  for (const node of nodes) graph.addNode(node);
  for (const edge of edges) graph.addEdge(resolveEnds(graph, edge, aliases));
  graph.index();
  return graph;
}
