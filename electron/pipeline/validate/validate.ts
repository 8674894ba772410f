import { claimDefinitions, type Call, type ClaimName, type ClaimStates } from '#shared/model/claims.ts';
import { mergeClaims, truth, type MergeOptions } from '#shared/model/claim-states.ts';
import type { ClaimView, DecisionName, MissingEvidence, Proposal, Validation } from '#shared/model/decision.ts';
import type { EvidencePlan } from '#shared/model/evidence-plan.ts';
import { checks } from './checks/all.ts';
import { citationProblem } from './citations.ts';
import { judge, type Judgement } from './judge.ts';

export interface ValidateInput {
  readonly entity: string;
  readonly plan: EvidencePlan;
  readonly calls: readonly Call[];
  readonly proposal: Proposal;
  readonly budget_exhausted: boolean;
  /** Of a model's proposal: why it could not be used at all, and what the rules decide. */
  readonly unusable?: string | undefined;
  readonly rules_say?: DecisionName | undefined;
}
export interface Validated { readonly validation: Validation; readonly judgement: Judgement; readonly claims: ClaimStates; readonly missing: readonly MissingEvidence[]; readonly views: readonly ClaimView[] }

/** Recomputes every claim from the recorded calls, checks each citation, and lets the gate decide whether the proposal may stand. */
export function validate(input: ValidateInput, merge: MergeOptions): Validated {
  const { proposal, calls, plan } = input;
  const claims = mergeClaims(calls, merge);
  const problems = proposal.evidence.flatMap((e) => citationProblem(e, calls, input.entity) ?? []);
  const judgement = judge(claims, plan, { malformed: problems.length > 0 || input.unusable !== undefined, rules_say: input.rules_say, budget_exhausted: input.budget_exhausted, proposed: proposal.decision, model_confidence: proposal.model_confidence });
  const decision = judgement.gate.outcome;
  const agreement = input.unusable !== undefined ? [{ check: 'proposal', result: 'fail' as const, why: input.unusable }]
    : input.rules_say === undefined ? [] : [{ check: 'agreement', result: input.rules_say === proposal.decision ? 'pass' as const : 'fail' as const, why: `the rules decide ${input.rules_say}, the model ${proposal.decision}` }];
  const results = checks.map((check) => ({ check: check.name, ...check.run({ decision, claims, calls, plan, judgement }) }));
  const citations = { check: 'citations', result: problems.length === 0 ? 'pass' as const : 'fail' as const, why: problems.length === 0 ? `${proposal.evidence.length} of ${proposal.evidence.length} citations resolve` : problems.join('; ') };
  return {
    judgement, claims,
    validation: {
      passed: decision === proposal.decision && problems.length === 0 && input.unusable === undefined && (input.rules_say === undefined || input.rules_say === proposal.decision), checks: [...results, citations, ...agreement],
      gate: { rule: judgement.gate.rule, outcome: decision, proposed: proposal.decision, why: judgement.gate.why, rows: judgement.gate.rows.map(({ rule, condition, value }) => ({ rule, condition, value })) },
    },
    missing: missingEvidence(claims, plan, judgement),
    views: claimViews(claims, judgement),
  };
}

/** What is open and matters: claims of the deciding row first, then planned ones, each with the data that would supply it. */
export function missingEvidence(claims: ClaimStates, plan: EvidencePlan, judgement: Pick<Judgement, 'gate' | 'required'>): readonly MissingEvidence[] {
  // Whether it is exposed is what people ask first, also where another row failed before.
  const always: readonly ClaimName[] = plan.detection ? [] : ['exposure_confirmed'];
  // What only follows from another open claim is not a question of its own.
  const follows = (name: ClaimName): boolean => (name === 'exposure_reconfirmed' && truth(claims.exposure_confirmed) !== 'true') || (name === 'owner_active' && truth(claims.owner_identified) !== 'true');
  // An owner who is gone is known, and still what a ticket lacks.
  const gone = judgement.gate.outcome === 'needs_human_review' && truth(claims.owner_active) === 'false' && truth(claims.owner_identified) === 'true';
  const applies = (name: ClaimName): boolean => name !== 'exploit_known' || plan.vulnerability;
  const names = [...(gone ? ['owner_active' as const] : []), ...new Set([...always, ...judgement.required, ...plan.gaps])].filter((name, i, all) => all.indexOf(name) === i && applies(name) && ((gone && name === 'owner_active') || (truth(claims[name]) === 'unknown' && !follows(name))));
  return names.map((name) => {
    const state = claims[name];
    const stale = state?.stale === true;
    return {
      claim: name, value: state?.value ?? 'unknown', why: state === undefined ? 'not asked' : stale ? `older than the policy allows: ${state.reason}` : state.reason,
      supply: stale ? 'a fresh inventory snapshot' : state?.missing[0]?.supply ?? claimDefinitions[name].supply, missing: state?.missing ?? [],
    };
  });
}

function claimViews(claims: ClaimStates, judgement: Judgement): readonly ClaimView[] {
  return Object.values(claims).map((s) => {
    const first = s.evidence[0];
    return { claim: s.claim, value: s.value, provenance: s.provenance, stale: s.stale, reason: s.reason, ...(s.gist !== undefined && { gist: s.gist }), required: judgement.required.includes(s.claim), ...(first && { call_id: first.call_id, source: first.source, pointer: first.pointer }) };
  });
}
