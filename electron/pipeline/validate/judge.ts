import { computeConfidence } from '#electron/evaluate/confidence.ts';
import type { ClaimName, ClaimStates } from '#shared/model/claims.ts';
import { truth } from '#shared/model/claim-states.ts';
import type { DecisionName } from '#shared/model/decision.ts';
import type { EvidencePlan } from '#shared/model/evidence-plan.ts';
import { gate, gateFacts, gateRows, proposeByRows, type Condition, type GateFacts, type GateResult } from './gate.ts';

export interface Confidence { readonly value: number; readonly parts: readonly { readonly part: string; readonly effect: number }[] }
export interface Judgement {
  readonly facts: GateFacts;
  /** What the rules propose: the first row that holds. */
  readonly proposed: DecisionName;
  readonly gate: GateResult;
  /** Claims of the deciding row that support it. */
  readonly required: readonly ClaimName[];
  readonly confidence: Confidence;
}
export interface JudgeState { readonly malformed: boolean; readonly budget_exhausted: boolean; readonly model_confidence?: number | undefined; readonly proposed?: DecisionName | undefined; readonly rules_say?: DecisionName | undefined }

/** Most confidence that is left where model and rules disagree: like a contradiction between sources. */
const DISPUTED = 0.5;
const KEY_CLAIMS: Record<DecisionName, readonly ClaimName[]> = {
  resolve_now: ['exposure_confirmed', 'exposure_reconfirmed', 'mitigation_confirmed', 'accepted_risk', 'sequence_confirmed', 'known_good', 'issue_confirmed'],
  defer: ['mitigation_confirmed', 'exposure_confirmed', 'accepted_risk', 'known_good', 'issue_confirmed'],
  ticket: ['issue_confirmed', 'owner_identified', 'owner_active', 'exposure_confirmed', 'blast_radius', 'production'],
  needs_human_review: [],
};

/** Claims to facts to rows to gate: the one place where claims become a decision. Pure. */
export function judge(claims: ClaimStates, plan: EvidencePlan, state: JudgeState): Judgement {
  const urgent = confidenceOf('resolve_now', claims, plan, state, []);
  const facts = gateFacts(claims, plan, { malformed: state.malformed, budget_exhausted: state.budget_exhausted, confidence: urgent.value, rules_say: state.rules_say });
  const rows = gateRows(facts);
  const proposed = state.proposed ?? proposeByRows(facts, rows);
  const result = gate(proposed, facts, rows);
  const required = requiredClaims(result, claims, facts);
  return { facts, proposed, gate: result, required, confidence: result.outcome === 'resolve_now' ? urgent : confidenceOf(result.outcome, claims, plan, state, result.deciding) };
}

/** The claims that a decision rests on: of its row, those that make a condition hold; of a review, those that are open. */
function requiredClaims(result: GateResult, claims: ClaimStates, facts: GateFacts): readonly ClaimName[] {
  const names = result.deciding.flatMap((condition) => supporting(condition, claims, facts));
  return [...new Set(names)].filter((name) => claims[name] !== undefined || result.outcome === 'needs_human_review');
}

function supporting(condition: Condition, claims: ClaimStates, facts: GateFacts): readonly ClaimName[] {
  if (condition.value !== 'true') return condition.claims.filter((name) => truth(claims[name]) === 'unknown' || condition.value === 'false');
  if (condition.rule === 2 && condition.claims.includes('blast_radius')) return facts.blast_observed === 'high' ? ['blast_radius'] : condition.claims.filter((name) => name !== 'blast_radius');
  if (condition.rule === 3) return condition.claims.filter((name) => (name === 'issue_confirmed' ? truth(claims[name]) === 'false' && truth(claims.mitigation_confirmed) !== 'true' : truth(claims[name]) === 'true'));
  return condition.claims;
}

