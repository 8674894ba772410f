import type { GraphView } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import type { Held } from './held-grant.ts';
import type { Grant } from './rbac-grants.ts';

/**
 * What a primitive gives: the whole cluster; in its scope everything of the namespaces, what new pods may be given, the service accounts, the pods that run, the secrets, or the nodes; or
 * certain users and groups.
 */
export type Gain = 'cluster' | 'namespace' | 'new_pods' | 'service_accounts' | 'pods' | 'secrets' | 'nodes' | 'users' | 'groups';
/** Of the group `*` whatever group has the resource, and in any namespace. */
export type Need = readonly [verbs: string, resources: string, group: string];

/**
 * How a right to certain names (`resourceNames`) counts: `target` what is named is what is gained; `lever` whoever has one of them gains all; the roles that may be `bind`ed or `escalate`d,
 * or the `signer`s of certificates. What is made can't be named.
 */
export type ByName = 'target' | 'lever' | 'bind' | 'escalate' | 'signer';
export interface Primitive { readonly id: string; readonly gain: Gain; /** One of each line must be allowed. */ readonly needs: readonly Need[]; readonly byName?: ByName; /** What certain names give, where that is less. */ readonly named?: Gain; /** What else it takes, which no permission tells. */ readonly takes?: string; /** The one object that it is about, which must be there. */ readonly of?: OneObject }
export interface OneObject { readonly kind: string; readonly namespace: string; readonly name: string }

/** A way up that someone holds. */
export interface K8sEscalation {
  readonly id: string; readonly gain: Gain;
  /** Undefined for the whole cluster. */
  readonly namespace: string | undefined;
  /** What of it is gained; undefined for all. */
  readonly names: readonly string[] | undefined;
  readonly held: Held; readonly text: string;
  /** What it hangs on that the snapshot doesn't tell. */
  readonly open?: Missing;
  /** It gives the place of others who have nothing more. */
  readonly isIdle?: true;
}

/** A right to all of a resource, or to what is named. */
export interface Right { readonly held: Held; readonly named?: readonly { readonly held: Held; readonly resource: string; readonly name: string }[] }
/** Where a primitive is looked for: in a namespace, or as one of the cluster. */
export interface Scope { readonly graph: GraphView; readonly cluster: string | undefined; readonly namespace: string | undefined; readonly grants: readonly Grant[] }
/** A role that someone may bind to itself: what that would give, and how it is done. */
export interface Offer { readonly grant: Grant; readonly by: Pick<K8sEscalation, 'id' | 'held' | 'text'> }

const rbac = 'rbac.authorization.k8s.io', certificates = 'certificates.k8s.io', workloads = 'deployments daemonsets statefulsets replicasets', change = 'update patch', make = 'create update patch';

/**
 * Permissions by which more is gained (Kubernetes documentation, "RBAC Good Practices", privilege escalation risks; KubeHound's attacks). Whoever makes or changes pods acts as any service account
 * of the namespace and mounts any secret of it. A group can be impersonated only with a user or service account (Kubernetes documentation, "User Impersonation").
 */
