import { describe, expect, it } from 'vitest';
import { evaluateK8sIdentity } from '#electron/evaluate/k8s/identity.ts';
import { grantsOf, requesterOf } from '#electron/evaluate/k8s/rbac-grants.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Question, QuestionAnswer } from '#electron/evaluate/platform.ts';
import { account, ask, binding, clusterOf, deployment, explain, explained, namespace, node, object, pod, role, serviceAccount, type Manifest } from './cluster.ts';

const world: readonly Manifest[] = [namespace('shop'), namespace('kube-system'), serviceAccount('shop/app'), serviceAccount('shop/admin'), serviceAccount('kube-system/operator'), pod('shop/api', { app: 'api' }, { serviceAccountName: 'app', nodeName: 'n1' }), node('n1', []),
  object('v1', 'Secret', 'api', 'shop', { type: 'Opaque' }), binding('shop/none', 'Role', 'none', account('shop/admin')), role('shop/none', [])];
const rule = (verbs: string, resources: string, apiGroups = '', more: Manifest = {}): Manifest => ({ verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: [apiGroups], ...more });
const app = 'shop/app[ServiceAccount]';
const may = (action: string, object?: string, subject = app): Question => ({ question: 'effective_permission', subject, action, ...(object !== undefined && { object }) });
const up = (object?: string, subject = app): Question => ({ question: 'escalation', subject, ...(object !== undefined && { object }) });
const inShop = (...rules: readonly Manifest[]): readonly Manifest[] => [role('shop/r', rules), binding('shop/b', 'Role', 'r', account('shop/app'))];
const everywhere = (...rules: readonly Manifest[]): readonly Manifest[] => [role('cr', rules), binding('crb', 'ClusterRole', 'cr', account('shop/app'))];
const user = (name: string): Manifest => ({ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' });
const group = (name: string): Manifest => ({ kind: 'Group', name, apiGroup: 'rbac.authorization.k8s.io' });
const readSecrets = rule('get list', 'secrets'), secretsRole = role('cr', [readSecrets]);

type Row = readonly [fact: string, answer: QuestionAnswer['answer'], manifests: readonly Manifest[], question: Question, by: RegExp];
const pairs: readonly Row[] = [
  ['a Role in its namespace', 'yes', inShop(readSecrets), may('get secrets', 'shop'), /RoleBinding b gives shop\/app\[ServiceAccount\] the role r/],
  ['in another namespace', 'no', inShop(readSecrets), may('get secrets', 'kube-system'), /NO_GRANT.*none of the roles/],
  ['a RoleBinding is not the whole cluster', 'no', inShop(readSecrets), may('get secrets', '*'), /NO_GRANT/],
  ['a ClusterRoleBinding is', 'yes', everywhere(readSecrets), may('get secrets', '*'), /ClusterRoleBinding crb/],
  ['a ClusterRole by a RoleBinding: there', 'yes', [secretsRole, binding('shop/b', 'ClusterRole', 'cr', account('shop/app'))], may('list secrets', 'shop'), /role cr/],
  ['and nowhere else', 'no', [secretsRole, binding('shop/b', 'ClusterRole', 'cr', account('shop/app'))], may('list secrets', 'kube-system'), /NO_GRANT/],
  ['another verb', 'no', inShop(readSecrets), may('delete secrets', 'shop'), /NO_GRANT/],
  ['any verb', 'yes', inShop(rule('*', 'secrets')), may('delete secrets', 'shop'), /allows "delete secrets"/],
  ['pods are not pods/exec', 'no', inShop(rule('create', 'pods')), may('create pods/exec', 'shop'), /NO_GRANT/],
  ['pods/exec', 'yes', inShop(rule('create', 'pods/exec')), may('create pods/exec', 'shop'), /pods\/exec/],
  ['any resource means subresources too', 'yes', inShop(rule('create', '*')), may('create pods/exec', 'shop'), /role r/],
  ['pods/* means nothing', 'no', inShop(rule('create', 'pods/*')), may('create pods/exec', 'shop'), /NO_GRANT/],
  ['a subresource of anything', 'yes', inShop(rule('update', '*/scale', 'apps')), may('update deployments/scale', 'shop'), /role r/],
  ['of that name', 'no', inShop(rule('update', '*/status', 'apps')), may('update deployments/scale', 'shop'), /NO_GRANT/],
  ['the group of the resource', 'yes', inShop(rule('create', 'deployments', 'apps')), may('create deployments.apps', 'shop'), /role r/],
  ['another group', 'no', inShop(rule('create', 'deployments', 'extensions')), may('create deployments', 'shop'), /NO_GRANT/],
  ['a named object', 'yes', inShop(rule('get', 'secrets', '', { resourceNames: ['api'] })), may('get secrets', 'shop/api[Secret]'), /role r/],
  ['an object of another name', 'no', inShop(rule('get', 'secrets', '', { resourceNames: ['api'] })), may('get secrets', 'shop/tls[Secret]'), /NO_GRANT/],
  ['names don’t allow a list', 'no', inShop(rule('list', 'secrets', '', { resourceNames: ['api'] })), may('list secrets', 'shop'), /NO_GRANT/],
  ['no names do', 'yes', inShop(rule('list', 'secrets', '', { resourceNames: [] })), may('list secrets', 'shop'), /role r/],
  ['nodes by a ClusterRoleBinding', 'yes', everywhere(rule('get', 'nodes')), may('get nodes'), /crb/],
  ['nodes by a RoleBinding', 'no', inShop(rule('get', 'nodes')), may('get nodes'), /NO_GRANT/],
  ['a URL', 'yes', everywhere({ verbs: ['get'], nonResourceURLs: ['/metrics', '/healthz/*'] }), may('get /healthz/ready'), /crb/],
  ['another URL', 'no', everywhere({ verbs: ['get'], nonResourceURLs: ['/metrics', '/healthz/*'] }), may('get /logs'), /NO_GRANT/],
  ['the group of all service accounts', 'yes', [secretsRole, binding('crb', 'ClusterRole', 'cr', group('system:serviceaccounts'))], may('get secrets', '*'), /crb/],
  ['of those of another namespace', 'no', [secretsRole, binding('crb', 'ClusterRole', 'cr', group('system:serviceaccounts:kube-system'))], may('get secrets', '*'), /NO_GRANT/],
  ['a service account of the same name elsewhere', 'no', [secretsRole, binding('crb', 'ClusterRole', 'cr', account('kube-system/app'))], may('get secrets', '*'), /no binding names/],
  ['named as the user that it is', 'yes', [secretsRole, binding('crb', 'ClusterRole', 'cr', user('system:serviceaccount:shop:app'))], may('get secrets', '*'), /crb/],
  ['a user', 'yes', [secretsRole, binding('crb', 'ClusterRole', 'cr', user('alice'))], may('get secrets', '*', 'alice[User]'), /alice/],
  ['a group of that name is not the user', 'no', [secretsRole, binding('crb', 'ClusterRole', 'cr', user('alice'))], may('get secrets', '*', 'alice[Group]'), /NO_GRANT/],
  ['everyone who logs in', 'yes', [secretsRole, binding('crb', 'ClusterRole', 'cr', group('system:authenticated'))], may('get secrets', '*', 'alice[User]'), /crb/],
  ['who doesn’t', 'no', [secretsRole, binding('crb', 'ClusterRole', 'cr', group('system:authenticated'))], may('get secrets', '*', 'system:anonymous[User]'), /NO_GRANT/],
  ['an aggregated role', 'yes', [object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'agg', undefined, { rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'agg' } }] } }), role('part', [readSecrets], { to: 'agg' }), binding('crb', 'ClusterRole', 'agg', account('shop/app'))], may('get secrets', '*'), /role agg/],
  ['whose selector chooses another part', 'no', [object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'agg', undefined, { rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'other' } }] } }), role('part', [readSecrets], { to: 'agg' }), binding('crb', 'ClusterRole', 'agg', account('shop/app'))], may('get secrets', '*'), /NO_GRANT/],
  ['view shows no secrets', 'no', [binding('crb', 'ClusterRole', 'view', account('shop/app'))], may('get secrets', '*'), /NO_GRANT/],
  ['edit does', 'yes', [binding('crb', 'ClusterRole', 'edit', account('shop/app'))], may('get secrets', '*'), /edit/],
  ['cluster-admin, though not in the snapshot', 'yes', [binding('crb', 'ClusterRole', 'cluster-admin', account('shop/app'))], may('delete nodes'), /cluster-admin/],
  ['admin of a namespace', 'no', [binding('shop/b', 'ClusterRole', 'admin', account('shop/app'))], may('delete nodes'), /NO_GRANT/],
  ['a pod does what its account may', 'yes', inShop(readSecrets), may('get secret', 'shop', 'shop/api[Pod]'), /role r/],
  ['and no more', 'no', inShop(readSecrets), may('create po', 'shop', 'shop/api[Pod]'), /NO_GRANT/],

  ['an administrator needs no way up', 'yes', [binding('crb', 'ClusterRole', 'cluster-admin', account('shop/app'))], up(), /K8S_ADMINISTRATOR/],
  ['who only looks has none', 'no', [binding('crb', 'ClusterRole', 'view', account('shop/app'))], up(), /NO_PRIMITIVE.*none of its permissions/],
  ['create pods', 'yes', inShop(rule('create', 'pods')), up(), /POD_CREATE in shop/], ['get pods', 'no', inShop(rule('get', 'pods')), up(), /NO_PRIMITIVE/],
  ['patch deployments', 'yes', inShop(rule('patch', 'deployments', 'apps')), up(), /WORKLOAD_PATCH/], ['patch services', 'no', inShop(rule('patch', 'services')), up(), /NO_PRIMITIVE/],
  ['pods/exec', 'yes', inShop(rule('create', 'pods/exec')), up(), /POD_EXEC/], ['pods/log', 'no', inShop(rule('get', 'pods/log')), up(), /NO_PRIMITIVE/],
  ['pods/attach', 'yes', inShop(rule('create', 'pods/attach')), up(), /POD_ATTACH/], ['pods/portforward', 'no', inShop(rule('create', 'pods/portforward')), up(), /NO_PRIMITIVE/],
  ['patch pods', 'yes', inShop(rule('patch', 'pods')), up(), /POD_PATCH/], ['delete pods', 'no', inShop(rule('delete', 'pods')), up(), /NO_PRIMITIVE/],
  ['list secrets', 'yes', inShop(rule('list', 'secrets')), up(), /SECRETS_READ/], ['create secrets', 'no', inShop(rule('create', 'secrets')), up(), /NO_PRIMITIVE/],
  ['tokens', 'yes', inShop(rule('create', 'serviceaccounts/token')), up(), /TOKEN_REQUEST/], ['service accounts', 'no', inShop(rule('create', 'serviceaccounts')), up(), /NO_PRIMITIVE/],
  ['impersonate groups, with a user', 'yes', everywhere(rule('impersonate', 'groups'), rule('impersonate', 'users', '', { resourceNames: ['guest'] })), up(), /IMPERSONATE_GROUP/], ['impersonate groups as nobody', 'no', everywhere(rule('impersonate', 'groups')), up(), /NO_PRIMITIVE/], ['one harmless user', 'no', everywhere(rule('impersonate', 'users', '', { resourceNames: ['guest'] })), up(), /NO_PRIMITIVE/],
  ['bind and create bindings', 'yes', everywhere(rule('bind', 'clusterroles', 'rbac.authorization.k8s.io'), rule('create', 'clusterrolebindings', 'rbac.authorization.k8s.io')), up(), /BIND_CLUSTERROLE/],
  ['bind alone', 'no', everywhere(rule('bind', 'clusterroles', 'rbac.authorization.k8s.io')), up(), /NO_PRIMITIVE/],
  ['escalate and change roles', 'yes', everywhere(rule('escalate update', 'clusterroles', 'rbac.authorization.k8s.io')), up(), /ESCALATE_CLUSTERROLE/],
  ['change roles alone: no more than one has', 'no', everywhere(rule('update', 'clusterroles', 'rbac.authorization.k8s.io')), up(), /NO_PRIMITIVE/],
  ['nodes/proxy', 'yes', everywhere(rule('get', 'nodes/proxy')), up(), /NODE_PROXY/], ['nodes/metrics', 'no', everywhere(rule('get', 'nodes/metrics')), up(), /NO_PRIMITIVE/],
  ['webhooks', 'yes', everywhere(rule('update', 'mutatingwebhookconfigurations', 'admissionregistration.k8s.io')), up(), /WEBHOOK_CHANGE/], ['read webhooks', 'no', everywhere(rule('get', 'mutatingwebhookconfigurations', 'admissionregistration.k8s.io')), up(), /NO_PRIMITIVE/],
  ['approve certificates', 'yes', everywhere(rule('create', 'certificatesigningrequests', 'certificates.k8s.io'), rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io'), rule('approve', 'signers', 'certificates.k8s.io')), up(), /CSR_APPROVE/],
  ['ask for them', 'no', everywhere(rule('create', 'certificatesigningrequests', 'certificates.k8s.io')), up(), /NO_PRIMITIVE/],
  ['another account of the namespace', 'yes', inShop(rule('create', 'pods')), up('shop/admin[ServiceAccount]'), /POD_CREATE in shop/],
  ['one of another namespace', 'no', inShop(rule('create', 'pods')), up('kube-system/operator[ServiceAccount]'), /lead elsewhere/],
  ['a node by its pods', 'no', inShop(rule('create', 'pods/exec')), up('n1[Node]'), /lead elsewhere/],
  ['by its proxy', 'yes', everywhere(rule('create', 'nodes/proxy')), up('n1[Node]'), /NODE_PROXY/],
];

describe('RBAC', () => {
  it.each(pairs)('%s: %s', (_, answer, manifests, question, by) => {
    expect(explain(ask([...world, ...manifests], question))).toMatch(explained(answer, by));
  });

  it.each<Row>([
    ['a bound role that is not in the snapshot', 'unknown', [binding('crb', 'ClusterRole', 'custom', account('shop/app'))], may('get secrets', '*'), /ROLE.*missing the role custom/],
    ['another role that allows it', 'yes', [binding('crb', 'ClusterRole', 'custom', account('shop/app')), ...inShop(readSecrets)], may('get secrets', 'shop'), /role r/],
    ['ways up of a role that is not there', 'unknown', [binding('crb', 'ClusterRole', 'custom', account('shop/app'))], up(), /missing the role custom/],
    ['masters', 'yes', [], may('delete nodes', '*', 'system:masters[Group]'), /whatever RBAC says/],
    ['nobody knows who', 'unknown', [], may('get secrets', '*', 'shop/x[Service]'), /who that is/],
    ['a role of itself', 'no', [object('rbac.authorization.k8s.io/v1', 'ClusterRole', 'a', undefined, { rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels: { l: 'x' } }] } }), binding('crb', 'ClusterRole', 'a', account('shop/app'))], may('get secrets', '*'), /NO_GRANT/],
  ])('%s: %s', (_, answer, manifests, question, by) => {
    expect(explain(ask([...world, ...manifests], question))).toMatch(explained(answer, by));
  });

  it('is open where no bindings were imported', () => {
    expect(explain(ask([namespace('shop'), serviceAccount('shop/app')], may('get secrets', '*')))).toMatch(explained('unknown', /role bindings/));
    expect(ask([namespace('shop'), serviceAccount('shop/app')], up())).toMatchObject({ answer: 'unknown' });
  });

  it('takes actions in the forms that people write, and says what it can’t read', () => {
    const manifests = [...world, ...inShop(readSecrets, rule('create', 'pods/exec'), rule('update', 'deployments', 'apps'))];
    for (const action of ['get secrets', 'get:secrets', 'GET Secret', 'list secret', 'create pods/exec', 'update deployments.apps', 'update apps/deployments', 'update deploy']) expect(ask(manifests, may(action, 'shop')).answer).toBe('yes');
    for (const where of ['shop', 'shop[Namespace]', 'shop/*', 'shop/api', 'shop/api[Secret]', 'k8s:cluster/shop/secret/api', undefined]) expect(ask(manifests, may('get secrets', where)).answer).toBe('yes');
    expect(() => ask(manifests, may('secrets', 'shop'))).toThrow(/VERB RESOURCE/);
  });

  it('tells administrators, those who can get further, and the rest', () => {
    const tier = (...manifests: readonly Manifest[]) => evaluateK8sIdentity(clusterOf([...world, ...manifests]), 'k8s:cluster/shop/serviceaccount/app').tier;
    expect([tier(binding('crb', 'ClusterRole', 'cluster-admin', account('shop/app'))), tier(...everywhere(rule('list', 'secrets'))), tier(...inShop(rule('create', 'pods'))), tier(...inShop(rule('get', 'pods'))), tier(binding('crb', 'ClusterRole', 'lost', account('shop/app')))]).toEqual(['tier0', 'tier0', 'tier1', 'none', 'unknown']);
    expect(tier(role('kube-system/r', [rule('create', 'pods')]), binding('kube-system/b', 'Role', 'r', account('shop/app')))).toBe('tier0');
  });

  it('lets the radius of a workload follow from its account', () => {
    const blast = (object: string | undefined, ...manifests: readonly Manifest[]) => ask([...world, deployment('shop/web', { app: 'web' }, { serviceAccountName: 'app' }), ...manifests], { question: 'blast_radius', subject: 'shop/web[Deployment]', object });
    expect(blast('kube-system/operator[ServiceAccount]', binding('crb', 'ClusterRole', 'cluster-admin', account('shop/app')))).toMatchObject({ answer: 'yes' });
    expect(blast('shop/api[Secret]', ...inShop(rule('get', 'secrets')))).toMatchObject({ answer: 'yes', via: expect.stringContaining('SECRETS_READ') as string });
    expect(blast('kube-system/operator[ServiceAccount]', ...inShop(rule('get', 'secrets')))).toMatchObject({ answer: 'no' });
  });
});

