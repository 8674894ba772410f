import { describe, expect, it } from 'vitest';
import { fixture, readText } from './read-fixture.ts';
import { hasSamples, readFindings, sample } from './read-findings.ts';

describe('nuclei', () => {
  it('reads a CVE found on a host and port, in the time of its zone', async () => {
    const { format, findings } = await fixture('nuclei/one.json');
    expect(format).toBe('nuclei');
    expect(findings).toMatchObject([{
      kind: 'vulnerability', entity: 'shop.example', entity_type: 'host', issue_type: 'vulnerable_package', check_id: 'CVE-2024-0001', title: 'Shop - Remote Code Execution', severity_reported: 'critical', status: 'open', discovered_at: '2025-02-03T03:05:06.123456Z',
      evidence: ['matched at https://shop.example:8443/run', 'CWE-94'], vulnerability: { cve: 'CVE-2024-0001', cvss: 9.8, epss: 0.91 }, observables: { host: 'shop.example', dst_ip: '192.0.2.7', port: 8443 },
    }]);
  });

  it('keeps matchers of one template apart, reads the older keys, and quarantines what names no host', async () => {
    const { records, findings, errors } = await fixture('nuclei/many.jsonl');
    expect([records, errors]).toEqual([6, ['host is missing']]);
    expect(findings.map((f) => [f.entity, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported, f.observables?.port, f.vulnerability?.cve])).toEqual([
      ['shop.example', 'unmapped', 'informational', 443, undefined], ['shop.example', 'unmapped', 'informational', 443, undefined], ['shop.example', 'unmapped', 'informational', undefined, undefined],
      ['2001:db8::1', 'public_access', 'high', 8080, undefined], ['ssh.example', 'vulnerable_package', 'high', 22, 'CVE-2020-0002'], ['ssh.example', 'vulnerable_package', 'high', 22, 'CVE-2020-0003'],
    ]);
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(6);
    expect(findings[1]?.title).toBe('HTTP Missing Security Headers: referrer-policy');
  });

  it('does not take the address that every machine has for a name of the host', async () => {
    const found = (host: string, ip: string) => JSON.stringify({ 'template-id': 'ssl-dns-names', info: { name: 'Names', severity: 'info' }, host, ip, timestamp: '2025-02-03T03:05:06Z' });
    const { findings } = await readText([found('a.example', '127.0.0.1'), found('b.example', '::1'), found('c.example', '192.0.2.9')].join('\n'));
    expect(findings.map((f) => f.aliases)).toEqual([[], [], ['192.0.2.9']]);
  });

  it.skipIf(!hasSamples)('reads the sample', async () => {
    const read = await readFindings(sample('nuclei/1-dd-v2-ndjson.ndjson'));
    expect([read.format, read.records, read.errors, read.findings.map((f) => f.discovered_at)]).toEqual(['nuclei', 2, [], ['2023-03-13T08:02:11.829446Z', '2023-03-13T08:05:07.373496Z']]);
  });
});
