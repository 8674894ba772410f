import type { EntityType } from '#shared/model/finding.ts';
import { awsEntity, type AwsScope, type EntityId } from './aws-entity.ts';
import { resourceOfConsole } from './console-address.ts';

export interface CloudResource {
  /** `aws`, `azure`, `gcp`, `kubernetes` or whatever the tool says. */
  readonly provider: string | undefined;
  /** The provider's id as the tool gives it. */
  readonly id: string;
  readonly type: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** What a resource type's name says in any cloud's words, most specific first. */
const typeWords: readonly (readonly [RegExp, EntityType])[] = [
  [/access ?key|api ?key|cloud ?key/, 'access_key'], [/service ?account|service ?principal|managed ?identity/, 'service_account'],
  [/snapshot/, 'snapshot'], [/volume|disk\b|file ?system/, 'volume'], [/container ?image|image|\bami\b/, 'image'],
  [/network ?interface|\beni\b|\bnic\b/, 'eni'], [/security ?group|firewall|\bnsg\b/, 'sg'], [/network ?acl/, 'nacl'], [/subnet/, 'subnet'],
  [/route ?table/, 'route_table'], [/load ?balancer/, 'lb'], [/gateway/, 'gateway'], [/virtual ?network|\bvpc\b|\bnetworks?$/, 'vpc'], [/endpoint/, 'endpoint'],
  [/bucket|storage ?accounts?|blob|storage container/, 'bucket'], [/key ?vault|secret|crypto ?key|encryption ?key|kms/, 'secret_key'],
  [/kubernetes ?cluster|managed ?clusters?|\bcluster$|container ?service|kubernetes ?api ?server/, 'cluster'], [/\bpods?\b/, 'pod'], [/\bnode\b|kubelet/, 'node'],
  [/deployment|daemon ?set|stateful ?set|replica ?set|container/, 'container_workload'], [/sql|database|\bdb\b|cosmos|bigquery|redis/, 'database'],
  [/virtual ?machines?|\bvms?\b|vm ?instance|compute ?instance|\binstances?$|\bserver\b/, 'vm'], [/serverless|functions?\b|lambda|cloud ?run|web ?apps?|\bsites\b/, 'function'],
  [/queue|topic|pub ?sub|event ?hub|service ?bus/, 'queue_topic'], [/certificate/, 'certificate'], [/repositor/, 'repository'],
  [/cluster ?role|\broles?\b|role ?binding/, 'role'], [/user|principal|identity|\baccount member/, 'user'], [/\bgroups?\b/, 'group'], [/polic(y|ies)/, 'policy'],
  [/subscription|project|\baccount\b/, 'account'], [/domain|dns/, 'domain'], [/ip ?address|elastic ?ip|public ?ip/, 'ip'], [/host/, 'host'], [/application|\bapp\b/, 'application'],
];

/** The entity type that a resource type's name tells (`VIRTUAL_MACHINE`, `Microsoft.Compute/virtualMachines`, `FirewallRule`). */
export function entityTypeOfName(type: string | undefined): EntityType {
  const words = (type ?? '').slice(0, 200).replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().replaceAll(/[^a-z0-9]+/g, ' ').trim();
  return words === '' ? 'other' : typeWords.find(([pattern]) => pattern.test(words))?.[1] ?? 'other';
}

/**
 * The canonical entity of a resource in any cloud: AWS by ARN (see `awsEntity`), Azure by resource id in lower case (ids are
 * case-insensitive), Google Cloud by full resource name (`//compute.googleapis.com/projects/…`), also where a page of their consoles is given; what has none of
 * these keeps its id.
 */
export function cloudEntity(resource: CloudResource, scope: AwsScope): EntityId {
  const id = resourceOfConsole(resource.id.trim(), scope.account) ?? resource.id.trim();
  const provider = resource.provider?.toLowerCase() ?? '';
  if (provider === 'aws' || id.startsWith('arn:')) return awsTyped(awsEntity(id, resource.type, scope), resource.type);
  const entity_type = entityTypeOfName(resource.type);
  if (id.length > 2048) return { entity: id, entity_type, aliases: [] };
  const azure = /(\/subscriptions\/.+?)(?:##\w+)?$/i.exec(id)?.[1]?.toLowerCase();
  if (azure !== undefined && (provider === '' || provider.startsWith('azure') || id.startsWith('/'))) return { entity: azure, entity_type: azureType(azure, entity_type), aliases: azure === id ? [] : [id] };
  const google = googleName(id);
  if (google !== undefined) return { entity: google, entity_type, aliases: google === id ? [] : [id] };
  if (provider === 'gcp' && entity_type === 'bucket' && /^[a-z0-9._-]+$/.test(id)) return { entity: `//storage.googleapis.com/${id}`, entity_type, aliases: [id] };
  const path = resource.namespace !== undefined && resource.name !== undefined ? `${resource.namespace}/${resource.name}` : undefined;
  return { entity: id, entity_type, aliases: path === undefined || path === id ? [] : [path] };
}

/** Where the ARN doesn't tell the type, the tool's word does. */
const awsTyped = (found: EntityId, type: string | undefined): EntityId => found.entity_type === 'other' ? { ...found, entity_type: entityTypeOfName(type) } : found;

/** What the id says; tools also write the service's name for a type. An id is `…/providers/<service>/<type>/<name>[/<type>/<name>]`, and names say nothing. */
function azureType(id: string, told: EntityType): EntityType {
  if (/^\/subscriptions\/[^/]+$/.test(id)) return 'account';
  const [service, ...parts] = /\/providers\/(.+)$/.exec(id)?.[1]?.split('/') ?? [];
  const byId = entityTypeOfName([service, ...parts.filter((_, i) => i % 2 === 0)].join(' '));
  return byId === 'other' ? told : byId;
}

/** The subscription in an Azure resource id. */
export const subscriptionIn = (id: string): string | undefined => /^\/subscriptions\/([^/]+)/.exec(id)?.[1];

/** `https://www.googleapis.com/compute/v1/projects/…` and `https://compute.googleapis.com/compute/v1/…` as Cloud Asset Inventory names them. */
function googleName(id: string): string | undefined {
  if (/^\/\/[a-z0-9.-]+\.googleapis\.com\//.test(id)) return id;
  const link = /^https:\/\/(?:www|[a-z]+)\.googleapis\.com\/([a-z]+)\/(?:v\d\w*|beta|alpha)\/(projects\/.+)$/.exec(id);
  if (link) return `//${link[1]}.googleapis.com/${link[2]}`;
  const bucket = /^https:\/\/(?:www|storage)\.googleapis\.com\/storage\/v\d\/b\/([^/]+)$/.exec(id)?.[1];
  return bucket === undefined ? undefined : `//storage.googleapis.com/${bucket}`;
}
