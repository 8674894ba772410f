import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { githubAlerts } from '#electron/pipeline/normalize/formats/github-alerts.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

const shop = 'https://github.com/acme/shop';
const brief = ({ entity, entity_type, check_id, severity_reported, status }: { entity: string; entity_type: string; check_id: string; severity_reported: string; status: string }) => [entity, entity_type, check_id, severity_reported, status];

describe('github-alerts', () => {
  it('reads Dependabot alerts of a manifest by their CVE, and what became of them', async () => {
    const { format, findings, errors } = await readFindings(fixture('github-alerts/dependabot.json'));
    expect([format, errors]).toEqual(['github-alerts', []]);
    expect(findings[0]).toMatchObject({
      source: 'github', source_id: `${shop}/security/dependabot/1`, kind: 'vulnerability', aliases: [shop], discovered_at: '2026-01-02T03:04:05Z', updated_us: Date.UTC(2026, 0, 3, 3, 4, 5) * 1000,
      vulnerability: { cve: 'CVE-2020-8203', cvss: 7.4, epss: 0.02, package: 'lodash', fixed_version: '4.17.19', affected_range: '< 4.17.19' },
    });
    expect(findings.map(brief)).toEqual([
      [`${shop}/web/package-lock.json`, 'file', 'GHSA-p6mc-m468-83gw', 'high', 'open'], [`${shop}/web/package-lock.json`, 'file', 'GHSA-p6mc-m468-83gw', 'high', 'suppressed'], [`${shop}/web/package-lock.json`, 'file', 'GHSA-p6mc-m468-83gw', 'high', 'resolved'],
      ['https://ghe.example.com/acme/shop', 'repository', 'GHSA-p6mc-m468-83gw', 'medium', 'suppressed'],
    ]);
    expect(findings[1]?.evidence).toEqual(expect.arrayContaining(['dismissed: tolerable_risk', 'comment: dev only']));
  });

  it('reads code scanning alerts', async () => {
    const { findings, errors } = await readFindings(fixture('github-alerts/code-scanning.json'));
    expect(errors).toEqual([]);
    expect(findings.map(brief)).toEqual([[`${shop}/src/db.js`, 'file', 'js/sql-injection', 'high', 'open'], [`${shop}/src/db.js`, 'file', 'js/x', 'medium', 'suppressed'], [shop, 'repository', 'js/y', 'low', 'resolved']]);
    expect(findings[0]).toMatchObject({ issue_type: 'code_weakness', evidence: ['CodeQL, src/db.js:10', 'CWE-89', 'This query depends on a user-provided value.'] });
  });

  it.each([
    ['Trivy', { id: 'CVE-2025-0001', name: 'OsPackageVulnerability', severity: 'error', security_severity_level: 'high' }, 'Package: openssl\nInstalled Version: 3.0.1\nVulnerability CVE-2025-0001\nFixed Version: 3.0.9', { kind: 'vulnerability', issue_type: 'vulnerable_package', vulnerability: { cve: 'CVE-2025-0001', package: 'openssl', installed_version: '3.0.1', fixed_version: '3.0.9' } }],
    ['checkov', { id: 'CKV_AWS_24', severity: 'error', description: 'Ensure no security groups allow ingress from 0.0.0.0:0 to port 22' }, 'x', { kind: 'posture', issue_type: 'open_port' }],
  ])('reads what %s sent as code scanning as what it is', (name, rule, text, expected) => {
    const alert = { number: 1, state: 'open', created_at: '2026-01-02T03:04:05Z', html_url: `${shop}/security/code-scanning/1`, rule, tool: { name }, most_recent_instance: { location: { path: 'main.tf', start_line: 1 }, message: { text } } };
    expect(githubAlerts.parse(alert, { parents: [], from: '', path: '-', index: 0 })).toMatchObject({ ok: true, value: { findings: [expected] } });
  });

  it('reads secret scanning alerts and keeps no secret', async () => {
    const path = fixture('github-alerts/secret-scanning.json'), { findings } = await readFindings(path), kept: string[] = [];
    expect(findings.map(brief)).toEqual([[shop, 'repository', 'aws_secret_access_key', 'unknown', 'open'], [shop, 'repository', 'aws_secret_access_key', 'unknown', 'resolved'], [`${shop}/deploy/.env`, 'file', 'aws_secret_access_key', 'unknown', 'suppressed']]);
    expect(findings[0]).toMatchObject({ issue_type: 'secret_exposed', evidence: ['validity: active', 'leaked in public'] });
    for (const file of [path, fixture('github-alerts/webhooks.ndjson')]) for await (const { items } of normalizeFile(createReadStream(file), [githubAlerts], { path: file, importedUs: 0 })) for (const item of items) kept.push(JSON.stringify(item));
    expect(kept).toHaveLength(8);
    expect(kept.join('\n')).not.toContain('do-not-keep-me');
  });

  it('reads webhooks as the alerts that they carry', async () => {
    const { records, findings, errors } = await readFindings(fixture('github-alerts/webhooks.ndjson'));
    expect([records, errors]).toEqual([5, ['alert: neither of Dependabot, code scanning nor secret scanning (number with security_advisory, rule or secret_type)']]);
    expect(findings.map(({ source_id, status }) => [source_id, status])).toEqual([
      [`${shop}/security/dependabot/1`, 'resolved'], [`${shop}/security/code-scanning/10`, 'open'], [`${shop}/security/secret-scanning/191`, 'open'], [`${shop}/security/secret-scanning/192`, 'suppressed'],
    ]);
  });

  it.skipIf(!hasSamples)('reads the samples', async () => {
    const read = await Promise.all(['1-webhook-dependabot.json', '3-webhook-codescanning.json', '4-webhook-secretscanning.json'].map((name) => readFindings(sample(`github-alerts/${name}`))));
    expect(read.map(({ format, findings }) => [format, findings[0]?.issue_type, findings[0]?.status])).toEqual([['github-alerts', 'vulnerable_package', 'resolved'], ['github-alerts', 'code_weakness', 'open'], ['github-alerts', 'secret_exposed', 'open']]);
  });
});
