import { describe, expect, it } from 'vitest';
import { evaluateHostToHost, type PairOptions } from '#electron/evaluate/aws/host-to-host.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { aclEntries, allowAll, ec2, entry } from './aws-network.ts';
import { unresolved } from './rows/row.ts';

/** Two VPCs, 10.1.0.0/16 and 10.2.0.0/16, with a host each; what joins them is what a case adds. */
const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
const tcp = (port: number, more: object) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...more });
const peer = (n: number) => (n === 1 ? 2 : 1);
const vpc = (n: number): ResourceDraft => ec2('VPC', 'vpc', 'vpc', `vpc-${n}`, { VpcId: `vpc-${n}`, CidrBlock: `10.${n}.0.0/16` });
const subnet = (n: number) => ec2('Subnet', 'subnet', 'subnet', `subnet-${n}`, { SubnetId: `subnet-${n}`, VpcId: `vpc-${n}`, CidrBlock: `10.${n}.1.0/24` });
const host = (n: number, more: object = {}) => ec2('Instance', 'vm', 'instance', `i-${n}`, {
  InstanceId: `i-${n}`, State: { Name: 'running' }, NetworkInterfaces: [{ NetworkInterfaceId: `eni-${n}`, SubnetId: `subnet-${n}`, VpcId: `vpc-${n}`, Groups: [{ GroupId: `sg-${n}` }], PrivateIpAddresses: [{ PrivateIpAddress: `10.${n}.1.10` }], Ipv6Addresses: [], ...more }],
});
const group = (n: number, into: readonly object[], out: readonly object[] = [all]) => ec2('SecurityGroup', 'sg', 'security-group', `sg-${n}`, { GroupId: `sg-${n}`, VpcId: `vpc-${n}`, IpPermissions: into, IpPermissionsEgress: out });
const acl = (n: number, ...entries: readonly object[]) => ec2('NetworkAcl', 'nacl', 'network-acl', `acl-${n}`, { NetworkAclId: `acl-${n}`, VpcId: `vpc-${n}`, Associations: [{ SubnetId: `subnet-${n}` }], ...aclEntries(...(entries.length > 0 ? entries : allowAll)) });
const table = (n: number, ...routes: readonly object[]) => ec2('RouteTable', 'route_table', 'route-table', `rtb-${n}`, { RouteTableId: `rtb-${n}`, VpcId: `vpc-${n}`, Associations: [{ SubnetId: `subnet-${n}` }], Routes: [{ DestinationCidrBlock: `10.${n}.0.0/16`, GatewayId: 'local', State: 'active' }, ...routes] });
const to = (n: number, target: object) => ({ DestinationCidrBlock: `10.${n}.0.0/16`, State: 'active', ...target });
const viaPeering = { VpcPeeringConnectionId: 'pcx-1' }, viaTransit = { TransitGatewayId: 'tgw-1' };
const peering = (more: object = {}) => ec2('VPCPeeringConnection', 'gateway', 'vpc-peering-connection', 'pcx-1', { VpcPeeringConnectionId: 'pcx-1', Status: { Code: 'active' }, AccepterVpcInfo: { VpcId: 'vpc-1', Region: 'eu-central-1' }, RequesterVpcInfo: { VpcId: 'vpc-2', Region: 'eu-central-1' }, ...more });
const attachment = (n: number, more: object = {}) => ec2('TransitGatewayAttachment', 'gateway', 'transit-gateway-attachment', `tgw-attach-${n}`, { TransitGatewayAttachmentId: `tgw-attach-${n}`, TransitGatewayId: 'tgw-1', ResourceType: 'vpc', ResourceId: `vpc-${n}`, State: 'available', Association: { TransitGatewayRouteTableId: 'tgw-rtb-1', State: 'associated' }, ...more });
const hubRoute = (n: number, more: object = {}) => ({ DestinationCidrBlock: `10.${n}.0.0/16`, Type: 'static', State: 'active', TransitGatewayAttachments: [{ TransitGatewayAttachmentId: `tgw-attach-${n}` }], ...more });
const hub = (more: object = { Routes: [hubRoute(1), hubRoute(2)] }) => ec2('TransitGatewayRouteTable', 'route_table', 'transit-gateway-route-table', 'tgw-rtb-1', { TransitGatewayRouteTableId: 'tgw-rtb-1', TransitGatewayId: 'tgw-1', ...more });
const gateway = (more: object = {}) => ec2('TransitGateway', 'gateway', 'transit-gateway', 'tgw-1', { TransitGatewayId: 'tgw-1', ...more });

