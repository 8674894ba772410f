import type { ClaimStates } from '#shared/model/claims.ts';
import { truth, type Tri } from '#shared/model/claim-states.ts';
import type { MissingEvidence, Priority, Proposal, Triage, Validation } from '#shared/model/decision.ts';
import type { EvidencePlan } from '#shared/model/evidence-plan.ts';
import { formatTime } from '#shared/lib/time.ts';
import { ownerOf, proposeByRules, RULES_VERSION, type RulesInput } from './rules-engine.ts';

/** Proposes a decision for one incident. The rule engine is always there; an agent's proposal takes the same shape. */
export const propose = (input: RulesInput): Proposal => proposeByRules(input);

export interface ConcludeInput {
  readonly proposal: Proposal; readonly validation: Validation; readonly priority: Priority; readonly confidence: { readonly value: number; readonly parts: Triage['confidence_parts'] };
  readonly missing: readonly MissingEvidence[]; readonly claims: ClaimStates; readonly plan: EvidencePlan; readonly startedUs: number; readonly durationUs: number;
  /** Set when a model proposed. */
  readonly model?: { readonly name: string; readonly prompt_version: string } | undefined;
}

/** The triage record after the gate has spoken: what the proposal became, how sure, what is missing. */
export function conclude(input: ConcludeInput): Triage {
  const { proposal, validation, claims } = input;
  const decision = validation.gate.outcome;
  const owner = ownerOf(claims);
  const held = decision === proposal.decision;
  return {
    decision, ...(input.plan.detection && { verdict: verdictOf(decision, input) }), priority: input.priority, confidence: input.confidence.value, confidence_parts: input.confidence.parts,
    rationale: held ? proposal.rationale : `${validation.gate.why}. Proposed was ${proposal.decision}: ${proposal.rationale}`,
    evidence: proposal.evidence, missing_evidence: input.missing, recommended_actions: held ? proposal.recommended_actions : [],
    ...(owner !== undefined && { owner, owner_provenance: claims.owner_identified?.provenance ?? 'observed' }),
    impact: impactOf(claims, input.plan), routing: decision === 'resolve_now' ? 'pagerduty' : decision === 'ticket' ? 'jira' : 'none',
    engine: { kind: input.model === undefined ? 'rules' : 'agent', model: input.model?.name ?? null, prompt_version: input.model?.prompt_version ?? null, rules_version: RULES_VERSION }, started_at: formatTime(input.startedUs), duration_ms: Math.round(input.durationUs / 10) / 100,
  };
}

function verdictOf(decision: Triage['decision'], input: ConcludeInput): NonNullable<Triage['verdict']> {
  if (decision === 'resolve_now') return 'true_positive';
  if (decision === 'defer') return 'false_positive';
  if (decision === 'ticket') return truth(input.claims.sequence_confirmed) === 'unknown' ? 'inconclusive' : 'true_positive';
  return truth(input.claims.sequence_confirmed) === 'unknown' && input.claims.sequence_confirmed?.value !== 'conflict' ? 'inconclusive' : 'needs_review';
}

function impactOf(claims: ClaimStates, plan: EvidencePlan): string {
  const parts = [
    claims.blast_radius === undefined ? 'blast radius not asked' : `blast radius ${String(claims.blast_radius.value)}`,
    truth(claims.production) === 'true' ? 'production' : truth(claims.production) === 'false' ? 'not production' : 'environment unknown',
    ...(truth(claims.contains_sensitive_data) === 'true' ? ['sensitive data'] : []),
    ...(claims.exposure_confirmed?.not_applicable === true ? [] : [exposureWords(truth(claims.exposure_confirmed), plan)]),
  ];
  return parts.join(', ');
}

/** Exposure in words: of an identity it means who can assume it. */
function exposureWords(exposed: Tri, { plan }: EvidencePlan): string {
  const [yes, no, open] = plan === 'overprivileged_identity' ? ['can be assumed from outside', 'can\'t be assumed from outside', 'who can assume it is unknown'] as const : ['reachable from the internet', 'not reachable from the internet', 'reachability unknown'] as const;
  return exposed === 'true' ? yes : exposed === 'false' ? no : open;
}
