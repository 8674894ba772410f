import { describe, expect, it } from 'vitest';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { buildSample, recognize } from '#electron/pipeline/normalize/sample.ts';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

const image = 'registry.example.com/shop/api:2.3.0';

describe('twistlock', () => {
  it('reads a scan that found nothing as none', async () => {
    expect(await readFindings(fixture('twistlock/zero.json'))).toEqual({ format: 'twistlock', records: 0, findings: [], errors: [] });
  });

  it('knows an image without a name by its id', async () => {
    expect(await readFindings(fixture('twistlock/one.json'))).toMatchObject({ format: 'twistlock', findings: [{ entity: 'sha256:cccc', entity_type: 'image', discovered_at: '2026-01-01T00:00:00Z' }] });
  });

  it('reads vulnerabilities with what fixes them, and failed checks of the image', async () => {
    const { records, findings, errors } = await readFindings(fixture('twistlock/many.json'));
    expect([records, errors]).toEqual([8, ['compliance: neither id nor title', 'id is missing']]);
    expect(findings.map(({ entity, kind, check_id, issue_type, severity_reported, vulnerability }) => [entity, kind, check_id, issue_type, severity_reported, vulnerability?.package, vulnerability?.fixed_version])).toEqual([
      [image, 'compliance', '41', 'workload_misconfiguration', 'high', undefined, undefined], [image, 'compliance', 'Sensitive information provided in environment variables', 'secret_exposed', 'high', undefined, undefined],
      [image, 'vulnerability', 'CVE-2025-0001', 'vulnerable_package', 'critical', 'openssl', '3.0.9, 3.1.2'], [image, 'vulnerability', 'CVE-2025-0001', 'vulnerable_package', 'critical', 'openssl', '3.0.9, 3.1.2'],
      [image, 'vulnerability', 'CVE-2018-6485', 'vulnerable_package', 'informational', 'glibc', undefined], [image, 'vulnerability', 'PRISMA-2022-0168', 'vulnerable_package', 'medium', 'pip', undefined],
    ]);
    expect(findings[2]).toMatchObject({ aliases: ['sha256:aaaa', 'sha256:bbbb'], evidence: expect.arrayContaining(['risk factors: Has fix, Exploit exists - in the wild']) });
    expect(findings[4]?.vulnerability?.cvss).toBeUndefined();
    expect(findings[4]?.evidence).toContain('used in libc6, libc-bin');
    expect(findings[5]?.vulnerability?.cve).toBeUndefined();
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(6);
  });

  it('is told by what stands first, however many packages follow', () => {
    const text = JSON.stringify({ results: [{ id: 'sha256:aaaa', name: image, distro: 'Debian', packages: [{ type: 'os', name: 'x'.repeat(300_000) }], vulnerabilities: [], vulnerabilityDistribution: {} }] });
    expect(recognize(buildSample(Buffer.from(text), '-'), formats)?.reader.name).toBe('twistlock');
  });

  it('reads the console\'s table of images', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('twistlock/images.csv'));
    expect([format, records, errors]).toEqual(['twistlock', 3, ['Repository: missing, and no Id']]);
    expect(findings).toMatchObject([
      { entity: image, aliases: ['sha256:aaaa'], check_id: 'CVE-2025-0001', discovered_at: '2026-01-02T03:04:05.733Z', vulnerability: { cve: 'CVE-2025-0001', cvss: 9.8, package: 'openssl', installed_version: '3.0.1', fixed_version: '3.0.9' } },
      { entity: image, kind: 'compliance', check_id: '41', issue_type: 'workload_misconfiguration' },
    ]);
  });

  it.skipIf(!hasSamples)('reads the sample', async () => {
    const { format, records, findings, errors } = await readFindings(sample('prisma-twistlock/1-dd-twistcli-json.json'));
    expect([format, records, findings.length, errors]).toEqual(['twistlock', 6, 6, []]);
  });
});
