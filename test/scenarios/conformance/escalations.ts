import { arns, cliFiles, iam, plan, shownState, stateFile, type Account, type Caller } from './escalation-forms.ts';
import type { Estate, Expected, Suite } from './suite.ts';

/**
 * Ways up in AWS as pathfinding.cloud and iam-vulnerable list them, as facts: who may do what, what exists, and whether that gains privileges. Each is asked
 * with all that it needs and with one need missing, of the same account in each form that its tools write.
 */
interface Way { readonly id: string; readonly kind: Caller['kind']; readonly actions: string; readonly trust?: string; readonly thing?: string; /** What a sibling lacks; by default the last action. */ readonly without?: string; readonly plan?: Expected | 'skip' }
const way = (id: string, kind: Caller['kind'], actions: string, more: Omit<Way, 'id' | 'kind' | 'actions'> = {}): Way => ({ id, kind, actions, ...more });
const pass = (id: string, service: string, actions: string, more: Partial<Way> = {}): Way => way(id, Number(id.at(-1)) % 2 === 0 ? 'user' : 'role', `iam:PassRole ${actions}`, { trust: `${service}.amazonaws.com`, ...more });
const uses = (id: string, thing: string, actions: string, more: Partial<Way> = {}): Way => way(id, Number(id.at(-1)) % 2 === 0 ? 'user' : 'role', actions, { thing, trust: 'ec2.amazonaws.com', ...more });

const ways: readonly Way[] = [
  pass('apprunner-001', 'tasks.apprunner', 'apprunner:CreateService'), pass('bedrock-001', 'bedrock-agentcore', 'bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter'),
  pass('cloudformation-001', 'cloudformation', 'cloudformation:CreateStack'), pass('codebuild-001', 'codebuild', 'codebuild:CreateProject codebuild:StartBuild'), pass('codebuild-004', 'codebuild', 'codebuild:CreateProject codebuild:StartBuildBatch'),
  pass('datapipeline-001', 'datapipeline', 'datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline'), pass('ec2-001', 'ec2', 'ec2:RunInstances'), pass('ec2-003', 'ec2', 'ec2:RequestSpotInstances'),
  pass('ecs-001', 'ecs-tasks', 'ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService'), pass('ecs-002', 'ecs-tasks', 'ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask'), pass('glue-001', 'glue', 'glue:CreateDevEndpoint'),
  pass('glue-003', 'glue', 'glue:CreateJob glue:StartJobRun'), pass('glue-004', 'glue', 'glue:CreateJob glue:CreateTrigger'), pass('lambda-001', 'lambda', 'lambda:CreateFunction lambda:InvokeFunction'), pass('lambda-002', 'lambda', 'lambda:CreateFunction lambda:CreateEventSourceMapping'),
  pass('lambda-006', 'lambda', 'lambda:CreateFunction lambda:AddPermission'), pass('sagemaker-001', 'sagemaker', 'sagemaker:CreateNotebookInstance'), pass('sagemaker-002', 'sagemaker', 'sagemaker:CreateTrainingJob'), pass('sagemaker-003', 'sagemaker', 'sagemaker:CreateProcessingJob'),
  uses('apprunner-002', 'runner', 'apprunner:UpdateService'), uses('cloudformation-002', 'stack', 'cloudformation:UpdateStack'), uses('cloudformation-005', 'stack', 'cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet'), uses('codebuild-002', 'project', 'codebuild:StartBuild'), uses('codebuild-003', 'project', 'codebuild:StartBuildBatch'),
  uses('ec2-002', 'instance', 'ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances'), uses('ec2instanceconnect-003', 'instance', 'ec2:DescribeInstances ec2-instance-connect:SendSSHPublicKey'), uses('glue-002', 'glue', 'glue:UpdateDevEndpoint'),
  uses('lambda-003', 'lambda', 'lambda:UpdateFunctionCode'), uses('lambda-004', 'lambda', 'lambda:InvokeFunction lambda:UpdateFunctionCode'), uses('lambda-layer-0', 'lambda', 'lambda:UpdateFunctionConfiguration'), uses('sagemaker-004', 'notebook', 'sagemaker:CreatePresignedNotebookInstanceUrl'),
  uses('sagemaker-005', 'notebook', 'sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance'), uses('ssm-001', 'instance', 'ssm:StartSession'), uses('ssm-002', 'instance', 'ssm:SendCommand'),
  way('iam-002', 'role', 'iam:CreateAccessKey'), way('iam-003', 'role', 'iam:DeleteAccessKey iam:CreateAccessKey'), way('iam-004', 'user', 'iam:CreateLoginProfile'), way('iam-005', 'role', 'iam:PutRolePolicy'), way('iam-006', 'role', 'iam:UpdateLoginProfile'), way('iam-007', 'user', 'iam:PutUserPolicy'), way('iam-008', 'user', 'iam:AttachUserPolicy'),
  way('iam-009', 'role', 'iam:AttachRolePolicy'), way('iam-010', 'user', 'iam:AttachGroupPolicy'), way('iam-011', 'user', 'iam:PutGroupPolicy'), way('iam-012', 'user', 'iam:UpdateAssumeRolePolicy'), way('iam-013', 'user', 'iam:AddUserToGroup'), way('iam-015', 'role', 'iam:AttachUserPolicy iam:CreateAccessKey'),
  way('iam-019', 'user', 'iam:AttachRolePolicy iam:UpdateAssumeRolePolicy'), way('iam-021', 'user', 'iam:PutRolePolicy iam:UpdateAssumeRolePolicy'),
];

