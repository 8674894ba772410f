import { describe, it } from 'vitest';
import type { Question } from '#electron/evaluate/platform.ts';
import type { ResourceDraft } from '../../../../graph-of.ts';
import { aclEntries, allowAll, ec2, entry, instanceUrn, networkDrafts, nic, routes, type Change } from '../aws-network.ts';
import { doc, allow, deny, expectRow, pair, type Row, type Told } from './row.ts';

const out: Question = { question: 'egress', subject: instanceUrn, port: 443, protocol: 'tcp' }, to = (object: string): Question => ({ ...out, object });
const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
const noAddress = { ...nic({ Association: undefined, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10' }] }), PublicIpAddress: undefined };
const world = (target: object, cidr = '0.0.0.0/0') => ({ DestinationCidrBlock: cidr, State: 'active', ...target });
const open: Change = { group: { IpPermissionsEgress: [all] } };
const over = (target: object, more: Change = {}): Change => ({ ...open, instance: noAddress, table: routes(world(target)), ...more });
const nat = (more: object = {}) => ec2('NatGateway', 'gateway', 'natgateway', 'nat-1', { NatGatewayId: 'nat-1', State: 'available', ConnectivityType: 'public', SubnetId: 'subnet-nat', VpcId: 'vpc-1', NatGatewayAddresses: [{ PublicIp: '203.0.113.99' }], ...more });
const natTable = (...more: readonly object[]) => ec2('RouteTable', 'route_table', 'route-table', 'rtb-nat', { RouteTableId: 'rtb-nat', VpcId: 'vpc-1', Associations: [{ SubnetId: 'subnet-nat' }], ...routes(...more) });
const behindNat = over({ NatGatewayId: 'nat-1' }), natOut = [nat(), natTable(world({ GatewayId: 'igw-1' }))];
const row = (id: string, fact: string, first: Parameters<typeof networkDrafts>, firstTold: Told, second: Parameters<typeof networkDrafts>, secondTold: Told, question = out): Row => pair(`AWS egress ${id}`, fact, question, networkDrafts(...first), firstTold, networkDrafts(...second), secondTold);

const six: Change = { ...open, instance: nic({ Association: undefined, PrivateIpAddresses: [], PrivateIpAddress: '10.0.0.10', Ipv6Addresses: [{ Ipv6Address: '2600:1f00::1' }] }), table: routes({ DestinationIpv6CidrBlock: '::/0', State: 'active', EgressOnlyInternetGatewayId: 'eigw-1' }), acl: aclEntries(...allowAll, ...[false, true].map((e) => ({ ...entry(101, 'allow', e), CidrBlock: undefined, Ipv6CidrBlock: '::/0' }))) };
const eigw = (VpcId = 'vpc-1') => ec2('EgressOnlyInternetGateway', 'gateway', 'egress-only-internet-gateway', 'eigw-1', { EgressOnlyInternetGatewayId: 'eigw-1', Attachments: [{ State: 'attached', VpcId }] });
const bpa = (mode: string) => ec2('VPCBlockPublicAccessOptions', 'other', 'vpc-block-public-access-options', 'vpcbpa-1', { InternetGatewayBlockMode: mode });
const gateways: readonly Row[] = [
  row('igw', 'with a public address, or without', [open], ['yes', 'public_address i-1/NetworkInterfaces/0: eni-1 has the public address 203.0.113.10', 'rtb-1 routes the internet to igw-1'], [{ ...open, instance: noAddress }], ['no NO_PUBLIC_IP', 'eni-1 has no public IPv4 address']),
  row('igw', 'the gateway attached, or not', [open], ['yes', 'igw-1 is attached to vpc-1'], [{ ...open, gateway: { Attachments: [] } }], ['no NO_IGW', 'internet_gateway igw-1/Attachments: igw-1 is not attached']),
  row('igw', 'an active route, or a black hole', [open], ['yes'], [{ ...open, table: routes(world({ GatewayId: 'igw-1', State: 'blackhole' })) }], ['no NO_ROUTE_TO_IGW', 'route rtb-1/Routes/1: the route to the internet is a black hole']),
  row('nat', 'its subnet leads to an internet gateway, or not', [behindNat, natOut], ['yes', 'nat_gateway nat-1/State: nat-1 is available and translates to 203.0.113.99', 'route rtb-nat/Routes/1: the subnet of nat-1 routes the internet to igw-1'], [behindNat, [nat(), natTable()]], ['no NO_ROUTE_TO_IGW', 'rtb-nat/Routes: the subnet of nat-1 has no route to an internet gateway']),
  row('nat', 'public, or private', [behindNat, natOut], ['yes'], [behindNat, [nat({ ConnectivityType: 'private' }), natTable(world({ GatewayId: 'igw-1' }))]], ['no NAT', 'nat_gateway nat-1/ConnectivityType: nat-1 is private']),
  row('nat', 'available, or failed', [behindNat, natOut], ['yes'], [behindNat, [nat({ State: 'failed' }), natTable(world({ GatewayId: 'igw-1' }))]], ['no NAT', 'nat_gateway nat-1/State: nat-1 is failed']),
  row('nat', 'in the snapshot, or not', [behindNat, natOut], ['yes'], [behindNat], ['unknown', 'missing NAT gateway nat-1']),
  row('eigw', 'IPv6 over an egress-only gateway that is attached here, or elsewhere', [six, [eigw()]], ['yes', 'internet_gateway eigw-1/Attachments: eigw-1 is attached to vpc-1'], [six, [eigw('vpc-9')]], ['no NO_IGW', 'eigw-1 is not attached to vpc-1']),
  row('bpa', 'behind NAT, block-ingress lets out, block-bidirectional doesn’t', [behindNat, [...natOut, bpa('block-ingress')]], ['yes', 'VPC block public access stops what comes in only'], [behindNat, [...natOut, bpa('block-bidirectional')]], ['no VPC_BPA', 'block-bidirectional']),
  row('bpa', 'over the internet gateway, block-ingress stops the answers', [open, [bpa('off')]], ['yes'], [open, [bpa('block-ingress')]], ['no VPC_BPA']),
];
const vpn = (...cidrs: readonly string[]): readonly ResourceDraft[] => [ec2('VPNConnection', 'gateway', 'vpn-connection', 'vpn-1', { VpnConnectionId: 'vpn-1', VpnGatewayId: 'vgw-1', State: 'available', Options: { StaticRoutesOnly: true }, Routes: cidrs.map((DestinationCidrBlock) => ({ DestinationCidrBlock, State: 'available' })) })];
const attachment = (id: string, vpc: string, more: object = {}) => ec2('TransitGatewayAttachment', 'gateway', 'transit-gateway-attachment', id, { TransitGatewayAttachmentId: id, TransitGatewayId: 'tgw-1', ResourceType: 'vpc', ResourceId: vpc, State: 'available', Association: { TransitGatewayRouteTableId: 'tgw-rtb-1', State: 'associated' }, ...more });
const hub = (...Routes: readonly object[]) => ec2('TransitGatewayRouteTable', 'route_table', 'transit-gateway-route-table', 'tgw-rtb-1', { TransitGatewayRouteTableId: 'tgw-rtb-1', TransitGatewayId: 'tgw-1', Routes: [{ DestinationCidrBlock: '10.9.0.0/16', Type: 'static', State: 'active', TransitGatewayAttachments: [{ TransitGatewayAttachmentId: 'tgw-attach-9' }] }, ...Routes] });
const toHub = over({ TransitGatewayId: 'tgw-1' });
const ways: readonly Row[] = [
  row('vgw', 'a VPN that leads there, or elsewhere', [over({ GatewayId: 'vgw-1' }), vpn('192.0.2.0/24')], ['yes', 'route vpn-1/Routes: a VPN connection of vgw-1 leads to 192.0.2.7', 'assumed the network behind vgw-1 takes what comes from vpc-1'], [over({ GatewayId: 'vgw-1' }), vpn('198.51.100.0/24')], ['no NO_ROUTE', 'have no route to 192.0.2.7'], to('192.0.2.7')),
  row('vgw', 'static routes, or none recorded', [over({ GatewayId: 'vgw-1' }), vpn('198.51.100.0/24')], ['no NO_ROUTE'], [over({ GatewayId: 'vgw-1' })], ['unknown', 'missing what lies behind vgw-1'], to('192.0.2.7')),
  row('pcx', 'a peering leads to no internet (no edge-to-edge routing); a NAT gateway does', [behindNat, natOut], ['yes'], [over({ VpcPeeringConnectionId: 'pcx-1' })], ['no NO_ROUTE_TO_IGW', 'route rtb-1/Routes/1: pcx-1 leads to another VPC', 'no edge-to-edge routing']),
  row('tgw', 'a transit gateway without a route there, or of which nothing is recorded', [toHub, [attachment('tgw-attach-1', 'vpc-1'), hub()]], ['no TRANSIT_GATEWAY', 'transit_gateway tgw-rtb-1/Routes: tgw-rtb-1 has no route to the internet'], [toHub], ['unknown', 'missing the attachments of tgw-1']),
  row('tgw', 'an attachment that stands, or is deleted', [toHub, [attachment('tgw-attach-1', 'vpc-1', { State: 'deleting' }), hub()]], ['no TRANSIT_GATEWAY', 'transit_gateway tgw-attach-1/State: the attachment is deleting'], [toHub, [attachment('tgw-attach-1', 'vpc-1'), hub({ DestinationCidrBlock: '0.0.0.0/0', Type: 'static', State: 'active', TransitGatewayAttachments: [{ TransitGatewayAttachmentId: 'tgw-attach-9' }] })]], ['unknown', 'missing']),
];
/** A central VPC with a NAT gateway behind the transit gateway, routed there and back. */
const back = { DestinationCidrBlock: '10.0.0.0/16', Type: 'static', State: 'active', TransitGatewayAttachments: [{ TransitGatewayAttachmentId: 'tgw-attach-1' }] }, onward = { ...back, DestinationCidrBlock: '0.0.0.0/0', TransitGatewayAttachments: [{ TransitGatewayAttachmentId: 'tgw-attach-9' }] };
const inCentral = (id: string, subnet: string, ...more: readonly object[]) => ec2('RouteTable', 'route_table', 'route-table', id, { RouteTableId: id, VpcId: 'vpc-9', Associations: [{ SubnetId: subnet }], Routes: [world({ GatewayId: 'local' }, '10.9.0.0/16'), ...more] });
const toSpoke = world({ TransitGatewayId: 'tgw-1' }, '10.0.0.0/16');
const central = (natRoutes: readonly object[] = [world({ GatewayId: 'igw-9' }), toSpoke]) => [
  attachment('tgw-attach-1', 'vpc-1', { SubnetIds: ['subnet-1'] }), attachment('tgw-attach-9', 'vpc-9', { SubnetIds: ['subnet-hub'] }), hub(back, onward), inCentral('rtb-hub', 'subnet-hub', world({ NatGatewayId: 'nat-9' })), inCentral('rtb-out', 'subnet-out', ...natRoutes),
  ec2('NatGateway', 'gateway', 'natgateway', 'nat-9', { NatGatewayId: 'nat-9', State: 'available', ConnectivityType: 'public', SubnetId: 'subnet-out', VpcId: 'vpc-9', NatGatewayAddresses: [{ PublicIp: '203.0.113.90' }] }), ec2('InternetGateway', 'gateway', 'internet-gateway', 'igw-9', { InternetGatewayId: 'igw-9', Attachments: [{ VpcId: 'vpc-9', State: 'available' }] }),
];
const through: Told = ['yes', 'transit_gateway tgw-rtb-1/Routes/2: tgw-rtb-1 routes the internet to the attachment of vpc-9', 'nat-9 is available and translates to 203.0.113.90', 'rtb-out routes 10.0.0.10 back to tgw-1', 'tgw-rtb-1 routes 10.0.0.10 to the attachment of vpc-1'];
const firewall = ec2('VPCEndpoint', 'endpoint', 'vpc-endpoint', 'vpce-fw', { VpcEndpointId: 'vpce-fw', VpcEndpointType: 'GatewayLoadBalancer', State: 'available', VpcId: 'vpc-9', SubnetIds: ['subnet-fw'] });
const metadata = (HttpEndpoint?: string): Parameters<typeof networkDrafts> => [{ group: { IpPermissionsEgress: [] }, ...(HttpEndpoint !== undefined && { instance: { MetadataOptions: { HttpEndpoint } } }) }];
const toMetadata: Question = { question: 'egress', subject: instanceUrn, object: '169.254.169.254', port: 80, protocol: 'tcp' };
const hubs: readonly Row[] = [
  row('metadata', 'no group filters what goes to the metadata service, which is on, or off', metadata('enabled'), ['yes', 'state i-1/MetadataOptions/HttpEndpoint'], metadata('disabled'), ['no STATE'], toMetadata),
  row('metadata', 'the same between hosts; on, or not recorded', metadata('enabled'), ['yes'], metadata(), ['unknown', 'missing whether 169.254.169.254 answers'], { ...toMetadata, question: 'host_to_host' }),
  row('tgw', 'a central VPC with a NAT gateway that leads out, or does not', [toHub, central()], through, [toHub, central([toSpoke])], ['no NO_ROUTE_TO_IGW', 'the subnet of nat-9 has no route to an internet gateway']),
  row('tgw', 'a way back, or none', [toHub, central()], through, [toHub, central([world({ GatewayId: 'igw-9' })])], ['no NO_ROUTE', 'route rtb-out/Routes: rtb-out has no route back to 10.0.0.10']),
  row('tgw', 'through a firewall to the NAT gateway it is open what that lets through; without a NAT gateway there is no way', [toHub, [...central([world({ GatewayId: 'igw-9' }), world({ GatewayId: 'vpce-fw' }, '10.0.0.0/16')]), firewall, inCentral('rtb-hub', 'subnet-hub', world({ GatewayId: 'vpce-fw' }))]], ['unknown', 'missing what vpce-fw lets through'], [toHub, central([toSpoke])], ['no NO_ROUTE_TO_IGW']),
  row('tgw', 'the transit gateway knows the way back, or not', [toHub, central()], through, [toHub, [...central(), hub(onward)]], ['no TRANSIT_GATEWAY', 'has no route to 10.0.0.10']),
  row('tgw', 'an internet gateway there helps nobody without an address in that VPC', [toHub, central()], through, [toHub, [...central(), inCentral('rtb-hub', 'subnet-hub', world({ GatewayId: 'igw-9' }))]], ['no NO_PUBLIC_IP', 'what comes over tgw-1 has no public address in vpc-9']),
  row('tgw', 'the subnets of that attachment recorded, or not', [toHub, central()], through, [toHub, [...central(), attachment('tgw-attach-9', 'vpc-9')]], ['unknown', 'missing the subnets of the attachment of vpc-9']),
];
const opens = (...IpPermissionsEgress: readonly object[]): Change => ({ group: { IpPermissionsEgress } });
const tcp = (port: number, CidrIp: string): object => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp }] });
const on = (port: number): object => ({ Protocol: '6', PortRange: { From: port, To: port } });
const filters: readonly Row[] = [
  row('SG', 'the port, or another', [opens(tcp(443, '0.0.0.0/0'))], ['yes', 'security_group_egress sg-1/IpPermissionsEgress/0: sg-1 opens tcp 443 outwards'], [opens(tcp(80, '0.0.0.0/0'))], ['no SG_OUT', 'sg-1 (web) does not open tcp 443 outwards']),
  row('SG', 'everywhere, or the VPC', [opens(tcp(443, '0.0.0.0/0'))], ['yes'], [opens(tcp(443, '10.0.0.0/16'))], ['no SG_OUT', 'only to 10.0.0.0/16']),
  row('SG', 'that address, or the one beside it', [opens(tcp(443, '198.51.100.7/32'))], ['yes', '198.51.100.7/32'], [opens(tcp(443, '198.51.100.8/32'))], ['no SG_OUT'], to('198.51.100.7')),
  row('NACL', 'a rule that lets out, or none', [open], ['yes', 'network_acl_outbound acl-1/Entries/1'], [{ ...open, acl: aclEntries(entry(100, 'allow', false)) }], ['no NACL_OUT', 'acl-1 does not let out to the internet']),
  row('NACL', 'replies may come in, or not', [open], ['yes', 'lets replies in from the internet'], [{ ...open, acl: aclEntries(entry(100, 'allow', true)) }], ['no NACL_IN', 'does not let replies in']),
  row('NACL', 'denied after the rule that allows, or before it', [{ ...open, acl: aclEntries(entry(190, 'deny', true, on(443)), ...allowAll) }], ['yes', '(rule 100)'], [{ ...open, acl: aclEntries(entry(90, 'deny', true, on(443)), ...allowAll) }], ['no NACL_OUT', 'rule 90 denies it']),
];
const list = ec2('PrefixList', 'cidr', 'prefix-list', 'pl-s3', { PrefixListId: 'pl-s3', Cidrs: ['52.218.0.0/17'] });
const endpoint = (more: object = {}) => ec2('VPCEndpoint', 'endpoint', 'vpc-endpoint', 'vpce-1', { VpcEndpointId: 'vpce-1', VpcEndpointType: 'Gateway', State: 'available', ServiceName: 'com.amazonaws.eu-central-1.s3', ...more });
const toS3: Change = { ...open, instance: noAddress, table: routes({ DestinationPrefixListId: 'pl-s3', GatewayId: 'vpce-1', State: 'active' }) };
const both: Change = { ...open, table: routes({ DestinationPrefixListId: 'pl-s3', GatewayId: 'vpce-1', State: 'active' }, world({ GatewayId: 'igw-1' })) };
const nothing = { PolicyDocument: doc(deny('*', '*', { Principal: '*' })) };
const endpoints: readonly Row[] = [
  row('vpce', 'an address of its list, or another', [toS3, [list, endpoint()]], ['yes', 'vpc_endpoint_policy vpce-1', 'vpce-1 passes everything on to s3'], [toS3, [ec2('PrefixList', 'cidr', 'prefix-list', 'pl-s3', { PrefixListId: 'pl-s3', Cidrs: ['3.5.0.0/16'] }), endpoint()]], ['no NO_ROUTE_TO_IGW', 'rtb-1 has no route to 52.218.1.1'], to('52.218.1.1')),
  row('vpce', 'its list is longer than the default route: its policy decides, also where the internet gateway would let out', [both, [list, endpoint()]], ['yes', 'vpce-1 passes everything on'], [both, [list, endpoint(nothing)]], ['no VPCE_POLICY', 'vpc_endpoint_policy vpce-1/PolicyDocument: the policy of vpce-1 allows nothing'], to('52.218.1.1')),
  row('vpce', 'a policy that allows something, or nothing', [toS3, [list, endpoint({ PolicyDocument: doc(allow('s3:GetObject', '*', { Principal: '*' })) })]], ['yes', 'assumed the request is one that the policy of vpce-1 allows'], [toS3, [list, endpoint(nothing)]], ['no VPCE_POLICY'], to('52.218.1.1')),
  row('vpce', 'available, or being deleted', [toS3, [list, endpoint()]], ['yes'], [toS3, [list, endpoint({ State: 'deleting' })]], ['no VPCE_POLICY', 'vpc_endpoint_policy vpce-1/State: vpce-1 is deleting'], to('52.218.1.1')),
];

describe('AWS egress', () => {
  it.each([...gateways, ...ways, ...hubs, ...filters, ...endpoints])('$id: $fact', (given) => expectRow(given));
});
