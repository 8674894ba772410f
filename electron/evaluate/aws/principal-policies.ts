import { parseArn } from '#shared/lib/arn.ts';
import { at, list, str } from '#shared/lib/json.ts';
import { unplacedPolicy } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import type { PolicyLevel } from './aws-policy.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { organizationPolicies } from './organization-policies.ts';
import { parsePolicy } from './policy-document.ts';
import type { Principal } from './policy-principal.ts';
import type { PolicyInput } from './policy-scan.ts';

/** Everything that governs what a user, role or group may do. */
export interface PrincipalProfile {
  readonly resource: StoredResource;
  /** A group stands in as a principal of its own: what it holds, its members hold. */
  readonly principal: Principal;
  readonly account: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly identity: readonly PolicyInput[];
  readonly boundary: readonly PolicyInput[];
  readonly scps: readonly PolicyLevel[];
  readonly scpsRecorded: boolean;
  /** ARNs of the managed policies attached to it or to its groups. */
  readonly attached: readonly string[];
  /** The groups of a user. */
  readonly groups: readonly StoredResource[];
  readonly missing: readonly Missing[];
}

const inlineKeys = { 'AWS::IAM::User': 'UserPolicyList', 'AWS::IAM::Role': 'RolePolicyList', 'AWS::IAM::Group': 'GroupPolicyList' } as const;
type HolderType = keyof typeof inlineKeys;
const isHolder = (type: string): type is HolderType => Object.hasOwn(inlineKeys, type);
const authorization = 'aws iam get-account-authorization-details';

/**
 * Collects the policies of an IAM user, role or group: inline and attached ones, those of a user's groups, the boundary, the SCPs of its
 * account. A policy whose document nothing supplies is there with `document: undefined` and in `missing`.
 * @returns undefined when the graph has no such identity.
 */
export function principalPolicies(graph: GraphView, urn: string, knowledge: IdentityKnowledge): PrincipalProfile | undefined {
  const resource = graph.resource(urn);
  if (!resource || !isHolder(resource.type)) return undefined;
  const account = resource.account ?? resource.urn.split(':')[4] ?? '';
  const partition = parseArn(resource.urn)?.partition ?? 'aws';
  const groups = resource.type === 'AWS::IAM::User' ? groupsOf(graph, resource, account, partition) : { found: [], missing: [] };
  const holders = [resource, ...groups.found].map((holder) => heldPolicies(graph, holder, knowledge));
  const boundaryArn = str(resource.config, 'PermissionsBoundary', 'PermissionsBoundaryArn');
  const boundary = boundaryArn === undefined ? undefined : managedPolicy(graph, boundaryArn, knowledge);
  const scps = organizationPolicies(graph, account, 'SERVICE_CONTROL_POLICY');
  return {
    resource, account, partition, principal: { kind: resource.type === 'AWS::IAM::User' ? 'user' : 'role', arn: resource.urn, account },
    identity: [...holders.flatMap((h) => h.inputs), ...groups.missing.map((m) => ({ name: m.what, source: m.entity, pointer: '', document: undefined }))], boundary: boundary ? [boundary] : [],
    scps: levelsWithFullAccess(scps.levels), scpsRecorded: scps.recorded,
    attached: [...new Set(holders.flatMap((h) => h.attached))], groups: groups.found,
    missing: [
      // What is planned lies in an account that nothing may name yet: whom it trusts and reaches there can't be said.
      ...(account === '' ? [lost('the account that it will be in', urn, 'the state after the plan is applied')] : []), ...groups.missing, ...holders.flatMap((h) => h.missing),
      ...(boundary && boundary.document === undefined ? [lost('permissions boundary', boundaryArn ?? '')] : []),
    ],
  };
}

const lost = (what: string, entity: string, supply = authorization): Missing => ({ what, entity, supply });

interface Held { readonly inputs: readonly PolicyInput[]; readonly attached: readonly string[]; readonly missing: readonly Missing[] }

