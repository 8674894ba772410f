import { isObject, list, str } from '#shared/lib/json.ts';
import { serviceAccountUser } from '#shared/model/k8s.ts';
import { podSpecOf } from '#shared/model/k8s-pod.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { anonymousGroup, anonymousUser } from './anonymous.ts';
import { aggregationLabel, defaultRoles, defaultUrls } from './default-roles.ts';
import { inNamespace, kindOf, listOf, namespaceOf } from './grouped.ts';
import { boundTo, clusterRole, onlyCluster } from './rbac-index.ts';
import { recordedGroups } from './recorded-groups.ts';
import { selects } from './selector.ts';
import { resourceNamed, workloadsNamed } from './workload.ts';

/** Whom requests come from, as the API server sees it: a user name and its groups. */
export interface Requester { readonly cluster: string | undefined; readonly user: string | undefined; readonly groups: readonly string[]; readonly resource: StoredResource | undefined; readonly label: string }

export interface Rule { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[]; readonly names: readonly string[]; readonly urls: readonly string[] }
/** A role that someone holds through a binding; `namespace` undefined for the whole cluster, `rules` for a role that is not in the snapshot. */
export interface Grant { readonly binding: StoredResource; readonly role: StoredResource | undefined; readonly roleName: string; readonly namespace: string | undefined; readonly rules: readonly Rule[] | undefined; /** Given in any one namespace, and nothing that has none. */ readonly isAnywhere?: true }

/**
 * Who is meant by a name: `namespace/name[ServiceAccount]`, `system:serviceaccount:namespace:name`, `name[User]`, `name[Group]`, or a workload, which acts as
 * its service account. Undefined when it is none of these.
 */
export function requesterOf(graph: GraphView, id: string): Requester | undefined {
  const found = resourceNamed(graph, id);
  const workload = workloadsNamed(graph, id)[0];
  if (workload) {
    const spec = podSpecOf(kindOf(workload.resource), workload.resource.config);
    return serviceAccount(graph, workload.cluster, workload.namespace, str(spec, 'serviceAccountName') ?? str(spec, 'serviceAccount') ?? 'default');
  }
  if (found?.type === 'K8s::ServiceAccount') return serviceAccount(graph, found.account, namespaceOf(found) ?? 'default', found.name ?? '');
  const cluster = found?.account ?? onlyCluster(graph);
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(id) ?? /^([^/]+)\/([^/]+)\[ServiceAccount\]$/i.exec(id);
  if (account) return serviceAccount(graph, cluster, account[1] ?? '', account[2] ?? '');
  const named = /^(?:k8s:)?(user|group)[:/](.+)$/i.exec(id) ?? (/\[(user|group)\]$/i.test(id) ? ['', /\[group\]$/i.test(id) ? 'group' : 'user', id.slice(0, id.lastIndexOf('['))] : undefined);
  const kind = found?.type === 'K8s::Group' || named?.[1]?.toLowerCase() === 'group' || /^system:(masters|nodes|authenticated|unauthenticated|serviceaccounts(:.*)?|bootstrappers.*)$/.test(id) ? 'group' : found?.type === 'K8s::User' || named || id.startsWith('system:') ? 'user' : undefined;
  if (kind === undefined) return undefined;
  const person = personOf(cluster, kind, found?.name ?? named?.[2] ?? id, found), recorded = kind === 'user' ? recordedGroups(graph, cluster, person.user).filter((g) => g.isOf).map((g) => g.name) : [];
  return { ...person, groups: [...person.groups, ...recorded] };
}

/** A user or group of a cluster; what Kubernetes itself puts a user into counts as its groups, and what it puts a group's members into. */
export function personOf(cluster: string | undefined, kind: 'user' | 'group', name: string, resource: StoredResource | undefined): Requester {
  const said = name === anonymousUser || name === anonymousGroup ? [anonymousGroup] : [...builtIn.filter(([prefix]) => name.startsWith(prefix)).map(([, group]) => group), 'system:authenticated'];
  if (kind === 'group') return { cluster, user: name === anonymousGroup ? anonymousUser : undefined, groups: [...new Set([name, ...said])], resource, label: `${name}[Group]` };
  return { cluster, user: name, groups: said, resource, label: `${name}[User]` };
}
/** Names of users and groups by how they begin, and the group that they are of (Kubernetes documentation, "Using Node Authorization", "Authenticating with Bootstrap Tokens", "Using RBAC Authorization"). */
const builtIn: readonly (readonly [prefix: string, group: string])[] = [['system:node:', 'system:nodes'], ['system:bootstrap:', 'system:bootstrappers'], ['system:bootstrappers:', 'system:bootstrappers'], ['system:serviceaccounts:', 'system:serviceaccounts']];

