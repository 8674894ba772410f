import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { blockedWays } from '../graph/blocked-ways.ts';
import { graphQueries, type GraphQueries } from '../graph/graph-queries.ts';
import { nodeViews, type NodeViews } from '../graph/node-view.ts';
import { chokesOf, pathId, pathView } from '../graph/path-view.ts';
import type { AttackPath } from '#electron/pipeline/graph/attack-path.ts';
import type { InputOf, OutputOf } from '../procedure.ts';

/** Nodes that a picture starts with; more come by expanding. */
const MOST_NODES = 150;

const unknownEntity = (urn: string): Result<never> => err(`${urn} is not in the graph`);

/** The node that an id means: a resource, or an end of an edge that is not inventoried (the internet, a principal outside). */
const nodeIn = ({ view, graph }: GraphQueries, id: string): string | undefined => view.resource(id)?.urn ?? (graph.idOf(id) === undefined ? undefined : id);

/** One hop around a node, in pages; `hidden` counts the neighbours behind this page. */
export function expandNode(app: App, input: InputOf<'graph.expand'>): Result<OutputOf<'graph.expand'>> {
  const queries = graphQueries(app), urn = nodeIn(queries, input.urn);
  if (urn === undefined) return unknownEntity(input.urn);
  const { node } = nodeViews(app, queries), { total, shown, hidden } = queries.neighbours(urn, input);
  return ok({ nodes: [urn, ...shown.map((n) => n.urn)].map(node), edges: shown.flatMap((n) => n.edges), total, hidden, truncated: hidden > 0, graph_version: queries.version });
}

/** What surrounds a node, nearest first, at most 150 nodes with the edges between them. */
export function aroundNode(app: App, input: InputOf<'graph.around'>): Result<OutputOf<'graph.around'>> {
  const queries = graphQueries(app), start = queries.view.resource(input.urn)?.urn;
  if (start === undefined) return unknownEntity(input.urn);
  const { upstream, downstream, ingress, egress, identity, blast, truncated } = queries.slice(start, input.depth);
  const parts = [upstream, downstream, ingress, egress, identity, blast];
  const distance = new Map<string, number>();
  for (const node of parts.flatMap((p) => p.nodes)) distance.set(node.urn, Math.min(node.distance, distance.get(node.urn) ?? Infinity));
  const urns = [...distance].toSorted((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([urn]) => urn);
  const shown = new Set(urns.slice(0, MOST_NODES)), { node } = nodeViews(app, queries);
  const edges = new Map(parts.flatMap((p) => p.edges).map((e) => [`${e.source}\n${e.kind}\n${e.target}`, e]));
  return ok({
    nodes: [...shown].map(node), edges: [...edges.values()].filter((e) => shown.has(e.source) && shown.has(e.target)), total: urns.length, hidden: urns.length - shown.size,
    truncated: truncated || urns.length > shown.size, graph_version: queries.version,
  });
}

/** Ranked attack paths to the crown jewels and administrators, to one entity, or to and through an incident's entity, with what one fix closes and which ways a control closes. */
export function listPaths(app: App, input: InputOf<'graph.paths'>): Result<OutputOf<'graph.paths'>> {
  const started = performance.now(), queries = graphQueries(app);
  const about = input.incident === undefined ? undefined : app.tables.incidents.get(input.incident)?.incident.entity;
  if (input.incident !== undefined && about === undefined) return err(`there is no incident ${input.incident}`);
  const goal = input.to === undefined ? undefined : queries.view.resource(input.to)?.urn;
  if (input.to !== undefined && goal === undefined) return unknownEntity(input.to);
  const found = queries.paths(goal), entity = about === undefined ? undefined : nodeIn(queries, about);
  const all = entity === undefined ? (about === undefined ? found.paths : []) : throughEntity(queries, entity);
  const paths = all.slice(0, input.limit), views = nodeViews(app, queries);
  const blocked = blockedWays(app, views).filter((b) => about === undefined ? goal === undefined || b.node.urn === goal : b.node.urn === (entity ?? about));
  const counts = Map.groupBy(found.paths, (p) => p.target);
  return ok({
    paths: paths.map((path) => pathView(path, queries, views)), total: all.length, ...chokesOf(paths, views), blocked,
    targets: [...counts].map(([urn, own]) => ({ urn, name: views.node(urn).name, what: own[0]?.what ?? '', paths: own.length })).toSorted((a, b) => b.paths - a.paths || (a.urn < b.urn ? -1 : 1)),
    truncated: found.truncated, caps: found.caps, why: all.length > 0 ? null : whyNone(found, about === undefined ? undefined : entity ?? null),
    nodes_total: queries.graph.nodeCount, edges_total: found.edges, ms: Math.round((performance.now() - started) * 10) / 10, graph_version: queries.version, as_of: found.as_of,
  });
}

/** Paths of the workspace that an entity lies on, and those that lead to it. */
function throughEntity(queries: GraphQueries, entity: string): readonly AttackPath[] {
  const through = queries.paths().paths.filter((p) => p.source === entity || p.hops.some((h) => h.target === entity));
  const ids = new Set(through.map(pathId));
  return [...through, ...queries.paths(entity).paths.filter((p) => !ids.has(pathId(p)))].toSorted((a, b) => b.rank - a.rank || a.hops.length - b.hops.length || (pathId(a) < pathId(b) ? -1 : 1));
}

function whyNone(found: { readonly targets: number }, entity: string | null | undefined): string {
  if (entity === null) return 'the incident is about something that is not in the inventory';
  if (entity !== undefined) return 'no attack path leads to or through what the incident is about';
  return found.targets === 0 ? 'there is nothing to protect: the policy names no crown jewels and no identity is an administrator' : `no path leads to any of the ${found.targets} targets`;
}

/** One path by its id. */
export function getPath(app: App, input: InputOf<'graph.path'>): Result<OutputOf<'graph.path'>> {
  const queries = graphQueries(app);
  const candidates = [queries.paths(), ...(input.to === undefined ? [] : [queries.paths(queries.view.resource(input.to)?.urn ?? input.to)])];
  for (const { paths } of candidates) {
    const path = paths.find((p) => pathId(p) === input.id);
    if (!path) continue;
    const views: NodeViews = nodeViews(app, queries);
    return ok({ path: pathView(path, queries, views), choke_points: chokesOf(paths.filter((p) => p.target === path.target), views).choke_points, graph_version: queries.version });
  }
  return err(`there is no attack path ${input.id} in this version of the graph`);
}

/** The toxic combinations of the workspace, or of one entity. */
export function listCombinations(app: App, input: InputOf<'graph.combinations'>): Result<OutputOf<'graph.combinations'>> {
  const queries = graphQueries(app), { node } = nodeViews(app, queries), entity = input.entity === undefined ? undefined : nodeIn(queries, input.entity) ?? input.entity;
  const combinations = queries.toxic().filter((t) => entity === undefined || t.entity === entity).map((t) => ({ ...t, name: node(t.entity).name }));
  return ok({ combinations, graph_version: queries.version });
}
