/** One small AWS account, written as the cloud's own tools write it: authorization details and lists of the CLI, a Terraform state, `terraform show -json` of a state and of a plan. */
import { planOf, shownOf, stateOf, type Block } from './terraform-forms.ts';

type Json = Readonly<Record<string, unknown>>;
export type Statement = Json;
export interface Caller { readonly kind: 'user' | 'role'; readonly statements: readonly Statement[]; /** How the policy is attached. */ readonly by: 'inline' | 'managed' | 'group' | 'list' }
export interface Account { readonly caller: Caller; /** Who may assume the privileged role. */ readonly bossTrust: Json; /** Something that runs as it. */ readonly thing?: string; /** A managed policy of the caller has another version, which allows all. */ readonly oldVersion?: boolean; /** The role has no instance profile. */ readonly noProfile?: boolean }

export const account = '111122223333', region = 'eu-west-1';
export const iam = (path: string): string => `arn:aws:iam::${account}:${path}`;
const doc = (...Statement: readonly Json[]): Json => ({ Version: '2012-10-17', Statement });
const everything: Json = { Effect: 'Allow', Action: '*', Resource: '*' };
const trustOf = (Principal: Json): Json => doc({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal });
/** Identities have a path, which attachments and inline policies leave out. */
export const arns = { user: iam('user/people/eve'), role: iam('role/svc/worker'), boss: iam('role/svc/boss'), king: iam('user/people/king'), group: iam('group/people/staff'), kings: iam('group/people/kings'), policy: iam('policy/own/custom'), profile: iam('instance-profile/svc/boss') } as const;
const self = { Service: 'monitoring.example.com' };

interface Thing { readonly call: string; readonly answer: Json; readonly type: string; readonly values: Json; /** The attribute that names the role, or its profile. */ readonly key: string }
const name = 'victim', by = (service: string, kind: string): string => `arn:aws:${service}:${region}:${account}:${kind}${name}`;
export const things: Readonly<Record<string, Thing>> = {
  lambda: { call: 'lambda-list-functions', answer: { Functions: [{ FunctionName: name, FunctionArn: by('lambda', 'function:'), Role: arns.boss, Runtime: 'python3.12' }] }, type: 'aws_lambda_function', values: { function_name: name, arn: by('lambda', 'function:'), id: name, runtime: 'python3.12' }, key: 'role' },
  instance: { call: 'ec2-describe-instances', answer: { Reservations: [{ OwnerId: account, Instances: [{ InstanceId: 'i-0aa0000000000001', State: { Name: 'running' }, IamInstanceProfile: { Arn: arns.profile } }] }] }, type: 'aws_instance', values: { id: 'i-0aa0000000000001', arn: `arn:aws:ec2:${region}:${account}:instance/i-0aa0000000000001`, instance_state: 'running', ami: 'ami-0aa0000000000001' }, key: 'iam_instance_profile' },
  glue: { call: 'glue-get-dev-endpoints', answer: { DevEndpoints: [{ EndpointName: name, RoleArn: arns.boss, Status: 'READY' }] }, type: 'aws_glue_dev_endpoint', values: { name, arn: by('glue', 'devEndpoint/'), id: name }, key: 'role_arn' },
  notebook: { call: 'sagemaker-describe-notebook-instance', answer: { NotebookInstanceName: name, NotebookInstanceArn: by('sagemaker', 'notebook-instance/'), RoleArn: arns.boss, NotebookInstanceStatus: 'InService' }, type: 'aws_sagemaker_notebook_instance', values: { name, arn: by('sagemaker', 'notebook-instance/'), id: name }, key: 'role_arn' },
  project: { call: 'codebuild-batch-get-projects', answer: { projects: [{ name, arn: by('codebuild', 'project/'), serviceRole: arns.boss }] }, type: 'aws_codebuild_project', values: { name, arn: by('codebuild', 'project/'), id: by('codebuild', 'project/') }, key: 'service_role' },
  stack: { call: 'cloudformation-describe-stacks', answer: { Stacks: [{ StackName: name, StackId: by('cloudformation', 'stack/'), RoleARN: arns.boss, StackStatus: 'CREATE_COMPLETE' }] }, type: 'aws_cloudformation_stack', values: { name, id: by('cloudformation', 'stack/') }, key: 'iam_role_arn' },
  runner: { call: 'apprunner-describe-service', answer: { Service: { ServiceName: name, ServiceArn: by('apprunner', 'service/'), InstanceConfiguration: { InstanceRoleArn: arns.boss }, Status: 'RUNNING' } }, type: 'aws_apprunner_service', values: { service_name: name, arn: by('apprunner', 'service/'), id: by('apprunner', 'service/') }, key: 'instance_configuration.0.instance_role_arn' },
};

