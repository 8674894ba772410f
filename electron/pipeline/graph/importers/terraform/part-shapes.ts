import { partitionOf } from '#shared/lib/arn.ts';
import { at, list, str, type JsonObject } from '#shared/lib/json.ts';
import { awsUrn, unplacedPart, unplacedPolicy, unplacedRule } from '#shared/model/aws.ts';
import { parsePolicyText } from '../aws/policy-text.ts';
import { entry, keep, openPermission, permissions, notTold, routeOf } from './network-shapes.ts';
import { grantsOf } from './other-shapes.ts';
import { blockFlags, policyIn, policyShapes } from './policy-shapes.ts';
import { resolveOne } from './plan-references.ts';
import { arnRef, nameOrAddress, ref, onePart, placeOf, targetUrn, urnIn, type PartReader, type PartShape, type TfResource } from './read-resource.ts';
import { isUntold, untoldOf } from './untold.ts';


const ec2 = (type: string, kind: string, key: string, config: (r: TfResource) => JsonObject): PartReader => (r) => {
  const { account, region } = placeOf(r);
  const urn = targetUrn(r, key, (id) => (account === undefined || region === undefined ? `terraform:id/${id}` : `arn:${partitionOf(region)}:ec2:${region}:${account}:${kind}/${id}`));
  return onePart(type, urn, config(r));
};
const bucket = (config: (r: TfResource) => JsonObject): PartReader => (r) => onePart('AWS::S3::Bucket', targetUrn(r, 'bucket', (name) => awsUrn.bucket(name, partitionOf(placeOf(r).region))), config(r));
const iamUrn = (r: TfResource, kind: string, name: string): string => (name.startsWith('arn:') ? name : `arn:${partitionOf(placeOf(r).region)}:iam::${placeOf(r).account ?? ''}:${kind}/${name}`);
const iam = (type: string, kind: string, key: string, config: (r: TfResource) => JsonObject): PartReader => (r) => onePart(`AWS::IAM::${type}`, targetUrn(r, key, (name) => { const named = isPlaced(r, name) ? undefined : resolveOne(r.resolve, key); return named ? urnIn(r, named) : isPlaced(r, name) ? iamUrn(r, kind, name) : undefined; }), config(r));
/** The ACL of an object, where it lets everyone in: of the bucket's other objects nothing is told. */
const objectAcl: PartReader = (r) => (/^(public-read|public-read-write|authenticated-read)$/.test(str(r.values, 'acl') ?? '') ? bucket(() => keep({ ObjectAcls: [keep({ Key: str(r.values, 'key') ?? r.address, Grants: grantsOf(r) })] }))(r) : []);
/** A name means somebody only in an account. */
const isPlaced = (r: TfResource, name: string): boolean => name.startsWith('arn:') || placeOf(r).account !== undefined;
/** Those that a list attribute names. */
const eachOf = (r: TfResource, key: string, type: string, kind: string, config: JsonObject): readonly PartShape[] =>
  [...list(r.values, key).filter((n) => typeof n === 'string').filter((n) => isPlaced(r, n)).map((name) => iamUrn(r, kind, name)), ...r.resolve(key).map((found) => urnIn(r, found))].map((urn) => ({ type: `AWS::IAM::${type}`, urn, config }));
/** A list attribute that isn't told, and that doesn't lead to resources of the plan alone. */
const isListOpen = (r: TfResource, key: string): boolean => isUntold(r, key) && (r.resolve(key).length === 0 || !r.isFollowed(key));
const inline = (listKey: string) => (r: TfResource): JsonObject => ({ [listKey]: [keep({ PolicyName: str(r.values, 'name') ?? r.address, PolicyDocument: isUntold(r, 'policy') ? notTold : parsePolicyText(r.values['policy']) })] });
/** A policy that can't be told yet stands by the attachment: it is one, of unknown content. */
const attach = (r: TfResource): JsonObject => ({ AttachedManagedPolicies: [{ PolicyArn: arnRef(r, 'policy_arn') ?? `terraform:${r.address}` }] });
const isGroupRule = (type: string): boolean => /^aws_(security_group_rule|vpc_security_group_(in|e)gress_rule)$/.test(type);
/** A rule of a security group as the list that it is in; both lists where it isn't told which way it goes. */
function groupRuleLists(r: TfResource): JsonObject {
  if (r.type === 'aws_security_group_rule' && isUntold(r, 'type')) return { IpPermissions: [openPermission], IpPermissionsEgress: [openPermission] };
  const isOut = r.type.endsWith('_egress_rule') || str(r.values, 'type') === 'egress', groups = ['source_security_group_id', 'referenced_security_group_id'].flatMap((key) => ref(r, key) ?? []);
  return { [isOut ? 'IpPermissionsEgress' : 'IpPermissions']: permissions(r, r.values, '', { own: ref(r, 'security_group_id') ?? '', groups }) };
}

