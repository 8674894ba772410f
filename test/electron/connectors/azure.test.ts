import { afterEach, describe, expect, test } from 'vitest';
import { azure } from '#electron/connectors/azure.ts';
import { unitKey, type Connection, type PreflightRow } from '#electron/connectors/connector.ts';
import { azureResources } from '#electron/pipeline/graph/importers/azure-resources.ts';
import { isObject } from '#shared/lib/json.ts';
import { azureServer, denied, expiredToken, isQuery, tokenWith, type AzureWorld } from './servers/azure-server.ts';
import type { Reply, RestServer } from './servers/rest-server.ts';
import { connected, gaps, keptText, pieces, pulled, testSession, type Pulled, type SessionOptions, type TestSession, valueOf } from './servers/session.ts';

const SUB = '11111111-0000-0000-0000-000000000001', TENANT = '99999999-0000-0000-0000-000000000009';
const guid = (n: number): string => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
const ARM = tokenWith({ tid: TENANT, upn: 'auditor@client.example' }), GRAPH = tokenWith({ tid: TENANT, scp: 'User.Read.All GroupMember.Read.All' });
const id = (type: string, name: string): string => `/subscriptions/${SUB}/resourceGroups/Shop/providers/${type}/${name}`;
const row = (type: string, name: string, properties: object = {}): Record<string, unknown> => ({ id: id(type, name), name, type: type.toLowerCase(), location: 'westeurope', subscriptionId: SUB, properties });
const account = row('Microsoft.Storage/storageAccounts', 'billing', { allowBlobPublicAccess: true });
const network = row('Microsoft.Network/virtualNetworks', 'net', { subnets: [{ name: 'front', id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front`, properties: {} }] });
const containers = `${id('Microsoft.Storage/storageAccounts', 'billing')}/blobServices/default/containers`;
const rules = `${id('Microsoft.Network/virtualNetworks', 'net')}/listNetworkManagerEffectiveSecurityAdminRules`;
const vm = row('Microsoft.Compute/virtualMachines', 'web', { osProfile: { customData: 'c2VjcmV0', computerName: 'web' }, containers: [{ environmentVariables: [{ name: 'PASSWORD', value: 'plain-in-the-variable' }] }] });

const world = (more: Partial<AzureWorld> = {}, subscription: AzureWorld['subscriptions'][string] = {}): AzureWorld => ({
  tenant: TENANT, tokens: new Map([[ARM, 'arm'], [GRAPH, 'graph']]),
  subscriptions: { [SUB]: {
    resources: [account, network, vm], groups: [{ id: `/subscriptions/${SUB}/resourceGroups/Shop`, name: 'Shop', type: 'microsoft.resources/subscriptions/resourcegroups', properties: {} }],
    authorization: [{ id: `/subscriptions/${SUB}/providers/Microsoft.Authorization/roleAssignments/${guid(1)}`, type: 'microsoft.authorization/roleassignments', name: guid(1), properties: { principalId: guid(7), principalType: 'Group', roleDefinitionId: `/subscriptions/${SUB}/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635`, scope: `/subscriptions/${SUB}` } }],
    lists: {
      [containers.toLowerCase()]: [{ id: `${containers}/exports`, name: 'exports', type: 'Microsoft.Storage/storageAccounts/blobServices/containers', properties: { publicAccess: 'Container' } }],
      [rules.toLowerCase()]: [{ id: '/subscriptions/hub/resourceGroups/r/providers/Microsoft.Network/networkManagers/m/securityAdminConfigurations/c/ruleCollections/k/rules/no-ssh', kind: 'Custom', properties: { access: 'Deny', direction: 'Inbound', priority: 1, protocol: 'Tcp', sources: [{ addressPrefix: '*' }], destinations: [{ addressPrefix: '*' }], destinationPortRanges: ['22'] } }],
    },
    ...subscription,
  } },
  directory: {
    '/users': [{ id: guid(5), userPrincipalName: 'anna@client.example', displayName: 'Anna', accountEnabled: true }], '/groups': [{ id: guid(7), displayName: 'ops', securityEnabled: true, owners: [] }], [`/groups/${guid(7)}/members`]: [{ id: guid(5) }],
    '/applications': [{ id: guid(20), appId: guid(21), owners: [{ id: guid(5) }] }], '/servicePrincipals': [{ id: guid(22), appId: guid(21), displayName: 'deployer', servicePrincipalType: 'Application', owners: [] }],
    '/servicePrincipals(appId=\'00000003-0000-0000-c000-000000000000\')/appRoleAssignedTo': [{ id: 'a', appRoleId: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8', principalId: guid(22), resourceId: guid(30) }], '/roleManagement/directory/roleAssignments': [],
  },
  ...more,
});

const open: RestServer[] = [];
afterEach(async () => { for (const server of open.splice(0)) await server.close(); });
async function tenant(made: AzureWorld = world(), options: SessionOptions = {}): Promise<{ server: RestServer; session: TestSession; connection: Connection }> {
  const server = await azureServer(made);
  open.push(server);
  const session = testSession({ ...options, settings: { endpoint: server.url, token: ARM, 'graph-token': GRAPH, ...options.settings } });
  return { server, session, connection: await connected(azure, session) };
}
const rowsIn = (bytes: Uint8Array): readonly Record<string, unknown>[] => { const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as { data?: Record<string, unknown>[]; value?: Record<string, unknown>[] }; return document.data ?? document.value ?? []; };
const urnsOf = (all: Pulled, call: string): readonly string[] => pieces(all, call).flatMap((e) => rowsIn(e.piece.bytes)).flatMap((record) => { const read = azureResources.parse(record, { parents: [], from: '', path: '', index: 0 }); return read.ok ? (read.value.resources ?? []).map((r) => r.urn) : [read.error]; });
async function rowsOf(connection: Connection): Promise<readonly PreflightRow[]> { const rows: PreflightRow[] = []; for await (const one of connection.preflight()) rows.push(one); return rows; }

describe('a pull', () => {
  test('brings resources, groups, assignments, containers, admin rules and the directory, as the importer reads them', async () => {
    const { connection } = await tenant();
    expect(connection.identity).toEqual({ target: TENANT, principal: 'auditor@client.example' });
    const all = await pulled(connection);
    expect({ gaps: gaps(all), error: all.error }).toEqual({ gaps: [], error: undefined });
    const low = (text: string): string => text.toLowerCase();
    expect(urnsOf(all, 'resources')).toEqual([account, network].map((r) => low(String(r['id']))).concat(`${low(id('Microsoft.Network/virtualNetworks', 'net'))}/subnets/front`, low(String(vm['id']))));
    expect(urnsOf(all, 'blob_containers')).toEqual([low(`${containers}/exports`)]);
    expect(urnsOf(all, 'authorization')).toEqual([low(`/subscriptions/${SUB}/providers/Microsoft.Authorization/roleAssignments/${guid(1)}`), guid(7)]);
    expect(urnsOf(all, 'users')).toEqual([guid(5)]);
    expect(pieces(all, 'resources')[0]?.piece).toMatchObject({ format: 'azure-resources', name: `azure/${SUB}/resources.json`, records: 3, lists: [{ account: SUB, types: expect.arrayContaining(['Microsoft.Compute/virtualMachines', 'Microsoft.Network/virtualNetworks/subnets']) }] });
    expect(pieces(all, 'resources')[0]?.piece.lists?.[0]?.types).not.toContain('Microsoft.Storage/storageAccounts/blobServices/containers');
  });

  test('members of groups and owners of applications become edges and owners', async () => {
    const all = await pulled((await tenant()).connection);
    const [group] = rowsIn(pieces(all, 'groups')[0]!.piece.bytes), [principal] = rowsIn(pieces(all, 'service_principals')[0]!.piece.bytes);
    expect(azureResources.parse(group, { parents: [], from: '', path: '', index: 0 })).toMatchObject({ ok: true, value: { resources: [{ account: TENANT }], edges: [{ source: guid(5), kind: 'MEMBER_OF', target: guid(7) }] } });
    expect(principal).toMatchObject({ owners: [{ id: guid(5) }] });
  });

  const groupIds = [7, 8, 9, 10, 11].map(guid);
  const many = (members: readonly string[]): Partial<AzureWorld> => ({ directory: { ...world().directory, '/groups': groupIds.map((group) => ({ id: group, owners: [] })), ...Object.fromEntries(members.map((group) => [`/groups/${group}/members`, [{ id: guid(5) }]])) } });
  const membersOf = (all: Pulled): readonly unknown[] => rowsIn(pieces(all, 'groups')[0]!.piece.bytes).map((group) => group['members']);

  test('a group that is not found when its members are asked for is told, and hides no other', async () => {
    const { connection, server } = await tenant(world(many(groupIds)));
    server.faults.push({ when: (h) => h.path.endsWith(`/groups/${guid(9)}/members`), reply: { status: 404, json: { error: { code: 'Request_ResourceNotFound', message: 'gone or hidden' } } }, times: 1 });
    const all = await pulled(connection), known = [{ id: guid(5) }];
    expect(gaps(all)).toEqual([]);
    expect(membersOf(all)).toEqual([known, known, undefined, known, known]);
    expect(pieces(all, 'groups')[0]?.piece.gaps).toMatchObject([{ subject: guid(9), state: 'failed' }]);
  });

  test('when the members of the first groups are denied, the others are not asked for, and all are told', async () => {
    const { connection, server } = await tenant(world({ directory: { ...many([]).directory, [`/groups/${guid(7)}/members`]: undefined! } }));
    const all = await pulled(connection);
    expect(membersOf(all)).toEqual(groupIds.map(() => undefined));
    expect(pieces(all, 'groups')[0]?.piece.gaps?.map((gap) => [gap.subject, gap.state])).toEqual(groupIds.map((group) => [group, 'denied']));
    expect(server.asked(/\/members$/)).toHaveLength(3);
  });

  test('applications that may not be listed leave the service principals, and a gap', async () => {
    const { '/applications': _, ...rest } = world().directory ?? {};
    const all = await pulled((await tenant(world({ directory: rest }))).connection);
    expect(gaps(all)).toEqual([]);
    expect(pieces(all, 'service_principals')[0]?.piece).toMatchObject({ records: 1, gaps: [{ subject: 'owners of applications', state: 'denied' }] });
  });

  test('a list of the directory that is not found is a gap, not an empty one', async () => {
    const { connection, server } = await tenant();
    server.faults.push({ when: (h) => h.path.endsWith('/users'), reply: { status: 404, json: { error: { code: 'Request_ResourceNotFound', message: 'no' } } }, times: 1 });
    expect(gaps(await pulled(connection))).toMatchObject([{ unit: { call: 'users' }, state: 'failed' }]);
  });

  test('an app’s access restrictions come with its configuration, without what people put into it', async () => {
    const app = row('Microsoft.Web/sites', 'shop', { siteConfig: { ipSecurityRestrictions: null } }), config = `${id('Microsoft.Web/sites', 'shop')}/config`;
    const web = { id: `${config}/web`, name: 'web', type: 'Microsoft.Web/sites/config', properties: { ipSecurityRestrictions: [{ ipAddress: '198.51.100.0/24', action: 'Allow' }], appSettings: [{ name: 'KEY', value: 'plain-in-the-settings' }], azureStorageAccounts: { share: { accessKey: 'plain-account-key' } } } };
    const all = await pulled((await tenant(world({}, { resources: [app], lists: { [config.toLowerCase()]: [web] } }))).connection);
    expect(urnsOf(all, 'site_config')).toEqual([`${config}/web`.toLowerCase()]);
    expect(pieces(all, 'site_config')[0]?.piece.lists).toEqual([{ types: ['Microsoft.Web/sites/config'], account: SUB }]);
    expect(keptText(all)).toContain('198.51.100.0/24');
    expect(keptText(all)).not.toMatch(/plain-in-the-settings|plain-account-key/);
  });

  test('a rule of a network manager is told for the network that it holds for, and no other', async () => {
    const all = await pulled((await tenant()).connection);
    const [rule] = rowsIn(pieces(all, 'security_admin_rules')[0]!.piece.bytes);
    expect(rule).toMatchObject({ id: expect.stringContaining(`${id('Microsoft.Network/virtualNetworks', 'net')}/effectiveSecurityAdminRules/`), appliesToVirtualNetworks: [id('Microsoft.Network/virtualNetworks', 'net')], properties: { access: 'Deny' } });
    expect(urnsOf(all, 'security_admin_rules')).toHaveLength(1);
  });

  test('takes page by page, and a run that goes on begins where the last page ended', async () => {
    const made = { ...world(), pageSize: 1 };
    const pages = pieces(await pulled((await tenant(made)).connection), 'resources').map((e) => e.piece);
    expect(pages.map((p) => [p.records, p.next, p.lists?.length])).toEqual([[1, '1', undefined], [1, '2', undefined], [1, undefined, 1]]);
    const { connection, server } = await tenant(made, { progress: new Map<string, 'done' | { next: string }>([[unitKey({ call: 'resources', scope: { account: SUB } }), { next: '2' }], [unitKey({ call: 'users', scope: { account: TENANT } }), 'done']]) });
    const again = pieces(await pulled(connection), 'resources').map((e) => e.piece);
    expect(again.map((p) => p.records)).toEqual([1]);
    expect(pages.map((p) => p.name)).not.toContain(again[0]?.name);
    expect(server.asked(/users$/)).toEqual([]);
  });

  test('what the credentials may not read in the whole subscription is a gap, and closes nothing', async () => {
    const all = await pulled((await tenant(world({}, { granted: ['Microsoft.Storage/*/read', 'Microsoft.Authorization/*/read', 'Microsoft.Resources/subscriptions/*'] }))).connection);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'resources' }, state: 'denied', says: expect.stringMatching(/not granted in the whole subscription: Microsoft\.Compute/) }]);
    expect(pieces(all, 'resources')[0]?.piece.lists).toBeUndefined();
    expect(pieces(all, 'authorization')[0]?.piece.lists).toHaveLength(1);
  });

  test('a part that is denied is a gap with Azure’s own words; an account without blobs has none', async () => {
    const { connection, server } = await tenant(world({ directory: {} }));
    server.faults.push({ when: (h) => h.path.endsWith('/containers'), reply: { status: 409, json: { error: { code: 'FeatureNotSupportedForAccount', message: 'Blob is not supported for the account.' } } }, times: 1 }, { when: (h) => h.path.endsWith('denyAssignments'), reply: denied('Microsoft.Authorization/denyAssignments/read'), times: 1 });
    const all = await pulled(connection);
    expect(gaps(all).map((g) => [g.unit.call, g.state].join(' ')).toSorted()).toEqual(['app_roles denied', 'deny_assignments denied', 'directory_roles denied', 'groups denied', 'service_principals denied', 'users denied']);
    expect(gaps(all).find((g) => g.unit.call === 'deny_assignments')?.says).toContain('does not have authorization to perform action');
  });

  test.each<[string, number, object | undefined, number, readonly string[]]>([
    ['of Azure’s own says that there is no such resource', 404, { error: { code: 'ParentResourceNotFound', message: 'gone' } }, 1, []],
    ['says that the call’s type is not known', 404, { error: { code: 'InvalidResourceType', message: 'The resource type could not be found.' } }, 0, ['failed']],
    ['says that the subscription is not found', 404, { error: { code: 'SubscriptionNotFound', message: 'not found' } }, 0, ['failed']],
    ['says nothing', 404, undefined, 0, ['failed']], ['says that it is gone, in no words', 410, undefined, 0, ['failed']],
  ])('what is not found within a resource is "none" only where the answer says that the resource is gone: it %s', async (_name, status, json, lists, states) => {
    const { connection, server } = await tenant(world());
    server.faults.push({ when: (h) => h.path.endsWith('/containers'), reply: { status, ...(json && { json }) }, times: 1 });
    const all = await pulled(connection);
    expect(gaps(all).map((g) => `${g.unit.call} ${g.state}`)).toEqual(states.map((state) => `blob_containers ${state}`));
    expect(pieces(all, 'blob_containers').flatMap((e) => e.piece.lists ?? [])).toHaveLength(lists);
  });

  test('lists within resources are whole only together: one that refuses is a gap, and nothing is said to be gone', async () => {
    const accounts = Array.from({ length: 20 }, (_, i) => row('Microsoft.Storage/storageAccounts', `s${String(i).padStart(2, '0')}`));
    const whole = pieces(await pulled((await tenant(world({}, { resources: accounts }))).connection), 'blob_containers').map((e) => e.piece);
    expect(whole.map((p) => [p.next, p.lists])).toEqual([[`0 ${String(accounts[15]!['id'])}`, undefined], [undefined, [{ types: ['Microsoft.Storage/storageAccounts/blobServices/containers'], account: SUB }]]]);
    const { connection, server } = await tenant(world({}, { resources: accounts }));
    server.faults.push({ when: (h) => h.path.includes('/s03/') && h.path.endsWith('/containers'), reply: denied('containers/read'), times: 1 });
    const all = await pulled(connection);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'blob_containers' }, state: 'denied', says: expect.stringMatching(/^1 of 20 refuse it/) }]);
    expect(pieces(all, 'blob_containers').map((e) => [e.piece.next?.[0], e.piece.lists])).toEqual([['1', undefined], [undefined, undefined]]);
    // A run that goes on knows of the refusal before it.
    const progress = new Map([[unitKey({ call: 'blob_containers', scope: { account: SUB } }), { next: `1 ${String(accounts[15]!['id'])}` }]]);
    const again = await tenant(world({}, { resources: accounts }), { progress });
    const rest = await pulled(again.connection);
    expect({ asked: again.server.asked(/\/containers$/).length, gaps: gaps(rest).length, lists: pieces(rest, 'blob_containers').flatMap((e) => e.piece.lists ?? []) }).toEqual({ asked: 4, gaps: 1, lists: [] });
  });

  test.each<[string, Reply, number]>([
    ['throttling by quota', { status: 429, headers: { 'x-ms-user-quota-resets-after': '00:00:05' }, json: { error: { code: 'RateLimiting', message: 'slow down' } } }, 5000], ['throttling with Retry-After', { status: 429, headers: { 'retry-after': '3' }, json: { error: { code: 'RateLimiting' } } }, 3000],
    ['a server that is not ready', { status: 503 }, 125], ['an answer that breaks off', { json: { data: ['x'.repeat(4000)] }, cutAfter: 60 }, 125],
  ])('%s is waited out', async (_name, reply, wait) => {
    const { connection, server, session } = await tenant();
    server.faults.push({ when: isQuery('resources'), reply, times: 1 });
    const all = await pulled(connection);
    expect({ gaps: gaps(all), waits: session.waits, records: pieces(all, 'resources')[0]?.piece.records }).toEqual({ gaps: [], waits: [wait], records: 3 });
  });

  test('a token that expires ends the pull with a clear word, and what came stays', async () => {
    const made = world();
    const { connection, server } = await tenant(made, { concurrency: 1 });
    server.faults.push({ when: isQuery('authorizationresources'), reply: () => { made.tokens.clear(); return expiredToken; }, times: 1 });
    const all = await pulled(connection);
    expect(all.error).toMatchObject({ kind: 'expired', says: 'the token has expired: sign in again' });
    expect(pieces(all).length).toBeGreaterThan(0);
  });

  test('a link to another host is not followed: the token stays where it belongs', async () => {
    const { connection, server } = await tenant();
    server.faults.push({ when: (h) => h.path.endsWith('denyAssignments'), reply: { json: { value: [], nextLink: 'https://evil.example/steal' } }, times: 1 });
    expect(gaps(await pulled(connection))).toMatchObject([{ unit: { call: 'deny_assignments' }, state: 'failed', says: expect.stringContaining('not followed') }]);
  });

  test('pages that go round in a circle are a gap', async () => {
    const { connection, server } = await tenant();
    const next = (h: { url: string; query: URLSearchParams }): string => `${h.url}&$skiptoken=${h.query.get('$skiptoken') === 'a' ? 'b' : 'a'}`;
    server.faults.push(
      { when: isQuery('resourcecontainers'), reply: (h) => ({ json: { data: [], $skipToken: h.body.includes('"$skipToken":"a"') ? 'b' : 'a' } }), times: 1000 },
      { when: (h) => h.path.endsWith('/users') || h.path.endsWith('denyAssignments'), reply: (h) => ({ json: { value: [], [h.path.endsWith('/users') ? '@odata.nextLink' : 'nextLink']: next({ url: `${server.url}${h.path}?x=1`, query: h.query }) } }), times: 1000 },
    );
    expect(gaps(await pulled(connection)).map((g) => [g.unit.call, g.state, g.says.includes('has been already')].join(' ')).toSorted()).toEqual(['deny_assignments failed true', 'resource_groups failed true', 'users failed true']);
  });

  test('a query and a list that go on where they are already are not followed', async () => {
    const { connection, server } = await tenant();
    server.faults.push({ when: isQuery('resourcecontainers'), reply: { json: { data: [], $skipToken: 'again' } }, times: 1000 }, { when: (h) => h.path.endsWith('denyAssignments'), reply: (h) => ({ json: { value: [], nextLink: `${server.url}${h.path}?api-version=${h.query.get('api-version') ?? ''}` } }), times: 1000 });
    expect(gaps(await pulled(connection)).map((g) => [g.unit.call, g.state, g.says.includes('goes on where it has been already')].join(' ')).toSorted()).toEqual(['deny_assignments failed true', 'resource_groups failed true']);
  });

  test('a table that Resource Graph cuts off is no whole one', async () => {
    const { connection, server } = await tenant();
    server.faults.push({ when: isQuery('resources'), reply: { json: { data: [account], resultTruncated: 'true' } }, times: 1 });
    const all = await pulled(connection);
    expect(pieces(all, 'resources')[0]?.piece.lists).toBeUndefined();
    expect(gaps(all)).toMatchObject([{ unit: { call: 'resources' }, state: 'failed' }]);
  });

  test.each([[true, ['find resources failed'], 0], [false, [], 1]] as const)('when the search for resources is cut off (%s), none of those that it showed is taken for all', async (isCut, found, asked) => {
    const { connection, server } = await tenant();
    server.faults.push({ when: (h) => h.body.includes('"query":"resources | where type'), reply: { json: { data: [{ id: account['id'], type: account['type'] }], resultTruncated: String(isCut) } }, times: 1 });
    const all = await pulled(connection);
    expect(gaps(all).map((g) => `${g.unit.call} ${g.state}`)).toEqual(found);
    expect(gaps(all).every((g) => g.says.includes('blob_containers') && g.says.includes('security_admin_rules'))).toBe(true);
    expect([server.asked(/\/containers$/).length, pieces(all, 'blob_containers').flatMap((e) => e.piece.lists ?? []).length]).toEqual([asked, asked]);
  });

  test('only the subscriptions that were named are pulled; one that can’t be seen is said', async () => {
    const two = { ...world(), subscriptions: { ...world().subscriptions, '22222222-0000-0000-0000-000000000002': {} } };
    const all = await pulled((await tenant(two, { settings: { subscription: SUB.toUpperCase() } })).connection);
    expect(new Set(all.events.flatMap((e) => ('unit' in e ? [e.unit.scope.account] : [])))).toEqual(new Set([SUB, TENANT]));
    const { server } = await tenant();
    expect(await azure.connect(testSession({ settings: { endpoint: server.url, token: ARM, subscription: 'x' } }))).toMatchObject({ ok: false, error: { kind: 'absent', says: expect.stringContaining('see no subscription x') } });
  });
});

describe('credentials', () => {
  test.each<[string, Record<string, string>, string, RegExp]>([
    ['no token', { credential: 'token' }, 'no_credentials', /AZURE_ACCESS_TOKEN/], ['an unknown kind', { credential: 'magic' }, 'no_credentials', /no kind of credentials "magic": cli/], ['a service principal without a secret', { credential: 'environment' }, 'no_credentials', /AZURE_CLIENT_SECRET/],
    ['a stand-in elsewhere', { endpoint: 'https://evil.example', token: ARM }, 'rejected', /on this machine/], ['an unknown cloud', { cloud: 'mars', token: ARM }, 'rejected', /public, usgov, china/],
  ])('%s is said before anything is asked', async (_name, settings, kind, says) => {
    expect(await azure.connect(testSession({ settings: { endpoint: 'http://127.0.0.1:9', ...settings } }))).toMatchObject({ ok: false, error: { kind, says: expect.stringMatching(says) } });
  });

  test('a token that is not accepted is said as such', async () => {
    const { server } = await tenant();
    expect(await azure.connect(testSession({ settings: { endpoint: server.url, token: 'wrong' } }))).toMatchObject({ ok: false, error: { kind: 'expired' } });
  });

  test('without a token for the directory the resources come all the same', async () => {
    const { server } = await tenant();
    const all = await pulled(await connected(azure, testSession({ settings: { endpoint: server.url, token: ARM } })));
    expect(gaps(all).map((g) => g.unit.call).sort()).toEqual(['app_roles', 'directory_roles', 'groups', 'service_principals', 'users']);
    expect(gaps(all)[0]?.says).toContain('AZURE_GRAPH_TOKEN');
    expect(pieces(all, 'resources')).toHaveLength(1);
  });

  test('a token that is given is never joined by another’s for the directory, from the environment', async () => {
    const { server } = await tenant();
    const all = await pulled(await connected(azure, testSession({ settings: { endpoint: server.url, token: ARM }, env: { AZURE_GRAPH_TOKEN: GRAPH } })));
    expect(gaps(all).map((g) => g.unit.call).sort()).toEqual(['app_roles', 'directory_roles', 'groups', 'service_principals', 'users']);
    const both = await pulled(await connected(azure, testSession({ settings: { endpoint: server.url }, env: { AZURE_ACCESS_TOKEN: ARM, AZURE_GRAPH_TOKEN: GRAPH } })));
    expect(gaps(both)).toEqual([]);
  });

  test('no token and no value that people put in is kept', async () => {
    const { connection, session } = await tenant();
    const all = await pulled(connection), kept = keptText(all) + JSON.stringify(gaps(all)) + JSON.stringify(connection.identity) + session.said.join();
    expect(kept).not.toMatch(/signature-that-nobody-may-see|plain-in-the-variable|c2VjcmV0/);
    expect(kept).toContain('PASSWORD');
  });
});

describe('permissions', () => {
  test('the preflight says per permission what the roles give', async () => {
    const { connection, server } = await tenant(world({}, { granted: ['*/read'] }));
    const rows = await rowsOf(connection);
    expect(rows.find((r) => r.permission.endsWith('denyAssignments/read'))).toMatchObject({ state: 'allowed' });
    expect(rows.find((r) => r.call === 'security_admin_rules')).toMatchObject({ state: 'denied', says: expect.stringMatching(/^denied Microsoft\.Network.*: which traffic a network manager refuses or always allows will be unknown$/) });
    expect(rows.filter((r) => r.call === 'users' || r.call === 'directory_roles').map((r) => r.state)).toEqual(['allowed', 'denied']);
    server.faults.push({ when: (h) => h.path.endsWith('/permissions'), reply: denied('x'), times: 1 });
    expect((await rowsOf(connection)).find((r) => r.call === 'resources')).toMatchObject({ state: 'unknown' });
  });

  test('the policy is a custom role without data actions, and every permission of every call stands in it', () => {
    const role: unknown = JSON.parse(valueOf(azure.policy({ subscription: SUB })));
    expect(role).toMatchObject({ DataActions: [], AssignableScopes: [`/subscriptions/${SUB}`] });
    const actions = isObject(role) && Array.isArray(role['Actions']) ? role['Actions'].map(String) : [], text = valueOf(azure.policy({}));
    for (const permission of azure.needs.flatMap((n) => n.permissions)) expect(text).toContain(permission);
    expect(actions.filter((a) => !a.endsWith('/read'))).toEqual(['Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action']);
  });

  test('only reads are sent: GET, queries of Resource Graph, and the one action that reads', async () => {
    const { connection, server } = await tenant();
    await rowsOf(connection);
    await pulled(connection);
    const posted = server.heard.filter((h) => h.method !== 'GET');
    expect(new Set(posted.map((h) => `${h.method} ${h.path.split('/').at(-1)}`))).toEqual(new Set(['POST resources', 'POST listNetworkManagerEffectiveSecurityAdminRules']));
    expect(server.heard.some((h) => /listkeys|blobs?$|secrets/i.test(h.path))).toBe(false);
  });
});
