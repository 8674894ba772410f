import { isObject, list } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';

/** One test of a `Condition` block: `{ StringEquals: { "aws:SourceVpce": [...] } }` is one with one key. */
export interface ConditionTest { readonly operator: string; readonly key: string; readonly values: readonly string[] }
/** Who a statement names. `aws` holds ARNs, account ids and `*`. */
export interface PrincipalSet {
  readonly aws: readonly string[]; readonly service: readonly string[]; readonly federated: readonly string[]; readonly canonical: readonly string[];
}
export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly principals?: PrincipalSet;
  readonly notPrincipals?: PrincipalSet;
  /** Lower case: IAM compares actions without case. */
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly resources?: readonly string[];
  readonly notResources?: readonly string[];
  readonly conditions: readonly ConditionTest[];
  /** JSON pointer of the statement inside its document. */
  readonly pointer: string;
}
export interface ParsedPolicy {
  /** Policy variables work from version 2012-10-17 on; before, `${…}` is literal text. */
  readonly variables: boolean;
  readonly statements: readonly Statement[];
}

const cache = new WeakMap<object, Result<ParsedPolicy>>();

/**
 * Reads a policy document: an object, JSON text, or URL-encoded JSON text as the IAM API returns it.
 * @returns an error naming the first part that can't be read; no statement is dropped silently, for it could be a Deny.
 */
export function parsePolicy(document: unknown): Result<ParsedPolicy> {
  if (typeof document === 'string') return parseText(document);
  if (!isObject(document)) return err('the policy is not an object');
  const known = cache.get(document);
  if (known) return known;
  const parsed = parseObject(document);
  cache.set(document, parsed);
  return parsed;
}

function parseText(text: string): Result<ParsedPolicy> {
  const candidates = [text];
  if (text.trimStart().startsWith('%7B')) {
    try { candidates.push(decodeURIComponent(text)); } catch { return err('the policy text is not valid URL encoding'); }
  }
  for (const candidate of candidates) {
    try {
      const value: unknown = JSON.parse(candidate);
      return isObject(value) ? parseObject(value) : err('the policy text is not a JSON object');
    } catch { continue; }
  }
  return err('the policy text is not JSON');
}

function parseObject(document: { readonly [key: string]: unknown }): Result<ParsedPolicy> {
  const single = !Array.isArray(document['Statement']);
  const statements: Statement[] = [];
  for (const [index, raw] of list(document, 'Statement').entries()) {
    const statement = parseStatement(raw, single ? '/Statement' : `/Statement/${index}`);
    if (!statement.ok) return err(`statement ${index}: ${statement.error}`);
    statements.push(statement.value);
  }
  return ok({ variables: document['Version'] === '2012-10-17', statements });
}

function parseStatement(raw: unknown, pointer: string): Result<Statement> {
  if (!isObject(raw)) return err('not an object');
  const effect = raw['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') return err('Effect is neither Allow nor Deny');
  const texts = {
    actions: textList(raw['Action'])?.map(lower), notActions: textList(raw['NotAction'])?.map(lower),
    resources: textList(raw['Resource']), notResources: textList(raw['NotResource']),
  };
  for (const [name, given] of [['Action', texts.actions], ['NotAction', texts.notActions], ['Resource', texts.resources], ['NotResource', texts.notResources]] as const) {
    if (Object.hasOwn(raw, name) && given === undefined) return err(`${name} is not text`);
  }
  const principals = parsePrincipals(raw['Principal']), notPrincipals = parsePrincipals(raw['NotPrincipal']);
  if (!principals.ok) return principals;
  if (!notPrincipals.ok) return notPrincipals;
  const conditions = parseConditions(raw['Condition']);
  if (!conditions.ok) return conditions;
  const { actions, notActions, resources, notResources } = texts;
  return ok({
    effect, pointer, conditions: conditions.value,
    ...(typeof raw['Sid'] === 'string' && raw['Sid'] !== '' && { sid: raw['Sid'] }),
    ...(principals.value && { principals: principals.value }), ...(notPrincipals.value && { notPrincipals: notPrincipals.value }),
    ...(actions && { actions }), ...(notActions && { notActions }), ...(resources && { resources }), ...(notResources && { notResources }),
  });
}

const lower = (text: string): string => text.toLowerCase();

/** Text or a list of texts; numbers and booleans are written out. Undefined when absent or of another shape. */
function textList(value: unknown): readonly string[] | undefined {
  const texts: string[] = [];
  for (const item of Array.isArray(value) ? value : [value]) {
    if (typeof item === 'string') texts.push(item);
    else if (typeof item === 'number' || typeof item === 'boolean') texts.push(String(item));
    else return undefined;
  }
  return texts;
}

const principalSlots: ReadonlyMap<string, keyof PrincipalSet> = new Map([['aws', 'aws'], ['service', 'service'], ['federated', 'federated'], ['canonicaluser', 'canonical']]);

function parsePrincipals(value: unknown): Result<PrincipalSet | undefined> {
  if (value === undefined) return ok(undefined);
  if (typeof value === 'string') return ok({ aws: [value], service: [], federated: [], canonical: [] });
  if (!isObject(value)) return err('Principal is neither text nor an object');
  const set = { aws: [] as string[], service: [] as string[], federated: [] as string[], canonical: [] as string[] };
  for (const [kind, names] of Object.entries(value)) {
    const texts = textList(names);
    if (!texts) return err(`Principal.${kind} is not text`);
    const slot = principalSlots.get(kind.toLowerCase());
    if (slot === undefined) return err(`Principal has an unknown kind ${kind}`);
    set[slot].push(...texts);
  }
  return ok(set);
}

function parseConditions(value: unknown): Result<readonly ConditionTest[]> {
  if (value === undefined || value === null) return ok([]);
  if (!isObject(value)) return err('Condition is not an object');
  const tests: ConditionTest[] = [];
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys)) return err(`Condition.${operator} is not an object`);
    for (const [key, raw] of Object.entries(keys)) {
      const values = textList(raw);
      if (!values) return err(`Condition.${operator}.${key} is not text`);
      tests.push({ operator, key, values });
    }
  }
  return ok(tests);
}

/** A statement by its Sid, else by its place, for people. */
export const statementName = (statement: Statement): string => (statement.sid === undefined ? `statement ${statement.pointer.split('/')[2] ?? '0'}` : `statement "${statement.sid}"`);
