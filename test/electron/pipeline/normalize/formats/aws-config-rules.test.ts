import { describe, expect, it } from 'vitest';
import { awsConfigRules } from '#electron/pipeline/normalize/formats/aws-config-rules.ts';
import { fixture, readFindings } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const account = '111122223333', region = 'eu-central-1';

describe('aws-config-rules', () => {
  it('reads an empty answer as no findings', async () => {
    expect(await readFindings(fixture('aws-config-rules/zero.json'), 'aws-config-rules')).toMatchObject({ records: 0, errors: [], findings: [] });
  });

  it('reads an event about a change', async () => {
    const { format, findings } = await readFindings(fixture('aws-config-rules/one.json'));
    expect(format).toBe('aws-config-rules');
    expect(findings).toMatchObject([{
      source: 'config', kind: 'posture', entity: 'arn:aws:s3:::example-billing-exports', entity_type: 'bucket', issue_type: 'public_access', issue_mapped: true, check_id: 's3-bucket-public-read-prohibited', status: 'open', severity_reported: 'unknown', account, region,
      discovered_at: '2026-01-02T03:04:05Z', updated_us: Date.UTC(2026, 0, 2, 3, 4, 6) * 1000, evidence: ['compliance: NON_COMPLIANT', 'The bucket policy grants read to everyone'],
    }]);
  });

  it('reads what an aggregator answers, by account and region', async () => {
    const { findings, errors, records } = await readFindings(fixture('aws-config-rules/many.json'));
    expect([records, errors]).toEqual([3, []]);
    expect(findings.map((f) => [f.entity, f.entity_type, f.title, f.issue_type, f.status])).toEqual([
      [`arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60718`, 'sg', 'vpc-sg-restricted-common-ports: non compliant', 'open_port', 'open'],
      [`arn:aws:iam::${account}:root`, 'account', 'root-account-mfa-enabled: compliant', 'mfa_disabled', 'passed'],
      [`arn:aws:ec2:${region}:${account}:volume/vol-0a1b2c3d4e5f60718`, 'volume', 'encrypted-volumes: not applicable', 'encryption_disabled', 'resolved'],
    ]);
  });

  it('takes account and region from the dump that the answer lies in', () => {
    const parsed = awsConfigRules.parse({ ComplianceType: 'NON_COMPLIANT', EvaluationResultIdentifier: { EvaluationResultQualifier: { ConfigRuleName: 'encrypted-volumes', ResourceType: 'AWS::EC2::Volume', ResourceId: 'vol-0a1b2c3d4e5f60718' } } }, { ...at, home: { account, region } });
    expect(parsed.ok && parsed.value.findings?.[0]).toMatchObject({ entity: `arn:aws:ec2:${region}:${account}:volume/vol-0a1b2c3d4e5f60718`, account, region });
  });

  it('takes nothing for mended where a rule has no data', () => {
    const evaluated = (ComplianceType: string) => awsConfigRules.parse({ ComplianceType, EvaluationResultIdentifier: { EvaluationResultQualifier: { ConfigRuleName: 'encrypted-volumes', ResourceType: 'AWS::EC2::Volume', ResourceId: 'vol-0a1b2c3d4e5f60718' } } }, at);
    const told = ['NON_COMPLIANT', 'INSUFFICIENT_DATA', 'NOT_APPLICABLE'].map(evaluated).map((parsed) => (parsed.ok ? parsed.value.findings?.map((f) => [f.severity_reported, f.status]) : parsed.error));
    expect(told).toEqual([[['unknown', 'open']], [['informational', 'open']], [['unknown', 'resolved']]]);
  });

  it('names what is missing', () => {
    const error = (record: unknown) => { const parsed = awsConfigRules.parse(record, at); return parsed.ok ? 'none' : parsed.error; };
    expect(error(7)).toMatch(/not an object/);
    expect(error({ ComplianceType: 'COMPLIANT' })).toMatch(/ConfigRuleName/);
    expect(error({ ComplianceType: 'COMPLIANT', EvaluationResultIdentifier: { EvaluationResultQualifier: { ConfigRuleName: 'a' } } })).toMatch(/^ResourceId/);
  });
});
