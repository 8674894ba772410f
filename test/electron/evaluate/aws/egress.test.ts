import { describe, expect, it } from 'vitest';
import { evaluateEgress, type EgressOptions } from '#electron/evaluate/aws/egress.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { aclEntries, allowAll, arn, ec2, entry, instanceUrn, networkDrafts, networkWith, nic, routes, type Change } from './aws-network.ts';
import { unresolved } from './rows/row.ts';

const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] };
const open: Change = { group: { IpPermissionsEgress: [all] } };
const route = (target: object, to = '0.0.0.0/0') => ({ DestinationCidrBlock: to, State: 'active', ...target });
const route6 = (target: object) => ({ DestinationIpv6CidrBlock: '::/0', State: 'active', ...target });
const natOf = (more: object = {}): ResourceDraft => ec2('NatGateway', 'gateway', 'natgateway', 'nat-1', { NatGatewayId: 'nat-1', State: 'available', ConnectivityType: 'public', SubnetId: 'subnet-nat', VpcId: 'vpc-1', NatGatewayAddresses: [{ PublicIp: '203.0.113.99' }], ...more });
const natTable = (...more: readonly object[]): ResourceDraft => ec2('RouteTable', 'route_table', 'route-table', 'rtb-nat', { RouteTableId: 'rtb-nat', VpcId: 'vpc-1', Associations: [{ SubnetId: 'subnet-nat' }], ...routes(...more) });
const behindNat: Change = { ...open, instance: { PublicIpAddress: undefined, ...nic({ Association: undefined, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10' }] }) }, table: routes(route({ NatGatewayId: 'nat-1' })) };
const with6: Change = { ...open, instance: nic({ Association: undefined, PrivateIpAddresses: [], PrivateIpAddress: '10.0.0.10', Ipv6Addresses: [{ Ipv6Address: '2600:1f00::1' }] }), table: routes(route6({ EgressOnlyInternetGatewayId: 'eigw-1' })), acl: aclEntries(...allowAll, ...[false, true].map((e) => ({ ...entry(101, 'allow', e), CidrBlock: undefined, Ipv6CidrBlock: '::/0' }))) };
const eigw = (state = 'attached', vpc = 'vpc-1') => ec2('EgressOnlyInternetGateway', 'gateway', 'egress-only-internet-gateway', 'eigw-1', { EgressOnlyInternetGatewayId: 'eigw-1', Attachments: [{ State: state, VpcId: vpc }] });
const bpa = (mode: string): ResourceDraft => ({ urn: 'bpa', type: 'AWS::EC2::VPCBlockPublicAccessOptions', kind: 'other', account: '111122223333', region: 'eu-central-1', config: { InternetGatewayBlockMode: mode } });
const s3List = ec2('PrefixList', 'cidr', 'prefix-list', 'pl-s3', { PrefixListId: 'pl-s3', Cidrs: ['52.218.0.0/17'] });
const endpoint = (more: object = {}) => ec2('VPCEndpoint', 'endpoint', 'vpc-endpoint', 'vpce-1', { VpcEndpointId: 'vpce-1', VpcEndpointType: 'Gateway', State: 'available', ServiceName: 'com.amazonaws.eu-central-1.s3', ...more });
const toS3: Change = { ...behindNat, table: routes({ DestinationPrefixListId: 'pl-s3', GatewayId: 'vpce-1', State: 'active' }) };
const s3: EgressOptions = { destination: '52.218.1.1', port: 443, protocol: 'tcp' };
const web: EgressOptions = { port: 443, protocol: 'tcp' };
const deny = { Statement: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }] };

const behindVpn: Change = { ...open, table: routes(route({ GatewayId: 'vgw-1' })) };
const vpn = (more: object = {}) => ec2('VPNConnection', 'gateway', 'vpn-connection', 'vpn-1', { VpnConnectionId: 'vpn-1', VpnGatewayId: 'vgw-1', State: 'available', Options: { StaticRoutesOnly: true }, Routes: [{ DestinationCidrBlock: '192.0.2.0/24', State: 'available' }], ...more });

type Case = readonly [fact: string, change: Change, more: readonly ResourceDraft[], options: EgressOptions, answer: string, code: string | undefined, reason: string];
const cases: readonly Case[] = [
  ['an internet gateway and a public address', open, [], web, 'yes', undefined, 'has the public address 203.0.113.10'],
  ['the same without a public address', { ...open, instance: { PublicIpAddress: undefined, ...nic({ Association: undefined, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10' }] }) } }, [], web, 'no', 'NO_PUBLIC_IP', 'has no public IPv4 address'],
  ['the gateway is detached', { ...open, gateway: { Attachments: [] } }, [], web, 'no', 'NO_IGW', 'igw-1 is not attached'],
  ['no default route', { ...open, table: routes() }, [], web, 'no', 'NO_ROUTE_TO_IGW', 'rtb-1 has no route to the internet'],
  ['the default route is a black hole', { ...open, table: routes(route({ GatewayId: 'igw-1', State: 'blackhole' })) }, [], web, 'no', 'NO_ROUTE_TO_IGW', 'black hole'],
  ['the route table is not known', { ...open, table: undefined }, [], web, 'unknown', undefined, 'route table'],
  ['a NAT gateway whose subnet has an internet gateway', behindNat, [natOf(), natTable(route({ GatewayId: 'igw-1' }))], web, 'yes', undefined, 'nat-1 is available and translates to 203.0.113.99'],
  ['a NAT gateway whose subnet has none', behindNat, [natOf(), natTable()], web, 'no', 'NO_ROUTE_TO_IGW', 'has no route to an internet gateway'],
  ['a NAT gateway that failed', behindNat, [natOf({ State: 'failed' }), natTable(route({ GatewayId: 'igw-1' }))], web, 'no', 'NAT', 'nat-1 is failed'],
  ['a private NAT gateway', behindNat, [natOf({ ConnectivityType: 'private' }), natTable(route({ GatewayId: 'igw-1' }))], web, 'no', 'NAT', 'is private'],
  ['a NAT gateway that is not known', behindNat, [], web, 'unknown', undefined, 'NAT gateway nat-1'],
  ['an egress-only gateway over IPv6', with6, [eigw()], web, 'yes', undefined, 'eigw-1 is attached'],
  ['the same attached elsewhere', with6, [eigw('attached', 'vpc-2')], web, 'no', 'NO_IGW', 'eigw-1 is not attached'],
  ['a gateway endpoint for its service', toS3, [s3List, endpoint()], s3, 'yes', undefined, 'passes everything on to s3'],
  ['the same for another address', toS3, [s3List, endpoint()], { ...s3, destination: '8.8.8.8' }, 'no', 'NO_ROUTE_TO_IGW', 'no route to 8.8.8.8'],
  ['a gateway endpoint whose policy denies', toS3, [s3List, endpoint({ PolicyDocument: deny })], s3, 'no', 'VPCE_POLICY', 'allows nothing'],
  ['a gateway endpoint that is being deleted', toS3, [s3List, endpoint({ State: 'deleting' })], s3, 'no', 'VPCE_POLICY', 'vpce-1 is deleting'],
  ['the endpoint’s list is longer than the default route', { ...open, table: routes({ DestinationPrefixListId: 'pl-s3', GatewayId: 'vpce-1', State: 'active' }, route({ GatewayId: 'igw-1' })) }, [s3List, endpoint({ PolicyDocument: deny })], s3, 'no', 'VPCE_POLICY', 'allows nothing'],
  ['a peering connection leads to no internet', { ...open, table: routes(route({ VpcPeeringConnectionId: 'pcx-1' })) }, [], web, 'no', 'NO_ROUTE_TO_IGW', 'no edge-to-edge routing'],
  ['a transit gateway that is not recorded', { ...open, table: routes(route({ TransitGatewayId: 'tgw-1' })) }, [], web, 'unknown', undefined, 'the attachments of tgw-1'],
  ['a virtual private gateway', { ...open, table: routes(route({ GatewayId: 'vgw-1' })) }, [], web, 'unknown', undefined, 'what lies behind vgw-1'],
  ['one with a VPN of static routes, to where one leads', behindVpn, [vpn()], { destination: '192.0.2.7' }, 'yes', undefined, 'a VPN connection of vgw-1 leads to 192.0.2.7'],
  ['to where none leads', behindVpn, [vpn()], { destination: '8.8.8.8' }, 'no', 'NO_ROUTE', 'have no route to 8.8.8.8'],
  ['to the internet, which none leads to', behindVpn, [vpn()], {}, 'no', 'NO_ROUTE', 'have no route to the internet'],
  ['with a static route for everything', behindVpn, [vpn({ Routes: [{ DestinationCidrBlock: '0.0.0.0/0', State: 'available' }] })], {}, 'unknown', undefined, 'what lies behind vgw-1'],
  ['with routes by BGP', behindVpn, [vpn({ Options: { StaticRoutesOnly: false }, Routes: [] })], { destination: '192.0.2.7' }, 'unknown', undefined, 'what lies behind vgw-1'],
  ['with a VPN that is gone', behindVpn, [vpn({ State: 'deleted' })], { destination: '192.0.2.7' }, 'unknown', undefined, 'what lies behind vgw-1'],
  ['one that is attached elsewhere', behindVpn, [vpn(), ec2('VPNGateway', 'gateway', 'vpn-gateway', 'vgw-1', { VpnGatewayId: 'vgw-1', VpcAttachments: [{ VpcId: 'vpc-9', State: 'attached' }] })], { destination: '192.0.2.7' }, 'no', 'NO_ROUTE', 'vgw-1 is not attached to vpc-1'],
  ['a NAT gateway passes ICMP', behindNat, [natOf(), natTable(route({ GatewayId: 'igw-1' }))], { protocol: 'icmp' }, 'yes', undefined, 'translates to'],
  ['a NAT gateway passes no ESP', behindNat, [natOf(), natTable(route({ GatewayId: 'igw-1' }))], { protocol: 'esp' }, 'no', 'NAT', 'TCP, UDP and ICMP only'],
  ['an appliance that checks sources', { ...open, table: routes(route({ NetworkInterfaceId: 'eni-9' })) }, [ec2('NetworkInterface', 'eni', 'network-interface', 'eni-9', { NetworkInterfaceId: 'eni-9', SourceDestCheck: true })], web, 'no', 'NAT', 'checks source and destination'],
  ['an appliance that does not', { ...open, table: routes(route({ NetworkInterfaceId: 'eni-9' })) }, [ec2('NetworkInterface', 'eni', 'network-interface', 'eni-9', { NetworkInterfaceId: 'eni-9', SourceDestCheck: false, Association: { PublicIp: '203.0.113.4' } })], web, 'unknown', undefined, 'eni-9'],
  ['block public access in both directions', behindNat, [natOf(), natTable(route({ GatewayId: 'igw-1' })), bpa('block-bidirectional')], web, 'no', 'VPC_BPA', 'block-bidirectional'],
  ['block public access for what comes in, behind NAT', behindNat, [natOf(), natTable(route({ GatewayId: 'igw-1' })), bpa('block-ingress')], web, 'yes', undefined, 'stops what comes in only'],
  ['block public access for what comes in, at the internet gateway', open, [bpa('block-ingress')], web, 'no', 'VPC_BPA', 'block-ingress'],
  ['no egress rule for the port', { group: { IpPermissionsEgress: [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] } }, [], web, 'no', 'SG_OUT', 'does not open tcp 443 outwards'],
  ['an egress rule for the port', { group: { IpPermissionsEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] } }, [], web, 'yes', undefined, 'opens tcp 443 outwards'],
  ['an egress rule for that address', { group: { IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '198.51.100.7/32' }] }] } }, [], { destination: '198.51.100.7' }, 'yes', undefined, '198.51.100.7/32'],
  ['the same, for the internet at large', { group: { IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '198.51.100.7/32' }] }] } }, [], {}, 'no', 'SG_OUT', 'only to 198.51.100.7/32'],
  ['a network ACL that lets nothing out', { ...open, acl: aclEntries(entry(100, 'allow', false)) }, [], web, 'no', 'NACL_OUT', 'does not let out'],
  ['a network ACL that lets no replies in', { ...open, acl: aclEntries(entry(100, 'allow', true)) }, [], web, 'no', 'NACL_IN', 'does not let replies in'],
  ['a network ACL that denies the port first', { ...open, acl: aclEntries(entry(90, 'deny', true, { Protocol: '6', PortRange: { From: 443, To: 443 } }), ...allowAll) }, [], web, 'no', 'NACL_OUT', 'rule 90 denies it'],
  ['a network ACL that denies it too late', { ...open, acl: aclEntries(entry(190, 'deny', true, { Protocol: '6', PortRange: { From: 443, To: 443 } }), ...allowAll) }, [], web, 'yes', undefined, 'rule 100'],
  ['a stopped instance', { ...open, instance: { State: { Name: 'stopped' } } }, [], web, 'no', 'STATE', 'the instance is stopped'],
  ['groups that are not known', { group: undefined }, [], web, 'unknown', undefined, 'security group sg-1'],
];

