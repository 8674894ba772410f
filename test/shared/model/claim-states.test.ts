import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contradictingAccess, isOpen, mergeClaims, truth } from '#shared/model/claim-states.ts';
import { claimDefinitions, claimNames, type Call } from '#shared/model/claims.ts';
import { MICROS_PER_DAY } from '#shared/lib/time.ts';
import { callOf } from '../../fixtures/call-of.ts';
import { stateOf } from '../../fixtures/claim-state.ts';

const AS_OF = 1_800_000_000_000_000;
const merge = (...calls: readonly Call[]) => mergeClaims(calls, { asOfUs: AS_OF, maxAgeDays: 30 });
const daysAgo = (n: number) => AS_OF - n * MICROS_PER_DAY;

describe('what several calls say of one claim', () => {
  it('leaves out who is not authoritative, and failed calls', () => {
    expect(merge(callOf('c1', 'related_findings', { exposure_confirmed: true }), callOf('c2', 'cloud_inventory', { owner_identified: 'x' }), callOf('c3', 'network_analyzer', {}, { status: 'error' }))).toEqual({});
    for (const name of claimNames) expect([name, merge(callOf('c1', 'human_answer', { [name]: true }))[name]?.value]).toEqual([name, name === 'blast_radius' ? 'unknown' : true]);
  });
  it('prefers known to unknown and calls disagreement a conflict', () => {
    expect(merge(callOf('c1', 'network_analyzer', { mitigation_confirmed: 'unknown' }), callOf('c2', 'iam_analyzer', { mitigation_confirmed: true })).mitigation_confirmed?.value).toBe(true);
    const conflict = merge(callOf('c1', 'network_analyzer', { mitigation_confirmed: false }), callOf('c2', 'iam_analyzer', { mitigation_confirmed: true })).mitigation_confirmed;
    expect([conflict?.value, conflict?.evidence.map((e) => e.value), truth(conflict)]).toEqual(['conflict', [false, true], 'unknown']);
  });
  it('takes the OR of production and the maximum of blast radius, cited by who said it', () => {
    const or = merge(callOf('c1', 'cloud_inventory', { production: false }), callOf('c2', 'human_answer', { production: true })).production;
    expect([or?.value, or?.evidence.map((e) => e.call_id)]).toEqual([true, ['c2']]);
    const top = merge(callOf('c1', 'iam_analyzer', { blast_radius: { value: 'high', provenance: 'inferred' } }), callOf('c2', 'human_answer', { blast_radius: 'low' })).blast_radius;
    expect([top?.value, top?.provenance, top?.evidence.map((e) => e.call_id)]).toEqual(['high', 'inferred', ['c1']]);
  });
  it('counts what does not apply as false, unless another tool knows', () => {
    const none = merge(callOf('c1', 'network_analyzer', { exposure_confirmed: { value: false, not_applicable: true } })).exposure_confirmed;
    expect([none?.not_applicable, truth(none)]).toEqual([true, 'false']);
    const asked = merge(callOf('c1', 'network_analyzer', { exposure_confirmed: { value: false, not_applicable: true } }), callOf('c2', 'iam_analyzer', { exposure_confirmed: true })).exposure_confirmed;
    expect([asked?.not_applicable, truth(asked)]).toEqual([false, 'true']);
  });
  it('caps only what every voice caps', () => {
    expect(merge(callOf('c1', 'cloud_inventory', { issue_confirmed: { cap: 0.85 } })).issue_confirmed?.cap).toBe(0.85);
    expect(merge(callOf('c1', 'cloud_inventory', { issue_confirmed: { cap: 0.85 } }), callOf('c2', 'network_analyzer', { issue_confirmed: true })).issue_confirmed?.cap).toBeUndefined();
  });
});

describe('a claim of one voice', () => {
  const flag = fc.constantFrom(true, undefined);
  const said = fc.record({
    value: fc.constantFrom(true, false, 0, 3, '', 'unknown', 'low', 'high', 'someone'), provenance: fc.constantFrom('observed' as const, 'inferred' as const), reason: fc.constantFrom('because', 'it says so'),
    observed_us: fc.constantFrom(undefined, daysAgo(1), daysAgo(31)), cap: fc.constantFrom(undefined, 0.7), not_applicable: flag, assumed: fc.constantFrom(undefined, [], ['b', 'a', 'b']), missing: fc.constantFrom(undefined, [{ kind: 'inventory' as const, what: 'w', supply: 's' }]),
  });
  it('reads as when two tools say the very same, but for being cited once', () => {
    fc.assert(fc.property(fc.constantFrom(...claimNames), said, (name, claim) => {
      const [one, two] = [merge(callOf('c1', 'human_answer', { [name]: claim })), merge(callOf('c1', 'human_answer', { [name]: claim }), callOf('c2', 'human_answer', { [name]: claim }))].map((states) => states[name]);
      expect({ ...one, evidence: one?.evidence.map((e) => ({ ...e, call_id: '' })) }).toEqual({ ...two, evidence: two?.evidence.slice(1).map((e) => ({ ...e, call_id: '' })), missing: claim.missing ?? [] });
      expect(one?.evidence.map((e) => [e.call_id, e.claim, e.value])).toEqual([['c1', name, claim.value]]);
    }));
  });
  it('is told anew for another time', () => {
    const call = callOf('c1', 'network_analyzer', { exposure_confirmed: { value: true, observed_us: daysAgo(20) } });
    expect([30, 10, 30].map((maxAgeDays) => mergeClaims([call], { asOfUs: AS_OF, maxAgeDays }).exposure_confirmed?.stale)).toEqual([false, true, false]);
  });
});

