import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, only, readFindings, sample, type Read } from './read-findings.ts';

const rows = ({ findings }: Read): readonly unknown[] => findings.map(({ source_id, entity, entity_type, issue_type, severity_reported, status }) => [source_id, entity, entity_type, issue_type, severity_reported, status]);

describe('crowdstrike', () => {
  it('reads an answer without detections as none', async () => {
    expect(await readFindings(fixture('crowdstrike/zero.json'))).toEqual({ format: 'crowdstrike', records: 0, findings: [], errors: [] });
  });

  it('reads detections: the most severe behaviour names them', async () => {
    const read = await readFindings(fixture('crowdstrike/detects.json'));
    expect([read.format, read.records, read.errors]).toEqual(['crowdstrike', 5, ['device: neither hostname nor device_id']]);
    expect(rows(read)).toEqual([
      ['ldt:d:1', 'WS-7', 'host', 'execution', 'medium', 'open'], ['ldt:d:2', 'WS-7', 'host', 'malware', 'critical', 'suppressed'], ['ldt:d:3', 'WS-7', 'host', 'execution', 'high', 'resolved'],
      ['ldt:d:4', 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0', 'vm', 'execution', 'medium', 'open'],
    ]);
    expect(read.findings[0]).toMatchObject({
      title: 'SuspiciousShell (a.exe)', aliases: ['WS-7.acme.example', 'dWS-7'], attack: ['T1059.001', 'T1057'], discovered_at: '2026-02-03T04:05:06Z', observables: { user: 'dana', host: 'WS-7', process: 'a.exe -x', file_hash: 'ab'.repeat(32) },
    });
    expect(read.findings[0]?.evidence).toContain('action: kill process');
    expect(read.findings[3]).toMatchObject({ account: '111122223333', region: 'eu-west-1' });
  });

  it('reads alerts of hosts and identities', async () => {
    const read = await readFindings(fixture('crowdstrike/alerts.json'));
    expect([read.format, read.records, read.errors]).toEqual(['crowdstrike', 5, []]);
    expect(rows(read)).toEqual([
      ['c1:ind:1', 'WS-7', 'host', 'malware', 'high', 'open'], ['c1:ind:2', 'erin@acme.example', 'user', 'credential_access', 'medium', 'open'], ['c1:ind:3', 'WS-7', 'host', 'malware', 'high', 'suppressed'],
      ['c1:ind:4', 'WS-7', 'host', 'malware', 'informational', 'resolved'], ['c1:ind:5', 'WS-7', 'host', 'malware', 'high', 'suppressed'],
    ]);
    expect(read.findings[0]?.observables).toEqual({ host: 'WS-7', process: 'b.exe', file_hash: 'cd'.repeat(32) });
    expect(read.findings[1]).toMatchObject({ attack: ['T1110'], discovered_at: '2026-02-03T03:00:00Z', observables: { user: 'erin@acme.example', host: 'ws-9', src_ip: '203.0.113.9', country: 'FR' } });
  });

  it('reads events of Event Streams and FDR; telemetry and audits are no findings', async () => {
    const read = await readFindings(fixture('crowdstrike/events.ndjson'));
    expect([read.format, read.records, read.errors.length]).toEqual(['crowdstrike', 12, 3]);
    expect(read.errors.slice(1)).toEqual(['DetectionSummaryEvent: neither a host nor a user nor an account is named', 'neither a detection (detection_id), an alert (composite_id), nor an event (metadata.eventType, event_simpleName)']);
    expect(rows(read)).toEqual([
      ['ldt:d:9', 'WS-7', 'host', 'malware', 'high', 'open'], ['c1:ind:e2', 'WS-8', 'host', 'lateral_movement', 'critical', 'open'], ['idp1', 'finn@acme.example', 'user', 'suspicious_login', 'low', 'open'],
      ['INC-1', 'ACME\\gil', 'user', 'lateral_movement', 'informational', 'resolved'], ['c1:5', 'arn:aws:iam::111122223333:root', 'account', 'defense_evasion', 'high', 'open'],
      ['42|arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0', 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0', 'sg', 'open_port', 'medium', 'open'],
      ['c1:ind:e2', 'WS-8', 'host', 'lateral_movement', 'critical', 'open'],
    ]);
    expect(only(read.findings, ({ source_id }) => source_id === 'ldt:d:9')).toMatchObject({ title: 'Known Malware (c.exe)', discovered_at: '2026-02-03T04:05:06Z' });
    expect(read.findings[1]).toMatchObject({ attack: ['T1021.002'], observables: { host: 'WS-8', process: 'p.exe \\\\srv' } });
    expect(read.findings[1]?.observables?.user).toBeUndefined();
    expect(read.findings[5]?.kind).toBe('posture');
  });

  it.skipIf(!hasSamples)('passes over the telemetry of the sample, which no detection is in', async () => {
    const { format, records, findings, errors } = await readFindings(sample('crowdstrike/1-panther-fdr-eventstreams.ndjson'));
    expect([format, records, findings.length, errors.length]).toEqual(['crowdstrike', 58, 0, 5]);
  });
});
