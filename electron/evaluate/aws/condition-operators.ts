import ipaddr from 'ipaddr.js';
import { parseTime } from '#shared/lib/time.ts';
import { equalsResolved, matchesResolved, plainText } from './policy-variables.ts';

/** Does one value of the request match one value of the policy? */
export type Matcher = (requestValue: string, policyValue: string) => boolean;
interface Operator {
  readonly matches: Matcher; readonly negated: boolean; readonly variables: boolean;
  /** Is it a value that the operator can compare? One that it can't makes the test fail, a negated one too (IAM policy simulator). */
  readonly reads: (text: string) => boolean;
}

const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
const compareNumbers = (test: (a: number, b: number) => boolean): Matcher => (request, policy) => {
  const a = number(request), b = number(policy);
  return !Number.isNaN(a) && !Number.isNaN(b) && test(a, b);
};

/** Times: ISO 8601 in all W3C forms (year alone, year and month, …) or Unix epoch seconds. */
function time(text: string): number {
  const trimmed = text.trim();
  if (/^\d{4}$/.test(trimmed)) return parseTime(`${trimmed}-01-01`) ?? Number.NaN;
  if (/^\d{4}-\d{2}$/.test(trimmed)) return parseTime(`${trimmed}-01`) ?? Number.NaN;
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1e6;
  return parseTime(trimmed) ?? Number.NaN;
}
const compareTimes = (test: (a: number, b: number) => boolean): Matcher => (request, policy) => {
  const a = time(request), b = time(policy);
  return !Number.isNaN(a) && !Number.isNaN(b) && test(a, b);
};

/** The network of a CIDR, or of a single address with the longest prefix; undefined when it is neither. */
export function parseNetwork(text: string): readonly [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  const trimmed = text.trim();
  try {
    if (trimmed.includes('/')) return ipaddr.parseCIDR(trimmed);
    const address = ipaddr.parse(trimmed);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch { return undefined; }
}

function inNetwork(request: string, policy: string): boolean {
  // No CIDR, but some write it for everywhere; what AWS makes of it is not documented, so it matches every address.
  if (policy.trim() === '*') return ipaddr.isValid(request.trim());
  const network = parseNetwork(policy);
  if (!network || !ipaddr.isValid(request.trim())) return false;
  const address = ipaddr.process(request.trim());
  return address.kind() === network[0].kind() && address.match([network[0], network[1]]);
}

/** The six parts of an ARN are compared each for itself, with wildcards; the resource part may hold colons. */
function arnMatches(request: string, policy: string): boolean {
  if (policy === '*') return true;
  const wanted = arnParts(policy), given = arnParts(request);
  if (wanted.length !== 6 || given.length !== 6) return false;
  return wanted.every((part, i) => matchesResolved(part, given[i] ?? ''));
}

const isArn = (text: string): boolean => text === '*' || arnParts(text).length === 6;

function arnParts(text: string): readonly string[] {
  const parts = text.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

const bytes = (text: string): string => text.trim().replace(/=+$/, '');
const ignoringCase: Matcher = (request, policy) => plainText(policy).toLowerCase() === request.toLowerCase();
const operators: Readonly<Record<string, Operator>> = (() => {
  const table: Record<string, Operator> = {};
  const anything = (): boolean => true;
  const add = (name: string, matches: Matcher, variables = false, negation?: string, reads: Operator['reads'] = anything): void => {
    table[name.toLowerCase()] = { matches, negated: false, variables, reads };
    if (negation !== undefined) table[negation.toLowerCase()] = { matches, negated: true, variables, reads };
  };
  add('StringEquals', (r, p) => equalsResolved(p, r), true, 'StringNotEquals');
  add('StringEqualsIgnoreCase', ignoringCase, true, 'StringNotEqualsIgnoreCase');
  add('StringLike', (r, p) => matchesResolved(p, r), true, 'StringNotLike');
  add('ArnEquals', arnMatches, true, 'ArnNotEquals', isArn);
  add('ArnLike', arnMatches, true, 'ArnNotLike', isArn);
  add('Bool', ignoringCase, true);
  add('BinaryEquals', (r, p) => bytes(r) === bytes(p));
  add('IpAddress', inNetwork, false, 'NotIpAddress', (text) => parseNetwork(text) !== undefined);
  for (const [kind, compare, read] of [['Numeric', compareNumbers, number], ['Date', compareTimes, time]] as const) {
    add(`${kind}Equals`, compare((a, b) => a === b), false, `${kind}NotEquals`, (text) => !Number.isNaN(read(text)));
    add(`${kind}LessThan`, compare((a, b) => a < b));
    add(`${kind}LessThanEquals`, compare((a, b) => a <= b));
    add(`${kind}GreaterThan`, compare((a, b) => a > b));
    add(`${kind}GreaterThanEquals`, compare((a, b) => a >= b));
  }
  return table;
})();

export interface ParsedOperator {
  readonly kind: 'compare';
  readonly operator: Operator;
  readonly set: 'all' | 'any' | 'none';
  readonly ifExists: boolean;
  readonly name: string;
}

/**
 * Splits an operator name into its set qualifier, base and `IfExists` (IAM User Guide, "Condition operators").
 * @returns undefined for a name that IAM doesn't have.
 */
export function parseOperator(name: string): ParsedOperator | { readonly kind: 'null'; readonly set: ParsedOperator['set'] } | undefined {
  const m = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(name.toLowerCase());
  if (!m) return undefined;
  const set = m[1] === 'forallvalues' ? 'all' : m[1] === 'foranyvalue' ? 'any' : 'none';
  if (m[2] === 'null') return m[3] === undefined ? { kind: 'null', set } : undefined;
  const base = m[2] ?? '';
  const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (!operator) return undefined;
  return { kind: 'compare', operator, name: base, set, ifExists: m[3] !== undefined };
}
