import { describe, expect, it } from 'vitest';
import { evidencePlan } from '#shared/model/evidence-plan.ts';
import { isInForce } from '#shared/model/policy.ts';

const plan = (issue_type: string, rest: { kind?: string; entity_type?: Parameters<typeof evidencePlan>[0]['entity_type'] } = {}) => evidencePlan({ issue_type, kind: rest.kind ?? 'posture', entity_type: rest.entity_type ?? 'bucket' });

describe('the evidence plan', () => {
  it('asks about exposure where it means something', () => {
    expect([plan('encryption_disabled').exposure_applies, plan('encryption_disabled', { entity_type: 'volume' }).exposure_applies, plan('mfa_disabled', { entity_type: 'user' }).exposure_applies, plan('public_access', { entity_type: 'snapshot' }).exposure_applies]).toEqual([true, false, false, true]);
  });
  it('reads an issue without a word in the taxonomy by the kind of its finding', () => {
    expect(['posture', 'compliance', 'vulnerability', 'detection'].map((kind) => plan('some-check', { kind }).plan)).toEqual(['configuration', 'configuration', 'vulnerable_package', 'detection']);
    expect(plan('constructor').family).toBe('own:constructor');
  });
});

it('an exception is in force through its day, or to its moment', () => {
  const day = Date.UTC(2026, 4, 1) * 1000;
  expect([isInForce('2026-05-01', day), isInForce('2026-05-01', day + 86_400_000_000 - 1), isInForce('2026-05-01', day + 86_400_000_000), isInForce('2026-05-01T00:00:00Z', day + 1), isInForce('never', day), isInForce('', day)]).toEqual([true, true, false, false, false, false]);
});
