import { describe, expect, it } from 'vitest';
import { snyk } from '#electron/pipeline/normalize/formats/snyk.ts';
import { fixture, readText } from './read-fixture.ts';
import { fixture as fixturePath, hasSamples, readFindings, sample } from './read-findings.ts';

const fields = (f: { readonly check_id: string; readonly severity_reported: string; readonly status: string; readonly vulnerability?: { readonly cve?: string | undefined; readonly fixed_version?: string | undefined } | undefined }) => [f.check_id, f.severity_reported, f.status, f.vulnerability?.cve, f.vulnerability?.fixed_version];

describe('grype', () => {
  it('reads a match by the CVE behind its advisory, with what is known of exploits', async () => {
    const { format, findings } = await fixture('grype/one.json');
    expect(format).toBe('grype');
    expect(findings).toMatchObject([{
      kind: 'vulnerability', entity: 'registry.example/shop:1.4', entity_type: 'image', aliases: ['registry.example/shop@sha256:aa02', 'sha256:aa01', 'sha256:aa02'], issue_type: 'vulnerable_package', check_id: 'GHSA-aaaa-bbbb-cccc', title: 'CVE-2024-1111 in shop-core',
      severity_reported: 'high', status: 'open', discovered_at: '2025-03-04T05:06:07.123456Z', evidence: ['shop-core 1.2.3, fixed in 2.0.0', 'at /srv/app/lib.jar'],
      vulnerability: { cve: 'CVE-2024-1111', cvss: 7.5, epss: 0.42, kev: true, package: 'shop-core', installed_version: '1.2.3', fixed_version: '2.0.0', affected_range: '<2.0.0 (semver)' },
    }]);
  });
  it('makes one finding a CVE of an advisory, no CVE of another id, and keeps what rules took away', async () => {
    const { records, findings, errors } = await fixture('grype/many.json');
    expect([records, errors]).toEqual([5, ['vulnerability.id is missing']]);
    expect(findings.map(fields)).toEqual([
      ['GHSA-dddd-eeee-ffff', 'medium', 'open', undefined, undefined], ['ELSA-2024-1', 'informational', 'open', 'CVE-2024-3333', '3.0.2'], ['ELSA-2024-1', 'informational', 'open', 'CVE-2024-4444', '3.0.2'],
      ['CVE-2024-5555', 'unknown', 'open', 'CVE-2024-5555', undefined], ['CVE-2024-2222', 'low', 'suppressed', 'CVE-2024-2222', undefined],
    ]);
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(5);
    expect([findings[0]?.entity, findings[0]?.entity_type, findings[3]?.evidence[2], findings[4]?.evidence[2]]).toEqual(['/srv/shop', 'repository', 'the distribution will not fix it', 'suppressed: CVE-2024-2222, not reachable, not_affected']);
  });
});

