import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { aclEntries, allowAll, arn, dbUrn, ec2, eniUrn, entry, groupUrn, instanceUrn, lbUrn, networkWith, nic, routes, rule, type Change } from './aws-network.ts';

const ask = { port: 22, protocol: 'tcp' };
const textOf = (code: string, change: Change, more: readonly ResourceDraft[] = [], urn = instanceUrn): readonly string[] =>
  evaluateIngress(networkWith(change, more), urn, ask).reachable.reasons.filter((r) => r.rule === code).map((r) => r.text);

describe('an instance with every row fulfilled', () => {
  const result = evaluateIngress(networkWith(), instanceUrn, ask);

  it('is reachable, with address, port, way and what was assumed', () => {
    expect(result).toMatchObject({ open: [{ protocol: 'tcp', from: 22, to: 22 }], addresses: ['203.0.113.10'], failed: [], rule_opens: 'yes' });
    expect(result.reachable).toMatchObject({ answer: 'yes', via: `203.0.113.10 to ${instanceUrn}`, assumed: ['VPC block public access is off'], missing: [] });
  });

  it('says for every row why it holds, pointing into the record', () => {
    expect(result.reachable.reasons.map((r) => [r.rule, r.source.split('/').at(-1), r.pointer, r.text])).toEqual([
      ['public_address', 'i-1', '/NetworkInterfaces/0', 'eni-1 has the public address 203.0.113.10'],
      ['internet_gateway', 'igw-1', '/Attachments/0', 'igw-1 is attached to vpc-1'],
      ['route', 'rtb-1', '/Routes/1', 'rtb-1 routes the internet to igw-1'],
      ['vpc_block_public_access', 'i-1', '', 'VPC block public access is not in the snapshot; taken as off'],
      ['network_acl_inbound', 'acl-1', '/Entries/0', 'acl-1 lets in from the internet to tcp 22 (rule 100)'],
      ['network_acl_outbound', 'acl-1', '/Entries/1', 'acl-1 lets replies out to the internet on tcp 1024-65535 (rule 100)'],
      ['security_group', 'sg-1', '/IpPermissions/0', 'sg-1 opens tcp 22 to the internet (0.0.0.0/0)'],
      ['state', 'i-1', '/State/Name', 'the instance is running; whether something listens is not known'],
    ]);
  });

  it('is not reachable on a port that no rule opens', () => {
    expect(evaluateIngress(networkWith(), instanceUrn, { port: 443 }).failed).toEqual(['SG_IN']);
  });
});

const bpa = (InternetGatewayBlockMode: string) => ec2('VPCBlockPublicAccessOptions', 'other', 'vpc-block-public-access-options', 'vpcbpa-1', { InternetGatewayBlockMode });
const exclusion = (InternetGatewayExclusionMode: string, State = 'create-complete') =>
  ec2('VPCBlockPublicAccessExclusion', 'other', 'vpc-block-public-access-exclusion', 'vpcbpa-exclude-1', { VpcId: 'vpc-1', InternetGatewayExclusionMode, State });
const otherGateway = ec2('InternetGateway', 'gateway', 'internet-gateway', 'igw-2', { InternetGatewayId: 'igw-2', Attachments: [{ VpcId: 'vpc-2', State: 'available' }] });
const noAddress = { ...nic({ Association: null, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Association: null }] }), PublicIpAddress: null };

