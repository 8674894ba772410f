import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gate, gateFacts, gateRows, proposeByRows, type GateFacts } from '#electron/pipeline/validate/gate.ts';
import type { ClaimName, ClaimState } from '#shared/model/claims.ts';
import { decisions } from '#shared/model/decision.ts';
import { stateOf } from '../../../fixtures/claim-state.ts';
import { booleanClaims, firstRow, oracle, type Level, type Open, type OracleClaim, type OracleClaims, type OracleInput, type OracleName } from '../../../fixtures/gate-oracle.ts';

const VALUES: readonly Open[] = ['true', 'false', 'unknown'];
const LEVELS: readonly Level[] = ['low', 'medium', 'high', 'unknown'];
const KINDS = [
  { detection: false, vulnerability: false }, { detection: false, vulnerability: true }, { detection: true, vulnerability: false },
] as const;

const quiet: OracleClaims = {
  exposure_confirmed: { value: 'unknown', inferred: false }, exposure_reconfirmed: { value: 'unknown', inferred: false }, mitigation_confirmed: { value: 'unknown', inferred: false }, accepted_risk: { value: 'unknown', inferred: false },
  known_good: { value: 'unknown', inferred: false }, issue_confirmed: { value: 'unknown', inferred: false }, sequence_confirmed: { value: 'unknown', inferred: false }, exploit_known: { value: 'unknown', inferred: false },
  runtime_active: { value: 'unknown', inferred: false }, production: { value: 'unknown', inferred: false }, owner_identified: { value: 'unknown', inferred: false }, owner_active: { value: 'unknown', inferred: false }, blast_radius: { value: 'unknown', inferred: false },
};
/** Nothing refuted, so that every combination of the rest counts. */
const confirmed: OracleClaims = { ...quiet, issue_confirmed: { value: 'true', inferred: false } };
const base: OracleInput = { detection: false, vulnerability: true, malformed: false, exhausted: false, confidence: 0.95, claims: quiet };

const boolean = (value: Open) => (value === 'unknown' ? 'unknown' as const : value === 'true');
function toFacts(i: OracleInput): GateFacts {
  const states: { [K in ClaimName]?: ClaimState } = { blast_radius: stateOf('blast_radius', i.claims.blast_radius.value, { provenance: i.claims.blast_radius.inferred ? 'inferred' : 'observed' }) };
  for (const name of booleanClaims) states[name] = stateOf(name, boolean(i.claims[name].value), { provenance: i.claims[name].inferred ? 'inferred' : 'observed' });
  return gateFacts(states, { detection: i.detection, vulnerability: i.vulnerability }, { malformed: i.malformed, budget_exhausted: i.exhausted, confidence: i.confidence });
}

/** Compares rule, outcome and priority for every proposal; returns the first difference. A plain comparison: `expect` would take minutes. */
function difference(i: OracleInput): string | undefined {
  const facts = toFacts(i);
  if (!i.malformed && !i.exhausted && proposeByRows(facts) !== firstRow(i)) return `first row: ${proposeByRows(facts)}, not ${firstRow(i)}: ${JSON.stringify(i)}`;
  for (const proposed of decisions) {
    const got = gate(proposed, facts), want = oracle(proposed, i);
    if (got.rule !== want.rule || got.outcome !== want.outcome || got.priority !== want.priority) return `${proposed}: ${got.rule} ${got.outcome} ${got.priority}, not ${want.rule} ${want.outcome} ${want.priority}: ${JSON.stringify(i)}`;
  }
  return undefined;
}

/** Every combination of the named claims, observed; and, where asked, inferred as well. */
function* product(names: readonly OracleName[], from: OracleClaims, inferred: readonly boolean[] = [false]): Generator<OracleClaims> {
  const [first, ...rest] = names;
  if (first === undefined) { yield from; return; }
  for (const value of VALUES) for (const guess of inferred) yield* product(rest, { ...from, [first]: { value, inferred: guess } }, inferred);
}
/** Compares all of them; @returns how many, or the first difference. */
function compareAll(inputs: Iterable<OracleInput>): number | string {
  let count = 0;
  for (const input of inputs) {
    count += 1;
    const found = difference(input);
    if (found !== undefined) return found;
  }
  return count;
}
const withBlast = (claims: OracleClaims, value: Level, inferred = false): OracleClaims => ({ ...claims, blast_radius: { value, inferred } });

