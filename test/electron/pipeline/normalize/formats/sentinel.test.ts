import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

const subscription = '/subscriptions/00000000-1111-4222-8333-444444444444', account = '00000000-1111-4222-8333-444444444444';
const vm = `${subscription}/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm1`;
const name = (n: number): string => `11111111-0000-4000-8000-00000000000${n}`;

describe('sentinel', () => {
  it('reads a table without rows as none', async () => {
    expect(await readFindings(fixture('sentinel/zero.json'))).toEqual({ format: 'sentinel', records: 0, findings: [], errors: [] });
  });

  it('reads incidents, with what became of them', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('sentinel/incidents.json'));
    expect([format, records, errors]).toEqual(['sentinel', 5, ['title: missing']]);
    expect(findings.map(({ source_id, entity, entity_type, issue_type, issue_guessed, severity_reported, status }) => [source_id, entity, entity_type, issue_type, issue_guessed, severity_reported, status])).toEqual([
      [name(1), subscription, 'account', 'brute_force', undefined, 'medium', 'open'], [name(2), subscription, 'account', 'brute_force', undefined, 'high', 'suppressed'],
      [name(3), subscription, 'account', 'brute_force', undefined, 'informational', 'resolved'], [name(4), subscription, 'account', 'persistence', undefined, 'low', 'suppressed'],
    ]);
    expect(findings[0]).toMatchObject({ check_id: 'rule-1', account, attack: ['T1110'], discovered_at: '2026-02-03T04:05:06.500Z', evidence: ['an incident (number 1) of 2 alerts', 'detected by: Azure Sentinel', 'address: https://portal.example/x'] });
    expect(findings[1]?.evidence).toContain('classification: BenignPositive, SuspiciousButExpected');
  });

  it('reads an incident’s row of the table as the same finding', async () => {
    const { format, findings } = await readFindings(fixture('sentinel/incidents.csv')), api = await readFindings(fixture('sentinel/incidents.json'));
    expect([format, findings.map(({ finding_id, entity, status, issue_type }) => [finding_id, entity, status, issue_type])]).toEqual(['sentinel', [[api.findings[0]?.finding_id, subscription, 'suppressed', 'brute_force']]]);
  });

  it.each([['alerts-table.json', 4], ['alerts-rows.json', 3], ['alerts.csv', 4]])('reads the table of alerts: %s', async (file, count) => {
    const { format, records, findings, errors } = await readFindings(fixture(`sentinel/${file}`));
    expect([format, records, errors]).toEqual(['sentinel', count, count === 4 ? ['neither an incident nor an alert (SystemAlertId and AlertName, or IncidentNumber and Title, are missing)'] : []]);
    expect(findings.map(({ source_id, entity, entity_type, issue_type, severity_reported, status }) => [source_id, entity, entity_type, issue_type, severity_reported, status])).toEqual([
      ['t1', vm, 'vm', 'execution', 'high', 'open'], ['t2', 'finn@acme.example', 'user', 'suspicious_login', 'medium', 'suppressed'], ['t3', subscription, 'account', 'w_r', 'low', 'resolved'],
    ]);
    expect(findings[0]?.observables).toEqual({ user: 'ACME\\erin', host: 'VM1', process: 'a.exe /x', file_hash: 'ab'.repeat(32) });
    expect(findings[1]?.observables).toEqual({ user: 'finn@acme.example', src_ip: '203.0.113.7', country: 'BR' });
    expect(findings[0]?.discovered_at).toMatch(/^2026-02-03T04:05:06\.123/);
  });

  it('reads the alerts among an incident’s entities, which tell what they are about', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('sentinel/incident-entities.json'));
    expect([format, records, errors, findings.map(({ source_id, entity, issue_type }) => [source_id, entity, issue_type])]).toEqual(['sentinel', 1, [], [['sa-1', 'srv-1.acme.example', 'execution']]]);
    expect(findings[0]?.observables).toEqual({ user: 'dana@acme.example', src_ip: '203.0.113.4', host: 'srv-1' });
    const alone = await readFindings(fixture('sentinel/incident-alerts.json'));
    expect(alone.findings.map(({ entity, finding_id }) => [entity, finding_id])).toEqual([[subscription, findings[0]?.finding_id]]);
    expect(alone.findings[0]?.evidence).toEqual(['detected by: Azure Sentinel']);
  });

  it('reads what an automation rule sends', async () => {
    const { format, findings } = await readFindings(fixture('sentinel/automation-rule.json'));
    expect([format, findings.map(({ source_id, entity }) => [source_id, entity])]).toEqual(['sentinel', [['sa-9', 'srv-9']]]);
  });

  it.skipIf(!hasSamples)('reads the samples', async () => {
    expect(await readFindings(sample('ms-sentinel/1-azure-spec-incident.json'))).toMatchObject({ format: 'sentinel', records: 1, errors: [], findings: [{ entity: '/subscriptions/d0cfe6b2-9ac0-4464-9919-dccaee2e48c0', status: 'suppressed', severity_reported: 'high' }] });
    expect(await readFindings(sample('ms-sentinel/2-azure-spec-incident-alerts.json'))).toMatchObject({ format: 'sentinel', records: 1, errors: [], findings: [{ entity: '/subscriptions/bd794837-4d29-4647-9105-6339bfdb4e6a', issue_type: 'myAlert', status: 'open', severity_reported: 'low' }] });
  });
});