const memberships = /^aws_iam_(role|user|group)_policy(_attachment)?$|^aws_iam_(user)_group_membership$/;
/**
 * What stands for parts whose place a plan doesn't tell: it may be any. Of the policies of principals with whom they may belong to, of others with what they
 * are about (`shared/model/aws.ts`).
 * @param hasParts some part is placed.
 */
export function unplacedOf(r: TfResource, hasParts: boolean): readonly { readonly type: string; readonly config: JsonObject }[] {
  const about = (Of: string): readonly { readonly type: string; readonly config: JsonObject }[] => [{ type: unplacedPart, config: { Of, By: r.address } }];
  const holders = (keys: readonly (readonly [key: string, holder: string])[]) => keys.flatMap(([key, Holder]) => [
    ...(isListOpen(r, key) ? [{ type: unplacedPolicy, config: { Holder } }] : []),
    ...list(r.values, key).filter((n) => typeof n === 'string').filter((n) => !isPlaced(r, n)).map((Name) => ({ type: unplacedPolicy, config: { Holder, Name } })),
  ]);
  const isOpen = (...keys: readonly string[]): boolean => keys.some((key) => isUntold(r, key) && ref(r, key) === undefined);
  switch (r.type) {
    case 'aws_route_table_association': return isOpen('subnet_id') || (!hasParts && str(r.values, 'gateway_id') === undefined) ? about('AWS::EC2::RouteTable') : [];
    case 'aws_main_route_table_association': return isOpen('vpc_id') || !hasParts ? about('AWS::EC2::RouteTable') : [];
    case 'aws_internet_gateway_attachment': return isOpen('vpc_id') || !hasParts ? about('AWS::EC2::InternetGateway') : [];
    case 'aws_eip': return isOpen('instance', 'network_interface') ? about('AWS::EC2::EIP') : [];
    case 'aws_eip_association': return isOpen('instance_id', 'network_interface_id') || !hasParts ? about('AWS::EC2::EIP') : [];
    case 'aws_network_acl_association': return isOpen('subnet_id') || !hasParts ? about('AWS::EC2::NetworkAcl') : [];
    case 'aws_network_acl_rule': return hasParts ? [] : about('AWS::EC2::NetworkAcl');
    case 'aws_network_acl': return isListOpen(r, 'subnet_ids') ? about('AWS::EC2::NetworkAcl') : [];
    case 'aws_ami_launch_permission': return hasParts ? [] : about('AWS::EC2::Image');
    case 'aws_snapshot_create_volume_permission': return hasParts ? [] : about('AWS::EC2::Snapshot');
    case 'aws_iam_policy_attachment': return holders([['users', 'user'], ['roles', 'role'], ['groups', 'group']]);
    case 'aws_iam_group_membership': return holders([['users', 'user']]);
    default: {
      const holder = memberships.exec(r.type), Holder = holder?.[1] ?? holder?.[3];
      if (hasParts) return [];
      return Holder !== undefined ? [{ type: unplacedPolicy, config: keep({ Holder, Name: str(r.values, Holder) }) }] : isGroupRule(r.type) ? [{ type: unplacedRule, config: groupRuleLists(r) }] : [];
    }
  }
}

