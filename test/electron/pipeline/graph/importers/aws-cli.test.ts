import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadShipped } from '#electron/host/create-app.ts';
import { readSnapshot, type Snapshot } from '#electron/host/read-snapshot.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { awsCli } from '#electron/pipeline/graph/importers/aws-cli.ts';
import { readPath } from '#electron/pipeline/graph/importers/aws/cli-path.ts';
import { recognize } from '#electron/pipeline/normalize/sample.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import type { Resource } from '#shared/model/resource.ts';
import { sampleOf } from './read-records.ts';

const A = '111122223333';
const open = async (path: string): Promise<Snapshot> => {
  const read = await readSnapshot(path, loadShipped('resources'));
  if (!read.ok) throw new Error(read.error);
  return read.value;
};
const parse = (record: unknown, path = 'x.json', more: object = {}): readonly Resource[] => {
  const result = awsCli.parse(record, { parents: [], from: '', path, index: 0, ...more });
  if (!result.ok) throw new Error(result.error);
  return result.value.resources ?? [];
};

it('says of an answer that names nothing that it can’t be placed, and places it by the file’s name', () => {
  const group = `arn:aws:elasticloadbalancing:eu-west-1:${A}:targetgroup/shop/73e2d6bc24d8a067`, health = { TargetHealthDescriptions: [{ Target: { Id: 'i-0aa0000000000001', Port: 8080 }, TargetHealth: { State: 'healthy' } }] };
  expect(() => parse(health, 'x/elbv2-describe-target-health/shop.json')).toThrow(/told neither in the answer nor by the file/);
  expect(parse(health, `x/elbv2-describe-target-health/${encodeURIComponent(group)}.json`).map((r) => r.urn)).toEqual([group]);
});

describe('a dump in the layout of CloudMapper', () => {
  let dump: Snapshot;
  beforeAll(async () => { dump = await open('test/fixtures/importers/aws-cli/dump'); });

  it('is read without complaint, also what says nothing for the graph', () => expect(dump.problems).toEqual([]));

  it('puts what many answers say of a bucket together', () => {
    expect(dump.graph.resource('acme-reports')?.config).toMatchObject({
      Name: 'acme-reports', CreationDate: '2024-02-01T10:00:00+00:00', Grants: [{ Permission: 'FULL_CONTROL' }], PublicAccessBlockConfiguration: { IgnorePublicAcls: true }, Policy: { Statement: [{ Sid: 'Everyone' }] },
    });
  });

  it('leaves missing what no answer tells', () => expect(dump.graph.resource('acme-quiet')?.config).toEqual({ Name: 'acme-quiet', CreationDate: '2024-02-01T10:00:00+00:00' }));

  it.each([
    [`arn:aws:ec2:eu-west-1:${A}:subnet/subnet-pub`, 'AWS::EC2::Subnet'], [`arn:aws:ec2:eu-west-1:${A}:instance/i-0aa0000000000001`, 'AWS::EC2::Instance'], [`arn:aws:ec2:eu-west-1:${A}:network-acl/acl-main`, 'AWS::EC2::NetworkAcl'],
    [`arn:aws:lambda:eu-west-1:${A}:function:thumbs`, 'AWS::Lambda::Function'], [`arn:aws:sns:eu-west-1:${A}:alarms`, 'AWS::SNS::Topic'], [`arn:aws:sqs:eu-west-1:${A}:jobs`, 'AWS::SQS::Queue'],
    [`arn:aws:ecr:eu-west-1:${A}:repository/base`, 'AWS::ECR::Repository'], [`arn:aws:s3::${A}:account-public-access-block`, 'AWS::S3::AccountPublicAccessBlock'],
  ])('knows %s by the folder’s region and the dump’s account', (urn, type) => expect(dump.graph.resource(urn)).toMatchObject({ type }));

  it('finds EC2 resources by their short id, however short', () => expect(dump.graph.resource('sg-web')?.name).toBe('web'));

  it('keeps the policy of a function apart from its record, and parsed', () => expect(dump.graph.resource(`arn:aws:lambda:eu-west-1:${A}:function:thumbs`)?.config).toMatchObject({ Runtime: 'nodejs22.x', Policy: { Statement: [{ Sid: 'open' }] } }));

  it('draws the edges that the answers state', () => {
    expect(dump.graph.edgesFrom(`arn:aws:ec2:eu-west-1:${A}:instance/i-0aa0000000000001`, 'MEMBER_OF').map((e) => e.target)).toEqual([`arn:aws:ec2:eu-west-1:${A}:security-group/sg-web`]);
  });
});

