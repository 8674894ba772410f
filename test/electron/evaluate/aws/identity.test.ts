import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectivePermission } from '#electron/evaluate/aws/effective-permission.ts';
import { deriveIdentityEdges } from '#electron/evaluate/aws/identity-edges.ts';
import { readIdentityKnowledge } from '#electron/evaluate/aws/identity-knowledge.ts';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import { principalPolicies } from '#electron/evaluate/aws/principal-policies.ts';
import { canAssume } from '#electron/evaluate/aws/role-trust.ts';
import type { Edge, GraphView } from '#shared/model/resource.ts';
import type { IdentityAccess } from '#shared/model/verdict.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';

const read = (path: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../../../../resources', path), 'utf8'));
const knowledge = (() => {
  const result = readIdentityKnowledge({ primitives: read('attack/aws-privesc-primitives.json'), additions: read('attack/aws-privesc-additions.json'), managedPolicies: read('policies/aws-managed/policies.json') });
  if (!result.ok) throw new Error(result.error);
  return result.value;
})();

const A = '111122223333', B = '444455556666', OUT = '999999999999';
const arn = (kind: string, name: string, account = A): string => `arn:aws:iam::${account}:${kind}/${name}`;
const statement = (Action: unknown, Resource: unknown = '*', more: object = {}): object => ({ Effect: 'Allow', Action, Resource, ...more });
const document = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const inline = (...s: readonly object[]): object[] => (s.length === 0 ? [] : [{ PolicyName: 'inline', PolicyDocument: document(...s) }]);
const managed = (...names: readonly string[]): object[] => names.map((n) => ({ PolicyName: n, PolicyArn: n.startsWith('arn:') ? n : `arn:aws:iam::aws:policy/${n}` }));
const trustOf = (Principal: unknown, Condition?: object, Action = 'sts:AssumeRole'): object => document({ Effect: 'Allow', Principal, Action, ...(Condition && { Condition }) });
const service = (name: string): object => trustOf({ Service: `${name}.amazonaws.com` });

function user(name: string, statements: readonly object[], more: object = {}): ResourceDraft {
  return { urn: arn('user', name), type: 'AWS::IAM::User', kind: 'identity', account: A, name, config: { UserName: name, Arn: arn('user', name), UserPolicyList: inline(...statements), AttachedManagedPolicies: [], GroupList: [], ...more } };
}
function role(name: string, trust: unknown, statements: readonly object[], more: object = {}, account = A): ResourceDraft {
  return { urn: arn('role', name, account), type: 'AWS::IAM::Role', kind: 'identity', account, name, config: { RoleName: name, Arn: arn('role', name, account), AssumeRolePolicyDocument: trust, RolePolicyList: inline(...statements), AttachedManagedPolicies: [], InstanceProfileList: [], ...more } };
}
function group(name: string, statements: readonly object[], more: object = {}): ResourceDraft {
  return { urn: arn('group', name), type: 'AWS::IAM::Group', kind: 'identity', account: A, name, config: { GroupName: name, Arn: arn('group', name), GroupPolicyList: inline(...statements), AttachedManagedPolicies: [], ...more } };
}
const policyOf = (name: string, ...s: readonly object[]): ResourceDraft =>
  ({ urn: arn('policy', name), type: 'AWS::IAM::Policy', kind: 'policy', account: A, name, config: { PolicyName: name, Arn: arn('policy', name), DefaultVersionId: 'v2', PolicyVersionList: [{ VersionId: 'v1', Document: document(statement('*')) }, { VersionId: 'v2', IsDefaultVersion: true, Document: document(...s) }] } });
const scp = (...s: readonly object[]): ResourceDraft => ({ urn: 'arn:aws:organizations::p-1', type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type: 'SERVICE_CONTROL_POLICY', Content: document(...s), Targets: [{ TargetId: A }] } });

const identity = (resources: readonly ResourceDraft[], urn: string, accounts: readonly string[] = [A, B]): IdentityAccess => evaluateIdentity(graphOf(resources), urn, new Set(accounts), knowledge);
const alice = arn('user', 'alice'), app = arn('role', 'app'), admin = arn('role', 'admin');
/** As importers give it: the ARN of its instance profile leads to it. */
const adminRole = (trust: unknown): ResourceDraft => ({
  ...role('admin', trust, [], { AttachedManagedPolicies: managed('AdministratorAccess'), InstanceProfileList: [{ Arn: arn('instance-profile', 'admin') }] }), aliases: [arn('instance-profile', 'admin')],
});

