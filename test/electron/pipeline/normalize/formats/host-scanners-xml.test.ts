import { describe, expect, it } from 'vitest';
import type { Finding } from '#shared/model/finding.ts';
import { fixture, readText } from './read-fixture.ts';

const told = (f: Finding) => [f.check_id, f.kind, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported, f.status, f.vulnerability?.cve];
const ids = (findings: readonly Finding[]): readonly string[] => findings.map((f) => f.finding_id);

describe('nessus', () => {
  it('reads items with their CVEs, what was only gathered and audits', async () => {
    const { format, records, findings, errors } = await fixture('nessus/many.nessus');
    expect([format, records, errors]).toEqual(['nessus', 6, ['Plugin ID: missing']]);
    expect(findings.map(told)).toEqual([
      ['1001', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0001'], ['1001', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0002'], ['1002', 'posture', 'unmapped', 'informational', 'open', undefined],
      ['1003', 'posture', 'stale_credential', 'medium', 'open', undefined], ['21157', 'posture', 'logging_disabled', 'unknown', 'open', undefined], ['21157', 'posture', 'unmapped', 'unknown', 'passed', undefined],
    ]);
    expect(findings[0]).toMatchObject({
      entity: '192.0.2.7', entity_type: 'host', aliases: ['web.shop.example', 'WEB', 'i-0aa00000000000007'], title: 'Old server', description: 'The server is old & has known holes.\nIt should not be reachable.', discovered_at: '2024-03-18T10:46:31Z', updated_us: 1_710_762_391_000_000,
      evidence: ['VPR: 8.9', 'output: Installed version : 1.0\n  Fixed version     : 2.0', 'solution: Update', 'exploit available: Metasploit, CANVAS'], vulnerability: { cvss: 9.3, epss: 0.5 }, observables: { host: '192.0.2.7', port: 8080, protocol: 'tcp' },
    });
    expect(findings[4]).toMatchObject({ title: '1.2 Ensure the log is kept', compliance: ['800-53: AU-2', 'CSCv7: 6.2'], evidence: ['output: value: off; required: on', 'solution: Turn it on'] });
  });
  it('gives the findings of the CSV of the same scan', async () => {
    const xml = await fixture('nessus/many.nessus'), csv = await fixture('nessus-csv/many.csv');
    expect(ids(xml.findings).slice(0, 4)).toEqual(ids(csv.findings));
    const audit = await readText('Plugin ID,CVE,Risk,Host,Protocol,Port,Name,Description\n21157,,FAILED,192.0.2.7,tcp,0,Unix Compliance Checks,"""1.2 Ensure the log is kept"" : [FAILED]\n\nIt tells who did what."');
    expect(ids(audit.findings)).toEqual([xml.findings[4]?.finding_id]);
  });
  it('calls a web application by its host', async () => {
    const { findings } = await fixture('nessus/one-web.nessus');
    expect(findings).toMatchObject([{ entity: 'shop.example', aliases: ['https://Shop.example/'], severity_reported: 'high', discovered_at: '2024-03-12T12:34:30.120310Z', observables: { port: 443 } }]);
  });
  it('refuses items of a host without a name', async () => {
    const { records, errors } = await readText('<NessusClientData_v2><Report><ReportHost><ReportItem port="1" pluginID="1" severity="1"/></ReportHost></Report></NessusClientData_v2>');
    expect([records, errors]).toEqual([1, ['ReportHost: its name is missing']]);
  });
});

