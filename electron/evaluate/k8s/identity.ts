import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { IdentityAccess, Verdict } from '#shared/model/verdict.ts';
import { inNamespace } from './grouped.ts';
import { heldGrant, type Held } from './permission.ts';
import { grantsOf, hasRbac, requesterOf, type Grant, type Requester } from './rbac-grants.ts';
import type { Request } from './rbac-request.ts';

/** What a primitive gives: the whole cluster, or in its scope the service accounts, pods, secrets, or the nodes. */
export type Gain = 'cluster' | 'service_accounts' | 'pods' | 'secrets' | 'nodes';
export interface K8sEscalation { readonly id: string; readonly gain: Gain; /** Undefined for the whole cluster. */ readonly namespace: string | undefined; readonly held: Held; readonly text: string }

type Need = readonly [verbs: string, resources: string, group: string];
interface Primitive { readonly id: string; readonly gain: Gain; /** One of each line must be allowed. */ readonly needs: readonly Need[] }

const workloads = 'deployments daemonsets statefulsets replicasets', change = 'update patch';
/**
 * Permissions by which more is gained (Kubernetes documentation, "RBAC Good Practices", privilege escalation risks; KubeHound's attacks). Whoever makes or
 * changes pods acts as any service account of the namespace.
 */
const primitives: readonly Primitive[] = [
  { id: 'K8S_ADMINISTRATOR', gain: 'cluster', needs: [['*', '*', '*']] },
  { id: 'POD_CREATE', gain: 'service_accounts', needs: [['create', 'pods', '']] },
  ...([['apps', workloads], ['batch', 'jobs cronjobs'], ['', 'replicationcontrollers']] as const).flatMap(([group, resources]): Primitive[] => [
    { id: 'WORKLOAD_CREATE', gain: 'service_accounts', needs: [['create', resources, group]] }, { id: 'WORKLOAD_PATCH', gain: 'service_accounts', needs: [[change, resources, group]] },
  ]),
  { id: 'POD_PATCH', gain: 'pods', needs: [[change, 'pods', '']] }, { id: 'POD_EXEC', gain: 'pods', needs: [['create get', 'pods/exec', '']] }, { id: 'POD_ATTACH', gain: 'pods', needs: [['create get', 'pods/attach', '']] },
  { id: 'POD_DEBUG', gain: 'pods', needs: [[change, 'pods/ephemeralcontainers', '']] },
  { id: 'SECRETS_READ', gain: 'secrets', needs: [['get list watch', 'secrets', '']] },
  { id: 'TOKEN_REQUEST', gain: 'service_accounts', needs: [['create', 'serviceaccounts/token', '']] },
  { id: 'IMPERSONATE_GROUP', gain: 'cluster', needs: [['impersonate', 'groups', '']] }, { id: 'IMPERSONATE_USER', gain: 'cluster', needs: [['impersonate', 'users', '']] },
  { id: 'IMPERSONATE_ACCOUNT', gain: 'service_accounts', needs: [['impersonate', 'serviceaccounts', '']] },
  { id: 'BIND_CLUSTERROLE', gain: 'cluster', needs: [['bind', 'clusterroles', 'rbac.authorization.k8s.io'], ['create update patch', 'clusterrolebindings', 'rbac.authorization.k8s.io']] },
  { id: 'BIND_IN_NAMESPACE', gain: 'service_accounts', needs: [['bind', 'clusterroles roles', 'rbac.authorization.k8s.io'], ['create update patch', 'rolebindings', 'rbac.authorization.k8s.io']] },
  { id: 'ESCALATE_CLUSTERROLE', gain: 'cluster', needs: [['escalate', 'clusterroles', 'rbac.authorization.k8s.io'], ['create update patch', 'clusterroles', 'rbac.authorization.k8s.io']] },
  { id: 'ESCALATE_IN_NAMESPACE', gain: 'service_accounts', needs: [['escalate', 'roles', 'rbac.authorization.k8s.io'], ['create update patch', 'roles', 'rbac.authorization.k8s.io']] },
  { id: 'NODE_PROXY', gain: 'nodes', needs: [['create get', 'nodes/proxy', '']] },
  { id: 'WEBHOOK_CHANGE', gain: 'cluster', needs: [['create update patch', 'mutatingwebhookconfigurations validatingwebhookconfigurations', 'admissionregistration.k8s.io']] },
  { id: 'CSR_APPROVE', gain: 'cluster', needs: [['create', 'certificatesigningrequests', 'certificates.k8s.io'], ['update patch', 'certificatesigningrequests/approval', 'certificates.k8s.io'], ['approve', 'signers', 'certificates.k8s.io']] },
  { id: 'VOLUME_CREATE', gain: 'nodes', needs: [['create', 'persistentvolumes', '']] },
];

/** The primitives that someone holds, each at the widest scope: the cluster, else every namespace in which a binding gives it. */
export function k8sEscalations(grants: readonly Grant[]): readonly K8sEscalation[] {
  const namespaces = [...new Set(grants.flatMap((g) => g.namespace ?? []))].sort();
  return primitives.flatMap((primitive) => {
    const whole = heldAll(grants.filter((g) => g.namespace === undefined), primitive, undefined);
    if (whole) return [whole];
    // What the cluster as a whole is needed for can't be held in a namespace.
    return primitive.gain === 'cluster' || primitive.gain === 'nodes' ? [] : namespaces.flatMap((namespace) => heldAll(grants, primitive, namespace) ?? []);
  });
}

