import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format } from '#electron/pipeline/normalize/formats/format.ts';
import { prowlerCsv } from '#electron/pipeline/normalize/formats/prowler-csv.ts';
import { prowlerOcsf } from '#electron/pipeline/normalize/formats/prowler-ocsf.ts';
import { prowlerV2 } from '#electron/pipeline/normalize/formats/prowler-v2.ts';
import { prowlerV3 } from '#electron/pipeline/normalize/formats/prowler-v3.ts';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const account = '111122223333', region = 'eu-central-1';
const bucket = 'arn:aws:s3:::example-billing-exports';
const brief = ({ entity, issue_type, status, severity_reported }: { entity: string; issue_type: string; status: string; severity_reported: string }) => [entity, issue_type, status, severity_reported];

describe('prowler', () => {
  it.each([['prowler-v3/zero.json', 'prowler-v3'], ['prowler-ocsf/zero.json', 'prowler-ocsf'], ['prowler-csv/zero.csv', 'prowler-csv'], ['prowler-v2/zero.csv', 'prowler-v2']])('reads %s as no findings', async (path, format) => {
    expect(await readFindings(fixture(path), format)).toEqual({ format, records: 0, findings: [], errors: [] });
  });

  it.each([['prowler-v3/one.json', 'prowler-v3', 's3_bucket_public_access'], ['prowler-ocsf/one.json', 'prowler-ocsf', 's3_bucket_policy_public_write_access'], ['prowler-csv/one.csv', 'prowler-csv', 's3_bucket_public_access'], ['prowler-v2/one.csv', 'prowler-v2', 'extra73']])(
    'finds the same bucket in %s', async (path, format, check_id) => {
      const read = await readFindings(fixture(path));
      expect(read).toMatchObject({ format, records: 1, errors: [] });
      expect(read.findings[0]).toMatchObject({ source: 'prowler', kind: 'posture', entity: bucket, entity_type: 'bucket', aliases: ['example-billing-exports'], issue_type: 'public_access', check_id, account, region, status: 'open' });
    },
  );

  it('gives one result of one scan the same id in native JSON and CSV', async () => {
    const [json, csv] = await Promise.all(['prowler-v3/one.json', 'prowler-csv/one.csv'].map((path) => readFindings(fixture(path))));
    expect(json?.findings[0]?.finding_id).toBe(csv?.findings[0]?.finding_id);
  });

  it('reads version 3 JSON', async () => {
    const { findings } = await readFindings(fixture('prowler-v3/many.json'));
    expect(findings.map(brief)).toEqual([
      [bucket, 'public_access', 'open', 'critical'], [`arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60718`, 'open_port', 'open', 'high'],
      [`arn:aws:iam::${account}:root`, 'logging_disabled', 'passed', 'medium'], [bucket, 'encryption_disabled', 'suppressed', 'medium'],
      [`arn:aws:iam::${account}:root`, 'account_maintain_current_contact_details', 'open', 'informational'],
    ]);
    expect(findings[1]?.observables).toEqual({ port: 22 });
    expect(findings[0]).toMatchObject({ discovered_at: '2026-01-20T10:00:00.123456Z', compliance: ['CIS-1.5: 2.1.5', 'MITRE-ATTACK: T1530'], attack: ['T1530'] });
    expect(findings[4]?.issue_mapped).toBe(false);
  });

  it('reads OCSF of all providers', async () => {
    const { findings, errors } = await readFindings(fixture('prowler-ocsf/many.json'));
    const subscription = '/subscriptions/00000000-1111-4222-8333-444444444444';
    expect(errors).toEqual([]);
    expect(findings.map(brief)).toEqual([
      [bucket, 'public_access', 'open', 'high'], [`arn:aws:iam::${account}:role/service-role/app-role`, 'overprivileged_identity', 'passed', 'high'],
      [`arn:aws:rds:${region}:${account}:db:billing`, 'public_access', 'suppressed', 'high'],
      [`${subscription}/resourcegroups/rg/providers/microsoft.storage/storageaccounts/acct`, 'public_access', 'open', 'high'],
      ['//storage.googleapis.com/example-gcs', 'public_access', 'open', 'high'], ['b7c1f0de-0000-4000-8000-000000000000', 'privileged_container', 'open', 'high'],
    ]);
    expect(findings.map(({ entity_type }) => entity_type)).toEqual(['bucket', 'role', 'database', 'bucket', 'bucket', 'pod']);
    expect(findings[5]?.aliases).toEqual(['shop/api-7d9']);
  });

  it('takes the exact epoch rather than the local time without offset beside it', async () => {
    const { findings } = await readFindings(fixture('prowler-ocsf/one.json'));
    expect(findings[0]?.discovered_us).toBe(1_770_000_000_000_000);
  });

  it('names resources of other platforms in full, by the numbers that Prowler gives them as well', async () => {
    const { findings, errors } = await readFindings(fixture('prowler-ocsf/clouds.json'));
    expect(errors).toEqual([]);
    const nsg = (group: string): string => `/subscriptions/11111111-2222-4333-8444-555555555555/resourcegroups/${group}/providers/microsoft.network/networksecuritygroups/default-nsg`;
    expect(findings.map(({ entity, entity_type, status }) => [entity, entity_type, status])).toEqual([
      [`arn:aws:iam::${account}:user/alice`, 'user', 'open'], [`arn:aws:iam::${account}:user/bob`, 'user', 'open'], [nsg('rg1'), 'sg', 'open'], [nsg('rg2'), 'sg', 'passed'],
      ['//compute.googleapis.com/projects/proj-one/global/firewalls/allow-rdp', 'sg', 'open'], ['//compute.googleapis.com/projects/proj-two/global/firewalls/allow-rdp', 'sg', 'open'],
      ['1234567890123456789', 'vm', 'open'], ['2234567890123456789', 'vm', 'passed'],
      ['//iam.googleapis.com/projects/proj-one/serviceAccounts/deploy@proj-one.iam.gserviceaccount.com', 'service_account', 'open'],
      ['//cloudsql.googleapis.com/projects/proj-one/instances/db1', 'database', 'open'], ['//bigquery.googleapis.com/projects/proj-one/datasets/sales', 'database', 'open'],
      ['b7c1f0de-0000-4000-8000-000000000000', 'cluster', 'open'], ['https://github.com/acme/shop-api', 'repository', 'open'], ['https://github.com/acme/infra/main.tf', 'file', 'open'],
    ]);
    expect(findings[4]?.aliases).toEqual(['4521987654321098765']);
    expect(findings[11]?.account).toBe('prod');
  });

  it.each([
    ['projects/p/locations/global/keyRings/r/cryptoKeys/k', 'CryptoKey', '//cloudkms.googleapis.com/projects/p/locations/global/keyRings/r/cryptoKeys/k', 'secret_key'], ['123456789012345', 'compute.googleapis.com/Network', '//compute.googleapis.com/projects/p/global/networks/k', 'vpc'], ['p', 'GCPProject', '//cloudresourcemanager.googleapis.com/projects/p', 'account'],
    ['containeranalysis.googleapis.com', 'Service', 'containeranalysis.googleapis.com', 'other'],
  ])('names %s (%s) of Google Cloud %s', (uid, type, entity, entity_type) => {
    const record = { metadata: { event_code: 'c', product: { name: 'Prowler' } }, finding_info: { title: 'c' }, status_code: 'FAIL', resources: [{ uid, name: 'k', type }], cloud: { provider: 'gcp', account: { uid: 'p' } } };
    expect(prowlerOcsf.parse(record, at)).toMatchObject({ ok: true, value: { findings: [{ entity, entity_type }] } });
  });

  it('gives results of Google Cloud the same id in OCSF and CSV', async () => {
    const { findings } = await readFindings(fixture('prowler-ocsf/clouds.json'));
    for (const finding of findings.filter(({ source_id }) => source_id.startsWith('prowler-gcp-'))) {
      const types: Readonly<Record<string, string>> = { sg: 'FirewallRule', vm: 'VMInstance', service_account: 'ServiceAccount', database: finding.aliases.includes('db1') ? 'DatabaseInstance' : 'Dataset' };
      const uid = finding.source_id, name = uid.slice(uid.lastIndexOf(`${finding.region ?? ''}-`) + (finding.region ?? '').length + 1);
      const row = { PROVIDER: 'gcp', CHECK_ID: finding.check_id, STATUS: 'FAIL', FINDING_UID: uid, ACCOUNT_UID: finding.account, REGION: finding.region, RESOURCE_UID: finding.aliases[0] ?? finding.entity, RESOURCE_NAME: name, RESOURCE_TYPE: types[finding.entity_type] };
      expect(prowlerCsv.parse(row, at)).toMatchObject({ ok: true, value: { findings: [{ source_id: finding.source_id, apart: finding.entity, entity: finding.entity }] } });
    }
  });

  it('tells results apart whose uid ends with a name that several resources bear', async () => {
    const { findings } = await readFindings(fixture('prowler-ocsf/clouds.json'));
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(findings.length);
  });

  it('knows a subscription by the id within its resources, which version 3 calls by its name', async () => {
    const { findings } = await readFindings(fixture('prowler-v3/clouds.json'));
    expect(findings.map((finding) => [finding.entity, finding.account])).toEqual([
      ['//compute.googleapis.com/projects/p1/global/firewalls/allow-all', 'p1'],
      ['/subscriptions/11111111-2222-4333-8444-555555555555/resourcegroups/rg/providers/microsoft.storage/storageaccounts/a1', '11111111-2222-4333-8444-555555555555'],
    ]);
  });

  it('reads OCSF before 4.5, where a failed check has status_id 3, and of version 3', async () => {
    const before = await readFindings(fixture('prowler-ocsf/before-4.5.json'));
    expect(before.findings[0]).toMatchObject({ status: 'open', discovered_at: '2024-06-03T14:15:19.382075Z', entity: `arn:aws:kms:${region}:${account}:key/11111111-2222-4333-8444-555555555555`, aliases: ['11111111-2222-4333-8444-555555555555'] });
    const third = await readFindings(fixture('prowler-ocsf/version-3.json'));
    expect(third).toMatchObject({ format: 'prowler-ocsf', errors: [] });
    expect(third.findings[0]).toMatchObject({ check_id: 's3_bucket_object_versioning', status: 'open', severity_reported: 'medium', issue_type: 'versioning_disabled', entity: bucket, compliance: ['CIS-1.5: 2.1.3'] });
  });

  it('reads CSV of versions 3, 4 and 5', async () => {
    const { findings } = await readFindings(fixture('prowler-csv/many.csv'));
    expect(findings.map(brief)).toEqual([
      [bucket, 'public_access', 'open', 'critical'], [`arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60719`, 'instance_metadata_v1', 'suppressed', 'high'],
      ['b7c1f0de-0000-4000-8000-000000000000', 'privileged_container', 'passed', 'high'],
    ]);
    expect(findings[0]).toMatchObject({
      compliance: ['CIS-3.0: 2.1.4', 'MITRE-ATTACK: T1530', 'MITRE-ATTACK: T1537'], attack: ['T1530', 'T1537'], tags: { owner: 'team-billing', 'aws:cloudformation:stack-name': 'app' },
      evidence: ['Bucket is public; by ACL', 'account name: prod'],
    });
    expect(findings[2]?.region).toBeUndefined();
    const third = await readFindings(fixture('prowler-csv/version-3.csv'));
    expect(third.findings.map(brief)).toEqual([[`arn:aws:cloudtrail:${region}:${account}:trail/trail`, 'logging_disabled', 'open', 'high']]);
  });

  it('reads the tables of compliance: one finding for a check and a resource, however many requirements it is told for', async () => {
    const { format, records, findings, errors } = await readFindings(fixture('prowler-compliance/many.csv'));
    expect([format, records, errors]).toEqual(['prowler-compliance', 6, ['status: missing']]);
    expect(findings.map(brief)).toEqual([
      [bucket, 'public_access', 'open', 'unknown'], [bucket, 'public_access', 'open', 'unknown'], ['arn:aws:s3:::other', 'public_access', 'passed', 'unknown'], ['arn:aws:s3:::third', 'public_access', 'suppressed', 'unknown'],
    ]);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(3);
    expect(findings[0]).toMatchObject({ source: 'prowler', kind: 'compliance', account, region, compliance: ['CIS-3.0: 2.1.4'], evidence: ['Bucket is public; by ACL'], discovered_at: '2026-01-20T10:00:00.123456Z' });
    const azure = await readFindings(fixture('prowler-compliance/azure.csv'));
    expect(azure.findings).toMatchObject([{ entity: '/subscriptions/00000000-1111-4222-8333-444444444444/resourcegroups/rg/providers/microsoft.storage/storageaccounts/acct', entity_type: 'bucket', issue_type: 'public_access', account: '00000000-1111-4222-8333-444444444444' }]);
    expect(await readFindings(fixture('prowler-compliance/zero.csv'))).toEqual({ format: 'prowler-compliance', records: 0, findings: [], errors: [] });
  });

  it('reads version 2 lines', async () => {
    const { findings, format } = await readFindings(fixture('prowler-v2/many.ndjson'));
    expect(format).toBe('prowler-v2');
    expect(findings.map(brief)).toEqual([
      [`arn:aws:iam::${account}:user/alice`, 'stale_credential', 'open', 'high'], [`arn:aws:iam::${account}:user/bob`, 'stale_credential', 'passed', 'high'],
      [`arn:aws:iam::${account}:root`, 'check117', 'open', 'informational'],
    ]);
    expect(findings[0]?.compliance).toEqual(['CIS-AWS: 1.3']);
  });

  const formats: readonly (readonly [string, Format])[] = [['prowler-v3', prowlerV3], ['prowler-ocsf', prowlerOcsf], ['prowler-csv', prowlerCsv], ['prowler-v2', prowlerV2]];
  it.each(formats)('%s says what is missing and never throws', (_, format) => {
    const empty = format.parse({}, at);
    expect(empty).toEqual({ ok: false, error: expect.stringContaining('missing') });
    expect(format.parse(null, at).ok).toBe(false);
    const keys = ['CheckID', 'CHECK_ID', 'Status', 'STATUS', 'status_code', 'metadata', 'finding_info', 'resources', 'unmapped', 'Compliance', 'COMPLIANCE', 'ResourceTags', 'RESOURCE_TAGS', 'Control', 'Message', 'TITLE_TEXT', 'ResourceArn', 'RESOURCE_UID', 'cloud', 'AccountId'];
    const record = { metadata: { event_code: 'c', product: { name: 'Prowler' } }, finding_info: {}, status_code: 'FAIL', CheckID: 'c', CHECK_ID: 'c', Status: 'FAIL', STATUS: 'FAIL', Control: '[check1] c', AccountId: account };
    fc.assert(fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => {
      expect(() => format.parse({ ...record, [key]: value }, at)).not.toThrow();
      expect(() => format.parse(value, at)).not.toThrow();
      expect(format.detect({ path: '-', text: '', document: value, records: [value], header: [], delimiter: undefined })).toBe(0);
    }), { numRuns: 300 });
  });
});

