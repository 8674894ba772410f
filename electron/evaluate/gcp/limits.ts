import { at, list, str } from '#shared/lib/json.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { containerName, gcpTypes, projectIn } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold, onceApplied } from '#shared/model/untold.ts';
import type { Answer, Missing, Reason } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { directoryOf } from './directory.ts';
import { isMember, type Member } from './members.ts';

/** What takes a permission away that allow policies give. `passes`: it gets through them all. */
export interface Limits { readonly passes: Answer; readonly code?: string; readonly isConditional: boolean; readonly reasons: readonly Reason[]; readonly missing: readonly Missing[] }

/** One of those that a principal stands for, by the words of deny policies. */
export type Alias = (id: string) => Answer;

/** Deny policies of any ancestor, then principal access boundaries that bind the principal. @param alias who of the principal's is meant, where it is a set. */
export function limitsOn(graph: GraphView, principal: Member, permission: string, chain: readonly string[], alias?: Alias): Limits {
  const isMeant: Alias = (id) => anyOf([isDenied(graph, principal, id), alias?.(id) ?? 'no']);
  const denies = graph.ofType(gcpTypes.denyPolicy).flatMap((policy) => (isUnplaced(policy) ? denyRules(isMeant, policy, principal, permission).map((d) => ({ ...d, answer: 'unknown' as const, isUntold: true })) : chain.includes(attachment(graph, policy)) ? denyRules(isMeant, policy, principal, permission) : []));
  const boundary = boundaries(graph, principal, chain);
  const denied = anyOf(denies.map((d) => d.answer));
  const hit = denies.find((d) => d.answer === 'yes') ?? denies.find((d) => d.answer === 'unknown');
  return {
    passes: allOf([not(denied), boundary?.passes ?? 'yes']), isConditional: denied === 'unknown' && denies.every((d) => !d.isUntold),
    ...(denied === 'yes' ? { code: 'DENY_POLICY' } : boundary?.passes === 'no' ? { code: 'PRINCIPAL_ACCESS_BOUNDARY' } : {}),
    reasons: [...(hit ? [hit.reason] : []), ...(boundary ? [boundary.reason] : [])],
    missing: [...(denied === 'unknown' ? denies.filter((d) => d.isUntold).map((d) => ({ what: 'what the deny policy is attached to, and whom it refuses what', entity: d.reason.source, supply: onceApplied })) : []), ...(boundary?.passes === 'unknown' ? [{ what: 'whether the principal access boundary binds the principal, and what it lets it reach', entity: boundary.reason.source, supply: 'gcloud iam policy-bindings list, gcloud iam principal-access-boundary-policies list' }] : [])],
  };
}

/** A deny policy of which a plan doesn't tell what it is attached to. */
const isUnplaced = (policy: StoredResource): boolean => at(policy.config, 'isUnplaced') === true;

