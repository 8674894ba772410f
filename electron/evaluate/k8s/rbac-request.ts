import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Rule } from './rbac-grants.ts';

/** One request as RBAC sees it; `namespace` undefined for cluster-wide, `any` for "in any namespace". */
export interface Request {
  readonly verb: string;
  /** Undefined: whatever group has it. */
  readonly group: string | undefined;
  /** With the subresource: `pods/exec`; or a URL beginning with a slash. */
  readonly resource: string;
  readonly name: string | undefined;
  readonly namespace: string | undefined | { readonly any: true };
}

/** Resources by group; `!` marks those without a namespace. */
const table = `
|pods services secrets configmaps serviceaccounts endpoints events persistentvolumeclaims replicationcontrollers limitranges resourcequotas podtemplates bindings !namespaces !nodes !persistentvolumes !componentstatuses !users !groups
apps|deployments statefulsets daemonsets replicasets controllerrevisions
batch|jobs cronjobs
networking.k8s.io|networkpolicies ingresses !ingressclasses
rbac.authorization.k8s.io|roles rolebindings !clusterroles !clusterrolebindings
policy|poddisruptionbudgets !podsecuritypolicies
autoscaling|horizontalpodautoscalers
certificates.k8s.io|!certificatesigningrequests !signers
admissionregistration.k8s.io|!validatingwebhookconfigurations !mutatingwebhookconfigurations !validatingadmissionpolicies
apiextensions.k8s.io|!customresourcedefinitions
storage.k8s.io|!storageclasses !csidrivers !csinodes !volumeattachments
authentication.k8s.io|!tokenreviews !selfsubjectreviews !userextras
authorization.k8s.io|localsubjectaccessreviews !subjectaccessreviews !selfsubjectaccessreviews !selfsubjectrulesreviews
coordination.k8s.io|leases
discovery.k8s.io|endpointslices
`;
const groups = new Map<string, { readonly group: string; readonly clusterScoped: boolean }>(table.trim().split('\n').flatMap((line) => {
  const [group = '', names = ''] = line.split('|');
  return names.split(' ').map((name) => [name.replace('!', ''), { group, clusterScoped: name.startsWith('!') }] as const);
}));
/** kubectl's short names. */
const short: ReadonlyMap<string, string> = new Map(Object.entries({ po: 'pods', svc: 'services', cm: 'configmaps', sa: 'serviceaccounts', ns: 'namespaces', no: 'nodes', deploy: 'deployments', ds: 'daemonsets', sts: 'statefulsets', rs: 'replicasets', rc: 'replicationcontrollers', cj: 'cronjobs', ing: 'ingresses', netpol: 'networkpolicies', pv: 'persistentvolumes', pvc: 'persistentvolumeclaims', csr: 'certificatesigningrequests', crd: 'customresourcedefinitions', hpa: 'horizontalpodautoscalers', ep: 'endpoints', ev: 'events', quota: 'resourcequotas' }));

/** A resource by its plural, singular, kind or short name, in any case; unknown ones as written. */
function resourceName(text: string): string {
  const lower = text.toLowerCase();
  return [short.get(lower), lower, `${lower}s`, `${lower}es`, lower.replace(/y$/, 'ies')].find((name) => name !== undefined && groups.has(name)) ?? lower;
}
export const isClusterResource = (resource: string): boolean => groups.get(resource.split('/')[0] ?? '')?.clusterScoped === true;

/**
 * Reads an action and what it is done on. Actions: `get secrets`, `get:secrets`, `create pods/exec`, `list deployments.apps`, `update apps/deployments`,
 * `update apps/deployments/scale`, `get /metrics`. Objects: a namespace (`shop`, `shop[Namespace]`, `shop/*`, `ns/shop`), an object (`shop/api[Secret]`, `shop/api`,
 * `admin[ClusterRole]`), `*` for the whole cluster; left out: in any namespace.
 * @returns every reading of it, the likeliest first: the words as written beside what kubectl takes them for, and what stands before a slash as a group of the API.
 */