describe('snyk', () => {
  it('reads a project with its own severity and the fixed version', async () => {
    expect((await fixture('snyk/one.json')).findings).toMatchObject([{
      source: 'snyk', entity: 'shop/package-lock.json', entity_type: 'repository', aliases: ['shop'], check_id: 'SNYK-JS-LODASH-1', title: 'Prototype Pollution in lodash', severity_reported: 'critical', evidence: ['lodash 4.17.15, fixed in 4.17.21', 'exploit maturity: Proof of Concept'],
      vulnerability: { cve: 'CVE-2021-0001', cvss: 9.1, package: 'lodash', installed_version: '4.17.15', fixed_version: '4.17.21', affected_range: '<4.17.21' },
    }]);
  });
  it('reads several projects: paths to one package as one finding, licences, ignored ones, images and configuration', async () => {
    const { records, findings, errors } = await fixture('snyk/many.json');
    expect([records, errors]).toEqual([8, []]);
    const byId = new Map(findings.map((f) => [f.finding_id, f]));
    expect(byId.size).toBe(8);
    expect([...byId.values()].map((f) => [f.entity, ...fields(f)])).toEqual([
      ['shop/package-lock.json', 'SNYK-JS-MINIMIST-2', 'critical', 'suppressed', undefined, undefined], ['shop/package-lock.json', 'SNYK-JS-LODASH-1', 'critical', 'open', 'CVE-2021-0001', '4.17.21'], ['shop/package-lock.json', 'snyk:lic:npm:gpl-pkg:GPL-3.0', 'medium', 'open', undefined, undefined],
      ['registry.example/shop:1.4', 'SNYK-ALPINE320-OPENSSL-3', 'low', 'open', 'CVE-2024-0002', '3.3.1-r0'], ['registry.example/shop:1.4', 'SNYK-ALPINE320-OPENSSL-3', 'low', 'open', 'CVE-2024-0003', '3.3.1-r0'], ['registry.example/shop:1.4', 'SNYK-JS-LODASH-1', 'critical', 'open', 'CVE-2021-0001', '4.17.21'],
      ['net/main.tf#aws_security_group.web', 'SNYK-CC-TF-1', 'medium', 'open', undefined, undefined], ['net/main.tf#aws_s3_bucket.logs', 'SNYK-CC-TF-2', 'low', 'suppressed', undefined, undefined],
    ]);
    expect([...byId.values()].slice(2).map((f) => [f.kind, f.issue_type])).toEqual([['compliance', 'license_violation'], ...Array.from({ length: 3 }, () => ['vulnerability', 'vulnerable_package']), ['posture', 'open_port'], ['posture', 'encryption_disabled']]);
  });
});

describe('snyk infrastructure as code', () => {
  it.each([
    [['resource', 'aws_security_group[web]', 'ingress'], 'main.tf#aws_security_group.web', 'sg'], [['resource', 'aws_security_group[db]', 'ingress'], 'main.tf#aws_security_group.db', 'sg'], [['[DocId: 0]', 'spec', 'containers[api]'], 'main.tf', 'file'],
  ])('is about the block at %j', (path, entity, entity_type) => {
    const issue = { id: 'SNYK-CC-TF-1', title: 'Security Group allows open ingress', severity: 'medium', path, lineNumber: 10 };
    expect(snyk.parse(issue, { parents: [{ targetFile: 'main.tf' }], from: 'infrastructureAsCodeIssues', path: '-', index: 0 })).toMatchObject({ ok: true, value: { findings: [{ entity, entity_type, issue_type: 'open_port' }] } });
  });
});

describe('snyk policies', () => {
  const project = { packageManager: 'npm', projectName: 'shop', displayTargetFile: 'package-lock.json', ok: false };
  const item = (rules: object = {}) => ({ id: 'SNYK-JS-TAR-4', title: 'Traversal', severity: 'high', packageName: 'tar', version: '4.0.0', ...rules });
  it('leave what they ignore or patch on some paths open on the others', async () => {
    const { findings } = await readText({ ...project, vulnerabilities: [item()], filtered: { ignore: [item({ filtered: { ignored: [{ reason: 'a test', path: ['shop', 'mocha', 'tar'] }] } })], patch: [item({ filtered: { patches: [{ path: ['shop', 'old', 'tar'] }] } })] } });
    expect(findings.map((f) => f.status)).toEqual(['open', 'suppressed', 'resolved']);
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(3);
  });
  it('suppress the finding itself where they are for all paths', async () => {
    const open = await readText({ ...project, vulnerabilities: [item()] }), ignored = await readText({ ...project, vulnerabilities: [], filtered: { ignore: [item({ filtered: { ignored: [{ reason: 'accepted', path: ['*'] }] } })] } });
    expect([ignored.findings[0]?.status, ignored.findings[0]?.finding_id]).toEqual(['suppressed', open.findings[0]?.finding_id]);
  });
  it('are read from an array that begins with a project that could not be tested', async () => {
    const { format, records } = await readText([{ ok: false, error: 'no manifest', path: '/shop/docs' }, { ...project, vulnerabilities: [item()] }]);
    expect([format, records]).toEqual(['snyk', 1]);
  });
});

