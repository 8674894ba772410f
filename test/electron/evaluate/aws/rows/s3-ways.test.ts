import { describe, expect, it } from 'vitest';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { awsConfig } from '#electron/pipeline/graph/importers/aws-config.ts';
import { awsUrn } from '#shared/model/aws.ts';
import { graphOf, type ResourceDraft } from '../../../../graph-of.ts';
import { importAll } from '../../../pipeline/graph/importers/read-records.ts';
import { anyone, bucket, objects, off, open, urn, withAcl, withPolicy } from './bucket.ts';
import { A, deny, doc, expectRow, pair, region, when, type Row } from './row.ts';

const wall = (operator: string, key: string, value: unknown): object => ({ ...deny('s3:*', [urn, objects], { Principal: '*', ...when(operator, key, value) }), Sid: 'Wall' });
const denied = (test: string): string => `S3.D1 data/Policy/Statement/1: statement "Wall" of the bucket policy denies it`.concat(test === '' ? '' : `\nS3.control data/Policy/Statement/1: statement "Wall" of the bucket policy denies everyone where ${test}`);
const both = { ...withAcl('AllUsers', 'FULL_CONTROL') };

/** The Deny of row D1 by its key; the sibling has the positive operator, which an anonymous request from the internet doesn't meet. */
const walls: readonly (readonly [negated: string, positive: string, key: string, value: string])[] = [
  ['StringNotEquals', 'StringEquals', 'aws:SourceVpce', 'vpce-1'], ['StringNotLike', 'StringLike', 'aws:SourceVpce', 'vpce-*'], ['StringNotEquals', 'StringEquals', 'aws:SourceVpc', 'vpc-1'], ['NotIpAddress', 'IpAddress', 'aws:SourceIp', '203.0.113.0/24'],
  ['StringNotEquals', 'StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5'], ['StringNotEqualsIfExists', 'StringEquals', 'aws:SourceVpce', 'vpce-1'], ['NotIpAddress', 'IpAddress', 'aws:VpcSourceIp', '10.0.0.0/8'], ['ArnNotLike', 'ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${A}:role/*`],
];
const d1: readonly Row[] = [
  ...walls.map(([negated, positive, key, value]) => pair('S3 D1', `Deny unless ${key}: ${positive}, or ${negated}, which an absent key meets`, anyone(), bucket({ ...both, ...withPolicy(open(), wall(positive, key, value)) }), ['yes', 'S3.P1 data/Policy/Statement/0: statement "Site" allows everyone'],
    bucket({ ...both, ...withPolicy(open(), wall(negated, key, value)) }), ['no BUCKET_POLICY', 'S3.A3 data/Grants/1: the ACL grants FULL_CONTROL to AllUsers', denied(`${negated} ${key} [${value}]`)])),
  pair('S3 D1', 'a Deny with IfExists on a key that the request lacks', anyone(), bucket(withPolicy(open(), wall('StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1'))), ['no BUCKET_POLICY', denied('')], bucket(withPolicy(open(), wall('StringEquals', 'aws:SourceVpce', 'vpce-1'))), ['yes']),
  pair('S3 D1', 'a Deny of everything, or of other buckets', anyone(), bucket(withPolicy(open(), { ...deny('s3:*', 'arn:aws:s3:::other/*', { Principal: '*' }), Sid: 'Wall' })), ['yes'], bucket(withPolicy(open(), { ...deny('s3:*', [urn, objects], { Principal: '*' }), Sid: 'Wall' })), ['no BUCKET_POLICY', 'S3.control data/Policy/Statement/1: statement "Wall" of the bucket policy denies everyone']),
  pair('S3 D1', 'the 3 AM bucket: a public ACL, and a Deny unless vpce that is there or not', anyone(), bucket({ ...withAcl('AllUsers', 'READ'), ...withPolicy(open({ Principal: { AWS: A } })) }), ['yes', 'via ACL grant of READ to AllUsers'], bucket({ ...withAcl('AllUsers', 'READ'), ...withPolicy(open({ Principal: { AWS: A } }), wall('StringNotEquals', 'aws:SourceVpce', 'vpce-1')) }), ['no BUCKET_POLICY', denied('StringNotEquals aws:SourceVpce [vpce-1]')]),
];
const pointArn = `arn:aws:s3:${region}:${A}:accesspoint/ap`;
const point = (config: object = {}, account = A): ResourceDraft => ({ urn: pointArn, type: 'AWS::S3::AccessPoint', kind: 'other', name: 'ap', account, config: { Bucket: 'data', NetworkOrigin: 'Internet', PublicAccessBlockConfiguration: off, Policy: doc({ Sid: 'Point', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${pointArn}/object/*` }), ...config } });
const delegating = withPolicy(open({ Sid: 'Points', Action: '*', Resource: [urn, objects], ...when('StringEquals', 's3:DataAccessPointAccount', A) }));
const through = (config: object, policy = delegating, account = off) => bucket(policy, account, [point(config)]);
const opened = 'S3.X1 ap/Policy/Statement/0: statement "Point" allows everyone without a condition on fixed values';
const byBucket = 'no BUCKET_POLICY', refused = (pointer: string, why: string): string => `S3.X1 ap${pointer}: access point ap ${why}`;
const x1: readonly Row[] = [
  pair('S3 X1', 'network origin internet, or VPC', anyone(), through({}), ['yes', opened, 'via statement "Point" allows everyone'], through({ NetworkOrigin: 'VPC' }), [byBucket, refused('/NetworkOrigin', 'takes requests from its VPC only')]),
  pair('S3 X1', 'a policy of the access point for everyone, or for its account', anyone(), through({}), ['yes', opened], through({ Policy: doc({ Effect: 'Allow', Principal: { AWS: A }, Action: 's3:GetObject', Resource: `${pointArn}/object/*` }) }), [byBucket, refused('/Policy', 'has a policy that lets in only whom it names')]),
  pair('S3 X1', 'a policy of the access point, or none', anyone(), through({}), ['yes', opened], through({ Policy: null }), [byBucket, refused('/Policy', 'has no policy')]),
  pair('S3 X1', 'its own block off, or on', anyone(), through({}), ['yes', opened], through({ PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }), [byBucket, refused('/PublicAccessBlockConfiguration/RestrictPublicBuckets', 'restricts a public policy')]),
  pair('S3 X1', 'the block of the bucket’s account off, or on', anyone(), through({}), ['yes', opened], through({}, delegating, { ...off, RestrictPublicBuckets: true }), [byBucket, refused('/Policy', 'is restricted by the public access block')]),
  pair('S3 X1', 'a bucket policy that delegates to access points, or none', anyone(), through({}), ['yes', opened], bucket({}, off, [point()]), ['no NO_GRANT', refused('/Policy', 'is not let through by the policy of the bucket')]),
  pair('S3 X1', 'an access point of this bucket, or of another', anyone(), through({}), ['yes', opened], through({ Bucket: 'other' }), [byBucket, 'statement "Points" of the bucket policy allows only where StringEquals s3:DataAccessPointAccount']),
  pair('S3 X1', 'the bucket denies what comes through it, or not', anyone(), through({}), ['yes', opened], bucket(withPolicy(open({ Sid: 'Points', Action: '*', Resource: [urn, objects], ...when('StringEquals', 's3:DataAccessPointAccount', A) }), { ...deny('s3:*', [urn, objects], { Principal: '*' }), Sid: 'Wall' }), off, [point()]), ['no BUCKET_POLICY']),
  pair('S3 X1', 'a bucket policy that grants on a fixed access point is no public policy, and the point alone then tells', anyone(), bucket(withPolicy(open({ ...when('ArnLike', 's3:DataAccessPointArn', pointArn) })), off, [point()]), ['yes', opened], bucket(withPolicy(open({ ...when('ArnLike', 's3:DataAccessPointArn', pointArn) })), off, [point({ Policy: null })]), ['no BUCKET_POLICY', 'S3.control data/Policy/Statement/0: statement "Site" of the bucket policy allows only where ArnLike s3:DataAccessPointArn']),
  pair('S3 X1', 'the policy and block of the point recorded, or not', anyone(), through({}), ['yes'], through({ Policy: undefined, PublicAccessBlockConfiguration: undefined }), ['unknown', 'missing access point policy of ap by aws s3control get-access-point-policy', 'missing public access block of the access point of ap']),
];

describe('S3 rows D1, X1', () => {
  it.each([...d1, ...x1])('$id: $fact', (row) => expectRow(row));
});

const base = { configurationItemStatus: 'OK', resourceType: 'AWS::S3::Bucket', resourceId: 'data', resourceName: 'data', ARN: urn, awsAccountId: A, awsRegion: region, configurationItemCaptureTime: '2026-11-01T00:00:00.000Z', relationships: [], tags: {} };
const aclText = JSON.stringify({ grantSet: null, grantList: [{ grantee: 'AllUsers', permission: 'Read' }], owner: { displayName: null, id: 'a'.repeat(64) } });
/** One item as AWS Config records it; `supplementaryConfiguration` in whichever of its shapes. */
function imported(supplementaryConfiguration: object): readonly ResourceDraft[] {
  const { resources, errors } = importAll(awsConfig, [{ ...base, configuration: { name: 'data' }, supplementaryConfiguration }]);
  expect(errors).toEqual([]);
  return [...resources, { urn: awsUrn.accountPublicAccessBlock(A), type: 'AWS::S3::AccountPublicAccessBlock', kind: 'other', account: A, config: off }];
}
const site = JSON.stringify(doc(open()));
const recorded = { AccessControlList: aclText.replace('AllUsers', 'nobody'), BucketPolicy: { policyText: null } };
const notes: readonly Row[] = [
  pair('S3 AWS Config', 'policyText null means none; the key absent means that it was not recorded', anyone(), imported(recorded), ['no NO_GRANT'], imported({ AccessControlList: recorded.AccessControlList }), ['unknown', 'missing bucket policy of data']),
  pair('S3 AWS Config', 'policyText with a policy, or null', anyone(), imported({ ...recorded, BucketPolicy: { policyText: site } }), ['yes', 'S3.P1 data/Policy/Statement/0: statement "Site" allows everyone'], imported(recorded), ['no NO_GRANT']),
  pair('S3 AWS Config', 'the block left out is a bucket without one; one that restricts closes it', anyone(), imported({ ...recorded, BucketPolicy: { policyText: site } }), ['yes'], imported({ ...recorded, BucketPolicy: { policyText: site }, PublicAccessBlockConfiguration: { blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true } }), ['no PUBLIC_ACCESS_BLOCK']),
  pair('S3 AWS Config', 'an ACL of JSON in a string', anyone(), imported({ ...recorded, AccessControlList: aclText }), ['yes', 'S3.A3 data/Grants/0: the ACL grants READ to AllUsers'], imported(recorded), ['no NO_GRANT']),
  pair('S3 AWS Config', 'an ACL of JSON in a string in a string', anyone(), imported({ ...recorded, AccessControlList: JSON.stringify(aclText) }), ['yes', 'S3.A3 data/Grants/0'], imported({ ...recorded, AccessControlList: JSON.stringify(recorded.AccessControlList) }), ['no NO_GRANT']),
  pair('S3 AWS Config', 'its query API, which turns every supplementary value into a string', anyone(), imported({ ...recorded, BucketPolicy: JSON.stringify({ policyText: site }) }), ['yes', 'S3.P1'], imported({ ...recorded, BucketPolicy: JSON.stringify({ policyText: site }), PublicAccessBlockConfiguration: JSON.stringify({ blockPublicAcls: true, ignorePublicAcls: true, blockPublicPolicy: true, restrictPublicBuckets: true }) }), ['no PUBLIC_ACCESS_BLOCK']),
  pair('S3 AWS Config', 'the query API’s none, or policy', anyone(), imported({ ...recorded, BucketPolicy: JSON.stringify({ policyText: null }) }), ['no NO_GRANT'], imported({ ...recorded, BucketPolicy: JSON.stringify({ policyText: site }) }), ['yes', 'S3.P1']),
];

describe('S3 in AWS Config', () => {
  it.each(notes)('$id: $fact', (row) => expectRow(row));
  it('S3 AWS Config: leaves out encryption where there is none, and that is recorded as none', () => expect(imported(recorded)[0]?.config).toMatchObject({ PublicAccessBlockConfiguration: null, ServerSideEncryptionConfiguration: null }));
  it('the same bucket by AWS Config and by the CLI says the same', () => expect(evaluateBucketAccess(graphOf(imported({ ...recorded, BucketPolicy: { policyText: site } })), urn).public_actual).toEqual(evaluateBucketAccess(graphOf(bucket(withPolicy(open()))), urn).public_actual));
});