const allow = (Action: unknown, Resource: unknown = '*', more: object = {}): Caller['statements'][number] => ({ Effect: 'Allow', Action, Resource, ...more });
const service = (Service: string): Account['bossTrust'] => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }] });
const nobody = service('monitoring.example.com');
const forms = { 'the CLI': cliFiles, 'a state': (of: Account) => ({ 'terraform.tfstate': stateFile(of) }), 'a state shown': (of: Account) => ({ 'state.json': shownState(of) }), 'a plan': (of: Account) => ({ 'plan.json': plan(of) }) } as const;
type Form = keyof typeof forms;

/** One question of one account in every form, or in some of them. */
const asked = (name: string, of: Account, expected: Expected, except: Partial<Record<Form, Expected>> = {}, only: readonly string[] = Object.keys(forms)): readonly Estate[] => Object.entries(forms).filter(([form]) => only.includes(form)).map(([form, write]) => ({
  name: `${name}, by ${form}`, files: write(of), rows: [{ ask: { question: 'escalation', subject: form === 'a plan' ? `aws_iam_${of.caller.kind}.${of.caller.kind === 'user' ? 'eve' : 'worker'}` : arns[of.caller.kind] }, expected: except[form as Form] ?? expected }],
}));

/** A sibling that flips need not be asked in all of them. */
const someForms = (i: number): readonly string[] => ['the CLI', ['a state', 'a state shown', 'a plan'][i % 3] ?? 'a plan'];
const manners = ['inline', 'managed', 'list', 'group'] as const;
const pairs = ways.flatMap(({ id, kind, actions, trust, thing, without }, i): readonly Estate[] => {
  const needs = actions.split(' '), left = without === undefined ? needs.slice(0, -1) : needs.filter((a) => a !== without);
  const how = manners[(i + (kind === 'role' ? 0 : 1)) % (kind === 'user' && !/Group/.test(actions) ? 4 : 3)] ?? 'inline', bossTrust = trust === undefined ? nobody : service(trust);
  const of = (statements: Caller['statements'], more: Partial<Account> = {}): Account => ({ caller: { kind, statements, by: how }, bossTrust, ...(thing !== undefined && { thing }), ...more });
  return [...asked(`${id} ${how}`, of([allow(needs)]), 'yes'), ...asked(`${id} without ${needs.at(-1) ?? ''}`, of([allow(['s3:ListAllMyBuckets', ...left])]), 'no', {}, someForms(i)),
    ...(needs[0] === 'iam:PassRole' ? asked(`${id} with a role that trusts others`, of([allow(needs)], { bossTrust: nobody }), 'no', {}, someForms(i + 1)) : [])];
});

