import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawGraph } from '#electron/host/raw-graph.ts';
import { graphView } from '#electron/store/graph-view.ts';
import { openReader } from '#electron/store/open.ts';
import { openTables } from '#electron/store/tables.ts';
import { policySchema } from '#shared/model/policy.ts';
import { pullReportSchema, type PullReport } from '#shared/model/pull.ts';
import { ACCOUNT, awsServer, type AwsReply, type AwsServer, type AwsWorld } from '../electron/connectors/servers/aws-server.ts';
import { kubeconfigFor, kubeServer } from '../electron/connectors/servers/kube-server.ts';
import { ENTRY, inTempFolder, ROOT } from './winnow.ts';
import { ran, rows } from './workspace.ts';

const KEY = 'AKIDCLIENT0EXAMPLE', SECRET = 'client-secret-KEYabcdefghijklmnop', TOKEN = 'client-session-TOKEN-qrstuvwxyz';
const before = { ...process.env };
let server: AwsServer | undefined;
beforeEach(() => { Object.assign(process.env, { AWS_ACCESS_KEY_ID: KEY, AWS_SECRET_ACCESS_KEY: SECRET, AWS_SESSION_TOKEN: TOKEN, AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' }); });
afterEach(async () => { process.env = { ...before }; await server?.close(); server = undefined; });

/** A small estate that can change between two pulls. */
interface Estate { readonly open: readonly string[]; readonly instances: readonly string[]; readonly deny: ReadonlySet<string>; readonly expire: ReadonlySet<string> }
const whole: Estate = { open: ['0.0.0.0/0'], instances: ['i-0a', 'i-0b'], deny: new Set(), expire: new Set() };
const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Open', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::crown/*' }] });
const region = 'eu-west-1';

