import { restServer, type Heard, type Reply, type RestServer } from './rest-server.ts';

type Row = Readonly<Record<string, unknown>>;
export interface GcpWorld {
  /** Assets below a place (`projects/shop`), by content type. */
  readonly assets: Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>>;
  /** Resource Manager's words for a place, by every name that it goes by. */
  readonly containers: Readonly<Record<string, Row>>;
  readonly iam?: Readonly<Record<string, Row>>;
  readonly orgPolicies?: Readonly<Record<string, readonly Row[]>>;
  /** Deny policies by place. */
  readonly denies?: Readonly<Record<string, readonly Row[]>>;
  /** Groups of the directory, and their members: type and address. */
  readonly groups?: Readonly<Record<string, readonly (readonly [type: string, id: string])[]>>;
  readonly tokens: Set<string>;
  readonly held?: readonly string[];
  readonly pageSize?: number;
}

export const refuse = (status: number, state: string, message: string, ...details: readonly Row[]): Reply => ({ status, json: { error: { code: status, message, status: state, details } } });
export const denied = refuse(403, 'PERMISSION_DENIED', 'The caller does not have permission');
export const isAssets = (content: string) => (heard: Heard): boolean => heard.path.endsWith('/assets') && heard.query.get('contentType') === content;

/** Interfaces of Google Cloud, each under its host's name. */
export async function gcpServer(world: GcpWorld): Promise<RestServer> {
  return restServer((heard) => {
    const [, host = '', ...rest] = heard.path.split('/'), path = rest.join('/');
    if (host === 'oauth2.googleapis.com' || host === 'metadata.google.internal') return { status: 404 };
    if (!world.tokens.has(heard.headers['authorization']?.replace(/^Bearer /, '') ?? '')) return refuse(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    switch (host) {
      case 'cloudasset.googleapis.com': return assets(heard, path, world);
      case 'cloudresourcemanager.googleapis.com': return manager(heard, path, world);
      case 'orgpolicy.googleapis.com': { const policies = world.orgPolicies?.[/^v2\/(.+)\/policies$/.exec(path)?.[1] ?? '']; return policies ? { json: { policies } } : denied; }
      case 'iam.googleapis.com': return denies(path, world);
      case 'cloudidentity.googleapis.com': return identity(heard, path, world);
      default: return { status: 404 };
    }
  });
}

/** Groups by address, with their members; others may not be asked about. */
function identity(heard: Heard, path: string, world: GcpWorld): Reply {
  const groups = Object.keys(world.groups ?? {});
  if (path === 'v1/groups:lookup') { const i = groups.indexOf(heard.query.get('groupKey.id') ?? ''); return i < 0 ? refuse(403, 'PERMISSION_DENIED', 'Error(2028): Permission denied for group resource (or it may not exist).') : { json: { name: `groups/g${i}` } }; }
  const members = world.groups?.[groups[Number(/^v1\/groups\/g(\d+)\/memberships$/.exec(path)?.[1])] ?? ''];
  return members === undefined ? { status: 404 } : { json: { memberships: members.map(([type, id], i) => ({ name: `${path.slice(3)}/${i}`, type, ...(id !== '' && { preferredMemberKey: { id } }), roles: [{ name: 'MEMBER' }] })) } };
}

function assets(heard: Heard, path: string, world: GcpWorld): Reply {
  const searched = /^v1\/(.+):searchAllIamPolicies$/.exec(path)?.[1];
  if (searched !== undefined) return { json: { results: (world.assets[searched]?.['IAM_POLICY'] ?? []).map((row) => ({ resource: row['name'], policy: row['iamPolicy'] })) } };
  const below = world.assets[/^v1\/(.+)\/assets$/.exec(path)?.[1] ?? ''];
  if (!below) return denied;
  const types = heard.query.getAll('assetTypes');
  const rows = (below[heard.query.get('contentType') ?? ''] ?? []).filter((r) => types.length === 0 || types.includes(String(r['assetType'])));
  const start = Number(heard.query.get('pageToken')?.replace('page-', '') ?? 0), end = start + (world.pageSize ?? 1000);
  return { json: { readTime: '2026-11-29T00:00:00Z', assets: rows.slice(start, end), ...(end < rows.length && { nextPageToken: `page-${end}` }) } };
}

function manager(heard: Heard, path: string, world: GcpWorld): Reply {
  const [, place = '', verb] = /^v3\/([^:]+)(?::(\w+))?$/.exec(path) ?? [];
  if (verb === 'testIamPermissions') { const { permissions } = JSON.parse(heard.body) as { permissions: string[] }; return { json: { permissions: permissions.filter((p) => world.held?.includes(p) ?? true) } }; }
  if (verb === 'getIamPolicy') { const policy = world.iam?.[place]; return policy ? { json: policy } : denied; }
  const found = world.containers[place];
  return found ? { json: found } : denied;
}

function denies(path: string, world: GcpWorld): Reply {
  const [, attached = '', name] = /^v2\/policies\/([^/]+)\/denypolicies(?:\/(.+))?$/.exec(path) ?? [];
  const policies = world.denies?.[decodeURIComponent(attached).replace('cloudresourcemanager.googleapis.com/', '')];
  if (!policies) return denied;
  // The list leaves the rules out.
  if (name === undefined) return { json: { policies: policies.map(({ rules: _, ...rest }) => rest) } };
  const one = policies.find((p) => String(p['name']).endsWith(`/${name}`));
  return one ? { json: one } : { status: 404 };
}
