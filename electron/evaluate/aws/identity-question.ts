import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { chainTo, edgesOver, longChainTo, tooLong, type Chain } from '../chain.ts';
import { externalAccess } from './external-access.ts';
import { latentEscalations, type Latent } from './escalations.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { identityView } from './identity-view.ts';
import { evaluateIdentity } from './identity.ts';
import { anyOf } from '../kleene.ts';
import { identityBehind, permissionVerdict } from './permission-question.ts';
import { parsePrincipal } from './policy-principal.ts';
import { canAssume } from './role-trust.ts';

/** Words for "somebody outside the organization" and for "whoever it is". */
const outsiders: ReadonlySet<string> = new Set(['external', 'internet', 'outside']);

/**
 * Can the subject become the role, by one step or a chain of roles of at most six? A chain whose steps hang on conditions, or a longer one, is unknown.
 * @param subject identity, workload (by the role that it runs as), principal outside the snapshot, `external` (anyone outside the given accounts)
 *   or `*` (anyone at all).
 * @param derived the graph with derived edges; asked for only when one step does not answer.
 */
export function assumeVerdict(graph: GraphView, subject: string, object: string, context: { readonly knowledge: IdentityKnowledge; readonly accounts: ReadonlySet<string>; derived(): GraphView }): Verdict {
  const role = graph.resource(object);
  if (role && role.type !== 'AWS::IAM::Role') return { answer: 'no', blocked_by: 'NOT_A_ROLE', assumed: [], missing: [], reasons: [reason('IAM.no_trust', role, `${role.type} is nothing that can be assumed`)] };
  if (role && outsiders.has(subject)) return externalAccess(graph, role, context.accounts).verdict;
  if (role && subject === '*') return anyoneVerdict(graph, role);
  const start = identityBehind(graph, subject);
  if (role && start?.urn === role.urn) return { answer: 'yes', via: start.urn === subject ? 'it is that role' : 'RUNS_AS', assumed: [], missing: [], reasons: [reason('IAM.runs_as', role, 'it is, or runs as, that role')] };
  const direct = permissionVerdict(graph, subject, assumeAction(subject), role?.urn ?? object, context.knowledge);
  if (direct.answer === 'yes' || !role || !start) return direct;
  const isEnd = (e: Edge): boolean => e.target === role.urn, steps = edgesOver(context.derived(), ['CAN_ASSUME']), chain = chainTo([start.urn], isEnd, steps), long = chain || direct.answer === 'unknown' ? undefined : longChainTo([start.urn], isEnd, steps);
  if (long) return longVerdict(graph, long, context.knowledge);
  if (!chain || (chain.isConditional && direct.answer === 'unknown')) return direct;
  return chainVerdict(graph, chain, context.knowledge);
}

/** Identity providers have calls of their own. */
function assumeAction(subject: string): string {
  if (subject.includes(':saml-provider/')) return 'sts:AssumeRoleWithSAML';
  return parsePrincipal(subject).kind === 'federated' && /[.:]/.test(subject) ? 'sts:AssumeRoleWithWebIdentity' : 'sts:AssumeRole';
}

function anyoneVerdict(graph: GraphView, role: StoredResource): Verdict {
  const trust = canAssume(graph, role.urn);
  if (!trust.recorded) return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'trust policy', entity: role.urn, supply: 'aws iam get-account-authorization-details' }] };
  const everyone = trust.assumers.filter((a) => a.kind === 'everyone');
  const answer = anyOf(everyone.map((a) => a.answer));
  const reasons = everyone.map((a) => ({ rule: 'IAM.trust_everyone', source: role.urn, pointer: a.pointer, text: 'its trust policy names everyone' }));
  return { answer, assumed: [], missing: [], reasons: reasons.length > 0 ? reasons : [reason('IAM.trust_named', role, 'its trust policy names no one but certain principals', '/AssumeRolePolicyDocument')], ...(answer === 'no' && { blocked_by: 'TRUST_POLICY' }), ...(answer === 'unknown' && { blocked_by: 'CONDITION' }) };
}

/**
 * Can the identity gain privileges that it was not given (or is it an administrator already), by itself or over roles that it may assume?
 * @param object an identity: can it get that one's privileges?
 */
