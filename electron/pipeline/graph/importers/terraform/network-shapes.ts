import { partitionOf } from '#shared/lib/arn.ts';
import { at, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { referrers, resolveOne } from './plan-references.ts';
import { idOf, idOfOne, nameOrAddress, ref, refs, type TfResource } from './read-resource.ts';
import { isUntold } from './untold.ts';

/** Canonical configs (the AWS CLI's words, shared/model/aws.ts) of network resources; a key that Terraform doesn't know stays missing. */
export type Shape = (r: TfResource) => JsonObject;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const keep = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined);

/** Stands for what a document doesn't tell: nothing reads it as a protocol, a network, an action or a policy, so whatever hangs on it stays open. */
export const notTold = 'not told';
/** A permission of which nobody knows what it opens. */
export const openPermission: JsonObject = { IpProtocol: notTold, IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] };

/** What a rule opens, inline or a resource of its own; of one that isn't told whole also something that nobody knows, as rules only open. @param path where its block stands */
export function permissions(r: TfResource, rule: unknown, path: string, ids: { readonly own: string; readonly groups?: readonly string[] | undefined }): readonly JsonObject[] {
  const isOpen = (...keys: readonly string[]): boolean => keys.some((key) => isUntold(r, `${path}${key}`)), groups = ids.groups ?? [];
  if (isOpen('protocol', 'ip_protocol', 'from_port', 'to_port')) return [openPermission];
  const isPeerOpen = isOpen('cidr_blocks', 'ipv6_cidr_blocks', 'cidr_ipv4', 'cidr_ipv6', 'prefix_list_ids', 'prefix_list_id', 'self') || (groups.length === 0 && isOpen('security_groups', 'source_security_group_id', 'referenced_security_group_id'));
  return [permission(rule, ids), ...(isPeerOpen ? [openPermission] : [])];
}

/** One rule of a security group. */
function permission(rule: unknown, ids: { readonly own: string; readonly groups?: readonly string[] | undefined }): JsonObject {
  const groups = [...list(rule, 'security_groups').map(scalarText), ...(ids.groups ?? []), ...(at(rule, 'self') === true ? [ids.own] : [])];
  const protocol = str(rule, 'protocol') ?? str(rule, 'ip_protocol') ?? '-1';
  const all = protocol === '-1' || protocol === 'all';
  const texts = (...keys: readonly string[]): readonly string[] => keys.flatMap((key) => list(rule, key)).filter((v) => typeof v === 'string' && v !== '').map(String);
  return {
    IpProtocol: all ? '-1' : protocol, ...(!all && keep({ FromPort: number(at(rule, 'from_port')), ToPort: number(at(rule, 'to_port')) })), IpRanges: texts('cidr_blocks', 'cidr_ipv4').map((CidrIp) => ({ CidrIp })), Ipv6Ranges: texts('ipv6_cidr_blocks', 'cidr_ipv6').map((CidrIpv6) => ({ CidrIpv6 })),
    PrefixListIds: texts('prefix_list_ids', 'prefix_list_id').map((PrefixListId) => ({ PrefixListId })), UserIdGroupPairs: [...new Set(groups)].map((GroupId) => ({ GroupId })),
  };
}

/** The public address of something that a plan is yet to make. */
const laterAddress = 'given when applied';

const securityGroup: Shape = (r) => {
  const id = r.ownId, rules = (key: string): unknown => (Array.isArray(r.values[key]) ? list(r.values, key).flatMap((rule, i) => permissions(r, rule, `${key}.${i}.`, { own: id, groups: list(rule, 'security_groups').length > 0 ? [] : i === 0 ? r.resolve(`${key}.security_groups`).map(idOf) : [] }))
    // A new group has no rules but those that resources of their own add.
    : r.isNew && !isUntold(r, key) ? [] : undefined);
  return keep({ GroupId: id, GroupName: str(r.values, 'name'), VpcId: ref(r, 'vpc_id'), IpPermissions: rules('ingress'), IpPermissionsEgress: rules('egress') });
};

/** The groups of an interface with those that attachments of their own add; an attachment that isn't told stands for a group that nobody knows. */
function withAttached(r: TfResource, groups: readonly string[] | undefined, id: string | undefined): readonly string[] | undefined {
  const attached = referrers(r.plan, 'aws_network_interface_sg_attachment', 'network_interface_id');
  const more = [r.address, '', ...(id === undefined ? [] : [id])].flatMap((key) => attached.get(key) ?? []).map(({ address, values }) => {
    const group = resolveOne(r.resolveFrom(address), 'security_group_id');
    return str(values, 'security_group_id') ?? (group ? idOf(group) : address);
  });
  return groups && [...new Set([...groups, ...more])];
}

