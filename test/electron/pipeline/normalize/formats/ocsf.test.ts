import { createReadStream, existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ocsf } from '#electron/pipeline/normalize/formats/ocsf.ts';
import { collect } from '../read-text.ts';
import { fixture } from './read-fixture.ts';
import { fixture as pathOf, only, readFindings } from './read-findings.ts';

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

  it("reads what AWS's Security Hub says as its products say it, once a finding", async () => {
    const { format, findings, errors, records } = await fixture('ocsf/security-hub.json');
    expect([format, errors, records, findings.length]).toEqual(['ocsf', [], 4, 4]);
    const scope = 'eu-central-1:111122223333';
    expect(findings.map((f) => [f.source, f.kind, f.check_id, f.issue_type, f.issue_guessed, f.status, f.entity])).toEqual([
      ['securityhub', 'posture', 'SQS.3', 'public_access', undefined, 'open', `arn:aws:sqs:${scope}:orders`],
      ['securityhub', 'posture', 'IAM.1', 'overprivileged_identity', undefined, 'passed', 'arn:aws:iam::111122223333:policy/deploy'],
      ['inspector', 'vulnerability', 'CVE-2025-0001', 'vulnerable_package', undefined, 'open', `arn:aws:ec2:${scope}:instance/i-0a1b2c3d4e5f60718`],
      ['macie', 'detection', 'SensitiveData:S3Object/Personal', 'sensitive_data_exposure', undefined, 'open', 'arn:aws:s3:::example-billing-exports'],
    ]);
    expect(findings[0]).toMatchObject({ region: 'eu-central-1', compliance: ['AWS-FSBP-1.0.0: SQS.3', 'CIS AWS Foundations Benchmark v9.9.9/1.1'], discovered_at: '2026-01-02T03:04:05Z', updated_us: Date.UTC(2026, 0, 3, 3, 4, 5) * 1000 });
    expect(findings[1]?.region).toBe('eu-central-1');
    expect(findings[2]).toMatchObject({ source_id: `arn:aws:inspector2:${scope}:finding/00000000000000000000000000000001`, vulnerability: { cve: 'CVE-2025-0001', cvss: 7.5, epss: 0.42, package: 'openssl', installed_version: '1:1.0.2k-16.amzn2.0.3', fixed_version: '1:1.0.2k-24.amzn2.0.7' }, tags: { env: 'prod' } });
    expect(findings[2]?.evidence).toEqual(['exploit available: yes', 'package openssl 1:1.0.2k-16.amzn2.0.3, fixed in 1:1.0.2k-24.amzn2.0.7', 'package curl 7.79.1, at usr/bin/curl']);
    expect(findings[3]?.evidence).toContain('object: 2026/january.csv');
  });

  it('reads coverage, exposure and which way a connection went, in a list of any name', async () => {
    const { format, findings, errors, records } = await fixture('ocsf/wrapped.json');
    expect([format, errors, records]).toEqual(['ocsf', [], 4]);
    const scope = 'eu-central-1:111122223333', root = 'arn:aws:iam::111122223333:root';
    expect(findings.map((f) => [f.source, f.kind, f.issue_type, f.issue_guessed, f.status, f.severity_reported, f.entity, f.aliases])).toEqual([
      ['securityhub-coverage', 'posture', 'logging_disabled', undefined, 'open', 'high', root, ['111122223333']],
      ['securityhub-coverage', 'posture', 'logging_disabled', undefined, 'passed', 'informational', root, ['111122223333']],
      ['securityhub-risk', 'posture', 'public_access', true, 'open', 'critical', `arn:aws:lambda:${scope}:function:pay`, []],
      ['guardduty', 'detection', 'brute_force', undefined, 'open', 'high', `arn:aws:ec2:${scope}:instance/i-0a1b2c3d4e5f60718`, ['i-0a1b2c3d4e5f60718']],
    ]);
    expect(findings[2]?.evidence).toEqual(['also: CVE-2025-0001 - example']);
    expect(findings[3]).toMatchObject({ evidence: ['direction: Outbound'], observables: { src_ip: '10.0.1.5', dst_ip: '203.0.113.5', port: 22 } });
  });

  it('takes the finding out of an event, and a key for the role that holds it', async () => {
    const { findings } = await fixture('ocsf/security-hub-event.json');
    expect(findings).toMatchObject([{
      source: 'guardduty', kind: 'detection', issue_type: 'defense_evasion', check_id: 'Stealth:IAMUser/CloudTrailLoggingDisabled', status: 'suppressed', severity_reported: 'low', attack: ['T1562.008'],
      entity: 'arn:aws:iam::111122223333:role/ci', entity_type: 'role', observables: { user: 'ci', access_key: 'ASIAIOSFODNN7EXAMPLE', api: 'DeleteTrail' }, evidence: ['count: 12', 'also: Recon:IAMUser/TorIPCaller'],
    }]);
  });

  it('reads what Wiz exports, with the resource that a portal address names', async () => {
    const { findings, errors } = await fixture('ocsf/wiz.ndjson');
    expect(errors).toEqual([]);
    const machine = '/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/shop/providers/microsoft.compute/virtualmachines/shop-fe';
    expect(findings).toMatchObject([
      { source: 'wiz', kind: 'vulnerability', issue_type: 'vulnerable_package', entity: machine, entity_type: 'vm', account: '11111111-1111-4111-8111-111111111111', region: 'eastus', evidence: [], tags: { Owner: 'Shop' } },
      { source: 'wiz', kind: 'detection', issue_type: 'anomalous_behavior', entity: 'alice@example.com', entity_type: 'user' },
    ]);
  });

  it.skipIf(!existsSync(sample))('reads a real file of another product that speaks OCSF', async () => {
    const items = await collect(() => createReadStream(sample), [ocsf]);
    const findings = items.flatMap((item) => ('normalized' in item ? item.normalized.findings : []));
    expect(items).toHaveLength(3);
    expect(findings[0]).toMatchObject({ kind: 'posture', entity: 'arn:aws:iam::123456789012:role/myAdministratorExecutionRole', entity_type: 'role', issue_type: 'external_trust', severity_reported: 'high', discovered_at: '2024-06-03T14:15:19.382075Z' });
  });

  it.each([
    ['the store of the data', { class_uid: 2006, database: { name: 'orders', uid: 'arn:aws:rds:eu-west-1:135792468013:db:orders' } }, { entity: 'arn:aws:rds:eu-west-1:135792468013:db:orders', entity_type: 'database' }],
    ['the bucket of the data', { class_uid: 2006, databucket: { name: 'lake' } }, { entity: 'lake', entity_type: 'bucket' }],
    ['an observable', { observables: [{ name: 'x', value: 'y' }, { type_id: 10, value: 'arn:aws:s3:::lake' }] }, { entity: 'arn:aws:s3:::lake', entity_type: 'bucket' }],
    ['the user, by id and by name', { user: { uid: '00u1', name: 'bob', email_addr: 'bob@example.com' } }, { entity: '00u1', entity_type: 'user', aliases: ['bob', 'bob@example.com'], observables: { user: 'bob' } }],
  ])('takes %s for what it is about where no resource is named', (_, more, expected) => {
    const parsed = ocsf.parse({ class_uid: 2004, metadata: {}, finding_info: { uid: 'a', title: 'Something' }, cloud: { account: { uid: '135792468013' } }, ...more }, { parents: [], from: '', path: '-', index: 0 });
    expect(parsed.ok && parsed.value.findings).toMatchObject([expected]);
  });

  it('reads every class by what it says and not by its title', async () => {
    const { findings, errors } = await readFindings(pathOf('ocsf/classes.ndjson'));
    const account = '135792468013', region = 'eu-west-1';
    expect(errors).toEqual([]);
    expect(findings.map((f) => [f.source, f.kind, f.issue_type, f.issue_guessed ?? false, f.entity, f.status, f.check_id])).toEqual([
      ['securityhub', 'posture', 'open_port', false, `arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60711`, 'passed', 'EC2.19'],
      ['inspector', 'vulnerability', 'vulnerable_package', false, `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60799`, 'open', 'CVE-2024-6387'],
      ['ocsf', 'vulnerability', 'vulnerable_package', false, 'github.com/acme/shop', 'open', 'CVE-2019-10744'],
      ['ocsf', 'detection', 'credential_access', false, 'aid1', 'open', 'CredDump'],
      ['ocsf', 'detection', 'Incident X', false, `arn:aws:iam::${account}:root`, 'open', 'Incident X'],
      ['macie', 'detection', 'sensitive_data_exposure', false, 'arn:aws:s3:::lake-b', 'open', 'The S3 object contains personal information'],
      ['ocsf', 'vulnerability', 'code_weakness', false, 'acme/shop', 'open', 'CWE-89'],
      ['access-analyzer', 'posture', 'overprivileged_identity', false, `arn:aws:iam::${account}:role/idle`, 'open', 'UnusedIAMRole'],
      ['ocsf', 'detection', 'malware', true, 'h3', 'suppressed', 'Malware detected'],
    ]);
    const of = (check: string) => only(findings, (f) => f.check_id === check);
    expect(of('CVE-2019-10744')).toMatchObject({ vulnerability: { cve: 'CVE-2019-10744', package: 'lodash', installed_version: '4.17.4' }, evidence: ['in app/package.json', 'package lodash 4.17.4'] });
    expect([of('CWE-89').vulnerability, of('CWE-89').evidence]).toEqual([undefined, ['in src/db.py:10']]);
    expect(of('CredDump').evidence).toEqual(['disposition: Blocked']);
    expect(of('Incident X').evidence).toEqual(['finding: a', 'finding: b']);
  });
});
