import { at, list, str } from '#shared/lib/json.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { containerName, gcpTypes, projectIn } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Reason } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { directoryOf } from './directory.ts';
import { isMember, type Member } from './members.ts';

/** What takes a permission away that allow policies give. `passes`: it gets through them all. */
export interface Limits { readonly passes: Answer; readonly code?: string; readonly isConditional: boolean; readonly reasons: readonly Reason[] }

/** Deny policies of any ancestor, then principal access boundaries that bind the principal. */
export function limitsOn(graph: GraphView, principal: Member, permission: string, chain: readonly string[]): Limits {
  const denies = graph.ofType(gcpTypes.denyPolicy).filter((policy) => chain.includes(attachment(graph, policy))).flatMap((policy) => denyRules(graph, policy, principal, permission));
  const boundary = boundaries(graph, principal, chain);
  const denied = anyOf(denies.map((d) => d.answer));
  const hit = denies.find((d) => d.answer === 'yes') ?? denies.find((d) => d.answer === 'unknown');
  return {
    passes: allOf([not(denied), boundary?.passes ?? 'yes']), isConditional: denied === 'unknown',
    ...(denied === 'yes' ? { code: 'DENY_POLICY' } : boundary?.passes === 'no' ? { code: 'PRINCIPAL_ACCESS_BOUNDARY' } : {}),
    reasons: [...(hit ? [hit.reason] : []), ...(boundary ? [boundary.reason] : [])],
  };
}

/** `policies/cloudresourcemanager.googleapis.com%2Fprojects%2F12/denypolicies/x` is attached to project 12. */
function attachment(graph: GraphView, policy: StoredResource): string {
  const written = /policies\/([^/]+)\/denypolicies\//i.exec(str(policy.config, 'name') ?? policy.urn)?.[1] ?? '';
  let path = written;
  try { path = decodeURIComponent(written); } catch { path = written; }
  return directoryOf(graph).canonical(containerName(path.replace(/^cloudresourcemanager\.googleapis\.com\//, '')));
}

function denyRules(graph: GraphView, policy: StoredResource, principal: Member, permission: string): readonly { readonly answer: Answer; readonly reason: Reason }[] {
  return list(policy.config, 'rules').flatMap((rule, i) => {
    const deny = at(rule, 'denyRule');
    const texts = (key: string): readonly string[] => list(deny, key).filter((t): t is string => typeof t === 'string');
    const permissions = allOf([matchesAny(texts('deniedPermissions'), permission), not(matchesAny(texts('exceptionPermissions'), permission))]);
    const principals = allOf([anyOf(texts('deniedPrincipals').map((p) => isDenied(graph, principal, p))), not(anyOf(texts('exceptionPrincipals').map((p) => isDenied(graph, principal, p))))]);
    const condition: Answer = at(deny, 'denialCondition') === undefined ? 'yes' : 'unknown';
    const answer = allOf([permissions, principals, condition]);
    return answer === 'no' ? [] : [{ answer, reason: { rule: 'GCP.deny_policy', source: policy.urn, pointer: `/rules/${i}`, text: `a deny policy refuses ${permission} to ${principal}${condition === 'unknown' ? ' under a condition on tags' : ''}` } }];
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
  const bound = graph.ofType(gcpTypes.boundaryBinding).filter((b) => str(b.config, 'policyKind') === 'PRINCIPAL_ACCESS_BOUNDARY' && binds(graph, principal, str(b.config, 'target', 'principalSet') ?? '') === 'yes');
  const [first] = bound;
  if (!first) return undefined;
  const directory = directoryOf(graph);
  // Several boundaries add up: what one of them lets the principal reach is enough.
  const reach = bound.flatMap((b) => { const policy = graph.resource(`//iam.googleapis.com/${str(b.config, 'policy') ?? ''}`); return policy ? list(policy.config, 'details', 'rules').flatMap((r) => list(r, 'resources')) : [undefined]; });
  const allowed = reach.some((r) => typeof r === 'string' && chain.includes(directory.canonical(r)));
  const isCondition = bound.some((b) => at(b.config, 'condition', 'expression') !== undefined);
  const passes: Answer = allowed ? 'yes' : reach.includes(undefined) || isCondition ? 'unknown' : 'no';
  return { passes, reason: { rule: 'GCP.access_boundary', source: first.urn, pointer: '/target', text: `a principal access boundary ${passes === 'yes' ? 'includes' : 'leaves out'} the resource for ${principal}` } };
}

function binds(graph: GraphView, principal: Member, set: string): Answer {
  const project = projectIn(set);
  if (project === undefined) return set.includes('/organizations/') ? 'yes' : 'unknown';
  const own = /^serviceAccount:[^@]+@([^.]+)\.iam\.gserviceaccount\.com$/.exec(principal)?.[1];
  return own !== undefined && directoryOf(graph).projectId(project) === own ? 'yes' : 'no';
}
