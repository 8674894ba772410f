import { parseTime } from '#shared/lib/time.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import type { Answer } from '#shared/model/verdict.ts';

/** What a condition of an IAM binding may ask about. */
export interface ConditionContext {
  /** Relative resource name, e.g. `projects/_/buckets/b/objects/`. */
  readonly name?: string | undefined;
  /** The name goes on behind what is given: an object in the bucket that is asked about. */
  readonly isPrefix?: boolean;
  readonly type?: string | undefined;
  readonly service?: string | undefined;
  /** Microseconds; undefined leaves every question about time open. */
  readonly timeUs?: number | undefined;
  /** Other variables, by their path: what another system asks about. */
  readonly values?: Readonly<Record<string, string>>;
}

type Value = { readonly is: 'bool'; readonly value: Answer } | { readonly is: 'text'; readonly value: string; readonly open: boolean } | { readonly is: 'time'; readonly value: number } | { readonly is: 'list'; readonly value: readonly Value[] } | { readonly is: 'lost' };
const lost: Value = { is: 'lost' };
const bool = (value: Answer): Value => ({ is: 'bool', value });
const truth = (value: boolean): Value => bool(value ? 'yes' : 'no');
const maxDepth = 60, maxLength = 20_000;

/**
 * Evaluates a condition in the part of the Common Expression Language that IAM bindings use: resource.name, .type, .service, request.time,
 * startsWith, endsWith, contains, comparisons, `in`, `&&`, `||`, `!`. What it can't read or doesn't know is unknown, never an error.
 */
export function evaluateCondition(expression: unknown, context: ConditionContext): Answer {
  if (typeof expression !== 'string' || expression.length > maxLength) return 'unknown';
  const tokens = tokenize(expression);
  if (!tokens) return 'unknown';
  const parser = new Parser(tokens, context);
  const value = parser.or(0);
  return parser.isDone && value.is === 'bool' ? value.value : 'unknown';
}

