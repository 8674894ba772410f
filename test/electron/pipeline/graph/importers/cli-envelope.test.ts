import { describe, expect, it } from 'vitest';
import { awsCli } from '#electron/pipeline/graph/importers/aws-cli.ts';
import { openEnvelope } from '#electron/pipeline/graph/importers/aws/cli-envelope.ts';

const path = 'pull-1/111122223333/eu-west-1/any.json', region = 'eu-west-1:111122223333';
function read(call: string, subject: string, answer: unknown): readonly unknown[] {
  const parsed = awsCli.parse({ Call: call, Subject: subject, Answer: answer }, { from: '', parents: [], path, index: 0 });
  if (!parsed.ok) throw new Error(parsed.error);
  return (parsed.value.resources ?? []).map(({ urn, config }) => [urn, config]);
}
const role = `arn:aws:lambda:${region}:function:f`, key = `arn:aws:kms:${region}:key/k-1`;

describe('an answer in an envelope', () => {
  it.each([
    ['a bucket policy', 's3api get-bucket-policy', 'b', { Policy: '{"Statement":[]}' }, ['arn:aws:s3:::b', { Name: 'b', Policy: { Statement: [] } }]],
    ['that a bucket has none', 's3api get-bucket-policy', 'b', { Error: { Code: 'NoSuchBucketPolicy' } }, ['arn:aws:s3:::b', { Name: 'b', Policy: null }]],
    ['tags of a bucket', 's3api get-bucket-tagging', 'b', { TagSet: [{ Key: 'owner', Value: 'x' }] }, ['arn:aws:s3:::b', { TagSet: [{ Key: 'owner', Value: 'x' }] }]],
    ['a key policy', 'kms get-key-policy', key, { Policy: '{"Statement":[]}' }, [key, { Policy: { Statement: [] } }]],
    ['that a function has no policy', 'lambda get-policy', role, { Policy: null }, [role, { Policy: null }]],
    ['that a function has no URL', 'lambda list-function-url-configs', role, { FunctionUrlConfigs: [] }, [role, { FunctionUrlConfig: null }]],
    ['the URL of a function', 'lambda list-function-url-configs', role, { FunctionUrlConfigs: [{ FunctionArn: role, AuthType: 'NONE' }] }, [`${role}:url`, { AuthType: 'NONE' }]],
    ['methods of a REST API', 'apigateway get-resources', 'api1', { items: [{ id: 'r', resourceMethods: { GET: { authorizationType: 'NONE' } } }] }, [expect.stringContaining('api1'), { Resources: [{ ResourceMethods: { GET: { AuthorizationType: 'NONE' } } }] }]],
    ['listeners of a load balancer', 'elbv2 describe-listeners', `arn:aws:elasticloadbalancing:${region}:loadbalancer/app/a/1`, { Listeners: [{ ListenerArn: `arn:aws:elasticloadbalancing:${region}:listener/app/a/1/2`, Port: 443 }] }, [`arn:aws:elasticloadbalancing:${region}:listener/app/a/1/2`, { Port: 443 }]],
    ['entries of a prefix list', 'ec2 get-managed-prefix-list-entries', 'pl-1', { Entries: [{ Cidr: '10.0.0.0/8' }] }, [expect.stringContaining('pl-1'), { Entries: [{ Cidr: '10.0.0.0/8' }] }]],
    ['routes of a transit gateway, and that there are more', 'ec2 search-transit-gateway-routes', 'tgw-rtb-1', { Routes: [], AdditionalRoutesAvailable: true }, [expect.stringContaining('tgw-rtb-1'), { Routes: [], AdditionalRoutesAvailable: true }]],
    ['the block of an access point, which is not its bucket’s', 's3control get-access-point', 'ap', { Name: 'ap', Bucket: 'b', NetworkOrigin: 'VPC', PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }, [`arn:aws:s3:${region}:accesspoint/ap`, { Bucket: 'b', PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }]],
    ['whether a trail logs', 'cloudtrail get-trail-status', `arn:aws:cloudtrail:${region}:trail/all`, { IsLogging: false }, [`arn:aws:cloudtrail:${region}:trail/all`, { Status: { IsLogging: false } }]],
    ['that a table has no policy', 'dynamodb get-resource-policy', `arn:aws:dynamodb:${region}:table/t`, { Policy: null }, [`arn:aws:dynamodb:${region}:table/t`, { Policy: null }]],
    ['that a file system has no policy', 'efs describe-file-system-policy', 'fs-1', { FileSystemId: 'fs-1', Policy: null }, [`arn:aws:elasticfilesystem:${region}:file-system/fs-1`, { Policy: null }]],
    ['the policy of an MSK cluster', 'kafka get-cluster-policy', `arn:aws:kafka:${region}:cluster/c/1`, { Policy: '{"Statement":[]}' }, [`arn:aws:kafka:${region}:cluster/c/1`, { Policy: { Statement: [] } }]],
  ])('tells %s', (_, call, subject, answer, expected) => {
    expect(read(call, subject, answer)).toMatchObject([expected]);
  });

  it('places accounts in the tree of their organization', () => {
    expect(read('organizations list-accounts-for-parent', 'ou-1', { Accounts: [{ Id: '111122223333', Arn: 'arn:aws:organizations::1:account/o/111122223333', Name: 'a' }] })).toMatchObject([[expect.any(String), { ParentIds: ['ou-1'] }]]);
  });

  it('stands for a file of that call about that thing, whatever is in its name', () => {
    expect(openEnvelope({ Call: 'sns get-topic-attributes', Subject: 'a/../b c', Answer: {} }, path)?.path).toBe('pull-1/111122223333/eu-west-1/sns-get-topic-attributes/a%2F..%2Fb%20c');
  });

  it.each([[{}], [{ Call: 'x', Subject: 'y', Answer: {} }], [{ Call: 'ec2 describe-vpcs', Subject: 'y', Answer: 'text' }], [{ Call: 'rm -rf /', Subject: 'y', Answer: {} }], [{ Call: 'ec2 describe-vpcs', Answer: {} }]])('is not %j', (record) => {
    expect(openEnvelope(record, path)).toBeUndefined();
  });
});
