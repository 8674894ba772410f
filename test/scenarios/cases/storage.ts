/** Every way of being public or not. The buckets hold confidential data in production, so that "public" means P1 and "not public" a deferral. */
import { accountBlock, anyone, bucket, denyUnlessVpce, statement, type BucketParts } from '../build/buckets.ts';
import { publicBucket } from '../build/findings.ts';
import type { Json, Part } from '../build/part.ts';
import { account, DEV, OUTSIDE, PROD, type Case, type Expected } from './case.ts';

const VPCE = 'vpce-0aaa1111bbbb2222c';
const tags = { owner: 'team-a', 'data-classification': 'confidential' };
const arn = (name: string): string => `arn:aws:s3:::${name}`;
const OPEN: Omit<Expected, 'entity'> = { decision: 'resolve_now', priority: 'P1', rule: 2, owner: 'team-a', cites: { exposure_confirmed: true }, confidence: { above: 0.9 } };
const CLOSED: Omit<Expected, 'entity'> = { decision: 'defer', priority: 'P4', rule: 3, cites: { mitigation_confirmed: true } };
const REFUTED: Omit<Expected, 'entity'> = { decision: 'defer', priority: 'P4', rule: 3 };
const UNKNOWN: Omit<Expected, 'entity'> = { decision: 'needs_human_review', rule: [1, 5], missing: ['exposure_confirmed'] };

function on(name: string, because: string, parts: Omit<BucketParts, 'account'> & { readonly account?: string }, expected: Omit<Expected, 'entity'>, more: Part = {}): Case {
  const id = parts.account ?? PROD, full = `mx-${name}`;
  return { name: `storage: ${name}`, because, part: { ...more, items: [bucket(full, { tags, ...parts, account: id }), ...(more.items ?? [])], asff: [publicBucket(id, full)] }, expect: { entity: arn(full), ...expected } };
}
const policy = (name: string, ...statements: readonly ((full: string) => Json)[]): { readonly policy: readonly Json[] } => ({ policy: statements.map((s) => s(`mx-${name}`)) });
const when = (condition: Json) => (full: string): Json => anyone(full, condition);
const P2 = '5-graph §1 P2: a fixed value of a qualifying key makes the statement not public';

const own = (id: string, flags: Parameters<typeof accountBlock>[1]): Part => ({ ...account(id, 'production'), items: [accountBlock(id, flags)] });
const IGNORING = '120000000001', RESTRICTING = '120000000002', NOT_RECORDED = '120000000003';

/** Security Hub S3.6 on a bucket whose policy names an account. */
const shared = (account: string, full: string): Json => ({ ...publicBucket(account, full), Id: `arn:aws:securityhub:eu-west-1:${account}:security-control/S3.6/finding/${full}`, GeneratorId: 'security-control/S3.6', Title: 'S3 general purpose bucket policies should restrict access to other AWS accounts', Compliance: { Status: 'FAILED', SecurityControlId: 'S3.6' } });
function between(name: string, because: string, guest: string, expected: Omit<Expected, 'entity'>): Case {
  const full = `mx-${name}`;
  return { name: `storage: ${name}`, because, part: { items: [bucket(full, { tags, account: PROD, policy: [statement(full, { Principal: { AWS: `arn:aws:iam::${guest}:root` } })] })], asff: [shared(PROD, full)] }, expect: { entity: arn(full), ...expected } };
}
/** The same beside a finding of public access, which the snapshot refutes. */
function raised(name: string, because: string, expected: Omit<Expected, 'entity'>): Case {
  const one = between(name, because, OUTSIDE, expected);
  return { ...one, part: { ...one.part, asff: [...one.part.asff ?? [], publicBucket(PROD, `mx-${name}`)] } };
}

