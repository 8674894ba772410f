import { at, isObject, str } from '#shared/lib/json.ts';
import { bucketName, projectName, serviceAccountName } from '#shared/model/gcp.ts';
import { accountEntity, isAccountId, type EntityId } from '../../aws-entity.ts';
import { cloudEntity } from '../../cloud-entity.ts';

/** What is kept of a resource: its collection in the report and what it is called by. */
export interface ScoutResource { readonly collection: string; readonly arn?: string; readonly id?: string; readonly name?: string; readonly email?: string; readonly group?: string }
/** Where an item lies, by the words of its path: `ec2.regions.eu-west-1.vpcs.vpc-1.security_groups.sg-1…`. */
export interface ScoutPlace { readonly region?: string; readonly zone?: string; readonly project?: string; readonly subscription?: string }

/** Collections of places, and of parts of a resource: what lies in them is no resource of its own. */
const NO_RESOURCES: ReadonlySet<string> = new Set(['regions', 'projects', 'subscriptions', 'zones', 'rules', 'protocols', 'ports', 'cidrs', 'inline_policies', 'PolicyDocument', 'Statement', 'listeners', 'AccessKeys', 'grants', 'allowed_traffic', 'grantees', 'bindings', 'keys_', 'permissions', 'source', 'routes']);
const ARNS = ['arn', 'Arn', 'ARN', 'TrailARN', 'KeyArn', 'DBInstanceArn', 'FunctionArn', 'TopicArn', 'QueueArn', 'LoadBalancerArn', 'CertificateArn', 'ClusterArn'];
const MOST_JOINED = 5;

/** The resource that an item lies in, and where; `way` is the path to look along (`display_path` leads to resources, `path` also to their parts), `id` in it stands for any name. */
export function resourceOfItem(services: unknown, item: string, way: string): { readonly resource?: ScoutResource; readonly place: ScoutPlace } {
  const steps = item.split('.'), words = way.split('.').slice(0, 40), place: Record<string, string> = {};
  let node = at(services, steps[0] ?? ''), resource: ScoutResource | undefined, next = 1;
  for (let i = 1; i < words.length && next < steps.length; i++) {
    const [key, used] = keyAt(node, steps, next);
    node = at(node, key);
    next += used;
    const collection = words[i - 1] ?? '';
    if (words[i] !== 'id') continue;
    if (collection === 'regions') place['region'] = key;
    if (collection === 'zones') place['zone'] = key;
    if (collection === 'projects') place['project'] = key;
    if (collection === 'subscriptions') place['subscription'] = key;
    if (!NO_RESOURCES.has(collection) && !(collection === 'keys' && resource?.email !== undefined)) resource = identityOf(node, collection, key) ?? resource;
  }
  return { ...(resource && { resource }), place };
}

/** The key that the path goes on with: a name may have dots of its own. */
function keyAt(node: unknown, steps: readonly string[], from: number): readonly [key: string, used: number] {
  for (let count = 1; count <= MOST_JOINED && from + count <= steps.length; count++) {
    const key = steps.slice(from, from + count).join('.');
    if (isObject(node) && Object.hasOwn(node, key)) return [key, count];
  }
  return [steps[from] ?? '', 1];
}

function identityOf(node: unknown, collection: string, key: string): ScoutResource | undefined {
  if (!isObject(node)) return undefined;
  const arn = ARNS.map((name) => str(node, name)).find((value) => value?.startsWith('arn:')), id = str(node, 'id') ?? key, name = str(node, 'name') ?? str(node, 'Name'), email = str(node, 'email'), group = str(node, 'resource_group_name');
  return { collection, ...(arn !== undefined && { arn }), id, ...(name !== undefined && { name }), ...(email !== undefined && { email }), ...(group !== undefined && { group }) };
}

export type ScoutEntity = EntityId & { readonly account?: string; readonly region?: string };

/** The canonical entity of a resource; where an item lies in none, the account, subscription or project. */
export function scoutEntity(provider: string, account: string | undefined, resource: ScoutResource | undefined, place: ScoutPlace): ScoutEntity | undefined {
  const own = provider === 'gcp' ? place.project ?? account : provider === 'azure' ? place.subscription ?? account : account, region = place.region ?? place.zone;
  const found = provider === 'gcp' ? googleEntity(own, resource, place) : provider === 'azure' ? azureEntity(own, resource) : provider === 'aws' ? awsResource(own, resource, place) : other(own, resource);
  return found && { ...found, ...(own !== undefined && { account: own }), ...(region !== undefined && region !== 'global' && { region }) };
}

const other = (account: string | undefined, resource: ScoutResource | undefined): EntityId | undefined => {
  const entity = resource?.name ?? resource?.id ?? account;
  return entity === undefined ? undefined : { entity, entity_type: resource === undefined ? 'account' : 'other', aliases: resource?.id === undefined || resource.id === entity ? [] : [resource.id] };
};

/** The types of what is known by a name alone; ids of EC2 tell theirs, most else has an ARN. */
const awsTypes: Readonly<Record<string, string>> = { buckets: 'AwsS3Bucket', users: 'AwsIamUser', roles: 'AwsIamRole', groups: 'AwsIamGroup', policies: 'AwsIamPolicy', instances: 'AwsRdsDbInstance', functions: 'AwsLambdaFunction', trails: 'AwsCloudTrailTrail', topics: 'AwsSnsTopic', queues: 'AwsSqsQueue', elbs: 'AwsElbLoadBalancer', clusters: 'AwsRedshiftCluster' };

