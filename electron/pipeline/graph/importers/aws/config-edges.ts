import { parseArn } from '#shared/lib/arn.ts';
import { at, list, str } from '#shared/lib/json.ts';
import type { Edge, EdgeKind, Resource } from '#shared/model/resource.ts';
import { buildArn } from './resource-types.ts';

/** A relationship of a resource: it to the other (`to`), or the other to it (`from`). */
type Link = readonly [kind: EdgeKind, direction: 'to' | 'from', other: string | undefined];
type Subject = Pick<Resource, 'urn' | 'type' | 'account' | 'region' | 'config'>;

const ids = (value: unknown, listKey: string, key: string): readonly (string | undefined)[] =>
  list(value, listKey).map((item) => (typeof item === 'string' ? item : str(item, key)));
const nested = (value: unknown, listKey: string, inner: string, key: string): readonly (string | undefined)[] =>
  list(value, listKey).flatMap((item) => list(item, inner).map((x) => str(x, key)));
const to = (kind: EdgeKind, others: readonly (string | undefined)[]): readonly Link[] => others.map((other) => [kind, 'to', other] as const);

/**
 * The relationships that a canonical AWS config states itself (subnet, groups, role, key, routes, targets). Targets may be short ids,
 * which are unique across AWS and resolve as aliases; sources are always ARNs.
 */
export function configEdges(resource: Subject): readonly Edge[] {
  const links = [...placement(resource), ...network(resource), ...identity(resource), ...data(resource), ...balancing(resource)];
  return links.flatMap(([kind, direction, other]) => {
    if (other === undefined || other === resource.urn) return [];
    const [source, target] = direction === 'to' ? [resource.urn, other] : [other, resource.urn];
    return [{ source, kind, target, derived: false, provenance: 'observed' as const }];
  });
}

function placement({ type, config, account, region }: Subject): readonly Link[] {
  const arn = (of: string, id: string | undefined) => (id === undefined ? undefined : buildArn({ type: of, id, account, region }));
  const subnet = str(config, 'SubnetId');
  const vpc = str(config, 'VpcId') ?? str(config, 'VPCId') ?? str(config, 'DBSubnetGroup', 'VpcId') ?? str(config, 'VpcConfig', 'VpcId');
  const inside: Link = subnet !== undefined && type !== 'AWS::EC2::Subnet'
    ? ['CONTAINS', 'from', arn('AWS::EC2::Subnet', subnet)]
    : ['CONTAINS', 'from', type === 'AWS::EC2::VPC' ? undefined : arn('AWS::EC2::VPC', vpc)];
  return [
    inside,
    ...to('ATTACHED_TO', [
      ...ids(config, 'Subnets', 'SubnetId'), ...list(config, 'DBSubnetGroup', 'Subnets').map((s) => str(s, 'SubnetIdentifier')),
      ...ids(config, 'AvailabilityZones', 'SubnetId').filter((id) => id?.startsWith('subnet-')), ...ids(at(config, 'VpcConfig'), 'SubnetIds', 'SubnetId'),
    ]),
  ];
}

