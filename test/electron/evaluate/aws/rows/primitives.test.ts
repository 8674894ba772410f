import { describe, expect, it } from 'vitest';
import { deriveIdentityEdges } from '#electron/evaluate/aws/identity-edges.ts';
import type { Primitive } from '#electron/evaluate/aws/identity-knowledge.ts';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import { graphOf, type ResourceDraft } from '../../../../graph-of.ts';
import { group, managed, policy, role, service, trust, user } from './identity.ts';
import { A, allow, arn, ask, expectTold, knowledge, region } from './row.ts';

const admin = arn('role', 'admin'), profile = arn('instance-profile', 'admin'), boss = arn('user', 'boss');
const made = (type: string, urn: string, config: object): ResourceDraft => ({ urn, type: `AWS::${type}`, kind: 'other', account: A, region, config });
const ec2Arn = (rest: string): string => `arn:aws:ec2:${region}:${A}:${rest}`;
/** What runs as the role, for each service whose actions take something over. */
const workloads: Readonly<Record<string, (role: string, state?: string) => ResourceDraft>> = {
  apprunner: (r) => made('AppRunner::Service', `arn:aws:apprunner:${region}:${A}:service/s/1`, { InstanceConfiguration: { InstanceRoleArn: r } }),
  'bedrock-agentcore': (r, state) => made('BedrockAgentCore::CodeInterpreter', `arn:aws:bedrock-agentcore:${region}:${A}:code-interpreter/c`, { ExecutionRoleArn: r, ...(state !== undefined && { Status: state }) }),
  cloudformation: (r) => made('CloudFormation::Stack', `arn:aws:cloudformation:${region}:${A}:stack/s/1`, { RoleARN: r }), codebuild: (r) => made('CodeBuild::Project', `arn:aws:codebuild:${region}:${A}:project/p`, { ServiceRole: r }),
  ec2: (r, state = 'running') => made('EC2::Instance', ec2Arn('instance/i-1'), { InstanceId: 'i-1', State: { Name: state }, IamInstanceProfile: { Arn: r === admin ? profile : r.replace(':role/', ':instance-profile/') } }),
  glue: (r) => made('Glue::DevEndpoint', `arn:aws:glue:${region}:${A}:devEndpoint/d`, { RoleArn: r }), lambda: (r) => made('Lambda::Function', `arn:aws:lambda:${region}:${A}:function:f`, { FunctionName: 'f', Role: r }),
  sagemaker: (r, state = 'InService') => made('SageMaker::NotebookInstance', `arn:aws:sagemaker:${region}:${A}:notebook-instance/n`, { RoleArn: r, NotebookInstanceStatus: state }),
};
const template = (r: string): ResourceDraft => made('EC2::LaunchTemplate', ec2Arn('launch-template/lt-1'), { LaunchTemplateData: { IamInstanceProfile: { Arn: r === admin ? profile : r.replace(':role/', ':instance-profile/') } } });
const workloadOf = ({ required }: Primitive): ((role: string, state?: string) => ResourceDraft) | undefined => {
  if (required.some((a) => a.includes('LaunchTemplate'))) return template;
  const name = required[0]?.split(':')[0] ?? '';
  return workloads[name.startsWith('ssm') || name.startsWith('ec2') ? 'ec2' : name];
};
/** Services that assume the roles which are passed, by the service of the actions. */
const trusted: Readonly<Record<string, readonly string[]>> = { apprunner: ['tasks.apprunner.amazonaws.com'], ecs: ['ecs-tasks.amazonaws.com'] };
const servicesOf = ({ required }: Primitive): readonly string[] => { const name = required.find((a) => a !== 'iam:PassRole')?.split(':')[0] ?? ''; return trusted[name] ?? [`${name}.amazonaws.com`]; };
const stock: readonly ResourceDraft[] = [made('ECS::Cluster', `arn:aws:ecs:${region}:${A}:cluster/c`, {}), made('Glue::Job', `arn:aws:glue:${region}:${A}:job/j`, {}), made('CloudFormation::StackSet', `arn:aws:cloudformation:${region}:${A}:stackset/s:1`, {})];
const strong = [allow('*')], weak = (caller: readonly string[]) => [allow(caller[0] ?? 'x:y')];
const isRole = (p: Primitive): boolean => ['iam-005', 'iam-009'].includes(p.id);

