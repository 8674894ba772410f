import { parseArn } from '#shared/lib/arn.ts';
import { at, list, str } from '#shared/lib/json.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { allPermissions, anyPermission, type Permission } from './effective-permission.ts';
import type { Primitive } from './identity-knowledge.ts';
import type { IdentityView } from './identity-view.ts';
import { anyOf } from '../kleene.ts';
import { primitivePlans, type PrimitivePlan } from './primitive-plan.ts';
import { givesMore, hasMoreThan } from './privilege.ts';
import type { PrincipalProfile } from './principal-policies.ts';

export interface Escalation {
  /** Id of the primitive (resources/attack). */
  readonly id: string;
  readonly category: Primitive['category'];
  /** The identity whose privileges are gained; for a self-escalation the caller itself, or the group joined. */
  readonly target: string;
  /** It hangs on a condition, or on something that must exist and that the snapshot doesn't show. */
  readonly conditional: boolean;
  /** What the snapshot doesn't show and is taken to be so, as it usually is. */
  readonly assumed?: string;
}

const maxEscalations = 500;

/**
 * The privilege-escalation primitives that a principal holds: all required actions allowed on the resources concerned, and the
 * prerequisites met. Targets no more privileged than the caller don't count, nor does anything for an administrator.
 */
export function escalationsOf(view: IdentityView, caller: PrincipalProfile): readonly Escalation[] {
  if (view.administrator(caller) === 'yes') return [];
  const found: Escalation[] = [];
  for (const plan of primitivePlans(view.knowledge)) found.push(...stepsOf(view, caller, plan));
  return found.slice(0, maxEscalations);
}

function stepsOf(view: IdentityView, caller: PrincipalProfile, plan: PrimitivePlan): readonly Escalation[] {
  switch (plan.category) {
    case 'self-escalation': return selfEscalations(view, caller, plan.primitive);
    case 'principal-access': return principalAccess(view, caller, plan);
    case 'new-passrole': return newPassRole(view, caller, plan);
    case 'existing-passrole': return existingPassRole(view, caller, plan);
  }
}

const escalation = (p: Primitive, target: string, permission: Permission, uncertain = false, assumed?: string): readonly Escalation[] =>
  (permission === 'yes' || permission === 'conditional' ? [{ id: p.id, category: p.category, target, conditional: uncertain || permission === 'conditional', ...(assumed !== undefined && { assumed }) }] : []);

/** Managed policies of the account itself: AWS's own can't be changed. */
const ownPolicies = (profile: PrincipalProfile): readonly string[] => profile.attached.filter((arn) => parseArn(arn)?.account !== 'aws');

function selfEscalations(view: IdentityView, caller: PrincipalProfile, primitive: Primitive): readonly Escalation[] {
  const { urn, type } = caller.resource;
  const isUser = type === 'AWS::IAM::User';
  return primitive.required.length !== 1 ? [] : [primitive.required[0] ?? ''].flatMap((action) => {
    const on = (resources: readonly string[]): Permission => anyPermission(resources.map((r) => view.may(caller, action, r)));
    if (action === 'iam:CreatePolicyVersion') return escalation(primitive, urn, on(ownPolicies(caller)));
    if (action === 'iam:SetDefaultPolicyVersion') return rollback(view, caller, primitive, on);
    if (action === 'iam:AddUserToGroup') return isUser ? joinableGroups(view, caller, primitive) : [];
    if (/Group/.test(action)) return escalation(primitive, urn, on(caller.groups.map((g) => g.urn)));
    return /User/.test(action) === isUser && type !== 'AWS::IAM::Group' ? escalation(primitive, urn, on([urn])) : [];
  });
}

const versionsOf = (view: IdentityView, arn: string): readonly unknown[] => list(view.graph.resource(arn)?.config, 'PolicyVersionList');

/** Another version of an attached policy may give more than the caller has; where its document is recorded, that is seen. */
function rollback(view: IdentityView, caller: PrincipalProfile, primitive: Primitive, on: (resources: readonly string[]) => Permission): readonly Escalation[] {
  const worth = ownPolicies(caller).flatMap((arn) => {
    const others = versionsOf(view, arn).filter((v) => at(v, 'IsDefaultVersion') !== true).map((v) => at(v, 'Document'));
    const given = versionsOf(view, arn).length === 0 ? 'unknown' : anyOf(others.map((document) => (document === undefined ? 'unknown' as const : givesMore(document, caller))));
    return given === 'no' ? [] : [{ arn, given }];
  });
  const sure = worth.filter((w) => w.given === 'yes');
  return sure.length > 0 ? escalation(primitive, caller.resource.urn, on(sure.map((w) => w.arn))) : escalation(primitive, caller.resource.urn, on(worth.map((w) => w.arn)), true);
}

/** A primitive for which nothing lacks but the thing to do it to, of which the snapshot has no inventory. */
export interface Latent { readonly id: string; readonly targets: readonly string[]; readonly missing: Missing }

