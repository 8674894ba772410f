import { describe, expect, it } from 'vitest';
import { deriveIdentityEdges } from '#electron/evaluate/aws/identity-edges.ts';
import { evaluatePolicyCase } from '#electron/evaluate/aws/policy-case.ts';
import type { Question } from '#electron/evaluate/platform.ts';
import { graphOf, type ResourceDraft } from '../../../../graph-of.ts';
import { boundary, policy, queue, queueArn, rcp, role, scp, service, tree, trust, user } from './identity.ts';
import { A, allow, arn, ask, B, deny, doc, expectRow, expectTold, knowledge, OUT, pair, region, when, type Row, type Told } from './row.ts';

const alice = arn('user', 'alice'), app = arn('role', 'app'), far = queueArn.replace(A, B);
const send = (subject = alice, object = queueArn): Question => ({ question: 'effective_permission', subject, action: 'sqs:SendMessage', object });
const can = [allow('sqs:*')], other = [allow('ec2:*')], all = allow('*');
const named = (AWS: unknown, more: object = {}): object => ({ Sid: 'Own', Effect: 'Allow', Principal: { AWS }, Action: 'sqs:*', Resource: '*', ...more });
const row = (id: string, fact: string, first: readonly ResourceDraft[], firstTold: Told, second: readonly ResourceDraft[], secondTold: Told, question = send()): Row => pair(id, fact, question, first, firstTold, second, secondTold);
/** Something of another account without a policy in its record, and what is asked of it. */
const foreign = (type: string, kind: ResourceDraft['kind'], urn: string, action: string): readonly [readonly ResourceDraft[], Question] => [[user('alice', [all]), { urn, type: `AWS::${type}`, kind, account: B, region, config: {} }], { question: 'effective_permission', subject: alice, action, object: urn }];
const mine = [user('alice', can), queue()];

