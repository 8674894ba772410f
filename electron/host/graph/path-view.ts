import { hash } from 'node:crypto';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import type { AttackHop, AttackPath } from '#electron/pipeline/graph/attack-path.ts';
import { chokeNode, chokePoints } from '#electron/pipeline/graph/choke-points.ts';
import { meaningOfEdge } from '#shared/model/graph-meaning.ts';
import type { AttackPathView, AttackPathsView, ChokePointView, PathHop, PathNode } from '#shared/rpc/graph-schemas.ts';
import type { GraphQueries } from './graph-queries.ts';
import type { NodeViews } from './node-view.ts';
import { fixOfNode, fixOfStep } from './path-fix.ts';

/** A path's id: its steps. The same path has the same id in every version of the graph. */
export const pathId = (path: AttackPath): string => hash('sha256', JSON.stringify(path.hops.map((h) => [h.source, h.kind, h.target])), 'hex').slice(0, 16);

/** A path as the screen shows it. */
export function pathView(path: AttackPath, queries: GraphQueries, views: NodeViews): AttackPathView {
  const hops = path.hops.map((hop) => hopView(hop, queries, views));
  const nodes = [path.source, ...path.hops.map((h) => h.target)].map((urn) => {
    const node = views.node(urn);
    return urn === path.target && !node.crown_jewel && path.what !== 'asked for' ? views.noted(urn, path.what) : node;
  });
  return { id: pathId(path), title: titleOf(path, nodes), rank: path.rank, cost: path.cost, what: path.what, freshness: path.freshness, confidence: path.confidence, nodes, hops };
}

function titleOf(path: AttackPath, nodes: readonly PathNode[]): string {
  const [entry, first] = nodes, [step] = path.hops;
  const isOutsider = entry?.kind === 'account', name = entry?.name === 'phished' ? 'Phished user' : entry?.name === 'leaked key' ? 'Leaked key' : isOutsider ? 'External' : entry?.name ?? '';
  if (path.hops.length > 1) return `${name} → ${first?.name ?? ''}`;
  return step?.kind === 'CAN_READ' && entry?.kind === 'internet' ? `${name}, anonymous read` : isOutsider ? 'External account' : `${name}, ${step === undefined ? '' : meaningOfEdge(step.kind).verb}`;
}

function hopView(hop: AttackHop, queries: GraphQueries, views: NodeViews): PathHop {
  const isAnonymous = hop.source === 'internet' && hop.kind !== 'NET_REACH';
  return {
    from: hop.source, to: hop.target, kind: hop.kind, kinds: hop.kinds, verb: isAnonymous ? `${meaningOfEdge(hop.kind).verb}, anonymous` : meaningOfEdge(hop.kind).verb, cost: hop.cost, reason: hop.why, provenance: hop.provenance, condition: hop.condition ?? null,
    techniques: hop.techniques, via: hop.kind === 'NET_REACH' && hop.source === 'internet' ? doorOf(hop, queries, views) : null,
  };
}

/** The network control that lets the internet through to a node, e.g. the security group with its open port. */
function doorOf(hop: AttackHop, { view }: GraphQueries, views: NodeViews): PathNode | null {
  const { reachable, open } = evaluateIngress(view, hop.target);
  const door = reachable.answer === 'yes' ? reachable.reasons.findLast((r) => r.rule === 'security_group' && view.resource(r.source) !== undefined) : undefined;
  if (!door) return null;
  const [first] = open;
  return views.noted(door.source, first && first.from >= 0 ? `0.0.0.0/0:${first.from === first.to ? first.from : `${first.from}-${first.to}`}` : '0.0.0.0/0');
}

/** Where one change closes most of some paths. */
export function chokesOf(paths: readonly AttackPath[], views: NodeViews): { readonly choke_points: readonly ChokePointView[]; readonly choke_node: AttackPathsView['choke_node'] } {
  const ids = paths.map(pathId), idsAt = (places: readonly number[]): readonly string[] => places.flatMap((place) => ids[place] ?? []);
  const points = chokePoints(paths).map((c): ChokePointView => {
    const reason = paths.flatMap((p) => p.hops).find((h) => h.source === c.source && h.target === c.target)?.why ?? '';
    return { from: c.source, to: c.target, kind: c.kind, closes: idsAt(c.closes), of: paths.length, cuts: c.cuts, ...fixOfStep(c.kind, views.node(c.source).name, views.node(c.target).name, reason) };
  });
  const node = chokeNode(paths);
  if (!node) return { choke_points: points, choke_node: null };
  const into = [...new Map(paths.flatMap((p) => p.hops).filter((h) => h.target === node.urn).map((h) => [h.source, h.kind])).entries()];
  const [only] = into, name = views.node(node.urn).name;
  const fix = only && into.length === 1 ? fixOfStep(only[1], views.node(only[0]).name, name, paths.flatMap((p) => p.hops).find((h) => h.source === only[0] && h.target === node.urn)?.why ?? '') : fixOfNode(into.map(([, kind]) => kind), name, into.length);
  return { choke_points: points, choke_node: { urn: node.urn, closes: idsAt(node.closes), ...fix } };
}
