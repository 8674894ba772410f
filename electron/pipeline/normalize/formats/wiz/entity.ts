import { str } from '#shared/lib/json.ts';
import type { EntityId } from '../../aws-entity.ts';
import { cloudEntity, entityTypeOfName } from '../../cloud-entity.ts';
import { resourceOfConsole } from '../../console-address.ts';

export interface WizResource {
  /** The provider's ids, best first (`providerId`, `externalId`, the id in a console address, the name). */
  readonly ids: readonly (string | undefined)[];
  /** Wiz's object type (`VIRTUAL_MACHINE`) and the provider's (`Microsoft.Compute/virtualMachines`, `ec2#instance`). */
  readonly type: string | undefined;
  readonly nativeType: string | undefined;
  readonly platform: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly consoleUrl: string | undefined;
  readonly name: string | undefined;
}

/** Wiz's object types by the AWS type whose ARN can be built from a name or short id. */
const awsTypes: Readonly<Record<string, string>> = {
  bucket: 'AWS::S3::Bucket', virtualmachine: 'AWS::EC2::Instance', serverless: 'AWS::Lambda::Function', useraccount: 'AWS::IAM::User', accessrole: 'AWS::IAM::Role',
  dbserver: 'AWS::RDS::DBInstance', subscription: 'account', firewall: 'AWS::EC2::SecurityGroup', volume: 'AWS::EC2::Volume', virtualnetwork: 'AWS::EC2::VPC', subnet: 'AWS::EC2::Subnet',
  kubernetescluster: 'AWS::EKS::Cluster', messagingservice: 'AWS::SQS::Queue', snapshot: 'AWS::EC2::Snapshot', networkinterface: 'AWS::EC2::NetworkInterface',
};

/** The canonical entity of the resource that Wiz reports: an ARN wherever one is given or can be built; undefined when nothing names it. */
export function wizEntity(resource: WizResource): EntityId | undefined {
  const given = [...resource.ids, resource.consoleUrl === undefined ? undefined : resourceOfConsole(resource.consoleUrl, resource.account), resource.name].flatMap((id) => id === undefined || id.trim() === '' ? [] : [id.trim()]);
  // The external id may be a hash that is Wiz's own.
  const chosen = given.find((id) => id.startsWith('arn:')) ?? given.find((id) => isAwsShortId(id)) ?? given.find((id) => /^(\/subscriptions\/|\/\/|https:\/\/[\w.]+\.googleapis\.com\/)/i.test(id)) ?? given[0];
  if (chosen === undefined) return undefined;
  const repository = /^([\w.-]+\.[a-z]+)##repository##([^#]+)/i.exec(chosen);
  if (repository !== null) return { entity: `https://${repository[1]?.toLowerCase() ?? ''}/${repository[2] ?? ''}`, entity_type: 'repository', aliases: resource.ids.flatMap((id) => id ?? []) };
  const isAws = resource.platform?.toUpperCase() === 'AWS' || chosen.startsWith('arn:') || isAwsShortId(chosen);
  const key = (resource.type ?? resource.nativeType ?? '').toLowerCase().replace(/[^a-z]/g, '');
  const isName = chosen === resource.name && !resource.ids.includes(chosen);
  const awsType = isAws && Object.hasOwn(awsTypes, key) ? awsTypes[key] : undefined;
  // A VM's name is a tag, not its id: no ARN can be made of it.
  const type = isName && key !== 'bucket' ? resource.type ?? resource.nativeType : awsType ?? resource.nativeType ?? resource.type;
  const found = cloudEntity({ provider: isAws ? 'aws' : resource.platform, id: chosen, type, name: resource.name }, { account: resource.account, region: resource.region });
  const told = found.entity_type === 'other' ? wizType(key, resource) : found.entity_type;
  const others = resource.ids.flatMap((id) => id === undefined || id.trim() === '' || id === chosen || id === found.entity ? [] : [id]);
  return { ...found, entity_type: told, aliases: [...new Set([...found.aliases, ...others])] };
}

function wizType(key: string, { type, nativeType }: WizResource): EntityId['entity_type'] {
  if (key === 'useraccount') return 'user';
  const told = entityTypeOfName(type);
  return told === 'other' ? entityTypeOfName(nativeType) : told;
}

const isAwsShortId = (id: string): boolean => /^(i|sg|vpc|subnet|vol|eni|snap|ami|acl|rtb|igw|nat)-[0-9a-f]{8,17}$/.test(id);

/** The resource of an issue node's `entitySnapshot` or `entity`, or of the webhook's `resource`. */
export function snapshotResource(snapshot: unknown): WizResource {
  return {
    ids: [str(snapshot, 'providerId'), str(snapshot, 'externalId'), str(snapshot, 'providerUniqueId')],
    type: str(snapshot, 'type'), nativeType: str(snapshot, 'nativeType'), platform: str(snapshot, 'cloudPlatform'),
    account: str(snapshot, 'subscriptionExternalId') ?? str(snapshot, 'subscriptionId'), region: str(snapshot, 'region'),
    consoleUrl: str(snapshot, 'cloudProviderURL'), name: str(snapshot, 'name'),
  };
}
