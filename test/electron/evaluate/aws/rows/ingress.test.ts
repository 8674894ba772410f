import { describe, it } from 'vitest';
import type { Question } from '#electron/evaluate/platform.ts';
import type { ResourceDraft } from '../../../../graph-of.ts';
import { aclEntries, allowAll, ec2, entry, instanceUrn, networkDrafts, nic, routes, rule, type Change } from '../aws-network.ts';
import { expectRow, pair, type Row, type Told } from './row.ts';

const into: Question = { question: 'ingress', subject: instanceUrn, port: 22, protocol: 'tcp' };
/** The base, where every row is fulfilled, against one change. */
const row = (id: string, fact: string, change: Change, told: Told, more: readonly ResourceDraft[] = [], first: Told = ['yes'], base: Parameters<typeof networkDrafts> = [{}]): Row => pair(id, fact, into, networkDrafts(...base), first, networkDrafts(change, more), told);
const noAddress = { ...nic({ Association: null, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Association: null }] }), PublicIpAddress: null };
const world = (target: object, to = '0.0.0.0/0') => ({ DestinationCidrBlock: to, State: 'active', ...target });
const igw = world({ GatewayId: 'igw-1' });

const six: Change = {
  instance: { ...nic({ Association: null, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10' }], Ipv6Addresses: [{ Ipv6Address: '2600:1f14::10' }] }), PublicIpAddress: null }, group: { IpPermissions: [rule(22, '::/0')] }, table: routes({ DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1', State: 'active' }),
  acl: aclEntries(...[false, true].map((egress) => entry(101, 'allow', egress, { CidrBlock: null, Ipv6CidrBlock: '::/0' }))),
};
const eip = ec2('EIP', 'other', 'elastic-ip', 'eipalloc-1', { PublicIp: '203.0.113.77', NetworkInterfaceId: 'eni-1' });

const addresses: readonly Row[] = [
  row('AWS ingress 1', 'a public IPv4 address on the interface, or none', { instance: noAddress }, ['no NO_PUBLIC_IP', 'public_address i-1/NetworkInterfaces/0: eni-1 has no public IPv4 address'], [], ['yes', 'public_address i-1/NetworkInterfaces/0: eni-1 has the public address 203.0.113.10', 'via 203.0.113.10 to']),
  row('AWS ingress 1', 'an elastic address of its own record, or none', { instance: noAddress }, ['no NO_PUBLIC_IP'], [], ['yes', 'eni-1 has the public address 203.0.113.77'], [{ instance: noAddress }, [eip]]),
  row('AWS ingress 1', 'a global IPv6 address, or a unique local one', { ...six, instance: { ...nic({ Association: null, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10' }], Ipv6Addresses: [{ Ipv6Address: 'fd00::10' }] }), PublicIpAddress: null } }, ['no NO_PUBLIC_IP', 'eni-1 has no global IPv6 address'], [], ['yes', 'public_address i-1/NetworkInterfaces/0/Ipv6Addresses: eni-1 has the public address 2600:1f14::10'], [six]),
  row('AWS ingress 1', 'recorded, or not', { instance: { NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', SubnetId: 'subnet-1', VpcId: 'vpc-1', Groups: [{ GroupId: 'sg-1' }] }], PublicIpAddress: undefined } }, ['unknown', 'missing the addresses of eni-1', 'describe-network-interfaces']),
];
const gateways: readonly Row[] = [
  row('AWS ingress 2', 'an attached internet gateway, or a detached one', { gateway: { Attachments: [] } }, ['no NO_IGW', 'internet_gateway igw-1/Attachments: igw-1 is not attached to vpc-1'], [], ['yes', 'internet_gateway igw-1/Attachments/0: igw-1 is attached to vpc-1']),
  row('AWS ingress 2', 'state available, or detaching', { gateway: { Attachments: [{ VpcId: 'vpc-1', State: 'detaching' }] } }, ['no NO_IGW', 'igw-1/Attachments/0: igw-1 is detaching at vpc-1']),
  row('AWS ingress 2', 'attached to this VPC, or to another', { gateway: { Attachments: [{ VpcId: 'vpc-9', State: 'available' }] } }, ['no NO_IGW', 'igw-1 is not attached to vpc-1']),
  row('AWS ingress 2', 'in the snapshot, or not', { gateway: undefined }, ['unknown', 'missing internet gateway igw-1']),
];
const more = (...list: readonly object[]): Change => ({ table: routes(...list) });
const mainTable = (...list: readonly object[]): ResourceDraft => ec2('RouteTable', 'route_table', 'route-table', 'rtb-main', { RouteTableId: 'rtb-main', VpcId: 'vpc-1', Associations: [{ Main: true }], ...routes(...list) });
const list = (...cidrs: readonly string[]): ResourceDraft => ec2('PrefixList', 'cidr', 'prefix-list', 'pl-1', { PrefixListId: 'pl-1', Entries: cidrs.map((Cidr) => ({ Cidr })) });
const routing: readonly Row[] = [
  row('AWS ingress 3', 'a default route to the internet gateway, or none', more(), ['no NO_ROUTE_TO_IGW', 'route rtb-1/Routes: rtb-1 has no route to the internet'], [], ['yes', 'route rtb-1/Routes/1: rtb-1 routes the internet to igw-1']),
  row('AWS ingress 3', 'the explicit table of the subnet counts, not the main one', {}, ['yes', 'rtb-1/Routes/1'], [mainTable()], ['no NO_ROUTE_TO_IGW', 'rtb-1 has no route'], [more(), [mainTable(igw)]]),
  row('AWS ingress 3', 'without an explicit one the main table counts: with the route, or without', { table: undefined }, ['no NO_ROUTE_TO_IGW', 'rtb-main (the main table of vpc-1) has no route to the internet'], [mainTable()], ['yes', 'rtb-main (the main table of vpc-1) routes the internet to igw-1'], [{ table: undefined }, [mainTable(igw)]]),
  row('AWS ingress 3', 'an active route, or a black hole', more(world({ GatewayId: 'igw-1', State: 'blackhole' })), ['no NO_ROUTE_TO_IGW', 'rtb-1/Routes/1: rtb-1 sends the internet to igw-1, which is a black hole']),
  row('AWS ingress 3', 'the internet gateway, or a NAT gateway, which takes no connection from outside', more(world({ NatGatewayId: 'nat-1' })), ['no NO_ROUTE_TO_IGW', 'rtb-1 sends the internet to nat-1, which lets nothing in']),
  row('AWS ingress 3', 'an internet gateway, or one for egress only (IPv6)', { ...six, ...more({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' }) }, ['no NO_ROUTE_TO_IGW', 'eigw-1, which is egress only'], [], ['yes'], [six]),
  row('AWS ingress 3', 'longer prefixes to elsewhere that take a part, or all', more(igw, world({ TransitGatewayId: 'tgw-1' }, '0.0.0.0/1'), world({ TransitGatewayId: 'tgw-1' }, '128.0.0.0/1')), ['no NO_ROUTE_TO_IGW', 'rtb-1 sends the internet to tgw-1, not to an internet gateway'], [], ['yes'], [more(igw, world({ TransitGatewayId: 'tgw-1' }, '198.51.100.0/24'))]),
  row('AWS ingress 3', 'the table is recorded, or not', { table: undefined }, ['unknown', 'missing the route table of subnet-1', 'describe-route-tables']),
  row('AWS routes', 'a prefix list that leads to the gateway, or one with other networks', { table: routes({ DestinationPrefixListId: 'pl-1', GatewayId: 'igw-1', State: 'active' }) }, ['no NO_ROUTE_TO_IGW', 'rtb-1'], [list('198.51.100.0/24')], ['yes', 'rtb-1/Routes/1'], [{ table: routes({ DestinationPrefixListId: 'pl-1', GatewayId: 'igw-1', State: 'active' }) }, [list('0.0.0.0/0')]]),
  { ...row('AWS routes', 'the longest prefix wins for one sender: over the gateway, or over a black hole', {}, ['yes']), first: [networkDrafts(more(igw)), { ...into, object: '198.51.100.7' }], firstTold: ['yes', 'rtb-1 routes 198.51.100.7 to igw-1'], second: [networkDrafts(more(igw, world({ GatewayId: 'igw-1', State: 'blackhole' }, '198.51.100.0/24'))), { ...into, object: '198.51.100.7' }], secondTold: ['no NO_ROUTE_TO_IGW', 'rtb-1/Routes/2', 'black hole'] },
  { ...row('AWS routes', 'the local route wins on an equal prefix (a VPC of public addresses)', {}, ['yes']), first: [networkDrafts({ table: { Routes: [world({ GatewayId: 'igw-1' }, '203.0.113.0/24')] } }), { ...into, object: '203.0.113.9' }], firstTold: ['yes', 'rtb-1 routes 203.0.113.9 to igw-1'],
    second: [networkDrafts({ table: { Routes: [world({ GatewayId: 'igw-1' }, '203.0.113.0/24'), world({ GatewayId: 'local' }, '203.0.113.0/24')] } }), { ...into, object: '203.0.113.9' }], secondTold: ['no NO_ROUTE_TO_IGW', 'rtb-1/Routes/1: rtb-1 sends 203.0.113.9 to local'] },
  row('AWS routes', 'a static route wins over a propagated one of the same prefix', more(world({ GatewayId: 'vgw-1', Origin: 'CreateRoute' }), world({ GatewayId: 'igw-1', Origin: 'EnableVgwRoutePropagation' })), ['no NO_ROUTE_TO_IGW', 'rtb-1 sends the internet to vgw-1'], [], ['yes', 'rtb-1/Routes/2: rtb-1 routes the internet to igw-1'], [more(world({ GatewayId: 'vgw-1', Origin: 'EnableVgwRoutePropagation' }), world({ GatewayId: 'igw-1', Origin: 'CreateRoute' }))]),
];
const nat = ec2('NatGateway', 'gateway', 'natgateway', 'nat-1', { NatGatewayId: 'nat-1', State: 'available', SubnetId: 'subnet-1', VpcId: 'vpc-1', NatGatewayAddresses: [{ PublicIp: '203.0.113.99', PrivateIp: '10.0.0.99' }] });
const translated: Row = { id: 'AWS NAT', fact: 'an instance takes connections, a NAT gateway refuses what was not opened through it', first: [networkDrafts({}, [nat]), into], firstTold: ['yes'], second: [networkDrafts({}, [nat]), { ...into, subject: nat.urn }], secondTold: ['no NAT', 'nat_gateway nat-1: a NAT gateway takes no connection that was not opened through it'] };
const bpa = (InternetGatewayBlockMode: string) => ec2('VPCBlockPublicAccessOptions', 'other', 'vpc-block-public-access-options', 'vpcbpa-1', { InternetGatewayBlockMode });
const exclusion = (InternetGatewayExclusionMode: string, place: object = { VpcId: 'vpc-1' }, State = 'create-complete') => ec2('VPCBlockPublicAccessExclusion', 'other', 'vpc-block-public-access-exclusion', 'vpcbpa-exclude-1', { ...place, InternetGatewayExclusionMode, State });
const both = bpa('block-bidirectional');
const stopped: Told = ['no VPC_BPA', 'vpc_block_public_access vpcbpa-1/InternetGatewayBlockMode: VPC block public access is block-bidirectional in eu-central-1'];
const lifted: Told = ['yes', 'vpc_block_public_access vpcbpa-exclude-1/InternetGatewayExclusionMode: VPC block public access is block-bidirectional, and this exclusion lifts it for subnet-1'];
const blocking: readonly Row[] = [
  row('AWS ingress 4', 'off, or block-bidirectional', {}, stopped, [both], ['yes', 'VPC block public access is off'], [{}, [bpa('off')]]),
  row('AWS ingress 4', 'off, or block-ingress', {}, ['no VPC_BPA', 'is block-ingress in eu-central-1'], [bpa('block-ingress')], ['yes'], [{}, [bpa('off')]]),
  row('AWS ingress 4', 'an exclusion of the VPC, or none', {}, stopped, [both], lifted, [{}, [both, exclusion('allow-bidirectional')]]),
  row('AWS ingress 4', 'an exclusion of the subnet, or of another', {}, stopped, [both, exclusion('allow-bidirectional', { SubnetId: 'subnet-9' })], lifted, [{}, [both, exclusion('allow-bidirectional', { SubnetId: 'subnet-1' })]]),
  row('AWS ingress 4', 'an exclusion for both directions, or for egress', {}, stopped, [both, exclusion('allow-egress')], lifted, [{}, [both, exclusion('allow-bidirectional')]]),
  row('AWS ingress 4', 'an exclusion that stands, or is deleted', {}, stopped, [both, exclusion('allow-bidirectional', { VpcId: 'vpc-1' }, 'delete-complete')], lifted, [{}, [both, exclusion('allow-bidirectional')]]),
  row('AWS ingress 4', 'absent, it is taken as off and said to be assumed', {}, ['no VPC_BPA'], [both], ['yes', 'assumed VPC block public access is off', 'VPC block public access is not in the snapshot; taken as off']),
];
const on = (from: number, to = from): object => ({ Protocol: '6', PortRange: { From: from, To: to } });
const acl = (...entries: readonly object[]): Change => ({ acl: aclEntries(...entries) });
const inbound = 'network_acl_inbound acl-1', outbound = 'network_acl_outbound acl-1';
const filters: readonly Row[] = [
  row('AWS ingress 5', 'the lowest number that matches wins: allow 80, or deny 90, before the others', acl(entry(90, 'deny', false, on(22)), ...allowAll), ['no NACL_IN', `${inbound}/Entries/0: acl-1 does not let in from the internet to tcp 22: rule 90 denies it`], [], ['yes', `${inbound}/Entries/0: acl-1 lets in from the internet to tcp 22 (rule 80)`], [acl(entry(80, 'allow', false, on(22)), entry(90, 'deny', false), entry(100, 'allow', true))]),
  row('AWS ingress 5', 'default deny: a rule that allows, or none', { acl: { Entries: [entry(100, 'allow', true)] } }, ['no NACL_IN', `${inbound}/Entries: acl-1 does not let in from the internet to tcp 22: no rule allows it`]),
  row('AWS ingress 5', 'the port that is allowed, or another', acl(entry(100, 'allow', false, on(443)), entry(100, 'allow', true)), ['no NACL_IN', 'rule 32767 denies it'], [], ['yes', '(rule 100)'], [acl(entry(100, 'allow', false, on(22)), entry(100, 'allow', true))]),
  row('AWS ingress 5', 'tcp, or udp', acl(entry(100, 'allow', false, { ...on(22), Protocol: '17' }), entry(100, 'allow', true)), ['no NACL_IN'], [], ['yes'], [acl(entry(100, 'allow', false, on(22)), entry(100, 'allow', true))]),
  row('AWS ingress 5', 'from anywhere, or from an office', acl(entry(100, 'allow', false, { CidrBlock: '198.51.100.0/24' }), entry(100, 'allow', true)), ['no NACL_IN']),
  row('AWS ingress 5', 'replies to 1024-65535 may leave, or not', acl(entry(100, 'allow', false), entry(100, 'allow', true, on(443))), ['no NACL_OUT', `${outbound}/Entries/3: acl-1 does not let replies out to the internet on tcp 1024-65535: rule 32767 denies it`], [], ['yes', `${outbound}/Entries/1: acl-1 lets replies out to the internet on tcp 1024-65535 (rule 100)`], [acl(entry(100, 'allow', false), entry(100, 'allow', true, on(1024, 65535)))]),
  row('AWS ingress 5', 'replies to the ports of today’s clients, or below 1024 only', acl(entry(100, 'allow', false), entry(100, 'allow', true, on(0, 1023))), ['no NACL_OUT'], [], ['yes'], [acl(entry(100, 'allow', false), entry(100, 'allow', true, on(32768, 60999)))]),
  row('AWS ingress 5', 'the one of the subnet, or the VPC’s default one', { acl: { Associations: [{ SubnetId: 'subnet-9' }], IsDefault: true, ...aclEntries() } }, ['no NACL_IN'], [], ['yes'], [{ acl: { Associations: [{ SubnetId: 'subnet-9' }], IsDefault: true } }]),
  row('AWS ingress 5', 'recorded, or not', { acl: undefined }, ['unknown', 'missing the network ACL of subnet-1', 'describe-network-acls']),
];
const open = (...IpPermissions: readonly object[]): Change => ({ group: { IpPermissions } });
const second = (...IpPermissions: readonly object[]): ResourceDraft => ec2('SecurityGroup', 'sg', 'security-group', 'sg-2', { GroupId: 'sg-2', GroupName: 'more', VpcId: 'vpc-1', IpPermissions, IpPermissionsEgress: [] });
const two: Change = { instance: nic({ Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] }), group: { IpPermissions: [] } };
const from = (more: object): object => ({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...more });
const groups: readonly Row[] = [
  row('AWS ingress 6', 'a CIDR that is the internet, or an office', open(rule(22, '198.51.100.0/24')), ['no SG_IN', 'security_group sg-1/IpPermissions/0: sg-1 (web) does not open tcp 22 to the internet; only to 198.51.100.0/24'], [], ['yes', 'security_group sg-1/IpPermissions/0: sg-1 opens tcp 22 to the internet (0.0.0.0/0)']),
  row('AWS ingress 6', 'the union over the groups: the second opens it, or none does', two, ['no SG_IN', 'sg-1 (web), sg-2 (more) does not open tcp 22'], [second()], ['yes', 'security_group sg-2/IpPermissions/0: sg-2 opens tcp 22'], [two, [second(rule(22, '0.0.0.0/0'))]]),
  row('AWS ingress 6', 'two halves of the internet in two groups, or one half of an office', { ...two, group: { IpPermissions: [rule(22, '198.51.100.0/25')] } }, ['no SG_IN'], [second(rule(22, '198.51.100.128/25'))], ['yes'], [{ ...two, group: { IpPermissions: [rule(22, '0.0.0.0/1')] } }, [second(rule(22, '128.0.0.0/1'))]]),
  row('AWS ingress 6', 'a prefix list that is the internet, or is an office', open(from({ PrefixListIds: [{ PrefixListId: 'pl-1' }] })), ['no SG_IN', 'only to pl-1'], [list('198.51.100.0/24')], ['yes', 'sg-1 opens tcp 22 to the internet (pl-1)'], [open(from({ PrefixListIds: [{ PrefixListId: 'pl-1' }] })), [list('0.0.0.0/0')]]),
  row('AWS ingress 6', 'a CIDR, or a group, which matches no host of the internet', open(from({ UserIdGroupPairs: [{ GroupId: 'sg-9' }] })), ['no SG_IN', 'sg-1 (web) does not open tcp 22 to the internet']),
  row('AWS ingress 6', 'stateful: replies need no egress rule, but a way in does need a rule', open(), ['no SG_IN'], [], ['yes'], [{ group: { IpPermissionsEgress: [] } }]),
  row('AWS ingress 6', 'tcp, or udp', open(from({ IpProtocol: 'udp', IpRanges: [{ CidrIp: '0.0.0.0/0' }] })), ['no SG_IN']),
  row('AWS ingress 6', 'a range around the port, or beside it', open({ ...rule(0, '0.0.0.0/0'), ToPort: 21 }), ['no SG_IN'], [], ['yes'], [open({ ...rule(0, '0.0.0.0/0'), ToPort: 22 })]),
  row('AWS ingress 6', 'IPv6, or IPv4 only, to an IPv6 address', { ...six, group: { IpPermissions: [rule(22, '0.0.0.0/0')] } }, ['no SG_IN'], [], ['yes'], [six]),
  row('AWS ingress 6', 'recorded, or not', { group: undefined }, ['unknown', 'missing security group sg-1', 'describe-security-groups']),
];
const state: readonly Row[] = [
  ...(['stopped', 'stopping', 'shutting-down', 'terminated'] as const).map((name) => row('AWS ingress 7', `running, or ${name}`, { instance: { State: { Name: name } } }, ['no STATE', `state i-1/State/Name: the instance is ${name}`], [], ['yes', 'state i-1/State/Name: the instance is running; whether something listens is not known'])),
  row('AWS ingress 7', 'recorded, or not', { instance: { State: undefined } }, ['unknown', 'missing the state of the instance']),
  row('AWS ingress', 'one row that fails answers though others are unknown; with that row fulfilled they matter', { instance: { State: undefined }, acl: undefined }, ['unknown', 'missing the state of the instance', 'missing the network ACL'], [], ['no NO_PUBLIC_IP'], [{ instance: { ...noAddress, State: undefined }, acl: undefined }]),
];

describe('AWS ingress rows 1–7 and routes', () => {
  it.each([...addresses, ...gateways, ...routing, translated, ...blocking, ...filters, ...groups, ...state])('$id: $fact', (given) => expectRow(given));
});
