import { describe, expect, it } from 'vitest';
import { outsideAccess } from '#electron/evaluate/aws/outside-access.ts';
import { awsUrn } from '#shared/model/aws.ts';
import type { OutsideAccess } from '#shared/model/verdict.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';

const A = '111122223333', OURS = '444455556666', THEIRS = '999988887777', urn = 'arn:aws:s3:::data', ME = 'a'.repeat(64);
const block = (on: boolean): ResourceDraft => ({ urn: awsUrn.accountPublicAccessBlock(A), type: 'AWS::S3::AccountPublicAccessBlock', kind: 'other', account: A, config: { RestrictPublicBuckets: on, IgnorePublicAcls: false } });
const allow = (more: object): object => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: `${urn}/*`, ...more });
const named = (id: string): object => allow({ Principal: { AWS: id } });
const deny = (Condition?: object): object => ({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [urn, `${urn}/*`], ...(Condition && { Condition }) });
const policy = (...Statement: readonly object[]): object => ({ Policy: { Version: '2012-10-17', Statement } });
function outside(config: object, accounts: readonly string[] = [A, OURS], restricted = false): OutsideAccess {
  const base = { Name: 'data', Policy: null, Owner: { ID: ME }, Grants: [], PublicAccessBlockConfiguration: null, OwnershipControls: null };
  const graph = graphOf([{ urn, type: 'AWS::S3::Bucket', kind: 'bucket', name: 'data', account: A, config: { ...base, ...config } }, block(restricted)]);
  return outsideAccess(graph, graph.resource(urn)!, new Set(accounts));
}
const when = (operator: string, key: string, value: unknown): object => ({ Principal: '*', Condition: { [operator]: { [key]: value } } });

describe('whom a bucket lets in from other accounts', () => {
  it.each<[string, object, OutsideAccess['answer'], OutsideAccess['answer'], readonly string[]]>([
    ['an account outside', policy(named(`arn:aws:iam::${THEIRS}:root`)), 'yes', 'no', [THEIRS]],
    ['an account outside by its number', policy(named(THEIRS)), 'yes', 'no', [THEIRS]],
    ['a role outside', policy(named(`arn:aws:iam::${THEIRS}:role/etl`)), 'yes', 'no', [`arn:aws:iam::${THEIRS}:role/etl`]],
    ['another account of ours', policy(named(`arn:aws:iam::${OURS}:root`)), 'no', 'yes', [OURS]],
    ['its own account', policy(named(`arn:aws:iam::${A}:root`)), 'no', 'no', []],
    ['CloudFront', policy(named('arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1')), 'no', 'no', []],
    ['one that a Deny shuts out', policy(named(THEIRS), deny()), 'no', 'no', []],
    ['one that a Deny shuts out by its account', policy(named(THEIRS), deny({ StringNotEquals: { 'aws:PrincipalAccount': A } })), 'no', 'no', []],
    ['one that a Deny may shut out', policy(named(THEIRS), deny({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } })), 'unknown', 'no', [THEIRS]],
    ['everyone of an account outside', policy(allow(when('StringEquals', 'aws:PrincipalAccount', THEIRS))), 'yes', 'no', [THEIRS]],
    ['everyone of an organization of which nothing is known', policy(allow(when('StringEquals', 'aws:PrincipalOrgID', 'o-1'))), 'unknown', 'no', ['organization o-1']],
    ['a canonical id', policy(allow({ Principal: { CanonicalUser: 'b'.repeat(64) } })), 'unknown', 'no', ['the account of canonical id bbbbbbbbbbbb…']],
    ['another resource', policy(allow({ Principal: { AWS: THEIRS }, Resource: 'arn:aws:s3:::other/*' })), 'no', 'no', []],
    ['an ACL of another account', { Grants: [{ Grantee: { ID: 'c'.repeat(64), Type: 'CanonicalUser' }, Permission: 'READ' }] }, 'unknown', 'no', ['the account of canonical id cccccccccccc…']],
    ['an ACL of another account that is void', { Grants: [{ Grantee: { ID: 'c'.repeat(64), Type: 'CanonicalUser' }, Permission: 'READ' }], OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } }, 'no', 'no', []],
    ['nobody: no policy', {}, 'no', 'no', []],
  ])('%s', (_name, config, answer, ours, names) => expect(outside(config)).toMatchObject({ answer, ours, names }));

  it('whether an account is ours is unknown where no accounts are known', () => expect(outside(policy(named(THEIRS)), [])).toMatchObject({ answer: 'unknown', missing: [{ what: 'the accounts of the organization' }] }));
  it('a policy that was not recorded is asked for', () => expect(outside({ Policy: undefined })).toMatchObject({ answer: 'unknown', missing: [{ what: 'its resource policy' }] }));
  it('RestrictPublicBuckets stops other accounts too where the policy is public', () => {
    const both = policy(named(THEIRS), allow({ Principal: '*' }));
    expect([outside(both).answer, outside(both, [A], true).answer, outside(policy(named(THEIRS)), [A], true).answer]).toEqual(['yes', 'no', 'yes']);
  });
});
