import { describe, expect, it } from 'vitest';
import { wizFindings } from '#electron/pipeline/normalize/formats/wiz-findings.ts';
import { epssOf } from '#electron/pipeline/normalize/formats/wiz/meaning.ts';
import { fixture, readFindings } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const account = '111122223333', region = 'eu-central-1';
const instance = `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60718`;
const id = (n: string) => `aaaaaaaa-0000-4000-8000-00000000000${n}`;

describe('wiz-findings', () => {
  it('reads an empty answer as none', async () => {
    expect(await readFindings(fixture('wiz-findings/zero.json'))).toEqual({ format: 'wiz-findings', records: 0, findings: [], errors: [] });
  });

  it('reads a vulnerability of an asset', async () => {
    const { format, findings } = await readFindings(fixture('wiz-findings/one.json'));
    expect(format).toBe('wiz-findings');
    expect(findings).toMatchObject([{
      source: 'wiz', source_id: id('1'), kind: 'vulnerability', entity: instance, entity_type: 'vm', issue_type: 'vulnerable_package', title: 'CVE-2025-0001 in libtiff', severity_reported: 'medium', status: 'open', account, region, tags: { env: 'prod' },
      discovered_at: '2026-01-02T03:04:05.063767Z', updated_us: Date.UTC(2026, 0, 5, 3, 4, 5) * 1000,
      vulnerability: { cve: 'CVE-2025-0001', cvss: 7.5, epss: 0.001, kev: false, package: 'libtiff', installed_version: '4.0.3-35.amzn2', fixed_version: '4.0.3-35.amzn2.0.1' },
    }]);
    expect(findings[0]?.evidence).toEqual(expect.arrayContaining(['exploit known: true', 'exposed to the internet: widely', 'project: billing']));
  });

  it('reads what rules say of resources, and what was detected', async () => {
    const { findings, errors, records } = await readFindings(fixture('wiz-findings/many.ndjson'));
    expect([records, errors]).toEqual([3, []]);
    expect(findings.map((f) => [f.source_id, f.kind, f.check_id, f.issue_type, f.status, f.severity_reported, f.entity, f.entity_type, f.account])).toEqual([
      [id('2'), 'posture', 'Pod-32', 'workload_misconfiguration', 'open', 'low', 'k8s/pod/0000000000000000/shop/api-1', 'pod', '11111111-1111-4111-8111-111111111111'],
      [id('3'), 'posture', 'EC2-045', 'open_port', 'passed', 'high', `arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60718`, 'sg', account],
      [id('4'), 'detection', 'cccccccc-0000-4000-8000-000000000001', 'credential_access', 'open', 'medium', instance, 'vm', account],
    ]);
    expect(findings[0]).toMatchObject({ tags: { app: 'api' }, compliance: ['Wiz: Container Security'], discovered_at: '2026-01-02T03:04:05Z' });
    expect(findings[1]).toMatchObject({ observables: { port: 22 }, region });
    expect(findings[2]).toMatchObject({ region, observables: { src_ip: '192.0.2.13', process: '/usr/sbin/sshd' } });
    expect(findings[2]?.evidence).toContain('threat: aaaaaaaa-0000-4000-8000-0000000000aa');
  });

  it('reads the webhook of a detection', async () => {
    const { findings } = await readFindings(fixture('wiz-findings/webhook.json'));
    expect(findings).toMatchObject([{
      source_id: id('5'), kind: 'detection', issue_type: 'defense_evasion', attack: ['T1070.006'], entity: instance, severity_reported: 'high', discovered_at: '2026-01-02T03:04:05.838Z',
      observables: { user: 'ci@example.com', src_ip: '192.0.2.9', process: '/usr/bin/touch', file_hash: 'a0d0c6248d07a8fa8e3b6a94e218ff9c8c372ad6' },
    }]);
  });

  it('names what is missing', () => {
    const error = (record: unknown) => { const parsed = wizFindings.parse(record, at); return parsed.ok ? 'none' : parsed.error; };
    expect(error(7)).toMatch(/not an object/);
    expect(error({})).toMatch(/^id/);
    expect(error({ id: 'a' })).toMatch(/neither/);
    expect(error({ id: 'a', name: 'CVE-2025-0001', version: '1', vulnerableAsset: {} })).toMatch(/^vulnerableAsset/);
    expect(error({ id: 'a', result: 'FAIL', rule: {}, resource: {} })).toMatch(/^rule/);
  });

  it.each([['0.1', '46.2', 0.001], ['0.1', undefined, 0.1], ['42', undefined, 0.42], ['0.01', '0.5', 0.01], [undefined, '46', undefined], ['x', undefined, undefined]])('takes a probability of %s beside a percentile of %s as %s', (probability, percentile, expected) => {
    expect(epssOf(probability, percentile)).toBe(expected);
  });
});