const policyOf = (statement: Caller['statements'][number], more: Partial<Account> = {}): Account => ({ caller: { kind: 'user', statements: [statement], by: 'managed' }, bossTrust: nobody, ...more });
/** Those of iam-vulnerable by which it tries tools, and what limits a way. */
const limits: readonly Estate[] = [
  ...asked('a new version of the own policy', policyOf(allow('iam:CreatePolicyVersion')), 'yes'), ...asked('of policies that the pattern means', policyOf(allow('iam:CreatePolicyVersion', 'arn:aws:iam::*:policy/own/cust*')), 'yes'), ...asked('of policies of AWS', policyOf(allow('iam:CreatePolicyVersion', 'arn:aws:iam::aws:policy/cust*')), 'no'),
  ...asked('all but what is not needed', policyOf({ Effect: 'Allow', NotAction: ['s3:*', 'iam:PassRole'], Resource: '*' }), 'yes'),
  ...asked('allowed and denied', { caller: { kind: 'user', by: 'inline', statements: [allow('iam:PutUserPolicy'), { Effect: 'Deny', Action: 'iam:Put*', Resource: '*' }] }, bossTrust: nobody }, 'no'),
  ...asked('a role to pass for another service', { caller: { kind: 'user', by: 'inline', statements: [allow(['iam:PassRole'], '*', { Condition: { StringEquals: { 'iam:PassedToService': 'ecs.amazonaws.com' } } }), allow(['lambda:CreateFunction', 'lambda:InvokeFunction'])] }, bossTrust: service('lambda.amazonaws.com') }, 'no'),
  ...asked('a role to pass for that service', { caller: { kind: 'user', by: 'inline', statements: [allow(['iam:PassRole'], '*', { Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } }), allow(['lambda:CreateFunction', 'lambda:InvokeFunction'])] }, bossTrust: service('lambda.amazonaws.com') }, 'yes'),
  ...asked('two policies that together suffice', { caller: { kind: 'user', by: 'inline', statements: [allow('iam:PassRole'), allow(['ec2:RunInstances'])] }, bossTrust: service('ec2.amazonaws.com') }, 'yes'),
  ...asked('a role without an instance profile', { caller: { kind: 'user', by: 'inline', statements: [allow(['iam:PassRole', 'ec2:RunInstances'])] }, bossTrust: service('ec2.amazonaws.com'), noProfile: true }, 'no'),
  ...asked('another role to pass', { caller: { kind: 'user', by: 'inline', statements: [allow('iam:PassRole', iam('role/svc/worker')), allow(['lambda:CreateFunction', 'lambda:InvokeFunction'])] }, bossTrust: service('lambda.amazonaws.com') }, 'no', { 'a plan': 'unknown' }),
  ...asked('until a time long past', policyOf(allow('iam:CreatePolicyVersion', '*', { Condition: { DateLessThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:01Z' } } })), 'no'), ...asked('since a time long past', policyOf(allow('iam:CreatePolicyVersion', '*', { Condition: { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:01Z' } } })), 'yes'),
  ...asked('until a time to come', policyOf(allow('iam:CreatePolicyVersion', '*', { Condition: { DateLessThan: { 'aws:CurrentTime': '2099-01-01T00:00:00Z' } } })), 'unknown'), ...asked('with credentials of a kind that not all have', policyOf(allow('iam:CreatePolicyVersion', '*', { Condition: { DateGreaterThan: { 'aws:TokenIssueTime': '2020-01-01T00:00:01Z' } } })), 'unknown'),
  ...asked('nothing but to read', policyOf(allow(['iam:Get*', 'iam:List*', 's3:Get*'])), 'no'),
];

/** Other ways in which the same plan or state may lie in a folder, and what a plan can't tell. */
const asPlanned = policyOf(allow('iam:PutUserPolicy')), whole = plan(asPlanned), { resource_changes: _, ...outcome } = whole, { configuration: __, ...unrelated } = whole;
const lying = (name: string, files: Estate['files'], subject: string, expected: Expected): Estate => ({ name, files, rows: [{ ask: { question: 'escalation', subject }, expected }] });
const laid: readonly Estate[] = [
  lying('a plan asked by the ARN that is to be', { 'plan.json': whole }, arns.user, 'yes'), lying('a plan asked by name', { 'tfplan.json': whole }, 'eve', 'yes'), lying('a plan without its changes', { 'plan.json': outcome }, 'aws_iam_user.eve', 'yes'),
  lying('a plan without its configuration: which policy is attached is not told', { 'plan.json': unrelated }, 'aws_iam_user.eve', 'unknown'),
  lying('a state with the one before it', { 'terraform.tfstate': stateFile(policyOf(allow('s3:GetObject'))), 'terraform.tfstate.backup': stateFile(asPlanned) }, arns.user, 'no'),
  lying('a state under another name', { 'prod/state-2026.json': stateFile(asPlanned) }, arns.user, 'yes'),
];
export const escalations: Suite = { name: 'escalation in AWS', estates: [...pairs, ...limits, ...laid] };
