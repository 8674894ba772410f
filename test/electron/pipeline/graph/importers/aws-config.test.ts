import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '#shared/lib/json.ts';
import {
  instanceSchema, internetGatewaySchema, networkAclSchema, routeTableSchema, s3BucketSchema, securityGroupSchema, iamRoleSchema,
} from '#shared/model/aws.ts';
import { resourceSchema } from '#shared/model/resource.ts';
import { awsConfig } from '#electron/pipeline/graph/importers/aws-config.ts';
import { canonicalKeys } from '#electron/pipeline/graph/importers/aws/canonical-keys.ts';
import { awsIamAuthz } from '#electron/pipeline/graph/importers/aws-iam-authz.ts';
import { readContent } from './read-content.ts';
import { documentsOf, importAll, sampleOf, type Imported } from './read-records.ts';

const fixture = (name: string) => `test/fixtures/importers/aws-config/${name}.json`;
const read = (name: string): Imported => importAll(awsConfig, documentsOf(fixture(name)));
const snapshot = read('snapshot');
const ofType = (type: string, from = snapshot) => {
  const found = from.resources.find((r) => r.type === type);
  if (!found) throw new Error(`no ${type}`);
  return found;
};
const ec2 = (rest: string) => `arn:aws:ec2:eu-central-1:111122223333:${rest}`;
const instance = ec2('instance/i-0aaaaaaaaaaaaaaa1');