it.each([
  ['snyk', { vulnerabilities: [{ id: 'SNYK-JS-TAR-4', title: 'Traversal', severity: 'high', packageName: 'tar', version: '4.0.0', from: ['shop', 'tar'], semver: { vulnerable: ['<4.4.0'] }, description: 'x'.repeat(300_000) }], ok: false, dependencyCount: 9, packageManager: 'npm', projectName: 'shop' }, 'shop'],
  ['npm-audit', { actions: [], advisories: { 1: { id: 1, module_name: 'tar', severity: 'high', title: 'Traversal', overview: 'x'.repeat(300_000) } }, muted: [], metadata: {} }, 'report'],
])('a large report of %s is told by what stands first in it', async (name, report, entity) => {
  const { format, records, findings } = await readText(report);
  expect([format, records, findings.map((f) => f.entity)]).toEqual([name, 1, [entity]]);
});

it('names the package in a title that only has its letters', async () => {
  const { findings } = await readText({ matches: ['c', 'cve-tool', 'libc'].map((name) => ({ vulnerability: { id: 'CVE-2024-7777', severity: 'Low' }, artifact: { name, version: '1' } })) });
  expect(findings.map((f) => f.title)).toEqual(['CVE-2024-7777 in c', 'CVE-2024-7777 in cve-tool', 'CVE-2024-7777 in libc']);
});

describe('osv-scanner', () => {
  it('takes the fixed versions of the package that was found, and of no other', async () => {
    expect((await fixture('osv-scanner/one.json')).findings).toMatchObject([{
      entity: '/srv/shop/package-lock.json', entity_type: 'file', check_id: 'GHSA-1111-2222-3333', title: 'Denial of service in tar', severity_reported: 'high', vulnerability: { cve: 'CVE-2021-32803', cvss: 8.1, package: 'tar', installed_version: '4.4.13', fixed_version: '4.4.18, 5.0.10' },
    }]);
  });
  it('rates by the score where the database has no word', async () => {
    const { records, findings, errors } = await fixture('osv-scanner/many.json');
    expect([records, errors]).toEqual([4, ['id is missing']]);
    expect(findings.map(fields)).toEqual([['PYSEC-2021-1', 'critical', 'open', undefined, '4.4.18, 5.0.10'], ['GO-2021-2', 'unknown', 'open', 'CVE-2021-0009', '4.4.18, 5.0.10'], ['MAL-2024-7', 'unknown', 'open', undefined, undefined]]);
    expect(findings[1]?.evidence).toContain('the vulnerable code is not called, says the tool');
  });
});

it('osv-scanner finds packages of a system in the image, and the fix of its own release', async () => {
  const affected = (ecosystem: string, fixed: string) => ({ package: { name: 'zlib', ecosystem }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }] });
  const { findings } = await readText({ results: [{ source: { path: 'registry.example:5000/shop:1.4:/lib/apk/db/installed', type: 'os' }, packages: [{
    package: { name: 'zlib', version: '1.2.11-r1', ecosystem: 'Alpine:v3.10' }, vulnerabilities: [{ id: 'DSA-1-1', upstream: ['CVE-2018-0001', 'CVE-2018-0002'], affected: [affected('Alpine:v3.10', '1.2.12-r0'), affected('Alpine:v3.15', '1.2.12-r5')] }], groups: [{ ids: ['DSA-1-1'], max_severity: '7.5' }],
  }] }] });
  expect(findings.map((f) => [f.entity, f.entity_type, f.severity_reported, f.vulnerability?.cve, f.vulnerability?.fixed_version])).toEqual(['CVE-2018-0001', 'CVE-2018-0002'].map((cve) => ['registry.example:5000/shop:1.4', 'image', 'high', cve, '1.2.12-r0']));
});

