import { parseArn } from '#shared/lib/arn.ts';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { accountEntity, arnEntity, awsEntity, isAccountId, type AwsScope, type EntityId } from '../../aws-entity.ts';
import { remembered } from '../../remembered.ts';

const fromArn = (arn: string | undefined, scope: AwsScope): EntityId | undefined => {
  const parsed = arn === undefined ? undefined : parseArn(arn);
  return parsed && arnEntity(parsed, scope);
};
const named = (name: string | undefined, type: string, scope: AwsScope): EntityId | undefined => name === undefined ? undefined : awsEntity(name, type, scope);

/**
 * The user, role or account behind an access key (`accessKeyDetails`): for an assumed role `userName` is the role's name.
 * A long-term key of a user (`AKIA…`) is an alias of the user; a session's key is not.
 */
export function principalEntity(details: unknown, scope: AwsScope): EntityId | undefined {
  if (!isObject(details)) return undefined;
  const type = str(details, 'userType') ?? '';
  const name = str(details, 'userName');
  if (/^root$/i.test(type) && isAccountId(scope.account)) return accountEntity(scope.account);
  const key = str(details, 'accessKeyId');
  if (name === undefined || /^(AWSAccount|AWSService)$/i.test(type)) return named(key, '', scope);
  if (/federated/i.test(type)) return awsEntity(name, 'AWS::IAM::FederatedUser', scope);
  const holder = awsEntity(name, /role/i.test(type) ? 'AWS::IAM::Role' : 'AWS::IAM::User', scope);
  return key?.startsWith('AKIA') === true ? { ...holder, aliases: [...holder.aliases, key] } : holder;
}

/** Entities of the resource blocks of a finding (camelCase keys), the one that `resourceType` names first. */
export function resourceEntities(finding: unknown, scope: AwsScope): readonly EntityId[] {
  const resource = at(finding, 'resource');
  const type = str(resource, 'resourceType') ?? '';
  const found = readersOf(type).flatMap((read) => read(resource, scope));
  if (found.length > 0) return distinct(found);
  const any = readers.flatMap(([, read]) => read(resource, scope)).slice(0, 1);
  return any.length > 0 ? any : distinct(mentioned(finding, scope));
}

type Read = (resource: unknown, scope: AwsScope) => readonly EntityId[];
const present = (...entities: readonly (EntityId | undefined)[]): readonly EntityId[] => entities.flatMap((entity) => entity ?? []);

const instance: Read = (resource, scope) => present(named(str(resource, 'instanceDetails', 'instanceId'), 'AWS::EC2::Instance', scope));
const cluster: Read = (resource, scope) => present(
  fromArn(str(resource, 'eksClusterDetails', 'arn'), scope) ?? named(str(resource, 'eksClusterDetails', 'name'), 'AWS::EKS::Cluster', scope),
);
const ecs: Read = (resource, scope) => present(
  fromArn(str(resource, 'ecsClusterDetails', 'arn'), scope) ?? named(str(resource, 'ecsClusterDetails', 'name'), 'AWS::ECS::Cluster', scope),
);
const bucket: Read = (resource, scope) => list(resource, 's3BucketDetails').slice(0, 100).flatMap((details) => present(
  fromArn(str(details, 'arn') ?? str(details, 's3ObjectDetails', 0, 'objectArn'), scope) ?? named(str(details, 'name'), 'AWS::S3::Bucket', scope),
));
const database: Read = (resource, scope) => present(
  fromArn(str(resource, 'rdsDbInstanceDetails', 'dbInstanceArn') ?? str(resource, 'rdsLimitlessDbDetails', 'dbShardGroupArn'), scope)
    ?? named(str(resource, 'rdsDbInstanceDetails', 'dbInstanceIdentifier'), 'AWS::RDS::DBInstance', scope),
);
const lambda: Read = (resource, scope) => present(
  fromArn(str(resource, 'lambdaDetails', 'functionArn'), scope) ?? named(str(resource, 'lambdaDetails', 'functionName'), 'AWS::Lambda::Function', scope),
);
const volume: Read = (resource, scope) => present(
  fromArn(str(resource, 'ebsVolumeDetails', 'scannedVolumeDetails', 0, 'volumeArn'), scope), fromArn(str(resource, 'ebsSnapshotDetails', 'snapshotArn'), scope),
  fromArn(str(resource, 'ec2ImageDetails', 'imageArn'), scope), fromArn(str(resource, 'recoveryPointDetails', 'recoveryPointArn'), scope),
);
const principal: Read = (resource, scope) => present(principalEntity(at(resource, 'accessKeyDetails'), scope));

