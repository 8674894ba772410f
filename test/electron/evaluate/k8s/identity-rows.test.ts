import { describe, expect, it } from 'vitest';
import { k8sIdentityEdges, k8sWorkloadEdges } from '#electron/evaluate/k8s/derived-edges.ts';
import { escapesOf } from '#electron/evaluate/k8s/escape.ts';
import { k8sEscalationVerdict } from '#electron/evaluate/k8s/escalation-question.ts';
import { k8sPermission } from '#electron/evaluate/k8s/permission.ts';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import type { Resource } from '#shared/model/resource.ts';
import * as azure from '../azure/azure-records.ts';
import * as gcp from '../gcp/cloud-assets.ts';
import { expectRow, type Row } from '../rows.ts';
import { account, binding, clusterOf, namespace, node, pod, policy, recordsOf, role, serviceAccount, type Manifest } from './cluster.ts';

/** Design 5-graph §3, K8s: each sentence as a row, both sides, with what explains it. */
type Manifests = readonly Manifest[];
const world: Manifests = [namespace('shop'), serviceAccount('shop/app'), serviceAccount('shop/admin'), node('n1', []), pod('shop/api', undefined, { serviceAccountName: 'admin' }), binding('shop/none', 'Role', 'none', account('shop/admin')), role('shop/none', [])];
const rule = (verbs: string, resources: string, apiGroups = '', more: Manifest = {}): Manifest => ({ verbs: verbs.split(' '), resources: resources.split(' '), apiGroups: [apiGroups], ...more });
const inShop = (...rules: readonly Manifest[]): Manifests => [role('shop/r', rules), binding('shop/b', 'Role', 'r', account('shop/app'))];
const everywhere = (...rules: readonly Manifest[]): Manifests => [role('cr', rules), binding('crb', 'ClusterRole', 'cr', account('shop/app'))];
const app = 'shop/app[ServiceAccount]', rbac = 'rbac.authorization.k8s.io';
const up = (more: Manifests) => { const graph = clusterOf([...world, ...more]); return { graph, verdict: k8sEscalationVerdict(graph, app, undefined, () => graph) }; };
const gains = (id: string, where = 'shop/role/r') => ({ rule: 'K8S.escalation', source: `k8s:cluster/${where}`, pointer: '/rules/0', text: new RegExp(`^${id}( in shop)? \\(.*by (b → r|crb → cr)$`), via: new RegExp(`^${id}`) });
const nothing = { code: 'NO_PRIMITIVE', rule: 'K8S.escalation', source: 'k8s:cluster/shop/serviceaccount/app', text: /none of its permissions leads to more/ };

