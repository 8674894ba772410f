import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsEntity } from '#electron/pipeline/normalize/aws-entity.ts';

const scope = { account: '111122223333', region: 'eu-central-1' };
const here = 'eu-central-1:111122223333';

describe('awsEntity', () => {
  it.each([
    ['i-0a1b2c3d4e5f60719', undefined, `arn:aws:ec2:${here}:instance/i-0a1b2c3d4e5f60719`, 'vm'],
    ['i-0a1b2c3d4e5f60719', 'AwsEc2Instance', `arn:aws:ec2:${here}:instance/i-0a1b2c3d4e5f60719`, 'vm'],
    [`arn:aws:ec2:${here}:instance/i-0a1b2c3d4e5f60719`, 'Instance', `arn:aws:ec2:${here}:instance/i-0a1b2c3d4e5f60719`, 'vm'],
    ['AWS::EC2::Instance:i-0a1b2c3d4e5f60719', 'Other', `arn:aws:ec2:${here}:instance/i-0a1b2c3d4e5f60719`, 'vm'],
    ['sg-0a1b2c3d', undefined, `arn:aws:ec2:${here}:security-group/sg-0a1b2c3d`, 'sg'],
    ['arn:aws:ec2:eu-central-1::snapshot/snap-0a1b2c3d', undefined, `arn:aws:ec2:${here}:snapshot/snap-0a1b2c3d`, 'snapshot'],
    ['vpce-0a1b2c3d', undefined, `arn:aws:ec2:${here}:vpc-endpoint/vpce-0a1b2c3d`, 'endpoint'],
    ['my-bucket', 'AWS::S3::Bucket', 'arn:aws:s3:::my-bucket', 'bucket'], ['my-bucket', 'AwsS3Bucket', 'arn:aws:s3:::my-bucket', 'bucket'], ['s3://my-bucket/key', undefined, 'arn:aws:s3:::my-bucket', 'bucket'],
    ['https://my-bucket.s3.eu-central-1.amazonaws.com/key', undefined, 'arn:aws:s3:::my-bucket', 'bucket'], ['arn:aws:s3:::my-bucket/*', undefined, 'arn:aws:s3:::my-bucket', 'bucket'], ['arn:aws:s3:::my-bucket/a/b', 'AwsS3Object', 'arn:aws:s3:::my-bucket', 'bucket'],
    ['alice', 'AwsIamUser', 'arn:aws:iam::111122223333:user/alice', 'user'], ['arn:aws:sts::111122223333:assumed-role/app/i-0a1b2c3d', undefined, 'arn:aws:iam::111122223333:role/app', 'role'],
    ['AWS::::Account:444455556666', 'AwsAccount', 'arn:aws:iam::444455556666:root', 'account'], ['111122223333', 'Other', 'arn:aws:iam::111122223333:root', 'account'], ['111122223333', 'AwsGuardDutyDetector', 'arn:aws:iam::111122223333:root', 'account'],
    ['arn:aws:organizations::999999999999:account/o-abc/444455556666', undefined, 'arn:aws:iam::444455556666:root', 'account'], ['arn:aws:s3:eu-central-1:111122223333:account', undefined, 'arn:aws:iam::111122223333:root', 'account'],
    ['arn:aws:logs:eu-central-1:111122223333:log-group:/x:*', undefined, `arn:aws:logs:${here}:log-group:/x`, 'other'], [`arn:aws:lambda:${here}:function:f:7`, undefined, `arn:aws:lambda:${here}:function:f`, 'function'],
    ['billing', 'AWS::RDS::DBInstance', `arn:aws:rds:${here}:db:billing`, 'database'], ['prod', 'AwsEksCluster', `arn:aws:eks:${here}:cluster/prod`, 'cluster'], ['q', 'AwsSqsQueue', `arn:aws:sqs:${here}:q`, 'queue_topic'],
    [`arn:aws:ecr:${here}:repository/app/sha256:0a`, 'AwsEcrContainerImage', `arn:aws:ecr:${here}:repository/app/sha256:0a`, 'image'],
    ['AKIAIOSFODNN7EXAMPLE', 'AwsIamAccessKey', 'AKIAIOSFODNN7EXAMPLE', 'access_key'], ['anything at all', undefined, 'anything at all', 'other'],
  ])('%s (%s) is %s', (id, type, entity, entityType) => expect(awsEntity(id, type, scope)).toMatchObject({ entity, entity_type: entityType }));

  it('leaves a short id as it is where account or region are not known', () => {
    expect(awsEntity('i-0a1b2c3d', undefined, { region: 'eu-central-1' })).toEqual({ entity: 'i-0a1b2c3d', entity_type: 'vm', aliases: [] });
    expect(awsEntity('alice', 'AwsIamUser', { account: '<account_uid>' })).toEqual({ entity: 'alice', entity_type: 'user', aliases: [] });
  });

  it('gives the other ids by which the entity is known', () => {
    expect(awsEntity(`arn:aws:ec2:${here}:vpc/vpc-0a1b2c3d`, undefined, scope).aliases).toEqual(['vpc-0a1b2c3d']);
    expect(awsEntity('arn:aws:s3:::my-bucket', undefined, scope).aliases).toEqual(['my-bucket']);
    expect(awsEntity('arn:aws:iam::111122223333:role/service-role/app', undefined, scope).aliases).toEqual(['arn:aws:iam::111122223333:role/app']);
    expect(awsEntity('111122223333', 'AwsAccount', scope).aliases).toEqual(['111122223333']);
  });

  it('keeps the partition', () => {
    expect(awsEntity('i-0a1b2c3d', undefined, { account: '111122223333', region: 'cn-north-1' }).entity).toBe('arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-0a1b2c3d');
    expect(awsEntity('b', 'AwsS3Bucket', { partition: 'aws-us-gov' }).entity).toBe('arn:aws-us-gov:s3:::b');
  });

  it('is a fixed point: what comes out names itself, whatever went in', () => {
    const ids = fc.oneof(fc.string(), fc.constantFrom('i-0a1b2c3d', 'arn:aws:s3:::b/k', 'arn:aws:sts::111122223333:assumed-role/r/s', 'AWS::::Account:111122223333', 'arn:aws:iam::111122223333:role/p/r', 'AWS::IAM::User:x'));
    fc.assert(fc.property(ids, fc.constantFrom(undefined, 'AwsS3Bucket', 'AwsIamUser', 'AWS::Lambda::Function', 'Other', 'AwsLogsLogGroup'), (id, type) => {
      const once = awsEntity(id, type, scope);
      fc.pre(once.entity.startsWith('arn:'));
      expect(awsEntity(once.entity, type, scope).entity).toBe(once.entity);
    }), { numRuns: 300 });
  });
});
