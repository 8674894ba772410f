import { describe, expect, it } from 'vitest';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { graphOf } from '../../../../graph-of.ts';
import { anyone, bucket, objects, off, open, urn, withPolicy } from './bucket.ts';
import { A, ask, B, deny, expectRow, expectTold, OUT, pair, region, when, type Row } from './row.ts';

const isPublic = 'S3.P1 data/Policy/Statement/0: statement "Site" allows everyone without a condition on fixed values';
const named = { AWS: `arn:aws:iam::${B}:root` };
const policyPublic = (...statements: readonly object[]) => evaluateBucketAccess(graphOf(bucket(withPolicy(...statements))), urn);
const restrict = (flags: object, ...statements: readonly object[]) => bucket({ ...withPolicy(...statements), PublicAccessBlockConfiguration: { ...off, ...flags } });

const rows: readonly Row[] = [
  pair('S3 P1', 'Principal "*", or an account', anyone(), bucket(withPolicy(open())), ['yes', isPublic, 'via statement "Site" of the bucket policy allows it'], bucket(withPolicy(open({ Principal: named }))), ['no NO_GRANT']),
  pair('S3 P1', 'Principal {"AWS": "*"}, or an account', anyone(), bucket(withPolicy(open({ Principal: { AWS: '*' } }))), ['yes', isPublic], bucket(withPolicy(open({ Principal: named }))), ['no NO_GRANT']),
  pair('S3 P1', 'a list with "*" in it, or two accounts', anyone(), bucket(withPolicy(open({ Principal: { AWS: [B, '*'] } }))), ['yes', isPublic], bucket(withPolicy(open({ Principal: { AWS: [B, OUT] } }))), ['no NO_GRANT']),
  pair('S3 P1', 'Allow for NotPrincipal, or for Principal', anyone(), bucket(withPolicy({ ...open({ Principal: undefined }), NotPrincipal: named })), ['yes', isPublic], bucket(withPolicy(open({ Principal: named }))), ['no NO_GRANT']),
  pair('S3 P1', 'an Allow, or a Deny', anyone(), bucket(withPolicy(open())), ['yes', isPublic], bucket(withPolicy(open({ Effect: 'Deny' }))), ['no NO_GRANT', 'S3.D1 data/Policy/Statement/0: statement "Site" of the bucket policy denies it']),
  pair('S3 P4', 'one public statement among others makes the policy public', anyone(), restrict({}, open({ Principal: named }), open(when('StringEquals', 'aws:SourceVpce', 'vpce-1')), open({ Sid: 'Third' })), ['yes', 'S3.P1 data/Policy/Statement/2: statement "Third" allows everyone'], restrict({}, open({ Principal: named }), open(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))), ['no BUCKET_POLICY', 'allows only where StringEquals aws:SourceVpce [vpce-1]']),
  pair('S3 P5', 'the bucket does not restrict, or does', anyone(), restrict({}, open()), ['yes', isPublic], restrict({ RestrictPublicBuckets: true }, open()), ['no PUBLIC_ACCESS_BLOCK', isPublic, 'S3.P5 data/PublicAccessBlockConfiguration/RestrictPublicBuckets: RestrictPublicBuckets on the bucket: a public policy lets in only the owner’s account and AWS services']),
  pair('S3 P5', 'the account does not restrict, or does', anyone(), bucket(withPolicy(open())), ['yes'], bucket(withPolicy(open()), { ...off, RestrictPublicBuckets: true }), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK', 'S3.P5 account-public-access-block/RestrictPublicBuckets']),
  pair('S3 P5', 'a non-public grant to another account holds beside no public one, and stops beside one', { question: 'effective_permission', subject: `arn:aws:iam::${B}:root`, action: 's3:GetObject', object: `${urn}/k` },
    restrict({ RestrictPublicBuckets: true }, open({ Principal: named })), ['yes', 'iam.resource_allow data/Policy/Statement/0: statement "Site" of the policy of data allows it'], restrict({ RestrictPublicBuckets: true }, open({ Principal: named }), open({ Action: 's3:ListBucket', Resource: urn })), ['no BLOCK_PUBLIC_ACCESS', 'S3.P5 data/PublicAccessBlockConfiguration/RestrictPublicBuckets']),
  ...([['an AWS service', 'logging.s3.amazonaws.com'], ['the owner’s account', `arn:aws:iam::${A}:root`]] as const).map(([who, subject]): Row => ({ id: 'S3 P5', fact: `${who}, or a stranger’s account`, first: [restrict({ RestrictPublicBuckets: true }, open()), { question: 'effective_permission', subject, action: 's3:GetObject', object: `${urn}/k` }], firstTold: ['yes', 'data/Policy/Statement/0: statement "Site" of the policy of data allows it'],
    second: [restrict({ RestrictPublicBuckets: true }, open()), { question: 'effective_permission', subject: OUT, action: 's3:GetObject', object: `${urn}/k` }], secondTold: ['no BLOCK_PUBLIC_ACCESS', 'S3.P5 data/PublicAccessBlockConfiguration/RestrictPublicBuckets'] })),
];

