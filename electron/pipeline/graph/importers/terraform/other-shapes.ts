import { partitionOf } from '#shared/lib/arn.ts';
import { at, isObject, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { parsePolicyText } from '../aws/policy-text.ts';
import { keep, notTold, type Shape } from './network-shapes.ts';
import { resolveOne } from './plan-references.ts';
import { arnRef, first, ref, refs, urnIn, urnOf, urnOfOne, type TfResource } from './read-resource.ts';
import { isSupposed, isUntold } from './untold.ts';

/** Parsed; null for none written; missing where it is not recorded, and one that nobody can read where it isn't told. */
const document = (r: TfResource, key: string): unknown => (key in r.values ? parsePolicyText(r.values[key]) : isUntold(r, key) ? notTold : undefined);
const inline = (r: TfResource): readonly JsonObject[] => list(r.values, 'inline_policy').map((p, i) => ({ PolicyName: str(p, 'name'), PolicyDocument: isUntold(r, `inline_policy.${i}.policy`) ? notTold : parsePolicyText(at(p, 'policy')) })).filter((p) => p.PolicyName !== undefined || p.PolicyDocument === notTold).map((p, i) => ({ ...p, PolicyName: p.PolicyName ?? `inline policy ${i}` })).concat(isUntold(r, 'inline_policy') ? [{ PolicyName: r.address, PolicyDocument: notTold }] : []);
const attached = (r: TfResource): readonly JsonObject[] => list(r.values, 'managed_policy_arns').filter((a) => typeof a === 'string').concat(isUntold(r, 'managed_policy_arns') ? [`terraform:${r.address}`] : []).map((PolicyArn) => ({ PolicyArn }));
const boundary = (r: TfResource): unknown => { const arn = arnRef(r, 'permissions_boundary') ?? (isUntold(r, 'permissions_boundary') ? `terraform:${r.address}/boundary` : undefined); return arn === undefined ? undefined : { PermissionsBoundaryArn: arn }; };
const arnOf = (r: TfResource): string => str(r.values, 'arn') ?? urnOf({ ...r, account: r.account ?? r.home.account });

const role: Shape = (r) => keep({ RoleName: str(r.values, 'name') ?? r.address, RoleId: str(r.values, 'unique_id'), Arn: arnOf(r), AssumeRolePolicyDocument: document(r, 'assume_role_policy'), RolePolicyList: inline(r), supposed: isSupposed(r, 'inline_policy') ? ['inline_policies'] : undefined, AttachedManagedPolicies: attached(r), PermissionsBoundary: boundary(r), InstanceProfileList: [] });
const user: Shape = (r) => keep({ UserName: str(r.values, 'name') ?? r.address, UserId: str(r.values, 'unique_id'), Arn: arnOf(r), UserPolicyList: [], AttachedManagedPolicies: [], GroupList: [], PermissionsBoundary: boundary(r) });
const group: Shape = (r) => keep({ GroupName: str(r.values, 'name') ?? r.address, GroupId: str(r.values, 'unique_id'), Arn: arnOf(r), GroupPolicyList: [], AttachedManagedPolicies: [] });
const policy: Shape = (r) => keep({ PolicyName: str(r.values, 'name'), Arn: arnOf(r), DefaultVersionId: 'v1', PolicyVersionList: [keep({ VersionId: 'v1', IsDefaultVersion: true, Document: document(r, 'policy') })] });
const profile: Shape = (r) => {
  const name = str(r.values, 'role'), target = name === undefined ? resolveOne(r.resolve, 'role') : undefined;
  const arn = target ? urnIn(r, target) : name !== undefined && r.account !== undefined ? `arn:${partitionOf(r.region)}:iam::${r.account}:role/${name}` : undefined;
  return keep({ InstanceProfileName: str(r.values, 'name'), InstanceProfileId: str(r.values, 'unique_id'), Arn: arnOf(r), Roles: arn === undefined ? undefined : [{ Arn: arn, RoleName: name }] });
};

/** Grantees of a canned ACL besides the owner (S3 user guide, "Canned ACL"). */
const everyone = 'http://acs.amazonaws.com/groups/global/AllUsers', logged = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const canned: ReadonlyMap<string, readonly (readonly [uri: string, permission: string])[]> = new Map([['private', []], ['public-read', [[everyone, 'READ']]], ['public-read-write', [[everyone, 'READ'], [everyone, 'WRITE']]], ['authenticated-read', [[logged, 'READ']]], ['bucket-owner-read', []], ['bucket-owner-full-control', []],
  ['log-delivery-write', [['http://acs.amazonaws.com/groups/s3/LogDelivery', 'WRITE']]], ['aws-exec-read', []]]);
/** Is a grant there of which it isn't told to whom it gives what? */
function isGrantOpen(r: TfResource): boolean {
  const own = list(r.values, 'grant').some((_, i) => ['uri', 'type', 'permissions'].some((key) => isUntold(r, `grant.${i}.${key}`)));
  return own || list(first(r.values, 'access_control_policy'), 'grant').some((_, i) => ['permission', 'grantee', 'grantee.0.uri', 'grantee.0.type'].some((key) => isUntold(r, `access_control_policy.0.grant.${i}.${key}`)));
}
export function grantsOf(r: TfResource): readonly JsonObject[] | undefined {
  const rules = [...list(r.values, 'grant'), ...list(first(r.values, 'access_control_policy'), 'grant')];
  const own = { Grantee: { Type: 'CanonicalUser', ID: 'the owner' }, Permission: 'FULL_CONTROL' };
  if (isGrantOpen(r)) return undefined;
  if (rules.length > 0) {
    return rules.flatMap((rule) => {
      const grantee = isObject(at(rule, 'grantee')) ? at(rule, 'grantee') : list(rule, 'grantee')[0] ?? rule;
      const permissions = list(rule, 'permissions').length > 0 ? list(rule, 'permissions') : list(rule, 'permission');
      return permissions.map((permission) => ({ Grantee: keep({ Type: str(grantee, 'type'), URI: str(grantee, 'uri'), ID: str(grantee, 'id') }), Permission: scalarText(permission) }));
    });
  }
  // A canned ACL excludes grants (AWS provider, `aws_s3_bucket_acl`).
  const acl = canned.get(str(r.values, 'acl') ?? '');
  if (acl === undefined && ['acl', 'grant', 'access_control_policy'].some((key) => isUntold(r, key))) return undefined;
  return acl && [own, ...acl.map(([URI, Permission]) => ({ Grantee: { Type: 'Group', URI }, Permission }))];
}

const bucket: Shape = (r) => keep({ Name: str(r.values, 'bucket') ?? r.address, Owner: {}, Grants: grantsOf(r), Policy: document(r, 'policy'), ServerSideEncryptionConfiguration: Array.isArray(r.values['server_side_encryption_configuration']) && list(r.values, 'server_side_encryption_configuration').length === 0 ? undefined : r.values['server_side_encryption_configuration'] });
const balancer: Shape = (r) => keep({
  LoadBalancerArn: arnOf(r), LoadBalancerName: str(r.values, 'name'), DNSName: str(r.values, 'dns_name'), Scheme: at(r.values, 'internal') === true ? 'internal' : at(r.values, 'internal') === false || (r.isNew && !isUntold(r, 'internal')) ? 'internet-facing' : undefined, Type: str(r.values, 'load_balancer_type') ?? 'application', VpcId: str(r.values, 'vpc_id'),
  SecurityGroups: refs(r, 'security_groups'), AvailabilityZones: (refs(r, 'subnets') ?? list(r.values, 'subnet_mapping').flatMap((m) => str(m, 'subnet_id') ?? [])).map((SubnetId) => ({ SubnetId })), State: { Code: 'active' }, IpAddressType: str(r.values, 'ip_address_type'),
});

/** The API server is public to everyone unless somebody says otherwise (EKS user guide, "Cluster API server endpoint"). */
function clusterNetwork(r: TfResource): JsonObject {
  const found = first(r.values, 'vpc_config'), isPublic = at(found, 'endpoint_public_access'), given = list(found, 'public_access_cidrs').filter((c) => typeof c === 'string'), isOpen = (key: string): boolean => isUntold(r, `vpc_config.0.${key}`);
  return keep({
    EndpointPublicAccess: typeof isPublic === 'boolean' ? isPublic : r.isNew && !isOpen('endpoint_public_access') ? true : undefined, EndpointPrivateAccess: at(found, 'endpoint_private_access'),
    // A network that nobody can read leaves open which.
    PublicAccessCidrs: [...given, ...(isOpen('public_access_cidrs') ? ['not told'] : [])], SubnetIds: refs(r, 'vpc_config.subnet_ids'), SecurityGroupIds: refs(r, 'vpc_config.security_group_ids'), ClusterSecurityGroupId: str(found, 'cluster_security_group_id'), VpcId: str(found, 'vpc_id'),
  });
}

export const otherShapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['aws_iam_role', role], ['aws_iam_user', user], ['aws_iam_group', group], ['aws_iam_policy', policy], ['aws_iam_instance_profile', profile], ['aws_s3_bucket', bucket], ['aws_lb', balancer], ['aws_alb', balancer],
  ...['aws_lb_listener', 'aws_alb_listener'].map((type): [string, Shape] => [type, (r) => keep({ ListenerArn: arnOf(r), LoadBalancerArn: arnRef(r, 'load_balancer_arn'), Port: at(r.values, 'port'), Protocol: str(r.values, 'protocol'), DefaultActions: list(r.values, 'default_action').map((a) => keep({ Type: str(a, 'type'), TargetGroupArn: str(a, 'target_group_arn') ?? urnOfOne(r, 'default_action.target_group_arn') })) })]),
  ...['aws_lb_target_group', 'aws_alb_target_group'].map((type): [string, Shape] => [type, (r) => keep({ TargetGroupArn: arnOf(r), TargetGroupName: str(r.values, 'name'), Port: at(r.values, 'port'), Protocol: str(r.values, 'protocol'), VpcId: ref(r, 'vpc_id'), TargetType: str(r.values, 'target_type') })]),
  ['aws_db_instance', (r) => keep({ DBInstanceIdentifier: str(r.values, 'identifier') ?? r.address, DBInstanceArn: str(r.values, 'arn'), DbiResourceId: str(r.values, 'resource_id'), Engine: str(r.values, 'engine'), PubliclyAccessible: at(r.values, 'publicly_accessible'), StorageEncrypted: at(r.values, 'storage_encrypted'), KmsKeyId: str(r.values, 'kms_key_id'),
    DBInstanceStatus: str(r.values, 'status') ?? (r.isNew ? 'available' : undefined), Endpoint: str(r.values, 'address') === undefined && at(r.values, 'port') === undefined ? undefined : keep({ Address: str(r.values, 'address'), Port: at(r.values, 'port') }), VpcSecurityGroups: refs(r, 'vpc_security_group_ids')?.map((VpcSecurityGroupId) => ({ VpcSecurityGroupId })), DBSubnetGroup: keep({ DBSubnetGroupName: str(r.values, 'db_subnet_group_name') }) })],
  ['aws_lambda_function', (r) => keep({ FunctionName: str(r.values, 'function_name') ?? r.address, FunctionArn: str(r.values, 'arn'), Runtime: str(r.values, 'runtime'), Role: arnRef(r, 'role'), VpcConfig: list(r.values, 'vpc_config').length === 0 ? undefined : { SubnetIds: refs(r, 'vpc_config.subnet_ids') ?? [], SecurityGroupIds: refs(r, 'vpc_config.security_group_ids') ?? [] } })],
  ['aws_eks_cluster', (r) => keep({ Name: str(r.values, 'name') ?? r.address, Arn: arnOf(r), Version: str(r.values, 'version'), Endpoint: str(r.values, 'endpoint'), RoleArn: arnRef(r, 'role_arn'), OpenIdConnectIssuerUrl: str(list(first(r.values, 'identity'), 'oidc')[0], 'issuer'), ResourcesVpcConfig: clusterNetwork(r) })],
  ['aws_glue_job', (r) => keep({ Name: str(r.values, 'name') ?? r.address, Role: arnRef(r, 'role_arn') })],
  ['aws_apprunner_service', (r) => keep({ ServiceName: str(r.values, 'service_name'), ServiceArn: arnOf(r), InstanceConfiguration: keep({ InstanceRoleArn: str(first(r.values, 'instance_configuration'), 'instance_role_arn') ?? urnOfOne(r, 'instance_configuration.instance_role_arn') }) })],
  ['aws_cloudformation_stack', (r) => keep({ StackName: str(r.values, 'name') ?? r.address, StackId: str(r.values, 'id'), RoleARN: arnRef(r, 'iam_role_arn') })],
  ['aws_launch_template', (r) => { const held = first(r.values, 'iam_instance_profile'); return keep({ LaunchTemplateId: r.ownId, LaunchTemplateName: str(r.values, 'name'), LaunchTemplateData: keep({ IamInstanceProfile: Object.keys(held).length === 0 ? undefined : keep({ Arn: str(held, 'arn'), Name: str(held, 'name') }) }) }); }],
]);
