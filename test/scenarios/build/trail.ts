/** CloudTrail records. */
import { randomUUID } from 'node:crypto';
import { ago, type Json } from './part.ts';
import { roleArn } from './identities.ts';

interface Call { readonly account: string; readonly at: string; readonly ip?: string; readonly agent?: string }
const record = (p: Call, rest: Json): Json => ({
  eventVersion: '1.11', eventTime: p.at.replace(/\.\d+Z$/, 'Z'), awsRegion: 'eu-west-1', sourceIPAddress: p.ip ?? '203.0.113.77', userAgent: p.agent ?? 'aws-cli/2.31.0', requestID: randomUUID(), eventID: randomUUID(),
  recipientAccountId: p.account, ...rest,
});
const assumed = (account: string, name: string): Json => ({
  type: 'AssumedRole', principalId: 'AROAEXAMPLEEXAMPLE000:session', arn: `arn:aws:sts::${account}:assumed-role/${name}/session`, accountId: account, accessKeyId: 'ASIAEXAMPLEEXAMPLE00',
  sessionContext: { sessionIssuer: { type: 'Role', principalId: 'AROAEXAMPLEEXAMPLE000', arn: roleArn(account, name), accountId: account, userName: name }, attributes: { creationDate: '2026-08-01T00:00:00Z', mfaAuthenticated: 'false' } },
});
const objectOf = (account: string, name: string): readonly Json[] =>
  [{ type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${name}/a/b.parquet` }, { accountId: account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${name}` }];
const read = (account: string, name: string): Json => ({
  eventSource: 's3.amazonaws.com', eventName: 'GetObject', requestParameters: { bucketName: name, key: 'a/b.parquet', Host: `${name}.s3.eu-west-1.amazonaws.com` }, responseElements: null,
  readOnly: true, resources: objectOf(account, name), eventType: 'AwsApiCall', managementEvent: false, eventCategory: 'Data',
});

/** Somebody without an account reads an object. */
export const anonymousRead = (p: Call & { readonly bucket: string; readonly denied?: boolean }): Json =>
  record(p, { ...read(p.account, p.bucket), userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' }, ...(p.denied === true && { errorCode: 'AccessDenied', errorMessage: 'Access Denied' }) });
/** The account's own role reads an object through a VPC endpoint. */
export const insideRead = (p: Call & { readonly bucket: string; readonly role: string; readonly vpce: string }): Json =>
  record({ ...p, ip: p.ip ?? '10.7.3.4' }, { ...read(p.account, p.bucket), userIdentity: assumed(p.account, p.role), vpcEndpointId: p.vpce, vpcEndpointAccountId: p.account });
/** One such read on each of the last `days` days: a proven coverage. */
export const dailyReads = (p: { readonly account: string; readonly bucket: string; readonly role: string; readonly vpce: string; readonly days: number; readonly agent?: string }): readonly Json[] =>
  Array.from({ length: p.days }, (_, i) => insideRead({ ...p, at: ago(i, 2) }));

/** A management call that changed a bucket. */
export const bucketChange = (p: Call & { readonly bucket: string; readonly name: string; readonly parameters?: Json }): Json => record(p, {
  userIdentity: assumed(p.account, 'deploy'), eventSource: 's3.amazonaws.com', eventName: p.name, requestParameters: { bucketName: p.bucket, Host: `${p.bucket}.s3.eu-west-1.amazonaws.com`, ...p.parameters }, responseElements: null,
  readOnly: false, resources: [{ accountId: p.account, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${p.bucket}` }], eventType: 'AwsApiCall', managementEvent: true, eventCategory: 'Management',
});

/** A console sign-in of an IAM user. */
export const login = (p: Call & { readonly user: string; readonly success: boolean }): Json => record({ ...p, agent: p.agent ?? 'Mozilla/5.0 (X11; Linux x86_64)' }, {
  userIdentity: { type: 'IAMUser', principalId: 'AIDAEXAMPLEEXAMPLE000', accountId: p.account, userName: p.user, ...(p.success ? { arn: `arn:aws:iam::${p.account}:user/${p.user}` } : { accessKeyId: '' }) },
  eventSource: 'signin.amazonaws.com', eventName: 'ConsoleLogin', requestParameters: null, responseElements: { ConsoleLogin: p.success ? 'Success' : 'Failure' }, ...(!p.success && { errorMessage: 'Failed authentication' }),
  additionalEventData: { LoginTo: 'https://console.aws.amazon.com/console/home', MobileVersion: 'No', MFAUsed: 'No' }, readOnly: false, eventType: 'AwsConsoleSignIn', managementEvent: true, eventCategory: 'Management',
});
/** `count` failed sign-ins within minutes, the last one `hours` before now. */
export const failures = (p: { readonly account: string; readonly user: string; readonly ip: string; readonly count: number; readonly hours: number; readonly agent?: string }): readonly Json[] =>
  Array.from({ length: p.count }, (_, i) => login({ ...p, success: false, at: new Date(Date.parse(ago(0, p.hours)) - i * 5000).toISOString() }));
/** A quiet day's sign-in of somebody else: shows that the log covers the time. */
export const quietDays = (account: string, days: number): readonly Json[] =>
  Array.from({ length: days }, (_, i) => login({ account, user: 'ops', success: true, ip: '192.0.2.10', at: ago(i, 9) }));
