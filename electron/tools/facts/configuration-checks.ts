import type { StoredResource } from '#shared/model/resource.ts';
import { at, isObject, str } from '#shared/lib/json.ts';

/** `shown`: the snapshot has the fault; `refuted`: the snapshot has the opposite; undefined: the snapshot can't say. */
export interface Checked { readonly state: 'shown' | 'refuted'; readonly why: string }
type Check = (config: unknown, titles: string) => Checked | undefined;

const shown = (why: string): Checked => ({ state: 'shown', why });
const refuted = (why: string): Checked => ({ state: 'refuted', why });
const has = (config: unknown, key: string): boolean => isObject(config) && Object.hasOwn(config, key);
const flagCheck = (key: string, what: string): Check => (config) => {
  const value = at(config, key);
  if (typeof value !== 'boolean') return undefined;
  return value ? refuted(`${what} is on (${key}: true)`) : shown(`${what} is off (${key}: false)`);
};

/** A check that asks for a customer-managed key is not answered by "some encryption". */
const asksForOwnKey = (titles: string): boolean => /\b(kms|cmk|customer[- ]managed|cmek)\b/i.test(titles);
const encryptionFlag = (key: string): Check => (config, titles) => {
  const found = flagCheck(key, 'encryption at rest')(config, titles);
  return found?.state === 'refuted' && asksForOwnKey(titles) ? undefined : found;
};

const bucketEncryption: Check = (config, titles) => {
  if (!has(config, 'ServerSideEncryptionConfiguration')) return undefined;
  const value = at(config, 'ServerSideEncryptionConfiguration');
  if (value === null) return shown('the bucket has no default encryption (ServerSideEncryptionConfiguration is not set)');
  const text = JSON.stringify(value) ?? '';
  if (asksForOwnKey(titles)) return text.includes('aws:kms') ? refuted('default encryption uses KMS') : shown('default encryption does not use KMS');
  return /AES256|aws:kms/.test(text) ? refuted('default encryption is set') : undefined;
};
const bucketVersioning: Check = (config, titles) => {
  if (!has(config, 'BucketVersioningConfiguration')) return undefined;
  const value = at(config, 'BucketVersioningConfiguration');
  const mfa = /mfa/i.test(titles);
  const flag = (mfa ? str(value, 'MFADelete') ?? str(value, 'IsMfaDeleteEnabled') ?? str(value, 'isMfaDeleteEnabled') : str(value, 'Status') ?? str(value, 'status')) ?? 'Off';
  const what = mfa ? 'MFA delete' : 'versioning';
  return /^(enabled|true)$/i.test(flag) ? refuted(`${what} is enabled`) : shown(`${what} is ${flag}`);
};
const bucketLogging: Check = (config) => {
  if (!has(config, 'BucketLoggingConfiguration')) return undefined;
  const value = at(config, 'BucketLoggingConfiguration');
  const target = str(value, 'DestinationBucketName') ?? str(value, 'destinationBucketName') ?? str(value, 'LoggingEnabled', 'TargetBucket') ?? str(value, 'TargetBucket');
  return target === undefined ? shown('server access logging has no destination') : refuted(`server access logs go to ${target}`);
};
const instanceMetadata: Check = (config) => {
  const tokens = str(config, 'MetadataOptions', 'HttpTokens');
  if (str(config, 'MetadataOptions', 'HttpEndpoint') === 'disabled') return refuted('the instance metadata service is off');
  return tokens === undefined ? undefined : tokens === 'required' ? refuted('IMDSv2 is required') : shown(`IMDSv1 is allowed (HttpTokens: ${tokens})`);
};
const databaseBackups: Check = (config) => {
  const days = at(config, 'BackupRetentionPeriod');
  if (typeof days !== 'number') return undefined;
  return days === 0 ? shown('automatic backups are off (BackupRetentionPeriod: 0)') : days >= 7 ? refuted(`backups are kept ${days} days`) : shown(`backups are kept ${days} days`);
};
const trailLogging: Check = (config) => {
  const on = at(config, 'IsLogging') ?? at(config, 'Status', 'IsLogging');
  return typeof on === 'boolean' ? (on ? refuted('the trail is logging') : shown('the trail is not logging')) : undefined;
};
const checks: Record<string, Record<string, Check>> = {
  'AWS::S3::Bucket': { encryption_disabled: bucketEncryption, versioning_disabled: bucketVersioning, logging_disabled: bucketLogging },
  'AWS::RDS::DBInstance': { encryption_disabled: encryptionFlag('StorageEncrypted'), backup_disabled: databaseBackups, versioning_disabled: flagCheck('DeletionProtection', 'deletion protection') },
  'AWS::RDS::DBCluster': { encryption_disabled: encryptionFlag('StorageEncrypted'), backup_disabled: databaseBackups, versioning_disabled: flagCheck('DeletionProtection', 'deletion protection') },
  'AWS::EC2::Volume': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::EC2::Snapshot': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::EFS::FileSystem': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::Redshift::Cluster': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::EC2::Instance': { instance_metadata_v1: instanceMetadata },
  'AWS::CloudTrail::Trail': { logging_disabled: trailLogging },
};

/** Does the snapshot itself show a reported misconfiguration? Only for pairs of resource type and issue that its `config` can answer. */
export function checkConfiguration(resource: StoredResource, issueType: string, titles: readonly string[]): Checked | undefined {
  const check = checks[resource.type]?.[issueType];
  return check?.(resource.config, titles.join(' '));
}
