import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, wantedClaims } from '#electron/pipeline/validate/judge.ts';
import { validate } from '#electron/pipeline/validate/validate.ts';
import { truth } from '#shared/model/claim-states.ts';
import { claimNames, type ClaimName, type ClaimState } from '#shared/model/claims.ts';
import { decisions, type Proposal } from '#shared/model/decision.ts';
import { evidencePlan } from '#shared/model/evidence-plan.ts';
import { callsFor, ENTITY } from '../../../fixtures/call-of.ts';
import { stateOf, statesOf } from '../../../fixtures/claim-state.ts';

const publicBucket = evidencePlan({ issue_type: 'public_access', kind: 'posture', entity_type: 'bucket' });
const bruteForce = evidencePlan({ issue_type: 'brute_force', kind: 'detection', entity_type: 'user' });
const fine = { malformed: false, budget_exhausted: false };
const exposed = { exposure_confirmed: true, exposure_reconfirmed: true, mitigation_confirmed: false, accepted_risk: false, production: true, issue_confirmed: true, owner_identified: 'platform-team', owner_active: true, external_access: 0, blast_radius: 'high', exploit_known: false } as const;

describe('what the rules propose and how sure they are', () => {
  it('pages for an exposure of high blast radius that is confirmed twice, at 0.95', () => {
    const found = judge(statesOf(exposed), publicBucket, fine);
    expect([found.proposed, found.gate.rule, found.gate.priority, found.confidence.value]).toEqual(['resolve_now', 2, 'P1', 0.95]);
    expect(found.required).toEqual(['exposure_confirmed', 'exposure_reconfirmed', 'blast_radius', 'issue_confirmed', 'mitigation_confirmed', 'accepted_risk']);
  });
  it('loses 0.01 for each other planned claim that is open', () => {
    expect(judge(statesOf({ ...exposed, external_access: 'unknown' }), publicBucket, fine).confidence).toMatchObject({ value: 0.94, parts: [{ part: 'base', effect: 0.95 }, { part: '1 open planned claims', effect: -0.01 }] });
    expect(judge(statesOf({ ...exposed, external_access: 'unknown', owner_identified: 'unknown' }), publicBucket, fine).confidence.value).toBe(0.93);
  });
  it('exposed production of low blast radius is a P2 ticket; a known exploit that runs there pages, unless production is only inferred', () => {
    const plan = evidencePlan({ issue_type: 'vulnerable_package', kind: 'vulnerability', entity_type: 'vm' });
    const reached = { ...exposed, blast_radius: 'low', exploit_known: true, runtime_active: true } as const;
    expect([judge(statesOf({ ...exposed, blast_radius: 'low' }), publicBucket, fine).proposed, judge(statesOf({ ...exposed, blast_radius: 'low' }), publicBucket, fine).gate.priority]).toEqual(['ticket', 'P2']);
    expect(judge(statesOf(reached), plan, fine).proposed).toBe('resolve_now');
    expect(judge(statesOf({ ...reached, production: [true, { provenance: 'inferred' }] }), plan, fine).proposed).toBe('ticket');
    expect(judge(statesOf({ ...reached, exploit_known: false }), plan, fine).proposed).toBe('ticket');
  });
  it('an inferred owner may ticket at 0.7', () => {
    const inferred = judge(statesOf({ ...exposed, exposure_confirmed: false, mitigation_confirmed: false, owner_identified: ['x', { provenance: 'inferred' }] }), publicBucket, fine);
    expect([inferred.proposed, inferred.confidence.value]).toEqual(['ticket', 0.7]);
  });
  it('what was only reported tickets at 0.85 and never pages', () => {
    const plan = evidencePlan({ issue_type: 'encryption_disabled', kind: 'posture', entity_type: 'bucket' });
    const found = judge(statesOf({ ...exposed, exposure_confirmed: false, issue_confirmed: [true, { cap: 0.85 }] }), plan, fine);
    expect([found.proposed, found.confidence.value]).toEqual(['ticket', 0.85]);
    expect(judge(statesOf({ ...exposed, issue_confirmed: [true, { cap: 0.85 }] }), plan, fine).proposed).not.toBe('resolve_now');
  });
  it('a model’s own number may veto, never authorise', () => {
    expect(judge(statesOf(exposed), publicBucket, { ...fine, proposed: 'resolve_now', model_confidence: 0.4 }).gate).toMatchObject({ rule: 5, outcome: 'needs_human_review' });
    expect(judge(statesOf({ ...exposed, exposure_reconfirmed: 'unknown' }), publicBucket, { ...fine, proposed: 'resolve_now', model_confidence: 1 }).gate).toMatchObject({ rule: 1, outcome: 'needs_human_review' });
  });
  it('a brute force without success is a ticket, or a deferral when known-good', () => {
    const burst = { sequence_confirmed: false, known_good: false, issue_confirmed: true, owner_identified: 'x', owner_active: true, mitigation_confirmed: [false, { not_applicable: true }], accepted_risk: false, exposure_confirmed: [false, { not_applicable: true }] } as const;
    expect(judge(statesOf(burst), bruteForce, fine).proposed).toBe('ticket');
    expect(judge(statesOf({ ...burst, known_good: true }), bruteForce, fine).proposed).toBe('defer');
    expect(judge(statesOf({ ...burst, sequence_confirmed: true }), bruteForce, fine).proposed).toBe('resolve_now');
    expect(judge(statesOf({ ...burst, sequence_confirmed: true, known_good: 'conflict' }), bruteForce, fine).proposed).toBe('needs_human_review');
  });
});

