import { truth } from '#shared/model/claim-states.ts';
import type { Check } from './check.ts';

/** Really reachable: computed from the graph and, before anybody is paged, again from the raw snapshot. */
export const reachable: Check = {
  name: 'reachable',
  run({ claims, plan }) {
    const first = claims.exposure_confirmed, second = claims.exposure_reconfirmed;
    if (plan.detection || first?.not_applicable) return { result: 'not_applicable', why: first?.reason ?? 'not asked for this issue' };
    if (first === undefined) return { result: 'unknown', why: 'nobody asked whether it is reachable' };
    if (truth(first) === 'unknown') return { result: 'unknown', why: first.stale ? `stale: ${first.reason}` : first.reason };
    if (truth(first) === 'false') return { result: 'pass', why: `not exposed: ${first.reason}` };
    if (second === undefined || truth(second) === 'unknown') return { result: 'unknown', why: 'exposed by the graph, not confirmed from the raw snapshot' };
    return truth(second) === 'true' ? { result: 'pass', why: `${second.reason}; the raw records say so too` } : { result: 'fail', why: `exposed by the graph, but not by the raw records, which say: ${second.reason}` };
  },
};
