import type { Provenance } from '#shared/model/resource.ts';

/** State of one claim on which a decision rests. */
export interface ClaimWeight {
  readonly provenance: Provenance;
  /** False when it is older than the policy allows. */
  readonly fresh: boolean;
  /** True when sources disagree about it. */
  readonly contradicted: boolean;
  /** False when it has no value. Default true. */
  readonly known?: boolean;
}
export interface ConfidenceInput {
  readonly gate_claims: readonly ClaimWeight[];
  /** Number of other planned claims that are open. */
  readonly other_gaps: number;
  /** Controls that the snapshot doesn't carry and that were taken as not applied; each counts once. */
  readonly assumed: readonly string[];
  /** Upper bounds from the issue, e.g. `CAP.reported` for one that was only reported. */
  readonly caps: readonly number[];
  /** What a model says of itself, 0–1: can only lower the value. */
  readonly model_confidence?: number;
}
/** The value (two decimals) and how it came about: the base and what each part took away. The effects add up to the value. */
export interface Confidence { readonly value: number; readonly parts: readonly { readonly part: string; readonly effect: number }[] }

export const BASE = 0.95;
/**
 * Upper bounds. `inferred` and `reported` are set by the design; `stale`, `contradicted` and `unknown` are chosen here so that such a claim
 * keeps a decision clearly below the 0.9 that acting without a person needs, a disagreement or a hole weighing more than age.
 */
export const CAP = { inferred: 0.7, reported: 0.85, stale: 0.75, contradicted: 0.5, unknown: 0.5 } as const;
const STEP = 0.01;
export const MOST = { gaps: 0.03, assumed: 0.05 } as const;

/**
 * How sure a decision is, computed from its evidence (design 3-decisions, "Confidence"): 0.95 when all claims of its gate are observed,
 * fresh and uncontradicted, however many scanners reported it; less 0.01 for each open planned claim (at most 0.03) and for each assumed
 * control (at most 0.05); then the lowest of the caps that apply. Without any claim there is nothing to be sure of: 0.
 */
export function computeConfidence(input: ConfidenceInput): Confidence {
  const claims = input.gate_claims;
  if (claims.length === 0) return { value: 0, parts: [{ part: 'no claim to rest on', effect: 0 }] };
  const parts = [{ part: 'base', effect: BASE }];
  let value = BASE;
  const take = (part: string, to: number): void => {
    const next = round(Math.max(0, to));
    if (next >= value) return;
    parts.push({ part, effect: round(next - value) });
    value = next;
  };
  const assumed = new Set(input.assumed).size;
  take(`${input.other_gaps} open planned claims`, value - Math.min(MOST.gaps, STEP * input.other_gaps));
  take(`${assumed} assumed controls`, value - Math.min(MOST.assumed, STEP * assumed));
  if (claims.some((c) => c.provenance === 'inferred')) take('an inferred claim', CAP.inferred);
  if (claims.some((c) => !c.fresh)) take('a stale claim', CAP.stale);
  if (claims.some((c) => c.contradicted)) take('a contradicted claim', CAP.contradicted);
  if (claims.some((c) => c.known === false)) take('an unknown claim', CAP.unknown);
  for (const cap of input.caps) take(`capped at ${cap}`, roundDown(cap));
  if (input.model_confidence !== undefined) take('the model’s own number', roundDown(input.model_confidence));
  return { value, parts };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Rounded down, so that rounding never lifts the value above a bound; not a number counts as no confidence at all. */
const roundDown = (value: number): number => (Number.isFinite(value) ? Math.floor(Math.max(0, value) * 100 + 1e-9) / 100 : 0);
