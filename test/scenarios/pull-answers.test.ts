import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { azure } from '#electron/connectors/azure.ts';
import type { Connector, Settings } from '#electron/connectors/connector.ts';
import { gcp } from '#electron/connectors/gcp.ts';
import { k8s } from '#electron/connectors/k8s.ts';
import { azureServer, tokenWith } from '../electron/connectors/servers/azure-server.ts';
import { gcpServer } from '../electron/connectors/servers/gcp-server.ts';
import { kubeconfigFor, kubeServer } from '../electron/connectors/servers/kube-server.ts';
import { connected, gaps, pieces, pulled, testSession } from '../electron/connectors/servers/session.ts';
import { arm, assignment, group, guid, id, nic, nsg, publicIp, rule, sub, urn, vm, vnet } from '../electron/evaluate/azure/azure-records.ts';
import * as cloud from '../electron/evaluate/gcp/cloud-assets.ts';
import * as cluster from '../electron/evaluate/k8s/cluster.ts';
import { inTempFolder } from './winnow.ts';
import { ran } from './workspace.ts';

type Row = Readonly<Record<string, unknown>>;
type Case = readonly [question: Row, answer: 'yes' | 'no'];

/** Writes files as a person would have them from the vendor's own tools. */
const write = (dir: string, files: Readonly<Record<string, unknown>>): void => { for (const [name, value] of Object.entries(files)) { mkdirSync(dirname(join(dir, name)), { recursive: true }); writeFileSync(join(dir, name), typeof value === 'string' ? value : JSON.stringify(value)); } };

/** Pulls everything and writes the pieces as files. */
async function pullInto(dir: string, connector: Connector, settings: Settings): Promise<void> {
  const all = await pulled(await connected(connector, testSession({ settings })));
  expect({ gaps: gaps(all), error: all.error }).toEqual({ gaps: [], error: undefined });
  write(dir, Object.fromEntries(pieces(all).filter((e) => e.piece.records > 0).map((e) => [e.piece.name, Buffer.from(e.piece.bytes).toString('utf8')])));
}

const answerSchema = z.object({ id: z.string(), answer: z.enum(['yes', 'no', 'unknown']), blocked_by: z.string().optional(), via: z.string().optional() });
/** The answers about both folders, and what they have to be. */
async function expectSameAnswers(dir: string, cases: readonly Case[]): Promise<void> {
  const lines = cases.flatMap(([question], i) => ['pulled', 'plain'].map((snapshot) => JSON.stringify({ id: `${i} ${snapshot}`, snapshot, ...question })));
  write(dir, { 'cases.ndjson': `${lines.join('\n')}\n` });
  const { stdout } = await ran(0, ['check', 'questions', '--cases', join(dir, 'cases.ndjson')]);
  const answers = new Map(stdout.trim().split('\n').map((line) => { const read = answerSchema.parse(JSON.parse(line)); return [read.id, read] as const; }));
  const found = cases.map(([question], i) => ({ question, pulled: answers.get(`${i} pulled`)?.answer, code: answers.get(`${i} pulled`)?.blocked_by }));
  expect(found).toEqual(cases.map(([question, answer], i) => ({ question, pulled: answer, code: answers.get(`${i} plain`)?.blocked_by })));
  expect(cases.map((_, i) => answers.get(`${i} plain`)?.answer)).toEqual(cases.map(([, answer]) => answer));
}

