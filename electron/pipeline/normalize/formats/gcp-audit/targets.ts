import { at, list, str, type JsonObject } from '#shared/lib/json.ts';
import { bucketName, serviceAccountName } from '#shared/model/gcp.ts';
import { k8sUrn, unnamedCluster } from '#shared/model/k8s.ts';

/** What an entry is about, as Cloud Asset Inventory names it: a bucket before its object, a dataset before its table, service accounts by email. */
export function gcpTargets(payload: JsonObject, resource: unknown): readonly string[] {
  const names = [str(payload, 'resourceName'), ...list(payload, 'authorizationInfo').slice(0, 20).map((a) => str(a, 'resource'))];
  const service = str(payload, 'serviceName') ?? '';
  return [...new Set([...ofService(payload, service, resource), ...names.flatMap((name) => (name === undefined ? [] : fullNames(name, service, resource)))])];
}

/** What the labels of the monitored resource name, where the entry's own name has numbers or wildcards. */
function ofService(payload: JsonObject, service: string, resource: unknown): readonly string[] {
  const project = str(resource, 'labels', 'project_id'), email = str(resource, 'labels', 'email_id') ?? str(payload, 'response', 'email'), bucket = str(resource, 'labels', 'bucket_name');
  if (/^iam(credentials)?\.googleapis\.com$/.test(service) && email !== undefined) return [serviceAccountName(/@([a-z0-9-]+)\.iam\./.exec(email)?.[1] ?? project ?? '-', email)];
  return service === 'storage.googleapis.com' && bucket !== undefined ? [bucketName(bucket)] : [];
}

function fullNames(name: string, service: string, resource: unknown): readonly string[] {
  const bucket = /^(?:\/\/storage\.googleapis\.com\/)?projects\/_\/buckets\/([^/]+)(?:\/objects\/(.+))?$/.exec(name);
  if (bucket) return [bucketName(bucket[1] ?? ''), ...(bucket[2] === undefined ? [] : [`${bucketName(bucket[1] ?? '')}/${bucket[2]}`])];
  if (service === 'k8s.io') return clusterObject(name, resource);
  if (name.startsWith('//')) return [name];
  const account = /^projects\/[^/]+\/serviceAccounts\/([^/@]+@([a-z0-9-]+)\.iam\.gserviceaccount\.com)/.exec(name);
  if (account) return [serviceAccountName(account[2] ?? '', account[1] ?? '')];
  if (name.startsWith('projects/-/serviceAccounts/')) return [];
  if (/^(projects|folders|organizations)\/[^/]+$/.test(name)) return [`//cloudresourcemanager.googleapis.com/${name}`];
  if (!/^(projects|folders|organizations|locations)\//.test(name) || service === '') return [];
  const dataset = /^(projects\/[^/]+\/datasets\/[^/]+)\/(tables|routines|models)\//.exec(name)?.[1];
  // Clusters of a zone are named by location in Cloud Asset.
  const path = service === 'container.googleapis.com' ? name.replace('/zones/', '/locations/') : name;
  return [`//${service}/${path}`, ...(dataset === undefined ? [] : [`//${service}/${dataset}`])];
}

/** `core/v1/namespaces/ns/pods/name` of a cluster of Kubernetes Engine. */
function clusterObject(name: string, resource: unknown): readonly string[] {
  const cluster = str(at(resource, 'labels'), 'cluster_name') ?? unnamedCluster, m = /^[^/]+\/[^/]+(?:\/namespaces\/([^/]+))?\/([a-z]+)\/([^/]+)/.exec(name);
  if (!m) return [];
  const kind = (m[2] ?? '').replace(/ies$/, 'y').replace(/(ss|x|ch)es$/, '$1').replace(/s$/, '');
  return [k8sUrn({ cluster, ...(m[1] !== undefined && { namespace: m[1] }), kind, name: m[3] ?? '' })];
}