/**
 * Escalations that an inventory could still show: what takes over a workload, where no workload of that type is recorded at all and a more
 * privileged role trusts its service; what rolls a policy back, where the one version recorded could have had others.
 */
export function latentEscalations(view: IdentityView, caller: PrincipalProfile): readonly Latent[] {
  if (view.administrator(caller) === 'yes') return [];
  return primitivePlans(view.knowledge).flatMap(({ primitive, category, workloadType: type }): readonly Latent[] => {
    if (primitive.required[0] === 'iam:SetDefaultPolicyVersion') {
      const own = ownPolicies(caller).filter((arn) => versionsOf(view, arn).length <= 1 && view.may(caller, 'iam:SetDefaultPolicyVersion', arn) !== 'no');
      return own[0] === undefined ? [] : [{ id: primitive.id, targets: [caller.resource.urn], missing: { what: `other versions of ${own[0]}`, entity: own[0], supply: 'aws iam list-policy-versions' } }];
    }
    if (category !== 'existing-passrole' || primitive.required.some((a) => view.somewhere(caller, a) === 'no')) return [];
    if (type === undefined || view.graph.ofType(type).length > 0) return [];
    const targets = (servicesByType[type] ?? []).flatMap((service) => view.rolesForService(service, caller.account)).filter((role) => isWorthMore(view, role, caller)).map((role) => role.resource.urn);
    return targets.length === 0 ? [] : [{ id: primitive.id, targets, missing: { what: `resources of type ${type} that run as ${targets[0] ?? 'a role'}`, entity: caller.account, supply: `an inventory of ${type}` } }];
  });
}

/** Who assumes the role of a workload. */
const servicesByType: Readonly<Record<string, readonly string[]>> = {
  'AWS::AppRunner::Service': ['tasks.apprunner.amazonaws.com', 'build.apprunner.amazonaws.com'], 'AWS::BedrockAgentCore::CodeInterpreter': ['bedrock-agentcore.amazonaws.com'], 'AWS::CloudFormation::Stack': ['cloudformation.amazonaws.com'],
  'AWS::CodeBuild::Project': ['codebuild.amazonaws.com'], 'AWS::EC2::Instance': ['ec2.amazonaws.com'], 'AWS::EC2::LaunchTemplate': ['ec2.amazonaws.com'], 'AWS::Glue::DevEndpoint': ['glue.amazonaws.com'], 'AWS::Lambda::Function': ['lambda.amazonaws.com'], 'AWS::SageMaker::NotebookInstance': ['sagemaker.amazonaws.com'],
};

function joinableGroups(view: IdentityView, caller: PrincipalProfile, primitive: Primitive): readonly Escalation[] {
  const joined = new Set(caller.groups.map((g) => g.urn));
  return view.inAccount('AWS::IAM::Group', caller.account).filter((g) => !joined.has(g.resource.urn) && isWorthMore(view, g, caller))
    .flatMap((g) => escalation(primitive, g.resource.urn, view.may(caller, 'iam:AddUserToGroup', g.resource.urn)));
}

const worthMore = new WeakMap<PrincipalProfile, Map<string, boolean>>();

/** More privileged than the caller: an administrator, or holding something that the caller doesn't. Asked by every primitive, of the same targets. */
function isWorthMore(view: IdentityView, target: PrincipalProfile, caller: PrincipalProfile): boolean {
  if (target.resource.urn === caller.resource.urn) return false;
  let known = worthMore.get(caller);
  if (!known) { known = new Map(); worthMore.set(caller, known); }
  let is = known.get(target.resource.urn);
  if (is === undefined) { is = view.administrator(target) === 'yes' || hasMoreThan(target, caller); known.set(target.resource.urn, is); }
  return is;
}

function principalAccess(view: IdentityView, caller: PrincipalProfile, { primitive, takesUser, rewrites }: PrimitivePlan): readonly Escalation[] {
  // Assuming a role as it is is no escalation of its own: it is the CAN_ASSUME edge.
  if (primitive.required.every((a) => a === 'sts:AssumeRole')) return [];
  if (primitive.required.some((a) => a !== 'sts:AssumeRole' && view.somewhere(caller, a) === 'no')) return [];
  return view.inAccount(takesUser ? 'AWS::IAM::User' : 'AWS::IAM::Role', caller.account)
    .filter((target) => target.resource.urn !== caller.resource.urn && !isServiceLinked(target) && (rewrites || isWorthMore(view, target, caller)))
    .flatMap((target) => {
      const profile = loginProfile(target, primitive.required);
      if (profile === 'no' || !hasRoomForKey(target, primitive.required)) return [];
      const needed = primitive.required.map((action) => permissionOn(view, caller, action, target));
      // Every user either has a console password or can be given one; which is seldom recorded.
      return escalation(primitive, target.resource.urn, allPermissions(needed), false, profile === 'unknown' ? `${target.resource.urn} has ${primitive.required.includes('iam:UpdateLoginProfile') ? 'a' : 'no'} console password` : undefined);
    });
}

const isServiceLinked = (target: PrincipalProfile): boolean => target.resource.urn.includes(':role/aws-service-role/');