/** `policies/cloudresourcemanager.googleapis.com%2Fprojects%2F12/denypolicies/x` is attached to project 12. */
function attachment(graph: GraphView, policy: StoredResource): string {
  const written = /policies\/([^/]+)\/denypolicies\//i.exec(str(policy.config, 'name') ?? policy.urn)?.[1] ?? '';
  let path = written;
  try { path = decodeURIComponent(written); } catch { path = written; }
  return directoryOf(graph).canonical(containerName(path.replace(/^cloudresourcemanager\.googleapis\.com\//, '')));
}

interface Denial { readonly answer: Answer; readonly reason: Reason; /** A source leaves out what would tell. */ readonly isUntold: boolean }
function denyRules(isMeant: Alias, policy: StoredResource, principal: Member, permission: string): readonly Denial[] {
  if (hasUntold(policy.config, 'rules')) return [{ answer: 'unknown', isUntold: true, reason: { rule: 'GCP.deny_policy', source: policy.urn, pointer: '', text: 'a deny policy has rules that are not told' } }];
  return list(policy.config, 'rules').flatMap((rule, i): readonly Denial[] => {
    const deny = at(rule, 'denyRule'), open = (key: string): readonly Answer[] => (hasUntold(deny, key) ? ['unknown'] : []);
    const texts = (key: string): readonly string[] => list(deny, key).filter((t): t is string => typeof t === 'string');
    const permissions = allOf([anyOf([matchesAny(texts('deniedPermissions'), permission), ...open('deniedPermissions')]), not(anyOf([matchesAny(texts('exceptionPermissions'), permission), ...open('exceptionPermissions')]))]);
    const principals = allOf([anyOf([...texts('deniedPrincipals').map(isMeant), ...open('deniedPrincipals')]), not(anyOf([...texts('exceptionPrincipals').map(isMeant), ...open('exceptionPrincipals')]))]);
    const condition: Answer = at(deny, 'denialCondition') === undefined && !hasUntold(deny, 'denialCondition') ? 'yes' : 'unknown';
    const answer = allOf([permissions, principals, condition]);
    return answer === 'no' ? [] : [{ answer, isUntold: at(deny, 'denialCondition') === undefined && hasUntold(deny, 'deniedPermissions', 'exceptionPermissions', 'deniedPrincipals', 'exceptionPrincipals', 'denialCondition'), reason: { rule: 'GCP.deny_policy', source: policy.urn, pointer: `/rules/${i}`, text: `a deny policy refuses ${permission} to ${principal}${condition === 'unknown' ? ' under a condition on tags' : ''}` } }];
  });
}

/** Deny policies write `iam.googleapis.com/serviceAccounts.actAs` for iam.serviceAccounts.actAs, and `*` for the verb or all of a service. */
function matchesAny(patterns: readonly string[], permission: string): Answer {
  const short = patterns.map((p) => p.replace('cloudresourcemanager.googleapis.com/', 'resourcemanager.').replace('.googleapis.com/', '.'));
  return short.some((p) => matchesWildcard(p, permission)) ? 'yes' : 'no';
}

/** Principals in the words of deny policies (IAM documentation, "Principal identifiers"). */
function isDenied(graph: GraphView, principal: Member, id: string): Answer {
  if (id === 'principalSet://goog/public:all') return 'yes';
  if (id === 'principalSet://goog/public:allAuthenticatedUsers') return principal === 'allUsers' ? 'no' : 'yes';
  const user = /^principal:\/\/goog\/subject\/(.+)$/.exec(id)?.[1], group = /^principalSet:\/\/goog\/group\/(.+)$/.exec(id)?.[1];
  const account = /^principal:\/\/iam\.googleapis\.com\/projects\/-\/serviceAccounts\/(.+)$/.exec(id)?.[1];
  if (user !== undefined) return isMember(graph, principal, `user:${user}`);
  if (account !== undefined) return isMember(graph, principal, `serviceAccount:${account}`);
  if (group !== undefined) return isMember(graph, principal, `group:${group}`);
  return principal.startsWith('principal') ? isMember(graph, principal, id) : /^principalSet:\/\/(goog\/cloudIdentityCustomerId|cloudresourcemanager)/.test(id) ? 'unknown' : 'no';
}

/** A bound principal reaches only what its boundary's rules name. */
function boundaries(graph: GraphView, principal: Member, chain: readonly string[]): { readonly passes: Answer; readonly reason: Reason } | undefined {
  const binding = graph.ofType(gcpTypes.boundaryBinding).filter((b) => str(b.config, 'policyKind') === 'PRINCIPAL_ACCESS_BOUNDARY').map((b) => ({ b, is: binds(graph, principal, str(b.config, 'target', 'principalSet') ?? '') })).filter(({ is }) => is !== 'no');
  const [first] = binding;
  if (!first) return undefined;
  // Several boundaries add up: what one of them lets the principal reach is enough.
  const reach = (of: readonly StoredResource[]): readonly unknown[] => of.flatMap((b) => { const policy = graph.resource(`//iam.googleapis.com/${str(b.config, 'policy') ?? ''}`); return policy ? list(policy.config, 'details', 'rules').flatMap((r) => list(r, 'resources')) : [undefined]; });
  const includes = (resources: readonly unknown[]): boolean => resources.some((r) => typeof r === 'string' && chain.includes(directoryOf(graph).canonical(r)));
  const sure = binding.filter(({ is }) => is === 'yes').map(({ b }) => b), all = binding.map(({ b }) => b);
  // Of those that only may bind, any one alone may be all that does.
  const isAllowed = includes(reach(sure)) || (sure.length === 0 && all.every((b) => includes(reach([b]))));
  const isOpen = sure.length === 0 || includes(reach(all)) || reach(all).includes(undefined) || all.some((b) => at(b.config, 'condition', 'expression') !== undefined);
  const passes: Answer = isAllowed ? 'yes' : isOpen ? 'unknown' : 'no';
  return { passes, reason: { rule: 'GCP.access_boundary', source: first.b.urn, pointer: '/target', text: `a principal access boundary ${passes === 'yes' ? 'includes' : 'leaves out'} the resource for ${principal}${sure.length > 0 ? '' : ', if it binds that principal'}` } };
}

/**
 * Is the principal in a principal set: the service accounts and workload pools of a project, those of the projects below a folder or organization,
 * the pools and the people of an organization (IAM documentation, "Principal access boundary policies", supported principal sets)?
 */
function binds(graph: GraphView, principal: Member, set: string): Answer {
  if (principal === 'allUsers' || principal === 'allAuthenticatedUsers') return 'no';
  const pool = /(workforcePools|workloadIdentityPools)\/[^/]+/.exec(set)?.[0];
  if (pool !== undefined) return principal.includes(`/${pool}/`) ? 'yes' : 'no';
  const directory = directoryOf(graph);
  const own = /^serviceAccount:[^@]+@([^.]+)\.iam\.gserviceaccount\.com$/.exec(principal)?.[1] ?? /\/projects\/([^/]+)\/locations\/global\/workloadIdentityPools\//.exec(principal)?.[1];
  const project = projectIn(set);
  if (project !== undefined) return own !== undefined && directory.projectId(project) === directory.projectId(own) ? 'yes' : 'no';
  const container = /(folders|organizations)\/[^/]+$/.exec(set)?.[0];
  if (own === undefined) return container?.startsWith('folders/') === true ? 'no' : 'unknown';
  const chain = directory.chain(containerName(`projects/${directory.projectId(own)}`));
  if (container !== undefined && chain.includes(containerName(container))) return 'yes';
  // What contains the project is known only up to the organization that some record names.
  return chain.some((c) => c.includes('/organizations/')) ? 'no' : 'unknown';
}
