/** AWS Config items of S3, as its delivery channel writes them. */
import { NOW, type Json } from './part.ts';

export interface ItemParts {
  readonly type: string; readonly id: string; readonly account: string; readonly arn?: string; readonly name?: string; readonly at?: string;
  readonly tags?: Readonly<Record<string, string>>; readonly configuration: unknown; readonly supplementary?: Json; readonly region?: string;
}
/** One configuration item. */
export const configItem = (p: ItemParts): Json => ({
  relatedEvents: [], relationships: [], configuration: p.configuration, supplementaryConfiguration: p.supplementary ?? {}, tags: p.tags ?? {},
  configurationItemVersion: '1.3', configurationItemCaptureTime: p.at ?? NOW, configurationStateId: Date.parse(p.at ?? NOW), awsAccountId: p.account,
  configurationItemStatus: 'OK', resourceType: p.type, resourceId: p.id, ...(p.name !== undefined && { resourceName: p.name }), ...(p.arn !== undefined && { ARN: p.arn }),
  awsRegion: p.region ?? 'eu-west-1', availabilityZone: 'Regional', configurationStateMd5Hash: '',
});

export type Flags = 'BlockPublicAcls' | 'IgnorePublicAcls' | 'BlockPublicPolicy' | 'RestrictPublicBuckets';
const flags = (on: readonly Flags[]): Json => ({
  blockPublicAcls: on.includes('BlockPublicAcls'), ignorePublicAcls: on.includes('IgnorePublicAcls'),
  blockPublicPolicy: on.includes('BlockPublicPolicy'), restrictPublicBuckets: on.includes('RestrictPublicBuckets'),
});

export interface BucketParts {
  readonly account: string;
  /** Statements; null: recorded as none; 'absent': not recorded; any other text: stored as it is. */
  readonly policy?: readonly Json[] | null | string;
  readonly acl?: 'private' | 'absent' | readonly (readonly ['AllUsers' | 'AuthenticatedUsers', 'Read' | 'Write' | 'FullControl' | 'ReadAcp'])[];
  readonly block?: readonly Flags[] | 'absent';
  readonly ownership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
  readonly encrypted?: boolean;
  readonly versioning?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  readonly at?: string;
}
const OWNER = 'a3d1c0ffee00a3d1c0ffee00a3d1c0ffee00a3d1c0ffee00a3d1c0ffee00a3d1';

const aclText = (grants: readonly (readonly [string, string])[]): string => JSON.stringify({
  grantSet: null, owner: { displayName: null, id: OWNER }, isRequesterCharged: false,
  grantList: [{ grantee: { id: OWNER, displayName: null }, permission: 'FullControl' }, ...grants.map(([grantee, permission]) => ({ grantee, permission }))],
});

/** AWS::S3::Bucket. Private, without policy and access block unless told otherwise. */
export function bucket(name: string, p: BucketParts): Json {
  const { policy = null, acl = 'private', block = [], ownership = 'ObjectWriter' } = p;
  const text = policy === null ? null : typeof policy === 'string' ? policy : JSON.stringify({ Version: '2012-10-17', Statement: policy });
  return configItem({
    type: 'AWS::S3::Bucket', id: name, name, arn: `arn:aws:s3:::${name}`, account: p.account, ...(p.at !== undefined && { at: p.at }), ...(p.tags && { tags: p.tags }),
    configuration: { name, owner: { displayName: null, id: OWNER }, creationDate: '2023-04-04T08:00:00.000Z' },
    supplementary: {
      ...(acl !== 'absent' && { AccessControlList: aclText(acl === 'private' ? [] : acl) }),
      ...(policy !== 'absent' && { BucketPolicy: { policyText: text } }),
      ...(block !== 'absent' && { PublicAccessBlockConfiguration: flags(block) }),
      BucketLoggingConfiguration: { destinationBucketName: null, logFilePrefix: null },
      BucketVersioningConfiguration: { status: p.versioning === true ? 'Enabled' : 'Off', isMfaDeleteEnabled: null },
      OwnershipControls: { rules: [{ objectOwnership: ownership }] },
      ...(p.encrypted === true && { ServerSideEncryptionConfiguration: { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, bucketKeyEnabled: false }] } }),
      ...(p.tags && { BucketTaggingConfiguration: { tagSets: [{ tags: p.tags }] } }),
    },
  });
}

/** AWS::S3::AccountPublicAccessBlock. */
export const accountBlock = (account: string, on: readonly Flags[] = [], at: string = NOW): Json =>
  configItem({ type: 'AWS::S3::AccountPublicAccessBlock', id: account, account, at, configuration: flags(on) });

/** A statement on the bucket and its objects. */
export const statement = (name: string, rest: Json): Json => ({ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`], ...rest });
export const anyone = (name: string, condition?: Json): Json => statement(name, { Principal: '*', ...(condition && { Condition: condition }) });
/** Nobody but through one VPC endpoint. */
export const denyUnlessVpce = (name: string, vpce: string, rest: Json = {}): Json =>
  statement(name, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { StringNotEquals: { 'aws:SourceVpce': vpce } }, ...rest });
