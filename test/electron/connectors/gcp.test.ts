import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { unitKey, type Connection, type PreflightRow } from '#electron/connectors/connector.ts';
import { gcp } from '#electron/connectors/gcp.ts';
import { gcpAsset } from '#electron/pipeline/graph/importers/gcp-asset.ts';
import { denied, gcpServer, isAssets, refuse, type GcpWorld } from './servers/gcp-server.ts';
import type { Reply, RestServer } from './servers/rest-server.ts';
import { connected, gaps, keptText, pieces, pulled, testSession, type Pulled, type SessionOptions, type TestSession, valueOf } from './servers/session.ts';

const TOKEN = 'ya29.token-that-nobody-may-see';
const ancestors = ['projects/41', 'folders/12', 'organizations/9'];
const bucket = { name: '//storage.googleapis.com/billing', assetType: 'storage.googleapis.com/Bucket', ancestors, resource: { version: 'v1', data: { name: 'billing', projectNumber: '41', iamConfiguration: { publicAccessPrevention: 'inherited' } } } };
const vm = { name: '//compute.googleapis.com/projects/shop/zones/europe-west1-b/instances/web', assetType: 'compute.googleapis.com/Instance', ancestors, resource: { data: { name: 'web', metadata: { items: [{ key: 'startup-script', value: 'export PASSWORD=plain-in-the-script' }, { key: 'created-by', value: 'projects/41/zones/z/instanceGroupManagers/web' }] } } } };
const run = { name: '//run.googleapis.com/projects/shop/locations/europe-west1/services/api', assetType: 'run.googleapis.com/Service', ancestors, resource: { data: { spec: { template: { spec: { containers: [{ env: [{ name: 'KEY', value: 'plain-in-the-variable' }] }] } } } } } };
const pod = { name: '//container.googleapis.com/projects/shop/zones/z/clusters/c/k8s/namespaces/n/pods/p', assetType: 'k8s.io/Pod', ancestors, resource: { data: {} } };
const policy = { name: '//storage.googleapis.com/billing', assetType: 'storage.googleapis.com/Bucket', ancestors, iamPolicy: { bindings: [{ role: 'roles/storage.objectViewer', members: ['allUsers'] }] } };
const denyName = (place: string): string => `policies/cloudresourcemanager.googleapis.com%2F${place.replace('/', '%2F')}/denypolicies/no-keys`;

const world = (more: Partial<GcpWorld> = {}): GcpWorld => ({
  tokens: new Set([TOKEN]), assets: { 'projects/shop': { RESOURCE: [bucket, vm, run, pod], IAM_POLICY: [policy], ORG_POLICY: [] } },
  containers: { 'projects/shop': { name: 'projects/41', projectId: 'shop', parent: 'folders/12', state: 'ACTIVE' }, 'folders/12': { name: 'folders/12', parent: 'organizations/9', displayName: 'Retail' }, 'organizations/9': { name: 'organizations/9', displayName: 'client.example' } },
  iam: { 'folders/12': { bindings: [{ role: 'roles/owner', members: ['group:ops@client.example'] }] }, 'organizations/9': { bindings: [] } },
  orgPolicies: { 'folders/12': [], 'organizations/9': [{ name: 'organizations/9/policies/storage.publicAccessPrevention', spec: { rules: [{ enforce: true }] } }] },
  denies: { 'projects/shop': [{ name: denyName('projects/shop'), kind: 'DenyPolicy', rules: [{ denyRule: { deniedPrincipals: ['principalSet://goog/public:all'], deniedPermissions: ['iam.googleapis.com/serviceAccountKeys.create'] } }] }], 'folders/12': [], 'organizations/9': [] }, groups: { 'ops@client.example': [['USER', 'anna@client.example']] }, ...more,
});