const value = (name: ClaimName) => (name === 'blast_radius' ? fc.constantFrom('low', 'medium', 'high', 'unknown') : fc.constantFrom<(boolean | string)[]>(true, false, 'unknown', 'conflict'));
const anyClaims = fc.tuple(...claimNames.map((name) => fc.option(fc.tuple(value(name), fc.boolean(), fc.boolean()).map(([v, inferred, stale]): ClaimState => stateOf(name, v, { provenance: inferred ? 'inferred' : 'observed', stale })))))
  .map((all) => Object.fromEntries(all.flatMap((s) => (s ? [[s.claim, s]] : []))) as { readonly [K in ClaimName]?: ClaimState });

describe('for any claims', () => {
  const plans = [publicBucket, bruteForce, evidencePlan({ issue_type: 'logging_disabled', kind: 'posture', entity_type: 'bucket' }), evidencePlan({ issue_type: 'vulnerable_package', kind: 'vulnerability', entity_type: 'vm' }), evidencePlan({ issue_type: 'open_port', kind: 'posture', entity_type: 'vm' })];

  it('pages only on confirmed, observed, fresh evidence at more than 0.9', () => {
    fc.assert(fc.property(anyClaims, fc.constantFrom(...plans), (claims, plan) => {
      const found = judge(claims, plan, { ...fine, proposed: 'resolve_now' });
      if (found.gate.outcome !== 'resolve_now') return true;
      const sure = (name: ClaimName) => claims[name]?.provenance === 'observed' && truth(claims[name]) === 'true';
      return (plan.detection ? sure('sequence_confirmed') && claims.known_good?.value === false : sure('exposure_confirmed') && sure('exposure_reconfirmed') && found.confidence.value > 0.9 && claims.mitigation_confirmed?.value === false && claims.accepted_risk?.value === false);
    }), { numRuns: 5000 });
  });
  it('a decision that stands has no open claim among those it rests on; a review names what is open', () => {
    fc.assert(fc.property(anyClaims, fc.constantFrom(...plans), fc.constantFrom(undefined, ...decisions), (claims, plan, proposed) => {
      const found = judge(claims, plan, { ...fine, proposed });
      const open = found.required.filter((name) => truth(claims[name]) === 'unknown');
      if (found.gate.rule === 1) return open.length > 0 || found.gate.deciding.flatMap((c) => c.claims).some((name) => claims[name]?.provenance === 'inferred');
      return found.gate.outcome === 'needs_human_review' || found.gate.rule === 4 || open.length === 0;
    }), { numRuns: 5000 });
  });
  it('asks for nothing that is known', () => {
    fc.assert(fc.property(anyClaims, fc.constantFrom(...plans), (claims, plan) => wantedClaims(claims, plan, ['touches_iam']).every((name) => claims[name] === undefined || claims[name].value === 'unknown')), { numRuns: 2000 });
  });
});

describe('validate', () => {
  const calls = callsFor({ ...exposed, exposure_reconfirmed: true });
  const proposal = (rest: Partial<Proposal> = {}): Proposal => ({ decision: 'resolve_now', priority: 'P1', rationale: '', recommended_actions: [], evidence: [{ claim: 'production', value: true, source: 'cloud_inventory', call_id: calls.find((c) => c.tool === 'cloud_inventory')!.call_id, pointer: '/claims/production/value' }], ...rest });
  const run = (rest: Partial<Proposal> = {}, budget = false) => validate({ entity: ENTITY, plan: publicBucket, calls, proposal: proposal(rest), budget_exhausted: budget }, { asOfUs: 1, maxAgeDays: 30 });

  it('lets a proposal stand whose citations resolve', () => {
    expect(run().validation).toMatchObject({ passed: true, gate: { rule: 2, outcome: 'resolve_now' } });
    expect(run().validation.checks.map((c) => `${c.check} ${c.result}`)).toEqual(['reachable pass', 'production pass', 'owner_exists pass', 'exceptions pass', 'evidence_sufficient pass', 'citations pass']);
  });
  it('sends it to a person for one forged citation, or a spent budget', () => {
    const forged = run({ evidence: [...proposal().evidence, { claim: 'production', value: false, source: 'cloud_inventory', call_id: 'c01', pointer: '/claims/production/value' }] });
    expect(forged.validation).toMatchObject({ passed: false, gate: { rule: 0, outcome: 'needs_human_review', proposed: 'resolve_now' } });
    expect(forged.validation.checks.at(-1)).toMatchObject({ check: 'citations', result: 'fail' });
    expect(run({}, true).validation.gate).toMatchObject({ rule: 0, outcome: 'needs_human_review' });
  });
  it('recomputes claims from the calls, whatever the proposal says', () => {
    expect(run({ decision: 'defer', evidence: [] }).validation).toMatchObject({ passed: false, gate: { rule: 5, outcome: 'needs_human_review' } });
  });
  it('names what is missing with what would supply it', () => {
    const open = validate({ entity: ENTITY, plan: publicBucket, calls: callsFor({ ...exposed, exposure_reconfirmed: 'unknown', external_access: 'unknown' }), proposal: proposal({ evidence: [] }), budget_exhausted: false }, { asOfUs: 1, maxAgeDays: 30 });
    expect(open.missing.map((m) => [m.claim, m.value])).toEqual([['exposure_reconfirmed', 'unknown'], ['external_access', 'unknown']]);
    expect(open.missing.every((m) => m.supply !== '')).toBe(true);
  });
});
