import { describe, expect, it } from 'vitest';
import { fixture, readFindings } from './read-findings.ts';

const user = 'arn:aws:iam::111122223333:user/erin';

describe('elastic', () => {
  it('reads an answer without hits as none', async () => {
    expect(await readFindings(fixture('elastic/zero.json'))).toEqual({ format: 'elastic', records: 0, findings: [], errors: [] });
  });

  it('reads alerts with flat and nested keys, as fields and of old versions; alerts of operations are passed over', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('elastic/search.json'));
    expect([format, records, errors]).toEqual(['elastic', 5, []]);
    expect(findings.map(({ source_id, entity, entity_type, issue_type, severity_reported, status, discovered_at }) => [source_id, entity, entity_type, issue_type, severity_reported, status, discovered_at])).toEqual([
      ['u1', 'ws-7', 'host', 'execution', 'high', 'open', '2026-02-03T04:05:06.123Z'], ['u2', user, 'user', 'persistence', 'low', 'suppressed', '2026-02-03T04:06:00Z'],
      ['l3', 'srv-1', 'host', 'brute_force', 'medium', 'resolved', '2021-02-03T04:05:06Z'], ['u1', 'ws-7', 'host', 'execution', 'high', 'open', '2026-02-03T04:05:06.123Z'],
    ]);
    expect(findings[0]).toMatchObject({ check_id: 'rule-1', title: 'Shell of an office program', aliases: ['h7'], attack: ['T1059.001'], observables: { user: 'ACME\\dana', host: 'ws-7', process: 'powershell -enc x', file_hash: 'ab'.repeat(32) } });
    expect(findings[1]).toMatchObject({ account: '111122223333', region: 'us-east-1', attack: ['T1098'], observables: { user: 'erin', src_ip: '203.0.113.9', country: 'FR', access_key: 'AKIAEXAMPLE000000001', api: 'CreateAccessKey' } });
    expect(findings[3]).toMatchObject({ finding_id: findings[0]?.finding_id, attack: ['T1059.001'] });
  });

  it('reads alerts of other products in Elastic’s schema; what is no alert and broken lines are quarantined', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('elastic/ecs.ndjson'));
    expect([format, records, errors]).toEqual(['elastic', 5, ['malformed JSON', 'event.kind event: no alert', 'host.name: missing, and neither a cloud resource, a user nor an address is named']]);
    expect(findings.map(({ entity, entity_type, issue_type, severity_reported, title }) => [entity, entity_type, issue_type, severity_reported, title])).toEqual([
      ['10.0.0.7', 'host', 'malware', 'high', 'ET MALWARE Trojan checkin'], ['ws-8', 'host', 'malware', 'critical', 'Malware Prevention Alert'],
    ]);
    expect(findings[0]?.observables).toEqual({ src_ip: '10.0.0.7', dst_ip: '203.0.113.4', port: 443, protocol: 'tls' });
  });

  it('reads a table of Discover as the same alert', async () => {
    const { format, findings, errors } = await readFindings(fixture('elastic/discover.csv')), search = await readFindings(fixture('elastic/search.json'));
    expect([format, errors, findings.map(({ finding_id, entity, issue_type, status }) => [finding_id, entity, issue_type, status])]).toEqual(['elastic', [], [[search.findings[0]?.finding_id, 'ws-7', 'execution', 'open']]]);
  });
});
