import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import { awsUrn } from '#shared/model/aws.ts';
import type { StorageAccess } from '#shared/model/verdict.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';

const A = '111122223333', urn = 'arn:aws:s3:::data';
const off = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };
const on = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const owner = { Grantee: { Type: 'CanonicalUser', ID: 'a'.repeat(64) }, Permission: 'FULL_CONTROL' };
const grantTo = (group: string, Permission: string): object => ({ Grantee: { Type: 'Group', URI: `http://acs.amazonaws.com/groups/global/${group}` }, Permission });
const policy = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const open = (more: object = {}): object => ({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${urn}/*`, ...more });
const denyAll = (Condition?: object): object => ({ Sid: 'Deny', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [urn, `${urn}/*`], ...(Condition && { Condition }) });
const base = { Name: 'data', Policy: null, Grants: [owner], PublicAccessBlockConfiguration: null, OwnershipControls: null };
const accountBlock = (config: unknown): ResourceDraft => ({ urn: awsUrn.accountPublicAccessBlock(A), type: 'AWS::S3::AccountPublicAccessBlock', kind: 'other', account: A, config });

function access(config: object, account: unknown = off, others: readonly ResourceDraft[] = []): StorageAccess {
  const bucket: ResourceDraft = { urn, type: 'AWS::S3::Bucket', kind: 'bucket', name: 'data', account: A, region: 'eu-west-1', config: { ...base, ...config } };
  return evaluateBucketAccess(graphOf([bucket, ...(account === 'missing' ? [] : [accountBlock(account)]), ...others]), urn);
}
const without = (config: Readonly<Record<string, unknown>>, key: string): object => Object.fromEntries(Object.entries({ ...base, ...config }).map(([k, v]) => [k, k === key ? undefined : v]));
const condition = (operator: string, key: string, value: unknown): object => ({ [operator]: { [key]: value } });

describe('ACL rows', () => {
  const publicAcl = { Grants: [owner, grantTo('AllUsers', 'READ')] };
  it('A3: a grant to AllUsers is public, READ lists', () => {
    const found = access(publicAcl);
    expect(found).toMatchObject({ acl_public: 'yes', policy_public: 'no', public_actual: { list: 'yes', read: 'no', write: 'no', acl: 'no' }, public: { answer: 'yes', via: 'ACL grant of READ to AllUsers' } });
    expect(found.public.reasons).toContainEqual({ rule: 'S3.A3', source: urn, pointer: '/Grants/1', text: 'the ACL grants READ to AllUsers' });
  });
  it('A3: AuthenticatedUsers is any AWS account, so public', () =>
    expect(access({ Grants: [grantTo('AuthenticatedUsers', 'WRITE')] })).toMatchObject({ public: { answer: 'yes', via: 'ACL grant of WRITE to AuthenticatedUsers (any AWS account)' }, public_actual: { write: 'yes' } }));
  it.each([['WRITE_ACP', { acl: 'yes', list: 'no', write: 'no' }], ['READ_ACP', { acl: 'yes', list: 'no' }], ['FULL_CONTROL', { list: 'yes', write: 'yes', acl: 'yes' }], ['WRITE', { write: 'yes', list: 'no' }]])(
    'A3: permission %s', (permission, expected) => expect(access({ Grants: [grantTo('AllUsers', permission)] }).public_actual).toMatchObject(expected));
  it('A3: a grant to the owner or to log delivery is not public', () => {
    const found = access({ Grants: [owner, { Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery' }, Permission: 'WRITE' }] });
    expect(found).toMatchObject({ acl_public: 'no', public: { answer: 'no' }, misleading: [], blocking_control: { kind: 'no_grant' } });
  });
  it('A1: BucketOwnerEnforced voids the ACL', () => {
    const found = access({ ...publicAcl, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } });
    expect(found).toMatchObject({ acl_public: 'no', public: { answer: 'no', assumed: ['access_points'] }, misleading: ['acl'], blocking_control: { kind: 'object_ownership', pointer: '/OwnershipControls' } });
  });
  it('A1: the other ownership settings do not', () => expect(access({ ...publicAcl, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } }).public.answer).toBe('yes'));
  it('A2: IgnorePublicAcls on the bucket', () => expect(access({ ...publicAcl, PublicAccessBlockConfiguration: { ...off, IgnorePublicAcls: true } }))
    .toMatchObject({ acl_public: 'no', public: { answer: 'no', blocked_by: 'PUBLIC_ACCESS_BLOCK' }, blocking_control: { source: urn, pointer: '/PublicAccessBlockConfiguration/IgnorePublicAcls' } }));
  it('A2: IgnorePublicAcls on the account', () => expect(access(publicAcl, { ...off, IgnorePublicAcls: true }))
    .toMatchObject({ public: { answer: 'no' }, blocking_control: { kind: 'account_public_access_block', source: awsUrn.accountPublicAccessBlock(A), pointer: '/IgnorePublicAcls' } }));
  it('P6: BlockPublicAcls alone only refuses new grants', () => expect(access(publicAcl, { ...off, BlockPublicAcls: true, BlockPublicPolicy: true }).public.answer).toBe('yes'));
  it('RestrictPublicBuckets does not touch a public ACL', () => expect(access(publicAcl, { ...off, RestrictPublicBuckets: true }).public.answer).toBe('yes'));
  it('a recorded object ACL makes objects readable', () => expect(access({ ObjectAcls: [{ Key: 'k', Grants: [grantTo('AllUsers', 'READ')] }] }).public_actual).toMatchObject({ read: 'yes', list: 'no' }));
  it('A4: a live record is the effective ACL; a template is not', () => {
    const draft = (source: string): StorageAccess => evaluateBucketAccess(graphOf([accountBlock(off),
      { urn, type: 'AWS::S3::Bucket', kind: 'bucket', account: A, source, config: { ...without(publicAcl, 'OwnershipControls') } }]), urn);
    expect(draft('aws-cli').public.assumed).toEqual(['organization_s3_policy', 'resource_control_policy']);
    expect(draft('terraform-plan').public.assumed).toContain('object_ownership');
  });
});

describe('policy rows', () => {
  it('P1: an unconditional Allow for everyone', () => {
    const found = access({ Policy: policy(open({ Sid: 'Site' })) });
    expect(found).toMatchObject({ policy_public: 'yes', acl_public: 'no', public_actual: { read: 'yes', list: 'no', write: 'no', acl: 'no' }, public: { answer: 'yes', via: 'statement "Site" of the bucket policy allows it' } });
    expect(found.public.reasons[0]).toMatchObject({ rule: 'S3.P1', pointer: '/Policy/Statement/0' });
  });
  it.each([[{ Principal: { AWS: '*' } }], [{ Principal: { AWS: [A, '*'] } }], [{ Principal: undefined, NotPrincipal: { AWS: `arn:aws:iam::${A}:root` } }]])('P1: the principal %j is everyone', (more) => {
    const { Principal, ...rest } = { ...(open() as { Principal: unknown }), ...more };
    expect(access({ Policy: policy({ ...rest, ...(Principal !== undefined && { Principal }) }) })).toMatchObject({ policy_public: 'yes', public: { answer: 'yes' } });
  });
  it('P1: a named account is not everyone', () => expect(access({ Policy: policy(open({ Principal: { AWS: A } })) })).toMatchObject({ policy_public: 'no', public: { answer: 'no' }, blocking_control: { kind: 'no_grant' }, misleading: [] }));
  it.each<[string, object, 'yes' | 'no', 'yes' | 'no']>([
    ['SourceVpce fixed', condition('StringEquals', 'aws:SourceVpce', 'vpce-1'), 'no', 'no'],
    ['SourceVpc with a wildcard', condition('StringLike', 'aws:SourceVpc', 'vpc-*'), 'yes', 'no'],
    ['SourceVpc in StringLike without wildcard', condition('StringLike', 'aws:SourceVpc', 'vpc-1'), 'no', 'no'],
    ['one of two values with a wildcard', condition('StringLike', 'aws:SourceVpc', ['vpc-1', 'vpc-*']), 'yes', 'no'],
    ['PrincipalOrgID fixed', condition('StringEquals', 'aws:PrincipalOrgID', 'o-1'), 'no', 'no'],
    ['PrincipalOrgID with IfExists', condition('StringEqualsIfExists', 'aws:PrincipalOrgID', 'o-1'), 'yes', 'yes'],
    ['ForAllValues', condition('ForAllValues:StringEquals', 'aws:PrincipalAccount', A), 'yes', 'no'],
    ['a negated operator', condition('StringNotEquals', 'aws:PrincipalAccount', A), 'yes', 'yes'],
    ['PrincipalArn of a fixed account', condition('ArnLike', 'aws:PrincipalArn', `arn:aws:iam::${A}:role/*`), 'no', 'no'],
    ['PrincipalArn of any account', condition('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/admin'), 'yes', 'yes'],
    ['userid of any session', condition('StringLike', 'aws:userid', 'AROAEXAMPLE:*'), 'yes', 'no'],
    ['a policy variable', condition('StringEquals', 'aws:SourceVpce', '${aws:PrincipalTag/vpce}'), 'yes', 'no'],
    ['any access point of a fixed account', condition('StringLike', 's3:DataAccessPointArn', `arn:aws:s3:eu-west-1:${A}:accesspoint/*`), 'no', 'no'],
    ['SourceIp /24', condition('IpAddress', 'aws:SourceIp', '198.51.100.0/24'), 'no', 'no'],
    ['SourceIp /8', condition('IpAddress', 'aws:SourceIp', '12.0.0.0/8'), 'no', 'no'],
    ['SourceIp broader than /8', condition('IpAddress', 'aws:SourceIp', '12.0.0.0/7'), 'yes', 'yes'],
    ['SourceIp everywhere', condition('IpAddress', 'aws:SourceIp', '0.0.0.0/0'), 'yes', 'yes'],
    ['SourceIp half of the internet', condition('IpAddress', 'aws:SourceIp', ['128.0.0.0/1', '10.0.0.0/8']), 'yes', 'yes'],
    ['SourceIp private', condition('IpAddress', 'aws:SourceIp', ['10.0.0.0/8', '172.16.0.0/12']), 'no', 'no'],
    ['SourceIp all of IPv6', condition('IpAddress', 'aws:SourceIp', '::/0'), 'yes', 'yes'],
    ['SourceIp of an IPv6 site', condition('IpAddress', 'aws:SourceIp', '2001:db8::/48'), 'no', 'no'],
    ['everywhere but one range', condition('NotIpAddress', 'aws:SourceIp', '198.51.100.0/24'), 'yes', 'yes'],
    ['a Referer, which any caller can send', condition('StringLike', 'aws:Referer', 'https://example.com/*'), 'yes', 'yes'],
    ['TLS only', condition('Bool', 'aws:SecureTransport', 'true'), 'yes', 'yes'],
  ])('P2/P3: %s', (_name, Condition, isPublic, actual) => {
    const found = access({ Policy: policy(open({ Condition })) });
    expect(found).toMatchObject({ policy_public: isPublic, public: { answer: actual } });
    expect(found.misleading).toEqual(actual === 'no' ? ['policy'] : []);
  });
  it('P4: one public statement makes the policy public', () =>
    expect(access({ Policy: policy(open({ Principal: { AWS: A } }), open({ Condition: condition('StringEquals', 'aws:SourceVpce', 'vpce-1') }), open()) }).policy_public).toBe('yes'));
  it('P5: RestrictPublicBuckets stops a public policy', () => expect(access({ Policy: policy(open()) }, { ...off, RestrictPublicBuckets: true }))
    .toMatchObject({ policy_public: 'yes', public: { answer: 'no' }, misleading: ['policy'], blocking_control: { kind: 'account_public_access_block', network_bound: false, text: 'RestrictPublicBuckets is on for the account' } }));
  it('P6: BlockPublicPolicy alone does not', () => expect(access({ Policy: policy(open()) }, { ...off, BlockPublicPolicy: true }).public.answer).toBe('yes'));
  it('sees a grant on one prefix only', () => expect(access({ Policy: policy(open({ Resource: `${urn}/public/*` })) }).public_actual.read).toBe('yes'));
  it.each([['arn:aws:s3:::*/public/*'], ['arn:aws:s3:::d*.jpg'], [`${urn}/a/*/b?c`], ['*'], [`${urn}*`], ['arn:aws:s3:::d?ta/exact.txt']])('sees a grant on objects like %s', (Resource) =>
    expect(access({ Policy: policy(open({ Resource })) }).public_actual.read).toBe('yes'));
  it.each([['arn:aws:s3:::other/*'], [urn], ['arn:aws:s3:::datas/*']])('sees none in %s', (Resource) => expect(access({ Policy: policy(open({ Resource })) }).public_actual.read).toBe('no'));
  it('sees what a Deny of all but one prefix spares', () => {
    const allButPublic = { Effect: 'Deny', Principal: '*', Action: 's3:*', NotResource: `${urn}/public/*` };
    expect(access({ Policy: policy(open(), allButPublic) }).public_actual.read).toBe('yes');
    expect(access({ Policy: policy(open({ Resource: `${urn}/internal/*` }), allButPublic) }).public_actual.read).toBe('no');
  });
  it('sees that a Deny covers the prefix that is open', () =>
    expect(access({ Policy: policy(open({ Resource: `${urn}/public/*` }), { Effect: 'Deny', Principal: '*', Action: 's3:GetObject*', NotResource: `${urn}/internal/*` }) }).public_actual.read).toBe('no'));
  it('names the condition of an Allow that no internet caller meets', () => expect(access({ Policy: policy(open({ Sid: 'Vpce', Condition: condition('StringEquals', 'aws:SourceVpce', 'vpce-1') })) }))
    .toMatchObject({ restricted_to: { vpce: ['vpce-1'] }, blocking_control: { kind: 'bucket_policy', pointer: '/Policy/Statement/0', network_bound: true, text: 'statement "Vpce" of the bucket policy allows only where StringEquals aws:SourceVpce [vpce-1]' } }));
});

it('names the condition on which the answer hangs where every input is recorded', () => {
  const { public: found } = access({ Policy: policy(open(), denyAll(condition('StringNotEquals', 'aws:PrincipalOrgID', '$'.concat('{aws:ResourceOrgID}')))) });
  expect(found).toMatchObject({ answer: 'unknown', blocked_by: 'CONDITION', missing: [{ what: 'whether StringNotEquals aws:PrincipalOrgID [$'.concat('{aws:ResourceOrgID}] holds'), entity: urn }] });
});

describe('access points of several regions', () => {
  const points = 'AWS::S3::MultiRegionAccessPoint', arn = `arn:aws:s3::${A}:accesspoint/mfzwi23gnjvgw.mrap`;
  const delegating = { Policy: policy(open({ Action: '*', Resource: [urn, `${urn}/*`], Condition: condition('StringEquals', 's3:DataAccessPointAccount', A) })) };
  const point = (config: object = {}): ResourceDraft => ({ urn: 'mrap', type: points, kind: 'other', name: 'world', account: A, config: { Name: 'world', Alias: 'mfzwi23gnjvgw.mrap', Regions: [{ Bucket: 'data', BucketAccountId: A }], PublicAccessBlockConfiguration: off, ...config } });
  const pointPolicy = (Policy: unknown): ResourceDraft => ({ urn: 'mrap-policy', type: `${points}Policy`, kind: 'policy', account: A, config: { MrapName: 'world', Policy } });
  const everyone = policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${arn}/object/*` });
  it('let every AWS account in by a public policy, and nobody who does not sign', () => {
    expect(access(delegating, off, [point(), pointPolicy(everyone)])).toMatchObject({ public: { answer: 'yes', via: expect.stringContaining('access point mfzwi23gnjvgw.mrap') }, public_actual: { read: 'yes', write: 'no' }, signed_only: true });
    expect(access(delegating, off, [point({ Policy: everyone })]).public.answer).toBe('yes');
  });
  it.each<[string, readonly ResourceDraft[]]>([
    ['their own block', [point({ PublicAccessBlockConfiguration: on }), pointPolicy(everyone)]], ['no policy', [point(), pointPolicy(null)]], ['a policy for one account', [point(), pointPolicy(policy({ Effect: 'Allow', Principal: { AWS: A }, Action: 's3:*', Resource: '*' }))]],
    ['leading elsewhere', [point({ Regions: [{ Bucket: 'other' }] }), pointPolicy(everyone)]],
  ])('let nobody in by %s', (_, others) => expect(access(delegating, off, others).public.answer).toBe('no'));
  it('leave it open where their policy or block is not recorded', () => {
    expect(access(delegating, off, [point()]).public).toMatchObject({ answer: 'unknown', missing: [{ supply: 'aws s3control get-multi-region-access-point-policy' }] });
    expect(access(delegating, off, [point({ PublicAccessBlockConfiguration: undefined }), pointPolicy(everyone)]).public.answer).toBe('unknown');
  });
});

describe('strangers who sign their requests', () => {
  const walled = (Condition: object): object => ({ Policy: policy(open(), denyAll(Condition)) });
  it.each<[string, object]>([
    ['any organization', { Policy: policy(open({ Condition: condition('StringLike', 'aws:PrincipalOrgID', 'o-*') })) }],
    ['a role of any account', { Policy: policy(open({ Condition: condition('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/*') })) }],
    ['whoever signs', { Policy: policy(open({ Condition: condition('Null', 'aws:PrincipalArn', 'false') })) }],
    ['any kind of identity', { Policy: policy(open({ Condition: condition('StringEquals', 'aws:PrincipalType', ['User', 'AssumedRole']) })) }],
    ['any service that somebody uses', { Policy: policy(open({ Condition: condition('ArnLike', 'aws:SourceArn', 'arn:aws:cloudfront::*:distribution/*') })) }],
    ['services of any account', { Policy: policy(open({ Condition: condition('StringLike', 'aws:SourceAccount', '*') })) }],
    ['all services', { Policy: policy(open({ Principal: { Service: '*' } })) }],
    ['all but anonymous callers', walled(condition('StringEquals', 'aws:PrincipalType', 'Anonymous'))],
    ['all with an ARN', walled(condition('Null', 'aws:PrincipalArn', 'true'))],
    ['whoever signs in the address', { Policy: policy(open({ Condition: condition('StringEquals', 's3:authType', 'REST-QUERY-STRING') })) }],
    ['whoever calls their user like a folder', { Policy: policy(open({ Resource: `${urn}/home/${'$'}{aws:username}/*` })) }],
    ['all but those who sign by headers', walled(condition('StringNotEquals', 's3:authType', 'REST-HEADER'))],
    ['all with MFA', walled(condition('BoolIfExists', 'aws:MultiFactorAuthPresent', 'false'))],
  ])('are the public, as AuthenticatedUsers is: %s', (_name, config) => {
    const found = access(config);
    expect(found).toMatchObject({ public: { answer: 'yes', via: expect.stringMatching(/for any AWS account$/) }, public_actual: { read: 'yes', list: 'no' }, signed_only: true });
    expect(access(config, { ...off, RestrictPublicBuckets: true })).toMatchObject({ public: { answer: 'no' }, blocking_control: { kind: 'account_public_access_block' } });
  });
  it.each<[string, object]>([
    ['one organization', { Policy: policy(open({ Condition: condition('StringEquals', 'aws:PrincipalOrgID', 'o-1') })) }],
    ['one distribution', { Policy: policy(open({ Condition: condition('ArnLike', 'aws:SourceArn', `arn:aws:cloudfront::${A}:distribution/*`) })) }],
    ['AWS itself', { Policy: policy(open({ Condition: condition('Bool', 'aws:PrincipalIsAWSService', 'true') })) }],
    ['one organization, or AWS itself', walled({ StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } })],
    ['one key of KMS', { Policy: policy(open({ Action: 's3:PutObject', Condition: condition('StringEquals', 's3:x-amz-server-side-encryption-aws-kms-key-id', `arn:aws:kms:eu-west-1:${A}:key/1`) })) }],
  ])('get in nowhere where it is fixed: %s', (_name, config) => expect(access(config).public.answer).toBe('no'));
  it('are not all there is where nobody need sign', () => expect(access({ Policy: policy(open()) }).signed_only).toBeUndefined());
  it('are all there is by an ACL of AuthenticatedUsers', () => expect(access({ Grants: [grantTo('AuthenticatedUsers', 'READ')] }).signed_only).toBe(true));
});

describe('what a policy allows everyone by name', () => {
  it.each<[string, string, object]>([
    ['s3:PutLifecycleConfiguration', urn, { write: 'yes', read: 'no' }], ['s3:PutBucketWebsite', urn, { write: 'yes' }], ['s3:DeleteBucket', urn, { write: 'yes' }], ['s3:RestoreObject', `${urn}/*`, { write: 'yes' }],
    ['s3:PutObjectTagging', `${urn}/*`, { write: 'yes' }], ['s3:AbortMultipartUpload', `${urn}/*`, { write: 'yes' }], ['s3:GetObjectTagging', `${urn}/*`, { read: 'yes', write: 'no' }],
    ['s3:ListBucketMultipartUploads', urn, { list: 'yes', read: 'no' }], ['s3:GetBucketPolicy', urn, { acl: 'yes', read: 'no' }], ['s3:PutBucketPublicAccessBlock', urn, { acl: 'yes', write: 'no' }],
  ])('%s is an access too', (Action, Resource, actual) => expect(access({ Policy: policy(open({ Action, Resource })) })).toMatchObject({ public: { answer: 'yes' }, public_actual: actual }));
  it('but not on what is another resource', () => expect(access({ Policy: policy(open({ Action: 's3:PutLifecycleConfiguration', Resource: `${urn}/*` })) }).public.answer).toBe('no'));
});

describe('row D1: the bucket that looks public at 3 AM', () => {
  const grants = { Grants: [owner, grantTo('AllUsers', 'FULL_CONTROL')] };
  it.each<[string, object, Partial<StorageAccess['restricted_to']>, boolean]>([
    ['SourceVpce differs', condition('StringNotEquals', 'aws:SourceVpce', ['vpce-1', 'vpce-2']), { vpce: ['vpce-1', 'vpce-2'] }, true],
    ['SourceVpc differs', condition('StringNotEquals', 'aws:SourceVpc', 'vpc-1'), { vpc: ['vpc-1'] }, true],
    ['SourceIp is outside', condition('NotIpAddress', 'aws:SourceIp', '198.51.100.0/24'), { cidrs: ['198.51.100.0/24'] }, true],
    ['VpcSourceIp is outside', condition('NotIpAddress', 'aws:VpcSourceIp', '10.0.0.0/8'), { cidrs: ['10.0.0.0/8'] }, true],
    ['PrincipalOrgID differs', condition('StringNotEquals', 'aws:PrincipalOrgID', 'o-1'), { orgs: ['o-1'] }, false],
    ['PrincipalAccount differs', condition('StringNotEquals', 'aws:PrincipalAccount', A), { accounts: [A] }, false],
    ['PrincipalArn differs', condition('ArnNotLike', 'aws:PrincipalArn', `arn:aws:iam::${A}:role/app`), { accounts: [A] }, false],
  ])('Deny when %s', (_name, Condition, restricted, networkBound) => {
    const found = access({ ...grants, Policy: policy(open({ Action: 's3:*', Resource: [urn, `${urn}/*`] }), denyAll(Condition)) }, 'missing');
    expect(found).toMatchObject({
      acl_public: 'unknown', policy_public: 'yes', public: { answer: 'no', blocked_by: 'BUCKET_POLICY', assumed: [], missing: [] }, public_actual: { list: 'no', read: 'no', write: 'no', acl: 'no' },
      restricted_to: restricted, misleading: ['acl', 'policy'], blocking_control: { kind: 'bucket_policy', pointer: '/Policy/Statement/1', network_bound: networkBound },
    });
    expect(access(grants).public.answer).toBe('yes');
  });
  it.each<[string, object]>([
    ['requires TLS', condition('Bool', 'aws:SecureTransport', 'false')],
    ['requires an encryption header, which the caller sends', condition('StringNotEquals', 's3:x-amz-server-side-encryption', 'aws:kms')],
    ['shuts one address range out', condition('IpAddress', 'aws:SourceIp', '198.51.100.0/24')],
    ['spares all addresses', condition('NotIpAddress', 'aws:SourceIp', '0.0.0.0/0')],
    ['shuts one endpoint out', condition('StringEquals', 'aws:SourceVpce', 'vpce-1')],
    ['differs only when the key is there', condition('StringNotEqualsIfExists', 'aws:Referer', 'x')],
  ])('a Deny that %s does not close it', (_name, Condition) => expect(access({ ...grants, Policy: policy(denyAll(Condition)) }).public.answer).toBe('yes'));
  it('a Deny on some actions closes only those', () => expect(access({ ...grants, Policy: policy({ ...denyAll(), Action: ['s3:Put*', 's3:Delete*'] }) }).public_actual).toMatchObject({ write: 'no', list: 'yes', acl: 'yes' }));
  it('a Deny with NotPrincipal is told with those whom it spares', () => {
    const { Principal: _, ...rest } = denyAll() as { Principal: string };
    const spare = (...AWS: readonly string[]) => access({ Policy: policy(open(), { ...rest, Sid: 'But', NotPrincipal: { AWS } }) }).blocking_control?.text;
    expect(spare(`arn:aws:iam::${A}:role/reader`)).toBe(`statement "But" of the bucket policy denies everyone but arn:aws:iam::${A}:role/reader`);
    expect(spare(...['a', 'b', 'c', 'd', 'e'].map((n) => `arn:aws:iam::${A}:role/${n}`))).toMatch(/ but .*role\/a, .*role\/b, .*role\/c and 2 more$/);
  });
  it('an unconditional Deny is named before one that hangs on the network', () => expect(access({ ...grants, Policy: policy(denyAll(condition('StringNotEquals', 'aws:SourceVpce', 'vpce-1')), { ...denyAll(), Sid: 'Never' }) }).blocking_control)
    .toMatchObject({ text: 'statement "Never" of the bucket policy denies everyone', network_bound: false }));
});

describe('what is not recorded', () => {
  const publicAcl = { Grants: [grantTo('AllUsers', 'READ')] };
  it.each<[string, object, unknown, readonly string[]]>([
    ['policy', without({}, 'Policy'), off, ['bucket policy']],
    ['a policy that is not JSON', { Policy: '{"Statement": [' }, off, ['bucket policy']],
    ['ACL', without({}, 'Grants'), off, ['bucket ACL']],
    ['bucket block of a public ACL', without(publicAcl, 'PublicAccessBlockConfiguration'), off, ['public access block of the bucket']],
    ['account block of a public ACL', publicAcl, 'missing', ['public access block of the account']],
    ['account block of a public policy', { Policy: policy(open()) }, 'missing', ['public access block of the account']],
    ['everything', { Policy: undefined, Grants: undefined, PublicAccessBlockConfiguration: undefined }, 'missing', ['bucket policy', 'bucket ACL', 'public access block of the bucket', 'public access block of the account']],
  ])('unknown without the %s', (_name, config, account, missing) => {
    const { public: verdict } = access(config, account);
    expect(verdict).toMatchObject({ answer: 'unknown', assumed: [] });
    expect(verdict.missing.map((m) => m.what)).toEqual(missing);
    expect(verdict.missing.every((m) => m.supply.includes('aws s3'))).toBe(true);
  });
  it.each<[string, object, unknown, 'yes' | 'no']>([
    ['the account block where a Deny answers', { ...publicAcl, Policy: policy(denyAll()) }, 'missing', 'no'],
    ['the policy where the block is on', without(publicAcl, 'Policy'), on, 'no'],
    ['the ACL where the block is on', without({}, 'Grants'), on, 'no'],
    ['policy, ACL and account block where the bucket block is on', { Policy: undefined, Grants: undefined, PublicAccessBlockConfiguration: on }, 'missing', 'no'],
    ['the ACL where the policy lets everyone in', without({ Policy: policy(open()) }, 'Grants'), off, 'yes'],
    ['both blocks where nothing is granted', without({}, 'PublicAccessBlockConfiguration'), 'missing', 'no'],
    ['the ACL where ownership is enforced', without({ OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }, 'Grants'), off, 'no'],
  ])('does not need %s', (_name, config, account, answer) => expect(access(config, account).public).toMatchObject({ answer, missing: [] }));
  it('an account block recorded as none is off, not unknown', () => expect(access(publicAcl, null).public.answer).toBe('yes'));
  it('a condition on an unknown key leaves it open and says so', () =>
    expect(access({ Policy: policy(open({ Condition: condition('StringEquals', 's3:ExistingObjectTag/public', 'yes') })) }).public).toMatchObject({ answer: 'unknown', blocked_by: 'CONDITION' }));
  it('a bucket that the graph does not have', () => expect(evaluateBucketAccess(graphOf([]), urn).public).toMatchObject({ answer: 'unknown', missing: [{ entity: urn }] }));
});

describe('assumed controls', () => {
  it.each<[string, object, unknown, readonly string[]]>([
    ['a yes', { Policy: policy(open()) }, off, ['organization_s3_policy', 'resource_control_policy']],
    ['a no without any control', {}, off, ['object_acls', 'access_points']],
    ['a no by the bucket block', { PublicAccessBlockConfiguration: on, Policy: policy(open()) }, off, []],
    ['a no by the account block', { Policy: policy(open()) }, on, ['organization_s3_policy']],
    ['a no by a Deny of everything', { Policy: policy(denyAll()) }, off, []],
  ])('of %s', (_name, config, account, assumed) => expect(access(config, account).public.assumed).toEqual(assumed));
});

describe('organization and access points', () => {
  const organization = (Type: string, Content: unknown, Targets: unknown = [{ TargetId: A }]): ResourceDraft =>
    ({ urn: `arn:aws:organizations::${A}:policy/${Type}`, type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type, Content, Targets } });
  const rcp = policy({ Sid: 'OrgOnly', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition: condition('StringNotEqualsIfExists', 'aws:PrincipalOrgID', 'o-1') });
  it('an RCP denies', () => expect(access({ Policy: policy(open()) }, off, [organization('RESOURCE_CONTROL_POLICY', rcp)]))
    .toMatchObject({ public: { answer: 'no' }, blocking_control: { kind: 'resource_control_policy', pointer: '/Content/Statement/0' } }));
  it('an RCP of another account does not', () => expect(access({ Policy: policy(open()) }, off, [organization('RESOURCE_CONTROL_POLICY', rcp, [{ TargetId: '999999999999' }])]).public)
    .toMatchObject({ answer: 'yes', assumed: ['organization_s3_policy'] }));
  it('an RCP of unrecorded targets leaves it open', () => expect(access({ Policy: policy(open()) }, off, [organization('RESOURCE_CONTROL_POLICY', rcp, [])]).public.answer).toBe('unknown'));
  it('an Organizations S3 policy overrides the account block', () =>
    expect(access({ Policy: policy(open()) }, off, [organization('S3_POLICY', { s3_attributes: { public_access_block_configuration: { '@@assign': 'all' } } })]).blocking_control).toMatchObject({ kind: 'account_public_access_block' }));
  const pointArn = `arn:aws:s3:eu-west-1:${A}:accesspoint/ap`;
  const point = (config: object): ResourceDraft => ({ urn: pointArn, type: 'AWS::S3::AccessPoint', kind: 'other', name: 'ap', account: A, config: {
    Bucket: 'data', NetworkOrigin: 'Internet', PublicAccessBlockConfiguration: off, Policy: policy({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${pointArn}/object/*` }), ...config } });
  const delegating = { Policy: policy(open({ Action: '*', Resource: [urn, `${urn}/*`], Condition: condition('StringEquals', 's3:DataAccessPointAccount', A) })) };
  it('X1: an internet access point with a public policy makes the bucket public', () => {
    const found = access(delegating, off, [point({})]);
    expect(found).toMatchObject({ policy_public: 'no', public: { answer: 'yes' }, public_actual: { read: 'yes', write: 'no' } });
    expect(found.public.reasons).toContainEqual(expect.objectContaining({ rule: 'S3.X1', source: pointArn }));
  });
  it.each<[string, object, object]>([
    ['of network origin VPC', { NetworkOrigin: 'VPC' }, delegating], ['whose own block is on', { PublicAccessBlockConfiguration: on }, delegating],
    ['with no policy', { Policy: null }, delegating], ['of a bucket that does not delegate', {}, {}], ['of another bucket', { Bucket: 'else' }, delegating],
  ])('X1: not one %s', (_name, config, bucket) => expect(access(bucket, off, [point(config)]).public.answer).toBe('no'));
  it('X1: one whose policy and block were not recorded leaves it open', () => {
    const { public: verdict } = access(delegating, off, [point({ Policy: undefined, PublicAccessBlockConfiguration: undefined })]);
    expect([verdict.answer, verdict.missing.map((m) => m.what)]).toEqual(['unknown', ['access point policy', 'public access block of the access point']]);
  });
});

describe('properties', () => {
  const config = fc.record({ Policy: fc.jsonValue(), Grants: fc.jsonValue(), PublicAccessBlockConfiguration: fc.jsonValue(), OwnershipControls: fc.jsonValue(), ObjectAcls: fc.jsonValue() }, { requiredKeys: [] });
  it('never throws on arbitrary records', () => {
    fc.assert(fc.property(config, fc.jsonValue(), (bucket, account) => {
      const found = evaluateBucketAccess(graphOf([{ urn, type: 'AWS::S3::Bucket', kind: 'bucket', account: A, config: bucket }, accountBlock(account)]), urn);
      expect(['yes', 'no', 'unknown']).toContain(found.public.answer);
    }), { numRuns: 500 });
  });
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'), Principal: fc.constantFrom('*', { AWS: A }), Action: fc.constantFrom('s3:*', 's3:GetObject', 's3:List*'), Resource: fc.constantFrom('*', urn, `${urn}/*`, `${urn}/p/*`),
    Condition: fc.constantFrom({}, condition('StringNotEquals', 'aws:SourceVpce', 'v'), condition('IpAddress', 'aws:SourceIp', '0.0.0.0/0'), condition('StringEquals', 'aws:ResourceTag/x', 'y')),
  });
  const rank = { no: 0, unknown: 1, yes: 2 } as const;
  const inputs = [fc.array(statement, { maxLength: 4 }), fc.constantFrom([], [grantTo('AllUsers', 'READ')], undefined), fc.constantFrom(undefined, null, off, on)] as const;
  it('an added Deny, or a block switched on, never opens a bucket', () => {
    fc.assert(fc.property(...inputs, statement, (list, Grants, block, extra) => {
      const before = rank[access({ Policy: policy(...list), Grants, PublicAccessBlockConfiguration: block }).public.answer];
      expect(rank[access({ Policy: policy(...list, { ...extra, Effect: 'Deny' }), Grants, PublicAccessBlockConfiguration: block }).public.answer]).toBeLessThanOrEqual(before);
      expect(rank[access({ Policy: policy(...list), Grants, PublicAccessBlockConfiguration: on }).public.answer]).toBeLessThanOrEqual(before);
    }), { numRuns: 500 });
  });
  it('every reason and control points at a place that the record has', () => {
    fc.assert(fc.property(...inputs, fc.constantFrom(undefined, { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] }), fc.boolean(), (list, Grants, block, OwnershipControls, isText) => {
      const document = policy(...list);
      const config = { ...base, Policy: isText ? JSON.stringify(document) : document, Grants, PublicAccessBlockConfiguration: block, OwnershipControls };
      const graph = graphOf([{ urn, type: 'AWS::S3::Bucket', kind: 'bucket', account: A, config }, accountBlock({ ...off, IgnorePublicAcls: true })]);
      const found = evaluateBucketAccess(graph, urn);
      for (const { source, pointer } of [...found.public.reasons, ...(found.blocking_control ? [found.blocking_control] : [])]) {
        expect([source, pointer, resolvePointer(graph.resource(source)?.config, pointer).ok]).toEqual([source, pointer, true]);
      }
    }), { numRuns: 300 });
  });
  it('what a missing input turns out to be never contradicts a definite answer', () => {
    fc.assert(fc.property(...inputs, fc.constantFrom('Policy', 'Grants', 'PublicAccessBlockConfiguration'), (list, Grants, block, lost) => {
      const whole = { Policy: policy(...list), Grants, PublicAccessBlockConfiguration: block };
      const partial = access(without(whole, lost)).public.answer, full = access(whole).public.answer;
      expect([full, 'unknown']).toContain(partial === 'unknown' || full === 'unknown' ? 'unknown' : partial);
    }), { numRuns: 500 });
  });
});