describe('a row that fails decides, with its code and the control named', () => {
  const cases: readonly (readonly [string, string, Change, readonly ResourceDraft[], string, string])[] = [
    ['no public address', 'NO_PUBLIC_IP', { instance: noAddress }, [], 'public_address', 'eni-1 has no public IPv4 address'],
    ['no gateway attached', 'NO_IGW', { gateway: { Attachments: [] } }, [], 'internet_gateway', 'igw-1 is not attached to vpc-1'],
    ['gateway detaching', 'NO_IGW', { gateway: { Attachments: [{ VpcId: 'vpc-1', State: 'detaching' }] } }, [], 'internet_gateway', 'igw-1 is detaching at vpc-1'],
    ['gateway of another VPC only', 'NO_IGW', { gateway: undefined, table: routes() }, [otherGateway], 'internet_gateway', 'no internet gateway is attached to vpc-1'],
    ['no default route', 'NO_ROUTE_TO_IGW', { table: routes() }, [], 'route', 'rtb-1 has no route to the internet'],
    ['default route to a NAT gateway', 'NO_ROUTE_TO_IGW', { table: routes({ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' }) }, [], 'route', 'rtb-1 sends the internet to nat-1, which lets nothing in, not to an internet gateway'],
    ['black hole', 'NO_ROUTE_TO_IGW', { table: routes({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'blackhole' }) }, [], 'route', 'rtb-1 sends the internet to igw-1, which is a black hole, not to an internet gateway'],
    ['transit gateway takes all by longer prefixes', 'NO_ROUTE_TO_IGW', { table: routes({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }, { DestinationCidrBlock: '0.0.0.0/1', TransitGatewayId: 'tgw-1' }, { DestinationCidrBlock: '128.0.0.0/1', TransitGatewayId: 'tgw-1' }) }, [], 'route', 'rtb-1 sends the internet to tgw-1, not to an internet gateway'],
    ['block public access, both ways', 'VPC_BPA', {}, [bpa('block-bidirectional')], 'vpc_block_public_access', 'VPC block public access is block-bidirectional in eu-central-1'],
    ['block public access, ingress', 'VPC_BPA', {}, [bpa('block-ingress')], 'vpc_block_public_access', 'VPC block public access is block-ingress in eu-central-1'],
    ['an exclusion for egress only', 'VPC_BPA', {}, [bpa('block-ingress'), exclusion('allow-egress')], 'vpc_block_public_access', 'VPC block public access is block-ingress in eu-central-1'],
    ['a deleted exclusion', 'VPC_BPA', {}, [bpa('block-ingress'), exclusion('allow-bidirectional', 'delete-complete')], 'vpc_block_public_access', 'VPC block public access is block-ingress in eu-central-1'],
    ['network ACL denies first', 'NACL_IN', { acl: aclEntries(entry(90, 'deny', false, { Protocol: '6', PortRange: { From: 22, To: 22 } }), ...allowAll) }, [], 'network_acl_inbound', 'acl-1 does not let in from the internet to tcp 22: rule 90 denies it'],
    ['network ACL allows another port', 'NACL_IN', { acl: aclEntries(entry(100, 'allow', false, { Protocol: '6', PortRange: { From: 443, To: 443 } }), entry(100, 'allow', true)) }, [], 'network_acl_inbound', 'acl-1 does not let in from the internet to tcp 22: rule 32767 denies it'],
    ['network ACL without any entry', 'NACL_IN', { acl: { Entries: [] } }, [], 'network_acl_inbound', 'acl-1 does not let in from the internet to tcp 22: no rule allows it'],
    ['network ACL lets no reply out', 'NACL_OUT', { acl: aclEntries(entry(100, 'allow', false), entry(100, 'allow', true, { Protocol: '6', PortRange: { From: 443, To: 443 } })) }, [], 'network_acl_outbound', 'acl-1 does not let replies out to the internet on tcp 1024-65535: rule 32767 denies it'],
    ['security group opens to an office', 'SG_IN', { group: { IpPermissions: [rule(22, '198.51.100.0/24')] } }, [], 'security_group', 'sg-1 (web) does not open tcp 22 to the internet; only to 198.51.100.0/24'],
    ['security group without rules', 'SG_IN', { group: { IpPermissions: [] } }, [], 'security_group', 'sg-1 (web) does not open tcp 22 to the internet'],
    ['security group that names groups', 'SG_IN', { group: { IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: 'sg-9' }] }] } }, [], 'security_group', 'sg-1 (web) does not open tcp 22 to the internet'],
    ['udp is not tcp', 'SG_IN', { group: { IpPermissions: [{ ...rule(22, '0.0.0.0/0'), IpProtocol: 'udp' }] } }, [], 'security_group', 'sg-1 (web) does not open tcp 22 to the internet'],
    ['stopped', 'STATE', { instance: { State: { Name: 'stopped' } } }, [], 'state', 'the instance is stopped'],
    ['terminated', 'STATE', { instance: { State: { Name: 'terminated' } } }, [], 'state', 'the instance is terminated'],
  ];

  it.each(cases)('%s: %s', (_, code, change, more, name, text) => {
    const result = evaluateIngress(networkWith(change, more), instanceUrn, ask);
    expect(result.reachable).toMatchObject({ answer: 'no', blocked_by: code, missing: [], assumed: [] });
    expect(result.failed[0]).toBe(code);
    expect(result.open).toEqual([]);
    expect(result.reachable.reasons.filter((r) => r.rule === name).map((r) => r.text)).toEqual([text]);
  });

  it('lists every code that fails, in table order', () => {
    expect(evaluateIngress(networkWith({ instance: { ...noAddress, State: { Name: 'stopped' } }, group: { IpPermissions: [] } }), instanceUrn, ask).failed).toEqual(['NO_PUBLIC_IP', 'SG_IN', 'STATE']);
  });

  it('decides although others are unknown', () => {
    const result = evaluateIngress(networkWith({ instance: noAddress, acl: undefined, table: undefined, group: undefined }), instanceUrn, ask);
    expect(result.reachable).toMatchObject({ answer: 'no', blocked_by: 'NO_PUBLIC_IP', missing: [] });
    expect(result.rule_opens).toBe('unknown');
  });
});