describe('dangerous verbs', () => {
  it.each<Row<Manifests>>([
    { row: 'create pods', yes: inShop(rule('create', 'pods')), says: gains('POD_CREATE'), no: inShop(rule('delete', 'pods')), instead: nothing },
    { row: 'pods/exec', yes: inShop(rule('create', 'pods/exec')), says: gains('POD_EXEC'), no: inShop(rule('create', 'pods/log')), instead: nothing },
    { row: 'pods/attach', yes: inShop(rule('create', 'pods/attach')), says: gains('POD_ATTACH'), no: inShop(rule('create', 'pods/portforward')), instead: nothing },
    { row: 'patch pods', yes: inShop(rule('patch', 'pods')), says: gains('POD_PATCH'), no: inShop(rule('get', 'pods')), instead: nothing },
    { row: 'get secrets', yes: inShop(rule('get', 'secrets')), says: gains('SECRETS_READ'), no: inShop(rule('get', 'configmaps')), instead: nothing },
    { row: 'list secrets', yes: inShop(rule('list', 'secrets')), says: gains('SECRETS_READ'), no: inShop(rule('create', 'secrets')), instead: nothing },
    { row: 'bind', yes: everywhere(rule('bind', 'clusterroles', rbac), rule('create', 'clusterrolebindings', rbac)), says: gains('BIND_CLUSTERROLE', 'clusterrole/cr'), no: everywhere(rule('bind', 'clusterroles', rbac)), instead: nothing },
    { row: 'bind: without it, making bindings gives no more than one has', yes: everywhere(rule('bind', 'clusterroles', rbac), rule('create', 'clusterrolebindings', rbac)), says: gains('BIND_CLUSTERROLE', 'clusterrole/cr'), no: everywhere(rule('create', 'clusterrolebindings', rbac)), instead: nothing },
    { row: 'escalate', yes: everywhere(rule('escalate update', 'clusterroles', rbac)), says: gains('ESCALATE_CLUSTERROLE', 'clusterrole/cr'), no: everywhere(rule('update', 'clusterroles', rbac)), instead: nothing },
    { row: 'impersonate', yes: everywhere(rule('impersonate', 'users')), says: gains('IMPERSONATE_USER', 'clusterrole/cr'), no: everywhere(rule('get', 'users')), instead: nothing },
    { row: 'impersonate a service account', yes: inShop(rule('impersonate', 'serviceaccounts')), says: gains('IMPERSONATE_ACCOUNT'), no: inShop(rule('get', 'serviceaccounts')), instead: nothing },
    { row: 'create serviceaccounts/token', yes: inShop(rule('create', 'serviceaccounts/token')), says: gains('TOKEN_REQUEST'), no: inShop(rule('create', 'serviceaccounts')), instead: nothing },
    { row: 'nodes/proxy', yes: everywhere(rule('get', 'nodes/proxy')), says: gains('NODE_PROXY', 'clusterrole/cr'), no: everywhere(rule('get', 'nodes/stats')), instead: nothing },
    { row: 'update on webhooks', yes: everywhere(rule('update', 'validatingwebhookconfigurations', 'admissionregistration.k8s.io')), says: gains('WEBHOOK_CHANGE', 'clusterrole/cr'), no: everywhere(rule('delete', 'validatingwebhookconfigurations', 'admissionregistration.k8s.io')), instead: nothing },
    { row: 'CSR approve', yes: everywhere(rule('create', 'certificatesigningrequests', 'certificates.k8s.io'), rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io'), rule('approve', 'signers', 'certificates.k8s.io')), says: gains('CSR_APPROVE', 'clusterrole/cr'), no: everywhere(rule('create', 'certificatesigningrequests', 'certificates.k8s.io'), rule('update', 'certificatesigningrequests/approval', 'certificates.k8s.io')), instead: nothing },
  ])('$row', (row) => { expectRow(row, up); });
  it.each<Row<Manifests>>([
    { row: 'RBAC purely additive: a second role takes nothing away', yes: [...inShop(rule('get', 'secrets')), role('shop/s', []), binding('shop/c', 'Role', 's', account('shop/app'))], says: { rule: 'K8S.rbac', source: 'k8s:cluster/shop/role/r', pointer: '/rules/0', text: /RoleBinding b gives shop\/app\[ServiceAccount\] the role r, which allows "get secrets" in shop/, via: /RoleBinding b → r/ }, no: [role('shop/s', []), binding('shop/c', 'Role', 's', account('shop/app'))], instead: { code: 'NO_GRANT', rule: 'K8S.rbac', text: /none of the roles that .* holds \(s\) allows "get secrets"/ } },
  ])('$row', (row) => { expectRow(row, (more) => { const graph = clusterOf([...world, ...more]), found = k8sPermission(graph, app, 'get secrets', 'shop'); if (!found.ok) throw new Error(found.error); return { graph, verdict: found.value }; }); });
});

const secured = (securityContext: Manifest, more: Manifest = {}): Manifest => ({ ...more, containers: [{ name: 'c', image: 'i', securityContext }] });
const mounting = (path: string, readOnly = false): Manifest => ({ volumes: [{ name: 'h', hostPath: { path } }], containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'h', mountPath: '/h', readOnly }] }] });
const caps = (...add: readonly string[]): Manifest => ({ capabilities: { add } });