test('a cluster: lists of its API and `kubectl get -o json` give the same answers', () => inTempFolder(async (dir) => {
  const objects: Readonly<Record<string, readonly Row[]>> = {
    namespaces: [cluster.namespace('shop')], nodes: [cluster.node('n1', [{ type: 'InternalIP', address: '10.0.0.4' }])],
    pods: [cluster.pod('shop/web', { app: 'web' }, { serviceAccountName: 'web', nodeName: 'n1' }), cluster.pod('shop/db', { app: 'db' }), cluster.pod('shop/batch', { app: 'batch' })],
    services: [cluster.service('shop/web', { app: 'web' }, { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 80 }] }, undefined, { status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } } }), cluster.service('default/kubernetes', {}, { ports: [{ port: 443 }] })],
    serviceaccounts: [cluster.serviceAccount('shop/web'), cluster.serviceAccount('shop/batch')], secrets: [cluster.object('v1', 'Secret', 'db', 'shop', { data: { p: 'cw==' } })],
    'networkpolicies.networking.k8s.io': [cluster.policy('shop/db', { podSelector: { matchLabels: { app: 'db' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 80 }] }] })],
    'clusterroles.rbac.authorization.k8s.io': [cluster.role('reader', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }])], 'rolebindings.rbac.authorization.k8s.io': [cluster.binding('shop/read', 'ClusterRole', 'reader', cluster.account('shop/web'))],
  };
  const server = await kubeServer({ users: new Map([['t', 'auditor']]), objects, pageSize: 2 });
  try {
    write(dir, { config: kubeconfigFor(server.url, { token: 't' }), 'plain/all.json': { apiVersion: 'v1', kind: 'List', items: Object.values(objects).flat() } });
    await pullInto(join(dir, 'pulled'), k8s, { kubeconfig: join(dir, 'config') });
    await expectSameAnswers(dir, [
      [{ question: 'ingress', subject: 'shop/web[Pod]', port: 80 }, 'yes'], [{ question: 'ingress', subject: 'shop/db[Pod]', port: 80 }, 'no'],
      [{ question: 'host_to_host', subject: 'shop/web[Pod]', object: 'shop/db[Pod]', port: 80 }, 'yes'], [{ question: 'host_to_host', subject: 'shop/batch[Pod]', object: 'shop/db[Pod]', port: 80 }, 'no'],
      [{ question: 'effective_permission', subject: 'shop/web[ServiceAccount]', action: 'get secrets', object: 'shop/db[Secret]' }, 'yes'], [{ question: 'effective_permission', subject: 'shop/batch[ServiceAccount]', action: 'get secrets', object: 'shop/db[Secret]' }, 'no'],
    ]);
  } finally { await server.close(); }
}));

