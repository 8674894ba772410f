import type { GraphView } from '#shared/model/resource.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';

const account = '111122223333', region = 'eu-central-1';
export const arn = (rest: string): string => `arn:aws:ec2:${region}:${account}:${rest}`;
export const instanceUrn = arn('instance/i-1');
export const groupUrn = arn('security-group/sg-1');
export const eniUrn = arn('network-interface/eni-1');
export const dbUrn = `arn:aws:rds:${region}:${account}:db:orders`;
export const lbUrn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/front/1`;

/** Draft of an EC2 resource with its short id as alias. */
export const ec2 = (type: string, kind: ResourceDraft['kind'], path: string, id: string, config: unknown): ResourceDraft =>
  ({ urn: arn(`${path}/${id}`), type: `AWS::EC2::${type}`, kind, account, region, aliases: [id], config });

export const rule = (port: number, ...cidrs: readonly string[]) => ({
  IpProtocol: 'tcp', FromPort: port, ToPort: port,
  IpRanges: cidrs.filter((c) => !c.includes(':')).map((CidrIp) => ({ CidrIp })), Ipv6Ranges: cidrs.filter((c) => c.includes(':')).map((CidrIpv6) => ({ CidrIpv6 })),
});
export const entry = (RuleNumber: number, RuleAction: string, Egress: boolean, more: object = {}) => ({ RuleNumber, RuleAction, Egress, Protocol: '-1', CidrBlock: '0.0.0.0/0', ...more });
const lastEntries = [entry(32767, 'deny', false), entry(32767, 'deny', true)];
export const aclEntries = (...entries: readonly object[]) => ({ Entries: [...entries, ...lastEntries] });
export const allowAll = [entry(100, 'allow', false), entry(100, 'allow', true)];

/** What a test changes: config keys by resource, `undefined` for a resource that is not in the snapshot. */
export type Change = Readonly<Record<string, object | undefined>>;

/** A public instance with every row of the table fulfilled: tcp 22 open to the internet over IPv4. */
const base: Readonly<Record<string, ResourceDraft>> = {
  instance: ec2('Instance', 'vm', 'instance', 'i-1', {
    InstanceId: 'i-1', State: { Name: 'running' }, SubnetId: 'subnet-1', VpcId: 'vpc-1', PublicIpAddress: '203.0.113.10',
    NetworkInterfaces: [{
      NetworkInterfaceId: 'eni-1', SubnetId: 'subnet-1', VpcId: 'vpc-1', Groups: [{ GroupId: 'sg-1' }], Ipv6Addresses: [],
      PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Association: { PublicIp: '203.0.113.10' } }], Association: { PublicIp: '203.0.113.10' },
    }],
  }),
  eni: ec2('NetworkInterface', 'eni', 'network-interface', 'eni-1', {
    NetworkInterfaceId: 'eni-1', SubnetId: 'subnet-1', VpcId: 'vpc-1', Status: 'in-use', Attachment: { InstanceId: 'i-1' }, Groups: [{ GroupId: 'sg-1' }], Ipv6Addresses: [],
    PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Association: { PublicIp: '203.0.113.10' } }],
  }),
  subnet: ec2('Subnet', 'subnet', 'subnet', 'subnet-1', { SubnetId: 'subnet-1', VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24' }),
  table: ec2('RouteTable', 'route_table', 'route-table', 'rtb-1', {
    RouteTableId: 'rtb-1', VpcId: 'vpc-1', Associations: [{ SubnetId: 'subnet-1', Main: false }],
    Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }, { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' }],
  }),
  gateway: ec2('InternetGateway', 'gateway', 'internet-gateway', 'igw-1', { InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1', State: 'available' }] }),
  acl: ec2('NetworkAcl', 'nacl', 'network-acl', 'acl-1', { NetworkAclId: 'acl-1', VpcId: 'vpc-1', IsDefault: true, Associations: [{ SubnetId: 'subnet-1' }], ...aclEntries(...allowAll) }),
  group: ec2('SecurityGroup', 'sg', 'security-group', 'sg-1', { GroupId: 'sg-1', GroupName: 'web', VpcId: 'vpc-1', IpPermissions: [rule(22, '0.0.0.0/0')], IpPermissionsEgress: [] }),
  database: {
    urn: dbUrn, type: 'AWS::RDS::DBInstance', kind: 'database', account, region,
    config: {
      DBInstanceIdentifier: 'orders', DBInstanceStatus: 'available', PubliclyAccessible: true, Endpoint: { Address: 'orders.example', Port: 22 },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }], DBSubnetGroup: { VpcId: 'vpc-1', Subnets: [{ SubnetIdentifier: 'subnet-1' }] },
    },
  },
  balancer: {
    urn: lbUrn, type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', kind: 'lb', account, region,
    config: { LoadBalancerArn: lbUrn, LoadBalancerName: 'front', DNSName: 'front.example', Scheme: 'internet-facing', Type: 'application', VpcId: 'vpc-1', State: { Code: 'active' }, AvailabilityZones: [{ SubnetId: 'subnet-1' }], SecurityGroups: ['sg-1'] },
  },
};

/** The base network with changes laid over the configs, and more resources; a resource of the same urn replaces that of the base. */
export function networkDrafts(change: Change = {}, more: readonly ResourceDraft[] = []): readonly ResourceDraft[] {
  const resources = Object.entries(base).flatMap(([name, draft]) => {
    if (!(name in change)) return [draft];
    const over = change[name];
    return over === undefined ? [] : [{ ...draft, config: { ...(draft.config as object), ...over } }];
  });
  return [...new Map([...resources, ...more].map((draft) => [draft.urn, draft])).values()];
}
export const networkWith = (change: Change = {}, more: readonly ResourceDraft[] = []): GraphView => graphOf(networkDrafts(change, more));
/** The base interface with changes. */
export const nic = (over: object): object => {
  const config = base['instance']?.config as { readonly NetworkInterfaces: readonly object[] };
  return { NetworkInterfaces: [{ ...config.NetworkInterfaces[0], ...over }] };
};
export const routes = (...more: readonly object[]): object => ({ Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' }, ...more] });
