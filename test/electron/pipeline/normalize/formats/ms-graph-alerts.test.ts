import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, only, readFindings, sample } from './read-findings.ts';

const tenant = '00000000-aaaa-4bbb-8ccc-000000000001';
const vm = '/subscriptions/00000000-1111-4222-8333-444444444444/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm1';

describe('ms-graph-alerts', () => {
  it('reads an empty list as none', async () => {
    expect(await readFindings(fixture('ms-graph-alerts/zero.json'))).toEqual({ format: 'ms-graph-alerts', records: 0, findings: [], errors: [] });
  });

  it('reads an alert: about which host, by whom, from when to when', async () => {
    const { format, records, findings } = await readFindings(fixture('ms-graph-alerts/one.json'));
    expect([format, records, findings.length]).toEqual(['ms-graph-alerts', 1, 1]);
    expect(findings[0]).toMatchObject({
      source_id: 'da1', kind: 'detection', entity: 'ws-7.acme.example', entity_type: 'host', aliases: ['ws-7', 'm1'], issue_type: 'execution', issue_mapped: true, severity_reported: 'high', status: 'open', discovered_at: '2026-02-03T04:05:06.123456Z',
      attack: ['T1059.001'], observables: { user: 'dana@acme.example', dst_ip: '198.51.100.9', host: 'ws-7.acme.example', process: 'powershell.exe -enc AAAA', file_hash: 'ab'.repeat(32) },
    });
    expect(findings[0]?.updated_us).toBe(Date.UTC(2026, 1, 3, 4, 7, 8) * 1000);
    expect(findings[0]?.evidence).toContain('command: powershell.exe -enc AAAA');
  });

  it('tells hosts, cloud resources, users and mailboxes, and who was acted upon from who acted', async () => {
    const { findings, errors, records } = await readFindings(fixture('ms-graph-alerts/alerts.json'));
    expect([records, errors]).toEqual([10, ['id: missing', 'evidence: nothing names what the alert is about, and tenantId is missing']]);
    expect(findings.map(({ source_id, entity, entity_type, account, issue_type, severity_reported, status }) => [source_id, entity, entity_type, account, issue_type, severity_reported, status])).toEqual([
      ['da1', 'ws-7.acme.example', 'host', undefined, 'execution', 'high', 'open'],
      ['da2', 'ws-7.acme.example', 'host', undefined, 'malware', 'low', 'resolved'], ['da2#ws-8.acme.example', 'ws-8.acme.example', 'host', undefined, 'malware', 'low', 'resolved'],
      ['da3', 'srv-1.acme.example', 'host', undefined, 'lateral_movement', 'medium', 'open'],
      ['da4', vm, 'vm', '00000000-1111-4222-8333-444444444444', 'execution', 'medium', 'open'],
      ['da5', 'arn:aws:s3:::acme-exports', 'bucket', '111122223333', 'reconnaissance', 'informational', 'open'],
      ['da6', '//compute.googleapis.com/projects/acme-dev/zones/europe-west1-b/instances/vm-9', 'vm', 'acme-dev', 'suspicious_login', 'medium', 'open'],
      ['da7', 'erin@acme.example', 'user', undefined, 'suspicious_login', 'medium', 'suppressed'],
      ['da8', 'finn@acme.example', 'user', undefined, 'InitialAccess', 'medium', 'suppressed'],
    ]);
    expect(only(findings, ({ source_id }) => source_id === 'da7').observables).toEqual({ user: 'erin@acme.example', src_ip: '203.0.113.5', country: 'FR' });
    expect(only(findings, ({ source_id }) => source_id === 'da8').observables).toEqual({ user: 'finn@acme.example', domain: 'bad.example' });
  });

  it('reads what SIEMs keep, a broken line costs only itself, and an alert about nothing named is its tenant’s', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('ms-graph-alerts/siem.ndjson'));
    expect([format, records, errors.length]).toEqual(['ms-graph-alerts', 3, 1]);
    expect(findings.map(({ entity, entity_type, issue_type, issue_guessed, status }) => [entity, entity_type, issue_type, issue_guessed, status])).toEqual([
      ['gil@acme.example', 'user', 'brute_force', undefined, 'open'], [tenant, 'account', 'suspicious_login', undefined, 'resolved'],
    ]);
    expect(findings[0]?.observables?.src_ip).toBe('203.0.113.8');
  });

  it('reads incidents by their alerts, and those without by what they say themselves', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('ms-graph-alerts/incidents.json'));
    expect([format, records, errors]).toEqual(['ms-graph-alerts', 3, ['alerts: not expanded, and tenantId is missing: nothing says what the incident is about']]);
    expect(findings.map(({ source_id, entity, status }) => [source_id, entity, status])).toEqual([['da1', 'ws-7.acme.example', 'open'], ['da3', 'srv-1.acme.example', 'open'], ['incident 78', tenant, 'resolved']]);
    expect(findings[0]?.finding_id).toBe((await readFindings(fixture('ms-graph-alerts/one.json'))).findings[0]?.finding_id);
  });

  it('reads alerts of Defender for Endpoint’s own API', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('ms-graph-alerts/endpoint.json'));
    expect([format, records, errors]).toEqual(['ms-graph-alerts', 2, []]);
    expect(findings.map(({ source_id, entity, issue_type, severity_reported, status }) => [source_id, entity, issue_type, severity_reported, status])).toEqual([['da637_1', 'ws-7.acme.example', 'malware', 'high', 'open'], ['da637_2', 'm8', 'Odd', 'informational', 'suppressed']]);
    expect(findings[0]).toMatchObject({ discovered_at: '2026-02-03T04:05:06Z', attack: ['T1059.001'], observables: { user: 'ACME\\dana', host: 'ws-7.acme.example', process: 'a.exe -x', file_hash: 'ab'.repeat(32) } });
    // Which way it went is not told.
    expect(findings[0]?.observables?.src_ip).toBeUndefined();
    expect(findings[0]?.evidence).toContain('ip: 198.51.100.9');
  });

  it.skipIf(!hasSamples)('reads the samples', async () => {
    const { format, errors, findings } = await readFindings(sample('ms-graph-alerts-v2/1-panther.ndjson'));
    expect([format, errors, findings.map(({ entity_type, issue_type, severity_reported, status }) => [entity_type, issue_type, severity_reported, status])]).toEqual(['ms-graph-alerts', [], [
      ['user', 'suspicious_login', 'medium', 'open'], ['user', 'brute_force', 'high', 'open'], ['account', 'suspicious_login', 'high', 'resolved'], ['account', 'Informational signal', 'informational', 'open'],
    ]]);
  });
});
