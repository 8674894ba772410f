import { describe, expect, it } from 'vitest';
import { accessAnalyzer } from '#electron/pipeline/normalize/formats/access-analyzer.ts';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

const account = '111122223333', region = 'eu-central-1';
const at = { parents: [], from: '', path: '-', index: 0 };

describe('access-analyzer', () => {
  it('reads an empty answer as no findings', async () => {
    expect(await readFindings(fixture('access-analyzer/zero.json'), 'access-analyzer')).toMatchObject({ records: 0, errors: [], findings: [] });
  });

  it('reads an event', async () => {
    const { format, findings } = await readFindings(fixture('access-analyzer/one.json'));
    expect(format).toBe('access-analyzer');
    expect(findings).toMatchObject([{
      source: 'access-analyzer', source_id: '22222222-dcba-4444-dcba-333333333333', kind: 'posture', entity: 'arn:aws:s3:::example-billing-exports', entity_type: 'bucket', issue_type: 'public_access', issue_mapped: true, check_id: 'ExternalAccess',
      title: 'Access for everyone', severity_reported: 'unknown', status: 'open', account, region, discovered_at: '2026-01-01T03:04:05Z', updated_us: Date.UTC(2026, 0, 2, 3, 4, 5) * 1000, evidence: ['principal: *', 'actions: s3:GetObject, s3:ListBucket'],
    }]);
  });

  it('reads outside, inside and unused access of both versions', async () => {
    const { format, findings, errors, records } = await readFindings(fixture('access-analyzer/many.json'));
    expect([format, records, errors]).toEqual(['access-analyzer', 6, []]);
    expect(findings.map((f) => [f.entity_type, f.issue_type, f.status, f.title])).toEqual([
      ['role', 'external_trust', 'open', 'Access from outside by 999988887777'], ['role', 'overprivileged_identity', 'suppressed', 'Unused IAM role'], ['user', 'stale_credential', 'resolved', 'Unused access key of an IAM user'],
      ['secret_key', 'misconfiguration', 'open', 'Access could not be analyzed (ACCESS_DENIED)'], ['bucket', 'cross_account_access', 'open', 'Access from outside by arn:aws:iam::999988887777:root'], ['bucket', 'misconfiguration', 'open', 'Access from within the organization'],
    ]);
    expect(findings.map((f) => f.evidence)).toMatchObject([
      ['principal: 999988887777', 'actions: sts:AssumeRole', 'condition: aws:PrincipalOrgID = o-example'], [], ['access key: AKIAIOSFODNN7EXAMPLE', 'last used: 2025-05-01T00:00:00Z'], [],
      ['principal: arn:aws:iam::999988887777:root', 'actions: s3:PutObject', 'shared through: BUCKET_ACL'], ['principal: arn:aws:iam::111122223333:role/app', 'actions: s3:GetObject'],
    ]);
    expect(findings[4]?.discovered_at).toBe('2026-01-01T03:04:05.007Z');
  });

  it('resolves what was deleted', () => {
    const record = { 'detail-type': 'Access Analyzer Finding', detail: { id: 'a', status: 'ACTIVE', resourceType: 'AWS::S3::Bucket', resource: 'arn:aws:s3:::b', analyzedAt: '2026-01-02T03:04:07Z', isDeleted: true } };
    const parsed = accessAnalyzer.parse(record, at);
    expect(parsed.ok && parsed.value.findings?.[0]?.status).toBe('resolved');
  });

  it('names what is missing', () => {
    const error = (record: unknown) => { const parsed = accessAnalyzer.parse(record, at); return parsed.ok ? 'none' : parsed.error; };
    expect(error(7)).toMatch(/not an object/);
    expect(error({ resource: 'arn:aws:s3:::b' })).toMatch(/^id/);
    expect(error({ id: 'a' })).toMatch(/^resource/);
  });

  it.runIf(hasSamples)('reads what Cloud Custodian keeps of the API', async () => {
    const { format, findings, errors, records } = await readFindings(sample('aws-access-analyzer/1-c7n-listfindings.json'));
    expect([format, errors]).toEqual(['access-analyzer', []]);
    expect(findings).toHaveLength(records);
    expect(findings[0]).toMatchObject({ issue_type: 'external_trust', status: 'resolved', account: '644160558196', discovered_at: '2023-07-01T16:17:22.667Z' });
  });
});