function network({ type, config, account, region }: Subject): readonly Link[] {
  const groups = [
    ...ids(config, 'Groups', 'GroupId'), ...ids(config, 'SecurityGroups', 'GroupId'), ...nested(config, 'NetworkInterfaces', 'Groups', 'GroupId'),
    ...ids(config, 'VpcSecurityGroups', 'VpcSecurityGroupId'), ...ids(at(config, 'VpcConfig'), 'SecurityGroupIds', 'GroupId'),
  ];
  const routes = list(config, 'Routes').map((r) => ['GatewayId', 'NatGatewayId', 'TransitGatewayId', 'VpcPeeringConnectionId', 'EgressOnlyInternetGatewayId', 'NetworkInterfaceId']
    .map((key) => str(r, key)).find((id) => id !== undefined && id !== 'local'));
  const accepter = str(config, 'AccepterVpcInfo', 'VpcId'), requester = str(config, 'RequesterVpcInfo', 'VpcId');
  return [
    ...to('MEMBER_OF', [...new Set(groups)].filter((id) => id?.startsWith('sg-'))),
    ...to('ATTACHED_TO', [
      str(config, 'Attachment', 'InstanceId'), ...ids(config, 'Attachments', 'InstanceId'), ...ids(config, 'Attachments', 'VpcId'),
      ...ids(config, 'Associations', 'SubnetId'), ...(type === 'AWS::EC2::EIP' ? [str(config, 'NetworkInterfaceId') ?? str(config, 'InstanceId')] : []),
    ].filter((id) => id?.includes('-'))),
    ...to('ROUTES_TO', [...new Set(routes)]),
    ...(type === 'AWS::EC2::VPCPeeringConnection' && accepter !== undefined && requester !== undefined
      ? to('PEERED_WITH', [accepter, requester]) : []),
    ...(type === 'AWS::EC2::NatGateway' ? to('ATTACHED_TO', ids(config, 'NatGatewayAddresses', 'NetworkInterfaceId')) : []),
    ...(type === 'AWS::EC2::Subnet' && str(config, 'NetworkAclId') !== undefined && account !== undefined && region !== undefined
      ? [['ATTACHED_TO', 'from', buildArn({ type: 'AWS::EC2::NetworkAcl', id: str(config, 'NetworkAclId'), account, region })] as const] : []),
  ];
}

function identity({ urn, type, config, account }: Subject): readonly Link[] {
  const arnOf = (id: string | undefined) => (id?.startsWith('arn:') === true ? id : undefined);
  const links: Link[] = [
    ['RUNS_AS', 'to', arnOf(str(config, 'IamInstanceProfile', 'Arn'))],
    ['RUNS_AS', 'to', arnOf(type.startsWith('AWS::Lambda') ? str(config, 'Role') : str(config, 'TaskRoleArn'))],
    ...(type === 'AWS::IAM::InstanceProfile' ? to('RUNS_AS', list(config, 'Roles').map((r) => str(r, 'Arn'))) : []),
    ...to('HAS_POLICY', ids(config, 'AttachedManagedPolicies', 'PolicyArn')),
  ];
  // Group names are unique in an account; the path, which the ARN has and this list hasn't, is nearly always `/`.
  if (type !== 'AWS::IAM::User' || account === undefined) return links;
  return [...links, ...to('MEMBER_OF', ids(config, 'GroupList', 'GroupName').map((name) => (name === undefined ? name : `arn:${parseArn(urn)?.partition ?? 'aws'}:iam::${account}:group/${name}`)))];
}

function data({ type, config, region }: Subject): readonly Link[] {
  const bucket = (name: string | undefined) => (name === undefined ? undefined : buildArn({ type: 'AWS::S3::Bucket', id: name, region }));
  const keys = [
    str(config, 'KmsKeyId'), str(config, 'KMSKeyArn'), str(config, 'KmsMasterKeyId'),
    ...list(config, 'ServerSideEncryptionConfiguration', 'Rules').map((r) => str(r, 'ApplyServerSideEncryptionByDefault', 'KMSMasterKeyID')),
  ].filter((id) => id !== undefined && !id.startsWith('alias/'));
  return [
    ...to('ENCRYPTED_BY', keys),
    ...to('LOGS_TO', [bucket(str(config, 'BucketLoggingConfiguration', 'DestinationBucketName')), ...(type === 'AWS::CloudTrail::Trail' ? [bucket(str(config, 'S3BucketName'))] : [])]),
    ...to('USES_IMAGE', type === 'AWS::EC2::Instance' ? [str(config, 'ImageId')] : []),
  ];
}

function balancing({ type, config }: Subject): readonly Link[] {
  if (type === 'AWS::ElasticLoadBalancing::LoadBalancer') return to('FORWARDS_TO', ids(config, 'Instances', 'InstanceId'));
  if (type === 'AWS::ElasticLoadBalancingV2::TargetGroup') {
    const targets = [...ids(config, 'Targets', 'Id'), ...list(config, 'TargetHealthDescriptions').map((t) => str(t, 'Target', 'Id'))];
    return [...to('FORWARDS_TO', targets), ...ids(config, 'LoadBalancerArns', '').map((lb) => ['FORWARDS_TO', 'from', lb] as const)];
  }
  return [];
}