describe('container escape', () => {
  it.each<{ readonly row: string; readonly spec: Manifest; readonly id: string; readonly cost: number; readonly text: RegExp; readonly pointer: string; readonly without: Manifest }>([
    { row: 'privileged', spec: secured({ privileged: true }), id: 'CE_PRIV_MOUNT', cost: 1, text: /container c is privileged/, pointer: '/spec/containers/0/securityContext/privileged', without: secured({ privileged: false }) },
    { row: 'hostPID + SYS_PTRACE', spec: secured(caps('SYS_PTRACE'), { hostPID: true }), id: 'CE_SYS_PTRACE', cost: 4, text: /sees the host’s processes and may trace them/, pointer: '/spec/containers/0/securityContext/capabilities/add', without: secured(caps('SYS_PTRACE'), { hostPID: false }) },
    { row: 'SYS_PTRACE with hostPID', spec: secured(caps('SYS_PTRACE'), { hostPID: true }), id: 'CE_SYS_PTRACE', cost: 4, text: /may trace them/, pointer: '/spec/containers/0/securityContext/capabilities/add', without: secured(caps('NET_RAW'), { hostPID: true }) },
    { row: 'hostPath /', spec: mounting('/'), id: 'EXPLOIT_HOST_WRITE', cost: 4, text: /may write to \/ of its node/, pointer: '/spec/containers/0/volumeMounts/0', without: mounting('/srv/data') },
    { row: 'hostPath /var/log', spec: mounting('/var/log'), id: 'CE_VAR_LOG_SYMLINK', cost: 4, text: /may write to \/var\/log of its node/, pointer: '/spec/containers/0/volumeMounts/0', without: mounting('/var/app') },
    { row: 'hostPath container socket', spec: mounting('/run/containerd/containerd.sock', true), id: 'EXPLOIT_CONTAINERD_SOCK', cost: 4, text: /holds the container runtime’s socket/, pointer: '/spec/containers/0/volumeMounts/0', without: mounting('/run/app/app.sock', true) },
    { row: 'SYS_MODULE', spec: secured(caps('SYS_MODULE')), id: 'CE_MODULE_LOAD', cost: 4, text: /may load kernel modules \(SYS_MODULE\)/, pointer: '/spec/containers/0/securityContext/capabilities/add', without: secured(caps('SYS_TIME')) },
    { row: 'SYS_ADMIN', spec: secured(caps('CAP_SYS_ADMIN')), id: 'CE_SYS_ADMIN', cost: 4, text: /may mount and change the kernel’s settings \(SYS_ADMIN\)/, pointer: '/spec/containers/0/securityContext/capabilities/add', without: secured({ capabilities: { drop: ['SYS_ADMIN'] } }) },
  ])('$row', ({ spec, id, cost, text, pointer, without }) => {
    const of = (s: Manifest) => { const graph = clusterOf([node('n1', []), pod('x/a', {}, { ...s, nodeName: 'n1' })]), found = graph.resource('x/a[Pod]')!; return { found, escapes: escapesOf(found), edges: k8sWorkloadEdges(graph, found).filter((e) => e.kind === 'ESCAPES_TO') }; };
    const held = of(spec), failed = of(without);
    expect(held.escapes).toContainEqual({ id, cost, pointer, text: expect.stringMatching(text) as string });
    expect(resolvePointer(held.found.config, pointer).ok).toBe(true);
    expect(held.edges).toMatchObject([{ target: 'k8s:cluster/node/n1', cost, reason: expect.stringMatching(text) as string }]);
    expect([failed.escapes.map((e) => e.id), failed.edges]).toEqual([[], []]);
  });
});

