import { describe, expect, it } from 'vitest';
import { checks } from '#electron/pipeline/validate/checks/all.ts';
import { judge } from '#electron/pipeline/validate/judge.ts';
import type { DecisionName } from '#shared/model/decision.ts';
import { evidencePlan } from '#shared/model/evidence-plan.ts';
import { statesOf } from '../../../fixtures/claim-state.ts';

const plan = evidencePlan({ issue_type: 'public_access', kind: 'posture', entity_type: 'bucket' });
type Values = Parameters<typeof statesOf>[0];
function check(name: string, values: Values, decision: DecisionName = 'ticket', detection = false) {
  const claims = statesOf(values);
  const reading = detection ? evidencePlan({ issue_type: 'brute_force', kind: 'detection', entity_type: 'user' }) : plan;
  return checks.find((c) => c.name === name)?.run({ decision, claims, calls: [], plan: reading, judgement: judge(claims, reading, { malformed: false, budget_exhausted: false, proposed: decision }) }).result;
}

describe('each check', () => {
  it.each<[string, Values, string]>([
    ['reachable', {}, 'unknown'], ['reachable', { exposure_confirmed: false }, 'pass'], ['reachable', { exposure_confirmed: true }, 'unknown'], ['reachable', { exposure_confirmed: true, exposure_reconfirmed: true }, 'pass'], ['reachable', { exposure_confirmed: true, exposure_reconfirmed: false }, 'fail'],
    ['reachable', { exposure_confirmed: 'conflict' }, 'unknown'], ['reachable', { exposure_confirmed: [true, { stale: true }], exposure_reconfirmed: true }, 'unknown'], ['reachable', { exposure_confirmed: [false, { not_applicable: true }] }, 'not_applicable'],
    ['production', {}, 'unknown'], ['production', { production: true }, 'pass'], ['production', { production: false }, 'pass'], ['production', { production: [true, { provenance: 'inferred' }] }, 'unknown'], ['production', { production: 'unknown' }, 'unknown'],
    ['owner_exists', {}, 'unknown'], ['owner_exists', { owner_identified: 'x', owner_active: true }, 'pass'], ['owner_exists', { owner_identified: 'x', owner_active: false }, 'fail'], ['owner_exists', { owner_identified: 'x' }, 'unknown'], ['owner_exists', { owner_identified: false }, 'fail'], ['owner_exists', { owner_identified: 'conflict', owner_active: true }, 'unknown'],
    ['exceptions', {}, 'unknown'], ['exceptions', { accepted_risk: false }, 'pass'], ['exceptions', { accepted_risk: true }, 'pass'], ['exceptions', { accepted_risk: 'unknown' }, 'unknown'], ['exceptions', { accepted_risk: false, known_good: 'conflict' }, 'fail'], ['exceptions', { accepted_risk: false, known_good: true }, 'pass'],
    ['evidence_sufficient', { issue_confirmed: true, owner_identified: 'x', owner_active: true, exposure_confirmed: false, blast_radius: 'low' }, 'pass'],
  ])('%s with %j: %s', (name, values, result) => { expect(check(name, values)).toBe(result); });

  it('an exception fails where somebody would be paged, and there is nothing to reach in a detection', () => {
    expect([check('exceptions', { accepted_risk: true }, 'resolve_now'), check('exceptions', { accepted_risk: false, known_good: true }, 'resolve_now')]).toEqual(['fail', 'fail']);
    expect(check('reachable', { exposure_confirmed: true }, 'ticket', true)).toBe('not_applicable');
  });
  it('a decision that stands although something is open is not called a failure', () => { expect(check('evidence_sufficient', { issue_confirmed: true, owner_identified: 'x', owner_active: true, exposure_confirmed: false, blast_radius: 'low', sequence_confirmed: 'unknown' }, 'ticket', true)).toBe('unknown'); });
  it('names no second look at what is not exposed as open', () => {
    const why = (values: Values): string | undefined => {
      const claims = statesOf(values), judged = judge(claims, plan, { malformed: false, budget_exhausted: false, proposed: 'needs_human_review' });
      return checks.find((c) => c.name === 'evidence_sufficient')?.run({ decision: 'needs_human_review', claims, calls: [], plan, judgement: { ...judged, required: ['exposure_reconfirmed', 'owner_identified'] } }).why;
    };
    expect(why({ exposure_confirmed: [false, { not_applicable: true }] })).toBe('open: owner_identified');
    expect(why({ exposure_confirmed: true })).toBe('open: exposure_reconfirmed, owner_identified');
  });
  it('a review is never called sufficient', () => { expect(check('evidence_sufficient', {}, 'needs_human_review')).toBe('unknown'); });
});
