import { hash } from 'node:crypto';
import { sliceOf } from '#electron/pipeline/graph/slice.ts';
import { environmentOf, sensitivityOf } from '#electron/tools/facts/environment.ts';
import type { Edge, GraphView } from '#shared/model/resource.ts';
import { formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { cached, readGraph } from '../snapshot-cache.ts';
import { findPaths } from './paths.ts';

type PathNode = OutputOf<'graph.expand'>['nodes'][number];
/** Nodes that a picture starts with; more come by expanding. */
const MOST_NODES = 150;

function nodeOf(app: App, graph: GraphView, urn: string): PathNode {
  const { policy } = cached(app, 'policy', () => app.tables.policies.current());
  const resource = graph.resource(urn);
  if (!resource) return { urn, name: urn === 'internet' ? 'Internet' : urn.split(/[:/]/).at(-1) ?? urn, kind: urn === 'internet' ? 'internet' : 'other', type: '', production: null, sensitive: null };
  const production = environmentOf(resource, urn, resource.account, policy).production, sensitive = sensitivityOf(resource, urn, policy).sensitive;
  return { urn: resource.urn, name: resource.name ?? resource.urn, kind: resource.kind, type: resource.type, production: production === 'unknown' ? null : production, sensitive: sensitive === 'unknown' ? null : sensitive };
}

const unknownEntity = (urn: string): Result<never> => err(`${urn} is not in the graph`);

/** One hop around a node, in pages, in the order of the neighbours' ids; `hidden` counts the neighbours behind this page. */
export function expandNode(app: App, input: InputOf<'graph.expand'>): Result<OutputOf<'graph.expand'>> {
  const graph = readGraph(app);
  const start = graph.resource(input.urn)?.urn ?? (input.urn === 'internet' ? input.urn : undefined);
  if (start === undefined) return unknownEntity(input.urn);
  const byOther = new Map<string, Edge[]>();
  for (const edge of [...graph.edgesFrom(start), ...graph.edgesTo(start)]) {
    const other: string = edge.source === start ? edge.target : edge.source;
    if (other !== start) byOther.set(other, [...(byOther.get(other) ?? []), edge]);
  }
  const others = [...byOther.keys()].toSorted(), end = input.offset + input.limit;
  const shown = others.slice(input.offset, end);
  return ok({ nodes: [start, ...shown].map((urn) => nodeOf(app, graph, urn)), edges: shown.flatMap((urn) => byOther.get(urn) ?? []), hidden: Math.max(0, others.length - end), truncated: others.length > end });
}

/** What surrounds a node, nearest first, at most 150 nodes with the edges between them. */
export function aroundNode(app: App, input: InputOf<'graph.around'>): Result<OutputOf<'graph.around'>> {
  const graph = readGraph(app);
  if (!graph.resource(input.urn)) return unknownEntity(input.urn);
  const { upstream, downstream, ingress, egress, identity, blast, truncated } = sliceOf(graph, input.urn, input.depth);
  const parts = [upstream, downstream, ingress, egress, identity, blast];
  const distance = new Map<string, number>();
  for (const node of parts.flatMap((p) => p.nodes)) distance.set(node.urn, Math.min(node.distance, distance.get(node.urn) ?? Infinity));
  const urns = [...distance].toSorted((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).map(([urn]) => urn);
  const shown = new Set(urns.slice(0, MOST_NODES));
  const edges = new Map(parts.flatMap((p) => p.edges).map((e) => [`${e.source}\n${e.kind}\n${e.target}`, e]));
  return ok({ nodes: [...shown].map((urn) => nodeOf(app, graph, urn)), edges: [...edges.values()].filter((e) => shown.has(e.source) && shown.has(e.target)), hidden: urns.length - shown.size, truncated: truncated || urns.length > shown.size });
}

/** One node with its configuration as recorded. */
export function getNode(app: App, input: InputOf<'graph.node'>): Result<OutputOf<'graph.node'>> {
  const resource = readGraph(app).resource(input.urn);
  if (!resource) return unknownEntity(input.urn);
  const observed = resource.observed_us ?? resource.captured_us;
  return ok({
    urn: resource.urn, name: resource.name ?? resource.urn, kind: resource.kind, type: resource.type, account: resource.account ?? null, region: resource.region ?? null, tags: resource.tags,
    observed: observed === undefined ? null : formatTime(observed), source: resource.source, config: resource.config,
  });
}

/** Ranked attack paths to the crown jewels and administrators, or to one entity, with what one fix would close. */
export function listPaths(app: App, input: InputOf<'graph.paths'>): Result<OutputOf<'graph.paths'>> {
  const found = cached(app, `paths ${input.to ?? ''}`, () => findPaths(app, input));
  if (!found.ok) return found;
  const graph = readGraph(app);
  const provenanceOf = (source: string, kind: string, target: string): string => graph.edgesFrom(source).find((e) => e.kind === kind && e.target === target)?.provenance ?? 'inferred';
  const paths = found.value.paths.map((path) => {
    const hops = path.hops.map((h) => ({ from: h.source, to: h.target, kind: h.kind, cost: h.cost, reason: h.why, provenance: provenanceOf(h.source, h.kind, h.target), condition: h.condition ?? null }));
    const urns = [...new Set([path.source, ...path.hops.map((h) => h.target)])];
    return { id: hash('sha256', JSON.stringify(hops.map((h) => [h.from, h.kind, h.to])), 'hex').slice(0, 16), rank: path.rank, cost: path.cost, nodes: urns.map((urn) => nodeOf(app, graph, urn)), hops };
  });
  const why = paths.length > 0 ? null : found.value.targets === 0 ? 'there is nothing to protect: the policy names no crown jewels and no identity is an administrator' : `no path leads to any of the ${found.value.targets} targets`;
  return ok({ paths, choke_points: found.value.choke_points.map((c) => ({ from: c.source, to: c.target, kind: c.kind, closes: c.paths })), truncated: found.value.truncated, why });
}
