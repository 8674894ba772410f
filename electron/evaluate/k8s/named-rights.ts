import { str } from '#shared/lib/json.ts';
import { kindOf, namespaceOf, objectsIn } from './grouped.ts';
import type { Gain, K8sEscalation, Offer, Primitive, Right, Scope } from './primitives.ts';
import { grantsOf, personOf, roleGrant, type Grant, type Requester, type RoleRef } from './rbac-grants.ts';

const readable = 'kubectl get all,roles,clusterroles,rolebindings,clusterrolebindings -A -o json';

/**
 * What a primitive gives whose rights may be to certain names only (Kubernetes documentation, "Referring to resources").
 * @param all what it gives where they are to all; @param say its text with names; @param offer is told of the roles that may be bound.
 */
export function byNames(scope: Scope, primitive: Primitive, rights: readonly Right[], all: K8sEscalation, say: Say, offer: (key: string, offer: Offer) => void): readonly K8sEscalation[] {
  const [first, second, third] = rights, names = [...new Set(first?.named?.map((n) => n.name))];
  switch (primitive.byName) {
    case undefined: return [all];
    case 'target': return first?.named ? [...targets(scope, { ...all, gain: primitive.named ?? all.gain, names, text: say(names) }, all), ...asNodes(names, second?.named, all, say)] : [all];
    case 'lever': return first?.named ? levers(scope, first.named, { ...all, text: say(names) }) : [all];
    case 'signer': return third?.named ? signed(third.named.map((n) => n.name)).map((gain) => ({ ...all, gain })) : [all];
    case 'bind': return first?.named || second?.named ? bound(scope, first?.named, second?.named, all, say, offer) : [all];
    case 'escalate': default: return first?.named || second?.named ? escalated(scope, first?.named, second?.named, all, say) : [all];
  }
}
type Named = NonNullable<Right['named']>;
/** The text with names, of a right that this grant gives. */
type Say = (names: readonly string[], by?: Grant) => string;

/** Groups and users that are as good as the cluster (Kubernetes documentation, "Using RBAC Authorization", default bindings). */
const sovereign: ReadonlySet<string> = new Set(['system:masters', 'system:kube-controller-manager']);

function targets({ graph, cluster, grants: own }: Scope, some: K8sEscalation, all: K8sEscalation): readonly K8sEscalation[] {
  if (some.gain !== 'users' && some.gain !== 'groups') return [some];
  if (some.names?.some((name) => sovereign.has(name))) return [all];
  const kind = some.gain === 'users' ? 'user' : 'group', has = new Set(own.map((g) => g.binding.urn));
  // Of a user alone that is impersonated no groups are known but that it shows credentials (Kubernetes documentation, "User Impersonation").
  const as = (name: string): Requester => ({ ...personOf(cluster, kind, name, undefined), ...(kind === 'user' && { groups: ['system:authenticated'] }) });
  const hasMore = some.names?.some((name) => grantsOf(graph, as(name)).some((g) => !has.has(g.binding.urn)));
  return [{ ...some, ...(hasMore !== true && { isIdle: true }) }];
}

/** The node authorizer asks for both: the user of a kubelet, and the group of nodes (Kubernetes documentation, "Using Node Authorization"). Whoever may be any user needs no such way. */
function asNodes(groups: readonly string[], users: Named | undefined, all: K8sEscalation, say: Say): readonly K8sEscalation[] {
  const nodes = groups.includes('system:nodes') ? [...new Set(users?.flatMap(({ resource, name }) => (resource === 'users' && name.startsWith(nodeUser) ? [name.slice(nodeUser.length)] : [])))] : [];
  return nodes.length === 0 ? [] : [{ ...all, gain: 'nodes', names: nodes, text: say(['system:nodes', ...nodes.map((n) => `${nodeUser}${n}`)]) }];
}
const nodeUser = 'system:node:';

const kinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment', daemonsets: 'DaemonSet', statefulsets: 'StatefulSet', replicasets: 'ReplicaSet', jobs: 'Job', cronjobs: 'CronJob', replicationcontrollers: 'ReplicationController',
  mutatingwebhookconfigurations: 'MutatingWebhookConfiguration', validatingwebhookconfigurations: 'ValidatingWebhookConfiguration',
};