function tokenize(text: string): readonly string[] | undefined {
  const pattern = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(&&|\|\||==|!=|<=|>=|[<>!()[\],.])|(\d+(?:\.\d+)?)|([A-Za-z_]\w*))/y;
  const tokens: string[] = [];
  while (pattern.lastIndex < text.length) {
    if (text.slice(pattern.lastIndex).trim() === '') break;
    const match = pattern.exec(text);
    if (!match) return undefined;
    tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #context: ConditionContext;
  #at = 0;
  constructor(tokens: readonly string[], context: ConditionContext) { this.#tokens = tokens; this.#context = context; }
  get isDone(): boolean { return this.#at === this.#tokens.length; }
  #take(token: string): boolean { if (this.#tokens[this.#at] !== token) return false; this.#at++; return true; }

  or(depth: number): Value {
    if (depth > maxDepth) { this.#at = this.#tokens.length + 1; return lost; }
    const parts = [this.#and(depth)];
    while (this.#take('||')) parts.push(this.#and(depth));
    return parts.length === 1 ? parts[0] ?? lost : bool(anyOf(parts.map(answerOf)));
  }
  #and(depth: number): Value {
    const parts = [this.#compare(depth)];
    while (this.#take('&&')) parts.push(this.#compare(depth));
    return parts.length === 1 ? parts[0] ?? lost : bool(allOf(parts.map(answerOf)));
  }
  #compare(depth: number): Value {
    if (this.#take('!')) return bool(not(answerOf(this.#compare(depth + 1))));
    const left = this.#primary(depth);
    const operator = this.#tokens[this.#at];
    if (operator === undefined || !['==', '!=', '<', '<=', '>', '>=', 'in'].includes(operator)) return left;
    this.#at++;
    return compare(left, operator, this.#primary(depth));
  }
  #primary(depth: number): Value {
    const token = this.#tokens[this.#at++];
    if (token === undefined) return lost;
    if (token === '(') { const inner = this.or(depth + 1); this.#take(')'); return inner; }
    if (token === '[') return { is: 'list', value: this.#arguments(']', depth) };
    if (/^["']/.test(token)) return this.#calls({ is: 'text', value: token.slice(1, -1).replaceAll(/\\(.)/g, '$1'), open: false }, depth);
    if (token === 'true' || token === 'false') return truth(token === 'true');
    if (!/^[A-Za-z_]/.test(token)) return lost;
    let path = token;
    while (this.#tokens[this.#at] === '.' && !['startsWith', 'endsWith', 'contains', 'matches', 'extract', 'matchTag', 'getAttribute', 'hasTagKey'].includes(this.#tokens[this.#at + 1] ?? '') && this.#tokens[this.#at + 2] !== '(') { path += `.${this.#tokens[this.#at + 1] ?? ''}`; this.#at += 2; }
    if (this.#take('(')) return this.#calls(path === 'timestamp' ? timeOf(this.#arguments(')', depth)) : (this.#arguments(')', depth), lost), depth);
    return this.#calls(this.#variable(path), depth);
  }
  #variable(path: string): Value {
    const { name, isPrefix, type, service, timeUs, values } = this.#context, given = values !== undefined && Object.hasOwn(values, path) ? values[path] : undefined;
    if (given !== undefined) return { is: 'text', value: given, open: false };
    if (path === 'resource.name' && name !== undefined) return { is: 'text', value: name, open: isPrefix === true };
    if (path === 'resource.type' && type !== undefined) return { is: 'text', value: type, open: false };
    if (path === 'resource.service' && service !== undefined) return { is: 'text', value: service, open: false };
    return path === 'request.time' && timeUs !== undefined ? { is: 'time', value: timeUs } : lost;
  }
  #calls(value: Value, depth: number): Value {
    let result = value;
    while (this.#tokens[this.#at] === '.' && this.#tokens[this.#at + 2] === '(') {
      const method = this.#tokens[this.#at + 1] ?? '';
      this.#at += 3;
      result = call(result, method, this.#arguments(')', depth));
    }
    return result;
  }
  #arguments(end: string, depth: number): readonly Value[] {
    const values: Value[] = [];
    while (this.#at < this.#tokens.length && !this.#take(end)) { values.push(this.or(depth + 1)); this.#take(','); }
    return values;
  }
}

const answerOf = (value: Value): Answer => (value.is === 'bool' ? value.value : 'unknown');

function timeOf([text]: readonly Value[]): Value {
  const us = text?.is === 'text' ? parseTime(text.value) : undefined;
  return us === undefined ? lost : { is: 'time', value: us };
}

function call(on: Value, method: string, [argument]: readonly Value[]): Value {
  if (on.is !== 'text' || argument?.is !== 'text') return lost;
  const { value, open } = on, wanted = argument.value;
  switch (method) {
    case 'startsWith': return value.startsWith(wanted) ? truth(true) : open && wanted.startsWith(value) ? bool('unknown') : truth(false);
    case 'endsWith': return open ? bool('unknown') : truth(value.endsWith(wanted));
    case 'contains': return value.includes(wanted) ? truth(true) : open ? bool('unknown') : truth(false);
    default: return lost;
  }
}

function compare(left: Value, operator: string, right: Value): Value {
  if (operator === 'in') return right.is === 'list' ? bool(anyOf(right.value.map((item) => answerOf(compare(left, '==', item))))) : lost;
  if (left.is === 'text' && right.is === 'text' && (operator === '==' || operator === '!=')) {
    const open = left.open ? right.value.startsWith(left.value) : right.open && left.value.startsWith(right.value);
    const equal: Answer = open ? 'unknown' : left.value === right.value && !left.open && !right.open ? 'yes' : 'no';
    return bool(operator === '==' ? equal : not(equal));
  }
  if (left.is !== 'time' || right.is !== 'time') return lost;
  const results: Readonly<Record<string, boolean>> = { '==': left.value === right.value, '!=': left.value !== right.value, '<': left.value < right.value, '<=': left.value <= right.value, '>': left.value > right.value, '>=': left.value >= right.value };
  return truth(results[operator] === true);
}
