import { describe, expect, it } from 'vitest';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

describe('splunk', () => {
  it('reads what the webhook of an alert sends', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('splunk/webhook.json'));
    expect([format, records, errors]).toEqual(['splunk', 1, []]);
    expect(findings[0]).toMatchObject({
      source_id: 'rt_1', entity: 'web-1', entity_type: 'host', issue_type: 'brute_force', issue_guessed: true, check_id: 'Brute force on SSH', title: 'Brute force on SSH', severity_reported: 'high', status: 'open', discovered_at: '2026-02-03T04:05:06Z', observables: { user: 'root', src_ip: '203.0.113.5' },
    });
    expect(findings[0]?.evidence).toEqual(['app: search', 'owner: admin', 'source type: linux_secure', 'events: 42', 'from: 203.0.113.5', 'event: Failed password', 'address: http://splunk.example/x']);
  });

  it('reads notable events, with what became of them; a broken line costs itself', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('splunk/notables.ndjson'));
    expect([format, records, errors]).toEqual(['splunk', 7, ['malformed JSON', 'dest: missing, and neither user nor src nor a risk object is named']]);
    expect(findings.map(({ source_id, entity, entity_type, issue_type, severity_reported, status }) => [source_id, entity, entity_type, issue_type, severity_reported, status])).toEqual([
      ['n1', 'web-1', 'host', 'brute_force', 'high', 'open'], ['n2', 'web-1', 'host', 'brute_force', 'high', 'suppressed'], ['n3', 'web-1', 'host', 'brute_force', 'low', 'resolved'],
      ['n4', 'dana@acme.example', 'user', 'Risk of a user', 'medium', 'open'], ['n5', '10.0.0.9', 'host', 'Odd thing', 'informational', 'open'],
    ]);
    expect(findings[0]).toMatchObject({ title: 'Brute force from 203.0.113.5', check_id: 'Access - Brute Force Access Behavior Detected - Rule', attack: ['T1110'], discovered_at: '2026-02-03T04:05:06Z', observables: { user: 'root', src_ip: '203.0.113.5' } });
  });

  it.each([['results.json', 2], ['notables.csv', 1]])('reads the same from %s', async (file, count) => {
    const { format, findings } = await readFindings(fixture(`splunk/${file}`)), lines = await readFindings(fixture('splunk/notables.ndjson'));
    expect([format, findings.map(({ finding_id, issue_type }) => [finding_id, issue_type])]).toEqual(['splunk', lines.findings.slice(0, count).map(({ finding_id, issue_type }) => [finding_id, issue_type])]);
  });

  it.skipIf(!hasSamples)('reads the sample', async () => {
    expect(await readFindings(sample('splunk-alert/1-zulip-webhook.json'))).toMatchObject({ format: 'splunk', records: 1, errors: [], findings: [{ title: 'sudo', entity: 'myserver', severity_reported: 'unknown', discovered_at: '2017-01-04T19:14:32Z' }] });
  });
});
