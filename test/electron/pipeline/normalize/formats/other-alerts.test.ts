import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

describe('google-alert-center', () => {
  it('reads alerts: of whom, and what became of them', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('google-alert-center/alerts.json'));
    expect([format, records, errors]).toEqual(['google-alert-center', 6, ['type: missing']]);
    expect(findings.map(({ source_id, entity, entity_type, issue_type, severity_reported, status }) => [source_id, entity, entity_type, issue_type, severity_reported, status])).toEqual([
      ['g1', 'dana@acme.example', 'user', 'suspicious_login', 'medium', 'open'], ['g2', 'erin@acme.example', 'user', 'credential_access', 'high', 'resolved'],
      ['g3', 'finn@acme.example', 'user', 'User reported phishing', 'medium', 'open'], ['g3#gil@acme.example', 'gil@acme.example', 'user', 'User reported phishing', 'medium', 'open'],
      ['g4', 'dana@acme.example', 'user', 'policy_violation', 'low', 'open'], ['g5', 'C01', 'account', 'Apps outage', 'unknown', 'open'],
    ]);
    expect(findings[0]).toMatchObject({ account: 'C01', discovered_at: '2026-02-03T04:05:06Z', observables: { user: 'dana@acme.example', src_ip: '203.0.113.5' } });
    expect(findings[2]).toMatchObject({ observables: { domain: 'bad.example', file_hash: 'ab'.repeat(32) } });
    expect(findings[4]?.title).toBe('Data Loss Prevention: Card numbers');
  });

  it('reads lines, of which a broken one costs itself', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('google-alert-center/alerts.ndjson'));
    expect([format, records, errors.length, findings.map(({ source_id }) => source_id)]).toEqual(['google-alert-center', 3, 1, ['g1', 'g2']]);
  });

  it.skipIf(!hasSamples)('reads the sample', async () => {
    expect(await readFindings(sample('google-workspace/2-xsoar-alertcenter.json'))).toMatchObject({ format: 'google-alert-center', records: 1, errors: [], findings: [{ entity: 'demo_email', issue_type: 'data_exfiltration', severity_reported: 'low', discovered_at: '2020-10-28T20:13:33Z' }] });
  });
});

describe('falco', () => {
  it('reads alerts of pods, hosts and audit logs; a broken line costs itself', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('falco/alerts.ndjson'));
    expect([format, records, errors]).toEqual(['falco', 7, ['malformed JSON', 'hostname: missing, and output_fields names neither pod nor user']]);
    expect(findings.map(({ entity, entity_type, issue_type, severity_reported }) => [entity, entity_type, issue_type, severity_reported])).toEqual([
      ['shop/cart-1', 'pod', 'execution', 'low'], ['node-1', 'host', 'credential_access', 'medium'], ['node-1', 'host', 'cryptomining', 'critical'], ['node-1', 'host', 'command_and_control', 'high'], ['deployer', 'user', 'K8s Secret Created', 'informational'],
    ]);
    expect(findings[0]).toMatchObject({ title: 'Terminal shell in container', attack: ['T1059'], discovered_at: '2026-02-03T04:05:06.123456Z', observables: { user: 'root', host: 'node-1', process: 'bash' } });
    expect(findings[3]?.observables).toEqual({ host: 'node-1', src_ip: '10.0.0.7', dst_ip: '203.0.113.4', protocol: 'tcp', port: 443 });
  });

  it('reads a list as the same alerts', async () => {
    const { format, findings } = await readFindings(fixture('falco/array.json')), lines = await readFindings(fixture('falco/alerts.ndjson'));
    expect([format, findings.map(({ finding_id }) => finding_id)]).toEqual(['falco', [lines.findings[0]?.finding_id]]);
  });
});

describe('orca', () => {
  it('reads alerts: weaknesses, vulnerabilities and what happened, each of its asset', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('orca/alerts.json')), vm = 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0';
    expect([format, records, errors]).toEqual(['orca', 6, ['asset_name: missing, and no asset_vendor_id']]);
    expect(findings.map(({ source_id, kind, entity, entity_type, issue_type, severity_reported, status }) => [source_id, kind, entity, entity_type, issue_type, severity_reported, status])).toEqual([
      ['orca-1', 'posture', 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0', 'sg', 'open_port', 'medium', 'open'],
      ['orca-2', 'vulnerability', vm, 'vm', 'vulnerable_package', 'high', 'open'], ['orca-2#CVE-2025-0002', 'vulnerability', vm, 'vm', 'vulnerable_package', 'high', 'open'],
      ['orca-3', 'detection', '//compute.googleapis.com/projects/acme-dev/zones/europe-west1-b/instances/vm-9', 'vm', 'malware', 'critical', 'open'],
      ['orca-4', 'posture', 'acme/shop', 'repository', 'use_of_a_weak_hash', 'low', 'suppressed'], ['orca-5', 'posture', 'arn:aws:s3:::acme-x', 'bucket', 'public_access', 'critical', 'resolved'],
    ]);
    expect(findings[0]).toMatchObject({ account: '111122223333', region: 'eu-west-1', check_id: 'r1', discovered_at: '2026-02-03T04:05:06Z' });
    expect(findings[1]?.vulnerability).toEqual({ cve: 'CVE-2025-0001', cvss: 8.2, package: 'openssl', installed_version: '3.0.1' });
    expect(findings[3]?.attack).toEqual(['T1105']);
  });

  it('reads lines, of which a broken one costs itself', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('orca/alerts.ndjson'));
    expect([format, records, errors.length, findings.map(({ source_id }) => source_id)]).toEqual(['orca', 3, 1, ['orca-1', 'orca-5']]);
  });

  it.skipIf(!hasSamples)('reads the sample', async () => {
    const { format, records, errors, findings } = await readFindings(sample('orca/1-panther-alert.ndjson'));
    expect([format, records, errors]).toEqual(['orca', 4, []]);
    expect(findings.map(({ entity, entity_type, severity_reported, kind }) => [entity, entity_type, severity_reported, kind])).toEqual([
      ['org-name/repo-name', 'repository', 'medium', 'posture'], ['arn:aws:ec2:ap-southeast-2:111111111111:network-acl/acl-0123456789abcdef0', 'nacl', 'low', 'posture'],
      ['arn:aws:ec2:ap-southeast-2:111111111111:instance/i-abcdef01234567890', 'vm', 'medium', 'posture'], ['e2e-test', 'vm', 'low', 'vulnerability'],
    ]);
  });
});
