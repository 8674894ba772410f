import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateCondition, fieldsOf, parseCondition, type Condition } from '#electron/pipeline/route/condition.ts';
import { ROUTING_FIELDS } from '#electron/pipeline/route/route.ts';

const parsed = (text: string): Condition => {
  const result = parseCondition(text, ROUTING_FIELDS);
  if (!result.ok) throw new Error(`${result.error.position}: ${result.error.why}`);
  return result.value;
};
const problem = (text: string) => {
  const result = parseCondition(text, ROUTING_FIELDS);
  return result.ok ? undefined : result.error;
};
const value = (text: string, fields: Readonly<Record<string, unknown>>) => evaluateCondition(parsed(text), new Map(Object.entries(fields)));

describe('the rules that ship, verbatim', () => {
  const ticket = 'confidence > 0.9 AND blast_radius < medium AND decision = ticket';
  const page = 'confidence > 0.9 AND exposure_confirmed AND decision = resolve_now';
  const approval = 'touches_iam OR touches_network_boundary';

  it.each([
    [ticket, { confidence: 0.95, blast_radius: 'low', decision: 'ticket' }, 'true'],
    [ticket, { confidence: 0.9, blast_radius: 'low', decision: 'ticket' }, 'false'],
    [ticket, { confidence: 0.95, blast_radius: 'medium', decision: 'ticket' }, 'false'],
    [ticket, { confidence: 0.95, blast_radius: 'unknown', decision: 'ticket' }, 'unknown'],
    [ticket, { confidence: 0.95, decision: 'ticket' }, 'unknown'],
    [ticket, { confidence: 0.95, blast_radius: 'unknown', decision: 'defer' }, 'false'],
    [page, { confidence: 0.95, exposure_confirmed: true, decision: 'resolve_now' }, 'true'],
    [page, { confidence: 0.95, exposure_confirmed: 'conflict', decision: 'resolve_now' }, 'unknown'],
    [approval, { touches_iam: false, touches_network_boundary: true }, 'true'],
    [approval, { touches_iam: 'unknown', touches_network_boundary: true }, 'true'],
    [approval, { touches_iam: 'unknown', touches_network_boundary: false }, 'unknown'],
    [approval, { touches_iam: false, touches_network_boundary: false }, 'false'],
  ])('%s with %j is %s', (text, fields, expected) => { expect(value(text, fields)).toBe(expected); });

  it('names the fields that must have been asked', () => {
    expect([ticket, page, approval].flatMap((text) => fieldsOf(parsed(text)))).toEqual(['confidence', 'blast_radius', 'decision', 'confidence', 'exposure_confirmed', 'decision', 'touches_iam', 'touches_network_boundary']);
  });
});

describe('every operator', () => {
  it.each([
    ['priority = P2', 'true'], ['priority == P2', 'true'], ['priority = p2', 'true'], ['priority != P2', 'false'], ['priority != P1', 'true'],
    ['priority < P1', 'true'], ['priority < P2', 'false'], ['priority <= P2', 'true'], ['priority > P3', 'true'], ['priority > P2', 'false'], ['priority >= P2', 'true'], ['priority >= P1', 'false'],
    ['blast_radius >= medium', 'true'], ['blast_radius > medium', 'false'], ['severity_reported >= high', 'true'], ['severity_reported < critical', 'true'],
    ['confidence > 0.9', 'true'], ['confidence >= 0.95', 'true'], ['confidence < 0.95', 'false'], ['confidence <= 0.949', 'false'], ['external_access = 3', 'true'], ['external_access > 2', 'true'],
    ['priority IN (P1, P2)', 'true'], ['priority in [P3, P4]', 'false'], ['priority NOT IN (P3)', 'true'], ['owner = "platform team"', 'true'], ["owner = 'platform team'", 'true'], ['owner IN ("a", "platform team")', 'true'],
    ['entity = arn:aws:s3:::billing-exports', 'true'], ['account = 111122223333', 'true'], ['production', 'true'], ['NOT production', 'false'], ['production = true', 'true'], ['external_access', 'true'],
  ])('%s is %s', (text, expected) => {
    expect(value(text, { priority: 'P2', blast_radius: 'medium', severity_reported: 'high', confidence: 0.95, external_access: 3, owner: 'platform team', entity: 'arn:aws:s3:::billing-exports', account: '111122223333', production: true })).toBe(expected);
  });

  it.each(['=', '!=', '<', '<=', '>', '>='])('%s with an unknown field is neither met nor missed', (operator) => {
    for (const unknown of ['unknown', 'conflict', undefined, null]) expect(value(`blast_radius ${operator} medium`, { blast_radius: unknown })).toBe('unknown');
    expect(value(`NOT blast_radius ${operator} medium`, {})).toBe('unknown');
  });

  it('lets a rule ask for what is not known', () => {
    expect([value('blast_radius = unknown', { blast_radius: 'unknown' }), value('blast_radius = unknown', { blast_radius: 'low' })]).toEqual(['true', 'false']);
  });
});

