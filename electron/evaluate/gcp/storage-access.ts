import { at, list, str } from '#shared/lib/json.ts';
import { gcpTypes, unplacedAcl } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold, onceApplied } from '#shared/model/untold.ts';
import type { Answer, Missing, Reason, StorageAccess, Verdict } from '#shared/model/verdict.ts';
import { allOf, answerOf, anyOf, not } from '../kleene.ts';
import { internetSources, parseNetwork, sizeOf } from '../network/cidr.ts';
import { managedFolders } from './bindings.ts';
import { directoryOf } from './directory.ts';
import { enforced } from './org-policy.ts';
import { perimeterAround } from './perimeter.ts';
import { decide, type Decision, type Scope } from './permission.ts';

type Access = keyof StorageAccess['public_actual'];
const kinds = ['list', 'read', 'write', 'acl'] as const;
/** The permissions that each kind of access takes. */
const permissions: Readonly<Record<Access, readonly string[]>> = {
  list: ['storage.objects.list'], read: ['storage.objects.get'], write: ['storage.objects.create', 'storage.objects.delete'], acl: ['storage.buckets.setIamPolicy', 'storage.objects.setIamPolicy'],
};
const everyone = ['allUsers', 'allAuthenticatedUsers'] as const;

interface Control { readonly blocks: Answer; readonly missing?: Missing; readonly kind: NonNullable<StorageAccess['blocking_control']>['kind']; readonly reason: Reason; readonly network_bound: boolean }
interface AclGrant { readonly isSure: boolean; readonly entity: string; readonly access: readonly Access[]; readonly reason: Reason }

/**
 * Can anyone on the internet list, read, write or change the access of a Cloud Storage bucket? allUsers and allAuthenticatedUsers in IAM or, where
 * uniform bucket-level access is off, in ACLs; void under public access prevention on the bucket or by organization policy, behind a service
 * perimeter or a bucket IP filter (design 5-graph §1, GCS). A bucket of which only the IAM policy is recorded is answered with what it takes
 * for granted in `assumed`.
 */
