import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { policyExposure } from '#electron/evaluate/aws/public-resource.ts';
import { loadShipped } from '#electron/host/create-app.ts';
import { readSnapshot, type Snapshot } from '#electron/host/read-snapshot.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { ec2, networkWith } from './aws-network.ts';

const A = '111122223333', region = 'eu-central-1';
const made = (type: string, kind: ResourceDraft['kind'], urn: string, config: object): ResourceDraft => ({ urn, type: `AWS::${type}`, kind, account: A, region, config });
const anyone = (Action: string, more: object = {}) => ({ Effect: 'Allow', Principal: '*', Action, Resource: '*', ...more });
const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
const api = (more: object) => made('ApiGateway::RestApi', 'endpoint', `arn:aws:apigateway:${region}::/restapis/a1`, { Id: 'a1', EndpointConfiguration: { Types: ['REGIONAL'] }, ...more });
const http = (more: object) => made('ApiGatewayV2::Api', 'endpoint', `arn:aws:apigateway:${region}::/apis/h1`, { ApiId: 'h1', ApiEndpoint: 'https://h1.example', ...more });
const eks = (more: object) => made('EKS::Cluster', 'other', `arn:aws:eks:${region}:${A}:cluster/k`, { Name: 'k', ResourcesVpcConfig: { EndpointPublicAccess: true, PublicAccessCidrs: ['0.0.0.0/0'], ...more } });
const domain = (more: object) => made('OpenSearch::Domain', 'database', `arn:aws:es:${region}:${A}:domain/d`, { Endpoint: 'd.example', Policy: policy(anyone('es:*', { Resource: `arn:aws:es:${region}:${A}:domain/d/*` })), ...more });
const msk = (PublicAccess: object | undefined) => made('MSK::Cluster', 'queue_topic', `arn:aws:kafka:${region}:${A}:cluster/m/1`, { State: 'ACTIVE', BrokerNodeGroupInfo: { ClientSubnets: ['subnet-1'], SecurityGroups: ['sg-1'], ConnectivityInfo: { PublicAccess } } });
const redshift = (more: object) => [made('Redshift::Cluster', 'database', `arn:aws:redshift:${region}:${A}:cluster:r`, { PubliclyAccessible: true, ClusterStatus: 'available', ClusterSubnetGroupName: 'g', VpcId: 'vpc-1', Endpoint: { Port: 22 }, VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }], ...more }), made('Redshift::ClusterSubnetGroup', 'other', 'subnet-group', { ClusterSubnetGroupName: 'g', Subnets: [{ SubnetIdentifier: 'subnet-1' }] })];
const task = (more: object = {}) => made('ECS::Task', 'container_workload', `arn:aws:ecs:${region}:${A}:task/t`, { LastStatus: 'RUNNING', Attachments: [{ Type: 'ElasticNetworkInterface', Details: [{ Name: 'networkInterfaceId', Value: 'eni-1' }, { Name: 'subnetId', Value: 'subnet-1' }] }], ...more });
const service = (AssignPublicIp: string) => made('ECS::Service', 'container_workload', `arn:aws:ecs:${region}:${A}:service/s`, { Status: 'ACTIVE', RunningCount: 1, NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp } } });
const image = (config: object) => ec2('Image', 'image', 'image', 'ami-1', config);
const snapshot = (config: object) => ec2('Snapshot', 'other', 'snapshot', 'snap-1', config);
const dbSnapshot = (...values: readonly string[]) => made('RDS::DBSnapshot', 'other', `arn:aws:rds:${region}:${A}:snapshot:s`, { DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: values }] });
const distribution = (Enabled: boolean | undefined) => made('CloudFront::Distribution', 'endpoint', `arn:aws:cloudfront::${A}:distribution/D`, { Id: 'D', DomainName: 'd.cloudfront.example', Enabled });