/** The estate as AWS would answer; and, below, as a dump of the AWS CLI would have it. */
function worldOf(estate: () => Estate): AwsWorld {
  const world: AwsWorld = {
    'ec2 DescribeVpcs': () => ({ xml: `<vpcSet><item><vpcId>vpc-1</vpcId><ownerId>${ACCOUNT}</ownerId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet>` }),
    'ec2 DescribeSubnets': () => ({ xml: `<subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><ownerId>${ACCOUNT}</ownerId><cidrBlock>10.0.1.0/24</cidrBlock><availabilityZone>eu-west-1a</availabilityZone></item></subnetSet>` }),
    'ec2 DescribeInternetGateways': () => ({ xml: `<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId><ownerId>${ACCOUNT}</ownerId><attachmentSet><item><vpcId>vpc-1</vpcId><state>available</state></item></attachmentSet></item></internetGatewaySet>` }),
    'ec2 DescribeSecurityGroups': () => ({ xml: `<securityGroupInfo><item><groupId>sg-1</groupId><groupName>web</groupName><ownerId>${ACCOUNT}</ownerId><vpcId>vpc-1</vpcId><ipPermissions>${estate().open.map((cidr) => `<item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort><toPort>443</toPort><ipRanges><item><cidrIp>${cidr}</cidrIp></item></ipRanges></item>`).join('')}</ipPermissions></item></securityGroupInfo>` }),
    'ec2 DescribeInstances': () => ({ xml: `<reservationSet>${estate().instances.map((id) => `<item><ownerId>${ACCOUNT}</ownerId><instancesSet><item><instanceId>${id}</instanceId><vpcId>vpc-1</vpcId><subnetId>subnet-1</subnetId><instanceState><name>running</name></instanceState></item></instancesSet></item>`).join('')}</reservationSet>` }),
    'ec2 DescribeVolumes': () => ({ xml: '<volumeSet><item><volumeId>vol-1</volumeId></item></volumeSet>' }),
    's3 ListBuckets': () => ({ xml: `<ListAllMyBucketsResult><Buckets><Bucket><Name>crown</Name><BucketRegion>${region}</BucketRegion></Bucket></Buckets></ListAllMyBucketsResult>` }),
    's3 GetBucketPolicy': () => ({ json: JSON.parse(policy) as unknown }),
    's3 GetPublicAccessBlock': () => ({ error: 'NoSuchPublicAccessBlockConfiguration', status: 404 }),
    'iam GetAccountAuthorizationDetails': () => ({ xml: `<IsTruncated>false</IsTruncated><RoleDetailList><member><RoleName>Admin</RoleName><RoleId>AROA1</RoleId><Path>/</Path><Arn>arn:aws:iam::${ACCOUNT}:role/Admin</Arn><AssumeRolePolicyDocument>${encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }))}</AssumeRolePolicyDocument></member></RoleDetailList>` }),
  };
  return Object.fromEntries(Object.entries(world).map(([name, answer]) => [name, (heard): AwsReply => (estate().expire.has(name) ? { error: name.startsWith('ec2') ? 'RequestExpired' : 'ExpiredToken', status: 400 } : estate().deny.has(name) ? { error: name.startsWith('ec2') ? 'UnauthorizedOperation' : 'AccessDenied', status: 403 } : answer(heard))]));
}
const dump: Readonly<Record<string, unknown>> = {
  'ec2-describe-vpcs.json': { Vpcs: [{ VpcId: 'vpc-1', OwnerId: ACCOUNT, CidrBlock: '10.0.0.0/16' }] }, 'ec2-describe-subnets.json': { Subnets: [{ SubnetId: 'subnet-1', VpcId: 'vpc-1', OwnerId: ACCOUNT, CidrBlock: '10.0.1.0/24', AvailabilityZone: 'eu-west-1a' }] },
  'ec2-describe-internet-gateways.json': { InternetGateways: [{ InternetGatewayId: 'igw-1', OwnerId: ACCOUNT, Attachments: [{ VpcId: 'vpc-1', State: 'available' }] }] },
  'ec2-describe-security-groups.json': { SecurityGroups: [{ GroupId: 'sg-1', GroupName: 'web', OwnerId: ACCOUNT, VpcId: 'vpc-1', IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }] },
  'ec2-describe-instances.json': { Reservations: ['i-0a', 'i-0b'].map((InstanceId) => ({ OwnerId: ACCOUNT, Instances: [{ InstanceId, VpcId: 'vpc-1', SubnetId: 'subnet-1', State: { Name: 'running' } }] })) },
  's3-list-buckets.json': { Buckets: [{ Name: 'crown', BucketRegion: region }] }, 's3api-get-bucket-policy/crown': { Policy: policy }, 's3api-get-public-access-block/crown': { Error: { Code: 'NoSuchPublicAccessBlockConfiguration' } },
};

const start = async (estate: () => Estate): Promise<AwsServer> => (server = await awsServer(worldOf(estate)));
const options = (to: AwsServer, workspace: string): readonly string[] => ['connect', 'aws', '--endpoint', to.url, '--regions', region, '--workspace', workspace, '--json'];
const pull = async (code: number, to: AwsServer, workspace: string, ...more: readonly string[]): Promise<PullReport> => pullReportSchema.parse(JSON.parse((await ran(code, [...options(to, workspace), ...more])).stdout));

const configOf = (workspace: string, type: string): readonly unknown[] => rows(workspace, "SELECT json_extract(json, '$.config') AS config FROM nodes WHERE type = ? AND closed_us IS NULL ORDER BY urn", type).map((row) => JSON.parse(String(row['config'])) as unknown);
const openUrns = (workspace: string): readonly string[] => rows(workspace, "SELECT urn FROM nodes WHERE closed_us IS NULL AND kind <> 'internet' ORDER BY urn").map((row) => String(row['urn']));
const rules = (workspace: string): unknown => (configOf(workspace, 'AWS::EC2::SecurityGroup')[0] as { IpPermissions?: unknown[] } | undefined)?.IpPermissions?.length;

