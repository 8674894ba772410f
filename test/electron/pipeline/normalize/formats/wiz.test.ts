import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wizCsv } from '#electron/pipeline/normalize/formats/wiz-csv.ts';
import { wizIssues } from '#electron/pipeline/normalize/formats/wiz-issues.ts';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const account = '111122223333', region = 'eu-central-1';
const bucket = 'arn:aws:s3:::example-billing-exports';
const vm = '/subscriptions/00000000-1111-4222-8333-444444444444/resourcegroups/rg/providers/microsoft.compute/virtualmachines/vm1';

describe('wiz-issues', () => {
  it('reads an empty answer as none', async () => {
    expect(await readFindings(fixture('wiz-issues/zero.json'))).toEqual({ format: 'wiz-issues', records: 0, findings: [], errors: [] });
  });

  it('reads a node alike alone and in an answer', async () => {
    const [one, many] = await Promise.all(['one.json', 'many.json'].map((name) => readFindings(fixture(`wiz-issues/${name}`))));
    expect(many?.findings[0]).toEqual(one?.findings[0]);
    expect(one?.findings[0]).toMatchObject({
      source: 'wiz', source_id: 'aaaaaaaa-0000-4000-8000-000000000001', kind: 'posture', entity: bucket, entity_type: 'bucket', check_id: 'wc-id-42', issue_type: 'sensitive_data_exposure', severity_reported: 'critical', status: 'open',
      account, region, attack: ['T1530'], compliance: ['Wiz for Risk Assessment: Data exposure'], tags: { owner: 'team-billing' },
      discovered_at: '2026-01-10T10:00:00.123456Z', updated_us: Date.UTC(2026, 0, 12, 10) * 1000,
    });
  });

  it('builds the ARN where the type and the id allow it', async () => {
    const { findings, errors } = await readFindings(fixture('wiz-issues/many.json'));
    expect(errors).toEqual([]);
    expect(findings.slice(1).map(({ entity, entity_type, issue_type, status, kind }) => [entity, entity_type, issue_type, status, kind])).toEqual([
      [`arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60718`, 'sg', 'open_port', 'suppressed', 'posture'],
      [`arn:aws:lambda:${region}:${account}:function:billing-fn`, 'function', 'secret_exposed', 'resolved', 'posture'],
      [`arn:aws:iam::${account}:role/app-role`, 'role', 'anomalous_behavior', 'open', 'detection'],
      [vm, 'vm', 'overprivileged_identity', 'open', 'posture'],
    ]);
    expect(findings[1]).toMatchObject({ observables: { port: 22 }, discovered_at: '2026-01-11T10:00:00.763277Z' });
  });

  it.each([
    ['Azure', 'VIRTUAL_MACHINE', 'https://portal.azure.com/#@acme.onmicrosoft.com/resource//subscriptions/00000000-1111-4222-8333-444444444444/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/vm1', vm],
    ['GCP', 'BUCKET', 'https://console.cloud.google.com/storage/browser/example-gcs;tab=objects?project=proj-1', '//storage.googleapis.com/example-gcs'],
    ['GCP', 'VIRTUAL_MACHINE', 'https://console.cloud.google.com/compute/instancesDetail/zones/europe-west1-b/instances/vm-1?project=proj-1', '//compute.googleapis.com/projects/proj-1/zones/europe-west1-b/instances/vm-1'],
  ])('knows a resource of %s (%s) by the address of its console, where its external id is a hash', (cloudPlatform, type, cloudProviderURL, entity) => {
    const node = { id: 'i', severity: 'HIGH', status: 'OPEN', createdAt: '2026-01-10T10:00:00Z', sourceRule: { id: 'wc-id-1', name: 'x' }, entitySnapshot: { type, name: 'vm1', cloudPlatform, externalId: '468dceda25c2c191', cloudProviderURL } };
    expect(wizIssues.parse(node, at)).toMatchObject({ ok: true, value: { findings: [{ entity, aliases: expect.arrayContaining(['468dceda25c2c191']) }] } });
  });

  it('knows a repository by its address', () => {
    const node = { id: 'i', severity: 'HIGH', status: 'OPEN', createdAt: '2026-01-10T10:00:00Z', sourceRule: { id: 'wc-id-1', name: 'x' }, entitySnapshot: { type: 'REPOSITORY', name: 'acme/shop', cloudPlatform: 'GitHub', providerId: 'github.com##repository##acme/shop' } };
    expect(wizIssues.parse(node, at)).toMatchObject({ ok: true, value: { findings: [{ entity: 'https://github.com/acme/shop', entity_type: 'repository' }] } });
  });

  it('reads the webhook, the instance id standing in the console address', async () => {
    const { findings } = await readFindings(fixture('wiz-issues/webhook.json'));
    expect(findings[0]).toMatchObject({ entity: `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60719`, entity_type: 'vm', kind: 'vulnerability', vulnerability: { cve: 'CVE-2021-44228' }, severity_reported: 'high', status: 'open' });
  });

  it.each([
    ['id', { sourceRule: { name: 'x' }, entitySnapshot: { name: 'n' } }], ['sourceRule', { id: '1', sourceRule: 'x', entitySnapshot: { name: 'n' } }], ['entitySnapshot', { id: '1', sourceRule: { name: 'x' }, entitySnapshot: [] }], ['issue', null],
  ])('says that %s is bad', (field, record) => {
    const parsed = wizIssues.parse(record, at);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(field) });
  });
});