export function serviceAccount(graph: GraphView, cluster: string | undefined, namespace: string, name: string): Requester {
  const resource = inNamespace(graph, 'K8s::ServiceAccount', cluster, namespace).find((a) => a.name === name);
  return { cluster, user: serviceAccountUser(namespace, name), groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'], resource, label: `${namespace}/${name}[ServiceAccount]` };
}

/** Everything that bindings give a requester, those of the cluster first; purely additive, as RBAC has no denials. */
export const grantsOf = (graph: GraphView, { cluster, user, groups }: Requester): readonly Grant[] => boundTo(graph, cluster, user, groups).map((binding) => grantOf(graph, binding));

/** What a binding gives, whoever its subjects are. */
export function grantOf(graph: GraphView, binding: StoredResource): Grant {
  const namespace = binding.type === 'K8s::RoleBinding' ? namespaceOf(binding) : undefined;
  return roleGrant(graph, binding, { kind: str(binding.config, 'roleRef', 'kind') ?? 'ClusterRole', name: str(binding.config, 'roleRef', 'name') ?? '' }, namespace);
}

export interface RoleRef { readonly kind: string; readonly name: string }
/** What a binding would give that binds this role. */
export function roleGrant(graph: GraphView, binding: StoredResource, { kind, name: roleName }: RoleRef, namespace: string | undefined): Grant {
  const role = kind === 'Role' ? inNamespace(graph, 'K8s::Role', binding.account, namespace ?? '').find((r) => r.name === roleName) : clusterRole(graph, binding.account, roleName);
  return { binding, role, roleName, namespace, rules: role ? rulesOf(graph, role, new Set()) : kind === 'Role' ? undefined : defaults(graph, binding.account, roleName) };
}

/** A default role that the snapshot doesn't hold, with what other roles add to it by their labels. */
function defaults(graph: GraphView, cluster: string | undefined, name: string): readonly Rule[] | undefined {
  const own = defaultRoles.get(name);
  if (!own) return undefined;
  const labels = aggregationLabel.get(name) ?? [];
  const added = graph.ofType('K8s::ClusterRole', { account: cluster }).filter((r) => labels.some((label) => r.tags[label] === 'true'));
  const urls = defaultUrls.get(name);
  return [...(urls ? [{ apiGroups: [], resources: [], verbs: ['get'], names: [], urls }] : []), ...own.map((r) => ({ ...r, names: [], urls: name === 'cluster-admin' ? ['*'] : [] })), ...added.flatMap((r) => rulesOf(graph, r, new Set([name])))];
}

/** The rules of a role, and of an aggregated one those of the cluster roles that its selectors choose. */
export function rulesOf(graph: GraphView, role: StoredResource, seen: ReadonlySet<string>): readonly Rule[] {
  if (seen.has(role.urn)) return [];
  const own = list(role.config, 'rules').flatMap(readRule);
  const selectors = list(role.config, 'aggregationRule', 'clusterRoleSelectors').filter(isObject);
  if (selectors.length === 0) return own;
  const parts = graph.ofType('K8s::ClusterRole', { account: role.account }).filter((r) => r.urn !== role.urn && selectors.some((s) => selects(s, { labels: r.tags, complete: true }) === 'yes'));
  const next = new Set([...seen, role.urn]);
  return [...own, ...parts.flatMap((r) => rulesOf(graph, r, next))];
}

function readRule(value: unknown): readonly Rule[] {
  if (!isObject(value)) return [];
  const texts = (key: string): readonly string[] => list(value, key).filter((t) => typeof t === 'string');
  return [{ apiGroups: texts('apiGroups'), resources: texts('resources'), verbs: texts('verbs'), names: texts('resourceNames'), urls: texts('nonResourceURLs') }];
}

/** Whether any RBAC object of the cluster was imported. */
const hasRbac = (graph: GraphView, cluster: string | undefined): boolean =>
  ['ClusterRoleBinding', 'RoleBinding'].some((kind) => listOf(graph, `K8s::${kind}`, cluster).length > 0);

/** Members of `system:masters` may do everything, whatever RBAC says (Kubernetes documentation, "RBAC Good Practices"). */
export const isMaster = (requester: Requester): boolean => requester.groups.includes('system:masters');

/** Someone with all that bindings give; `missing` where it is not known who that is (then without requester), or what is bound to it. */
export interface Holder { readonly requester: Requester | undefined; readonly grants: readonly Grant[]; readonly missing: readonly Missing[] }
const rbacSupply = 'kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json';

/** Who is meant by a name, and what it holds. @param cluster the one that is meant, where the name stands in several. */
export function holderOf(graph: GraphView, id: string, cluster?: string): Holder {
  const any = requesterOf(graph, id), requester = any && any.cluster === undefined && cluster !== undefined ? { ...any, cluster, resource: resourceNamed(graph, `${cluster}/${any.label}`) } : any;
  if (!requester) return { requester, grants: [], missing: [{ what: 'who that is', entity: id, supply: 'a service account (namespace/name[ServiceAccount]), user, group or workload of the snapshot' }] };
  if (isMaster(requester) || hasRbac(graph, requester.cluster)) return { requester, grants: grantsOf(graph, requester), missing: [] };
  return { requester, grants: [], missing: [{ what: 'the cluster’s role bindings', entity: requester.label, supply: rbacSupply }] };
}

/** The roles that are bound and not in the snapshot. */
export const lostRoles = (grants: readonly Grant[]): readonly Missing[] => grants.filter((g) => g.rules === undefined).map((g) => ({ what: `the role ${g.roleName}`, entity: g.binding.urn, supply: rbacSupply }));

/** Where a reason about a rule points: the rule in its role, or the binding of a role that the snapshot lacks. */
export function rulePlace({ role, binding }: Grant, rule: Rule): { readonly source: string; readonly pointer: string } {
  if (!role) return { source: binding.urn, pointer: '/roleRef' };
  const i = list(role.config, 'rules').findIndex((r) => JSON.stringify(readRule(r)) === JSON.stringify([rule]));
  return { source: role.urn, pointer: i < 0 ? '' : `/rules/${i}` };
}
