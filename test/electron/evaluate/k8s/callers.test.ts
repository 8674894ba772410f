import { describe, expect, it } from 'vitest';
import { blastRadius } from '#electron/evaluate/blast-radius.ts';
import { k8sIdentityEdges } from '#electron/evaluate/k8s/derived-edges.ts';
import { evaluateK8sIdentity } from '#electron/evaluate/k8s/identity.ts';
import { evaluateRoleOrBinding } from '#electron/evaluate/k8s/role-identity.ts';
import { noGcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import type { Question, QuestionAnswer } from '#electron/evaluate/platform.ts';
import type { Resource } from '#shared/model/resource.ts';
import { account, ask, binding, clusterOf, explain, explained, namespace, node, object, pod, role, serviceAccount, type Manifest } from './cluster.ts';

/** As whom a request comes: what anyone may, what a user's groups would add, what a node's name takes, and what a pod without a token is. Each row with a sibling that differs in one fact. */
type Manifests = readonly Manifest[];
const rbac = 'rbac.authorization.k8s.io';
const rule = (verbs: string, resources: string, apiGroup = '', more: Manifest = {}): Manifest => ({ verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: [apiGroup], ...more });
const user = (name: string): Manifest => ({ kind: 'User', name, apiGroup: rbac }), group = (name: string): Manifest => ({ kind: 'Group', name, apiGroup: rbac });
const held = (by: Manifest, ...rules: Manifests): Manifests => [role('held', rules), binding('held', 'ClusterRole', 'held', by)];
const inShop = (by: Manifest, ...rules: Manifests): Manifests => [role('shop/held', rules), binding('shop/held', 'Role', 'held', by)];
const secrets = rule('get list', 'secrets'), anyone = group('system:unauthenticated'), nobody = user('system:anonymous');

const world: Manifests = [namespace('shop', { 'pod-security.kubernetes.io/enforce': 'restricted' }), namespace('kube-system'), serviceAccount('shop/app'), serviceAccount('shop/admin'), pod('shop/web', undefined, { serviceAccountName: 'app', nodeName: 'n1' }), pod('shop/till', undefined, { serviceAccountName: 'admin', nodeName: 'n1' }),
  node('n1', []), node('n2', []), object('v1', 'Secret', 'key', 'shop', { type: 'Opaque' }), binding('shop/none', 'Role', 'none', account('shop/admin')), role('shop/none', [])];
const app = 'shop/app[ServiceAccount]', alice = 'alice[User]';
const may = (action: string, subject = app, object = '*'): Question => ({ question: 'effective_permission', subject, action, object });
const up = (object?: string, subject = app): Question => ({ question: 'escalation', subject, ...(object !== undefined && { object }) });
const as = (object: string, subject = app): Question => ({ question: 'can_assume', subject, object });
const falls = (object: string, subject: string): Question => ({ question: 'blast_radius', subject, object });

type Row = readonly [fact: string, answer: QuestionAnswer['answer'], manifests: Manifests, question: Question, by: RegExp];
const said = (manifests: Manifests, question: Question, more: readonly Resource[] = []): string => explain(ask([...world, ...manifests], question, more));
const check = (table: readonly Row[]): void => { it.each(table)('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); }); };

const server = (...flags: readonly string[]): Manifest => ({ ...pod('kube-system/kube-apiserver-m', { component: 'kube-apiserver' }), spec: { containers: [{ name: 'kube-apiserver', image: 'i', command: ['kube-apiserver', '--secure-port=6443', ...flags] }] } });
const shell = (flag: string): Manifest => ({ ...server(), spec: { containers: [{ name: 'kube-apiserver', image: 'i', command: ['/bin/sh', '-c', `exec /usr/local/bin/kube-apiserver --secure-port=6443 ${flag} --v=2 2>&1`] }] } });
const worker = (kubeletVersion: string, labels: Readonly<Record<string, string>> = {}): Manifest => object('v1', 'Node', 'w1', undefined, { spec: {}, status: { addresses: [], nodeInfo: { kubeletVersion } } }, labels);

describe('what requests without credentials may', () => { check([
  ['an account may too', 'yes', held(anyone, secrets), may('get secrets'), /held gives whoever asks without credentials the role held/], ['by the name of the user', 'yes', held(nobody, secrets), may('get secrets'), /without credentials/],
  ['what a group may that is no one’s', 'no', held(group('ops'), secrets), may('get secrets'), /NO_GRANT/], ['a user may', 'yes', held(anyone, secrets), may('get secrets', alice), /without credentials/], ['a group may', 'yes', held(anyone, secrets), may('get secrets', 'ops[Group]'), /without credentials/],
  ['and no more', 'no', held(anyone, secrets), may('delete secrets'), /NO_GRANT/], ['in one namespace', 'yes', inShop(anyone, secrets), may('get secrets', alice, 'shop'), /in shop/], ['not in another', 'no', inShop(anyone, secrets), may('get secrets', app, 'kube-system'), /NO_GRANT/],
  ['the group has what its only user has', 'yes', held(nobody, secrets), may('get secrets', 'system:unauthenticated[Group]'), /without credentials/], ['what who logs in has, it has not', 'no', held(group('system:authenticated'), secrets), may('get secrets', 'system:unauthenticated[Group]'), /NO_GRANT/],
  ['who logs in has both', 'yes', held(group('system:authenticated'), secrets), may('get secrets', 'system:serviceaccounts[Group]'), /held gives system:serviceaccounts/],
  ['a role that is not in the snapshot', 'unknown', [binding('b', 'ClusterRole', 'lost', anyone)], may('get secrets'), /missing the role lost/],
  ['they make an administrator', 'yes', [binding('b', 'ClusterRole', 'cluster-admin', anyone)], up('cluster'), /requests without credentials come as it.*K8S_ADMINISTRATOR/], ['any gain', 'yes', [binding('b', 'ClusterRole', 'cluster-admin', anyone)], up(), /requests without credentials/],
  ['they look around', 'no', [binding('b', 'ClusterRole', 'view', anyone)], up(), /NO_PRIMITIVE/], ['or may do what is lost', 'unknown', [binding('b', 'ClusterRole', 'lost', anyone)], up(), /missing the role lost/],
  ['a way of theirs', 'yes', inShop(nobody, rule('create', 'serviceaccounts/token')), up('shop/admin[ServiceAccount]'), /without credentials.*TOKEN_REQUEST in shop/], ['of a user', 'yes', inShop(nobody, rule('create', 'serviceaccounts/token')), up('shop/admin[ServiceAccount]', alice), /without credentials.*TOKEN_REQUEST/],
  ['not one to another namespace', 'no', inShop(nobody, rule('create', 'serviceaccounts/token')), up('kube-system/default[ServiceAccount]'), /NO_PRIMITIVE/],
  ['two halves are no whole', 'no', [...held(anyone, rule('impersonate', 'groups')), role('own', [rule('impersonate', 'users', '', { resourceNames: ['bob'] })]), binding('own', 'ClusterRole', 'own', account('shop/app'))], up('cluster'), /NO_PRIMITIVE/],
  ['anyone is anonymous', 'yes', held(anyone, secrets), as('system:anonymous[User]'), /ANONYMOUS.*by a request without credentials/], ['and of its group', 'yes', held(anyone, secrets), as('system:unauthenticated[Group]', alice), /ANONYMOUS/], ['nobody is another', 'no', held(user('bob'), secrets), as('bob[User]'), /NO_PRIMITIVE/],
  ['what falls with a pod', 'yes', inShop(anyone, secrets), falls('shop/key[Secret]', 'shop/web[Pod]'), /SECRETS_READ/], ['not where they may nothing', 'no', inShop(anyone, rule('get', 'pods')), falls('shop/key[Secret]', 'shop/web[Pod]'), /NOT_REACHED/],
]); });

describe('whether they are taken', () => { check([
  ['the API server refuses them', 'no', [...held(anyone, secrets), server('--anonymous-auth=false')], may('get secrets'), /NO_GRANT/], ['is told to take them', 'yes', [...held(anyone, secrets), server('--anonymous-auth=true')], may('get secrets'), /API server takes requests/],
  ['the last word counts', 'no', [...held(anyone, secrets), server('--anonymous-auth=true', '--anonymous-auth=false')], may('get secrets'), /NO_GRANT/], ['or a file says it', 'unknown', [...held(anyone, secrets), server('--authentication-config=/etc/a.yaml')], may('get secrets'), /ANONYMOUS.*missing whether the API server takes/],
  ['refused: no way up', 'no', [binding('b', 'ClusterRole', 'cluster-admin', anyone), server('--anonymous-auth=false')], up(), /NO_PRIMITIVE/], ['open: an open way', 'unknown', [binding('b', 'ClusterRole', 'cluster-admin', anyone), server('--authentication-config=/a')], up('cluster'), /whether the API server takes/],
  ['refused: no anonymous', 'no', [...held(anyone, secrets), server('--anonymous-auth=false')], as('system:anonymous[User]'), /NO_PRIMITIVE/], ['refused: nothing for it either', 'no', [...held(nobody, secrets), server('--anonymous-auth=false')], may('get secrets', 'system:anonymous[User]'), /refuses requests without credentials/],
  ['EKS from 1.32 on', 'no', [...held(anyone, secrets), worker('v1.32.1-eks-5d632ec')], may('get secrets'), /NO_GRANT/], ['before', 'yes', [...held(anyone, secrets), worker('v1.31.4-eks-aeac579')], may('get secrets'), /without credentials/],
  ['but its health', 'yes', [...held(anyone, { verbs: ['get'], nonResourceURLs: ['/livez', '/logs'] }), worker('v1.32.1-eks-5d632ec')], may('get /livez'), /without credentials/], ['and that alone', 'no', [...held(anyone, { verbs: ['get'], nonResourceURLs: ['/livez', '/logs'] }), worker('v1.32.1-eks-5d632ec')], may('get /logs'), /NO_GRANT/],
  ['K3s', 'unknown', [...held(anyone, secrets), worker('v1.30.2+k3s1')], may('get secrets'), /K3s and RKE2 refuse/], ['a line of a shell', 'no', [...held(anyone, secrets), shell('--anonymous-auth=false')], may('get secrets'), /NO_GRANT/], ['that takes them', 'yes', [...held(anyone, secrets), shell('--anonymous-auth=true')], may('get secrets'), /API server takes requests/],
  ['AKS', 'unknown', [...held(anyone, secrets), worker('v1.30.2', { 'kubernetes.azure.com/cluster': 'x' })], may('get secrets'), /AKS sets/],
]); });

it('says what is assumed of an API server that no record tells of', () => {
  expect(ask([...world, ...held(anyone, secrets)], may('get secrets')).assumed).toEqual(['anonymous_auth']);
  expect(ask([...world, binding('b', 'ClusterRole', 'cluster-admin', anyone)], up('cluster')).assumed).toEqual(['anonymous_auth']);
  expect(ask([...world, ...held(anyone, secrets), server()], may('get secrets')).assumed).toEqual([]);
});

describe('who holds it from outside', () => {
  const cloud = (type: string, config: Manifest): Resource => ({ urn: `cloud:${type}`, type, kind: 'endpoint', name: 'shop', account: '1', aliases: [], tags: {}, deleted: false, config, source: 'test', provenance: 'observed' });
  const eks = (isPublic: boolean, Version = '1.30'): Resource => cloud('AWS::EKS::Cluster', { Name: 'shop', Version, ResourcesVpcConfig: { EndpointPublicAccess: isPublic, PublicAccessCidrs: ['0.0.0.0/0'] } });
  const gke = (mode: string): Resource => cloud('container.googleapis.com/Cluster', { name: 'shop', anonymousAuthenticationConfig: { mode } });
  const of = (manifests: Manifests, more: readonly Resource[] = []) => {
    const graph = clusterOf([...world, ...manifests].map((m) => ({ ...m, metadata: { ...(m['metadata'] as Manifest), annotations: { 'winnow/cluster': 'shop' } } })), more), [found] = graph.ofType('K8s::ClusterRoleBinding');
    const whole = evaluateRoleOrBinding(graph, found!), [who] = [...graph.ofType('K8s::Group'), ...graph.ofType('K8s::User')], edges = who ? k8sIdentityEdges(graph, who, noGcpKnowledge) : [];
    expect(who && evaluateK8sIdentity(graph, who.urn).external.answer).toBe(whole.external.answer);
    return { answer: whole.external.answer, principals: whole.external_principals, assumed: whole.external.assumed, enters: edges.filter((e) => e.source === 'internet').map((e) => e.target) };
  };
  const admin = (who: Manifest): Manifest => binding('b', 'ClusterRole', 'cluster-admin', who);
  it('is everyone where the API server is public, and nobody where it is not', () => {
    expect(of([admin(anyone)], [eks(true)])).toMatchObject({ answer: 'yes', principals: ['everyone'], enters: ['k8s:shop/group/system:unauthenticated'] });
    expect(of([admin(nobody)], [eks(true)])).toMatchObject({ answer: 'yes', enters: ['k8s:shop/user/system:anonymous'] });
    expect(of([admin(anyone)], [eks(false)])).toMatchObject({ answer: 'no', principals: [], enters: [] });
    expect(of([admin(anyone)])).toMatchObject({ answer: 'yes', assumed: ['anonymous_auth', 'api_server_reach'], enters: [] });
    expect(of([binding('b', 'ClusterRole', 'view', anyone)], [eks(true)]).enters).toEqual([]);
  });
  it('is nobody where such requests are refused', () => {
    expect([of([admin(anyone)], [eks(true, '1.33')]), of([admin(anyone)], [gke('LIMITED')])]).toMatchObject([{ answer: 'no', enters: [] }, { answer: 'no', enters: [] }]);
    expect(of([admin(anyone), server('--authentication-config=/a')])).toMatchObject({ answer: 'unknown', principals: [] });
  });
  it('is everyone with Google’s account on GKE, of those who log in', () => {
    expect([of([admin(group('system:authenticated')), worker('v1.30.5-gke.1443001')]).answer, of([admin(group('system:authenticated')), worker('v1.30.5')]).answer]).toEqual(['yes', 'no']);
  });
});

const openShift = (name: string, ...users: readonly string[]): Manifest => object('user.openshift.io/v1', 'Group', name, undefined, { users });
const gke = worker('v1.30.5-gke.1443001');
it('says what a "no" about a user takes for granted', () => {
  const assumed = (...more: Manifests) => ask([...world, ...held(user('bob'), secrets), ...more], may('get secrets', alice)).assumed;
  expect([assumed(), assumed(binding('b', 'ClusterRole', 'cluster-admin', group('kubeadm:cluster-admins'))), assumed(worker('v1.31.4-eks-aeac579'))]).toEqual([['not_of_system_masters'], ['not_of_system_masters', 'not_of_kubeadm_cluster_admins'], ['not_of_system_masters', 'no_cloud_authorizer']]);
});
const everything = (...modes: readonly string[]) => server(`--authorization-mode=${modes.join(',')}`);
describe('an API server that asks no role', () => { check([
  ['lets an account do it', 'yes', [...held(user('bob'), secrets), everything('Node', 'AlwaysAllow')], may('delete secrets'), /AlwaysAllow.*everyone who logs in/], ['or a user', 'yes', [...held(user('bob'), secrets), everything('AlwaysAllow')], may('delete nodes', alice), /AlwaysAllow/], ['not who shows no credentials', 'no', [...held(user('bob'), secrets), everything('AlwaysAllow')], may('delete secrets', 'system:anonymous[User]'), /NO_GRANT/], ['where it asks RBAC', 'no', [...held(user('bob'), secrets), everything('Node', 'RBAC')], may('delete secrets'), /NO_GRANT/],
  ['gives the cluster', 'yes', [...held(user('bob'), secrets), everything('AlwaysAllow')], up('cluster'), /AlwaysAllow/], ['not to a pod without a token', 'unknown', [pod('shop/bare', undefined, { serviceAccountName: 'app', automountServiceAccountToken: false }), ...held(user('bob'), secrets), everything('AlwaysAllow')], may('delete secrets', 'shop/bare[Pod]'), /whether it gets a token/], ['nor where it asks', 'no', [...held(user('bob'), secrets), everything('Node', 'RBAC')], up('cluster'), /NO_PRIMITIVE/],
]); });
const info = binding('pub', 'ClusterRole', 'system:public-info-viewer', anyone), discovery = binding('disc', 'ClusterRole', 'system:discovery', group('system:authenticated'));
describe('default roles of URLs that the snapshot doesn’t hold', () => { check([
  ['its version', 'yes', [info], may('get /version', 'system:anonymous[User]'), /pub/], ['and no more', 'no', [info], may('get /metrics', 'system:anonymous[User]'), /NO_GRANT/], ['nor to change it', 'no', [info], may('create /version', 'system:anonymous[User]'), /NO_GRANT/], ['what it serves', 'yes', [discovery], may('get /apis/apps'), /disc/], ['only to who logs in', 'no', [discovery], may('get /apis/apps', 'system:anonymous[User]'), /NO_GRANT/], ['no way up', 'no', [info, discovery], up(), /NO_PRIMITIVE/],
]); });
describe('groups that no object tells', () => { check([
  ['a user may be of a group that may', 'unknown', held(group('dev'), secrets), may('get secrets', alice), /GROUPS.*missing whether alice\[User\] is of the group dev/], ['of one that may not', 'no', held(group('dev'), rule('get', 'pods')), may('get secrets', alice), /NO_GRANT/],
  ['an account is not', 'no', held(group('dev'), secrets), may('get secrets'), /NO_GRANT/], ['nor another group', 'no', held(group('dev'), secrets), may('get secrets', 'ops[Group]'), /NO_GRANT/], ['nor a pod', 'no', held(group('dev'), secrets), may('get secrets', 'shop/web[Pod]'), /NO_GRANT/],
  ['nor Kubernetes’ own', 'no', held(group('dev'), secrets), may('get secrets', 'system:kube-scheduler[User]'), /NO_GRANT/], ['nor nodes', 'no', held(group('dev'), secrets), may('get secrets', 'system:node:n1[User]'), /NO_GRANT/], ['nor who shows no credentials', 'no', held(group('dev'), secrets), may('get secrets', 'system:anonymous[User]'), /NO_GRANT/],
  ['the group of nodes has nodes', 'no', held(group('system:nodes'), secrets), may('get secrets', alice), /NO_GRANT/], ['the accounts’ accounts', 'no', held(group('system:serviceaccounts:shop'), secrets), may('get secrets', alice), /NO_GRANT/], ['all who log in is told', 'yes', [...held(group('system:authenticated'), secrets), binding('x', 'ClusterRole', 'view', group('dev'))], may('get secrets', alice), /held/],
  ['what it may itself is sure', 'yes', [...held(user('alice'), secrets), binding('x', 'ClusterRole', 'edit', group('dev'))], may('get secrets', alice), /held gives alice/], ['a group of another namespace', 'no', inShop(group('dev'), secrets), may('get secrets', alice, 'kube-system'), /NO_GRANT/],
  ['a group whose role is lost', 'unknown', [binding('b', 'ClusterRole', 'lost', group('dev'))], may('get secrets', alice), /whether alice\[User\] is of the group dev/], ['who installs may be a master', 'unknown', [], may('get secrets', 'kubernetes-admin[User]'), /of the group system:masters/], ['another is taken not to be', 'no', [], may('get secrets', alice), /NO_GRANT/],
  ['members of one group of accounts are of all', 'yes', held(group('system:serviceaccounts'), secrets), may('get secrets', 'system:serviceaccounts:shop[Group]'), /held/], ['not of another namespace’s', 'no', held(group('system:serviceaccounts:shop'), secrets), may('get secrets', 'system:serviceaccounts:bank[Group]'), /NO_GRANT/],
  ['a way up of the group', 'unknown', held(group('dev'), rule('create', 'pods')), up(undefined, alice), /GROUPS.*group dev/], ['that is none', 'no', held(group('dev'), rule('get', 'pods')), up(undefined, alice), /NO_PRIMITIVE/], ['to what is asked', 'unknown', inShop(group('dev'), rule('create', 'serviceaccounts/token')), up('shop/admin[ServiceAccount]', alice), /group dev/],
  ['elsewhere', 'no', inShop(group('dev'), rule('create', 'serviceaccounts/token')), up('kube-system/default[ServiceAccount]', alice), /NO_PRIMITIVE/], ['its half and the group’s', 'unknown', [...held(group('dev'), rule('impersonate', 'groups')), role('own', [rule('impersonate', 'users', '', { resourceNames: ['bob'] })]), binding('own', 'ClusterRole', 'own', user('alice'))], up('cluster', alice), /group dev/],
  ['is it of the group', 'unknown', held(group('dev'), secrets), as('dev[Group]', alice), /group dev/], ['of one that nothing names', 'unknown', held(user('alice'), rule('get', 'pods')), as('ops[Group]', alice), /group ops/], ['of the nodes', 'no', held(user('alice'), rule('get', 'pods')), as('system:nodes[Group]', alice), /NO_PRIMITIVE/],
  ['what falls with a user', 'unknown', inShop(group('dev'), secrets, rule('get', 'pods')).concat(held(user('alice'), rule('get', 'pods'))), falls('shop/key[Secret]', alice), /group dev/], ['whose groups add nothing', 'no', inShop(group('dev'), rule('get', 'pods')).concat(held(user('alice'), rule('get', 'pods'))), falls('shop/key[Secret]', alice), /NOT_REACHED/],
  ['kubeadm’s administrators are not taken to be users', 'no', [binding('b', 'ClusterRole', 'cluster-admin', group('kubeadm:cluster-admins'))], may('get secrets', alice), /NO_GRANT/], ['but who installed', 'unknown', [binding('b', 'ClusterRole', 'cluster-admin', group('kubeadm:cluster-admins'))], may('get secrets', 'kubernetes-admin[User]'), /group kubeadm:cluster-admins/], ['who is asked to be of them', 'unknown', [binding('b', 'ClusterRole', 'cluster-admin', group('kubeadm:cluster-admins'))], as('kubeadm:cluster-admins[Group]', alice), /group kubeadm:cluster-admins/],
  ['tokens that join nodes are no persons', 'no', held(group('system:bootstrappers:kubeadm:default-node-token'), secrets), may('get secrets', alice), /NO_GRANT/], ['but themselves', 'unknown', held(group('system:bootstrappers:kubeadm:default-node-token'), secrets), may('get secrets', 'system:bootstrap:abcdef[User]'), /default-node-token/], ['who watches the cluster', 'no', held(group('system:monitoring'), secrets), may('get secrets', alice), /NO_GRANT/],
  ['OpenShift’s administrators are told with its groups', 'no', [binding('b', 'ClusterRole', 'cluster-admin', group('system:cluster-admins')), openShift('dev', 'bob')], may('get secrets', alice), /NO_GRANT/], ['and not without', 'unknown', [binding('b', 'ClusterRole', 'cluster-admin', group('system:cluster-admins'))], may('get secrets', alice), /group system:cluster-admins/],
  ['on GKE, IAM may allow it', 'unknown', [...held(user('bob'), secrets), gke], may('get secrets', 'alice@acme.example[User]'), /CLOUD_IAM.*missing what IAM lets/], ['to a group', 'unknown', [...held(user('bob'), secrets), gke], may('get secrets', 'ops@acme.example[Group]'), /CLOUD_IAM/], ['not to an account', 'no', [...held(user('bob'), secrets), gke], may('get secrets'), /NO_GRANT/], ['what a binding allows is sure', 'yes', [...held(user('alice@acme.example'), secrets), gke], may('get secrets', 'alice@acme.example[User]'), /held/], ['elsewhere IAM is none', 'no', held(user('bob'), secrets), may('get secrets', 'alice@acme.example[User]'), /NO_GRANT/],
  ['OpenShift tells its groups', 'yes', [...held(group('dev'), secrets), openShift('dev', 'alice', 'bob')], may('get secrets', alice), /held/], ['also who is not of them', 'no', [...held(group('dev'), secrets), openShift('dev', 'bob')], may('get secrets', alice), /NO_GRANT/],
]); });

it('leaves the tier of a user open that its groups would raise', () => {
  const of = (...more: Manifests) => { const { tier, missing } = evaluateK8sIdentity(clusterOf([...world, ...held(user('alice'), secrets), ...more]), 'k8s:cluster/user/alice'); return [tier, missing.length]; };
  expect([of(binding('b', 'ClusterRole', 'cluster-admin', group('dev'))), of(binding('b', 'ClusterRole', 'view', group('dev'))), of(binding('b', 'ClusterRole', 'cluster-admin', user('alice')))]).toEqual([['tier0', 0], ['tier0', 0], ['tier0', 0]]);
  const weak = (...more: Manifests) => { const { tier, missing } = evaluateK8sIdentity(clusterOf([...world, ...held(user('alice'), rule('get', 'pods')), ...more]), 'k8s:cluster/user/alice'); return [tier, missing.map((m) => m.what).join()]; };
  expect([weak(binding('b', 'ClusterRole', 'cluster-admin', group('dev'))), weak(binding('b', 'ClusterRole', 'view', group('dev'))), weak(binding('b', 'ClusterRole', 'lost', group('dev')))]).toEqual([['unknown', expect.stringContaining('group dev')], ['none', ''], ['unknown', expect.stringContaining('group dev')]]);
  const same = evaluateK8sIdentity(clusterOf([...world, ...inShop(user('alice'), rule('create', 'pods')), binding('shop/dev', 'Role', 'held', group('dev'))]), 'k8s:cluster/user/alice');
  expect([same.tier, same.missing]).toEqual(['tier1', []]);
});

const named = (resource: string, ...names: readonly string[]): Manifest => rule('impersonate', resource, '', { resourceNames: names });
const by = account('shop/app');
describe('who passes for a node', () => { check([
  ['its user and the group of nodes', 'yes', held(by, named('users', 'system:node:n1'), named('groups', 'system:nodes')), up('n1[Node]'), /IMPERSONATE_GROUP of system:nodes, system:node:n1/], ['the user alone', 'no', held(by, named('users', 'system:node:n1')), up('n1[Node]'), /NO_PRIMITIVE/],
  ['with another group', 'no', held(by, named('users', 'system:node:n1'), named('groups', 'ops')), up('n1[Node]'), /NO_PRIMITIVE/], ['the group with another user', 'no', held(by, named('users', 'bob'), named('groups', 'system:nodes')), up('n1[Node]'), /NO_PRIMITIVE/], ['an account of that name', 'no', held(by, named('serviceaccounts', 'system:node:n1'), named('groups', 'system:nodes')), up('n1[Node]'), /NO_PRIMITIVE/],
  ['another node', 'no', held(by, named('users', 'system:node:n1'), named('groups', 'system:nodes')), up('n2[Node]'), /NO_PRIMITIVE/], ['what its pods have', 'yes', held(by, named('users', 'system:node:n1'), named('groups', 'system:nodes')), as('shop/admin[ServiceAccount]'), /IMPERSONATE_GROUP.*pod\/till/], ['not what another’s have', 'no', held(by, named('users', 'system:node:n2'), named('groups', 'system:nodes')), as('shop/admin[ServiceAccount]'), /NO_PRIMITIVE/],
  ['what the group of nodes is bound to', 'no', [...held(by, named('users', 'system:node:n1')), role('kubelets', [secrets]), binding('kubelets', 'ClusterRole', 'kubelets', group('system:nodes'))], up(), /NO_PRIMITIVE/], ['what the user is bound to', 'yes', [...held(by, named('users', 'system:node:n1')), role('kubelets', [secrets]), binding('kubelets', 'ClusterRole', 'kubelets', user('system:node:n1'))], up(), /IMPERSONATE_USER/],
  ['a node that is not recorded', 'yes', held(by, named('users', 'system:node:n9'), named('groups', 'system:nodes')), up('n9[Node]'), /IMPERSONATE_GROUP/],
]); });

const bare = (more: Manifest = {}): Manifest => pod('shop/bare', undefined, { serviceAccountName: 'app', automountServiceAccountToken: false, ...more });
const projected: Manifest = { volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }] }, shy: Manifest = { ...serviceAccount('shop/shy'), automountServiceAccountToken: false };
const tokenFor = (audience: string): Manifest => ({ volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token', audience } }] } }] });
describe('a pod without a token', () => { check([
  ['what its account may', 'unknown', [bare(), ...held(by, secrets)], may('get secrets', 'shop/bare[Pod]'), /missing whether it gets a token/], ['the account itself may', 'yes', [bare(), ...held(by, secrets)], may('get secrets'), /held/], ['what the account may not', 'no', [bare(), ...held(by, secrets)], may('delete secrets', 'shop/bare[Pod]'), /NO_GRANT/],
  ['with a token', 'yes', held(by, secrets), may('get secrets', 'shop/web[Pod]'), /held/], ['with one of its own', 'yes', [bare(projected), ...held(by, secrets)], may('get secrets', 'shop/bare[Pod]'), /held/], ['with one for somebody else', 'unknown', [bare(tokenFor('sts.amazonaws.com')), ...held(by, secrets)], may('get secrets', 'shop/bare[Pod]'), /whether it gets a token/], ['with one for the API server', 'yes', [bare(tokenFor('https://kubernetes.default.svc')), ...held(by, secrets)], may('get secrets', 'shop/bare[Pod]'), /held/], ['what anyone may', 'yes', [bare(), ...held(anyone, secrets)], may('get secrets', 'shop/bare[Pod]'), /without credentials/],
  ['whose account says so', 'unknown', [shy, pod('shop/bare', undefined, { serviceAccountName: 'shy' }), ...held(account('shop/shy'), secrets)], may('get secrets', 'shop/bare[Pod]'), /whether it gets a token/], ['and the pod otherwise', 'yes', [shy, pod('shop/bare', undefined, { serviceAccountName: 'shy', automountServiceAccountToken: true }), ...held(account('shop/shy'), secrets)], may('get secrets', 'shop/bare[Pod]'), /held/],
  ['what falls with it', 'unknown', [bare(), ...inShop(by, secrets)], falls('shop/key[Secret]', 'shop/bare[Pod]'), /whether it gets a token/], ['with one that has it', 'yes', inShop(by, secrets), falls('shop/key[Secret]', 'shop/web[Pod]'), /SECRETS_READ/], ['of an account that has nothing', 'no', [bare(), ...inShop(by, rule('get', 'pods'))], falls('shop/key[Secret]', 'shop/bare[Pod]'), /NOT_REACHED/],
  ['what falls where its account says so', 'unknown', [shy, pod('shop/bare', undefined, { serviceAccountName: 'shy' }), ...inShop(account('shop/shy'), secrets)], falls('shop/key[Secret]', 'shop/bare[Pod]'), /whether it gets a token/], ['what anyone gets', 'yes', [bare(), ...inShop(anyone, secrets)], falls('shop/key[Secret]', 'shop/bare[Pod]'), /SECRETS_READ/],
  ['and gains so', 'yes', [bare(), ...inShop(anyone, secrets)], up('shop/key[Secret]', 'shop/bare[Pod]'), /without credentials/],
]); });

it('leaves the radius of a pod without a token open where its account may be anything', () => {
  const graph = clusterOf([...world, bare()]), level = (tier: 'none' | 'unknown') => blastRadius(graph, 'k8s:cluster/shop/pod/bare', { isProduction: () => false, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => tier });
  expect([level('none').level, level('unknown').level, level('unknown').missing.map((m) => m.what)]).toEqual(['low', 'unknown', ['whether it gets a token of its account, as none is mounted']]);
});
