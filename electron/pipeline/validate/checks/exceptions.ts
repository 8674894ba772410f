import { truth } from '#shared/model/claim-states.ts';
import type { Check } from './check.ts';

/** Accepted risks and known-good patterns: in force, exact, and not contradicted. */
export const exceptions: Check = {
  name: 'exceptions',
  run({ claims, decision }) {
    const risk = claims.accepted_risk, good = claims.known_good;
    if (risk === undefined) return { result: 'unknown', why: 'the policy was not asked' };
    if (truth(risk) === 'unknown') return { result: 'unknown', why: risk.reason };
    if (truth(risk) === 'true') return { result: decision === 'resolve_now' ? 'fail' : 'pass', why: risk.reason };
    if (good && good.value === 'conflict') return { result: 'fail', why: good.reason };
    if (good && truth(good) === 'true') return { result: decision === 'resolve_now' ? 'fail' : 'pass', why: good.reason };
    return { result: 'pass', why: risk.reason };
  },
};
