import { describe, expect, it } from 'vitest';
import { gcpScc } from '#electron/pipeline/normalize/formats/gcp-scc.ts';
import { sccIssue } from '#electron/pipeline/normalize/formats/gcp-scc/issue.ts';
import { sccResource } from '#electron/pipeline/normalize/formats/gcp-scc/resource.ts';
import { fixture, readText } from './read-fixture.ts';
import { hasSamples, readFindings, sample } from './read-findings.ts';

describe('gcp-scc', () => {
  it('reads rows of the export to BigQuery', () => {
    const row = {
      event_time: '2026-01-02 03:04:05.123 UTC', finding_id: 'a',
      finding: { name: 'organizations/1/sources/2/findings/a', resource_name: '//storage.googleapis.com/b', state: 'ACTIVE', category: 'Persistence_IAM', event_time: '2026-01-02 03:04:05.123 UTC', create_time: '2026-01-01 00:00:00 UTC', severity: 'HIGH', finding_class: 'THREAT', source_properties: '{"Recommendation":"Look at it","snake_key":1}', access: { principal_email: 'eve@example.com', caller_ip: '192.0.2.1' } },
      resource: { name: '//storage.googleapis.com/b', type: 'google.cloud.storage.Bucket', project_display_name: 'shop' },
    };
    expect(gcpScc.parse(row, { parents: [], from: '', path: '-', index: 0 })).toMatchObject({ ok: true, value: { findings: [{
      kind: 'detection', entity: '//storage.googleapis.com/b', account: 'shop', discovered: '2026-01-01 00:00:00 UTC', updated: '2026-01-02 03:04:05.123 UTC', evidence: expect.arrayContaining(['next: Look at it']), observables: { user: 'eve@example.com', src_ip: '192.0.2.1' },
    }] } });
  });

  it.each([
    [{ name: '//compute.googleapis.com/projects/shop-prod-1/zones/z/instances/i', projectDisplayName: 'Shop' }, 'shop-prod-1'], [{ name: '//storage.googleapis.com/b', projectDisplayName: 'shop' }, 'shop'], [{ name: '//compute.googleapis.com/projects/123/zones/z/instances/i', gcpMetadata: { projectDisplayName: 'shop' } }, 'shop'],
    [{ name: 'arn:aws:s3:::b', cloudProvider: 'AMAZON_WEB_SERVICES', awsMetadata: { account: { id: '111122223333', name: 'prod' } } }, '111122223333'],
  ])('knows the account of %j', (resource, account) => {
    const finding = { name: 'organizations/1/sources/2/findings/a', category: 'PUBLIC_BUCKET_ACL', state: 'ACTIVE', resourceName: resource.name, eventTime: '2026-01-01T00:00:00Z' };
    expect(gcpScc.parse({ finding, resource }, { parents: [], from: '', path: '-', index: 0 })).toMatchObject({ ok: true, value: { findings: [{ account }] } });
  });

  it('an empty list has no record and no error', async () => expect(await fixture('gcp-scc/zero.json')).toMatchObject({ format: 'gcp-scc', records: 0, errors: [] }));

  it('names a resource as the inventory does, not by its number', async () => {
    const { format, findings } = await fixture('gcp-scc/one.json');
    expect(format).toBe('gcp-scc');
    expect(findings).toMatchObject([{
      kind: 'posture', source_id: 'sources/2/findings/a1', entity: '//compute.googleapis.com/projects/shop-prod/global/firewalls/allow-db', entity_type: 'sg', aliases: ['//compute.googleapis.com/projects/shop-prod/global/firewalls/4695668982209007936'], account: 'shop-prod',
      issue_type: 'open_port', check_id: 'OPEN_POSTGRESQL_PORT', title: 'Open postgresql port', description: 'The firewall lets anyone in.', severity_reported: 'high', status: 'open', discovered_at: '2025-02-03T04:05:06.789Z', updated_us: Date.UTC(2025, 2, 3, 4, 5, 6) * 1000, compliance: ['CIS-1.3: 3.9'], observables: { port: 5432 },
    }]);
  });

  it('reads notifications of every age, threats, muted and inactive ones', async () => {
    const { records, findings, errors } = await fixture('gcp-scc/many.ndjson');
    expect([records, errors]).toEqual([6, ['finding.resourceName is missing']]);
    expect(findings.map((f) => [f.source_id.slice(-2), f.kind, f.issue_mapped ? f.issue_type : 'unmapped', f.severity_reported, f.status])).toEqual([
      ['b1', 'posture', 'public_access', 'high', 'open'], ['b2', 'detection', 'brute_force', 'low', 'open'], ['b3', 'detection', 'persistence', 'high', 'resolved'], ['b4', 'vulnerability', 'vulnerable_package', 'critical', 'suppressed'], ['b5', 'posture', 'unmapped', 'unknown', 'open'],
    ]);
    expect(findings[0]).toMatchObject({ entity: '//bigquery.googleapis.com/projects/shop-prod/datasets/sales', entity_type: 'database', account: 'shop-prod', description: 'Anyone may read it.', compliance: ['CIS-1.0: 7.1'] });
    expect(findings[1]).toMatchObject({ entity: '//compute.googleapis.com/projects/shop-prod/zones/us-west1-a/instances/web-1', entity_type: 'vm', region: 'us-west1-a', attack: ['T1078.003'], observables: { user: 'root', src_ip: '203.0.113.9' } });
    expect(findings[2]?.observables).toEqual({ user: 'eve@shop.example', src_ip: '203.0.113.8', api: 'SetIamPolicy' });
    expect(findings[3]).toMatchObject({ entity_type: 'vm', vulnerability: { cve: 'CVE-2024-1234', cvss: 9.8, package: 'openssl', installed_version: '3.0.1', fixed_version: '3.0.2' } });
  });

  it.each([
    [{ OpenPorts: { TCP: [3389], UDP: [3389] } }, 3389], [{ OpenPorts: { TCP: [22, 3389] } }, undefined], [{ ExternallyAccessibleProtocolsAndPorts: [{ IPProtocol: 'tcp', ports: ['22-80'] }] }, undefined], [{}, undefined],
  ])('takes the port of %j where it is one', (sourceProperties, port) => {
    const read = gcpScc.parse({ finding: { name: 'projects/1/sources/2/findings/3', category: 'OPEN_RDP_PORT', resourceName: '//compute.googleapis.com/projects/p/global/firewalls/f', sourceProperties } }, { parents: [], from: '', path: '', index: 0 });
    expect(read.ok && read.value.findings?.[0]?.observables?.port).toBe(port);
  });

  it.each([
    ['//storage.googleapis.com/shop-media', 'bucket'], ['//compute.googleapis.com/projects/p/zones/z/instances/i', 'vm'], ['//cloudsql.googleapis.com/projects/p/instances/i', 'database'], ['//container.googleapis.com/projects/p/zones/z/clusters/c', 'cluster'], ['//iam.googleapis.com/projects/p/serviceAccounts/1', 'service_account'], ['//cloudresourcemanager.googleapis.com/projects/1', 'account'],
  ])('tells what %s is where the finding does not', (resourceName, type) => expect(sccResource({ resourceName }, undefined)?.entity_type).toBe(type));

  it.each([
    ['OPEN_FIREWALL', 'open_port'], ['OPEN_SSH_PORT', 'open_port'], ['OPEN_GROUP_IAM_MEMBER', undefined], ['PUBLIC_BUCKET_ACL', 'public_access'], ['PUBLIC_SQL_INSTANCE', 'public_access'], ['PUBLIC_IP_ADDRESS', 'public_ip'], ['NON_ORG_IAM_MEMBER', 'external_trust'],
    ['AUDIT_LOGGING_DISABLED', 'logging_disabled'], ['FLOW_LOGS_DISABLED', 'logging_disabled'], ['SSL_NOT_ENFORCED', 'encryption_in_transit_disabled'], ['MFA_NOT_ENFORCED', 'mfa_disabled'], ['ADMIN_SERVICE_ACCOUNT', 'overprivileged_identity'], ['SERVICE_ACCOUNT_KEY_NOT_ROTATED', 'stale_credential'],
    ['AUTO_BACKUP_DISABLED', 'backup_disabled'], ['DISK_CMEK_DISABLED', 'encryption_disabled'], ['WEB_UI_ENABLED', 'misconfiguration'], ['SQL_NO_ROOT_PASSWORD', 'weak_password_policy'],
  ])('knows the category %s', (category, issue) => expect(sccIssue(category, undefined, 'posture')).toEqual(issue === undefined ? { issue_type: category, issue_mapped: false } : { issue_type: issue, issue_mapped: true }));
  it.each([['Malware: Cryptomining Bad IP', 'cryptomining'], ['Exfiltration: BigQuery Data Exfiltration', 'data_exfiltration'], ['Defense Evasion: Modify VPC Service Control', 'defense_evasion'], ['Added Binary Executed', 'execution']])('knows the threat %s', (category, issue) => expect(sccIssue(category, undefined, 'detection').issue_type).toBe(issue));

  it.skipIf(!hasSamples).each(['gcp-scc/1-sra-notification-v1.json', 'gcp-scc/2-sra-legacy.json'])('reads the sample %s', async (path) => expect(await readFindings(sample(path))).toMatchObject({ format: 'gcp-scc', records: 1, errors: [] }));
});