describe('wiz-csv', () => {
  it('reads a table without rows as none', async () => expect(await readFindings(fixture('wiz-csv/zero.csv'))).toEqual({ format: 'wiz-csv', records: 0, findings: [], errors: [] }));

  it('reads the issues export', async () => {
    const one = await readFindings(fixture('wiz-csv/one.csv'));
    const { format, findings, errors } = await readFindings(fixture('wiz-csv/many.csv'));
    expect([format, errors]).toEqual(['wiz-csv', []]);
    expect(findings[0]).toEqual(one.findings[0]);
    expect(findings.map(({ entity, entity_type, issue_type, status, severity_reported, discovered_at }) => [entity, entity_type, issue_type, status, severity_reported, discovered_at])).toEqual([
      [bucket, 'bucket', 'public_access', 'open', 'high', '2026-01-25T00:19:27Z'], [vm, 'vm', 'wc-id-2', 'resolved', 'low', '2026-01-25T00:19:27.500Z'],
    ]);
    expect(findings[0]?.tags).toEqual({ owner: 'team-billing' });
  });

  it('reads the vulnerability report', async () => {
    const { findings } = await readFindings(fixture('wiz-csv/vulnerabilities.csv'));
    expect(findings[0]).toMatchObject({
      kind: 'vulnerability', entity: `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60719`, issue_type: 'vulnerable_package', severity_reported: 'high', status: 'open', tags: { env: 'prod' },
      vulnerability: { cve: 'CVE-2021-44228', kev: true, package: 'log4j-core', installed_version: '2.14.1', fixed_version: '2.17.1' },
    });
    expect(findings[1]).toMatchObject({ entity: '//compute.googleapis.com/projects/p/zones/z/instances/gke-1', entity_type: 'vm', status: 'suppressed', severity_reported: 'low' });
    expect(findings[1]?.vulnerability?.cve).toBeUndefined();
  });

  it.each([['Issue ID', { Title: 'x' }], ['Resource external ID', { 'Issue ID': '1', Title: 'x' }], ['Name', { ID: '1', DetailedName: 'x' }], ['row', []]])('says that %s is missing', (field, record) => {
    const parsed = wizCsv.parse(record, at);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(field) });
  });
});

describe('wiz', () => {
  it.each([wizIssues, wizCsv])('$name never throws on any JSON', (format) => {
    const keys = ['issue', 'resource', 'control', 'sourceRule', 'sourceRules', 'entitySnapshot', 'threatDetectionDetails', 'notes', 'projects', 'createdAt', 'Tags', 'ProviderUniqueId', 'Title', 'Resource Tags', 'data'];
    fc.assert(fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
      const record = { id: '1', ID: '1', 'Issue ID': '1', Name: 'n', Title: 't', 'Resource Name': 'r', AssetName: 'a', sourceRule: { name: 'n' }, entitySnapshot: { name: 'n' } };
      expect(() => format.parse({ ...record, [key]: value }, at)).not.toThrow();
      expect(() => format.parse(value, at)).not.toThrow();
      expect(format.detect({ path: '-', text: '', document: value, records: [value], header: [], delimiter: undefined })).toBe(0);
    }), { numRuns: 500 });
  });
});

describe.skipIf(!hasSamples)('wiz samples', () => {
  it('reads issue nodes and webhook payloads', async () => {
    const { format, records, findings, errors } = await readFindings(sample('wiz-issues/1-panther-issue-and-webhook.ndjson'));
    expect([format, records, errors]).toEqual(['wiz-issues', 6, []]);
    expect(findings.map(({ source_id, severity_reported, status }) => `${source_id.slice(0, 5)} ${severity_reported} ${status}`)).toEqual(['54321 high open', '54321 low open', '54321 high resolved', 'e3188 high open', 'e3188 low open', 'e3188 low resolved']);
    expect(findings[0]).toMatchObject({ entity: 'someProviderId', aliases: ['someExternalId'], title: 'Alert Name', issue_mapped: false, attack: ['T1190'], discovered_at: '2024-06-04T02:28:06.763277Z' });
    expect(findings[3]).toMatchObject({ entity: 'jenkins-aws', entity_type: 'vm', issue_type: 'port_scan', kind: 'detection', account: '111111111111', region: 'us-east-2', discovered_at: '2025-07-25T13:09:25.306109Z' });
  });

  it('reads the vulnerability report', async () => {
    const { records, findings, errors } = await readFindings(sample('wiz-issues/2-dd-vuln-csv.csv'));
    expect([records, errors]).toEqual([5, []]);
    expect(findings[0]).toMatchObject({
      entity: '//compute.googleapis.com/projects/big-corp/zones/us-central1-f/instances/k8s-bigcorp-default-zone-0dd0efbc-46n6', entity_type: 'vm', severity_reported: 'low', discovered_at: '2024-08-28T03:02:01Z',
      vulnerability: { cve: 'CVE-2024-39474', package: 'github.com/containerd/containerd', installed_version: '1.4.0', fixed_version: '1.5.11', kev: false },
    });
    expect(new Set(findings.map(({ entity }) => entity)).size).toBe(3);
    expect(findings[2]).toMatchObject({ check_id: 'GHSA-c9cp-9c75-9v8c', severity_reported: 'medium' });
  });
});
