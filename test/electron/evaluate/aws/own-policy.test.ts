import { describe, expect, it } from 'vitest';
import { deriveIdentityEdges } from '#electron/evaluate/aws/identity-edges.ts';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import { ownPolicy } from '#electron/evaluate/aws/own-policy.ts';
import type { Question } from '#electron/evaluate/platform.ts';
import { terraform } from '#electron/pipeline/graph/importers/terraform.ts';
import { mergePart } from '#electron/pipeline/graph/merge-parts.ts';
import type { Resource } from '#shared/model/resource.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { importAll } from '../../pipeline/graph/importers/read-records.ts';
import { A, allow, arn, ask, B, deny, doc, expectTold, knowledge, region } from './rows/row.ts';

const alice = arn('user', 'alice'), admin = arn('role', 'admin'), fn = `arn:aws:lambda:${region}:${A}:function:till`;
const user = (statements: readonly object[] = []): ResourceDraft => ({ urn: alice, type: 'AWS::IAM::User', kind: 'identity', account: A, name: 'alice', config: { UserName: 'alice', Arn: alice, UserPolicyList: statements.length === 0 ? [] : [{ PolicyName: 'p', PolicyDocument: doc(...statements) }], AttachedManagedPolicies: [], GroupList: [] } });
const boss: ResourceDraft = { urn: admin, type: 'AWS::IAM::Role', kind: 'identity', account: A, name: 'admin', config: { RoleName: 'admin', Arn: admin, AssumeRolePolicyDocument: doc({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }), RolePolicyList: [{ PolicyName: 'all', PolicyDocument: doc(allow('*')) }], AttachedManagedPolicies: [], InstanceProfileList: [] } };

/** A Terraform state with a function that runs as the role, and its permissions. */
function state(...permissions: readonly Readonly<Record<string, unknown>>[]): readonly Resource[] {
  const resource = (type: string, name: string, attributes: object): object => ({ mode: 'managed', type, name, provider: 'provider["registry.terraform.io/hashicorp/aws"]', instances: [{ attributes }] });
  const document = { version: 4, terraform_version: '1.9.5', serial: 1, lineage: 'x', outputs: {}, resources: [
    resource('aws_lambda_function', 'till', { arn: fn, id: 'till', function_name: 'till', role: admin, runtime: 'nodejs20.x' }),
    ...permissions.map((p, i) => resource('aws_lambda_permission', `p${i}`, { id: `s${i}`, statement_id: `s${i}`, function_name: fn, source_arn: '', ...p })),
  ] };
  const read = importAll(terraform, [document]);
  expect(read.errors).toEqual([]);
  const merged = new Map<string, Resource>();
  for (const part of read.resources) merged.set(part.urn, mergePart(merged.get(part.urn), { ...part, urn: part.urn }));
  return [...merged.values()];
}
const function1 = (...permissions: readonly Readonly<Record<string, unknown>>[]): readonly ResourceDraft[] => state(...permissions).map((r) => ({ ...r, account: A, region }));
const everyone = { action: 'lambda:InvokeFunction', principal: '*' }, forAlice = { action: 'lambda:InvokeFunction', principal: alice };
const may = (action = 'lambda:InvokeFunction', subject = alice): Question => ({ question: 'effective_permission', subject, action, object: fn });