let folder = '';
const open: RestServer[] = [];
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'winnow-gcp-')); });
afterAll(async () => { await rm(folder, { recursive: true }); });
afterEach(async () => { for (const server of open.splice(0)) await server.close(); });
async function cloud(made: GcpWorld = world(), options: SessionOptions = {}): Promise<{ server: RestServer; session: TestSession; connection: Connection }> {
  const server = await gcpServer(made);
  open.push(server);
  const session = testSession({ ...options, settings: { endpoint: server.url, token: TOKEN, project: 'shop', ...options.settings } });
  return { server, session, connection: await connected(gcp, session) };
}
const assetsIn = (bytes: Uint8Array): readonly Record<string, unknown>[] => (JSON.parse(Buffer.from(bytes).toString('utf8')) as { assets: Record<string, unknown>[] }).assets;
const urnsOf = (all: Pulled, call?: string): readonly string[] => pieces(all, call).flatMap((e) => assetsIn(e.piece.bytes)).flatMap((record) => { const read = gcpAsset.parse(record, { parents: [], from: 'assets', path: '', index: 0 }); return read.ok ? (read.value.resources ?? []).map((r) => r.urn) : [read.error]; });
async function rowsOf(connection: Connection): Promise<readonly PreflightRow[]> { const rows: PreflightRow[] = []; for await (const one of connection.preflight()) rows.push(one); return rows; }