describe('S3 rows P1, P4, P5: policies', () => {
  it.each(rows)('$id: $fact', (row) => expectRow(row));
});

/** P2: key, a value that fixes it, one that doesn't, and an operator that takes both. */
const keys: readonly (readonly [key: string, operator: string, fixed: string, loose: string])[] = [
  ['aws:SourceArn', 'ArnLike', `arn:aws:sns:${region}:${A}:t`, `arn:aws:sns:${region}:*:t`], ['aws:SourceArn', 'StringLike', 'arn:aws:s3:::logs', 'arn:aws:s3:::*'],
  ['aws:SourceVpc', 'StringLike', 'vpc-1', 'vpc-*'], ['aws:SourceVpce', 'StringLike', 'vpce-1', 'vpce-?'], ['aws:SourceOwner', 'StringLike', A, '1111*'], ['aws:SourceAccount', 'StringLike', A, '*'],
  ['aws:userid', 'StringLike', 'AIDAEXAMPLEEXAMPLE12', 'AROAEXAMPLEEXAMPLE12:*'], ['aws:PrincipalOrgID', 'StringLike', 'o-a1b2c3d4e5', 'o-*'], ['aws:PrincipalAccount', 'StringLike', A, '1111?2223333'],
  ['aws:PrincipalArn', 'ArnLike', `arn:aws:iam::${A}:role/app`, 'arn:aws:iam::*:role/app'], ['aws:PrincipalArn', 'StringEquals', `arn:aws:iam::${A}:role/app`, 'arn:aws:iam::${aws:PrincipalAccount}:role/app'],
  ['s3:DataAccessPointArn', 'StringLike', `arn:aws:s3:${region}:${A}:accesspoint/ap`, `arn:aws:s3:${region}:*:accesspoint/ap`], ['s3:DataAccessPointArn', 'ArnLike', `arn:aws:s3:${region}:${A}:accesspoint/*`, `arn:aws:s3:*:*:accesspoint/*`],
  ['s3:DataAccessPointAccount', 'StringLike', A, '*'], ['aws:SourceIp', 'IpAddress', '203.0.113.0/24', '0.0.0.0/0'], ['aws:SourceIp', 'IpAddress', '11.0.0.0/8', '10.0.0.0/7'], ['aws:SourceIp', 'IpAddress', '2001:db8::/32', '2001:db8::/31'],
  ['aws:SourceIp', 'IpAddress', '10.0.0.0/8', '8.0.0.0/7'], ['aws:SourceIp', 'IpAddress', '172.16.0.0/12', '0.0.0.0/1'], ['aws:SourceIp', 'IpAddress', '192.168.0.0/16', '::/0'],
];
/** P3: the same fixed value under every operator. */
const operators: readonly (readonly [operator: string, key: string, value: unknown, limits: boolean])[] = [
  ['StringEquals', 'aws:SourceVpce', 'vpce-1', true], ['StringEqualsIgnoreCase', 'aws:SourceVpce', 'vpce-1', true], ['StringLike', 'aws:SourceVpce', 'vpce-1', true], ['ArnEquals', 'aws:PrincipalArn', `arn:aws:iam::${A}:role/*`, true],
  ['ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${A}:*`, true], ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', true], ['ForAnyValue:StringEquals', 'aws:PrincipalOrgPaths', 'o-a1b2c3d4e5/r-1/ou-1/', true],
  ['StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1', false], ['ArnLikeIfExists', 'aws:PrincipalArn', `arn:aws:iam::${A}:role/app`, false], ['IpAddressIfExists', 'aws:SourceIp', '203.0.113.0/24', false], ['StringNotEquals', 'aws:SourceVpce', 'vpce-1', false], ['StringNotLike', 'aws:SourceVpce', 'vpce-*', false],
  ['ArnNotEquals', 'aws:PrincipalArn', `arn:aws:iam::${A}:role/app`, false], ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', false], ['ForAllValues:StringEquals', 'aws:PrincipalOrgPaths', 'o-a1b2c3d4e5/r-1/', false], ['ForAllValues:StringEquals', 'aws:PrincipalOrgID', 'o-a1b2c3d4e5', false], ['Null', 'aws:SourceVpce', 'false', false],
  ['Bool', 'aws:SecureTransport', 'true', false], ['StringEquals', 'aws:Referer', 'https://example.com/', false], ['StringEquals', 'aws:UserAgent', 'secret', false], ['StringEquals', 'aws:RequestedRegion', region, false], ['IpAddress', 'aws:VpcSourceIp', '10.0.0.0/8', false], ['NumericLessThan', 's3:max-keys', '10', false],
  ['StringEquals', 'aws:PrincipalOrgID', ['o-a1b2c3d4e5', 'o-f6'], true], ['StringLike', 'aws:PrincipalOrgID', ['o-a1b2c3d4e5', 'o-*'], false],
];