export const partShapes: ReadonlyMap<string, PartReader> = new Map<string, PartReader>([
  ...['aws_security_group_rule', 'aws_vpc_security_group_ingress_rule', 'aws_vpc_security_group_egress_rule'].map((type): [string, PartReader] => [type, ec2('AWS::EC2::SecurityGroup', 'security-group', 'security_group_id', groupRuleLists)]),
  ['aws_route', ec2('AWS::EC2::RouteTable', 'route-table', 'route_table_id', (r) => ({ Routes: [routeOf(r.values, r, '')] }))],
  ['aws_route_table_association', ec2('AWS::EC2::RouteTable', 'route-table', 'route_table_id', (r) => ({ Associations: [keep({ SubnetId: ref(r, 'subnet_id'), GatewayId: str(r.values, 'gateway_id'), Main: false })] }))],
  ['aws_main_route_table_association', ec2('AWS::EC2::RouteTable', 'route-table', 'route_table_id', () => ({ Associations: [{ Main: true }] }))],
  ['aws_network_acl_rule', ec2('AWS::EC2::NetworkAcl', 'network-acl', 'network_acl_id', (r) => ({ Entries: [entry(r, r.values, '', at(r.values, 'egress') === true)] }))],
  ['aws_network_acl_association', ec2('AWS::EC2::NetworkAcl', 'network-acl', 'network_acl_id', (r) => ({ Associations: [keep({ SubnetId: ref(r, 'subnet_id') })] }))],
  ['aws_internet_gateway_attachment', ec2('AWS::EC2::InternetGateway', 'internet-gateway', 'internet_gateway_id', (r) => ({ Attachments: [keep({ VpcId: ref(r, 'vpc_id'), State: 'available' })] }))],
  ...['aws_lb_target_group_attachment', 'aws_alb_target_group_attachment'].map((name): [string, PartReader] => [name, (r) => onePart('AWS::ElasticLoadBalancingV2::TargetGroup', targetUrn(r, 'target_group_arn', (id) => id), { Targets: [keep({ Id: ref(r, 'target_id'), Port: at(r.values, 'port') ?? undefined })] })]),
  ['aws_s3_bucket_policy', bucket((r) => policyIn(r, 'policy'))], ['aws_s3_bucket_acl', bucket((r) => keep({ Grants: grantsOf(r), Owner: {} }))],
  ['aws_s3_object', objectAcl], ['aws_s3_bucket_object', objectAcl], ['aws_s3_object_copy', objectAcl],
  ['aws_s3_bucket_public_access_block', bucket((r) => ({ PublicAccessBlockConfiguration: blockFlags(r) }))],
  ['aws_s3_bucket_ownership_controls', bucket((r) => ({ OwnershipControls: { ...untoldOf(r, { 'rule.0.object_ownership': 'Rules' }), Rules: list(r.values, 'rule').map((rule) => ({ ObjectOwnership: str(rule, 'object_ownership') ?? '' })) } }))],
  ['aws_iam_role_policy', iam('Role', 'role', 'role', inline('RolePolicyList'))], ['aws_iam_user_policy', iam('User', 'user', 'user', inline('UserPolicyList'))], ['aws_iam_group_policy', iam('Group', 'group', 'group', inline('GroupPolicyList'))],
  ['aws_iam_role_policy_attachment', iam('Role', 'role', 'role', attach)], ['aws_iam_user_policy_attachment', iam('User', 'user', 'user', attach)], ['aws_iam_group_policy_attachment', iam('Group', 'group', 'group', attach)],
  ['aws_iam_user_group_membership', iam('User', 'user', 'user', (r) => ({ GroupList: [...list(r.values, 'groups').filter((g) => typeof g === 'string'), ...r.resolve('groups').map((p) => str(p.values, 'name') ?? p.address), ...(isListOpen(r, 'groups') ? [`terraform:${r.address}`] : [])] }))],
  ['aws_iam_policy_attachment', (r) => [...eachOf(r, 'users', 'User', 'user', attach(r)), ...eachOf(r, 'roles', 'Role', 'role', attach(r)), ...eachOf(r, 'groups', 'Group', 'group', attach(r))]],
  ['aws_iam_group_membership', (r) => eachOf(r, 'users', 'User', 'user', { GroupList: [str(r.values, 'group') ?? nameOrAddress(r, 'group') ?? `terraform:${r.address}`] })],
  ['aws_eip_association', (r) => { const of = { InstanceId: ref(r, 'instance_id'), NetworkInterfaceId: ref(r, 'network_interface_id') }; return Object.values(of).every((id) => id === undefined) ? [] : ec2('AWS::EC2::EIP', 'elastic-ip', 'allocation_id', () => keep(of))(r); }],
  ...policyShapes,
]);

