import { createReadStream, existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ocsf } from '#electron/pipeline/normalize/formats/ocsf.ts';
import { collect } from '../read-text.ts';
import { fixture } from './read-fixture.ts';

const sample = '../shared/samples/prowler-ocsf/1-dd-v4-before-4.5.json';

describe('ocsf', () => {
  it('an empty file is told to be empty', async () => {
    expect((await fixture('ocsf/zero.ndjson')).errors).toEqual(['the file is empty']);
  });

  it('reads a detection with what was observed', async () => {
    const { format, findings } = await fixture('ocsf/one.json');
    expect(format).toBe('ocsf');
    expect(findings).toMatchObject([{
      kind: 'detection', entity: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc1234def567890', entity_type: 'vm', issue_type: 'execution', severity_reported: 'high', status: 'open',
      attack: ['T1059.004'], account: '111122223333', region: 'eu-west-1', discovered_at: '2025-01-02T03:04:05.500Z', observables: { src_ip: '198.51.100.7', process: 'bash', user: 'www-data' },
    }]);
  });

  it('gives one finding per affected package and per resource, and reads the older classes', async () => {
    const { findings, errors, records } = await fixture('ocsf/many.ndjson');
    expect(errors).toEqual([]);
    expect(records).toBe(3);
    expect(findings.map((f) => [f.kind, f.entity_type, f.issue_type, f.status])).toEqual([
      ['vulnerability', 'vm', 'vulnerable_package', 'open'], ['vulnerability', 'vm', 'vulnerable_package', 'open'],
      ['compliance', 'bucket', 'encryption_disabled', 'passed'], ['compliance', 'bucket', 'encryption_disabled', 'passed'], ['detection', 'vm', 'port_scan', 'resolved'],
    ]);
    expect(findings[0]?.vulnerability).toEqual({ cve: 'CVE-2024-1001', cvss: 9.1, epss: 0.4, package: 'curl', installed_version: '7.1', fixed_version: '7.2' });
    expect(findings[2]?.compliance).toEqual(['CIS 1.4: 2.1.1']);
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(5);
    expect(findings[4]?.discovered_at).toBe('2025-01-02T03:04:05Z');
  });

  it.skipIf(!existsSync(sample))('reads a real file of another product that speaks OCSF', async () => {
    const items = await collect(() => createReadStream(sample), [ocsf]);
    const findings = items.flatMap((item) => ('normalized' in item ? item.normalized.findings : []));
    expect(items).toHaveLength(3);
    expect(findings[0]).toMatchObject({ kind: 'posture', entity: 'arn:aws:iam::123456789012:role/myAdministratorExecutionRole', entity_type: 'role', issue_type: 'external_trust', severity_reported: 'high', discovered_at: '2024-06-03T14:15:19.382075Z' });
  });
});
