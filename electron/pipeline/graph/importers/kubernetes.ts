import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { parseTime } from '#shared/lib/time.ts';
import { isClusterScoped, k8sLabel, k8sType, k8sUrn, serviceAccountUser, unnamedCluster } from '#shared/model/k8s.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import type { Importer } from './importer.ts';
import { objectEdges } from './kubernetes/edges.ts';
import { namedBy } from './kubernetes/named-objects.ts';
import { nodeKindOf } from './kubernetes/node-kind.ts';
import { withoutSecrets } from '#shared/model/k8s-without-secrets.ts';

/** A List in a List is as deep as kubectl nests. */
const maxDepth = 4;

/**
 * Kubernetes objects: `kubectl get -o json` or `-o yaml` (lists of one or many kinds, single objects), the API's own lists, and manifests. Values of
 * Secrets and ConfigMaps, and of environment variables, are neither read nor kept.
 */
export const kubernetes: Importer = {
  name: 'kubernetes', kind: 'resources',
  description: 'Kubernetes: kubectl get -o json or yaml, API lists, manifests (JSON, multi-document YAML)',
  containers: [{ kind: 'json-path', paths: ['items'] }, { kind: 'json' }, { kind: 'yaml' }],
  detect, redact: withoutSecrets,
  parse(record, context) {
    const objects = objectsOf(record, context, 0);
    if (!objects.ok) return objects;
    const read: { resource: Resource; edges: readonly Edge[] }[] = [];
    for (const found of objects.value) {
      const one = readObject(found, context);
      if (!one.ok) return one;
      read.push(one.value);
    }
    const named = read.flatMap((r) => namedBy(r.resource));
    return ok<Normalized>({ resources: [...read.map((r) => r.resource), ...new Map(named.map((r) => [r.urn, r])).values()], edges: read.flatMap((r) => r.edges) });
  },
};

/** An object names its API version and kind; the version (`v1`, `apps/v1`) tells it from other documents with those two keys. */
const isObjectOfApi = (value: unknown): boolean => isObject(value) && /^([a-z0-9.-]+\/)?v\d+((alpha|beta)\d+)?$/.test(str(value, 'apiVersion') ?? '') && /^[A-Z]\w*$/.test(str(value, 'kind') ?? '');
const isSomeObject = (value: unknown): boolean => isObjectOfApi(value) && ('metadata' in Object(value) || 'items' in Object(value));