const instance: Shape = (r) => {
  const { values } = r, id = r.ownId, subnet = ref(r, 'subnet_id'), groups = withAttached(r, refs(r, 'vpc_security_group_ids') ?? refs(r, 'security_groups'), str(r.values, 'primary_network_interface_id'));
  const publicIp = 'public_ip' in values ? text(values['public_ip']) ?? null : at(values, 'associate_public_ip_address') === false ? null : r.isNew && at(values, 'associate_public_ip_address') === true ? laterAddress : undefined;
  const options = list(values, 'metadata_options')[0];
  const profile = str(values, 'iam_instance_profile') ?? nameOrAddress(r, 'iam_instance_profile');
  const state = str(values, 'instance_state') ?? (r.isNew ? 'running' : undefined);
  const groupList = groups?.map((GroupId) => ({ GroupId }));
  return keep({
    InstanceId: id, ImageId: str(values, 'ami'), InstanceType: str(values, 'instance_type'), State: state === undefined ? undefined : { Name: state }, SubnetId: subnet, PublicIpAddress: publicIp, PrivateIpAddress: publicIp === undefined ? undefined : str(values, 'private_ip'), SecurityGroups: groupList,
    PublicDnsName: str(values, 'public_dns'), IamInstanceProfile: profile === undefined ? ('iam_instance_profile' in values ? null : undefined) : keep({ Arn: r.account === undefined ? undefined : `arn:${partitionOf(r.region)}:iam::${r.account}:instance-profile/${profile}`, Name: profile }),
    MetadataOptions: options === undefined ? undefined : keep({ HttpTokens: str(options, 'http_tokens'), HttpEndpoint: str(options, 'http_endpoint'), HttpPutResponseHopLimit: number(at(options, 'http_put_response_hop_limit')) }),
    NetworkInterfaces: subnet === undefined && groups === undefined ? undefined : [keep({
      NetworkInterfaceId: str(values, 'primary_network_interface_id') ?? `${id}/eth0`, SubnetId: subnet, Groups: groupList, Attachment: { InstanceId: id },
      // Addresses are recorded together or not at all: a list of some would say that there are no others.
      ...(publicIp !== undefined && keep({ PrivateIpAddress: str(values, 'private_ip'), Association: typeof publicIp === 'string' ? { PublicIp: publicIp } : null, Ipv6Addresses: list(values, 'ipv6_addresses').map((a) => ({ Ipv6Address: String(a) })) })),
    })],
  });
};

/** A route; one of which the destination or the target isn't told may take anything anywhere. */
const route = (value: unknown, r: TfResource, prefix: string): JsonObject => {
  const to = (key: string): string | undefined => str(value, key) ?? idOfOne(r, `${prefix}${key}`), targets = ['gateway_id', 'nat_gateway_id', 'transit_gateway_id', 'vpc_peering_connection_id', 'network_interface_id', 'egress_only_gateway_id'], isLed = targets.some((key) => to(key) !== undefined);
  if (!isLed && targets.some((key) => isUntold(r, `${prefix}${key}`)) || ['cidr_block', 'ipv6_cidr_block', 'destination_cidr_block', 'destination_ipv6_cidr_block', 'destination_prefix_list_id'].some((key) => isUntold(r, `${prefix}${key}`))) return { DestinationCidrBlock: notTold, DestinationIpv6CidrBlock: notTold, State: 'active' };
  return keep({
    DestinationCidrBlock: str(value, 'cidr_block') ?? str(value, 'destination_cidr_block'), DestinationIpv6CidrBlock: str(value, 'ipv6_cidr_block') ?? str(value, 'destination_ipv6_cidr_block'), DestinationPrefixListId: str(value, 'destination_prefix_list_id'),
    GatewayId: to('gateway_id'), NatGatewayId: to('nat_gateway_id'), TransitGatewayId: to('transit_gateway_id'), VpcPeeringConnectionId: to('vpc_peering_connection_id'), NetworkInterfaceId: to('network_interface_id'), EgressOnlyInternetGatewayId: to('egress_only_gateway_id'), State: 'active', Origin: 'CreateRoute',
  });
};

const routeTable: Shape = (r) => keep({
  RouteTableId: r.ownId, VpcId: ref(r, 'vpc_id') ?? (r.type === 'aws_default_route_table' ? idOfOne(r, 'default_route_table_id') : undefined),
  Routes: isUntold(r, 'route') ? undefined : list(r.values, 'route').map((v, i) => route(v, r, `route.${i}.`)), Associations: r.type === 'aws_default_route_table' ? [{ Main: true }] : [],
});

