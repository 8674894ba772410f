import type { Estate, Expected, Suite } from './suite.ts';

/**
 * Ways up and through a cluster as its operators meet them, from Kubernetes' documentation ("RBAC Good Practices", "Pod Security Standards", "Service account token Secrets", "User Impersonation") and
 * KubeHound's attacks, as facts: who may do what, what runs where, and who gets to whom. Beside each way stands one that lacks a piece of it.
 */
type Json = Readonly<Record<string, unknown>>;
const api = 'rbac.authorization.k8s.io';
const split = (id: string): { readonly name: string; readonly namespace?: string } => { const [first = '', name] = id.split('/'); return name === undefined ? { name: first } : { name, namespace: first }; };
const object = (apiVersion: string, kind: string, id: string, more: Json = {}, metadata: Json = {}): Json => ({ apiVersion, kind, metadata: { ...split(id), ...metadata }, ...more });
const ns = (name: string, level?: string): Json => object('v1', 'Namespace', name, {}, level === undefined ? {} : { labels: { 'pod-security.kubernetes.io/enforce': level } });
const node = (name: string, labels: Json = {}): Json => object('v1', 'Node', name, {}, { labels });
const controlPlane = { 'node-role.kubernetes.io/control-plane': '' }, privileged = { securityContext: { privileged: true } }, logs = { volumeMounts: [{ name: 'h', mountPath: '/h' }] };
/** A pod, or the template of a controller: as whom, where, and what is special about its container. */
const spec = (as: string, on?: string, container: Json = {}, more: Json = {}): Json => ({ serviceAccountName: as, ...(on !== undefined && { nodeName: on }), containers: [{ name: 'c', image: 'i', ...container }], ...more });
const pod = (id: string, of: Json, owner?: readonly [kind: string, name: string], phase = 'Running'): Json => object('v1', 'Pod', id, { spec: of, status: { phase } }, owner ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: owner[0], name: owner[1], uid: 'u' }] } : {});
const rule = (verbs: string, resources: string, group = '', ...resourceNames: readonly string[]): Json => ({ apiGroups: [group], resources: resources.split(' '), verbs: verbs.split(' '), ...(resourceNames.length > 0 && { resourceNames }) });
const subject = (text: string): Json => { const [kind = '', name = ''] = text.split(/:(.*)/); return kind === 'ServiceAccount' ? { kind, ...split(name) } : { kind, name, apiGroup: api }; };
/** Binds a role that is there already to one subject; everywhere or in a namespace. */
const bound = (where: string | undefined, role: string, to: string): Json => object(`${api}/v1`, where === undefined ? 'ClusterRoleBinding' : 'RoleBinding', `${where === undefined ? '' : `${where}/`}${role}-${to.replace(/\W/g, '-')}`.toLowerCase(), { roleRef: { apiGroup: api, kind: 'ClusterRole', name: role }, subjects: [subject(to)] });
const may = (where: string | undefined, role: string, to: string, ...rules: readonly Json[]): readonly Json[] => [object(`${api}/v1`, 'ClusterRole', role, { rules }), bound(where, role, to)];

/** `subject > object answer`; without an object: any gain. */
const estate = (name: string, items: readonly Json[], ...texts: readonly string[]): Estate => ({
  name, files: { 'dump.json': { apiVersion: 'v1', kind: 'List', items } }, rows: texts.map((text) => {
    const [, from = '', to, expected = ''] = /^(\S+)(?: > (\S+))? (yes|no|unknown)$/.exec(text) ?? [];
    return { ask: { question: 'escalation', subject: from, ...(to !== undefined && { object: to }) }, expected: expected as Expected };
  }),
});
const hostPath = (path: string): Json => ({ volumes: [{ name: 'h', hostPath: { path } }] });

