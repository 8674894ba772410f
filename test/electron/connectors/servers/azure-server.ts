import { restServer, type Heard, type Reply, type RestServer } from './rest-server.ts';

type Row = Readonly<Record<string, unknown>>;
export interface AzureWorld {
  readonly tenant: string;
  readonly subscriptions: Readonly<Record<string, {
    readonly resources?: readonly Row[]; readonly groups?: readonly Row[]; readonly authorization?: readonly Row[];
    /** Answers of ARM lists, by the lower-cased path. */
    readonly lists?: Readonly<Record<string, readonly Row[]>>;
    readonly granted?: readonly string[];
  }>>;
  /** Lists of Microsoft Graph by path below /v1.0. */
  readonly directory?: Readonly<Record<string, readonly Row[]>>;
  readonly tokens: Map<string, 'arm' | 'graph'>;
  readonly pageSize?: number;
}

const refuse = (status: number, code: string, message: string, headers = {}): Reply => ({ status, headers, json: { error: { code, message } } });
export const expiredToken = refuse(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time \'11/29/2026\' is earlier than current UTC time.');
export const denied = (action: string): Reply => refuse(403, 'AuthorizationFailed', `The client 'auditor' does not have authorization to perform action '${action}' over scope '/subscriptions/x'.`);
export const isQuery = (table: string) => (heard: Heard): boolean => heard.path.endsWith('/resources') && heard.method === 'POST' && heard.body.includes(`"query":"${table} `);

/** A token as Entra ID writes it; the signature is none. */
export const tokenWith = (claims: object): string => ['eyJhbGciOiJub25lIn0', Buffer.from(JSON.stringify(claims)).toString('base64url'), 'signature-that-nobody-may-see'].join('.');

/** Azure Resource Manager with Resource Graph, and Microsoft Graph, under the paths of a stand-in. */
export async function azureServer(world: AzureWorld): Promise<RestServer> {
  const server: RestServer = await restServer((heard) => {
    const [, host = ''] = heard.path.split('/');
    const audience = host === 'management.azure.com' ? 'arm' : host === 'graph.microsoft.com' ? 'graph' : undefined;
    if (audience === undefined) return { status: 404 };
    if (world.tokens.get(heard.headers['authorization']?.replace(/^Bearer /, '') ?? '') !== audience) return audience === 'arm' ? expiredToken : refuse(401, 'InvalidAuthenticationToken', 'Access token has expired or is not yet valid.');
    const path = heard.path.slice(host.length + 1);
    return audience === 'arm' ? arm(heard, path, world, `${server.url}/${host}`) : graph(heard, path, world, `${server.url}/${host}`);
  });
  return server;
}

function arm(heard: Heard, path: string, world: AzureWorld, base: string): Reply {
  if (path.endsWith('/Microsoft.ResourceGraph/resources')) return query(heard, world);
  if (path === '/subscriptions') return { json: { value: Object.keys(world.subscriptions).map((id) => ({ id: `/subscriptions/${id}`, subscriptionId: id, displayName: `name of ${id}`, state: 'Enabled', tenantId: world.tenant })) } };
  const subscription = world.subscriptions[/^\/subscriptions\/([^/]+)/.exec(path)?.[1]?.toLowerCase() ?? ''];
  if (!subscription) return refuse(404, 'SubscriptionNotFound', 'The subscription was not found.');
  if (path.endsWith('/providers/Microsoft.Authorization/permissions')) return { json: { value: [{ actions: subscription.granted ?? ['*/read', 'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action'], notActions: [] }] } };
  const rows = subscription.lists?.[path.toLowerCase()];
  if (rows === undefined && /\/(blobservices|firewallrules|denyassignments|roleeligibility|listnetworkmanager)/i.test(path)) return paged([], heard, base + path, world, 'nextLink');
  return rows === undefined ? refuse(404, 'ResourceNotFound', `nothing at ${path}`) : paged(rows, heard, base + path, world, 'nextLink');
}

function query(heard: Heard, world: AzureWorld): Reply {
  const { subscriptions: [id = ''], query: text, options } = JSON.parse(heard.body) as { subscriptions: string[]; query: string; options: { $skipToken?: string; $top: number } };
  const subscription = world.subscriptions[id];
  if (!subscription) return refuse(403, 'AccessDenied', 'no access');
  const types = /type in~ \(([^)]*)\)/.exec(text)?.[1]?.split(',').map((t) => t.trim().replaceAll('\'', '').toLowerCase());
  const table = text.startsWith('resourcecontainers') ? subscription.groups : text.startsWith('authorizationresources') ? subscription.authorization : subscription.resources;
  const rows = (table ?? []).filter((r) => types === undefined || types.includes(String(r['type']).toLowerCase()));
  const start = Number(options.$skipToken ?? 0), end = start + Math.min(world.pageSize ?? options.$top, options.$top);
  return { json: { totalRecords: rows.length, count: Math.min(end, rows.length) - start, resultTruncated: 'false', data: rows.slice(start, end), ...(end < rows.length && { $skipToken: String(end) }) } };
}

function graph(heard: Heard, path: string, world: AzureWorld, base: string): Reply {
  const rows = world.directory?.[decodeURIComponent(path.replace('/v1.0', ''))];
  return rows === undefined ? refuse(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.') : paged(rows, heard, base + path, world, '@odata.nextLink');
}

function paged(rows: readonly Row[], heard: Heard, url: string, world: AzureWorld, key: string): Reply {
  const start = Number(heard.query.get('$skiptoken') ?? 0), end = start + (world.pageSize ?? 1000);
  const query = new URLSearchParams(heard.query);
  query.set('$skiptoken', String(end));
  return { json: { value: rows.slice(start, end), ...(end < rows.length && { [key]: `${url}?${query.toString()}` }) } };
}
