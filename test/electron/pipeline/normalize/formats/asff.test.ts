import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asff } from '#electron/pipeline/normalize/formats/asff.ts';
import { fixture, hasSamples, only, readFindings, sample } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const account = '111122223333', region = 'eu-central-1';
const bucket = 'arn:aws:s3:::example-billing-exports';
const instance = `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60719`;

/** The one draft of a finding made of the least that ASFF requires, and `more`. */
function draft(more: object) {
  const base = { SchemaVersion: '2018-10-08', Id: 'f', ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`, AwsAccountId: account, GeneratorId: 'security-control/S3.8', Types: [], Title: 'T', Resources: [{ Type: 'AwsS3Bucket', Id: bucket, Region: region }] };
  const parsed = asff.parse({ ...base, ...more }, at);
  if (!parsed.ok) throw new Error(parsed.error);
  const [first] = parsed.value.findings ?? [];
  if (!first) throw new Error('no finding');
  return first;
}

describe('asff', () => {
  it('reads a response without findings as none', async () => {
    expect(await readFindings(fixture('asff/zero.json'))).toEqual({ format: 'asff', records: 0, findings: [], errors: [] });
  });

  it('reads the same finding alike from a bare object, an event and a response', async () => {
    const [one, event, many] = await Promise.all(['one.json', 'eventbridge.json', 'many.json'].map((name) => readFindings(fixture(`asff/${name}`))));
    expect(one?.findings).toHaveLength(1);
    expect(event?.findings).toEqual(one?.findings);
    expect(many?.findings[0]).toEqual(one?.findings[0]);
    expect(one?.findings[0]).toMatchObject({
      source: 'securityhub', kind: 'posture', entity: bucket, entity_type: 'bucket', issue_type: 'public_access', check_id: 'S3.8', severity_reported: 'high', status: 'open',
      account, region, discovered_at: '2026-02-01T10:00:00Z', updated_us: Date.UTC(2026, 1, 3, 10) * 1000, tags: { owner: 'team-billing' },
      compliance: ['AWS-FSBP-1.0.0: S3.8', 'CIS AWS Foundations Benchmark v3.0.0/2.1.4'],
    });
  });

  it('makes one finding for each resource, leaving out the account and what was named already', async () => {
    const { findings, errors, records } = await readFindings(fixture('asff/many.json'));
    expect([records, errors]).toEqual([9, []]);
    const ports = findings.filter(({ check_id }) => check_id === 'EC2.19');
    expect(ports.map(({ entity, source_id }) => [entity, source_id])).toEqual([
      [`arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60718`, `arn:aws:securityhub:${region}:${account}:security-control/EC2.19/finding/2`],
      [instance, `arn:aws:securityhub:${region}:${account}:security-control/EC2.19/finding/2#i-0a1b2c3d4e5f60719`],
    ]);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(findings.length);
    expect(findings.filter(({ source }) => source === 'macie').map(({ entity, issue_type, kind }) => [entity, issue_type, kind])).toEqual([[bucket, 'public_access', 'posture']]);
  });

  it('tells the product, the kind and the issue', async () => {
    const { findings } = await readFindings(fixture('asff/many.json'));
    const of = (source: string) => only(findings, (finding) => finding.source === source);
    expect(of('guardduty')).toMatchObject({
      kind: 'detection', entity: `arn:aws:iam::${account}:role/app-role`, check_id: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', issue_type: 'credential_exfiltration',
      severity_reported: 'high', observables: { src_ip: '203.0.113.77', country: 'NL', api: 'GetObject', access_key: 'ASIAIOSFODNN7EXAMPLE', user: 'app-role' },
    });
    expect(of('inspector')).toMatchObject({
      kind: 'vulnerability', entity: instance, status: 'resolved', check_id: 'CVE-2021-44228',
      vulnerability: { cve: 'CVE-2021-44228', cvss: 10, epss: 0.97, package: 'org.apache.logging.log4j:log4j-core', installed_version: '2.14.1', fixed_version: '2.17.1' },
    });
    expect(of('prowler')).toMatchObject({ check_id: 's3_bucket_public_access', issue_type: 'public_access', entity: bucket, severity_reported: 'critical' });
    expect(of('access-analyzer')).toMatchObject({ issue_type: 'external_trust', entity: `arn:aws:iam::${account}:role/path/partner`, aliases: [`arn:aws:iam::${account}:role/partner`], severity_reported: 'medium' });
    expect(only(findings, ({ check_id }) => check_id === 'CIS.1.3')).toMatchObject({ issue_type: 'stale_credential', compliance: ['CIS-AWS-1.2.0: 1.3'], severity_reported: 'low' });
    expect(only(findings, ({ check_id }) => check_id === 'IAM.1')).toMatchObject({ status: 'passed', entity: `arn:aws:iam::${account}:root`, entity_type: 'account' });
  });

  it.each([
    ['Workflow', { Workflow: { Status: 'SUPPRESSED' } }, 'suppressed'], ['Workflow', { Workflow: { Status: 'RESOLVED' } }, 'resolved'], ['Workflow', { Workflow: { Status: 'NOTIFIED' } }, 'open'],
    ['WorkflowState', { WorkflowState: 'RESOLVED' }, 'resolved'], ['RecordState', { RecordState: 'ARCHIVED' }, 'resolved'],
    ['Compliance', { Compliance: { Status: 'PASSED' }, Workflow: { Status: 'SUPPRESSED' } }, 'passed'], ['Compliance', { Compliance: { Status: 'WARNING' } }, 'open'],
    ['VerificationState', { VerificationState: 'FALSE_POSITIVE' }, 'suppressed'],
  ])('takes the status from %s %j', (_, more, status) => expect(draft(more).status).toBe(status));

  it.each([
    [{ Label: 'CRITICAL' }, 'critical'], [{ Normalized: 90 }, 'critical'], [{ Normalized: 70 }, 'high'], [{ Normalized: 69 }, 'medium'], [{ Normalized: 39 }, 'low'], [{ Normalized: 0 }, 'informational'],
    [{ Product: 75 }, 'high'], [{ Original: 'Medium' }, 'medium'], [undefined, 'unknown'], ['HIGH', 'unknown'],
  ])('reads the severity %j', (Severity, severity) => expect(draft({ Severity }).severity_reported).toBe(severity));

  it("reads GuardDuty's product severity on its own scale", () => {
    expect(draft({ ProductArn: `arn:aws:securityhub:${region}::product/aws/guardduty`, Severity: { Product: 8 } })).toMatchObject({ source: 'guardduty', severity_reported: 'high' });
  });

  it.each([
    ['AwsAccount', `AWS::::Account:${account}`, `arn:aws:iam::${account}:root`], ['AwsEc2SecurityGroup', 'sg-0a1b2c3d', `arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d`],
    ['AwsS3Bucket', 'plain-name', 'arn:aws:s3:::plain-name'], ['AwsS3Object', 'arn:aws:s3:::plain-name/a/b.csv', 'arn:aws:s3:::plain-name'],
    ['AwsLambdaFunction', `arn:aws:lambda:${region}:${account}:function:f:$LATEST`, `arn:aws:lambda:${region}:${account}:function:f`],
    ['AwsIamRole', `arn:aws:sts::${account}:assumed-role/app/session`, `arn:aws:iam::${account}:role/app`],
  ])('names the %s %s', (Type, Id, entity) => expect(draft({ Resources: [{ Type, Id, Region: region }] }).entity).toBe(entity));

  it('reads what GuardDuty says in the flattened product fields', () => {
    const action = 'aws/guardduty/service/action';
    const of = (fields: object) => draft({ ProductArn: `arn:aws:securityhub:${region}::product/aws/guardduty`, Types: ['TTPs/Initial Access/UnauthorizedAccess:EC2-SSHBruteForce'], ProductFields: { 'aws/guardduty/service/count': '7', ...fields } });
    const connection = of({ [`${action}/networkConnectionAction/connectionDirection`]: 'INBOUND', [`${action}/networkConnectionAction/remoteIpDetails/ipAddressV4`]: '203.0.113.9', [`${action}/networkConnectionAction/remoteIpDetails/country/countryName`]: 'USA', [`${action}/networkConnectionAction/localPortDetails/port`]: '22', [`${action}/networkConnectionAction/protocol`]: 'TCP' });
    expect(connection).toMatchObject({ issue_type: 'brute_force', observables: { src_ip: '203.0.113.9', country: 'US', port: 22, protocol: 'tcp' } });
    expect(connection.evidence).toContain('count: 7');
    expect(of({ [`${action}/portProbeAction/portProbeDetails.0_/localPortDetails/port`]: '80', [`${action}/portProbeAction/portProbeDetails.1_/localPortDetails/port`]: '81' }).observables).toEqual({ port: 80 });
    const from = (i: number, ip: string) => ({ [`${action}/portProbeAction/portProbeDetails.${i}_/remoteIpDetails/ipAddressV4`]: ip });
    expect(of({ ...from(0, '203.0.113.7'), ...from(1, '203.0.113.7') }).observables).toEqual({ src_ip: '203.0.113.7' });
    expect(of({ ...from(0, '203.0.113.7'), ...from(1, '203.0.113.8') }).observables).toBeUndefined();
  });

  it('takes the account from the id where the field is missing, and no far future for the update', () => {
    const given = draft({ Id: `arn:aws:inspector2:${region}:444455556666:finding/1`, AwsAccountId: undefined, Resources: [{ Type: 'AwsEc2Instance', Id: 'i-0a1b2c3d', Region: region }], UpdatedAt: '2026-01-02T00:00:00Z', LastObservedAt: '2200-01-01T00:00:00Z' });
    expect(given).toMatchObject({ account: '444455556666', entity: `arn:aws:ec2:${region}:444455556666:instance/i-0a1b2c3d`, updated: '2026-01-02T00:00:00Z' });
  });

  it.each([
    ['not an object', 'text', 'finding'], ['no Id', { SchemaVersion: '2018-10-08', Id: null, Resources: 'x' }, 'Id'],
    ['no resource and no account', { SchemaVersion: '2018-10-08', Id: 'a', Resources: [{ Id: null }, 7], AwsAccountId: 5 }, 'Resources'],
  ])('says which field is bad: %s', (_, record, field) => {
    const parsed = asff.parse(record, at);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(field) });
  });

  it("holds a control of Security Hub for posture whatever its type says, and reads Inspector's reach and a sequence of GuardDuty", () => {
    const draft = (more: object) => { const parsed = asff.parse({ SchemaVersion: '2018-10-08', Id: 'a', AwsAccountId: '111122223333', Region: 'eu-central-1', Resources: [{ Type: 'AwsEc2Instance', Id: 'i-0a1b2c3d4e5f60718' }], ...more }, at); return parsed.ok ? parsed.value.findings?.[0] : undefined; };
    const product = (name: string) => ({ ProductArn: `arn:aws:securityhub:eu-central-1::product/aws/${name}` });
    expect(draft({ ...product('securityhub'), Types: ['Effects/Data Exposure/AWS-Foundational-Security-Best-Practices'], Compliance: { SecurityControlId: 'S3.1', Status: 'FAILED' } })).toMatchObject({ kind: 'posture', issue_type: 'public_access' });
    expect(draft({ ...product('inspector'), Types: ['Software and Configuration Checks/AWS Security Best Practices/Network Reachability'], Title: 'Port 22 is reachable from an Internet Gateway', Network: { OpenPortRange: { Begin: 22, End: 22 }, Protocol: 'TCP' } }))
      .toMatchObject({ kind: 'posture', issue_type: 'open_port', issue_mapped: true, check_id: 'NETWORK_REACHABILITY', observables: { port: 22, protocol: 'tcp' } });
    expect(draft({ ...product('inspector'), Types: ['Software and Configuration Checks/AWS Security Best Practices/Network Reachability'] })).not.toHaveProperty('issue_guessed');
    expect(draft({ ...product('guardduty'), Types: ['TTPs/AttackSequence:IAM/CompromisedCredentials'] })).toMatchObject({ kind: 'detection', issue_type: 'attack_sequence', check_id: 'AttackSequence:IAM/CompromisedCredentials' });
    expect(draft({ ...product('guardduty'), Types: ['TTPs/Initial Access/UnauthorizedAccess:EC2-SSHBruteForce'], Action: { NetworkConnectionAction: { ConnectionDirection: 'OUTBOUND', RemoteIpDetails: { IpAddressV4: '203.0.113.5' } } } })).toMatchObject({ evidence: ['direction: OUTBOUND'], observables: { dst_ip: '203.0.113.5' } });
    expect(draft({ ProductArn: 'arn:aws:securityhub:eu-central-1::product/aquasecurity/aquasecurity', GeneratorId: 'Trivy', Types: ['Software and Configuration Checks/Vulnerabilities/CVE'], Title: 'Trivy found CVE-2025-0001', Resources: [{ Type: 'Container', Id: 'shop/api:2.3.0 (debian 12)', Details: { Container: { ImageName: 'shop/api:2.3.0 (debian 12)' }, Other: { PkgName: 'openssl', 'Installed Package': '1.1.1c-r0', 'Patched Package': '1.1.1d-r0' } } }] }))
      .toMatchObject({ source: 'trivy', entity: 'shop/api:2.3.0', entity_type: 'image', vulnerability: { cve: 'CVE-2025-0001', package: 'openssl', installed_version: '1.1.1c-r0', fixed_version: '1.1.1d-r0' } });
    expect(draft({ ...product('inspector'), Vulnerabilities: [{ Id: 'CVE-2025-0001', VulnerablePackages: [{ Name: 'openssl', Version: '1.0.2k', Release: '16.amzn2.0.3', Epoch: '1', FixedInVersion: '1:1.0.2k-24' }] }] }))
      .toMatchObject({ vulnerability: { installed_version: '1:1.0.2k-16.amzn2.0.3' } });
  });

  it('reads a finding with wrong types and nulls all over as well as it can', () => {
    expect(draft({ Types: 'Software and Configuration Checks', Severity: null, Compliance: 'x', Vulnerabilities: 3, Action: [], Network: null, Process: 1, ProductFields: [], Title: null, Resources: { Type: 5, Id: bucket } }))
      .toMatchObject({ entity: bucket, kind: 'vulnerability', severity_reported: 'unknown', status: 'open' });
  });

  it('never throws on any JSON, nor does it recognize it', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(() => asff.parse(value, at)).not.toThrow();
      expect(asff.detect({ path: '-', text: '', document: value, records: [value], header: [], delimiter: undefined })).toBe(0);
    }));
  });

  it('never throws whatever stands in the fields that it reads', () => {
    const keys = ['Id', 'Types', 'Severity', 'Resources', 'Compliance', 'Vulnerabilities', 'Action', 'Network', 'ProductFields', 'ProductArn', 'GeneratorId', 'Title', 'Process', 'ThreatIntelIndicators', 'Workflow', 'UpdatedAt'];
    fc.assert(fc.property(fc.constantFrom(...keys), fc.jsonValue(), (key, value) => { expect(() => asff.parse({ Id: 'f', AwsAccountId: account, Resources: [{ Type: 'AwsIamAccessKey', Id: 'k', Details: value }], [key]: value }, at)).not.toThrow(); }), { numRuns: 500 });
  });
});

