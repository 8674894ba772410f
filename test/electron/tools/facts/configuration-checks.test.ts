import { describe, expect, it } from 'vitest';
import { checkConfiguration, checkedTogether } from '#electron/tools/facts/configuration-checks.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import { graphOf } from '../../../graph-of.ts';

const URN = 'arn:aws:x:::y';
const of = (type: string, config: object): StoredResource => graphOf([{ urn: URN, type, kind: 'other', config }]).resource(URN)!;
const state = (type: string, issue: string, config: object, ...titles: readonly string[]): string => checkConfiguration(of(type, config), issue, titles)?.state ?? 'open';

const trail = { IsLogging: true, LogFileValidationEnabled: false, IsMultiRegionTrail: true, CloudWatchLogsLogGroupArn: null };
const bucket = { BucketVersioningConfiguration: { Status: 'Enabled', MFADelete: null }, BucketLoggingConfiguration: { DestinationBucketName: 'logs' } };
const database = { DeletionProtection: true, BackupRetentionPeriod: 14, StorageEncrypted: true };

const denyHttp = (rest = {}): object => ({ Policy: { Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: ['arn:aws:s3:::y', 'arn:aws:s3:::y/*'], Condition: { Bool: { 'aws:SecureTransport': 'false' } }, ...rest }] } });
const SSL = 'S3 general purpose buckets should require requests to use SSL';

describe('what the snapshot says of a reported configuration depends on what the check asks for', () => {
  it.each<[string, string, string, object, string]>([
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'CloudTrail log file validation should be enabled', trail, 'shown'],
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'CloudTrail trails should be integrated with Amazon CloudWatch Logs', trail, 'shown'],
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'CloudTrail trails should be integrated with Amazon CloudWatch Logs', { IsLogging: true }, 'open'],
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'CloudTrail should be enabled and configured with at least one multi-Region trail', trail, 'open'],
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'CloudTrail should be enabled and configured with at least one multi-Region trail', { ...trail, IsMultiRegionTrail: false }, 'shown'],
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'Ensure S3 bucket access logging is enabled on the CloudTrail S3 bucket', trail, 'open'],
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'CloudTrail logging is disabled', trail, 'refuted'],
    ['AWS::CloudTrail::Trail', 'logging_disabled', 'CloudTrail logging is disabled', { IsLogging: false }, 'shown'],
    ['AWS::S3::Bucket', 'versioning_disabled', 'S3 general purpose buckets should have versioning enabled', bucket, 'refuted'],
    ['AWS::S3::Bucket', 'versioning_disabled', 'S3 general purpose buckets should have MFA delete enabled', bucket, 'shown'],
    ['AWS::S3::Bucket', 'versioning_disabled', 'S3 general purpose buckets should have Object Lock enabled', bucket, 'open'],
    ['AWS::S3::Bucket', 'versioning_disabled', 'S3 general purpose buckets with versioning enabled should have Lifecycle configurations', bucket, 'open'],
    ['AWS::S3::Bucket', 'logging_disabled', 'S3 general purpose buckets should have server access logging enabled', bucket, 'refuted'],
    ['AWS::S3::Bucket', 'logging_disabled', 'S3 general purpose buckets should log object-level write events', bucket, 'open'],
    ['AWS::S3::Bucket', 'logging_disabled', 'S3 general purpose buckets should have event notifications enabled', bucket, 'open'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, denyHttp(), 'refuted'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, denyHttp({ Principal: { AWS: '*' }, Action: ['s3:*'], Condition: { Bool: { 'AWS:SecureTransport': [false] } } }), 'refuted'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, denyHttp({ Action: 's3:PutObject' }), 'open'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, denyHttp({ Condition: { Bool: { 'aws:SecureTransport': 'false' }, StringEquals: { 'aws:PrincipalAccount': '1' } } }), 'open'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, denyHttp({ Effect: 'Allow', Condition: {} }), 'shown'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, { Policy: null }, 'shown'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, {}, 'open'], ['AWS::S3::Bucket', 'encryption_in_transit_disabled', SSL, { Policy: 'no JSON' }, 'open'],
    ['AWS::S3::Bucket', 'encryption_in_transit_disabled', 'S3 buckets should require TLS 1.2 or newer', denyHttp(), 'open'],
    ['AWS::RDS::DBInstance', 'versioning_disabled', 'RDS DB instances should have deletion protection enabled', database, 'refuted'],
    ['AWS::RDS::DBInstance', 'versioning_disabled', 'RDS DB instances should be protected by a backup plan', database, 'open'],
    ['AWS::RDS::DBInstance', 'backup_disabled', 'RDS instances should have automatic backups enabled', database, 'refuted'],
    ['AWS::RDS::DBInstance', 'backup_disabled', 'Automated backups should be kept for at least 35 days', database, 'shown'],
    ['AWS::RDS::DBInstance', 'backup_disabled', 'RDS DB instances should be protected by a backup plan', database, 'open'],
    ['AWS::EC2::Instance', 'instance_metadata_v1', 'The hop limit of instance metadata should be 1', { MetadataOptions: { HttpTokens: 'required' } }, 'open'],
    ['AWS::EC2::Instance', 'instance_metadata_v1', 'EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)', { MetadataOptions: { HttpTokens: 'required' } }, 'refuted'],
  ])('%s %s: %s', (type, issue, title, config, expected) => expect(state(type, issue, config, title)).toBe(expected));

  it('refutes an incident only when it refutes each of its reports, and one that it shows is enough', () => {
    const good = 'S3 general purpose buckets should have versioning enabled', mfa = 'S3 general purpose buckets should have MFA delete enabled', lock = 'S3 general purpose buckets should have Object Lock enabled';
    expect([[good], [good, lock], [good, mfa], [lock, mfa]].map((titles) => state('AWS::S3::Bucket', 'versioning_disabled', bucket, ...titles))).toEqual(['refuted', 'open', 'shown', 'shown']);
    const one = checkConfiguration(of('AWS::RDS::DBInstance', database), 'versioning_disabled', ['Deletion protection'])!;
    expect([checkedTogether([one, undefined]), checkedTogether([one, one]), checkedTogether([])]).toEqual([undefined, one, undefined]);
  });
});