describe('winnow connect aws', () => {
  it('makes of an account what an import of the equal dump makes of it, and can confirm it from the raw answers', () => inTempFolder(async (dir) => {
    const pulled = join(dir, 'pulled.db'), imported = join(dir, 'imported.db');
    const report = await pull(0, await start(() => whole), pulled);
    expect(report).toMatchObject({ state: 'done', target: `${ACCOUNT} (${region})`, gaps: [], quarantined: 0 });
    for (const [name, answer] of Object.entries(dump)) { const file = join(dir, 'dump', ACCOUNT, region, name); mkdirSync(join(file, '..'), { recursive: true }); writeFileSync(file, JSON.stringify(answer)); }
    await ran(0, ['ingest', join(dir, 'dump'), '--workspace', imported]);
    for (const type of ['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::InternetGateway', 'AWS::EC2::Instance', 'AWS::EC2::SecurityGroup']) expect([type, configOf(pulled, type)]).toMatchObject([type, configOf(imported, type)]);
    const [bucket] = configOf(pulled, 'AWS::S3::Bucket'), [sameBucket] = configOf(imported, 'AWS::S3::Bucket');
    expect(bucket).toMatchObject(sameBucket as object);
    const bare = openUrns(pulled).filter((urn) => openUrns(imported).includes(urn));
    expect(bare).toEqual(openUrns(imported));
    const edges = (file: string): unknown => rows(file, `SELECT source, kind, target FROM edges WHERE valid_to IS NULL AND source IN (${openUrns(imported).map(() => '?').join(', ')}) ORDER BY 1, 2, 3`, ...openUrns(imported));
    expect(edges(pulled)).toEqual(edges(imported));
    const reader = openReader(pulled);
    if (!reader.ok) throw new Error(reader.error);
    const view = graphView(reader.value.db, 1), again = rawGraph(view, openTables(reader.value.db, policySchema.parse({})));
    for (const urn of openUrns(pulled)) expect([urn, again.resource(urn)?.config]).toEqual([urn, view.resource(urn)?.config]);
    reader.value.close();
  }), 120_000);

  it('follows what changes: rules that come and go, hosts that are gone, a state that was there before', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db');
    let estate: Estate = whole;
    const to = await start(() => estate);
    await pull(0, to, file);
    expect([rules(file), openUrns(file).filter((urn) => urn.includes('instance/')).length]).toEqual([1, 2]);
    estate = { ...whole, open: [], instances: ['i-0b'] };
    expect((await pull(0, to, file)).resources).toMatchObject({ new: 0, closed: 1 });
    expect([rules(file), openUrns(file).filter((urn) => urn.includes('instance/')).length]).toEqual([0, 1]);
    estate = whole;
    expect((await pull(0, to, file)).resources).toMatchObject({ closed: 0 });
    expect([rules(file), openUrns(file).filter((urn) => urn.includes('instance/')).length]).toEqual([1, 2]);
    expect((await pull(0, to, file)).resources).toMatchObject({ new: 0, changed: 0, closed: 0 });
  }), 180_000);

  it('closes nothing that it could not look for, forgets what it may no longer read, and says both', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db');
    let estate: Estate = whole;
    const to = await start(() => estate);
    await pull(0, to, file);
    estate = { ...whole, deny: new Set(['ec2 DescribeInstances', 's3 GetBucketPolicy']) };
    const report = await pull(1, to, file);
    expect(report.resources.closed).toBe(0);
    expect(openUrns(file).filter((urn) => urn.includes('instance/'))).toHaveLength(2);
    expect(configOf(file, 'AWS::S3::Bucket')[0]).not.toHaveProperty('Policy');
    expect(report.gaps.map((gap) => [gap.state, gap.call, gap.evidence])).toEqual([['denied', 'ec2 describe-instances', 'what runs, and as which role'], ['denied', 's3api get-bucket-policy', 'who may read and write data']]);
    const [row] = rows(file, "SELECT payload FROM audit WHERE event = 'pulled' ORDER BY seq DESC LIMIT 1");
    expect(JSON.parse(String(row?.['payload']))).toMatchObject({ product: 'aws', target: `${ACCOUNT} (${region})`, principal: `arn:aws:sts::${ACCOUNT}:assumed-role/Auditor/winnow`, denied: ['ec2 describe-instances', 's3api get-bucket-policy'] });
    await ran(0, ['audit', 'verify', '--workspace', file]);
  }), 120_000);

  it('keeps what came when a token runs out, and goes on from there with new credentials', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db');
    // Far down the list: much has come by then.
    let estate: Estate = { ...whole, expire: new Set(['ec2 DescribeVolumes']) };
    const to = await start(() => estate);
    const cut = await ran(1, [...options(to, file)]);
    expect(pullReportSchema.parse(JSON.parse(cut.stdout))).toMatchObject({ state: 'cut', why: expect.stringMatching(/no longer valid/) as unknown });
    const vpc = `arn:aws:ec2:${region}:${ACCOUNT}:vpc/vpc-1`, subnet = `arn:aws:ec2:${region}:${ACCOUNT}:subnet/subnet-1`, role = `arn:aws:iam::${ACCOUNT}:role/Admin`;
    expect(openUrns(file)).toEqual(expect.arrayContaining([vpc, subnet, role]));
    expect(rows(file, "SELECT state FROM pull_units WHERE call = 'ec2 describe-volumes'")).toEqual([]);
    // Lists that nothing else is asked about: those which are done are not asked for again.
    const done = rows(file, "SELECT call FROM pull_units WHERE state = 'done'").map((row) => String(row['call']));
    expect(done).toEqual(expect.arrayContaining(['ec2 describe-vpcs', 'ec2 describe-subnets', 'ec2 describe-internet-gateways', 'ec2 describe-security-groups', 'iam get-account-authorization-details']));
    estate = whole;
    const asked = to.heard.length;
    const second = await pull(0, to, file, '--resume');
    expect([second.state, second.pull_id]).toEqual(['done', 1]);
    const again = new Set(to.heard.slice(asked).map((heard) => new URLSearchParams(heard.body).get('Action')));
    expect(['DescribeVpcs', 'DescribeSubnets', 'DescribeSecurityGroups', 'DescribeInternetGateways', 'GetAccountAuthorizationDetails'].filter((action) => again.has(action))).toEqual([]);
    expect(again).toContain('DescribeVolumes');
    expect(openUrns(file)).toEqual(expect.arrayContaining([vpc, subnet, role, `arn:aws:ec2:${region}:${ACCOUNT}:volume/vol-1`]));
    const nothing = await ran(1, [...options(to, file), '--resume']);
    expect(nothing.stderr).toContain('there is no cut pull');
  }), 120_000);

  it('pulls several accounts in one run, goes on after a cut in the second, and names the account that shut it out', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db'), [first, second, shut] = ['222233334444', '333344445555', '444455556666'] as const;
    let expired = true;
    const accountOf = (heard: { readonly headers: Readonly<Record<string, string | undefined>> }): string => /Credential=ASIA(\d{12})\//.exec(heard.headers['authorization'] ?? '')?.[1] ?? ACCOUNT;
    const to = await awsServer({
      'sts AssumeRole': ({ form }) => { const id = /::(\d{12}):role\/Reader$/.exec(form.get('RoleArn') ?? '')?.[1] ?? ''; return id === shut ? { error: 'AccessDenied', status: 403, message: 'no' } : { xml: `<Credentials><AccessKeyId>ASIA${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>` }; },
      'ec2 DescribeVpcs': (heard) => ({ xml: `<vpcSet><item><vpcId>vpc-${accountOf(heard)}</vpcId><ownerId>${accountOf(heard)}</ownerId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet>` }),
      'ec2 DescribeVolumes': (heard) => (expired && accountOf(heard) === second ? { error: 'RequestExpired' } : { xml: '<volumeSet/>' }),
    });
    server = to;
    const accounts = ['--accounts', `${second},${shut},${first}`, '--role-name', 'Reader'], vpcs = (): readonly string[] => openUrns(file).filter((urn) => urn.includes(':vpc/'));
    const cut = pullReportSchema.parse(JSON.parse((await ran(1, [...options(to, file), ...accounts])).stdout));
    expect(cut).toMatchObject({ state: 'cut', target: `${first}, ${second}, ${shut} as Reader (${region})` });
    expect(vpcs()).toContain(`arn:aws:ec2:${region}:${first}:vpc/vpc-${first}`);
    expired = false;
    const asked = to.calls('ec2 DescribeVpcs').length;
    const { stdout } = await ran(1, [...options(to, file).filter((word) => word !== '--json'), ...accounts]);
    expect(vpcs()).toEqual([first, second].map((id) => `arn:aws:ec2:${region}:${id}:vpc/vpc-${id}`));
    expect(to.calls('ec2 DescribeVpcs').slice(asked).map(accountOf)).not.toContain(first);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`denied sts assume-role in ${shut}: everything in the account stays unknown (the role arn:aws:iam::${shut}:role/Reader can't be assumed: not allowed)`);
    expect(rows(file, "SELECT state, count(*) AS n FROM pulls GROUP BY state")).toEqual([{ state: 'done', n: 1 }]);
  }), 180_000);

  it('brings stores of data with their policies, what logs, and what launches, as the evaluators read them', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db'), arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`, open = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] };
    const cluster = arn('kafka', 'cluster/stream/0a1b'), trail = arn('cloudtrail', 'trail/all');
    const to = await awsServer({
      'dynamodb ListTables': ({ input }) => ({ json: input['ExclusiveStartTableName'] === undefined ? { TableNames: ['orders'], LastEvaluatedTableName: 'orders' } : { TableNames: ['carts'] } }),
      'dynamodb DescribeTable': ({ input }) => ({ json: { Table: { TableName: input['TableName'], TableArn: arn('dynamodb', `table/${String(input['TableName'])}`) } } }),
      'dynamodb GetResourcePolicy': ({ input }) => (input['ResourceArn'] === arn('dynamodb', 'table/orders') ? { json: { Policy: JSON.stringify(open) } } : { error: 'PolicyNotFoundException' }),
      'kafka ListClustersV2': () => ({ json: { clusterInfoList: [{ clusterArn: cluster, clusterName: 'stream', state: 'ACTIVE', provisioned: { brokerNodeGroupInfo: { clientSubnets: ['subnet-1'], connectivityInfo: { publicAccess: { type: 'SERVICE_PROVIDED_EIPS' } } } } }] } }), 'kafka GetClusterPolicy': () => ({ error: 'NotFoundException', status: 404 }),
      'elasticfilesystem DescribeFileSystems': () => ({ json: { FileSystems: [{ FileSystemId: 'fs-0a', FileSystemArn: arn('elasticfilesystem', 'file-system/fs-0a'), Encrypted: true }] } }), 'elasticfilesystem DescribeFileSystemPolicy': () => ({ error: 'PolicyNotFound', status: 404 }),
      'events ListEventBuses': () => ({ json: { EventBuses: [{ Name: 'default', Arn: arn('events', 'event-bus/default'), Policy: JSON.stringify(open) }] } }),
      'cloudtrail DescribeTrails': () => ({ json: { trailList: [{ Name: 'all', TrailARN: trail, HomeRegion: region, S3BucketName: 'crown' }] } }), 'cloudtrail GetTrailStatus': () => ({ json: { IsLogging: false, StopLoggingTime: 1_790_000_000 } }),
      's3 ListAccessPoints': () => ({ text: `<ListAccessPointsResult><AccessPointList><AccessPoint><Name>ap</Name><NetworkOrigin>Internet</NetworkOrigin><Bucket>crown</Bucket><AccessPointArn>${arn('s3', 'accesspoint/ap')}</AccessPointArn></AccessPoint></AccessPointList></ListAccessPointsResult>` }),
      's3 GetAccessPoint': () => ({ text: `<GetAccessPointResult><Name>ap</Name><Bucket>crown</Bucket><NetworkOrigin>Internet</NetworkOrigin><PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration><AccessPointArn>${arn('s3', 'accesspoint/ap')}</AccessPointArn></GetAccessPointResult>` }),
      's3 GetAccessPointPolicy': () => ({ error: 'NoSuchAccessPointPolicy', status: 404 }),
      'ec2 DescribeLaunchTemplates': () => ({ xml: '<launchTemplates><item><launchTemplateId>lt-1</launchTemplateId><launchTemplateName>web</launchTemplateName></item></launchTemplates>' }),
      'ec2 DescribeLaunchTemplateVersions': () => ({ xml: `<launchTemplateVersionSet><item><launchTemplateId>lt-1</launchTemplateId><versionNumber>2</versionNumber><defaultVersion>true</defaultVersion><launchTemplateData><userData>c2VjcmV0LXNjcmlwdA==</userData><iamInstanceProfile><arn>arn:aws:iam::${ACCOUNT}:instance-profile/web</arn></iamInstanceProfile></launchTemplateData></item></launchTemplateVersionSet>` }),
    });
    server = to;
    expect(await pull(0, to, file)).toMatchObject({ gaps: [], quarantined: 0 });
    expect(configOf(file, 'AWS::DynamoDB::Table')).toMatchObject([{ TableName: 'carts', Policy: null }, { TableName: 'orders', Policy: open }]);
    expect(configOf(file, 'AWS::MSK::Cluster')).toMatchObject([{ Provisioned: { BrokerNodeGroupInfo: { ConnectivityInfo: { PublicAccess: { Type: 'SERVICE_PROVIDED_EIPS' } } } }, Policy: null }]);
    expect(configOf(file, 'AWS::EFS::FileSystem')).toMatchObject([{ Encrypted: true, Policy: null }]);
    expect(configOf(file, 'AWS::Events::EventBus')).toMatchObject([{ Policy: open }]);
    expect(configOf(file, 'AWS::CloudTrail::Trail')).toMatchObject([{ S3BucketName: 'crown', Status: { IsLogging: false } }]);
    expect(configOf(file, 'AWS::S3::AccessPoint')).toMatchObject([{ Bucket: 'crown', PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }]);
    expect(configOf(file, 'AWS::EC2::LaunchTemplate')).toMatchObject([{ LaunchTemplateData: { IamInstanceProfile: { Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/web` }, UserData: null } }]);
  }), 120_000);

  it('closes nothing of a list of which a record could not be read, and says so', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db');
    let estate: Estate = whole, odd: (name: string) => AwsReply | undefined = () => undefined;
    const world = worldOf(() => estate), to = await awsServer(Object.fromEntries(Object.entries(world).map(([name, answer]) => [name, (heard) => odd(name) ?? answer(heard)])));
    server = to;
    await pull(0, to, file);
    const hosts = (): number => openUrns(file).filter((urn) => urn.includes('instance/')).length;
    expect(hosts()).toBe(2);
    estate = { ...whole, instances: ['i-0b'] };
    // One record of two says no id: it may be the host that isn't shown.
    odd = (name) => (name === 'ec2 DescribeInstances' ? { xml: `<reservationSet><item><ownerId>${ACCOUNT}</ownerId><instancesSet><item><instanceId>i-0b</instanceId></item><item><imageId>ami-1</imageId></item></instancesSet></item></reservationSet>` } : undefined);
    const first = await pull(1, to, file);
    expect([first.resources.closed, first.quarantined, hosts()]).toEqual([0, 1, 2]);
    expect(first.gaps).toMatchObject([{ call: 'ec2 describe-instances', state: 'failed', says: '1 records could not be read', things: 1 }]);
    odd = () => undefined;
    expect((await pull(0, to, file)).resources.closed).toBe(1);
    expect(hosts()).toBe(1);
  }), 180_000);

  it('goes on after it was killed, and asks for nothing twice that had come', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db');
    const to = await start(() => whole);
    to.faults.push({ when: (heard) => heard.body.includes('Action=DescribeInstances'), reply: { never: true }, times: 1 });
    const child = spawn(process.execPath, [ENTRY, ...options(to, file)], { cwd: ROOT, stdio: 'ignore' });
    const ended = new Promise((resolve) => { child.once('exit', resolve); });
    while (rowsIfAny(file, "SELECT unit FROM pull_units WHERE state = 'done' AND call LIKE 'ec2 %'") < 5) await new Promise((resolve) => { setTimeout(resolve, 50); });
    child.kill('SIGKILL');
    await ended;
    const vpcs = rows(file, "SELECT state FROM pull_units WHERE call = 'ec2 describe-vpcs'").length, asked = to.calls('ec2 DescribeVpcs').length;
    expect((await pull(0, to, file)).pull_id).toBe(1);
    expect(to.calls('ec2 DescribeVpcs').length - asked).toBe(vpcs === 1 ? 0 : 1);
    expect(openUrns(file).filter((urn) => urn.includes('instance/'))).toHaveLength(2);
    expect(rows(file, "SELECT count(*) AS n FROM raw_files WHERE state = 'reading'")).toEqual([{ n: 0 }]);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`winnow-pull-${child.pid ?? 0}-`))).toEqual([]);
  }), 120_000);

  it('writes no credential anywhere', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db');
    const to = await start(() => ({ ...whole, deny: new Set(['s3 GetBucketPolicy']) }));
    const said: string[] = [];
    for (const more of [[], ['--preflight'], ['--fresh', '--role-arn', 'arn:aws:iam::111122223333:role/none', '--external-id', 'ext-SECRET-id']]) { const { stdout, stderr } = await ranAny([...options(to, file), ...more]); said.push(stdout, stderr); }
    const everything = [...said, ...readdirSync(dir).map((name) => readFileSync(join(dir, name)).toString('latin1'))].join('\n');
    for (const secret of [SECRET, TOKEN, KEY, 'ext-SECRET-id']) expect(everything.includes(secret)).toBe(false);
    expect(said.join('')).toContain(ACCOUNT);
  }), 120_000);

  it('goes nowhere beyond this machine unless the workspace allows it', () => inTempFolder(async (dir) => {
    const file = join(dir, 'w.db');
    const refused = await ran(1, ['connect', 'aws', '--workspace', file]);
    expect(refused.stderr).toContain('--allow internet');
    expect(rows(file, 'SELECT count(*) AS n FROM pulls')).toEqual([{ n: 0 }]);
    await ran(2, ['connect', 'aws', '--allow', 'everywhere', '--workspace', file]);
    const to = await start(() => whole);
    await pull(0, to, file, '--allow', 'site');
    expect(rows(file, "SELECT payload FROM audit WHERE event = 'connect_settings_changed'").map((row) => JSON.parse(String(row['payload'])) as unknown)).toEqual([{ allow: 'site' }]);
  }), 60_000);

  it('passes on what a connector has to say before it is in, such as what it runs to sign in', () => inTempFolder(async (dir) => {
    const plugin = join(dir, 'sign-in.sh'), config = join(dir, 'config');
    writeFileSync(plugin, `#!/bin/sh\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"plugin-TOKEN"}}'\n`, { mode: 0o755 });
    const cluster = await kubeServer({ objects: {}, users: new Map([['plugin-TOKEN', 'auditor']]) });
    writeFileSync(config, kubeconfigFor(cluster.url, { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } }));
    try {
      const { stdout, stderr } = await ran(0, ['connect', 'k8s', '--kubeconfig', config, '--workspace', join(dir, 'w.db'), '--json']);
      expect(stderr).toContain(`credential plugin; running: ${plugin}`);
      expect(pullReportSchema.parse(JSON.parse(stdout)).state).toBe('done');
      expect(stdout + stderr).not.toContain('plugin-TOKEN');
    } finally { await cluster.close(); }
  }), 60_000);

  it('prints what it needs, and knows its own options', async () => {
    const { stdout } = await ran(0, ['connect', 'aws', '--print-policy']);
    expect(JSON.parse(stdout)).toMatchObject({ Version: '2012-10-17' });
    expect((await ran(2, ['connect', 'aws', '--kubeconfig', 'x'])).stderr).toContain('AWS has no --kubeconfig');
    expect((await ran(2, ['connect', 'oracle'])).stderr).toContain('there is no connector "oracle"');
    expect((await ran(0, ['help', 'connect'])).stdout).not.toContain('secret-access-key');
  }, 60_000);
});

const rowsIfAny = (file: string, sql: string): number => { try { return rows(file, sql).length; } catch { return 0; /* not made yet */ } };
const ranAny = async (args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> => { const { winnow } = await import('./winnow.ts'); return winnow(args); };
