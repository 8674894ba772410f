import { truth } from '#shared/model/claim-states.ts';
import type { Check } from './check.ts';

/** Is it production, and who says so. */
export const production: Check = {
  name: 'production',
  run({ claims }) {
    const state = claims.production;
    if (state === undefined || truth(state) === 'unknown') return { result: 'unknown', why: state?.reason ?? 'nobody asked' };
    return { result: state.provenance === 'inferred' ? 'unknown' : 'pass', why: `${truth(state) === 'true' ? 'production' : 'not production'}: ${state.reason}` };
  },
};
