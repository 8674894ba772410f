import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeConfidence, type ClaimWeight, type ConfidenceInput } from '#electron/evaluate/confidence.ts';

const eight = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const good: ClaimWeight = { provenance: 'observed', fresh: true, contradicted: false };
const of = (more: Partial<ConfidenceInput> = {}): number => computeConfidence({ gate_claims: [good, good], other_gaps: 0, assumed: [], caps: [], ...more }).value;
const withClaim = (claim: Partial<ClaimWeight>): Partial<ConfidenceInput> => ({ gate_claims: [good, { ...good, ...claim }] });

describe('computeConfidence', () => {
  it.each<[string, Partial<ConfidenceInput>, number]>([
    ['all observed, fresh, uncontradicted', {}, 0.95],
    ['the number of claims adds nothing', { gate_claims: [good, good, good, good] }, 0.95],
    ['one inferred', withClaim({ provenance: 'inferred' }), 0.7],
    ['one stale', withClaim({ fresh: false }), 0.75],
    ['one contradicted', withClaim({ contradicted: true }), 0.5],
    ['one unknown', withClaim({ known: false }), 0.5],
    ['one gap', { other_gaps: 1 }, 0.94],
    ['three gaps', { other_gaps: 3 }, 0.92],
    ['ten gaps cost no more than three', { other_gaps: 10 }, 0.92],
    ['two assumed controls', { assumed: ['a', 'b'] }, 0.93],
    ['the same control twice counts once', { assumed: ['a', 'a'] }, 0.94],
    ['eight assumed controls cost no more than five', { assumed: eight }, 0.9],
    ['gaps and assumed add up', { other_gaps: 5, assumed: eight }, 0.87],
    ['an issue that was only reported', { caps: [0.85] }, 0.85],
    ['a cap is a bound, not a deduction', { caps: [0.85], other_gaps: 3, assumed: ['a', 'b'] }, 0.85],
    ['the lowest cap holds', { caps: [0.85, 0.6], ...withClaim({ provenance: 'inferred' }) }, 0.6],
    ['a model lowers it', { model_confidence: 0.8 }, 0.8],
    ['a model does not lift it', { model_confidence: 1 }, 0.95],
    ['a model’s number is rounded down', { model_confidence: 0.9099 }, 0.9],
    ['a model’s nonsense', { model_confidence: Number.NaN }, 0],
    ['no claims', { gate_claims: [] }, 0],
  ])('%s', (_name, input, expected) => expect(of(input)).toBe(expected));

  it('explains itself: the parts add up to the value', () => {
    expect(computeConfidence({ gate_claims: [good], other_gaps: 2, assumed: ['object_acls'], caps: [0.85] })).toEqual({
      value: 0.85, parts: [{ part: 'base', effect: 0.95 }, { part: '2 open planned claims', effect: -0.02 }, { part: '1 assumed controls', effect: -0.01 }, { part: 'capped at 0.85', effect: -0.07 }],
    });
  });

  const claim = fc.record({ provenance: fc.constantFrom('observed' as const, 'inferred' as const), fresh: fc.boolean(), contradicted: fc.boolean(), known: fc.boolean() });
  const input = fc.record({ gate_claims: fc.array(claim, { minLength: 1 }), other_gaps: fc.nat(20), assumed: fc.array(fc.string()), caps: fc.array(fc.double({ min: 0, max: 1, noNaN: true })) });
  it('stays within 0 and 0.95, and more trouble or a model never lifts it', () => {
    fc.assert(fc.property(input, claim, fc.double(), (given, extra, model) => {
      const { value, parts } = computeConfidence(given);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(0.95);
      expect(parts.reduce((sum, p) => sum + p.effect, 0)).toBeCloseTo(value, 6);
      expect(computeConfidence({ ...given, model_confidence: model }).value).toBeLessThanOrEqual(value);
      expect(computeConfidence({ ...given, other_gaps: given.other_gaps + 1, assumed: [...given.assumed, 'more'] }).value).toBeLessThanOrEqual(value);
      expect(computeConfidence({ ...given, gate_claims: [...given.gate_claims, extra] }).value).toBeLessThanOrEqual(value);
    }));
  });
});