function detect({ document, records, text }: Sample): number {
  if (isObject(document) || Array.isArray(document)) {
    if (isObjectOfApi(document) && isObject(document) && (Array.isArray(document['items']) || str(document, 'kind')?.endsWith('List') === true)) return 92;
    return [document, ...records].some(isSomeObject) ? 90 : 0;
  }
  // YAML is told by its text: both keys at the start of a line.
  const isYaml = !/^\s*[[{<]/.test(text) && /^apiVersion:\s*["']?([a-z0-9.-]+\/)?v\d+((alpha|beta)\d+)?["']?\s*(#.*)?$/m.test(text) && /^kind:\s*["']?[A-Z]\w*["']?\s*(#.*)?$/m.test(text);
  return isYaml ? 90 : 0;
}

interface Found { readonly object: JsonObject; readonly apiVersion: string; readonly kind: string }

/** The objects in a record: itself, or what a list holds. Items of the API's own lists (`PodList`) leave their kind to the list. */
function objectsOf(record: unknown, context: RecordContext, depth: number): Result<readonly Found[]> {
  if (!isObject(record)) return err('not an object');
  const around = context.from === 'items' && depth === 0 ? context.parents.at(-1) : undefined;
  const kind = str(record, 'kind') ?? str(around, 'kind')?.replace(/List$/, ''), apiVersion = str(record, 'apiVersion') ?? str(around, 'apiVersion');
  if (kind === undefined || kind === '') return err('kind is missing');
  if (apiVersion === undefined) return err('apiVersion is missing');
  if (!kind.endsWith('List') || !(Array.isArray(record['items']) || record['items'] === null)) return ok([{ object: record, apiVersion, kind }]);
  if (depth >= maxDepth) return err('lists are nested too deep');
  const objects: Found[] = [];
  for (const item of list(record, 'items')) {
    const inner = objectsOf(item, { ...context, from: 'items', parents: [record] }, depth === 0 ? 0 : depth + 1);
    if (!inner.ok) return inner;
    objects.push(...inner.value);
  }
  return ok(objects);
}

/** The cluster's name: as the user calls it, else where the objects say it: the list's or the object's own annotation, Cluster API's label, the field of old servers. */
function clusterOf(object: JsonObject, context: RecordContext): string {
  if (context.cluster !== undefined) return context.cluster;
  const places = [...context.parents.map((p) => at(p, 'metadata')), object['metadata']];
  const named = places.flatMap((m) => [str(m, 'annotations', 'winnow/cluster'), str(m, 'clusterName'), str(m, 'annotations', 'cluster.x-k8s.io/cluster-name'), str(m, 'labels', 'cluster.x-k8s.io/cluster-name')]);
  return named.find((name) => name !== undefined) ?? unnamedCluster;
}

function readObject({ object, apiVersion, kind }: Found, context: RecordContext): Result<{ resource: Resource; edges: readonly Edge[] }> {
  const name = object['metadata'] === undefined ? undefined : at(object, 'metadata', 'name');
  const generated = str(object, 'metadata', 'generateName');
  if (typeof name !== 'string' || name === '') return err(generated === undefined ? 'metadata.name is missing or no text' : `metadata.name is missing: the object is named by the server (generateName ${generated.slice(0, 100)})`);
  const cluster = clusterOf(object, context);
  const namespace = isClusterScoped(apiVersion, kind) ? undefined : str(object, 'metadata', 'namespace') ?? (kind.startsWith('Cluster') ? undefined : 'default');
  const id = { cluster, namespace, kind, name };
  const created = parseTime(at(object, 'metadata', 'creationTimestamp'));
  const resource: Resource = {
    urn: k8sUrn(id), type: k8sType(apiVersion, kind), kind: nodeKindOf(kind), name, account: cluster, aliases: aliasesOf(id, object), tags: labelsOf(object),
    deleted: false, config: { apiVersion, kind, ...object }, source: 'kubernetes', provenance: 'observed', ...(created !== undefined && { created_us: created }),
  };
  return ok({ resource, edges: objectEdges(resource, { ...id, object }) });
}

/** Labels are what Kubernetes has for tags. */
const labelsOf = (object: JsonObject): Record<string, string> => {
  const labels = at(object, 'metadata', 'labels');
  return isObject(labels) ? Object.fromEntries(Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))) : {};
};

function aliasesOf(id: { readonly cluster: string; readonly namespace: string | undefined; readonly kind: string; readonly name: string }, object: JsonObject): readonly string[] {
  const { namespace, kind, name, cluster } = id;
  const label = k8sLabel(id);
  const isPod = kind === 'Pod', hasOwnAddress = isPod && at(object, 'spec', 'hostNetwork') !== true;
  const aliases = [
    label, `${cluster}/${label}`, ...(namespace === undefined ? [`${kind}/${name}`.toLowerCase()] : [`${namespace}/${kind.toLowerCase()}/${name}`]), str(object, 'metadata', 'uid'),
    ...(kind === 'ServiceAccount' && namespace !== undefined ? [serviceAccountUser(namespace, name)] : []), ...(kind === 'Node' ? [name] : []),
    ...(nodeKindOf(kind) === 'container_workload' || isPod ? [`${namespace ?? ''}/${name}`] : []),
    ...(hasOwnAddress ? [str(object, 'status', 'podIP'), ...list(object, 'status', 'podIPs').map((p) => str(p, 'ip'))] : []),
    ...(kind === 'Service' ? list(object, 'status', 'loadBalancer', 'ingress').flatMap((i) => [str(i, 'hostname'), str(i, 'ip')]) : []),
  ];
  return [...new Set(aliases)].filter((a) => a !== undefined).sort();
}