export const kubernetesWays: Suite = { name: 'ways up in Kubernetes', estates: [
  estate('a deployer beside an agent of administrators', [ns('apps'), ns('mon'), node('w1'), node('w2'), object('v1', 'ServiceAccount', 'apps/ci'), pod('mon/agent-x', spec('agent', 'w1'), ['DaemonSet', 'agent']), ...may('apps', 'deploy', 'ServiceAccount:apps/ci', rule('create get', 'deployments', 'apps')), bound(undefined, 'cluster-admin', 'ServiceAccount:mon/agent'), bound(undefined, 'view', 'User:bob')],
    'apps/ci[ServiceAccount] yes', 'apps/ci[ServiceAccount] > w2[Node] yes', 'apps/ci[ServiceAccount] > mon/agent[ServiceAccount] yes', 'apps/ci[ServiceAccount] > cluster yes', 'bob[User] > cluster no', 'bob[User] no', 'mon/agent[DaemonSet] > apps/ci[ServiceAccount] yes'),
  estate('the same where pods are held to a standard', [ns('apps', 'baseline'), ns('mon'), node('w1'), object('v1', 'ServiceAccount', 'apps/ci'), pod('mon/agent-x', spec('agent', 'w1')), ...may('apps', 'deploy', 'ServiceAccount:apps/ci', rule('create get', 'deployments', 'apps')), bound(undefined, 'cluster-admin', 'ServiceAccount:mon/agent')],
    'apps/ci[ServiceAccount] yes', 'apps/ci[ServiceAccount] > w1[Node] no', 'apps/ci[ServiceAccount] > mon/agent[ServiceAccount] no', 'apps/ci[ServiceAccount] > cluster no'),
  estate('a shipper of logs on the control plane', [node('cp', controlPlane), node('w1'), ...['cp', 'w1'].map((on) => pod(`log/ship-${on}`, spec('ship', on, logs, hostPath('/var/log')), ['DaemonSet', 'ship'])), pod('log/app', spec('app', 'w1')), bound(undefined, 'view', 'User:bob')],
    'log/ship[DaemonSet] > cluster yes', 'log/ship-cp[Pod] > w1[Node] yes', 'log/ship-w1[Pod] > cp[Node] no', 'log/ship-w1[Pod] > log/app[ServiceAccount] yes', 'log/app[Pod] > w1[Node] no'),
  estate('pods alone, without their nodes', [pod('edge/cam', spec('cam', 'n7', privileged)), pod('ops/op', spec('op', 'n7')), pod('ops/far', spec('far', 'n8')), ...may('ops', 'tokens', 'ServiceAccount:ops/op', rule('create', 'serviceaccounts/token'))],
    'edge/cam[Pod] > n7[Node] yes', 'edge/cam[Pod] > n8[Node] no', 'edge/cam[Pod] > n9[Node] unknown', 'edge/cam[Pod] > ops/op[ServiceAccount] yes', 'edge/cam[Pod] > ops/far[ServiceAccount] yes', 'ops/far[Pod] > ops/op[ServiceAccount] no'),
  estate('a help desk that may be others', [...may(undefined, 'desk', 'Group:desk', rule('impersonate', 'users', '', 'carol'), rule('impersonate', 'groups', '', 'sre')), ...may(undefined, 'only', 'User:dave', rule('impersonate', 'groups')), bound(undefined, 'cluster-admin', 'Group:sre'), ...may(undefined, 'idle', 'User:ida', rule('impersonate', 'users', '', 'nobody'))],
    'desk[Group] > carol[User] yes', 'desk[Group] > sre[Group] yes', 'desk[Group] > cluster yes', 'dave[User] > sre[Group] no', 'dave[User] no', 'ida[User] > nobody[User] yes', 'ida[User] no', 'ida[User] > cluster no'),
  estate('a token that lies in a secret', [ns('ci', 'restricted'), object('v1', 'Secret', 'ci/robot', { type: 'kubernetes.io/service-account-token', data: { token: 'QUJD' } }, { annotations: { 'kubernetes.io/service-account.name': 'robot' } }), pod('ci/run', spec('run', undefined, { env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'robot', key: 'token' } } }] })), bound(undefined, 'cluster-admin', 'ServiceAccount:ci/robot'), ...may('ci', 'one', 'User:eve', rule('get', 'secrets', '', 'robot')), ...may('ci', 'two', 'User:mal', rule('get', 'secrets', '', 'other')), ...may('ci', 'make', 'User:tim', rule('create get', 'secrets')), ...may('ci', 'only', 'User:tom', rule('create', 'secrets'))],
    'ci/run[Pod] yes', 'ci/run[Pod] > ci/robot[ServiceAccount] yes', 'eve[User] > cluster yes', 'mal[User] > cluster no', 'tim[User] > ci/run[ServiceAccount] yes', 'tom[User] > ci/run[ServiceAccount] no', 'tom[User] no'),
  estate('jobs that come and go', [ns('jobs'), ns('prod', 'baseline'), node('gpu', { gpu: 'yes' }), node('cpu'), object('batch/v1', 'CronJob', 'jobs/back', { spec: { jobTemplate: { spec: { template: { spec: spec('back', undefined, logs, { ...hostPath('/'), nodeSelector: { gpu: 'yes' } }) } } } } }), pod('jobs/back-1', spec('back', 'gpu', logs, hostPath('/')), undefined, 'Succeeded'), pod('prod/shop', spec('shop', 'cpu')), ...may('jobs', 'in', 'User:ines', rule('create', 'pods/exec')), bound(undefined, 'view', 'User:bob')],
    'jobs/back[CronJob] yes', 'jobs/back[CronJob] > gpu[Node] unknown', 'jobs/back[CronJob] > cpu[Node] no', 'jobs/back-1[Pod] > gpu[Node] no', 'jobs/back-1[Pod] no', 'prod/shop[Pod] > gpu[Node] no', 'ines[User] > gpu[Node] unknown', 'bob[User] > gpu[Node] no'),
  estate('a gate that nobody can read', [ns('team'), node('w'), object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'gate', { webhooks: [{ name: 'g.acme.test', rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['*/*'] }] }] }), pod('team/api', spec('api', 'w')), pod('team/db', spec('db', 'w')), bound('team', 'edit', 'Group:system:serviceaccounts:team'), object(`${api}/v1`, 'RoleBinding', 'team/lost', { roleRef: { apiGroup: api, kind: 'Role', name: 'lost' }, subjects: [subject('User:vic')] })],
    'team/api[Pod] > w[Node] unknown', 'team/api[Pod] > team/db[ServiceAccount] yes', 'team/api[Pod] yes', 'vic[User] > team/db[ServiceAccount] unknown', 'other/x[ServiceAccount] > team/db[ServiceAccount] no'),
  estate('into the pods of the system', [ns('kube-system'), ns('pay', 'restricted'), node('w'), pod('kube-system/proxy', spec('proxy', 'w', privileged)), pod('pay/wallet', spec('wallet', 'w')), ...may('kube-system', 'in', 'User:olaf', rule('get', 'pods/exec')), ...may(undefined, 'certs', 'User:carl', rule('create', 'certificatesigningrequests', 'certificates.k8s.io'), rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io'), rule('approve', 'signers', 'certificates.k8s.io', 'kubernetes.io/kubelet-serving')), ...may('pay', 'in2', 'User:pia', rule('get', 'pods/exec', '', 'wallet'))],
    'olaf[User] > w[Node] yes', 'olaf[User] > pay/wallet[ServiceAccount] yes', 'carl[User] > cluster no', 'pia[User] > pay/wallet[ServiceAccount] yes', 'pia[User] > w[Node] no'),
  estate('roles that may be bound or widened', [ns('dev', 'restricted'), object('v1', 'ServiceAccount', 'dev/x'), ...may(undefined, 'low', 'User:lou', rule('bind', 'clusterroles', api, 'view'), rule('create', 'clusterrolebindings', api)), ...may(undefined, 'high', 'User:hal', rule('bind', 'clusterroles', api, 'cluster-admin'), rule('create', 'clusterrolebindings', api)), ...may(undefined, 'wide', 'User:wes', rule('escalate patch', 'clusterroles', api, 'wide')), ...may(undefined, 'side', 'User:sid', rule('escalate patch', 'clusterroles', api, 'wide')), ...may('dev', 'here', 'User:hed', rule('bind', 'clusterroles', api, 'edit'), rule('create', 'rolebindings', api))],
    'lou[User] > cluster no', 'hal[User] > cluster yes', 'wes[User] > cluster yes', 'sid[User] > cluster no', 'hed[User] > dev/x[ServiceAccount] yes', 'hed[User] > cluster no'),
] };
