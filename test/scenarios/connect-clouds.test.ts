import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { pullReportSchema, type PullReport } from '#shared/model/pull.ts';
import { azureServer, expiredToken, isQuery, tokenWith } from '../electron/connectors/servers/azure-server.ts';
import { gcpServer, isAssets, refuse } from '../electron/connectors/servers/gcp-server.ts';
import { isList, kubeconfigFor, kubeServer, type KubeWorld } from '../electron/connectors/servers/kube-server.ts';
import type { RestServer } from '../electron/connectors/servers/rest-server.ts';
import { arm, guid, id, sub } from '../electron/evaluate/azure/azure-records.ts';
import * as cloud from '../electron/evaluate/gcp/cloud-assets.ts';
import * as cluster from '../electron/evaluate/k8s/cluster.ts';
import { inTempFolder, winnow } from './winnow.ts';
import { ran, rows } from './workspace.ts';

const before = { ...process.env }, open: RestServer[] = [];
afterEach(async () => { process.env = { ...before }; for (const server of open.splice(0)) await server.close(); });
const keep = (server: RestServer): RestServer => { open.push(server); return server; };
const report = (text: string): PullReport => pullReportSchema.parse(JSON.parse(text));
const openUrns = (file: string, like: string): readonly string[] => rows(file, 'SELECT urn FROM nodes WHERE closed_us IS NULL AND urn LIKE ? ORDER BY urn', like).map((row) => String(row['urn']));
const everything = (dir: string): string => readdirSync(dir).filter((name) => name.startsWith('w.db')).map((name) => readFileSync(join(dir, name)).toString('latin1')).join('\n');
const denials = (file: string): unknown => { const [row] = rows(file, "SELECT payload FROM audit WHERE event = 'pulled' ORDER BY seq DESC LIMIT 1"); return JSON.parse(String(row?.['payload'])); };

const TOKEN = 'kube-token-that-nobody-may-see';
type Objects = KubeWorld['objects'];
const objects: Objects = { namespaces: [cluster.namespace('shop')], pods: [cluster.pod('shop/web'), cluster.pod('shop/db')], serviceaccounts: [cluster.serviceAccount('shop/default')], secrets: [cluster.object('v1', 'Secret', 'db', 'shop', { data: { password: 'c2VjcmV0LXZhbHVl' } })] };

describe('winnow connect k8s', () => {
  /** A cluster that can change between two pulls. */
  async function start(dir: string): Promise<{ world: { objects: Objects; denied: Set<string>; users: Map<string, string>; pageSize: number }; server: RestServer; pull: (code: number, ...more: readonly string[]) => Promise<PullReport> }> {
    const world = { objects, denied: new Set<string>(), users: new Map([[TOKEN, 'auditor']]), pageSize: 1 };
    const server = keep(await kubeServer(world));
    writeFileSync(join(dir, 'config'), kubeconfigFor(server.url, { token: TOKEN }));
    return { world, server, pull: async (code, ...more) => report((await ran(code, ['connect', 'k8s', '--kubeconfig', join(dir, 'config'), '--workspace', join(dir, 'w.db'), '--json', ...more])).stdout) };
  }

  it('pulls a cluster, closes what is gone, and leaves open what it may not look for', () => inTempFolder(async (dir) => {
    const { world, pull } = await start(dir), file = join(dir, 'w.db');
    expect(await pull(0)).toMatchObject({ state: 'done', principal: 'auditor', gaps: [], quarantined: 0 });
    expect(openUrns(file, 'k8s:shop-prod/shop/%')).toEqual(['pod/db', 'pod/web', 'secret/db', 'serviceaccount/default'].map((o) => `k8s:shop-prod/shop/${o}`));
    world.objects = { ...objects, pods: [cluster.pod('shop/web')] };
    expect((await pull(0)).resources).toMatchObject({ new: 0, closed: 1 });
    world.objects = { ...objects, pods: [] };
    world.denied.add('list pods');
    const narrow = await pull(1);
    expect({ closed: narrow.resources.closed, gaps: narrow.gaps.map((g) => [g.call, g.state, g.evidence]) }).toEqual({ closed: 0, gaps: [['list pods', 'denied', 'what runs, and what a container leads to']] });
    expect(openUrns(file, '%/pod/%')).toEqual(['k8s:shop-prod/shop/pod/web']);
    expect(denials(file)).toMatchObject({ product: 'k8s', principal: 'auditor', denied: ['list pods'] });
  }), 120_000);

  it('goes on after its token ran out, asks for nothing that had come, and keeps no token and no value', () => inTempFolder(async (dir) => {
    const { world, server, pull } = await start(dir);
    server.faults.push({ when: isList('rolebindings'), reply: () => { world.users.clear(); return undefined; }, times: 1 });
    expect(await pull(1)).toMatchObject({ state: 'cut', why: expect.stringContaining('does not accept the credentials') as unknown });
    const done = rows(join(dir, 'w.db'), "SELECT call FROM pull_units WHERE state = 'done'").map((row) => String(row['call'])), asked = server.asked(/namespaces$/).length;
    world.users.set(TOKEN, 'auditor');
    expect((await pull(0)).state).toBe('done');
    expect(done).toContain('list namespaces');
    expect(server.asked(/namespaces$/)).toHaveLength(asked);
    const { stdout, stderr } = await winnow(['connect', 'k8s', '--preflight', '--kubeconfig', join(dir, 'config'), '--workspace', join(dir, 'w.db')]);
    expect(stdout).toContain('Nothing was stored');
    for (const secret of [TOKEN, 'c2VjcmV0LXZhbHVl']) expect((everything(dir) + stdout + stderr).includes(secret)).toBe(false);
  }), 120_000);
});

