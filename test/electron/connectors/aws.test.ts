import { afterEach, describe, expect, it } from 'vitest';
import { aws } from '#electron/connectors/aws.ts';
import { readCalls } from '#electron/connectors/aws/read-calls.ts';
import { unitKey } from '#electron/connectors/connector.ts';
import { ACCOUNT, awsServer, bucketOf, type AwsServer, type AwsWorld } from './servers/aws-server.ts';
import { connected, gaps, keptText, pieces, pulled, testSession, type SessionOptions } from './servers/session.ts';

const servers: AwsServer[] = [];
afterEach(async () => { await Promise.all(servers.splice(0).map((s) => s.close())); });
const SECRET = 'wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY', TOKEN = 'FQoGZXIvYXdzEJr-SESSION-TOKEN';
const keys = { 'access-key-id': 'AKIDEXAMPLE', 'secret-access-key': SECRET, 'session-token': TOKEN, region: 'eu-west-1' };

async function server(world: AwsWorld = {}): Promise<AwsServer> {
  const made = await awsServer(world);
  servers.push(made);
  return made;
}
const session = (to: AwsServer, options: SessionOptions = {}) => testSession({ ...options, settings: { ...keys, endpoint: to.url, ...options.settings } });
const vpcs = (...ids: readonly string[]) => ({ xml: `<vpcSet>${ids.map((id) => `<item><vpcId>${id}</vpcId><ownerId>${ACCOUNT}</ownerId><cidrBlock>10.0.0.0/16</cidrBlock></item>`).join('')}</vpcSet>` });
const buckets = (...names: readonly string[]) => ({ xml: `<ListAllMyBucketsResult><Buckets>${names.map((n) => `<Bucket><Name>${n}</Name><BucketRegion>eu-west-1</BucketRegion></Bucket>`).join('')}</Buckets></ListAllMyBucketsResult>` });

