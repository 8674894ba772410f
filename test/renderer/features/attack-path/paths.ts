import { meaningOfNode } from '#shared/model/graph-meaning.ts';
import type { EdgeKind, NodeKind } from '#shared/model/resource.ts';
import type { AttackPathView, GraphSlice, PathHop, PathNode } from '#shared/rpc/graph-schemas.ts';

/** A node whose name tells its kind: `vm-1`, `identity-a`, `bucket-x`, `internet`. */
export function node(urn: string, more: Partial<PathNode> = {}): PathNode {
  const kind = (urn.split('-')[0] ?? 'other') as NodeKind;
  return { urn, name: urn, kind, type: kind === 'identity' ? 'AWS::IAM::Role' : '', lane: meaningOfNode(kind).lane, account: null, production: null, sensitive: null, severity: null, note: '', crown_jewel: false, degree: 0, ...more };
}
export const hop = (from: string, to: string, more: Partial<PathHop> = {}): PathHop => ({ from, to, kind: 'CAN_ASSUME' as EdgeKind, kinds: ['CAN_ASSUME'], verb: 'can assume', cost: 1, reason: '', provenance: 'observed', condition: null, techniques: [], via: null, ...more });
/** A path over nodes of these urns. */
export function path(id: string, urns: readonly string[], more: Partial<AttackPathView> = {}): AttackPathView {
  return { id, title: id, rank: 50, cost: 1, what: 'crown jewel', freshness: 1, confidence: 1, nodes: urns.map((u) => node(u)), hops: urns.slice(1).map((to, i) => hop(urns[i] ?? '', to)), ...more };
}
export const slice = (nodes: readonly PathNode[], edges: GraphSlice['edges'], more: Partial<GraphSlice> = {}): GraphSlice => ({ nodes, edges, total: nodes.length - 1, hidden: 0, truncated: false, graph_version: 1, ...more });
