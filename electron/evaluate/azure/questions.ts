import { azureUrn } from '#shared/model/azure.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Missing, Verdict } from '#shared/model/verdict.ts';
import { err, ok } from '#shared/lib/result.ts';
import { narrowed, type AccessKind } from '../narrowed.ts';
import { notEvaluated, type Platform, type Question, type QuestionContext } from '../platform.ts';
import { anyOf } from '../kleene.ts';
import { assignmentsOf, isPrincipal, type Scope } from './assignments.ts';
import { nodeOf } from './derived-edges.ts';
import { administersAzure, azureGains, missingAssignments, type AzureGain } from './identity.ts';
import { noAzureKnowledge } from './knowledge.ts';
import { decideAzure, principalsOf } from './permission.ts';
import { evaluateAzureEgress, evaluateAzureHostToHost, evaluateAzureIngress } from './reachability.ts';
import { evaluateBlobAccess } from './storage-access.ts';

const scopeOf = (graph: GraphView, context: QuestionContext): Scope => ({ graph, knowledge: context.knowledge.azure ?? noAzureKnowledge });
const hosts = new Set(['Microsoft.Compute/virtualMachines', 'Microsoft.Network/networkInterfaces']);
/** Ids are case-insensitive; an alias is looked up as written. */
const idOf = (graph: GraphView, id: string): string => graph.resource(id)?.urn ?? graph.resource(azureUrn(id))?.urn ?? (id.startsWith('/') ? azureUrn(id) : id);
const isHost = (graph: GraphView, id: string | undefined): id is string => id !== undefined && hosts.has(graph.resource(idOf(graph, id))?.type ?? '');

/** Questions about Azure. Ids are resource ids, names of machines and storage accounts, object ids and user principal names. */
export const azure: Platform = {
  name: 'Azure',
  recognizes(graph, id) {
    const type = (graph.resource(id) ?? graph.resource(azureUrn(id)))?.type;
    return type === undefined ? /^\/(subscriptions|providers)\//i.test(id) : /^microsoft\./i.test(type);
  },
  ingress(graph, q) {
    const to = idOf(graph, q.subject);
    return ok(isHost(graph, q.object) ? evaluateAzureHostToHost(graph, idOf(graph, q.object), to, { port: q.port, protocol: q.protocol }) : evaluateAzureIngress(graph, to, { port: q.port, protocol: q.protocol, peer: q.object }).reachable);
  },
  egress(graph, q) {
    const from = idOf(graph, q.subject);
    return ok(isHost(graph, q.object) ? evaluateAzureHostToHost(graph, from, idOf(graph, q.object), { port: q.port, protocol: q.protocol }) : evaluateAzureEgress(graph, from, { port: q.port, protocol: q.protocol, peer: q.object }));
  },
  host_to_host: (graph, q) => (q.object === undefined ? err('object (the other host) is missing') : ok(evaluateAzureHostToHost(graph, idOf(graph, q.subject), idOf(graph, q.object), { port: q.port, protocol: q.protocol }))),
  public_storage: (graph, q) => ok(publicStorage(graph, q)),
  can_assume: (graph, q, context) => (q.object === undefined ? err('object (the identity) is missing') : ok(assume(scopeOf(graph, context), idOf(graph, q.subject), idOf(graph, q.object)))),
  effective_permission: (graph, q, context) => (q.action === undefined ? err('action is missing') : ok(permission(scopeOf(graph, context), q, q.action))),
  escalation: (graph, q, context) => ok(escalation(scopeOf(graph, context), idOf(graph, q.subject), q.object === undefined ? undefined : idOf(graph, q.object))),
};

function publicStorage(graph: GraphView, q: Question): Verdict {
  const urn = idOf(graph, q.subject);
  const resource = graph.resource(urn);
  if (resource && resource.kind !== 'bucket') return evaluateAzureIngress(graph, urn).reachable;
  const { public: verdict, public_actual: actual } = evaluateBlobAccess(graph, urn);
  if (q.action === undefined) return verdict;
  const kinds: readonly (readonly [AccessKind, RegExp])[] = [['list', /^list$|containers\/read$/i], ['read', /^(read|get)$|blobs\/read$/i], ['write', /^write$|blobs\/(write|add\/action|delete)$/i], ['acl', /^acl$|containers\/setacl\/action$/i]];
  const access = kinds.find(([, pattern]) => pattern.test(q.action ?? ''))?.[0];
  return access === undefined ? notEvaluated(q, `anonymous ${q.action}`) : narrowed(verdict, actual[access], access);
}

const maxGained = 200;

