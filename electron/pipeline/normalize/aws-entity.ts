import { parseArn, partitionOf, type Arn } from '#shared/lib/arn.ts';
import type { EntityType } from '#shared/model/finding.ts';
import { awsKindOfType, awsTypeKey, ec2IdPrefixes, entityTypeOfArn } from './aws-resource-kinds.ts';

/** What a finding is about, in the canonical form in which all tools meet. */
export interface EntityId {
  readonly entity: string;
  readonly entity_type: EntityType;
  readonly aliases: readonly string[];
}

/** What the record says around a resource id; fills what a short id or an incomplete ARN leaves out. */
export interface AwsScope {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly partition?: string | undefined;
}

/** ARNs end at 2048 characters (IAM user guide); nothing longer is looked into. */
const LONGEST_ID = 2048;

export const isAccountId = (text: string | undefined): text is string => text !== undefined && /^\d{12}$/.test(text);
export const isRegion = (text: string | undefined): text is string => text !== undefined && /^[a-z]{2}(-[a-z]+)+-\d$/.test(text);
const partitionIn = (scope: AwsScope): string => scope.partition?.match(/^aws[a-z-]*$/)?.[0] ?? partitionOf(scope.region);

/** The account as an entity: its root ARN, with the twelve digits as alias. */
export function accountEntity(account: string, partition = 'aws'): EntityId {
  return { entity: `arn:${partition}:iam::${account}:root`, entity_type: 'account', aliases: [account] };
}

/** A bucket by its name; names are unique within a partition. */
export const bucketEntity = (name: string, partition = 'aws'): EntityId => ({ entity: `arn:${partition}:s3:::${name}`, entity_type: 'bucket', aliases: [name] });

/** The account that a canonical entity's ARN names: the one it is in, whichever account the tool ran in. */
export const accountInArn = (entity: string): string | undefined => /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(entity)?.[1];

const join = (arn: Arn): string => `arn:${arn.partition}:${arn.service}:${arn.region}:${arn.account}:${arn.resource}`;

/**
 * The canonical entity of one AWS resource, however a tool writes it: an ARN (also an assumed-role session, an S3 object, a function
 * version, a log group with `:*`), `AWS::::Account:<id>`, `AWS::EC2::Instance:<id>`, an EC2 short id, an account id, a bucket URL or
 * name, an access key id, or a name whose type tells how its ARN is built. Where account or region are missing, the id stays as it is.
 * @param type the resource type in the words of ASFF, CloudFormation or Config.
 */
export function awsEntity(id: string, type: string | undefined, scope: AwsScope): EntityId {
  const text = id.trim();
  if (text.length > LONGEST_ID) return { entity: text, entity_type: 'other', aliases: [] };
  const account = /^AWS::::Account:(\d{12})$/i.exec(text)?.[1];
  if (account !== undefined) return accountEntity(account, partitionIn(scope));
  const typed = /^(AWS::\w+::\w+):(.+)$/.exec(text);
  if (typed?.[1] !== undefined && typed[2] !== undefined) return awsEntity(typed[2], typed[1], scope);
  const arn = parseArn(text);
  if (arn) return arnEntity(arn, scope);
  if (text === '' || text.startsWith('arn:')) return { entity: text, entity_type: awsKindOfType(type)?.entity_type ?? 'other', aliases: [] };
  // A tool that names the account as the id of a service it found switched off speaks of the account (only a bucket may bear such a name).
  const isAccount = type === undefined || ['account', 'other', ''].includes(awsTypeKey(type)) || (text === scope.account && awsTypeKey(type) !== 's3bucket');
  if (isAccountId(text) && isAccount) return accountEntity(text, partitionIn(scope));
  return ec2Entity(text, scope) ?? s3Entity(text, type, scope) ?? accessKeyEntity(text) ?? namedEntity(text, type, scope);
}

function ec2Entity(text: string, scope: AwsScope): EntityId | undefined {
  const prefix = /^([a-z]+(?:-[a-z]+)?)-[0-9a-z]{8,}$/.exec(text)?.[1];
  const type = prefix !== undefined && Object.hasOwn(ec2IdPrefixes, prefix) ? ec2IdPrefixes[prefix] : undefined;
  return type === undefined ? undefined : namedEntity(text, type, scope);
}

