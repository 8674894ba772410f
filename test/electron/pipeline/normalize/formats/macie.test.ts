import { describe, expect, it } from 'vitest';
import { fixture, readFindings } from './read-findings.ts';

const bucket = 'arn:aws:s3:::exports';

describe('macie', () => {
  it('reads found data as detections and policies as posture, archived ones as suppressed', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('macie/many.json'));
    expect([format, records, errors]).toEqual(['macie', 5, ['id: missing', 'resourcesAffected: no bucket']]);
    expect(findings.map(({ source_id, kind, entity, issue_type, status, severity_reported }) => [source_id, kind, entity, issue_type, status, severity_reported])).toEqual([
      ['m1', 'detection', bucket, 'sensitive_data_exposure', 'open', 'high'], ['m2', 'posture', bucket, 'public_access', 'open', 'high'], ['m3', 'detection', bucket, 'sensitive_data_exposure', 'suppressed', 'high'],
    ]);
    expect(findings[0]).toMatchObject({ source: 'macie', entity_type: 'bucket', account: '111122223333', region: 'us-east-1', tags: { owner: 'team-billing' }, evidence: ['object: exports/a.csv', 'found: PERSONAL_INFORMATION, 10 times', 'effective permission: NOT_PUBLIC'] });
  });

  it('reads the finding inside an event', async () => {
    const { format, findings } = await readFindings(fixture('macie/event.json'));
    expect(format).toBe('macie');
    expect(findings).toMatchObject([{ source_id: 'm2', discovered_at: '2026-01-01T00:00:00Z', observables: { user: 'arn:aws:iam::111122223333:user/u', src_ip: '192.0.2.1', api: 'PutBucketAcl' } }]);
  });
});
