import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

const subscription = '00000000-1111-4222-8333-444444444444';
const vm = `/subscriptions/${subscription}/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm1`;
const storage = `/subscriptions/${subscription}/resourcegroups/rg/providers/microsoft.storage/storageaccounts/acct`;

describe('defender-cloud', () => {
  it('reads an empty list as none', async () => {
    expect(await readFindings(fixture('defender-cloud/zero.json'), 'defender-cloud')).toEqual({ format: 'defender-cloud', records: 0, findings: [], errors: [] });
  });

  it('reads alerts: of which resource, by whom, and what became of them', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('defender-cloud/alerts.json'));
    expect([format, records, errors]).toEqual(['defender-cloud', 5, []]);
    expect(findings[0]).toMatchObject({
      kind: 'detection', source_id: '251_a', entity: vm, entity_type: 'vm', account: subscription, issue_type: 'brute_force', check_id: 'VM_LoginBruteForceSuccess', severity_reported: 'high', status: 'open', discovered_at: '2026-01-02T03:04:05Z',
      attack: ['T1110.001', 'T1078'], observables: { src_ip: '192.0.2.1', country: 'GB', host: 'vm1', user: 'admin' },
    });
    expect(findings.map(({ source_id, entity, entity_type, status, severity_reported }) => [source_id, entity, entity_type, status, severity_reported]).slice(1)).toEqual([
      ['251_b', vm, 'vm', 'suppressed', 'high'], ['251_c', vm, 'vm', 'resolved', 'low'], ['251_d', 'onprem-7', 'host', 'open', 'informational'], ['251_e', vm, 'vm', 'open', 'high'], [`251_e#${vm.replace('vm1', 'vm2')}`, vm.replace('vm1', 'vm2'), 'vm', 'open', 'high'],
    ]);
    expect(findings[3]?.issue_mapped).toBe(false);
  });

  it('reads assessments and what they found, passed, exempt and not applicable ones as such', async () => {
    const { records, findings, errors } = await readFindings(fixture('defender-cloud/assessments.json'));
    expect([records, errors]).toEqual([10, ['status.code: Strange is none of Healthy, Unhealthy, NotApplicable', 'type Microsoft.Security/pricings: neither an alert, an assessment nor a sub-assessment']]);
    expect(findings.map(({ entity, check_id, issue_type, status, severity_reported }) => [entity, check_id, issue_type, status, severity_reported])).toEqual([
      [storage, 'a1', 'public_access', 'open', 'high'], [vm, 'a2', 'open_port', 'passed', 'medium'], [storage, 'a3', 'public_access', 'suppressed', 'high'], [vm, 'a4', 'vulnerable_package', 'resolved', 'low'], ['arn:aws:s3:::exports', 'a5', 'public_access', 'open', 'high'],
      [vm, 'CVE-2025-0001', 'vulnerable_package', 'open', 'high'], ['acme.azurecr.io/shop@sha256:dd', 'x', 'vulnerable_package', 'open', 'medium'], ['acme.azurecr.io/shop@sha256:dd', 'x', 'vulnerable_package', 'open', 'medium'],
      [`/subscriptions/${subscription}/resourcegroups/rg/providers/microsoft.sql/servers/s1/databases/d1`, 'VA2108', 'VA2108', 'passed', 'high'],
    ]);
    expect(findings[5]?.vulnerability).toEqual({ cve: 'CVE-2025-0001', cvss: 8.1, package: 'openssl', installed_version: '3.0.1', fixed_version: '3.0.9' });
    expect(findings.slice(6, 8).map(({ vulnerability }) => vulnerability?.cve)).toEqual(['CVE-2025-0002', 'CVE-2025-0003']);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(findings.length);
  });

  it('reads the table of recommendations', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('defender-cloud/recommendations.csv'));
    expect([format, records, errors]).toEqual(['defender-cloud', 4, ['state: missing is none of Healthy, Unhealthy, NotApplicable']]);
    expect(findings.map(({ entity, issue_type, status, severity_reported }) => [entity, issue_type, status, severity_reported])).toEqual([[storage, 'public_access', 'open', 'medium'], [storage, 'encryption_in_transit_disabled', 'passed', 'medium'], [storage, 'c', 'resolved', 'unknown']]);
    expect(findings[0]).toMatchObject({ entity_type: 'bucket', account: subscription, compliance: ['Manage access and permissions'], discovered_at: '2026-01-02T03:04:05.398840Z' });
  });

  it('gives one recommendation the same id from the API and the table', async () => {
    const [api, table] = await Promise.all(['assessments.json', 'recommendations.csv'].map((name) => readFindings(fixture(`defender-cloud/${name}`))));
    expect(api?.findings[0]?.finding_id).toBe(table?.findings[0]?.finding_id);
  });

  it.skipIf(!hasSamples)('reads the samples', async () => {
    expect(await readFindings(sample('ms-defender-cloud/1-azure-spec-alerts.json'))).toMatchObject({ format: 'defender-cloud', records: 1, errors: [], findings: [{ issue_type: 'execution', attack: ['T1059.001', 'T1059.006', 'T1053.002', 'T1072'] }] });
    const { records, findings } = await readFindings(sample('ms-defender-cloud/2-dd-recommendations-csv.csv'));
    expect([records, findings.map(({ status }) => status)]).toEqual([4, ['open', 'passed', 'open', 'open']]);
  });
});
