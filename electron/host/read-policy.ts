import ipaddr from 'ipaddr.js';
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import { policySchema, type Policy } from '#shared/model/policy.ts';
import { redactor } from '#electron/agent/redact.ts';
import { fieldMapProblems } from '#electron/pipeline/normalize/field-map.ts';
import { parseRules } from '#electron/pipeline/route/route.ts';
import { parseTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';

export interface PolicyProblem { readonly position: string; readonly why: string }

/** The fields at the top of a policy. */
export const POLICY_KEYS: readonly string[] = Object.keys(policySchema.def.innerType.shape);

/** The text of a policy's bytes: UTF-8 or UTF-16, as editors and shells of Windows write it, told by its byte order mark. */
export function decodePolicy(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** Does a text look like a policy (YAML or JSON with at least one of its top-level keys, and none of a finding's)? */
export function looksLikePolicy(text: string): boolean {
  if (text.length > 4_000_000) return false;
  if (!POLICY_KEYS.some((key) => new RegExp(`^["']?${key}["']?\\s*:`, 'm').test(text) || text.trimStart().startsWith('{') && text.includes(`"${key}"`))) return false;
  const document = parseDocument(text);
  if (!isMap(document.contents)) return false;
  const names = document.contents.items.map((item) => String(item.key));
  const known = names.filter((name) => POLICY_KEYS.includes(name)).length;
  return known > 0 && known * 2 >= names.length;
}

/** Reads a policy file (YAML or JSON). Every problem is named with its line and column; nothing of a policy with problems is taken. */
export function readPolicy(text: string): Result<Policy, readonly PolicyProblem[]> {
  const lines = new LineCounter();
  // An export that failed leaves such a file; as a policy it would take every rule out of force.
  if (text.trim() === '') return err([{ position: 'line 1', why: 'the file is empty; {} stands for a policy without any rules' }]);
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) return err(yamlProblems(document, lines));
  let value: unknown;
  try { value = document.toJS({ maxAliasCount: 100 }); } catch (error) { return err([{ position: 'line 1', why: inOurWords(error instanceof Error ? error.message : String(error)) }]); }
  const parsed = policySchema.safeParse(value ?? {});
  if (!parsed.success) return err(parsed.error.issues.flatMap((issue) => describeIssue(issue.path, issue.message, issue.code === 'unrecognized_keys' ? issue.keys : [], document, lines)));
  const problems = [...ruleProblems(parsed.data, document, lines), ...dateProblems(parsed.data, document, lines), ...ownerProblems(parsed.data, document, lines), ...redactionProblems(parsed.data, document, lines), ...addressProblems(parsed.data, document, lines), ...mappingProblems(parsed.data, document, lines)];
  return problems.length > 0 ? err(problems) : ok(parsed.data);
}

/** What follows from too deep nesting says nothing of its own. */
function yamlProblems({ errors }: Document, lines: LineCounter): readonly PolicyProblem[] {
  const all = errors.map((e) => ({ position: at(e.pos[0], lines), why: inOurWords(e.message) })), deep = all.find(({ why }) => why === TOO_DEEP);
  return deep ? [deep] : all;
}

const TOO_DEEP = 'it is nested too deep';
/** Where something begins, both counted from 1. */
function at(offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

/** What the YAML reader says for programmers, for whoever wrote the file. */
function inOurWords(message: string): string {
  if (message.startsWith('Maximum call stack')) return TOO_DEEP;
  if (message === 'Map keys must be unique') return 'this field stands there twice: names must be unique';
  const close = /^Flow (?:map|sequence) .*end with a ([}\]])$/.exec(message)?.[1];
  if (close !== undefined) return `a ${close === '}' ? '{' : '['} before this is not closed: the ${close} is missing, or what is within is not indented`;
  return message.startsWith('Source contains multiple documents') ? 'the file holds several documents; a policy is one' : message;
}

const KINDS: ReadonlyMap<string, string> = new Map([['array', 'a list'], ['object', 'fields with values'], ['string', 'a text'], ['number', 'a number'], ['boolean', 'true or false'], ['null', 'nothing']]);
/** The same for what checks the fields. */
function fieldInOurWords(message: string): string {
  const [, wanted = '', given = ''] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (given === 'undefined') return 'is missing';
  const words = KINDS.get(wanted);
  return words === undefined ? message : `takes ${words}, not ${KINDS.get(given) ?? given}`;
}

function describeIssue(path: readonly PropertyKey[], message: string, unknownKeys: readonly string[], document: Document, lines: LineCounter): readonly PolicyProblem[] {
  const name = path.map((p) => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`)).join('').replace(/^\./, '') || 'policy';
  if (unknownKeys.length === 0) return [{ position: placeOf(path, document, lines), why: `${name}: ${fieldInOurWords(message)}` }];
  return unknownKeys.map((key) => ({ position: placeOf([...path, key], document, lines), why: `${name}: unknown field "${key}"` }));
}

/** Where the thing at a path begins, or the nearest thing above it that is there. */
function placeOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): string {
  for (let depth = path.length; depth >= 0; depth--) {
    const some = path.slice(0, depth);
    const parent = document.getIn(some.slice(0, -1), true);
    const key = some.at(-1);
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === String(key)) : undefined;
    const start = rangeStart(pair?.key) ?? rangeStart(document.getIn(some, true));
    if (start !== undefined) return at(start, lines);
  }
  return 'line 1';
}

function rangeStart(node: unknown): number | undefined {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : undefined;
}

function mappingProblems(policy: Policy, document: Document, lines: LineCounter): readonly PolicyProblem[] {
  return Object.entries(policy.mappings).flatMap(([name, map]) => fieldMapProblems(map).map(({ path, why }) => ({ position: placeOf(['mappings', name, ...path], document, lines), why: `mappings.${name}: it has ${why}` })));
}

function ruleProblems(policy: Policy, document: Document, lines: LineCounter): readonly PolicyProblem[] {
  return policy.routing_rules.flatMap((rule, i) => {
    const parsed = parseRules([rule]);
    return parsed.ok ? [] : [{ position: placeOf(['routing_rules', i, 'condition'], document, lines), why: parsed.error.replace('routing_rules[0]', `routing_rules[${i}]`) }];
  });
}

function dateProblems(policy: Policy, document: Document, lines: LineCounter): readonly PolicyProblem[] {
  return (['accepted_risks', 'known_good'] as const).flatMap((list) => policy[list].flatMap(({ expires }, i) => (expires === undefined || parseTime(expires) !== undefined ? [] : [{ position: placeOf([list, i, 'expires'], document, lines), why: `${list}[${i}].expires: "${expires}" is no date (2027-06-30)` }])));
}

/** What looks like an address or a network and is none would never match anything. */
function addressProblems(policy: Policy, document: Document, lines: LineCounter): readonly PolicyProblem[] {
  const isAddress = (text: string): boolean => ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
  const sources = policy.known_good.flatMap((good, i) => good.src_ip.flatMap((text, j) => (isAddress(text) ? [] : [{ position: placeOf(['known_good', i, 'src_ip', j], document, lines), why: `known_good[${i}].src_ip[${j}]: "${text}" is no address or network (10.9.0.0/24)` }])));
  const roles = Object.keys(policy.asset_roles).flatMap((text) => (!/^[\da-f.:]+\/\d+$/i.test(text) || isAddress(text) ? [] : [{ position: placeOf(['asset_roles', text], document, lines), why: `asset_roles: "${text}" is no network (10.1.0.0/16)` }]));
  return [...sources, ...roles];
}

function redactionProblems(policy: Policy, document: Document, lines: LineCounter): readonly PolicyProblem[] {
  return policy.redaction.patterns.flatMap((pattern, i) => { const made = redactor([pattern]); return made.ok ? [] : [{ position: placeOf(['redaction', 'patterns', i], document, lines), why: `redaction.patterns[${i}]: ${made.error}` }]; });
}

/** An id or alias that two owners share would make ownership a guess. */
function ownerProblems(policy: Policy, document: Document, lines: LineCounter): readonly PolicyProblem[] {
  const seen = new Map<string, number>();
  return policy.owners.flatMap((owner, i) => [owner.id, ...owner.aliases].flatMap((name): PolicyProblem[] => {
    const first = seen.get(name.toLowerCase()) ?? i;
    seen.set(name.toLowerCase(), first);
    const other = policy.owners[first]?.id ?? '';
    return first === i ? [] : [{ position: placeOf(['owners', i, 'id'], document, lines), why: `owners[${i}]: "${name}" already names owner ${other}` }];
  }));
}
