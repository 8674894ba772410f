import { describe, expect, it } from 'vitest';
import { cloudInventory } from '#electron/tools/cloud-inventory.ts';
import type { Subject } from '#electron/tools/tool.ts';
import { graphOf } from '../../graph-of.ts';
import { ACCOUNT, BUCKET, contextOf, daysAgo, policyOf, subjectOf } from './tool-context.ts';

const resource = (type: string, config: unknown, tags: Record<string, string> = {}) => graphOf([{ urn: BUCKET, type, kind: 'bucket', account: ACCOUNT, name: 'billing-exports', tags, config, captured_us: daysAgo(2) }]);
const run = (graph: ReturnType<typeof graphOf>, subject: Partial<Subject> = {}, policy = policyOf()) => cloudInventory.run(subjectOf({ plan: 'configuration', issue_type: 'encryption_disabled', titles: ['Not encrypted'], ...subject }), {}, contextOf({ graph, policy })).claims;
const S3 = 'AWS::S3::Bucket', RDS = 'AWS::RDS::DBInstance', EC2 = 'AWS::EC2::Instance';
const kms = { ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }] } }, aes = { ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] } };

describe('does the snapshot show the reported fault', () => {
  it.each<[string, string, unknown, string, boolean, number | undefined]>([
    [S3, 'encryption_disabled', { ServerSideEncryptionConfiguration: null }, 'x', true, undefined], [S3, 'encryption_disabled', aes, 'x', false, undefined], [S3, 'encryption_disabled', aes, 'Bucket is not encrypted with KMS', true, undefined], [S3, 'encryption_disabled', kms, 'Bucket is not encrypted with KMS', false, undefined], [S3, 'encryption_disabled', {}, 'x', true, 0.85],
    [S3, 'versioning_disabled', { BucketVersioningConfiguration: { Status: 'Enabled' } }, 'x', false, undefined], [S3, 'versioning_disabled', { BucketVersioningConfiguration: { Status: 'Suspended' } }, 'x', true, undefined], [S3, 'versioning_disabled', { BucketVersioningConfiguration: { Status: 'Enabled' } }, 'MFA delete is off', true, undefined],
    [S3, 'logging_disabled', { BucketLoggingConfiguration: {} }, 'x', true, undefined], [S3, 'logging_disabled', { BucketLoggingConfiguration: { LoggingEnabled: { TargetBucket: 'logs' } } }, 'x', false, undefined],
    [RDS, 'encryption_disabled', { StorageEncrypted: false }, 'x', true, undefined], [RDS, 'encryption_disabled', { StorageEncrypted: true }, 'x', false, undefined], [RDS, 'encryption_disabled', { StorageEncrypted: true }, 'Not encrypted with a CMK', true, 0.85],
    [RDS, 'backup_disabled', { BackupRetentionPeriod: 0 }, 'x', true, undefined], [RDS, 'backup_disabled', { BackupRetentionPeriod: 7 }, 'x', false, undefined], [RDS, 'versioning_disabled', { DeletionProtection: false }, 'x', true, undefined],
    [EC2, 'instance_metadata_v1', { MetadataOptions: { HttpTokens: 'optional' } }, 'x', true, undefined], [EC2, 'instance_metadata_v1', { MetadataOptions: { HttpTokens: 'required' } }, 'x', false, undefined], [EC2, 'instance_metadata_v1', { MetadataOptions: { HttpTokens: 'optional', HttpEndpoint: 'disabled' } }, 'x', false, undefined], [EC2, 'instance_metadata_v1', {}, 'x', true, 0.85],
    ['AWS::CloudTrail::Trail', 'logging_disabled', { IsLogging: false }, 'x', true, undefined], [S3, 'some-check', {}, 'x', true, 0.85],
  ])('%s %s %j (%s): %s', (type, issue_type, config, title, value, cap) => {
    const claim = run(resource(type, config), { issue_type, titles: [title] }).issue_confirmed;
    expect([claim?.value, claim?.cap]).toEqual([value, cap]);
  });
  it('what is not inventoried is only reported', () => { expect(run(graphOf([])).issue_confirmed).toMatchObject({ value: true, cap: 0.85, missing: [{ what: 'inventory record' }] }); });
  it('leaves public access and ports to those who compute them', () => { expect(run(graphOf([]), { plan: 'public_access' }).issue_confirmed).toBeUndefined(); });
});

describe('environment and data', () => {
  it('take the account from the inventory', () => {
    const { account: _, ...subject } = subjectOf({ plan: 'configuration' });
    expect(cloudInventory.run(subject, {}, contextOf({ graph: resource(S3, {}), policy: policyOf({ accounts: { [ACCOUNT]: { environment: 'production' } } }) })).claims.production).toEqual({ value: true, provenance: 'observed', reason: expect.stringContaining('the policy says') });
  });
  it('age with the snapshot when only that says so', () => {
    expect(run(resource(S3, {}, { environment: 'prod' })).production).toMatchObject({ value: true, observed_us: daysAgo(2) });
    expect(run(resource(S3, {}, { environment: 'dev' })).production).toMatchObject({ value: false, provenance: 'inferred' });
    expect(run(resource(S3, {}, { content: 'pii' })).contains_sensitive_data).toMatchObject({ value: true, observed_us: daysAgo(2) });
    expect(run(graphOf([])).contains_sensitive_data?.value).toBe('unknown');
  });
});
