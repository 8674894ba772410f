import type { Edge, EdgeKind, GraphView, StoredResource } from '#shared/model/resource.ts';
import type { GcpKnowledge } from '../gcp/knowledge.ts';
import { cloudLinks } from './cloud-link.ts';
import { escapesOf } from './escape.ts';
import { kindOf } from './grouped.ts';
import { gained, isMaster, k8sEscalations, k8sTier, type Gain } from './identity.ts';
import { evaluateK8sIngress } from './ingress.ts';
import { nodeLinksForEdges } from './node-link.ts';
import { grantsOf, requesterOf } from './rbac-grants.ts';
import { workloadOf, workloadTypes } from './workload.ts';

/** Edges of one kind from one identity are cut here; the rest is said by the edge to the cluster. */
const maxTargets = 300;

const edgeKinds: Readonly<Record<Gain, EdgeKind>> = { cluster: 'CAN_ADMIN', service_accounts: 'PRIVESC', pods: 'CAN_EXEC', secrets: 'CAN_READ', nodes: 'CAN_EXEC' };

/** What an identity of a cluster can get at: its administrators the whole cluster, others what their primitives give in their namespaces; and identities of clouds. */
export function k8sIdentityEdges(graph: GraphView, resource: StoredResource, knowledge: GcpKnowledge): readonly Edge[] {
  const links = resource.type === 'K8s::ServiceAccount' ? cloudLinks(graph, resource, knowledge).map((link): Edge => ({ ...edge(resource, 'CAN_ASSUME', link.target, link.why, link.cost), ...(link.conditional && { condition: JSON.stringify({ trust: link.target }) }) })) : [];
  const requester = requesterOf(graph, resource.urn);
  if (!requester) return links;
  const grants = grantsOf(graph, requester), escalations = k8sEscalations(grants);
  const edges = new Map(links.map((e) => [`${e.kind} ${e.target}`, e]));
  const add = (e: Edge): void => { if (e.target !== resource.urn && !edges.has(`${e.kind} ${e.target}`)) edges.set(`${e.kind} ${e.target}`, e); };
  const top = escalations.find((e) => e.gain === 'cluster' || e.namespace === undefined) ?? escalations[0];
  if (k8sTier(requester, grants, escalations) === 'tier0') add(edge(resource, 'CAN_ADMIN', `k8s:${requester.cluster ?? 'cluster'}`, isMaster(requester) ? 'system:masters' : top?.text ?? 'administrator', 1));
  for (const e of escalations) for (const target of gained(graph, requester.cluster, e, maxTargets)) add(edge(resource, edgeKinds[e.gain], target.urn, e.text, e.gain === 'nodes' ? 2 : 1));
  return [...edges.values()];
}

const edge = (source: StoredResource, kind: EdgeKind, target: string, reason: string, cost: number): Edge => ({ source: source.urn, kind, target, derived: true, provenance: source.provenance, cost, reason });

const adminPorts = new Set([21, 22, 23, 135, 139, 445, 1433, 1521, 2375, 2379, 3306, 3389, 5432, 5900, 5985, 5986, 6379, 6443, 9200, 10250, 11211, 27017]);

/** Ways from a workload: in from the internet, out to its node, to its node's role; a node's to the pods on it. */
export function k8sWorkloadEdges(graph: GraphView, resource: StoredResource): readonly Edge[] {
  if (resource.type === 'K8s::Node') {
    return graph.edgesTo(resource.urn, 'ATTACHED_TO').flatMap((e) => graph.resource(e.source) ?? []).filter((p) => p.type === 'K8s::Pod').slice(0, maxTargets).map((pod) => edge(resource, 'CAN_EXEC', pod.urn, 'whoever holds the node holds the pods on it', 1));
  }
  const edges: Edge[] = [];
  if (resource.type === 'K8s::Service' || workloadTypes.includes(resource.type)) {
    const { reachable, open } = evaluateK8sIngress(graph, resource.urn);
    if (reachable.answer === 'yes') edges.push({ ...edge(resource, 'NET_REACH', resource.urn, `${reachable.via ?? 'reachable'}${open.length > 0 ? ` (${open.slice(0, 5).map((o) => `${o.protocol} ${o.from}`).join(', ')})` : ''}`, open.some((o) => adminPorts.has(o.from)) ? 3 : 6), source: 'internet' });
  }
  const workload = workloadOf(graph, resource);
  if (!workload) return edges;
  const [escape] = escapesOf(resource);
  // Pods that a controller makes may run on any node.
  const nodes = escape ? graph.ofType('K8s::Node', { account: resource.account }).filter((n) => kindOf(resource) !== 'Pod' || workload.node === undefined || n.name === workload.node).slice(0, 20) : [];
  if (escape) edges.push(...nodes.map((node) => edge(resource, 'ESCAPES_TO', node.urn, `${escape.id}: ${escape.text}`, escape.cost)));
  edges.push(...nodeLinksForEdges(graph, workload).map((link): Edge => ({ ...edge(resource, 'CAN_ASSUME', link.target, link.why, link.cost), ...(link.conditional && { condition: JSON.stringify({ metadata: 'the node, options or policies are not known' }) }) })));
  return edges;
}

export const k8sIdentityTypes: readonly string[] = ['K8s::ServiceAccount', 'K8s::User', 'K8s::Group'];
export const k8sWorkloadTypes: readonly string[] = [...workloadTypes, 'K8s::Service', 'K8s::Node'];