/** The formula stands in evaluate/confidence.ts; here is chosen what goes into it for one decision. */
function confidenceOf(decision: DecisionName, claims: ClaimStates, plan: EvidencePlan, state: JudgeState, deciding: readonly Condition[]): Confidence {
  const own = new Set<ClaimName>(decision === 'needs_human_review' ? deciding.flatMap((c) => c.claims) : relevant(decision, claims, plan, deciding));
  const review = decision === 'needs_human_review';
  const states = [...own].flatMap((name) => (claims[name] && !claims[name].not_applicable ? [claims[name]] : []));
  const unasked = review && [...own].some((name) => claims[name] === undefined);
  return computeConfidence({
    gate_claims: [
      ...states.map((s) => ({ provenance: s.provenance, fresh: !s.stale, contradicted: s.value === 'conflict', known: s.value !== 'unknown' })),
      ...(unasked ? [{ provenance: 'observed' as const, fresh: true, contradicted: false, known: false }] : []),
    ],
    other_gaps: plan.gaps.filter((name) => !own.has(name) && (claims[name] === undefined || claims[name].value === 'unknown')).length,
    assumed: [...new Set(states.flatMap((s) => s.assumed))],
    // A sequence that the logs confirm is more than a report.
    caps: [...(state.rules_say !== undefined && state.rules_say !== state.proposed ? [DISPUTED] : []), ...(claims.issue_confirmed?.cap !== undefined && (decision === 'ticket' || (decision === 'resolve_now' && !plan.detection)) ? [claims.issue_confirmed.cap] : [])],
    ...(state.model_confidence !== undefined && { model_confidence: state.model_confidence }),
  });
}

/** Of a row's claims those that carry the weight: of an "or" the ones that hold. */
function relevant(decision: DecisionName, claims: ClaimStates, plan: EvidencePlan, deciding: readonly Condition[]): readonly ClaimName[] {
  if (decision === 'resolve_now') {
    if (plan.detection) return ['sequence_confirmed', 'known_good'];
    const high = truth(claims.blast_radius) === 'true' && claims.blast_radius?.value === 'high' && claims.blast_radius.provenance === 'observed';
    const stake = high ? ['blast_radius' as const] : (['exploit_known', 'production', 'runtime_active'] as const).filter((name) => truth(claims[name]) === 'true');
    return ['exposure_confirmed', 'exposure_reconfirmed', 'mitigation_confirmed', 'accepted_risk', ...stake];
  }
  if (decision === 'defer') return deciding.flatMap((c) => c.claims).filter((name) => (name === 'issue_confirmed' ? truth(claims[name]) === 'false' : truth(claims[name]) === 'true'));
  return KEY_CLAIMS[decision].filter((name) => decision !== 'ticket' || ['issue_confirmed', 'owner_identified', 'owner_active'].includes(name) || (name === 'exposure_confirmed' && claims[name]?.value !== 'unknown'));
}

/** Open claims that can still change decision, priority or route: what the evidence plan asks next. */
export function wantedClaims(claims: ClaimStates, plan: EvidencePlan, routing: readonly ClaimName[]): readonly ClaimName[] {
  // What is asked about doesn't hang on how sure the answer will be.
  const facts = gateFacts(claims, plan, { malformed: false, budget_exhausted: false, confidence: 1 });
  const open = (name: ClaimName): boolean => (claims[name] === undefined || claims[name].value === 'unknown') && (name !== 'exploit_known' || plan.vulnerability);
  const rows = gateRows(facts);
  for (const row of rows) {
    if (row.value === 'true') break;
    const wanted = row.value === 'unknown' ? row.conditions.filter((c) => c.value === 'unknown').flatMap((c) => c.claims).filter(open) : [];
    if (wanted.length > 0) return [...new Set([...wanted, ...later(rows, row.rule, open)])];
  }
  const forPriority: readonly ClaimName[] = ['exposure_confirmed', 'production', 'blast_radius'];
  return [...new Set([...forPriority, ...routing])].filter(open);
}

/** A claim that no tool can close must not hide the next row's questions. */
function later(rows: ReturnType<typeof gateRows>, after: number, open: (name: ClaimName) => boolean): readonly ClaimName[] {
  return rows.filter((row) => row.rule > after && row.value === 'unknown').flatMap((row) => row.conditions).filter((c) => c.value === 'unknown').flatMap((c) => c.claims).filter(open);
}