describe('a sibling that differs in one fact is reachable', () => {
  const cases: readonly (readonly [string, Change, readonly ResourceDraft[]])[] = [
    ['an elastic address beside a bare interface', { instance: noAddress }, [ec2('EIP', 'other', 'elastic-ip', 'eipalloc-1', { PublicIp: '203.0.113.77', NetworkInterfaceId: 'eni-1' })]],
    ['a gateway that the API calls attached', { gateway: { Attachments: [{ VpcId: 'vpc-1', State: 'attached' }] } }, []],
    ['the main table where the subnet has none', { table: { Associations: [{ Main: true }] } }, []],
    ['two halves instead of a default route', { table: routes({ DestinationCidrBlock: '0.0.0.0/1', GatewayId: 'igw-1' }, { DestinationCidrBlock: '128.0.0.0/1', GatewayId: 'igw-1' }) }, []],
    ['a longer prefix to elsewhere that leaves most', { table: routes({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }, { DestinationCidrBlock: '198.51.100.0/24', TransitGatewayId: 'tgw-1' }) }, []],
    ['an endpoint’s prefix list beside the default route', { table: routes({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }, { DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1' }) }, []],
    ['block public access off', {}, [bpa('off')]],
    ['block public access with an exclusion', {}, [bpa('block-bidirectional'), exclusion('allow-bidirectional')]],
    ['an allow before the deny', { acl: aclEntries(entry(80, 'allow', false, { Protocol: '6', PortRange: { From: 22, To: 22 } }), entry(90, 'deny', false), entry(100, 'allow', true)) }, []],
    ['entries out of order', { acl: { Entries: [entry(32767, 'deny', false), entry(32767, 'deny', true), ...allowAll] } }, []],
    ['a deny of an office before the allow', { acl: aclEntries(entry(90, 'deny', false, { CidrBlock: '198.51.100.0/24' }), ...allowAll) }, []],
    ['replies on the usual client ports only', { acl: aclEntries(entry(100, 'allow', false), entry(100, 'allow', true, { Protocol: '6', PortRange: { From: 32768, To: 60999 } })) }, []],
    ['the VPC’s default network ACL', { acl: { Associations: [] } }, []],
    ['all protocols', { group: { IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] } }, []],
    ['a protocol number', { group: { IpPermissions: [{ ...rule(22, '0.0.0.0/0'), IpProtocol: '6' }] } }, []],
    ['a port range', { group: { IpPermissions: [{ ...rule(0, '0.0.0.0/0'), ToPort: 1024 }] } }, []],
    ['0.0.0.0/0 in two halves', { group: { IpPermissions: [rule(22, '0.0.0.0/1'), rule(22, '128.0.0.0/1')] } }, []],
    ['host bits set', { group: { IpPermissions: [rule(22, '203.0.113.5/0')] } }, []],
    ['a second group that opens it', { instance: nic({ Groups: [{ GroupId: 'sg-2' }, { GroupId: 'sg-1' }] }) }, [ec2('SecurityGroup', 'sg', 'security-group', 'sg-2', { GroupId: 'sg-2', IpPermissions: [] })]],
    ['a prefix list that is the internet', { group: { IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-9' }] }] } }, [ec2('PrefixList', 'cidr', 'prefix-list', 'pl-9', { PrefixListId: 'pl-9', Entries: [{ Cidr: '0.0.0.0/0' }] })]],
    ['pending', { instance: { State: { Name: 'pending' } } }, []],
    ['its interface in a record of its own', { instance: { NetworkInterfaces: undefined, PublicIpAddress: undefined } }, []],
    ['only the instance’s own fields', { instance: { NetworkInterfaces: undefined, SecurityGroups: [{ GroupId: 'sg-1' }] }, eni: undefined }, []],
  ];

  it.each(cases)('%s', (_, change, more) => {
    expect(evaluateIngress(networkWith(change, more), instanceUrn, ask)).toMatchObject({ reachable: { answer: 'yes' }, failed: [], open: [{ protocol: 'tcp', from: 22, to: 22 }] });
  });

  it('assumes nothing about block public access when the snapshot has it', () => {
    expect(evaluateIngress(networkWith({}, [bpa('off')]), instanceUrn, ask).reachable.assumed).toEqual([]);
  });
});

describe('missing input makes the answer unknown and names what to import', () => {
  const cases: readonly (readonly [string, Change, string, string])[] = [
    ['addresses', { instance: { ...nic({ Association: undefined }), NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', SubnetId: 'subnet-1', VpcId: 'vpc-1', Groups: [{ GroupId: 'sg-1' }] }], PublicIpAddress: undefined } }, 'the addresses of eni-1', 'describe-network-interfaces'],
    ['gateway', { gateway: undefined }, 'internet gateway igw-1', 'describe-internet-gateways'],
    ['route table', { table: undefined }, 'the route table of subnet-1', 'describe-route-tables'],
    ['routes', { table: { Routes: undefined } }, 'a configuration that can be read', 'AWS::EC2::RouteTable'],
    ['network ACL', { acl: undefined }, 'the network ACL of subnet-1', 'describe-network-acls'],
    ['network ACL with an entry that can’t be read', { acl: aclEntries(entry(1, 'allow', false, { CidrBlock: '0.0.0.0/33' }), ...allowAll) }, 'a configuration that can be read', 'AWS::EC2::NetworkAcl'],
    ['security group', { group: undefined }, 'security group sg-1', 'describe-security-groups'],
    ['rules', { group: { IpPermissions: undefined } }, 'the inbound rules of sg-1', 'describe-security-groups'],
    ['prefix list', { group: { IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds: [{ PrefixListId: 'pl-9' }] }] } }, 'entries of prefix list pl-9', 'get-managed-prefix-list-entries'],
    ['absurd range', { group: { IpPermissions: [rule(22, '999.0.0.0/8')] } }, 'a configuration that can be read', 'AWS::EC2::SecurityGroup'],
    ['state', { instance: { State: undefined } }, 'the state of the instance', 'describe-instances'],
    ['firewall', { table: routes({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'vpce-1' }) }, 'what vpce-1 lets through', 'rules of that firewall'],
  ];

  it.each(cases)('%s', (_, change, what, supply) => {
    const { reachable, open } = evaluateIngress(networkWith(change), instanceUrn, ask);
    expect(reachable.answer).toBe('unknown');
    expect(reachable.missing.map((m) => m.what)).toContain(what);
    expect(reachable.missing.find((m) => m.what === what)?.supply).toContain(supply);
    expect(open).toEqual([]);
    expect(reachable).not.toHaveProperty('blocked_by');
  });

  it('does not wait for a group that can’t change a yes', () => {
    expect(evaluateIngress(networkWith({ instance: nic({ Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-gone' }] }) }), instanceUrn, ask).reachable.answer).toBe('yes');
  });

  it.each(['arn:aws:ec2:eu-central-1:111122223333:instance/i-gone', arn('vpc/vpc-1')])('%s', (urn) => {
    expect(evaluateIngress(networkWith({}, [ec2('VPC', 'vpc', 'vpc', 'vpc-1', {})]), urn).reachable).toMatchObject({ answer: 'unknown', missing: [{ entity: urn }] });
  });
});

describe('ports', () => {
  it('intersects groups with the network ACL', () => {
    const graph = networkWith({
      group: { IpPermissions: [{ ...rule(20, '0.0.0.0/0'), ToPort: 25 }, rule(8080, '0.0.0.0/0')] },
      acl: aclEntries(entry(10, 'deny', false, { Protocol: '6', PortRange: { From: 22, To: 22 } }), ...allowAll),
    });
    expect(evaluateIngress(graph, instanceUrn).open).toEqual([{ protocol: 'tcp', from: 20, to: 21 }, { protocol: 'tcp', from: 23, to: 25 }, { protocol: 'tcp', from: 8080, to: 8080 }]);
  });

  it('tells the ports that two controls open to different senders', () => {
    const graph = networkWith({ group: { IpPermissions: [rule(22, '0.0.0.0/1')] }, acl: aclEntries(entry(100, 'allow', false, { CidrBlock: '128.0.0.0/1' }), entry(100, 'allow', true)) });
    expect(evaluateIngress(graph, instanceUrn, ask)).toMatchObject({ reachable: { answer: 'no', blocked_by: 'SG_IN' }, rule_opens: 'yes' });
  });

  it.each([['an empty word first', ['', undefined]], ['no protocol first', [undefined, '']]] as const)('keeps apart no protocol and an empty word for one: %s', (_, order) => {
    const answers = new Map(order.map((protocol) => [protocol, evaluateIngress(networkWith(), instanceUrn, { port: 22, ...(protocol !== undefined && { protocol }) }).reachable.answer]));
    expect([answers.get(undefined), answers.get('')]).toEqual(['yes', 'unknown']);
  });

  it('evaluates a protocol without ports', () => {
    const graph = networkWith({ group: { IpPermissions: [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] } });
    expect(evaluateIngress(graph, instanceUrn, { protocol: 'icmp' }).open).toEqual([{ protocol: 'icmp', from: -1, to: -1 }]);
    expect(evaluateIngress(graph, instanceUrn).reachable.answer).toBe('no');
  });

  it.each([[-1], [65536], [1.5], [Number.NaN]])('does not answer for port %s', (port) => {
    expect(evaluateIngress(networkWith(), instanceUrn, { port }).reachable.answer).toBe('unknown');
  });

  it('answers for one sender', () => {
    const graph = networkWith({ group: { IpPermissions: [rule(22, '198.51.100.0/24')] } });
    expect(evaluateIngress(graph, instanceUrn, { ...ask, source: '198.51.100.7' }).reachable.answer).toBe('yes');
    expect(evaluateIngress(graph, instanceUrn, { ...ask, source: '203.0.113.7' }).failed).toEqual(['SG_IN']);
    expect(evaluateIngress(graph, instanceUrn, { ...ask, source: 'somewhere' }).reachable.answer).toBe('unknown');
  });
});

describe('IPv6', () => {
  const v6 = { instance: { ...nic({ Association: null, PrivateIpAddresses: [], Ipv6Addresses: [{ Ipv6Address: '2600:1f14::10' }] }), PublicIpAddress: null } };
  const group6 = { IpPermissions: [rule(22, '::/0')] };
  const table6 = { ...routes({ DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1' }) };
  const acl6 = aclEntries(entry(101, 'allow', false, { CidrBlock: null, Ipv6CidrBlock: '::/0' }), entry(101, 'allow', true, { CidrBlock: null, Ipv6CidrBlock: '::/0' }));

  it('is a way of its own', () => {
    expect(evaluateIngress(networkWith({ ...v6, group: group6, table: table6, acl: acl6 }), instanceUrn, ask)).toMatchObject({ reachable: { answer: 'yes' }, addresses: ['2600:1f14::10'] });
  });

  it.each([
    ['IPv4 rules don’t open it', { ...v6, table: table6, acl: acl6 }, 'SG_IN'],
    ['an egress-only gateway lets nothing in', { ...v6, group: group6, acl: acl6, table: routes({ DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' }) }, 'NO_ROUTE_TO_IGW'],
    ['IPv4 entries don’t let it in', { ...v6, group: group6, table: table6 }, 'NACL_IN'],
    ['a unique local address is not public', { instance: { ...nic({ Association: null, PrivateIpAddresses: [], Ipv6Addresses: [{ Ipv6Address: 'fd00::10' }] }), PublicIpAddress: null }, group: group6, table: table6, acl: acl6 }, 'NO_PUBLIC_IP'],
  ])('%s', (_, change, code) => {
    expect(evaluateIngress(networkWith(change), instanceUrn, ask).reachable).toMatchObject({ answer: 'no', blocked_by: code });
  });
});

describe('interfaces', () => {
  it('are reachable like their instance', () => expect(evaluateIngress(networkWith(), eniUrn, ask).reachable.answer).toBe('yes'));

  it.each([
    ['attached to nothing', { eni: { Attachment: null, Status: 'available' } }, 'no'], ['used by a service', { eni: { Attachment: { InstanceOwnerId: 'amazon-elb' } } }, 'yes'], ['of an unknown instance', { instance: undefined }, 'unknown'],
  ])('%s', (_, change, answer) => expect(evaluateIngress(networkWith(change), eniUrn, ask).reachable.answer).toBe(answer));

  it('one open interface of two is enough, and a closed one is no reason', () => {
    const closed = { NetworkInterfaceId: 'eni-2', SubnetId: 'subnet-1', VpcId: 'vpc-1', Groups: [], PrivateIpAddresses: [], Ipv6Addresses: [] };
    const [first] = (nic({}) as { NetworkInterfaces: readonly object[] }).NetworkInterfaces;
    const result = evaluateIngress(networkWith({ instance: { NetworkInterfaces: [closed, first], PublicIpAddress: undefined } }), instanceUrn, ask);
    expect(result.reachable.answer).toBe('yes');
    expect(result.failed).toEqual([]);
  });
});

describe('databases', () => {
  it('are looked at on their own port', () => expect(evaluateIngress(networkWith(), dbUrn)).toMatchObject({ reachable: { answer: 'yes' }, open: [{ protocol: 'tcp', from: 22, to: 22 }], addresses: ['orders.example'] }));

  const second = { Subnets: [{ SubnetIdentifier: 'subnet-1', SubnetAvailabilityZone: { Name: 'a' } }, { SubnetIdentifier: 'subnet-2', SubnetAvailabilityZone: { Name: 'b' } }], VpcId: 'vpc-1' };
  const privateSubnet = [ec2('RouteTable', 'route_table', 'route-table', 'rtb-2', { RouteTableId: 'rtb-2', VpcId: 'vpc-1', Associations: [{ SubnetId: 'subnet-2' }], ...routes() })];
  it.each([
    ['not publicly accessible', { PubliclyAccessible: false }, [], 'no', 'NO_PUBLIC_IP'], ['not said', { PubliclyAccessible: undefined }, [], 'unknown', undefined], ['stopped', { DBInstanceStatus: 'stopped' }, [], 'no', 'STATE'],
    ['on another port', { Endpoint: { Port: 5432 } }, [], 'no', 'SG_IN'], ['in a public or a private subnet', { DBSubnetGroup: second }, privateSubnet, 'unknown', undefined],
    ['in the zone of the private one', { DBSubnetGroup: second, AvailabilityZone: 'b' }, privateSubnet, 'no', 'NO_ROUTE_TO_IGW'], ['in the zone of the public one', { DBSubnetGroup: second, AvailabilityZone: 'a' }, privateSubnet, 'yes', undefined],
    ['groups not recorded', { VpcSecurityGroups: undefined }, [], 'unknown', undefined],
  ])('%s', (_, database, more, answer, code) => {
    const { reachable } = evaluateIngress(networkWith({ database }, more), dbUrn);
    expect([reachable.answer, reachable.blocked_by]).toEqual([answer, code]);
  });
});

describe('load balancers', () => {
  const listener = (Port: number): ResourceDraft => ({ urn: `${lbUrn}/listener/${Port}`, type: 'AWS::ElasticLoadBalancingV2::Listener', kind: 'other', account: '111122223333', region: 'eu-central-1', config: { LoadBalancerArn: lbUrn, Port } });
  it.each([
    ['internet-facing', {}, [], 'yes', undefined], ['internal', { Scheme: 'internal' }, [], 'no', 'NO_PUBLIC_IP'], ['scheme not recorded', { Scheme: undefined }, [], 'unknown', undefined],
    ['listening on the open port', {}, [listener(22)], 'yes', undefined], ['listening on a closed port', {}, [listener(443)], 'no', 'SG_IN'], ['failed', { State: { Code: 'failed' } }, [], 'no', 'STATE'],
    ['a network balancer without groups', { Type: 'network', SecurityGroups: undefined }, [listener(443)], 'yes', undefined], ['an application balancer whose groups are not recorded', { SecurityGroups: undefined }, [], 'unknown', undefined],
  ])('%s', (_, balancer, more, answer, code) => {
    const { reachable } = evaluateIngress(networkWith({ balancer }, more), lbUrn);
    expect([reachable.answer, reachable.blocked_by]).toEqual([answer, code]);
  });

  it('that don’t listen on the asked port are closed there', () => {
    expect(evaluateIngress(networkWith({}, [listener(443)]), lbUrn, ask)).toMatchObject({ reachable: { answer: 'no', blocked_by: 'STATE' }, rule_opens: 'yes' });
  });

  it('expose an instance without an address on its target port, if its group lets them in', () => {
    const classic = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/classic';
    const graphWith = (IpPermissions: readonly object[]) => {
      const network = networkWith({ instance: noAddress });
      const drafts = ['Instance', 'NetworkInterface', 'Subnet', 'RouteTable', 'InternetGateway', 'NetworkAcl'].flatMap((t) => network.ofType(`AWS::EC2::${t}`));
      return graphOf([
        ...drafts, ec2('SecurityGroup', 'sg', 'security-group', 'sg-1', { GroupId: 'sg-1', IpPermissions }),
        ec2('SecurityGroup', 'sg', 'security-group', 'sg-lb', { GroupId: 'sg-lb', IpPermissions: [rule(443, '0.0.0.0/0')] }),
        { urn: classic, type: 'AWS::ElasticLoadBalancing::LoadBalancer', kind: 'lb', account: '111122223333', region: 'eu-central-1', config: { LoadBalancerName: 'classic', Scheme: 'internet-facing', Subnets: ['subnet-1'], VPCId: 'vpc-1', SecurityGroups: ['sg-lb'], ListenerDescriptions: [{ Listener: { LoadBalancerPort: 443, InstancePort: 8080 } }] } },
      ], [{ source: classic, kind: 'FORWARDS_TO', target: 'i-1' }]);
    };
    const fromBalancer = { IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080, UserIdGroupPairs: [{ GroupId: 'sg-lb' }] };
    expect(evaluateIngress(graphWith([fromBalancer]), instanceUrn)).toMatchObject({ reachable: { answer: 'yes', via: classic }, open: [{ protocol: 'tcp', from: 8080, to: 8080 }] });
    expect(evaluateIngress(graphWith([{ ...fromBalancer, UserIdGroupPairs: [{ GroupId: 'sg-else' }] }]), instanceUrn).failed).toContain('NO_PUBLIC_IP');
    expect(evaluateIngress(graphWith([fromBalancer]), instanceUrn, { port: 22 }).reachable.answer).toBe('no');
  });
});

describe('targets of network balancers', () => {
  const lb = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/n/1', tg = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/t/1';
  const graphWith = (cidr: string, Scheme = 'internet-facing') => {
    const network = networkWith({ instance: noAddress, group: { IpPermissions: [rule(8080, cidr)] } });
    const drafts = ['Instance', 'SecurityGroup', 'Subnet', 'RouteTable', 'InternetGateway', 'NetworkAcl'].flatMap((t) => network.ofType(`AWS::EC2::${t}`));
    const place = { account: '111122223333', region: 'eu-central-1' };
    return graphOf([...drafts, { urn: lb, type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', kind: 'lb', ...place, config: { LoadBalancerName: 'n', Type: 'network', Scheme, VpcId: 'vpc-1', AvailabilityZones: [{ SubnetId: 'subnet-1' }] } },
      { urn: tg, type: 'AWS::ElasticLoadBalancingV2::TargetGroup', kind: 'other', ...place, config: { Port: 8080 } }], [{ source: lb, kind: 'FORWARDS_TO', target: tg }, { source: tg, kind: 'FORWARDS_TO', target: 'i-1' }]);
  };
  it.each([
    ['open to the clients themselves', '0.0.0.0/0', undefined, 'yes'], ['open to the balancer’s subnet', '10.0.0.0/24', undefined, 'yes'], ['open to neither', '10.7.0.0/24', undefined, 'no'], ['behind an internal balancer', '0.0.0.0/0', 'internal', 'no'],
  ])('%s', (_, cidr, scheme, answer) => expect(evaluateIngress(graphWith(cidr, scheme), instanceUrn).reachable.answer).toBe(answer));

  it('are opened by what lets the balancer in, and by nothing where that lets nobody in', () => {
    expect(evaluateIngress(graphWith('10.0.0.0/24'), instanceUrn)).toMatchObject({ reachable: { answer: 'yes' }, rule_opens: 'yes' });
    expect(evaluateIngress(graphWith('10.7.0.0/24'), instanceUrn)).toMatchObject({ reachable: { answer: 'no' }, rule_opens: 'no' });
  });
});

describe('security groups', () => {
  const attached: Change = { database: undefined, balancer: undefined };
  it.each([
    ['open and on a public instance', attached, 'yes', undefined, 'yes'], ['open on an instance without an address', { ...attached, instance: noAddress }, 'no', 'NO_PUBLIC_IP', 'yes'],
    ['closed', { ...attached, group: { IpPermissions: [] } }, 'no', 'SG_IN', 'no'], ['open and attached to nothing', { ...attached, instance: nic({ Groups: [] }), eni: { Groups: [] } }, 'no', 'NOT_ATTACHED', 'yes'],
    ['open, in a snapshot without interfaces', { ...attached, instance: undefined, eni: undefined }, 'unknown', undefined, 'yes'],
  ])('%s', (_, change, answer, code, opens) => {
    const result = evaluateIngress(networkWith(change), groupUrn, ask);
    expect([result.reachable.answer, result.reachable.blocked_by, result.rule_opens]).toEqual([answer, code, opens]);
  });

  it('are looked at through their own rules only', () => {
    const graph = networkWith({ ...attached, instance: nic({ Groups: [{ GroupId: 'sg-1' }, { GroupId: 'sg-2' }] }) }, [ec2('SecurityGroup', 'sg', 'security-group', 'sg-2', { GroupId: 'sg-2', IpPermissions: [rule(443, '0.0.0.0/0')] })]);
    expect(evaluateIngress(graph, groupUrn).open).toEqual([{ protocol: 'tcp', from: 22, to: 22 }]);
    expect(evaluateIngress(graph, arn('security-group/sg-2')).open).toEqual([{ protocol: 'tcp', from: 443, to: 443 }]);
  });

  it('name an attachment that is known of but not in the snapshot', () => {
    const graph = graphOf([ec2('SecurityGroup', 'sg', 'security-group', 'sg-1', { GroupId: 'sg-1', IpPermissions: [rule(22, '0.0.0.0/0')] })], [{ source: eniUrn, kind: 'MEMBER_OF', target: 'sg-1' }]);
    expect(evaluateIngress(graph, groupUrn).reachable.missing.map((m) => m.what)).toEqual(['eni-1, which the group is attached to']);
  });
});

describe('function URLs', () => {
  const urn = 'arn:aws:lambda:eu-central-1:111122223333:function:f';
  const of = (config: object) => evaluateIngress(graphOf([{ urn, type: 'AWS::Lambda::Function', kind: 'function', config }]), urn);
  const policy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'lambda:InvokeFunctionUrl', Resource: urn, Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } } }] };
  const url = { FunctionUrl: 'https://x.lambda-url.example/', AuthType: 'NONE' };
  it.each([
    ['open to everyone', { FunctionUrlConfig: url, Policy: policy }, 'yes'], ['with IAM', { FunctionUrlConfig: { ...url, AuthType: 'AWS_IAM' }, Policy: policy }, 'no'], ['no URL', { FunctionUrlConfig: null }, 'no'], ['not recorded', {}, 'unknown'],
    ['without a policy', { FunctionUrlConfig: url, Policy: null }, 'no'], ['policy not recorded', { FunctionUrlConfig: url }, 'unknown'],
    ['under a condition that no request from the internet meets', { FunctionUrlConfig: url, Policy: { Statement: [{ ...policy.Statement[0], Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }] } }, 'no'],
    ['for one account', { FunctionUrlConfig: url, Policy: { Statement: [{ ...policy.Statement[0], Principal: { AWS: '444455556666' } }] } }, 'no'],
  ])('%s', (_, config, answer) => expect(of(config).reachable.answer).toBe(answer));
});

describe('size and hostility', () => {
  it('answers for a group of 100,000 rules without quadratic work', () => {
    const rules = (n: number) => Array.from({ length: n }, (_, i) => ({ ...rule(i % (n * 0.6), `${1 + (i % 200)}.${(i >> 8) % 256}.${i % 256}.0/24`), ToPort: Math.min(65_535, (i % (n * 0.6)) + 5_000) }));
    // Processor time, which others on the machine don't lengthen.
    const timed = (permissions: ReturnType<typeof rules>) => {
      const before = process.threadCpuUsage();
      const found = evaluateIngress(networkWith({ group: { IpPermissions: permissions } }), instanceUrn);
      const { user, system } = process.threadCpuUsage(before);
      return { found, us: user + system };
    };
    const hosts = rules(100_000), quickest = (n: number) => { const some = rules(n); return Math.min(...Array.from({ length: 4 }, () => timed(some).us)); };
    // Ten times the rules would cost a hundred times as much if each met each. (More of them also make the garbage collector work.)
    expect(quickest(60_000) / quickest(6000)).toBeLessThan(50);
    const result = timed(hosts).found;
    expect(result.reachable.answer).toBe('no');
    expect(evaluateIngress(networkWith({ group: { IpPermissions: [...hosts, rule(22, '0.0.0.0/0')] } }), instanceUrn).open).toEqual([{ protocol: 'tcp', from: 22, to: 22 }]);
  });

  it('never throws on arbitrary configurations', () => {
    const names = ['instance', 'eni', 'subnet', 'table', 'gateway', 'acl', 'group', 'database', 'balancer'];
    const keys = ['NetworkInterfaces', 'Attachments', 'Routes', 'Entries', 'IpPermissions', 'Groups', 'Associations', 'State', 'VpcSecurityGroups', 'DBSubnetGroup', 'AvailabilityZones', 'SecurityGroups', 'ListenerDescriptions'];
    fc.assert(fc.property(fc.constantFrom(...names), fc.constantFrom(...keys), fc.jsonValue(), (name, key, value) => {
      const graph = networkWith({ [name]: { [key]: value } });
      for (const urn of [instanceUrn, eniUrn, groupUrn, dbUrn, lbUrn]) expect(['yes', 'no', 'unknown']).toContain(evaluateIngress(graph, urn).reachable.answer);
    }), { numRuns: 300 });
  });

  it('says the same whatever the order of the resources', () => {
    const graph = networkWith();
    const drafts = ['Instance', 'NetworkInterface', 'Subnet', 'RouteTable', 'InternetGateway', 'NetworkAcl', 'SecurityGroup'].flatMap((t) => graph.ofType(`AWS::EC2::${t}`));
    fc.assert(fc.property(fc.shuffledSubarray([...drafts], { minLength: drafts.length }), (shuffled) => {
      expect(evaluateIngress(graphOf(shuffled), instanceUrn, ask)).toEqual(evaluateIngress(graph, instanceUrn, ask));
    }), { numRuns: 20 });
  });
});

it('keeps a control that the snapshot lacks out of a no', () => {
  expect(textOf('vpc_block_public_access', { group: { IpPermissions: [] } })).toEqual(['VPC block public access is not in the snapshot; taken as off']);
});

describe('what stands in one subnet behind the same groups', () => {
  const twinUrn = arn('instance/i-2');
  const twin = ec2('Instance', 'vm', 'instance', 'i-2', { InstanceId: 'i-2', State: { Name: 'running' }, SubnetId: 'subnet-1', VpcId: 'vpc-1', PublicIpAddress: '203.0.113.20', SecurityGroups: [{ GroupId: 'sg-1' }] });
  const elsewhere = ec2('Instance', 'vm', 'instance', 'i-3', { InstanceId: 'i-3', State: { Name: 'running' }, SubnetId: 'subnet-1', VpcId: 'vpc-1', PublicIpAddress: '203.0.113.30', SecurityGroups: [{ GroupId: 'sg-2' }] });
  const closed = ec2('SecurityGroup', 'sg', 'security-group', 'sg-2', { GroupId: 'sg-2', VpcId: 'vpc-1', IpPermissions: [], IpPermissionsEgress: [] });
  const changes: readonly Change[] = [{}, { acl: undefined }, { table: undefined }, { gateway: undefined }, { group: undefined }, { subnet: undefined }, { gateway: undefined, table: undefined, acl: undefined, group: undefined, subnet: undefined }, { acl: aclEntries() }, { table: routes() }];

  it.each(changes.map((change) => [Object.keys(change).join(' ') || 'nothing', change] as const))('says of each what it says of it alone, and names no other record (without %s)', (_name, change) => {
    const shared = networkWith(change, [twin, elsewhere, closed]);
    for (const urn of [instanceUrn, twinUrn, elsewhere.urn, instanceUrn]) for (const options of [ask, { port: 443 }, {}, { source: '198.51.100.7' }]) {
      const found = evaluateIngress(shared, urn, options), others = [instanceUrn, twinUrn, elsewhere.urn].filter((u) => u !== urn);
      expect(found).toEqual(evaluateIngress(networkWith(change, [twin, elsewhere, closed]), urn, options));
      expect([...found.reachable.reasons.map((r) => r.source), ...found.reachable.missing.map((m) => m.entity)].filter((name) => others.includes(name) || name.includes('\u0000'))).toEqual([]);
    }
  });
});
