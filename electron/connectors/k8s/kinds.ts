/** A kind of object that is listed: its API group, versions that are understood (best first), and where it lies. */
export interface K8sKind {
  readonly group: string;
  readonly versions: readonly string[];
  readonly resource: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
  /** Only names and labels are asked for: the values are never read. */
  readonly isMetadataOnly?: true;
  /** Not part of every cluster: that its API is missing says that there are none. */
  readonly isOptional?: true;
  /** What stays unknown without it. */
  readonly evidence: string;
}

const paths = 'which pods can be reached, and by what';
const rbac = 'who may do what in the cluster (RBAC)';
const workload = 'what runs, and what a container leads to';
const policies = 'which traffic network policies stop';
const entries = 'what is reachable from outside the cluster';
const admission = 'what admission control would refuse or change';
const kind = (group: string, versions: readonly string[], resource: string, name: string, evidence: string, more: Partial<K8sKind> = {}): K8sKind => ({ group, versions, resource, kind: name, isNamespaced: true, evidence, ...more });
const whole = { isNamespaced: false } as const, optional = { isOptional: true } as const;

/** Everything that is asked of a cluster: only lists, and of Secrets only their metadata. ConfigMaps are never asked for. */
export const k8sKinds: readonly K8sKind[] = [
  kind('', ['v1'], 'namespaces', 'Namespace', 'namespaces, their labels and their pod security levels', whole), kind('', ['v1'], 'nodes', 'Node', 'nodes, and which machine of a cloud each is', whole),
  kind('', ['v1'], 'pods', 'Pod', workload), kind('', ['v1'], 'services', 'Service', entries), kind('', ['v1'], 'serviceaccounts', 'ServiceAccount', 'identities of workloads and their links to a cloud'),
  kind('', ['v1'], 'secrets', 'Secret', 'which secrets there are (names alone, never values)', { isMetadataOnly: true }),
  kind('', ['v1'], 'persistentvolumeclaims', 'PersistentVolumeClaim', workload), kind('', ['v1'], 'persistentvolumes', 'PersistentVolume', workload, whole), kind('', ['v1'], 'replicationcontrollers', 'ReplicationController', workload),
  ...(['deployments:Deployment', 'statefulsets:StatefulSet', 'daemonsets:DaemonSet', 'replicasets:ReplicaSet'] as const).map((both) => kind('apps', ['v1'], both.split(':')[0] ?? '', both.split(':')[1] ?? '', workload)),
  kind('batch', ['v1'], 'jobs', 'Job', workload), kind('batch', ['v1', 'v1beta1'], 'cronjobs', 'CronJob', workload),
  kind('networking.k8s.io', ['v1'], 'networkpolicies', 'NetworkPolicy', policies), kind('networking.k8s.io', ['v1'], 'ingresses', 'Ingress', entries), kind('networking.k8s.io', ['v1'], 'ingressclasses', 'IngressClass', entries, whole),
  kind('rbac.authorization.k8s.io', ['v1'], 'clusterroles', 'ClusterRole', rbac, whole), kind('rbac.authorization.k8s.io', ['v1'], 'clusterrolebindings', 'ClusterRoleBinding', rbac, whole),
  kind('rbac.authorization.k8s.io', ['v1'], 'roles', 'Role', rbac), kind('rbac.authorization.k8s.io', ['v1'], 'rolebindings', 'RoleBinding', rbac),
  ...(['validatingwebhookconfigurations:ValidatingWebhookConfiguration', 'mutatingwebhookconfigurations:MutatingWebhookConfiguration'] as const).map((both) => kind('admissionregistration.k8s.io', ['v1'], both.split(':')[0] ?? '', both.split(':')[1] ?? '', admission, whole)),
  ...(['validatingadmissionpolicies:ValidatingAdmissionPolicy', 'validatingadmissionpolicybindings:ValidatingAdmissionPolicyBinding'] as const).map((both) => kind('admissionregistration.k8s.io', ['v1', 'v1beta1'], both.split(':')[0] ?? '', both.split(':')[1] ?? '', admission, { ...whole, ...optional })),
  kind('gateway.networking.k8s.io', ['v1', 'v1beta1'], 'gatewayclasses', 'GatewayClass', entries, { ...whole, ...optional }), kind('gateway.networking.k8s.io', ['v1', 'v1beta1'], 'gateways', 'Gateway', entries, optional),
  kind('gateway.networking.k8s.io', ['v1', 'v1beta1'], 'httproutes', 'HTTPRoute', entries, optional), kind('gateway.networking.k8s.io', ['v1', 'v1alpha2'], 'grpcroutes', 'GRPCRoute', entries, optional),
  kind('gateway.networking.k8s.io', ['v1', 'v1alpha3', 'v1alpha2'], 'tlsroutes', 'TLSRoute', entries, optional), kind('gateway.networking.k8s.io', ['v1alpha2'], 'tcproutes', 'TCPRoute', entries, optional), kind('gateway.networking.k8s.io', ['v1alpha2'], 'udproutes', 'UDPRoute', entries, optional),
  kind('gateway.networking.k8s.io', ['v1', 'v1beta1'], 'referencegrants', 'ReferenceGrant', entries, optional),
  kind('policy.networking.k8s.io', ['v1alpha1'], 'adminnetworkpolicies', 'AdminNetworkPolicy', policies, { ...whole, ...optional }), kind('policy.networking.k8s.io', ['v1alpha1'], 'baselineadminnetworkpolicies', 'BaselineAdminNetworkPolicy', policies, { ...whole, ...optional }),
  kind('policy.networking.k8s.io', ['v1alpha2'], 'clusternetworkpolicies', 'ClusterNetworkPolicy', policies, { ...whole, ...optional }),
  kind('route.openshift.io', ['v1'], 'routes', 'Route', entries, optional),
  // What plugins enforce is not evaluated; that there is some makes an answer open instead of wrong.
  kind('cilium.io', ['v2'], 'ciliumnetworkpolicies', 'CiliumNetworkPolicy', paths, optional), kind('cilium.io', ['v2'], 'ciliumclusterwidenetworkpolicies', 'CiliumClusterwideNetworkPolicy', paths, { ...whole, ...optional }),
  kind('crd.projectcalico.org', ['v1'], 'networkpolicies', 'NetworkPolicy', paths, optional), kind('crd.projectcalico.org', ['v1'], 'globalnetworkpolicies', 'GlobalNetworkPolicy', paths, { ...whole, ...optional }),
  kind('crd.antrea.io', ['v1beta1'], 'networkpolicies', 'NetworkPolicy', paths, optional), kind('crd.antrea.io', ['v1beta1'], 'clusternetworkpolicies', 'ClusterNetworkPolicy', paths, { ...whole, ...optional }),
];

/** The id of the call that lists a kind: `list secrets`, `list deployments.apps`, as kubectl names them. */
export const callOf = ({ group, resource }: Pick<K8sKind, 'group' | 'resource'>): string => `list ${resource}${group === '' ? '' : `.${group}`}`;
