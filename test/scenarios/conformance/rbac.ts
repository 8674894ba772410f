import type { Estate, Expected, Row, Suite } from './suite.ts';

/**
 * What the tests of Kubernetes' own RBAC authorizer say (k8s.io/kubernetes, plugin/pkg/auth/authorizer/rbac and pkg/registry/rbac/validation), as facts: roles,
 * bindings, and which requests of whom are allowed. Their verbs, groups and resources are made up, as those are.
 * Where those tests say of a user that it is of no group, that is open here, as no object tells it; and what they let nobody but the anonymous do, everyone may.
 */
type Json = Readonly<Record<string, unknown>>;
const api = 'rbac.authorization.k8s.io';
const words = (text: string): readonly string[] => (text === '-' ? [] : text.split(',').map((w) => (w === '""' ? '' : w)));
/** `verbs groups resources`, then names, or `verbs - - - urls`; `""` for the core group and a dash for none. */
const rule = (text: string): Json => { const [verbs = '-', groups = '-', resources = '-', names = '-', urls = '-'] = text.split(' '); return { verbs: words(verbs), apiGroups: words(groups), resources: words(resources), resourceNames: words(names), nonResourceURLs: words(urls) }; };
const clusterRole = (name: string, rules: readonly string[], more: Json = {}, labels: Json = {}): Json => ({ apiVersion: `${api}/v1`, kind: 'ClusterRole', metadata: { name, labels }, rules: rules.map(rule), ...more });
const role = (namespace: string, name: string, rules: readonly string[]): Json => ({ apiVersion: `${api}/v1`, kind: 'Role', metadata: { name, namespace }, rules: rules.map(rule) });
/** `User:joe`, `Group:admins`, `ServiceAccount:ns/name` (or without a namespace, which is the binding's). */
const subjectOf = (text: string): Json => { const [kind = '', name = ''] = text.split(/:(.*)/), [first = '', second] = name.split('/'); return kind === 'ServiceAccount' ? { kind, name: second ?? first, ...(second !== undefined && { namespace: first }) } : { kind, apiGroup: api, name }; };
let count = 0;
const bind = (namespace: string | undefined, kind: 'Role' | 'ClusterRole', name: string, ...subjects: readonly string[]): Json => ({ apiVersion: `${api}/v1`, kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding', metadata: { name: `b${count++}`, ...(namespace !== undefined && { namespace }) }, roleRef: { apiGroup: api, kind, name }, subjects: subjects.map(subjectOf) });

/** `joe[User] get pods in ns1 yes`; `in *` for the whole cluster, nothing for any namespace. */
const row = (text: string): Row => {
  const [, subject = '', action = '', object, expected = ''] = /^(\S+) (\S+ \S+)(?: in (\S+))? (yes|no|unknown)$/.exec(text) ?? [];
  return { ask: { question: 'effective_permission', subject, action, ...(object !== undefined && { object }) }, expected: expected as Expected };
};
const estate = (name: string, items: readonly Json[], ...texts: readonly string[]): Estate => ({ name, files: { 'rbac.json': { apiVersion: 'v1', kind: 'List', items } }, rows: texts.map(row) });
/** One rule, held by `u` everywhere. */
const held = (name: string, text: string, ...texts: readonly string[]): Estate => estate(name, [clusterRole('r', [text]), bind(undefined, 'ClusterRole', 'r', 'User:u')], ...texts.map((t) => `u[User] ${t}`));
/** Both verbs, groups and resources in all pairs; `yes` names those allowed. */
const cross = (...allowed: readonly string[]): readonly string[] => ['verb1', 'verb2'].flatMap((v) => ['resource1', 'resource2'].flatMap((r) => ['group1', 'group2'].map((g) => `${v} ${r}.${g} in * ${allowed.includes(`${v[4]}${g[5]}${r[8]}`) ? 'yes' : 'no'}`)));

export const rbac: Suite = { name: 'RBAC of Kubernetes', estates: [
  estate('everything in one namespace', [clusterRole('admin', ['* * * - *']), bind('ns1', 'ClusterRole', 'admin', 'User:admin', 'Group:admins')],
    'admin[User] get Pods in ns1 yes', 'admin[User] watch Pods in ns1 yes', 'admin[User] watch Foobar in ns1 yes', 'admins[Group] watch Foobar in ns1 yes', 'admin[User] GET Pods in ns2 no', 'admin[User] GET Nodes in * no', 'admins[Group] GET Pods in ns2 no', 'admins[Group] GET Nodes in * no', 'User:admin get pods in ns/ns1 yes', 'Group:admins get pods in ns1 yes', 'joe[User] get pods in ns1 unknown', 'User:joe get pods in ns1 unknown'),
  estate('URLs', [clusterRole('getter', ['get - - - /apis']), clusterRole('any', ['* - - - /apis']), clusterRole('prefix', ['get - - - /apis/*']), bind(undefined, 'ClusterRole', 'getter', 'User:foo', 'Group:bar'), bind(undefined, 'ClusterRole', 'any', 'User:admin'), bind(undefined, 'ClusterRole', 'prefix', 'User:prefixed')],
    'foo[User] get /apis yes', 'bar[Group] get /apis yes', 'admin[User] get /apis yes', 'admin[User] watch /apis yes', 'prefixed[User] get /apis/v1 yes', 'prefixed[User] get /apis/v1/foobar yes', 'foo[User] watch /apis no', 'bar[Group] watch /apis no', 'foo[User] get /api/v1 no', 'admin[User] get /api/v1 no', 'prefixed[User] get /api/v1 no', 'prefixed[User] get /apis unknown'),
  estate('pods without their subresources', [clusterRole('admin', ['* * pods']), bind('ns1', 'ClusterRole', 'admin', 'User:admin')], 'admin[User] get pods in ns1 yes', 'admin[User] get pods/status in ns1 no'),
  estate('a subresource without the pods', [clusterRole('admin', ['* * pods/status']), bind('ns1', 'ClusterRole', 'admin', 'User:admin')], 'admin[User] get pods/status in ns1 yes', 'admin[User] get pods in ns1 no'),
  held('any verb', '* group1 resource1', ...cross('111', '211')), held('any group', 'verb1 * resource1', ...cross('111', '121')), held('any resource', 'verb1 group1 *', ...cross('111', '112')),
  held('every pair of lists', 'verb1,verb2 group1,group2 resource1,resource2', ...cross('111', '112', '121', '122', '211', '212', '221', '222')),
  held('a subresource by its full name', '* * resource1/subresource1', 'verb1 resource1.group1/subresource1 in * yes', 'verb1 group1/resource1/subresource1 in * yes', 'verb1 resource1.group2/subresource2 in * no', 'verb1 resource2.group1/subresource1 in * no', 'verb2 group1/resource2/subresource1 in * no'),
  held('a group before a slash', 'verb1 group1 resource1', 'verb1 group1/resource1 in * yes', 'verb1 group2/resource1 in * no', 'verb1 resource1/group1 in * no'),
  held('every URL', 'verb1 - - - *', 'verb1 /foo yes', 'verb1 /foo/bar/one yes', 'verb2 /foo no', 'verb2 /foo/bar no'),
  held('URLs below one', 'verb1 - - - /foo/*', 'verb1 /foo no', 'verb1 /foo/bar yes', 'verb1 /foo/bar/one yes', 'verb1 /notfoo no', 'verb1 /notfoo/bar no', 'verb2 /foo/bar no'),
  held('URLs one by one', 'verb1,verb2 - - - /foo,/bar', 'verb1 /foo yes', 'verb2 /bar yes', 'verb3 /foo no', 'verb1 /foobar no', 'verb1 /foo/bar no'),
  held('a subresource of anything', '* * */scale', 'update deployments.apps/scale in * yes', 'update foo.group/scale in * yes', 'update foo.group in * no', 'update scale in * no', 'update foo.group/other in * no'),
  held('an object by name', 'get "" configmaps tls', 'get configmaps in ns1/tls[ConfigMap] yes', 'get configmaps in ns1/other[ConfigMap] no', 'get configmaps in ns1 no', 'list configmaps in ns1 no'),
  held('the case of a word counts', 'GET "" Pods', 'GET Pods in * yes', 'get pods in * no'),
  estate('a role of a namespace beside one of the cluster', [clusterRole('admin', ['* * * - *']), role('ns1', 'admin', ['get * Pods']), bind(undefined, 'ClusterRole', 'admin', 'User:super', 'Group:supers'), bind('ns1', 'Role', 'admin', 'User:admin', 'Group:admins')],
    'super[User] get Pods in ns1 yes', 'supers[Group] create Pods in ns2 yes', 'super[User] * Pods in * yes', 'system:masters get Pods in ns1 yes', 'admin[User] get Pods in ns1 yes', 'admins[Group] get Pods in ns1 yes', 'admin[User] create Pods in ns1 unknown', 'admin[User] get Pods in ns2 unknown', 'admin[User] * Pods in * unknown', 'admins[Group] get Pods in * no'),
  estate('rules of several roles', [role('ns1', 'read', ['get,watch "" pods', 'get,watch "" services']), clusterRole('nodes', ['update "" nodes']), bind('ns1', 'Role', 'read', 'User:foobar', 'Group:group1')], 'foobar[User] watch services in ns1 yes', 'group1[Group] get pods in ns1 yes', 'foobar[User] get pods in ns2 no', 'foobar[User] update nodes no', 'foobar[User] delete pods in ns1 no'),
  estate('whom subjects mean', [clusterRole('r', ['get "" pods']), bind('one', 'ClusterRole', 'r', 'User:barfoo', 'User:foobar', 'Group:gang', 'ServiceAccount:kube-system/default', 'ServiceAccount:own'), bind('two', 'ClusterRole', 'r', 'User:*'), bind('three', 'ClusterRole', 'r', 'Group:system:authenticated'), bind('four', 'ClusterRole', 'r', 'Group:system:unauthenticated'), bind('five', 'ClusterRole', 'r', 'Group:system:serviceaccounts:one'), bind('six', 'ClusterRole', 'r', 'Group:system:serviceaccounts')],
    'foobar[User] get pods in one yes', 'zimzam[User] get pods in one unknown', 'gang[Group] get pods in one yes', 'system:serviceaccount:kube-system:default get pods in one yes', 'kube-system/default[ServiceAccount] get pods in one yes', 'other/default[ServiceAccount] get pods in one no', 'one/own[ServiceAccount] get pods in one yes', 'two/own[ServiceAccount] get pods in one no', 'foobar[User] get pods in two no',
    'foobar[User] get pods in three yes', 'one/any[ServiceAccount] get pods in three yes', 'system:anonymous get pods in three no', 'system:anonymous get pods in four yes', 'foobar[User] get pods in four yes', 'one/any[ServiceAccount] get pods in five yes', 'two/any[ServiceAccount] get pods in five no', 'two/any[ServiceAccount] get pods in six yes', 'foobar[User] get pods in six no'),
  estate('roles put together by labels', [clusterRole('sum', [], { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'sum' } }, { matchExpressions: [{ key: 'also', operator: 'Exists' }] }] } }), clusterRole('a', ['get "" pods'], {}, { part: 'sum' }), clusterRole('b', ['list "" secrets'], {}, { also: 'x' }), clusterRole('c', ['delete "" nodes'], {}, { part: 'other' }), bind(undefined, 'ClusterRole', 'sum', 'User:u')],
    'u[User] get pods in * yes', 'u[User] list secrets in ns1 yes', 'u[User] delete nodes no', 'u[User] get secrets in ns1 no'),
  estate('a ClusterRole bound in a namespace, and an unknown role', [clusterRole('r', ['get "" pods,nodes']), bind('ns1', 'ClusterRole', 'r', 'User:u'), bind('ns1', 'Role', 'gone', 'User:lost'), bind('ns1', 'ClusterRole', 'r', 'User:ann@acme.test')], 'ann@acme.test get pods in ns1 yes', 'user:ann@acme.test get pods in ns2 no', 'u[User] get pods in ns1 yes', 'u[User] get pods yes', 'u[User] get pods in * no', 'u[User] get nodes no', 'lost[User] get pods in ns1 unknown', 'lost[User] get pods in ns2 no'),
] };