interface Scene { readonly caller: string; readonly target: string; readonly drafts: (actions: readonly string[]) => readonly ResourceDraft[]; readonly without: Readonly<Record<string, readonly ResourceDraft[]>>; readonly certain: boolean }
const isAbout = (p: Primitive, words: RegExp): boolean => p.required.some((a) => words.test(a));

function passing(p: Primitive): Scene {
  const alice = arn('user', 'alice'), scene = (r: ResourceDraft, more: readonly ResourceDraft[] = stock) => (actions: readonly string[]) => [user('alice', [allow(actions)]), r, ...more];
  const needsProfile = p.needs.some((n) => n.includes('instance profile'));
  return {
    caller: alice, target: admin, certain: true, drafts: scene(role('admin', service(...servicesOf(p)), strong)),
    without: {
      'the role trusts another service': scene(role('admin', service('transfer'), strong))(p.required), 'the role gives nothing that the caller hasn’t': scene(role('admin', service(...servicesOf(p)), weak(p.required)))(p.required), 'there is no role': [user('alice', [allow(p.required)]), ...stock],
      'PassRole is for another role': [user('alice', [allow(p.required.filter((a) => a !== 'iam:PassRole')), allow('iam:PassRole', arn('role', 'other'))]), role('admin', service(...servicesOf(p)), strong), ...stock],
      ...(needsProfile && { 'the role has no instance profile': scene(role('admin', service(...servicesOf(p)), strong, { InstanceProfileList: [] }))(p.required) }),
    },
  };
}

function taking(p: Primitive): Scene {
  const alice = arn('user', 'alice'), workload = workloadOf(p);
  if (!workload) throw new Error(`no workload for ${p.id}`);
  const principal = workload(admin).type === 'AWS::EC2::LaunchTemplate' ? 'ec2' : workload(admin).type.split('::')[1]?.toLowerCase() ?? '';
  const scene = (w: readonly ResourceDraft[], held = strong) => (actions: readonly string[]) => [user('alice', [allow(actions)]), role('admin', service(principal === 'bedrockagentcore' ? 'bedrock-agentcore' : principal), held), ...w];
  const mustRun = p.needs.some((n) => /running|InService/.test(n));
  return {
    caller: alice, target: admin, certain: true, drafts: scene([workload(admin)]),
    without: {
      'nothing runs as the role': scene([workload(arn('role', 'other'))])(p.required), 'the role gives nothing that the caller hasn’t': scene([workload(admin)], weak(p.required))(p.required),
      ...(mustRun && { 'it is stopped': scene([workload(admin, 'stopped')])(p.required) }),
    },
  };
}

function principals(p: Primitive): Scene {
  const alice = arn('user', 'alice'), takesUser = isAbout(p, /User|AccessKey|LoginProfile/), assumes = isAbout(p, /sts:AssumeRole/), attached = isAbout(p, /CreatePolicyVersion/);
  const rewrites = isAbout(p, /Attach|Put|CreatePolicyVersion/), login = isAbout(p, /UpdateLoginProfile/) ? {} : isAbout(p, /CreateLoginProfile/) ? null : undefined;
  const own = policy('own', [allow('logs:*')]);
  const target = (held: readonly object[], by: unknown = { AWS: alice }, more: object = {}): readonly ResourceDraft[] => (takesUser ? [user('boss', held, { ...(login !== undefined && { LoginProfile: login }), ...more })] : [role('admin', assumes ? trust(by) : service('ec2'), held, { ...(attached && { AttachedManagedPolicies: managed(own.urn) }), ...more }), own]);
  const scene = (t: readonly ResourceDraft[]) => (actions: readonly string[]) => [user('alice', [allow(actions)]), ...t];
  return {
    caller: alice, target: takesUser ? boss : admin, certain: true, drafts: scene(target(strong)),
    without: {
      ...(!rewrites && { 'the target gives nothing that the caller hasn’t': scene(target([]))(p.required) }), ...(assumes && { 'the target does not trust the caller': scene(target(strong, { Service: 'ec2.amazonaws.com' }))(p.required) }),
      ...(login !== undefined && { 'the target’s password is there where none may be, or the reverse': scene(target(strong, undefined, { LoginProfile: login === null ? {} : null }))(p.required) }),
      ...(isAbout(p, /CreateAccessKey/) && (isAbout(p, /DeleteAccessKey/) ? { 'the target has room for a key anyway': scene(target(strong, undefined, { AccessKeyMetadata: [{ AccessKeyId: 'AKIA1' }] }))(p.required) } : { 'the target has two keys already': scene(target(strong, undefined, { AccessKeyMetadata: [{ AccessKeyId: 'AKIA1' }, { AccessKeyId: 'AKIA2' }] }))(p.required) })),
      ...(attached && { 'the policy is one of AWS’s own': scene(target(strong, { AWS: alice }, { AttachedManagedPolicies: managed('SecurityAudit') }))(p.required) }),
      'it is allowed on another target': [user('alice', [allow(p.required.filter((a) => a !== 'sts:AssumeRole'), arn(takesUser ? 'user' : 'role', 'other')), allow('sts:AssumeRole')]), ...target(strong)],
    },
  };
}