/** What is named must be there to be changed; a workload gives the namespace that it is in. */
function levers({ graph, cluster, namespace }: Scope, named: Named, e: K8sEscalation): readonly K8sEscalation[] {
  const found = named.flatMap(({ resource, name }) => objectsIn(graph, `K8s::${kinds[resource] ?? ''}`, cluster, namespace).filter((r) => r.name === name));
  if (found.length === 0) return [{ ...e, open: { what: `whether there is ${named.map((n) => `${kinds[n.resource] ?? n.resource} ${n.name}`).join(' or ')}`, entity: e.held.grant.binding.urn, supply: readable } }];
  return e.gain === 'cluster' || namespace !== undefined ? [e] : [...new Set(found.map((r) => namespaceOf(r)))].map((ns) => ({ ...e, namespace: ns }));
}

/** Certificates of clients are anyone's, of kubelets those of nodes; others are not looked at by the API server (Kubernetes documentation, "Kubernetes signers"). */
function signed(names: readonly string[]): readonly Gain[] {
  const has = (signer: string): boolean => names.some((n) => n === signer || n === 'kubernetes.io/*');
  return has('kubernetes.io/kube-apiserver-client') ? ['cluster'] : has('kubernetes.io/kube-apiserver-client-kubelet') ? ['nodes'] : [];
}

const roleKind = (resource: string): string => (resource === 'roles' ? 'Role' : 'ClusterRole');

/** Offers the roles that may be bound; those that are lost are open. A binding that is there keeps its role. */
function bound({ graph, cluster, namespace }: Scope, roles: Named | undefined, bindings: Named | undefined, all: K8sEscalation, say: Say, offer: (key: string, offer: Offer) => void): readonly K8sEscalation[] {
  const { binding } = all.held.grant, type = `K8s::${all.gain === 'cluster' ? 'ClusterRoleBinding' : 'RoleBinding'}`;
  const changed = bindings?.flatMap(({ name }) => objectsIn(graph, type, cluster, namespace).filter((b) => b.name === name).map((b) => ({ ref: { kind: str(b.config, 'roleRef', 'kind') ?? 'ClusterRole', name: str(b.config, 'roleRef', 'name') ?? '' }, where: namespace ?? (all.gain === 'cluster' ? undefined : namespaceOf(b)) })));
  const mayBind = (ref: RoleRef): boolean => roles === undefined || roles.some((r) => r.name === ref.name && roleKind(r.resource) === ref.kind);
  const places = (ref: RoleRef): readonly (string | undefined)[] => (ref.kind === 'Role' && namespace === undefined ? graph.ofType('K8s::Role', { account: cluster }).filter((r) => r.name === ref.name).map(namespaceOf) : [namespace]);
  const options = changed?.filter((c) => mayBind(c.ref)) ?? roles?.flatMap((r) => { const ref = { kind: roleKind(r.resource), name: r.name }; return places(ref).map((where) => ({ ref, where })); }) ?? [];
  return [...new Map(options.map((o) => [JSON.stringify(o), o])).values()].flatMap(({ ref, where }) => {
    const isAnywhere = all.gain !== 'cluster' && where === undefined, grant = roleGrant(graph, binding, ref, where), text = say([ref.name], roles?.find((r) => r.name === ref.name)?.held.grant);
    if (!grant.rules) return [{ ...all, namespace: where, text, open: { what: `the role ${ref.name}`, entity: binding.urn, supply: readable } }];
    offer(JSON.stringify([ref, where, isAnywhere]), { grant: isAnywhere ? { ...grant, isAnywhere } : grant, by: { id: all.id, held: all.held, text } });
    return [];
  });
}

/** Only of a role that one holds oneself do further rights help. */
function escalated({ grants: own, namespace }: Scope, roles: Named | undefined, changed: Named | undefined, all: K8sEscalation, say: (names: readonly string[]) => string): readonly K8sEscalation[] {
  const kind = all.gain === 'cluster' ? 'ClusterRole' : 'Role', may = (named: Named | undefined, name: string): boolean => named === undefined || named.some((n) => n.name === name);
  const held = own.filter((g) => (g.role ? kindOf(g.role) : str(g.binding.config, 'roleRef', 'kind') ?? 'ClusterRole') === kind && may(roles, g.roleName) && may(changed, g.roleName) && (namespace === undefined || g.namespace === namespace));
  return [...new Map(held.map((g) => [g.namespace, g])).values()].map((g) => ({ ...all, gain: g.namespace === undefined ? 'cluster' : 'namespace', namespace: g.namespace, text: say([g.roleName]) }));
}