export const storageCases: readonly Case[] = [
  on('by-policy', '5-graph §1 P1', policy('by-policy', anyone), OPEN),
  on('by-aws-star', '5-graph §1 P1: {"AWS":"*"}', policy('by-aws-star', (b) => statement(b, { Principal: { AWS: ['*'] } })), OPEN),
  on('by-notprincipal', '5-graph §1 P1: NotPrincipal-Allow', policy('by-notprincipal', (b) => statement(b, { NotPrincipal: { AWS: `arn:aws:iam::${PROD}:role/app` } })), OPEN),
  on('by-acl', '5-graph §1 A3', { acl: [['AllUsers', 'Read']] }, OPEN),
  on('by-acl-any-account', '5-graph §1 A3: AuthenticatedUsers = any AWS account = public', { acl: [['AuthenticatedUsers', 'Read']] }, OPEN),
  on('acl-ignored', '5-graph §1 A2', { acl: [['AllUsers', 'Read']], block: ['IgnorePublicAcls'] }, { ...CLOSED, says: /IgnorePublicAcls is on/ }),
  on('acl-ignored-by-account', '5-graph §1: PAB effective = OR over {bucket, account}', { account: IGNORING, acl: [['AllUsers', 'FullControl']] }, CLOSED, own(IGNORING, ['IgnorePublicAcls'])),
  on('acl-not-undone', '5-graph §1 P6: BlockPublicAcls only refuses new writes', { acl: [['AllUsers', 'Read']], block: ['BlockPublicAcls'] }, OPEN),
  on('acl-disabled', '5-graph §1 A1', { acl: [['AllUsers', 'Read']], ownership: 'BucketOwnerEnforced' }, CLOSED),
  on('policy-restricted', '5-graph §1 P5', { ...policy('policy-restricted', anyone), block: ['RestrictPublicBuckets'] }, CLOSED),
  on('policy-restricted-by-account', '5-graph §1 P5 and OR over {bucket, account}', { ...policy('policy-restricted-by-account', anyone), account: RESTRICTING }, CLOSED, own(RESTRICTING, ['RestrictPublicBuckets'])),
  on('policy-not-undone', '5-graph §1 P6: BlockPublicPolicy only refuses new writes', { ...policy('policy-not-undone', anyone), block: ['BlockPublicPolicy'] }, OPEN),
  on('restrict-leaves-acl', '5-graph §1 P5 is about the policy; A3 about the ACL', { acl: [['AllUsers', 'Read']], block: ['RestrictPublicBuckets'] }, OPEN),
  on('ignore-leaves-policy', '5-graph §1 A2 is about ACLs', { ...policy('ignore-leaves-policy', anyone), block: ['IgnorePublicAcls', 'BlockPublicAcls'] }, OPEN),

  on('ip-narrow', P2, policy('ip-narrow', when({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } })), REFUTED),
  on('ip-8', `${P2}: no broader than /8`, policy('ip-8', when({ IpAddress: { 'aws:SourceIp': ['11.0.0.0/8'] } })), REFUTED),
  on('ip-7', '5-graph §1 P2: broader than /8 does not qualify', policy('ip-7', when({ IpAddress: { 'aws:SourceIp': ['12.0.0.0/7'] } })), OPEN),
  on('ip-halves', '5-graph §1 P2: broader than /8 does not qualify', policy('ip-halves', when({ IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } })), OPEN),
  on('vpce-only', P2, policy('vpce-only', when({ StringEquals: { 'aws:SourceVpce': VPCE } })), REFUTED),
  on('org-only', P2, policy('org-only', when({ StringEquals: { 'aws:PrincipalOrgID': 'o-abcd123456' } })), REFUTED),
  on('account-only', P2, policy('account-only', when({ StringEquals: { 'aws:PrincipalAccount': PROD } })), REFUTED),
  on('org-if-exists', '5-graph §1 P3: *IfExists does not qualify', policy('org-if-exists', when({ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcd123456' } })), OPEN),
  on('not-vpce', '5-graph §1 P3: Not* does not qualify', policy('not-vpce', when({ StringNotEquals: { 'aws:SourceVpce': VPCE } })), OPEN),
  on('https-only', '5-graph §1 P2: SecureTransport is no qualifying key', policy('https-only', when({ Bool: { 'aws:SecureTransport': 'true' } })), OPEN),
  on('outside-account', '5-graph §1 P1: a fixed principal is not public', policy('outside-account', (b) => statement(b, { Principal: { AWS: `arn:aws:iam::${OUTSIDE}:root` } })), REFUTED),

  on('deny-vpce', '5-graph §1 D1', policy('deny-vpce', anyone, (b) => denyUnlessVpce(b, VPCE)), CLOSED),
  on('deny-vpce-beats-acl', '5-graph §1: policy Deny beats the ACL grant', { ...policy('deny-vpce-beats-acl', (b) => denyUnlessVpce(b, VPCE)), acl: [['AllUsers', 'Read']] }, { ...CLOSED, says: /vpce/i }),
  on('deny-not-ip', '5-graph §1 D1: aws:SourceIp', policy('deny-not-ip', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })), CLOSED),
  on('deny-org', '5-graph §1 D1: PrincipalOrgID', policy('deny-org', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcd123456' } } })), CLOSED),
  on('deny-but-one-role', '5-graph §3: explicit Deny anywhere; an anonymous caller is not the excepted role', policy('deny-but-one-role', anyone, (b) => statement(b, { Effect: 'Deny', Action: 's3:*', NotPrincipal: { AWS: [`arn:aws:iam::${PROD}:role/app`, `arn:aws:iam::${PROD}:root`] } })), CLOSED),
  on('deny-arn-exception', '5-graph §1 D1: StringNotEquals matches when the key is absent', policy('deny-arn-exception', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { StringNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${PROD}:role/app` } } })), CLOSED),
  on('deny-only-writes', '5-graph §1: anonymous GetObject and ListBucket are simulated too', policy('deny-only-writes', anyone, (b) => denyUnlessVpce(b, VPCE, { Action: ['s3:PutObject', 's3:DeleteObject'] })), OPEN),
  on('deny-one-prefix', '5-graph §1: an anonymous GetObject of the rest succeeds', policy('deny-one-prefix', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `arn:aws:s3:::${b}/secret/*` })), OPEN),
  on('deny-http', '5-graph §1: an anonymous request over TLS succeeds', policy('deny-http', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })), OPEN),
  on('deny-somebody-else', '5-graph §1: the Deny names another principal', policy('deny-somebody-else', anyone, (b) => statement(b, { Effect: 'Deny', Principal: { AWS: `arn:aws:iam::${OUTSIDE}:root` }, Action: 's3:*' })), OPEN),

  on('deny-if-exists', '5-graph §1 D1: an absent key satisfies …IfExists', policy('deny-if-exists', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-0aaa1111bbbb2222c' } } })), CLOSED),
  on('deny-null', '5-graph §1 D1: an anonymous request has no VPC keys', policy('deny-null', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { Null: { 'aws:SourceVpce': 'true' } } })), CLOSED),
  on('deny-both', '5-graph §1 D1: an address outside and no endpoint meet both conditions', policy('deny-both', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { StringNotEquals: { 'aws:SourceVpce': VPCE }, NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } } })), CLOSED),
  on('deny-equals-vpce', '5-graph §1 D1: an absent key does not satisfy StringEquals', policy('deny-equals-vpce', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { StringEquals: { 'aws:SourceVpce': VPCE } } })), OPEN),
  on('deny-read-leaves-list', '5-graph §1: anonymous ListBucket is simulated too', policy('deny-read-leaves-list', anyone, (b) => denyUnlessVpce(b, VPCE, { Action: 's3:GetObject' })), OPEN),
  on('deny-without-mfa', '5-graph §1 A3: any AWS account is public, and its users have MFA if it is asked for (IAM User Guide, "MFA protection for resources that have resource-based policies")', policy('deny-without-mfa', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } } })), { ...OPEN, says: /any AWS account/ }),
  on('deny-half-the-world', '5-graph §1: a request from the other half succeeds', policy('deny-half-the-world', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } } })), OPEN),
  on('deny-one-address', '5-graph §1: everybody else succeeds', policy('deny-one-address', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { IpAddress: { 'aws:SourceIp': ['198.51.100.7/32', '8.0.0.0/8'] } } })), OPEN),
  on('deny-the-world', '5-graph §1: an address that no range leaves over', policy('deny-the-world', anyone, (b) => statement(b, { Effect: 'Deny', Principal: '*', Action: 's3:*', Condition: { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } } })), { decision: ['defer', 'needs_human_review'] }),
  on('ip-mixed', '5-graph §1 P2: one wide value is enough', policy('ip-mixed', when({ IpAddress: { 'AWS:SourceIP': ['203.0.113.0/24', '0.0.0.0/0'] } })), OPEN),
  on('ip-v6-all', '5-graph §1 P2: broader than /32 for v6', policy('ip-v6-all', when({ IpAddress: { 'aws:SourceIp': ['::/0'] } })), OPEN),
  on('null-org', '5-graph §1: an anonymous request has no organization', policy('null-org', when({ Null: { 'aws:PrincipalOrgID': 'true' } })), OPEN),
  on('forall-absent', '5-graph §1 P3: ForAllValues does not qualify', policy('forall-absent', when({ 'ForAllValues:StringEquals': { 'aws:PrincipalOrgPaths': ['o-abcd123456/r-ab12/*'] } })), OPEN),
  on('two-conditions', '5-graph §1 P2: all conditions must hold, so one that qualifies is enough', policy('two-conditions', when({ StringEquals: { 'aws:PrincipalOrgID': 'o-abcd123456' }, Bool: { 'aws:SecureTransport': 'true' } })), REFUTED),
  on('write-only', '5-graph §1: anonymous PutObject is simulated', policy('write-only', (b) => statement(b, { Principal: '*', Action: 's3:PutObject' })), OPEN),
  on('one-prefix', '5-graph §1: anonymous GetObject under the prefix succeeds', policy('one-prefix', (b) => statement(b, { Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${b}/pub/*` })), OPEN),
  on('wild-action', '5-graph §1: the action pattern covers GetObject', policy('wild-action', (b) => statement(b, { Principal: '*', Action: 'S3:get*' })), OPEN),
  on('not-action', '5-graph §1: NotAction covers GetObject', policy('not-action', (b) => statement(b, { Principal: '*', Action: undefined, NotAction: 's3:DeleteObject' })), OPEN),
  on('other-resource', '5-graph §1: the statement is about another bucket', policy('other-resource', () => statement('mx-some-other', { Principal: '*' })), REFUTED),
  on('until-2020', '5-graph §1: the condition does not hold any more', policy('until-2020', when({ DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })), { decision: ['defer', 'needs_human_review'] }),
  on('since-2020', '5-graph §1: the condition holds', policy('since-2020', when({ DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })), { decision: ['resolve_now', 'needs_human_review'] }),
  on('referer', '5-graph §1 P2: aws:Referer is no qualifying key, and anybody can send it', policy('referer', when({ StringLike: { 'aws:Referer': 'https://www.example.com/*' } })), { decision: ['resolve_now', 'needs_human_review'] }),
  on('write-acl', '5-graph §1 A3: WRITE_ACP makes it whatever a stranger wants', { acl: [['AllUsers', 'ReadAcp']] }, { decision: ['resolve_now', 'needs_human_review'] }),

  between('shared-outside', '3-decisions: issue_confirmed is shown by the snapshot; no "defer" without confirmed mitigation', OUTSIDE, { decision: 'needs_human_review', missing: ['exposure_confirmed'], says: /whether 999988887777, whom the policy lets in, may is for a person to say/ }),
  between('shared-inside', '3-decisions gate 4: issue confirmed, unexposed', DEV, { decision: 'ticket', priority: 'P3', cites: { issue_confirmed: true, exposure_confirmed: false } }),
  between('shared-no-more', '3-decisions: a finding that the snapshot refutes is defer', PROD, { ...REFUTED, cites: { issue_confirmed: false } }),
  raised('raised-by-sharing', '3-decisions: a supporting finding may raise an incident', { decision: 'needs_human_review', findings: 2, says: /999988887777/ }),

  on('private', '3-decisions: a finding that the snapshot refutes is defer with that evidence cited', {}, REFUTED),
  on('no-policy-recorded', '5-graph §0: required inputs that are missing make the verdict unknown', { acl: [['AllUsers', 'Read']], policy: 'absent' }, { ...UNKNOWN, says: /policy/i }),
  on('no-acl-recorded', '5-graph §0: S3: policy, ACL, bucket and account access block', { acl: 'absent' }, { ...UNKNOWN, says: /acl/i }),
  on('no-block-recorded', '5-graph §1: AWS Config leaves PublicAccessBlockConfiguration out when unset', { ...policy('no-block-recorded', anyone), block: 'absent' }, OPEN),
  on('no-account-block-recorded', '5-graph §0: account access block', { ...policy('no-account-block-recorded', anyone), account: NOT_RECORDED }, { ...UNKNOWN, says: /account.*(block|access)|(block|access).*account/i }, account(NOT_RECORDED, 'production')),
  on('policy-no-json', '5-graph §0: an unreadable input is a missing one', { policy: '{"Version":"2012-10-17","Statement":[{"Eff' }, UNKNOWN),
  {
    name: 'storage: not-in-the-snapshot', because: '3-decisions: no data means unknown with the reason, never a guess', part: { asff: [publicBucket(PROD, 'mx-not-in-the-snapshot')] },
    expect: { entity: arn('mx-not-in-the-snapshot'), ...UNKNOWN },
  },
];