function selves(p: Primitive): Scene {
  const me = isRole(p) ? arn('role', 'me') : arn('user', 'alice'), own = policy('own', [allow('logs:*')], strong), ops = group('ops', isAbout(p, /AddUserToGroup/) ? strong : []);
  const onPolicy = isAbout(p, /PolicyVersion$/), onGroup = isAbout(p, /Group/), joins = isAbout(p, /AddUserToGroup/);
  const one = (actions: readonly string[], more: object = {}, resource: string = '*'): ResourceDraft => (isRole(p) ? role('me', service('ec2'), [allow(actions, resource)], more) : user('alice', [allow(actions, resource)], { ...(onPolicy && { AttachedManagedPolicies: managed(own.urn) }), ...(onGroup && !joins && { GroupList: ['ops'] }), ...more }));
  const rest = [...(onPolicy ? [own] : []), ...(onGroup ? [ops] : [])];
  return {
    caller: me, target: joins ? ops.urn : me, certain: true, drafts: (actions) => [one(actions), ...rest],
    without: {
      ...(onPolicy && { 'the policy is not attached to it': [one(p.required, { AttachedManagedPolicies: [] }), ...rest], 'the policy is one of AWS’s own': [one(p.required, { AttachedManagedPolicies: managed('SecurityAudit') }), ...rest] }),
      ...(isAbout(p, /SetDefault/) && { 'no other version gives more': [one(p.required), policy('own', [allow('logs:*')], [allow('logs:Get*')])] }),
      ...(onGroup && !joins && { 'it is not in the group': [one(p.required, { GroupList: [] }), ...rest] }), ...(joins && { 'the group gives nothing': [one(p.required), group('ops')] }),
      ...(!onPolicy && !onGroup && { 'it is another’s kind': [isRole(p) ? user('me', [allow(p.required)]) : role('alice', service('ec2'), [allow(p.required)])] }),
      'it is allowed on another': [one(p.required, {}, arn(onPolicy ? 'policy' : onGroup ? 'group' : isRole(p) ? 'role' : 'user', 'other')), ...rest],
    },
  };
}

function sceneOf(p: Primitive): Scene {
  if (p.category === 'self-escalation') return selves(p);
  if (p.category === 'principal-access') return principals(p);
  return p.required.includes('iam:PassRole') ? passing(p) : taking(p);
}
const escalationsIn = (drafts: readonly ResourceDraft[], caller: string) => evaluateIdentity(graphOf(drafts), caller, new Set([A]), knowledge).escalations;
const has = (drafts: readonly ResourceDraft[], caller: string, id: string): boolean => escalationsIn(drafts, caller).some((e) => e.id === id);
const isChain = (p: Primitive): boolean => p.id === 'sts-001';

