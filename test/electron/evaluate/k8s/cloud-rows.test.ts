import { describe, expect, it } from 'vitest';
import type { QuestionContext } from '#electron/evaluate/platform.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import type { Resource } from '#shared/model/resource.ts';
import * as azure from '../azure/azure-records.ts';
import * as gcp from '../gcp/cloud-assets.ts';
import { expectRow, type Row } from '../rows.ts';
import { deployment, namespace, node, pod, recordsOf, serviceAccount, type Manifest } from './cluster.ts';

/** From a cluster into a cloud, by `can_assume`: design 5-graph §3, "Cloud link", both sides of each way in. */
interface World { readonly manifests?: readonly Manifest[]; readonly notes?: Readonly<Record<string, string>>; readonly records?: readonly GraphRecord[] }
const email = gcp.email('app'), deploy = gcp.accountName('deploy'), target = gcp.accountName('app'), client = 'aaaaaaaa-1111-0000-0000-000000000001', identity = azure.urn('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy');
const app = 'k8s:cluster/shop/serviceaccount/app', wi = { 'iam.gke.io/gcp-service-account': email }, azwi = { 'azure.workload.identity/client-id': client };
const policies = (...bindings: Parameters<typeof gcp.policy>[2][]) => [gcp.policy(target, 'iam.googleapis.com/ServiceAccount', ...bindings), gcp.projectPolicy(gcp.binding('roles/viewer', 'user:bob@acme.example'))];
const google = (member: string, ...more: Parameters<typeof gcp.recordsOf>[0]) => gcp.recordsOf([gcp.projectRecord(), gcp.account('app'), gcp.account('deploy'), ...policies(gcp.binding('roles/iam.workloadIdentityUser', member)), ...more]);
const named = 'serviceAccount:acme-prod.svc.id.goog[shop/app]', other = 'serviceAccount:acme-prod.svc.id.goog[web/app]';
const entra = (subject: string) => azure.recordsOf([azure.arm('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy', { clientId: client, principalId: azure.guid(9) }), { id: `${azure.id('Microsoft.ManagedIdentity/userAssignedIdentities', 'deploy')}/federatedIdentityCredentials/k`, type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials', name: 'k', properties: { subject } }]);
const arn = 'arn:aws:iam::111122223333:role/app', role = (subject: string): readonly GraphRecord[] => { const resource: Resource = { urn: arn, type: 'AWS::IAM::Role', kind: 'identity', account: '111122223333', aliases: [], tags: {}, deleted: false, source: 't', provenance: 'observed', config: { RoleName: 'app', Arn: arn, AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.example/id/A' }, Condition: { StringEquals: { 'oidc.eks.example/id/A:sub': subject } } }] } } }; return [{ resources: [resource], edges: [], file: 'r', record: 0 }]; };
const gke = (labels: Readonly<Record<string, string>>) => [{ ...node('n1', [], { providerID: 'gce://acme-prod/europe-west1-b/web' }), metadata: { name: 'n1', labels } }];
const shielded = gke({ 'iam.gke.io/gke-metadata-server-enabled': 'true' });
const wiUser = 'roles/iam.workloadIdentityUser', pool = `principalSet://iam.googleapis.com/projects/${gcp.number}/locations/global/workloadIdentityPools/acme-prod.svc.id.goog`;
const onProject = (role: string, member: string) => gcp.recordsOf([gcp.projectRecord(), gcp.account('app'), gcp.policy(target, 'iam.googleapis.com/ServiceAccount', gcp.binding('roles/viewer', 'user:bob@acme.example')), gcp.projectPolicy(gcp.binding(role, member))]);
const bound = (binding: Parameters<typeof gcp.policy>[2]) => gcp.recordsOf([gcp.projectRecord(), gcp.account('app'), ...policies(binding)]);
const unsolvable = { condition: { title: 'x', expression: 'api.getAttribute("a", 1) == 2' } };
const minter = (...permissions: readonly string[]) => gcp.recordsOf([gcp.projectRecord(), gcp.account('app'), ...policies(gcp.binding('projects/acme-prod/roles/minter', named)), gcp.resource('//iam.googleapis.com/projects/acme-prod/roles/minter', 'iam.googleapis.com/Role', { name: 'projects/acme-prod/roles/minter', includedPermissions: permissions })]);
const toDeploy = (...more: Parameters<typeof gcp.recordsOf>[0]) => gcp.policy(deploy, 'iam.googleapis.com/ServiceAccount', { ...gcp.binding('roles/iam.serviceAccountTokenCreator', `serviceAccount:${email}`), ...more[0] });
const webNode = google(other, gcp.account('web'), gcp.instance('web'), gcp.policy(gcp.accountName('web'), 'iam.googleapis.com/ServiceAccount', gcp.binding('roles/viewer', 'user:bob@acme.example')));

const context: QuestionContext = { knowledge: { primitives: [], managedPolicies: new Map(), gcp: gcp.knowledge, azure: azure.knowledge }, accounts: new Set(), blast: { isProduction: () => false, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' }, derived: () => memoryGraph([]) };
const ask = (subject: string, object: string) => ({ manifests = [], notes = {}, records = [] }: World) => {
  const graph = memoryGraph([...recordsOf([namespace('shop'), serviceAccount('shop/app', notes), pod('shop/w', {}, { serviceAccountName: 'app', nodeName: 'n1' }), ...manifests]), ...records]);
  const found = answerQuestion(graph, { question: 'can_assume', subject, object }, context);
  if (!found.ok) throw new Error(found.error);
  return { graph, verdict: found.value };
};
const none = { code: 'NO_CLOUD_LINK', rule: 'K8S.cloud_link', source: app, pointer: '' };
const byNote = (name: string, text: RegExp) => ({ rule: 'K8S.cloud_link', source: app, pointer: `/metadata/annotations/${name.replace('/', '~1')}`, text });

type TrustRow = Row<World> & { readonly subject?: string; readonly object?: string };
const irsa = { 'eks.amazonaws.com/role-arn': arn }, sub = 'oidc.eks.example/id/A:sub', me = 'system:serviceaccount:shop:app';
/** The role with another trust policy: other conditions, provider or statements beside. */
const trusting = (Condition: Manifest, more: Manifest = {}, ...beside: readonly Manifest[]): readonly GraphRecord[] => role(me).map((r) => ({ ...r, resources: r.resources.map((x) => ({ ...x, config: { RoleName: 'app', Arn: arn, AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.example/id/A' }, Condition, ...more }, ...beside] } } })) }));
const eks = (name: string, issuer: string): GraphRecord => ({ resources: [{ urn: `arn:aws:eks:eu-central-1:111122223333:cluster/${name}`, name, type: 'AWS::EKS::Cluster', kind: 'other', account: '111122223333', aliases: [], tags: {}, deleted: false, source: 't', provenance: 'observed', config: { name, identity: { oidc: { issuer: `https://${issuer}` } } } }], edges: [], file: 'c', record: 0 });
const irsaRow = (row: string, yes: readonly GraphRecord[], no: readonly GraphRecord[], missing = /./): TrustRow => ({ row: `IRSA: ${row}`, object: arn, yes: { notes: irsa, records: yes }, says: byNote('eks.amazonaws.com/role-arn', /IRSA/), no: { notes: irsa, records: no }, instead: { answer: 'unknown', missing } });
const irsaRows: readonly TrustRow[] = [
  irsaRow('Null beside the subject', trusting({ StringEquals: { [sub]: me }, Null: { [sub]: 'false' } }), trusting({ StringEquals: { [sub]: me }, Null: { [sub]: 'true' } })),
  irsaRow('the subject without case', trusting({ StringEqualsIgnoreCase: { [sub]: me.toUpperCase() } }), trusting({ StringEquals: { [sub]: me.toUpperCase() } })),
  irsaRow('keys know no case', trusting({ StringEquals: { [sub.toUpperCase()]: me } }), trusting({ StringEquals: { [sub.toUpperCase()]: 'system:serviceaccount:web:app' } })),
  irsaRow('the audience', trusting({ StringEquals: { [sub]: me, 'oidc.eks.example/id/A:aud': 'sts.amazonaws.com' } }), trusting({ StringEquals: { [sub]: me, 'oidc.eks.example/id/A:aud': 'other.example' } }), /cloud’s side/),
  irsaRow('a Deny', trusting({ StringEquals: { [sub]: me } }), trusting({ StringEquals: { [sub]: me } }, {}, { Effect: 'Deny', Action: '*', Principal: '*' })),
  irsaRow('another’s tokens', trusting({ StringEquals: { [sub]: me } }), trusting({}, { Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com' } })),
  irsaRow('a pool’s tokens', trusting({ StringEquals: { [sub]: me } }), trusting({}, { Principal: { Federated: 'cognito-identity.amazonaws.com' } })),
  irsaRow('a provider of which nobody is named', [...trusting({}), eks('cluster', 'oidc.eks.example/id/A')], trusting({}), /cloud’s side/),
  irsaRow('the issuer of another cluster', [...trusting({ StringEquals: { [sub]: me } }), eks('cluster', 'oidc.eks.example/id/A')], [...trusting({ StringEquals: { [sub]: me } }), eks('else', 'oidc.eks.example/id/A')], /cloud’s side/),
];

describe('cloud link', () => {
  it.each<Row<World> & { readonly subject?: string; readonly object?: string }>([
    { row: 'GKE WI: annotation and policy', yes: { notes: wi, records: google(named) }, says: byNote('iam.gke.io/gcp-service-account', /GKE workload identity/), no: { notes: { 'iam.gke.io/gcp-service-account': gcp.email('deploy') }, records: google(other) }, instead: { ...none, text: /linked to others: deploy@/ } },
    { row: 'GKE WI: the policy names another account', yes: { notes: wi, records: google(named) }, says: byNote('iam.gke.io/gcp-service-account', /GKE workload identity/), no: { notes: wi, records: google(other) }, instead: { answer: 'unknown', ...byNote('iam.gke.io/gcp-service-account', /GKE workload identity/), missing: /whether the cloud’s side lets the account in/ } },
    { row: 'GKE WI: the policy alone', yes: { records: google(named) }, says: { rule: 'K8S.cloud_link', source: `${target}#iam-policy`, pointer: '/bindings/0', text: /its policy names the account of the cluster/ }, no: { records: google(other) }, instead: { ...none, text: /no annotation, association or node identity/ } },
    { row: 'GKE WI: no policy is recorded', yes: { records: google(named) }, says: { text: /its policy names/ }, no: { records: gcp.recordsOf([gcp.projectRecord(), gcp.account('app')]) }, instead: { answer: 'unknown', missing: /cloud’s side/ } },
    { row: 'on from there', object: deploy, yes: { notes: wi, records: google(named, gcp.policy(deploy, 'iam.googleapis.com/ServiceAccount', gcp.binding('roles/iam.serviceAccountTokenCreator', `serviceAccount:${email}`))) }, says: { ...byNote('iam.gke.io/gcp-service-account', /GKE workload identity/), via: /GKE workload identity.*, then / }, no: { notes: wi, records: google(named, gcp.policy(deploy, 'iam.googleapis.com/ServiceAccount', gcp.binding('roles/iam.serviceAccountTokenCreator', 'user:bob@acme.example'))) }, instead: { ...none, text: /linked to others: app@/ } },
    { row: 'a workload acts as its account', subject: 'shop/w[Pod]', yes: { notes: wi, records: google(named) }, says: byNote('iam.gke.io/gcp-service-account', /GKE workload identity/), no: { manifests: shielded, records: google(other) }, instead: { ...none, text: /no annotation/ } },
    { row: 'the node’s service account', subject: 'shop/w[Pod]', object: gcp.accountName('web'), yes: { manifests: gke({}), records: google(other, gcp.account('web'), gcp.instance('web'), gcp.policy(gcp.accountName('web'), 'iam.googleapis.com/ServiceAccount')) }, says: { rule: 'K8S.cloud_link', source: gcp.instanceName('web'), text: /the node’s service account by instance metadata/ }, no: { manifests: gke({ 'iam.gke.io/gke-metadata-server-enabled': 'true' }), records: google(other, gcp.account('web'), gcp.instance('web'), gcp.policy(gcp.accountName('web'), 'iam.googleapis.com/ServiceAccount')) }, instead: { ...none, text: /no annotation/ } },
    { row: 'AZWI: annotation and credential', object: identity, yes: { notes: azwi, records: entra('system:serviceaccount:shop:app') }, says: byNote('azure.workload.identity/client-id', /Azure workload identity/), no: { records: entra('system:serviceaccount:web:app') }, instead: { ...none, text: /no annotation/ } },
    { row: 'AZWI: the credential names another account', object: identity, yes: { notes: azwi, records: entra('system:serviceaccount:shop:app') }, says: byNote('azure.workload.identity/client-id', /Azure workload identity/), no: { notes: azwi, records: entra('system:serviceaccount:web:app') }, instead: { answer: 'unknown', missing: /cloud’s side/ } },
    { row: 'IRSA', object: arn, yes: { notes: { 'eks.amazonaws.com/role-arn': arn }, records: role('system:serviceaccount:shop:app') }, says: byNote('eks.amazonaws.com/role-arn', /IRSA/), no: { notes: { 'eks.amazonaws.com/role-arn': `${arn}2` }, records: google(other) }, instead: { answer: 'unknown' } },
    { row: 'GKE WI: all of the pool', yes: { records: google(`${pool}/*`) }, says: { text: /its policy names/ }, no: { records: google(`${pool}/namespace/web`) }, instead: { ...none, text: /no annotation/ } },
    { row: 'GKE WI: all pods of a cluster', yes: { records: google(`${pool}/namespace/shop`) }, says: { text: /its policy names/ }, no: { records: google(`${pool}/kubernetes.cluster/https://container.googleapis.com/v1/projects/acme-prod/locations/europe-west1/clusters/c`) }, instead: { answer: 'unknown', missing: /whether principalSet.*kubernetes\.cluster/ } },
    { row: 'GKE WI: bound on the project', yes: { records: onProject(wiUser, named) }, says: { pointer: '/bindings/0', text: /its policy names/ }, no: { records: onProject(wiUser, other) }, instead: { ...none, text: /no annotation/ } },
    { row: 'GKE WI: any role with the permission', yes: { records: onProject('roles/iam.serviceAccountTokenCreator', named) }, says: { text: /its policy names/ }, no: { records: onProject('roles/viewer', named) }, instead: { ...none, text: /no annotation/ } },
    { row: 'GKE WI: under a condition', yes: { records: bound(gcp.binding(wiUser, named)) }, says: { text: /its policy names/ }, no: { records: bound({ ...gcp.binding(wiUser, named), ...unsolvable }) }, instead: { answer: 'unknown', missing: /condition holds/ } },
    { row: 'GKE WI: a custom role', yes: { records: minter('iam.serviceAccounts.getAccessToken') }, says: { text: /its policy names/ }, no: { records: minter('iam.serviceAccounts.get') }, instead: { ...none, text: /no annotation/ } },
    { row: 'GKE WI: a custom role that is not recorded', yes: { records: bound(gcp.binding(wiUser, named)) }, says: { text: /its policy names/ }, no: { records: bound(gcp.binding('projects/acme-prod/roles/minter', named)) }, instead: { answer: 'unknown', missing: /permissions of projects\/acme-prod\/roles\/minter/ } },
    { row: 'GKE WI: whoever is signed in', yes: { records: bound(gcp.binding(wiUser, 'allUsers')) }, says: { text: /its policy names/ }, no: { records: bound(gcp.binding(wiUser, 'allAuthenticatedUsers')) }, instead: { answer: 'unknown', missing: /whether allAuthenticatedUsers/ } },
    { row: 'on from there without an annotation', object: deploy, yes: { records: google(named, toDeploy()) }, says: { via: /its policy names.*, then / }, no: { records: google(other, toDeploy()) }, instead: { ...none, text: /no annotation/ } },
    { row: 'on from there under a condition', object: deploy, yes: { notes: wi, records: google(named, toDeploy()) }, says: { via: /, then / }, no: { notes: wi, records: google(named, toDeploy(unsolvable)) }, instead: { answer: 'unknown', missing: /condition/ } },
    { row: 'on from what it may not get', object: deploy, yes: { notes: wi, records: google(named, toDeploy()) }, says: { via: /, then / }, no: { notes: wi, records: google(other, toDeploy()) }, instead: { answer: 'unknown', missing: /whether the cloud’s side lets the account in/ } },
    { row: 'a pod that a controller makes may run on any node', subject: 'shop/d[Deployment]', object: gcp.accountName('web'), yes: { manifests: [...gke({}), deployment('shop/d', { app: 'd' }, { serviceAccountName: 'app', nodeName: 'n1' })], records: webNode }, says: { text: /the node’s service account/ }, no: { manifests: [...gke({}), deployment('shop/d', { app: 'd' }, { serviceAccountName: 'app' })], records: webNode }, instead: { answer: 'unknown', missing: /which node it runs on/ } },
    { row: 'a node that is not recorded', subject: 'shop/w[Pod]', object: gcp.accountName('web'), yes: { manifests: gke({}), records: webNode }, says: { text: /the node’s service account/ }, no: { records: webNode }, instead: { answer: 'unknown', missing: /the node that it runs on/ } },
    { row: 'a machine that is not recorded', subject: 'shop/w[Pod]', object: gcp.accountName('web'), yes: { manifests: gke({}), records: webNode }, says: { text: /the node’s service account/ }, no: { manifests: gke({}), records: google(other, gcp.account('web'), gcp.policy(gcp.accountName('web'), 'iam.googleapis.com/ServiceAccount')) }, instead: { answer: 'unknown', missing: /the machine of the node/ } },
    { row: 'AZWI: the credential alone', object: identity, yes: { records: entra('system:serviceaccount:shop:app') }, says: { rule: 'K8S.cloud_link', pointer: '/subject', text: /its federated credential names/ }, no: { records: entra('system:serviceaccount:shop:app').slice(0, 1) }, instead: { answer: 'unknown', missing: /cloud’s side/ } },
    ...irsaRows,
  ])('$row', ({ subject = app, object = target, ...row }) => { expectRow(row, ask(subject, object)); });
  it('an account that is not recorded is open', () => { expect(ask('shop/ghost[ServiceAccount]', target)({ records: google(other) }).verdict.answer).not.toBe('yes'); });
});
