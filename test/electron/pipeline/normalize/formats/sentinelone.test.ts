import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, readFindings, sample, type Read } from './read-findings.ts';

const rows = ({ findings }: Read): readonly unknown[] => findings.map(({ source_id, entity, entity_type, issue_type, severity_reported, status }) => [source_id, entity, entity_type, issue_type, severity_reported, status]);

describe('sentinelone', () => {
  it('reads an answer without threats as none', async () => {
    expect(await readFindings(fixture('sentinelone/zero.json'))).toEqual({ format: 'sentinelone', records: 0, findings: [], errors: [] });
  });

  it('reads threats, whose severity the API does not tell, with what became of them', async () => {
    const read = await readFindings(fixture('sentinelone/threats.json'));
    expect([read.format, read.records, read.errors]).toEqual(['sentinelone', 7, ['agentRealtimeInfo.agentComputerName: missing, and no agentId', 'neither a threat (threatInfo), an alert (alertInfo, ruleInfo) nor an activity (activityType)']]);
    expect(rows(read)).toEqual([
      ['1', 'ws-7', 'host', 'malware', 'unknown', 'open'], ['2', 'ws-7', 'host', 'malware', 'unknown', 'suppressed'], ['3', 'ws-7', 'host', 'impact', 'unknown', 'resolved'], ['4', 'ws-7', 'host', 'malware', 'unknown', 'suppressed'],
      ['5', 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0', 'vm', 'cryptomining', 'unknown', 'open'],
    ]);
    expect(read.findings[0]).toMatchObject({ title: 'Trojan: a.exe', aliases: ['77', 'u77'], attack: ['T1547.001'], discovered_at: '2026-02-03T04:05:06Z', observables: { user: 'ACME\\dana', host: 'ws-7', process: 'C:\\a.exe', file_hash: 'ab'.repeat(20) } });
    expect(read.findings[0]?.evidence).toContain('confidence: malicious');
    expect(read.findings[4]?.observables?.user).toBeUndefined();
    expect(read.findings[4]?.aliases).toContain('i-host');
  });

  it('reads threats of API 2.0', async () => {
    const read = await readFindings(fixture('sentinelone/threats-2.0.json'));
    expect([read.format, rows(read), read.findings[0]?.observables]).toEqual(['sentinelone', [['f1', 'srv-1', 'host', 'malware', 'unknown', 'resolved']], { user: 'ACME\\erin', host: 'srv-1', file_hash: 'cd'.repeat(20) }]);
  });

  it('reads alerts of detection rules by the rule’s severity', async () => {
    const read = await readFindings(fixture('sentinelone/alerts.json')), rule = 'Name lookup of a bad domain';
    expect([read.format, read.records, read.errors]).toEqual(['sentinelone', 3, []]);
    expect(rows(read)).toEqual([['a1', 'ws-7', 'host', rule, 'high', 'open'], ['a2', 'ws-7', 'host', rule, 'informational', 'suppressed'], ['a3', 'ws-7', 'host', rule, 'critical', 'resolved']]);
    expect(read.findings[0]?.observables).toEqual({ user: 'ACME\\dana', host: 'ws-7', process: 'nslookup bad.example', dst_ip: '203.0.113.4', file_hash: 'ef'.repeat(32), domain: 'bad.example', port: 443 });
  });

  it('reads activities that tell of a threat or an alert as those, and passes over all others', async () => {
    const read = await readFindings(fixture('sentinelone/activities.ndjson')), alerts = await readFindings(fixture('sentinelone/alerts.json')), threats = await readFindings(fixture('sentinelone/threats.json'));
    expect([read.format, read.records, read.errors.length]).toEqual(['sentinelone', 5, 1]);
    expect(rows(read)).toEqual([['a1', 'ws-7', 'host', 'Name lookup of a bad domain', 'high', 'open'], ['1', 'ws-7', 'host', 'malware', 'unknown', 'open']]);
    expect(read.findings.map(({ finding_id }) => finding_id)).toEqual([alerts.findings[0]?.finding_id, threats.findings[0]?.finding_id]);
  });

  it.skipIf(!hasSamples)('reads the samples', async () => {
    expect(await readFindings(sample('sentinelone/1-xsoar-threats-2.1.json'))).toMatchObject({ format: 'sentinelone', records: 1, errors: [], findings: [{ entity: 'EC2AMAZ-AJ0KANC', issue_type: 'malware', status: 'resolved', discovered_at: '2019-09-15T12:14:41.260Z' }] });
    const { format, records, errors, findings } = await readFindings(sample('sentinelone/2-panther-activity.ndjson'));
    expect([format, records, errors]).toEqual(['sentinelone', 11, []]);
    expect(findings.slice(0, 2).map(({ entity, title, severity_reported }) => [entity, title, severity_reported])).toEqual([['BobsPC', 'test-rule', 'critical'], ['BobsPC', 'test-rule', 'medium']]);
  });
});