describe('answers that tell one part', () => {
  it('the access keys of a user, also that there are none', () => {
    const of = (keys: readonly object[], path: string) => parse({ AccessKeyMetadata: keys }, path, { home: { account: A } });
    expect(of([{ UserName: 'alice', AccessKeyId: 'AKIA1', Status: 'Active' }], 'x.json')).toMatchObject([{ urn: `arn:aws:iam::${A}:user/alice`, part: 'list-access-keys', config: { AccessKeyMetadata: [{ AccessKeyId: 'AKIA1' }] } }]);
    expect(of([], `account-data/${A}/us-gov-west-1/iam-list-access-keys/alice`)).toMatchObject([{ urn: `arn:aws-us-gov:iam::${A}:user/alice`, config: { AccessKeyMetadata: [] } }]);
    expect(of([], 'x.json')).toEqual([]);
  });
  it('the rules of a listener, which others of that name are not', () => {
    const rule = { RuleArn: `arn:aws:elasticloadbalancing:eu-west-1:${A}:listener-rule/app/a/1/2/3`, Priority: '1', Actions: [{ Type: 'forward', TargetGroupArn: 'tg' }] };
    expect(parse(rule, 'x.json', { from: 'Rules', parents: [{ Rules: [rule] }] })).toMatchObject([{ type: 'AWS::ElasticLoadBalancingV2::ListenerRule', urn: rule.RuleArn, region: 'eu-west-1' }]);
    expect(recognize(sampleOf({ Rules: [{ Name: 'nightly', Arn: `arn:aws:events:eu-west-1:${A}:rule/nightly`, ScheduleExpression: 'rate(1 day)' }] }), [awsCli])?.reader.name).toBe('aws-cli');
  });
  it('a GraphQL API', () => expect(parse({ apiId: 'g1', arn: `arn:aws:appsync:eu-west-1:${A}:apis/g1`, name: 'shop', authenticationType: 'API_KEY', visibility: 'GLOBAL' }, 'x.json', { from: 'graphqlApis' })).toMatchObject([{ type: 'AWS::AppSync::GraphQLApi', kind: 'endpoint', config: { AuthenticationType: 'API_KEY' } }]));
});

