import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import type { Finding } from '#shared/model/finding.ts';
import { fixture, readText } from './read-fixture.ts';
import { hasSamples, readFindings, sample } from './read-findings.ts';

const told = (f: Finding) => [f.check_id, f.entity, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported, f.status];

/** All that would be kept of a file. */
async function kept(path: string): Promise<string> {
  let text = '';
  for await (const batch of normalizeFile(() => createReadStream(path), formats, { path, importedUs: 1 })) {
    expect(batch.reader?.redact).toBeDefined();
    for (const item of batch.items) if ('normalized' in item) text += `${item.raw_text}${JSON.stringify([item.parents, item.normalized])}`;
  }
  return text;
}

describe('zap', () => {
  it('reads alerts of sites: risk, confidence, weakness, instances', async () => {
    const { format, records, findings, errors } = await fixture('zap/many.json');
    expect([format, records, errors]).toEqual(['zap', 5, ['pluginid is missing']]);
    expect(findings.map(told)).toEqual([
      ['40018', 'shop.example', 'code_weakness', 'high', 'open'], ['10035', 'shop.example', 'encryption_in_transit_disabled', 'low', 'open'], ['10038', 'shop.example', 'misconfiguration', 'medium', 'suppressed'], ['10109', 'shop.example', 'unmapped', 'informational', 'open'],
    ]);
    expect(findings[0]).toMatchObject({
      entity_type: 'host', aliases: ['https://shop.example'], title: 'SQL Injection', description: 'A query can be changed & read.', discovered_at: '2025-06-22T04:04:14.236211Z', observables: { host: 'shop.example', port: 443 },
      evidence: ['confidence: medium', 'CWE-89', 'GET https://shop.example/search?q=1 (parameter q; attack 1 OR 1=1)', 'POST https://shop.example/find (parameter q; found syntax)', 'solution: Bind parameters.'],
    });
  });
  it('gives the same findings in XML', async () => {
    const json = await fixture('zap/many.json'), xml = await fixture('zap/many.xml');
    expect([xml.format, xml.errors, xml.findings]).toEqual(['zap', [], json.findings.slice(0, 2).map((finding) => expect.objectContaining({ finding_id: finding.finding_id, evidence: finding.evidence, severity_reported: finding.severity_reported, discovered_at: finding.discovered_at }))]);
  });
  it('reads alerts of its API', async () => {
    expect((await fixture('zap/one-api.json')).findings).toMatchObject([{ source: 'zap', entity: 'shop.example', check_id: '10020', issue_type: 'misconfiguration', severity_reported: 'medium', observables: { port: 8443 }, evidence: ['confidence: medium', 'CWE-1021', 'GET https://shop.example:8443/a (parameter x-frame-options; found x)', 'solution: Set it'] }]);
  });
  it('keeps nothing that was sent or answered', async () => {
    for (const path of ['zap/many.json', 'zap/many.xml']) expect(await kept(`test/fixtures/formats/${path}`)).not.toContain('sekret');
  });
  it('takes no other sites and alerts for its own', async () => {
    for (const other of [{ site: [{ name: 'x' }] }, { site: 'https://x.example', '@version': 1, alerts: 3 }, { alerts: [{ id: 1, risk: 'High' }] }]) expect((await readText(other)).format).toBeUndefined();
  });
});

describe('burp', () => {
  it('reads issues', async () => {
    const { format, records, findings, errors } = await fixture('burp/many.xml');
    expect([format, records, errors]).toEqual(['burp', 4, ['host: missing']]);
    expect(findings.map(told)).toEqual([['1049088', 'shop.example', 'code_weakness', 'high', 'open'], ['7340288', 'shop.example', 'misconfiguration', 'informational', 'open'], ['1', 'shop.example', 'unmapped', 'unknown', 'suppressed']]);
    expect(findings[0]).toMatchObject({
      source_id: '456437653765735', aliases: ['https://shop.example', '192.0.2.30'], description: 'A query can be changed.\nread', evidence: ['at /search [q parameter]', 'confidence: firm', 'CWE-89', 'detail: The q parameter appears to be open.', 'solution: Bind parameters.'], untimed: true, observables: { port: 443, dst_ip: '192.0.2.30' },
    });
    expect(findings[1]?.observables?.port).toBe(8443);
  });
  it('keeps nothing that was sent or answered', async () => {
    const text = await kept('test/fixtures/formats/burp/many.xml');
    for (const secret of ['c2VrcmV0MQ', 'sekret']) expect(text).not.toContain(secret);
  });
});

it.each([['zap', 'zero.json'], ['zap', 'zero.xml'], ['burp', 'zero.xml']])('a report of %s without records has none, and no error', async (name, file) => expect(await fixture(`${name}/${file}`)).toMatchObject({ format: name, records: 0, errors: [] }));
it.skipIf(!hasSamples)('reads the sample of ZAP 2.9', async () => {
  const { format, records, findings, errors } = await readFindings(sample('zap/1-dd-2.9.xml'));
  expect([format, records, errors, findings.length]).toEqual(['zap', 7, [], 7]);
  expect(findings[0]).toMatchObject({ entity: 'mainsite.com', issue_type: 'misconfiguration', severity_reported: 'low', discovered_at: '2020-05-12T20:57:30Z' });
});
