import { str } from '#shared/lib/json.ts';
import { containerName, gcpTypes, isUntold, lastPart } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../kleene.ts';
import { accessBindings, bindingsOf, isUnplaced, managedFolders, unplacedBindings, type Binding } from './bindings.ts';
import { evaluateCondition, type ConditionContext } from './condition.ts';
import { directoryOf } from './directory.ts';
import type { GcpKnowledge } from './knowledge.ts';
import { limitsOn, type Alias } from './limits.ts';
import { isMember, type Member } from './members.ts';
import { leavesToStore, roleHolds } from './roles.ts';

/** A binding that gives a permission on a resource, from the resource itself or from what contains it. */
export interface Grant {
  readonly binding: Binding;
  /** Does it give the permission? Unknown for a role that isn't known or a condition that the snapshot can't solve. */
  readonly answer: Answer;
  /** The condition is what leaves it open. */
  readonly isConditional: boolean;
  /** The role itself is not known. */
  readonly isUnknownRole: boolean;
  /** It is of a managed folder, and the bucket as a whole is asked about. */
  readonly isPart: boolean;
}
export interface Grants { readonly grants: readonly Grant[]; readonly missing: readonly Missing[]; readonly assumed: readonly string[]; readonly chain: readonly string[] }
export interface Scope { readonly graph: GraphView; readonly knowledge: GcpKnowledge }

/** Every binding on a resource and its ancestors that gives a permission (allow policies are additive along the hierarchy). */
export function grantsOf({ graph, knowledge }: Scope, permission: string, name: string, forEveryone = false): Grants {
  const directory = directoryOf(graph);
  const holder = objectHolder(name);
  const resource = graph.resource(holder);
  const chain = directory.chain(resource && resource.type !== gcpTypes.iamPolicy ? resource.urn : holder, resource);
  const context = conditionContext(name, permission, resource);
  const placed = chain.flatMap((place) => [...directory.policies(place).flatMap(bindingsOf), ...accessBindings(graph.resource(place))]);
  const inside = foldersOf(graph, name, holder, permission);
  const grants = [...placed, ...inside.bindings, ...unplacedBindings(graph, chain)].flatMap((binding): readonly Grant[] => {
    const isPart = inside.isPart && inside.bindings.includes(binding), role = leavesToStore(binding.role, permission) && isContainer(nameOf(binding.policy)) ? 'unknown' : roleHolds(graph, knowledge, binding.role, permission);
    if (role === 'no') return [];
    const timeUs = binding.policy.observed_us ?? binding.policy.captured_us;
    const condition: Answer = binding.condition === undefined ? 'yes' : evaluateCondition(binding.condition, { ...context, timeUs });
    // Projects, folders and organizations take no allUsers or allAuthenticatedUsers (Resource Manager, projects.setIamPolicy).
    const isBarred = forEveryone && (isContainer(nameOf(binding.policy)) || str(binding.policy.config, 'service') === containerName(''));
    const answer = allOf([role, condition, isBarred ? 'no' : 'yes', isUnplaced(binding) || isPart ? 'unknown' : 'yes']);
    return answer === 'no' ? [] : [{ binding, answer, isConditional: condition === 'unknown', isUnknownRole: role === 'unknown', isPart }];
  });
  return { grants, chain, ...lacks(graph, chain, forEveryone) };
}

/** What the managed folders of a bucket give: those around an object; of the objects of a bucket as a whole those of any, for a part of them. */
function foldersOf(graph: GraphView, name: string, holder: string, permission: string): { readonly bindings: readonly Binding[]; readonly isPart: boolean } {
  const object = name.startsWith(`${holder}/objects/`) ? name.slice(`${holder}/objects/`.length) : undefined, ofObjects = /^storage\.(objects|managedFolders|folders)\./.test(permission);
  const found = holder.startsWith('//storage.') && ofObjects ? managedFolders(graph, holder).filter((f) => object === undefined || object.startsWith(f.path)) : [];
  return { bindings: found.flatMap((f) => bindingsOf(f.policy)), isPart: object === undefined };
}