type Case = readonly [fact: string, drafts: ResourceDraft | readonly ResourceDraft[], answer: string, code: string | undefined, reason: string, source?: string];
const cases: readonly Case[] = [
  ['a regional REST API', api({}), 'yes', undefined, 'the API is REGIONAL'], ['a private one', api({ EndpointConfiguration: { Types: ['PRIVATE'] } }), 'no', 'NOT_PUBLIC', 'through VPC endpoints only'],
  ['one whose type is not recorded', api({ EndpointConfiguration: undefined }), 'unknown', undefined, 'endpoint type'],
  ['one whose policy lets an account in', api({ Policy: policy({ ...anyone('execute-api:Invoke'), Principal: { AWS: A } }) }), 'no', 'RESOURCE_POLICY', 'only whom it names'],
  ['one whose policy lets a network in', api({ Policy: policy(anyone('execute-api:Invoke', { Resource: 'execute-api:/*', Condition: { IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } })) }), 'no', 'RESOURCE_POLICY', 'whom its conditions fix'],
  ['one whose policy lets everyone in', api({ Policy: policy(anyone('execute-api:Invoke', { Resource: 'execute-api:/*' })) }), 'yes', undefined, 'lets everyone do execute-api:Invoke'],
  ['one whose policy denies all but a network', api({ Policy: policy(anyone('execute-api:Invoke', { Resource: 'execute-api:/*' }), { ...anyone('execute-api:Invoke', { Resource: 'execute-api:/*', Condition: { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } } }), Effect: 'Deny' }) }), 'no', 'RESOURCE_POLICY', 'names everyone, but'],
  ['one whose methods all ask for IAM', api({ Resources: [{ Path: '/', ResourceMethods: { GET: { HttpMethod: 'GET', AuthorizationType: 'AWS_IAM', ApiKeyRequired: false } } }] }), 'no', 'AUTHORIZATION', 'every method asks'],
  ['one with a method that asks for nothing', api({ Resources: [{ Path: '/', ResourceMethods: { GET: { HttpMethod: 'GET', AuthorizationType: 'NONE', ApiKeyRequired: false } } }] }), 'yes', undefined, 'method GET asks for no credentials'],
  ['one with a method that asks for an API key', api({ Resources: [{ Path: '/', ResourceMethods: { GET: { HttpMethod: 'GET', AuthorizationType: 'NONE', ApiKeyRequired: true } } }] }), 'no', 'AUTHORIZATION', 'or an API key'],
  ['an HTTP API', http({}), 'yes', undefined, 'is on the internet'], ['one whose routes ask for a token', http({ Routes: [{ RouteKey: 'GET /', AuthorizationType: 'JWT' }] }), 'no', 'AUTHORIZATION', 'every route asks'],
  ['one with an open route', http({ Routes: [{ RouteKey: 'GET /', AuthorizationType: 'JWT' }, { RouteKey: 'GET /health', AuthorizationType: 'NONE' }] }), 'yes', undefined, 'GET /health'],
  ['one whose own endpoint is off', http({ DisableExecuteApiEndpoint: true }), 'unknown', undefined, 'custom domain names'],
  ['a distribution that is enabled', distribution(true), 'yes', undefined, 'is enabled'], ['one that is disabled', distribution(false), 'no', 'NOT_PUBLIC', 'is disabled'], ['one of which that is not known', distribution(undefined), 'unknown', undefined, 'Enabled'],
  ['a cluster whose API server is public', eks({}), 'yes', undefined, 'the API server is public'], ['one whose is not', eks({ EndpointPublicAccess: false }), 'no', 'NOT_PUBLIC', 'not public'],
  ['one whose is public to an office', eks({ PublicAccessCidrs: ['198.51.100.0/24'] }), 'no', 'SG_IN', 'does not include the internet'], ['the same, asked from the office', eks({ PublicAccessCidrs: ['198.51.100.0/24'] }), 'yes', undefined, 'includes 198.51.100.7', '198.51.100.7'],
  ['a public domain with an open policy', domain({}), 'yes', undefined, 'the domain has a public endpoint'], ['the same in a VPC', domain({ VPCOptions: { VPCId: 'vpc-1' } }), 'no', 'NOT_PUBLIC', 'the domain is in a VPC'],
  ['a public domain for one account', domain({ Policy: policy({ ...anyone('es:*'), Principal: { AWS: `arn:aws:iam::${A}:root` } }) }), 'no', 'RESOURCE_POLICY', 'only whom it names'],
  ['brokers with public addresses', msk({ Type: 'SERVICE_PROVIDED_EIPS' }), 'yes', undefined, 'SERVICE_PROVIDED_EIPS'], ['brokers without', msk(undefined), 'no', 'NO_PUBLIC_IP', 'DISABLED'],
  ['a warehouse that is public', redshift({}), 'yes', undefined, 'the cluster is publicly accessible'], ['one that is not', redshift({ PubliclyAccessible: false }), 'no', 'NO_PUBLIC_IP', 'not publicly accessible'],
  ['one on another port', redshift({ Endpoint: { Port: 5439 } }), 'no', 'SG_IN', '5439'], ['one that is paused', redshift({ ClusterStatus: 'paused' }), 'no', 'STATE', 'paused'],
  ['a task behind a public interface', task(), 'yes', undefined, 'eni-1 has the public address'], ['one that stopped', task({ LastStatus: 'STOPPED' }), 'no', 'STATE', 'the task is STOPPED'],
  ['one whose interface is not in the snapshot', task({ Attachments: [{ Details: [{ Name: 'networkInterfaceId', Value: 'eni-9' }, { Name: 'subnetId', Value: 'subnet-1' }] }] }), 'unknown', undefined, 'eni-9'],
  ['a service whose tasks get public addresses', service('ENABLED'), 'yes', undefined, 'get a public address'], ['one whose tasks don’t', service('DISABLED'), 'no', 'NO_PUBLIC_IP', 'get no public address'],
  ['an image for everyone', image({ ImageId: 'ami-1', LaunchPermissions: [{ Group: 'all' }] }), 'yes', undefined, 'shared with every AWS account'], ['one for an account', image({ ImageId: 'ami-1', LaunchPermissions: [{ UserId: A }] }), 'no', 'NOT_PUBLIC', 'not shared with everyone'],
  ['one that says it is public', image({ ImageId: 'ami-1', Public: true }), 'yes', undefined, 'every AWS account'], ['one of which that is not known', image({ ImageId: 'ami-1' }), 'unknown', undefined, 'who may launch'],
  ['a volume snapshot for everyone', snapshot({ SnapshotId: 'snap-1', CreateVolumePermissions: [{ Group: 'all' }] }), 'yes', undefined, 'every AWS account'], ['one for an account', snapshot({ SnapshotId: 'snap-1', CreateVolumePermissions: [{ UserId: A }] }), 'no', 'NOT_PUBLIC', 'not shared'],
  ['one of which that is not known', snapshot({ SnapshotId: 'snap-1' }), 'unknown', undefined, 'who may use'],
  ['a database snapshot for everyone', dbSnapshot('all'), 'yes', undefined, 'every AWS account'], ['one for an account', dbSnapshot(A), 'no', 'NOT_PUBLIC', 'not shared'],
];

