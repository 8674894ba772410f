import { describe, expect, it } from 'vitest';
import { checkov } from '#electron/pipeline/normalize/formats/checkov.ts';
import type { Finding } from '#shared/model/finding.ts';
import { kubeBench } from '#electron/pipeline/normalize/formats/kube-bench.ts';
import { fixture, readText } from './read-fixture.ts';
import { hasSamples, readFindings, sample } from './read-findings.ts';

const told = (f: Finding) => [f.check_id, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported, f.status];

describe('checkov', () => {
  it('reads a check of a block of configuration by file and address', async () => {
    const { format, findings } = await fixture('checkov/one.json');
    expect(format).toBe('checkov');
    expect(findings).toMatchObject([{
      kind: 'posture', entity: '/infra/main.tf#aws_s3_bucket.logs', entity_type: 'bucket', aliases: ['aws_s3_bucket.logs'], issue_type: 'public_access', check_id: 'CKV_AWS_20', severity_reported: 'high', status: 'open', evidence: ['/infra/main.tf:3-9'], compliance: ['CIS AWS V1.3: 2.1.5'], tags: { env: 'prod' },
    }]);
  });
  it.each([['Ensure no IAM policies documents allow "*" as a statement\'s actions', 'overprivileged_identity'], ['Ensure IAM role allows only specific principals in account to assume it', 'external_trust']])('knows the issue of %s', (check_name, issue) => {
    const read = checkov.parse({ check_id: 'CKV_AWS_6', check_name, check_result: { result: 'FAILED' } }, { parents: [{ check_type: 'terraform' }], from: 'results.failed_checks', path: 'x', index: 0 });
    expect(read.ok && read.value.findings?.[0]?.issue_type).toBe(issue);
  });
  it('reads every framework of a report, with what passed and what was skipped', async () => {
    const { records, findings, errors } = await fixture('checkov/many.json');
    expect([records, errors]).toEqual([8, ['check_id is missing']]);
    expect(findings.map(told)).toEqual([
      ['CKV_AWS_19', 'encryption_disabled', 'unknown', 'passed'], ['CKV_AWS_88', 'public_ip', 'unknown', 'open'], ['CKV_X_1', 'encryption_disabled', 'unknown', 'open'], ['CKV_AWS_18', 'logging_disabled', 'unknown', 'suppressed'],
      ['CKV_DOCKER_3', 'unmapped', 'unknown', 'open'], ['CKV_SECRET_2', 'secret_exposed', 'unknown', 'open'], ['CVE-2020-1747', 'vulnerable_package', 'critical', 'open'],
    ]);
    expect(findings.map((f) => [f.entity, f.entity_type]).slice(1)).toEqual([
      ['/infra/main.tf#module.web.aws_instance.web[0]', 'vm'], ['/infra/main.tf#aws_s3_bucket.logs', 'bucket'], ['/infra/main.tf#aws_s3_bucket.logs', 'bucket'], ['/Dockerfile', 'file'], ['/run.sh', 'file'], ['/requirements.txt', 'file'],
    ]);
    expect(findings[3]?.evidence).toContain('skipped: logs elsewhere');
    expect(findings[6]).toMatchObject({ kind: 'vulnerability', vulnerability: { cve: 'CVE-2020-1747', cvss: 9.8, package: 'pyyaml', installed_version: '5.3', fixed_version: '5.3.1' } });
  });
});

describe('tfsec', () => {
  it('reads a result at its place', async () => {
    const { format, findings } = await fixture('tfsec/one.json');
    expect(format).toBe('tfsec');
    expect(findings).toMatchObject([{ kind: 'posture', entity: '/srv/infra/main.tf#aws_s3_bucket.logs', entity_type: 'bucket', issue_type: 'encryption_disabled', check_id: 'aws-s3-enable-bucket-encryption', title: 'Unencrypted S3 bucket.', severity_reported: 'high', status: 'open', evidence: ['/srv/infra/main.tf:3-9', 'aws_s3_bucket.logs', 'It could be read', 'Close it'] }]);
  });
  it('tells failed, passed and ignored, in both generations', async () => {
    const { findings, errors } = await fixture('tfsec/many.json');
    expect(errors).toEqual(['rule_id is missing']);
    expect(findings.map(told)).toEqual([
      ['aws-ec2-no-public-ingress-sgr', 'open_port', 'critical', 'open'], ['aws-ec2-no-excessive-port-access', 'network_misconfiguration', 'critical', 'open'], ['aws-s3-enable-versioning', 'versioning_disabled', 'medium', 'passed'],
      ['aws-s3-enable-bucket-logging', 'logging_disabled', 'medium', 'suppressed'], ['AWS018', 'unmapped', 'medium', 'open'],
    ]);
  });
});

