import { describe, expect, it } from 'vitest';
import { inspector } from '#electron/pipeline/normalize/formats/inspector.ts';
import { fixture, hasSamples, only, readFindings, sample } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const account = '111122223333', region = 'eu-central-1';
const instance = `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60718`;
const arn = (n: string) => `arn:aws:inspector2:${region}:${account}:finding/${n.padStart(32, '0')}`;

describe('inspector', () => {
  it('reads an empty answer as no findings', async () => {
    expect(await readFindings(fixture('inspector/zero.json'), 'inspector')).toMatchObject({ records: 0, errors: [], findings: [] });
  });

  it('reads a vulnerable package with the version as the system writes it', async () => {
    const { format, findings, errors, records } = await readFindings(fixture('inspector/many.json'));
    expect([format, records, errors]).toEqual(['inspector', 3, []]);
    expect(only(findings, ({ source_id }) => source_id === arn('1'))).toMatchObject({
      source: 'inspector', kind: 'vulnerability', entity: instance, entity_type: 'vm', issue_type: 'vulnerable_package', check_id: 'CVE-2025-0001', severity_reported: 'high', status: 'open', account, region, tags: { env: 'prod' },
      discovered_at: '2025-05-30T18:25:05.465Z', updated_us: Date.parse('2025-06-05T23:26:37.322Z') * 1000,
      vulnerability: { cve: 'CVE-2025-0001', cvss: 9.1, epss: 0.42, package: 'openssl', installed_version: '1:1.0.2k-16.amzn2.0.3', fixed_version: '1:1.0.2k-24.amzn2.0.7' },
    });
    expect(only(findings, ({ source_id }) => source_id === arn('1')).evidence).toEqual(expect.arrayContaining(['exploit available: YES', 'package openssl-libs 1:1.0.2k-16.amzn2.0.3', 'also: ALAS2-2025-0001']));
  });

  it('knows an image by the references it is pulled with, a function without its version, and closed and suppressed findings', async () => {
    const { findings } = await readFindings(fixture('inspector/many.json'));
    const image = only(findings, ({ source_id }) => source_id === arn('2')), code = only(findings, ({ source_id }) => source_id === arn('3'));
    const repository = `${account}.dkr.ecr.${region}.amazonaws.com/shop/api`;
    expect(image).toMatchObject({ entity_type: 'image', status: 'resolved', severity_reported: 'unknown', aliases: [`${repository}@sha256:${'a'.repeat(64)}`, `${repository}:2.3.0`], discovered_at: '2026-01-26T13:21:44.742Z' });
    expect(code).toMatchObject({ entity: `arn:aws:lambda:${region}:${account}:function:orders`, entity_type: 'function', issue_type: 'secret_exposed', check_id: 'python-detect-hardcoded-aws-credentials', status: 'suppressed', severity_reported: 'critical' });
    expect(code.evidence).toEqual(['CWE-798', 'at: src/handler.py:6']);
  });

  it('reads an event about what the network reaches, in its own way to write times', async () => {
    const { findings } = await readFindings(fixture('inspector/one-event.json'));
    expect(findings).toMatchObject([{
      source_id: arn('a'), kind: 'posture', issue_type: 'open_port', entity: instance, observables: { port: 22, protocol: 'tcp' }, severity_reported: 'medium', discovered_at: '2026-03-01T10:00:05Z', updated_us: Date.parse('2026-03-04T16:50:37.627Z') * 1000,
      evidence: ['ports: 22', 'path: igw-0a1b2c3d4e5f60718 > sg-0a1b2c3d4e5f60718'],
    }]);
  });

  it('reads the names of an SDK as the same finding', async () => {
    const { findings } = await readFindings(fixture('inspector/sdk.json'));
    expect(findings).toMatchObject([{ source_id: arn('1'), entity: instance, vulnerability: { cve: 'CVE-2025-0001', cvss: 7.5, epss: 0.42, package: 'openssl', installed_version: '1.0.2k' } }]);
  });

  it('reads the report in CSV', async () => {
    const { format, findings, errors, records } = await readFindings(fixture('inspector/report.csv'));
    expect([format, records, errors]).toEqual(['inspector', 2, []]);
    expect(only(findings, ({ kind }) => kind === 'vulnerability')).toMatchObject({
      source_id: arn('4'), entity: instance, severity_reported: 'high', status: 'open', discovered_at: '2026-01-02T03:04:05Z', tags: { env: 'prod' },
      vulnerability: { cve: 'CVE-2025-0003', cvss: 8.8, epss: 0.01, package: 'curl', installed_version: '7.79.1-1.amzn2', fixed_version: '0:7.79.1-2.amzn2' },
    });
    expect(only(findings, ({ kind }) => kind === 'posture')).toMatchObject({ source_id: arn('5'), issue_type: 'open_port', observables: { port: 443 } });
  });

  it('names what is missing', () => {
    const error = (record: unknown) => { const parsed = inspector.parse(record, at); return parsed.ok ? 'none' : parsed.error; };
    expect(error({ type: 'PACKAGE_VULNERABILITY' })).toMatch(/^findingArn/);
    expect(error({ findingArn: 'arn:x' })).toMatch(/^type/);
    expect(error({ findingArn: 'arn:x', type: 'PACKAGE_VULNERABILITY' })).toMatch(/^resources/);
  });

  it.runIf(hasSamples)('reads the sample whole', async () => {
    const { format, findings, errors } = await readFindings(sample('aws-inspector2/1-dd-listfindings.json'));
    expect([format, findings.length, errors]).toEqual(['inspector', 8, []]);
    expect(findings.map(({ status }) => status).filter((status) => status === 'resolved')).toHaveLength(1);
  });
});