describe('endpoints of AWS services', () => {
  it.each(cases.map(([fact, given, answer, code, reason, source = 'internet']) => ({ fact, drafts: 'urn' in given ? [given] : given, answer, code, reason, source })))('$fact', ({ drafts, answer, code, reason, source }) => {
    const { reachable } = evaluateIngress(networkWith({}, drafts), drafts[0]?.urn ?? '', { source });
    expect([reachable.answer, reachable.blocked_by]).toEqual([answer, code]);
    expect(`${reachable.reasons.map((r) => r.text).join('\n')}\n${reachable.missing.map((m) => m.what).join('\n')}`).toContain(reason);
  });
});

const topic = (Policy?: unknown) => made('SNS::Topic', 'queue_topic', `arn:aws:sns:${region}:${A}:t`, Policy === undefined ? {} : { Policy });
const key = (...s: readonly object[]) => made('KMS::Key', 'secret_key', `arn:aws:kms:${region}:${A}:key/k`, { Policy: policy(...s) });
const rcp: ResourceDraft = { urn: 'rcp', type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type: 'RESOURCE_CONTROL_POLICY', Content: policy({ Effect: 'Deny', Principal: '*', Action: 'sns:*', Resource: '*', Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } } }), Targets: [{ TargetId: A }] } };
const publicPolicies: readonly (readonly [string, ResourceDraft, string, string, (readonly ResourceDraft[])?])[] = [
  ['a topic for everyone', topic(policy(anyone('sns:Publish'))), 'yes', 'lets everyone do sns:Publish'],
  ['a topic for the owner’s resources', topic(policy(anyone('sns:Publish', { Condition: { StringEquals: { 'AWS:SourceOwner': A } } }))), 'no', 'whom its conditions fix'],
  ['a topic for everyone but under IfExists', topic(policy(anyone('sns:Publish', { Condition: { StringEqualsIfExists: { 'aws:SourceAccount': A } } }))), 'yes', 'lets everyone'],
  ['a topic for a service', topic(policy({ ...anyone('sns:Publish'), Principal: { Service: 's3.amazonaws.com' } })), 'no', 'only whom it names'],
  ['a topic for all but one', topic(policy({ Effect: 'Allow', NotPrincipal: { AWS: A }, Action: 'sns:Publish', Resource: '*' })), 'yes', 'lets everyone'],
  ['a topic under an RCP that keeps it inside', topic(policy(anyone('sns:Publish'))), 'no', 'names everyone, but', [rcp]],
  ['a topic that denies what comes from outside the organization', topic(policy(anyone('sns:Publish'), { ...anyone('sns:*', { Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }), Effect: 'Deny' })), 'no', 'names everyone, but'],
  ['a topic with an endpoint that the caller chooses', topic(policy(anyone('sns:Subscribe', { Condition: { StringLike: { 'sns:Endpoint': 'https://*' } } }))), 'yes', 'lets everyone'],
  ['a topic whose policy can’t be read', topic('{"Statement":'), 'unknown', 'its resource policy'], ['a topic whose policy is not recorded', topic(), 'unknown', 'its resource policy'], ['a topic without a policy', topic(null), 'no', 'has no resource policy'],
  ['a key for its account', key({ ...anyone('kms:*'), Principal: { AWS: `arn:aws:iam::${A}:root` } }), 'no', 'only whom it names'], ['a key for everyone', key(anyone('kms:Decrypt')), 'yes', 'lets everyone'],
  ['a key for callers of its account through a service', key(anyone('kms:Decrypt', { Condition: { StringEquals: { 'kms:CallerAccount': A, 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } } })), 'no', 'whom its conditions fix'],
];

