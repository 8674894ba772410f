import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIdentityKnowledge } from '#electron/evaluate/aws/identity-knowledge.ts';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import { questionKinds, type Question, type QuestionAnswer } from '#electron/evaluate/platform.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { memoryGraph } from '#electron/pipeline/graph/memory-graph.ts';
import type { Resource } from '#shared/model/resource.ts';
import type { ResourceDraft } from '../../graph-of.ts';
import { ec2, instanceUrn, networkWith, rule } from './aws/aws-network.ts';

const read = (path: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources', path), 'utf8'));
const knowledge = (() => {
  const result = readIdentityKnowledge({ primitives: read('attack/aws-privesc-primitives.json'), additions: read('attack/aws-privesc-additions.json'), managedPolicies: read('policies/aws-managed/policies.json') });
  if (!result.ok) throw new Error(result.error);
  return result.value;
})();
const A = '111122223333', B = '444455556666', OUT = '999999999999', accounts = new Set([A, B]);
const arn = (kind: string, name: string, account = A): string => `arn:aws:iam::${account}:${kind}/${name}`;
const doc = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const can = (Action: unknown, Resource: unknown = '*', more: object = {}): object => ({ Effect: 'Allow', Action, Resource, ...more });
const trust = (Principal: unknown, Condition?: object): object => doc({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...(Condition && { Condition }) });
const inline = (s: readonly object[]): object[] => (s.length === 0 ? [] : [{ PolicyName: 'inline', PolicyDocument: doc(...s) }]);
const user = (name: string, s: readonly object[], more: object = {}): ResourceDraft =>
  ({ urn: arn('user', name), type: 'AWS::IAM::User', kind: 'identity', account: A, name, config: { UserName: name, Arn: arn('user', name), UserPolicyList: inline(s), AttachedManagedPolicies: [], GroupList: [], ...more } });
const role = (name: string, Trust: unknown, s: readonly object[], more: object = {}): ResourceDraft =>
  ({ urn: arn('role', name), type: 'AWS::IAM::Role', kind: 'identity', account: A, name, config: { RoleName: name, Arn: arn('role', name), AssumeRolePolicyDocument: Trust, RolePolicyList: inline(s), AttachedManagedPolicies: [], InstanceProfileList: [], ...more } });
const bucket = (more: object = {}, extra: Partial<ResourceDraft> = {}): ResourceDraft =>
  ({ urn: 'arn:aws:s3:::reports', type: 'AWS::S3::Bucket', kind: 'bucket', account: A, aliases: ['reports'], config: { Name: 'reports', Grants: [], Policy: null, PublicAccessBlockConfiguration: null, OwnershipControls: null, ...more }, ...extra });
const accountBlock: ResourceDraft = { urn: `arn:aws:s3::${A}:account-public-access-block`, type: 'AWS::S3::AccountPublicAccessBlock', kind: 'other', account: A, config: null };
const scp = (...s: readonly object[]): ResourceDraft => ({ urn: 'arn:aws:organizations::p-1', type: 'AWS::Organizations::Policy', kind: 'policy', config: { Type: 'SERVICE_CONTROL_POLICY', Content: doc(...s), Targets: [{ TargetId: A }] } });
const publicRead = doc({ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' });
const admin = role('admin', trust({ Service: 'ec2.amazonaws.com' }), [can('*')]);
const alice = arn('user', 'alice'), app = arn('role', 'app');

const complete = (draft: ResourceDraft): Resource => ({ aliases: [], tags: {}, deleted: false, config: {}, source: 'test', provenance: 'observed', ...draft });
const records = (drafts: readonly ResourceDraft[]) => drafts.map((d, i) => ({ resources: [complete(d)], edges: [], file: 'test', record: i }));
function ask(drafts: readonly ResourceDraft[], question: Question): QuestionAnswer {
  const graph = memoryGraph(records(drafts));
  const derived = () => memoryGraph(records(drafts), [...deriveEdges(graph, new Set(drafts.map((d) => d.urn)), derivations(knowledge), () => [])].flatMap((g) => g.edges));
  const result = answerQuestion(graph, question, {
    knowledge, accounts, derived,
    blast: { isProduction: (r) => r.tags['env'] === 'prod', isSensitive: (r) => r.kind === 'bucket', isCrownJewel: () => false, tierOf: (urn) => evaluateIdentity(graph, urn, accounts, knowledge).tier },
  });
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
const network = (change: Parameters<typeof networkWith>[0] = {}, more: readonly ResourceDraft[] = []): readonly ResourceDraft[] => {
  const graph = networkWith(change, more);
  return ['Instance', 'NetworkInterface', 'Subnet', 'RouteTable', 'InternetGateway', 'NetworkAcl', 'SecurityGroup'].flatMap((t) => graph.ofType(`AWS::EC2::${t}`));
};

type Case = readonly [fact: string, drafts: readonly ResourceDraft[], question: Question, answer: QuestionAnswer['answer'], more?: Partial<QuestionAnswer>];
/** An unknown says why: what is missing, or the condition on which it hangs. */
const isExplained = (a: QuestionAnswer): boolean => a.answer !== 'unknown' || a.missing.length > 0 || a.blocked_by === 'CONDITION';
const inbound = (port: number, object?: string): Question => ({ question: 'ingress', subject: instanceUrn, port, protocol: 'tcp', object });
const ingress: readonly Case[] = [
  ['the port that the group opens', network(), inbound(22), 'yes'],
  ['another port', network(), inbound(23), 'no', { blocked_by: 'SG_IN' }],
  ['without an internet gateway', network({ gateway: { Attachments: [] } }), inbound(22), 'no'],
  ['a stopped instance', network({ instance: { State: { Name: 'stopped' } } }), inbound(22), 'no', { blocked_by: 'STATE' }],
  ['open to an office, asked from there', network({ group: { IpPermissions: [rule(22, '198.51.100.0/24')] } }), inbound(22, '198.51.100.7'), 'yes'],
  ['open to an office, asked from the internet', network({ group: { IpPermissions: [rule(22, '198.51.100.0/24')] } }), inbound(22, 'internet'), 'no'],
  ['the group is not in the snapshot', network({ group: undefined }), inbound(22), 'unknown', { missing: [expect.objectContaining({ entity: 'sg-1' })] }],
  ['the instance is not in the snapshot', [], inbound(22), 'unknown'],
  ['from another host that is not known well enough', network({}, [ec2('Instance', 'vm', 'instance', 'i-2', { InstanceId: 'i-2' })]), inbound(22, 'i-2'), 'unknown', { missing: [expect.objectContaining({ what: expect.stringContaining('network interfaces') })] }],
  ['egress without a rule for it', network(), { question: 'egress', subject: instanceUrn }, 'no', { blocked_by: 'SG_OUT' }],
  ['egress with one', network({ group: { IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] } }), { question: 'egress', subject: instanceUrn, port: 443 }, 'yes'],
  ['host to host without a rule for it', network(), { question: 'host_to_host', subject: instanceUrn, object: '10.0.0.77', port: 22 }, 'no', { blocked_by: 'SG_OUT' }],
  ['a virtual machine of Azure', [], { question: 'ingress', subject: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/v' }, 'unknown', { missing: [expect.objectContaining({ what: 'the resource', supply: expect.stringContaining('Resource Graph') })] }],
  ['a virtual machine of Google Cloud', [], { question: 'ingress', subject: '//compute.googleapis.com/projects/p/zones/z/instances/i' }, 'unknown', { missing: [expect.objectContaining({ what: 'the resource', supply: expect.stringContaining('gcloud asset export') })] }],
];
const storage: readonly Case[] = [
  ['a public policy', [bucket({ Policy: publicRead }), accountBlock], { question: 'public_storage', subject: 'reports' }, 'yes'],
  ['the same, for writing', [bucket({ Policy: publicRead }), accountBlock], { question: 'public_storage', subject: 'reports', action: 's3:PutObject' }, 'no', { blocked_by: 'NO_GRANT_OF_WRITE' }],
  ['the same under the block', [bucket({ Policy: publicRead, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }), accountBlock], { question: 'public_storage', subject: 'reports' }, 'no', { blocked_by: 'PUBLIC_ACCESS_BLOCK' }],
  ['the policy is not recorded', [bucket({ Policy: undefined }), accountBlock], { question: 'public_storage', subject: 'reports' }, 'unknown'],
  ['a queue: not evaluated', [{ urn: `arn:aws:sqs:eu-west-1:${A}:q`, type: 'AWS::SQS::Queue', kind: 'queue_topic' }], { question: 'public_storage', subject: `arn:aws:sqs:eu-west-1:${A}:q` }, 'unknown'],
];
const assume = (subject: string, object = app): Question => ({ question: 'can_assume', subject, object });
const assuming: readonly Case[] = [
  ['named by the trust policy', [user('alice', []), role('app', trust({ AWS: alice }), [])], assume(alice), 'yes'],
  ['another is named', [user('alice', [can('sts:*')]), role('app', trust({ AWS: arn('user', 'bob') }), [])], assume(alice), 'no', { blocked_by: 'RESOURCE' }],
  ['the account is named and the user may', [user('alice', [can('sts:AssumeRole')]), role('app', trust({ AWS: A }), [])], assume(alice), 'yes'],
  ['the account is named and the user may not', [user('alice', []), role('app', trust({ AWS: A }), [])], assume(alice), 'no', { blocked_by: 'IDENTITY' }],
  ['an SCP forbids it', [user('alice', []), role('app', trust({ AWS: alice }), []), scp(can('*'), { Effect: 'Deny', Action: 'sts:AssumeRole', Resource: '*' })], assume(alice), 'no', { blocked_by: 'SCP' }],
  ['with MFA', [user('alice', []), role('app', trust({ AWS: alice }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), [])], assume(alice), 'unknown', { blocked_by: 'CONDITION' }],
  ['over another role', [user('alice', []), role('hop', trust({ AWS: alice }), []), role('app', trust({ AWS: arn('role', 'hop') }), [])], assume(alice), 'yes', { via: `CAN_ASSUME ${arn('role', 'hop')} → CAN_ASSUME ${app}` }],
  ['over a role with a condition', [user('alice', []), role('hop', trust({ AWS: alice }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), []), role('app', trust({ AWS: arn('role', 'hop') }), [])], assume(alice), 'unknown', { blocked_by: 'CONDITION' }],
  ['a service that is trusted', [role('app', trust({ Service: 'lambda.amazonaws.com' }), [])], assume('lambda.amazonaws.com'), 'yes'],
  ['a service that is not', [role('app', trust({ Service: 'lambda.amazonaws.com' }), [])], assume('ec2.amazonaws.com'), 'no', { blocked_by: 'RESOURCE' }],
  ['a trusted role of another account, whose policies are not here', [role('app', trust({ AWS: arn('role', 'x', OUT) }), [])], assume(arn('role', 'x', OUT)), 'unknown', { missing: [expect.objectContaining({ entity: arn('role', 'x', OUT) })] }],
  ['a role of another account that is not trusted', [role('app', trust({ AWS: alice }), [])], assume(arn('role', 'x', OUT)), 'no'],
  ['anyone outside, where an outside account is trusted', [role('app', trust({ AWS: OUT }), [])], assume('external'), 'yes'],
  ['anyone outside, where a known account is trusted', [role('app', trust({ AWS: B }), [])], assume('external'), 'no'],
  ['anyone at all, where everyone is trusted', [role('app', trust('*'), [])], assume('*'), 'yes'],
  ['anyone at all, where an account is trusted', [role('app', trust({ AWS: OUT }), [])], assume('*'), 'no'],
  ['the session of a role', [role('hop', trust({ AWS: A }), []), role('app', trust({ AWS: arn('role', 'hop') }), [])], assume(`arn:aws:sts::${A}:assumed-role/hop/s`), 'yes'],
  ['a role that is not in the snapshot', [user('alice', [can('sts:*')])], assume(alice, arn('role', 'lost')), 'unknown'],
  ['a bucket is no role', [user('alice', [can('*')]), bucket()], assume(alice, 'reports'), 'no', { blocked_by: 'NOT_A_ROLE' }],
];
const may = (action: string, object?: string, subject = alice): Question => ({ question: 'effective_permission', subject, action, object });
const keyArn = `arn:aws:kms:eu-west-1:${A}:key/k1`;
const queueArn = `arn:aws:sqs:eu-west-1:${A}:jobs`;
const queueOf = (Policy: unknown): ResourceDraft => ({ urn: queueArn, type: 'AWS::SQS::Queue', kind: 'queue_topic', account: A, config: { Policy } });
const file = 'arn:aws:s3:::reports/x', far = `arn:aws:sqs:eu-west-1:${B}:q`;
const permissions: readonly Case[] = [
  ['allowed by its policy', [user('alice', [can('s3:GetObject')]), bucket()], may('s3:GetObject', file), 'yes', { assumed: ['service_control_policy', 'resource_control_policy'] }],
  ['not allowed', [user('alice', []), bucket()], may('s3:GetObject', file), 'no', { blocked_by: 'IDENTITY' }],
  ['denied', [user('alice', [can('s3:*'), { Effect: 'Deny', Action: 's3:Get*', Resource: '*' }]), bucket()], may('s3:GetObject', file), 'no', { blocked_by: 'EXPLICIT_DENY' }],
  ['denied by the bucket', [user('alice', [can('s3:*')]), bucket({ Policy: doc({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }) })], may('s3:GetObject', file), 'no', { blocked_by: 'RESOURCE' }],
  ['a boundary takes it away', [user('alice', [can('s3:*')], { PermissionsBoundary: { PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/SecurityAudit' } }), bucket()], may('s3:PutObject', file), 'no', { blocked_by: 'BOUNDARY' }],
  ['the bucket policy is not recorded', [user('alice', [can('s3:*')]), bucket({ Policy: undefined })], may('s3:GetObject', file), 'unknown', { missing: [expect.objectContaining({ what: 'its resource policy' })] }],
  ['the bucket is not in the snapshot', [user('alice', [can('s3:*')])], may('s3:GetObject', file), 'unknown'],
  ['a queue of another account that is not in the snapshot', [user('alice', [can('sqs:*')])], may('sqs:SendMessage', far), 'unknown'],
  ['the same without a policy of its own', [user('alice', [])], may('sqs:SendMessage', far), 'no', { blocked_by: 'IDENTITY' }],
  ['anyone on the internet, a queue for everyone', [queueOf(doc({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: queueArn }))], may('sqs:SendMessage', queueArn, 'internet'), 'yes'],
  ['anyone on the internet, a queue for its account’s resources', [queueOf(doc({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: queueArn, Condition: { StringEquals: { 'aws:SourceAccount': A } } }))], may('sqs:SendMessage', queueArn, 'internet'), 'no', { blocked_by: 'RESOURCE_POLICY' }],
  ['anonymous, public bucket', [bucket({ Policy: publicRead }), accountBlock], may('s3:GetObject', file, '*'), 'yes'],
  ['anonymous, closed bucket', [bucket(), accountBlock], may('s3:GetObject', file, '*'), 'no'],
  ['an account outside, public bucket under the block', [user('alice', [can('s3:*')]), bucket({ Policy: publicRead, PublicAccessBlockConfiguration: { RestrictPublicBuckets: true } }, { account: B }), accountBlock], may('s3:GetObject', file), 'no', { blocked_by: 'BLOCK_PUBLIC_ACCESS' }],
  ['a user that is not in the snapshot', [bucket()], may('s3:GetObject', file, 'nobody'), 'unknown'],
];
const cryptoKey = (KeyGrants?: readonly object[], Policy: unknown = doc({ Effect: 'Allow', Principal: { AWS: arn('user', 'bob') }, Action: 'kms:*', Resource: '*' })): ResourceDraft => ({ urn: keyArn, type: 'AWS::KMS::Key', kind: 'secret_key', account: A, config: { Policy, ...(KeyGrants && { KeyGrants }) } });
const granted = (more: object = {}) => ({ GrantId: 'g1', KeyId: keyArn, GranteePrincipal: alice, Operations: ['Decrypt'], ...more });
const keyAccess: readonly Case[] = [
  ['a grant of the key', [user('alice', []), cryptoKey([granted()])], may('kms:Decrypt', keyArn), 'yes', { via: 'statement "g1" of a grant of the key allows it' }],
  ['a grant for another operation', [user('alice', []), cryptoKey([granted({ Operations: ['Encrypt'] })])], may('kms:Decrypt', keyArn), 'no'],
  ['a grant for somebody else', [user('alice', []), cryptoKey([granted({ GranteePrincipal: arn('user', 'bob') })])], may('kms:Decrypt', keyArn), 'no'],
  ['a grant and a Deny', [user('alice', [{ Effect: 'Deny', Action: 'kms:*', Resource: '*' }]), cryptoKey([granted()])], may('kms:Decrypt', keyArn), 'no', { blocked_by: 'EXPLICIT_DENY' }],
  ['a grant under an encryption context', [user('alice', []), cryptoKey([granted({ Constraints: { EncryptionContextEquals: { app: 'x' } } })])], may('kms:Decrypt', keyArn), 'unknown', { blocked_by: 'CONDITION' }],
  ['a key policy that hands over to IAM', [user('alice', [can('kms:Decrypt')]), cryptoKey(undefined, doc({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${A}:root` }, Action: 'kms:*', Resource: '*' }))], may('kms:Decrypt', keyArn), 'yes'],
  ['a key policy that does not', [user('alice', [can('kms:Decrypt')]), cryptoKey()], may('kms:Decrypt', keyArn), 'no'],
];
const gain = (object?: string): Question => ({ question: 'escalation', subject: alice, object });
const self = can('iam:PutUserPolicy', alice);
const escalation: readonly Case[] = [
  ['may rewrite its own policy', [user('alice', [self])], gain(), 'yes'],
  ['may not', [user('alice', [can('s3:*')])], gain(), 'no', { blocked_by: 'NO_PRIMITIVE' }],
  ['may, but an SCP forbids it', [user('alice', [self]), scp(can('*'), { Effect: 'Deny', Action: 'iam:*', Resource: '*' })], gain(), 'no'],
  ['may, with MFA', [user('alice', [can('iam:PutUserPolicy', alice, { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } })])], gain(), 'unknown', { blocked_by: 'CONDITION' }],
  ['an administrator already', [user('alice', [can('*')])], gain(), 'yes', { via: 'it is equivalent to an administrator' }],
  ['may assume an administrator', [user('alice', []), role('boss', trust({ AWS: alice }), [can('*')])], gain(), 'yes'],
  ['may pass the administrator to an instance', [user('alice', [can(['iam:PassRole', 'ec2:RunInstances'])]), { ...admin, config: { ...(admin.config as object), InstanceProfileList: [{ Arn: arn('instance-profile', 'admin') }] } }], gain(arn('role', 'admin')), 'yes'],
  ['may pass roles but start nothing', [user('alice', [can('iam:PassRole')]), admin], gain(arn('role', 'admin')), 'no'],
  ['a policy of unknown content', [user('alice', [], { AttachedManagedPolicies: [{ PolicyName: 'lost', PolicyArn: arn('policy', 'lost') }] })], gain(), 'unknown'],
  ['not in the snapshot', [], gain(), 'unknown'],
];
const fall = (object?: string): Question => ({ question: 'blast_radius', subject: alice, object });
const prod = bucket({}, { tags: { env: 'prod' } });
const blast: readonly Case[] = [
  ['reaches a sensitive production bucket', [user('alice', [can('s3:*')]), prod], fall(), 'yes', { level: 'high' }],
  ['reaches nothing', [user('alice', []), prod], fall(), 'no', { level: 'low' }],
  ['the bucket is in it', [user('alice', [can('s3:*')]), prod], fall('reports'), 'yes'],
  ['the bucket is not in it', [user('alice', []), prod], fall('reports'), 'no', { blocked_by: 'NOT_REACHED' }],
  ['at least high?', [user('alice', [can('s3:*')]), bucket()], fall('high'), 'no', { level: 'medium' }],
  ['not in the snapshot', [], fall(), 'unknown', { level: 'unknown' }],
];

describe.each([['ingress', ingress], ['public_storage', storage], ['can_assume', assuming], ['effective_permission', permissions], ['effective_permission on keys', keyAccess], ['escalation', escalation], ['blast_radius', blast]] as const)('answerQuestion: %s', (_kind, cases) => {
  it.each(cases.map(([fact, drafts, question, answer, more = {}]: Case) => ({ fact, drafts, question, answer, more })))('$fact', ({ drafts, question, answer, more }) => {
    const found = ask(drafts, question);
    expect(found).toMatchObject({ answer, ...more });
    expect(isExplained(found)).toBe(true);
  });
});

describe('a question of reach', () => {
  const about = (question: Question['question'], subject: string, object: string | undefined, port = 22) => { const { answer, blocked_by, reasons } = ask(network(), { question, subject, object, port, protocol: 'tcp' }); return { answer, blocked_by, reasons }; };
  it.each(['internet', '0.0.0.0/0', '198.51.100.7'])('may name where the connection comes from first: %s', (from) => {
    for (const port of [22, 443]) {
      const asked = about('ingress', instanceUrn, from, port);
      expect(asked.answer).toBe(port === 22 ? 'yes' : 'no');
      expect(about('ingress', from, instanceUrn, port)).toEqual(asked);
      expect(about('host_to_host', from, instanceUrn, port)).toEqual(asked);
    }
  });
  it.each(['internet', '198.51.100.7'])('may name where it goes to as a host: %s', (to) => {
    const out = about('egress', instanceUrn, to, 443);
    expect(about('host_to_host', instanceUrn, to, 443)).toEqual(out);
    expect(about('egress', to, instanceUrn, 443)).toEqual(out);
    expect(out.answer).toBe('no');
    expect(out.blocked_by).toBe('SG_OUT');
  });
  it('leaves an address of a host of ours that host', () => {
    expect(about('ingress', '203.0.113.10', undefined).answer).toBe('yes');
    expect(about('ingress', '203.0.113.10', '198.51.100.7', 443)).toMatchObject({ answer: 'no', blocked_by: 'SG_IN' });
  });
});

describe('a planned role of an account that nobody tells', () => {
  const planned: ResourceDraft = { urn: 'terraform:aws_iam_role.r', type: 'AWS::IAM::Role', kind: 'identity', name: 'r', config: { RoleName: 'r', AssumeRolePolicyDocument: trust({ AWS: alice }), RolePolicyList: [], AttachedManagedPolicies: [], InstanceProfileList: [] } };
  it('is assumed for sure only by who is let out and in', () => {
    expect(ask([user('alice', [can('sts:AssumeRole')]), planned], { question: 'can_assume', subject: alice, object: planned.urn }).answer).toBe('yes');
    expect(ask([user('alice', []), planned], { question: 'can_assume', subject: alice, object: planned.urn }).answer).toBe('unknown');
  });
});

describe('a question about storage', () => {
  it.each(['reports', 's3://reports', 's3://reports/2026/', 'arn:aws:s3:::reports/*', 'https://reports.s3.amazonaws.com/', 'https://reports.s3.eu-west-1.amazonaws.com/a', 'https://s3.eu-west-1.amazonaws.com/reports/a'])('may name the bucket as %s', (subject) => {
    expect(ask([bucket({ Policy: publicRead }), accountBlock], { question: 'public_storage', subject }).answer).toBe('yes');
    expect(ask([bucket(), accountBlock], { question: 'public_storage', subject }).answer).toBe('no');
  });
  it('takes no other bucket for it', () => expect(ask([bucket({ Policy: publicRead }), accountBlock], { question: 'public_storage', subject: 's3://report' })).toMatchObject({ answer: 'unknown', missing: [{}] }));
});

describe('answerQuestion', () => {
  it('demands what a question needs', () => {
    const context = { knowledge, accounts, derived: () => memoryGraph([]), blast: { isProduction: () => false, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' as const } };
    expect(answerQuestion(memoryGraph([]), { question: 'can_assume', subject: alice }, context)).toMatchObject({ ok: false });
    expect(answerQuestion(memoryGraph([]), { question: 'effective_permission', subject: alice }, context)).toMatchObject({ ok: false });
  });
  it('never throws and never guesses about what it does not know', () => {
    const drafts = [user('alice', [self]), role('app', trust({ AWS: alice }), []), bucket({ Policy: publicRead }), ...network()];
    const id = fc.oneof(fc.string(), fc.constantFrom(alice, app, 'reports', instanceUrn, '*', 'external', 'ec2.amazonaws.com', 'arn:aws:s3:::lost', file, far, A));
    const question = fc.record({ question: fc.constantFrom(...questionKinds), subject: id, object: id, action: fc.constantFrom('s3:GetObject', 'iam:PassRole', 'x'), port: fc.integer({ min: 0, max: 65535 }), protocol: fc.constantFrom('tcp', '17', 'nope') });
    fc.assert(fc.property(question, (q) => {
      const found = ask(drafts, q);
      expect(['yes', 'no', 'unknown']).toContain(found.answer);
      expect(isExplained(found)).toBe(true);
    }), { numRuns: 150 });
  });
});