describe('bindings by whom they name', () => {
  const who = (view: GraphView, name: string): readonly string[] => grantsOf(view, requesterOf(view, name)!).map((g) => g.binding.name ?? '');
  it('are read once for a version of the graph, however many are asked about', () => {
    const graph = clusterOf([...world, binding('c', 'ClusterRole', 'view', account('shop/app'), { kind: 'Group', name: 'system:serviceaccounts' }), binding('shop/b', 'Role', 'none', { kind: 'ServiceAccount', name: 'app' }, account('shop/app'))]);
    let reads = 0;
    const counting = (version: number): GraphView => ({ ...graph, version, ofType: (type, scope) => { if (type.endsWith('Binding')) reads++; return graph.ofType(type, scope); } });
    const view = counting(1), names = ['shop/app[ServiceAccount]', 'shop/admin[ServiceAccount]', 'kube-system/operator[ServiceAccount]', 'app[User]'];
    expect([who(view, names[0]!), names.slice(1).map((n) => who(view, n))]).toEqual([['c', 'b'], [['c', 'none'], ['c'], []]]);
    const once = reads;
    for (const name of names) who(view, name);
    expect([once > 0, reads]).toEqual([true, once]);
    who(counting(2), names[0]!);
    expect(reads).toBeGreaterThan(once);
  });
});
