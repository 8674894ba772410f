import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Tri } from '#shared/model/claim-states.ts';

/** A parsed routing condition. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly values: readonly string[] };
type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'IN' | 'NOT IN';
interface Token { readonly text: string; readonly at: number; readonly quoted: boolean }

const ORDERS: readonly (readonly string[])[] = [['low', 'medium', 'high'], ['p4', 'p3', 'p2', 'p1'], ['unknown', 'informational', 'low', 'medium', 'high', 'critical']];
/** Comparing by order means something for these fields only, and for numbers. */
const ORDER_OF_FIELD: Readonly<Record<string, readonly string[] | undefined>> = { blast_radius: ORDERS[0], priority: ORDERS[1], severity_reported: ORDERS[2] };

/**
 * Parses a routing condition: `AND OR NOT ( )`, `= != < <= > >= IN (…)`, fields by name; NOT binds tighter than AND, AND tighter than OR.
 * @param fields the names that may be used; others are refused.
 * @returns the condition, or what is wrong with its position (1-based).
 */
export function parseCondition(text: string, fields: ReadonlySet<string>): Result<Condition, { readonly position: number; readonly why: string }> {
  try {
    const reader = tokenReader(tokenize(text), text.length);
    const condition = parseOr(reader, fields);
    const rest = reader.peek();
    if (rest) throw new ConditionError(rest.at, `"${rest.text}" is not expected here`);
    return ok(condition);
  } catch (error) {
    if (error instanceof ConditionError) return err({ position: error.at + 1, why: error.message });
    throw error;
  }
}

class ConditionError extends Error {
  readonly at: number;
  constructor(at: number, why: string) { super(why); this.at = at; }
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|"([^"]*)"|'([^']*)'|(<=|>=|!=|==|[=<>(),[\]])|([A-Za-z_][\w.:/*-]*|\d+(?:\.\d+)?%?)/y;
  let at = 0;
  while (at < text.length) {
    pattern.lastIndex = at;
    const m = pattern.exec(text);
    if (!m) throw new ConditionError(at, `"${text.slice(at, at + 12)}" can't be read`);
    if (m[0].trim() !== '') tokens.push({ text: m[1] ?? m[2] ?? m[0], at, quoted: m[1] !== undefined || m[2] !== undefined });
    at = pattern.lastIndex;
  }
  return tokens;
}

/** Nobody nests deeper by hand, and a file must not be able to exhaust the stack. */
const DEEPEST = 100;

function tokenReader(tokens: readonly Token[], end: number) {
  let next = 0, depth = 0;
  const is = (token: Token | undefined, word: string) => token !== undefined && !token.quoted && token.text.toUpperCase() === word;
  return {
    peek: () => tokens[next],
    take(what: string): Token { const token = tokens[next++]; if (!token) throw new ConditionError(end, `${what} is missing at the end`); return token; },
    takeIf(word: string): boolean { if (!is(tokens[next], word)) return false; next += 1; return true; },
    isNext: (word: string) => is(tokens[next], word),
    /** Parses one level deeper. */
    nested<T>(parse: () => T): T {
      if (++depth > DEEPEST) throw new ConditionError(tokens[next]?.at ?? end, `it is nested deeper than ${DEEPEST} levels`);
      const value = parse();
      depth -= 1;
      return value;
    },
  };
}
type Reader = ReturnType<typeof tokenReader>;

function parseOr(reader: Reader, fields: ReadonlySet<string>): Condition {
  const parts = [parseAnd(reader, fields)];
  while (reader.takeIf('OR')) parts.push(parseAnd(reader, fields));
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: 'or', parts };
}

function parseAnd(reader: Reader, fields: ReadonlySet<string>): Condition {
  const parts = [parseNot(reader, fields)];
  while (reader.takeIf('AND')) parts.push(parseNot(reader, fields));
  const [only] = parts;
  return parts.length === 1 && only ? only : { kind: 'and', parts };
}

function parseNot(reader: Reader, fields: ReadonlySet<string>): Condition {
  if (reader.takeIf('NOT')) return { kind: 'not', part: reader.nested(() => parseNot(reader, fields)) };
  if (reader.takeIf('(')) {
    const inner = reader.nested(() => parseOr(reader, fields));
    const close = reader.take('")"');
    if (close.text !== ')') throw new ConditionError(close.at, `")" is expected, not "${close.text}"`);
    return inner;
  }
  return parseComparison(reader, fields);
}