export const primitives: readonly Primitive[] = [
  { id: 'K8S_ADMINISTRATOR', gain: 'cluster', needs: [['*', '*', '*']] },
  { id: 'POD_CREATE', gain: 'new_pods', needs: [['create', 'pods', '']] },
  ...([['apps', workloads], ['batch', 'jobs cronjobs'], ['', 'replicationcontrollers']] as const).flatMap(([group, resources]): Primitive[] => [
    { id: 'WORKLOAD_CREATE', gain: 'new_pods', needs: [['create', resources, group]] }, { id: 'WORKLOAD_PATCH', gain: 'new_pods', needs: [[change, resources, group]], byName: 'lever' },
  ]),
  { id: 'POD_PATCH', gain: 'pods', needs: [[change, 'pods', '']], byName: 'target' }, { id: 'POD_EXEC', gain: 'pods', needs: [['create get', 'pods/exec', '']], byName: 'target' }, { id: 'POD_ATTACH', gain: 'pods', needs: [['create get', 'pods/attach', '']], byName: 'target' },
  { id: 'POD_DEBUG', gain: 'pods', needs: [[change, 'pods/ephemeralcontainers', '']], byName: 'target' },
  { id: 'SECRETS_READ', gain: 'secrets', needs: [['get list watch', 'secrets', '']], byName: 'target' },
  { id: 'TOKEN_REQUEST', gain: 'service_accounts', needs: [['create', 'serviceaccounts/token', '']], byName: 'target' },
  // The control plane fills a secret of that type with a token of the account that it names (Kubernetes documentation, "Service account token Secrets").
  { id: 'TOKEN_SECRET', gain: 'service_accounts', needs: [['create', 'secrets', ''], ['get list watch', 'secrets', '']] },
  { id: 'IMPERSONATE_GROUP', gain: 'cluster', needs: [['impersonate', 'groups', ''], ['impersonate', 'users serviceaccounts', '']], byName: 'target', named: 'groups' },
  { id: 'IMPERSONATE_USER', gain: 'cluster', needs: [['impersonate', 'users', '']], byName: 'target', named: 'users' },
  { id: 'IMPERSONATE_ACCOUNT', gain: 'service_accounts', needs: [['impersonate', 'serviceaccounts', '']], byName: 'target' },
  { id: 'BIND_CLUSTERROLE', gain: 'cluster', needs: [['bind', 'clusterroles', rbac], [make, 'clusterrolebindings', rbac]], byName: 'bind' },
  { id: 'BIND_IN_NAMESPACE', gain: 'namespace', needs: [['bind', 'clusterroles roles', rbac], [make, 'rolebindings', rbac]], byName: 'bind' },
  { id: 'ESCALATE_CLUSTERROLE', gain: 'cluster', needs: [['escalate', 'clusterroles', rbac], [make, 'clusterroles', rbac]], byName: 'escalate' },
  { id: 'ESCALATE_IN_NAMESPACE', gain: 'namespace', needs: [['escalate', 'roles', rbac], [make, 'roles', rbac]], byName: 'escalate' },
  { id: 'NODE_PROXY', gain: 'nodes', needs: [['create get', 'nodes/proxy', '']], byName: 'target' },
  { id: 'WEBHOOK_CHANGE', gain: 'cluster', needs: [[make, 'mutatingwebhookconfigurations validatingwebhookconfigurations', 'admissionregistration.k8s.io']], byName: 'lever' },
  { id: 'ADMISSION_POLICY_CHANGE', gain: 'cluster', needs: [[make, 'mutatingadmissionpolicies', 'admissionregistration.k8s.io'], [make, 'mutatingadmissionpolicybindings', 'admissionregistration.k8s.io']] },
  // EKS reads from it who comes as which user and group (EKS User Guide, "Grant IAM users access to Kubernetes with a ConfigMap").
  { id: 'AWS_AUTH_CHANGE', gain: 'cluster', needs: [[change, 'configmaps', '']], of: { kind: 'ConfigMap', namespace: 'kube-system', name: 'aws-auth' } },
  { id: 'CSR_APPROVE', gain: 'cluster', needs: [['create', 'certificatesigningrequests', certificates], [change, 'certificatesigningrequests/approval', certificates], ['approve', 'signers', certificates]], byName: 'signer' },
  // A volume of the node's disk gets into a pod by a claim, whatever Pod Security says of that pod.
  { id: 'VOLUME_CREATE', gain: 'nodes', needs: [['create', 'persistentvolumes', ''], ['create', `pods ${workloads} jobs cronjobs replicationcontrollers`, '*']] },
  { id: 'VOLUME_CREATE', gain: 'nodes', needs: [['create', 'persistentvolumes', '']], takes: 'a pod that claims the volume' },
];