export function evaluateGcsAccess(scope: Scope, urn: string): StorageAccess {
  const { graph } = scope;
  const node = graph.resource(urn);
  if (!node) return absent(urn);
  const config = node.type === gcpTypes.iamPolicy ? undefined : node.config;
  const name = node.urn.replace(/#iam-policy$/, '');
  const chain = directoryOf(graph).chain(name, node);
  const uniform = uniformAccess(config);
  const acl = uniform === 'yes' ? [] : aclGrants(graph, node.urn, config).map((g) => ({ ...g, isSure: g.isSure && uniform === 'no' }));
  const byIam = new Map(kinds.map((kind) => [kind, permissions[kind].flatMap((p) => [name, ...managedFolders(graph, name).map((f) => `${name}/objects/${f.path}`)].flatMap((place) => everyone.map((who) => decide(scope, who, p, place))))]));
  const controls = [preventionOf(graph, node, config, chain), ipFilter(node.urn, config), perimeterControl(graph, node, chain)];
  const blocked = anyOf(controls.map((c) => c.blocks));
  const granted = (kind: Access): Answer => anyOf([...(byIam.get(kind) ?? []).map((d) => d.answer), ...acl.filter((g) => g.access.includes(kind)).map((g) => (g.isSure ? 'yes' : 'unknown'))]);
  const actual = { list: allOf([granted('list'), not(blocked)]), read: allOf([granted('read'), not(blocked)]), write: allOf([granted('write'), not(blocked)]), acl: allOf([granted('acl'), not(blocked)]) };
  const decisions = [...byIam.values()].flat();
  const answer = anyOf(Object.values(actual));
  const looksPublic = [...(acl.some((g) => g.isSure) ? ['acl' as const] : []), ...(decisions.some((d) => d.answer === 'yes') ? ['policy' as const] : [])];
  const control = answer === 'no' ? blocking(name, controls, decisions) : undefined;
  return {
    public: verdict({ answer, decisions, acl, controls, control, blocked, assumed: assumptions(graph, answer, config, uniform, chain, controls) }),
    policy_public: anyOf(decisions.map((d) => d.answer)), acl_public: uniform === 'yes' ? 'no' : acl.length > 0 ? (acl.some((g) => g.isSure) ? 'yes' : 'unknown') : config === undefined ? 'unknown' : 'no', public_actual: actual,
    restricted_to: { vpce: [], vpc: [], cidrs: restrictedTo(graph, node, config), orgs: [], accounts: [] }, misleading: answer === 'no' ? looksPublic : [], ...(control && { blocking_control: control }),
  };
}

function absent(urn: string): StorageAccess {
  const missing: Missing = { what: 'the bucket', entity: urn, supply: 'gcloud asset export --content-type resource, and --content-type iam-policy' };
  return {
    public: { answer: 'unknown', assumed: [], missing: [missing], reasons: [] }, policy_public: 'unknown', acl_public: 'unknown', public_actual: { list: 'unknown', read: 'unknown', write: 'unknown', acl: 'unknown' },
    restricted_to: { vpce: [], vpc: [], cidrs: [], orgs: [], accounts: [] }, misleading: [],
  };
}

/** Off where the recorded bucket doesn't turn it on; its earlier name was bucketPolicyOnly. */
function uniformAccess(config: unknown): Answer {
  if (config === undefined || hasUntold(at(config, 'iamConfiguration'), 'uniformBucketLevelAccess')) return 'unknown';
  const flag = at(config, 'iamConfiguration', 'uniformBucketLevelAccess', 'enabled') ?? at(config, 'iamConfiguration', 'bucketPolicyOnly', 'enabled');
  return typeof flag === 'boolean' ? answerOf(flag) : 'no';
}

const ofRole: Readonly<Record<string, readonly Access[]>> = { READER: ['list'], WRITER: ['list', 'write'], OWNER: ['list', 'write', 'acl'] };

function aclGrants(graph: GraphView, urn: string, config: unknown): readonly AclGrant[] {
  const read = (of: unknown, source: string, key: 'acl' | 'defaultObjectAcl', accessOf: (role: string) => readonly Access[], isPlaced: boolean): readonly AclGrant[] => list(of, key).flatMap((entry, i) => {
    const entity = hasUntold(entry, 'entity') ? 'whom a plan does not tell' : str(entry, 'entity') ?? '', isTold = !hasUntold(entry, 'entity', 'role'), role = hasUntold(entry, 'role') ? 'OWNER' : str(entry, 'role') ?? '';
    if (!/^all(Authenticated)?Users$/.test(entity) && !hasUntold(entry, 'entity')) return [];
    return [{ entity, access: accessOf(role), isSure: isTold && isPlaced, reason: { rule: 'GCS.acl', source, pointer: `/${key}/${i}`, text: `the ${key === 'acl' ? 'ACL of the bucket' : 'default ACL of its objects'} grants ${isTold ? role : 'something'} to ${entity}${isPlaced ? '' : ', if it is of this bucket'}` } }];
  });
  const of = (config: unknown, source: string, isPlaced: boolean): readonly AclGrant[] => [...read(config, source, 'acl', (role) => ofRole[role] ?? [], isPlaced), ...read(config, source, 'defaultObjectAcl', (role) => (role === 'OWNER' ? ['read', 'acl'] : ['read']), isPlaced)];
  return [...of(config, urn, true), ...graph.ofType(unplacedAcl).flatMap((acl) => of(acl.config, acl.urn, false))];
}

/** On the bucket, else by the nearest organization policy (the bucket then says "inherited"). */
function preventionOf(graph: GraphView, node: StoredResource, config: unknown, chain: readonly string[]): Control {
  const own = str(config, 'iamConfiguration', 'publicAccessPrevention');
  if (own === 'enforced') return { blocks: 'yes', kind: 'public_access_prevention', network_bound: false, reason: { rule: 'GCS.public_access_prevention', source: node.urn, pointer: '/iamConfiguration/publicAccessPrevention', text: 'public access prevention is enforced on the bucket' } };
  const policy = enforced(graph, 'storage.publicAccessPrevention', chain), isUntold = hasUntold(at(config, 'iamConfiguration'), 'publicAccessPrevention') && !(policy.policy && policy.answer === 'yes');
  if (isUntold) return { blocks: 'unknown', kind: 'public_access_prevention', network_bound: false, missing: untoldAt(node.urn, 'its public access prevention'), reason: { rule: 'GCS.public_access_prevention', source: node.urn, pointer: '/iamConfiguration', text: 'whether public access prevention is enforced is not told' } };
  const where = policy.policy ? str(policy.policy.config, 'of', 'name')?.replace(/^\/\/[^/]+\//, '') ?? '' : '';
  return {
    blocks: policy.policy ? policy.answer : 'no', kind: 'org_policy', network_bound: false,
    reason: { rule: 'GCS.org_policy', source: policy.policy?.urn ?? node.urn, pointer: policy.pointer ?? '', text: `organization policy storage.publicAccessPrevention is ${policy.answer === 'yes' ? 'enforced' : policy.answer === 'no' ? 'not enforced' : 'enforced under a condition'}${where === '' ? '' : ` on ${where}`}` },
  };
}

const untoldAt = (entity: string, what: string): Missing => ({ what, entity, supply: onceApplied });

function ipFilter(urn: string, config: unknown): Control {
  if (hasUntold(config, 'ipFilter')) return { blocks: 'unknown', kind: 'bucket_ip_filter', network_bound: true, missing: untoldAt(urn, 'its IP filter'), reason: { rule: 'GCS.ip_filter', source: urn, pointer: '', text: 'the IP filter of the bucket is not told' } };
  const isOn = str(config, 'ipFilter', 'mode') === 'Enabled';
  const internet = internetSources(4);
  const ranges = list(config, 'ipFilter', 'publicNetworkSource', 'allowedIpCidrRanges').flatMap((c) => (typeof c === 'string' ? parseNetwork(c) ?? [] : []));
  const isOpen = ranges.some((r) => (r.family === 4 ? sizeOf([r]) > internet.threshold : sizeOf([r]) > internetSources(6).threshold));
  return { blocks: isOn && !isOpen ? 'yes' : 'no', kind: 'bucket_ip_filter', network_bound: true, reason: { rule: 'GCS.ip_filter', source: urn, pointer: '/ipFilter', text: 'the IP filter of the bucket lets only named networks in' } };
}

function perimeterControl(graph: GraphView, node: StoredResource, chain: readonly string[]): Control {
  const around = perimeterAround(graph, projectOfChain(chain), 'storage.googleapis.com');
  return { blocks: around.blocks, kind: 'vpc_service_controls', network_bound: true, reason: { rule: 'GCS.perimeter', source: around.perimeter?.urn ?? node.urn, pointer: around.perimeter ? '/status' : '', text: `a service perimeter ${around.blocks === 'yes' ? 'keeps requests from outside away' : 'may stand around the project'}` } };
}

const projectOfChain = (chain: readonly string[]): string | undefined => chain.map((c) => /^\/\/cloudresourcemanager\.googleapis\.com\/projects\/([^/]+)$/.exec(c)?.[1]).find((p) => p !== undefined);

function restrictedTo(graph: GraphView, node: StoredResource, config: unknown): readonly string[] {
  const filter = str(config, 'ipFilter', 'mode') === 'Enabled' ? list(config, 'ipFilter', 'publicNetworkSource', 'allowedIpCidrRanges').filter((c): c is string => typeof c === 'string') : [];
  return [...filter, ...perimeterAround(graph, projectOfChain(directoryOf(graph).chain(node.urn.replace(/#iam-policy$/, ''), node)), 'storage.googleapis.com').cidrs];
}

function blocking(name: string, controls: readonly Control[], decisions: readonly Decision[]): StorageAccess['blocking_control'] {
  const found = controls.find((c) => c.blocks === 'yes');
  if (found) return { kind: found.kind, source: found.reason.source, pointer: found.reason.pointer, text: found.reason.text, network_bound: found.network_bound };
  const denied = decisions.find((d) => d.blocked_by === 'DENY_POLICY')?.reasons.find((r) => r.rule === 'GCP.deny_policy');
  return denied ? { kind: 'deny_policy', source: denied.source, pointer: denied.pointer, text: denied.text, network_bound: false }
    : { kind: 'no_grant', source: name, pointer: '', text: 'neither IAM nor an ACL grants anything to allUsers or allAuthenticatedUsers', network_bound: false };
}

/** What could overturn the answer and isn't in the snapshot. */
function assumptions(graph: GraphView, answer: Answer, config: unknown, uniform: Answer, chain: readonly string[], controls: readonly Control[]): readonly string[] {
  if (answer === 'no') return controls.some((c) => c.blocks === 'yes') || uniform === 'yes' ? [] : ['object_acls'];
  if (answer === 'unknown') return [];
  return [
    ...(str(config, 'iamConfiguration', 'publicAccessPrevention') === undefined ? ['public_access_prevention'] : []), ...(enforced(graph, 'storage.publicAccessPrevention', chain).policy ? [] : ['org_policy']),
    ...(perimeterAround(graph, projectOfChain(chain), 'storage.googleapis.com').isRecorded ? [] : ['vpc_service_controls']),
  ];
}

/** What leaves an entry of an ACL open. */
const openAcl = (acl: readonly AclGrant[]): readonly Missing[] => acl.filter((g) => !g.isSure).map((g) => untoldAt(g.reason.source, 'of which bucket the ACL is, what it grants to whom, and whether uniform bucket-level access switches it off'));

interface Parts { readonly answer: Answer; readonly decisions: readonly Decision[]; readonly acl: readonly AclGrant[]; readonly controls: readonly Control[]; readonly control: StorageAccess['blocking_control']; readonly blocked: Answer; readonly assumed: readonly string[] }

function verdict({ answer, decisions, acl, controls, control, blocked, assumed }: Parts): Verdict {
  const granting = decisions.filter((d) => d.answer !== 'no' && d.grants.length > 0);
  const unique = (reasons: readonly Reason[]): readonly Reason[] => [...new Map(reasons.map((r) => [`${r.rule} ${r.source} ${r.pointer}`, r])).values()];
  const reasons = unique([...granting.flatMap((d) => d.reasons), ...acl.map((g) => g.reason), ...controls.filter((c) => c.blocks !== 'no').map((c) => c.reason), ...(control ? [{ rule: 'GCS.control', source: control.source, pointer: control.pointer, text: control.text }] : [])]);
  const via = decisions.find((d) => d.answer === 'yes')?.via ?? acl.find((g) => g.isSure)?.reason.text;
  const openControl: readonly Missing[] = blocked === 'unknown' && controls.some((c) => c.blocks === 'unknown' && !c.missing) ? [{ what: 'whether a perimeter or organization policy applies', entity: controls.find((c) => c.blocks === 'unknown' && !c.missing)?.reason.source ?? '', supply: 'gcloud asset export --content-type org-policy, access-policy and resource (projects)' }] : [];
  const missing = answer !== 'unknown' ? [] : [...new Map([...decisions.filter((d) => d.answer === 'unknown').flatMap((d) => d.missing), ...openControl, ...controls.flatMap((c) => (c.blocks === 'unknown' && c.missing ? [c.missing] : [])), ...openAcl(acl)].map((m) => [`${m.entity} ${m.what}`, m])).values()];
  const isCondition = answer === 'unknown' && decisions.some((d) => d.blocked_by === 'CONDITION');
  return { answer, assumed, missing, reasons, ...(control && { blocked_by: control.kind.toUpperCase() }), ...(isCondition && { blocked_by: 'CONDITION' }), ...(answer === 'yes' && via !== undefined && { via }) };
}
