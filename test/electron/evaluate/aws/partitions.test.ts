import { describe, expect, it } from 'vitest';
import { deriveIdentityEdges } from '#electron/evaluate/aws/identity-edges.ts';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import type { ResourceDraft } from '../../../graph-of.ts';
import { graphOf } from '../../../graph-of.ts';
import { A, allow, ask, doc, expectTold, knowledge, when } from './rows/row.ts';

const places = [['aws', 'eu-central-1', ''], ['aws-cn', 'cn-north-1', '.cn'], ['aws-us-gov', 'us-gov-west-1', '']] as const;

describe.each(places)('the partition %s', (partition, region) => {
  const arn = (kind: string, name: string): string => `arn:${partition}:iam::${A}:${kind}/${name}`, admin = arn('role', 'admin'), alice = arn('user', 'alice');
  const user = (...statements: readonly object[]): ResourceDraft => ({ urn: alice, type: 'AWS::IAM::User', kind: 'identity', account: A, config: { UserName: 'alice', UserPolicyList: [{ PolicyName: 'p', PolicyDocument: doc(...statements) }], AttachedManagedPolicies: [], GroupList: [] } });
  const role: ResourceDraft = { urn: admin, type: 'AWS::IAM::Role', kind: 'identity', account: A, aliases: [arn('instance-profile', 'admin')], config: { RoleName: 'admin', AssumeRolePolicyDocument: doc({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }), RolePolicyList: [{ PolicyName: 'p', PolicyDocument: doc(allow('*', `arn:${partition}:*`)) }], AttachedManagedPolicies: [], InstanceProfileList: [{ Arn: arn('instance-profile', 'admin') }] } };
  const template: ResourceDraft = { urn: `arn:${partition}:ec2:${region}:${A}:launch-template/lt-1`, type: 'AWS::EC2::LaunchTemplate', kind: 'other', account: A, region, config: { LaunchTemplateId: 'lt-1', LaunchTemplateData: { IamInstanceProfile: { Name: 'admin' } } } };
  const tierOf = (drafts: readonly ResourceDraft[], urn: string) => evaluateIdentity(graphOf(drafts), urn, new Set([A]), knowledge).tier;

  it('a launch template that names its profile runs as the role', () =>
    expect(deriveIdentityEdges(graphOf([role, template]), admin, knowledge).map((e) => `${e.source} ${e.kind}`)).toEqual([`${template.urn} RUNS_AS`]));
  it('an Allow on all resources of the partition makes an administrator, one on another partition’s does not', () => {
    expect(tierOf([role], admin)).toBe('tier0');
    expect(tierOf([user(allow('*', `arn:${partition === 'aws' ? 'aws-cn' : 'aws'}:*`))], alice)).toBe('none');
  });
  it('wide access is seen by patterns of the partition', () => expect([tierOf([user(allow('s3:GetObject', `arn:${partition}:s3:::*/*`))], alice), tierOf([user(allow('s3:GetObject', `arn:${partition}:s3:::one/*`))], alice)]).toEqual(['tier1', 'none']));
  it('a managed policy of AWS is known by its name', () => expect(tierOf([{ ...user(), config: { UserName: 'alice', UserPolicyList: [], GroupList: [], AttachedManagedPolicies: [{ PolicyName: 'AdministratorAccess', PolicyArn: `arn:${partition}:iam::aws:policy/AdministratorAccess` }] } }], alice)).toBe('tier0'));
  it('IAM is asked in the partition’s own region', () => {
    const held = (at: string) => ask([user(allow('iam:CreateUser', '*', when('StringEquals', 'aws:RequestedRegion', at)))], { question: 'effective_permission', subject: alice, action: 'iam:CreateUser', object: arn('user', 'bob') });
    expectTold(held(partition === 'aws' ? 'us-east-1' : region), ['yes', 'iam.identity_allow alice/UserPolicyList/0/PolicyDocument/Statement/0']);
    expectTold(held(partition === 'aws' ? region : 'us-east-1'), ['no IDENTITY']);
  });
  it('a bucket for everyone of any account of the partition is public, for one account it is not', () => {
    const topic = (pattern: string): ResourceDraft => ({ urn: `arn:${partition}:sns:${region}:${A}:t`, type: 'AWS::SNS::Topic', kind: 'queue_topic', account: A, region, config: { Policy: doc({ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*', ...when('ArnLike', 'aws:PrincipalArn', pattern) }) } });
    expectTold(ask([topic(`arn:${partition}:iam::*:user/*`)], { question: 'public_storage', subject: topic('').urn }), ['yes', 'lets everyone do sns:Publish']);
    expectTold(ask([topic(`arn:${partition}:iam::${A}:user/*`)], { question: 'public_storage', subject: topic('').urn }), ['no RESOURCE_POLICY']);
  });
});