describe('gcp-scc as a table', () => {
  const name = 'organizations/1/sources/2/locations/global/findings/f1', about = '//storage.googleapis.com/shop-media';
  it('is read by the paths of its columns, as the same finding in JSON', async () => {
    const row = await readText(`finding.name,finding.category,finding.resourceName,finding.severity,finding.state,finding.createTime,finding.eventTime,finding.mute,resource.displayName,finding.vulnerability.cve.id\n${name},PUBLIC_BUCKET_ACL,${about},HIGH,ACTIVE,2024-03-18T10:46:31Z,2024-03-19T10:46:31Z,UNMUTED,shop-media,\n${name.replace('f1', 'f2')},OPEN_FIREWALL,//compute.googleapis.com/projects/p/global/firewalls/a,LOW,INACTIVE,2024-03-18T10:46:31Z,,,,\n,OPEN_FIREWALL,x,LOW,ACTIVE,,,,,\n`);
    expect([row.format, row.records, row.errors]).toEqual(['gcp-scc', 3, ['finding.name is missing']]);
    expect(row.findings).toMatchObject([{ entity: about, entity_type: 'bucket', issue_type: 'public_access', severity_reported: 'high', status: 'open', discovered_at: '2024-03-18T10:46:31Z' }, { issue_type: 'open_port', status: 'resolved' }]);
    const json = await readText({ finding: { name, category: 'PUBLIC_BUCKET_ACL', resourceName: about, severity: 'HIGH', state: 'ACTIVE' } });
    expect(json.findings.map((f) => f.finding_id)).toEqual([row.findings[0]?.finding_id]);
  });
  it('is read as gcloud writes its columns', async () => {
    const { format, findings } = await readText(`name,category,resource_name,severity,state,event_time,create_time\n${name},PUBLIC_BUCKET_ACL,${about},HIGH,ACTIVE,2024-03-19T10:46:31Z,2024-03-18T10:46:31Z\n`);
    expect([format, findings.map((f) => [f.entity, f.discovered_at])]).toEqual(['gcp-scc', [[about, '2024-03-18T10:46:31Z']]]);
  });
  it('is no other table of names and categories', async () => expect((await readText('name,category,resource_name,state\na,b,c,d\n')).format).toBeUndefined());
});
