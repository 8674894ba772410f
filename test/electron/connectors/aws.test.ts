import { afterEach, describe, expect, it } from 'vitest';
import { aws } from '#electron/connectors/aws.ts';
import { readCalls } from '#electron/connectors/aws/read-calls.ts';
import { unitKey, type Connection, type PreflightRow, type Settings } from '#electron/connectors/connector.ts';
import { otherNames, readActions } from './aws-actions.ts';
import { ACCOUNT, awsServer, bucketOf, type AwsHeard, type AwsServer, type AwsWorld } from './servers/aws-server.ts';
import { connected, gaps, keptText, pieces, pulled, testSession, type Pulled, type SessionOptions, valueOf } from './servers/session.ts';

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
async function triedRows(connection: Connection): Promise<readonly PreflightRow[]> { const rows: PreflightRow[] = []; for await (const row of connection.preflight()) rows.push(row); return rows; }
const buckets = (...names: readonly string[]) => ({ xml: `<ListAllMyBucketsResult><Buckets>${names.map((n) => `<Bucket><Name>${n}</Name><BucketRegion>eu-west-1</BucketRegion></Bucket>`).join('')}</Buckets></ListAllMyBucketsResult>` });

describe('aws', () => {
  it('asks only what stands on its list', async () => {
    const to = await server({ 's3 ListBuckets': () => buckets('b1'), 'lambda ListFunctions': () => ({ json: { Functions: [{ FunctionName: 'f', FunctionArn: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f` }] } }), 'sqs ListQueues': () => ({ json: { QueueUrls: [`https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q`] } }) });
    const connection = await connected(aws, session(to));
    await triedRows(connection);
    expect((await pulled(connection)).error).toBeUndefined();
    const known = new Set(aws.needs.map(({ id }) => id.split(' ').slice(1).join('').replaceAll('-', '')));
    expect(to.operations().filter((operation) => !known.has((operation.split(' ')[1] ?? '').toLowerCase().replace('getaccountpublic', 'getpublic')))).toEqual([]);
  });

  it('needs actions that IAM knows, that only read, and that give no data; its policy allows them and no other', () => {
    const policy = JSON.parse(valueOf(aws.policy({}))) as { Statement: { Effect: string; Action: string[]; Resource: string }[] };
    expect(policy.Statement).toEqual([{ Sid: 'WinnowReadOnly', Effect: 'Allow', Action: readActions, Resource: '*' }]);
    // A managed policy may have 6,144 characters without white space.
    expect(JSON.stringify(policy).length).toBeLessThan(6144);
    const reads = aws.needs.filter((call) => call.isEntry !== true);
    for (const { id, permissions } of reads) expect([id, permissions.length === 1 && (otherNames[id] ?? permissions[0])]).toEqual([id, permissions[0]]);
    // The action of all others has the operation's name.
    for (const { id, permissions: [action = ''] } of reads.filter((call) => otherNames[call.id] === undefined)) expect((action.split(':')[1] ?? '').toLowerCase()).toBe((id.split(' ')[1] ?? '').replaceAll('-', ''));
  });

  it('needs to assume a role only where several accounts are asked for', () => {
    expect(aws.needs.filter((call) => call.isEntry === true).flatMap((call) => call.permissions)).toEqual(['sts:AssumeRole']);
    expect(JSON.parse(valueOf(aws.policy({ accounts: 'all', 'role-name': 'audit/Reader' })))).toMatchObject({ Statement: [{ Action: readActions }, { Action: ['sts:AssumeRole'], Resource: 'arn:*:iam::*:role/audit/Reader' }] });
  });

  it.each<Settings>([{ accounts: 'all', 'role-name': '*' }, { accounts: 'all' }, { accounts: '12' }])('writes no policy for settings that it would not connect with: %j', (settings) => {
    expect(aws.policy(settings)).toMatchObject({ ok: false, error: { kind: 'rejected' } });
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

  it.each(['ec2 DescribeVpcs', 'ecs ListClusters', 'organizations ListRoots', 'organizations ListPolicies', 'iam GetAccountAuthorizationDetails', 'kms ListKeys'])('takes pages of %s that go round in a circle for a gap', async (operation) => {
    const to = await server({
      'ec2 DescribeVpcs': ({ form }) => ({ xml: `${vpcs('vpc-1').xml}<nextToken>${form.get('NextToken') === 'a' ? 'b' : 'a'}</nextToken>` }),
      'iam GetAccountAuthorizationDetails': ({ form }) => ({ xml: `<IsTruncated>true</IsTruncated><Marker>${form.get('Marker') === 'a' ? 'b' : 'a'}</Marker>` }),
      'ecs ListClusters': ({ input }) => ({ json: { clusterArns: [], nextToken: input['nextToken'] === 'a' ? 'b' : 'a' } }),
      'kms ListKeys': ({ input }) => ({ json: { Keys: [], Truncated: true, NextMarker: input['Marker'] === 'a' ? 'b' : 'a' } }),
      ...Object.fromEntries(['ListRoots', 'ListPolicies'].map((name) => [`organizations ${name}`, ({ input }: AwsHeard) => ({ json: { NextToken: input['NextToken'] === 'a' ? 'b' : 'a' } })])),
    });
    const all = await pulled(await connected(aws, session(to)));
    expect(gaps(all).find((gap) => gap.says.startsWith(operation.split(' ')[0] ?? '') && gap.says.toLowerCase().replaceAll('-', '').includes((operation.split(' ')[1] ?? '').toLowerCase()))).toMatchObject({ state: 'failed', says: expect.stringContaining('goes on where it has been already') });
    expect(to.calls(operation)).toHaveLength(3);
  });

  it('goes through all routes of a transit gateway, as one answer', async () => {
    const route = (n: number): string => `<item><destinationCidrBlock>10.${n}.0.0/16</destinationCidrBlock><type>static</type><state>active</state></item>`;
    const to = await server({
      'ec2 DescribeTransitGatewayRouteTables': () => ({ xml: '<transitGatewayRouteTables><item><transitGatewayRouteTableId>tgw-rtb-1</transitGatewayRouteTableId></item><item><transitGatewayRouteTableId>tgw-rtb-2</transitGatewayRouteTableId></item></transitGatewayRouteTables>' }),
      'ec2 SearchTransitGatewayRoutes': ({ form }) => ({ xml: form.get('TransitGatewayRouteTableId') === 'tgw-rtb-2' ? `<routeSet>${route(9)}</routeSet><additionalRoutesAvailable>true</additionalRoutesAvailable>`
        : form.get('NextToken') === 'two' ? `<routeSet>${route(2)}</routeSet><additionalRoutesAvailable>false</additionalRoutesAvailable>` : `<routeSet>${route(1)}</routeSet><additionalRoutesAvailable>true</additionalRoutesAvailable><nextToken>two</nextToken>` }),
    });
    const [found] = pieces(await pulled(await connected(aws, session(to))), 'ec2 search-transit-gateway-routes');
    const lines = Buffer.from(found?.piece.bytes ?? []).toString().trim().split('\n').map((line) => JSON.parse(line) as { Subject: string; Answer: { Routes: { DestinationCidrBlock: string }[]; AdditionalRoutesAvailable: boolean } });
    expect(lines.map(({ Subject, Answer }) => [Subject, Answer.Routes.map((r) => r.DestinationCidrBlock), Answer.AdditionalRoutesAvailable])).toEqual([['tgw-rtb-1', ['10.1.0.0/16', '10.2.0.0/16'], false]]);
    expect(found?.piece.gaps).toEqual([{ subject: 'tgw-rtb-2', state: 'failed', says: 'ec2 search-transit-gateway-routes has more than it gives, and no way to the rest' }]);
  });

  it('does not take a list for whole that says it is cut off', async () => {
    const to = await server({ 'iam GetAccountAuthorizationDetails': () => ({ xml: '<IsTruncated>true</IsTruncated>' }) });
    expect(gaps(await pulled(await connected(aws, session(to))))).toMatchObject([{ unit: { call: 'iam get-account-authorization-details' }, state: 'failed', says: expect.stringContaining('no way to the rest') }]);
  });

  it('loses no policy of the organization, and no task, for one thing that was deleted since it was listed', async () => {
    const to = await server({
      'organizations ListPolicies': ({ input }) => ({ json: { Policies: input['Filter'] === 'SERVICE_CONTROL_POLICY' ? [{ Id: 'p-gone' }, { Id: 'p-kept' }] : [] } }),
      'organizations DescribePolicy': ({ input }) => (input['PolicyId'] === 'p-gone' ? { error: 'PolicyNotFoundException' } : { json: { Policy: { PolicySummary: { Id: 'p-kept' }, Content: '{}' } } }),
      'ecs ListClusters': () => ({ json: { clusterArns: ['gone', 'kept'].map((c) => `arn:aws:ecs:eu-west-1:${ACCOUNT}:cluster/${c}`) } }),
      'ecs ListTasks': ({ input }) => (String(input['cluster']).endsWith('gone') ? { error: 'ClusterNotFoundException' } : { json: { taskArns: ['t'] } }), 'ecs DescribeTasks': () => ({ json: { tasks: [{ taskArn: `arn:aws:ecs:eu-west-1:${ACCOUNT}:task/kept/1` }] } }),
      'ecs ListServices': ({ input }) => (String(input['cluster']).endsWith('gone') ? { error: 'ClusterNotFoundException' } : { json: { serviceArns: [] } }),
    });
    const all = await pulled(await connected(aws, session(to)));
    expect(gaps(all)).toEqual([]);
    expect(keptText(all)).toContain('p-kept');
    expect(pieces(all, 'ecs describe-tasks')[0]?.piece.records).toBe(1);
  });

  it('pulls the named regions only, and never asks for the others', async () => {
    const to = await server();
    await pulled(await connected(aws, session(to, { settings: { regions: 'eu-west-1, ap-south-1' } })));
    expect([...new Set(to.calls('ec2 DescribeVpcs').map((c) => c.region))].toSorted()).toEqual(['ap-south-1', 'eu-west-1']);
    expect(to.calls('ec2 DescribeRegions')).toEqual([]);
  });

  it('is another target with other regions: a cut pull goes on only with the same', async () => {
    const target = async (regions: string): Promise<string> => (await connected(aws, session(await server(), { settings: { regions } }))).identity.target;
    expect([await target('us-east-2,eu-west-1'), await target('eu-west-1, us-east-2'), await target('eu-west-1'), await target('all'), await target('')]).toEqual([`${ACCOUNT} (eu-west-1, us-east-2)`, `${ACCOUNT} (eu-west-1, us-east-2)`, `${ACCOUNT} (eu-west-1)`, ACCOUNT, ACCOUNT]);
  });

  it('tries a call in each region that is asked for, and says which region is shut', async () => {
    const shut = { error: 'UnauthorizedOperation', status: 403, message: 'You are not authorized to perform this operation. User: x is not authorized to perform: ec2:DescribeVpcs with an explicit deny in a service control policy' };
    const to = await server({ 'ec2 DescribeVpcs': ({ region }) => (region === 'us-east-2' ? shut : vpcs('vpc-1')) });
    const rows = (await triedRows(await connected(aws, session(to, { settings: { regions: 'eu-west-1,us-east-2,ap-south-1' } })))).filter((row) => row.call === 'ec2 describe-vpcs');
    expect(rows.map((row) => row.says)).toEqual(['allowed ec2:DescribeVpcs', 'allowed ec2:DescribeVpcs in ap-south-1', 'denied ec2:DescribeVpcs in us-east-2: everything in the region may be unknown (explicitly denied by a service control policy)']);
    expect(new Set(to.calls('ec2 DescribeSubnets').map((c) => c.region))).toEqual(new Set(['eu-west-1']));
  });

  it('tries all regions that are switched on where none is named', async () => {
    const to = await server({ 'ec2 DescribeRegions': () => ({ xml: '<regionInfo><item><regionName>us-east-2</regionName></item><item><regionName>eu-west-1</regionName></item></regionInfo>' }) });
    const rows = await triedRows(await connected(aws, session(to)));
    expect(rows.filter((row) => row.call === 'ec2 describe-vpcs').map((row) => row.says)).toEqual(['allowed ec2:DescribeVpcs', 'allowed ec2:DescribeVpcs in us-east-2']);
    expect(rows.find((row) => row.permission === 'ec2:DescribeRegions')?.state).toBe('allowed');
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
    const connection = await connected(aws, session(to)), rows = await triedRows(connection);
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

  it.each([[1, []], [2, ['one', 'two']]] as const)('takes "not there" for "deleted since" only where one thing was asked about (of %i)', async (many, told) => {
    const names = ['one', 'two'].slice(0, many);
    const to = await server({ 'es ListDomainNames': () => ({ json: { DomainNames: names.map((DomainName) => ({ DomainName })) } }), 'es DescribeDomains': () => ({ error: 'ResourceNotFoundException', status: 409 }) });
    const all = await pulled(await connected(aws, session(to)));
    expect([gaps(all), pieces(all, 'opensearch describe-domains').map(({ piece }) => piece.gaps?.map(({ subject, state }) => `${subject} ${state}`) ?? [])]).toEqual([[], [told.map((name) => `${name} failed`)]]);
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

describe('several accounts', () => {
  const [second, third] = ['222233334444', '333344445555'] as const;
  const role = (id: string) => `arn:aws:iam::${id}:role/audit/Reader`;
  /** Which account a request's key belongs to: `ASIA` and the account for a role's. */
  const accountOf = (heard: AwsHeard): string => /Credential=ASIA(\d{12})\//.exec(heard.headers['authorization'] ?? '')?.[1] ?? ACCOUNT;
  const entered = (refused: readonly string[] = []): AwsWorld => ({
    'organizations ListAccounts': ({ input }) => ({ json: input['NextToken'] === undefined ? { Accounts: [{ Id: third, State: 'ACTIVE' }, { Id: '999900001111', State: 'SUSPENDED' }], NextToken: 'two' } : { Accounts: [{ Id: ACCOUNT, Status: 'ACTIVE' }, { Id: second, State: 'ACTIVE' }] } }),
    'sts AssumeRole': ({ form }) => { const id = /::(\d{12}):/.exec(form.get('RoleArn') ?? '')?.[1] ?? ''; return refused.includes(id) ? { error: 'AccessDenied', status: 403, message: 'User: x is not authorized to perform: sts:AssumeRole' } : { xml: `<Credentials><AccessKeyId>ASIA${id}</AccessKeyId><SecretAccessKey>role-secret-${id}</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>` }; },
    'ec2 DescribeVpcs': (heard) => vpcs(`vpc-of-${accountOf(heard)}`),
  });
  const many = (to: AwsServer, more: Readonly<Record<string, string>> = {}, options: SessionOptions = {}) => session(to, { ...options, settings: { accounts: 'all', 'role-name': 'audit/Reader', regions: 'eu-west-1', ...more } });
  const found = (all: Pulled): readonly string[] => pieces(all, 'ec2 describe-vpcs').map(({ unit, piece }) => `${unit.scope.account ?? ''} ${piece.name.split('/')[0] ?? ''} ${/vpc-of-\d+/.exec(Buffer.from(piece.bytes).toString())?.[0] ?? ''}`);

  it('pulls all that are in use, each with a role of its own and the credentials’ own with them as they are', async () => {
    const to = await server(entered()), connection = await connected(aws, many(to));
    expect(connection.identity.target).toBe(`all accounts of the organization of ${ACCOUNT} as audit/Reader (eu-west-1)`);
    const all = await pulled(connection);
    expect(all.error).toBeUndefined();
    expect(found(all)).toEqual([ACCOUNT, second, third].map((id) => `${id} ${id} vpc-of-${id}`));
    expect(to.calls('sts AssumeRole').map((c) => c.form.get('RoleArn'))).toEqual([second, third].map(role));
    // What one of them tells of the organization is the same in all.
    expect(new Set(to.calls('organizations ListRoots').map(accountOf))).toEqual(new Set([ACCOUNT]));
    const planned = all.events.flatMap((e) => (e.type === 'planned' ? [e.units] : [])), units = new Set(all.events.flatMap((e) => (e.type === 'planned' ? [] : [unitKey(e.unit)]))).size;
    expect(planned).toEqual([...planned].sort((a, b) => a - b));
    expect(planned.at(-1)).toBe(units);
    expect(keptText(all) + JSON.stringify(all.events)).not.toMatch(/role-secret|role-token/);
  });

  it('goes on without one whose role can’t be assumed, and says so', async () => {
    const all = await pulled(await connected(aws, many(await server(entered([second])))));
    expect(gaps(all)).toMatchObject([{ unit: { call: 'sts assume-role', scope: { account: second } }, state: 'denied', says: `the role ${role(second)} can't be assumed: not allowed` }]);
    expect(found(all).map((text) => text.split(' ')[0])).toEqual([ACCOUNT, third]);
  });

  it('has gaps by account', async () => {
    const to = await server({ ...entered(), 'ec2 DescribeSubnets': (heard) => (accountOf(heard) === third ? { error: 'UnauthorizedOperation', status: 403 } : { xml: '<subnetSet/>' }) });
    expect(gaps(await pulled(await connected(aws, many(to)))).map((gap) => `${gap.unit.call} ${gap.unit.scope.account ?? ''} ${gap.state}`)).toEqual([`ec2 describe-subnets ${third} denied`]);
  });

  it.each<[string, string, readonly string[], 'expired' | undefined]>([['a role’s', second, [ACCOUNT, third], undefined], ['the first', ACCOUNT, [], 'expired']])('goes on where AWS does not accept %s credentials only if others are left to try', async (_whose, refused, others, ends) => {
    const world = entered(), to = await server({ ...world, 'ec2 DescribeVpcs': (heard) => (accountOf(heard) === refused ? { error: 'AuthFailure', status: 401 } : world['ec2 DescribeVpcs']?.(heard) ?? { status: 500 }) });
    const all = await pulled(await connected(aws, many(to)));
    expect([found(all).map((text) => text.split(' ')[0]), (all.error as { kind?: string } | undefined)?.kind]).toEqual([others, ends]);
    expect(gaps(all).map((gap) => `${gap.unit.call} ${gap.unit.scope.account ?? ''} ${gap.state}`)).toEqual(ends === undefined ? [`ec2 describe-vpcs ${refused} failed`] : []);
  });

  it('passes over what a cut run has done in each of them', async () => {
    const to = await server(entered()), first = await pulled(await connected(aws, many(to)));
    const progress = new Map(pieces(first).map(({ unit }) => [unitKey(unit), 'done'] as const));
    progress.delete(`ec2 describe-vpcs|${second}|eu-west-1|`);
    expect(found(await pulled(await connected(aws, many(to, {}, { progress }))))).toEqual([`${second} ${second} vpc-of-${second}`]);
  });

  it('pulls those that are named and no other, with the external id; the organization is asked for in each', async () => {
    const to = await server({ ...entered(), 'organizations ListRoots': () => ({ error: 'AccessDeniedException' }) });
    const connection = await connected(aws, many(to, { accounts: `${third},${second}`, 'external-id': 'client-7' })), all = await pulled(connection);
    expect(connection.identity.target).toBe(`${second}, ${third} as audit/Reader (eu-west-1)`);
    expect(found(all).map((text) => text.split(' ')[0])).toEqual([second, third]);
    expect(to.calls('sts AssumeRole').map((c) => c.form.get('ExternalId'))).toEqual(['client-7', 'client-7']);
    expect(gaps(all).filter((gap) => gap.unit.call === 'organizations list-roots').map((gap) => gap.unit.scope.account)).toEqual([second, third]);
    expect(to.calls('organizations ListAccounts')).toEqual([]);
  });

  it('assumes the first role first, with its external id, and the others from there', async () => {
    const to = await server(entered());
    await pulled(await connected(aws, many(to, { 'role-arn': `arn:aws:iam::${ACCOUNT}:role/Hub`, 'external-id': 'client-7', accounts: second })));
    expect(to.calls('sts AssumeRole').map((c) => [c.form.get('RoleArn'), c.form.get('ExternalId'), accountOf(c), /Credential=(ASIA|AKID)/.exec(c.headers['authorization'] ?? '')?.[1]])).toEqual([[`arn:aws:iam::${ACCOUNT}:role/Hub`, 'client-7', ACCOUNT, 'AKID'], [role(second), null, ACCOUNT, 'ASIA']]);
  });

  it('renews a role’s credentials before they end', async () => {
    const world = entered(), to = await server({ ...world, 'sts AssumeRole': (heard) => { const reply = world['sts AssumeRole']?.(heard); return reply && 'xml' in reply ? { xml: reply.xml.replace('2099-01-01T00:00:00Z', '2026-11-29T00:04:00Z') } : { status: 500 }; } });
    expect((await pulled(await connected(aws, many(to, { accounts: second })))).error).toBeUndefined();
    expect(to.calls('sts AssumeRole').length).toBeGreaterThan(2);
  });

  it('tries the role of every account, and the calls in the first that lets us in', async () => {
    const to = await server(entered([second])), rows = await triedRows(await connected(aws, many(to, { accounts: `${second},${third}` })));
    expect(rows.filter((row) => row.permission === 'sts:AssumeRole').map((row) => row.says)).toEqual([`denied sts:AssumeRole in ${second}: everything in the account will be unknown (the role ${role(second)} can't be assumed: not allowed)`, `allowed sts:AssumeRole in ${third}`]);
    expect(new Set(to.calls('ec2 DescribeVpcs').map(accountOf))).toEqual(new Set([third]));
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['no role', { 'role-name': '' }, /--role-name/], ['a role and no accounts', { accounts: '' }, /--accounts all/], ['what is no account', { accounts: '12345' }, /"12345" is no id of an account/], ['what is no role', { 'role-name': 'x:role/*' }, /no name of a role/],
  ])('does not begin with %s', async (_name, more, says) => {
    const settings = Object.fromEntries(Object.entries({ ...keys, endpoint: (await server()).url, accounts: 'all', 'role-name': 'Reader', ...more }).filter(([, value]) => value !== ''));
    expect(await aws.connect(testSession({ settings }))).toMatchObject({ ok: false, error: { kind: 'rejected', says: expect.stringMatching(says) } });
  });

  it('says of how many regions it tries nothing', async () => {
    const regions = Array.from({ length: 63 }, (_, i) => `xx-test-${i}`), rows = await triedRows(await connected(aws, session(await server({}), { settings: { regions: regions.join(',') } })));
    expect(rows.map((row) => row.says)).toContain('2 more regions were not tried: they show while pulling');
    expect(rows.filter((row) => row.says.includes(' in xx-test-'))).toHaveLength(60);
  });

  it('asks the own account by its id without a role, and no other', async () => {
    const to = await server({}), own = (accounts: string) => session(to, { settings: { ...keys, endpoint: to.url, accounts, regions: 'eu-west-1' } });
    expect((await connected(aws, own(ACCOUNT))).identity.target).toBe(`${ACCOUNT} (eu-west-1)`);
    expect(await aws.connect(own(`${ACCOUNT},${second}`))).toMatchObject({ ok: false, error: { kind: 'rejected', says: expect.stringContaining('--role-name') } });
  });

  it('says what to do when the accounts can’t be listed', async () => {
    const to = await server({ 'organizations ListAccounts': () => ({ error: 'AccessDeniedException' }) });
    expect(await aws.connect(many(to))).toMatchObject({ ok: false, error: { kind: 'denied', says: expect.stringContaining('name them with --accounts ID,ID') } });
  });
});

describe('the table of calls', () => {
  it.each(['nothing', 'ec2 describeVpcs | Vpcs', 'warp DescribeVpcs | Vpcs'])('refuses the line "%s"', (line) => { expect(() => readCalls(`# x\n${line}`)).toThrow('no call'); });
});
