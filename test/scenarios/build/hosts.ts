/** AWS Config items of one EC2 host in a VPC of its own, reachable from the internet on one port unless something is broken. */
import { configItem } from './buckets.ts';
import { NOW, type Json } from './part.ts';

export type Broken =
  | 'no_address' | 'no_gateway' | 'gateway_of_another_vpc' | 'no_route' | 'blackhole' | 'nacl_in' | 'nacl_out' | 'sg_narrow' | 'sg_reference' | 'sg_other_port' | 'stopped'
  | 'nat_route' | 'private_table' | 'default_nacl_empty' | 'sg_halves' | 'sg_all' | 'nacl_one_network' | 'nacl_late_deny'
  | 'missing_sg' | 'missing_nacl' | 'missing_route_table';
export interface HostParts {
  readonly account: string; readonly number: number; readonly broken?: Broken; readonly port?: number; readonly profile?: string;
  readonly tags?: Readonly<Record<string, string>>; readonly at?: string;
}
const pad = (n: number): string => `0a${n.toString(16).padStart(15, '0')}`;
export const instanceId = (n: number): string => `i-${pad(n)}`;
export const instanceArn = (account: string, n: number): string => `arn:aws:ec2:eu-west-1:${account}:instance/${instanceId(n)}`;
export const groupArn = (account: string, n: number): string => `arn:aws:ec2:eu-west-1:${account}:security-group/sg-${pad(n)}`;

function rules({ broken, port = 22 }: HostParts): readonly Json[] {
  const none = { ipv6Ranges: [], prefixListIds: [], userIdGroupPairs: [], ipv4Ranges: [], ipRanges: [] };
  const open = (from: number, cidr: string): Json => ({ ...none, fromPort: from, toPort: from, ipProtocol: 'tcp', ipv4Ranges: [{ cidrIp: cidr }], ipRanges: [cidr] });
  if (broken === 'sg_narrow') return [open(port, '10.0.0.0/8')];
  if (broken === 'sg_other_port') return [open(443, '0.0.0.0/0')];
  if (broken === 'sg_reference') return [{ ...none, fromPort: port, toPort: port, ipProtocol: 'tcp', userIdGroupPairs: [{ groupId: 'sg-0feed000000000000', userId: '999999999999' }] }];
  if (broken === 'sg_halves') return [open(port, '0.0.0.0/1'), open(port, '128.0.0.0/1')];
  if (broken === 'sg_all') return [{ ...none, ipProtocol: '-1', ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }], ipRanges: ['0.0.0.0/0'] }];
  return [open(port, '0.0.0.0/0')];
}

function aclEntries({ broken, port = 22 }: HostParts): readonly Json[] {
  const entry = (ruleNumber: number, egress: boolean, ruleAction: string, range?: readonly [number, number], cidrBlock = '0.0.0.0/0'): Json =>
    ({ cidrBlock, egress, ruleAction, ruleNumber, protocol: range ? '6' : '-1', ...(range && { portRange: { from: range[0], to: range[1] } }) });
  return [
    ...(broken === 'nacl_in' ? [entry(50, false, 'deny', [port, port])] : []), ...(broken === 'nacl_out' ? [entry(50, true, 'deny', [1024, 65535])] : []),
    ...(broken === 'nacl_one_network' ? [entry(60, false, 'deny', [port, port], '198.51.100.0/24')] : []), ...(broken === 'nacl_late_deny' ? [entry(200, false, 'deny', [port, port])] : []),
    ...(broken === 'default_nacl_empty' ? [] : [entry(100, false, 'allow')]), entry(100, true, 'allow'), entry(32767, false, 'deny'), entry(32767, true, 'deny'),
  ];
}

