import type { Call, ClaimStates } from '#shared/model/claims.ts';
import type { EvidencePlan } from '#shared/model/evidence-plan.ts';
import type { DecisionName } from '#shared/model/decision.ts';
import type { Judgement } from '../judge.ts';

export interface CheckInput { readonly decision: DecisionName; readonly claims: ClaimStates; readonly calls: readonly Call[]; readonly plan: EvidencePlan; readonly judgement: Judgement }
export interface CheckResult { readonly check: string; readonly result: 'pass' | 'fail' | 'unknown' | 'not_applicable'; readonly why: string }

/** One deterministic look at the recorded evidence of a decision. A check explains; the gate decides. */
export interface Check { readonly name: string; run(input: CheckInput): Omit<CheckResult, 'check'> }