export function escalationVerdict(graph: GraphView, subject: string, object: string | undefined, context: { readonly knowledge: IdentityKnowledge; readonly accounts: ReadonlySet<string>; derived(): GraphView }): Verdict {
  const identity = identityBehind(graph, subject);
  const target = object === undefined ? undefined : graph.resource(object);
  const absent: Missing | undefined = !identity ? { what: 'the identity', entity: subject, supply: 'aws iam get-account-authorization-details' }
    : object !== undefined && !target ? { what: 'the identity to reach', entity: object, supply: 'aws iam get-account-authorization-details' } : undefined;
  if (!identity || absent) return { answer: 'unknown', assumed: [], missing: absent ? [absent] : [], reasons: [] };
  const tierOf = (urn: string) => evaluateIdentity(graph, urn, context.accounts, context.knowledge).tier;
  const own = evaluateIdentity(graph, identity.urn, context.accounts, context.knowledge);
  const held = own.escalations.filter((e) => target === undefined || e.target === target.urn || e.target === identity.urn);
  const sure = held.find((e) => !e.conditional && e.assumed === undefined) ?? held.find((e) => !e.conditional);
  if (sure) return yes(identity, `${sure.id} on ${sure.target}`, grounds(graph, identity.urn, sure.id, sure.target, context.knowledge), sure.assumed);
  // An administrator may do to any identity of its account whatever a primitive does.
  if (own.tier === 'tier0' && (target === undefined || target.account === identity.account)) return yes(identity, 'it is equivalent to an administrator', allowedBy(graph, identity.urn, 'iam:AttachUserPolicy', '*', context.knowledge));
  const isEnd = (e: Edge): boolean => (target === undefined ? e.kind === 'PRIVESC' || tierOf(e.target) === 'tier0' : e.target === target.urn), steps = edgesOver(context.derived(), ['CAN_ASSUME', 'PRIVESC']), chain = chainTo([identity.urn], isEnd, steps);
  if (chain && !chain.isConditional) return chainVerdict(graph, chain, context.knowledge);
  if (held.length > 0) return { answer: 'unknown', blocked_by: 'CONDITION', assumed: [], missing: [], reasons: held.slice(0, 5).map((e) => reason('IAM.escalation', identity, `${e.id} on ${e.target} hangs on a condition or on what the snapshot does not show`)) };
  if (chain) return chainVerdict(graph, chain, context.knowledge);
  const long = longChainTo([identity.urn], isEnd, steps);
  if (long) return longVerdict(graph, long, context.knowledge);
  // Who may become it says nothing about what it can gain.
  const missing = own.missing.filter((m) => !own.external.missing.includes(m));
  if (own.tier === 'unknown' || (missing.length > 0 && own.mitigated.answer !== 'yes')) return { answer: 'unknown', assumed: [], missing, reasons: [] };
  const latent = latentOf(graph, identity.urn, context.knowledge).filter((l) => target === undefined || l.targets.includes(target.urn));
  if (latent[0]) return { answer: 'unknown', assumed: [], missing: latent.map((l) => l.missing), reasons: latent.slice(0, 5).map((l) => reason('IAM.escalation', identity, `${l.id}: it is allowed, and ${l.missing.what} would make it one`)) };
  return {
    answer: 'no', assumed: [], missing: [], blocked_by: own.mitigated.answer === 'yes' ? own.mitigated.blocked_by ?? 'MITIGATED' : 'NO_PRIMITIVE',
    reasons: own.mitigated.answer === 'yes' ? own.mitigated.reasons : [reason('IAM.escalation', identity, target === undefined ? 'it holds no escalation primitive and reaches no identity that does' : `no primitive or chain of roles leads it to ${target.urn}`)],
  };
}

const reason = (rule: string, resource: StoredResource, text: string, pointer = ''): Reason => ({ rule, source: resource.urn, pointer, text });
const yes = (identity: StoredResource, via: string, because: readonly Reason[], assumed?: string): Verdict => ({ answer: 'yes', via, assumed: assumed === undefined ? [] : [assumed], missing: [], reasons: [reason('IAM.escalation', identity, via), ...because] });

/** The statement that allows an action on this resource, else anywhere; none where nothing does for sure. */
function allowedBy(graph: GraphView, identity: string, action: string, object: string, knowledge: IdentityKnowledge): readonly Reason[] {
  for (const on of new Set([object, '*'])) {
    const { answer, reasons } = permissionVerdict(graph, identity, action, on, knowledge);
    if (answer === 'yes') return reasons.slice(-1).map((r) => ({ ...r, text: `${action}: ${r.text}` }));
  }
  return [];
}

/** What gives each of the actions that a primitive takes. */
const grounds = (graph: GraphView, identity: string, id: string, target: string, knowledge: IdentityKnowledge): readonly Reason[] =>
  knowledge.primitives.find((p) => p.id === id)?.required.flatMap((action) => allowedBy(graph, identity, action, target, knowledge)) ?? [];

function latentOf(graph: GraphView, urn: string, knowledge: IdentityKnowledge): readonly Latent[] {
  const view = identityView(graph, knowledge), profile = view.profile(urn);
  return profile ? latentEscalations(view, profile) : [];
}

function chainVerdict(graph: GraphView, { edges, isConditional }: Chain, knowledge: IdentityKnowledge): Verdict {
  const via = edges.map((e) => `${e.kind}${e.reason === undefined || e.kind === 'CAN_ASSUME' ? '' : ` (${e.reason})`} ${e.target}`).join(' → ');
  const steps = edges.flatMap((e): readonly Reason[] => [
    { rule: `IAM.${e.kind.toLowerCase()}`, source: e.source, pointer: '', text: `${e.reason ?? e.kind}: leads to ${e.target}${e.condition === undefined ? '' : `, if ${e.condition}`}` },
    ...(e.kind === 'PRIVESC' ? grounds(graph, e.source, e.reason ?? '', e.target, knowledge) : allowedBy(graph, e.source, 'sts:AssumeRole', e.target, knowledge)),
  ]);
  const second = edges.filter((e) => e.kind === 'CAN_ASSUME')[1];
  const reasons = second === undefined ? steps : [...steps, { rule: 'IAM.role_chaining', source: second.source, pointer: '', text: 'a session that a role’s session opens lasts an hour at most (role chaining)' }];
  return isConditional ? { answer: 'unknown', blocked_by: 'CONDITION', assumed: [], missing: [], reasons } : { answer: 'yes', via, assumed: [], missing: [], reasons };
}

/** A chain of more steps than are followed leaves the answer open. */
function longVerdict(graph: GraphView, chain: Chain, knowledge: IdentityKnowledge): Verdict {
  const { reasons } = chainVerdict(graph, chain, knowledge);
  return { answer: 'unknown', assumed: [], missing: [tooLong(chain)], reasons };
}