describe.skipIf(!hasSamples)('asff samples', () => {
  it.each([
    ['1-dd-findings-lowercase-wrapper.json', 3, ['IAM.5 passed mfa_disabled', 'SSM.2 passed patch_missing', 'ELBv2.1 passed encryption_in_transit_disabled']],
    ['2-asr-eventbridge-custom-action.json', 1, ['CIS.1.6 open weak_password_policy']],
    ['3-dd-bare-array.json', 5, ['CVE-2017-9735', 'CVE-2019-10247', 'CVE-2023-26048', 'CVE-2021-28165', 'CVE-2023-26049'].map((cve) => `${cve} open vulnerable_package`)],
    ['4-dd-multi-resource.json', 2, [...Array.from({ length: 3 }, () => 'EC2.2 open network_misconfiguration'), ...Array.from({ length: 2 }, () => 'S3.8 open public_access')]],
  ])('reads %s', async (name, records, expected) => {
    const read = await readFindings(sample(`aws-securityhub-asff/${name}`));
    expect({ format: read.format, records: read.records, errors: read.errors }).toEqual({ format: 'asff', records, errors: [] });
    expect(read.findings.map(({ check_id, status, issue_type }) => `${check_id} ${status} ${issue_type}`)).toEqual(expected);
  });

  it('reads the details of the Inspector findings and the several resources', async () => {
    const inspector = await readFindings(sample('aws-securityhub-asff/3-dd-bare-array.json'));
    expect(inspector.findings[0]).toMatchObject({
      source: 'inspector', entity: 'arn:aws:ec2:eu-west-1:123456789123:instance/i-0asd2da21c8csd28s', entity_type: 'vm', severity_reported: 'high', discovered_at: '2023-08-30T20:07:14Z',
      vulnerability: { cve: 'CVE-2017-9735', cvss: 7.5, package: 'org.eclipse.jetty:jetty-server', installed_version: '8.1.14.v20131031', fixed_version: '9.4.6.v20170531' },
    });
    const several = await readFindings(sample('aws-securityhub-asff/4-dd-multi-resource.json'));
    expect(several.findings.map(({ entity, source }) => `${source} ${entity}`)).toEqual([
      'securityhub arn:aws:ec2:us-east-1:012345678912:security-group/sg-0fff2222bbbb1111a', 'securityhub arn:aws:ec2:us-east-1:012345678912:security-group/sg-0aaa1111cccc2222b',
      'securityhub arn:aws:ec2:us-east-1:012345678912:vpc/vpc-0bbb3333dddd4444c', 'securityhub arn:aws:s3:::zeta-reports-bucket', 'securityhub arn:aws:s3:::alpha-artifacts-bucket',
    ]);
  });
});
