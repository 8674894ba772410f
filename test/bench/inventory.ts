import { bucketArn, bucketName, instanceArn, instanceId, isOpen, iso, NOW, privateIp, publicIp, REGION, roleArn, roleName, siblingOf, userArn, userName, type JsonObject, type Story } from './company.ts';

/** Rounds whose instances share a subnet and a pair of security groups. */
const SHARE = 25;
const CAPTURED = iso(NOW - 6 * 3_600_000);
const VPC = 'vpc-0a1b2c3d4e5f60718';
const pad = (prefix: string, n: number): string => `${prefix}-${n.toString(16).padStart(17, '0')}`;
const share = (s: Story): number => Math.floor((s.round % 100) / SHARE);
const subnetOf = (s: Story): string => pad('subnet', share(s));
const groupOf = (s: Story): string => pad('sg', share(s) * 2 + (isOpen(s) ? 1 : 0));
const encoded = (document: JsonObject): string => encodeURIComponent(JSON.stringify(document));

interface Item { readonly type: string; readonly id: string; readonly arn?: string; readonly name?: string; readonly account: string; readonly tags?: JsonObject; readonly global?: boolean; readonly relationships?: readonly JsonObject[]; readonly configuration: JsonObject; readonly supplementary?: JsonObject }

/** One AWS Config configuration item of version 1.3. */
const item = (i: Item): JsonObject => ({
  relatedEvents: [], relationships: i.relationships ?? [], configuration: i.configuration, supplementaryConfiguration: i.supplementary ?? {}, tags: i.tags ?? {}, configurationItemVersion: '1.3', configurationItemCaptureTime: CAPTURED, configurationStateId: NOW,
  awsAccountId: i.account, configurationItemStatus: 'ResourceDiscovered', resourceType: i.type, resourceId: i.id, ...(i.name !== undefined && { resourceName: i.name }), ...(i.arn !== undefined && { ARN: i.arn }),
  awsRegion: i.global === true ? 'global' : REGION, availabilityZone: i.global === true ? 'Not Applicable' : 'Regional', resourceCreationTime: '2024-02-01T09:00:00.000Z',
});

/** What an account has before any story: its network and the account-wide access block (off). */
export function accountItems(account: string): readonly JsonObject[] {
  const shares = [0, 1, 2, 3];
  const ec2 = (type: string, kind: string, id: string, configuration: JsonObject): JsonObject => item({ type: `AWS::EC2::${type}`, id, arn: `arn:aws:ec2:${REGION}:${account}:${kind}/${id}`, account, configuration, relationships: type === 'VPC' ? [] : [{ resourceId: VPC, resourceType: 'AWS::EC2::VPC', name: 'Is contained in Vpc' }] });
  const entry = (egress: boolean, ruleNumber: number, ruleAction: string): JsonObject => ({ cidrBlock: '0.0.0.0/0', egress, protocol: '-1', ruleAction, ruleNumber });
  const range = (cidrIp: string, port: number): JsonObject => ({ fromPort: port, toPort: port, ipProtocol: 'tcp', ipv6Ranges: [], prefixListIds: [], userIdGroupPairs: [], ipv4Ranges: [{ cidrIp }], ipRanges: [cidrIp] });
  const group = (n: number, open: boolean): JsonObject => {
    const id = pad('sg', n * 2 + (open ? 1 : 0));
    return ec2('SecurityGroup', 'security-group', id, { description: open ? 'open' : 'closed', groupName: `bench-${n}-${open ? 'open' : 'closed'}`, groupId: id, ownerId: account, vpcId: VPC, ipPermissions: [range(open ? '0.0.0.0/0' : '10.0.0.0/8', 22)], ipPermissionsEgress: [{ ...range('0.0.0.0/0', 0), ipProtocol: '-1' }], tags: [] });
  };
  return [
    item({ type: 'AWS::S3::AccountPublicAccessBlock', id: account, account, configuration: { blockPublicAcls: false, ignorePublicAcls: false, blockPublicPolicy: false, restrictPublicBuckets: false } }),
    ec2('VPC', 'vpc', VPC, { cidrBlock: '10.0.0.0/8', state: 'available', vpcId: VPC, ownerId: account, instanceTenancy: 'default', ipv6CidrBlockAssociationSet: [], cidrBlockAssociationSet: [{ associationId: 'vpc-cidr-assoc-1', cidrBlock: '10.0.0.0/8', cidrBlockState: { state: 'associated' } }], isDefault: false, tags: [] }),
    ec2('InternetGateway', 'internet-gateway', pad('igw', 1), { attachments: [{ state: 'available', vpcId: VPC }], internetGatewayId: pad('igw', 1), ownerId: account, tags: [] }),
    ec2('RouteTable', 'route-table', pad('rtb', 1), { routeTableId: pad('rtb', 1), vpcId: VPC, ownerId: account, propagatingVgws: [], tags: [], associations: [{ main: true, routeTableAssociationId: pad('rtbassoc', 1), routeTableId: pad('rtb', 1), associationState: { state: 'associated' } }], routes: [{ destinationCidrBlock: '10.0.0.0/8', gatewayId: 'local', origin: 'CreateRouteTable', state: 'active' }, { destinationCidrBlock: '0.0.0.0/0', gatewayId: pad('igw', 1), origin: 'CreateRoute', state: 'active' }] }),
    ec2('NetworkAcl', 'network-acl', pad('acl', 1), { networkAclId: pad('acl', 1), vpcId: VPC, ownerId: account, isDefault: true, tags: [], associations: shares.map((n) => ({ networkAclAssociationId: pad('aclassoc', n), networkAclId: pad('acl', 1), subnetId: pad('subnet', n) })), entries: [entry(true, 100, 'allow'), entry(true, 32_767, 'deny'), entry(false, 100, 'allow'), entry(false, 32_767, 'deny')] }),
    ...shares.map((n) => ec2('Subnet', 'subnet', pad('subnet', n), { availabilityZone: `${REGION}a`, availableIpAddressCount: 200, cidrBlock: `10.${n & 127}.0.0/16`, defaultForAz: false, mapPublicIpOnLaunch: true, state: 'available', subnetId: pad('subnet', n), vpcId: VPC, ownerId: account, ipv6CidrBlockAssociationSet: [], tags: [], subnetArn: `arn:aws:ec2:${REGION}:${account}:subnet/${pad('subnet', n)}` })),
    ...shares.flatMap((n) => [group(n, true), group(n, false)]),
  ];
}