/** Everything that principals gain for sure, also over the identities that they gain. */
function reachable(scope: Scope, principals: readonly string[]): readonly AzureGain[] {
  const all = [...azureGains(scope, principals)], seen = new Set(principals.map((p) => nodeOf(scope.graph, p)));
  for (let i = 0; i < all.length && seen.size < maxGained; i++) {
    const gain = all[i];
    if (!gain || gain.conditional || seen.has(gain.target) || scope.graph.resource(gain.target)?.kind !== 'identity') continue;
    seen.add(gain.target);
    all.push(...azureGains(scope, principalsOf(scope.graph, gain.target)));
  }
  return all;
}

const gainReason = (g: AzureGain) => ({ rule: `AZ.${g.id}`, source: g.target, pointer: '', text: `${g.id} leads to ${g.target}` });

/** Can the subject act as the identity: it is or runs as it, or gains it by an edge of design 5-graph §3? Code `NO_ASSUMPTION`. */
function assume(scope: Scope, subject: string, object: string): Verdict {
  const { graph } = scope;
  const starts = principalsOf(graph, subject), wanted = principalsOf(graph, object).map((p) => nodeOf(graph, p));
  if (graph.resource(object) === undefined) return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'the identity', entity: object, supply: 'az identity list, az ad sp list, or Resource Graph' }] };
  if (starts.some((p) => wanted.includes(nodeOf(graph, p)))) return { answer: 'yes', via: 'RUNS_AS', assumed: [], missing: [], reasons: [{ rule: 'AZ.runs_as', source: object, pointer: '', text: 'it is, or runs as, that identity' }] };
  // Administration of a scope is no identity, but whoever administers gains what runs there: the edges say how.
  return told(scope, subject, reachable(scope, starts).filter((g) => wanted.includes(g.target)), 'NO_ASSUMPTION', 'nothing leads to credentials of it');
}

/** Can the subject gain more than it was given, or does it administer already? Codes `NO_ESCALATION`, `DENY_ASSIGNMENT`. */
function escalation(scope: Scope, subject: string, object: string | undefined): Verdict {
  const starts = principalsOf(scope.graph, subject);
  const found = reachable(scope, starts).filter((g) => object === undefined || g.target === object || principalsOf(scope.graph, object).map((p) => nodeOf(scope.graph, p)).includes(g.target));
  const own = object === undefined ? administersAzure(scope, starts) : 'no';
  if (own === 'yes' && found.every((g) => g.conditional)) return { answer: 'yes', via: 'administrator', assumed: [], missing: [], reasons: [{ rule: 'AZ.administrator', source: subject, pointer: '', text: 'it may hand out roles already' }] };
  return told(scope, subject, found, 'NO_ESCALATION', 'none of the edges leads from it to an identity or to administration');
}

function told(scope: Scope, subject: string, found: readonly AzureGain[], code: string, text: string): Verdict {
  const sure = found.filter((g) => !g.conditional);
  const [first] = sure;
  if (first) return { answer: 'yes', via: first.id, assumed: [], missing: [], reasons: sure.slice(0, 5).map(gainReason) };
  if (found.length > 0) return { answer: 'unknown', blocked_by: 'CONDITION', assumed: [], missing: [], reasons: found.slice(0, 5).map(gainReason) };
  const missing: readonly Missing[] = [...missingAssignments(scope, subject), ...unknownRoles(scope, subject)];
  if (missing.length > 0) return { answer: 'unknown', assumed: [], missing, reasons: [] };
  return { answer: 'no', blocked_by: code, assumed: ['management_group_assignments', 'directory_roles'], missing: [], reasons: [{ rule: `AZ.${code.toLowerCase()}`, source: subject, pointer: '', text }] };
}

/** Roles of the subject that aren't known, and groups that it may be in, leave open what it gains. */
function unknownRoles(scope: Scope, subject: string): readonly Missing[] {
  const { graph } = scope;
  const principals = principalsOf(graph, subject);
  return assignmentsOf(scope).flatMap((a) => {
    const is = anyOf(principals.map((p) => isPrincipal(graph, p, a.principal)));
    if (is === 'no') return [];
    return [...(a.role === undefined ? [{ what: `what the role ${a.roleName} gives`, entity: a.roleName, supply: 'az role definition list' }] : []), ...(is === 'unknown' ? [{ what: 'who is in the group', entity: a.principal, supply: 'az ad group member list' }] : [])];
  });
}

/** Without an object: anywhere that a role is assigned. */
function permission(scope: Scope, q: Question, action: string): Verdict {
  const subject = idOf(scope.graph, q.subject);
  if (q.object !== undefined && q.object !== '*') return decideAzure(scope, subject, action, idOf(scope.graph, q.object));
  const all = [...new Set(assignmentsOf(scope).map((a) => a.scope))].map((s) => decideAzure(scope, subject, action, s));
  return all.find((v) => v.answer === 'yes') ?? all.find((v) => v.answer === 'unknown') ?? all[0] ?? decideAzure(scope, subject, action, '/');
}