function awsResource(account: string | undefined, resource: ScoutResource | undefined, place: ScoutPlace): EntityId | undefined {
  const isAccount = resource === undefined || resource.collection === 'password_policy' || resource.name === '<root_account>';
  if (isAccount) return account === undefined ? undefined : isAccountId(account) ? accountEntity(account) : other(account, undefined);
  const scope = { account, region: place.region };
  if (resource.arn !== undefined) return named(cloudEntity({ provider: 'aws', id: resource.arn, type: undefined }, scope), resource);
  if (/^[a-z]+-[0-9a-f]{8,17}$/.test(resource.id ?? '')) return named(cloudEntity({ provider: 'aws', id: resource.id ?? '', type: undefined }, scope), resource);
  const type = resource.collection === 'credential_reports' ? 'AwsIamUser' : awsTypes[resource.collection];
  return named(cloudEntity({ provider: 'aws', id: resource.name ?? resource.id ?? '', type }, scope), resource);
}

/** What it is called besides; ids that the tool made up (hashes) say nothing. */
const named = (found: EntityId, { id, name }: ScoutResource): EntityId => ({ ...found, aliases: [...new Set([...found.aliases, ...[name, id].filter((alias) => alias !== undefined && alias !== '' && !/^[0-9a-f]{40}$/.test(alias))])].filter((alias) => alias !== found.entity).map(String) });

const azureTypes: Readonly<Record<string, string>> = {
  storage_accounts: 'Microsoft.Storage/storageAccounts', vaults: 'Microsoft.KeyVault/vaults', network_security_groups: 'Microsoft.Network/networkSecurityGroups', security_groups: 'Microsoft.Network/networkSecurityGroups', virtual_networks: 'Microsoft.Network/virtualNetworks',
  network_interfaces: 'Microsoft.Network/networkInterfaces', instances: 'Microsoft.Compute/virtualMachines', disks: 'Microsoft.Compute/disks', snapshots: 'Microsoft.Compute/snapshots', images: 'Microsoft.Compute/images', servers: 'Microsoft.Sql/servers', web_apps: 'Microsoft.Web/sites',
  postgresql_servers: 'Microsoft.DBforPostgreSQL/servers', mysql_servers: 'Microsoft.DBforMySQL/servers', redis_caches: 'Microsoft.Cache/Redis', clusters: 'Microsoft.ContainerService/managedClusters', watchers: 'Microsoft.Network/networkWatchers',
};

/** The report has hashes for resource ids, and mostly the parts to build them from. */
function azureEntity(subscription: string | undefined, resource: ScoutResource | undefined): EntityId | undefined {
  if (resource === undefined) return subscription === undefined ? undefined : { entity: `/subscriptions/${subscription}`.toLowerCase(), entity_type: 'account', aliases: [subscription] };
  const type = azureTypes[resource.collection];
  if (type !== undefined && subscription !== undefined && resource.group !== undefined && resource.name !== undefined) {
    return named(cloudEntity({ provider: 'azure', id: `/subscriptions/${subscription}/resourceGroups/${resource.group}/providers/${type}/${resource.name}`, type }, {}), resource);
  }
  return named(cloudEntity({ provider: 'azure', id: resource.name ?? resource.id ?? '', type: type ?? resource.collection.replaceAll('_', ' ').replace(/s$/, '') }, {}), resource);
}

function googleEntity(project: string | undefined, resource: ScoutResource | undefined, { zone, region }: ScoutPlace): EntityId | undefined {
  if (project === undefined) return resource === undefined ? undefined : other(undefined, resource);
  if (resource === undefined) return { entity: projectName(project), entity_type: 'account', aliases: [project] };
  const name = resource.name ?? resource.id ?? '', full = (service: string, path: string, entity_type: EntityId['entity_type']): EntityId => named({ entity: `//${service}.googleapis.com/projects/${project}/${path}/${name}`, entity_type, aliases: [] }, resource);
  switch (resource.collection) {
    case 'buckets': return named({ entity: bucketName(name), entity_type: 'bucket', aliases: [] }, resource);
    case 'service_accounts': return named({ entity: serviceAccountName(project, resource.email ?? name), entity_type: 'service_account', aliases: [] }, resource);
    case 'firewalls': return full('compute', 'global/firewalls', 'sg');
    case 'networks': return full('compute', 'global/networks', 'vpc');
    case 'subnetworks': return region === undefined ? other(project, resource) : full('compute', `regions/${region}/subnetworks`, 'subnet');
    case 'snapshots': return full('compute', 'global/snapshots', 'snapshot');
    case 'instances': return zone === undefined ? full('cloudsql', 'instances', 'database') : full('compute', `zones/${zone}/instances`, 'vm');
    case 'clusters': return zone === undefined && region === undefined ? other(project, resource) : full('container', zone === undefined ? `locations/${region ?? ''}/clusters` : `zones/${zone}/clusters`, 'cluster');
    default: return other(project, resource);
  }
}