describe('aws-config', () => {
  it.each([['get-aggregate-resource-config', (item: object) => ({ ConfigurationItem: item })], ['batch-get-aggregate-resource-config', (item: object) => ({ BaseConfigurationItems: [item], UnprocessedResourceIdentifiers: [] })]])('reads an aggregator’s %s', async (_, wrap) => {
    const item = { version: '1.3', accountId: '111122223333', arn: 'arn:aws:s3:::cfg-b', resourceType: 'AWS::S3::Bucket', resourceId: 'cfg-b', awsRegion: 'eu-west-1', configurationItemStatus: 'OK', configurationItemCaptureTime: '2026-03-04T05:06:07+00:00', configuration: '{"name":"cfg-b"}', supplementaryConfiguration: {} };
    const { resources, errors, reader } = await readContent(JSON.stringify(wrap(item)));
    expect([reader, errors, resources.map((r) => [r.urn, r.type])]).toEqual(['aws-config', [], [['arn:aws:s3:::cfg-b', 'AWS::S3::Bucket']]]);
  });

  it.each([['a history', (items: readonly object[]) => ({ ConfigurationItems: items })], ['a batch', (items: readonly object[]) => ({ BaseConfigurationItems: items, UnprocessedResourceKeys: [] })], ['a list', (items: readonly object[]) => items]])('reads %s in PascalCase, as .NET and PowerShell write it', async (_, wrap) => {
    const status = { Value: 'OK' }, supplementary = { BucketPolicy: '{"policyText":null}', AccessControlList: '{"grantList":[{"grantee":"AllUsers","permission":"Read"}]}' };
    const item = { Version: '1.3', AccountId: '111122223333', Arn: 'arn:aws:s3:::cfg-p', ResourceType: 'AWS::S3::Bucket', ResourceId: 'cfg-p', ResourceName: 'cfg-p', AwsRegion: 'eu-west-1', ConfigurationItemStatus: status, ConfigurationItemCaptureTime: '2026-03-04T05:06:07Z', Configuration: '{"name":"cfg-p"}', SupplementaryConfiguration: supplementary, Tags: { owner: 'a' }, Relationships: [{ ResourceType: 'AWS::KMS::Key', ResourceId: 'k', RelationshipName: 'Is associated with ' }] };
    const { resources, edges, errors, reader } = await readContent(JSON.stringify(wrap([item, { ...item, Arn: 'arn:aws:s3:::cfg-q', ResourceId: 'cfg-q', ConfigurationItemStatus: { Value: 'ResourceDeleted' }, Configuration: null }])));
    expect([reader, errors, resources.map((r) => [r.urn, r.deleted, r.account, r.tags['owner']])]).toEqual(['aws-config', [], [['arn:aws:s3:::cfg-p', false, '111122223333', 'a'], ['arn:aws:s3:::cfg-q', true, '111122223333', 'a']]]);
    expect(s3BucketSchema.parse(resources[0]?.config)).toMatchObject({ Policy: null, Grants: [{ Permission: 'READ' }] });
    expect(edges.map((e) => e.kind)).toEqual(['ENCRYPTED_BY']);
  });

  it('reads nothing from an empty snapshot', () => {
    expect(read('none')).toEqual({ resources: [], edges: [], errors: [], records: 0 });
  });

  it('reads every item of a snapshot into valid resources', () => {
    expect(snapshot.errors).toEqual([]);
    expect(snapshot.records).toBe(13);
    expect(snapshot.resources.map((r) => resourceSchema.safeParse(r).success)).toEqual(Array(13).fill(true));
    expect(snapshot.resources.filter((r) => r.deleted).map((r) => r.urn)).toEqual([ec2('volume/vol-0aaaaaaaaaaaaaaa9')]);
  });

  it.each(['none', 'snapshot', 'history-api', 'batch', 'advanced-query', 'rule-event', 'eventbridge', 'one-item'])('recognizes %s', (name) => {
    expect(awsConfig.detect(sampleOf(documentsOf(fixture(name))[0]))).toBeGreaterThanOrEqual(80);
    expect(awsIamAuthz.detect(sampleOf(documentsOf(fixture(name))[0]))).toBe(0);
  });

  it.each([
    ['snapshot', { fileVersion: '1.0', configurationItems: [{ relatedEvents: [], configuration: { ipPermissions: [{}] } }] }], ['history', { configurationItems: [{ relationships: [], configuration: {} }] }],
  ])('recognizes a %s whose first item is cut before its type', (_, document) => expect(awsConfig.detect(sampleOf(document))).toBeGreaterThanOrEqual(70));

  it.each([
    ['a finding', { Findings: [{ Id: 'x' }] }], ['a query result without types', { Results: ['{"a":1}'] }], ['an ordinary Lambda event', { Records: [{ body: '{"a":1}' }] }], ['text', 'hello'], ['nothing', undefined],
    ['a Trivy report', { Results: [{ Target: 'x', Vulnerabilities: [] }] }],
  ])('leaves %s to others', (_, document) => expect(awsConfig.detect(sampleOf(document))).toBe(0));

  it.each([
    ['batch', 'AWS::EC2::Subnet'], ['advanced-query', 'AWS::EC2::SecurityGroup'], ['rule-event', 'AWS::EC2::NetworkAcl'], ['eventbridge', 'AWS::EC2::NetworkAcl'], ['one-item', 'AWS::EC2::InternetGateway'],
  ])('finds the one item in %s', (name, type) => {
    const { resources, errors } = read(name);
    expect(errors).toEqual([]);
    expect(resources.map((r) => r.type)).toEqual([type]);
  });

  it('says what an oversized notification lacks and where it lies', () => {
    expect(awsConfig.detect(sampleOf(documentsOf(fixture('oversized'))[0]))).toBeGreaterThan(0);
    expect(read('oversized').errors).toEqual(['oversized notification: it has no configuration of AWS::EC2::SecurityGroup sg-0ccccccccccccccc1; AWS Config put it at config-bucket/AWSLogs/111122223333/x.json.gz']);
  });

  it('refuses an item without a configuration rather than hide what is known', () => {
    const item = { resourceType: 'AWS::EC2::VPC', resourceId: 'vpc-1', configuration: null, configurationItemStatus: 'ResourceNotRecorded' };
    expect(importAll(awsConfig, [item]).errors).toEqual(['no configuration recorded (ResourceNotRecorded)']);
  });
});

