import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

describe('suricata', () => {
  it('reads a log without alerts as none, each event a record', async () => {
    expect(await readFindings(fixture('suricata/no-alerts.json'))).toEqual({ format: 'suricata', records: 1, findings: [], errors: [] });
  });

  it('reads alerts: of which host, what was done to it or by it; other events are passed over and broken lines cost themselves', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('suricata/eve.ndjson'));
    expect([format, records, errors]).toEqual(['suricata', 15, ['not JSON', 'alert.signature: missing, and no signature_id', 'no readable time: "soon"', 'the file ends inside this record (truncated)']]);
    expect(findings.map(({ title, entity, entity_type, issue_type, issue_mapped, severity_reported }) => [title, entity, entity_type, issue_type, issue_mapped, severity_reported])).toEqual([
      ['ET MALWARE Bad checkin', '10.0.0.7', 'host', 'command_and_control', true, 'critical'], ['ET WEB_SERVER Odd request', '10.0.0.80', 'host', 'execution', true, 'high'], ['ET SCAN Many ports', '10.0.0.80', 'host', 'port_scan', true, 'low'],
      ['ET ATTACK_RESPONSE id returned root', '10.0.0.7', 'host', 'policy_violation', true, 'medium'], ['ET POLICY Package manager', '10.0.0.7', 'host', 'Not Suspicious Traffic', false, 'low'],
      ['SURICATA STREAM odd', '2001:db8::2', 'ip', 'Generic Protocol Command Decode', false, 'low'], ['Own rule: brute force on SSH', '198.51.100.5', 'ip', 'brute_force', true, 'informational'],
      ['ET TROJAN Inside', '10.0.0.5', 'host', 'malware', true, 'high'], ['Found a tool', '10.0.0.80', 'host', 'brute_force', true, 'medium'],
    ]);
    expect(findings[0]).toMatchObject({ check_id: '1:2000001', discovered_at: '2026-02-03T04:05:06.123456Z', attack: ['T1071'], observables: { src_ip: '10.0.0.7', dst_ip: '203.0.113.4', port: 80, protocol: 'http', domain: 'bad.example', user_agent: 'x/1' } });
    expect(findings[0]?.evidence).toContain('flow: 10.0.0.7:40000 to 203.0.113.4:80');
    expect(findings[1]).toMatchObject({ observables: { src_ip: '198.51.100.9', dst_ip: '10.0.0.80', port: 443, domain: 'shop.example' } });
    expect(findings[1]?.evidence).toContain('action: blocked');
    // The packet that matched was an answer.
    expect(findings[3]).toMatchObject({ observables: { src_ip: '10.0.0.7', dst_ip: '198.51.100.20', port: 80 } });
    expect(findings[6]?.issue_guessed).toBe(true);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(findings.length);
  });

  it('reads a list of events as the same findings', async () => {
    const { format, findings } = await readFindings(fixture('suricata/array.json')), lines = await readFindings(fixture('suricata/eve.ndjson'));
    expect([format, findings.map(({ finding_id }) => finding_id)]).toEqual(['suricata', lines.findings.slice(0, 2).map(({ finding_id }) => finding_id)]);
  });

  it.skipIf(!hasSamples)('reads the samples', async () => {
    const { format, records, findings, errors } = await readFindings(sample('suricata-eve/1-surevego.ndjson'));
    expect([format, records, findings.length, errors]).toEqual(['suricata', 266, 68, []]);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(68);
    expect(findings[0]).toMatchObject({ entity: '172.17.0.2', severity_reported: 'low', discovered_at: '2017-01-30T15:12:36.066011Z' });
    const broken = await readFindings(sample('suricata-eve/2-surevego-broken.ndjson'));
    expect([broken.format, broken.findings.length, broken.errors.length]).toEqual(['suricata', 68, 6]);
  });
});
