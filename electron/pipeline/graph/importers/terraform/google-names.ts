import { isObject, str } from '#shared/lib/json.ts';
import { bucketName, computeName, containerName, gcpTypes, projectName, serviceAccountName } from '#shared/model/gcp.ts';
import { providerSetting } from './plan-providers.ts';
import { resolveOne, type Planned } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold } from './untold.ts';

/** `Terraform type | service | Cloud Asset type | path below the project`; `{…}` are attributes. */
const table = `
compute_instance|compute|compute/Instance|zones/{zone}/instances/{name}
compute_firewall|compute|compute/Firewall|global/firewalls/{name}
compute_network|compute|compute/Network|global/networks/{name}
compute_subnetwork|compute|compute/Subnetwork|regions/{region}/subnetworks/{name}
compute_route|compute|compute/Route|global/routes/{name}
compute_router|compute|compute/Router|regions/{region}/routers/{name}
compute_forwarding_rule|compute|compute/ForwardingRule|regions/{region}/forwardingRules/{name}
compute_global_forwarding_rule|compute|compute/ForwardingRule|global/forwardingRules/{name}
compute_backend_service|compute|compute/BackendService|global/backendServices/{name}
compute_region_backend_service|compute|compute/BackendService|regions/{region}/backendServices/{name}
compute_url_map|compute|compute/UrlMap|global/urlMaps/{name}
compute_region_url_map|compute|compute/UrlMap|regions/{region}/urlMaps/{name}
compute_target_http_proxy|compute|compute/TargetHttpProxy|global/targetHttpProxies/{name}
compute_target_https_proxy|compute|compute/TargetHttpsProxy|global/targetHttpsProxies/{name}
compute_region_target_http_proxy|compute|compute/TargetHttpProxy|regions/{region}/targetHttpProxies/{name}
compute_region_target_https_proxy|compute|compute/TargetHttpsProxy|regions/{region}/targetHttpsProxies/{name}
compute_target_tcp_proxy|compute|compute/TargetTcpProxy|global/targetTcpProxies/{name}
compute_target_ssl_proxy|compute|compute/TargetSslProxy|global/targetSslProxies/{name}
compute_target_pool|compute|compute/TargetPool|regions/{region}/targetPools/{name}
compute_target_instance|compute|compute/TargetInstance|zones/{zone}/targetInstances/{name}
compute_instance_group|compute|compute/InstanceGroup|zones/{zone}/instanceGroups/{name}
compute_region_network_endpoint_group|compute|compute/NetworkEndpointGroup|regions/{region}/networkEndpointGroups/{name}
cloud_run_service|run|run/Service|locations/{location}/services/{name}
cloud_run_v2_service|run|run/Service|locations/{location}/services/{name}
cloudfunctions_function|cloudfunctions|cloudfunctions/CloudFunction|locations/{region}/functions/{name}
cloudfunctions2_function|cloudfunctions|cloudfunctions/Function|locations/{location}/functions/{name}
sql_database_instance|cloudsql|sqladmin/Instance|instances/{name}
container_cluster|container|container/Cluster|locations/{location}/clusters/{name}
secret_manager_secret|secretmanager|secretmanager/Secret|secrets/{secret_id}
pubsub_topic|pubsub|pubsub/Topic|topics/{name}
pubsub_subscription|pubsub|pubsub/Subscription|subscriptions/{name}
bigquery_dataset|bigquery|bigquery/Dataset|datasets/{dataset_id}
kms_key_ring|cloudkms|cloudkms/KeyRing|locations/{location}/keyRings/{name}
kms_crypto_key|cloudkms|cloudkms/CryptoKey|{key_ring}/cryptoKeys/{name}
artifact_registry_repository|artifactregistry|artifactregistry/Repository|locations/{location}/repositories/{repository_id}
project_iam_custom_role|iam|iam/Role|roles/{role_id}
`;
interface Known { readonly service: string; readonly type: string; readonly path: string }
const known: ReadonlyMap<string, Known> = new Map(table.trim().split('\n').map((line) => {
  const [name = '', service = '', type = '', path = ''] = line.split('|');
  return [`google_${name}`, { service: `${service}.googleapis.com`, type: type.replace('/', '.googleapis.com/'), path }];
}));
const special: ReadonlyMap<string, string> = new Map([['google_storage_bucket', gcpTypes.bucket], ['google_service_account', gcpTypes.serviceAccount], ['google_project', gcpTypes.project], ['google_folder', gcpTypes.folder]]);

/** The Cloud Asset type of a Terraform type; undefined for those that nothing evaluates. */
export const googleType = (type: string): string | undefined => known.get(type)?.type ?? special.get(type);

type Named = Pick<Planned, 'type' | 'values' | 'address'>;

/** What the configuration of its provider sets for a resource that doesn't: `project`, `region`, `zone`. */
const ofProvider = (plan: unknown, key: string, { address }: Pick<Named, 'address'>): string | undefined => providerSetting(plan, /^google(-beta)?$/, key, address);

