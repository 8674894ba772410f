import { at, isObject, list, str } from '#shared/lib/json.ts';

export interface SarifRule {
  readonly id: string | undefined; readonly name: string | undefined; readonly short: string | undefined; readonly full: string | undefined;
  readonly level: string | undefined; readonly securitySeverity: string | undefined; readonly tags: readonly string[];
  /** `CWE-79`, from tags and relationships. */
  readonly weaknesses: readonly string[];
  readonly descriptor: unknown;
}

/**
 * The rule that a result names: by `rule.index`/`ruleIndex` (in an extension when `rule.toolComponent` says so), else by id; an id may be a
 * rule's id with a suffix (`CA1000/1`). SARIF 2.1.0 §3.52.
 */
export function sarifRule(result: unknown, run: unknown): SarifRule {
  const descriptor = findDescriptor(result, run);
  const tags = [...list(descriptor, 'properties', 'tags'), ...list(result, 'properties', 'tags')].map(String);
  const related = [...list(descriptor, 'relationships'), ...list(result, 'taxa').map((taxon) => ({ target: taxon }))].map(taxonOf);
  const weaknesses = [...tags, ...related, ...list(descriptor, 'properties', 'cwe').map(String)].flatMap((text) => /(?:^|\b)cwe-?0*(\d{1,4})\b/i.exec(text)?.[1] ?? []).map((n) => `CWE-${n}`);
  return {
    id: str(result, 'ruleId') ?? str(result, 'rule', 'id') ?? str(descriptor, 'id'), name: str(descriptor, 'name'),
    short: str(descriptor, 'shortDescription', 'text'), full: str(descriptor, 'fullDescription', 'text'),
    level: str(descriptor, 'defaultConfiguration', 'level'), securitySeverity: str(descriptor, 'properties', 'security-severity'),
    tags, weaknesses: [...new Set(weaknesses)], descriptor,
  };
}

/** A taxon's id; the number alone is the CWE's where the taxonomy is named beside it. */
function taxonOf(relationship: unknown): string {
  const id = str(relationship, 'target', 'id') ?? '';
  return /^\d+$/.test(id) && str(relationship, 'target', 'toolComponent', 'name')?.toUpperCase() === 'CWE' ? `CWE-${id}` : id;
}

function findDescriptor(result: unknown, run: unknown): unknown {
  const extension = str(result, 'rule', 'toolComponent', 'index');
  const component: unknown = extension === undefined ? at(run, 'tool', 'driver') : at(run, 'tool', 'extensions', Number(extension));
  const index = at(result, 'rule', 'index') ?? at(result, 'ruleIndex');
  const id = str(result, 'ruleId') ?? str(result, 'rule', 'id');
  const byIndex: unknown = typeof index === 'number' ? at(component, 'rules', index) : undefined;
  // An index that points to another rule than the id says is a writer's mistake: the id counts.
  if (isObject(byIndex) && (id === undefined || str(byIndex, 'id') === undefined || belongs(id, str(byIndex, 'id') ?? ''))) return byIndex;
  if (id === undefined) return undefined;
  const all = [at(run, 'tool', 'driver'), ...list(run, 'tool', 'extensions')].flatMap((part) => list(part, 'rules'));
  return all.find((rule) => str(rule, 'id') === id) ?? all.find((rule) => belongs(id, str(rule, 'id') ?? ''));
}

const belongs = (id: string, ruleId: string): boolean => ruleId !== '' && (id === ruleId || id.startsWith(`${ruleId}/`));

/** The text of a result's message; `{0}` placeholders and messages by id are filled in (§3.11). */
export function sarifMessage(result: unknown, rule: SarifRule): string | undefined {
  const id = str(result, 'message', 'id');
  const text = str(result, 'message', 'text') ?? str(result, 'message', 'markdown') ?? (id === undefined ? undefined : str(rule.descriptor, 'messageStrings', id, 'text'));
  const values = list(result, 'message', 'arguments').map(String);
  return text?.replaceAll(/\{(\d{1,3})\}/g, (whole, n: string) => values[Number(n)] ?? whole);
}
