import type { GraphView } from '#shared/model/resource.ts';
import type { IdentityAccess, Verdict } from '#shared/model/verdict.ts';
import { missingIdentities } from './cut-list.ts';
import { escalationsOf, type Escalation } from './escalations.ts';
import { externalAccess, type ExternalAccess } from './external-access.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { identityView, type IdentityView } from './identity-view.ts';
import { hasWideAccess, mitigation } from './privilege.ts';
import type { PrincipalProfile } from './principal-policies.ts';

/**
 * What an IAM user, role or group is worth to an attacker: who from outside can become it, how privileged it is, how it can escalate, and
 * whether a control takes its excess away (design 5-graph §3).
 * @param organizationAccounts accounts that count as inside, besides its own and those that the graph lists.
 */
export function evaluateIdentity(graph: GraphView, urn: string, organizationAccounts: ReadonlySet<string>, knowledge: IdentityKnowledge): IdentityAccess {
  const view = identityView(graph, knowledge);
  const profile = view.profile(urn);
  if (!profile) return notEvaluated(graph, urn);
  const escalations = escalationsOf(view, profile);
  const rest = mayGainFromOthers(view, profile) ? missingIdentities(graph, profile.resource.account) : undefined;
  const external = profile.resource.type === 'AWS::IAM::Role' ? externalAccess(graph, profile.resource, organizationAccounts) : notAssumable(profile);
  return {
    external: external.verdict, external_principals: external.principals, tier: tierOf(view, profile, escalations),
    escalations: escalations.map(({ id, target, conditional, assumed }) => ({ id, target, conditional, ...(assumed !== undefined && { assumed }) })),
    mitigated: mitigation(graph, profile), missing: [...profile.missing, ...external.verdict.missing], ...(rest && { incomplete: rest }),
  };
}

/** Does it hold all that some way to escalate needs, given an identity that makes it worth the while? */
const mayGainFromOthers = (view: IdentityView, profile: PrincipalProfile): boolean =>
  view.knowledge.primitives.some((p) => p.category !== 'self-escalation' && p.required.every((action) => view.somewhere(profile, action) !== 'no'));

function notEvaluated(graph: GraphView, urn: string): IdentityAccess {
  const resource = graph.resource(urn);
  const what = resource ? `an evaluation of identities of type ${resource.type}: only IAM users, roles and groups are evaluated` : 'the identity';
  const missing = [{ what, entity: urn, supply: 'aws iam get-account-authorization-details' }];
  const unknown: Verdict = { answer: 'unknown', assumed: [], missing, reasons: [] };
  return { external: unknown, external_principals: [], tier: 'unknown', escalations: [], mitigated: unknown, missing };
}

function notAssumable(profile: PrincipalProfile): ExternalAccess {
  const text = profile.resource.type === 'AWS::IAM::User' ? 'an IAM user is used only with its own credentials' : 'a group is not used by itself';
  return { principals: [], verdict: { answer: 'no', assumed: [], missing: [], reasons: [{ rule: 'IAM.no_trust', source: profile.resource.urn, pointer: '', text }] } };
}

/**
 * `tier0`: administrator-equivalent by what it holds, or by a self-escalation primitive on itself, on an attached policy or on an
 * administrator. `tier1`: can escalate otherwise, or reaches all data or hosts of a service. What is not known can only raise it.
 */
export function tierOf(view: IdentityView, profile: PrincipalProfile, escalations: readonly Escalation[]): IdentityAccess['tier'] {
  const administrator = view.administrator(profile);
  if (administrator === 'yes' || escalations.some((e) => !e.conditional && isAdminStep(view, profile, e))) return 'tier0';
  if (administrator === 'lost') return 'unknown';
  const wide = hasWideAccess(view.graph, profile);
  if (escalations.length > 0 || administrator === 'conditional' || wide === 'yes' || wide === 'conditional') return 'tier1';
  return wide === 'lost' ? 'unknown' : 'none';
}

function isAdminStep(view: IdentityView, profile: PrincipalProfile, step: Escalation): boolean {
  if (step.category === 'self-escalation' && step.target === profile.resource.urn) return true;
  const target = view.profile(step.target);
  return (step.category === 'self-escalation' || step.category === 'principal-access') && target !== undefined && view.administrator(target) === 'yes';
}

/** The tier of an identity by itself; undefined when the graph has no such identity. */
export function identityTier(graph: GraphView, urn: string, knowledge: IdentityKnowledge): IdentityAccess['tier'] | undefined {
  const view = identityView(graph, knowledge);
  const profile = view.profile(urn);
  return profile && tierOf(view, profile, escalationsOf(view, profile));
}