test('Azure: Resource Graph with what it lacks, and exports of the Azure CLI give the same answers', () => inTempFolder(async (dir) => {
  const alice = guid(1), bob = guid(2), devs = guid(3), subscription = sub.split('/')[2] ?? '';
  const account = arm('Microsoft.Storage/storageAccounts', 'acmedata', { allowBlobPublicAccess: true, publicNetworkAccess: 'Enabled', networkAcls: { defaultAction: 'Allow' } }), shut = arm('Microsoft.Storage/storageAccounts', 'acmeshut', { allowBlobPublicAccess: true, publicNetworkAccess: 'Enabled', networkAcls: { defaultAction: 'Allow' } });
  const containers = (name: string, level: string): readonly Row[] => [{ id: `${id('Microsoft.Storage/storageAccounts', name)}/blobServices/default/containers/c`, name: 'c', type: 'Microsoft.Storage/storageAccounts/blobServices/containers', properties: { publicAccess: level } }];
  const resources = [vm(), nic(), publicIp(), vnet(), nsg('nic-nsg', rule(100, 'Allow')), account, shut];
  const roles = [assignment(devs, 'Contributor', sub, { principalType: 'Group', roleDefinitionId: `${sub}/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c` })];
  const denials = [{ id: `${sub}/providers/Microsoft.Authorization/denyAssignments/d`, type: 'Microsoft.Authorization/denyAssignments', name: 'd', properties: { denyAssignmentName: 'locked', scope: `${group}/providers/Microsoft.Storage/storageAccounts/acmeshut`, permissions: [{ actions: ['*/write'], notActions: [] }], principals: [{ id: alice }], excludePrincipals: [] } }];
  const people = [{ id: alice, userPrincipalName: 'alice@shop.example' }, { id: bob, userPrincipalName: 'bob@shop.example' }], team = { id: devs, securityEnabled: true, displayName: 'devs' };
  const under = (name: string): string => `${id('Microsoft.Storage/storageAccounts', name)}/blobServices/default/containers`.toLowerCase();
  const armToken = tokenWith({ tid: guid(90) }), graphToken = tokenWith({ tid: guid(90), scp: 'Directory.Read.All' });
  const server = await azureServer({
    tenant: guid(90), tokens: new Map([[armToken, 'arm'], [graphToken, 'graph']]), pageSize: 3,
    subscriptions: { [subscription]: { resources, authorization: roles, lists: { [under('acmedata')]: containers('acmedata', 'Blob'), [under('acmeshut')]: containers('acmeshut', 'None'), [`${sub}/providers/microsoft.authorization/denyassignments`]: denials } } },
    directory: { '/users': people, '/groups': [team], [`/groups/${devs}/members`]: [{ id: alice }], '/applications': [], '/servicePrincipals': [], '/servicePrincipals(appId=\'00000003-0000-0000-c000-000000000000\')/appRoleAssignedTo': [], '/roleManagement/directory/roleAssignments': [] },
  });
  try {
    write(join(dir, 'plain'), { 'resources.json': { data: resources }, 'containers.json': [...containers('acmedata', 'Blob'), ...containers('acmeshut', 'None')], 'roles.json': roles, 'deny.json': { value: denials }, 'users.json': people.map((p) => (p.id === alice ? { ...p, memberOf: [devs] } : p)), 'groups.json': [team] });
    await pullInto(join(dir, 'pulled'), azure, { endpoint: server.url, token: armToken, 'graph-token': graphToken });
    const write_ = 'Microsoft.Storage/storageAccounts/write', data = urn('Microsoft.Storage/storageAccounts', 'acmedata'), locked = urn('Microsoft.Storage/storageAccounts', 'acmeshut');
    await expectSameAnswers(dir, [
      [{ question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' }, 'yes'], [{ question: 'ingress', subject: 'web', port: 3389, protocol: 'tcp' }, 'no'],
      [{ question: 'public_storage', subject: 'acmedata' }, 'yes'], [{ question: 'public_storage', subject: 'acmeshut' }, 'no'],
      [{ question: 'effective_permission', subject: alice, action: write_, object: data }, 'yes'], [{ question: 'effective_permission', subject: bob, action: write_, object: data }, 'no'], [{ question: 'effective_permission', subject: alice, action: write_, object: locked }, 'no'],
    ]);
  } finally { await server.close(); }
}));

test('Google Cloud: assets.list and an export of Cloud Asset Inventory give the same answers', () => inTempFolder(async (dir) => {
  const { account, accountName, allow, binding, bucket, bucketPolicy, email, firewall, instance, internetRange, network, policy, project, projectPolicy, projectRecord } = cloud;
  const resources = [projectRecord(), account('web'), account('deploy'), instance('web'), network(), firewall('ssh', { ...allow('tcp', '22'), ...internetRange }), bucket()];
  const policies = [bucketPolicy(binding('roles/storage.objectViewer', 'allUsers')), projectPolicy(binding('roles/viewer', 'user:bob@acme.example')), policy(accountName('deploy'), 'iam.googleapis.com/ServiceAccount', binding('roles/iam.serviceAccountTokenCreator', `serviceAccount:${email('web')}`))];
  const above = { name: '//cloudresourcemanager.googleapis.com/folders/77', assetType: 'cloudresourcemanager.googleapis.com/Folder', ancestors: ['folders/77', cloud.organization] }, owners = { bindings: [{ role: 'roles/owner', members: ['user:root@acme.example'] }] };
  const server = await gcpServer({
    tokens: new Set(['t']), pageSize: 2, assets: { [`projects/${project}`]: { RESOURCE: resources, IAM_POLICY: policies, ORG_POLICY: [] } }, denies: { [`projects/${project}`]: [], 'folders/77': [], [cloud.organization]: [] }, orgPolicies: { 'folders/77': [], [cloud.organization]: [] },
    containers: { [`projects/${project}`]: { name: `projects/${cloud.number}`, projectId: project, parent: 'folders/77' }, 'folders/77': { name: 'folders/77', parent: cloud.organization }, [cloud.organization]: { name: cloud.organization } }, iam: { 'folders/77': owners, [cloud.organization]: { bindings: [] } },
  });
  try {
    write(join(dir, 'plain'), { 'export.ndjson': [...resources, ...policies, { ...above, resource: { data: { name: 'folders/77', parent: cloud.organization } } }, { ...above, iamPolicy: owners }].map((r) => JSON.stringify(r)).join('\n') });
    await pullInto(join(dir, 'pulled'), gcp, { endpoint: server.url, token: 't', project });
    await expectSameAnswers(dir, [
      [{ question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' }, 'yes'], [{ question: 'ingress', subject: 'web', port: 80, protocol: 'tcp' }, 'no'], [{ question: 'public_storage', subject: 'acme-data' }, 'yes'], [{ question: 'public_storage', subject: 'acme-data', action: 'write' }, 'no'],
      [{ question: 'can_assume', subject: 'web', object: email('deploy') }, 'yes'], [{ question: 'can_assume', subject: 'bob@acme.example', object: `serviceAccount:${email('deploy')}` }, 'no'],
      [{ question: 'effective_permission', subject: 'user:root@acme.example', action: 'compute.instances.delete', object: `projects/${project}` }, 'yes'], [{ question: 'effective_permission', subject: 'user:bob@acme.example', action: 'compute.instances.delete', object: `projects/${project}` }, 'no'],
    ]);
  } finally { await server.close(); }
}));
