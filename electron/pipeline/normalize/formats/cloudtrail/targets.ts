import { parseArn, partitionOf } from '#shared/lib/arn.ts';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { awsEntity } from '../../aws-entity.ts';

type Raw = Readonly<Record<string, unknown>>;
const ec2 = (type: string): string => `AWS::EC2::${type}`;

/** Request parameters that name a resource, and its type; those that only one service uses so have the service in front. */
const parameters: Readonly<Record<string, string>> = {
  bucketName: 'AWS::S3::Bucket', roleName: 'AWS::IAM::Role', 'iam:userName': 'AWS::IAM::User', 'iam:groupName': 'AWS::IAM::Group', instanceProfileName: 'AWS::IAM::InstanceProfile',
  instanceId: ec2('Instance'), groupId: ec2('SecurityGroup'), vpcId: ec2('VPC'), subnetId: ec2('Subnet'), volumeId: ec2('Volume'), snapshotId: ec2('Snapshot'), imageId: ec2('Image'),
  networkInterfaceId: ec2('NetworkInterface'), routeTableId: ec2('RouteTable'), internetGatewayId: ec2('InternetGateway'), networkAclId: ec2('NetworkAcl'), natGatewayId: ec2('NatGateway'),
  functionName: 'AWS::Lambda::Function', keyId: 'AWS::KMS::Key', dBInstanceIdentifier: 'AWS::RDS::DBInstance', dBClusterIdentifier: 'AWS::RDS::DBCluster',
  dBSnapshotIdentifier: 'AWS::RDS::DBSnapshot', dBClusterSnapshotIdentifier: 'AWS::RDS::DBClusterSnapshot', tableName: 'AWS::DynamoDB::Table', secretId: 'AWS::SecretsManager::Secret',
  trailName: 'AWS::CloudTrail::Trail', 'cloudtrail:name': 'AWS::CloudTrail::Trail', 'eks:name': 'AWS::EKS::Cluster', 'eks:clusterName': 'AWS::EKS::Cluster', repositoryName: 'AWS::ECR::Repository',
  logGroupName: 'AWS::Logs::LogGroup', streamName: 'AWS::Kinesis::Stream', stackName: 'AWS::CloudFormation::Stack', 'guardduty:detectorId': 'AWS::GuardDuty::Detector',
};
const NODE_LIMIT = 400, DEPTH_LIMIT = 6;

/**
 * What an event was done to, without repetition, as ARNs where account and region are known: for S3 the bucket first, then the object; then what AWS lists under `resources`,
 * what the request names, and what the response says was made.
 */
export function cloudtrailTargets(event: Raw): readonly string[] {
  const region = str(event, 'awsRegion'), account = str(event, 'recipientAccountId') ?? str(event, 'userIdentity', 'accountId');
  const partition = parseArn(str(event, 'userIdentity', 'arn') ?? '')?.partition ?? partitionOf(region);
  const service = (str(event, 'eventSource') ?? '').split('.')[0] ?? '';
  const scope: Scope = { region, account, partition, service, left: NODE_LIMIT, found: new Set() };
  if (service === 's3') addBucket(event, scope);
  for (const resource of list(event, 'resources')) add(str(resource, 'ARN') ?? str(resource, 'arn'), scope);
  collect(at(event, 'requestParameters'), scope, 0);
  // A sign-in names its user under userIdentity; the response of a creating call names what was made.
  collect(at(event, 'responseElements'), scope, 0);
  return [...scope.found];
}

interface Scope {
  readonly region: string | undefined; readonly account: string | undefined; readonly partition: string; readonly service: string;
  left: number; readonly found: Set<string>;
}

function addBucket(event: Raw, scope: Scope): void {
  const bucket = str(event, 'requestParameters', 'bucketName');
  if (bucket === undefined) {
    const arn = list(event, 'resources').map((r) => str(r, 'ARN')).find((text) => text !== undefined && /^arn:[a-z-]+:s3:::[^/]+$/.test(text));
    add(arn, scope);
    return;
  }
  const arn = bucket.startsWith('arn:') ? bucket : `arn:${scope.partition}:s3:::${bucket}`;
  scope.found.add(arn);
  const key = str(event, 'requestParameters', 'key');
  if (key !== undefined) scope.found.add(`${arn}/${key}`);
}

const add = (arn: string | undefined, scope: Scope): void => { if (arn !== undefined && parseArn(arn)) scope.found.add(arn); };

function collect(value: unknown, scope: Scope, depth: number): void {
  if (depth > DEPTH_LIMIT || --scope.left < 0) return;
  if (Array.isArray(value)) { for (const item of value) collect(item, scope, depth + 1); return; }
  if (!isObject(value)) { if (typeof value === 'string' && value.startsWith('arn:') && !value.includes('*')) add(value, scope); return; }
  for (const [key, item] of Object.entries(value)) {
    const type = typeOf(key, scope.service);
    if (typeof item === 'string' && type !== undefined && item.trim() !== '') addNamed(item, type, scope);
    else if (typeof item === 'string' && key === 'queueUrl') addQueue(item, scope);
    else collect(item, scope, depth + 1);
  }
}

function typeOf(key: string, service: string): string | undefined {
  const own = `${service}:${key}`;
  if (Object.hasOwn(parameters, own)) return parameters[own];
  return Object.hasOwn(parameters, key) ? parameters[key] : undefined;
}

function addNamed(id: string, type: string, scope: Scope): void {
  // An id whose account or region is unknown stays as it is: still something to match by.
  scope.found.add(awsEntity(id, type, scope).entity);
}

function addQueue(url: string, scope: Scope): void {
  const m = /^https?:\/\/(?:sqs\.)?([a-z0-9-]+)\.[^/]+\/(\d{12})\/([^/]+)$/.exec(url);
  if (m) scope.found.add(`arn:${scope.partition}:sqs:${m[1] === 'queue' ? (scope.region ?? '') : (m[1] ?? '')}:${m[2] ?? ''}:${m[3] ?? ''}`);
}