describe('the shipped knowledge', () => {
  it('has the 65 primitives and the two that the design adds', () => expect(knowledge.primitives.map((p) => p.id)).toEqual(expect.arrayContaining(['apprunner-001', 'sts-001', 'iam-set-default-policy-version', 'lambda-layer'])));
  it('counts as the source does', () => expect(knowledge.primitives).toHaveLength(67));
  it('refuses data of another shape', () => expect(readIdentityKnowledge({ primitives: [{ id: 1 }], additions: [], managedPolicies: {} }).ok).toBe(false));
});

describe('principalPolicies', () => {
  const graph = graphOf([
    user('alice', [statement('s3:ListBucket')], { AttachedManagedPolicies: managed(arn('policy', 'own')), GroupList: ['ops'], PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/PowerUserAccess' } }),
    group('ops', [statement('ec2:*')], { AttachedManagedPolicies: managed('ReadOnlyAccess') }), policyOf('own', statement('sqs:*')), scp(statement('*')),
  ]);
  const profile = principalPolicies(graph, alice, knowledge);
  it('gathers inline, attached, group, boundary and organization policies', () => {
    expect(profile?.identity.map((p) => p.name)).toEqual(['inline', 'own', 'inline', 'ReadOnlyAccess']);
    expect(profile).toMatchObject({ missing: [], boundary: [{ name: 'PowerUserAccess' }], scps: [{ policies: [{ source: 'arn:aws:organizations::p-1' }] }] });
  });
  it('takes the default version', () => expect(profile?.identity[1]).toMatchObject({ pointer: '/PolicyVersionList/1/Document' }));
  it.each<[string, object, string]>([
    ['a managed policy that nobody supplies', { AttachedManagedPolicies: managed('SomethingNewFullAccess') }, 'document of policy SomethingNewFullAccess'],
    ['unrecorded inline policies', { UserPolicyList: undefined, AttachedManagedPolicies: undefined }, 'its inline policies'], ['unrecorded attachments', { AttachedManagedPolicies: undefined }, 'its attached policies'],
    ['unrecorded groups', { GroupList: undefined }, 'its groups'], ['a group that was not imported', { GroupList: ['ghosts'] }, 'group ghosts'],
    ['a boundary that nobody supplies', { PermissionsBoundary: { PermissionsBoundaryArn: arn('policy', 'lost') } }, 'permissions boundary'],
  ])('says what is missing: %s', (_name, more, what) => {
    const found = identity([user('alice', [], more)], alice);
    expect(found.missing.map((m) => m.what)).toContain(what);
    expect(found.tier).toBe(what === 'permissions boundary' ? 'none' : 'unknown');
  });
  it('leaves what hangs on an unknown policy unknown', () => expect(identity([user('alice', [], { AttachedManagedPolicies: managed('SomethingNewFullAccess') })], alice)).toMatchObject({ tier: 'unknown', mitigated: { answer: 'unknown' } }));
});

describe('canAssume', () => {
  it('lists who, with what they must show', () => {
    const trust = document(
      { Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${B}:root`, alice], Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { AWS: OUT }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'sts:ExternalId': 'x' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
      { Effect: 'Allow', Principal: { Federated: arn('oidc-provider', 'token.actions.githubusercontent.com') }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: { StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' }, StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } } },
      { Effect: 'Allow', Principal: '*', Action: 'sts:TagSession' },
    );
    expect(canAssume(graphOf([role('app', trust, [])]), app).assumers).toMatchObject([
      { kind: 'account', id: `arn:aws:iam::${B}:root`, account: B, answer: 'yes' }, { kind: 'principal', id: alice, account: A, answer: 'yes' }, { kind: 'service', id: 'ec2.amazonaws.com', answer: 'yes' },
      { kind: 'account', id: OUT, answer: 'unknown', demands: { external_id: true, mfa: true }, pointer: '/AssumeRolePolicyDocument/Statement/1' },
      { kind: 'federated', answer: 'unknown', demands: { subjects: ['repo:acme/*'], audiences: ['sts.amazonaws.com'] } },
    ]);
  });
  it('leaves out whom a Deny stops', () => expect(canAssume(graphOf([role('app', document(
    { Effect: 'Allow', Principal: { AWS: [B, OUT] }, Action: 'sts:AssumeRole' }, { Effect: 'Deny', Principal: '*', Action: 'sts:*', Condition: { StringNotEquals: { 'aws:PrincipalAccount': B } } }), [])]), app).assumers.map((a) => a.id)).toEqual([B]));
});

describe('external access', () => {
  const github = { Federated: arn('oidc-provider', 'token.actions.githubusercontent.com') };
  const sub = (value: string): object => ({ StringLike: { 'token.actions.githubusercontent.com:sub': value } });
  const web = 'sts:AssumeRoleWithWebIdentity';
  it.each<[string, unknown, 'yes' | 'no' | 'unknown', string]>([
    ['an account of the organization', trustOf({ AWS: B }), 'no', 'inside the organization'],
    ['an outside account', trustOf({ AWS: `arn:aws:iam::${OUT}:root` }), 'yes', 'outside the known accounts'],
    ['an outside role', trustOf({ AWS: arn('role', 'vendor', OUT) }), 'yes', 'outside the known accounts'],
    ['an outside account with an ExternalId', trustOf({ AWS: OUT }, { StringEquals: { 'sts:ExternalId': 'x' } }), 'yes', 'given an ExternalId'],
    ['an outside account with an organization of unknown owner', trustOf({ AWS: '*' }, { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }), 'unknown', 'everyone may assume it'],
    ['everyone', trustOf('*'), 'yes', 'everyone may assume it'],
    ['everyone of our account', trustOf({ AWS: '*' }, { StringEquals: { 'aws:PrincipalAccount': B } }), 'no', 'pinned to the organization'],
    ['everyone of an outside account', trustOf({ AWS: '*' }, { StringEquals: { 'aws:PrincipalAccount': OUT } }), 'yes', 'everyone may assume it'],
    ['everyone by one of our roles', trustOf({ AWS: '*' }, { ArnLike: { 'aws:PrincipalArn': arn('role', '*', B) } }), 'no', 'pinned to the organization'],
    ['a service', service('lambda'), 'no', 'AWS service lambda.amazonaws.com'],
    ['a deleted principal', trustOf({ AWS: 'AROAEXAMPLEEXAMPLE1' }), 'no', 'lets nobody in'],
    ['GitHub, one organization', trustOf(github, sub('repo:acme/*'), web), 'no', 'repo:acme/*'],
    ['GitHub, any repository', trustOf(github, sub('repo:*'), web), 'yes', 'whose subject matches repo:*'],
    ['GitHub, part of an owner', trustOf(github, sub('repo:acme-*/*'), web), 'unknown', 'whose name fits repo:acme-*/*'],
    ['GitHub, any owner', trustOf(github, sub('repo:*/x'), web), 'yes', 'whose subject matches'],
    ['GitHub, a subject that every token has, asked for with IfExists', trustOf(github, { StringLikeIfExists: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' } }, web), 'no', 'identities of repo:acme/* may assume it'],
    ['GitHub, audience only', trustOf(github, { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } }, web), 'yes', 'the subject is not checked'],
    ['a cluster of ours', trustOf({ Federated: arn('oidc-provider', 'oidc.eks.eu-west-1.amazonaws.com/id/ABC') }, undefined, web), 'no', 'identities of oidc.eks'],
    ['a login provider with our application', trustOf({ Federated: 'cognito-identity.amazonaws.com' }, { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:pool' } }, web), 'unknown', 'anyone who can log in'],
    ['SAML', trustOf({ Federated: arn('saml-provider', 'okta') }, undefined, 'sts:AssumeRoleWithSAML'), 'no', 'SAML provider'],
  ])('%s', (_name, trust, answer, text) => {
    const { external } = identity([role('app', trust, [])], app);
    expect(external.answer).toBe(answer);
    expect(external.reasons.map((r) => r.text).join('; ')).toContain(text);
  });
  it('names the outsiders, and the control that it assumes absent', () => expect(identity([role('app', trustOf({ AWS: [B, OUT] }), [])], app)).toMatchObject({ external_principals: [OUT], external: { assumed: ['resource_control_policy'] } }));
  it('asks for the accounts of the organization when it has none', () => expect(identity([role('app', trustOf({ AWS: OUT }), [])], app, []).external).toMatchObject({ answer: 'unknown', missing: [{ what: 'the accounts of the organization' }] }));
  it('takes the accounts that the graph lists', () => expect(identity([role('app', trustOf({ AWS: OUT }), []), { urn: 'arn:aws:organizations::1:account/o/x', type: 'AWS::Organizations::Account', kind: 'account', account: OUT }], app, []).external.answer).toBe('no'));
  it('is unknown without a trust policy', () => expect(identity([role('app', undefined, [])], app).external).toMatchObject({ answer: 'unknown', missing: [{ what: 'trust policy' }] }));
  it('an RCP shuts outsiders out', () => expect(identity([role('app', trustOf({ AWS: OUT }), []), { ...scp(), config: { Type: 'RESOURCE_CONTROL_POLICY', Targets: [{ TargetId: A }], Content: document({ Effect: 'Deny', Principal: '*', Action: 'sts:*', Resource: '*', Condition: { StringNotEquals: { 'aws:PrincipalAccount': A } } }) } }], app).external.answer).toBe('no'));
  it.each<[string, object, readonly string[], 'yes' | 'no' | 'unknown']>([
    ['our organization', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, ['o-1'], 'no'], ['our organization, if it is there', { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' } }, ['o-1'], 'no'],
    ['another organization', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-9' } }, ['o-1'], 'yes'], ['an organization of unknown owner', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } }, [], 'unknown'],
    ['an address', { NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } }, ['o-1'], 'yes'],
  ])('a Deny unless %s', (_name, Condition, organizations, answer) => {
    const trust = document({ Effect: 'Allow', Principal: { AWS: OUT }, Action: 'sts:AssumeRole' }, { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole', Condition });
    const listed = organizations.map((Id): ResourceDraft => ({ urn: `arn:aws:organizations::${A}:organization/${Id}`, type: 'AWS::Organizations::Organization', kind: 'org_unit', config: { Id } }));
    expect(identity([role('app', trust, []), ...listed], app).external.answer).toBe(answer);
  });
  it('a user is not assumed', () => expect(identity([user('alice', [])], alice).external.answer).toBe('no'));
});

describe('tier and mitigation', () => {
  const limited = (more: object, others: readonly ResourceDraft[] = [], ...s: readonly object[]): IdentityAccess => identity([user('alice', s.length > 0 ? s : [statement('*')], more), ...others], alice);
  it.each<[string, readonly object[], IdentityAccess['tier']]>([
    ['Allow * on *', [statement('*')], 'tier0'], ['iam:*', [statement('iam:*')], 'tier0'], ['all but IAM', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'tier1'],
    ['its own inline policy', [statement('iam:PutUserPolicy', 'arn:aws:iam::*:user/${aws:username}')], 'tier0'], ['the inline policy of another', [statement('iam:PutUserPolicy', arn('user', 'bob'))], 'none'],
    ['all objects', [statement('s3:GetObject')], 'tier1'], ['objects of one bucket', [statement('s3:GetObject', 'arn:aws:s3:::one/*')], 'none'],
    ['all secrets', [statement('secretsmanager:*', '*')], 'tier1'], ['reading configuration', [statement(['ec2:Describe*', 'iam:Get*', 'iam:List*'])], 'none'], ['nothing', [], 'none'],
    ['administration with MFA', [statement('*', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })], 'tier1'],
  ])('%s', (_name, statements, tier) => expect(identity([user('alice', statements)], alice).tier).toBe(tier));
  it.each<[string, IdentityAccess['tier']]>([['AdministratorAccess', 'tier0'], ['IAMFullAccess', 'tier0'], ['PowerUserAccess', 'tier1'], ['AmazonS3ReadOnlyAccess', 'tier1'], ['SecurityAudit', 'none'], ['CloudWatchLogsFullAccess', 'none']])(
    'managed policy %s', (name, tier) => expect(limited({ UserPolicyList: [], AttachedManagedPolicies: managed(name) }).tier).toBe(tier));
  it('a group makes its members administrators', () => expect(limited({ GroupList: ['ops'], UserPolicyList: [] }, [group('ops', [statement('*')])])).toMatchObject({ tier: 'tier0' }));
  it('a boundary takes the excess away', () => expect(limited({ PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess' } })).toMatchObject({ tier: 'none', mitigated: { answer: 'yes', blocked_by: 'BOUNDARY' } }));
  it('an SCP takes the excess away', () => expect(limited({}, [scp(statement(['ec2:Describe*', 'logs:*']))])).toMatchObject({ tier: 'none', mitigated: { answer: 'yes', blocked_by: 'SCP', reasons: [{ source: 'arn:aws:organizations::p-1', text: expect.stringMatching(/^iam:\w+, iam:\w+, iam:\w+ and \d+ more are taken away by SCP: no SCP policy allows it$/) }] } }));
  it('an SCP that only denies something else leaves it', () => expect(limited({}, [scp({ Effect: 'Deny', Action: 'organizations:*', Resource: '*' })])).toMatchObject({ tier: 'tier0', mitigated: { answer: 'no' } }));
  it('a Deny takes the excess away', () => expect(limited({}, [], statement('iam:*'), { Effect: 'Deny', Action: 'iam:*', Resource: '*' })).toMatchObject({ tier: 'none', mitigated: { answer: 'yes', blocked_by: 'EXPLICIT_DENY' } }));
  it('nothing to take away is not mitigated', () => expect(limited({ UserPolicyList: [] }).mitigated).toMatchObject({ answer: 'no', reasons: [{ rule: 'IAM.no_excess' }] }));
});

const held = (resources: readonly ResourceDraft[], urn = alice): readonly string[] => identity(resources, urn).escalations.map((e) => `${e.id} ${e.target === urn ? 'self' : e.target.split('/').at(-1)}${e.conditional ? '?' : ''}`);

describe('escalations', () => {
  const lambda = [statement('iam:PassRole', '*'), statement(['lambda:CreateFunction', 'lambda:InvokeFunction'])];
  it.each<[string, readonly ResourceDraft[], readonly string[]]>([
    ['PassRole to a role that the service may assume', [user('alice', lambda), adminRole(service('lambda'))], ['lambda-001 admin']],
    ['not when the role trusts another service', [user('alice', lambda), adminRole(service('ec2'))], []],
    ['not when the role gives nothing new', [user('alice', lambda), role('app', service('lambda'), [statement('lambda:InvokeFunction')])], []],
    ['also to a role that is merely more privileged', [user('alice', lambda), role('app', service('lambda'), [statement('s3:GetObject', 'arn:aws:s3:::pay/*')])], ['lambda-001 app']],
    ['not when PassRole is for another role', [user('alice', [statement('iam:PassRole', arn('role', 'other')), ...lambda.slice(1)]), adminRole(service('lambda'))], []],
    ['not when PassRole is for another service', [user('alice', [statement('iam:PassRole', '*', { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }), ...lambda.slice(1)]), adminRole(service('lambda'))], []],
    ['not when one action is lacking', [user('alice', lambda.slice(0, 1)), adminRole(service('lambda'))], []],
    ['where the action is limited to names', [user('alice', [statement('iam:PassRole'), statement('lambda:*', 'arn:aws:lambda:*:*:function:dev-*')]), adminRole(service('lambda'))], ['lambda-001 admin', 'lambda-002 admin', 'lambda-006 admin']],
    ['EC2 needs an instance profile', [user('alice', [statement(['iam:PassRole', 'ec2:RunInstances'])]), adminRole(service('ec2')), role('bare', service('ec2'), [statement('*')])], ['ec2-001 admin']],
    ['conditional PassRole', [user('alice', [statement('iam:PassRole', '*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }), ...lambda.slice(1)]), adminRole(service('lambda'))], ['lambda-001 admin?']],
    ['an existing function with a stronger role', [user('alice', [statement(['lambda:UpdateFunctionCode'], '*')]), adminRole(service('lambda')), fn('f', admin)], ['lambda-003 admin']],
    ['no function, no way in', [user('alice', [statement(['lambda:UpdateFunctionCode'], '*')]), adminRole(service('lambda'))], []],
    ['the layer of a function', [user('alice', [statement('lambda:UpdateFunctionConfiguration', fnArn('f'))]), adminRole(service('lambda')), fn('f', admin)], ['lambda-layer admin']],
    ['a command on a running instance', [user('alice', [statement('ssm:SendCommand')]), adminRole(service('ec2')), instance('running')], ['ssm-002 admin']],
    ['not on a stopped one', [user('alice', [statement('ssm:SendCommand')]), adminRole(service('ec2')), instance('stopped')], []],
    ['user data of a stopped one', [user('alice', [statement(['ec2:ModifyInstanceAttribute', 'ec2:StopInstances', 'ec2:StartInstances'])]), adminRole(service('ec2')), instance('stopped')], ['ec2-002 admin']],
    ['access keys of an administrator', [user('alice', [statement('iam:CreateAccessKey')]), user('root-like', [statement('*')])], ['iam-002 root-like']],
    ['not those of a peer', [user('alice', [statement('iam:CreateAccessKey')]), user('peer', [])], []],
    ['a password where none is recorded', [user('alice', [statement('iam:CreateLoginProfile')]), user('root-like', [statement('*')])], ['iam-004 root-like']],
    ['the trust of a stronger role', [user('alice', [statement('iam:UpdateAssumeRolePolicy')]), adminRole(service('ec2'))], ['iam-012 admin']],
    ['attach and assume', [user('alice', [statement(['iam:AttachRolePolicy'], arn('role', 'app'))]), role('app', trustOf({ AWS: alice }), [])], ['iam-014 app']],
    ['not when the role does not trust the caller', [user('alice', [statement(['iam:AttachRolePolicy', 'sts:AssumeRole'])]), role('app', service('ec2'), [])], []],
    ['a policy that is attached to the caller', [user('alice', [], { AttachedManagedPolicies: managed(arn('policy', 'own')) }), policyOf('own', statement('iam:CreatePolicyVersion', arn('policy', 'own')))], ['iam-001 self']],
    ['an older version of it', [user('alice', [], { AttachedManagedPolicies: managed(arn('policy', 'own')) }), policyOf('own', statement('iam:SetDefaultPolicyVersion'))], ['iam-set-default-policy-version self']],
    ['not a policy of AWS', [user('alice', [statement('iam:CreatePolicyVersion')], { AttachedManagedPolicies: managed('SecurityAudit') })], []],
    ['joining a stronger group', [user('alice', [statement('iam:AddUserToGroup')]), group('ops', [statement('*')])], ['iam-013 ops']],
    ['the group that it is in', [user('alice', [statement('iam:PutGroupPolicy', arn('group', 'ops'))], { GroupList: ['ops'] }), group('ops', [])], ['iam-011 self']],
    ['an administrator has nothing to gain', [user('alice', [statement('*')]), adminRole(service('lambda')), fn('f', admin)], []],
  ])('%s', (_name, resources, expected) => expect(held(resources)).toEqual(expected));
  it('a role escalates on itself with role actions only', () => {
    const self = [statement(['iam:PutRolePolicy', 'iam:PutUserPolicy'], '*')];
    expect(held([role('app', service('ec2'), self)], app)).toEqual(['iam-005 self']);
    expect(identity([role('app', service('ec2'), self)], app).tier).toBe('tier0');
  });
});

function fnArn(name: string): string { return `arn:aws:lambda:eu-west-1:${A}:function:${name}`; }
function fn(name: string, Role: string): ResourceDraft { return { urn: fnArn(name), type: 'AWS::Lambda::Function', kind: 'function', account: A, config: { FunctionName: name, Role } }; }
function instance(state: string): ResourceDraft {
  return { urn: `arn:aws:ec2:eu-west-1:${A}:instance/i-1`, type: 'AWS::EC2::Instance', kind: 'vm', account: A, region: 'eu-west-1', config: { InstanceId: 'i-1', State: { Name: state }, IamInstanceProfile: { Arn: arn('instance-profile', 'admin') } } };
}

describe('deriveIdentityEdges', () => {
  const edges = (resources: readonly ResourceDraft[], urn: string, known: readonly Edge[] = []): readonly string[] =>
    deriveIdentityEdges(graphOf(resources, known), urn, knowledge).map((e) => `${e.source.split('/').at(-1)} ${e.kind} ${e.target.split(/[/:]/).at(-1)}${e.condition === undefined ? '' : '?'}`);
  const bucket = (name: string, Policy: unknown = null, account = A): ResourceDraft => ({ urn: `arn:aws:s3:::${name}`, type: 'AWS::S3::Bucket', kind: 'bucket', account, name, config: { Name: name, Policy } });
  it('chains of trust, with their conditions', () => expect(edges([
    user('alice', [statement('sts:AssumeRole', '*')]), role('named', trustOf({ AWS: alice }), []), role('account', trustOf({ AWS: A }), []), role('mfa', trustOf({ AWS: A }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), []),
    role('other', trustOf({ AWS: B }), []), role('away', trustOf({ AWS: A }), [], {}, B),
  ], alice)).toEqual(['alice CAN_ASSUME account', 'alice CAN_ASSUME mfa?', 'alice CAN_ASSUME named', 'alice CAN_ASSUME away']));
  it('MFA and ExternalId cost more than other conditions', () => expect(deriveIdentityEdges(graphOf([user('alice', [statement('sts:AssumeRole')]), role('mfa', trustOf({ AWS: A }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), [])]), alice, knowledge)[0])
    .toMatchObject({ cost: 5, condition: expect.stringContaining('aws:MultiFactorAuthPresent') }));
  it('data stores that it reads, writes, administers', () => expect(edges([
    role('app', service('ec2'), [statement('s3:GetObject', 'arn:aws:s3:::pay/*'), statement('secretsmanager:*', '*'), statement('rds:ModifyDBInstance')]), bucket('pay'), bucket('else'), bucket('shared', document({ Effect: 'Allow', Principal: { AWS: app }, Action: 's3:PutObject', Resource: 'arn:aws:s3:::shared/*' })),
    { urn: `arn:aws:secretsmanager:eu-west-1:${A}:secret:db-abc`, type: 'AWS::SecretsManager::Secret', kind: 'secret_key', account: A }, { urn: `arn:aws:rds:eu-west-1:${A}:db:billing`, type: 'AWS::RDS::DBInstance', kind: 'database', account: A },
  ], app).toSorted()).toEqual(['app CAN_ADMIN billing', 'app CAN_ADMIN db-abc', 'app CAN_READ db-abc', 'app CAN_READ pay', 'app CAN_WRITE db-abc', 'app CAN_WRITE shared']));
  it('a store of another account needs both sides', () => {
    const policy = document({ Effect: 'Allow', Principal: { AWS: A }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::far/*' });
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject')]), bucket('far', policy, B)], app)).toEqual(['app CAN_READ far']);
    expect(edges([role('app', service('ec2'), []), bucket('far', policy, B)], app)).toEqual([]);
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject')]), bucket('far', null, B)], app)).toEqual([]);
  });
  it('what is open to everyone is not lost with a principal', () => {
    const open = document({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::site/*' });
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject', 'arn:aws:s3:::else/*')]), bucket('site', open)], app)).toEqual([]);
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject', 'arn:aws:s3:::site/*')]), bucket('site', open)], app)).toEqual(['app CAN_READ site']);
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject')]), bucket('site', open, B)], app)).toEqual([]);
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject')]), bucket('site', JSON.stringify(open), B)], app)).toEqual([]);
  });
  it('what is open to everyone under a condition of who asks, or by what the organization leaves, is', () => {
    const toOrganization = document({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::shared/*', Condition: { StringEquals: { 'aws:PrincipalAccount': A } } });
    expect(edges([role('app', service('ec2'), []), bucket('shared', toOrganization)], app)).toEqual(['app CAN_READ shared']);
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject')]), bucket('shared', toOrganization, B)], app)).toEqual(['app CAN_READ shared']);
    const fromNetwork = document({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::near/*', Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } });
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject')]), bucket('near', fromNetwork, B)], app)).toEqual(['app CAN_READ near?']);
    const open = document({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::site/*' });
    const perimeter: ReturnType<typeof bucket> = { urn: 'arn:aws:organizations::999900001111:policy/o-1/resource_control_policy/p-1', type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type: 'RESOURCE_CONTROL_POLICY', Targets: [{ TargetId: B }],
      Content: document({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }, { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: { 'aws:PrincipalAccount': A } } }) } };
    expect(edges([role('app', service('ec2'), [statement('s3:GetObject')]), bucket('site', open, B), perimeter], app)).toEqual(['app CAN_READ site']);
  });
  it('what runs as a role, unless the importer said so', () => {
    const resources = [adminRole(service('ec2')), instance('running'), fn('f', admin)];
    expect(edges(resources, admin)).toEqual(['i-1 RUNS_AS admin', 'arn:aws:lambda:eu-west-1:111122223333:function:f RUNS_AS admin']);
    expect(edges(resources, admin, [{ source: fnArn('f'), kind: 'RUNS_AS', target: admin, derived: false, provenance: 'observed' }])).toEqual(['i-1 RUNS_AS admin']);
  });
  it('an escalation carries the id of its primitive', () => expect(deriveIdentityEdges(graphOf([user('alice', [statement('iam:UpdateAssumeRolePolicy')]), adminRole(service('ec2'))]), alice, knowledge))
    .toEqual([{ source: alice, kind: 'PRIVESC', target: admin, derived: true, provenance: 'observed', reason: 'iam-012', cost: 1 }]));
  it('roles that trust each other in a circle end', () => {
    const ring = ['a', 'b', 'c'].map((name, i, all) => role(name, trustOf({ AWS: arn('role', all[(i + 1) % 3] ?? '') }), [statement('sts:AssumeRole')]));
    expect(edges(ring, arn('role', 'b'))).toEqual(['b CAN_ASSUME a']);
  });
});

describe('effectivePermission', () => {
  const graph: GraphView = graphOf([user('alice', [statement('kms:Decrypt'), statement('s3:GetObject')]), { urn: `arn:aws:kms:eu-west-1:${A}:key/k`, type: 'AWS::KMS::Key', kind: 'secret_key', account: A },
    { urn: 'arn:aws:s3:::b', type: 'AWS::S3::Bucket', kind: 'bucket', account: A, config: { Name: 'b', Policy: document({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::b/secret/*' }) } }]);
  it.each([['s3:GetObject', 'arn:aws:s3:::b/x', 'allowed'], ['s3:GetObject', 'arn:aws:s3:::b/secret/x', 'explicitly_denied'], ['s3:PutObject', 'arn:aws:s3:::b/x', 'implicitly_denied'], ['kms:Decrypt', `arn:aws:kms:eu-west-1:${A}:key/k`, 'unknown']])(
    '%s on %s', (action, resource, outcome) => expect(effectivePermission(graph, alice, action, resource, knowledge).outcome).toBe(outcome));
});

describe('properties', () => {
  it('never throws on arbitrary records', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const graph = graphOf([user('alice', [], { UserPolicyList: a, AttachedManagedPolicies: b, GroupList: a, PermissionsBoundary: b }), { ...role('app', a, []), config: b }, role('x', b, [], { RolePolicyList: [{ PolicyName: 'p', PolicyDocument: a }] })]);
      for (const urn of [alice, app, arn('role', 'x')]) expect(['tier0', 'tier1', 'none', 'unknown']).toContain(evaluateIdentity(graph, urn, new Set(), knowledge).tier);
      expect(Array.isArray(deriveIdentityEdges(graph, alice, knowledge))).toBe(true);
    }), { numRuns: 200 });
  });
});

const sample = join(import.meta.dirname, '../../../../../shared/samples/aws-iam-authz/2-cloudsplaining-test.json');
describe('a real account dump', () => {
  it.skipIf(!existsSync(sample))('is evaluated without gaps that it does not have', () => {
    const dump = JSON.parse(readFileSync(sample, 'utf8')) as Readonly<Record<'UserDetailList' | 'GroupDetailList' | 'RoleDetailList' | 'Policies', readonly { readonly Arn: string }[]>>;
    const draft = (type: string) => (config: { readonly Arn: string }): ResourceDraft => ({ urn: config.Arn, type, kind: 'identity', account: '012345678901', config });
    const resources = [...dump.UserDetailList.map(draft('AWS::IAM::User')), ...dump.GroupDetailList.map(draft('AWS::IAM::Group')), ...dump.RoleDetailList.map(draft('AWS::IAM::Role')), ...dump.Policies.map(draft('AWS::IAM::Policy'))];
    const tiers = Object.fromEntries([...dump.UserDetailList, ...dump.RoleDetailList].map((i) => [i.Arn.split('/').at(-1), identity(resources, i.Arn).tier]));
    expect(Object.values(tiers)).not.toContain('unknown');
  });
});