const entries = (r: TfResource, key: 'ingress' | 'egress'): readonly JsonObject[] => list(r.values, key).map((rule, i) => entry(r, rule, `${key}.${i}.`, key === 'egress'));
/** Rule numbers, protocols (name or number) and ports of a network ACL; `0` for ports of all protocols means none. One that isn't told whole may decide anything. @param path where its block stands */
export const entry = (r: TfResource, rule: unknown, path: string, egress: boolean): JsonObject => {
  const isOpen = ['rule_no', 'rule_number', 'protocol', 'action', 'rule_action', 'cidr_block', 'ipv6_cidr_block', 'from_port', 'to_port', 'egress'].some((key) => isUntold(r, `${path}${key}`));
  const named = str(rule, 'protocol') ?? '-1', protocol = new Map([['tcp', '6'], ['udp', '17'], ['icmp', '1'], ['all', '-1']]).get(named) ?? named;
  return keep({
    RuleNumber: number(at(rule, 'rule_no')) ?? number(at(rule, 'rule_number')) ?? 32766, Egress: egress, Protocol: protocol, RuleAction: isOpen ? notTold : str(rule, 'action') ?? str(rule, 'rule_action') ?? 'deny', CidrBlock: str(rule, 'cidr_block'), Ipv6CidrBlock: str(rule, 'ipv6_cidr_block'),
    PortRange: protocol === '6' || protocol === '17' ? { From: number(at(rule, 'from_port')) ?? 0, To: number(at(rule, 'to_port')) ?? 65535 } : undefined,
  });
};

const networkAcl: Shape = (r) => keep({
  NetworkAclId: r.ownId, VpcId: ref(r, 'vpc_id'), IsDefault: r.type === 'aws_default_network_acl', Associations: (refs(r, 'subnet_ids') ?? []).map((SubnetId) => ({ SubnetId })),
  Entries: isUntold(r, 'ingress') || isUntold(r, 'egress') ? undefined : [...entries(r, 'ingress'), ...entries(r, 'egress'), ...[false, true].map((Egress) => ({ RuleNumber: 32767, Egress, Protocol: '-1', RuleAction: 'deny', CidrBlock: '0.0.0.0/0' }))],
});

/** An attachment of its own, or one that isn't told, says what an internet gateway is attached to. */
const isAttachedApart = (r: TfResource): boolean => isUntold(r, 'vpc_id') || ['', r.address, r.ownId].some((key) => referrers(r.plan, 'aws_internet_gateway_attachment', 'internet_gateway_id').has(key));

export const networkShapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['aws_instance', instance], ['aws_security_group', securityGroup], ['aws_default_security_group', securityGroup], ['aws_route_table', routeTable], ['aws_default_route_table', routeTable], ['aws_network_acl', networkAcl], ['aws_default_network_acl', networkAcl],
  ['aws_vpc', (r) => keep({ VpcId: r.ownId, CidrBlock: str(r.values, 'cidr_block') })], ['aws_default_vpc', (r) => keep({ VpcId: r.ownId, CidrBlock: str(r.values, 'cidr_block') })],
  ...['aws_subnet', 'aws_default_subnet'].map((type): [string, Shape] => [type, (r) => keep({ SubnetId: r.ownId, VpcId: ref(r, 'vpc_id'), CidrBlock: str(r.values, 'cidr_block'), MapPublicIpOnLaunch: at(r.values, 'map_public_ip_on_launch') })]),
  ['aws_internet_gateway', (r) => { const vpc = ref(r, 'vpc_id'); return keep({ InternetGatewayId: r.ownId, Attachments: vpc !== undefined && vpc !== '' ? [{ VpcId: vpc, State: 'available' }] : isAttachedApart(r) ? undefined : [] }); }],
  ['aws_network_interface', (r) => keep({ NetworkInterfaceId: r.ownId, SubnetId: ref(r, 'subnet_id'), Groups: withAttached(r, refs(r, 'security_groups'), r.ownId)?.map((GroupId) => ({ GroupId })), PrivateIpAddress: str(r.values, 'private_ip'), Attachment: list(r.values, 'attachment').length > 0 ? { InstanceId: str(list(r.values, 'attachment')[0], 'instance') } : undefined, Status: list(r.values, 'attachment').length > 0 ? 'in-use' : undefined })],
  ['aws_eip', (r) => keep({ AllocationId: r.ownId, PublicIp: str(r.values, 'public_ip') ?? (r.isNew ? laterAddress : undefined), InstanceId: ref(r, 'instance'), NetworkInterfaceId: ref(r, 'network_interface') })],
  ['aws_nat_gateway', (r) => keep({ NatGatewayId: r.ownId, SubnetId: ref(r, 'subnet_id'), State: 'available', ConnectivityType: str(r.values, 'connectivity_type') })],
]);
export { route as routeOf, keep };