/** The project of a resource: its own, that in its id or link, the provider's; `_` where none is told. */
export function projectOf(r: Pick<TfResource, 'plan'>, found: Pick<Named, 'values' | 'address'>): string {
  const { values } = found, inLink = ['self_link', 'id', 'name'].map((key) => /(?:^|\/)projects\/([^/]+)\//.exec(str(values, key) ?? '')?.[1]).find((p) => p !== undefined);
  return str(values, 'project') ?? inLink ?? ofProvider(r.plan, 'project', found) ?? '_';
}

export const accountEmail = (r: Pick<TfResource, 'plan'>, found: Named): string => str(found.values, 'email') ?? `${str(found.values, 'account_id') ?? found.address}@${projectOf(r, found)}.iam.gserviceaccount.com`;

/** A project, folder or organization as its children name it: `p`, `folders/1`. A folder that is yet to be made goes by its address. */
export function containerId({ type, values, address }: Named): string {
  if (type === 'google_folder') return (str(values, 'name') ?? str(values, 'id') ?? `folders/${address.replaceAll('/', '_')}`).replace(/^(?!folders\/)/, 'folders/');
  return str(values, 'project_id') ?? str(values, 'org_id') ?? str(values, 'name') ?? address;
}

/** The zone, region or location of a resource, by itself or by the provider; undefined where none is told. */
export function placeIn(r: TfResource, key: string): string | undefined {
  if (isUntold(r, key)) return str(resolveOne(r.resolve, key)?.values, key);
  return str(r.values, key) ?? ofProvider(r.plan, key === 'zone' ? 'zone' : 'region', r);
}

/** The Cloud Run service beneath a second-generation function (Cloud Run functions, "Execution environment"): its name with hyphens; undefined for other types. */
export function runName(r: Pick<TfResource, 'plan'>, found: Named): string | undefined {
  const path = found.type === 'google_cloudfunctions2_function' ? googleName(r, found) : undefined;
  return path === undefined ? undefined : path.replace('//cloudfunctions.', '//run.').replace(/functions\/([^/]+)$/, (_, name: string) => `services/${name.toLowerCase().replaceAll('_', '-')}`);
}

/** The full resource name by which Cloud Asset Inventory calls it; undefined for types that it doesn't know by name here. */
export function googleName(r: Pick<TfResource, 'plan'>, found: Named): string | undefined {
  const { type, values, address } = found, project = projectOf(r, found), id = str(values, 'id') ?? '', link = str(values, 'self_link');
  if (type === 'google_storage_bucket') return bucketName(str(values, 'name') ?? address);
  if (type === 'google_project') return projectName(str(values, 'project_id') ?? address);
  if (type === 'google_folder') return containerName(containerId(found));
  if (type === 'google_service_account') return serviceAccountName(project, accountEmail(r, found));
  const of = known.get(type);
  if (!of) return undefined;
  if (of.service === 'compute.googleapis.com' && link !== undefined) return computeName(link);
  if (/^projects\/[^/]+\/.+\/.+/.test(id)) return `//${of.service}/${id}`;
  const region = str(values, 'region') ?? str(values, 'zone')?.replace(/-[a-z]$/, '') ?? ofProvider(r.plan, 'region', found);
  const given: Readonly<Record<string, string | undefined>> = { zone: str(values, 'zone') ?? ofProvider(r.plan, 'zone', found), region, location: str(values, 'location') ?? region };
  const path = of.path.replace(/\{(\w+)\}/g, (_, key: string) => (given[key] ?? str(values, key) ?? address).replace(/^.*\/(?=(zones|regions)\/)/, '').replace(/^https:.*\//, ''));
  return path.startsWith('projects/') ? `//${of.service}/${path}` : `//${of.service}/projects/${project}/${path}`;
}

/** The full name behind a link in an attribute: a URL, a path, a bare name in a collection of its own, or the resource that a plan refers to. */
export function linkOf(r: TfResource, value: unknown, path: string, collection: string): string | undefined {
  if (typeof value === 'string' && value !== '') return value.includes('projects/') ? computeName(value) : `//compute.googleapis.com/projects/${projectOf(r, r)}/${collection}/${value}`;
  const found = resolveOne(r.resolve, path);
  return found && googleName(r, found);
}

/** Keys of Terraform in the API's words, at every level; blocks that stand at most once are objects. */
export function camelData(value: unknown, single: ReadonlySet<string>, depth = 0): unknown {
  if (depth > 30) return value;
  if (Array.isArray(value)) return value.map((item) => camelData(item, single, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => {
    if (inner === null) return [];
    const name = words.get(key) ?? key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    if (maps.has(key)) return [[name, inner]];
    const one = single.has(key) && Array.isArray(inner) ? inner[0] : inner;
    return one === undefined || one === null ? [] : [[name, camelData(one, single, depth + 1)]];
  }));
}
const words: ReadonlyMap<string, string> = new Map([['nat_ip', 'natIP'], ['network_ip', 'networkIP']]);
/** Under these stand names of the customer's own. */
const maps: ReadonlySet<string> = new Set(['labels', 'annotations', 'user_labels', 'resource_labels']);
