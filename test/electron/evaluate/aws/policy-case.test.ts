import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePolicyCase, type PolicyAnswer } from '#electron/evaluate/aws/policy-case.ts';

const A = '111122223333', B = '444455556666';
const user = `arn:aws:iam::${A}:user/alice`, role = `arn:aws:iam::${A}:role/app`, session = `arn:aws:sts::${A}:assumed-role/app/s1`;
const queue = `arn:aws:sqs:eu-central-1:${A}:jobs`, farQueue = `arn:aws:sqs:eu-central-1:${B}:jobs`;
const bucket = 'arn:aws:s3:::reports', object = 'arn:aws:s3:::reports/q1.csv';
type Fields = Readonly<Record<string, unknown>>;
const doc = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const allow = (Action: unknown = '*', more: Fields = {}): object => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const deny = (Action: unknown = '*', more: Fields = {}): object => ({ ...allow(Action, more), Effect: 'Deny' });
const to = (Principal: unknown, more: Fields = {}): object => allow('*', { Principal, ...more });
const when = (operator: string, key: string, value: unknown): Fields => ({ Condition: { [operator]: { [key]: value } } });
const full = doc(allow());
const bucketRead: Fields = { action: 's3:GetObject', resource: object, resource_account: A };
const ask = (request: Fields, more: Fields = {}): Fields => ({ request: { principal: user, action: 'sqs:SendMessage', resource: queue, context: {}, ...request }, ...more });
const decide = (line: unknown): PolicyAnswer => {
  const result = evaluatePolicyCase(line);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

type Decision = PolicyAnswer['decision'];
const yes: Decision = 'allowed', no: Decision = 'implicitly_denied', denied: Decision = 'explicitly_denied';
/** One fact, and two cases that differ only in it. */
type Pair = readonly [fact: string, first: Fields, Decision, second: Fields, Decision];

const mine = { identity_policies: [doc(allow('sqs:*'))] };
const accounts: readonly Pair[] = [
  ['an identity policy there or not', ask({}, mine), yes, ask({}), no],
  ['identity alone: the queue in the own or another account', ask({}, mine), yes, ask({ resource: farQueue }, mine), no],
  ['the queue policy names the user: in the own or another account', ask({}, { resource_policy: doc(to({ AWS: user })) }), yes, ask({ resource: farQueue }, { resource_policy: doc(to({ AWS: user })) }), no],
  ['across accounts: both sides or one', ask({ resource: farQueue }, { ...mine, resource_policy: doc(to({ AWS: A })) }), yes, ask({ resource: farQueue }, { identity_policies: [], resource_policy: doc(to({ AWS: A })) }), no],
  ['the policy names the account: with or without identity policy', ask({}, { ...mine, resource_policy: doc(to({ AWS: A })) }), yes, ask({}, { resource_policy: doc(to({ AWS: `arn:aws:iam::${A}:root` })) }), no],
  ['S3: the owner by request.resource_account', ask({ ...bucketRead }, { resource_policy: doc(to({ AWS: user })) }), yes, ask({ ...bucketRead, resource_account: B }, { resource_policy: doc(to({ AWS: user })) }), no],
  ['S3: the owner by the context', ask({ action: 's3:GetObject', resource: object, context: { 'aws:ResourceAccount': A } }, { identity_policies: [full] }), yes, ask({ action: 's3:GetObject', resource: object, context: { 's3:ResourceAccount': B } }, { identity_policies: [full] }), no],
  ['the root user or a user', ask({ principal: `arn:aws:iam::${A}:root` }), yes, ask({}), no],
  ['a service: named or not', ask({ principal: 'sns.amazonaws.com' }, { resource_policy: doc(to({ Service: 'sns.amazonaws.com' })) }), yes, ask({ principal: 'events.amazonaws.com' }, { resource_policy: doc(to({ Service: 'sns.amazonaws.com' })) }), no],
  ['anonymous: everyone or one account', ask({ principal: '*' }, { resource_policy: doc(to('*')) }), yes, ask({ principal: 'anonymous' }, { resource_policy: doc(to({ AWS: A })) }), no],
  ['a trust policy: the role’s own account needs more than its account named', ask({ action: 'sts:AssumeRole', resource: `arn:aws:iam::${A}:role/x` }, { resource_policy: doc({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: user } }) }), yes,
    ask({ action: 'sts:AssumeRole', resource: `arn:aws:iam::${A}:role/x` }, { resource_policy: doc({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: A } }) }), no],
  ['web identity: the subject', ask({ principal: { Federated: 'token.actions.githubusercontent.com' }, action: 'sts:AssumeRoleWithWebIdentity', resource: role, context: { 'token.actions.githubusercontent.com:sub': 'repo:acme/app:ref:refs/heads/main' } },
    { resource_policy: doc({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'token.actions.githubusercontent.com' }, ...when('StringLike', 'token.actions.githubusercontent.com:sub', 'repo:acme/app:*') }) }), yes,
  ask({ principal: { Federated: 'token.actions.githubusercontent.com' }, action: 'sts:AssumeRoleWithWebIdentity', resource: role, context: { 'token.actions.githubusercontent.com:sub': 'repo:evil/app:ref:refs/heads/main' } },
    { resource_policy: doc({ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: 'token.actions.githubusercontent.com' }, ...when('StringLike', 'token.actions.githubusercontent.com:sub', 'repo:acme/app:*') }) }), no],
];
const narrow = doc(allow('ec2:*'));
const limits: readonly Pair[] = [
  ['the boundary allows or not', ask({}, { ...mine, boundary: full }), yes, ask({}, { ...mine, boundary: narrow }), no],
  ['a boundary under a queue policy that names the user or the account', ask({}, { ...mine, boundary: narrow, resource_policy: doc(to({ AWS: user })) }), yes, ask({}, { ...mine, boundary: narrow, resource_policy: doc(to({ AWS: A })) }), no],
  ['a boundary that is silent or denies', ask({}, { boundary: narrow, resource_policy: doc(to({ AWS: user })) }), yes, ask({}, { boundary: doc(allow('ec2:*'), deny('sqs:*')), resource_policy: doc(to({ AWS: user })) }), denied],
  ['the session policy allows or not', ask({ principal: session }, { ...mine, session_policy: doc(allow('sqs:SendMessage')) }), yes, ask({ principal: session }, { ...mine, session_policy: doc(allow('sqs:ReceiveMessage')) }), no],
  ['a session policy under a queue policy that names the session or its role', ask({ principal: session }, { session_policy: narrow, resource_policy: doc(to({ AWS: session })) }), yes, ask({ principal: session }, { session_policy: narrow, resource_policy: doc(to({ AWS: role })) }), no],
  ['a queue policy that names the role or another role', ask({ principal: session }, { resource_policy: doc(to({ AWS: role })) }), yes, ask({ principal: session }, { resource_policy: doc(to({ AWS: `${role}2` })) }), no],
  ['an identity Deny there or not', ask({}, mine), yes, ask({}, { identity_policies: [doc(allow('sqs:*')), doc(deny('sqs:Send*'))] }), denied],
  ['the endpoint policy allows or not', ask({}, { ...mine, endpoint_policy: doc(to('*')) }), yes, ask({}, { ...mine, endpoint_policy: doc(allow('sqs:ReceiveMessage', { Principal: '*' })) }), no],
  ['an endpoint policy that denies', ask({}, { ...mine, endpoint_policy: doc(to('*')) }), yes, ask({}, { ...mine, endpoint_policy: doc(to('*'), deny('sqs:SendMessage', { Principal: '*' })) }), denied],
];
const organization: readonly Pair[] = [
  ['every SCP level allows, or one does not', ask({}, { ...mine, scps: [[full], [full], [full]] }), yes, ask({}, { ...mine, scps: [[full], [narrow], [full]] }), no],
  ['two SCPs of one level, or at two levels', ask({}, { ...mine, scps: [[full], [narrow, full]] }), yes, ask({}, { ...mine, scps: [[full], [narrow], [full]] }), no],
  ['an SCP that denies', ask({}, { ...mine, scps: [[full]] }), yes, ask({}, { ...mine, scps: [[full, doc(deny('sqs:*'))]] }), denied],
  ['a level that only denies something else allows nothing itself', ask({}, { ...mine, scps: [[full, doc(deny('ec2:*'))]] }), yes, ask({}, { ...mine, scps: [[doc(deny('ec2:*'))]] }), no],
  ['an empty level allows nothing, but an empty case form is no level', ask({}, { ...mine, scps: [[]], rcps: [[]] }), yes, ask({}, { ...mine, scps: [[full], []] }), no],
  ['a level whose policy has an empty list of statements', ask({}, { ...mine, scps: [[full], [full]] }), yes, ask({}, { ...mine, scps: [[full], [doc()]] }), no],
  ['what AWS owns, a managed policy, is of the caller’s own account', ask({ action: 'iam:GetPolicy', resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, { identity_policies: [full] }), yes, ask({ action: 'iam:GetPolicy', resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, { identity_policies: [narrow] }), no],
  ['a request for any resource, of an action that takes one or none', ask({ action: 's3:GetObject', resource: '*' }, { identity_policies: [doc(allow('s3:GetObject', { Resource: 'arn:aws:s3:::b/k' }))] }), yes, ask({ action: 's3:ListAllMyBuckets', resource: '*' }, { identity_policies: [doc(allow('s3:ListAllMyBuckets', { Resource: 'arn:aws:s3:::b' }))] }), no],
  ['a plain list of SCPs is one level', ask({}, { ...mine, scps: [full, doc(deny('ec2:*'))] }), yes, ask({}, { ...mine, scps: [[full], [doc(deny('ec2:*'))]] }), no],
  ['SCPs bind a user, not a service-linked role', ask({ principal: `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/R` }, { ...mine, scps: [[narrow]] }), yes, ask({}, { ...mine, scps: [[narrow]] }), no],
  ['SCPs bind the account’s principals, not a service', ask({ principal: 'sns.amazonaws.com' }, { resource_policy: doc(to({ Service: 'sns.amazonaws.com' })), scps: [[narrow]] }), yes, ask({}, { resource_policy: doc(to({ AWS: user })), scps: [[narrow]] }), no],
  ['an RCP that denies outsiders', ask({ context: { 'aws:PrincipalOrgID': 'o-1' } }, { ...mine, rcps: [[doc(deny('*', { Principal: '*', ...when('StringNotEquals', 'aws:PrincipalOrgID', 'o-1') }))]] }), yes,
    ask({ context: { 'aws:PrincipalOrgID': 'o-2' } }, { ...mine, rcps: [[doc(deny('*', { Principal: '*', ...when('StringNotEquals', 'aws:PrincipalOrgID', 'o-1') }))]] }), denied],
  ['an RCP level with an Allow of its statement "own" allows only that', ask({}, { ...mine, rcps: [[doc(to('*'))]] }), yes, ask({}, { ...mine, rcps: [[doc(allow('s3:*', { Principal: '*' }))]] }), no],
  ['an RCP binds anonymous callers too', ask({ principal: '*' }, { resource_policy: doc(to('*')) }), yes, ask({ principal: '*' }, { resource_policy: doc(to('*')), rcps: [[doc(deny('*', { Principal: '*' }))]] }), denied],
];
const onlyFor = (principal: unknown): object => doc(to('*'), deny('*', { Principal: undefined, NotPrincipal: principal }));
const principals: readonly Pair[] = [
  ['a Deny with NotPrincipal that lists the user, or another', ask({}, { ...mine, resource_policy: JSON.stringify(onlyFor({ AWS: [user, A] })) }), yes, ask({}, { ...mine, resource_policy: JSON.stringify(onlyFor({ AWS: [`${user}2`, A] })) }), denied],
  ['a Deny with NotPrincipal that lists role and session, or the role alone', ask({ principal: session }, { ...mine, resource_policy: JSON.stringify(onlyFor({ AWS: [session, role, A] })) }), yes, ask({ principal: session }, { ...mine, resource_policy: JSON.stringify(onlyFor({ AWS: [role, A] })) }), denied],
  ['a Deny with NotPrincipal and a boundary', ask({}, { ...mine, resource_policy: JSON.stringify(onlyFor({ AWS: [user, A] })) }), yes, ask({}, { ...mine, boundary: full, resource_policy: JSON.stringify(onlyFor({ AWS: [user, A] })) }), denied],
  ['NotAction', ask({}, { identity_policies: [doc({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })] }), yes, ask({}, { identity_policies: [doc({ Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' })] }), no],
  ['NotResource', ask({}, { identity_policies: [doc({ Effect: 'Allow', Action: 'sqs:*', NotResource: farQueue })] }), yes, ask({}, { identity_policies: [doc({ Effect: 'Allow', Action: 'sqs:*', NotResource: queue })] }), no],
];
const under = (condition: Fields): Fields => ({ identity_policies: [doc(allow('*', condition))] });
const context = (key: string, value: unknown): Fields => ({ context: { [key]: value } });
const conditions: readonly Pair[] = [
  ['StringEquals: the value', ask(context('aws:SourceVpce', 'vpce-1'), under(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))), yes, ask(context('aws:SourceVpce', 'vpce-2'), under(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))), no],
  ['StringNotEquals holds for an absent key, StringEquals does not', ask({}, under(when('StringNotEquals', 'aws:SourceVpce', 'vpce-1'))), yes, ask({}, under(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))), no],
  ['IfExists on an absent key', ask({}, under(when('BoolIfExists', 'aws:MultiFactorAuthPresent', 'true'))), yes, ask({}, under(when('Bool', 'aws:MultiFactorAuthPresent', 'true'))), no],
  ['a Deny without MFA, by BoolIfExists or Bool, without the key', ask({}, { identity_policies: [doc(allow(), deny('*', when('Bool', 'aws:MultiFactorAuthPresent', 'false')))] }), yes, ask({}, { identity_policies: [doc(allow(), deny('*', when('BoolIfExists', 'aws:MultiFactorAuthPresent', 'false')))] }), denied],
  ['IpAddress', ask(context('aws:SourceIp', '203.0.113.9'), under(when('IpAddress', 'aws:SourceIp', '203.0.113.0/24'))), yes, ask(context('aws:SourceIp', '198.51.100.9'), under(when('IpAddress', 'aws:SourceIp', '203.0.113.0/24'))), no],
  ['numbers and booleans in the context', ask(context('s3:max-keys', 10), under(when('NumericLessThanEquals', 's3:max-keys', '10'))), yes, ask(context('s3:max-keys', 11), under(when('NumericLessThanEquals', 's3:max-keys', '10'))), no],
  ['ForAllValues with an unwanted value', ask(context('aws:TagKeys', ['a', 'b']), under(when('ForAllValues:StringEquals', 'aws:TagKeys', ['a', 'b']))), yes, ask(context('aws:TagKeys', ['a', 'c']), under(when('ForAllValues:StringEquals', 'aws:TagKeys', ['a', 'b']))), no],
  ['null in the context is absent', ask(context('aws:SourceVpce', null), under(when('Null', 'aws:SourceVpce', 'true'))), yes, ask(context('aws:SourceVpce', 'vpce-1'), under(when('Null', 'aws:SourceVpce', 'true'))), no],
  ['keys ignore case', ask(context('AWS:sourcevpce', 'vpce-1'), under(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))), yes, ask(context('AWS:sourcevpce', 'VPCE-1'), under(when('StringEquals', 'aws:SourceVpce', 'vpce-1'))), no],
  ['the principal brings its own keys', ask({}, under(when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/alice'))), yes, ask({ principal: `arn:aws:iam::${A}:user/bob` }, under(when('ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/alice'))), no],
  ['a variable in the resource', ask({}, { identity_policies: [doc(allow('sqs:*', { Resource: `arn:aws:sqs:*:*:\${aws:PrincipalTag/team}` }))] }), no, ask(context('aws:PrincipalTag/team', 'jobs'), { identity_policies: [doc(allow('sqs:*', { Resource: `arn:aws:sqs:*:*:\${aws:PrincipalTag/team}` }))] }), yes],
];
const open = doc(to('*')), readAcl = [{ Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' }];
const accountOnly = doc(to('*', when('StringEquals', 'aws:PrincipalAccount', A)));
const anyone = { ...bucketRead, principal: '*' }, outsider = { ...bucketRead, principal: `arn:aws:iam::${B}:role/x` };
const blocked = (flag: string): Fields => ({ block_public_access: { [flag]: true } });
const block: readonly Pair[] = [
  ['RestrictPublicBuckets off or on, anonymous', ask(anyone, { resource_policy: open, ...blocked('BlockPublicPolicy') }), yes, ask(anyone, { resource_policy: open, ...blocked('RestrictPublicBuckets') }), denied],
  ['RestrictPublicBuckets under a public policy: the owner’s account or another', ask(bucketRead, { resource_policy: open, ...blocked('RestrictPublicBuckets') }), yes, ask(outsider, { identity_policies: [full], resource_policy: open, ...blocked('RestrictPublicBuckets') }), denied],
  ['RestrictPublicBuckets stops a plain cross-account grant only beside a public statement', ask(outsider, { identity_policies: [full], resource_policy: doc(to({ AWS: B })), ...blocked('RestrictPublicBuckets') }), yes, ask(outsider, { identity_policies: [full], resource_policy: doc(to({ AWS: B }), to('*')), ...blocked('RestrictPublicBuckets') }), denied],
  ['RestrictPublicBuckets and a policy that pins everyone to an account or doesn’t', ask({ ...outsider, context: { 'aws:SourceIp': '203.0.113.9' } }, { identity_policies: [full], resource_policy: doc(to('*', when('IpAddress', 'aws:SourceIp', '203.0.113.0/24'))), ...blocked('RestrictPublicBuckets') }), yes,
    ask({ ...outsider, context: { 'aws:SourceIp': '203.0.113.9' } }, { identity_policies: [full], resource_policy: doc(to('*', when('IpAddress', 'aws:SourceIp', '0.0.0.0/0'))), ...blocked('RestrictPublicBuckets') }), denied],
  ['RestrictPublicBuckets spares AWS services', ask({ ...bucketRead, principal: 'cloudtrail.amazonaws.com' }, { resource_policy: open, ...blocked('RestrictPublicBuckets') }), yes, ask(anyone, { resource_policy: open, block_public_access: { bucket: {}, account: { restrict_public_buckets: true } } }), denied],
  ['an explicit Deny stays explicit under the block', ask(anyone, { resource_policy: accountOnly, ...blocked('RestrictPublicBuckets') }), no, ask(anyone, { resource_policy: doc(to('*'), deny('*', { Principal: '*' })), ...blocked('RestrictPublicBuckets') }), denied],
  ['the block is S3’s: it says nothing of a queue', ask({ principal: '*' }, { resource_policy: open, ...blocked('RestrictPublicBuckets') }), yes, ask(anyone, { resource_policy: open, ...blocked('RestrictPublicBuckets') }), denied],
  ['BlockPublicAcls and the ACL that a request sets', ask({ ...bucketRead, action: 's3:PutObjectAcl', context: { 's3:x-amz-acl': 'private' } }, { identity_policies: [full], ...blocked('BlockPublicAcls') }), yes, ask({ ...bucketRead, action: 's3:PutObjectAcl', context: { 's3:x-amz-acl': 'public-read' } }, { identity_policies: [full], ...blocked('BlockPublicAcls') }), no],
  ['BlockPublicAcls and a grant header', ask({ ...bucketRead, action: 's3:PutObject', context: { 's3:x-amz-grant-read': `id=${'a'.repeat(64)}` } }, { identity_policies: [full], ...blocked('BlockPublicAcls') }), yes, ask({ ...bucketRead, action: 's3:PutObject', context: { 's3:x-amz-grant-read': 'uri=http://acs.amazonaws.com/groups/global/AllUsers' } }, { identity_policies: [full], ...blocked('BlockPublicAcls') }), no],
  ['IgnorePublicAcls and a public grant', ask(anyone, { acl: readAcl }), yes, ask(anyone, { acl: { Grants: readAcl }, ...blocked('IgnorePublicAcls') }), no],
  ['BucketOwnerEnforced and a public grant', ask(anyone, { acl: readAcl }), yes, ask(anyone, { acl: readAcl, object_ownership: 'BucketOwnerEnforced' }), no],
  ['READ of a bucket is listing', ask({ ...anyone, action: 's3:ListBucket', resource: bucket }, { acl: readAcl }), yes, ask({ ...anyone, action: 's3:PutBucketAcl', resource: bucket }, { acl: readAcl }), no],
  ['an anonymous request for any object under the block, by * or by the bucket', ask({ ...anyone, resource: '*' }, { resource_policy: open }), yes, ask({ ...anyone, resource: '*' }, { resource_policy: open, ...blocked('RestrictPublicBuckets') }), denied],
  ['the whole block as true or false', ask(anyone, { resource_policy: open, block_public_access: false }), yes, ask(anyone, { resource_policy: open, block_public_access: true }), denied],
  ['a policy for a unit of an organization is no public one, one for a tag is', ask({ ...outsider, context: { 'aws:PrincipalOrgPaths': ['o-a1/r-1/ou-1/'] } }, { identity_policies: [full], resource_policy: doc(to('*', when('ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-a1/r-1/*'))), ...blocked('RestrictPublicBuckets') }), yes,
    ask({ ...outsider, context: { 'aws:PrincipalTag/team': 'x' } }, { identity_policies: [full], resource_policy: doc(to('*', when('StringEquals', 'aws:PrincipalTag/team', 'x'))), ...blocked('RestrictPublicBuckets') }), denied],
  ['a policy for an endpoint’s account is no public one, one for an address inside is', ask({ ...outsider, context: { 'aws:VpceAccount': B } }, { identity_policies: [full], resource_policy: doc(to('*', when('StringEquals', 'aws:VpceAccount', B))), ...blocked('RestrictPublicBuckets') }), yes,
    ask({ ...outsider, context: { 'aws:VpcSourceIp': '10.0.0.9' } }, { identity_policies: [full], resource_policy: doc(to('*', when('IpAddress', 'aws:VpcSourceIp', '10.0.0.0/8'))), ...blocked('RestrictPublicBuckets') }), denied],
];
const ssoRole = `arn:aws:iam::${A}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1a2b`, linked = `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/R`;
const admin = { identity_policies: [full] };
const kept: readonly Pair[] = [
  ['a managed policy of AWS can be read, not changed', ask({ action: 'iam:GetPolicyVersion', resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, admin), yes, ask({ action: 'iam:CreatePolicyVersion', resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, admin), no],
  ['an own managed policy can be changed', ask({ action: 'iam:CreatePolicyVersion', resource: `arn:aws:iam::${A}:policy/p` }, admin), yes, ask({ action: 'iam:TagPolicy', resource: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }, admin), no],
  ['a role of Identity Center can be read, not changed', ask({ action: 'iam:ListRolePolicies', resource: ssoRole }, admin), yes, ask({ action: 'iam:PutRolePolicy', resource: ssoRole }, admin), no],
  ['a role of Identity Center can’t be passed, an own one can', ask({ action: 'iam:PassRole', resource: role }, admin), yes, ask({ action: 'iam:PassRole', resource: ssoRole }, admin), no],
  ['a service-linked role can be described anew, and gets no policy', ask({ action: 'iam:UpdateRoleDescription', resource: linked }, admin), yes, ask({ action: 'iam:AttachRolePolicy', resource: linked }, admin), no],
  ['an alias of an own key, and of one that AWS manages', ask({ action: 'kms:DeleteAlias', resource: `arn:aws:kms:eu-central-1:${A}:alias/mine` }, admin), yes, ask({ action: 'kms:DeleteAlias', resource: `arn:aws:kms:eu-central-1:${A}:alias/aws/s3` }, admin), no],
  ['a Deny stays explicit there', ask({ action: 'iam:GetRole', resource: ssoRole }, admin), yes, ask({ action: 'iam:PutRolePolicy', resource: ssoRole }, { identity_policies: [full, doc(deny('iam:Put*'))] }), denied],
];
const get = (resource: string, ...statements: readonly object[]): Fields => ask({ action: 's3:GetObject', resource, resource_account: A }, { identity_policies: [doc(...statements)] });
const part = (Resource: unknown): object => allow('s3:GetObject', { Resource });
const wildcards: readonly Pair[] = [
  ['some object of a bucket: a pattern that meets it, or one beside it', get('arn:aws:s3:::reports/*', part('arn:aws:s3:::*/logs/*')), yes, get('arn:aws:s3:::reports/*', part('arn:aws:s3:::letters/*')), no],
  ['one object, or one of another bucket', get('arn:aws:s3:::reports/*', part('arn:aws:s3:::reports/q1.csv')), yes, get('arn:aws:s3:::reports/*', part('arn:aws:s3:::report/q1.csv')), no],
  ['a Deny of a part leaves the rest, a Deny of all does not', get('arn:aws:s3:::reports/*', allow(), deny('*', { Resource: 'arn:aws:s3:::reports/secret/*' })), yes, get('arn:aws:s3:::reports/secret/*', allow(), deny('*', { Resource: 'arn:aws:s3:::reports/s*' })), denied],
  ['a single character', get('arn:aws:s3:::reports/q?.csv', part('arn:aws:s3:::reports/q1.csv')), yes, get('arn:aws:s3:::reports/q?.csv', part('arn:aws:s3:::reports/q10.csv')), no],
];
const roleOf = (account: string): Fields => ({ action: 'sts:AssumeRole', resource: `arn:aws:iam::${account}:role/x` });
const written: readonly Pair[] = [
  ['without a trust policy the identity’s policy decides, in the own account', ask(roleOf(A), admin), yes, ask(roleOf(B), admin), no],
  ['without a trust policy, with or without an identity policy', ask(roleOf(A), admin), yes, ask(roleOf(A)), no],
  ['a key without a key policy is closed', ask(roleOf(A), admin), yes, ask({ action: 'kms:Decrypt', resource: `arn:aws:kms:eu-central-1:${A}:key/k` }, admin), no],
  ['an endpoint policy needs no Principal', ask({}, { ...mine, endpoint_policy: full }), yes, ask({}, { ...mine, endpoint_policy: doc(allow('sqs:Receive*')) }), no],
  ['nobody has policies of their own', ask({ principal: '*' }, { resource_policy: doc(to('*')), identity_policies: [doc(deny())], boundary: narrow }), yes, ask({}, { resource_policy: doc(to('*')), identity_policies: [doc(deny())] }), denied],
  ['{type: Anonymous} and {resource, accountId}', ask({ principal: { type: 'Anonymous' }, resource: { resource: object, accountId: A }, action: 's3:GetObject' }, { resource_policy: doc(to('*')) }), yes, ask({ principal: { type: 'Anonymous' }, resource: { resource: object, accountId: A }, action: 's3:GetObject' }, { resource_policy: doc(to({ AWS: A })) }), no],
];

describe.each([['accounts', accounts], ['limits of the principal', limits], ['organization', organization], ['who is named', principals], ['conditions', conditions], ['block public access', block], ['what AWS keeps', kept], ['requests with wildcards', wildcards], ['ways to write a case', written]] as const)('evaluatePolicyCase: %s', (_name, pairs) => {
  it.each(pairs)('%s', (_fact, first, firstDecision, second, secondDecision) => {
    expect([decide(first).decision, decide(second).decision]).toEqual([firstDecision, secondDecision]);
  });
});

describe('an answer', () => {
  it('names the layer that refuses and points into the case', () => {
    expect(decide(ask({}, { identity_policies: [full, doc(allow('ec2:*'), deny('sqs:*', { Sid: 'NoQueues' }))] }))).toMatchObject({
      decision: 'explicitly_denied', blocked_by: 'identity', reasons: [{ rule: 'iam.explicit_deny', source: 'case', pointer: '/identity_policies/1/Statement/1', text: expect.stringContaining('NoQueues') }],
    });
    expect(decide(ask(anyone, { resource_policy: open, ...blocked('RestrictPublicBuckets') }))).toMatchObject({ blocked_by: 'block_public_access', reasons: [{ rule: 'S3.P5' }, { pointer: '/resource_policy/Statement/0' }] });
  });
  it('says when it took the principal’s account for the owner’s', () => {
    expect(decide(ask({ action: 's3:GetObject', resource: object }, { identity_policies: [full] }))).toMatchObject({ decision: 'allowed', assumed: ['resource_account'] });
    expect(decide(ask(bucketRead, { identity_policies: [full] })).assumed).toEqual([]);
    expect(decide(ask(roleOf(A), admin)).assumed).toEqual(['trust_policy']);
  });
  it('takes policies as text, URL-encoded, wrapped, or alone', () => {
    const text = JSON.stringify(full);
    for (const identity_policies of [[text], [encodeURIComponent(text)], [{ PolicyName: 'p', PolicyDocument: full }], full, [{ name: 'p', document: text }]]) expect(decide(ask({}, { identity_policies })).decision).toBe('allowed');
  });
});

describe('what can’t be read', () => {
  it.each([
    ['no request', {}, 'request is missing'],
    ['a principal that is none', ask({ principal: 'alice' }), 'request.principal'],
    ['a broken ARN', ask({ principal: 'arn:aws:iam::12:user/x' }), 'request.principal'],
    ['no action', { request: { principal: '*', resource: '*' } }, 'request.action'],
    ['a resource that is no ARN', ask({ resource: 'reports' }), 'request.resource'],
    ['a context that is a list', ask({ context: [] }), 'request.context'],
    ['a policy that is no JSON', ask({}, { identity_policies: ['{'] }), 'identity_policies.0'],
    ['an Effect that is none', ask({}, { identity_policies: [doc({ Effect: 'allow', Action: '*', Resource: '*' })] }), 'Effect'],
    ['an operator that IAM does not have', ask({}, under(when('StringEqualz', 'a', 'b'))), 'StringEqualz'],
    ['a policy without statements', ask({}, { scps: [[{}]] }), 'scps.0.0'],
    ['levels that are no list', ask({}, { rcps: {} }), 'rcps'],
    ['a block that is no object', ask({}, { block_public_access: 'on' }), 'block_public_access'],
  ])('%s', (_name, line, why) => {
    const result = evaluatePolicyCase(line);
    expect(result.ok ? 'read' : result.error).toContain(why);
  });
  it('is an error, never an exception, whatever the line', () => {
    const names = fc.constantFrom('request', 'principal', 'action', 'resource', 'context', 'identity_policies', 'resource_policy', 'scps', 'rcps', 'boundary', 'block_public_access', 'Statement', 'Effect', 'Action', 'Condition', 'StringLike', 'AWS', 'acl', '__proto__');
    const leaf = fc.oneof(fc.string(), fc.constantFrom('Allow', 'Deny', '*', 's3:GetObject', user, object, '{}', 'arn:aws:s3:::b/${aws:username}'), fc.integer(), fc.constant(null), fc.boolean());
    const { json } = fc.letrec<{ json: unknown }>((tie) => ({ json: fc.oneof({ maxDepth: 6 }, leaf, fc.array(tie('json'), { maxLength: 3 }), fc.dictionary(names, tie('json'), { maxKeys: 6 })) }));
    fc.assert(fc.property(json, json, (any, policy) => {
      for (const line of [any, ask({}, { identity_policies: [policy], scps: any }), { request: any }, ask({}, { resource_policy: doc({ Effect: 'Allow', Principal: policy, Action: '*', Condition: any }) })]) {
        const result = evaluatePolicyCase(JSON.parse(JSON.stringify(line)) as unknown);
        expect(result.ok ? ['allowed', 'implicitly_denied', 'explicitly_denied'] : [result.error]).toContain(result.ok ? result.value.decision : result.error);
      }
    }), { numRuns: 500 });
  });
});
