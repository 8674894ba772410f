import type { StoredResource } from '#shared/model/resource.ts';
import { at, isObject, str } from '#shared/lib/json.ts';

/** `shown`: the snapshot has the fault; `refuted`: the snapshot has the opposite; undefined: the snapshot can't say. */
export interface Checked { readonly state: 'shown' | 'refuted'; readonly why: string }
/** @param title of one finding: the checks of one issue ask for different things. */
type Check = (config: unknown, title: string) => Checked | undefined;

const shown = (why: string): Checked => ({ state: 'shown', why });
const refuted = (why: string): Checked => ({ state: 'refuted', why });
const has = (config: unknown, key: string): boolean => isObject(config) && Object.hasOwn(config, key);
const flagCheck = (key: string, what: string): Check => (config) => {
  const value = at(config, key);
  if (typeof value !== 'boolean') return undefined;
  return value ? refuted(`${what} is on (${key}: true)`) : shown(`${what} is off (${key}: false)`);
};

/** A check that asks for a customer-managed key is not answered by "some encryption". */
const asksForOwnKey = (title: string): boolean => /\b(kms|cmk|customer[- ]managed|cmek)\b/i.test(title);
const encryptionFlag = (key: string): Check => (config, title) => {
  const found = flagCheck(key, 'encryption at rest')(config, title);
  return found?.state === 'refuted' && asksForOwnKey(title) ? undefined : found;
};

const bucketEncryption: Check = (config, title) => {
  if (!has(config, 'ServerSideEncryptionConfiguration')) return undefined;
  const value = at(config, 'ServerSideEncryptionConfiguration');
  if (value === null) return shown('the bucket has no default encryption (ServerSideEncryptionConfiguration is not set)');
  const text = JSON.stringify(value) ?? '';
  if (asksForOwnKey(title)) return text.includes('aws:kms') ? refuted('default encryption uses KMS') : shown('default encryption does not use KMS');
  return /AES256|aws:kms/.test(text) ? refuted('default encryption is set') : undefined;
};
const bucketVersioning: Check = (config, title) => {
  const mfa = /mfa/i.test(title);
  // Object lock, lifecycles and replication want more than versions.
  if (!has(config, 'BucketVersioningConfiguration') || /lock|lifecycle|replicat/i.test(title)) return undefined;
  const value = at(config, 'BucketVersioningConfiguration');
  const flag = (mfa ? str(value, 'MFADelete') ?? str(value, 'IsMfaDeleteEnabled') ?? str(value, 'isMfaDeleteEnabled') : str(value, 'Status') ?? str(value, 'status')) ?? 'Off';
  const what = mfa ? 'MFA delete' : 'versioning';
  return /^(enabled|true)$/i.test(flag) ? refuted(`${what} is enabled`) : shown(`${what} is ${flag}`);
};
const bucketLogging: Check = (config, title) => {
  // Data events of CloudTrail and notifications are other logs.
  if (!has(config, 'BucketLoggingConfiguration') || /object[- ]level|\bevents?\b|notification/i.test(title)) return undefined;
  const value = at(config, 'BucketLoggingConfiguration');
  const target = str(value, 'DestinationBucketName') ?? str(value, 'destinationBucketName') ?? str(value, 'LoggingEnabled', 'TargetBucket') ?? str(value, 'TargetBucket');
  return target === undefined ? shown('server access logging has no destination') : refuted(`server access logs go to ${target}`);
};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
/** A condition that holds for every request without TLS and for no other. */
function meansWithoutTls(condition: unknown): boolean {
  const tests = isObject(condition) ? Object.entries(condition) : [], [operator, keys] = tests[0] ?? [];
  if (tests.length !== 1 || (operator !== 'Bool' && operator !== 'BoolIfExists') || !isObject(keys)) return false;
  const values = Object.entries(keys), [key, value] = values[0] ?? [];
  return values.length === 1 && key?.toLowerCase() === 'aws:securetransport' && listOf(value).every((v) => String(v).toLowerCase() === 'false');
}
/** Refuses everyone every request without TLS, whatever else it carries (S3 User Guide, "Require HTTPS"). */
function requiresTls(statement: unknown): boolean {
  const forEveryone = at(statement, 'Principal') === '*' || listOf(at(statement, 'Principal', 'AWS')).includes('*');
  const everyAction = listOf(at(statement, 'Action')).some((action) => /^(\*|s3:\*)$/i.test(String(action)));
  const everyObject = listOf(at(statement, 'Resource')).some((resource) => /^\*$|\/\*$|:::[^/]*\*$/.test(String(resource)));
  return at(statement, 'Effect') === 'Deny' && forEveryone && everyAction && everyObject && meansWithoutTls(at(statement, 'Condition'));
}
const bucketTransport: Check = (config, title) => {
  const policy = at(config, 'Policy');
  // Which version of TLS is another matter.
  if (!has(config, 'Policy') || (policy !== null && !isObject(policy)) || /\b1\.[0-3]\b|version/i.test(title)) return undefined;
  const statements = listOf(at(policy, 'Statement'));
  if (statements.some(requiresTls)) return refuted('the bucket policy refuses every request without TLS');
  return /securetransport|tlsversion/i.test(JSON.stringify(statements)) ? undefined : shown(policy === null ? 'there is no bucket policy that would refuse requests without TLS' : 'no statement of the bucket policy refuses requests without TLS');
};
const instanceMetadata: Check = (config, title) => {
  if (/\bhops?\b/i.test(title)) return undefined;
  const tokens = str(config, 'MetadataOptions', 'HttpTokens');
  if (str(config, 'MetadataOptions', 'HttpEndpoint') === 'disabled') return refuted('the instance metadata service is off');
  return tokens === undefined ? undefined : tokens === 'required' ? refuted('IMDSv2 is required') : shown(`IMDSv1 is allowed (HttpTokens: ${tokens})`);
};
const databaseBackups: Check = (config, title) => {
  const days = at(config, 'BackupRetentionPeriod');
  // A plan of AWS Backup, copies in another region and test restores are not told by the retention.
  if (typeof days !== 'number' || /backup plan|recovery point|cross[- ]region|another region|restor/i.test(title)) return undefined;
  const wanted = Number(/(\d+) days?\b/i.exec(title)?.[1] ?? 7);
  return days === 0 ? shown('automatic backups are off (BackupRetentionPeriod: 0)') : days >= wanted ? refuted(`backups are kept ${days} days`) : shown(`backups are kept ${days} days`);
};
const deletionProtection: Check = (config, title) => (/backup|recovery|restor|snapshot/i.test(title) ? undefined : flagCheck('DeletionProtection', 'deletion protection')(config, title));
/** Trails are checked for much more than being on (Security Hub CloudTrail.1 to .7). */
const trailLogging: Check = (config, title) => {
  if (/validation|integrity/i.test(title)) return flagCheck('LogFileValidationEnabled', 'log file validation')(config, title);
  if (/multi[- ]?region|all regions/i.test(title)) return offOnly(flagCheck('IsMultiRegionTrail', 'the multi-region trail')(config, title));
  if (/cloudwatch/i.test(title)) { const group = str(config, 'CloudWatchLogsLogGroupArn'); return group === undefined ? (has(config, 'CloudWatchLogsLogGroupArn') ? shown('the trail sends nothing to CloudWatch Logs') : undefined) : refuted(`the trail sends to ${group}`); }
  if (/bucket|s3|event|object|data|insight|access log|encrypt|kms/i.test(title)) return undefined;
  const on = at(config, 'IsLogging') ?? at(config, 'Status', 'IsLogging');
  return typeof on === 'boolean' ? (on ? refuted('the trail is logging') : shown('the trail is not logging')) : undefined;
};
/** One property that is right does not answer a check that asks for several. */
const offOnly = (found: Checked | undefined): Checked | undefined => (found?.state === 'shown' ? found : undefined);

