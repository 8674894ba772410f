/**
 * The canonical `config` of AWS resources: the words and shapes of the AWS CLI's describe calls (PascalCase), policies as parsed objects.
 * A missing key was not recorded by the source; `null` was recorded as none. All loose: unknown keys stay.
 */
import { z } from 'zod';

const strings = z.union([z.string(), z.array(z.string())]);
export const policyStatementSchema = z.looseObject({
  Sid: z.string().optional(), Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.string(), z.record(z.string(), strings)]).optional(), NotPrincipal: z.union([z.string(), z.record(z.string(), strings)]).optional(),
  Action: strings.optional(), NotAction: strings.optional(), Resource: strings.optional(), NotResource: strings.optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.union([strings, z.boolean(), z.number(), z.array(z.union([z.string(), z.boolean(), z.number()]))]))).optional(),
});
export const policyDocumentSchema = z.looseObject({
  Version: z.string().optional(), Id: z.string().optional(),
  Statement: z.union([policyStatementSchema, z.array(policyStatementSchema)]),
});
export type PolicyStatement = z.infer<typeof policyStatementSchema>;
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

/** Type of a policy of which a source doesn't tell whose it is; `Holder`: `role`, `user` or `group`; `Name`: its name, where that is all that is told, of whatever account. */
export const unplacedPolicy = 'AWS::IAM::UnplacedPolicy';
/** Type of a rule of a security group of which a plan doesn't tell which; its config has the lists that it may be in (`IpPermissions`, `IpPermissionsEgress`). */
export const unplacedRule = 'AWS::EC2::UnplacedSecurityGroupRule';

/** Type of what a plan says of another resource that it doesn't tell; `Of`: the type of that one. It may be any of them. */
export const unplacedPart = 'AWS::UnplacedPart';

/** Type of what says that a list was imported only in part: an answer that names a next page. `Of`: the type of its entries (for IAM, whose pages mix them, `identityPages`). */
export const cutList = 'AWS::CutList';
export const identityPages = 'AWS::IAM';

export const publicAccessBlockSchema = z.looseObject({
  BlockPublicAcls: z.boolean().optional(), IgnorePublicAcls: z.boolean().optional(),
  BlockPublicPolicy: z.boolean().optional(), RestrictPublicBuckets: z.boolean().optional(),
});
export type PublicAccessBlock = z.infer<typeof publicAccessBlockSchema>;

/** AWS::S3::Bucket: get-bucket-acl, get-bucket-policy, get-public-access-block, get-bucket-ownership-controls, … in one object. */
export const s3BucketSchema = z.looseObject({
  Name: z.string(),
  Owner: z.looseObject({ ID: z.string().optional() }).nullish(),
  Grants: z.array(z.looseObject({
    Grantee: z.looseObject({ Type: z.string().optional(), URI: z.string().optional(), ID: z.string().optional() }).optional(),
    Permission: z.string(),
  })).nullish(),
  /** Parsed bucket policy; an unparsable one stays a string, which makes every answer that depends on it unknown. */
  Policy: z.unknown().optional(),
  PublicAccessBlockConfiguration: publicAccessBlockSchema.nullish(),
  OwnershipControls: z.looseObject({ Rules: z.array(z.looseObject({ ObjectOwnership: z.string() })) }).nullish(),
  ServerSideEncryptionConfiguration: z.unknown().optional(),
  BucketVersioningConfiguration: z.unknown().optional(),
  BucketLoggingConfiguration: z.unknown().optional(),
});

/** AWS::S3::AccountPublicAccessBlock, urn `arn:aws:s3:::account-public-access-block/<account>`; config is the four flags, or null. */
export const awsUrn = {
  account: (account: string) => `arn:aws:iam::${account}:root`,
  bucket: (name: string, partition = 'aws') => `arn:${partition}:s3:::${name}`,
  accountPublicAccessBlock: (account: string) => `arn:aws:s3::${account}:account-public-access-block`,
  ec2: (resource: string, id: string, account: string, region: string, partition = 'aws') => `arn:${partition}:ec2:${region}:${account}:${resource}/${id}`,
} as const;