function permissionOn(view: IdentityView, caller: PrincipalProfile, action: string, target: PrincipalProfile): Permission {
  if (action === 'iam:CreatePolicyVersion') return anyPermission(ownPolicies(target).map((arn) => view.may(caller, action, arn)));
  return view.may(caller, action, target.resource.urn);
}

/** A user has two access keys at most (IAM quotas); where none are recorded there may be room, and a key to delete. */
function hasRoomForKey(target: PrincipalProfile, required: readonly string[]): boolean {
  const keys = at(target.resource.config, 'AccessKeyMetadata');
  if (!required.includes('iam:CreateAccessKey') || !Array.isArray(keys)) return true;
  return required.includes('iam:DeleteAccessKey') === keys.length >= 2;
}

/** CreateLoginProfile needs a user without password, UpdateLoginProfile one with; most inventories don't say. */
function loginProfile(target: PrincipalProfile, required: readonly string[]): 'yes' | 'no' | 'unknown' {
  const wanted = required.includes('iam:UpdateLoginProfile') ? true : required.includes('iam:CreateLoginProfile') ? false : undefined;
  if (wanted === undefined) return 'yes';
  const recorded = at(target.resource.config, 'LoginProfile');
  if (recorded === undefined) return 'unknown';
  return (recorded !== null) === wanted ? 'yes' : 'no';
}

function newPassRole(view: IdentityView, caller: PrincipalProfile, { primitive, others, services, mustExist, needsInstanceProfile }: PrimitivePlan): readonly Escalation[] {
  if (primitive.required.some((a) => view.somewhere(caller, a) === 'no')) return [];
  const rest = others.map((a) => view.somewhere(caller, a));
  const uncertain = mustExist.some((type) => view.graph.ofType(type, { account: caller.account }).length === 0);
  return services.flatMap((service) => view.rolesForService(service, caller.account).filter((role) => isWorthMore(view, role, caller)).flatMap((role) => {
    const profile = needsInstanceProfile ? hasInstanceProfile(view, role) : 'yes';
    if (profile === 'no') return [];
    const pass = view.may(caller, 'iam:PassRole', role.resource.urn, { values: { 'iam:PassedToService': service } });
    return escalation(primitive, role.resource.urn, allPermissions([pass, ...rest]), uncertain || profile === 'unknown');
  }));
}

function hasInstanceProfile(view: IdentityView, role: PrincipalProfile): 'yes' | 'no' | 'unknown' {
  const recorded = at(role.resource.config, 'InstanceProfileList');
  if (list(recorded).length > 0 || view.graph.edgesTo(role.resource.urn, 'RUNS_AS').some((e) => e.source.includes(':instance-profile/'))) return 'yes';
  return recorded === undefined ? 'unknown' : 'no';
}

function existingPassRole(view: IdentityView, caller: PrincipalProfile, plan: PrimitivePlan): readonly Escalation[] {
  const { primitive, on, workloadType, needsRunning } = plan;
  let lacks = false;
  for (const action of primitive.required) {
    if (view.somewhere(caller, action) !== 'no') continue;
    if (!on.has(action)) return [];
    lacks = true;
  }
  const workloads = workloadType === undefined ? undefined : view.workloads(caller.account).byType.get(workloadType);
  const best = new Map<string, Escalation>();
  // What its own policies don't allow anywhere, the policy of the workload may.
  for (const { resource, role } of (lacks ? workloads?.inviting : workloads?.all) ?? []) {
    const profile = view.profile(role);
    if (!profile || !isWorthMore(view, profile, caller) || (needsRunning && !mayRun(resource.config))) continue;
    const needed = primitive.required.map((a) => (on.has(a) ? view.may(caller, a, resource.urn) : view.somewhere(caller, a)));
    for (const e of escalation(primitive, role, allPermissions(needed), isUnmanaged(view, plan, profile), besides(plan, resource.urn))) {
      if (best.get(role)?.conditional !== false) best.set(role, e);
    }
  }
  return [...best.values()];
}

/** What policies don't show and a workload usually meets: a path to the host, a launch from the template. */
function besides({ assumes }: PrimitivePlan, workload: string): string | undefined {
  if (assumes === 'ssh') return `SSH to ${workload} is open to the caller`;
  return assumes === 'launch' ? `something launches from ${workload}` : undefined;
}

/** Systems Manager manages an instance whose role lets its agent call, or where the account's default host management does; which is not recorded. */
const isUnmanaged = (view: IdentityView, { needsManaged }: PrimitivePlan, role: PrincipalProfile): boolean =>
  needsManaged && view.somewhere(role, 'ssm:UpdateInstanceInformation') === 'no';

/** States of instances, notebooks and interpreters; one that is not recorded may be up, one that starts soon is. */
const mayRun = (config: unknown): boolean => !/^(stop|shutting|terminat|delet|fail)|_FAILED$/i.test(str(config, 'State', 'Name') ?? str(config, 'NotebookInstanceStatus') ?? str(config, 'Status') ?? '');