describe('a permission that Terraform tells as a resource of its own', () => {
  it('is read as a policy of the function', () => {
    const found = graphOf(function1(everyone, { ...forAlice, statement_id: 'own' })).resource(fn);
    expect(found && ownPolicy(found)).toMatchObject({ state: 'known', inputs: [{ source: fn, pointer: '/PolicyStatements', document: { Statement: [{ Sid: 'own', Principal: { AWS: alice } }, { Sid: 's0', Principal: '*' }] } }] });
  });
  it('is seen by public_storage', () => {
    expectTold(ask(function1(everyone), { question: 'public_storage', subject: fn }), ['yes', 'resource_policy till/PolicyStatements/0: statement "s0" lets everyone do lambda:InvokeFunction']);
    expectTold(ask(function1(forAlice), { question: 'public_storage', subject: fn }), ['no RESOURCE_POLICY', 'lets in only whom it names']);
  });
  it('is seen by effective_permission', () => {
    expectTold(ask([user(), ...function1(forAlice)], may()), ['yes', 'iam.resource_allow till/PolicyStatements/0: statement "s0" of the policy of till allows it']);
    expectTold(ask([user(), ...function1({ ...forAlice, principal: arn('user', 'bob') })], may()), ['no IDENTITY']);
  });
  it('is seen by escalations and the edges that follow: whoever it lets change the code gets the function’s role', () => {
    const code = { action: 'lambda:UpdateFunctionCode', principal: alice }, other = { ...code, principal: arn('user', 'bob') };
    const edges = (permission: Readonly<Record<string, unknown>>) => deriveIdentityEdges(graphOf([user(), boss, ...function1(permission)]), alice, knowledge).map((e) => `${e.kind} ${e.target} ${e.reason ?? ''}`);
    expect(edges(code)).toEqual([`PRIVESC ${admin} lambda-003`]);
    expect(edges(other)).toEqual([]);
    expect(evaluateIdentity(graphOf([user(), boss, ...function1(code)]), alice, new Set([A]), knowledge).escalations).toEqual([{ id: 'lambda-003', target: admin, conditional: false }]);
  });
  it('opens the URL of a function', () => {
    const url = { FunctionUrlConfig: { FunctionUrl: 'https://x.lambda-url.example/', AuthType: 'NONE' } };
    const withUrl = (...p: readonly Readonly<Record<string, unknown>>[]) => function1(...p).map((d) => ({ ...d, config: { ...(d.config as object), ...url } }));
    expectTold(ask(withUrl({ ...everyone, action: 'lambda:InvokeFunctionUrl', function_url_auth_type: 'NONE' }, everyone), { question: 'ingress', subject: fn }), ['yes', 'resource_policy till/PolicyStatements/1: statement "s0" lets everyone do lambda:InvokeFunctionUrl', 'via https://x.lambda-url.example/']);
    expectTold(ask(withUrl({ ...everyone, action: 'lambda:InvokeFunctionUrl', function_url_auth_type: 'AWS_IAM' }), { question: 'ingress', subject: fn }), ['no RESOURCE_POLICY']);
  });
});

const held = (type: string, urn: string, config: object, account = A): ResourceDraft => ({ urn, type, kind: 'secret_key', account, name: 'it', config });
const key = `arn:aws:kms:${region}:${A}:key/k1`, queue = `arn:aws:sqs:${region}:${A}:jobs`, far = `arn:aws:sqs:${region}:${B}:jobs`, secret = `arn:aws:secretsmanager:${region}:${A}:secret:db-abcdef`;
const forUser = (Action: string): object => doc({ Sid: 'Own', Effect: 'Allow', Principal: { AWS: alice }, Action, Resource: '*' });
/** Where one call or another puts a policy, and what it allows the user. */
const places: readonly (readonly [fact: string, draft: ResourceDraft, action: string, edge: string])[] = [
  ['a queue’s Policy', held('AWS::SQS::Queue', queue, { Policy: forUser('sqs:*') }), 'sqs:SendMessage', 'CAN_WRITE'], ['a queue’s policy as text', held('AWS::SQS::Queue', queue, { Policy: JSON.stringify(forUser('sqs:*')) }), 'sqs:SendMessage', 'CAN_WRITE'],
  ['a key’s KeyPolicy', held('AWS::KMS::Key', key, { KeyPolicy: forUser('kms:*') }), 'kms:Decrypt', 'CAN_READ'], ['a grant of a key', held('AWS::KMS::Key', key, { Policy: doc(), KeyGrants: [{ GrantId: 'g1', GranteePrincipal: alice, Operations: ['Decrypt'] }] }), 'kms:Decrypt', 'CAN_READ'],
  ['a secret’s ResourcePolicy', held('AWS::SecretsManager::Secret', secret, { ResourcePolicy: forUser('secretsmanager:*') }), 'secretsmanager:GetSecretValue', 'CAN_READ'],
  ['a domain’s AccessPolicies', held('AWS::OpenSearch::Domain', `arn:aws:es:${region}:${A}:domain/d`, { AccessPolicies: forUser('es:*') }), 'es:ESHttpGet', 'CAN_READ'],
  ['statements one by one', held('AWS::SQS::Queue', queue, { PolicyStatements: [{ Sid: 'Own', Effect: 'Allow', Principal: { AWS: alice }, Action: 'sqs:*', Resource: '*' }] }), 'sqs:ReceiveMessage', 'CAN_READ'],
];