describe('precedence', () => {
  const truths = (text: string) => [0, 1, 2, 3, 4, 5, 6, 7].map((n) => value(text, { production: (n & 4) !== 0, touches_iam: (n & 2) !== 0, accepted_risk: (n & 1) !== 0 }));

  it.each([
    ['production OR touches_iam AND accepted_risk', 'production OR (touches_iam AND accepted_risk)', '(production OR touches_iam) AND accepted_risk'],
    ['production AND touches_iam OR accepted_risk', '(production AND touches_iam) OR accepted_risk', 'production AND (touches_iam OR accepted_risk)'],
    ['NOT production AND touches_iam', '(NOT production) AND touches_iam', 'NOT (production AND touches_iam)'],
    ['NOT production OR touches_iam', '(NOT production) OR touches_iam', 'NOT (production OR touches_iam)'],
  ])('%s means %s, not %s', (text, same, other) => {
    expect(truths(text)).toEqual(truths(same));
    expect(truths(text)).not.toEqual(truths(other));
  });

  it('takes keywords in any case and NOT twice', () => {
    expect(truths('not not production and touches_iam')).toEqual(truths('production AND touches_iam'));
  });
});

describe('what is refused, and where', () => {
  it.each([
    ['', 1, 'a field is missing'], ['confidence >', 13, 'a value is missing'], ['confidence > 0.9 AND', 21, 'a field is missing'], ['(production', 12, 'is missing'], ['production)', 11, 'not expected'],
    ['colour = red', 1, '"colour" is no claim'], ['production AND colour', 16, '"colour" is no claim'], ['constructor', 1, 'no claim'], ['confidence > high', 14, 'has no order'], ['blast_radius < 5', 16, 'has no order'],
    ['blast_radius < P1', 16, 'has no order'], ['priority > ""', 12, 'has no order'], ['production production', 12, 'not expected'], ['= ticket', 1, 'a field is expected'], ['"production"', 1, 'a field is expected'],
    ['decision IN ticket', 13, '"(" is expected'], ['decision IN (ticket', 20, 'is missing'], ['decision IN ()', 14, 'a value is expected'], ['decision IN (,)', 14, 'a value is expected'], ['decision NOT = ticket', 1, 'IN is expected'],
    ['decision = = ticket', 12, 'a value is expected'], ['production & touches_iam', 12, "can't be read"], ['AND production', 1, 'a field is expected'], ['production OR OR touches_iam', 15, 'a field is expected'], ['confidence <> 0.9', 13, 'a value is expected'],
  ])('%s at %i: %s', (text, position, why) => {
    expect(problem(text)).toMatchObject({ position, why: expect.stringContaining(why) });
  });

  it('refuses what is nested beyond reason instead of running out of stack', () => {
    expect(problem(`${'('.repeat(200_000)}production`)?.why).toContain('nested deeper');
    expect(problem(`${'NOT '.repeat(200_000)}production`)?.why).toContain('nested deeper');
    expect(problem(`${'('.repeat(50)}production${')'.repeat(50)}`)).toBeUndefined();
  });
});

const field = fc.constantFrom('production', 'touches_iam', 'blast_radius', 'decision', 'owner');
const word = fc.constantFrom('ticket', 'low', 'P1', '0.5', 'platform team');
const quote = (text: string) => (/^[\w.]+$/.test(text) ? text : `"${text}"`);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof({ depthSize: 'small' },
    fc.record({ kind: fc.constant('field' as const), field }),
    fc.record({ kind: fc.constant('compare' as const), field, operator: fc.constantFrom('=' as const, '!=' as const), values: word.map((w) => [w]) }),
    fc.record({ kind: fc.constant('compare' as const), field, operator: fc.constantFrom('IN' as const, 'NOT IN' as const), values: fc.array(word, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), part: tie('condition') }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), parts: fc.array(tie('condition'), { minLength: 2, maxLength: 3 }) }),
  ),
}));
function print(c: Condition): string {
  switch (c.kind) {
    case 'field': return c.field;
    case 'compare': return c.operator.endsWith('IN') ? `${c.field} ${c.operator} (${c.values.map(quote).join(', ')})` : `${c.field} ${c.operator} ${quote(c.values[0] ?? '')}`;
    case 'not': return `NOT (${print(c.part)})`;
    case 'and': case 'or': return c.parts.map((p) => `(${print(p)})`).join(` ${c.kind.toUpperCase()} `);
  }
}

describe('for any text', () => {
  it('never throws, and points into the text', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('AND', 'OR', 'NOT', 'IN', '(', ')', ',', '<', '>=', '=', 'confidence', '0.9', 'decision', '"', ' '));
    fc.assert(fc.property(fc.array(piece).map((all) => all.join(' ')), (text) => {
      const found = problem(text);
      return found === undefined || (found.position >= 1 && found.position <= text.length + 1);
    }), { numRuns: 5000 });
  });

  it('reads what is printed from a condition back as that condition', () => {
    fc.assert(fc.property(condition, (c) => { expect(parsed(print(c))).toEqual(c); }), { numRuns: 1000 });
  });
});
