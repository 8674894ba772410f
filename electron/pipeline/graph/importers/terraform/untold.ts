import { at, isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { configOf, expressionAt, plansFor } from './plan-references.ts';

/** What a document marks of the attributes of one resource: what is known only after apply (`after_unknown`), what is sensitive. */
export interface Marks {
  /** Mirrors the values, true where one is not known yet; undefined where the document doesn't say. */
  readonly unknown: unknown;
  /** Mirrors the values (`sensitive_values`), true where one is sensitive. */
  readonly sensitive: unknown;
  /** The same as paths of steps (`sensitive_attributes` of a state file). */
  readonly paths: readonly (readonly string[])[];
}

interface Marked { readonly address: string; readonly type: string; readonly values: JsonObject; readonly plan: unknown; readonly marks: Marks }

/**
 * Blocks that are there only where somebody writes them. Of other attributes "known after apply" alone says nothing where the configuration shows that nobody set
 * them: their provider fills them in. Of blocks the configuration leaves out `dynamic` ones.
 */
const onlyWritten: ReadonlySet<string> = new Set(`allow deny rule rules spec boolean_policy network_interface access_config ipv6_access_config backend ip_restriction frontend_port frontend_ip_configuration http_listener
  backend_address_pool grant access_policy permissions condition cidr_blocks authorized_networks match layer4_configs layer4_config deny_rule denial_condition service_config default_action vpc_config`.trim().split(/\s+/));
/** Blocks that a provider marks as known only after apply where nobody wrote one (optional and computed ones). One that no configuration shows was set by nobody, or is a `dynamic` one, which nothing tells apart. */
const filledIn: ReadonlySet<string> = new Set(['aws_iam_role.inline_policy', 'aws_s3_bucket.grant', 'aws_s3_bucket_acl.access_control_policy', 'azurerm_storage_account.static_website']);
/** Is a block taken as set by nobody, of which a plan says only that it is known after apply? */
export const isSupposed = (r: Marked, key: string): boolean => filledIn.has(`${r.type}.${key}`) && inside(r.values, [key]) === undefined && isMarked(r.marks.unknown, [key]) !== undefined && !isUntold(r, key);
/** Blocks that a configuration may write as attributes: what it says of them stands in no plan, be they set or not. With each the resources that tell the same one by one, which exclude it. */
const unseen: ReadonlyMap<string, readonly (readonly [type: string, attribute: string])[]> = new Map(Object.entries({
  'azurerm_network_security_group.security_rule': [['azurerm_network_security_rule', 'network_security_group_name']], 'azurerm_route_table.route': [['azurerm_route', 'route_table_name']], 'azurerm_virtual_network.subnet': [['azurerm_subnet', 'virtual_network_name']],
  ...Object.fromEntries(['ingress', 'egress'].map((key) => [`aws_security_group.${key}`, [['aws_security_group_rule', 'security_group_id'], ['aws_vpc_security_group_ingress_rule', 'security_group_id'], ['aws_vpc_security_group_egress_rule', 'security_group_id']] as const])),
  'aws_route_table.route': [['aws_route', 'route_table_id']], 'aws_network_acl.ingress': [['aws_network_acl_rule', 'network_acl_id']], 'aws_network_acl.egress': [['aws_network_acl_rule', 'network_acl_id']],
}));

/**
 * Does a document set an attribute without telling its value? A plan by what is known only after apply, or by a configuration that gives it a value; both by
 * what they mark as sensitive, which is not kept (`without-secret-values.ts`). No default holds for such an attribute. A list is told only when each entry is.
 * @param path `security_rule.0.priority`, or its steps, where a key holds dots
 */
export function isUntold(r: Marked, path: string | readonly string[]): boolean {
  const steps = typeof path === 'string' ? path.split('.') : path;
  const value = inside(r.values, steps);
  if (value !== undefined) return Array.isArray(value) && value.includes(null);
  if (isMarked(r.marks.sensitive, steps) !== undefined || r.marks.paths.some((p) => p.length <= steps.length && p.every((step, i) => step === steps[i]))) return true;
  const config = configOf(r.plan, r.address), expressions = at(config, 'expressions'), depth = isMarked(r.marks.unknown, steps);
  const missing = steps.findIndex((_, i) => inside(r.values, steps.slice(0, i + 1)) === undefined);
  if (isGiven(expressionAt(expressions, steps.slice(0, missing + 1)))) return true;
  if (depth === undefined) return isLeftOut(r, steps, expressions);
  // One expression gives a whole map.
  if (steps.some((step, i) => isLeaf(expressionAt(expressions, steps.slice(0, i + 1)), step))) return true;
  const [top = ''] = steps, others = depth > 1 ? undefined : unseen.get(`${r.type}.${top}`);
  if (others) return !others.some(([type, attribute]) => plansFor(r.plan, type, attribute, r.address));
  if (depth === 1 && filledIn.has(`${r.type}.${top}`)) return !isObject(expressions);
  // What stands in a block that the configuration leaves out is there because somebody wrote it.
  const isAround = depth === 1 || expressionAt(expressions, steps.slice(0, depth - 1)) !== undefined;
  return !isObject(expressions) || !isAround || onlyWritten.has(steps[depth - 1] ?? '');
}

/** Where a plan has no marks of what is unknown, a key that a block lacks is, if the block stands in no configuration. */
const isLeftOut = (r: Marked, steps: readonly string[], expressions: unknown): boolean => r.marks.unknown === undefined && isObject(r.plan) && 'planned_values' in r.plan && steps.length > 1 && isObject(inside(r.values, steps.slice(0, -1))) && expressionAt(expressions, steps.slice(0, 1)) === undefined;

const inside = (value: unknown, steps: readonly string[]): unknown => at(value, ...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));

/** How deep a mark stands that covers a place; undefined for none. */
function isMarked(marks: unknown, steps: readonly string[]): number | undefined {
  const depth = steps.findIndex((_, i) => inside(marks, steps.slice(0, i + 1)) === true);
  return marks === true ? 1 : depth < 0 ? undefined : depth + 1;
}

/** An expression other than null; one of functions alone has no references. */
const isGiven = (expression: unknown): boolean => expression !== undefined && !(isObject(expression) && 'constant_value' in expression && expression['constant_value'] === null);

/** A block without arguments is no expression. */
const isLeaf = (expression: unknown, step: string): boolean => isGiven(expression) && isObject(expression) && ('references' in expression || (Object.keys(expression).length === 0 && !/^\d+$/.test(step)));

/**
 * The words of the provider's API for what is untold of a resource, or of a block in it, as the key `untold` of its config.
 * @param words attributes with what the config calls them
 */
export function untoldOf(r: Marked, words: Readonly<Record<string, string>>, block: string | readonly string[] = []): JsonObject {
  const around = typeof block === 'string' ? block.split('.') : block;
  const untold = [...new Set(Object.entries(words).flatMap(([attribute, word]) => (isUntold(r, [...around, ...attribute.split('.')]) ? [word] : [])))];
  return untold.length === 0 ? {} : { untold };
}

/** The marks of a record, or of an instance of a state. */
export const marksOf = (of: unknown, unknown?: unknown, sensitive?: unknown): Marks => ({
  unknown, sensitive: sensitive ?? at(of, 'sensitive_values'),
  paths: (Array.isArray(at(of, 'sensitive_attributes')) ? (at(of, 'sensitive_attributes') as readonly unknown[]) : []).map((path) => (Array.isArray(path) ? path : []).map((step) => str(step, 'value', 'value') ?? str(step, 'value') ?? '')),
});
