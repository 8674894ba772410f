import { isObject, list, str } from '#shared/lib/json.ts';
import { serviceAccountUser } from '#shared/model/k8s.ts';
import { podSpecOf } from '#shared/model/k8s-pod.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { aggregationLabel, defaultRoles } from './default-roles.ts';
import { inNamespace, kindOf, namespaceOf } from './grouped.ts';
import { selects } from './selector.ts';
import { resourceNamed, workloadsNamed } from './workload.ts';

/** Whom requests come from, as the API server sees it: a user name and its groups. */
export interface Requester { readonly cluster: string | undefined; readonly user: string | undefined; readonly groups: readonly string[]; readonly resource: StoredResource | undefined; readonly label: string }

export interface Rule { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[]; readonly names: readonly string[]; readonly urls: readonly string[] }
/** A role that someone holds through a binding; `namespace` undefined for the whole cluster, `rules` for a role that is not in the snapshot. */
export interface Grant { readonly binding: StoredResource; readonly role: StoredResource | undefined; readonly roleName: string; readonly namespace: string | undefined; readonly rules: readonly Rule[] | undefined }

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
  const clusters = new Set(graph.ofType('K8s::ClusterRoleBinding').concat(graph.ofType('K8s::RoleBinding')).map((b) => b.account));
  const cluster = found?.account ?? (clusters.size === 1 ? [...clusters][0] : undefined);
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(id) ?? /^([^/]+)\/([^/]+)\[ServiceAccount\]$/i.exec(id);
  if (account) return serviceAccount(graph, cluster, account[1] ?? '', account[2] ?? '');
  const named = /^(?:k8s:)?(user|group)[:/](.+)$/i.exec(id) ?? (/\[(user|group)\]$/i.test(id) ? ['', /\[group\]$/i.test(id) ? 'group' : 'user', id.slice(0, id.lastIndexOf('['))] : undefined);
  const kind = found?.type === 'K8s::Group' || named?.[1]?.toLowerCase() === 'group' || /^system:(masters|nodes|authenticated|unauthenticated|serviceaccounts(:.*)?|bootstrappers.*)$/.test(id) ? 'group' : found?.type === 'K8s::User' || named || id.startsWith('system:') ? 'user' : undefined;
  if (kind === undefined) return undefined;
  const name = found?.name ?? named?.[2] ?? id;
  if (kind === 'group') return { cluster, user: undefined, groups: [name, ...(name === 'system:unauthenticated' || name === 'system:authenticated' ? [] : ['system:authenticated'])], resource: found, label: `${name}[Group]` };
  const node = name.startsWith('system:node:') ? ['system:nodes'] : [];
  return { cluster, user: name, groups: [...node, name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'], resource: found, label: `${name}[User]` };
}

export function serviceAccount(graph: GraphView, cluster: string | undefined, namespace: string, name: string): Requester {
  const resource = inNamespace(graph, 'K8s::ServiceAccount', cluster, namespace).find((a) => a.name === name);
  return { cluster, user: serviceAccountUser(namespace, name), groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'], resource, label: `${namespace}/${name}[ServiceAccount]` };
}

function isSubject(subject: unknown, { user, groups }: Requester, namespace: string | undefined): boolean {
  const kind = str(subject, 'kind'), name = str(subject, 'name');
  if (name === undefined) return false;
  switch (kind) {
    case 'ServiceAccount': return user === serviceAccountUser(str(subject, 'namespace') ?? namespace ?? '', name);
    case 'User': return user === name;
    case 'Group': return groups.includes(name);
    case undefined: default: return false;
  }
}

/** Everything that bindings give a requester; purely additive, as RBAC has no denials. */
export function grantsOf(graph: GraphView, requester: Requester): readonly Grant[] {
  return [...graph.ofType('K8s::ClusterRoleBinding', { account: requester.cluster }), ...graph.ofType('K8s::RoleBinding', { account: requester.cluster })].flatMap((binding): Grant[] => {
    const namespace = binding.type === 'K8s::RoleBinding' ? namespaceOf(binding) : undefined;
    return list(binding.config, 'subjects').some((s) => isSubject(s, requester, namespace)) ? [grantOf(graph, binding)] : [];
  });
}

/** What a binding gives, whoever its subjects are. */
export function grantOf(graph: GraphView, binding: StoredResource): Grant {
  const namespace = binding.type === 'K8s::RoleBinding' ? namespaceOf(binding) : undefined;
  const roleName = str(binding.config, 'roleRef', 'name') ?? '', kind = str(binding.config, 'roleRef', 'kind') ?? 'ClusterRole';
  const role = kind === 'Role' ? inNamespace(graph, 'K8s::Role', binding.account, namespace ?? '').find((r) => r.name === roleName) : clusterRole(graph, binding.account, roleName);
  return { binding, role, roleName, namespace, rules: role ? rulesOf(graph, role, new Set()) : kind === 'Role' ? undefined : defaults(graph, binding.account, roleName) };
}

const clusterRole = (graph: GraphView, cluster: string | undefined, name: string): StoredResource | undefined => graph.ofType('K8s::ClusterRole', { account: cluster }).find((r) => r.name === name);

/** A default role that the snapshot doesn't hold, with what other roles add to it by their labels. */
function defaults(graph: GraphView, cluster: string | undefined, name: string): readonly Rule[] | undefined {
  const own = defaultRoles.get(name);
  if (!own) return undefined;
  const labels = aggregationLabel.get(name) ?? [];
  const added = graph.ofType('K8s::ClusterRole', { account: cluster }).filter((r) => labels.some((label) => r.tags[label] === 'true'));
  return [...own.map((r) => ({ ...r, names: [], urls: name === 'cluster-admin' ? ['*'] : [] })), ...added.flatMap((r) => rulesOf(graph, r, new Set([name])))];
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
export const hasRbac = (graph: GraphView, cluster: string | undefined): boolean =>
  ['ClusterRoleBinding', 'RoleBinding'].some((kind) => graph.ofType(`K8s::${kind}`, { account: cluster }).length > 0);

/** The path of a role's rules, for reasons. */
export const rulePointer = (grant: Grant, rule: Rule): string => { const i = list(grant.role?.config, 'rules').findIndex((r) => JSON.stringify(list(r, 'verbs')) === JSON.stringify(rule.verbs) && JSON.stringify(list(r, 'resources')) === JSON.stringify(rule.resources)); return i < 0 ? '' : `/rules/${i}`; };
