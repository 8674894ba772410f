import { azureUrn, subscriptionIn, untoldScope } from '#shared/model/azure.ts';
import { str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { assignmentsOf, denialsOn, isPrincipal, mayHold, roleGives, scopeHolds, type Assignment, type Scope } from './assignments.ts';

/** The object ids that a subject acts with: a principal, a managed identity by its resource, a machine or app by what it runs as. */
export function principalsOf(graph: GraphView, subject: string): readonly string[] {
  const found = graph.resource(subject) ?? graph.resource(subject.toLowerCase());
  if (!found) return [subject.toLowerCase()];
  if (found.type === 'Microsoft.ManagedIdentity/userAssignedIdentities') return [(str(found.config, 'principalId') ?? found.urn).toLowerCase()];
  if (found.kind === 'identity') return [found.urn];
  return graph.edgesFrom(found.urn, 'RUNS_AS').flatMap((e) => principalsOf(graph, e.target));
}

/**
 * May the subject do an action at a scope? Deny assignments first, then the union of role assignments on the scope and above it; data actions
 * apart from control (design 5-graph §3). Codes `NO_ASSIGNMENT`, `DENY_ASSIGNMENT`; `CONDITION` for a condition or a role to be activated.
 */
export function decideAzure(scope: Scope, subject: string, action: string, target: string): Verdict {
  const { graph } = scope;
  const principals = principalsOf(graph, subject);
  const at = azureUrn(graph.resource(target)?.urn ?? target) || '/';
  const held = assignmentsOf(scope).map((a) => ({ a, answer: givenBy(scope, a, principals, action, at) })).filter(({ answer }) => answer !== 'no');
  const missing = lacks(scope, principals, subject, at);
  const granted = anyOf([...held.map((h) => h.answer), missing.length > 0 ? 'unknown' : 'no']);
  const denials = granted === 'no' ? [] : principals.flatMap((p) => denialsOn(graph, p, action, at));
  const denied = anyOf(denials.map((d) => d.answer));
  const answer = allOf([granted, not(denied)]);
  const reasons: readonly Reason[] = [
    ...denials.map((d) => ({ rule: 'AZ.deny_assignment', source: d.resource.urn, pointer: '/permissions', text: `deny assignment ${str(d.resource.config, 'denyAssignmentName') ?? d.resource.name ?? ''} refuses ${action}` })),
    ...held.toSorted((x, y) => rank(x.answer) - rank(y.answer)).slice(0, 5).map(({ a }) => assignmentReason(a, action)),
  ];
  const base = { answer, reasons: reasons.length > 0 ? reasons : [{ rule: 'AZ.no_assignment', source: at, pointer: '', text: `no role assignment on it or above it gives ${action}` }] };
  if (answer === 'yes') return { ...base, assumed: [], missing: [], via: reasons.find((r) => r.rule === 'AZ.role_assignment')?.text ?? action };
  if (answer === 'no') return { ...base, assumed: granted === 'no' && !assignmentsOf(scope).some((a) => a.scope === '/' || a.scope.startsWith('/providers/')) ? ['management_group_assignments'] : [], missing: [], blocked_by: granted === 'no' ? 'NO_ASSIGNMENT' : 'DENY_ASSIGNMENT' };
  const open = held.filter((h) => h.answer === 'unknown');
  const isCondition = open.some(({ a }) => a.role && (a.isConditional || a.isEligible) && principals.some((p) => isPrincipal(graph, p, a.principal) === 'yes')) || (granted === 'yes' && denied === 'unknown');
  return { ...base, assumed: [], missing: [...open.flatMap(({ a }) => openInputs(graph, a, principals, at)), ...missing, ...(denied === 'unknown' ? denials.filter((d) => d.answer === 'unknown').map((d) => openDenial(d.resource)) : [])], ...(isCondition && { blocked_by: 'CONDITION' }) };
}

const rank = (answer: Answer): number => (answer === 'yes' ? 0 : 1);

/** Does one assignment give the action there to one of the principals? An unknown role leaves it open. */
export function givenBy({ graph }: Scope, a: Assignment, principals: readonly string[], action: string, target: string): Answer {
  const gives: Answer = a.role === undefined ? 'unknown' : roleGives(a.role, action) ? (a.isConditional || a.isEligible ? 'unknown' : 'yes') : 'no';
  if (gives === 'no') return 'no';
  const member = anyOf(principals.map((p) => isPrincipal(graph, p, a.principal)));
  return member === 'no' ? 'no' : allOf([gives, member, scopeHolds(graph, a.scope, target)]);
}

export const assignmentReason = (a: Assignment, action: string): Reason => ({ rule: 'AZ.role_assignment', source: a.resource.urn, pointer: '/roleDefinitionId', text: `role ${a.roleName} at ${a.scope} gives ${action}${a.isConditional ? ' under a condition' : ''}${a.isEligible ? ' once activated' : ''}` });

/** Without any assignment recorded for the subscription nothing is said about who may do what in it. */
function lacks(scope: Scope, principals: readonly string[], subject: string, target: string): readonly Missing[] {
  const subscription = subscriptionIn(target);
  const isRecorded = assignmentsOf(scope).some((a) => subscription === undefined || a.scope === '/' || a.scope.startsWith(`/subscriptions/${subscription}`) || a.scope.startsWith('/providers/microsoft.management/'));
  return [
    ...(isRecorded ? [] : [{ what: 'the role assignments of the subscription', entity: subscription === undefined ? target : `/subscriptions/${subscription}`, supply: 'az role assignment list --all, or Resource Graph (authorizationresources)' }]),
    ...(principals.length === 0 && scope.graph.resource(subject) === undefined ? [{ what: 'the identity', entity: subject, supply: 'az ad sp list, az identity list' }] : []),
  ];
}

const openDenial = (denial: StoredResource): Missing => ({ what: 'whether the deny assignment applies: its condition, or who is in its groups', entity: denial.urn, supply: 'az ad group member list, or a person' });

function openInputs(graph: GraphView, a: Assignment, principals: readonly string[], target: string): readonly Missing[] {
  return [
    ...(a.role === undefined ? [{ what: `what the role ${a.roleName} gives`, entity: str(a.resource.config, 'roleDefinitionId') ?? a.roleName, supply: 'az role definition list' }] : []),
    ...(principals.every((p) => isPrincipal(graph, p, a.principal) !== 'yes') ? [{ what: 'who is in the group', entity: a.principal, supply: 'az ad group member list' }] : []),
    ...(mayHold(a.scope, target) ? [{ what: 'the subscription of a provider, which the plan does not tell', entity: target, supply: 'terraform show -json of the state once applied' }] : []),
    ...(a.scope === untoldScope ? [{ what: `the scope of ${a.resource.name ?? a.resource.urn}, which the plan does not tell`, entity: a.resource.urn, supply: 'terraform show -json of the state once applied' }] : scopeHolds(graph, a.scope, azureUrn(a.scope)) === 'unknown' || a.scope.startsWith('/providers/') ? [{ what: 'what the management group holds', entity: a.scope, supply: 'az account management-group show --expand --recurse, or Resource Graph (resourcecontainers)' }] : []),
  ];
}