describe('kube-bench', () => {
  it('reads a failed test of a node', async () => {
    const { format, findings } = await fixture('kube-bench/one.json');
    expect(format).toBe('kube-bench');
    expect(findings).toMatchObject([{ kind: 'compliance', entity: 'k8s:cluster', entity_type: 'cluster', issue_type: 'misconfiguration', check_id: '4.2.1', severity_reported: 'unknown', status: 'open', evidence: ['node type node', 'found: --x=true', "expected: '--x' is not present", 'remedy: Set it.'], compliance: ['cis-1.9: 4.2.1'] }]);
  });
  it('keeps apart what failed and what a person has to check', async () => {
    const { records, findings, errors } = await fixture('kube-bench/many.json');
    expect([records, errors]).toEqual([6, ['test_number is missing']]);
    expect(findings.map(told)).toEqual([
      ['1.2.16', 'logging_disabled', 'unknown', 'open'], ['1.2.24', 'encryption_in_transit_disabled', 'unknown', 'open'], ['1.1.1', 'misconfiguration', 'unknown', 'passed'], ['5.1.1', 'overprivileged_identity', 'informational', 'open'], ['5.2.2', 'privileged_container', 'informational', 'open'],
    ]);
    expect([findings[0]?.compliance, findings[3]?.evidence.slice(0, 2)]).toEqual([['CIS-1.5: 1.2.16'], ['node type policies, not scored', 'status: WARN (not checked by the tool)']]);
  });
});

it('kube-bench reports are about the cluster that the user names', () => {
  const parsed = kubeBench.parse({ test_number: '4.2.1', status: 'FAIL' }, { parents: [], from: '', path: '-', index: 0, cluster: 'prod' });
  expect(parsed.ok && parsed.value.findings).toMatchObject([{ entity: 'k8s:prod', account: 'prod' }]);
});

it('checkov takes no licence for a vulnerability, and no word for a version that fixes one', async () => {
  const item = (check_id: string, details: object) => ({ check_id, check_name: 'SCA', check_result: { result: 'FAILED' }, file_path: '/requirements.txt', severity: null, vulnerability_details: { package_version: '1.2', ...details } });
  const { findings } = await readText({ check_type: 'sca_package', results: { failed_checks: [item('BC_LIC_1', { package_name: 'x', license: 'GPL-3.0' }), item('CKV_CVE_2020_1', { id: 'CVE-2020-1111', package_name: 'y', severity: 'critical', lowest_fixed_version: 'UNFIXED' })], passed_checks: [], skipped_checks: [] }, summary: {} });
  expect(findings.map((f) => [f.kind, f.issue_type, f.title, f.vulnerability?.cve, f.vulnerability?.fixed_version])).toEqual([['compliance', 'license_violation', 'Licence GPL-3.0 of x', undefined, undefined], ['vulnerability', 'vulnerable_package', 'CVE-2020-1111 in y', 'CVE-2020-1111', undefined]]);
});

it('checkov tells the parts of one file apart: one that passes takes away no other', async () => {
  const job = (name: string, result: string) => ({ check_id: 'CKV_GHA_3', check_name: 'Suspicious use of curl', check_result: { result }, file_path: '/.github/workflows/ci.yml', file_line_range: [1, 9], resource: `jobs(${name})` });
  const { findings } = await readText({ check_type: 'github_actions', results: { failed_checks: [job('a', 'FAILED')], passed_checks: [job('b', 'PASSED')], skipped_checks: [] }, summary: {} });
  expect([findings.map((f) => f.status), new Set(findings.map((f) => f.finding_id)).size]).toEqual([['open', 'passed'], 2]);
});

it.each([null, []])('tfsec reports with results %j hold none', async (results) => expect(await readText({ results })).toMatchObject({ format: 'tfsec', records: 0, errors: [] }));

it.each(['checkov', 'tfsec', 'kube-bench'])('a scan with %s that found nothing has no record and no error', async (name) => expect(await fixture(`${name}/zero.json`)).toMatchObject({ format: name, records: 0, errors: [] }));
it.skipIf(!hasSamples).each([['checkov/1-dd-array-of-types.json', 'checkov', 28], ['checkov/2-dd-single-object.json', 'checkov', 3], ['tfsec/1-dd-current.json', 'tfsec', 19], ['kube-bench/1-dd-array.json', 'kube-bench', 24]])('reads the sample %s', async (path, format, records) => {
  const read = await readFindings(sample(path));
  expect([read.format, read.records, read.errors, new Set(read.findings.map((f) => f.finding_id)).size]).toEqual([format, records, [], records]);
});