const inline = (statements: readonly Json[]): readonly Json[] => (statements.length === 0 ? [] : [{ PolicyName: 'own', PolicyDocument: doc(...statements) }]);
const attached = (isIt: boolean): readonly Json[] => (isIt ? [{ PolicyName: 'custom', PolicyArn: arns.policy }] : []);
const isManaged = ({ by: how }: Caller): boolean => how === 'managed' || how === 'list';

/** `get-account-authorization-details` and the list of what runs, a file a call. */
export function cliFiles({ caller, bossTrust, thing, oldVersion = false, noProfile = false }: Account): Readonly<Record<string, unknown>> {
  const is = (kind: string): boolean => caller.kind === kind, own = (kind: string): readonly Json[] => (is(kind) && caller.by === 'inline' ? caller.statements : []);
  const role = (Name: string, trust: Json, list: readonly Json[], managed: readonly Json[], profiles: readonly Json[]): Json => ({ RoleName: Name, Path: '/svc/', RoleId: `AROA${Name.toUpperCase()}0000000000000`, Arn: iam(`role/svc/${Name}`), AssumeRolePolicyDocument: trust, RolePolicyList: list, AttachedManagedPolicies: managed, InstanceProfileList: profiles });
  const version = (VersionId: string, isDefault: boolean, Document: Json): Json => ({ VersionId, IsDefaultVersion: isDefault, Document });
  const details = {
    UserDetailList: [
      { UserName: 'eve', Path: '/people/', UserId: 'AIDAEVE0000000000000', Arn: arns.user, GroupList: is('user') && caller.by === 'group' ? ['staff'] : ['idle'], UserPolicyList: inline(own('user')), AttachedManagedPolicies: attached(is('user') && isManaged(caller)) },
      { UserName: 'king', Path: '/people/', UserId: 'AIDAKING000000000000', Arn: arns.king, GroupList: [], UserPolicyList: inline([everything]), AttachedManagedPolicies: [] },
    ],
    GroupDetailList: ['staff', 'idle', 'kings'].map((GroupName) => ({ GroupName, Path: '/people/', GroupId: `AGPA${GroupName.toUpperCase()}00000000`, Arn: iam(`group/people/${GroupName}`), GroupPolicyList: inline(GroupName === 'kings' ? [everything] : GroupName === 'staff' && caller.by === 'group' ? caller.statements : []), AttachedManagedPolicies: [] })),
    RoleDetailList: [role('worker', trustOf(self), inline(own('role')), attached(is('role') && isManaged(caller)), []), role('boss', bossTrust, inline([everything]), [], noProfile ? [] : [{ InstanceProfileName: 'boss', Arn: arns.profile, Roles: [] }])],
    Policies: isManaged(caller) ? [{ PolicyName: 'custom', Arn: arns.policy, Path: '/own/', DefaultVersionId: 'v2', AttachmentCount: 1, PolicyVersionList: [version('v2', true, doc(...caller.statements)), ...(oldVersion ? [version('v1', false, doc(everything))] : [])] }] : [],
  };
  const found = thing === undefined ? undefined : things[thing];
  return { 'iam-get-account-authorization-details.json': details, 'sts-get-caller-identity.json': { Account: account, Arn: iam('user/auditor'), UserId: 'AIDA' }, ...(found && { [`${found.call}.json`]: found.answer }) };
}

