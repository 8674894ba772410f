import type { ServerOptions } from 'node:https';
import { k8sKinds } from '#electron/connectors/k8s/kinds.ts';
import { restServer, type Heard, type Reply, type RestServer } from './rest-server.ts';

export interface KubeWorld {
  /** Objects as manifests, by `resource` or `resource.group`. */
  readonly objects: Readonly<Record<string, readonly object[]>>;
  /** Tokens that are let in, and who they are. */
  readonly users: Map<string, string>;
  /** `list secrets`, `list pods in shop`: refused with 403. */
  readonly denied?: ReadonlySet<string>;
  /** Objects a page, whatever the client asks for. */
  readonly pageSize?: number;
  /** API groups that are served besides the built-in ones, with their versions. */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

const builtIn: Readonly<Record<string, readonly string[]>> = { apps: ['v1'], batch: ['v1'], 'networking.k8s.io': ['v1'], 'rbac.authorization.k8s.io': ['v1'], 'admissionregistration.k8s.io': ['v1'], 'authorization.k8s.io': ['v1'], 'authentication.k8s.io': ['v1'] };
const status = (code: number, reason: string, message: string, metadata = {}): Reply => ({ status: code, json: { kind: 'Status', apiVersion: 'v1', metadata, status: 'Failure', message, reason, code } });
export const gone = (offered?: string): Reply => status(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result.', offered === undefined ? {} : { continue: offered });
export const isList = (resource: string) => (heard: Heard): boolean => heard.method === 'GET' && heard.path.endsWith(`/${resource}`);

/** A cluster's API server: discovery, paged lists, reviews, bearer tokens or client certificates. */
export async function kubeServer(world: KubeWorld, tls?: ServerOptions): Promise<RestServer> {
  const groups = { ...builtIn, ...world.groups };
  return restServer((heard) => answer(heard, world, groups), tls);
}

function answer(heard: Heard, world: KubeWorld, groups: Readonly<Record<string, readonly string[]>>): Reply {
  const user = world.users.get(heard.headers['authorization']?.replace(/^Bearer /, '') ?? '') ?? world.users.get(`certificate of ${heard.subject ?? ''}`);
  if (user === undefined) return status(401, 'Unauthorized', 'Unauthorized');
  if (heard.path === '/apis') return { json: { kind: 'APIGroupList', apiVersion: 'v1', groups: Object.entries(groups).map(([name, versions]) => ({ name, versions: versions.map((version) => ({ groupVersion: `${name}/${version}`, version })) })) } };
  if (heard.path.endsWith('/selfsubjectreviews')) return { status: 201, json: { kind: 'SelfSubjectReview', status: { userInfo: { username: user } } } };
  if (heard.path.endsWith('/selfsubjectaccessreviews')) return review(heard, world);
  const found = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(heard.path);
  const kind = found && k8sKinds.find((k) => k.group === (found[1] ?? '') && k.resource === found[4]);
  if (!found || !kind || heard.method !== 'GET' || (kind.group !== '' && groups[kind.group]?.includes(found[2] ?? '') !== true)) return status(404, 'NotFound', 'the server could not find the requested resource');
  const id = `${kind.resource}${kind.group === '' ? '' : `.${kind.group}`}`, namespace = found[3];
  if (isDenied(world, id, namespace)) return status(403, 'Forbidden', `${id} is forbidden: User "${user}" cannot list resource "${kind.resource}" at the cluster scope`);
  const all = (world.objects[id] ?? []).filter((o) => namespace === undefined || (o as { metadata: { namespace?: string } }).metadata.namespace === namespace);
  const start = Number(/^at-(\d+)/.exec(heard.query.get('continue') ?? '')?.[1] ?? 0), end = start + Math.min(world.pageSize ?? 500, Number(heard.query.get('limit') ?? 500));
  const isPartial = heard.headers['accept']?.includes('PartialObjectMetadataList') === true;
  const items = all.slice(start, end).map((o) => (isPartial ? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: (o as { metadata: object }).metadata } : o));
  return { json: { kind: isPartial ? 'PartialObjectMetadataList' : `${kind.kind}List`, apiVersion: isPartial ? 'meta.k8s.io/v1' : found[1] === undefined ? 'v1' : `${found[1]}/${found[2]}`, metadata: { resourceVersion: '7', ...(end < all.length && { continue: `at-${end}` }) }, items } };
}

const isDenied = (world: KubeWorld, id: string, namespace: string | undefined): boolean => world.denied?.has(`list ${id}`) === true && (namespace === undefined || world.denied.has(`list ${id} in ${namespace}`));

function review(heard: Heard, world: KubeWorld): Reply {
  const { resource, group, namespace } = (JSON.parse(heard.body) as { spec: { resourceAttributes: { resource: string; group: string; namespace?: string } } }).spec.resourceAttributes;
  return { status: 201, json: { kind: 'SelfSubjectAccessReview', status: { allowed: !isDenied(world, `${resource}${group === '' ? '' : `.${group}`}`, namespace) } } };
}

/** A kubeconfig for a server with a user as written. */
export const kubeconfigFor = (url: string, user: object, { cluster = 'shop-prod', ca, context = 'prod' }: { readonly cluster?: string; readonly ca?: string; readonly context?: string } = {}): string => JSON.stringify({
  apiVersion: 'v1', kind: 'Config', 'current-context': context, contexts: [{ name: context, context: { cluster, user: 'auditor' } }], users: [{ name: 'auditor', user }],
  clusters: [{ name: cluster, cluster: { server: url, ...(ca !== undefined && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }) } }],
});
