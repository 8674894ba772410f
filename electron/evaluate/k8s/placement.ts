import { at } from '#shared/lib/json.ts';
import { podSpecOf } from '#shared/model/k8s-pod.ts';
import { k8sUrn } from '#shared/model/k8s.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { escapesOf, type Escape } from './escape.ts';
import { kindOf } from './grouped.ts';
import { selectsByMap } from './selector.ts';
import { hasEnded, workloadOf, workloadTypes, type Workload } from './workload.ts';

export const isNode = (urn: string): boolean => /^k8s:.+\/node\/[^/]+$/.test(urn);
export const nodeUrn = (cluster: string | undefined, name: string): string => k8sUrn({ cluster: cluster ?? '', kind: 'Node', name });

/** Owners of owners are followed this far: a pod's ReplicaSet, that one's Deployment, what makes Deployments. */
const maxOwners = 4;
/** What owns a pod, up to the controller that a person wrote. */
export const ownersOf = (graph: GraphView, urn: string, depth = 0): readonly string[] =>
  (depth >= maxOwners ? [] : graph.edgesTo(urn, 'CONTAINS').filter((e) => e.reason === 'owner').flatMap((e) => [e.source, ...ownersOf(graph, e.source, depth + 1)]));
/** The running pods that a controller owns. */
export function podsOf(graph: GraphView, urn: string, depth = 0): readonly StoredResource[] {
  const owned = depth >= maxOwners ? [] : graph.edgesFrom(urn, 'CONTAINS').filter((e) => e.reason === 'owner').flatMap((e) => graph.resource(e.target) ?? []);
  return owned.flatMap((part) => (part.type !== 'K8s::Pod' ? podsOf(graph, part.urn, depth + 1) : hasEnded(part) ? [] : [part]));
}

/** Urns of the nodes of a workload: the one that it, its template or its pods name, else, not sure, those of its cluster that its selector leaves. */
export function nodesOf(graph: GraphView, { resource, cluster, node }: Workload): { readonly nodes: readonly string[]; readonly isSure: boolean } {
  const named = [...new Set(node !== undefined ? [node] : podsOf(graph, resource.urn).flatMap((pod) => workloadOf(graph, pod)?.node ?? []))];
  if (named.length > 0) return { nodes: named.map((name) => nodeUrn(cluster, name)), isSure: true };
  const selector = at(podSpecOf(kindOf(resource), resource.config), 'nodeSelector');
  const fit = graph.ofType('K8s::Node', { account: cluster }).filter((n) => selector === undefined || selector === null || selectsByMap(selector, { labels: n.tags, complete: true }) !== 'no');
  return { nodes: fit.map((n) => n.urn), isSure: false };
}

export interface WayOut { readonly escape: Escape; readonly nodes: readonly string[]; readonly isSure: boolean }
/** The easiest way out of a workload's containers, and where it ends; none out of what has ended. */
export function wayOut(graph: GraphView, resource: StoredResource): WayOut | undefined {
  const [escape] = workloadTypes.includes(resource.type) ? escapesOf(resource) : [], workload = escape && workloadOf(graph, resource);
  return !escape || !workload || workload.ended ? undefined : { escape, ...nodesOf(graph, workload) };
}