describe('a pull', () => {
  test('brings assets and policies, and what folders and organization above say, as the importer reads them', async () => {
    const { connection } = await cloud();
    expect(connection.identity).toEqual({ target: 'projects/shop', principal: 'whoever the token is of' });
    const all = await pulled(connection);
    expect({ gaps: gaps(all), error: all.error }).toEqual({ gaps: [], error: undefined });
    expect(urnsOf(all, 'resources')).toEqual([bucket.name, vm.name, run.name]);
    expect(urnsOf(all, 'iam_policies')).toEqual([`${bucket.name}#iam-policy`]);
    expect(new Set(urnsOf(all, 'hierarchy'))).toEqual(new Set(['folders/12', 'organizations/9'].map((p) => `//cloudresourcemanager.googleapis.com/${p}`).concat('//cloudresourcemanager.googleapis.com/folders/12#iam-policy', '//cloudresourcemanager.googleapis.com/organizations/9#iam-policy', 'group:ops@client.example', '//orgpolicy.googleapis.com/organizations/9/policies/storage.publicAccessPrevention', '//cloudresourcemanager.googleapis.com/organizations/9#org-policy/storage.publicAccessPrevention')));
    expect(urnsOf(all, 'deny_policies')).toEqual([`//iam.googleapis.com/${denyName('projects/shop')}`]);
    expect(Buffer.from(pieces(all, 'deny_policies').find((e) => e.piece.records > 0)!.piece.bytes).toString()).toContain('deniedPermissions');
  });

  test('says what it lists whole, under the project’s id and its number; nothing of it concerns other calls', async () => {
    const all = await pulled((await cloud()).connection);
    const lists = pieces(all, 'resources')[0]?.piece.lists ?? [];
    expect(lists.map((l) => l.account)).toEqual(['41', 'shop']);
    expect(lists[0]?.types).toEqual(expect.arrayContaining(['compute.googleapis.com/Instance', 'iam.googleapis.com/ServiceAccount']));
    expect(lists[0]?.types?.filter((t) => /IamPolicy|OrgPolicy|DenyPolicy|cloudidentity|k8s/.test(t))).toEqual([]);
    expect(pieces(all, 'iam_policies')[0]?.piece.lists?.[0]?.types).toEqual(['cloudasset.googleapis.com/IamPolicy']);
    expect(pieces(all, 'hierarchy').flatMap((e) => e.piece.lists ?? [])).toEqual([]);
  });

  test('takes page by page, goes on where a cut run stopped, and begins anew when the page token is too old', async () => {
    const made = { ...world(), pageSize: 1 };
    const pages = pieces(await pulled((await cloud(made)).connection), 'resources').map((e) => e.piece);
    expect(pages.map((p) => [p.records, p.next, p.lists !== undefined])).toEqual([[1, 'page-1', false], [1, 'page-2', false], [1, 'page-3', false], [0, undefined, true]]);
    const progress = new Map<string, 'done' | { next: string }>([[unitKey({ call: 'resources', scope: { account: 'projects/shop' } }), { next: 'page-2' }]]);
    expect(urnsOf(await pulled((await cloud(made, { progress })).connection), 'resources')).toEqual([run.name]);
    const old = await cloud(made, { progress });
    old.server.faults.push({ when: (h) => isAssets('RESOURCE')(h) && h.query.get('pageToken') === 'page-2', reply: refuse(400, 'INVALID_ARGUMENT', 'The page token is expired.'), times: 1 });
    expect(urnsOf(await pulled(old.connection), 'resources')).toEqual([bucket.name, vm.name, run.name]);
  });

  describe('who is in the groups that policies name, at the place and above it', () => {
    const named = (...emails: readonly string[]): Partial<GcpWorld> => ({ assets: { 'projects/shop': { RESOURCE: [], IAM_POLICY: [{ ...policy, iamPolicy: { bindings: [{ role: 'roles/viewer', members: ['user:x@y.example', ...emails.map((e) => `group:${e}`)] }] } }], ORG_POLICY: [] } } });
    const edgesOf = (all: Pulled): readonly string[] => pieces(all, 'group_members').flatMap((e) => assetsIn(e.piece.bytes)).flatMap((record) => { const read = gcpAsset.parse(record, { parents: [], from: 'assets', path: '', index: 0 }); return read.ok ? (read.value.edges ?? []).map((edge) => `${edge.source} ${edge.kind} ${edge.target}`) : [read.error]; }).toSorted();

    test('is told, through groups inside them and once each', async () => {
      const groups = { 'ops@client.example': [['USER', 'anna@client.example'], ['GROUP', 'inner@client.example']], 'dev@client.example': [['GROUP', 'inner@client.example'], ['SERVICE_ACCOUNT', 'ci@shop.iam.gserviceaccount.com'], ['OTHER', '']], 'inner@client.example': [['USER', 'ben@client.example'], ['GROUP', 'ops@client.example']] } as const;
      const { connection, server } = await cloud(world({ ...named('dev@client.example'), groups })), all = await pulled(connection);
      expect(gaps(all)).toEqual([]);
      expect(edgesOf(all)).toEqual([
        '//iam.googleapis.com/projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com MEMBER_OF group:dev@client.example', 'group:inner@client.example MEMBER_OF group:dev@client.example', 'group:inner@client.example MEMBER_OF group:ops@client.example',
        'group:ops@client.example MEMBER_OF group:inner@client.example', 'group:unlisted:groups/g1/memberships/2 MEMBER_OF group:dev@client.example', 'user:anna@client.example MEMBER_OF group:ops@client.example', 'user:ben@client.example MEMBER_OF group:inner@client.example',
      ]);
      expect(server.asked(/memberships$/)).toHaveLength(3);
    });

    test('is a gap by name where the directory may not be read, one by one or all', async () => {
      const some = await pulled((await cloud(world({ ...named('dev@client.example', 'far@client.example') }))).connection);
      expect(pieces(some, 'group_members')[0]?.piece.gaps?.map((gap) => `${gap.subject} ${gap.state}`)).toEqual(['dev@client.example denied', 'far@client.example denied']);
      expect(edgesOf(some)).toEqual(['user:anna@client.example MEMBER_OF group:ops@client.example']);
      const { connection, server } = await cloud(world({ ...named('a@x.example', 'b@x.example', 'c@x.example', 'd@x.example'), groups: {} }));
      expect(gaps(await pulled(connection))).toMatchObject([{ unit: { call: 'group_members', subject: 'a@x.example to ops@client.example' }, state: 'denied', says: expect.stringContaining('Permission denied for group') }]);
      expect(server.asked(/groups:lookup$/)).toHaveLength(3);
    });

    test('asks what is above once for all', async () => {
      const { connection, server } = await cloud();
      await pulled(connection);
      expect([server.asked(/\/folders\/12:getIamPolicy$/).length, server.asked(/\/organizations\/9:getIamPolicy$/).length, server.asked(/v3\/folders\/12$/).length]).toEqual([1, 1, 1]);
    });

    test('is a gap where it can’t be looked up which groups there are', async () => {
      const { connection, server } = await cloud();
      server.faults.push({ when: (h) => h.path.endsWith(':searchAllIamPolicies'), reply: denied, times: 1 });
      expect(gaps(await pulled(connection))).toMatchObject([{ unit: { call: 'group_members' }, state: 'denied' }]);
    });
  });

  test('a list that goes on where it has been already is not followed', async () => {
    const { connection, server } = await cloud();
    server.faults.push({ when: isAssets('RESOURCE'), reply: { json: { assets: [bucket], nextPageToken: 'again' } }, times: 1000 });
    expect(gaps(await pulled(connection))).toMatchObject([{ unit: { call: 'resources' }, state: 'failed', says: expect.stringContaining('goes on where it has been already') }]);
  });

  test('what is denied is a gap, part by part, and the rest comes', async () => {
    const { connection, server } = await cloud(world({ iam: {}, orgPolicies: {}, denies: {} }));
    server.faults.push({ when: isAssets('IAM_POLICY'), reply: denied, times: 1 });
    const all = await pulled(connection);
    expect(gaps(all).map((g) => `${g.unit.call} ${g.unit.subject ?? ''} ${g.state}`).toSorted()).toEqual(['deny_policies folders/12 denied', 'deny_policies organizations/9 denied', 'deny_policies projects/shop denied', 'group_members folders/12 denied', 'group_members organizations/9 denied', 'hierarchy folders/12 denied', 'hierarchy organizations/9 denied', 'iam_policies  denied']);
    expect(urnsOf(all, 'hierarchy')).toEqual(['//cloudresourcemanager.googleapis.com/folders/12', '//cloudresourcemanager.googleapis.com/organizations/9']);
  });

  test('a folder that may not be read hides what is above it, and that is said', async () => {
    const { containers } = world();
    const all = await pulled((await cloud(world({ containers: { 'projects/shop': containers['projects/shop']! } }))).connection);
    expect(gaps(all)).toMatchObject(['hierarchy', 'group_members'].map((call) => ({ unit: { call, subject: 'above' }, state: 'denied', says: expect.stringContaining('folders/12 above projects/shop') })));
  });

  const disabled = (metadata: object): Reply => refuse(403, 'PERMISSION_DENIED', 'Cloud Asset API has not been used', { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED', metadata: { service: 'cloudasset.googleapis.com', ...metadata } });
  test.each<[string, Reply, string]>([
    ['in the project that is asked about', disabled({ consumer: 'projects/41' }), 'is not switched on in project 41, which pays for the calls (gcloud services enable cloudasset.googleapis.com --project 41'],
    ['in another project, which pays for the calls', disabled({ consumer: 'projects/quota-project' }), 'is not switched on in project quota-project, which pays for the calls (gcloud services enable cloudasset.googleapis.com --project quota-project'],
    ['in a project that is not named', disabled({}), 'is not switched on in the project that pays for the calls (gcloud services enable cloudasset.googleapis.com,'],
    ['in the words of old APIs', { status: 403, json: { error: { code: 403, message: 'Access Not Configured', errors: [{ reason: 'accessNotConfigured' }] } } }, 'the service is not switched on in the project that pays for the calls'],
  ])('an inventory that is switched off %s is a gap: resources are there without it', async (_name, reply, says) => {
    const { connection, server } = await cloud();
    server.faults.push({ when: (h) => h.path.endsWith('/assets'), reply, times: 100 });
    const all = await pulled(connection);
    expect(gaps(all).map((g) => g.state)).toEqual(['denied', 'denied', 'denied']);
    expect(gaps(all)[0]?.says).toContain(says);
  });

  test('organization policies that can’t be asked leave what else is known of a folder', async () => {
    const { connection, server } = await cloud();
    server.faults.push({ when: (h) => h.path.startsWith('/orgpolicy.'), reply: disabled({ service: 'orgpolicy.googleapis.com' }), times: 100 });
    const all = await pulled(connection);
    expect(gaps(all).map((g) => `${g.unit.subject ?? ''} ${g.state}`).toSorted()).toEqual(['folders/12 denied', 'organizations/9 denied']);
    expect(urnsOf(all, 'hierarchy')).toContain('//cloudresourcemanager.googleapis.com/folders/12#iam-policy');
  });

  test('a deny policy that was deleted since it was listed hides no other; a list that is not found is a gap', async () => {
    const two = [denyName('projects/shop'), denyName('projects/shop').replace('no-keys', 'other')].map((name) => ({ name, rules: [] }));
    const { connection, server } = await cloud(world({ denies: { ...world().denies, 'projects/shop': two } }));
    server.faults.push({ when: (h) => h.path.endsWith('/denypolicies/no-keys'), reply: { status: 404 }, times: 1 }, { when: (h) => h.path.includes('folders%2F12/denypolicies'), reply: { status: 404 }, times: 1 });
    const all = await pulled(connection);
    expect(urnsOf(all, 'deny_policies')).toEqual([`//iam.googleapis.com/${two[1]!.name}`]);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'deny_policies', subject: 'folders/12' }, state: 'failed' }]);
  });

  test.each([['deny policies', (h: { path: string }) => h.path.includes('/denypolicies'), 'policies'], ['organization policies', (h: { path: string }) => h.path.endsWith('/policies'), 'policies']])('pages of %s that go round in a circle are a gap', async (_name, when, key) => {
    const { connection, server } = await cloud();
    server.faults.push({ when, reply: (h) => ({ json: { [key]: [], nextPageToken: h.query.get('pageToken') === 'a' ? 'b' : 'a' } }), times: 1000 });
    const found = gaps(await pulled(connection));
    expect(found.length).toBeGreaterThan(0);
    for (const gap of found) expect(gap).toMatchObject({ state: 'failed', says: expect.stringContaining('has been already') });
  });

  test.each<[string, Reply, number]>([
    ['a quota with RetryInfo', refuse(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12s' }), 12_000], ['a quota of old APIs', { status: 403, json: { error: { code: 403, message: 'Rate Limit Exceeded', errors: [{ reason: 'rateLimitExceeded' }] } } }, 125],
    ['a server that is not ready', { status: 503 }, 125], ['an answer that breaks off', { json: { assets: ['x'.repeat(3000)] }, cutAfter: 40 }, 125],
  ])('%s is waited out', async (_name, reply, wait) => {
    const { connection, server, session } = await cloud();
    server.faults.push({ when: isAssets('RESOURCE'), reply, times: 1 });
    const all = await pulled(connection);
    expect({ gaps: gaps(all), waits: session.waits, urns: urnsOf(all, 'resources').length }).toEqual({ gaps: [], waits: [wait], urns: 3 });
  });

  test('a token that expires ends the pull with a clear word, and what came stays', async () => {
    const made = world();
    const { connection, server } = await cloud(made, { concurrency: 1 });
    server.faults.push({ when: isAssets('IAM_POLICY'), reply: () => { made.tokens.clear(); return refuse(401, 'UNAUTHENTICATED', 'expired'); }, times: 1 });
    const all = await pulled(connection);
    expect(all.error).toMatchObject({ kind: 'expired', says: expect.stringContaining('sign in again') });
    expect(pieces(all, 'resources')).toHaveLength(1);
  });

  test('of an organization also access policies and the deny policies inside are asked for, and nothing above', async () => {
    const projectAsset = { name: '//cloudresourcemanager.googleapis.com/projects/41', assetType: 'cloudresourcemanager.googleapis.com/Project', ancestors, resource: { data: { projectId: 'shop', projectNumber: '41' } } };
    const perimeter = { name: '//accesscontextmanager.googleapis.com/accessPolicies/1/servicePerimeters/p', assetType: 'accesscontextmanager.googleapis.com/ServicePerimeter', servicePerimeter: { name: 'accessPolicies/1/servicePerimeters/p', status: { resources: ['projects/41'] } } };
    const { connection } = await cloud(world({ assets: { 'organizations/9': { RESOURCE: [projectAsset, bucket], IAM_POLICY: [], ORG_POLICY: [], ACCESS_POLICY: [perimeter] } } }), { settings: { organization: '9' } });
    const all = await pulled(connection);
    expect(gaps(all)).toEqual([]);
    expect(urnsOf(all, 'access_policies')).toEqual([perimeter.name]);
    expect(urnsOf(all, 'deny_policies')).toEqual([`//iam.googleapis.com/${denyName('projects/shop')}`]);
    expect(pieces(all, 'hierarchy')).toEqual([]);
  });
});

