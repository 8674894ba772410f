import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CloudTrailClient, CreateTrailCommand, StartLoggingCommand } from '@aws-sdk/client-cloudtrail';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateVpcCommand, EC2Client, AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from '@aws-sdk/client-ec2';
import { AttachRolePolicyCommand, CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFileSystemCommand, EFSClient } from '@aws-sdk/client-efs';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateAccountCommand, CreateOrganizationCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { aws } from '#electron/connectors/aws.ts';
import { connected, keptText, pieces, pulled, testSession, type Pulled } from './servers/session.ts';

/**
 * Against moto, an emulator of AWS in Python: `pip install 'moto[server]'`, and `moto_server` on the PATH or named by MOTO_SERVER. Its answers are
 * made by others than ours, from the service models. Skipped by name where it isn't there.
 */
const program = process.env['MOTO_SERVER'] ?? 'moto_server';
const isThere = spawnSync(program, ['--help'], { stdio: 'ignore', timeout: 60_000 }).status === 0;
const SECRET_VALUE = 'moto-secret-VALUE-never-pulled';

let child: ChildProcess | undefined, endpoint = '', all: Pulled = { events: [], error: undefined };
const options = () => ({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'AKIDMOTO', secretAccessKey: 'moto' } });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

async function start(): Promise<void> {
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  // Its images and public snapshots of Amazon's would be two thousand calls about nothing.
  child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore', env: { ...process.env, MOTO_EC2_LOAD_DEFAULT_AMIS: 'false', MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' } });
  for (let i = 0; i < 600; i++) {
    try { await fetch(`${endpoint}/moto-api/data.json`); return; } catch { await sleep(100); }
  }
  throw new Error('moto did not start');
}

async function fill(): Promise<void> {
  const ec2 = new EC2Client(options()), iam = new IAMClient(options()), s3 = new S3Client({ ...options(), forcePathStyle: true });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.77.0.0/16' }));
  const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'open-web', Description: 'x', VpcId: Vpc?.VpcId }));
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 8443, ToPort: 8443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }));
  await iam.send(new CreateRoleCommand({ RoleName: 'trusts-everyone', AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }) }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'trusts-everyone', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }));
  for (const Bucket of ['moto-open', 'moto-bare']) await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: 'moto-open', Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::moto-open/*' }] }) }));
  await new SQSClient(options()).send(new CreateQueueCommand({ QueueName: 'moto-queue' }));
  await new SNSClient(options()).send(new CreateTopicCommand({ Name: 'moto-topic' }));
  await new KMSClient(options()).send(new CreateKeyCommand({ Description: 'moto-key' }));
  await new DynamoDBClient(options()).send(new CreateTableCommand({ TableName: 'moto-table', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], BillingMode: 'PAY_PER_REQUEST' }));
  await new EFSClient(options()).send(new CreateFileSystemCommand({ CreationToken: 'moto-files' }));
  const trails = new CloudTrailClient(options());
  await trails.send(new CreateTrailCommand({ Name: 'moto-trail', S3BucketName: 'moto-bare' }));
  await trails.send(new StartLoggingCommand({ Name: 'moto-trail' }));
  await new SecretsManagerClient(options()).send(new CreateSecretCommand({ Name: 'moto-secret', SecretString: SECRET_VALUE }));
}

describe.skipIf(!isThere)('aws against moto', () => {
  beforeAll(async () => {
    await start();
    await fill();
    all = await pulled(await connected(aws, testSession({ settings: { endpoint, regions: 'eu-west-1', region: 'eu-west-1', 'access-key-id': 'AKIDMOTO', 'secret-access-key': 'moto' }, deadline_ms: 60_000 })));
  }, 240_000);
  afterAll(() => { child?.kill(); });

  it('pulls to the end', () => { expect(all.error).toBeUndefined(); });

  it.each([
    ['a network', '"CidrBlock":"10.77.0.0/16"'], ['an open port', '"FromPort":8443'], ['a role that trusts everyone', 'role/trusts-everyone'], ['what is attached to it', 'policy/AdministratorAccess'],
    ['a bucket policy', '"Call":"s3api get-bucket-policy","Subject":"moto-open"'], ['that a bucket has none', '"Subject":"moto-bare","Answer":{"Error":{"Code":"NoSuchBucketPolicy"}}'], ['a queue with its attributes', ':moto-queue"'], ['a topic', ':moto-topic"'],
    ['a table', ':table/moto-table"'], ['that it has no policy', '"Call":"dynamodb get-resource-policy"'], ['a file system', ':file-system/fs-'], ['a trail, and that it logs', '"Call":"cloudtrail get-trail-status"'], ['a key policy', '"Call":"kms get-key-policy"'], ['a secret by its name', '"Name":"moto-secret"'],
  ])('pulls %s', (_, text) => { expect(keptText(all)).toContain(text); });

  it('pulls every account of the organization by its role, and keeps them apart', async () => {
    const organizations = new OrganizationsClient(options()), role = 'OrganizationAccountAccessRole';
    await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
    const { CreateAccountStatus } = await organizations.send(new CreateAccountCommand({ AccountName: 'member', Email: 'member@client.example' })), member = CreateAccountStatus?.AccountId ?? '';
    const { Credentials } = await new STSClient(options()).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${member}:role/${role}`, RoleSessionName: 'fill' }));
    const credentials = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: Credentials?.SecretAccessKey ?? '', sessionToken: Credentials?.SessionToken ?? '' };
    await new EC2Client({ ...options(), credentials }).send(new CreateVpcCommand({ CidrBlock: '10.88.0.0/16' }));
    const both = await pulled(await connected(aws, testSession({ settings: { endpoint, regions: 'eu-west-1', region: 'eu-west-1', accounts: 'all', 'role-name': role, 'access-key-id': 'AKIDMOTO', 'secret-access-key': 'moto' }, deadline_ms: 60_000 })));
    expect(both.error).toBeUndefined();
    const networks = pieces(both, 'ec2 describe-vpcs').map(({ unit, piece }) => [unit.scope.account, [...Buffer.from(piece.bytes).toString().matchAll(/"CidrBlock":"(10\.[78]{2}\.0\.0\/16)"/g)].map((m) => m[1])[0]]);
    expect(Object.fromEntries(networks)).toEqual({ 123456789012: '10.77.0.0/16', [member]: '10.88.0.0/16' });
  }, 240_000);

  it('never sees what is secret', () => { expect(keptText(all)).not.toContain(SECRET_VALUE); });
});