/** A container belongs to the host or cluster that it runs on: that is what can be isolated and what other tools name. */
const readers: readonly (readonly [RegExp, Read])[] = [
  [/^(EC2)?Instance$/i, instance], [/^(EKSCluster|KubernetesCluster)$/i, cluster], [/^ECSCluster$/i, ecs],
  [/^Container$/i, (resource, scope) => [...cluster(resource, scope), ...ecs(resource, scope), ...instance(resource, scope)].slice(0, 1)],
  [/^S3(Bucket|Object)$/i, bucket], [/^RDS/i, database], [/^Lambda/i, lambda], [/^(EBS|EC2AMI|RecoveryPoint)/i, volume], [/^AccessKey$/i, principal],
];

const readersOf = remembered((type: string): readonly Read[] => readers.flatMap(([names, read]) => (names.test(type) ? [read] : [])));

/** Entities of an attack sequence: its own resources and actors. */
export function sequenceEntities(finding: unknown, scope: AwsScope): readonly EntityId[] {
  const sequence = at(finding, 'service', 'detection', 'sequence');
  const resources = list(sequence, 'resources').slice(0, 200).flatMap((item) => {
    const place = { ...scope, account: str(item, 'accountId') ?? scope.account, region: str(item, 'region') ?? scope.region };
    const kind = (str(item, 'resourceType') ?? '').toLowerCase().replace(/_/g, '');
    const key = at(item, 'data', 'accessKey'), held = kind === 'accesskey' && isObject(key) ? principalEntity({ accessKeyId: str(item, 'uid'), ...key }, place) : undefined;
    return present(held ?? named(str(item, 'uid') ?? str(item, 'name'), kind, place));
  });
  const actors = list(sequence, 'actors').slice(0, 50).flatMap((actor) => {
    const user = at(actor, 'user');
    const place = { ...scope, account: str(user, 'account', 'uid') ?? scope.account };
    return present(principalEntity({ userName: str(user, 'name'), userType: str(user, 'type'), accessKeyId: str(user, 'credentialUid') }, place));
  });
  const wanted = /^AttackSequence:(\w+)/.exec(str(finding, 'type') ?? '')?.[1] ?? '';
  const types: Readonly<Record<string, readonly string[]>> = { S3: ['bucket'], EKS: ['cluster'], ECS: ['cluster'], EC2: ['vm'], IAM: ['user', 'role', 'account'] };
  const first = Object.hasOwn(types, wanted) ? types[wanted] ?? [] : [];
  const all = distinct([...resources, ...actors]);
  return [...all.filter((entity) => first.includes(entity.entity_type)), ...all.filter((entity) => !first.includes(entity.entity_type))];
}

/** Where the resource block is missing: the affected resources of the call, else the principal that title or description names. */
function mentioned(finding: unknown, scope: AwsScope): readonly EntityId[] {
  const affected = at(finding, 'service', 'action', 'awsApiCallAction', 'affectedResources');
  const arns = isObject(affected) ? Object.values(affected).flatMap((arn) => present(fromArn(typeof arn === 'string' ? arn : undefined, scope))) : [];
  if (arns.length > 0) return arns.slice(0, 1);
  const text = `${str(finding, 'title') ?? ''}\n${str(finding, 'description') ?? ''}`.slice(0, 5000);
  const who = /\b(IAMUser|AssumedRole|Role|FederatedUser)[/:]\s?([\w+=,.@-]+)/.exec(text);
  const account = /\bin account (\d{12})\b/.exec(text)?.[1] ?? scope.account;
  if (who) return present(principalEntity({ userType: who[1], userName: who[2]?.replace(/[.,]+$/, '') }, { ...scope, account }));
  return present(named(/\bi-[0-9a-f]{8,17}\b/.exec(text)?.[0], 'AWS::EC2::Instance', scope));
}

function distinct(entities: readonly EntityId[]): readonly EntityId[] {
  const seen = new Set<string>();
  return entities.filter(({ entity }) => !seen.has(entity) && seen.add(entity) !== undefined);
}