describe('credentials', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { type: 'service_account', project_id: 'shop', private_key_id: 'k1', private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), client_email: 'audit@shop.iam.gserviceaccount.com', client_id: '1', token_uri: 'https://oauth2.googleapis.com/token' };
  const keyFile = async (content: object | string): Promise<string> => { const path = join(folder, `key-${randomUUID()}.json`); await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content)); return path; };
  const token = (server: RestServer, reply: Reply): void => { server.faults.push({ when: (h) => h.path === '/oauth2.googleapis.com/token', reply, times: 50 }); };

  test('a service account’s key is turned into a token by the library, through our door', async () => {
    const server = await gcpServer(world());
    open.push(server);
    token(server, { json: { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' } });
    const connection = await connected(gcp, testSession({ settings: { endpoint: server.url, project: 'shop', 'key-file': await keyFile(key) } }));
    expect(connection.identity.principal).toBe('audit@shop.iam.gserviceaccount.com');
    const all = await pulled(connection);
    expect({ gaps: gaps(all), asked: server.asked('/oauth2.googleapis.com/token').length }).toEqual({ gaps: [], asked: 1 });
    expect(keptText(all)).not.toMatch(/PRIVATE KEY|ya29/);
  });

  test('a user’s credentials of gcloud are found where gcloud keeps them; their quota project pays', async () => {
    const server = await gcpServer(world());
    open.push(server);
    token(server, { json: { access_token: TOKEN, expires_in: 3600 } });
    await writeFile(join(folder, 'application_default_credentials.json'), JSON.stringify({ type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r', quota_project_id: 'billing-project' }));
    await connected(gcp, testSession({ settings: { endpoint: server.url, project: 'shop' }, env: { CLOUDSDK_CONFIG: folder } }));
    expect(server.heard.at(-1)?.headers['x-goog-user-project']).toBe('billing-project');
  });

  test('a service account is impersonated with the token at hand', async () => {
    const server = await gcpServer(world());
    open.push(server);
    server.faults.push({ when: (h) => h.path.includes('generateAccessToken'), reply: (h) => (h.headers['authorization'] === 'Bearer mine' ? { json: { accessToken: TOKEN, expireTime: '2100-01-01T00:00:00Z' } } : denied), times: 5 });
    const { identity } = await connected(gcp, testSession({ settings: { endpoint: server.url, project: 'shop', token: 'mine', impersonate: 'audit@shop.iam.gserviceaccount.com' } }));
    expect(identity.principal).toBe('audit@shop.iam.gserviceaccount.com (by whoever the token is of)');
  });

  test.each<[string, Reply, string, RegExp]>([
    ['a key that was deleted', { status: 400, json: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }, 'expired', /no longer accepts.*Invalid JWT Signature/], ['a client that is unknown', { status: 401, json: { error: 'invalid_client' } }, 'no_credentials', /invalid_client/],
  ])('%s is said', async (_name, reply, kind, says) => {
    const server = await gcpServer(world());
    open.push(server);
    token(server, reply);
    expect(await gcp.connect(testSession({ settings: { endpoint: server.url, project: 'shop', 'key-file': await keyFile(key) } }))).toMatchObject({ ok: false, error: { kind, says: expect.stringMatching(says) } });
  });

  test('a machine’s own service account is asked for through our door, with the header that the metadata server wants', async () => {
    const server = await gcpServer(world()), about = '/metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/';
    open.push(server);
    server.faults.push({ when: (h) => h.path.startsWith(about) && h.headers['metadata-flavor'] !== 'Google', reply: { status: 403 }, times: 50 }, { when: (h) => h.path === `${about}token`, reply: { status: 503 }, times: 1 });
    server.faults.push({ when: (h) => h.path === `${about}token`, reply: { json: { access_token: TOKEN, expires_in: 3599, token_type: 'Bearer' } }, times: 50 }, { when: (h) => h.path === `${about}email`, reply: { text: 'vm@shop.iam.gserviceaccount.com\n' }, times: 1 });
    const session = testSession({ settings: { endpoint: server.url, project: 'shop', credential: 'metadata' } }), connection = await connected(gcp, session);
    expect(connection.identity.principal).toBe('vm@shop.iam.gserviceaccount.com');
    expect(gaps(await pulled(connection))).toEqual([]);
    expect({ tokens: server.asked(`${about}token`).length, waits: session.waits.length }).toEqual({ tokens: 2, waits: 1 });
  });

  test('a machine without a service account is said', async () => {
    const server = await gcpServer(world());
    open.push(server);
    expect(await gcp.connect(testSession({ settings: { endpoint: server.url, project: 'shop', credential: 'metadata' } }))).toMatchObject({ ok: false, error: { kind: 'no_credentials', says: 'this machine has no service account' } });
  });

  test('a token server that is down is asked as often as the pace says, and no more', async () => {
    const server = await gcpServer(world());
    open.push(server);
    token(server, { status: 503 });
    expect(await gcp.connect(testSession({ settings: { endpoint: server.url, project: 'shop', 'key-file': await keyFile(key) } }))).toMatchObject({ ok: false });
    expect(server.asked('/oauth2.googleapis.com/token')).toHaveLength(4);
  });

  test('a key file that is named goes before a token of the environment', async () => {
    const server = await gcpServer(world());
    open.push(server);
    token(server, { json: { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' } });
    const { identity } = await connected(gcp, testSession({ settings: { endpoint: server.url, project: 'shop', 'key-file': await keyFile(key) }, env: { GOOGLE_OAUTH_ACCESS_TOKEN: 'ya29.of-somebody-else' } }));
    expect(identity.principal).toBe('audit@shop.iam.gserviceaccount.com');
    expect(server.heard.some((h) => h.headers['authorization']?.includes('of-somebody-else'))).toBe(false);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['nothing to pull', { token: TOKEN }, /--project ID/], ['a project that is no id', { token: TOKEN, project: '../x' }, /no id of a project/], ['an organization that is no number', { token: TOKEN, organization: 'client' }, /is no number/], ['a stand-in elsewhere', { token: TOKEN, project: 'shop', endpoint: 'https://evil.example' }, /on this machine/],
    ['no credentials', { project: 'shop' }, /gcloud auth application-default login/], ['a key file that is not there', { project: 'shop', 'key-file': '/nowhere/key.json' }, /can't be read \(ENOENT\)/],
  ])('%s is said before anything is asked', async (_name, settings, says) => {
    expect(await gcp.connect(testSession({ settings: { endpoint: 'http://127.0.0.1:9', ...settings }, env: { CLOUDSDK_CONFIG: '/nowhere' } }))).toMatchObject({ ok: false, error: { says: expect.stringMatching(says) } });
  });

  test('a file that is no key is said without its content', async () => {
    const path = await keyFile('{"private_key": "S3CRET');
    const answer = await gcp.connect(testSession({ settings: { endpoint: 'http://127.0.0.1:9', project: 'shop', 'key-file': path } }));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'no_credentials', says: `${path}: no credentials of Google Cloud` } });
  });

  test('no token, no script and no value of a variable is kept', async () => {
    const { connection, session } = await cloud();
    const all = await pulled(connection), kept = keptText(all) + JSON.stringify(gaps(all)) + session.said.join();
    expect(kept).not.toMatch(/ya29|plain-in-the-script|plain-in-the-variable/);
    expect(kept).toMatch(/startup-script.*instanceGroupManagers\/web/s);
  });
});

describe('permissions', () => {
  test('the preflight asks each place and its parent, and says what would stay unknown', async () => {
    const rows = await rowsOf((await cloud(world({ held: ['cloudasset.assets.listResource', 'resourcemanager.folders.get'] }))).connection);
    expect(rows.filter((r) => r.state === 'allowed').map((r) => r.says)).toEqual(['allowed cloudasset.assets.listResource on projects/shop', 'allowed resourcemanager.folders.get on folders/12']);
    expect(rows.find((r) => r.call === 'iam_policies')).toEqual({ call: 'iam_policies', permission: 'cloudasset.assets.listIamPolicy', state: 'denied', says: 'denied cloudasset.assets.listIamPolicy on projects/shop: who may do what (IAM policies) will be unknown' });
    expect(rows.some((r) => r.call === 'access_policies')).toBe(false);
  });

  test('every permission of every call stands in the printed role, and only reads do', () => {
    const policy = valueOf(gcp.policy({})), listed = [...policy.matchAll(/^ {2}- (\S+)$/gm)].map((m) => m[1] ?? '');
    for (const permission of gcp.needs.flatMap((n) => n.permissions)) expect(listed).toContain(permission);
    expect(listed.filter((p) => !/\.(get|list|getIamPolicy|use|(list|search)[A-Z]\w+)$/.test(p))).toEqual([]);
  });

  test('only reads are sent: GET, and the two methods that read by POST', async () => {
    const { connection, server } = await cloud();
    await rowsOf(connection);
    await pulled(connection);
    expect(new Set(server.heard.filter((h) => h.method !== 'GET').map((h) => `${h.method} ${h.path.split(':').at(-1)}`))).toEqual(new Set(['POST testIamPermissions', 'POST getIamPolicy']));
  });
});