describe('aws', () => {
  it('asks only what stands on its list, and its policy allows exactly that', async () => {
    const to = await server({ 's3 ListBuckets': () => buckets('b1'), 'lambda ListFunctions': () => ({ json: { Functions: [{ FunctionName: 'f', FunctionArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f` }] } }), 'sqs ListQueues': () => ({ json: { QueueUrls: [`https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q`] } }) });
    const connection = await connected(aws, session(to));
    for await (const row of connection.preflight()) void row;
    expect((await pulled(connection)).error).toBeUndefined();
    const known = new Set(aws.needs.map(({ id }) => id.split(' ').slice(1).join('').replaceAll('-', '')));
    expect(to.operations().filter((operation) => !known.has((operation.split(' ')[1] ?? '').toLowerCase().replace('getaccountpublic', 'getpublic')))).toEqual([]);
    const policy = JSON.parse(aws.policy({})) as { Statement: { Action: string[] }[] };
    expect(policy.Statement[0]?.Action).toEqual([...new Set(aws.needs.flatMap((call) => call.permissions))].sort());
    expect(policy.Statement[0]?.Action.filter((action) => !/^[a-z0-9-]+:(Get|List|Describe|Search|GET)/.test(action))).toEqual([]);
    // A managed policy may have 6,144 characters without white space.
    expect(JSON.stringify(policy).length).toBeLessThan(6144);
  });

  it('never asks for an object, a value of a secret or a message', () => {
    expect(aws.needs.flatMap((call) => call.permissions).filter((p) => /GetObject|GetSecretValue|ReceiveMessage|GetParameter|Decrypt|GetItem|Scan|Select|GetFunction$|BatchGetImage|GetLogEvents|UserData/.test(p))).toEqual([]);
  });

  it('says who it is, without a secret', async () => {
    expect((await connected(aws, session(await server()))).identity).toEqual({ target: ACCOUNT, principal: `arn:aws:sts::${ACCOUNT}:assumed-role/Auditor/winnow` });
  });

  it('goes through all pages and all regions', async () => {
    const pages: Record<string, readonly [string, string | undefined]> = { '': ['vpc-1', 'two'], two: ['vpc-2', 'three'], three: ['vpc-3', undefined] };
    const to = await server({
      'ec2 DescribeRegions': () => ({ xml: '<regionInfo><item><regionName>eu-west-1</regionName></item><item><regionName>us-east-2</regionName></item></regionInfo>' }),
      'ec2 DescribeVpcs': ({ form, region }) => { const [id, next] = pages[form.get('NextToken') ?? ''] ?? ['', undefined]; return { xml: `${vpcs(`${id}-${region}`).xml}${next === undefined ? '' : `<nextToken>${next}</nextToken>`}` }; },
    });
    const found = pieces(await pulled(await connected(aws, session(to))), 'ec2 describe-vpcs').map(({ piece }) => ({ name: piece.name, records: piece.records, lists: piece.lists, text: Buffer.from(piece.bytes).toString() }));
    expect(found.map(({ name, records }) => `${name} ${records}`).toSorted()).toEqual([`${ACCOUNT}/eu-west-1/ec2-describe-vpcs.json 3`, `${ACCOUNT}/us-east-2/ec2-describe-vpcs.json 3`]);
    expect(found.find((f) => f.name.includes('us-east-2'))?.text).toContain('vpc-3-us-east-2');
    expect(found.map((f) => f.lists)).toContainEqual([{ types: ['AWS::EC2::VPC'], account: ACCOUNT, region: 'us-east-2' }]);
  });

  it('pulls the named regions only, and never asks for the others', async () => {
    const to = await server();
    await pulled(await connected(aws, session(to, { settings: { regions: 'eu-west-1, ap-south-1' } })));
    expect([...new Set(to.calls('ec2 DescribeVpcs').map((c) => c.region))].toSorted()).toEqual(['ap-south-1', 'eu-west-1']);
    expect(to.calls('ec2 DescribeRegions')).toEqual([]);
  });

  it.each([['ThrottlingException', 400], ['RequestLimitExceeded', 503], ['SlowDown', 503], ['InternalError', 500]])('tries again after %s', async (error, status) => {
    let failures = 2;
    const to = await server({ 'ec2 DescribeVpcs': () => (failures-- > 0 ? { error, status } : vpcs('vpc-1')) });
    const all = await pulled(await connected(aws, session(to)));
    expect(pieces(all, 'ec2 describe-vpcs')[0]?.piece.records).toBe(1);
    expect(gaps(all)).toEqual([]);
  });

  it('tries again when a connection breaks off in the middle of an answer', async () => {
    const to = await server({ 'ec2 DescribeVpcs': () => vpcs('vpc-1') });
    to.faults.push({ when: (h) => h.body.includes('DescribeVpcs'), reply: { text: vpcs('vpc-1').xml, cutAfter: 20 }, times: 2 });
    const all = await pulled(await connected(aws, session(to)));
    expect([pieces(all, 'ec2 describe-vpcs')[0]?.piece.records, gaps(all)]).toEqual([1, []]);
  });

  it('gives up on a call that never answers and goes on with the others', async () => {
    const to = await server();
    to.faults.push({ when: (h) => h.body.includes('DescribeSubnets'), reply: { never: true }, times: 99 });
    const all = await pulled(await connected(aws, session(to, { deadline_ms: 150 })));
    expect(gaps(all)).toMatchObject([{ unit: { call: 'ec2 describe-subnets' }, state: 'failed' }]);
    expect(pieces(all, 'ec2 describe-vpcs')).toHaveLength(1);
  });

  it('says what is denied and pulls the rest', async () => {
    const to = await server({ 'iam GetAccountAuthorizationDetails': () => ({ error: 'AccessDenied', status: 403, message: 'User: x is not authorized to perform: iam:GetAccountAuthorizationDetails because no identity-based policy allows it' }), 'ec2 DescribeVpcs': () => vpcs('vpc-1') });
    const connection = await connected(aws, session(to));
    const rows = [];
    for await (const row of connection.preflight()) rows.push(row);
    expect(rows.find((row) => row.permission === 'iam:GetAccountAuthorizationDetails')).toMatchObject({ state: 'denied', says: 'denied iam:GetAccountAuthorizationDetails: identities, and what they may do will be unknown (no identity-based policy allows it)' });
    expect(rows.find((row) => row.permission === 'ec2:DescribeVpcs')?.state).toBe('allowed');
    const all = await pulled(connection);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'iam get-account-authorization-details' }, state: 'denied' }]);
    expect(pieces(all, 'ec2 describe-vpcs')[0]?.piece.records).toBe(1);
  });

  it('keeps what it may know of a bucket and says which others it may not', async () => {
    const to = await server({
      's3 ListBuckets': () => buckets('mine', 'closed', 'bare', 'x', 'y'),
      's3 GetBucketPolicy': (h) => (bucketOf(h) === 'closed' ? { error: 'AccessDenied', status: 403 } : bucketOf(h) === 'bare' ? { error: 'NoSuchBucketPolicy', status: 404 } : { json: { Version: '2012-10-17', Statement: [] } }),
    });
    const all = await pulled(await connected(aws, session(to)));
    const [policies] = pieces(all, 's3api get-bucket-policy');
    expect(policies?.piece.gaps).toEqual([{ subject: 'closed', state: 'denied', says: 'not allowed' }]);
    const lines = Buffer.from(policies?.piece.bytes ?? []).toString().trim().split('\n').map((line) => JSON.parse(line) as { Subject: string; Answer: object });
    expect(lines.find((line) => line.Subject === 'bare')?.Answer).toEqual({ Error: { Code: 'NoSuchBucketPolicy' } });
    expect(lines.map((line) => line.Subject).toSorted()).toEqual(['bare', 'mine', 'x', 'y']);
  });

  it('stops asking about each of many things when the first few are denied', async () => {
    const to = await server({ 's3 ListBuckets': () => buckets(...Array.from({ length: 50 }, (_, i) => `b${i}`)), 's3 GetBucketAcl': () => ({ error: 'AccessDenied', status: 403 }) });
    const all = await pulled(await connected(aws, session(to)));
    expect(gaps(all)).toMatchObject([{ unit: { call: 's3api get-bucket-acl' }, state: 'denied' }]);
    expect(to.calls('s3 GetBucketAcl')).toHaveLength(3);
  });

  it('ends with a clear word when the token runs out, and keeps what came', async () => {
    let asked = 0;
    const to = await server({ 'ec2 DescribeVpcs': () => (asked++ === 0 ? vpcs('vpc-1') : { error: 'RequestExpired' }), 'ec2 DescribeRegions': () => ({ xml: '<regionInfo><item><regionName>eu-west-1</regionName></item><item><regionName>us-east-2</regionName></item></regionInfo>' }) });
    const all = await pulled(await connected(aws, session(to, { concurrency: 1 })));
    expect(all.error).toMatchObject({ kind: 'expired', says: 'the credentials are no longer valid (RequestExpired)' });
    expect(pieces(all, 'ec2 describe-vpcs')).toHaveLength(1);
  });

  it.each([['ExpiredToken', 'expired'], ['InvalidClientTokenId', 'expired'], ['AccessDenied', 'denied']])('does not begin with %s', async (error, kind) => {
    const connection = await aws.connect(session(await server({ 'sts GetCallerIdentity': () => ({ error, status: 403 }) })));
    expect(connection.ok ? 'connected' : connection.error.kind).toBe(kind);
  });

  it('passes over what an earlier run has done', async () => {
    const to = await server({ 's3 ListBuckets': () => buckets('b1'), 'ec2 DescribeVpcs': () => vpcs('vpc-1') });
    const first = await pulled(await connected(aws, session(to)));
    const progress = new Map(pieces(first).map(({ unit }) => [unitKey(unit), 'done'] as const));
    progress.delete(`ec2 describe-vpcs|${ACCOUNT}|eu-west-1|`);
    const second = await pulled(await connected(aws, session(to, { progress })));
    expect(pieces(second).map(({ unit }) => unit.call)).toEqual(['ec2 describe-vpcs']);
  });

  it('assumes a role with the external id, and uses its keys', async () => {
    const to = await server({ 'sts AssumeRole': () => ({ xml: `<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::${ACCOUNT}:assumed-role/Auditor/winnow</Arn><AssumedRoleId>x</AssumedRoleId></AssumedRoleUser>` }) });
    const connection = await connected(aws, session(to, { settings: { 'role-arn': `arn:aws:iam::${ACCOUNT}:role/Auditor`, 'external-id': 'client-7' } }));
    await pulled(connection);
    expect(to.calls('sts AssumeRole').map((c) => [c.form.get('RoleArn'), c.form.get('ExternalId')])).toEqual([[`arn:aws:iam::${ACCOUNT}:role/Auditor`, 'client-7']]);
    expect(to.calls('ec2 DescribeVpcs').every((c) => c.headers['authorization']?.includes('ASIAROLE') === true)).toBe(true);
  });

  it('asks for the code of an MFA device before it can go on', async () => {
    const connection = await aws.connect(session(await server(), { settings: { 'role-arn': `arn:aws:iam::${ACCOUNT}:role/Auditor`, 'mfa-serial': `arn:aws:iam::${ACCOUNT}:mfa/me` } }));
    expect(connection.ok ? 'connected' : connection.error.kind).toBe('needs_mfa');
  });

  it('talks to no endpoint that is neither AWS nor this machine', async () => {
    for (const endpoint of ['https://aws.attacker.example', 'http://127.attacker.example', 'http://10.0.0.1:4566', 'nonsense']) {
      const connection = await aws.connect(testSession({ settings: { ...keys, endpoint } }));
      expect(connection.ok ? 'connected' : connection.error.kind).toBe('refused_egress');
    }
    const byEnvironment = await aws.connect(testSession({ settings: keys, env: { AWS_ENDPOINT_URL: 'https://aws.attacker.example' } }));
    expect(byEnvironment.ok ? 'connected' : byEnvironment.error.kind).toBe('refused_egress');
  });

  it('keeps no key of a VPN tunnel', async () => {
    const tunnel = '<item><outsideIpAddress>203.0.113.9</outsideIpAddress><preSharedKey>hunter5-value</preSharedKey></item>';
    const to = await server({ 'ec2 DescribeVpnConnections': () => ({ xml: `<vpnConnectionSet><item><vpnConnectionId>vpn-1</vpnConnectionId><customerGatewayConfiguration>&lt;pre_shared_key&gt;hunter6-value&lt;/pre_shared_key&gt;</customerGatewayConfiguration><options><tunnelOptionSet>${tunnel}</tunnelOptionSet></options></item></vpnConnectionSet>` }) });
    const kept = keptText(await pulled(await connected(aws, session(to))));
    expect(kept).toContain('203.0.113.9');
    expect(kept).not.toMatch(/hunter\d-value/);
  });

  it('tells which task definitions it may not read, and keeps the tasks', async () => {
    const to = await server({
      'ecs ListClusters': () => ({ json: { clusterArns: [`arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/c`] } }), 'ecs ListTasks': () => ({ json: { taskArns: [`arn:aws:ecs:eu-west-1:${ACCOUNT}:task/c/1`] } }),
      'ecs DescribeTasks': () => ({ json: { tasks: [{ taskArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/c/1`, taskDefinitionArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task-definition/d:1` }] } }),
      'ecs DescribeTaskDefinition': () => ({ error: 'AccessDeniedException', status: 400, message: 'not allowed' }),
    });
    const all = await pulled(await connected(aws, session(to)));
    expect(keptText(all)).toContain('task/c/1');
    expect(pieces(all).find(({ unit }) => unit.call === 'ecs describe-tasks')?.piece.gaps).toMatchObject([{ subject: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task-definition/d:1`, state: 'denied' }]);
  });

  it('refuses half an access key rather than use other credentials', async () => {
    const to = await server();
    for (const half of [{ 'access-key-id': 'AKIAHALF' }, { 'secret-access-key': 'half' }]) {
      const connection = await aws.connect(testSession({ settings: { endpoint: to.url, ...half } }));
      expect(connection.ok ? 'connected' : connection.error.kind).toBe('no_credentials');
    }
  });

  it('keeps no credential and no value of an environment variable', async () => {
    const to = await server({
      'lambda ListFunctions': () => ({ json: { Functions: [{ FunctionName: 'f', FunctionArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`, Environment: { Variables: { DB_PASSWORD: 'hunter2-value' } } }] } }),
      'ecs ListClusters': () => ({ json: { clusterArns: [`arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/c`] } }), 'ecs ListTasks': () => ({ json: { taskArns: [`arn:aws:ecs:eu-west-1:${ACCOUNT}:task/c/1`] } }),
      'ecs DescribeTasks': () => ({ json: { tasks: [{ taskArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/c/1`, taskDefinitionArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task-definition/d:1`, overrides: { containerOverrides: [{ name: 'x', environment: [{ name: 'K', value: 'hunter3-value' }] }] } }] } }),
      'ecs DescribeTaskDefinition': () => ({ json: { taskDefinition: { taskDefinitionArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task-definition/d:1`, containerDefinitions: [{ name: 'x', environment: [{ name: 'K', value: 'hunter4-value' }] }] } } }),
    });
    const all = await pulled(await connected(aws, session(to)));
    const kept = keptText(all);
    expect(kept).toContain('DB_PASSWORD');
    expect(kept).toContain('task-definition/d:1');
    expect(kept).not.toMatch(/hunter\d-value/);
    for (const secret of [SECRET, TOKEN]) { expect(kept).not.toContain(secret); expect(JSON.stringify(all.events)).not.toContain(secret); }
  });

  it('stops at once when it is cancelled', async () => {
    const control = new AbortController();
    const to = await server({ 'ec2 DescribeVpcs': () => { control.abort(); return vpcs('vpc-1'); } });
    const all = await pulled(await connected(aws, session(to, { signal: control.signal })));
    expect(all.error).toMatchObject({ kind: 'cancelled' });
  });

  it('reads the organization from the root down', async () => {
    const to = await server({
      'organizations DescribeOrganization': () => ({ json: { Organization: { Id: 'o-1', Arn: `arn:aws:organizations::${ACCOUNT}:organization/o-1`, MasterAccountId: ACCOUNT } } }), 'organizations ListRoots': () => ({ json: { Roots: [{ Id: 'r-1', Arn: 'x' }] } }),
      'organizations ListOrganizationalUnitsForParent': ({ input }) => ({ json: { OrganizationalUnits: input['ParentId'] === 'r-1' ? [{ Id: 'ou-1', Arn: 'x', Name: 'prod' }] : [] } }),
      'organizations ListAccountsForParent': ({ input }) => ({ json: { Accounts: input['ParentId'] === 'ou-1' ? [{ Id: ACCOUNT, Arn: 'x', Name: 'me' }] : [] } }),
      'organizations ListPolicies': ({ input }) => ({ json: { Policies: input['Filter'] === 'SERVICE_CONTROL_POLICY' ? [{ Id: 'p-1', Arn: 'x' }] : [] } }),
      'organizations DescribePolicy': () => ({ json: { Policy: { PolicySummary: { Id: 'p-1', Type: 'SERVICE_CONTROL_POLICY' }, Content: '{"Version":"2012-10-17","Statement":[]}' } } }), 'organizations ListTargetsForPolicy': () => ({ json: { Targets: [{ TargetId: 'ou-1', Type: 'ORGANIZATIONAL_UNIT' }] } }),
    });
    const kept = keptText(await pulled(await connected(aws, session(to))));
    expect(kept).toContain('{"Call":"organizations list-accounts-for-parent","Subject":"ou-1"');
    expect(kept).toContain('{"Call":"organizations list-targets-for-policy","Subject":"p-1"');
  });
});

describe('the table of calls', () => {
  it.each(['nothing', 'ec2 describeVpcs | Vpcs', 'warp DescribeVpcs | Vpcs'])('refuses the line "%s"', (line) => { expect(() => readCalls(`# x\n${line}`)).toThrow('no call'); });
});
