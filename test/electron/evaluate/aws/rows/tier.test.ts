import { describe, expect, it } from 'vitest';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import type { Question } from '#electron/evaluate/platform.ts';
import { graphOf, type ResourceDraft } from '../../../../graph-of.ts';
import { boundary, group, managed, policy, role, scp, service, tree, user } from './identity.ts';
import { A, allow, arn, deny, doc, expectRow, expectTold, ask, knowledge, pair, when, type Row } from './row.ts';

const alice = arn('user', 'alice'), gain: Question = { question: 'escalation', subject: alice };
const held = (...statements: readonly object[]): readonly ResourceDraft[] => [user('alice', statements)];
const attached = (...names: readonly string[]): readonly ResourceDraft[] => [user('alice', [], { AttachedManagedPolicies: managed(...names) })];
const tierOf = (drafts: readonly ResourceDraft[]) => evaluateIdentity(graphOf(drafts), alice, new Set([A]), knowledge).tier;
const all = allow('*'), is = 'IAM.escalation alice: it is equivalent to an administrator', none = 'IAM.escalation alice: it holds no escalation primitive and reaches no identity that does';
const admin = (fact: string, first: readonly ResourceDraft[], second: readonly ResourceDraft[], ...told: readonly string[]): Row => pair('admin-equivalent', fact, gain, first, ['yes', is], second, told.length === 0 ? ['no NO_PRIMITIVE', none] : [told[0] ?? '', ...told.slice(1)]);

const rows: readonly Row[] = [
  admin('Allow * on *, or on one resource', held(all), held(allow('*', 'arn:aws:s3:::one/*'))),
  admin('iam:*, or reading IAM', held(allow('iam:*')), held(allow(['iam:Get*', 'iam:List*']))),
  admin('by a group, or by none', [user('alice', [], { GroupList: ['ops'] }), group('ops', [all])], [user('alice'), group('ops', [all])]),
  admin('by a managed policy of AWS, or by one that only reads', attached('AdministratorAccess'), attached('SecurityAudit')),
  admin('by IAMFullAccess, or by a log policy', attached('IAMFullAccess'), attached('CloudWatchLogsFullAccess')),
  admin('without a boundary, or under one', held(all), [user('alice', [all], boundary('edge')), policy('edge', [allow('logs:*')])], 'no BOUNDARY', 'no boundary policy allows it'),
  admin('without an SCP, or under one that allows only logs', [...held(all), ...tree], [...held(all), ...tree, scp('p-1', 'r-1', allow('logs:*'))], 'no SCP', 'no SCP policy allows it'),
  admin('without a Deny, or with one', held(allow('iam:*')), held(allow('iam:*'), deny('iam:*')), 'no EXPLICIT_DENY'),
  pair('admin-equivalent', 'a self-escalation primitive on itself, or on another', gain, held(allow('iam:PutUserPolicy', alice)), ['yes', 'via iam-007 on arn'], held(allow('iam:PutUserPolicy', arn('user', 'bob'))), ['no NO_PRIMITIVE', none]),
  pair('admin-equivalent', 'on an attached policy, or on one that isn’t', gain, [user('alice', [], { AttachedManagedPolicies: managed(arn('policy', 'own')) }), policy('own', [allow('iam:CreatePolicyVersion', arn('policy', 'own'))])], ['yes', 'via iam-001 on arn'], [user('alice', [allow('iam:CreatePolicyVersion', arn('policy', 'own'))]), policy('own', [allow('logs:*')])], ['no NO_PRIMITIVE']),
  pair('admin-equivalent', 'on an administrator, or on a peer', gain, [user('alice', [allow('iam:CreateAccessKey')]), user('boss', [all])], ['yes', 'via iam-002 on arn'], [user('alice', [allow('iam:CreateAccessKey')]), user('boss')], ['no NO_PRIMITIVE']),
  pair('admin-equivalent', 'plainly, or on condition of MFA', gain, held(all), ['yes', is], held(allow('*', '*', when('Bool', 'aws:MultiFactorAuthPresent', 'true'))), ['unknown CONDITION', 'hangs on a condition']),
  pair('managed policies', 'one that is shipped, or one that nobody knows', { question: 'effective_permission', subject: alice, action: 's3:GetObject', object: 'arn:aws:s3:::one/k' }, [...attached('AmazonS3FullAccess'), bucket()], ['yes', 'AmazonS3FullAccess allows it'], [...attached('SomethingNewFullAccess'), bucket()], ['unknown', 'missing document of policy SomethingNewFullAccess']),
  pair('managed policies', 'an unknown one, or an unknown one beside a Deny', { question: 'effective_permission', subject: alice, action: 's3:GetObject', object: 'arn:aws:s3:::one/k' }, [...attached('SomethingNewFullAccess'), bucket()], ['unknown', 'missing document of policy SomethingNewFullAccess'], [user('alice', [deny('s3:*')], { AttachedManagedPolicies: managed('SomethingNewFullAccess') }), bucket()], ['no EXPLICIT_DENY']),
  pair('managed policies', 'an own one that was imported, or not', gain, [user('alice', [], { AttachedManagedPolicies: managed(arn('policy', 'own')) }), policy('own', [allow('logs:*')])], ['no NO_PRIMITIVE'], [user('alice', [], { AttachedManagedPolicies: managed(arn('policy', 'own')) })], ['unknown', 'missing document of policy own']),
];
function bucket(): ResourceDraft { return { urn: 'arn:aws:s3:::one', type: 'AWS::S3::Bucket', kind: 'bucket', account: A, config: { Name: 'one', Policy: null } }; }

