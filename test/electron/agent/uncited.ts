import type { Decided } from '#electron/pipeline/decide.ts';
import { isClaimName } from '#shared/model/claims.ts';

/** The known claims that a standing decision rests on and does not cite. What doesn't apply to the issue counts as false and tells nothing: it is not cited. */
export function uncited({ triage, trace }: Decided): readonly string[] {
  if (triage.decision === 'needs_human_review') return [];
  const cited = new Set(triage.evidence.map((e) => e.claim)), calls = new Map(trace.calls.map((c) => [c.call_id, c]));
  const applies = ({ claim, call_id }: (typeof trace.claims)[number]): boolean => !isClaimName(claim) || calls.get(call_id ?? '')?.output?.claims[claim]?.not_applicable !== true;
  return trace.claims.filter((c) => c.required && c.value !== 'unknown' && applies(c) && !cited.has(c.claim)).map((c) => c.claim);
}