describe('openvas', () => {
  it('reads results: tests with and without CVEs, overrides, false positives', async () => {
    const { format, records, findings, errors } = await fixture('openvas/many.xml');
    expect([format, records, errors]).toEqual(['openvas', 6, ['IP: missing']]);
    expect(findings.map((f) => [...told(f).slice(1), f.vulnerability?.epss])).toEqual([
      ['vulnerability', 'vulnerable_package', 'high', 'open', 'CVE-2024-0003', undefined], ['vulnerability', 'vulnerable_package', 'high', 'open', 'CVE-2024-0004', undefined], ['vulnerability', 'vulnerable_package', 'low', 'open', 'CVE-2024-0005', undefined],
      ['posture', 'unmapped', 'low', 'open', undefined, undefined], ['posture', 'unmapped', 'informational', 'open', undefined, undefined], ['posture', 'unmapped', 'unknown', 'suppressed', undefined, undefined],
    ]);
    expect(findings[0]).toMatchObject({ entity: '192.0.2.9', aliases: ['db.shop.example'], discovered_at: '2024-03-18T10:46:31Z', updated_us: Date.UTC(2024, 2, 19, 10, 46, 31) * 1000, description: 'It lacks an update', evidence: ['result: version 1', 'quality of detection: 80', 'solution: Update'], vulnerability: { cvss: 9.8 }, observables: { port: 445 } });
    expect(findings[2]).toMatchObject({ observables: { port: 22, protocol: 'tcp' }, evidence: ['result: version 2', 'quality of detection: 97', 'solution: Update', 'overridden: High to Low: Only from inside'] });
    expect(findings[3]?.discovered_at).toBe('2024-03-18T10:41:00Z');
  });
  it('gives the findings of the CSV of the same report', async () => {
    const [xml, csv] = [await fixture('openvas/many.xml'), await fixture('openvas-csv/many.csv')], of = (findings: readonly Finding[], check: string) => ids(findings.filter((f) => f.check_id.endsWith(`.${check}`)));
    for (const check of ['1', '2', '4']) expect(of(xml.findings, check)).toEqual(of(csv.findings, check));
  });
  it('reads the answer of get_results, and no other report', async () => {
    const result = '<result id="1"><name>x</name><host>192.0.2.1</host><port>1/tcp</port><nvt oid="1.2"><name>x</name></nvt><threat>High</threat><report id="2"/><task id="3"/></result>';
    expect(await readText(`<get_results_response status="200">${result}${result.replace('>x<', '>y<')}</get_results_response>`)).toMatchObject({ format: 'openvas', records: 2, errors: [] });
    expect((await readText('<report><results><result name="unit tests"/></results></report>')).format).toBeUndefined();
  });
});

describe('qualys', () => {
  it('reads a report of assets with its glossary, as the CSV of the same report', async () => {
    const { format, records, findings, errors } = await fixture('qualys/many-assets.xml');
    expect([format, records, errors]).toEqual(['qualys', 5, ['QID: missing']]);
    expect(findings.map(told)).toEqual([
      ['91762', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0006'], ['91762', 'vulnerability', 'vulnerable_package', 'critical', 'open', 'CVE-2024-0007'], ['105971', 'posture', 'end_of_life', 'high', 'resolved', undefined],
      ['38170', 'posture', 'unmapped', 'low', 'open', undefined], ['6', 'posture', 'unmapped', 'informational', 'open', undefined],
    ]);
    expect(findings[0]).toMatchObject({ entity: '192.0.2.10', aliases: ['app.shop.example', 'APP'], title: 'Update missing', discovered_at: '2024-05-13T07:08:28Z', updated_us: Date.UTC(2024, 4, 25, 7, 36, 58) * 1000, vulnerability: { cvss: 8.1 } });
    expect(ids(findings)).toEqual(ids((await fixture('qualys-csv/many.csv')).findings));
  });
  it('reads detections of the API by their QIDs', async () => {
    const { records, findings, errors } = await fixture('qualys/many-detections.xml');
    expect([records, errors, findings.map((f) => [...told(f), f.title])]).toEqual([4, [], [
      ['91762', 'posture', 'unmapped', 'critical', 'open', undefined, 'QID 91762'], ['38170', 'posture', 'unmapped', 'low', 'suppressed', undefined, 'QID 38170'], ['6', 'posture', 'unmapped', 'informational', 'open', undefined, 'QID 6'], ['7', 'posture', 'unmapped', 'medium', 'resolved', undefined, 'QID 7'],
    ]]);
    expect(findings[0]?.aliases).toEqual(['app.shop.example', 'i-0aa00000000000010']);
  });
  it('reads a scan', async () => {
    const { findings, errors } = await fixture('qualys/one-scan.xml');
    expect([errors, findings.map(told)]).toEqual([[], [['6', 'posture', 'unmapped', 'informational', 'open', undefined], ['38170', 'vulnerability', 'vulnerable_package', 'low', 'open', 'CVE-2024-0008']]]);
    expect(findings[1]).toMatchObject({ entity: '192.0.2.10', aliases: ['app.shop.example'], discovered_at: '2024-05-13T07:08:28Z', observables: { port: 443, protocol: 'tcp' }, description: 'Weak' });
  });
});

it.each([['nessus', 'zero.nessus'], ['openvas', 'zero.xml'], ['qualys', 'zero.xml']])('a report of %s without records has none, and no error', async (name, file) => expect(await fixture(`${name}/${file}`)).toMatchObject({ format: name, records: 0, errors: [] }));