describe('AWS administrators and managed policies', () => {
  it.each(rows)('$id: $fact', (row) => expectRow(row));
  it.each([
    ['Allow * on *', held(all), 'tier0'], ['iam:*', held(allow('iam:*')), 'tier0'], ['a self-escalation', held(allow('iam:AttachUserPolicy', alice)), 'tier0'], ['all but IAM', held({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), 'tier1'], ['all objects', held(allow('s3:GetObject')), 'tier1'], ['objects of one bucket', held(allow('s3:GetObject', 'arn:aws:s3:::one/*')), 'none'],
    ['passing a role that is no administrator', [user('alice', [allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'])]), role('app', service('lambda'), [allow('s3:GetObject', 'arn:aws:s3:::pay/*')])], 'tier1'], ['a policy of unknown content', attached('SomethingNewFullAccess'), 'unknown'], ['nothing', held(), 'none'],
  ] as const)('the tier of %s', (_, drafts, tier) => expect(tierOf(drafts)).toBe(tier));
  it.each([['AdministratorAccess', 'tier0'], ['IAMFullAccess', 'tier0'], ['PowerUserAccess', 'tier1'], ['ReadOnlyAccess', 'tier1'], ['AmazonS3FullAccess', 'tier1'], ['SecurityAudit', 'none']] as const)('%s is shipped, and makes %s', (name, tier) => {
    expect(knowledge.managedPolicies.has(`arn:aws:iam::aws:policy/${name}`)).toBe(true);
    expect(tierOf(attached(name))).toBe(tier);
  });
  it('a newer document in the snapshot wins over the shipped one', () => {
    const urn = 'arn:aws:iam::aws:policy/AmazonS3FullAccess', own: ResourceDraft = { ...policy('x', []), urn, account: 'aws', config: { PolicyName: 'AmazonS3FullAccess', Arn: urn, PolicyVersionList: [{ VersionId: 'v9', IsDefaultVersion: true, Document: doc(allow('s3:List*')) }] } };
    expectTold(ask([...attached('AmazonS3FullAccess'), own, bucket()], { question: 'effective_permission', subject: alice, action: 's3:GetObject', object: 'arn:aws:s3:::one/k' }), ['no IDENTITY']);
  });
});