describe('answers in files named anyhow', () => {
  it('are told by their content', async () => {
    const { graph, problems } = await open('test/fixtures/importers/aws-cli/plain');
    expect([problems, graph.resource('vpc-b')?.type, graph.resource('sg-lone')?.type, graph.resource(`arn:aws:sqs:eu-west-1:${A}:jobs`)?.type]).toEqual([[], 'AWS::EC2::VPC', 'AWS::EC2::SecurityGroup', 'AWS::SQS::Queue']);
  });

  it.each<[string, object, string, object]>([
    ['get-bucket-policy by the resources of the policy', { Policy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b1/*"}}' }, 'arn:aws:s3:::b1', { Policy: { Statement: { Effect: 'Allow' } } }],
    ['a bucket without policy', { Error: { Code: 'NoSuchBucketPolicy', BucketName: 'b1' } }, 'arn:aws:s3:::b1', { Policy: null }],
    ['several answers about one bucket in one file', { Name: 'b1', Grants: [], Owner: { ID: '0' }, PublicAccessBlockConfiguration: { IgnorePublicAcls: true } }, 'arn:aws:s3:::b1', { Grants: [] }],
    ['lambda get-policy', { Policy: `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:eu-west-1:${A}:function:f"}]}`, RevisionId: '1' }, `arn:aws:lambda:eu-west-1:${A}:function:f`, {}],
    ['get-access-point-policy', { Policy: `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:eu-west-1:${A}:accesspoint/ap/object/*"}]}` }, `arn:aws:s3:eu-west-1:${A}:accesspoint/ap`, {}],
    ['describe-snapshot-attribute', { SnapshotId: 'snap-1', CreateVolumePermissions: [{ Group: 'all' }] }, 'aws:::AWS::EC2::Snapshot:snap-1', { CreateVolumePermissions: [{ Group: 'all' }] }],
    ['describe-key', { KeyMetadata: { KeyId: 'k', Arn: `arn:aws:kms:eu-west-1:${A}:key/k` } }, `arn:aws:kms:eu-west-1:${A}:key/k`, { KeyId: 'k' }],
    ['get-function-url-config', { FunctionUrl: 'https://x.lambda-url', FunctionArn: `arn:aws:lambda:eu-west-1:${A}:function:f`, AuthType: 'NONE' }, `arn:aws:lambda:eu-west-1:${A}:function:f:url`, { AuthType: 'NONE' }],
    ['describe-policy', { Policy: { PolicySummary: { Id: 'p-1', Name: 'no-root', Type: 'SERVICE_CONTROL_POLICY' }, Content: '{"Statement":[]}' } }, 'arn:aws:organizations:::policy/p-1', { Type: 'SERVICE_CONTROL_POLICY', Content: { Statement: [] } }],
    ['get-role', { Role: { RoleName: 'r', Arn: `arn:aws:iam::${A}:role/r`, AssumeRolePolicyDocument: '%7B%22Statement%22%3A%5B%5D%7D' } }, `arn:aws:iam::${A}:role/r`, { AssumeRolePolicyDocument: { Statement: [] } }],
    ['describe-cluster of EKS', { cluster: { name: 'k', arn: `arn:aws:eks:eu-west-1:${A}:cluster/k`, resourcesVpcConfig: { endpointPublicAccess: true } } }, `arn:aws:eks:eu-west-1:${A}:cluster/k`, { ResourcesVpcConfig: { EndpointPublicAccess: true } }],
  ])('%s', (_, document, urn, config) => {
    expect(awsCli.detect(sampleOf(document))).toBeGreaterThan(0);
    expect(parse(document)).toMatchObject([{ urn, config }]);
  });
});

describe('answers that only their file’s place explains', () => {
  it.each<[string, object, string]>([
    ['s3-get-bucket-acl/b1', { Grants: [], Owner: { ID: '0' } }, 'arn:aws:s3:::b1'], ['get-bucket-acl-b1.json', { Grants: [], Owner: { ID: '0' } }, 'arn:aws:s3:::b1'],
    [`${A}/eu-west-1/kms-get-key-policy/1234`, { Policy: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}' }, `arn:aws:kms:eu-west-1:${A}:key/1234`],
    ['organizations-list-targets-for-policy/p-1', { Targets: [{ TargetId: 'ou-1' }] }, 'arn:aws:organizations:::policy/p-1'],
    [`organizations-list-parents/${A}`, { Parents: [{ Id: 'ou-1', Type: 'ORGANIZATIONAL_UNIT' }] }, `arn:aws:iam::${A}:root`],
    [`${A}/eu-west-1/ec2-get-managed-prefix-list-entries/pl-1`, { Entries: [{ Cidr: '10.0.0.0/8' }] }, `arn:aws:ec2:eu-west-1:${A}:prefix-list/pl-1`],
    [`${A}/iam-list-attached-role-policies/r`, { AttachedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, `arn:aws:iam::${A}:role/r`],
  ])('%s', (path, document, urn) => expect(parse(document, path).map((r) => r.urn)).toEqual([urn]));

  it.each([
    ['account-data/444455556666/us-east-2/s3-get-bucket-policy/my%2Dbucket', { call: 's3:get-bucket-policy', subject: 'my-bucket', account: '444455556666', region: 'us-east-2' }],
    ['vpcs.json', {}], ['get_bucket_policy_logs.json', { call: 'get-bucket-policy', subject: 'logs' }], ['444455556666_us-east-2_vpcs.json', { account: '444455556666', region: 'us-east-2' }],
  ])('reads the path %s', (path, hints) => expect(readPath(path)).toEqual(hints));
});

describe('what is no AWS answer', () => {
  it.each([
    ['a Kubernetes list', { apiVersion: 'v1', kind: 'List', items: [] }], ['an AWS Config snapshot', { fileVersion: '1.0', configurationItems: [] }], ['authorization details', { UserDetailList: [], RoleDetailList: [], GroupDetailList: [], Policies: [] }],
    ['findings', { Findings: [{ Id: '1' }] }], ['a REST answer of another vendor', { items: [{ id: '1', name: 'x' }] }],
  ])('%s is left to others', (_, document) => {
    const best = recognize(sampleOf(document), [...formats, ...importers]);
    expect(best?.reader.name).not.toBe('aws-cli');
  });
});

it('is registered', () => expect(importers).toContain(awsCli));
it('says which id an element lacks', () => expect(awsCli.parse({ State: 'x' }, { parents: [], from: 'Vpcs', path: '', index: 0 })).toEqual({ ok: false, error: 'VpcId is missing' }));
it('never throws on any record', () => {
  const keys = fc.constantFrom('Attributes', 'Policy', 'Grants', 'Role', 'Targets', 'Entries', 'Routes', 'cluster', 'Error', 'PublicAccessBlockConfiguration', 'QueueUrls', 'DomainStatus', 'Group');
  fc.assert(fc.property(fc.jsonValue(), keys, fc.constantFrom('', 'Vpcs', 'Policies', 'Users', 'items', 'Reservations[].Instances'), fc.constantFrom('x', 's3-get-bucket-policy/b', 'iam-list-groups-for-user/u', '%zz/organizations-list-children/r-1'), (value, key, from, path) => {
    awsCli.parse({ [key]: value }, { parents: [value], from, path, index: 0 });
    awsCli.parse(value, { parents: [], from, path, index: 0 });
    awsCli.detect(sampleOf({ [key]: value }));
  }), { numRuns: 500 });
});

const sample = join('..', 'shared', 'samples', 'aws-inventory', 'cloudmapper-demo');
it.skipIf(!existsSync(sample))('reads the real dump whole', async () => expect((await open(sample)).problems).toEqual([]));