describe('AWS primitives', () => {
  it('are 67: the 65 of the catalog and the two that the design adds', () => expect([knowledge.primitives.length, new Set(knowledge.primitives.map((p) => p.id)).size]).toEqual([67, 67]));

  describe.each(knowledge.primitives.filter((p) => !isChain(p)))('$id ($category)', (p) => {
    const scene = sceneOf(p);
    it('holds where all is allowed and there', () => {
      expect(escalationsIn(scene.drafts(p.required), scene.caller)).toContainEqual(expect.objectContaining({ id: p.id, target: scene.target, conditional: false }));
      // An edge to whom it takes over, by the primitive's id; none to itself.
      const edges = deriveIdentityEdges(graphOf(scene.drafts(p.required)), scene.caller, knowledge).filter((e) => e.kind === 'PRIVESC');
      expect(edges.filter((e) => e.reason === p.id && e.condition === undefined).map((e) => e.target)).toEqual(scene.target === scene.caller ? [] : [scene.target]);
      const verdict = ask(scene.drafts(p.required), { question: 'escalation', subject: scene.caller });
      expect([verdict.answer, verdict.reasons[0]?.rule]).toEqual(['yes', 'IAM.escalation']);
    });
    it.each(p.required)('not without %s', (action) => expect(has(scene.drafts(p.required.length === 1 ? ['x:y'] : p.required.filter((a) => a !== action)), scene.caller, p.id)).toBe(isTrusted(p, action)));
    it.each(Object.entries(scene.without))('not where %s', (_fact, drafts) => expect(has(drafts, drafts[0]?.urn ?? '', p.id)).toBe(false));
  });

  it('sts-001 is an edge, not an escalation of its own: it gains what the role gives', () => {
    const scene = (by: unknown) => [user('alice'), role('admin', trust(by), strong)];
    expect(escalationsIn(scene({ AWS: arn('user', 'alice') }), arn('user', 'alice'))).toEqual([]);
    expectTold(ask(scene({ AWS: arn('user', 'alice') }), { question: 'escalation', subject: arn('user', 'alice') }), ['yes', `via CAN_ASSUME ${admin}`]);
    expectTold(ask(scene({ Service: 'ec2.amazonaws.com' }), { question: 'escalation', subject: arn('user', 'alice') }), ['no NO_PRIMITIVE']);
  });
  it.each([['ecs-003', 'AWS::ECS::Cluster'], ['ecs-004', 'AWS::ECS::Cluster'], ['ecs-005', 'AWS::ECS::Cluster'], ['glue-005', 'AWS::Glue::Job'], ['glue-006', 'AWS::Glue::Job'], ['cloudformation-004', 'AWS::CloudFormation::StackSet']])('%s hangs on a %s that the snapshot doesn’t show', (id, type) => {
    const p = knowledge.primitives.find((one) => one.id === id);
    if (!p) throw new Error(id);
    const scene = sceneOf(p), found = escalationsIn(scene.drafts(p.required).filter((d) => d.type !== type), scene.caller).filter((e) => e.id === id);
    expect(found.map((e) => e.conditional)).toEqual([true]);
  });
  it.each([['running', true], ['pending', true], ['shutting-down', false], ['stopped', false]])('ssm-001 on an instance that is %s: %s', (state, isThere) => {
    const p = knowledge.primitives.find((one) => one.id === 'ssm-001'), drafts = [user('alice', [allow(p?.required ?? [])]), role('admin', service('ec2'), strong), ...[workloads['ec2']?.(admin, state)].filter((w) => w !== undefined)];
    expect(has(drafts, arn('user', 'alice'), 'ssm-001')).toBe(isThere);
  });
  it.each(['ssm-001', 'ssm-002'])('%s: an instance whose role lets no agent call hangs on the account’s host management', (id) => {
    const p = knowledge.primitives.find((one) => one.id === id);
    const held = (statements: readonly object[]) => escalationsIn([user('alice', [allow(p?.required ?? [])]), role('admin', service('ec2'), statements), ...[workloads['ec2']?.(admin)].filter((w) => w !== undefined)], arn('user', 'alice')).filter((e) => e.id === id).map((e) => e.conditional);
    expect([held([allow('s3:GetObject')]), held([allow('s3:GetObject'), allow('ssm:UpdateInstanceInformation')])]).toEqual([[true], [false]]);
  });
  it('say what they assume: a password, SSH to the host, a launch from the template', () => {
    const assumedBy = (id: string) => { const p = knowledge.primitives.find((one) => one.id === id), scene = p && sceneOf(p); return scene && escalationsIn(scene.drafts(p.required).map((d) => (d.urn === boss ? user('boss', strong) : d)), scene.caller).find((e) => e.id === id)?.assumed; };
    expect(['iam-004', 'iam-006', 'ec2instanceconnect-003', 'ec2-004'].map(assumedBy)).toEqual([`${boss} has no console password`, `${boss} has a console password`, `SSH to ${ec2Arn('instance/i-1')} is open to the caller`, `something launches from ${ec2Arn('launch-template/lt-1')}`]);
  });
});

/** Named by its ARN in the trust policy of a role of the own account, the caller needs no permission to assume it. */
function isTrusted(p: Primitive, action: string): boolean { return action === 'sts:AssumeRole' && p.category === 'principal-access'; }