function heldAll(grants: readonly Grant[], { id, gain, needs }: Primitive, namespace: string | undefined): K8sEscalation | undefined {
  const held = needs.map(([verbs, resources, group]) => resources.split(' ').flatMap((resource) => verbs.split(' ').flatMap((verb): Held[] => {
    const request: Request = { verb, resource, group, name: undefined, namespace };
    // `*` asks for a rule that is itself a wildcard.
    const found = verb === '*' ? wildcard(grants) : heldGrant(grants, request) ?? heldByName(grants, request);
    return found ? [found] : [];
  }))[0]);
  const [first] = held;
  if (!first || held.some((h) => h === undefined)) return undefined;
  return { id, gain, namespace, held: first, text: `${id}${namespace === undefined ? '' : ` in ${namespace}`} (${needs.map(([verbs, resources]) => `${verbs.replaceAll(' ', '|')} ${resources.replaceAll(' ', '|')}`).join(' and ')}) by ${first.grant.binding.name ?? ''} → ${first.grant.roleName}` };
}

function wildcard(grants: readonly Grant[]): Held | undefined {
  for (const grant of grants) {
    const rule = grant.rules?.find((r) => r.verbs.includes('*') && r.resources.includes('*') && r.apiGroups.includes('*') && r.names.length === 0);
    if (rule && grant.namespace === undefined) return { grant, rule };
  }
  return undefined;
}

/** A right to certain names counts for what is used by name: reading a secret, going into a pod, impersonating or binding. */
function heldByName(grants: readonly Grant[], request: Request): Held | undefined {
  if (!['get', 'impersonate', 'bind', 'escalate', 'approve', 'update', 'patch'].includes(request.verb) && request.resource !== 'serviceaccounts/token' && request.resource !== 'pods/exec') return undefined;
  for (const grant of grants) {
    for (const rule of grant.rules ?? []) {
      const [name] = rule.names;
      // Impersonating one harmless user is no way up; masters and the system's own accounts are.
      if (name === undefined || (request.verb === 'impersonate' && !rule.names.some((n) => n.startsWith('system:')) && request.resource !== 'serviceaccounts')) continue;
      const held = heldGrant([{ ...grant, rules: [rule] }], { ...request, name });
      if (held) return held;
    }
  }
  return undefined;
}

export const isMaster = (requester: Requester): boolean => requester.groups.includes('system:masters');
/** Namespaces whose service accounts run the cluster. */
export const systemNamespaces: ReadonlySet<string> = new Set(['kube-system']);

export function k8sTier(requester: Requester, grants: readonly Grant[], escalations: readonly K8sEscalation[]): IdentityAccess['tier'] {
  if (isMaster(requester) || escalations.some((e) => e.gain === 'cluster' || e.namespace === undefined || systemNamespaces.has(e.namespace))) return 'tier0';
  if (escalations.length > 0) return 'tier1';
  return grants.some((g) => g.rules === undefined) ? 'unknown' : 'none';
}

/** A service account, user or group of a cluster: its tier and ways up. Who may use it is not evaluated: its credentials are, by pods and tokens. */
export function evaluateK8sIdentity(graph: GraphView, urn: string): IdentityAccess {
  const requester = requesterOf(graph, urn);
  const missing = !requester ? [{ what: 'who that is', entity: urn, supply: 'kubectl get serviceaccounts -A -o json' }] : hasRbac(graph, requester.cluster) || isMaster(requester) ? [] : [{ what: 'the cluster’s role bindings', entity: urn, supply: 'kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json' }];
  if (!requester || missing.length > 0) { const open: Verdict = { answer: 'unknown', assumed: [], missing, reasons: [] }; return { external: open, external_principals: [], tier: 'unknown', escalations: [], mitigated: open, missing }; }
  const grants = grantsOf(graph, requester), escalations = k8sEscalations(grants);
  const lost = grants.filter((g) => g.rules === undefined).map((g) => ({ what: `the role ${g.roleName}`, entity: g.binding.urn, supply: 'kubectl get clusterroles,roles -A -o json' }));
  const anonymous = requester.groups.includes('system:unauthenticated');
  const reason = (text: string, pointer = '') => [{ rule: 'K8S.identity', source: requester.resource?.urn ?? urn, pointer, text }];
  return {
    external: { answer: anonymous ? 'yes' : 'no', assumed: [], missing: [], reasons: reason(anonymous ? 'requests without credentials come as it' : 'only with a token or certificate of its own') }, external_principals: anonymous ? ['everyone'] : [],
    tier: k8sTier(requester, grants, escalations), escalations: escalations.map((e) => ({ id: e.id, target: e.namespace ?? requester.cluster ?? 'cluster', conditional: false })),
    mitigated: { answer: 'no', assumed: [], missing: [], reasons: reason('RBAC only adds permissions') }, missing: lost,
  };
}

/** Objects that a primitive leads to; at most `limit`. */
export function gained(graph: GraphView, cluster: string | undefined, e: K8sEscalation, limit: number): readonly StoredResource[] {
  const of = (type: string): readonly StoredResource[] => (e.namespace === undefined ? graph.ofType(type, { account: cluster }) : inNamespace(graph, type, cluster, e.namespace));
  switch (e.gain) {
    case 'cluster': return [];
    case 'service_accounts': return of('K8s::ServiceAccount').slice(0, limit);
    case 'pods': return of('K8s::Pod').slice(0, limit);
    case 'secrets': return of('K8s::Secret').slice(0, limit);
    case 'nodes': return graph.ofType('K8s::Node', { account: cluster }).slice(0, limit);
  }
}