describe('S3 rows P2, P3: what takes a statement out of public', () => {
  it.each(keys)('S3 P2: %s under %s: %s is not public, %s is', (key, operator, fixed, loose) => {
    const [narrow, wide] = [fixed, loose].map((value) => policyPublic(open(when(operator, key, value))));
    expect([narrow?.policy_public, wide?.policy_public]).toEqual(['no', 'yes']);
    expect(narrow?.public).toMatchObject({ answer: 'no', blocked_by: 'BUCKET_POLICY' });
    expect(narrow?.public.reasons.map((r) => r.text)).toEqual([`statement "Site" of the bucket policy allows only where ${operator} ${key} [${fixed}]`]);
    expect(wide?.public.reasons).toContainEqual({ rule: 'S3.P1', source: urn, pointer: '/Policy/Statement/0', text: 'statement "Site" allows everyone without a condition on fixed values' });
  });
  it.each(operators)('S3 P3: %s %s %j limits: %s', (operator, key, value, limits) => {
    const found = policyPublic(open(when(operator, key, value)));
    expect(found.policy_public).toBe(limits ? 'no' : 'yes');
    expect(found.public.reasons.some((r) => r.rule === 'S3.P1')).toBe(!limits);
    // Under RestrictPublicBuckets the other account's plain grant tells the two apart.
    const drafts = restrict({ RestrictPublicBuckets: true }, open(when(operator, key, value)), open({ Principal: named }));
    expectTold(ask(drafts, { question: 'effective_permission', subject: `arn:aws:iam::${B}:root`, action: 's3:GetObject', object: `${urn}/k` }), limits ? ['yes'] : ['no BLOCK_PUBLIC_ACCESS', 'S3.P5']);
  });
  it('S3 P2: a public policy may still let no request from the internet in', () => {
    expect(policyPublic(open(when('StringLike', 'aws:SourceVpce', 'vpce-*')))).toMatchObject({ policy_public: 'yes', public: { answer: 'no', blocked_by: 'BUCKET_POLICY' }, misleading: ['policy'], restricted_to: { vpce: ['vpce-*'] } });
    expect(policyPublic(open(when('StringEqualsIfExists', 'aws:SourceVpce', 'vpce-1'))).public.answer).toBe('yes');
  });
});

const list = (...values: readonly string[]): readonly string[] => values;
describe('S3 output: whom a policy leaves in', () => {
  it.each([
    ['vpce', 'StringNotEquals', 'aws:SourceVpce', list('vpce-1', 'vpce-2')], ['vpc', 'StringNotEquals', 'aws:SourceVpc', list('vpc-1')], ['cidrs', 'NotIpAddress', 'aws:SourceIp', list('203.0.113.0/24')], ['orgs', 'StringNotEquals', 'aws:PrincipalOrgID', list('o-a1b2c3d4e5')],
    ['accounts', 'StringNotEquals', 'aws:PrincipalAccount', list(A)], ['accounts', 'ArnNotLike', 'aws:PrincipalArn', list(`arn:aws:iam::${A}:role/app`)],
  ] as const)('restricted_to.%s by Deny %s %s', (field, operator, key, values) => {
    const found = policyPublic(open(), { ...deny('s3:*', [urn, objects], { Principal: '*', ...when(operator, key, values) }), Sid: 'Wall' });
    expect(found).toMatchObject({ policy_public: 'yes', public_actual: { read: 'no', list: 'no', write: 'no', acl: 'no' }, restricted_to: { [field]: key.endsWith('Arn') ? [A] : values }, misleading: ['policy'] });
    expect(found.public.reasons).toContainEqual({ rule: 'S3.control', source: urn, pointer: '/Policy/Statement/1', text: `statement "Wall" of the bucket policy denies everyone where ${operator} ${key} [${values.join(', ')}]` });
  });
  it.each([['read', 's3:GetObject', objects], ['list', 's3:ListBucket', urn], ['write', 's3:PutObject', objects], ['acl', 's3:PutBucketAcl', urn]] as const)('public_actual.%s by %s alone', (kind, Action, Resource) => {
    const { public_actual: actual, public: verdict } = policyPublic(open({ Action, Resource }));
    expect(Object.entries(actual).filter(([, answer]) => answer === 'yes').map(([name]) => name)).toEqual([kind]);
    expect(verdict).toMatchObject({ answer: 'yes', via: 'statement "Site" of the bucket policy allows it' });
  });
});
