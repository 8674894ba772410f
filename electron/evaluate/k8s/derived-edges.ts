import { conditionCost } from '#shared/model/graph-meaning.ts';
import type { Edge, EdgeKind, GraphView, StoredResource } from '#shared/model/resource.ts';
import type { GcpKnowledge } from '../gcp/knowledge.ts';
import { cloudLinks } from './cloud-link.ts';
import { asAnyone, conditionOf, gainedEdges } from './gains.ts';
import { evaluateK8sIngress } from './ingress.ts';
import { nodeLinksForEdges } from './node-link.ts';
import { wayOut } from './placement.ts';
import { requesterOf } from './rbac-grants.ts';
import { hasEnded, withheldToken, workloadOf, workloadTypes } from './workload.ts';

/** Edges of one kind from one identity are cut here; the rest is said by the edge to the cluster. */
export const maxTargets = 300;
/** Pods that may run anywhere escape to so many nodes. */
const maxNodes = 20;

/** What an identity of a cluster can get at: its administrators the whole cluster, others what their primitives give in their namespaces; and identities of clouds. */
export function k8sIdentityEdges(graph: GraphView, resource: StoredResource, knowledge: GcpKnowledge): readonly Edge[] {
  const links = resource.type === 'K8s::ServiceAccount' ? cloudLinks(graph, resource, knowledge).map((link): Edge => ({ ...edge(resource, 'CAN_ASSUME', link.target, link.why, link.cost), ...(link.conditional && { condition: JSON.stringify({ trust: link.target }) }) })) : [];
  const requester = requesterOf(graph, resource.urn);
  const gained = requester ? gainedEdges(graph, requester, { source: resource.urn, provenance: resource.provenance }, maxTargets) : [];
  return [...new Map([...gained, ...links].map((e) => [`${e.kind} ${e.target}`, e])).values()];
}

const edge = (source: Pick<StoredResource, 'urn' | 'provenance'>, kind: EdgeKind, target: string, reason: string, cost: number): Edge => ({ source: source.urn, kind, target, derived: true, provenance: source.provenance, cost, reason });

const controlPlane = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
/** What holds a node: the running pods on it, and on one of the control plane the keys of the cluster (Kubernetes documentation, "Well-Known Labels", "PKI certificates and requirements"). */
export function nodeEdges(graph: GraphView, urn: string, provenance: Edge['provenance'], limit: number): readonly Edge[] {
  const node = graph.resource(urn), pods = graph.edgesTo(urn, 'ATTACHED_TO').flatMap((e) => graph.resource(e.source) ?? []).filter((p) => p.type === 'K8s::Pod' && !hasEnded(p)).slice(0, limit);
  const from = { urn, provenance }, keys = node && controlPlane.some((label) => node.tags[label] !== undefined) ? [edge(from, 'CAN_ADMIN', `k8s:${node.account ?? 'cluster'}`, 'a node of the control plane holds the keys of the cluster', 1)] : [];
  return [...keys, ...pods.map((pod) => edge(from, 'CAN_EXEC', pod.urn, 'whoever holds the node holds the pods on it', 1))];
}

/** Ways out of a workload's containers to its nodes; where they are not told, under that condition. */
export function escapeEdges(graph: GraphView, resource: StoredResource, limit: number): readonly Edge[] {
  const way = wayOut(graph, resource);
  if (!way) return [];
  const { escape, isSure } = way, condition = conditionOf({ what: 'which node it runs on', entity: resource.urn, supply: 'kubectl get pods -A -o json' });
  return way.nodes.slice(0, limit).map((node) => ({ ...edge(resource, 'ESCAPES_TO', node, `${escape.id}: ${escape.text}`, isSure ? escape.cost : escape.cost + conditionCost), ...(!isSure && { condition }) }));
}

const adminPorts = new Set([21, 22, 23, 135, 139, 445, 1433, 1521, 2375, 2379, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 6443, 9200, 10250, 11211, 27017]);

/** Ways from a workload: in from the internet, out to its node, to its node's role, without a token of its account to what anyone may; a node's to the pods on it. */
export function k8sWorkloadEdges(graph: GraphView, resource: StoredResource): readonly Edge[] {
  if (resource.type === 'K8s::Node') {
    return nodeEdges(graph, resource.urn, resource.provenance, maxTargets);
  }
  const edges: Edge[] = [];
  if (resource.type === 'K8s::Service' || workloadTypes.includes(resource.type)) {
    const { reachable, open } = evaluateK8sIngress(graph, resource.urn);
    if (reachable.answer === 'yes') edges.push({ ...edge(resource, 'NET_REACH', resource.urn, `${reachable.via ?? 'reachable'}${open.length > 0 ? ` (${open.slice(0, 5).map((o) => `${o.protocol} ${o.from}`).join(', ')})` : ''}`, open.some((o) => adminPorts.has(o.from)) ? 3 : 6), source: 'internet' });
  }
  const workload = workloadOf(graph, resource);
  if (!workload) return edges;
  edges.push(...escapeEdges(graph, resource, maxNodes), ...(withheldToken(graph, resource) ? asAnyone(graph, { cluster: workload.cluster, user: undefined }, { source: resource.urn, provenance: resource.provenance }) : []));
  edges.push(...nodeLinksForEdges(graph, workload).map((link): Edge => ({ ...edge(resource, 'CAN_ASSUME', link.target, link.why, link.cost), ...(link.conditional && { condition: JSON.stringify({ metadata: 'the node, options or policies are not known' }) }) })));
  return edges;
}

export const k8sIdentityTypes: readonly string[] = ['K8s::ServiceAccount', 'K8s::User', 'K8s::Group'];
export const k8sWorkloadTypes: readonly string[] = [...workloadTypes, 'K8s::Service', 'K8s::Node'];
