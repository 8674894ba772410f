import { describe, expect, it } from 'vitest';
import type { Finding } from '#shared/model/finding.ts';
import { fixture, readText } from './read-fixture.ts';
import { hasSamples, readFindings, sample } from './read-findings.ts';

const told = (f: Finding) => [f.check_id, f.kind, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported, f.status, f.vulnerability?.cve];

describe('nessus-csv', () => {
  it('reads a row for each CVE, and checks without one by their names', async () => {
    const { format, records, findings, errors } = await fixture('nessus-csv/many.csv');
    // A row without any value is no record.
    expect([format, records, errors]).toEqual(['nessus-csv', 5, ['Plugin ID: missing']]);
    expect(findings.map(told)).toEqual([
      ['1001', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0001'], ['1001', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0002'], ['1002', 'posture', 'unmapped', 'informational', 'open', undefined], ['1003', 'posture', 'stale_credential', 'medium', 'open', undefined],
    ]);
    expect(findings[0]).toMatchObject({ entity: '192.0.2.7', entity_type: 'host', title: 'Old server', description: 'Long\ntext', evidence: ['output: version 1', 'solution: Update', 'exploit available: Metasploit, CANVAS'], vulnerability: { cvss: 9.8, epss: 0.5 }, observables: { host: '192.0.2.7', port: 8080, protocol: 'tcp' } });
    expect(findings[2]?.observables).toEqual({ host: '192.0.2.7', protocol: 'tcp' });
  });
  it('reads Security Center’s rows, with all CVEs in one', async () => {
    const { format, findings } = await fixture('nessus-csv/security-center.csv');
    expect([format, findings.map(told)]).toEqual(['nessus-csv', ['CVE-2013-2566', 'CVE-2015-2808'].map((cve) => ['2001', 'vulnerability', 'vulnerable_package', 'high', 'open', cve])]);
    expect(findings[0]).toMatchObject({ entity: '192.0.2.8', aliases: ['web.shop.example', 'WEB'], discovered_at: '2024-01-05T17:24:08Z', updated_us: Date.UTC(2024, 1, 5, 17, 24, 8) * 1000, vulnerability: { cvss: 5.9 } });
  });
});

describe('nessus-csv of Vulnerability Management', () => {
  it('reads the state, the times and the scores by its own columns', async () => {
    const { format, findings } = await readText(`Plugin ID,CVE,Risk,Host,Protocol,Port,Name,IP Address,NetBios,CVSS Base Score,CVSS3 Base Score,Vulnerability State,First Found,Last Found
3001,CVE-2024-0008,High,web1,tcp,443,Old web server,192.0.2.11,WEB1,7.5,9.1,Fixed,2024-01-02T03:04:05Z,2024-02-02T03:04:05Z
3001,CVE-2024-0009,High,web1,tcp,443,Old web server,192.0.2.11,WEB1,7.5,,Resurfaced,2024-01-02T03:04:05Z,
`);
    expect(format).toBe('nessus-csv');
    expect(findings).toMatchObject([
      { entity: 'web1', aliases: ['WEB1', '192.0.2.11'], status: 'resolved', discovered_at: '2024-01-02T03:04:05Z', updated_us: Date.UTC(2024, 1, 2, 3, 4, 5) * 1000, vulnerability: { cvss: 9.1 } }, { status: 'open', vulnerability: { cvss: 7.5 } },
    ]);
  });
});

it('nessus-csv reads the Findings page’s columns, all CVEs in a row', async () => {
  const { format, records, findings, errors } = await readText(`asset.display_ipv4_address,asset.name,asset.display_fqdn,definition.id,definition.name,definition.cve,definition.severity,definition.cvss3.base_score,severity,state,port,protocol,output,first_observed,last_seen
192.0.2.20,web2,web2.shop.example,3002,Old server,"CVE-2024-0010,CVE-2024-0011",Critical,9.8,High,ACTIVE,443,TCP,version 1,2024-01-02T03:04:05.000Z,2024-02-02T03:04:05Z
192.0.2.21,web3,,3003,Certificate has expired,,Medium,,Medium,FIXED,0,TCP,,2024-01-02T03:04:05Z,
`);
  expect([format, records, errors, findings.map(told)]).toEqual(['nessus-csv', 2, [], [
    ['3002', 'vulnerability', 'vulnerable_package', 'high', 'open', 'CVE-2024-0010'], ['3002', 'vulnerability', 'vulnerable_package', 'high', 'open', 'CVE-2024-0011'], ['3003', 'posture', 'stale_credential', 'medium', 'resolved', undefined],
  ]]);
  expect(findings[0]).toMatchObject({ entity: 'web2.shop.example', aliases: ['web2', '192.0.2.20'], discovered_at: '2024-01-02T03:04:05Z', updated_us: Date.UTC(2024, 1, 2, 3, 4, 5) * 1000, evidence: ['output: version 1'], vulnerability: { cvss: 9.8 }, observables: { port: 443, protocol: 'tcp' } });
});

it('nessus-csv tells the checks of an audit apart: what passed is not open, what a person has to check has no weight', async () => {
  const row = (verdict: string, check: string) => `21157,,${verdict},web1,tcp,0,Unix Compliance Checks,"""${check}"" : [${verdict}]\n\nWhy it matters."`;
  const { findings } = await readText(['Plugin ID,CVE,Risk,Host,Protocol,Port,Name,Description', row('PASSED', '1.1 Ensure cramfs is disabled'), row('FAILED', '1.2 Ensure the root user has ""MFA"": enabled'), row('WARNING', '1.3 Look at the owners')].join('\n'));
  expect(findings.map((f) => [f.title, f.severity_reported, f.status])).toEqual([['1.1 Ensure cramfs is disabled', 'unknown', 'passed'], ['1.2 Ensure the root user has "MFA": enabled', 'unknown', 'open'], ['1.3 Look at the owners', 'informational', 'open']]);
  expect(new Set(findings.map((f) => f.finding_id)).size).toBe(3);
});

