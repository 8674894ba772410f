import { parseArn, partitionOf } from '#shared/lib/arn.ts';
import { str } from '#shared/lib/json.ts';
import { recentCache } from '#shared/lib/recent-cache.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { permissionFor, permittedSomewhere, type Permission } from './effective-permission.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { invites } from './own-policy.ts';
import { principalPolicies, type PrincipalProfile } from './principal-policies.ts';
import type { RequestContext } from './policy-context.ts';
import { isAdministrator } from './privilege.ts';
import { canAssume, trustedNames, type RoleTrust } from './role-trust.ts';

/** Look-ups over the identities of one graph version that many evaluations share; each is computed once. */
export interface IdentityView {
  readonly graph: GraphView;
  readonly knowledge: IdentityKnowledge;
  profile(urn: string): PrincipalProfile | undefined;
  trust(roleUrn: string): RoleTrust;
  /** Roles, users or groups of an account. */
  inAccount(type: 'AWS::IAM::Role' | 'AWS::IAM::User' | 'AWS::IAM::Group', account: string): readonly PrincipalProfile[];
  /** Roles of an account that a service may assume. */
  rolesForService(service: string, account: string): readonly PrincipalProfile[];
  /** Roles whose trust policy names the principal, its account or everyone; others can't let it in. */
  rolesTrusting(profile: PrincipalProfile): readonly string[];
  administrator(profile: PrincipalProfile): Permission;
  somewhere(profile: PrincipalProfile, action: string): Permission;
  may(profile: PrincipalProfile, action: string, resource: string, context?: RequestContext): Permission;
  /** What runs as a role in an account: instances, functions, tasks, projects. */
  workloads(account: string): Workloads;
}

/** A workload with the urn of the role that it runs as. */
interface Workload { readonly resource: StoredResource; readonly role: string }
export interface Workloads {
  readonly all: readonly Workload[];
  /** Those of a type, and those of them whose own policy speaks of the account, of somebody in it or of everyone. */
  readonly byType: ReadonlyMap<string, { readonly all: readonly Workload[]; readonly inviting: readonly Workload[] }>;
}

const views = new WeakMap<GraphView, IdentityView & { readonly version: number }>();

/** The view of a graph; kept for as long as the graph's version and the knowledge stay the same. */
export function identityView(graph: GraphView, knowledge: IdentityKnowledge): IdentityView {
  const known = views.get(graph);
  if (known?.version === graph.version && known.knowledge === knowledge) return known;
  const view = { ...createView(graph, knowledge), version: graph.version };
  views.set(graph, view);
  return view;
}

/** What is kept: policies and trust of the identities of an account or two, their lists, and answers in a word. A large estate is looked at an account at a time; lists of workloads hold whole resources. */
const MOST_IDENTITIES = 200, MOST_LISTS = 10, MOST_WORKLOADS = 2, MOST_ANSWERS = 3000;

function createView(graph: GraphView, knowledge: IdentityKnowledge): IdentityView {
  const profile = once(MOST_IDENTITIES, (urn: string) => principalPolicies(graph, urn, knowledge));
  const trust = once(MOST_IDENTITIES, (urn: string) => canAssume(graph, urn));
  const listed = once(MOST_LISTS, (key: string) => {
    const [type = '', account = ''] = key.split(' ');
    return graph.ofType(type, { account }).flatMap((r) => profile(r.urn) ?? []);
  });
  const forService = once(MOST_LISTS, (key: string) => {
    const [service = '', account = ''] = key.split(' ');
    return listed(`AWS::IAM::Role ${account}`).filter((r) => trust(r.resource.urn).assumers.some((a) => a.kind === 'service' && a.id === service));
  });
  const administrator = once(MOST_ANSWERS, (urn: string) => { const found = profile(urn); return found ? isAdministrator(graph, found) : 'lost'; });
  const somewhere = new WeakMap<PrincipalProfile, Map<string, Permission>>();
  return {
    graph, knowledge, profile, trust,
    inAccount: (type, account) => listed(`${type} ${account}`),
    rolesForService: (service, account) => forService(`${service} ${account}`),
    rolesTrusting: (p) => [...new Set([p.resource.urn, p.account, '*'].flatMap((id) => (byTrusted(graph).get(id) ?? []).filter((role) => letsIn(trust(role), id))))].sort(),
    administrator: (p) => administrator(p.resource.urn),
    somewhere: (p, action) => {
      let known = somewhere.get(p);
      if (!known) { known = new Map(); somewhere.set(p, known); }
      let found = known.get(action);
      if (found === undefined) { found = permittedSomewhere(graph, p, action); known.set(action, found); }
      return found;
    },
    may: (p, action, resource, context) => permissionFor(graph, p, action, resource, context),
    workloads: once(MOST_WORKLOADS, (account: string) => workloadsOf(graph, account)),
  };
}