const complete = (draft: Pick<Resource, 'urn' | 'type' | 'kind' | 'config'> & Partial<Resource>): Resource => ({ aliases: [], tags: {}, deleted: false, source: 'test', provenance: 'observed', ...draft });
const arn = 'arn:aws:iam::111122223333:role/app', provider = 'oidc.eks.eu-central-1.amazonaws.com/id/ABC';
const trusting = (operator: string, subject: string): Resource => complete({ urn: arn, type: 'AWS::IAM::Role', kind: 'identity', account: '111122223333', config: { RoleName: 'app', Arn: arn, AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${provider}` }, Condition: { [operator]: { [`${provider}:sub`]: subject } } }] } } });
const association = (serviceAccountName: string): Resource => complete({ urn: 'assoc', type: 'AWS::EKS::PodIdentityAssociation', kind: 'other', config: { ClusterName: 'cluster', Namespace: 'shop', ServiceAccount: serviceAccountName, RoleArn: arn } });
const own = 'system:serviceaccount:shop:app';

describe('cloud link', () => {
  const links = (annotations: Readonly<Record<string, string>>, ...more: readonly Resource[]) => { const graph = clusterOf([namespace('shop'), serviceAccount('shop/app', annotations)], more); return k8sIdentityEdges(graph, graph.resource(app)!, gcp.knowledge).filter((e) => e.kind === 'CAN_ASSUME').map((e) => [e.target, e.reason, e.condition !== undefined]); };
  const irsa = { 'eks.amazonaws.com/role-arn': arn };
  it.each<{ readonly row: string; readonly yes: readonly [Readonly<Record<string, string>>, readonly Resource[]]; readonly target: string; readonly reason: string; readonly isOpen?: boolean; readonly no: readonly [Readonly<Record<string, string>>, readonly Resource[]] }>([
    { row: 'IRSA', yes: [irsa, [trusting('StringEquals', own)]], target: arn, reason: 'IRSA: eks.amazonaws.com/role-arn', no: [{}, [trusting('StringEquals', own)]] },
    { row: 'IRSA: the role’s trust', yes: [irsa, [trusting('StringLike', 'system:serviceaccount:shop:*')]], target: arn, reason: 'IRSA: eks.amazonaws.com/role-arn', no: [irsa, [trusting('StringLike', 'system:serviceaccount:web:*')]] },
    { row: 'IRSA: equality knows no wildcard', yes: [irsa, [trusting('StringLike', 'system:serviceaccount:*:app')]], target: arn, reason: 'IRSA: eks.amazonaws.com/role-arn', no: [irsa, [trusting('StringEquals', 'system:serviceaccount:*:app')]] },
    { row: 'IRSA: a role that is not recorded may trust it', yes: [irsa, []], target: arn, reason: 'IRSA: eks.amazonaws.com/role-arn', isOpen: true, no: [irsa, [trusting('StringEquals', 'system:serviceaccount:shop:other')]] },
    { row: 'EKS Pod Identity', yes: [{}, [association('app')]], target: arn, reason: 'EKS Pod Identity association', no: [{}, [association('other')]] },
    { row: 'GKE WI', yes: [{ 'iam.gke.io/gcp-service-account': 'app@p.iam.gserviceaccount.com' }, []], target: 'app@p.iam.gserviceaccount.com', reason: 'GKE workload identity: iam.gke.io/gcp-service-account', isOpen: true, no: [{ 'iam.gke.io/other': 'x' }, []] },
    { row: 'AZWI', yes: [{ 'azure.workload.identity/client-id': '1111' }, []], target: '1111', reason: 'Azure workload identity: azure.workload.identity/client-id', isOpen: true, no: [{ 'azure.workload.identity/tenant-id': '1111' }, []] },
  ])('$row annotation -> CAN_ASSUME', ({ yes, target, reason, isOpen = false, no }) => expect([links(yes[0], ...yes[1]), links(no[0], ...no[1])]).toEqual([[[target, reason, isOpen]], []]));

  const machine = (options: Manifest): Resource => complete({ urn: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0aa', type: 'AWS::EC2::Instance', kind: 'vm', aliases: ['i-0aa'], config: { InstanceId: 'i-0aa', IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/n' }, MetadataOptions: options } });
  const metadata = (options: Manifest, ...policies: Manifests) => { const graph = clusterOf([namespace('x'), node('n1', [], { providerID: 'aws:///eu-central-1a/i-0aa' }), pod('x/a', {}, { nodeName: 'n1' }), ...policies], [machine(options)]); return k8sWorkloadEdges(graph, graph.resource('x/a[Pod]')!).filter((e) => e.kind === 'CAN_ASSUME').map((e) => [e.reason, e.cost]); };
  const v2 = { HttpTokens: 'required', HttpPutResponseHopLimit: 2 }, byV2 = ['the node’s role by instance metadata (IMDSv2)', 2];
  const except = (...addresses: readonly string[]) => policy('x/p', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: addresses } }] }] });
  it.each([
    ['node role via IMDS unless hop limit 1', metadata(v2), metadata({ ...v2, HttpPutResponseHopLimit: 1 })], ['or blocked by a policy', metadata(v2, except('10.0.0.0/8')), metadata(v2, except('169.254.169.254/32'))], ['or switched off', metadata({ ...v2, HttpEndpoint: 'enabled' }), metadata({ ...v2, HttpEndpoint: 'disabled' })],
  ])('%s', (_, yes, no) => expect([yes, no]).toEqual([[byV2], []]));
  it('IMDSv1 has no hop limit', () => expect(metadata({ HttpTokens: 'optional', HttpPutResponseHopLimit: 1 })).toEqual([['the node’s role by instance metadata (IMDSv1 is not refused)', 1]]));

  const email = 'app@acme-prod.iam.gserviceaccount.com', client = 'aaaaaaaa-1111-0000-0000-000000000001';
  const mixed = (manifests: Manifests, ...others: readonly (readonly GraphRecord[])[]) => memoryGraph([...recordsOf(manifests), ...others.flat()]);
  const held = (annotation: string, value: string, ...others: readonly (readonly GraphRecord[])[]) => { const graph = mixed([namespace('shop'), serviceAccount('shop/app', { [annotation]: value })], ...others); return k8sIdentityEdges(graph, graph.resource(app)!, gcp.knowledge).map((e) => e.condition !== undefined); };
  const wi = (member: string, role = 'roles/iam.workloadIdentityUser') => held('iam.gke.io/gcp-service-account', email, gcp.recordsOf([gcp.projectRecord(), gcp.account('app'), gcp.policy(gcp.accountName('app'), 'iam.googleapis.com/ServiceAccount', gcp.binding(role, member))]));
  it('GKE WI: sure where the service account’s policy names the account of the cluster', () => {
    expect([wi('serviceAccount:acme-prod.svc.id.goog[shop/app]'), wi('serviceAccount:acme-prod.svc.id.goog[web/app]'), wi('serviceAccount:acme-prod.svc.id.goog[shop/app]', 'roles/viewer')]).toEqual([[false], [true], [true]]);
    expect([wi('principal://iam.googleapis.com/projects/4/locations/global/workloadIdentityPools/acme-prod.svc.id.goog/subject/ns/shop/sa/app'), wi('principalSet://iam.googleapis.com/projects/4/locations/global/workloadIdentityPools/acme-prod.svc.id.goog/namespace/web')]).toEqual([[false], [true]]);
  });
  const credential = (subject: string, of = 'deploy') => ({ id: azure.id('Microsoft.ManagedIdentity/userAssignedIdentities', `${of}/federatedIdentityCredentials/k`), type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials', name: 'k', properties: { issuer: 'https://aks.example', subject, audiences: ['api://AzureADTokenExchange'] } });
  const azwi = (...records: Parameters<typeof azure.recordsOf>[0]) => held('azure.workload.identity/client-id', client, azure.recordsOf([azure.arm('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy', { clientId: client, principalId: azure.guid(9) }), ...records]));
  it('AZWI: sure where a credential of the identity names the account of the cluster', () => { expect([azwi(credential(own)), azwi(credential('system:serviceaccount:shop:other')), azwi(credential(own, 'other')), azwi()]).toEqual([[false], [true], [true], [true]]); });

  const onNode = (providerID: string, labels: Readonly<Record<string, string>>, spec: Manifest, records: readonly GraphRecord[], ...policies: Manifests) => { const graph = mixed([namespace('x'), { ...node('n1', [], { providerID }), metadata: { name: 'n1', labels } }, pod('x/a', {}, { nodeName: 'n1', ...spec }), ...policies], records); return k8sWorkloadEdges(graph, graph.resource('x/a[Pod]')!).filter((e) => e.kind === 'CAN_ASSUME').map((e) => [e.reason, e.cost, e.condition !== undefined]); };
  const gke = (labels: Readonly<Record<string, string>> = {}, spec: Manifest = {}, data: Manifest = {}, ...policies: Manifests) => onNode('gce://acme-prod/europe-west1-b/gke-n1', labels, spec, gcp.recordsOf([gcp.projectRecord(), gcp.account('web'), gcp.instance('gke-n1', data)]), ...policies), guarded = { 'iam.gke.io/gke-metadata-server-enabled': 'true' }, byGoogle = ['the node’s service account by instance metadata', 2, false];
  it('the node’s service account at Google, unless GKE’s own metadata server stands before it', () => {
    expect([gke(), gke(guarded), gke(guarded, { hostNetwork: true })]).toEqual([[byGoogle], [], [byGoogle]]);
    expect([gke({}, {}, { serviceAccounts: [] }), gke({}, {}, {}, except('169.254.169.254/32')), gke({}, {}, { serviceAccounts: [{ email: gcp.email('web'), scopes: ['https://www.googleapis.com/auth/devstorage.read_only'] }] })]).toEqual([[], [], [['the node’s service account by instance metadata', 2, true]]]);
  });
  it('the node’s managed identity at Azure', () => {
    const aks = (identity: Manifest | undefined, ...policies: Manifests) => onNode(`azure://${azure.id('Microsoft.Compute/virtualMachines', 'web')}`, {}, {}, azure.recordsOf([azure.vm({}, identity && { identity })]), ...policies);
    expect([aks({ type: 'SystemAssigned', principalId: azure.guid(50) }), aks(undefined), aks({ type: 'SystemAssigned', principalId: azure.guid(50) }, except('169.254.169.254/32'))]).toEqual([[['the node’s managed identity by instance metadata', 2, false]], [], []]);
  });
});