/** VPC, gateway, subnet, routes, NACL, security group, interface and instance. */
export function host(p: HostParts): readonly Json[] {
  const { account, number: n, broken, at = NOW } = p;
  const id = pad(n), vpc = `vpc-${id}`, subnet = `subnet-${id}`, igw = `igw-${id}`, eni = `eni-${id}`, sg = `sg-${id}`;
  const privateIp = `10.7.${n % 250}.10`, publicIp = `203.0.113.${n % 250}`;
  const association = broken === 'no_address' ? {} : { association: { ipOwnerId: 'amazon', publicDnsName: '', publicIp } };
  const groups = [{ groupName: `host-${n}`, groupId: sg }];
  const item = (type: string, kind: string, itemId: string, configuration: Json, tags: Readonly<Record<string, string>> = {}): Json =>
    configItem({ type: `AWS::EC2::${type}`, id: itemId, arn: `arn:aws:ec2:eu-west-1:${account}:${kind}/${itemId}`, account, at, tags, configuration });
  const networkInterface = {
    networkInterfaceId: eni, subnetId: subnet, vpcId: vpc, ownerId: account, status: 'in-use', groups, privateIpAddress: privateIp, ipv6Addresses: [], sourceDestCheck: true, ...association,
    privateIpAddresses: [{ primary: true, privateIpAddress: privateIp, ...association }], attachment: { attachmentId: `eni-attach-${id}`, deviceIndex: 0, status: 'attached', instanceId: instanceId(n), instanceOwnerId: account },
  };
  const routes = [
    { destinationCidrBlock: '10.7.0.0/16', gatewayId: 'local', origin: 'CreateRouteTable', state: 'active' },
    ...(broken === 'no_route' ? [] : [{ destinationCidrBlock: '0.0.0.0/0', ...(broken === 'nat_route' ? { natGatewayId: `nat-${id}` } : { gatewayId: igw }), origin: 'CreateRoute', state: broken === 'blackhole' ? 'blackhole' : 'active' }]),
  ];
  const items: (Json | undefined)[] = [
    item('VPC', 'vpc', vpc, { vpcId: vpc, cidrBlock: '10.7.0.0/16', ownerId: account, state: 'available', isDefault: false, cidrBlockAssociationSet: [{ cidrBlock: '10.7.0.0/16', associationId: `vpc-cidr-assoc-${id}`, cidrBlockState: { state: 'associated' } }], ipv6CidrBlockAssociationSet: [] }),
    broken === 'no_gateway' ? undefined : item('InternetGateway', 'internet-gateway', igw, { internetGatewayId: igw, ownerId: account, attachments: [{ state: 'available', vpcId: broken === 'gateway_of_another_vpc' ? 'vpc-0e15e0000000000c1' : vpc }] }),
    item('Subnet', 'subnet', subnet, { subnetId: subnet, vpcId: vpc, cidrBlock: `10.7.${n % 250}.0/24`, mapPublicIpOnLaunch: true, state: 'available', ownerId: account }),
    broken === 'missing_route_table' ? undefined : item('RouteTable', 'route-table', `rtb-${id}`, { routeTableId: `rtb-${id}`, vpcId: vpc, ownerId: account, propagatingVgws: [], associations: [{ main: true, routeTableAssociationId: `rtbassoc-${id}`, routeTableId: `rtb-${id}` }], routes }),
    // The subnet's own table beats the VPC's main one.
    broken === 'private_table' ? item('RouteTable', 'route-table', `rtb-1${id.slice(1)}`, { routeTableId: `rtb-1${id.slice(1)}`, vpcId: vpc, ownerId: account, propagatingVgws: [], associations: [{ main: false, routeTableAssociationId: `rtbassoc-1${id.slice(1)}`, routeTableId: `rtb-1${id.slice(1)}`, subnetId: subnet }], routes: routes.slice(0, 1) }) : undefined,
    broken === 'missing_nacl' ? undefined : item('NetworkAcl', 'network-acl', `acl-${id}`, { networkAclId: `acl-${id}`, vpcId: vpc, ownerId: account, isDefault: true, associations: [{ networkAclAssociationId: `aclassoc-${id}`, networkAclId: `acl-${id}`, subnetId: subnet }], entries: aclEntries(p) }),
    broken === 'missing_sg' ? undefined : item('SecurityGroup', 'security-group', sg, { groupId: sg, groupName: `host-${n}`, description: 'test', ownerId: account, vpcId: vpc, ipPermissions: rules(p), ipPermissionsEgress: [{ ipProtocol: '-1', ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }], ipRanges: ['0.0.0.0/0'], ipv6Ranges: [], prefixListIds: [], userIdGroupPairs: [] }] }, p.tags),
    item('NetworkInterface', 'network-interface', eni, networkInterface),
    item('Instance', 'instance', instanceId(n), {
      instanceId: instanceId(n), imageId: 'ami-0123456789abcdef0', instanceType: 't3.small', launchTime: '2026-02-02T08:00:00.000Z', privateIpAddress: privateIp, ...(broken !== 'no_address' && { publicIpAddress: publicIp }),
      state: broken === 'stopped' ? { code: 80, name: 'stopped' } : { code: 16, name: 'running' }, subnetId: subnet, vpcId: vpc, networkInterfaces: [networkInterface], securityGroups: groups,
      ...(p.profile !== undefined && { iamInstanceProfile: { arn: p.profile, id: 'AIPAEXAMPLEEXAMPLE000' } }), metadataOptions: { state: 'applied', httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
    }, p.tags),
  ];
  return items.filter((i) => i !== undefined);
}
