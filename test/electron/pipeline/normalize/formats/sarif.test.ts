import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixture, IMPORTED_US, readFile } from './read-fixture.ts';

const samples = '../shared/samples/sarif';

describe('sarif', () => {
  it('a run without results has no record and no error', async () => {
    expect(await fixture('sarif/zero.sarif')).toMatchObject({ format: 'sarif', records: 0, errors: [] });
  });

  it('tells secrets, weaknesses, cloud checks and packages of several tools apart', async () => {
    const { findings, errors } = await fixture('sarif/tools.sarif');
    expect(errors).toEqual([]);
    expect(findings.map((f) => [f.check_id, f.kind, f.issue_type])).toEqual([
      ['aws-access-token', 'posture', 'secret_exposed'], ['no-unused-vars', 'posture', 'code_weakness'], ['AC_AWS_0214', 'posture', 'versioning_disabled'],
      ['aws-ec2-no-public-ingress-sgr', 'posture', 'open_port'], ['SNYK-ALPINE318-XZ-1', 'vulnerability', 'vulnerable_package'],
    ]);
    expect(findings[4]?.vulnerability).toEqual({ cve: 'CVE-2024-3094', cvss: 10, package: 'xz/xz-libs', installed_version: '5.6.0-r0' });
  });

  it('tells infrastructure, licences and secrets by the rules of their tools, and hosts and images by where the results are', async () => {
    const { errors, findings } = await fixture('sarif/rules.sarif');
    expect(errors).toEqual([]);
    expect(findings.map((f) => [f.check_id, f.kind, f.issue_type, f.entity, f.entity_type])).toEqual([
      ['SNYK-CC-TF-1', 'posture', 'open_port', 'sg.tf', 'file'], ['SNYK-CC-TF-4', 'posture', 'encryption_disabled', 's3.tf', 'file'],
      ['SNYK-JS-LODASH-590103', 'vulnerability', 'vulnerable_package', 'package.json', 'file'], ['snyk:lic:npm:foo:GPL-3.0', 'posture', 'license_violation', 'package.json', 'file'],
      ['GPL-3.0_flask@0.6', 'posture', 'license_violation', 'requirements.txt', 'file'],
      ['G101', 'posture', 'secret_exposed', 'main.go', 'file'], ['G204', 'posture', 'code_weakness', 'main.go', 'file'], ['B105', 'posture', 'secret_exposed', 'a.py', 'file'],
      ['javascript/HardcodedNonCryptoSecret', 'posture', 'secret_exposed', 'a.js', 'file'], ['f81d63d2-0000-4000-8000-66717a41c895', 'posture', 'encryption_in_transit_disabled', 'a.yaml', 'file'],
      ['CVE-2025-0001-openssl', 'vulnerability', 'vulnerable_package', 'shop/api:2.3', 'image'], ['CVE-2025-0001-openssl', 'vulnerability', 'vulnerable_package', 'shop/web:1.0', 'image'],
      ['10038', 'posture', 'code_weakness', 'app.example.com', 'host'], ['10038', 'posture', 'code_weakness', 'app.example.com', 'host'], ['10038', 'posture', 'code_weakness', 'https://github.com/acme/app/blob/main/a.html', 'file'],
    ]);
    expect(findings[2]?.vulnerability).toEqual({ cve: 'CVE-2020-8203', cvss: 7.4, package: 'lodash', installed_version: '4.17.15' });
    expect(findings[6]?.evidence).toContain('CWE-78');
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(findings.length);
  });

  it('joins a result with its rule, repository and the time of the run', async () => {
    const { findings } = await fixture('sarif/one.sarif');
    expect(findings).toMatchObject([{
      entity: 'https://git.example.org/shop/web/src/page.js', entity_type: 'file', check_id: 'js/xss', title: 'Cross-site scripting', description: 'user input reaches the page',
      severity_reported: 'medium', issue_type: 'code_weakness', issue_mapped: true, discovered_at: '2025-02-03T04:05:06Z', source_id: 'CodeScan|js/xss|https://git.example.org/shop/web/src/page.js|v1=abc',
    }]);
    expect(findings[0]?.evidence).toEqual(['CodeScan, src/page.js:7', 'CWE-79']);
  });

  it('reads indexes, extensions, kinds, suppressions, baselines', async () => {
    const { findings, errors } = await fixture('sarif/many.sarif');
    expect(errors).toEqual([]);
    expect(findings.map((f) => [f.check_id, f.status, f.severity_reported, f.issue_type])).toEqual([
      ['js/unused', 'open', 'low', 'code_weakness'], ['sec/key', 'open', 'medium', 'secret_exposed'], ['js/xss', 'passed', 'medium', 'code_weakness'],
      ['js/xss', 'suppressed', 'medium', 'code_weakness'], ['js/xss', 'open', 'medium', 'code_weakness'], ['js/xss', 'resolved', 'medium', 'code_weakness'],
      ['CVE-2024-1001', 'open', 'critical', 'vulnerable_package'],
    ]);
    expect(findings[0]?.description).toBe('total is never used');
    expect(findings[6]).toMatchObject({ kind: 'vulnerability', vulnerability: { cve: 'CVE-2024-1001', cvss: 9.8 }, discovered_us: IMPORTED_US });
  });

  it('reads scanners of packages: the vulnerability in the rule, the package in lines or properties, the image scanned', async () => {
    const { findings, errors } = await fixture('sarif/packages.sarif');
    expect(errors).toEqual([]);
    expect(findings.map((f) => [f.kind, f.issue_type, f.entity, f.entity_type, f.severity_reported, f.title])).toEqual([
      ['vulnerability', 'vulnerable_package', 'shop/api:2.3.0', 'image', 'critical', 'CVE-2025-0001 in libssl3'], ['vulnerability', 'vulnerable_package', 'shop/api:2.3.0', 'image', 'low', 'CVE-2025-0002 in bash'],
      ['vulnerability', 'vulnerable_package', 'npm/semver@7.5.1', 'file', 'critical', 'BDSA-2025-1 (CVE-2025-0003)'], ['vulnerability', 'vulnerable_package', 'maven/lib@1.0.0', 'file', 'low', 'BDSA-2025-2'],
    ]);
    expect(findings.map((f) => f.vulnerability)).toEqual([
      { cve: 'CVE-2025-0001', package: 'libssl3', installed_version: '3.0.1-1', fixed_version: '3.0.1-2' }, { cve: 'CVE-2025-0002', package: 'bash', installed_version: '5.0-4' },
      { cve: 'CVE-2025-0003', package: 'semver', installed_version: '7.5.1' }, { package: 'lib', installed_version: '1.0.0' },
    ]);
    expect(findings[0]?.aliases).toEqual(['registry.example.com/shop/api@sha256:aa']);
  });

  it('tells results apart where a tool writes words for a fingerprint, and a secret or a weakness from a cloud check', async () => {
    const { findings } = await fixture('sarif/semgrep.sarif');
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(4);
    expect(findings.map((f) => f.issue_type)).toEqual(['code_weakness', 'code_weakness', 'code_weakness', 'secret_exposed']);
  });

  it.skipIf(!existsSync(samples))('reads the real samples', async () => {
    const bash = await readFile(`${samples}/1-dd-bash.sarif`);
    expect(bash).toMatchObject({ format: 'sarif', records: 27, errors: [] });
    // The file repeats results word for word: twelve are different.
    expect(new Set(bash.findings.map((f) => f.finding_id)).size).toBe(12);
    expect(bash.findings[0]).toMatchObject({ entity: 'https://github.com/damiencarol/django-DefectDojo/docker/setEnv.sh', severity_reported: 'low', discovered_at: '2021-03-08T15:39:40Z' });
    const taint = await readFile(`${samples}/2-dd-taint.sarif`);
    expect(taint).toMatchObject({ records: 11, errors: [] });
    expect(taint.findings.filter((f) => f.severity_reported === 'high')).toHaveLength(8);
  });
});