describe('aws-config buckets', () => {
  it('unpacks an access list that is JSON in a string twice, and the policy', () => {
    const config = s3BucketSchema.parse(ofType('AWS::S3::Bucket').config);
    expect(config.Grants).toEqual([
      { Grantee: { Type: 'CanonicalUser', ID: 'aa11' }, Permission: 'FULL_CONTROL' },
      { Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' },
    ]);
    expect(at(config.Policy, 'Statement', 0, 'Sid')).toBe('OnlyEndpoint');
    expect(config.PublicAccessBlockConfiguration).toEqual({ BlockPublicAcls: false, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false });
    expect(at(config.ServerSideEncryptionConfiguration, 'Rules', 0, 'ApplyServerSideEncryptionByDefault', 'SSEAlgorithm')).toBe('aws:kms');
    expect(config.Owner).toEqual({ ID: 'aa11' });
  });

  it('takes policyText null and a left-out access block as none', () => {
    const plain = snapshot.resources.find((r) => r.name === 'plain');
    expect(plain?.config).toMatchObject({ Policy: null, PublicAccessBlockConfiguration: null });
  });

  it('keeps what was not recorded missing', () => {
    const bare = { resourceType: 'AWS::S3::Bucket', resourceId: 'bare', accountId: '111122223333', configuration: { name: 'bare' } };
    const [config] = importAll(awsConfig, [bare]).resources.map((r) => r.config);
    expect(config).toEqual({ Name: 'bare' });
  });

  it('reads the query API, where every supplementary value is text', () => {
    const [bucket] = read('history-api').resources;
    expect(bucket).toMatchObject({ urn: 'arn:aws:s3:::plain', account: '111122223333', captured_us: 1772438400000000 });
    expect(bucket?.config).toMatchObject({ PublicAccessBlockConfiguration: { RestrictPublicBuckets: true }, Policy: { Version: '2012-10-17' } });
  });

  it('gives an account its access block under its own urn', () => {
    expect(ofType('AWS::S3::AccountPublicAccessBlock')).toMatchObject({ urn: 'arn:aws:s3::111122223333:account-public-access-block', config: { BlockPublicAcls: true } });
  });
});

describe('aws-config types', () => {
  it('spells the network types as the CLI does', () => {
    expect(instanceSchema.parse(ofType('AWS::EC2::Instance').config)).toMatchObject({ State: { Name: 'running' }, NetworkInterfaces: [{ Association: { PublicIp: '203.0.113.10' }, Groups: [{ GroupId: 'sg-0aaaaaaaaaaaaaaa1' }] }] });
    expect(networkAclSchema.parse(ofType('AWS::EC2::NetworkAcl').config).Entries?.[0]).toMatchObject({ RuleNumber: 100, Egress: false, Protocol: '6', PortRange: { From: 443, To: 443 } });
    expect(routeTableSchema.parse(ofType('AWS::EC2::RouteTable').config).Routes?.[1]?.GatewayId).toBe('igw-0aaaaaaaaaaaaaaa1');
    expect(internetGatewaySchema.parse(ofType('AWS::EC2::InternetGateway').config).Attachments?.[0]?.State).toBe('available');
  });

  it('joins the two lists of IPv4 ranges', () => {
    const rules = securityGroupSchema.parse(ofType('AWS::EC2::SecurityGroup').config).IpPermissions ?? [];
    expect(rules[0]).toMatchObject({ IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'all' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }], PrefixListIds: [{ PrefixListId: 'pl-0aaa' }] });
    expect(rules[1]?.IpRanges).toEqual([{ CidrIp: '198.51.100.0/24' }]);
    expect(rules[0]).not.toHaveProperty('Ipv4Ranges');
  });

  it('decodes URL-encoded documents', () => {
    const role = iamRoleSchema.parse(ofType('AWS::IAM::Role').config);
    expect(at(role.AssumeRolePolicyDocument, 'Statement', 0, 'Principal', 'Service')).toBe('ec2.amazonaws.com');
    expect(at(role.RolePolicyList, 0, 'PolicyDocument', 'Statement', 'Action')).toBe('s3:GetObject');
  });

  it('keeps the customer’s own map keys and reads a policy that is text in text', () => {
    expect(ofType('AWS::Lambda::Function').config).toMatchObject({ Environment: { Variables: { tableName: 'x' } }, Policy: { Statement: [{ Principal: '*' }] } });
    expect(ofType('AWS::Lambda::Function').tags).toEqual({ team: 'data' });
  });

  it('names the classic load balancer’s odd keys', () => {
    expect(ofType('AWS::ElasticLoadBalancing::LoadBalancer').config).toMatchObject({ DNSName: 'front-1.eu-central-1.elb.amazonaws.com', VPCId: 'vpc-0aaaaaaaaaaaaaaa1' });
  });

  it('gives aliases that mean one thing only', () => {
    expect(ofType('AWS::EC2::Instance').aliases).toEqual(['10.1.0.10', '203.0.113.10', 'ec2-203-0-113-10.eu-central-1.compute.amazonaws.com', 'i-0aaaaaaaaaaaaaaa1', 'ip-10-1-0-10.eu-central-1.compute.internal']);
    expect(ofType('AWS::RDS::DBInstance').aliases).toEqual(['db-ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'orders.abc123.eu-central-1.rds.amazonaws.com']);
    expect(ofType('AWS::Lambda::Function').aliases).toEqual([]);
    expect(ofType('AWS::IAM::Role').aliases).toEqual(['AROA00000000000000001', 'arn:aws:iam::111122223333:instance-profile/web', 'arn:aws:iam::111122223333:role/web']);
    expect(ofType('AWS::S3::Bucket').aliases).toEqual(['billing-archive']);
  });

  it('turns config and relationships into edges, each once', () => {
    const lines = snapshot.edges.map((e) => `${e.source} ${e.kind} ${e.target}`);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toEqual(expect.arrayContaining([
      `${instance} RUNS_AS arn:aws:iam::111122223333:instance-profile/web`, `${instance} MEMBER_OF sg-0aaaaaaaaaaaaaaa1`, `${ec2('subnet/subnet-0aaaaaaaaaaaaaaa1')} CONTAINS ${instance}`,
      `${ec2('internet-gateway/igw-0aaaaaaaaaaaaaaa1')} ATTACHED_TO vpc-0aaaaaaaaaaaaaaa1`, `${ec2('route-table/rtb-0aaaaaaaaaaaaaaa1')} ROUTES_TO igw-0aaaaaaaaaaaaaaa1`,
      `arn:aws:s3:::billing-archive ENCRYPTED_BY arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-4333-8444-555555555555`, 'arn:aws:s3:::billing-archive LOGS_TO arn:aws:s3:::central-logs',
      'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/front FORWARDS_TO i-0aaaaaaaaaaaaaaa1',
      'arn:aws:iam::111122223333:role/app/web HAS_POLICY arn:aws:iam::aws:policy/ReadOnlyAccess',
    ]));
    expect(lines).not.toContain(`${instance} ATTACHED_TO vol-0aaaaaaaaaaaaaaa1`);
  });
});

describe('aws-config on anything', () => {
  it('never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const wrapped = [value, { resourceType: 'AWS::S3::Bucket', resourceId: 'x', configuration: value, supplementaryConfiguration: value, relationships: value, tags: value },
        { resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-1', configuration: { ipPermissions: value, ipPermissionsEgress: [value] } }, { invokingEvent: value }, { configurationItem: value }];
      for (const record of wrapped) { importAll(awsConfig, [record]); awsConfig.detect(sampleOf(record)); }
    }), { numRuns: 300 });
  });

  it.skipIf(!existsSync('../shared/samples/aws-config'))('reads the real samples', () => {
    const items = ['1-c7n-config-item-rds', '2-c7n-config-rule-event'].map((name) => importAll(awsConfig, documentsOf(`../shared/samples/aws-config/${name}.json`)));
    expect(items.map((i) => [i.errors.length, i.resources.map((r) => r.urn), i.edges.length > 0])).toEqual([
      [0, ['arn:aws:rds:us-east-1:644160558196:db:c7n-data-index'], true], [0, ['arn:aws:ec2:eu-west-1:123456789012:security-group/sg-e2fb6999'], true],
    ]);
    expect(items[0]?.resources[0]?.config).toMatchObject({ PubliclyAccessible: true, DBSubnetGroup: { Subnets: [{ SubnetIdentifier: 'subnet-3a334610' }, {}, {}, {}] }, Endpoint: { Port: 5432 } });
  });
});

describe('keys of a configuration', () => {
  it('are spelt as the CLI does wherever they stand; a map keeps its own, and one named like a prototype is a key like any other', () => {
    const given = JSON.parse('{ "dBName": "x", "inner": [{ "vpcid": "v", "variables": { "myKey": 1 } }], "variables": { "myKey": 2 }, "tags": { "team": "a" }, "policyDocument": "{\\"Version\\":\\"2012-10-17\\"}", "__proto__": { "isAdmin": true } }') as unknown;
    const read = canonicalKeys(given);
    expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse('{ "DBName": "x", "Inner": [{ "VPCId": "v", "Variables": { "myKey": 1 } }], "Variables": { "myKey": 2 }, "Tags": { "team": "a" }, "PolicyDocument": { "Version": "2012-10-17" }, "__proto__": { "IsAdmin": true } }'));
    expect(at(read, 'isAdmin')).toBeUndefined();
    expect(canonicalKeys(given)).toEqual(read);
  });
});