const isContainer = (name: string): boolean => name.startsWith(containerName(''));
const nameOf = (policy: StoredResource): string => policy.urn.replace(/#iam-policy$/, '');

/** An object is governed by its bucket. */
const objectHolder = (name: string): string => /^(\/\/storage\.googleapis\.com\/[^/]+)\/objects\/./.exec(name)?.[1] ?? name;

/** What isn't recorded of the policies along the chain: the resource's own and the project's are needed, those above are taken as giving nothing. */
function lacks(graph: GraphView, chain: readonly string[], forEveryone: boolean): Pick<Grants, 'missing' | 'assumed'> {
  const directory = directoryOf(graph);
  const supply = 'gcloud asset export --content-type iam-policy';
  const missing: Missing[] = [], assumed: string[] = [];
  const [own = ''] = chain;
  const isRecorded = (place: string): boolean => directory.policies(place).length > 0;
  if (!isContainer(own) && !isRecorded(own) && (!directory.hasResourcePolicies || own.startsWith('//storage.'))) missing.push({ what: 'the IAM policy of the resource', entity: own, supply });
  if (forEveryone) return { missing, assumed };
  const containers = chain.filter(isContainer);
  const project = containers.find((c) => c.includes('/projects/'));
  if (project !== undefined && !isRecorded(project)) missing.push({ what: 'the IAM policy of the project', entity: project, supply });
  const top = containers.at(-1);
  // Grants further up may be above it, or not.
  if (top?.includes('/folders/') === true && graph.ofType(gcpTypes.iamPolicy).some((p) => /\/(folders|organizations)\//.test(nameOf(p)) && !chain.includes(directory.canonical(nameOf(p))))) missing.push({ what: 'what the folder lies in', entity: top, supply: 'gcloud resource-manager folders describe' });
  if (project === undefined && !isContainer(own)) missing.push({ what: 'the project of the resource', entity: own, supply: 'gcloud asset export --content-type resource' });
  if (containers.some((c) => c !== project && !isRecorded(c)) || !containers.some((c) => c.includes('/organizations/'))) assumed.push('ancestor_iam_policy');
  return { missing, assumed };
}

function conditionContext(name: string, permission: string, resource: StoredResource | undefined): ConditionContext {
  const service = /^\/\/([^/]+)\//.exec(name)?.[1];
  const object = /^\/\/storage\.googleapis\.com\/([^/]+)\/objects\/(.+)$/.exec(name);
  if (object) return { name: `projects/_/buckets/${object[1]}/objects/${object[2]}`, type: 'storage.googleapis.com/Object', service };
  if (service === 'storage.googleapis.com') {
    const bucket = `projects/_/buckets/${lastPart(name)}`;
    return /^storage\.(objects|managedFolders|folders)\./.test(permission) ? { name: `${bucket}/objects/`, isPrefix: true, type: 'storage.googleapis.com/Object', service } : { name: bucket, type: gcpTypes.bucket, service };
  }
  const type = resource === undefined || resource.type === gcpTypes.iamPolicy ? undefined : resource.type;
  return { name: name.replace(/^\/\/[^/]+\//, ''), type, service };
}

export interface Decision extends Verdict {
  /** The bindings that let the principal in, the surest first. */
  readonly grants: readonly Grant[];
}

/**
 * May the principal use a permission on a resource (or on an object of a bucket)? Allow bindings of the resource and its ancestors, minus deny
 * policies, which are looked at first, minus principal access boundaries (design 5-graph §3).
 * Codes: `NO_BINDING`, `DENY_POLICY`, `PRINCIPAL_ACCESS_BOUNDARY`; `CONDITION` where a condition leaves it open.
 * @param alias who is asked about of a principal that is a set: what refuses that one refuses it.
 */
export function decide(scope: Scope, principal: Member, permission: string, name: string, alias?: Alias): Decision {
  const { graph } = scope;
  const found = grantsOf(scope, permission, name, principal === 'allUsers' || principal === 'allAuthenticatedUsers');
  const held = found.grants.map((grant) => ({ grant, member: anyOf(grant.binding.members.map((m) => isMember(graph, principal, m))) })).filter(({ member }) => member !== 'no')
    .map(({ grant, member }) => ({ ...grant, member, answer: allOf([grant.answer, member]) }));
  const allowed = anyOf(held.map((h) => h.answer));
  const lost: Answer = found.missing.length > 0 ? 'unknown' : 'no';
  const granted = anyOf([allowed, lost]);
  const limit = granted === 'no' ? undefined : limitsOn(graph, principal, permission, found.chain, alias);
  const answer = allOf([granted, limit?.passes ?? 'yes']);
  const ranked = held.toSorted((a, b) => rank(a.answer) - rank(b.answer));
  const first = ranked[0];
  const given = ranked.slice(0, 5).map((h) => grantReason(h.binding, principal, permission));
  const reasons = limit?.passes === 'no' ? [...limit.reasons, ...given] : [...given, ...(limit?.reasons ?? [])];
  const base = { answer, assumed: answer === 'no' && granted === 'no' ? found.assumed : [], grants: ranked, reasons: reasons.length > 0 ? reasons : [{ rule: 'GCP.no_binding', source: found.chain[0] ?? name, pointer: '', text: `no binding on it or above it gives ${permission} to ${principal}` }] };
  if (answer === 'yes') return { ...base, missing: [], via: first ? grantReason(first.binding, principal, permission).text : permission };
  if (answer === 'no') return { ...base, missing: [], blocked_by: granted === 'no' ? 'NO_BINDING' : limit?.code ?? 'DENY_POLICY' };
  const open = ranked.filter((h) => h.answer === 'unknown');
  const isCondition = granted === 'unknown' && open.some((h) => h.isConditional && h.member === 'yes' && !h.isUnknownRole) || (limit?.isConditional === true && granted === 'yes');
  return { ...base, missing: [...open.flatMap((h) => openInputs(h)), ...(allowed === 'yes' ? [] : found.missing), ...limit?.missing ?? []], ...(isCondition && { blocked_by: 'CONDITION' }) };
}

const rank = (answer: Answer): number => (answer === 'yes' ? 0 : 1);

function openInputs({ binding, member, isUnknownRole, isPart }: Grant & { readonly member: Answer }): readonly Missing[] {
  const groups = member === 'unknown' ? binding.members.filter((m) => m.startsWith('group:')) : [];
  const isOpen = isUnplaced(binding) || (member === 'unknown' && binding.members.some(isUntold));
  return [
    ...(isOpen ? [{ what: isUnplaced(binding) ? 'what the grant is about' : 'whom the grant names', entity: binding.policy.name ?? binding.policy.urn, supply: 'terraform show -json of the state, once the plan is applied' }] : []),
    ...(isUnknownRole ? [{ what: `the permissions of ${binding.role}`, entity: binding.role, supply: 'gcloud iam roles describe, or gcloud asset export of iam.googleapis.com/Role' }] : []),
    ...(isPart ? [{ what: 'which of its objects is asked about', entity: binding.policy.urn, supply: 'a question about one object: bucket/objects/name' }] : []),
    ...groups.map((group) => ({ what: `who is in ${group}`, entity: group, supply: 'the memberships of the group' })),
  ];
}

/** A binding in words. */
export function grantReason(binding: Binding, principal: Member, permission: string): Reason {
  const as = binding.members.includes(principal) ? principal : binding.members.slice(0, 3).join(', ');
  return { rule: 'GCP.binding', source: binding.policy.urn, pointer: binding.pointer, text: `${binding.role} with ${permission} for ${as} on ${nameOf(binding.policy).replace(/^\/\/[^/]+\//, '')}${binding.condition === undefined ? '' : ' under a condition'}` };
}