/** The resources of one story; images are in no AWS Config snapshot. */
export function storyItems(s: Story, seed: number): readonly JsonObject[] {
  switch (s.name) {
    case 'public_bucket': case 'blocked_bucket': case 'unlogged_bucket': return [bucketItem(s)];
    case 'vulnerable_instance': case 'open_port': case 'brute_force': return instanceItems(s, siblingOf(s, 'role', seed));
    case 'login': return [userItem(s)];
    case 'role': return [roleItem(s, siblingOf(s, 'public_bucket', seed))];
    case 'image': case 'large_image': return [];
  }
}

function bucketItem(s: Story): JsonObject {
  const blocked = s.name === 'blocked_bucket';
  const all = (value: boolean): JsonObject => ({ blockPublicAcls: value, ignorePublicAcls: value, blockPublicPolicy: value, restrictPublicBuckets: value });
  const owner = { displayName: null, id: `c0ffee${s.account}`.padEnd(64, '0') };
  // Public by ACL, as old buckets are; every sixteenth by its policy.
  const isListed = s.name !== 'unlogged_bucket', byPolicy = s.round % 16 === 0;
  const everyone = { grantee: 'AllUsers', permission: 'Read' };
  const policy = { Version: '2012-10-17', Statement: [{ Sid: 'read', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [bucketArn(s), `${bucketArn(s)}/*`] }] };
  return item({
    type: 'AWS::S3::Bucket', id: bucketName(s), name: bucketName(s), arn: bucketArn(s), account: s.account, tags: s.tags, configuration: { name: bucketName(s), owner, creationDate: '2024-02-01T09:00:00.000Z' },
    supplementary: {
      AccessControlList: JSON.stringify({ grantSet: null, grantList: [{ grantee: { id: owner.id, displayName: null }, permission: 'FullControl' }, ...(isListed && !byPolicy ? [everyone] : [])], owner, isRequesterCharged: false }), BucketLoggingConfiguration: { destinationBucketName: null, logFilePrefix: null },
      BucketPolicy: { policyText: isListed && byPolicy ? JSON.stringify(policy) : null }, BucketVersioningConfiguration: { status: 'Off', isMfaDeleteEnabled: null }, OwnershipControls: { rules: [{ objectOwnership: isListed && !byPolicy ? 'ObjectWriter' : 'BucketOwnerEnforced' }] }, PublicAccessBlockConfiguration: all(blocked),
    },
  });
}

