import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { bucketName, gcpTypes, projectIn } from '#shared/model/gcp.ts';

export interface Named { readonly name: string; readonly type: string; readonly data: JsonObject }

/** Cloud Asset types by the collection in a resource's path, per service. */
const compute: Readonly<Record<string, string>> = {
  instances: 'Instance', firewalls: 'Firewall', networks: 'Network', subnetworks: 'Subnetwork', forwardingRules: 'ForwardingRule', routes: 'Route', routers: 'Router', backendServices: 'BackendService', urlMaps: 'UrlMap',
  targetPools: 'TargetPool', targetInstances: 'TargetInstance', instanceGroups: 'InstanceGroup', instanceGroupManagers: 'InstanceGroupManager', firewallPolicies: 'FirewallPolicy', addresses: 'Address', disks: 'Disk', images: 'Image', snapshots: 'Snapshot',
  targetHttpProxies: 'TargetHttpProxy', targetHttpsProxies: 'TargetHttpsProxy', targetTcpProxies: 'TargetTcpProxy', targetSslProxies: 'TargetSslProxy', networkEndpointGroups: 'NetworkEndpointGroup', backendBuckets: 'BackendBucket', projects: 'Project',
};
/** Resources whose `name` is `projects/…`, by their last collection. */
const named: Readonly<Record<string, readonly [service: string, type: string]>> = {
  serviceAccounts: ['iam.googleapis.com', 'ServiceAccount'], roles: ['iam.googleapis.com', 'Role'], secrets: ['secretmanager.googleapis.com', 'Secret'], topics: ['pubsub.googleapis.com', 'Topic'], subscriptions: ['pubsub.googleapis.com', 'Subscription'],
  functions: ['cloudfunctions.googleapis.com', 'CloudFunction'], services: ['run.googleapis.com', 'Service'], cryptoKeys: ['cloudkms.googleapis.com', 'CryptoKey'], repositories: ['artifactregistry.googleapis.com', 'Repository'],
  policies: ['orgpolicy.googleapis.com', 'Policy'], servicePerimeters: ['accesscontextmanager.googleapis.com', 'ServicePerimeter'], keys: ['iam.googleapis.com', 'ServiceAccountKey'], principalAccessBoundaryPolicies: ['iam.googleapis.com', 'PrincipalAccessBoundaryPolicy'], policyBindings: ['iam.googleapis.com', 'PolicyBinding'],
};

/** What a resource of `gcloud … list --format json` or of a REST list is; undefined when nothing tells. */
export function listedAsset(record: JsonObject): Named | undefined {
  return fromLink(record) ?? storageBucket(record) ?? project(record) ?? runService(record) ?? denyPolicy(record) ?? fromName(record);
}

function fromLink(record: JsonObject): Named | undefined {
  const kind = str(record, 'kind') ?? '', link = str(record, 'selfLink') ?? '';
  if (kind === 'storage#bucket') return bucket(str(record, 'name'), record);
  if (kind === 'sql#instance' || /\/sql\/v\d\w*\//.test(link)) return below('cloudsql.googleapis.com', str(record, 'project') ?? projectIn(link), 'instances', str(record, 'name'), gcpTypes.sql, record);
  const cluster = /container\.googleapis\.com\/v\d\w*\/(projects\/.+)$/.exec(link)?.[1];
  if (cluster !== undefined) return { name: `//container.googleapis.com/${cluster.replace('/zones/', '/locations/')}`, type: gcpTypes.cluster, data: record };
  const path = /\/compute\/(?:v1|beta|alpha)\/((?:projects|locations)\/.+)$/.exec(link)?.[1] ?? /compute\.googleapis\.com\/(projects\/.+)$/.exec(link)?.[1];
  const collection = path?.split('/').at(-2);
  const type = compute[collection ?? ''] ?? (kind.startsWith('compute#') ? capital(kind.slice('compute#'.length)) : undefined);
  if (path === undefined || type === undefined) return undefined;
  return { name: `//compute.googleapis.com/${path}`, type: `compute.googleapis.com/${type}`, data: record };
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
const bucket = (name: string | undefined, data: JsonObject): Named | undefined => (name === undefined ? undefined : { name: bucketName(name), type: gcpTypes.bucket, data });
const below = (service: string, project: string | undefined, collection: string, name: string | undefined, type: string, data: JsonObject): Named | undefined =>
  (project === undefined || name === undefined ? undefined : { name: `//${service}/projects/${project}/${collection}/${name}`, type, data });

/** `gcloud storage buckets list` has words of its own for what the API calls iamConfiguration. */
function storageBucket(record: JsonObject): Named | undefined {
  const url = str(record, 'storage_url');
  if (url === undefined || !/^gs:\/\/[^/]+\/?$/.test(url)) return undefined;
  const iamConfiguration = {
    ...('uniform_bucket_level_access' in record && { uniformBucketLevelAccess: isObject(record['uniform_bucket_level_access']) ? record['uniform_bucket_level_access'] : { enabled: record['uniform_bucket_level_access'] === true } }),
    ...('public_access_prevention' in record && { publicAccessPrevention: record['public_access_prevention'] }),
  };
  const data = { ...record, iamConfiguration, ...('default_acl' in record && { defaultObjectAcl: record['default_acl'] }), ...('creation_time' in record && { timeCreated: record['creation_time'] }) };
  return bucket(str(record, 'name') ?? url.slice('gs://'.length).replace(/\/$/, ''), data);
}

function project(record: JsonObject): Named | undefined {
  const id = str(record, 'projectId');
  if (id === undefined || !('projectNumber' in record || 'lifecycleState' in record) || 'email' in record) return undefined;
  return { name: `//cloudresourcemanager.googleapis.com/projects/${id}`, type: gcpTypes.project, data: record };
}

/** Cloud Run as a Knative service: the namespace is the project's number. */
function runService(record: JsonObject): Named | undefined {
  if (str(record, 'kind') !== 'Service' || !(str(record, 'apiVersion') ?? '').startsWith('serving.knative.dev/')) return undefined;
  const location = str(record, 'metadata', 'labels', 'cloud.googleapis.com/location'), space = str(record, 'metadata', 'namespace'), name = str(record, 'metadata', 'name');
  if (location === undefined || space === undefined || name === undefined) return undefined;
  return { name: `//run.googleapis.com/projects/${space}/locations/${location}/services/${name}`, type: gcpTypes.runService, data: record };
}

function denyPolicy(record: JsonObject): Named | undefined {
  const name = str(record, 'name');
  if (name === undefined || !/^policies\/.+\/denypolicies\//.test(name)) return undefined;
  return { name: `//iam.googleapis.com/${name}`, type: gcpTypes.denyPolicy, data: record };
}

function fromName(record: JsonObject): Named | undefined {
  const path = str(record, 'name') ?? '';
  const parts = path.split('/');
  const known = named[parts.at(-2) ?? ''];
  if (!/^(projects|folders|organizations|accessPolicies)\/[^/]+\/.+/.test(path) || !known) return undefined;
  const [service, word] = known;
  const type = word === 'CloudFunction' && (at(record, 'serviceConfig') !== undefined || at(record, 'environment') === 'GEN_2') ? 'Function' : word;
  const isBare = word === 'ServiceAccountKey' ? list(record, 'keyType').length > 0 : true;
  return isBare ? { name: `//${service}/${path}`, type: `${service}/${type}`, data: record } : undefined;
}