function s3Entity(text: string, type: string | undefined, scope: AwsScope): EntityId | undefined {
  const url = /^s3:\/\/([a-z0-9._-]+)/.exec(text)?.[1] ?? /^(?:https?:\/\/)?([a-z0-9._-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com/.exec(text)?.[1];
  const service = awsKindOfType(type)?.service;
  const name = url ?? (service === 's3' ? /^[a-zA-Z0-9._-]+/.exec(text)?.[0] : undefined);
  return name === undefined ? undefined : bucketEntity(name, partitionIn(scope));
}

function accessKeyEntity(text: string): EntityId | undefined {
  return /^A(?:KI|SI)A[A-Z0-9]{12,}$/.test(text) ? { entity: text, entity_type: 'access_key', aliases: [] } : undefined;
}

function namedEntity(text: string, type: string | undefined, scope: AwsScope): EntityId {
  const kind = awsKindOfType(type);
  if (!kind) return { entity: text, entity_type: 'other', aliases: [] };
  const needsAccount = kind.scope.includes('a') && !isAccountId(scope.account);
  const needsRegion = kind.scope.includes('r') && !isRegion(scope.region);
  if (needsAccount || needsRegion || kind.prefix === '/' || text.includes(' ')) return { entity: text, entity_type: kind.entity_type, aliases: [] };
  const region = kind.scope.includes('r') ? scope.region ?? '' : '';
  const account = kind.scope.includes('a') ? scope.account ?? '' : '';
  return arnEntity({ partition: partitionIn(scope), service: kind.service, region, account, resource: kind.prefix + text }, scope);
}

/** The canonical entity of a parsed ARN; see `awsEntity`. */
export function arnEntity(given: Arn, scope: AwsScope = {}): EntityId {
  const arn = given.service === 'ec2' ? complete(given, scope) : given;
  if (arn.service === 's3') return s3ArnEntity(arn);
  if (arn.service === 'sts' || arn.service === 'iam') return identityEntity(arn);
  const member = arn.service === 'organizations' ? /^account\/.*\/(\d{12})$/.exec(arn.resource)?.[1] : undefined;
  if (member !== undefined) return accountEntity(member, arn.partition);
  const resource = baseResource(arn);
  const entity = join({ ...arn, resource });
  const short = arn.service === 'ec2' || (arn.service === 'kms' && resource.startsWith('key/')) ? resource.slice(resource.indexOf('/') + 1) : undefined;
  const aliases = [...(short !== undefined && short !== resource ? [short] : []), ...(resource === arn.resource ? [] : [join(arn)])];
  return { entity, entity_type: entityTypeOfArn(arn.service, resource), aliases };
}

/** Snapshot and image ARNs are often written without account, some tools leave out the region too: taken from the record. Tenable writes `instance:i-…`. */
function complete(arn: Arn, scope: AwsScope): Arn {
  return {
    ...arn,
    resource: arn.resource.replace(/^([a-z-]+):(?=[a-z-]+-[0-9a-f]{8,17}$)/, '$1/'),
    region: arn.region === '' && isRegion(scope.region) ? scope.region : arn.region,
    account: arn.account === '' && isAccountId(scope.account) ? scope.account : arn.account,
  };
}

/** Without what only qualifies the resource: a function's version, the `:*` of a log group. */
function baseResource(arn: Arn): string {
  if (arn.service === 'lambda') return /^function:[^:]+/.exec(arn.resource)?.[0] ?? arn.resource;
  if (arn.service === 'logs') return arn.resource.replace(/^(log-group:[^:]+):(?:\*|log-stream:.*)$/, '$1');
  return arn.service === 'dynamodb' ? arn.resource.replace(/^(table\/[^/]+)\/(?:stream|index)\/.*$/, '$1') : arn.resource;
}

function s3ArnEntity(arn: Arn): EntityId {
  if (arn.resource === 'account' || arn.resource === 'account-public-access-block') {
    return isAccountId(arn.account) ? accountEntity(arn.account, arn.partition) : { entity: join(arn), entity_type: 'account', aliases: [] };
  }
  if (/^(accesspoint|storage-lens|job|access-grants)\b[/:]?/.test(arn.resource) && arn.account !== '') return { entity: join(arn), entity_type: 'other', aliases: [] };
  const path = arn.account === '' ? arn.resource : arn.resource.replace(/^bucket\//, '');
  const name = path.split('/')[0] ?? '';
  return name === '' ? { entity: join(arn), entity_type: 'bucket', aliases: [] } : bucketEntity(name, arn.partition);
}

/**
 * Users, roles and the account root. A session (`assumed-role/<role>/<session>`) is its role; sessions don't carry the role's path, so
 * an identity with a path also gets its ARN without path as alias (names are unique within the account whatever the path, IAM user guide).
 */
function identityEntity(arn: Arn): EntityId {
  if (arn.resource === 'root' && isAccountId(arn.account)) return accountEntity(arn.account, arn.partition);
  const session = arn.service === 'sts' ? /^assumed-role\/([^/]+)/.exec(arn.resource)?.[1] : undefined;
  if (session !== undefined) return { entity: join({ ...arn, service: 'iam', resource: `role/${session}` }), entity_type: 'role', aliases: [] };
  const [kind = '', ...path] = arn.resource.split('/');
  const name = path.at(-1);
  const isNamed = ['user', 'role', 'group', 'policy'].includes(kind);
  const aliases = isNamed && path.length > 1 && name !== undefined ? [join({ ...arn, resource: `${kind}/${name}` })] : [];
  return { entity: join(arn), entity_type: entityTypeOfArn(arn.service, arn.resource), aliases };
}