it('winnow connect azure: a subscription, its directory, and what is gone from them', () => inTempFolder(async (dir) => {
  const armToken = tokenWith({ tid: guid(90), upn: 'auditor@client.example' }), graphToken = tokenWith({ tid: guid(90), scp: 'Directory.Read.All' }), subscription = sub.split('/')[2] ?? '';
  const account = (name: string) => arm('Microsoft.Storage/storageAccounts', name, { allowBlobPublicAccess: false });
  const resources = [account('one'), account('two')], people = [{ id: guid(1), userPrincipalName: 'a@client.example' }, { id: guid(2), userPrincipalName: 'b@client.example' }];
  const server = keep(await azureServer({
    tenant: guid(90), tokens: new Map([[armToken, 'arm'], [graphToken, 'graph']]), subscriptions: { [subscription]: { resources } },
    directory: { '/users': people, '/groups': [], '/applications': [], '/servicePrincipals': [], '/servicePrincipals(appId=\'00000003-0000-0000-c000-000000000000\')/appRoleAssignedTo': [], '/roleManagement/directory/roleAssignments': [] },
  }));
  const file = join(dir, 'w.db');
  Object.assign(process.env, { AZURE_ACCESS_TOKEN: armToken, AZURE_GRAPH_TOKEN: graphToken });
  const pull = async (code: number): Promise<PullReport> => report((await ran(code, ['connect', 'azure', '--endpoint', server.url, '--workspace', file, '--json'])).stdout);
  expect(await pull(0)).toMatchObject({ state: 'done', target: guid(90), principal: 'auditor@client.example', gaps: [] });
  expect([...openUrns(file, '%storageaccounts%'), ...openUrns(file, '00000000-%')]).toEqual([...resources.map((r) => String(r['id']).toLowerCase()), guid(1), guid(2)]);
  resources.pop();
  people.pop();
  expect((await pull(0)).resources).toMatchObject({ new: 0, closed: 2 });
  expect([...openUrns(file, '%storageaccounts%'), ...openUrns(file, '00000000-%')]).toEqual([id('Microsoft.Storage/storageAccounts', 'one').toLowerCase(), guid(1)]);
  server.faults.push({ when: isQuery('resources'), reply: expiredToken, times: 1 });
  expect(await pull(1)).toMatchObject({ state: 'cut', why: expect.stringContaining('sign in again') as unknown, resources: { closed: 0 } });
  expect(everything(dir)).not.toContain('signature-that-nobody-may-see');
}), 120_000);

it('winnow connect gcp: a project, what lies above it, and what is gone from it', () => inTempFolder(async (dir) => {
  const { project, number, organization } = cloud, file = join(dir, 'w.db'), place = `projects/${project}`;
  const assets = [cloud.projectRecord(), cloud.bucket(), cloud.instance('web'), cloud.instance('old')];
  const server = keep(await gcpServer({
    tokens: new Set(['ya29.secret-token']), assets: { [place]: { RESOURCE: assets, IAM_POLICY: [cloud.bucketPolicy(cloud.binding('roles/storage.objectViewer', 'allUsers'))], ORG_POLICY: [] } },
    containers: { [place]: { name: `projects/${number}`, projectId: project, parent: organization }, [organization]: { name: organization } }, iam: { [organization]: { bindings: [] } }, orgPolicies: { [organization]: [] }, denies: { [place]: [], [organization]: [] },
  }));
  process.env['GOOGLE_OAUTH_ACCESS_TOKEN'] = 'ya29.secret-token';
  const pull = async (code: number): Promise<PullReport> => report((await ran(code, ['connect', 'gcp', '--project', project, '--endpoint', server.url, '--workspace', file, '--json'])).stdout);
  expect(await pull(0)).toMatchObject({ state: 'done', target: place, gaps: [] });
  const old = openUrns(file, '%/instances/%');
  assets.splice(1, 3, cloud.instance('web'));
  expect((await pull(0)).resources).toMatchObject({ closed: 2 });
  expect([old, openUrns(file, '%/instances/%'), openUrns(file, '//storage.%')]).toEqual([[cloud.instanceName('old'), cloud.instanceName('web')], [cloud.instanceName('web')], ['//storage.googleapis.com/acme-data#iam-policy']]);
  server.faults.push({ when: isAssets('RESOURCE'), reply: refuse(403, 'PERMISSION_DENIED', 'The caller does not have permission'), times: 1 });
  expect(await pull(1)).toMatchObject({ state: 'done', resources: { closed: 0 }, gaps: [{ call: 'resources', state: 'denied' }] });
  expect(everything(dir)).not.toContain('ya29.secret-token');
}), 120_000);

it.each(['azure', 'gcp', 'k8s'])('winnow connect %s --print-policy: what to apply, without signing in', async (product) => {
  const { stdout } = await ran(0, ['connect', product, '--print-policy']);
  expect(stdout).toMatch(/"Actions": \[|^includedPermissions:|^kind: ClusterRole$/m);
});
