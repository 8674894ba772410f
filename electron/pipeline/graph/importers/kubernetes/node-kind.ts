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