const order: readonly Row[] = [
  row('AWS order 1', 'an explicit Deny of the identity policy', mine, ['yes', 'iam.identity_allow alice/UserPolicyList/0/PolicyDocument/Statement/0'], [user('alice', [...can, { ...deny('sqs:Send*'), Sid: 'No' }]), queue()], ['no EXPLICIT_DENY', 'iam.explicit_deny alice/UserPolicyList/0/PolicyDocument/Statement/1: statement "No" of inline denies it']),
  row('AWS order 1', 'an explicit Deny of the resource policy', mine, ['yes'], [user('alice', can), queue(doc({ ...deny('sqs:*', '*', { Principal: '*' }), Sid: 'No' }))], ['no RESOURCE', 'iam.explicit_deny jobs/Policy/Statement/0: statement "No" of the policy of jobs denies it']),
  row('AWS order 1', 'an explicit Deny of the boundary, against a resource policy that names the user', [user('alice', [], boundary('edge')), policy('edge', other), queue(doc(named(alice)))], ['yes', 'iam.resource_allow jobs/Policy/Statement/0'], [user('alice', [], boundary('edge')), policy('edge', [{ ...deny('sqs:*'), Sid: 'No' }]), queue(doc(named(alice)))], ['no BOUNDARY', 'iam.explicit_deny edge/PolicyVersionList/0/Document/Statement/0: statement "No" of edge denies it']),
  row('AWS order 1', 'an explicit Deny of an SCP', [...mine, ...tree, scp('p-1', 'r-1', all)], ['yes'], [...mine, ...tree, scp('p-1', 'r-1', all, { ...deny('sqs:*'), Sid: 'No' })], ['no SCP', 'iam.explicit_deny p-1/Content/Statement/1: statement "No" of p-1 denies it']),
  row('AWS order 1', 'an explicit Deny of an RCP', [...mine, ...tree, rcp('p-1', 'r-1', { ...all, Principal: '*' })], ['yes'], [...mine, ...tree, rcp('p-1', 'r-1', { ...deny('sqs:*', '*', { Principal: '*' }), Sid: 'No' })], ['no RCP', 'iam.explicit_deny p-1/Content/Statement/0: statement "No" of p-1 denies it']),
  row('AWS order 2', 'an RCP that allows, or another action only', [...mine, ...tree, rcp('p-1', 'r-1', { ...all, Principal: '*' })], ['yes'], [...mine, ...tree, rcp('p-1', 'r-1', allow('s3:*', '*', { Principal: '*' }))], ['no RCP', 'iam.no_rcp_allow p-1/Content: no RCP policy allows it']),
  ...(['r-1', 'ou-1', A] as const).map((level) => row('AWS order 3', `SCPs allow at every level, or not at ${level}`, [...mine, ...tree, ...['r-1', 'ou-1', A].map((l) => scp(`p-${l}`, l, all))], ['yes'], [...mine, ...tree, ...['r-1', 'ou-1', A].map((l) => scp(`p-${l}`, l, l === level ? allow('ec2:*') : all))], ['no SCP', `iam.no_scp_allow p-${level}/Content: no SCP policy allows it`])),
  row('AWS order 3', 'an SCP of a unit above, or of another unit', [...mine, ...tree, scp('p-1', 'ou-9', deny('sqs:*'))], ['yes'], [...mine, ...tree, scp('p-1', 'ou-1', deny('sqs:*'))], ['no SCP']),
  row('AWS order 3', 'two SCPs at one level are a union, at two levels an intersection', [...mine, ...tree, scp('p-1', 'ou-1', allow('ec2:*')), scp('p-2', 'ou-1', all)], ['yes'], [...mine, ...tree, scp('p-1', 'ou-1', allow('ec2:*')), scp('p-2', 'r-1', all)], ['no SCP']),
  row('AWS order 4', 'a resource policy that names the user, or another', [user('alice'), queue(doc(named(alice)))], ['yes', 'iam.resource_allow jobs/Policy/Statement/0: statement "Own" of the policy of jobs allows it'], [user('alice'), queue(doc(named(arn('user', 'bob'))))], ['no IDENTITY', 'iam.no_identity_allow']),
  row('AWS order 5', 'the identity policy allows, or is silent', mine, ['yes'], [user('alice', other), queue()], ['no IDENTITY', 'iam.no_identity_allow alice/UserPolicyList/0/PolicyDocument: no identity policy allows it']),
  row('AWS order 6', 'the boundary allows too, or not', [user('alice', can, boundary('edge')), policy('edge', [all]), queue()], ['yes', 'iam.boundary_allow edge/PolicyVersionList/0/Document/Statement/0'], [user('alice', can, boundary('edge')), policy('edge', other), queue()], ['no BOUNDARY', 'iam.no_boundary_allow edge/PolicyVersionList/0/Document: no boundary policy allows it']),
];
const same: readonly Row[] = [
  row('same account', 'the user by ARN skips the boundary’s silence, the account by number does not', [user('alice', [], boundary('edge')), policy('edge', other), queue(doc(named(alice)))], ['yes', 'iam.resource_allow'], [user('alice', can, boundary('edge')), policy('edge', other), queue(doc(named(A)))], ['no BOUNDARY']),
  row('same account', 'the role’s ARN is enough without its policies, but its boundary limits', [role('app', service('ec2')), queue(doc(named(app)))], ['yes', 'iam.resource_allow'], [role('app', service('ec2'), [], boundary('edge')), policy('edge', other), queue(doc(named(app)))], ['no BOUNDARY', 'no boundary policy allows it'], send(app)),
  row('same account', 'the account’s root only delegates: with an identity policy, or without', [user('alice', can), queue(doc(named(`arn:aws:iam::${A}:root`)))], ['yes'], [user('alice'), queue(doc(named(`arn:aws:iam::${A}:root`)))], ['no IDENTITY']),
  row('same account', '"*" lets its principals in without other permissions (IAM User Guide), under a boundary too; the account’s number doesn’t', [user('alice', [], boundary('edge')), policy('edge', other), queue(doc(named('*')))], ['yes', 'iam.resource_allow_everyone jobs/Policy/Statement/0'], [user('alice', [], boundary('edge')), policy('edge', other), queue(doc(named(A)))], ['no BOUNDARY']),
  row('same account', 'an SCP binds whom a resource policy names', [user('alice'), queue(doc(named(alice))), ...tree], ['yes'], [user('alice'), queue(doc(named(alice))), ...tree, scp('p-1', 'r-1', allow('ec2:*'))], ['no SCP']),
];
const across: readonly Row[] = [
  row('cross account', 'both sides, or the caller’s alone', [user('alice', can), queue(doc(named(A)), B)], ['yes', 'iam.resource_allow jobs/Policy/Statement/0', 'iam.identity_allow alice/UserPolicyList/0'], [user('alice', can), queue(null, B)], ['no RESOURCE', 'iam.no_resource_allow'], send(alice, far)),
  row('cross account', 'both sides, or the resource’s alone', [user('alice', can), queue(doc(named(alice)), B)], ['yes'], [user('alice'), queue(doc(named(alice)), B)], ['no IDENTITY'], send(alice, far)),
  row('cross account', 'a boundary limits whomever the resource names', [user('alice', can, boundary('edge')), policy('edge', [all]), queue(doc(named(alice)), B)], ['yes'], [user('alice', can, boundary('edge')), policy('edge', other), queue(doc(named(alice)), B)], ['no BOUNDARY'], send(alice, far)),
  row('cross account', 'the caller’s SCPs', [user('alice', can), queue(doc(named(alice)), B), ...tree, scp('p-1', 'r-1', all)], ['yes'], [user('alice', can), queue(doc(named(alice)), B), ...tree, scp('p-1', 'r-1', allow('ec2:*'))], ['no SCP'], send(alice, far)),
  row('cross account', 'the resource’s RCPs, not the caller’s', [user('alice', can), queue(doc(named(alice)), B), rcp('p-1', A, deny('sqs:*', '*', { Principal: '*' }))], ['yes'], [user('alice', can), queue(doc(named(alice)), B), rcp('p-1', B, deny('sqs:*', '*', { Principal: '*' }))], ['no RCP'], send(alice, far)),
  ...([['lambda', 'function:f', ':prod', 'Lambda::Function', 'function'], ['dynamodb', 'table/t', '/stream/2026-01-01T00:00:00.000', 'DynamoDB::Table', 'database'], ['kinesis', 'stream/s', '/consumer/x:1', 'Kinesis::Stream', 'queue_topic']] as const).map(([service, name, part, type, kind]): Row => {
    const urn = `arn:aws:${service}:${region}:${B}:${name}`, drafts: readonly ResourceDraft[] = [user('alice', [all]), { urn, type: `AWS::${type}`, kind, account: B, region, config: { Policy: null } }];
    const may = (object: string): Question => ({ question: 'effective_permission', subject: alice, action: `${service}:Any`, object });
    return { ...row('cross account', `${urn}, or a part of it with a policy of its own`, drafts, ['no RESOURCE'], drafts, ['unknown', 'missing the resource and its policy']), first: [drafts, may(urn)], second: [drafts, may(`${urn}${part}`)] };
  }),
  { ...row('cross account', 'a type that nothing opens to another account, or one whose policy stands elsewhere', [], ['no RESOURCE'], [], ['unknown', 'missing its resource policy']), first: foreign('IAM::User', 'identity', `arn:aws:iam::${B}:user/x`, 'iam:GetUser'), second: foreign('Glue::Table', 'database', `arn:aws:glue:${region}:${B}:table/db/t`, 'glue:GetTable') },
  row('cross account', 'the resource’s policy recorded as none, or not recorded', [user('alice', can), queue(null, B)], ['no RESOURCE'], [user('alice', can), queue(undefined, B)].map((d) => (d.urn === far ? { ...d, config: {} } : d)), ['unknown', 'missing its resource policy'], send(alice, far)),
];
const become = (subject = alice, object = app): Question => ({ question: 'can_assume', subject, object });
const assume = [allow('sts:AssumeRole')], oidc = arn('oidc-provider', 'token.actions.githubusercontent.com');
const trusts: readonly Row[] = [
  row('role trust', 'named by ARN in its own account: enough; another named: not, whatever it may do', [user('alice'), role('app', trust({ AWS: alice }))], ['yes', 'iam.resource_allow app/AssumeRolePolicyDocument/Statement/0: statement "Trust" of the trust policy allows it'], [user('alice', [all]), role('app', trust({ AWS: arn('user', 'bob') }))], ['no RESOURCE', 'iam.no_resource_allow app/AssumeRolePolicyDocument'], become()),
  row('role trust', 'the account named: with an identity policy, or without', [user('alice', assume), role('app', trust({ AWS: A }))], ['yes', 'iam.identity_allow alice/UserPolicyList/0'], [user('alice'), role('app', trust({ AWS: A }))], ['no IDENTITY'], become()),
  row('role trust', 'across accounts: both sides, or the trust alone', [user('alice', assume), role('app', trust({ AWS: alice }), [], {}, B)], ['yes'], [user('alice'), role('app', trust({ AWS: alice }), [], {}, B)], ['no IDENTITY'], become(alice, arn('role', 'app', B))),
  row('role trust', 'across accounts: both sides, or the caller’s alone', [user('alice', assume), role('app', trust({ AWS: A }), [], {}, B)], ['yes'], [user('alice', assume), role('app', trust({ AWS: OUT }), [], {}, B)], ['no RESOURCE'], become(alice, arn('role', 'app', B))),
  row('role trust', 'the trust policy recorded, or not', [user('alice'), role('app', trust({ AWS: arn('user', 'bob') }))], ['no RESOURCE'], [user('alice', assume), role('app', undefined)].map((d) => (d.urn === app ? { ...d, config: { RoleName: 'app' } } : d)), ['unknown', 'missing'], become()),
  ...([['ExternalId', 'StringEquals', 'sts:ExternalId', 'x'], ['MFA', 'Bool', 'aws:MultiFactorAuthPresent', 'true'], ['SourceIdentity', 'StringEquals', 'sts:SourceIdentity', 'alice']] as const).map(([what, operator, key, value]) =>
    row('role trust', `without ${what}, or on condition of it`, [user('alice'), role('app', trust({ AWS: alice }))], ['yes'], [user('alice'), role('app', trust({ AWS: alice }, when(operator, key, value)))], ['unknown CONDITION', `iam.open app/AssumeRolePolicyDocument/Statement/0: statement "Trust" of the trust policy allows it, if ${operator} ${key} [${value}]`], become())),
  row('role trust', 'OIDC: a subject that anyone has, or one of ours', [role('app', trust({ Federated: oidc }, when('StringLike', 'token.actions.githubusercontent.com:sub', 'repo:*')))], ['yes', 'IAM.trust_federated app/AssumeRolePolicyDocument/Statement/0: anyone on token.actions.githubusercontent.com whose subject matches repo:*'], [role('app', trust({ Federated: oidc }, when('StringLike', 'token.actions.githubusercontent.com:sub', 'repo:acme/*')))], ['no TRUST_POLICY', 'identities of repo:acme/* may assume it'], become('external')),
  row('role trust', 'OIDC: the audience alone, or with the subject', [role('app', trust({ Federated: oidc }, when('StringEquals', 'token.actions.githubusercontent.com:aud', 'sts.amazonaws.com')))], ['yes', 'the subject is not checked'], [role('app', trust({ Federated: oidc }, { Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com', 'token.actions.githubusercontent.com:sub': 'repo:acme/app:ref:refs/heads/main' } } }))], ['no TRUST_POLICY'], become('external')),
  row('role trust', 'an account that is ours, or not', [role('app', trust({ AWS: B }))], ['no TRUST_POLICY', 'inside the organization'], [role('app', trust({ AWS: OUT }))], ['yes', `${OUT}, outside the known accounts, may assume it`, 'assumed resource_control_policy'], become('external')),
];
const keyArn = `arn:aws:kms:${region}:${A}:key/k1`, decrypt = (subject = alice): Question => ({ question: 'effective_permission', subject, action: 'kms:Decrypt', object: keyArn });
const key = (...s: readonly object[]): ResourceDraft => ({ urn: keyArn, type: 'AWS::KMS::Key', kind: 'secret_key', account: A, name: 'k1', config: { Policy: doc(...s) } });
const keyFor = (AWS: unknown): object => ({ Sid: 'Key', Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' });
const granted = (GranteePrincipal: string): ResourceDraft => ({ ...key(keyFor(arn('user', 'bob'))), config: { Policy: doc(keyFor(arn('user', 'bob'))), KeyGrants: [{ GrantId: 'g1', GranteePrincipal, Operations: ['Decrypt'] }] } });
const keys: readonly Row[] = [
  row('KMS', 'the key policy delegates to IAM by the account’s root, or is silent: an identity policy is not enough', [user('alice', [allow('kms:Decrypt')]), key(keyFor(`arn:aws:iam::${A}:root`))], ['yes', 'iam.resource_allow k1/Policy/Statement/0: statement "Key" of the policy of k1 allows it'], [user('alice', [allow('kms:Decrypt')]), key(keyFor(arn('user', 'bob')))], ['no RESOURCE', 'iam.no_resource_allow k1/Policy'], decrypt()),
  row('KMS', 'it delegates, and the identity policy allows or not', [user('alice', [allow('kms:Decrypt')]), key(keyFor(A))], ['yes'], [user('alice'), key(keyFor(A))], ['no IDENTITY'], decrypt()),
  row('KMS', 'it names the user, or another', [user('alice'), key(keyFor(alice))], ['yes'], [user('alice'), key(keyFor(arn('user', 'bob')))], ['no RESOURCE'], decrypt()),
  row('KMS', 'grants add: to the user, or to another', [user('alice'), granted(alice)], ['yes', 'iam.resource_allow k1/KeyGrants/0: statement "g1" of a grant of the key allows it'], [user('alice'), granted(arn('user', 'carol'))], ['no RESOURCE'], decrypt()),
  row('KMS', 'the key policy is recorded, or not', [user('alice', [allow('kms:Decrypt')]), key(keyFor(arn('user', 'bob')))], ['no RESOURCE'], [user('alice', [allow('kms:Decrypt')]), { ...key(), config: {} }], ['unknown', 'missing its resource policy of k1'], decrypt()),
];
const organization = (ManagementAccountId: string): ResourceDraft => ({ urn: 'arn:aws:organizations::1:organization/o-1', type: 'AWS::Organizations::Organization', kind: 'org_unit', config: { Id: 'o-1', ManagementAccountId } });
const linked = `arn:aws:iam::${A}:role/aws-service-role/x.amazonaws.com/R`;
const exempt: readonly Row[] = [
  row('management account', 'no SCP binds it', [...mine, ...tree, organization(A), scp('p-1', 'r-1', deny('sqs:*'))], ['yes'], [...mine, ...tree, organization(B), scp('p-1', 'r-1', deny('sqs:*'))], ['no SCP']),
  row('management account', 'no RCP binds it', [...mine, ...tree, organization(A), rcp('p-1', 'r-1', deny('sqs:*', '*', { Principal: '*' }))], ['yes'], [...mine, ...tree, organization(B), rcp('p-1', 'r-1', deny('sqs:*', '*', { Principal: '*' }))], ['no RCP']),
  ...([['SCP', scp('p-1', 'r-1', deny('sqs:*'))], ['RCP', rcp('p-1', 'r-1', deny('sqs:*', '*', { Principal: '*' }))]] as const).map(([what, bound]): Row => ({ id: 'service-linked role', fact: `no ${what} binds it, but a plain role`, first: [[{ ...role('R', service('x'), can), urn: linked }, queue(), ...tree, bound], send(linked)], firstTold: ['yes'], second: [[role('app', service('ec2'), can), queue(), ...tree, bound], send(app)], secondTold: [`no ${what}`] })),
];
const conditional: readonly Row[] = [
  row('residual', 'a condition that the snapshot solves, or one that it doesn’t', [user('alice', [allow('sqs:*', '*', when('StringEquals', 'aws:RequestedRegion', region))]), queue()], ['yes'], [user('alice', [allow('sqs:*', '*', when('IpAddress', 'aws:SourceIp', '10.0.0.0/8'))]), queue()], ['unknown CONDITION', 'iam.open alice/UserPolicyList/0/PolicyDocument/Statement/0: statement 0 of inline allows it, if IpAddress aws:SourceIp [10.0.0.0/8]']),
  row('residual', 'a tag of the user that is as asked, or not', [user('alice', [allow('sqs:*', '*', when('StringEquals', 'aws:PrincipalTag/team', 'web'))]), queue()].map((d) => (d.urn === alice ? { ...d, tags: { team: 'web' } } : d)), ['yes'], [user('alice', [allow('sqs:*', '*', when('StringEquals', 'aws:PrincipalTag/team', 'web'))]), queue()].map((d) => (d.urn === alice ? { ...d, tags: { team: 'db' } } : d)), ['no IDENTITY']),
  row('residual', 'the organization that the accounts are in, or another', [user('alice', can), queue(doc(named('*', when('StringEquals', 'aws:PrincipalOrgID', 'o-1'))), B), ...tree, organization(B)], ['yes'], [user('alice', can), queue(doc(named('*', when('StringEquals', 'aws:PrincipalOrgID', 'o-9'))), B), ...tree, organization(B)], ['no RESOURCE'], send(alice, far)),
  row('residual', 'an unknown Allow beside a Deny that holds', [user('alice', [allow('sqs:*', '*', when('IpAddress', 'aws:SourceIp', '10.0.0.0/8'))]), queue()], ['unknown CONDITION'], [user('alice', [allow('sqs:*', '*', when('IpAddress', 'aws:SourceIp', '10.0.0.0/8')), deny('sqs:*')]), queue()], ['no EXPLICIT_DENY']),
];

describe('AWS IAM order and cases', () => {
  it.each([...order, ...same, ...across, ...trusts, ...keys, ...exempt, ...conditional])('$id: $fact', (given) => expectRow(given));

  const session = `arn:aws:sts::${A}:assumed-role/app/s1`;
  it.each([['AWS order 7', 'the session policy allows too, or not', app, 'sqs:*', 'sqs:Receive*', 'session'], ['same account', 'the session’s ARN skips its session policy’s silence, the role’s ARN does not', undefined, 'ec2:*', 'ec2:*', 'session']] as const)('%s: %s', (_id, _fact, _role, first, second, layer) => {
    const decide = (session_policy: object, more: object) => { const found = evaluatePolicyCase({ request: { principal: session, action: 'sqs:SendMessage', resource: queueArn, context: {} }, session_policy, ...more }); if (!found.ok) throw new Error(found.error); return [found.value.decision, found.value.blocked_by, found.value.reasons[0]?.pointer]; };
    const [one, two] = layer === 'session' && first === second ? [{ resource_policy: doc(named(session)) }, { resource_policy: doc(named(app)) }] : [{ identity_policies: [doc(...can)] }, { identity_policies: [doc(...can)] }];
    expect([decide(doc(allow(first)), one)[0], ...decide(doc(allow(second)), two)]).toEqual(['allowed', 'implicitly_denied', 'session', '/session_policy']);
  });
});

/** Roles r1 … rn, each assumed by the one before, the first by alice. */
const chain = (length: number, more: (i: number) => object = () => ({})): readonly ResourceDraft[] => [user('alice'), ...Array.from({ length }, (_, i) => role(`r${i + 1}`, trust({ AWS: i === 0 ? alice : arn('role', `r${i}`) }, more(i + 1))))];
describe('AWS chains of roles', () => {
  it('are followed six roles deep; a longer one is unknown, and none at all a no', () => {
    expectTold(ask(chain(6), become(alice, arn('role', 'r6'))), ['yes', 'IAM.can_assume alice: sts:AssumeRole allowed by trust and identity policies: leads to', `CAN_ASSUME ${arn('role', 'r6')}`]);
    expect(ask(chain(7), become(alice, arn('role', 'r7')))).toMatchObject({ answer: 'unknown', missing: [{ what: 'a chain longer than six steps (it takes 7)' }] });
    expectTold(ask([...chain(8), role('apart', trust({ AWS: OUT }))], become(alice, arn('role', 'apart'))), ['no RESOURCE']);
  });
  it('that hang on a condition are unknown, with the condition', () =>
    expectTold(ask(chain(3, (i) => (i === 2 ? when('Bool', 'aws:MultiFactorAuthPresent', 'true') : {})), become(alice, arn('role', 'r3'))), ['unknown CONDITION', 'aws:MultiFactorAuthPresent']));
  it('drop a step whose condition is false', () =>
    expectTold(ask(chain(3, (i) => (i === 2 ? when('StringEquals', 'aws:PrincipalAccount', OUT) : {})), become(alice, arn('role', 'r3'))), ['no RESOURCE']));
  it('prefer a longer way without conditions to a short one with', () => {
    const both = [...chain(3), role('direct', trust({ AWS: [alice, arn('role', 'r3')] }, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })), role('goal', doc({ Effect: 'Allow', Principal: { AWS: arn('role', 'r3') }, Action: 'sts:AssumeRole' }, { Effect: 'Allow', Principal: { AWS: alice }, Action: 'sts:AssumeRole', ...when('Bool', 'aws:MultiFactorAuthPresent', 'true') }))];
    expectTold(ask(both, become(alice, arn('role', 'goal'))), ['yes', `CAN_ASSUME ${arn('role', 'r3')} → CAN_ASSUME ${arn('role', 'goal')}`]);
  });
  it('end in a circle', () => expectTold(ask([role('a', trust({ AWS: arn('role', 'b') })), role('b', trust({ AWS: arn('role', 'a') })), role('c', trust({ AWS: OUT }))], become(arn('role', 'a'), arn('role', 'c'))), ['no RESOURCE']));
  it('make edges: plain, conditional with the residual condition, and none where it is false', () => {
    const edges = (condition: object) => deriveIdentityEdges(graphOf(chain(1, () => condition)), alice, knowledge).map((e) => [e.kind, e.target, e.condition]);
    expect(edges({})).toEqual([['CAN_ASSUME', arn('role', 'r1'), undefined]]);
    expect(edges(when('Bool', 'aws:MultiFactorAuthPresent', 'true'))).toEqual([['CAN_ASSUME', arn('role', 'r1'), JSON.stringify([{ operator: 'Bool', key: 'aws:MultiFactorAuthPresent', values: ['true'] }])]]);
    expect(edges(when('StringEquals', 'aws:PrincipalAccount', OUT))).toEqual([]);
  });
});