describe('the gate against an independent table', () => {
  it('equals it for every combination of what row 2 looks at', () => {
    function* inputs() {
      for (const claims of product(['exposure_confirmed', 'exposure_reconfirmed', 'exploit_known', 'production', 'runtime_active', 'mitigation_confirmed', 'accepted_risk'], confirmed)) {
        for (const blast of LEVELS) for (const confidence of [0.9, 0.91]) yield { ...base, confidence, claims: withBlast(claims, blast) };
      }
    }
    expect(compareAll(inputs())).toBe(3 ** 7 * 8);
  });

  it('equals it for a row 2 whose claims are observed or inferred', () => {
    function* inputs() {
      for (const guessed of product(['exposure_confirmed', 'production', 'mitigation_confirmed'], confirmed, [false, true])) {
        for (const claims of product(['exposure_reconfirmed', 'issue_confirmed'], guessed)) {
          for (const blast of ['low', 'high'] as const) for (const guess of [false, true]) for (const kind of KINDS) yield { ...base, ...kind, claims: withBlast(claims, blast, guess) };
        }
      }
    }
    expect(compareAll(inputs())).toBe(6 ** 3 * 9 * 4 * KINDS.length);
  });

  it('equals it for every combination of what rows 3 and 4 and the detection row look at', () => {
    function* inputs() {
      for (const claims of product(['mitigation_confirmed', 'accepted_risk', 'known_good', 'issue_confirmed', 'sequence_confirmed', 'owner_identified', 'owner_active'], quiet)) {
        for (const kind of KINDS) yield { ...base, ...kind, claims };
      }
    }
    expect(compareAll(inputs())).toBe(3 ** 7 * KINDS.length);
  });

  it('equals it for every combination of what priorities look at', () => {
    const owned: OracleClaims = { ...quiet, issue_confirmed: { value: 'true', inferred: false }, owner_identified: { value: 'true', inferred: true }, owner_active: { value: 'true', inferred: false }, mitigation_confirmed: { value: 'false', inferred: false } };
    function* inputs() {
      for (const claims of product(['exposure_confirmed', 'production', 'sequence_confirmed', 'issue_confirmed'], owned, [false, true])) {
        for (const blast of LEVELS) for (const guess of [false, true]) for (const kind of [KINDS[0], KINDS[2]]) yield { ...base, ...kind, claims: withBlast(claims, blast, guess) };
      }
    }
    expect(compareAll(inputs())).toBe(6 ** 4 * 16);
  });

  const claim: fc.Arbitrary<OracleClaim> = fc.record({ value: fc.constantFrom(...VALUES), inferred: fc.boolean() });
  const anything: fc.Arbitrary<OracleInput> = fc.record({
    detection: fc.boolean(), vulnerability: fc.boolean(), malformed: fc.boolean(), exhausted: fc.boolean(), confidence: fc.constantFrom(0, 0.7, 0.9, 0.91, 0.95),
    claims: fc.record({
      exposure_confirmed: claim, exposure_reconfirmed: claim, mitigation_confirmed: claim, accepted_risk: claim, known_good: claim, issue_confirmed: claim, sequence_confirmed: claim, exploit_known: claim,
      runtime_active: claim, production: claim, owner_identified: claim, owner_active: claim, blast_radius: fc.record({ value: fc.constantFrom(...LEVELS), inferred: fc.boolean() }),
    }),
  });

  it('equals it for anything else', () => {
    fc.assert(fc.property(anything, (input) => difference(input) === undefined), { numRuns: 20_000 });
  });
});

describe('what no table may ever let through', () => {
  const facts = fc.record({
    detection: fc.boolean(), malformed: fc.boolean(), budget_exhausted: fc.boolean(), confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    exposure: fc.constantFrom(...VALUES), reconfirmed: fc.constantFrom(...VALUES), mitigation: fc.constantFrom(...VALUES), accepted_risk: fc.constantFrom(...VALUES), known_good: fc.constantFrom(...VALUES),
    issue: fc.constantFrom(...VALUES), refuted: fc.constantFrom(...VALUES), sequence: fc.constantFrom(...VALUES), exploit: fc.constantFrom(...VALUES), running: fc.constantFrom(...VALUES), owner: fc.constantFrom(...VALUES),
    owner_active: fc.constantFrom(...VALUES), production: fc.constantFrom(...VALUES), production_observed: fc.constantFrom(...VALUES), blast: fc.constantFrom(...LEVELS), blast_observed: fc.constantFrom(...LEVELS),
  });

  it('pages only with exposure confirmed twice, or a confirmed sequence', () => {
    fc.assert(fc.property(facts, (f) => {
      const result = gate('resolve_now', f);
      if (result.outcome !== 'resolve_now') return true;
      const clean = !f.malformed && !f.budget_exhausted && result.priority === 'P1';
      if (f.detection) return clean && f.sequence === 'true' && f.known_good === 'false';
      return clean && f.exposure === 'true' && f.reconfirmed === 'true' && f.confidence > 0.9 && f.mitigation === 'false' && f.accepted_risk === 'false'
        && (f.blast_observed === 'high' || f.exploit === 'true' || f.production_observed === 'true' || f.running === 'true');
    }), { numRuns: 20_000 });
  });

  it('never turns a proposal into another decision than a review', () => {
    fc.assert(fc.property(facts, fc.constantFrom(...decisions), (f, proposed) => [proposed, 'needs_human_review'].includes(gate(proposed, f).outcome)), { numRuns: 5000 });
  });

  it('tickets nothing without an owner and defers nothing without a ground', () => {
    fc.assert(fc.property(facts, (f) => {
      const ticket = gate('ticket', f).outcome === 'ticket', defer = gate('defer', f).outcome === 'defer';
      return (!ticket || (f.owner === 'true' && f.owner_active === 'true' && f.issue === 'true')) && (!defer || [f.mitigation, f.accepted_risk, f.known_good, f.refuted].includes('true'));
    }), { numRuns: 5000 });
  });
});