function blocks({ caller, bossTrust, thing, noProfile = false }: Account): readonly Block[] {
  const text = (value: Json): string => JSON.stringify(value), policy = text(doc(...caller.statements)), is = caller.kind;
  const identity = (type: string, label: string, arn: string, more: Json = {}): Block => ({ type, name: label, values: { name: label, path: arn.replace(/^[^/]+(.*\/).*$/, '$1'), arn, id: label, ...more } });
  const found = thing === undefined ? undefined : things[thing];
  const callerName = is === 'user' ? 'eve' : 'worker', callerRef = [`aws_iam_${is}.${callerName}`, 'name'] as const;
  const made: readonly Block[] = {
    inline: [{ type: `aws_iam_${is}_policy`, name: 'own', values: { name: 'own', policy, id: `${callerName}:own`, [is]: callerName }, refs: { [is]: callerRef } }],
    managed: [{ type: `aws_iam_${is}_policy_attachment`, name: 'own', values: { [is]: callerName, policy_arn: arns.policy, id: 'x' }, refs: { [is]: callerRef, policy_arn: ['aws_iam_policy.custom', 'arn'] as const } }],
    list: [{ type: 'aws_iam_policy_attachment', name: 'own', values: { name: 'all', [`${is}s`]: [callerName], policy_arn: arns.policy, id: 'all' }, refs: { [`${is}s`]: callerRef, policy_arn: ['aws_iam_policy.custom', 'arn'] as const } }],
    group: [{ type: 'aws_iam_group_policy', name: 'own', values: { name: 'own', group: 'staff', policy, id: 'staff:own' }, refs: { group: ['aws_iam_group.staff', 'name'] as const } }, { type: 'aws_iam_group_membership', name: 'staff', values: { name: 'staff', group: 'staff', users: ['eve'], id: 'staff' }, refs: { group: ['aws_iam_group.staff', 'name'] as const, users: ['aws_iam_user.eve', 'name'] as const } }],
  }[caller.by];
  return [
    identity('aws_iam_user', 'eve', arns.user), identity('aws_iam_user', 'king', arns.king), identity('aws_iam_group', 'staff', arns.group), identity('aws_iam_group', 'kings', arns.kings), identity('aws_iam_group', 'idle', iam('group/people/idle')),
    identity('aws_iam_role', 'worker', arns.role, { assume_role_policy: text(trustOf(self)), inline_policy: [], managed_policy_arns: [] }), identity('aws_iam_role', 'boss', arns.boss, { assume_role_policy: text(bossTrust) }),
    ...(is === 'user' && caller.by !== 'group' ? [{ type: 'aws_iam_user_group_membership', name: 'idle', values: { user: 'eve', groups: ['idle'], id: 'y' }, refs: { user: ['aws_iam_user.eve', 'name'] as const, groups: ['aws_iam_group.idle', 'name'] as const } }] : []),
    { type: 'aws_iam_user_policy', name: 'king', values: { name: 'own', user: 'king', policy: text(doc(everything)), id: 'king:own' }, refs: { user: ['aws_iam_user.king', 'name'] } }, { type: 'aws_iam_group_policy', name: 'kings', values: { name: 'own', group: 'kings', policy: text(doc(everything)), id: 'kings:own' }, refs: { group: ['aws_iam_group.kings', 'name'] } },
    { type: 'aws_iam_role_policy', name: 'boss', values: { name: 'own', role: 'boss', policy: text(doc(everything)), id: 'boss:own' }, refs: { role: ['aws_iam_role.boss', 'id'] } },
    ...(noProfile ? [] : [{ ...identity('aws_iam_instance_profile', 'boss', arns.profile, { role: 'boss' }), refs: { role: ['aws_iam_role.boss', 'name'] as const } }]),
    ...(isManaged(caller) ? [identity('aws_iam_policy', 'custom', arns.policy, { id: arns.policy, policy })] : []), ...made,
    ...(found ? [{ type: found.type, name, values: withRole(found), refs: { [found.key]: [found.key === 'iam_instance_profile' ? 'aws_iam_instance_profile.boss' : 'aws_iam_role.boss', found.key === 'iam_instance_profile' ? 'name' : 'arn'] as const } }] : []),
  ];
}

function withRole({ values, key }: Thing): Json {
  const value = key === 'iam_instance_profile' ? 'boss' : arns.boss, [first = '', , second] = key.split('.');
  return { ...values, [first]: second === undefined ? value : [{ [second]: value }] };
}

export const stateFile = (of: Account): Json => stateOf(blocks(of));
export const shownState = (of: Account): Json => shownOf(blocks(of));
export const plan = (of: Account): Json => planOf(blocks(of), { aws: { name: 'aws', expressions: { region: { constant_value: region } } } }, ['arn', 'id', 'instance_state']);