type TrustIndex = ReadonlyMap<string, readonly string[]>;
const byGraph = new WeakMap<GraphView, { readonly version: number; readonly index: TrustIndex }>();
const byList = new WeakMap<readonly StoredResource[], TrustIndex>();

/** Roles by whom their trust policies name; built once a graph, and for views that share their lists once a list. Asking for the list notes that it was read. */
function byTrusted(graph: GraphView): TrustIndex {
  const known = byGraph.get(graph);
  if (known?.version === graph.version) return known.index;
  const roles = graph.ofType('AWS::IAM::Role');
  const index = byList.get(roles) ?? indexTrusted(roles);
  byList.set(roles, index);
  byGraph.set(graph, { version: graph.version, index });
  return index;
}

function indexTrusted(roles: readonly StoredResource[]): TrustIndex {
  const index = new Map<string, string[]>();
  for (const role of roles) for (const id of new Set(trustedNames(role))) {
    const urns = index.get(id);
    if (urns) urns.push(role.urn); else index.set(id, [role.urn]);
  }
  return index;
}

/** Whether a trust policy, its denials and conditions counted, may let in somebody who is named so. */
const letsIn = ({ assumers }: RoleTrust, id: string): boolean => assumers.some((a) => (a.kind === 'everyone' ? '*' : a.kind === 'account' ? a.account ?? a.id : a.id) === id);

function once<T>(most: number, compute: (key: string) => T): (key: string) => T {
  const known = recentCache<{ readonly value: T }>(most);
  return (key) => {
    let found = known.get(key);
    if (!found) { found = { value: compute(key) }; known.set(key, found); }
    return found.value;
  };
}

/** Where each kind of workload names its role, or the instance profile that holds it. */
const rolePaths: readonly (readonly [type: string, ...path: string[]])[] = [
  ['AWS::EC2::Instance', 'IamInstanceProfile', 'Arn'], ['AWS::Lambda::Function', 'Role'], ['AWS::ECS::TaskDefinition', 'TaskRoleArn'], ['AWS::ECS::TaskDefinition', 'ExecutionRoleArn'],
  ['AWS::CodeBuild::Project', 'ServiceRole'], ['AWS::Glue::DevEndpoint', 'RoleArn'], ['AWS::Glue::Job', 'Role'], ['AWS::SageMaker::NotebookInstance', 'RoleArn'],
  ['AWS::AppRunner::Service', 'InstanceConfiguration', 'InstanceRoleArn'], ['AWS::CloudFormation::Stack', 'RoleARN'],
  ['AWS::EC2::LaunchTemplate', 'LaunchTemplateData', 'IamInstanceProfile', 'Arn'], ['AWS::BedrockAgentCore::CodeInterpreter', 'ExecutionRoleArn'],
];

function workloadsOf(graph: GraphView, account: string): Workloads {
  // Those of which no account is recorded may be this one's.
  const all = rolePaths.flatMap(([type, ...path]) => [...graph.ofType(type, { account }), ...(account === '' ? [] : graph.ofType(type, { account: '' }))].flatMap((resource): readonly Workload[] => {
    // A launch template may name the profile instead of giving its ARN.
    const profile = path.at(-1) === 'Arn' ? str(resource.config, ...path.slice(0, -1), 'Name') : undefined;
    const named = str(resource.config, ...path) ?? (profile === undefined ? undefined : `arn:${parseArn(resource.urn)?.partition ?? partitionOf(resource.region)}:iam::${account}:instance-profile/${profile}`);
    const role = named === undefined ? undefined : roleBehind(graph, named);
    return role === undefined ? [] : [{ resource, role }];
  }));
  const byType = [...Map.groupBy(all, (w) => w.resource.type)].map(([type, of]) => [type, { all: of, inviting: of.filter((w) => invites(w.resource, account)) }] as const);
  return { all, byType: new Map(byType) };
}

/** The role behind a role's or an instance profile's ARN. */
function roleBehind(graph: GraphView, arn: string): string | undefined {
  const found = graph.resource(arn);
  if (found?.type === 'AWS::IAM::Role') return found.urn;
  if (found?.type !== 'AWS::IAM::InstanceProfile') return undefined;
  return graph.edgesFrom(found.urn, 'RUNS_AS').map((e) => graph.resource(e.target)).find((r) => r?.type === 'AWS::IAM::Role')?.urn;
}