describe('evaluateEgress', () => {
  it.each(cases)('%s', (_, change, more, options, answer, code, reason) => {
    const there = networkDrafts(change, more), verdict = evaluateEgress(graphOf(there), instanceUrn, options);
    expect(unresolved(verdict, there)).toEqual([]);
    expect([verdict.answer, verdict.blocked_by]).toEqual([answer, code]);
    expect(`${verdict.reasons.map((r) => r.text).join('\n')}\n${verdict.missing.map((m) => m.what).join('\n')}`).toContain(reason);
    expect(verdict.missing.length > 0).toBe(answer === 'unknown');
    expect(verdict.reasons.every((r) => r.rule !== '' && r.source !== '')).toBe(true);
  });

  const fn = (VpcConfig?: object): ResourceDraft => ({ urn: `arn:aws:lambda:eu-central-1:111122223333:function:f`, type: 'AWS::Lambda::Function', kind: 'function', account: '111122223333', region: 'eu-central-1', config: { FunctionName: 'f', ...(VpcConfig && { VpcConfig }) } });
  it.each([
    ['a function outside a VPC', fn(), {}, 'yes'], ['the same, to a private address', fn(), { destination: '10.0.0.9' }, 'no'],
    ['a function in a public subnet has no address', fn({ SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'], VpcId: 'vpc-1' }), {}, 'no'],
  ])('%s', (_, draft, options, answer) => expect(evaluateEgress(networkWith(open, [draft]), draft.urn, options).answer).toBe(answer));

  it('says what is wrong with a destination that is none', () => expect(evaluateEgress(networkWith(open), instanceUrn, { destination: 'nowhere' }).missing[0]?.what).toBe('destination nowhere'));
  it('does not know what is not there', () => expect(evaluateEgress(networkWith({ instance: undefined }), arn('instance/i-1'))).toMatchObject({ answer: 'unknown', missing: [{ what: 'the resource' }] }));
});
