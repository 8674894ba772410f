import { describe, expect, it } from 'vitest';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { graphOf, type ResourceDraft } from '../../../../graph-of.ts';
import { anyone, bucket, grantTo, off, open, urn, withAcl, withPolicy } from './bucket.ts';
import { tree } from './identity.ts';
import { A, deny, expectRow, pair, type Row } from './row.ts';

const publicAcl = withAcl('AllUsers', 'READ'), ownership = (ObjectOwnership: string): object => ({ OwnershipControls: { Rules: [{ ObjectOwnership }] } });
const granted = 'S3.A3 data/Grants/1: the ACL grants READ to AllUsers', viaAcl = 'via ACL grant of READ to AllUsers';
const enforced = 'S3.A1 data/OwnershipControls: BucketOwnerEnforced: ACLs have no effect';
const ignored = 'S3.A2 data/PublicAccessBlockConfiguration/IgnorePublicAcls: IgnorePublicAcls on the bucket: public ACL grants are ignored';
const block = (more: object): object => ({ PublicAccessBlockConfiguration: { ...off, ...more } });

const s3Policy = (id: string, target: string, assign: string, more: object = {}): ResourceDraft => ({ urn: `arn:aws:organizations::1:policy/o-1/s3_policy/${id}`, type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type: 'S3_POLICY', Content: { s3_attributes: { public_access_block_configuration: { '@@assign': assign, ...more } } }, Targets: [{ TargetId: target }] } });

const content = (Content: unknown, draft = s3Policy('p-1', A, 'all')): ResourceDraft => ({ ...draft, config: { ...(draft.config as object), Content } });
const lockedAbove = content({ s3_attributes: { '@@operators_allowed_for_child_policies': ['@@none'], public_access_block_configuration: { '@@assign': 'all' } } }, s3Policy('a-1', 'r-1', 'all'));

