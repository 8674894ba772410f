import type { NodeKind } from '#shared/model/resource.ts';

const kinds: ReadonlyMap<string, NodeKind> = new Map<string, NodeKind>([
  ['Pod', 'pod'], ['Node', 'node'], ['Namespace', 'k8s_ns'], ['Service', 'lb'], ['Ingress', 'lb'], ['Gateway', 'lb'], ['Secret', 'secret_key'],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'].map((k) => [k, 'container_workload'] as const),
  ...['ServiceAccount', 'User', 'Group'].map((k) => [k, 'identity'] as const),
  ...['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'NetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy', 'PodSecurityPolicy',
    'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ValidatingAdmissionPolicy'].map((k) => [k, 'policy'] as const),
]);

/** The graph's word for a kind of Kubernetes object; `other` where it has none. */
export const nodeKindOf = (kind: string): NodeKind => kinds.get(kind) ?? 'other';

/** The type of an object of which nothing but the urn is left, with its cluster; for kinds that something is derived from. */
export function typesOfK8sUrn(urn: string): readonly { readonly type: string; readonly cluster: string }[] {
  const kind = /^k8s:.*\/([a-z]+)\/[^/]+$/.exec(urn)?.[1];
  if (kind === undefined) return [];
  const found = derivedFrom.find((k) => k.toLowerCase() === kind);
  // The cluster's own name may hold slashes: with or without a namespace in between.
  const parts = urn.slice('k8s:'.length).split('/');
  return found === undefined ? [] : [...new Set([parts.slice(0, -2).join('/'), parts.slice(0, -3).join('/')])].filter((c) => c !== '').map((cluster) => ({ type: `K8s::${found}`, cluster }));
}
const derivedFrom = [...kinds.keys(), 'HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute', 'ReferenceGrant'];
