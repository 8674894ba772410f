import { judge } from '#electron/pipeline/validate/judge.ts';
import type { DecisionRecord } from '#electron/store/tables/decisions.ts';
import { claimDefinitions, isClaimName, type ClaimName, type ClaimState, type ClaimStates, type ClaimValue } from '#shared/model/claims.ts';
import { mergeClaims, truth } from '#shared/model/claim-states.ts';
import type { DecisionName, Priority } from '#shared/model/decision.ts';
import { planOf, type EvidencePlan } from '#shared/model/evidence-plan.ts';
import type { Policy } from '#shared/model/policy.ts';

export interface Counterfactual { readonly decision: DecisionName; readonly priority: Priority; readonly claim: string; readonly value: ClaimValue }

const MOST = 5;
/**
 * Claims that say the same of one fact (design 3-decisions, "What they mean depends on the issue"): changing only one of them would be a world that
 * can't be. `true`: the same value, `false`: the opposite one.
 */
function restatements(name: ClaimName, plan: EvidencePlan): Partial<Record<ClaimName, boolean>> {
  const storage = plan.plan === 'public_access', refusable = storage || plan.plan === 'open_port';
  const group: Partial<Record<ClaimName, boolean>> = { exposure_confirmed: true, exposure_reconfirmed: true, ...(storage && { issue_confirmed: true }), ...(refusable && { mitigation_confirmed: false }) };
  const own = group[name];
  return own === undefined ? {} : Object.fromEntries(Object.entries(group).map(([other, same]) => [other, same === own]));
}

/**
 * What the decision would become if one claim that it rests on (or that its gate waits for) were different: the gate is run again on the recorded
 * calls with that claim changed. At most five, real values first; then once what happens if one of them were not known (`any`).
 */
export function counterfactuals(record: DecisionRecord, policy: Policy): readonly Counterfactual[] {
  const { incident, trace, triage } = record;
  const claims = mergeClaims(trace.calls, { asOfUs: trace.as_of_us, maxAgeDays: policy.thresholds.max_age_days });
  const plan = planOf(incident);
  const now = judge(claims, plan, { malformed: false, budget_exhausted: false });
  const names = now.required.length > 0 ? now.required : now.gate.deciding.flatMap((c) => c.claims);
  const tried = [...new Set(names)].flatMap((name) => otherValues(name, claims[name]).flatMap((value): readonly Counterfactual[] => {
    const flip = judgeWith(claims, plan, name, value);
    return flip.decision === triage.decision ? [] : [{ ...flip, claim: name, value }];
  }));
  const unknown = [...new Set(names)].map((name) => judgeWith(claims, plan, name, 'unknown')).find((flip) => flip.decision !== triage.decision);
  // Of several ways to the same outcome the first of each claim is enough.
  const distinct = [...new Map(tried.map((flip) => [`${flip.claim} ${flip.decision}`, flip])).values()];
  return unknown === undefined ? distinct.slice(0, MOST) : [...distinct.slice(0, MOST - 1), { ...unknown, claim: 'any', value: 'unknown' }];
}

function judgeWith(claims: ClaimStates, plan: EvidencePlan, name: ClaimName, value: ClaimValue): { readonly decision: DecisionName; readonly priority: Priority } {
  const opposite = typeof value === 'boolean' ? !value : value;
  const restated = Object.entries(restatements(name, plan)).filter(([other]) => isClaimName(other) && other !== name);
  const changed: ClaimStates = { ...claims, ...Object.fromEntries(restated.map(([other, same]) => [other, stateOf(other as ClaimName, claims[other as ClaimName], same ? value : opposite)])), [name]: stateOf(name, claims[name], value) };
  const { gate } = judge(changed, plan, { malformed: false, budget_exhausted: false });
  return { decision: gate.outcome, priority: gate.priority };
}

const stateOf = (claim: ClaimName, before: ClaimState | undefined, value: ClaimValue): ClaimState => ({
  claim, value, provenance: 'observed', stale: false, reason: 'supposed', evidence: before?.evidence ?? [], missing: [], assumed: [], cap: undefined, not_applicable: false,
});

function otherValues(name: ClaimName, state: ClaimState | undefined): readonly ClaimValue[] {
  const { type } = claimDefinitions[name];
  if (type === 'level') return ['high', 'medium', 'low'].filter((level) => level !== state?.value || state.stale);
  if (type === 'count') return truth(state) === 'true' ? [0] : [1];
  const known = truth(state);
  return known === 'unknown' ? [true, false] : [known === 'false'];
}