function parseComparison(reader: Reader, fields: ReadonlySet<string>): Condition {
  const field = reader.take('a field');
  if (field.quoted || !/^[A-Za-z_]/.test(field.text) || /^(AND|OR|IN)$/i.test(field.text)) throw new ConditionError(field.at, `a field is expected, not "${field.text}"`);
  if (!fields.has(field.text)) throw new ConditionError(field.at, `"${field.text}" is no claim or triage field`);
  const negated = reader.isNext('NOT') && reader.takeIf('NOT');
  if (reader.takeIf('IN')) return { kind: 'compare', field: field.text, operator: negated ? 'NOT IN' : 'IN', values: parseList(reader) };
  if (negated) throw new ConditionError(field.at, 'IN is expected after NOT');
  const operator = reader.peek();
  if (!operator || operator.quoted || !/^(<=|>=|!=|==|=|<|>)$/.test(operator.text)) return { kind: 'field', field: field.text };
  reader.take('an operator');
  const value = takeValue(reader);
  const op = toOperator(operator.text);
  if (op !== '=' && op !== '!=' && !hasOrder(field.text, value.text)) throw new ConditionError(value.at, `"${value.text}" has no order for ${field.text}`);
  return { kind: 'compare', field: field.text, operator: op, values: [value.text] };
}

const hasOrder = (field: string, value: string): boolean => ORDER_OF_FIELD[field]?.includes(value.toLowerCase()) ?? (value.trim() !== '' && !Number.isNaN(Number(value)));

function takeValue(reader: Reader): Token {
  const value = reader.take('a value');
  if (!value.quoted && /^[()<>=!,[\]]/.test(value.text)) throw new ConditionError(value.at, `a value is expected, not "${value.text}"`);
  return value;
}

function toOperator(text: string): Operator {
  switch (text) {
    case '<': case '<=': case '>': case '>=': case '!=': return text;
    default: return '=';
  }
}

function parseList(reader: Reader): readonly string[] {
  const open = reader.take('"("');
  if (open.text !== '(' && open.text !== '[') throw new ConditionError(open.at, `"(" is expected after IN, not "${open.text}"`);
  const values: string[] = [];
  for (;;) {
    values.push(takeValue(reader).text);
    const separator = reader.take('"," or ")"');
    if (separator.text === ')' || separator.text === ']') return values;
    if (separator.text !== ',') throw new ConditionError(separator.at, `"," or ")" is expected, not "${separator.text}"`);
  }
}

/** The names that a condition looks at. */
export function fieldsOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'not': return fieldsOf(condition.part);
    case 'and': case 'or': return condition.parts.flatMap(fieldsOf);
    case 'field': case 'compare': return [condition.field];
  }
}

/** Evaluates three-valued: an unknown, conflicting or absent field makes its comparison unknown. */
export function evaluateCondition(condition: Condition, fields: ReadonlyMap<string, unknown>): Tri {
  switch (condition.kind) {
    case 'not': { const inner = evaluateCondition(condition.part, fields); return inner === 'true' ? 'false' : inner === 'false' ? 'true' : 'unknown'; }
    case 'and': { const all = condition.parts.map((p) => evaluateCondition(p, fields)); return all.includes('false') ? 'false' : all.includes('unknown') ? 'unknown' : 'true'; }
    case 'or': { const all = condition.parts.map((p) => evaluateCondition(p, fields)); return all.includes('true') ? 'true' : all.includes('unknown') ? 'unknown' : 'false'; }
    case 'field': { const value = fields.get(condition.field); return isUnknown(value) ? 'unknown' : value === false || value === 0 || value === '' || value === 'false' ? 'false' : 'true'; }
    case 'compare': return compare(condition, fields.get(condition.field));
  }
}

const isUnknown = (value: unknown): boolean => value === undefined || value === null || value === 'unknown' || value === 'conflict';

function compare(condition: Condition & { readonly kind: 'compare' }, value: unknown): Tri {
  const [wanted = ''] = condition.values;
  if (isUnknown(value)) return condition.operator === '=' && value === wanted ? 'true' : 'unknown';
  const text = String(value).toLowerCase();
  const has = condition.values.some((v) => v.toLowerCase() === text || (v !== '' && Number(v) === Number(text)));
  switch (condition.operator) {
    case '=': case 'IN': return has ? 'true' : 'false';
    case '!=': case 'NOT IN': return has ? 'false' : 'true';
    case '<': case '<=': case '>': case '>=': {
      const order = ORDER_OF_FIELD[condition.field];
      const left = order ? order.indexOf(text) : Number(text), right = order ? order.indexOf(wanted.toLowerCase()) : Number(wanted);
      if (Number.isNaN(left) || Number.isNaN(right) || (order && (left < 0 || right < 0))) return 'unknown';
      const holds = condition.operator === '<' ? left < right : condition.operator === '<=' ? left <= right : condition.operator === '>' ? left > right : left >= right;
      return holds ? 'true' : 'false';
    }
  }
}