export function readRequests(action: string, object: string | undefined): Result<readonly Request[]> {
  const [, written = '', rest = ''] = /^\s*([^\s:/]+)(?:\s+|:)(\S+)\s*$/.exec(action) ?? [];
  if (written === '') return err(`action "${action}" is not of the form "VERB RESOURCE", as in "get secrets" or "create pods/exec"`);
  const target = readObject(object), verbs = [...new Set([written.toLowerCase(), written])];
  if (rest.startsWith('/')) return ok(verbs.map((verb) => ({ verb, group: undefined, resource: rest, name: undefined, namespace: undefined })));
  return ok(readResources(rest).flatMap(({ resource, group }) => verbs.map((verb): Request => {
    // A namespace is asked for inside itself.
    if (resource === 'namespaces' && typeof target.namespace === 'string') return { verb, group, resource, name: target.name ?? target.namespace, namespace: target.namespace };
    return { verb, group, resource, name: target.name, namespace: isClusterResource(resource) ? undefined : target.namespace };
  })));
}

interface Resource { readonly resource: string; readonly group: string | undefined }

function readResources(text: string): readonly Resource[] {
  const [first = '', second, ...more] = text.split('/');
  const inGroup = (name: string): Resource => ({ resource: [resourceName(name), ...more].join('/'), group: first });
  // `apps/deployments`: what stands before the slash is a group when it is one or has a dot and what follows is a resource.
  if (second !== undefined && (more.length > 0 || ['apps', 'batch', 'policy', 'autoscaling', 'extensions'].includes(first) || (first.includes('.') && groups.has(resourceName(second))))) return [inGroup(second)];
  const dot = first.indexOf('.'), base = dot < 0 ? first : first.slice(0, dot), name = resourceName(base);
  const readings = [name, base].map((r) => ({ resource: second === undefined ? r : `${r}/${second}`, group: dot < 0 ? groups.get(name)?.group : first.slice(dot + 1) }));
  return [...(name === base ? readings.slice(0, 1) : readings), ...(second !== undefined && !groups.has(name) ? [inGroup(second)] : [])];
}

function readObject(object: string | undefined): Pick<Request, 'name' | 'namespace'> {
  if (object === undefined) return { name: undefined, namespace: { any: true } };
  const text = object.trim().replace(/^k8s:[^/]+\//, '').replace(/^(?:namespaces?|ns)[/:=]/i, '');
  if (['*', '*/*', '', 'cluster'].includes(text)) return { name: undefined, namespace: undefined };
  const label = /^(?:([^/]+)\/)?([^/]+)\[(\w+)\]$/.exec(text);
  if (label) return label[3]?.toLowerCase() === 'namespace' ? { name: undefined, namespace: label[2] } : { name: label[2], namespace: label[1] };
  const [namespace, name, third] = text.split('/');
  // The middle of `shop/secret/api` is the kind.
  return { namespace, name: name === undefined || name === '*' ? undefined : third ?? name };
}

/** Does a rule allow it? As the API server decides (k8s.io/kubernetes, pkg/apis/rbac/v1 evaluation helpers). */
export function ruleAllows(rule: Rule, { verb, group, resource, name }: Request): boolean {
  if (!rule.verbs.some((v) => v === '*' || v === verb)) return false;
  if (resource.startsWith('/')) return rule.urls.some((url) => url === '*' || url === resource || (url.endsWith('*') && resource.startsWith(url.slice(0, -1))));
  if (group !== undefined && !rule.apiGroups.some((g) => g === '*' || g === group)) return false;
  const part = resource.includes('/') ? resource.slice(resource.indexOf('/') + 1) : undefined;
  if (!rule.resources.some((r) => r === '*' || r === resource || (part !== undefined && r === `*/${part}`))) return false;
  return rule.names.length === 0 || (name !== undefined && rule.names.includes(name));
}
