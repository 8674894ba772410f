import { truth } from '#shared/model/claim-states.ts';
import type { Check } from './check.ts';

/** Is there an owner, and does that owner still exist. */
export const ownerExists: Check = {
  name: 'owner_exists',
  run({ claims }) {
    const owner = claims.owner_identified, active = claims.owner_active;
    if (owner === undefined || truth(owner) === 'unknown') return { result: 'unknown', why: owner?.reason ?? 'nobody asked' };
    if (truth(owner) === 'false') return { result: 'fail', why: owner.reason };
    if (active === undefined || truth(active) === 'unknown') return { result: 'unknown', why: active?.reason ?? 'nobody asked' };
    return { result: truth(active) === 'true' ? 'pass' : 'fail', why: active.reason };
  },
};
