import { describe, expect, it } from 'vitest';
import { evaluateK8sIdentity } from '#electron/evaluate/k8s/identity.ts';
import { k8sIdentityEdges, k8sWorkloadEdges } from '#electron/evaluate/k8s/derived-edges.ts';
import { noGcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import type { Question, QuestionAnswer } from '#electron/evaluate/platform.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import { account, ask, binding, clusterOf, deployment, explain, explained, namespace, node, object, pod, role, serviceAccount, type Manifest } from './cluster.ts';

/** Whether one gets to another, step by step: each row with a sibling that differs in one fact and answers otherwise. */
type Manifests = readonly Manifest[];
const rule = (verbs: string, resources: string, apiGroups = '', more: Manifest = {}): Manifest => ({ verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: [apiGroups], ...more });
const named = (verbs: string, resources: string, ...resourceNames: readonly string[]): Manifest => rule(verbs, resources, resources.includes('role') ? rbac : resources.includes('deploy') ? 'apps' : resources.includes('webhook') ? 'admissionregistration.k8s.io' : resources.includes('signers') ? 'certificates.k8s.io' : '', { resourceNames });
const rbac = 'rbac.authorization.k8s.io';
/** A role for one account, in its namespace or in the cluster. */
const gives = (to: string, where: string | undefined, ...rules: Manifests): Manifests => {
  const name = `${to.replace('/', '-')}-${where ?? 'all'}`, at = where === undefined ? name : `${where}/${name}`;
  return [role(at, rules), binding(at, where === undefined ? 'ClusterRole' : 'Role', name, account(to))];
};
const person = (kind: 'User' | 'Group', name: string): Manifest => ({ kind, name, apiGroup: rbac });
const runs = (id: string, as: string, more: Manifest = {}, status?: Manifest): Manifest => pod(id, undefined, { serviceAccountName: as, ...more }, status);
const privileged = { containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] };
const enforced = (name: string, level: string): Manifest => namespace(name, { 'pod-security.kubernetes.io/enforce': level });
const secret = (id: string, more: Manifest = {}, annotations?: Readonly<Record<string, string>>): Manifest => object('v1', 'Secret', id.split('/')[1]!, id.split('/')[0], more, undefined, annotations);
const token = (id: string, of: string): Manifest => secret(id, { type: 'kubernetes.io/service-account-token' }, { 'kubernetes.io/service-account.name': of, 'kubernetes.io/service-account.uid': 'u' });

/** Two namespaces that let no pod out, so that a way is the one that a row is about. */
const world: Manifests = [enforced('shop', 'restricted'), enforced('bank', 'baseline'), namespace('kube-system'), serviceAccount('shop/app'), serviceAccount('shop/admin'), serviceAccount('bank/teller'), serviceAccount('bank/boss'), node('n1', []), node('n2', []),
  runs('shop/web', 'admin', { nodeName: 'n1' }), runs('bank/till', 'teller', { nodeName: 'n2' }), secret('shop/key', { type: 'Opaque' }), secret('bank/key', { type: 'Opaque' }), role('shop/none', []), binding('shop/none', 'Role', 'none', account('shop/admin'), account('bank/teller'))];
const app = 'shop/app[ServiceAccount]', admin = 'shop/admin[ServiceAccount]', teller = 'bank/teller[ServiceAccount]', boss = 'bank/boss[ServiceAccount]', n1 = 'n1[Node]', n2 = 'n2[Node]';
const up = (object?: string, subject = app): Question => ({ question: 'escalation', subject, ...(object !== undefined && { object }) });
const as = (object: string, subject = app): Question => ({ question: 'can_assume', subject, object });

type Row = readonly [fact: string, answer: QuestionAnswer['answer'], manifests: Manifests, question: Question, by: RegExp];
const said = (manifests: Manifests, question: Question): string => explain(ask([...world, ...manifests], question));
const pods = rule('create', 'pods'), exec = rule('create', 'pods/exec'), tokens = rule('create', 'serviceaccounts/token');

/** The app may bind these roles in the cluster. */
const binder = (roles: string, ...more: Manifests): Manifests => gives('shop/app', undefined, named('bind', 'clusterroles', ...roles.split(' ')), rule('create', 'clusterrolebindings', rbac), ...more);
/** Accounts that each may get a token of the next one only, the last of the teller. */
const relay = (length: number): Manifests => [enforced('relay', 'restricted'), ...Array.from({ length: length - 1 }, (_, i): Manifests => [serviceAccount(`relay/s${i}`), ...(i < length - 2 ? gives(`relay/s${i}`, 'relay', named('create', 'serviceaccounts/token', `s${i + 1}`)) : gives(`relay/s${i}`, 'bank', tokens))]).flat()];
/** Pods that each get into the one of the next namespace; the last runs as an administrator. */
const hops: Manifests = [...[0, 1, 2, 3].flatMap((i): Manifests => [enforced(`h${i}`, 'restricted'), serviceAccount(`h${i}/s`), runs(`h${i}/p`, 's', { nodeName: 'n1' }), ...(i < 3 ? gives(`h${i}/s`, `h${i + 1}`, exec) : [])]), binding('last', 'ClusterRole', 'cluster-admin', account('h3/s'))];