describe('age', () => {
  it('goes stale after the limit, not at it', () => {
    expect(merge(callOf('c1', 'network_analyzer', { exposure_confirmed: { observed_us: daysAgo(30) } })).exposure_confirmed?.stale).toBe(false);
    const old = merge(callOf('c1', 'network_analyzer', { exposure_confirmed: { observed_us: daysAgo(30) - 1 } })).exposure_confirmed;
    expect([old?.stale, truth(old)]).toEqual([true, 'unknown']);
  });
  it('is cured by a fresh voice that says the same, not by one that says otherwise', () => {
    const stale = callOf('c1', 'network_analyzer', { exposure_confirmed: { value: false, observed_us: daysAgo(90) } });
    expect(truth(merge(stale, callOf('c2', 'human_answer', { exposure_confirmed: { value: false, observed_us: daysAgo(1) } })).exposure_confirmed)).toBe('false');
    expect(merge(stale, callOf('c2', 'human_answer', { exposure_confirmed: { value: true, observed_us: daysAgo(1) } })).exposure_confirmed?.value).toBe('conflict');
  });
  it('means nothing for the policy and for what is unknown', () => {
    expect(merge(callOf('c1', 'policy_lookup', { owner_identified: 'x' })).owner_identified?.stale).toBe(false);
    expect(merge(callOf('c1', 'auth_logs', { external_access: { value: 'unknown', observed_us: daysAgo(90) } })).external_access?.stale).toBe(false);
  });
});

describe('contradictions', () => {
  const blocked = (bound = false) => callOf('c1', 'network_analyzer', { exposure_confirmed: false, mitigation_confirmed: true, issue_confirmed: false }, { facts: { storage: { blocking_control: { network_bound: bound } } } });
  const logs = (facts: Record<string, unknown>) => callOf('c2', 'auth_logs', { external_access: 2 }, { facts });

  it('a stranger who got in contradicts any control; somebody of ours from outside, only one of the network', () => {
    expect(merge(blocked(), logs({ last_foreign_us: 5, last_outside_us: 5 })).mitigation_confirmed?.value).toBe('conflict');
    expect(merge(blocked(), logs({ last_foreign_us: null, last_outside_us: 5 })).mitigation_confirmed?.value).toBe(true);
    const states = merge(blocked(true), logs({ last_foreign_us: null, last_outside_us: 5 }));
    expect([states.exposure_confirmed?.value, states.mitigation_confirmed?.value, states.issue_confirmed?.value]).toEqual(['conflict', 'conflict', 'conflict']);
    expect(states.mitigation_confirmed?.evidence.map((e) => e.call_id)).toEqual(['c1', 'c2']);
    expect(contradictingAccess([blocked(true), logs({ last_foreign_us: 3, last_outside_us: 5 })])).toEqual({ last_us: 5 });
  });
  it('end when the control came later', () => {
    expect(merge(blocked(), logs({ last_foreign_us: 5 }), callOf('c3', 'change_history', { control_newer_than_access: true })).mitigation_confirmed?.value).toBe(true);
    for (const value of [false, 'unknown'] as const) expect(merge(blocked(), logs({ last_foreign_us: 5 }), callOf('c3', 'change_history', { control_newer_than_access: value })).mitigation_confirmed?.value).toBe('conflict');
  });
  it('an exposed entity is not contradicted by access', () => {
    expect(merge(callOf('c1', 'network_analyzer', { exposure_confirmed: true, mitigation_confirmed: false }), logs({ last_foreign_us: 5 })).exposure_confirmed?.value).toBe(true);
  });
  it('known-good does not excuse a confirmed sequence', () => {
    const states = merge(callOf('c1', 'policy_lookup', { known_good: true }), callOf('c2', 'auth_logs', { sequence_confirmed: true }));
    expect([states.known_good?.value, states.sequence_confirmed?.value]).toEqual(['conflict', true]);
    expect(merge(callOf('c1', 'policy_lookup', { known_good: true }), callOf('c2', 'auth_logs', { sequence_confirmed: false })).known_good?.value).toBe(true);
  });
});

it('sees the value of a claim three-valued', () => {
  expect([true, 'platform-team', 3, 'high'].map((v) => truth(stateOf('production', v)))).toEqual(['true', 'true', 'true', 'true']);
  expect([false, 0, ''].map((v) => truth(stateOf('production', v)))).toEqual(['false', 'false', 'false']);
  expect([truth(undefined), truth(stateOf('production', 'unknown')), truth(stateOf('production', 'conflict')), truth(stateOf('production', true, { stale: true }))]).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  expect([isOpen(undefined), isOpen(stateOf('production', 'unknown')), isOpen(stateOf('production', 'conflict'))]).toEqual([true, true, false]);
});

it('does not depend on the order of calls', () => {
  const said = fc.record({ value: fc.constantFrom<(boolean | string)[]>(true, false, 'unknown'), provenance: fc.constantFrom('observed' as const, 'inferred' as const), observed_us: fc.constantFrom(daysAgo(90), daysAgo(1)) });
  const call = fc.constantFrom('mitigation_confirmed' as const, 'production' as const, 'issue_confirmed' as const).chain((name) => fc.tuple(fc.constantFrom(...claimDefinitions[name].tools, 'human_answer' as const), said, fc.nat(99)).map(([tool, s, n]) => callOf(`c${n}`, tool, { [name]: s })));
  const plain = (calls: readonly Call[]) => Object.values(merge(...calls)).map((s) => [s.claim, s.value, s.stale, s.provenance, s.cap]);
  fc.assert(fc.property(fc.array(call, { maxLength: 5 }), (calls) => { expect(plain(calls.toReversed())).toEqual(plain(calls)); }), { numRuns: 500 });
});
