import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import type { Finding } from '#shared/model/finding.ts';
import { fixture, readText } from './read-fixture.ts';

const told = (f: Finding) => [f.check_id, f.entity, f.entity_type, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported, f.status];

it.each(['gitleaks/many.json', 'gitleaks/one-7.json', 'trufflehog/many.json', 'trufflehog/one-2.json', 'trufflehog/one-3.json', 'kics/many.json'])('nothing that was found stays of %s', async (name) => {
  const path = `test/fixtures/formats/${name}`, items = (await Array.fromAsync(normalizeFile(() => createReadStream(path), formats, { path, importedUs: 1 }))).flatMap((batch) => (batch.reader?.redact ? batch.items : []));
  expect(items.length).toBeGreaterThan(0);
  expect(JSON.stringify(items)).not.toContain('sekret');
  for (const item of items) expect('raw_text' in item ? item.raw_text : '').not.toContain('sekret');
});

describe('gitleaks', () => {
  it('reads version 8, with the repository where a link tells it', async () => {
    const { format, records, findings, errors } = await fixture('gitleaks/many.json');
    expect([format, records, errors]).toEqual(['gitleaks', 3, ['File is missing']]);
    expect(findings.map(told)).toEqual([['aws-access-token', 'https://github.com/acme/shop/conf/aws.tf', 'file', 'secret_exposed', 'unknown', 'open'], ['generic-api-key', 'tests/api.py', 'file', 'secret_exposed', 'unknown', 'open']]);
    expect(findings[0]).toMatchObject({ source_id: 'aaaa000000000000000000000000000000000001:conf/aws.tf:aws-access-token:3', aliases: ['https://github.com/acme/shop'], discovered_at: '2024-03-18T10:46:31Z', evidence: ['conf/aws.tf:3', 'commit aaaa000000000000000000000000000000000001', 'by Dana', expect.stringContaining('/blob/'), 'key'] });
    expect(findings[1]).toMatchObject({ title: 'Generic API Key', untimed: true });
  });
  it('reads version 7', async () => {
    expect((await fixture('gitleaks/one-7.json')).findings).toMatchObject([{ source: 'gitleaks', entity: 'https://gitlab.example.com/acme/shop/cert-key.pem', check_id: 'Asymmetric Private Key', discovered_at: '2020-04-04T22:58:14Z' }]);
  });
});

describe('trufflehog', () => {
  it('reads version 3: repositories, files, buckets, images', async () => {
    const { format, records, findings, errors } = await fixture('trufflehog/many.json');
    expect([format, records, errors]).toEqual(['trufflehog', 5, ['DetectorName is missing']]);
    expect(findings.map((f) => [f.check_id, f.entity, f.entity_type])).toEqual([['AWS', 'https://github.com/acme/shop/keys', 'file'], ['PrivateKey', '/srv/app/.env', 'file'], ['URI', 'arn:aws:s3:::shop-media', 'bucket'], ['Slack', 'registry.example.com/shop/api:1.2', 'image']]);
    expect(findings[0]).toMatchObject({ title: 'AWS credential, verified to work', discovered_at: '2024-03-18T17:46:31Z', observables: { access_key: 'AKIAAAAAAAAAAAAAAAA1' }, evidence: ['verified: the tool could use it', 'keys:4', 'commit cccc000000000000000000000000000000000003', 'https://github.com/acme/shop/blob/c1/keys#L4', 'belongs to arn:aws:iam::111122223333:user/deploy'] });
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(4);
  });
  it('reads version 2 and trufflehog3', async () => {
    expect((await fixture('trufflehog/one-2.json')).findings).toMatchObject([{ source: 'trufflehog', entity: 'a.py', title: 'Generic Secret', severity_reported: 'unknown', discovered_at: '2021-01-30T19:50:09Z', evidence: ['a.py', 'commit dddd000000000000000000000000000000000004', 'branch origin/main'] }]);
    expect((await fixture('trufflehog/one-3.json')).findings).toMatchObject([{ source: 'trufflehog', entity: 'env.txt', title: 'High Entropy', severity_reported: 'medium' }]);
  });
  it('takes no other list of rules and files', async () => {
    for (const other of [[{ rule: 'x', file: 'a', commit: 'c' }], [{ rule: { id: 'x' }, path: 'a' }], [{ RuleID: 'x', File: 'y' }]]) expect((await readText(other)).format).toBeUndefined();
  });
});

describe('kics', () => {
  it('reads the files of each query', async () => {
    const { format, records, findings, errors } = await fixture('kics/many.json');
    expect([format, records, errors]).toEqual(['kics', 4, ['file_name is missing']]);
    expect(findings.map((f) => told(f).slice(1))).toEqual([
      ['iac/s3.tf#aws_s3_bucket.media', 'bucket', 'public_access', 'critical', 'open'], ['Dockerfile', 'file', 'secret_exposed', 'high', 'open'], ['docker-compose.yml', 'file', 'unmapped', 'informational', 'open'],
    ]);
    expect(findings[0]).toMatchObject({ aliases: ['aws_s3_bucket.media'], title: 'S3 Bucket ACL Allows Read Or Write to All Users', discovered_at: '2024-03-18T10:46:31.500Z', evidence: ['iac/s3.tf:4', 'found: \'acl\' is \'public-read\'', 'expected: \'acl\' should be \'private\'', 'CWE-732'] });
  });
});

describe('dependency-check', () => {
  it('reads vulnerabilities of dependencies, suppressed ones as such', async () => {
    const { format, records, findings, errors } = await fixture('dependency-check/many.json');
    expect([format, records, errors]).toEqual(['dependency-check', 4, ['name is missing']]);
    expect(findings.map(told)).toEqual([
      ['CVE-2021-44228', 'shop-api', 'repository', 'vulnerable_package', 'critical', 'open'], ['sonatype-2021-1', 'shop-api', 'repository', 'vulnerable_package', 'medium', 'open'], ['CVE-2021-45105', 'shop-api', 'repository', 'vulnerable_package', 'medium', 'suppressed'],
    ]);
    expect(findings[0]).toMatchObject({
      discovered_at: '2024-03-18T10:46:31.042600Z', title: 'CVE-2021-44228 in org.apache.logging.log4j:log4j-core',
      vulnerability: { cve: 'CVE-2021-44228', cvss: 10, kev: true, package: 'org.apache.logging.log4j:log4j-core', installed_version: '2.14.1', affected_range: '>= 2.13.0, < 2.15.0' },
      evidence: ['org.apache.logging.log4j:log4j-core 2.14.1, no fixed version named', 'at /build/lib/log4j-core-2.14.1.jar', 'NVD', 'CWE-502, CWE-20'],
    });
  });
  it('gives the same findings in XML', async () => {
    const json = await fixture('dependency-check/many.json'), xml = await fixture('dependency-check/many.xml');
    expect([xml.format, xml.errors]).toEqual(['dependency-check', []]);
    expect(xml.findings).toEqual([json.findings[0], json.findings[2]]);
  });
});

it.each([['kics', 'zero.json'], ['dependency-check', 'zero.json']])('a report of %s without findings has none, and no error', async (name, file) => expect(await fixture(`${name}/${file}`)).toMatchObject({ format: name, records: 0, errors: [] }));