function heldPolicies(graph: GraphView, holder: StoredResource, knowledge: IdentityKnowledge): Held {
  const key = isHolder(holder.type) ? inlineKeys[holder.type] : 'RolePolicyList';
  const inline = at(holder.config, key), managed = at(holder.config, 'AttachedManagedPolicies');
  const inputs: PolicyInput[] = list(inline).map((p, i) => ({
    name: `${str(p, 'PolicyName') ?? `inline policy ${i}`}`, source: holder.urn, pointer: `/${key}/${i}/PolicyDocument`, document: readable(at(p, 'PolicyDocument')),
  }));
  const linked = graph.edgesFrom(holder.urn, 'HAS_POLICY').map((e) => e.target);
  const attached = [...new Set([...list(managed).flatMap((p) => str(p, 'PolicyArn') ?? []), ...linked])];
  const found = attached.map((arn) => managedPolicy(graph, arn, knowledge));
  // Not recorded at all: there may be policies that nothing names.
  // The IAM API leaves UserPolicyList out for a user that has none, where it lists the attachments.
  const gaps = [
    ...(inline === undefined && (managed === undefined || holder.type !== 'AWS::IAM::User') ? [{ name: 'its inline policies', pointer: '' }] : []),
    ...(managed === undefined && linked.length === 0 ? [{ name: 'its attached policies', pointer: '' }] : []),
    ...graph.ofType(unplacedPolicy).filter((p) => holder.type.toLowerCase().endsWith(`::${str(p.config, 'Holder') ?? ''}`) && [undefined, holder.urn.slice(holder.urn.lastIndexOf('/') + 1)].includes(str(p.config, 'Name'))).map((p) => ({ name: `${p.name ?? p.urn}, which may be its own`, pointer: '' })),
  ];
  return {
    inputs: [...inputs, ...found, ...gaps.map((g) => ({ ...g, source: holder.urn, document: undefined }))], attached,
    missing: [
      ...gaps.map((g) => lost(g.name, holder.urn)),
      ...[...inputs, ...found].filter((p) => p.document === undefined).map((p) => lost(`document of policy ${p.name}`, p.source)),
    ],
  };
}

/** An unreadable document counts as not known. */
const readable = (document: unknown): unknown => (document !== undefined && parsePolicy(document).ok ? document : undefined);

/** A managed policy: as imported (its default version), else one of AWS's own that we ship, else of unknown content. */
export function managedPolicy(graph: GraphView, arn: string, knowledge: IdentityKnowledge): PolicyInput {
  const name = arn.split('/').at(-1) ?? arn;
  const resource = graph.resource(arn);
  const versions = list(resource?.config, 'PolicyVersionList');
  const wanted = str(resource?.config, 'DefaultVersionId');
  const index = versions.findIndex((v) => at(v, 'IsDefaultVersion') === true || (wanted !== undefined && str(v, 'VersionId') === wanted));
  const chosen = index < 0 && versions.length === 1 ? 0 : index;
  const document = chosen < 0 ? undefined : readable(at(versions[chosen], 'Document'));
  if (resource && document !== undefined) return { name, source: resource.urn, pointer: `/PolicyVersionList/${chosen}/Document`, document };
  const shipped = knowledge.managedPolicies.get(arn.replace(/^arn:[a-z-]+:/, 'arn:aws:'));
  return { name, source: resource?.urn ?? arn, pointer: '', document: shipped };
}

/** `GroupList` has names; the path of a group is not in it, so the account's groups are searched. */
function groupsOf(graph: GraphView, user: StoredResource, account: string, partition: string): { readonly found: readonly StoredResource[]; readonly missing: readonly Missing[] } {
  const recorded = at(user.config, 'GroupList');
  const linked = graph.edgesFrom(user.urn, 'MEMBER_OF').map((e) => e.target);
  const names = list(recorded).flatMap((g) => (typeof g === 'string' ? [g] : str(g, 'GroupName') ?? []));
  const groups = graph.ofType('AWS::IAM::Group', { account });
  const found = new Map<string, StoredResource>();
  const missing: Missing[] = [];
  for (const name of names) {
    const group = groups.find((g) => str(g.config, 'GroupName') === name || g.name === name);
    if (group) found.set(group.urn, group);
    else missing.push(lost(`group ${name}`, `arn:${partition}:iam::${account}:group/${name}`));
  }
  for (const urn of linked) {
    const group = graph.resource(urn);
    if (group?.type === 'AWS::IAM::Group') found.set(group.urn, group);
  }
  if (recorded === undefined && linked.length === 0) missing.push(lost('its groups', user.urn));
  return { found: [...found.values()], missing };
}

const fullAccess = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Principal: '*' }] };

const completed = new WeakMap<readonly PolicyLevel[], readonly PolicyLevel[]>();

/** Each level with what AWS keeps attached there; worked out once for an account's levels. */
export function levelsWithFullAccess(levels: readonly PolicyLevel[]): readonly PolicyLevel[] {
  let found = completed.get(levels);
  if (!found) { found = levels.map(withFullAccess); completed.set(levels, found); }
  return found;
}

/** AWS keeps FullAWSAccess attached unless an allow list replaces it; a level whose recorded policies only deny has it unrecorded. */
export function withFullAccess(level: PolicyLevel): PolicyLevel {
  const allows = level.policies.some((p) => {
    const parsed = p.document === undefined ? undefined : parsePolicy(p.document);
    return parsed?.ok !== true || parsed.value.statements.some((s) => s.effect === 'Allow');
  });
  return allows ? level : { ...level, policies: [...level.policies, { name: 'FullAWSAccess', source: level.name, pointer: '', document: fullAccess }] };
}
