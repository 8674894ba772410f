import type { Answer } from '#shared/model/verdict.ts';
import { allOf, answerOf } from '../kleene.ts';
import { parseOperator, type ParsedOperator } from './condition-operators.ts';
import type { ContextLookup } from './policy-context.ts';
import type { ConditionTest } from './policy-document.ts';
import { plainText, resolveVariables } from './policy-variables.ts';

export interface ConditionOutcome {
  readonly answer: Answer;
  /** The tests that could not be solved; empty unless the answer is `unknown`. */
  readonly residual: readonly ConditionTest[];
}

/**
 * Evaluates a Condition block: every test must hold.
 * @param effect decides what keys of the caller's own choice mean: an Allow on them can be met, a Deny on them evaded.
 */
export function evaluateConditions(
  tests: readonly ConditionTest[], lookup: ContextLookup, options: { readonly variables: boolean; readonly effect: 'Allow' | 'Deny' },
): ConditionOutcome {
  const residual: ConditionTest[] = [];
  const answers: Answer[] = [];
  for (const test of tests) {
    const answer = evaluateTest(test, lookup, options);
    if (answer === 'no') return { answer, residual: [] };
    if (answer === 'unknown') residual.push(test);
    answers.push(answer);
  }
  return { answer: allOf(answers), residual };
}

function evaluateTest(test: ConditionTest, lookup: ContextLookup, options: { readonly variables: boolean; readonly effect: 'Allow' | 'Deny' }): Answer {
  const parsed = parseOperator(test.operator);
  if (!parsed) return 'unknown';
  const found = lookup(test.key);
  if (found.state === 'chosen') return answerOf(options.effect === 'Allow');
  if (found.state === 'unknown') return parsed.kind === 'compare' ? pastBound(parsed, test) : 'unknown';
  if (parsed.kind === 'null') {
    // Of the values of a key that is not there: all are as wanted, and none is.
    if (found.state === 'absent' && parsed.set !== 'none') return answerOf(parsed.set === 'all');
    const wanted = found.state === 'absent' ? 'true' : 'false';
    return answerOf(test.values.some((v) => v.toLowerCase() === wanted));
  }
  if (found.state === 'absent') return answerOf(whenAbsent(parsed));
  return comparePresent(parsed, found.values, test.values, lookup, options.variables);
}

/** Any time that a request is made at is later: this version was not there before. */
const past = Date.parse('2026-01-01T00:00:00Z');
/** Keys that hold the time of the request or of its credentials, which live a day and a half at most; the second is missing for long-term keys. */
const clocks: ReadonlyMap<string, 'always' | 'sometimes'> = new Map([['aws:currenttime', 'always'], ['aws:epochtime', 'always'], ['aws:tokenissuetime', 'sometimes']]);

/** A test against a time long past is solved without a clock: "before" it never holds again, "after" it always does. */
function pastBound({ name, ifExists }: ParsedOperator, { key, values }: ConditionTest): Answer {
  const there = clocks.get(key.toLowerCase()), side = /^(?:date|numeric)(less|greater)than(?:equals)?$/.exec(name)?.[1];
  if (there === undefined || side === undefined) return 'unknown';
  const isPast = values.map((v) => (/^\d+(\.\d+)?$/.test(v) ? Number(v) * 1000 : Date.parse(v)) < past);
  const holds = side === 'less' ? (isPast.every(Boolean) ? 'no' : 'unknown') : isPast.some(Boolean) ? 'yes' : 'unknown';
  // Where the key may be missing, the test fails without it, or holds by IfExists.
  return there === 'always' || holds === (ifExists ? 'yes' : 'no') ? holds : 'unknown';
}

/** A missing key: no match, so a negated operator holds; `IfExists` and `ForAllValues` hold, `ForAnyValue` doesn't. */
function whenAbsent(parsed: ParsedOperator): boolean {
  if (parsed.ifExists || parsed.set === 'all') return true;
  if (parsed.set === 'any') return false;
  return parsed.operator.negated;
}

function comparePresent(parsed: ParsedOperator, given: readonly string[], wanted: readonly string[], lookup: ContextLookup, variables: boolean): Answer {
  const patterns: string[] = [];
  let open = false;
  for (const value of wanted) {
    const resolved = resolveVariables(value, lookup, variables && parsed.operator.variables);
    if (resolved.state === 'resolved') patterns.push(resolved.pattern);
    else if (resolved.state === 'unknown') open = true;
    // IAM: a variable without a value makes the statement invalid, so a negated test must not hold through it either.
    else if (parsed.operator.negated) return 'no';
  }
  const { negated, reads } = parsed.operator;
  // A value that can't be compared is no match, and no proof of a difference either.
  if (negated && (given.some((value) => !reads(value)) || patterns.some((p) => !reads(plainText(p))))) return 'no';
  const matches = (value: string): Answer => (patterns.some((p) => parsed.operator.matches(value, p)) ? 'yes' : open ? 'unknown' : 'no');
  const found = given.map((value) => {
    const answer = matches(value);
    return negated && answer !== 'unknown' ? answerOf(answer === 'no') : answer;
  });
  if (parsed.set === 'all') return allOf(found);
  // Without a set qualifier a negated test over several request values holds only when none of them matches.
  if (parsed.set === 'none' && negated) return allOf(found);
  return found.includes('yes') ? 'yes' : found.includes('unknown') ? 'unknown' : 'no';
}