it('a table with JSON in its cells is a table', async () => {
  const { format, records, findings } = await readText('Plugin ID,CVE,Risk,Host,Name,Plugin Output\n1,,None,web1,Answer of the server,"{\n  ""a"": [1, 2]\n}\n[1, 2]"\n2,,Low,web1,Old,"{""runs"": []}"\n');
  expect([format, records, findings.map((f) => f.check_id)]).toEqual(['nessus-csv', 2, ['1', '2']]);
});

describe('openvas-csv', () => {
  it('reads results with and without CVEs; a probability of several is no one’s', async () => {
    const { format, records, findings, errors } = await fixture('openvas-csv/many.csv');
    expect([format, records, errors]).toEqual(['openvas-csv', 5, ['IP: missing']]);
    expect(findings.map((f) => [...told(f).slice(1), f.vulnerability?.epss])).toEqual([
      ['vulnerability', 'vulnerable_package', 'high', 'open', 'CVE-2024-0003', undefined], ['vulnerability', 'vulnerable_package', 'high', 'open', 'CVE-2024-0004', undefined], ['vulnerability', 'vulnerable_package', 'high', 'open', 'CVE-2024-0005', 0.4],
      ['posture', 'unmapped', 'low', 'open', undefined, undefined], ['posture', 'unmapped', 'informational', 'open', undefined, undefined],
    ]);
    expect(findings[0]).toMatchObject({ entity: '192.0.2.9', aliases: ['db.shop.example'], check_id: '1.3.6.1.4.1.25623.1.0.1', discovered_at: '2024-03-18T10:46:31Z', evidence: ['result: version 1', 'quality of detection: 80', 'solution: Update'], vulnerability: { cvss: 9.8 }, observables: { port: 445 } });
  });
});

describe('qualys-csv', () => {
  it('reads levels, states, potential ones and what was only gathered', async () => {
    const { format, records, findings, errors } = await fixture('qualys-csv/many.csv');
    expect([format, records, errors]).toEqual(['qualys-csv', 5, ['IP: missing']]);
    expect(findings.map(told)).toEqual([
      ['91762', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0006'], ['91762', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0007'], ['105971', 'posture', 'end_of_life', 'high', 'resolved', undefined],
      ['38170', 'posture', 'unmapped', 'low', 'open', undefined], ['6', 'posture', 'unmapped', 'informational', 'open', undefined],
    ]);
    expect(findings[0]).toMatchObject({ entity: '192.0.2.10', aliases: ['app.shop.example', 'APP'], discovered_at: '2024-05-13T07:08:28Z', vulnerability: { cvss: 8.1 } });
    expect(findings[3]?.evidence).toContain('a potential vulnerability, not confirmed by the tool');
  });
});

describe('qualys-csv as it is downloaded', () => {
  const row = '"192.0.2.12","web.shop.example","host scanned, found vuln","70001","Old web server","Active","Vuln","4","05/13/2024 07:08:28"';
  const before = '"Vulnerability report","05/25/2024 at 07:36:58 (GMT)"\n"Shop","Street 1","Town"\n"Total Hosts","Total Vulnerabilities"\n"2","1"\n\n"IP","Total Vulnerabilities"\n"192.0.2.12","1"\n\n';
  const header = '"IP","DNS","IP Status","QID","Title","Vuln Status","Type","Severity","First Detected"';
  it('is read from where its table begins; a host without a weakness is no finding and no error', async () => {
    const { format, records, findings, errors } = await readText(`${before}${header}\n${row}\n"192.0.2.13","","host scanned, no vuln","","","","","",""\n"192.0.2.14","","host scanned, found vuln","","Title","","","",""\n`);
    expect([format, records, errors]).toEqual(['qualys-csv', 3, ['QID: missing']]);
    expect(findings).toMatchObject([{ entity: '192.0.2.12', check_id: '70001', severity_reported: 'high', discovered_at: '2024-05-13T07:08:28Z' }]);
  });
  it('is told by its table whatever delimiter the rows before it seem to have', async () => {
    const { format, findings } = await readText(`Report, all hosts, with details\n${`${header}\n${row}`.replaceAll('","', '";"')}\n`);
    expect([format, findings.map((f) => f.entity)]).toEqual(['qualys-csv', ['192.0.2.12']]);
  });
});

it.each(['nessus-csv', 'openvas-csv', 'qualys-csv'])('a report of %s without rows has no record and no error', async (name) => expect(await fixture(`${name}/zero.csv`)).toMatchObject({ format: name, records: 0, errors: [] }));
it.skipIf(!hasSamples).each([['nessus/1-dd-securitycenter-csv.csv', 'nessus-csv', 4], ['nessus/2-dd-template-csv.csv', 'nessus-csv', 5], ['openvas/1-dd-csv.csv', 'openvas-csv', 1], ['qualys/1-dd-vm-csv.csv', 'qualys-csv', 6]])('reads the sample %s', async (path, format, records) => {
  const read = await readFindings(sample(path));
  expect([read.format, read.records, read.errors]).toEqual([format, records, []]);
});
