import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wizCli } from '#electron/pipeline/normalize/formats/wiz-cli.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { fixture, readFindings } from './read-findings.ts';

describe('wiz-cli', () => {
  it('a scan that found nothing has no record and no error', async () => {
    expect(await readFindings(fixture('wiz-cli/zero.json'))).toMatchObject({ format: 'wiz-cli', records: 0, findings: [], errors: [] });
  });

  it('reads packages and secrets of an image', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('wiz-cli/image.json'));
    expect([format, records, errors]).toEqual(['wiz-cli', 4, []]);
    expect(findings.map((f) => [f.entity, f.entity_type, f.kind, f.issue_type, f.check_id, f.severity_reported])).toEqual([
      ['registry.example.org/shop/api:2.3', 'image', 'vulnerability', 'vulnerable_package', 'CVE-2024-5535', 'low'], ['registry.example.org/shop/api:2.3', 'image', 'vulnerability', 'vulnerable_package', 'CVE-2023-44487', 'medium'],
      ['registry.example.org/shop/api:2.3', 'image', 'vulnerability', 'vulnerable_package', 'GHSA-m425-mq94-257g', 'high'], ['registry.example.org/shop/api:2.3', 'image', 'posture', 'secret_exposed', 'PASSWORD', 'unknown'],
    ]);
    expect(findings[1]).toMatchObject({ source: 'wiz', aliases: ['sha256:00aa'], discovered_at: '2026-01-02T03:04:05.600849Z', vulnerability: { cve: 'CVE-2023-44487', cvss: 7.5, epss: 0.8, kev: true, package: 'golang.org/x/net', installed_version: '0.14.0', fixed_version: '0.17.0' } });
    expect(findings[2]?.vulnerability).toEqual({ kev: false, package: 'golang.org/x/net', installed_version: '0.14.0' });
    expect(findings[3]?.evidence).toEqual(['in /app/config.go:35']);
  });

  it('reads rules that blocks of code break, and files with secrets in them', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('wiz-cli/many.json'));
    expect([format, records, errors]).toEqual(['wiz-cli', 4, ['result: the item is not an object']]);
    expect(findings.map((f) => [f.entity, f.entity_type, f.issue_type, f.check_id, f.severity_reported])).toEqual([
      ['storage/main.tf#aws_s3_bucket.logs', 'bucket', 'public_access', 'S3-010', 'high'], ['network/main.tf#aws_security_group.web', 'sg', 'open_port', 'e2', 'critical'], ['docker-compose.yml', 'file', 'secret_exposed', 'PASSWORD', 'unknown'],
    ]);
    expect(findings[0]?.evidence).toEqual(['storage/main.tf:4', 'expected: acl is private', 'found: acl is public-read', 'policy: Default IaC policy']);
    expect(findings[1]?.observables).toEqual({ port: 22 });
  });

  it('keeps nothing of what stands around a secret', async () => {
    for await (const batch of normalizeFile(createReadStream(fixture('wiz-cli/image.json')), [wizCli], { path: '-', importedUs: 0 })) {
      for (const item of batch.items) expect('raw_text' in item && item.raw_text).not.toContain('hunter2');
    }
  });
});