describe('npm-audit', () => {
  it('reports an advisory under the package that has it, not under those that hand it on', async () => {
    const { format, records, findings } = await fixture('npm-audit/one.json');
    expect([format, records]).toEqual(['npm-audit', 1]);
    expect(findings).toMatchObject([{
      entity_type: 'repository', check_id: 'GHSA-aaaa-1111-bbbb', title: 'Denial of service in parser', severity_reported: 'medium', vulnerability: { cvss: 5.3, package: 'parser', fixed_version: '1.2.3, 2.4.0', affected_range: '<1.2.3 || >=2.0.0 <2.4.0' },
      evidence: ['parser (version unknown), fixed in 1.2.3, 2.4.0', 'comes with another dependency', 'fixed by server 5.0.0, a breaking change', 'https://github.com/advisories/GHSA-aaaa-1111-bbbb', 'node_modules/parser'],
    }]);
    expect(findings[0]?.vulnerability).not.toHaveProperty('cve');
  });
  it('tells no fixed version where npm knows no fix, and no score of 0', async () => {
    const { findings } = await fixture('npm-audit/many.json');
    expect(findings.map((f) => [...fields(f), f.vulnerability?.cvss])).toEqual([['GHSA-aaaa-1111-bbbb', 'high', 'open', undefined, undefined, 5.3], ['GHSA-cccc-2222-dddd', 'low', 'open', undefined, undefined, undefined], ['1001', 'critical', 'open', undefined, '7.0.0', 5.3]]);
  });
  it('keeps advisories that have a title and no id', async () => {
    const second = await readText({ auditReportVersion: 2, vulnerabilities: { parser: { name: 'parser', severity: 'high', via: [{ title: 'Crash', severity: 'high', range: '<2.0.0' }] } }, metadata: {} });
    const first = await readText({ actions: [], advisories: { x: { title: 'Crash', module_name: 'parser', severity: 'high' } }, muted: [], metadata: {} });
    expect([...second.findings, ...first.findings].map((f) => [f.check_id, f.title, f.severity_reported])).toEqual([['Crash', 'Crash in parser', 'high'], ['Crash', 'Crash in parser', 'high']]);
  });
  it('reads version 1 by installed version', async () => {
    const { format, findings } = await fixture('npm-audit/version-1.json');
    expect(format).toBe('npm-audit');
    expect(findings.map((f) => [...fields(f), f.vulnerability?.installed_version])).toEqual([['77', 'critical', 'open', 'CVE-2017-0007', '1.10.2', '1.0.0'], ['77', 'critical', 'open', 'CVE-2017-0007', '1.10.2', '1.1.0'], ['GHSA-eeee-3333-ffff', 'low', 'open', undefined, undefined, undefined]]);
  });
});

describe('yarn audit', () => {
  it('reads the lines of version 1: each advisory once, however many paths lead to it', async () => {
    const { format, records, findings, errors } = await readFindings(fixturePath('npm-audit/yarn.ndjson'));
    expect([format, records, errors]).toEqual(['npm-audit', 4, ['neither vulnerabilities nor advisories are given']]);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(1);
    expect(findings[0]).toMatchObject({ check_id: 'GHSA-p6mc-m468-83gw', severity_reported: 'low', vulnerability: { cve: 'CVE-2020-8203', package: 'lodash', installed_version: '4.17.15', fixed_version: '4.17.19' } });
  });
  it('reads those of later versions: each installed version', async () => {
    const { format, findings } = await readFindings(fixturePath('npm-audit/yarn-berry.ndjson'));
    expect([format, findings.map(({ check_id, severity_reported, vulnerability }) => [check_id, severity_reported, vulnerability?.installed_version, vulnerability?.fixed_version])]).toEqual(['npm-audit', [['GHSA-p6mc-m468-83gw', 'high', '4.17.15', '4.17.19'], ['GHSA-p6mc-m468-83gw', 'high', '4.17.10', '4.17.19']]]);
  });
});

it.each([['grype', 0], ['snyk', 0], ['osv-scanner', 0], ['npm-audit', 1]])('a scan with %s that found nothing has no finding and no error', async (name, records) => expect(await fixture(`${name}/zero.json`)).toMatchObject({ format: name, records, findings: [], errors: [] }));
it.skipIf(!hasSamples).each([['grype/1-dd-nine.json', 'grype', 9, 9], ['snyk/1-dd-single.json', 'snyk', 41, 44], ['osv-scanner/1-dd-some.json', 'osv-scanner', 1, 1], ['npm-audit/1-dd-v7.json', 'npm-audit', 1, 3]])('reads the sample %s', async (path, format, records, findings) => {
  const read = await readFindings(sample(path));
  expect([read.format, read.records, read.errors, read.findings.length]).toEqual([format, records, [], findings]);
});