describe('public resource policies', () => {
  it.each(publicPolicies.map(([fact, draft, answer, reason, more = []]) => ({ fact, draft, answer, reason, more })))('$fact', ({ draft, answer, reason, more }) => {
    const graph = graphOf([draft, ...more]), resource = graph.resource(draft.urn);
    const found = resource && policyExposure(graph, resource);
    expect(found?.answer).toBe(answer);
    expect(`${found?.reasons.map((r) => r.text).join('\n') ?? ''}${found?.missing.map((m) => m.what).join('\n') ?? ''}`).toContain(reason);
  });
});

const sample = join('..', 'shared', 'samples', 'aws-inventory', 'cloudmapper-demo');
describe.skipIf(!existsSync(sample))('the real dump of a fictional account', () => {
  let snapshot: Snapshot;
  beforeAll(async () => { const read = await readSnapshot(sample, loadShipped('resources')); if (!read.ok) throw new Error(read.error); snapshot = read.value; });
  const reach = (id: string, port?: number) => evaluateIngress(snapshot.graph, id, port === undefined ? {} : { port }).reachable;

  it.each([
    ['the task on 443', 'arn:aws:ecs:us-east-1:123456789012:task/d190d14a-2404-45d6-9113-4eda22d7f2c7', 443, 'unknown'], ['the application balancer', 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/demo/qwerty', undefined, 'unknown'],
    ['the classic balancer', 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/weblb', undefined, 'unknown'], ['the bastion, open to two networks', 'i-00000000000000000', undefined, 'no'], ['an instance without an address', 'i-00000000000000001', undefined, 'no'], ['the database', 'arn:aws:rds:us-east-1:123456789012:db:securitymonkey', undefined, 'no'],
  ])('has in its public surface, as far as routes are known: %s', (_, id, port, answer) => {
    const found = reach(id, port);
    expect([found.answer, found.missing.some((m) => m.what.includes('route table'))]).toEqual([answer, answer === 'unknown']);
  });

  it.each([
    ['the repository', 'arn:aws:ecr:us-east-1:123456789012:repository/cloudmapper', 'yes'], ['the public topic', 'arn:aws:sns:us-east-1:123456789012:demo_public', 'yes'], ['the private topic', 'arn:aws:sns:us-east-1:123456789012:demo_private', 'no'],
    ['the queue', 'arn:aws:sqs:us-east-1:123456789012:demo', 'yes'], ['the function', 'arn:aws:lambda:us-east-1:123456789012:function:invpclambda', 'no'], ['the domain', 'arn:aws:es:us-east-1:123456789012:domain/myvpcdomain', 'yes'],
  ])('judges the policy of %s', (_, id, answer) => {
    const resource = snapshot.graph.resource(id);
    expect(resource && policyExposure(snapshot.graph, resource).answer).toBe(answer);
  });
});