describe.skipIf(!hasSamples)('prowler samples', () => {
  it('reads version 3 native JSON', async () => {
    const { format, findings, errors } = await readFindings(sample('prowler-v3-native/1-dd-native-json.json'));
    expect([format, errors]).toEqual(['prowler-v3', []]);
    expect(findings.map(brief)).toEqual([
      ['arn:aws:acm:us-east-1:999999999999:certificate/ffffffff-0000-0000-0000-000000000000', 'stale_credential', 'open', 'high'],
      ['arn:aws:iam::999999999999:root', 'logging_disabled', 'open', 'low'], ['arn:aws:iam::999999999999:root', 'account_maintain_current_contact_details', 'open', 'medium'],
    ]);
    expect(findings[0]?.discovered_at).toBe('2023-04-25T23:49:42.744599Z');
  });

  it('reads OCSF', async () => {
    const before = await readFindings(sample('prowler-ocsf/1-dd-v4-before-4.5.json'));
    expect(before.findings.map(({ entity, issue_type, status }) => [entity, issue_type, status])).toEqual([
      ['arn:aws:iam::123456789012:role/myAdministratorExecutionRole', 'external_trust', 'open'], ['arn:aws:iam::123456789012:role/AuditRole', 'external_trust', 'open'],
      ['arn:aws:iam::123456789012:role/CrossAccountResourceAccessRole', 'external_trust', 'suppressed'],
    ]);
    expect(before.findings[1]).toMatchObject({ tags: { 'some-label': 'some value' }, attack: ['T1078'] });
    const five = await readFindings(sample('prowler-ocsf/2-prowler-v5-aws.json'));
    expect(five).toMatchObject({ format: 'prowler-ocsf', records: 5, errors: [] });
    expect(new Set(five.findings.map(({ finding_id }) => finding_id)).size).toBe(5);
    expect(five.findings.map(({ severity_reported }) => severity_reported)).toEqual(['low', 'informational', 'medium', 'informational', 'informational']);
    expect(five.findings[0]?.discovered_at).toBe('2025-02-14T13:27:03Z');
  });

  it('reads CSV', async () => {
    const read = await readFindings(sample('prowler-csv-v4/1-prowler-aws.csv'));
    expect(read).toMatchObject({ format: 'prowler-csv', records: 4, errors: [] });
    expect(new Set(read.findings.map(({ finding_id }) => finding_id)).size).toBe(4);
    expect(read.findings[0]?.compliance.slice(0, 3)).toEqual(['CIS-1.4: 1.20', 'CIS-1.5: 1.20', 'KISA-ISMS-P-2023: 2.5.6']);
  });

  it('reads version 2', async () => {
    const csv = await readFindings(sample('prowler-v2/1-dd-csv.csv'));
    expect(csv).toMatchObject({ format: 'prowler-v2', records: 4, errors: [] });
    expect(csv.findings.map(brief)).toEqual([
      ['arn:aws:iam::012345678910:root', 'root_account_use', 'open', 'high'], ['arn:aws:iam::012345678910:user/example_user', 'stale_credential', 'open', 'medium'],
      ['arn:aws:iam::012345678910:root', 'weak_password_policy', 'open', 'medium'], ['arn:aws:ec2:eu-west-2:012345678910:security-group/sg-01234567890qwerty', 'network_misconfiguration', 'open', 'informational'],
    ]);
    const lines = await readFindings(sample('prowler-v2/2-dd-ndjson.ndjson'));
    expect(lines).toMatchObject({ format: 'prowler-v2', records: 6, errors: [] });
    expect(lines.findings.map(({ status }) => status)).toEqual(['passed', 'open', 'open', 'open', 'open', 'open']);
    expect(lines.findings[2]).toMatchObject({ entity: 'arn:aws:eks:eu-central-1:012345678912:cluster/prod-eksc', issue_type: 'public_access', discovered_at: '2021-08-23T07:06:12Z' });
  });
});
