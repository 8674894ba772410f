import { describe, expect, it } from 'vitest';
import { parseRules, route, routedClaims } from '#electron/pipeline/route/route.ts';
import type { ClaimStates } from '#shared/model/claims.ts';
import type { Triage } from '#shared/model/decision.ts';
import type { RoutingRule } from '#shared/model/policy.ts';
import { statesOf } from '../../../fixtures/claim-state.ts';
import { incidentOf, triageOf } from '../../../fixtures/incident-of.ts';

const shipped: readonly RoutingRule[] = [
  { condition: 'confidence > 0.9 AND blast_radius < medium AND decision = ticket', action: 'auto_create_ticket' },
  { condition: 'confidence > 0.9 AND exposure_confirmed AND decision = resolve_now', action: 'page_on_call' },
  { condition: 'touches_iam OR touches_network_boundary', action: 'require_human_approval' },
];
function routed(triage: Partial<Triage>, claims: ClaimStates, rules: readonly RoutingRule[] = shipped) {
  const parsed = parseRules(rules);
  if (!parsed.ok) throw new Error(parsed.error);
  const found = route({ incident: incidentOf(), triage: triageOf(triage), claims, rules: parsed.value });
  return [found.action, found.status, found.actions.map((a) => `${a.action} ${a.status}`)];
}
const quiet = { touches_iam: false, touches_network_boundary: false, blast_radius: 'low', exposure_confirmed: true, owner_identified: 'platform-team' } as const;

describe('routing by the shipped rules', () => {
  it('creates a ticket of small blast radius by itself', () => {
    expect(routed({ decision: 'ticket', confidence: 0.95 }, statesOf(quiet))).toEqual(['auto_create_ticket', 'outbox', ['auto_create_ticket outbox']]);
  });
  it('holds a ticket that touches IAM for approval', () => {
    expect(routed({ decision: 'ticket', confidence: 0.95 }, statesOf({ ...quiet, touches_iam: true }))).toEqual(['require_human_approval', 'waiting_for_approval', ['require_human_approval waiting_for_approval', 'auto_create_ticket waiting_for_approval']]);
  });
  it('pages although the fix waits', () => {
    expect(routed({ decision: 'resolve_now', confidence: 0.95 }, statesOf({ ...quiet, touches_network_boundary: true }))[2]).toEqual(['require_human_approval waiting_for_approval', 'page_on_call outbox']);
  });
  it('pages for resolve_now even when no rule says so', () => {
    expect(routed({ decision: 'resolve_now', confidence: 0.95 }, statesOf(quiet), [])).toEqual(['page_on_call', 'outbox', ['page_on_call outbox']]);
  });
  it('does not take an unknown blast radius for small', () => {
    for (const blast of ['unknown', 'conflict'] as const) expect(routed({ decision: 'ticket', confidence: 0.95 }, statesOf({ ...quiet, blast_radius: blast }))).toEqual(['queue', 'queued', ['queue queued']]);
    expect(routed({ decision: 'ticket', confidence: 0.95 }, statesOf({ ...quiet, blast_radius: ['low', { stale: true }] }))[0]).toBe('queue');
  });
  it('holds back when it is not known whether IAM is touched', () => {
    expect(routed({ decision: 'ticket', confidence: 0.95 }, statesOf({ ...quiet, touches_iam: 'unknown' }))[0]).toBe('require_human_approval');
  });
  it('lets the ticket of an inferred owner or environment wait', () => {
    for (const claims of [{ ...quiet, owner_identified: ['x', { provenance: 'inferred' }] as const }, { ...quiet, production: [false, { provenance: 'inferred' }] as const }]) {
      expect(routed({ decision: 'ticket', confidence: 0.95 }, statesOf(claims))[2]).toEqual(['require_human_approval waiting_for_approval', 'auto_create_ticket waiting_for_approval']);
    }
  });
  it('logs a deferral and queues a review', () => {
    expect([routed({ decision: 'defer', confidence: 0.95 }, statesOf(quiet))[1], routed({ decision: 'needs_human_review', confidence: 0.4 }, statesOf(quiet))[1]]).toEqual(['logged', 'queued']);
  });
});

describe('what a rule can not do', () => {
  it('makes neither a page nor a ticket of another decision', () => {
    for (const decision of ['ticket', 'defer', 'needs_human_review'] as const) expect(routed({ decision }, statesOf(quiet), [{ condition: 'exposure_confirmed', action: 'page_on_call' }])[0]).toBe('queue');
    for (const decision of ['defer', 'needs_human_review'] as const) expect(routed({ decision }, statesOf(quiet), [{ condition: 'exposure_confirmed', action: 'auto_create_ticket' }])[0]).toBe('queue');
  });
  it('loosens what a stricter one says, in whatever order they stand', () => {
    const rules: readonly RoutingRule[] = [{ condition: 'exposure_confirmed', action: 'auto_create_ticket' }, { condition: 'kind = posture', action: 'queue' }];
    for (const list of [rules, rules.toReversed()]) expect(routed({ decision: 'ticket' }, statesOf(quiet), list)[0]).toBe('queue');
  });
});

it('refuses rules that do not parse with their number and position', () => {
  expect(parseRules([shipped[0]!, { condition: 'confidence >> 1', action: 'queue' }])).toEqual({ ok: false, error: expect.stringMatching(/^routing_rules\[1\]: .*position 13/) });
});

it('asks for the claims that rules look at', () => {
  const parsed = parseRules(shipped);
  expect(parsed.ok && routedClaims(parsed.value)).toEqual(['blast_radius', 'exposure_confirmed', 'touches_iam', 'touches_network_boundary']);
});
