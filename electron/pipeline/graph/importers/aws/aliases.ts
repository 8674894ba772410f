import { list, str } from '#shared/lib/json.ts';
import { withoutPath } from '../../identity-paths.ts';

/** Ids that mean one thing wherever they stand: `i-0abc…`, `AROA…`, `db-KOCU…`, a UUID. Plain names (`default`) are not. */
const distinctive = /^([a-z]{1,10}(-[a-z]+)*-[0-9a-f]{6,}|[a-z]+-[A-Z0-9]{20,}|A[A-Z]{3}[A-Z0-9]{12,}|[0-9a-f]{8}-[0-9a-f-]{27})$/;

/** EC2 hands ids out over all accounts: one is unique, however short. */
const ec2Id = /^[a-z]{1,10}(-[a-z]+)*-[\w-]+$/;

const apiId = /^[a-z0-9]{10}$/;

interface Named { readonly urn: string; readonly type: string; readonly id?: string | undefined; readonly name?: string | undefined; readonly config: unknown }

/** Other ids of an AWS resource: its short id, a name that is unique by itself, host names and addresses. Sorted, without the urn. */
export function awsAliases({ urn, type, id, name, config }: Named): readonly string[] {
  const names = type === 'AWS::S3::Bucket' ? [id, name, str(config, 'Name')] : [id, name].filter((x) => x !== undefined && (distinctive.test(x) || /^(arn:|https?:)/.test(x) || (x === id && type.startsWith('AWS::EC2::') && ec2Id.test(x)) || (x === id && type.startsWith('AWS::ApiGateway') && apiId.test(x))));
  const all = [...names, withoutPath(urn), ...ownIds(type, config), ...hosts(config), ...addresses(type, config)];
  return [...new Set(all)].filter((x) => x !== undefined).filter((x) => x !== urn).sort();
}

function ownIds(type: string, config: unknown): readonly (string | undefined)[] {
  if (!type.startsWith('AWS::IAM::')) return type === 'AWS::RDS::DBInstance' ? [str(config, 'DbiResourceId')] : [];
  return [
    str(config, 'RoleId'), str(config, 'UserId'), str(config, 'GroupId'), str(config, 'PolicyId'), str(config, 'InstanceProfileId'),
    // What runs under an instance profile runs as its role: the profile's ARN leads to it.
    ...list(config, 'InstanceProfileList').map((p) => str(p, 'Arn')),
  ];
}

function hosts(config: unknown): readonly (string | undefined)[] {
  return [
    str(config, 'PublicDnsName'), str(config, 'PrivateDnsName'), str(config, 'DNSName'), str(config, 'Endpoint', 'Address'), str(config, 'QueueUrl'),
    str(config, 'FunctionUrl'), str(config, 'DomainName'),
  ];
}

function addresses(type: string, config: unknown): readonly (string | undefined)[] {
  if (type === 'AWS::EC2::EIP') return [str(config, 'AllocationId')];
  // An interface's addresses belong to its instance; both would make the alias ambiguous.
  if (type !== 'AWS::EC2::Instance') return [];
  const interfaces = list(config, 'NetworkInterfaces');
  return [
    str(config, 'PublicIpAddress'), str(config, 'PrivateIpAddress'),
    ...interfaces.flatMap((eni) => [
      str(eni, 'Association', 'PublicIp'), ...list(eni, 'PrivateIpAddresses').flatMap((a) => [str(a, 'PrivateIpAddress'), str(a, 'Association', 'PublicIp')]),
      ...list(eni, 'Ipv6Addresses').map((a) => str(a, 'Ipv6Address')),
    ]),
  ];
}