describe('one reader of resource policies', () => {
  it.each(places)('%s: effective_permission and the data edges agree', (_, draft, action, kind) => {
    const object = draft.type === 'AWS::OpenSearch::Domain' ? `${draft.urn}/_search` : draft.urn;
    const verdict = ask([user(), draft], { question: 'effective_permission', subject: alice, action, object });
    expect([verdict.answer, verdict.reasons[0]?.source]).toEqual(['yes', draft.urn]);
    expect(deriveIdentityEdges(graphOf([user(), draft]), alice, knowledge).map((e) => `${e.kind} ${e.target}`)).toContain(`${kind} ${draft.urn}`);
    const stranger = { ...draft, config: JSON.parse(JSON.stringify(draft.config).replaceAll('user/alice', 'user/bob')) as unknown };
    expect(ask([user(), stranger], { question: 'effective_permission', subject: alice, action, object }).answer).toBe('no');
    expect(deriveIdentityEdges(graphOf([user(), stranger]), alice, knowledge)).toEqual([]);
  });
  it('reads a policy and the statements beside it together, a Deny of one against an Allow of the other', () => {
    const both = (Policy: object): ResourceDraft => held('AWS::SQS::Queue', queue, { Policy, PolicyStatements: [{ Sid: 'No', Effect: 'Deny', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }] });
    expectTold(ask([user(), both(forUser('sqs:*'))], { question: 'effective_permission', subject: alice, action: 'sqs:SendMessage', object: queue }), ['no RESOURCE', 'iam.explicit_deny jobs/PolicyStatements/0: statement "No" of the policy of it denies it']);
    expectTold(ask([user(), both(forUser('sqs:*'))], { question: 'effective_permission', subject: alice, action: 'sqs:ReceiveMessage', object: queue }), ['yes', 'jobs/Policy/Statement/0: statement "Own" of the policy of it allows it']);
  });
  it('a policy of another account’s queue that is not recorded is unknown, recorded as none is no', () => {
    const there = (config: object) => ask([user([allow('sqs:*')]), held('AWS::SQS::Queue', far, config, B)], { question: 'effective_permission', subject: alice, action: 'sqs:SendMessage', object: far });
    expectTold(there({}), ['unknown', 'missing its resource policy of jobs']);
    expectTold(there({ Policy: null }), ['no RESOURCE', 'no resource policy allows it']);
  });
  it('a policy that can’t be read is unknown and named, unless another says no', () => {
    const broken = held('AWS::SQS::Queue', queue, { Policy: '{"Statement":' });
    expectTold(ask([user([allow('sqs:*')]), broken], { question: 'effective_permission', subject: alice, action: 'sqs:SendMessage', object: queue }), ['unknown', 'missing its resource policy of jobs']);
    expectTold(ask([user([deny('sqs:*')]), broken], { question: 'effective_permission', subject: alice, action: 'sqs:SendMessage', object: queue }), ['no EXPLICIT_DENY']);
  });
  it('a policy of the own account that is not recorded is assumed to say nothing', () =>
    expectTold(ask([user([allow('sqs:*')]), held('AWS::SQS::Queue', queue, {})], { question: 'effective_permission', subject: alice, action: 'sqs:SendMessage', object: queue }), ['yes', 'assumed resource_policy']));
  it('a grant of a key counts for principals that are not in the snapshot too', () => {
    const grantee = arn('role', 'far', B), of = (principal: string) => ask([held('AWS::KMS::Key', key, { Policy: doc(), KeyGrants: [{ GrantId: 'g1', GranteePrincipal: principal, Operations: ['Decrypt'] }] })], { question: 'effective_permission', subject: grantee, action: 'kms:Decrypt', object: key });
    expectTold(of(grantee), ['unknown', 'missing the policies of the principal of far']);
    expectTold(of(arn('role', 'else', B)), ['no RESOURCE']);
  });
});
