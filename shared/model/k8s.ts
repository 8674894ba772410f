/**
 * Kubernetes objects in the graph. `config` is the object as the API server or a manifest writes it, without values of Secrets and ConfigMaps;
 * `account` is the cluster, so that clusters stay apart.
 */

/** The cluster of objects that don't say theirs; what Trivy's reports fall back to as well. */
export const unnamedCluster = 'cluster';

/** API groups whose kinds are written without their group. */
const plainGroups: ReadonlySet<string> = new Set([
  '', 'apps', 'extensions', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'gateway.networking.k8s.io', 'policy.networking.k8s.io', 'storage.k8s.io', 'admissionregistration.k8s.io',
  'apiextensions.k8s.io', 'certificates.k8s.io', 'autoscaling', 'policy', 'scheduling.k8s.io', 'apiregistration.k8s.io', 'coordination.k8s.io', 'discovery.k8s.io', 'node.k8s.io', 'events.k8s.io',
]);

/** Kinds without a namespace, of the plain groups. */
const clusterKinds: ReadonlySet<string> = new Set([
  'Namespace', 'Node', 'PersistentVolume', 'ClusterRole', 'ClusterRoleBinding', 'StorageClass', 'IngressClass', 'GatewayClass', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'CustomResourceDefinition', 'CertificateSigningRequest', 'PriorityClass', 'APIService', 'RuntimeClass', 'CSIDriver', 'CSINode',
  'VolumeAttachment', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy', 'PodSecurityPolicy', 'User', 'Group', 'Cluster',
]);

const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

/** `K8s::Pod`; a kind of another API group carries it (`K8s::crd.projectcalico.org/NetworkPolicy`), as it may be named like a built-in one. */
export function k8sType(apiVersion: string, kind: string): string {
  const group = groupOf(apiVersion);
  return plainGroups.has(group) ? `K8s::${kind}` : `K8s::${group}/${kind}`;
}
export const isClusterScoped = (apiVersion: string, kind: string): boolean => plainGroups.has(groupOf(apiVersion)) && clusterKinds.has(kind);

export interface K8sName { readonly cluster: string; readonly namespace?: string | undefined; readonly kind: string; readonly name: string }

/** `k8s:<cluster>/<namespace>/<kind>/<name>`, the kind in lower case; the form that findings of Trivy use. */
export const k8sUrn = ({ cluster, namespace, kind, name }: K8sName): string =>
  [`k8s:${cluster}`, ...(namespace === undefined ? [] : [namespace]), kind.toLowerCase(), name].join('/');

/** How people name an object: `namespace/name[Kind]`, `name[Kind]` for one without a namespace. */
export const k8sLabel = ({ namespace, kind, name }: Omit<K8sName, 'cluster'>): string => `${namespace === undefined ? '' : `${namespace}/`}${name}[${kind}]`;

/** The user name of a service account (Kubernetes documentation, "Authenticating", service account tokens). */
export const serviceAccountUser = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;