function instanceItems(s: Story, role: Story): readonly JsonObject[] {
  const eni = `eni-${s.id}`, association = { association: { ipOwnerId: 'amazon', publicDnsName: '', publicIp: publicIp(s) } };
  const groups = [{ groupName: 'bench', groupId: groupOf(s) }];
  const card = {
    ...association, attachment: { attachmentId: `eni-attach-${s.id}`, deleteOnTermination: true, deviceIndex: 0, status: 'attached', instanceId: instanceId(s), instanceOwnerId: s.account }, description: '', groups, ipv6Addresses: [], networkInterfaceId: eni, ownerId: s.account,
    privateIpAddress: privateIp(s), privateIpAddresses: [{ ...association, primary: true, privateIpAddress: privateIp(s) }], sourceDestCheck: true, status: 'in-use', subnetId: subnetOf(s), vpcId: VPC, interfaceType: 'interface',
  };
  const configuration = {
    imageId: 'ami-0123456789abcdef0', instanceId: instanceId(s), instanceType: 't3.medium', launchTime: '2025-02-03T09:12:00.000Z', placement: { availabilityZone: `${REGION}a`, groupName: '', tenancy: 'default' }, privateIpAddress: privateIp(s), publicIpAddress: publicIp(s),
    state: { code: 16, name: 'running' }, subnetId: subnetOf(s), vpcId: VPC, architecture: 'x86_64', iamInstanceProfile: { arn: `arn:aws:iam::${s.account}:instance-profile/${roleName(role)}`, id: `AIPA${role.id.toUpperCase()}` }, networkInterfaces: [card], securityGroups: groups,
    tags: Object.entries(s.tags).map(([key, value]) => ({ key, value })), metadataOptions: { state: 'applied', httpTokens: 'optional', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
  };
  const to = (resourceType: string, resourceId: string, name: string): JsonObject => ({ resourceType, resourceId, name });
  return [
    item({ type: 'AWS::EC2::Instance', id: instanceId(s), arn: instanceArn(s), account: s.account, tags: s.tags, configuration, relationships: [to('AWS::EC2::NetworkInterface', eni, 'Contains NetworkInterface'), to('AWS::EC2::SecurityGroup', groupOf(s), 'Is associated with SecurityGroup'), to('AWS::EC2::Subnet', subnetOf(s), 'Is contained in Subnet'), to('AWS::EC2::VPC', VPC, 'Is contained in Vpc')] }),
    item({ type: 'AWS::EC2::NetworkInterface', id: eni, arn: `arn:aws:ec2:${REGION}:${s.account}:network-interface/${eni}`, account: s.account, configuration: { ...card, availabilityZone: `${REGION}a`, requesterManaged: false, tagSet: [] } }),
  ];
}

const userItem = (s: Story): JsonObject => item({
  type: 'AWS::IAM::User', id: `AIDA${s.id.slice(0, 16).toUpperCase()}`, name: userName(s), arn: userArn(s), account: s.account, global: true, tags: s.tags,
  configuration: { path: '/', userName: userName(s), userId: `AIDA${s.id.slice(0, 16).toUpperCase()}`, arn: userArn(s), createDate: '2024-02-01T09:00:00.000Z', userPolicyList: [], groupList: [], attachedManagedPolicies: s.round % 4 === 0 ? [{ policyName: 'ReadOnlyAccess', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] : [], permissionsBoundary: null, tags: [] },
});

function roleItem(s: Story, bucket: Story): JsonObject {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
  const read = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: `${bucketArn(bucket)}/*` }] };
  const reference = { path: '/', roleName: roleName(s), roleId: `AROA${s.id.toUpperCase()}`, arn: roleArn(s), createDate: '2024-02-01T09:00:00.000Z', assumeRolePolicyDocument: encoded(trust) };
  const profile = { path: '/', instanceProfileName: roleName(s), instanceProfileId: `AIPA${s.id.toUpperCase()}`, arn: `arn:aws:iam::${s.account}:instance-profile/${roleName(s)}`, createDate: '2024-02-01T09:00:00.000Z', roles: [reference] };
  return item({
    type: 'AWS::IAM::Role', id: `AROA${s.id.toUpperCase()}`, name: roleName(s), arn: roleArn(s), account: s.account, global: true, tags: s.tags,
    configuration: { ...reference, instanceProfileList: [profile], rolePolicyList: [{ policyName: 'data', policyDocument: encoded(read) }], attachedManagedPolicies: s.round % 20 === 0 ? [{ policyName: 'AdministratorAccess', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }] : [], permissionsBoundary: null, tags: [], roleLastUsed: null },
  });
}