const byUrn = (drafts: readonly ResourceDraft[]) => [...new Map(drafts.map((d) => [d.urn, d])).values()];
const base = [1, 2].flatMap((n) => [vpc(n), subnet(n), host(n), acl(n)]);
const open = [group(1, []), group(2, [tcp(443, { IpRanges: [{ CidrIp: '10.1.0.0/16' }] })])];
const joined = [table(1, to(2, viaPeering)), table(2, to(1, viaPeering)), peering()];
const overHub = [table(1, to(2, viaTransit)), table(2, to(1, viaTransit)), attachment(1), attachment(2), hub(), gateway()];
const naming = [group(1, []), group(2, [tcp(443, { UserIdGroupPairs: [{ GroupId: 'sg-1' }] })])];
const igw = (n: number) => ec2('InternetGateway', 'gateway', 'internet-gateway', `igw-${n}`, { InternetGatewayId: `igw-${n}`, Attachments: [{ VpcId: `vpc-${n}`, State: 'available' }] });
const onInternet = (n: number) => host(n, { Association: { PublicIp: `203.0.113.${n}` } });
const publicly = [1, 2].flatMap((n) => [onInternet(n), igw(n), table(n, { DestinationCidrBlock: '0.0.0.0/0', GatewayId: `igw-${n}`, State: 'active' })]);
const database: ResourceDraft = { urn: 'arn:aws:rds:eu-central-1:111122223333:db:orders', type: 'AWS::RDS::DBInstance', kind: 'database', account: '111122223333', region: 'eu-central-1', config: { DBInstanceIdentifier: 'orders', DBInstanceStatus: 'available', PubliclyAccessible: false, Endpoint: { Port: 443 }, VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-2' }], DBSubnetGroup: { VpcId: 'vpc-2', Subnets: [{ SubnetIdentifier: 'subnet-2' }] } } };
const lambda: ResourceDraft = { urn: 'arn:aws:lambda:eu-central-1:111122223333:function:f', type: 'AWS::Lambda::Function', kind: 'function', account: '111122223333', region: 'eu-central-1', config: { FunctionName: 'f', VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'], VpcId: 'vpc-1' } } };

/** Each VPC is attached by a subnet in zone a; the hosts' subnets are where the case says. */
const zones = (...own: readonly string[]) => own.flatMap((zone, i) => [
  ec2('Subnet', 'subnet', 'subnet', `subnet-${i + 1}`, { ...(subnet(i + 1).config as object), AvailabilityZone: `eu-central-1${zone}` }), ec2('Subnet', 'subnet', 'subnet', `subnet-hub-${i + 1}`, { SubnetId: `subnet-hub-${i + 1}`, AvailabilityZone: 'eu-central-1a' }), attachment(i + 1, { SubnetIds: [`subnet-hub-${i + 1}`] }),
]);
const elb = (rest: string): string => `arn:aws:elasticloadbalancing:eu-central-1:111122223333:${rest}`, lb = elb('loadbalancer/net/front/0a1'), place = { account: '111122223333', region: 'eu-central-1' };
const front = (more: object): ResourceDraft => ({ ...place, urn: lb, type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', kind: 'lb', config: { LoadBalancerArn: lb, LoadBalancerName: 'front', Scheme: 'internal', Type: 'network', VpcId: 'vpc-2', State: { Code: 'active' }, AvailabilityZones: [{ SubnetId: 'subnet-2' }], SecurityGroups: ['sg-2'], ...more } });
const balanced = [front({}), { ...place, urn: elb('listener/net/front/0a1/0b2'), type: 'AWS::ElasticLoadBalancingV2::Listener', kind: 'other' as const, config: { LoadBalancerArn: lb, Port: 443, Protocol: 'TCP' } }, ec2('NetworkInterface', 'eni', 'network-interface', 'eni-lb', { NetworkInterfaceId: 'eni-lb', SubnetId: 'subnet-2', VpcId: 'vpc-2', Status: 'in-use', Attachment: {}, InterfaceType: 'network_load_balancer', Description: 'ELB net/front/0a1', PrivateIpAddress: '10.2.1.77', Groups: [] })];
const network = front({ SecurityGroups: [] });
const nat = ec2('NatGateway', 'gateway', 'natgateway', 'nat-1', { NatGatewayId: 'nat-1', State: 'available', SubnetId: 'subnet-2', VpcId: 'vpc-2', NatGatewayAddresses: [{ PublicIp: '203.0.113.88', PrivateIp: '10.2.1.88' }] });

type Case = readonly [fact: string, drafts: readonly ResourceDraft[], answer: string, code: string | undefined, reason: string, from?: string, to?: string, options?: PairOptions];
const cases: readonly Case[] = [
  ['an active peering with routes both ways', [...open, ...joined], 'yes', undefined, 'pcx-1 is active and joins'],
  ['a peering that waits to be accepted', [...open, ...joined, peering({ Status: { Code: 'pending-acceptance' } })], 'no', 'PEERING', 'pcx-1 is pending-acceptance'],
  ['a peering of other VPCs', [...open, ...joined, peering({ AccepterVpcInfo: { VpcId: 'vpc-3' } })], 'no', 'PEERING', 'peering does not pass traffic on'],
  ['a peering that is not in the snapshot', [...open, ...joined.slice(0, 2)], 'unknown', undefined, 'peering connection pcx-1'],
  ['no route there', [...open, ...joined, table(1)], 'no', 'NO_ROUTE', 'rtb-1 has no route to 10.2.1.10'],
  ['no route back', [...open, ...joined, table(2)], 'no', 'NO_ROUTE', 'rtb-2 has no route to 10.1.1.10'],
  ['a route into a black hole', [...open, ...joined, table(1, to(2, { ...viaPeering, State: 'blackhole' }))], 'no', 'NO_ROUTE', 'black hole'],
  ['a route that only a default one gives', [...open, ...joined, table(1, { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' })], 'no', 'NO_ROUTE', 'igw-1, which does not lead into vpc-2'],
  ['the longer of two routes', [...open, ...joined, table(1, to(2, viaPeering), { DestinationCidrBlock: '10.2.1.0/24', GatewayId: 'vgw-1', State: 'active' })], 'unknown', undefined, 'what lies behind vgw-1'],
  ['a rule that names the other’s group, in the same region', [...naming, ...joined], 'yes', undefined, 'the group of the other end'],
  ['the same across regions', [...naming, ...joined, peering({ RequesterVpcInfo: { VpcId: 'vpc-2', Region: 'us-east-1' } })], 'no', 'SG_IN', 'does not open'],
  ['a rule for other addresses', [...joined, group(1, []), group(2, [tcp(443, { IpRanges: [{ CidrIp: '10.9.0.0/16' }] })])], 'no', 'SG_IN', 'does not open tcp 443'],
  ['egress elsewhere only', [...joined, open[1] ?? peering(), group(1, [], [tcp(443, { IpRanges: [{ CidrIp: '10.9.0.0/16' }] })])], 'no', 'SG_OUT', 'sg-1 does not open'],
  ['the receiver’s network ACL has no way out for replies', [...open, ...joined, acl(2, entry(100, 'allow', false))], 'no', 'NACL_OUT', 'does not let replies out'],
  ['it has one for high ports', [...open, ...joined, acl(2, entry(100, 'allow', false), entry(100, 'allow', true, { Protocol: '6', PortRange: { From: 1024, To: 65535 } }))], 'yes', undefined, 'lets replies out'],
  ['it has one for low ports only', [...open, ...joined, acl(2, entry(100, 'allow', false), entry(100, 'allow', true, { Protocol: '6', PortRange: { From: 0, To: 1023 } }))], 'no', 'NACL_OUT', 'does not let replies out'],
  ['the sender’s network ACL denies the port outwards', [...open, ...joined, acl(1, entry(1, 'deny', true, { Protocol: '6', PortRange: { From: 443, To: 443 } }), ...allowAll)], 'no', 'NACL_OUT', 'acl-1 does not let'],
  ['a transit gateway that routes both ways', [...open, ...overHub], 'yes', undefined, 'tgw-rtb-1 routes 10.2.1.10 to the attachment of vpc-2'],
  ['by propagation', [...open, ...overHub, hub({ TransitGatewayRouteTablePropagations: [1, 2].map((n) => ({ TransitGatewayAttachmentId: `tgw-attach-${n}`, ResourceId: `vpc-${n}`, ResourceType: 'vpc', State: 'enabled' })) })], 'yes', undefined, 'attachment of vpc-2'],
  ['a transit gateway with a subnet in the zones of both', [...open, ...overHub, ...zones('a', 'a')], 'yes', undefined, 'attachment of vpc-2'],
  ['one without a subnet in the sender’s zone', [...open, ...overHub, ...zones('b', 'a')], 'no', 'TRANSIT_GATEWAY', 'no subnet in eu-central-1b, where subnet-1 is'],
  ['one without a subnet in the receiver’s zone', [...open, ...overHub, ...zones('a', 'b')], 'no', 'TRANSIT_GATEWAY', 'no subnet in eu-central-1b, where subnet-2 is'],
  ['a load balancer on the port of a listener', [...open, ...joined, ...balanced], 'yes', undefined, 'listens on 443', 'i-1', lb],
  ['a load balancer on another port', [...open, ...joined, ...balanced], 'no', 'SG_IN', 'does not open', 'i-1', lb, { port: 80, protocol: 'tcp' }],
  ['a network balancer by the address of its interface', [...open, ...joined, ...balanced, network], 'yes', undefined, 'listens on 443', 'i-1', '10.2.1.77'],
  ['the same on a port without a listener', [...open, ...joined, ...balanced, network], 'no', 'STATE', 'listens on no such port', 'i-1', '10.2.1.77', { port: 80, protocol: 'tcp' }],
  ['a NAT gateway takes no connection', [...open, ...joined, nat], 'no', 'NAT', 'takes no connection', 'i-1', 'nat-1'],
  ['nor at its address', [...open, ...joined, nat], 'no', 'NAT', 'takes no connection', 'i-1', '10.2.1.88'],
  ['one that does not know the receiver', [...open, ...overHub, hub({ Routes: [hubRoute(1)] })], 'no', 'TRANSIT_GATEWAY', 'has no route to 10.2.1.10'],
  ['one that drops it', [...open, ...overHub, hub({ Routes: [hubRoute(1), hubRoute(2, { State: 'blackhole', TransitGatewayAttachments: [] })] })], 'no', 'TRANSIT_GATEWAY', 'has no route to 10.2.1.10'],
  ['one that knows no way back', [...open, ...overHub, hub({ Routes: [hubRoute(2)] })], 'no', 'TRANSIT_GATEWAY', 'has no route to 10.1.1.10'],
  ['one whose routes are not recorded', [...open, ...overHub, hub({})], 'unknown', undefined, 'the routes of tgw-rtb-1'],
  ['one whose list of routes was cut off', [...open, ...overHub, hub({ Routes: [hubRoute(1), hubRoute(2)], AdditionalRoutesAvailable: true })], 'unknown', undefined, 'the routes of tgw-rtb-1 past those that were listed'],
  ['one of which only propagations are recorded, without the receiver’s', [...open, ...overHub, hub({ TransitGatewayRouteTablePropagations: [{ TransitGatewayAttachmentId: 'tgw-attach-1', ResourceId: 'vpc-1', ResourceType: 'vpc', State: 'enabled' }] })], 'unknown', undefined, 'the static routes of tgw-rtb-1'],
  ['one to which the sender’s VPC is not attached', [...open, ...overHub.filter((d) => d.urn !== attachment(1).urn)], 'no', 'TRANSIT_GATEWAY', 'vpc-1 has no attachment'],
  ['an attachment that is being deleted', [...open, ...overHub, attachment(1, { State: 'deleting' })], 'no', 'TRANSIT_GATEWAY', 'the attachment is deleting'],
  ['group names over a transit gateway', [...naming, ...overHub], 'no', 'SG_IN', 'does not open'],
  ['group names over one that supports them', [...naming, ...overHub, gateway({ Options: { SecurityGroupReferencingSupport: 'enable' } })], 'yes', undefined, 'the group of the other end'],
  ['public addresses, and a rule for the sender’s', [group(1, []), group(2, [tcp(443, { IpRanges: [{ CidrIp: '203.0.113.1/32' }] })]), ...publicly], 'yes', undefined, 'has the public address 203.0.113.2'],
  ['public addresses, and a rule for its inner address', [...open, ...publicly], 'no', 'NO_ROUTE', 'igw-1, which does not lead into vpc-2'],
  ['a database in the other VPC', [...open, ...joined, database], 'yes', undefined, 'the database is available', 'i-1', database.urn],
  ['a database that is stopped', [...open, ...joined, { ...database, config: { ...(database.config as object), DBInstanceStatus: 'stopped' } }], 'no', 'STATE', 'the database is stopped', 'i-1', database.urn],
  ['from a function in a VPC', [...open, ...joined, lambda], 'yes', undefined, 'pcx-1 is active', lambda.urn],
  ['to an address of the other VPC', [...open, ...joined], 'no', 'SG_OUT', 'sg-1 does not open', 'i-1', '10.2.1.99', { port: 443, protocol: 'tcp' }],
  ['udp, where only tcp is open', [...open, ...joined], 'no', 'SG_IN', 'does not open udp 443', 'i-1', 'i-2', { port: 443, protocol: 'udp' }],
  ['any port', [...open, ...joined], 'yes', undefined, 'opens tcp', 'i-1', 'i-2', {}],
  ['no port that both ends agree on', [...joined, group(1, [], [tcp(80, { IpRanges: [{ CidrIp: '0.0.0.0/0' }] })]), open[1] ?? peering()], 'no', 'SG_IN', 'no port', 'i-1', 'i-2', { protocol: 'tcp' }],
  ['a stopped sender', [...open, ...joined, ec2('Instance', 'vm', 'instance', 'i-1', { ...(host(1).config as object), State: { Name: 'stopped' } })], 'no', 'STATE', 'the instance is stopped'],
];

describe('host to host across VPCs', () => {
  it.each(cases.map(([fact, drafts, answer, code, reason, from = 'i-1', receiver = 'i-2', options = { port: 443, protocol: 'tcp' }]) => ({ fact, drafts, answer, code, reason, from, receiver, options })))('$fact', ({ drafts, answer, code, reason, from, receiver, options }) => {
    const restrict = reason === 'sg-1 does not open' && receiver !== 'i-2' ? [group(1, [], [tcp(443, { IpRanges: [{ CidrIp: '10.2.1.10/32' }] })])] : [];
    const there = byUrn([...base, ...drafts, ...restrict]), verdict = evaluateHostToHost(graphOf(there), from, receiver, options);
    expect(unresolved(verdict, there)).toEqual([]);
    expect([verdict.answer, verdict.blocked_by]).toEqual([answer, code]);
    expect(`${verdict.reasons.map((r) => r.text).join('\n')}\n${verdict.missing.map((m) => m.what).join('\n')}`).toContain(reason);
    expect(verdict.missing.length > 0).toBe(answer === 'unknown');
  });

  it('is no different when both sides and all names are swapped', () => {
    const swapped = evaluateHostToHost(graphOf(byUrn([...base, group(2, []), group(1, [tcp(443, { IpRanges: [{ CidrIp: `10.${peer(1)}.0.0/16` }] })]), ...joined])), 'i-2', 'i-1', { port: 443 });
    expect(swapped.answer).toBe('yes');
  });
});
