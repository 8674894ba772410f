import { truth } from '#shared/model/claim-states.ts';
import type { Check } from './check.ts';

/** Enough evidence for the priority: every claim of the deciding row is known, fresh and undisputed. */
export const evidenceSufficient: Check = {
  name: 'evidence_sufficient',
  run({ judgement, claims, decision }) {
    // What is not exposed needs no second look at it.
    const isOpen = (name: typeof judgement.required[number]): boolean => truth(claims[name]) === 'unknown' && !(name === 'exposure_reconfirmed' && truth(claims.exposure_confirmed) === 'false');
    const open = judgement.required.filter(isOpen);
    if (decision === 'needs_human_review') return { result: 'unknown', why: open.length > 0 ? `open: ${open.join(', ')}` : judgement.gate.why };
    return open.length === 0 ? { result: 'pass', why: `${judgement.required.length} of ${judgement.required.length} required claims are known, confidence ${judgement.confidence.value}` } : { result: 'unknown', why: `open, but the ${decision} does not hang on it: ${open.join(', ')}` };
  },
};