const rows: readonly Row[] = [
  pair('S3 A1', 'an owner who is preferred, or enforced', anyone(), bucket({ ...publicAcl, ...ownership('BucketOwnerPreferred') }), ['yes', granted, viaAcl], bucket({ ...publicAcl, ...ownership('BucketOwnerEnforced') }), ['no OBJECT_OWNERSHIP', enforced, 'S3.control data/OwnershipControls: BucketOwnerEnforced voids all ACLs']),
  pair('S3 A1', 'an object writer, or an owner enforced: FULL_CONTROL for everyone, to write', anyone('write'), bucket({ ...withAcl('AllUsers', 'FULL_CONTROL'), ...ownership('ObjectWriter') }), ['yes', 'the ACL grants FULL_CONTROL to AllUsers'], bucket({ ...withAcl('AllUsers', 'FULL_CONTROL'), ...ownership('BucketOwnerEnforced') }), ['no OBJECT_OWNERSHIP', enforced]),
  pair('S3 A2', 'public ACLs count, or the bucket ignores them', anyone(), bucket({ ...publicAcl, ...block({}) }), ['yes', granted], bucket({ ...publicAcl, ...block({ IgnorePublicAcls: true }) }), ['no PUBLIC_ACCESS_BLOCK', ignored]),
  pair('S3 A2', 'public ACLs count, or the account ignores them', anyone(), bucket(publicAcl), ['yes', granted], bucket(publicAcl, { ...off, IgnorePublicAcls: true }), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK', 'S3.A2 account-public-access-block/IgnorePublicAcls: IgnorePublicAcls on the account']),
  pair('S3 A2', 'the most restrictive of bucket and account: off and off, or on and off', anyone(), bucket({ ...publicAcl, ...block({}) }, off), ['yes'], bucket({ ...publicAcl, ...block({ IgnorePublicAcls: true }) }, off), ['no PUBLIC_ACCESS_BLOCK', ignored]),
  pair('S3 A2', 'AuthenticatedUsers are dropped too', anyone(), bucket({ ...withAcl('AuthenticatedUsers', 'READ'), ...block({}) }), ['yes', 'the ACL grants READ to AuthenticatedUsers'], bucket({ ...withAcl('AuthenticatedUsers', 'READ'), ...block({ IgnorePublicAcls: true }) }), ['no PUBLIC_ACCESS_BLOCK', ignored]),
  pair('S3 A3', 'a grant to AllUsers, or to the group that delivers logs', anyone(), bucket(publicAcl), ['yes', granted], bucket({ Grants: [{ Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/s3/LogDelivery' }, Permission: 'READ' }] }), ['no NO_GRANT', 'neither the policy nor the ACL lets anyone in']),
  pair('S3 A3', 'a grant to AuthenticatedUsers (any AWS account), or to one account', anyone(), bucket(withAcl('AuthenticatedUsers', 'READ')), ['yes', 'via ACL grant of READ to AuthenticatedUsers (any AWS account)'], bucket({ Grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'b'.repeat(64) }, Permission: 'READ' }] }), ['no NO_GRANT']),
  ...([['READ', 'list', 'read'], ['WRITE', 'write', 'list'], ['READ_ACP', 'acl', 'write'], ['WRITE_ACP', 'acl', 'read'], ['FULL_CONTROL', 'acl', undefined]] as const).flatMap(([permission, given, other]): readonly Row[] => [
    pair('S3 A3', `${permission} gives ${given}, and without the grant nobody has it`, anyone(given), bucket(withAcl('AllUsers', permission)), ['yes', `the ACL grants ${permission} to AllUsers`], bucket(), ['no NO_GRANT']),
    ...(other === undefined ? [] : [{ id: 'S3 A3', fact: `${permission} gives ${given}, not ${other}`, first: [bucket(withAcl('AllUsers', permission)), anyone(given)], firstTold: ['yes'], second: [bucket(withAcl('AllUsers', permission)), anyone(other)], secondTold: [`no NO_GRANT_OF_${other.toUpperCase()}`] } as const]),
  ]),
  pair('S3 A3', 'an ACL of an object for everyone, or for its owner', anyone('read'), bucket({ ObjectAcls: [{ Key: 'k', Grants: [grantTo('AllUsers', 'READ')] }] }), ['yes', 'S3.A3 data/ObjectAcls/0/Grants/0: the ACL grants READ to AllUsers'], bucket({ ObjectAcls: [{ Key: 'k', Grants: [] }] }), ['no NO_GRANT']),
  pair('S3 A4', 'a live record of no public grant, or no record of the ACL: that none was set is never inferred', anyone(), bucket(), ['no NO_GRANT'], bucket({ Grants: undefined }), ['unknown', 'missing bucket ACL of data by aws s3api get-bucket-acl']),
  pair('S3 P6', 'BlockPublicAcls refuses new grants only; IgnorePublicAcls voids those that stand', anyone(), bucket({ ...publicAcl, ...block({ BlockPublicAcls: true }) }), ['yes', granted], bucket({ ...publicAcl, ...block({ IgnorePublicAcls: true }) }), ['no PUBLIC_ACCESS_BLOCK']),
  pair('S3 P6', 'BlockPublicPolicy refuses new policies only; RestrictPublicBuckets binds the one that stands', anyone(), bucket({ ...withPolicy(open()), ...block({ BlockPublicPolicy: true }) }), ['yes', 'S3.P1 data/Policy/Statement/0: statement "Site" allows everyone'], bucket({ ...withPolicy(open()), ...block({ RestrictPublicBuckets: true }) }), ['no PUBLIC_ACCESS_BLOCK', 'S3.P5 data/PublicAccessBlockConfiguration/RestrictPublicBuckets']),
  pair('S3 prose', 'a Deny of the policy beats a grant of the ACL for the same request', anyone('list'), bucket(publicAcl), ['yes', granted], bucket({ ...publicAcl, ...withPolicy({ ...deny('s3:List*', urn, { Principal: '*' }), Sid: 'NoList' }) }), ['no BUCKET_POLICY', granted, 'S3.D1 data/Policy/Statement/0: statement "NoList" of the bucket policy denies it']),
  pair('S3 prose', 'an Organizations S3 policy overrides the account’s own block', anyone(), bucket(publicAcl), ['yes', 'assumed organization_s3_policy'],
    bucket(publicAcl, off, [{ urn: 'arn:aws:organizations::1:policy/o-1/s3_policy/p-1', type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type: 'S3_POLICY', Content: { s3_attributes: { public_access_block_configuration: { '@@assign': 'all' } } }, Targets: [{ TargetId: '111122223333' }] } }]), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK', 'IgnorePublicAcls is on for the account']),
  pair('S3 organization', 'an S3 policy that blocks nothing overrides the account’s own block; without one that stands', anyone(), bucket(publicAcl, { ...off, IgnorePublicAcls: true }, [s3Policy('p-1', A, 'none')]), ['yes', granted], bucket(publicAcl, { ...off, IgnorePublicAcls: true }), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK']),
  pair('S3 organization', 'the policy nearest to the account counts: of the unit under that of the root', anyone(), bucket(publicAcl, off, [...tree, s3Policy('a-1', 'r-1', 'all'), s3Policy('p-2', 'ou-1', 'none')]), ['yes', granted], bucket(publicAcl, off, [...tree, s3Policy('a-1', 'r-1', 'none'), s3Policy('p-2', 'ou-1', 'all')]), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK', 'S3.A2 p-2/Content']),
  pair('S3 organization', 'unless the one above lets none below change it', anyone(), bucket(publicAcl, off, [...tree, s3Policy('a-1', 'r-1', 'all'), s3Policy('p-2', 'ou-1', 'none')]), ['yes'], bucket(publicAcl, off, [...tree, s3Policy('a-1', 'r-1', 'all', { '@@operators_allowed_for_child_policies': ['@@none'] }), s3Policy('p-2', 'ou-1', 'none')]), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK', 'S3.A2 a-1/Content']),
  pair('S3 organization', 'also where the key above says so', anyone(), bucket(publicAcl, off, [...tree, s3Policy('a-1', 'r-1', 'all'), s3Policy('p-2', 'ou-1', 'none')]), ['yes'], bucket(publicAcl, off, [...tree, lockedAbove, s3Policy('p-2', 'ou-1', 'none')]), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK', 'S3.A2 a-1/Content']),
  pair('S3 organization', 'a content that assigns nothing, or that nobody can read', anyone(), bucket(publicAcl, off, [content({})]), ['yes', granted], bucket(publicAcl, off, [content('not json')]), ['unknown', 'missing public access block of the account']),
  pair('S3 organization', 'attached to this account, or to whom is not recorded', anyone(), bucket(publicAcl, off, [s3Policy('p-1', A, 'all')]), ['no ACCOUNT_PUBLIC_ACCESS_BLOCK'], bucket(publicAcl, off, [{ ...s3Policy('p-1', A, 'all'), config: { Type: 'S3_POLICY', Content: {} } }]), ['unknown', 'missing public access block of the account']),
];

describe('S3 rows A1–A4, P6: ACLs', () => {
  it.each(rows)('$id: $fact', (row) => expectRow(row));

  it('S3 A4: a live record tells what S3 enforces, ownership included; a template does not, so ownership is assumed', () => {
    const from = (source: string) => evaluateBucketAccess(graphOf(bucket({ ...publicAcl, OwnershipControls: undefined }).map((d) => ({ ...d, source }))), urn);
    expect([from('aws-cli').public.assumed, from('terraform-plan').public.assumed].map((a) => a.includes('object_ownership'))).toEqual([false, true]);
  });

  it('S3 output: acl_public, misleading and the control', () => {
    const of = (more: object, account = off) => evaluateBucketAccess(graphOf(bucket(more, account)), urn);
    expect(of(publicAcl)).toMatchObject({ acl_public: 'yes', policy_public: 'no', public_actual: { list: 'yes', read: 'no', write: 'no', acl: 'no' }, misleading: [], restricted_to: { vpce: [], vpc: [], cidrs: [], orgs: [], accounts: [] } });
    expect(of(publicAcl, { ...off, IgnorePublicAcls: true })).toMatchObject({ acl_public: 'no', public_actual: { list: 'no' }, misleading: ['acl'], blocking_control: { kind: 'account_public_access_block', network_bound: false } });
    expect(of({ ...publicAcl, ...ownership('BucketOwnerEnforced') })).toMatchObject({ acl_public: 'no', misleading: ['acl'] });
    expect(of({ ...publicAcl, PublicAccessBlockConfiguration: undefined }).acl_public).toBe('unknown');
  });
});