/** AWS Config writes null where the CLI leaves a key out, hence `nullish` throughout. */
export const ipPermissionSchema = z.looseObject({
  IpProtocol: z.string(), FromPort: z.number().nullish(), ToPort: z.number().nullish(),
  IpRanges: z.array(z.looseObject({ CidrIp: z.string() })).nullish(),
  Ipv6Ranges: z.array(z.looseObject({ CidrIpv6: z.string() })).nullish(),
  PrefixListIds: z.array(z.looseObject({ PrefixListId: z.string() })).nullish(),
  UserIdGroupPairs: z.array(z.looseObject({ GroupId: z.string().nullish(), UserId: z.string().nullish() })).nullish(),
});
export const securityGroupSchema = z.looseObject({
  GroupId: z.string(), GroupName: z.string().nullish(), VpcId: z.string().nullish(),
  IpPermissions: z.array(ipPermissionSchema).nullish(), IpPermissionsEgress: z.array(ipPermissionSchema).nullish(),
});
export const networkInterfaceSchema = z.looseObject({
  NetworkInterfaceId: z.string(), SubnetId: z.string().nullish(), VpcId: z.string().nullish(), Status: z.string().nullish(),
  Groups: z.array(z.looseObject({ GroupId: z.string() })).nullish(),
  Attachment: z.looseObject({ InstanceId: z.string().nullish() }).nullish(),
  PrivateIpAddress: z.string().nullish(),
  PrivateIpAddresses: z.array(z.looseObject({
    PrivateIpAddress: z.string().nullish(), Association: z.looseObject({ PublicIp: z.string().nullish() }).nullish(),
  })).nullish(),
  Association: z.looseObject({ PublicIp: z.string().nullish() }).nullish(),
  Ipv6Addresses: z.array(z.looseObject({ Ipv6Address: z.string() })).nullish(),
});
export const instanceSchema = z.looseObject({
  InstanceId: z.string(), State: z.looseObject({ Name: z.string() }).nullish(), ImageId: z.string().nullish(),
  SubnetId: z.string().nullish(), VpcId: z.string().nullish(), PublicIpAddress: z.string().nullish(), PrivateIpAddress: z.string().nullish(),
  SecurityGroups: z.array(z.looseObject({ GroupId: z.string() })).nullish(),
  IamInstanceProfile: z.looseObject({ Arn: z.string().nullish(), Id: z.string().nullish() }).nullish(),
  NetworkInterfaces: z.array(networkInterfaceSchema).nullish(),
  MetadataOptions: z.looseObject({ HttpTokens: z.string().nullish(), HttpPutResponseHopLimit: z.number().nullish() }).nullish(),
  LaunchTime: z.unknown().optional(),
});
export const subnetSchema = z.looseObject({ SubnetId: z.string(), VpcId: z.string(), CidrBlock: z.string().nullish(), MapPublicIpOnLaunch: z.boolean().nullish() });
export const routeTableSchema = z.looseObject({
  RouteTableId: z.string(), VpcId: z.string(),
  Associations: z.array(z.looseObject({ SubnetId: z.string().nullish(), GatewayId: z.string().nullish(), Main: z.boolean().nullish() })).nullish(),
  Routes: z.array(z.looseObject({
    DestinationCidrBlock: z.string().nullish(), DestinationIpv6CidrBlock: z.string().nullish(), DestinationPrefixListId: z.string().nullish(),
    GatewayId: z.string().nullish(), NatGatewayId: z.string().nullish(), TransitGatewayId: z.string().nullish(), NetworkInterfaceId: z.string().nullish(),
    InstanceId: z.string().nullish(), VpcPeeringConnectionId: z.string().nullish(), EgressOnlyInternetGatewayId: z.string().nullish(),
    State: z.string().nullish(), Origin: z.string().nullish(),
  })).nullish(),
});
export const internetGatewaySchema = z.looseObject({
  InternetGatewayId: z.string(), Attachments: z.array(z.looseObject({ VpcId: z.string(), State: z.string().nullish() })).nullish(),
});
export const networkAclSchema = z.looseObject({
  NetworkAclId: z.string(), VpcId: z.string().nullish(), IsDefault: z.boolean().nullish(),
  Associations: z.array(z.looseObject({ SubnetId: z.string() })).nullish(),
  Entries: z.array(z.looseObject({
    RuleNumber: z.number(), Egress: z.boolean(), Protocol: z.string(), RuleAction: z.string(), CidrBlock: z.string().nullish(), Ipv6CidrBlock: z.string().nullish(),
    PortRange: z.looseObject({ From: z.number().nullish(), To: z.number().nullish() }).nullish(),
  })).nullish(),
});
/** AWS::IAM::Role / User / Group / Policy as in get-account-authorization-details, documents parsed. */
const inlinePolicySchema = z.looseObject({ PolicyName: z.string(), PolicyDocument: z.unknown() });
const attachedPolicySchema = z.looseObject({ PolicyName: z.string().optional(), PolicyArn: z.string() });
const boundarySchema = z.looseObject({ PermissionsBoundaryArn: z.string() });
export const iamRoleSchema = z.looseObject({
  RoleName: z.string(), Arn: z.string(), AssumeRolePolicyDocument: z.unknown().optional(),
  RolePolicyList: z.array(inlinePolicySchema).optional(), AttachedManagedPolicies: z.array(attachedPolicySchema).optional(),
  PermissionsBoundary: boundarySchema.nullish(), InstanceProfileList: z.array(z.looseObject({ Arn: z.string(), InstanceProfileName: z.string().optional() })).optional(),
});
export const iamUserSchema = z.looseObject({
  UserName: z.string(), Arn: z.string(), UserPolicyList: z.array(inlinePolicySchema).optional(), GroupList: z.array(z.string()).optional(),
  AttachedManagedPolicies: z.array(attachedPolicySchema).optional(), PermissionsBoundary: boundarySchema.nullish(),
});
export const iamGroupSchema = z.looseObject({
  GroupName: z.string(), Arn: z.string(), GroupPolicyList: z.array(inlinePolicySchema).optional(), AttachedManagedPolicies: z.array(attachedPolicySchema).optional(),
});
export const iamPolicySchema = z.looseObject({
  PolicyName: z.string().optional(), Arn: z.string(), DefaultVersionId: z.string().optional(),
  PolicyVersionList: z.array(z.looseObject({ VersionId: z.string(), IsDefaultVersion: z.boolean().optional(), Document: z.unknown().optional() })).optional(),
});

/** Names of what S3 gives a new bucket, in the key `supposed` of its config: no policy, an ACL of the owner alone, ACLs disabled, public access blocked. What the bucket's record or a part of it tells wins. Of other resources: no policy, no function URL, a key policy of its account alone, shared with nobody. */
export const newResource = { policy: 'no_policy', url: 'no_url', accountsKey: 'account_key_policy', unshared: 'unshared' } as const;
export const newBucket = { policy: newResource.policy, acl: 'owner_acl', ownership: 'acls_disabled', block: 'public_access_blocked' } as const;
