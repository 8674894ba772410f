import type { ResourceDraft } from '../../../../graph-of.ts';
import { A, arn, doc, region } from './row.ts';

const inline = (s: readonly object[]): object[] => (s.length === 0 ? [] : [{ PolicyName: 'inline', PolicyDocument: doc(...s) }]);
export const managed = (...names: readonly string[]): object[] => names.map((n) => ({ PolicyName: n, PolicyArn: n.startsWith('arn:') ? n : `arn:aws:iam::aws:policy/${n}` }));
export const trust = (Principal: unknown, more: object = {}): object => doc({ Sid: 'Trust', Effect: 'Allow', Principal, Action: ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoleWithSAML'], ...more });
export const service = (...names: readonly string[]): object => trust({ Service: names.map((n) => (n.includes('.') ? n : `${n}.amazonaws.com`)) });
export const user = (name: string, statements: readonly object[] = [], more: object = {}): ResourceDraft =>
  ({ urn: arn('user', name), type: 'AWS::IAM::User', kind: 'identity', account: A, name, config: { UserName: name, Arn: arn('user', name), UserPolicyList: inline(statements), AttachedManagedPolicies: [], GroupList: [], Tags: [], ...more } });
/** As importers give it: the ARN of its instance profile leads to it. */
export const role = (name: string, AssumeRolePolicyDocument: unknown, statements: readonly object[] = [], more: object = {}, account = A): ResourceDraft =>
  ({ urn: arn('role', name, account), type: 'AWS::IAM::Role', kind: 'identity', account, name, aliases: [arn('instance-profile', name, account)], config: { RoleName: name, Arn: arn('role', name, account), AssumeRolePolicyDocument, RolePolicyList: inline(statements), AttachedManagedPolicies: [], InstanceProfileList: [{ Arn: arn('instance-profile', name, account) }], ...more } });
export const group = (name: string, statements: readonly object[] = [], more: object = {}): ResourceDraft =>
  ({ urn: arn('group', name), type: 'AWS::IAM::Group', kind: 'identity', account: A, name, config: { GroupName: name, Arn: arn('group', name), GroupPolicyList: inline(statements), AttachedManagedPolicies: [], ...more } });
/** A managed policy; with `others`, further versions that are not the default. */
export const policy = (name: string, statements: readonly object[], ...others: readonly (readonly object[])[]): ResourceDraft => ({
  urn: arn('policy', name), type: 'AWS::IAM::Policy', kind: 'policy', account: A, name,
  config: { PolicyName: name, Arn: arn('policy', name), DefaultVersionId: 'v1', PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, Document: doc(...statements) }, ...others.map((s, i) => ({ VersionId: `v${i + 2}`, IsDefaultVersion: false, Document: doc(...s) }))] },
});
export const boundary = (name: string): object => ({ PermissionsBoundary: { PermissionsBoundaryArn: arn('policy', name) } });
const organizationPolicy = (Type: string, id: string, target: string, s: readonly object[]): ResourceDraft => ({ urn: `arn:aws:organizations::1:policy/o-1/${id}`, type: 'AWS::Organizations::Policy', kind: 'policy', name: id, config: { Type, Content: doc(...s), Targets: [{ TargetId: target }] } });
export const scp = (id: string, target: string, ...s: readonly object[]): ResourceDraft => organizationPolicy('SERVICE_CONTROL_POLICY', id, target, s);
export const rcp = (id: string, target: string, ...s: readonly object[]): ResourceDraft => organizationPolicy('RESOURCE_CONTROL_POLICY', id, target, s);
/** Root, unit and account, each inside the one before. */
export const tree: readonly ResourceDraft[] = [
  { urn: 'arn:aws:organizations::1:root/o-1/r-1', type: 'AWS::Organizations::Root', kind: 'org_unit', aliases: ['r-1'], config: { Id: 'r-1' } },
  { urn: 'arn:aws:organizations::1:ou/o-1/ou-1', type: 'AWS::Organizations::OrganizationalUnit', kind: 'org_unit', aliases: ['ou-1'], config: { Id: 'ou-1', ParentIds: ['r-1'] } },
  { urn: `arn:aws:iam::${A}:root`, type: 'AWS::Organizations::Account', kind: 'account', account: A, aliases: [A], config: { Id: A, ParentIds: ['ou-1'] } },
];
export const queueArn = `arn:aws:sqs:${region}:${A}:jobs`;
export const queue = (Policy: unknown = null, account = A): ResourceDraft => ({ urn: queueArn.replace(A, account), type: 'AWS::SQS::Queue', kind: 'queue_topic', account, region, name: 'jobs', config: { Policy } });