const checks: Record<string, Record<string, Check>> = {
  'AWS::S3::Bucket': { encryption_disabled: bucketEncryption, encryption_in_transit_disabled: bucketTransport, versioning_disabled: bucketVersioning, logging_disabled: bucketLogging },
  'AWS::RDS::DBInstance': { encryption_disabled: encryptionFlag('StorageEncrypted'), backup_disabled: databaseBackups, versioning_disabled: deletionProtection },
  'AWS::RDS::DBCluster': { encryption_disabled: encryptionFlag('StorageEncrypted'), backup_disabled: databaseBackups, versioning_disabled: deletionProtection },
  'AWS::EC2::Volume': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::EC2::Snapshot': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::EFS::FileSystem': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::Redshift::Cluster': { encryption_disabled: encryptionFlag('Encrypted') },
  'AWS::EC2::Instance': { instance_metadata_v1: instanceMetadata },
  'AWS::CloudTrail::Trail': { logging_disabled: trailLogging },
};

/** Does the snapshot itself show a reported misconfiguration? Only for pairs of resource type and issue that its `config` can answer. What is refuted is refuted for each title. */
export function checkConfiguration(resource: StoredResource, issueType: string, titles: readonly string[]): Checked | undefined {
  const check = checks[resource.type]?.[issueType];
  return check && checkedTogether((titles.length === 0 ? [''] : titles).map((title) => check(resource.config, title)));
}

/** Several reports of one incident: one that is shown is enough, and all must be refuted. */
export function checkedTogether(found: readonly (Checked | undefined)[]): Checked | undefined {
  const told = found.filter((f) => f !== undefined), why = (state: Checked['state']): string => [...new Set(told.filter((f) => f.state === state).map((f) => f.why))].join(', ');
  if (told.some((f) => f.state === 'shown')) return shown(why('shown'));
  return told.length > 0 && told.length === found.length ? refuted(why('refuted')) : undefined;
}