describe('a chain', () => {
  it.each<Row>([
    ['over an account that it gets a token of', 'yes', [...gives('shop/app', 'shop', tokens), ...gives('shop/admin', 'bank', tokens)], up(teller), /TOKEN_REQUEST in shop.*shop\/serviceaccount\/admin, then TOKEN_REQUEST in bank/],
    ['over one that may do nothing', 'no', gives('shop/app', 'shop', tokens), up(teller), /NO_PRIMITIVE.*lead elsewhere/],
    ['over a pod and as whom it runs', 'yes', [...gives('shop/app', 'shop', exec), ...gives('shop/admin', 'bank', exec)], up(teller), /POD_EXEC in shop.*pod\/web, then .*serviceaccount\/admin/],
    ['over a pod that runs as another', 'no', [...gives('shop/app', 'shop', exec), ...gives('bank/boss', 'bank', exec)], up(teller), /NO_PRIMITIVE/],
    ['over a pod that has ended', 'no', [...gives('shop/app', 'shop', exec), ...gives('bank/boss', 'bank', exec), runs('shop/done', 'app', {}, { phase: 'Succeeded' })], up('shop/done[Pod]'), /NO_PRIMITIVE/],
    ['over an account that its new pods run as', 'yes', [...gives('shop/app', 'shop', pods), ...gives('shop/admin', 'bank', tokens)], up(teller), /POD_CREATE in shop.*then TOKEN_REQUEST in bank/], ['that may do nothing', 'no', gives('shop/app', 'shop', pods), up(teller), /NO_PRIMITIVE/],
    ['over a pod of a namespace that is its own to rule', 'yes', [runs('shop/out', 'admin', { ...privileged, nodeName: 'n2' }), ...gives('shop/app', 'shop', rule('bind', 'clusterroles', rbac), rule('create', 'rolebindings', rbac))], up(n2), /BIND_IN_NAMESPACE.*pod\/out, then CE_PRIV_MOUNT/],
    ['not over a pod that ended on a node', 'no', [runs('bank/out', 'teller', { ...privileged, nodeName: 'n2' }), runs('shop/done', 'admin', { nodeName: 'n2' }, { phase: 'Succeeded' })], up(admin, 'bank/out[Pod]'), /NO_PRIMITIVE/],
    ['nor of what an ended pod mounts', 'no', [token('shop/t', 'admin'), runs('shop/m', 'app', { volumes: [{ name: 's', secret: { secretName: 't' } }] }, { phase: 'Succeeded' })], up(admin, 'shop/m[Pod]'), /NO_PRIMITIVE/],
    ['whose node nobody tells, and no nodes', 'unknown', [{ ...runs('x/p', 'x', privileged), metadata: { name: 'p', namespace: 'x', annotations: { 'winnow/cluster': 'bare' } } }, { ...binding('b', 'ClusterRole', 'view', person('User', 'u')), metadata: { name: 'b', annotations: { 'winnow/cluster': 'bare' } } }, { ...serviceAccount('x/y'), metadata: { name: 'y', namespace: 'x', annotations: { 'winnow/cluster': 'bare' } } }], up('k8s:bare/x/serviceaccount/y', 'k8s:bare/x/pod/p'), /missing the node that it gets out to/],
    ['an account of that name in another cluster', 'no', [{ ...serviceAccount('shop/admin'), metadata: { name: 'admin', namespace: 'shop', annotations: { 'winnow/cluster': 'other' } } }, ...gives('shop/app', 'shop', tokens)], up('k8s:other/shop/serviceaccount/admin', 'k8s:cluster/shop/serviceaccount/app'), /NO_PRIMITIVE/],
    ['nor is it itself there', 'no', [{ ...serviceAccount('shop/app'), metadata: { name: 'app', namespace: 'shop', annotations: { 'winnow/cluster': 'other' } } }], as('k8s:other/shop/serviceaccount/app', 'k8s:cluster/shop/serviceaccount/app'), /NO_PRIMITIVE/],
    ['an account that is not recorded', 'yes', gives('shop/app', 'shop', tokens), up('shop/ghost[ServiceAccount]'), /TOKEN_REQUEST/], ['that no pod runs as', 'no', [serviceAccount('shop/idle'), ...gives('shop/app', 'shop', exec)], up('shop/idle[ServiceAccount]'), /NO_PRIMITIVE/],
    ['to an administrator', 'yes', [...gives('shop/app', 'shop', tokens), binding('b', 'ClusterRole', 'cluster-admin', account('shop/admin'))], up(boss), /TOKEN_REQUEST in shop.*then K8S_ADMINISTRATOR/],
    ['to one of another account', 'no', [...gives('shop/app', 'shop', tokens), binding('b', 'ClusterRole', 'cluster-admin', account('bank/teller'))], up(boss), /NO_PRIMITIVE/],
    ['out of a container and into what runs beside it', 'yes', [runs('bank/out', 'teller', { ...privileged, nodeName: 'n1' })], up(admin, 'bank/out[Pod]'), /CE_PRIV_MOUNT.*node\/n1, then .*pod\/web, then .*serviceaccount\/admin/],
    ['and not what runs on another node', 'no', [runs('bank/out', 'teller', { ...privileged, nodeName: 'n2' })], up(admin, 'bank/out[Pod]'), /NO_PRIMITIVE/],
    ['new pods of the system’s namespace are the cluster', 'yes', gives('shop/app', 'kube-system', pods), up('cluster'), /POD_CREATE in kube-system/], ['of another they are not', 'no', gives('shop/app', 'shop', pods), up('cluster'), /NO_PRIMITIVE/],
    ['out to a node of the control plane', 'yes', [{ ...node('m1', []), metadata: { name: 'm1', labels: { 'node-role.kubernetes.io/control-plane': '' } } }, runs('bank/out', 'teller', { ...privileged, nodeName: 'm1' })], up('cluster', 'bank/out[Pod]'), /node of the control plane/],
    ['out to another', 'no', [node('m1', []), runs('bank/out', 'teller', { ...privileged, nodeName: 'm1' })], up('cluster', 'bank/out[Pod]'), /NO_PRIMITIVE/],
    ['as far as six steps', 'yes', [...gives('shop/app', 'shop', exec), ...gives('shop/admin', 'bank', exec), ...gives('bank/teller', undefined, named('impersonate', 'users', 'ann')), binding('b', 'ClusterRole', 'cluster-admin', person('User', 'ann'))], up(n1), /IMPERSONATE_USER of ann/],
    ['over six accounts', 'yes', relay(7), up(teller, 'relay/s0[ServiceAccount]'), /TOKEN_REQUEST/], ['over seven', 'unknown', relay(8), up(teller, 'relay/s0[ServiceAccount]'), /missing a chain longer than six steps/], ['over seven that end elsewhere', 'no', relay(8), up(admin, 'relay/s0[ServiceAccount]'), /NO_PRIMITIVE/],
    ['over pods, two edges each', 'unknown', hops, up('cluster', 'h0/s[ServiceAccount]'), /missing a chain longer than six steps/], ['from nearer by', 'yes', hops, up('cluster', 'h1/s[ServiceAccount]'), /K8S_ADMINISTRATOR/],
    ['can_assume asks for the same', 'yes', [...gives('shop/app', 'shop', tokens), ...gives('shop/admin', 'bank', tokens)], as(teller), /TOKEN_REQUEST/], ['and has the same no', 'no', gives('shop/app', 'shop', tokens), as(teller), /NO_PRIMITIVE/],
  ])('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); });

  it('answers like the blast radius', () => {
    for (const more of [gives('shop/admin', 'bank', tokens), []]) {
      const manifests = [...world, ...gives('shop/app', 'shop', tokens), ...more];
      expect(ask(manifests, up(teller)).answer).toBe(ask(manifests, { question: 'blast_radius', subject: app, object: teller }).answer);
    }
  });

  it('gives for each step the rule, container or object that makes it', () => {
    const manifests = [...world, ...gives('shop/app', 'shop', rule('get', 'pods'), exec), ...gives('shop/admin', 'bank', tokens)], graph = clusterOf(manifests), { reasons } = ask(manifests, up(teller));
    expect(reasons.map((r) => [r.rule, r.source, r.pointer])).toEqual([['K8S.escalation', 'k8s:cluster/shop/role/shop-app-shop', '/rules/1'], ['K8S.runs_as', 'k8s:cluster/shop/pod/web', ''], ['K8S.escalation', 'k8s:cluster/bank/role/shop-admin-bank', '/rules/0']]);
    expect(reasons.every((r) => resolvePointer(graph.resource(r.source)?.config, r.pointer).ok)).toBe(true);
  });
});

describe('each gain, of each kind of object', () => {
  const targets = { account: admin, otherAccount: teller, pod: 'shop/web[Pod]', otherPod: 'bank/till[Pod]', secret: 'shop/key[Secret]', otherSecret: 'bank/key[Secret]', node: n1, user: 'ann[User]', group: 'ops[Group]', cluster: 'cluster', namespace: 'shop[Namespace]' } as const;
  const people = binding('shop/people', 'Role', 'none', person('User', 'ann'), person('Group', 'ops'));
  const all = Object.keys(targets), expected = (answer: QuestionAnswer['answer'], ...keys: readonly string[]) => Object.fromEntries(keys.map((k) => [k, answer]));
  it.each<readonly [gain: string, manifests: Manifests, yes: readonly string[], open: readonly string[]]>([
    ['cluster', [binding('b', 'ClusterRole', 'cluster-admin', account('shop/app'))], all, []], ['cluster, by a webhook', gives('shop/app', undefined, rule('update', 'mutatingwebhookconfigurations', 'admissionregistration.k8s.io')), all, []],
    ['namespace', gives('shop/app', 'shop', rule('bind', 'clusterroles', rbac), rule('create', 'rolebindings', rbac)), ['account', 'pod', 'secret', 'namespace'], []], ['new pods', gives('shop/app', 'shop', pods), ['account', 'pod', 'secret'], ['namespace']],
    ['service accounts', gives('shop/app', 'shop', tokens), ['account'], ['namespace']], ['pods', gives('shop/app', 'shop', exec), ['account', 'pod'], ['namespace']], ['secrets', gives('shop/app', 'shop', rule('get', 'secrets')), ['secret'], ['namespace']],
    ['nodes', gives('shop/app', undefined, rule('get', 'nodes/proxy')), ['node', 'pod', 'account', 'otherPod', 'otherAccount'], ['secret', 'otherSecret', 'user', 'group', 'cluster', 'namespace']],
    ['users', gives('shop/app', undefined, named('impersonate', 'users', 'ann')), ['user'], ['namespace']], ['groups', gives('shop/app', undefined, named('impersonate', 'groups', 'ops'), named('impersonate', 'users', 'bob')), ['group'], ['namespace']],
    ['none', gives('shop/app', undefined, rule('get', 'pods')), [], []],
  ])('%s', (_, manifests, yes, open) => {
    const found = Object.fromEntries(all.map((key) => [key, ask([...world, people, ...manifests], up(targets[key as keyof typeof targets])).answer]));
    expect(found).toEqual({ ...expected('no', ...all), ...expected('unknown', ...open), ...expected('yes', ...yes) });
  });
});

describe('rights to certain names', () => {
  const secrets = (...names: readonly string[]): Manifests => gives('shop/app', 'shop', named('get', 'secrets', ...names));
  it.each<Row>([
    ['the secret that is named', 'yes', secrets('key'), up('shop/key[Secret]'), /SECRETS_READ of key in shop/], ['not another', 'no', [...secrets('other'), secret('shop/other')], up('shop/key[Secret]'), /NO_PRIMITIVE/],
    ['a list by its name', 'yes', gives('shop/app', 'shop', named('list', 'secrets', 'key')), up('shop/key[Secret]'), /SECRETS_READ of key/], ['names of two rules', 'yes', gives('shop/app', 'shop', named('get', 'secrets', 'other'), named('get', 'secrets', 'key')), up('shop/key[Secret]'), /of other, key/],
    ['a token of the account that is named', 'yes', gives('shop/app', 'shop', named('create', 'serviceaccounts/token', 'admin')), up(admin), /TOKEN_REQUEST of admin/], ['not of another', 'no', [serviceAccount('shop/idle'), ...gives('shop/app', 'shop', named('create', 'serviceaccounts/token', 'idle'))], up(admin), /NO_PRIMITIVE/],
    ['the pod that is named', 'yes', gives('shop/app', 'shop', named('create', 'pods/exec', 'web')), up(admin), /POD_EXEC of web/], ['not another', 'no', [runs('shop/idle', 'app'), ...gives('shop/app', 'shop', named('create', 'pods/exec', 'idle'))], up(admin), /NO_PRIMITIVE/],
    ['the node that is named', 'yes', gives('shop/app', undefined, named('get', 'nodes/proxy', 'n1')), up(n1), /NODE_PROXY of n1/], ['not another', 'no', gives('shop/app', undefined, named('get', 'nodes/proxy', 'n1')), up(n2), /NO_PRIMITIVE/],
    ['a new pod can’t be named', 'no', gives('shop/app', 'shop', named('create', 'pods', 'web')), up(admin), /NO_PRIMITIVE/],
    ['a deployment that is there runs as any account', 'yes', [deployment('shop/site', { app: 'site' }), ...gives('shop/app', 'shop', named('patch', 'deployments', 'site'))], up(admin), /WORKLOAD_PATCH of site/], ['whether it is there', 'unknown', gives('shop/app', 'shop', named('patch', 'deployments', 'site')), up(admin), /missing whether there is Deployment site/],
    ['one of another namespace runs as accounts of that', 'no', [deployment('bank/site', { app: 'site' }), ...gives('shop/app', undefined, named('patch', 'deployments', 'site'))], up(admin), /NO_PRIMITIVE/],
    ['the user that is named', 'yes', gives('shop/app', undefined, named('impersonate', 'users', 'alice')), up('alice[User]'), /IMPERSONATE_USER of alice/], ['not another', 'no', gives('shop/app', undefined, named('impersonate', 'users', 'alice')), up('bob[User]'), /NO_PRIMITIVE/],
    ['a user that has nothing is no way up', 'no', gives('shop/app', undefined, named('impersonate', 'users', 'alice')), up(), /NO_PRIMITIVE/], ['one that has something is', 'yes', [...gives('shop/app', undefined, named('impersonate', 'users', 'alice')), binding('b', 'ClusterRole', 'view', person('User', 'alice'))], up(), /IMPERSONATE_USER of alice/],
    ['and leads on', 'yes', [...gives('shop/app', undefined, named('impersonate', 'users', 'alice')), binding('b', 'ClusterRole', 'cluster-admin', person('User', 'alice'))], up('cluster'), /IMPERSONATE_USER of alice.*then K8S_ADMINISTRATOR/],
    ['masters', 'yes', gives('shop/app', undefined, named('impersonate', 'groups', 'system:masters'), named('impersonate', 'users', 'bob')), up('cluster'), /IMPERSONATE_GROUP/], ['without a user to be', 'no', gives('shop/app', undefined, named('impersonate', 'groups', 'system:masters')), up('cluster'), /NO_PRIMITIVE/],
    ['a role to bind that gives the cluster', 'yes', gives('shop/app', undefined, named('bind', 'clusterroles', 'cluster-admin'), rule('create', 'clusterrolebindings', rbac)), up('cluster'), /BIND_CLUSTERROLE of cluster-admin/], ['one that only looks', 'no', gives('shop/app', undefined, named('bind', 'clusterroles', 'view'), rule('create', 'clusterrolebindings', rbac)), up('cluster'), /NO_PRIMITIVE/],
    ['one that is lost', 'unknown', gives('shop/app', undefined, named('bind', 'clusterroles', 'custom'), rule('create', 'clusterrolebindings', rbac)), up('cluster'), /missing the role custom/],
    ['a role to bind that lets it bind another', 'yes', [role('a', [named('bind', 'clusterroles', 'b')]), role('b', [named('bind', 'clusterroles', 'cluster-admin')]), ...binder('a')], up('cluster'), /BIND_CLUSTERROLE of a .*BIND_CLUSTERROLE of b .*BIND_CLUSTERROLE of cluster-admin .*K8S_ADMINISTRATOR/], ['that lets it bind one that only looks', 'no', [role('a', [named('bind', 'clusterroles', 'b')]), role('b', [named('bind', 'clusterroles', 'a', 'view')]), ...binder('a')], up('cluster'), /NO_PRIMITIVE/],
    ['that lets it bind all', 'yes', [role('a', [rule('bind', 'clusterroles', rbac)]), ...binder('a')], up('cluster'), /BIND_CLUSTERROLE of a .*: BIND_CLUSTERROLE/], ['all of another group', 'no', [role('a', [rule('bind', 'clusterroles', 'other.io')]), ...binder('a')], up('cluster'), /NO_PRIMITIVE/],
    ['that has the half that it lacks', 'yes', [role('a', [rule('impersonate', 'groups')]), ...binder('a', named('impersonate', 'users', 'nobody'))], up('cluster'), /BIND_CLUSTERROLE of a .*: IMPERSONATE_GROUP/], ['of which it lacks the other', 'no', [role('a', [rule('impersonate', 'groups')]), ...binder('a')], up('cluster'), /NO_PRIMITIVE/],
    ['two roles with a half each', 'yes', [role('a', [rule('impersonate', 'groups')]), role('b', [named('impersonate', 'users', 'nobody')]), ...binder('a b')], up('cluster'), /IMPERSONATE_GROUP/],
    ['a half in its namespace', 'yes', [role('a', [rule('create', 'secrets')]), ...gives('shop/app', 'shop', named('bind', 'clusterroles', 'a'), rule('create', 'rolebindings', rbac), rule('get', 'secrets'))], up(admin), /BIND_IN_NAMESPACE of a .*: TOKEN_SECRET/], ['in another one', 'no', [role('a', [rule('create', 'secrets')]), ...gives('shop/app', 'bank', named('bind', 'clusterroles', 'a'), rule('create', 'rolebindings', rbac)), ...gives('shop/app', 'shop', rule('get', 'secrets'))], up(admin), /NO_PRIMITIVE/],
    ['of the cluster, bound in namespaces only', 'no', [role('a', [rule('impersonate', 'groups')]), ...gives('shop/app', undefined, named('bind', 'clusterroles', 'a'), rule('create', 'rolebindings', rbac), named('impersonate', 'users', 'nobody'))], up('cluster'), /NO_PRIMITIVE/],
    ['bound in a namespace, it gives that', 'yes', gives('shop/app', 'shop', named('bind', 'clusterroles', 'edit'), rule('create', 'rolebindings', rbac)), up(admin), /BIND_IN_NAMESPACE of edit/], ['and not another', 'no', gives('shop/app', 'shop', named('bind', 'clusterroles', 'edit'), rule('create', 'rolebindings', rbac)), up(teller), /NO_PRIMITIVE/],
    ['a role to widen that it holds', 'yes', [role('wide', [named('escalate update', 'clusterroles', 'wide')]), binding('b', 'ClusterRole', 'wide', account('shop/app'))], up('cluster'), /ESCALATE_CLUSTERROLE of wide/], ['that others hold', 'no', [role('other', []), ...gives('shop/app', undefined, named('escalate update', 'clusterroles', 'other'))], up('cluster'), /NO_PRIMITIVE/],
    ['a group is no user of that name', 'no', gives('shop/app', undefined, named('impersonate', 'groups', 'ops'), named('impersonate', 'users', 'bob')), up('ops[User]'), /NO_PRIMITIVE/],
    ['a binding that is there keeps its role', 'no', [binding('weak', 'ClusterRole', 'view', person('User', 'u')), ...gives('shop/app', undefined, rule('bind', 'clusterroles', rbac), named('patch', 'clusterrolebindings', 'weak'))], up('cluster'), /NO_PRIMITIVE/], ['which may be the cluster', 'yes', [binding('strong', 'ClusterRole', 'cluster-admin', person('User', 'u')), ...gives('shop/app', undefined, rule('bind', 'clusterroles', rbac), named('patch', 'clusterrolebindings', 'strong'))], up('cluster'), /BIND_CLUSTERROLE of cluster-admin/],
    ['and may not be bound', 'no', [binding('strong', 'ClusterRole', 'cluster-admin', person('User', 'u')), ...gives('shop/app', undefined, named('bind', 'clusterroles', 'view'), named('patch', 'clusterrolebindings', 'strong'))], up('cluster'), /NO_PRIMITIVE/],
    ['a cluster role in a namespace', 'yes', [binding('shop/strong', 'ClusterRole', 'edit', person('User', 'u')), ...gives('shop/app', 'shop', named('bind', 'clusterroles', 'edit'), named('patch', 'rolebindings', 'strong'))], up(admin), /BIND_IN_NAMESPACE of edit/], ['is no role of that name', 'no', [binding('shop/strong', 'ClusterRole', 'edit', person('User', 'u')), ...gives('shop/app', 'shop', named('bind', 'roles', 'edit'), named('patch', 'rolebindings', 'strong'))], up(admin), /NO_PRIMITIVE/],
    ['bound in any namespace, a role of everything gives them all', 'yes', gives('shop/app', undefined, named('bind', 'clusterroles', 'cluster-admin'), rule('create', 'rolebindings', rbac)), up('bank[Namespace]'), /BIND_IN_NAMESPACE of cluster-admin/],
    ['a role that it may widen and not change', 'no', [role('wide', [named('escalate', 'clusterroles', 'wide'), named('update', 'clusterroles', 'other')]), binding('b', 'ClusterRole', 'wide', account('shop/app'))], up('cluster'), /NO_PRIMITIVE/], ['change and not widen', 'no', [role('wide', [named('update', 'clusterroles', 'wide'), named('escalate', 'clusterroles', 'other')]), binding('b', 'ClusterRole', 'wide', account('shop/app'))], up('cluster'), /NO_PRIMITIVE/],
    ['a webhook that is yet to be made has no name', 'no', gives('shop/app', undefined, named('create', 'mutatingwebhookconfigurations', 'mesh')), up(), /NO_PRIMITIVE/],
    ['a signer of kubelets', 'yes', gives('shop/app', undefined, rule('create', 'certificatesigningrequests', 'certificates.k8s.io'), rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io'), named('approve', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet')), up(n1), /CSR_APPROVE/],
    ['a signer of clients', 'yes', gives('shop/app', undefined, rule('create', 'certificatesigningrequests', 'certificates.k8s.io'), rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io'), named('approve', 'signers', 'kubernetes.io/kube-apiserver-client')), up('cluster'), /CSR_APPROVE/],
    ['one of somebody’s own', 'no', gives('shop/app', undefined, rule('create', 'certificatesigningrequests', 'certificates.k8s.io'), rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io'), named('approve', 'signers', 'acme.example/web')), up('cluster'), /NO_PRIMITIVE/],
    ['a webhook that is named', 'yes', [object('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 'mesh', undefined, {}), ...gives('shop/app', undefined, named('patch', 'mutatingwebhookconfigurations', 'mesh'))], up('cluster'), /WEBHOOK_CHANGE/], ['that may not be there', 'unknown', gives('shop/app', undefined, named('patch', 'mutatingwebhookconfigurations', 'mesh')), up('cluster'), /whether there is/],
  ])('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); });

  it('make nobody an administrator', () => {
    const tier = (...more: Manifests) => evaluateK8sIdentity(clusterOf([...world, ...more]), 'k8s:cluster/shop/serviceaccount/app').tier;
    expect([tier(...gives('shop/app', undefined, rule('get', 'secrets'))), tier(...gives('shop/app', undefined, named('get', 'secrets', 'tls'))), tier(...gives('shop/app', 'kube-system', named('get', 'secrets', 'tls'))), tier(...gives('shop/app', undefined, named('get', 'nodes/proxy', 'n1'))), tier(...gives('shop/app', undefined, named('impersonate', 'users', 'alice')))]).toEqual(['tier0', 'tier1', 'tier1', 'tier1', 'none']);
  });
});

describe('a container’s way out', () => {
  const out = (more: Manifest = {}, status?: Manifest): Manifest => runs('bank/out', 'teller', { ...privileged, ...more }, status), on = 'bank/out[Pod]';
  it.each<Row>([
    ['its own node', 'yes', [out({ nodeName: 'n1' })], up(n1, on), /CE_PRIV_MOUNT/], ['no other', 'no', [out({ nodeName: 'n1' })], up(n2, on), /NO_PRIMITIVE/],
    ['a node of that name in another cluster', 'no', [out({ nodeName: 'n1' }), { ...node('n1', []), metadata: { name: 'n1', annotations: { 'winnow/cluster': 'other' } } }], up('k8s:other/node/n1', on), /NO_PRIMITIVE/],
    ['where it runs is not told', 'unknown', [out()], up(n1, on), /missing which node it runs on/], ['where its selector lets it run', 'no', [out({ nodeSelector: { disk: 'ssd' } }), { ...node('n3', []), metadata: { name: 'n3', labels: { disk: 'ssd' } } }], up(n1, on), /NO_PRIMITIVE/],
    ['a template that names its node', 'yes', [deployment('bank/site', { app: 's' }, { ...privileged, nodeName: 'n1' })], up(n1, 'bank/site[Deployment]'), /CE_PRIV_MOUNT/], ['that names another', 'no', [deployment('bank/site', { app: 's' }, { ...privileged, nodeName: 'n2' })], up(n1, 'bank/site[Deployment]'), /NO_PRIMITIVE/],
    ['a node that pods alone name', 'yes', [out({ nodeName: 'n9' })], up('n9[Node]', on), /CE_PRIV_MOUNT/], ['for another pod', 'no', [out({ nodeName: 'n9' })], up('n9[Node]', 'bank/till[Pod]'), /NO_PRIMITIVE/], ['a node that nothing names', 'unknown', [out({ nodeName: 'n2' })], up('n8[Node]', on), /missing the object to reach/],
    ['a pod that has ended', 'no', [out({ nodeName: 'n1' }, { phase: 'Succeeded' })], up(undefined, on), /NO_PRIMITIVE/], ['one that runs', 'yes', [out({ nodeName: 'n1' }, { phase: 'Running' })], up(undefined, on), /CE_PRIV_MOUNT/],
    ['what runs there, where no other pod is recorded', 'unknown', [object('v1', 'Pod', 'web', 'shop', { spec: { containers: [] }, status: { phase: 'Failed' } }), object('v1', 'Pod', 'till', 'bank', { spec: { containers: [] }, status: { phase: 'Failed' } }), out({ nodeName: 'n9' })], up(boss, on), /missing what runs on the node/],
    ['and where they are', 'no', [out({ nodeName: 'n2' })], up(boss, on), /NO_PRIMITIVE/],
  ])('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); });

  const owned = (name: string, spec: Manifest): Manifest => ({ ...object('v1', 'Pod', name, 'bank', { spec: { serviceAccountName: 'teller', ...spec } }), metadata: { name, namespace: 'bank', ownerReferences: [{ kind: 'DaemonSet', name: 'agent', apiVersion: 'apps/v1' }] } });
  it('of a controller whose pod has ended is not known to be where that was', () => {
    const set = object('apps/v1', 'DaemonSet', 'agent', 'bank', { spec: { template: { spec: { serviceAccountName: 'teller', ...privileged } } } });
    expect(ask([...world, set, { ...owned('a1', { ...privileged, nodeName: 'n1' }), status: { phase: 'Failed' } }], up(n1, 'bank/agent[DaemonSet]'))).toMatchObject({ answer: 'unknown', missing: [{ what: 'which node it runs on' }] });
  });
  it('of any pod of a controller counts, and leads where that one runs', () => {
    const manifests = [...world, owned('a1', { containers: [{ name: 'c', image: 'i' }], nodeName: 'n2' }), owned('a2', { ...privileged, nodeName: 'n1' })];
    expect([n1, n2].map((n) => ask(manifests, up(n, 'bank/agent[DaemonSet]')).answer)).toEqual(['yes', 'no']);
    const set = object('apps/v1', 'DaemonSet', 'agent', 'bank', { spec: { template: { spec: { serviceAccountName: 'teller', ...privileged } } } });
    expect([n1, n2].map((n) => ask([...manifests, set], up(n, 'bank/agent[DaemonSet]')).answer)).toEqual(['yes', 'yes']);
  });
  it('makes an edge under a condition where the node is not told, and none where the pod has ended', () => {
    const edges = (...manifests: Manifests) => { const graph = clusterOf([node('n1', []), ...manifests]); return k8sWorkloadEdges(graph, graph.resource(on)!).filter((e) => e.kind === 'ESCAPES_TO').map((e) => [e.target, e.cost, e.condition !== undefined]); };
    expect([edges(out({ nodeName: 'n1' })), edges(out()), edges(out({ nodeName: 'n1' }, { phase: 'Failed' }))]).toEqual([[['k8s:cluster/node/n1', 1, false]], [['k8s:cluster/node/n1', 3, true]], []]);
  });
  it('keeps what was missing of its permissions', () => {
    const { answer, missing } = ask([...world, out({ nodeName: 'n2' }), binding('bank/lost', 'Role', 'lost', account('bank/teller'))], up(boss, on));
    expect([answer, missing.map((m) => m.what)]).toEqual(['unknown', ['the role lost']]);
  });
});

describe('what the cluster trusts', () => {
  const configMap = (id: string): Manifest => object('v1', 'ConfigMap', id.split('/')[1]!, id.split('/')[0], {}), auth = configMap('kube-system/aws-auth'), admission = 'admissionregistration.k8s.io';
  const change = (where: string | undefined, ...names: readonly string[]): Manifests => gives('shop/app', where, rule('patch', 'configmaps', '', names.length > 0 ? { resourceNames: names } : {}));
  it.each<Row>([
    ['the user of a kubelet has its node', 'yes', [], up(n1, 'system:node:n1'), /NODE_IDENTITY/], ['and the accounts of its pods', 'yes', [], up(admin, 'system:node:n1'), /NODE_IDENTITY.*pod\/web, then .*serviceaccount\/admin/], ['not another node', 'no', [], up(n2, 'system:node:n1'), /NO_PRIMITIVE/], ['nor those of its pods', 'no', [], up(teller, 'system:node:n1'), /NO_PRIMITIVE/], ['that is more', 'yes', [], up(undefined, 'system:node:n1'), /NODE_IDENTITY/], ['which another user has not', 'no', [], up(undefined, 'system:nodes-n1'), /NO_PRIMITIVE/],
    ['who EKS lets in, by name', 'yes', [auth, ...change('kube-system', 'aws-auth')], up('cluster'), /AWS_AUTH_CHANGE/], ['by another name', 'no', [auth, ...change('kube-system', 'coredns')], up('cluster'), /NO_PRIMITIVE/], ['of all', 'yes', [auth, ...change(undefined)], up('cluster'), /AWS_AUTH_CHANGE/], ['of another namespace', 'no', [auth, ...change('shop')], up('cluster'), /NO_PRIMITIVE/],
    ['of whom no ConfigMap tells', 'unknown', change('kube-system', 'aws-auth'), up('cluster'), /missing whether there is ConfigMap kube-system\/aws-auth/], ['where others are there', 'no', [configMap('kube-system/coredns'), ...change('kube-system', 'aws-auth')], up('cluster'), /NO_PRIMITIVE/], ['who only reads it', 'no', [auth, ...gives('shop/app', 'kube-system', rule('get', 'configmaps'))], up('cluster'), /NO_PRIMITIVE/],
    ['policies that change what is made', 'yes', gives('shop/app', undefined, rule('create', 'mutatingadmissionpolicies mutatingadmissionpolicybindings', admission)), up('cluster'), /ADMISSION_POLICY_CHANGE/], ['without a binding of theirs', 'no', gives('shop/app', undefined, rule('create', 'mutatingadmissionpolicies', admission)), up('cluster'), /NO_PRIMITIVE/], ['that only validate', 'no', gives('shop/app', undefined, rule('create', 'validatingadmissionpolicies validatingadmissionpolicybindings', admission)), up('cluster'), /NO_PRIMITIVE/],
  ])('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); });
});

describe('secrets and pods that are there', () => {
  it.each<Row>([
    ['a token kept in a secret is followed', 'yes', [token('shop/t', 'admin'), ...gives('shop/app', 'shop', rule('get', 'secrets'))], up(admin), /SECRETS_READ in shop.*secret\/t, then holds a token of the account/],
    ['another secret is not', 'no', [secret('shop/t', { type: 'Opaque' }, { 'kubernetes.io/service-account.name': 'admin' }), ...gives('shop/app', 'shop', rule('get', 'secrets'))], up(admin), /NO_PRIMITIVE/],
    ['of which only metadata was read', 'unknown', [secret('shop/t', {}, { 'kubernetes.io/service-account.name': 'admin' }), ...gives('shop/app', 'shop', rule('get', 'secrets'))], up(admin), /missing the type of the secret/],
    ['a pod that mounts it', 'yes', [token('shop/t', 'admin'), runs('shop/m', 'app', { volumes: [{ name: 's', secret: { secretName: 't' } }] })], up(admin, 'shop/m[Pod]'), /mounted.*token/], ['that mounts another', 'no', [token('shop/t', 'admin'), runs('shop/m', 'app', { volumes: [{ name: 's', secret: { secretName: 'key' } }] })], up(admin, 'shop/m[Pod]'), /NO_PRIMITIVE/],
    ['and whose account has more', 'yes', [token('shop/t', 'admin'), ...gives('shop/admin', 'bank', tokens), runs('shop/m', 'app', { volumes: [{ name: 's', secret: { secretName: 't' } }] })], up(undefined, 'shop/m[Pod]'), /token/], ['and whose account has none', 'no', [token('shop/t', 'admin'), runs('shop/m', 'app', { volumes: [{ name: 's', secret: { secretName: 't' } }] })], up(undefined, 'shop/m[Pod]'), /NO_PRIMITIVE/],
    ['a namespace without a pod to get into', 'unknown', [namespace('empty'), ...gives('shop/app', 'empty', exec)], up(), /missing a running pod in empty/], ['with one', 'yes', [namespace('empty'), runs('empty/p', 'default'), ...gives('shop/app', 'empty', exec)], up(), /POD_EXEC in empty/],
    ['with one that has ended', 'unknown', [namespace('empty'), runs('empty/p', 'default', {}, { phase: 'Succeeded' }), ...gives('shop/app', 'empty', exec)], up(), /missing a running pod/],
    ['a secret that it makes and reads gets a token', 'yes', gives('shop/app', 'shop', rule('create get', 'secrets')), up(admin), /TOKEN_SECRET in shop/], ['that it only makes', 'no', gives('shop/app', 'shop', rule('create', 'secrets')), up(admin), /NO_PRIMITIVE/],
    ['a pod that has its account’s token', 'yes', [...gives('shop/app', 'shop', pods), runs('shop/m', 'app')], up(admin, 'shop/m[Pod]'), /POD_CREATE/], ['that mounts none', 'unknown', [...gives('shop/app', 'shop', pods), runs('shop/m', 'app', { automountServiceAccountToken: false })], up(admin, 'shop/m[Pod]'), /missing whether it gets a token/],
    ['whose account says so', 'unknown', [...gives('shop/bare', 'shop', pods), { ...serviceAccount('shop/bare'), automountServiceAccountToken: false }, runs('shop/m', 'bare')], up(undefined, 'shop/m[Pod]'), /missing whether it gets a token/], ['against whom the pod speaks', 'yes', [...gives('shop/bare', 'shop', pods), { ...serviceAccount('shop/bare'), automountServiceAccountToken: false }, runs('shop/m', 'bare', { automountServiceAccountToken: true })], up(undefined, 'shop/m[Pod]'), /POD_CREATE/],
    ['or a volume of the pod', 'yes', [...gives('shop/app', 'shop', pods), runs('shop/m', 'app', { automountServiceAccountToken: false, volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] })], up(admin, 'shop/m[Pod]'), /POD_CREATE/],
    ['a secret that the snapshot has not', 'yes', gives('shop/app', 'shop', rule('get', 'secrets')), up('shop/unseen[Secret]'), /SECRETS_READ/], ['and nobody may read', 'unknown', gives('shop/app', 'shop', rule('get', 'pods')), up('shop/unseen[Secret]'), /missing the object to reach/],
  ])('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); });
});

describe('new pods and their node', () => {
  const free = (...more: Manifests): Manifests => [namespace('free'), serviceAccount('free/ci'), ...gives('shop/app', 'free', pods), ...more];
  const gate = (resources: string, namespaceSelector?: Manifest): Manifest => object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'gate', undefined, { webhooks: [{ name: 'g', rules: [{ apiGroups: [''], operations: ['CREATE'], resources: [resources] }], ...(namespaceSelector && { namespaceSelector }) }] });
  it.each<Row>([
    ['nothing refuses them', 'yes', free(), up(n1), /POD_CREATE in free/], ['and so what runs there', 'yes', free(), up(teller), /node\/n2, then .*pod\/till/],
    ['baseline', 'no', [...gives('shop/app', 'bank', pods)], up(n1), /NO_PRIMITIVE/], ['privileged', 'yes', [enforced('free', 'privileged'), ...gives('shop/app', 'free', pods)], up(n1), /POD_CREATE/], ['restricted', 'no', gives('shop/app', 'shop', pods), up(n1), /NO_PRIMITIVE/],
    ['a warning refuses nothing', 'yes', [namespace('warned', { 'pod-security.kubernetes.io/warn': 'restricted' }), ...gives('shop/app', 'warned', pods)], up(n1), /POD_CREATE/],
    ['who may take the label away', 'yes', [...gives('shop/app', 'bank', pods), ...gives('shop/app', undefined, named('patch', 'namespaces', 'bank'))], up(n1), /POD_CREATE in bank/], ['of another namespace', 'no', [...gives('shop/app', 'bank', pods), ...gives('shop/app', undefined, named('patch', 'namespaces', 'shop'))], up(n1), /NO_PRIMITIVE/],
    ['a namespace that is not recorded', 'unknown', gives('shop/app', 'unseen', pods), up(n1), /missing which pods the namespace’s labels let in/],
    ['a webhook that looks at pods', 'unknown', free(gate('pods')), up(n1), /missing whether it refuses pods/], ['one that looks at others', 'yes', free(gate('configmaps')), up(n1), /POD_CREATE/], ['one for other namespaces', 'yes', free(gate('pods', { matchLabels: { ns: 'shop' } })), up(n1), /POD_CREATE/],
    ['one that looks at another group’s', 'yes', free(object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'gate', undefined, { webhooks: [{ name: 'g', rules: [{ apiGroups: ['metrics.k8s.io'], operations: ['CREATE'], resources: ['pods'] }] }] })), up(n1), /POD_CREATE/], ['an admission policy', 'unknown', free(object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'gate', undefined, { spec: { matchConstraints: { resourceRules: [{ apiGroups: ['*'], operations: ['*'], resources: ['*'] }] } } })), up(n1), /missing whether it refuses pods/], ['a pod security policy', 'unknown', free(object('policy/v1beta1', 'PodSecurityPolicy', 'psp', undefined, {})), up(n1), /missing whether it refuses pods/],
    ['constraints of OpenShift', 'unknown', free(object('security.openshift.io/v1', 'SecurityContextConstraints', 'restricted', undefined, {})), up(n1), /missing whether it refuses pods/],
    ['a label against which a pod runs', 'unknown', [runs('bank/old', 'teller', { ...privileged, nodeName: 'n2' }), ...gives('shop/app', 'bank', pods)], up(n1), /missing why a pod runs that/], ['one that has ended', 'no', [runs('bank/old', 'teller', { ...privileged, nodeName: 'n2' }, { phase: 'Failed' }), ...gives('shop/app', 'bank', pods)], up(n1), /NO_PRIMITIVE/],
    ['a container added to a pod', 'yes', [namespace('free'), runs('free/p', 'default', { nodeName: 'n1' }), ...gives('shop/app', 'free', rule('patch', 'pods/ephemeralcontainers'))], up(n1), /POD_DEBUG/], ['to one on another node', 'no', [namespace('free'), runs('free/p', 'default', { nodeName: 'n1' }), ...gives('shop/app', 'free', rule('patch', 'pods/ephemeralcontainers'))], up(n2), /NO_PRIMITIVE/],
    ['a volume of the node’s disk in a pod', 'yes', [...gives('shop/app', undefined, rule('create', 'persistentvolumes')), ...gives('shop/app', 'bank', pods)], up(n1), /VOLUME_CREATE/], ['without a pod', 'unknown', gives('shop/app', undefined, rule('create', 'persistentvolumes')), up(n1), /missing a pod that claims the volume/],
  ])('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); });

  it('says what it takes for granted', () => {
    expect(ask([...world, ...free()], up(n1)).assumed).toEqual(['pod_security_default', 'admission_plugins']);
    expect(ask([...world, ...gives('shop/app', undefined, rule('get', 'nodes/proxy'))], up(n1)).assumed).toEqual([]);
  });
  it('makes edges to the accounts and secrets that a new pod may have', () => {
    const graph = clusterOf([...world, ...gives('shop/app', 'shop', pods)]);
    expect(k8sIdentityEdges(graph, graph.resource(app)!, noGcpKnowledge).map((e) => [e.kind, e.target])).toEqual([['PRIVESC', 'k8s:cluster/shop/serviceaccount/admin'], ['CAN_READ', 'k8s:cluster/shop/secret/key']]);
  });
  it('makes edges, under a condition where it is not told', () => {
    const edges = (...more: Manifests) => { const graph = clusterOf([...world, ...more]); return k8sIdentityEdges(graph, graph.resource(app)!, noGcpKnowledge).filter((e) => e.kind === 'CAN_EXEC').map((e) => [e.target, e.condition !== undefined]); };
    const nodes = (isOpen: boolean) => ['n1', 'n2'].map((n) => [`k8s:cluster/node/${n}`, isOpen]);
    expect([edges(...free()), edges(...free(gate('pods'))), edges(...gives('shop/app', 'bank', pods))]).toEqual([nodes(false), nodes(true), []]);
  });
});

describe('names, groups and roles that are not told', () => {
  const boundAdmin = binding('b', 'ClusterRole', 'cluster-admin', account('shop/app')), config = object('v1', 'ConfigMap', 'c', 'bank', {});
  it.each<Row>([
    ['masters have any object that is known', 'yes', [config], up('bank/c[ConfigMap]', 'system:masters'), /system:masters/], ['and not one that isn’t', 'unknown', [], up('bank/c[ConfigMap]', 'system:masters'), /missing the object to reach/],
    ['so has an administrator', 'yes', [config, boundAdmin], up('bank/c[ConfigMap]'), /K8S_ADMINISTRATOR/], ['of one who isn’t it is open', 'unknown', [config], up('bank/c[ConfigMap]'), /missing what more than an administrator/], ['the kind in any case', 'yes', [boundAdmin], up('bank/key[secret]'), /K8S_ADMINISTRATOR/],
    ['a node in any case', 'yes', [boundAdmin], up('n1[NODE]'), /K8S_ADMINISTRATOR/], ['an account in any case', 'yes', gives('shop/app', 'shop', tokens), up('shop/admin[serviceaccount]'), /TOKEN_REQUEST/], ['cluster-admin as a role', 'yes', [boundAdmin], up('cluster-admin[ClusterRole]'), /K8S_ADMINISTRATOR/], ['that one has not', 'no', gives('shop/app', 'shop', tokens), up('cluster-admin[ClusterRole]'), /NO_PRIMITIVE/],
    ['a group is itself', 'yes', [], as('ops[Group]', 'ops[Group]'), /is or runs as ops/], ['and no other', 'no', [], as('dev[Group]', 'ops[Group]'), /NO_PRIMITIVE/], ['an account is of its namespace’s group', 'yes', [], as('system:serviceaccounts:shop[Group]'), /is of the group/], ['and of no other’s', 'no', [], as('system:serviceaccounts:bank[Group]'), /NO_PRIMITIVE/],
    ['a user may be of a group of any name', 'unknown', [], as('ops[Group]', 'ops[User]'), /GROUPS.*whether ops\[User\] is of the group ops/], ['a group is no user of that name', 'no', [], as('ops[User]', 'ops[Group]'), /NO_PRIMITIVE/], ['a pod runs as its account', 'yes', [], as(admin, 'shop/web[Pod]'), /RUNS_AS/], ['and not as another', 'no', [], as(app, 'shop/web[Pod]'), /NO_PRIMITIVE/],
    ['a lost role where the object is', 'unknown', [binding('bank/l', 'Role', 'lost', account('shop/app'))], up(boss), /missing the role lost/], ['one where nothing leads there', 'no', [binding('shop/l', 'Role', 'lost', account('shop/app'))], up(boss), /NO_PRIMITIVE/],
    ['one where something does', 'unknown', [binding('shop/l', 'Role', 'lost', account('shop/app')), ...gives('shop/admin', 'bank', tokens)], up(boss), /missing the role lost/], ['where pods get out to a node with it', 'unknown', [namespace('free'), binding('free/l', 'Role', 'lost', account('shop/app'))], up(teller), /missing the role lost/],
    ['one of the whole cluster', 'unknown', [binding('l', 'ClusterRole', 'lost', account('shop/app'))], up(boss), /missing the role lost/], ['one of somebody on the way', 'unknown', [...gives('shop/app', 'shop', tokens), binding('l', 'ClusterRole', 'lost', account('shop/admin'))], up(boss), /missing the role lost/], ['of somebody who is not on it', 'no', [...gives('shop/app', 'shop', tokens), binding('l', 'ClusterRole', 'lost', account('bank/boss'))], up(teller), /NO_PRIMITIVE/],
    ['one of the system’s namespace', 'unknown', [binding('kube-system/l', 'Role', 'lost', account('shop/app'))], up(boss), /missing the role lost/],
    ['any way up, by a lost role', 'unknown', [binding('shop/l', 'Role', 'lost', account('shop/app'))], up(), /missing the role lost/], ['from a node', 'yes', [], up(admin, n1), /whoever holds the node/], ['from another node', 'no', [], up(admin, n2), /NO_PRIMITIVE/],
  ])('%s: %s', (_, answer, manifests, question, by) => { expect(said(manifests, question)).toMatch(explained(answer, by)); });
  it('means the cluster of the object where a name stands in several', () => {
    const other = (manifest: Manifest): Manifest => ({ ...manifest, metadata: { ...(manifest['metadata'] as object), annotations: { 'winnow/cluster': 'other' } } });
    const manifests = [...world, binding('b', 'ClusterRole', 'view', person('User', 'ann')), ...[binding('b', 'ClusterRole', 'cluster-admin', person('User', 'ann')), pod('shop/web')].map(other)];
    expect(['k8s:other/shop/pod/web', 'k8s:cluster/shop/pod/web'].map((object) => ask(manifests, up(object, 'ann[User]')).answer)).toEqual(['yes', 'no']);
    expect(['k8s:other/shop/pod/web', 'k8s:cluster/shop/pod/web'].map((object) => ask(manifests, up(object, 'system:masters')).answer)).toEqual(['yes', 'yes']);
  });
  it('leaves open what a cap cuts, and what no role binding tells', () => {
    const many = Array.from({ length: 301 }, (_, i) => serviceAccount(`shop/a${i}`));
    expect(ask([...world, ...many, ...gives('shop/app', 'shop', tokens)], up(boss))).toMatchObject({ answer: 'unknown', missing: [{ what: 'the rest of what it leads to, which a cap cut' }] });
    expect(ask([...world, ...many.slice(5), ...gives('shop/app', 'shop', tokens)], up(boss)).answer).toBe('no');
    expect(ask([serviceAccount('shop/app'), serviceAccount('shop/admin')], up(admin))).toMatchObject({ answer: 'unknown', missing: [{ what: 'the cluster’s role bindings' }] });
  });
  it('asks about no circle of owners twice', () => {
    const ring = (name: string, owner: string): Manifest => ({ ...deployment(`shop/${name}`, { app: name }), metadata: { name, namespace: 'shop', ownerReferences: [{ kind: 'Deployment', name: owner, apiVersion: 'apps/v1' }] } });
    expect(ask([...world, ring('a', 'b'), ring('b', 'a')], up('shop/a[Deployment]')).answer).toBe('no');
  });
});