describe('how the gate explains itself', () => {
  const open = toFacts({ ...base, confidence: 0.5, claims: { ...quiet, exposure_confirmed: { value: 'true', inferred: false }, production: { value: 'true', inferred: false }, blast_radius: { value: 'high', inferred: false },
    mitigation_confirmed: { value: 'false', inferred: false }, accepted_risk: { value: 'false', inferred: false }, issue_confirmed: { value: 'true', inferred: false } } });

  it('names what is open, and not the low confidence that follows from it', () => {
    const result = gate('needs_human_review', open);
    expect(result.rule).toBe(1);
    expect(result.deciding.flatMap((c) => c.claims)).toEqual(['exposure_reconfirmed']);
    expect(result.priority).toBe('P2');
  });

  it('names the low confidence when nothing else is missing', () => {
    const result = gate('resolve_now', { ...open, reconfirmed: 'true', confidence: 0.85 });
    expect([result.rule, result.deciding.map((c) => c.condition)]).toEqual([5, ['confidence > 0.9']]);
  });

  it('lists every condition of all three rows', () => {
    expect(gateRows(open).map((row) => row.rule)).toEqual([2, 3, 4]);
    expect(gate('ticket', open).rows.length).toBe(gateRows(open).flatMap((row) => row.conditions).length);
  });

  it('takes conflict and stale for unknown', () => {
    const states = { exposure_confirmed: stateOf('exposure_confirmed', 'conflict'), mitigation_confirmed: stateOf('mitigation_confirmed', true, { stale: true }), blast_radius: stateOf('blast_radius', 'high', { stale: true }) };
    const facts = gateFacts(states, { detection: false, vulnerability: false }, { malformed: false, budget_exhausted: false, confidence: 0.95 });
    expect([facts.exposure, facts.mitigation, facts.blast, gate('defer', facts).rule]).toEqual(['unknown', 'unknown', 'unknown', 1]);
  });
});

describe('an issue that only words name', () => {
  const OPEN: readonly OracleName[] = ['exposure_confirmed', 'mitigation_confirmed', 'accepted_risk', 'known_good', 'issue_confirmed', 'owner_identified', 'production'];
  const all = [...product(OPEN, { ...quiet, owner_active: { value: 'true', inferred: false }, sequence_confirmed: { value: 'false', inferred: false } })].flatMap((claims) => LEVELS.map((level) => ({ ...base, claims: withBlast(claims, level) })));
  it('is decided like any other, or by a person', () => {
    let same = 0, persons = 0;
    for (const input of all) for (const detection of [false, true]) {
      const named = toFacts({ ...input, detection }), guessed = { ...named, guessed: true };
      const before = gate(proposeByRows(named), named), after = gate(proposeByRows(guessed), guessed);
      if (after.outcome === before.outcome) same += 1; else if (after.outcome === 'needs_human_review') persons += 1; else throw new Error(`${before.outcome} became ${after.outcome}: ${JSON.stringify(input)}`);
    }
    expect(same).toBeGreaterThan(1000);
    expect(persons).toBeGreaterThan(1000);
  });
  it('is never deferred, whoever proposes it, and no ticket of the lowest priority', () => {
    const results = all.flatMap((input) => decisions.map((proposed) => gate(proposed, { ...toFacts(input), guessed: true })));
    expect(results.filter((r) => r.outcome === 'defer' || r.priority === 'P4')).toEqual([]);
    expect(results.filter((r) => r.outcome === 'ticket').length).toBeGreaterThan(100);
  });
});
