import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

describe('wazuh', () => {
  it('reads a list without vulnerabilities as none', async () => {
    expect(await readFindings(fixture('wazuh/zero.json'))).toEqual({ format: 'wazuh', records: 0, findings: [], errors: [] });
  });

  it('reads alerts of agents, devices and AWS, vulnerabilities and checks among them; a broken line costs itself', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('wazuh/alerts.json'));
    expect([format, records, errors]).toEqual(['wazuh', 13, ['malformed JSON', 'neither an alert (rule.level), nor a vulnerability (cve, vulnerability.id): rule.level is missing']]);
    expect(findings.map(({ source_id, kind, entity, entity_type, issue_type, severity_reported, status }) => [source_id, kind, entity, entity_type, issue_type, severity_reported, status])).toEqual([
      ['wz:177.5763', 'detection', 'web-1', 'host', 'brute_force', 'medium', 'open'], ['wz:177.554', 'detection', 'web-1', 'host', 'syscheck', 'low', 'open'], ['wz:177.92052', 'detection', 'WIN-2', 'host', 'execution', 'high', 'open'],
      ['wz:177.100', 'detection', 'web-1', 'host', 'persistence', 'critical', 'open'], ['wz:177.80302', 'detection', 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0', 'vm', 'port_scan', 'low', 'open'],
      ['wz:177.80202', 'detection', 'arn:aws:iam::111122223333:user/dana', 'user', 'aws_cloudtrail', 'informational', 'open'], ['wz:177.4101', 'detection', 'fw-1', 'host', 'firewall', 'low', 'open'],
      ['web-1|CVE-2025-0001|openssl|3.0.1', 'vulnerability', 'web-1', 'host', 'vulnerable_package', 'high', 'open'], ['web-1|CVE-2025-0002|zlib|1.2', 'vulnerability', 'web-1', 'host', 'vulnerable_package', 'medium', 'resolved'],
      ['sca|web-1|CIS Ubuntu|190', 'posture', 'web-1', 'host', 'Ensure SSH root login is disabled', 'medium', 'open'], ['sca|web-1|CIS Ubuntu|191', 'posture', 'web-1', 'host', 'Ensure permissions on /etc/passwd are configured', 'informational', 'passed'],
    ]);
    expect(findings[0]).toMatchObject({ title: 'sshd: brute force trying to get access to the system.', check_id: '5763', discovered_at: '2026-02-03T04:05:06.123Z', attack: ['T1110'], compliance: ['PCI-DSS: 10.2.4'], observables: { src_ip: '203.0.113.5', user: 'root', host: 'web-1', country: 'NL' } });
    expect(findings[2]?.observables).toEqual({ host: 'WIN-2', process: 'cmd /c x', file_hash: 'cd'.repeat(32) });
    expect(findings[3]?.issue_guessed).toBe(true);
    expect(findings[7]?.vulnerability).toEqual({ cve: 'CVE-2025-0001', cvss: 8.1, package: 'openssl', installed_version: '3.0.1', fixed_version: '3.0.9', affected_range: 'Package less than 3.0.9' });
  });

  it('reads what the indexer answers as the same findings', async () => {
    const lines = await readFindings(fixture('wazuh/alerts.json')), search = await readFindings(fixture('wazuh/search.json')), states = await readFindings(fixture('wazuh/states.json'));
    expect([search.format, search.findings.map(({ finding_id }) => finding_id)]).toEqual(['wazuh', [lines.findings[0]?.finding_id]]);
    expect([states.format, states.errors, states.findings[0]?.finding_id]).toEqual(['wazuh', [], lines.findings[7]?.finding_id]);
    expect(states.findings.map(({ entity, severity_reported, discovered_at, vulnerability }) => [entity, severity_reported, discovered_at, vulnerability?.cvss])).toEqual([['web-1', 'high', '2026-02-01T00:00:00Z', 8.1], ['wazuh agent 003', 'unknown', '2026-06-01T00:00:00Z', undefined]]);
  });

  it('reads the API’s list of vulnerabilities, of a package where no agent is named', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('wazuh/vulnerabilities.json'));
    expect([format, records, errors]).toEqual(['wazuh', 3, ['neither an alert (rule.level), nor a vulnerability (cve, vulnerability.id)']]);
    expect(findings.map(({ entity, entity_type, severity_reported, status, vulnerability }) => [entity, entity_type, severity_reported, status, vulnerability?.fixed_version])).toEqual([['libx@1.2', 'package', 'medium', 'open', '1.3'], ['web-1', 'host', 'unknown', 'resolved', undefined]]);
  });

  it.skipIf(!hasSamples)('reads the sample', async () => {
    const { format, records, findings, errors } = await readFindings(sample('wazuh-vuln/1-dd-api-4.7.json'));
    expect([format, records, errors, findings.length, new Set(findings.map(({ issue_type }) => issue_type)).size]).toEqual(['wazuh', 13, [], 13, 1]);
  });
});
