import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gitlab } from '#electron/pipeline/normalize/formats/gitlab.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { fixture, readFindings } from './read-findings.ts';

const read = (name: string) => readFindings(fixture(`gitlab/${name}.json`));

describe('gitlab', () => {
  it('reads a scan that found nothing as none', async () => {
    expect(await read('zero')).toEqual({ format: 'gitlab', records: 0, findings: [], errors: [] });
  });

  it('reads what is vulnerable in an image, by its CVE, with what fixes it', async () => {
    const { format, findings, errors } = await read('container');
    expect([format, errors]).toEqual(['gitlab', ['identifiers: none, and no name']]);
    expect(findings).toMatchObject([
      { source: 'gitlab', kind: 'vulnerability', entity: 'registry.example.com/shop/api:2.3.0', entity_type: 'image', check_id: 'CVE-2025-0001', severity_reported: 'high', discovered_at: '2026-01-02T03:05:05Z', vulnerability: { cve: 'CVE-2025-0001', package: 'openssl', installed_version: '3.0.1', fixed_version: '3.0.9-1' } },
      { check_id: 'GHSA-aaaa-bbbb-cccc', severity_reported: 'unknown', vulnerability: { cve: 'CVE-2025-0002', package: 'zlib', installed_version: '1.2' } },
    ]);
    expect(findings[1]?.vulnerability?.fixed_version).toBeUndefined();
  });

  it('reads weaknesses of code and of infrastructure as code, each at its place', async () => {
    const { findings } = await read('sast');
    expect(findings.map(({ entity, check_id, issue_type, severity_reported }) => [entity, check_id, issue_type, severity_reported])).toEqual([
      ['src/db.js', 'eslint.detect-sql', 'code_weakness', 'high'], ['src/db.js', 'eslint.detect-sql', 'code_weakness', 'high'], ['main.tf', '38c5ee0d', 'public_access', 'critical'],
    ]);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(3);
    expect(findings[0]?.evidence).toEqual(['Semgrep, src/db.js:10', 'CWE-89', 'flagged-as-likely-false-positive']);
  });

  it('reads leaked secrets and keeps none', async () => {
    const path = fixture('gitlab/secrets.json'), kept: string[] = [];
    expect((await read('secrets')).findings).toMatchObject([{ entity: 'deploy/.env', issue_type: 'secret_exposed', check_id: 'AWS', severity_reported: 'critical' }]);
    for await (const { items } of normalizeFile(createReadStream(path), [gitlab], { path, importedUs: 0 })) for (const item of items) kept.push(JSON.stringify(item));
    expect(kept).toHaveLength(1);
    expect(kept[0]).not.toContain('do-not-keep-me');
  });

  it('reads reports that do not say what kind they are of', async () => {
    expect(await read('old')).toMatchObject({ format: 'gitlab', findings: [{ entity: 'a.yml', entity_type: 'file', issue_type: 'code_weakness', untimed: true }] });
  });

  it('reads what was found on a host', async () => {
    expect((await read('dast')).findings).toMatchObject([{ entity: 'shop.example.com', entity_type: 'host', aliases: ['https://shop.example.com'], check_id: '10038', severity_reported: 'low', evidence: ['Zaproxy, GET /login'] }]);
  });
});
