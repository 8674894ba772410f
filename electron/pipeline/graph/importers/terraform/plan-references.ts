import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { argumentOf, isPartOf } from './passed-on.ts';

/** A resource of a plan by its address, with what is known of its values before it is applied. */
export interface Planned { readonly address: string; readonly type: string; readonly values: JsonObject }
/** Finds the resources that an attribute refers to whose value is not known before the plan is applied. */
export type Resolve = (key: string) => readonly Planned[];

interface Index { readonly planned: ReadonlyMap<string, Planned>; readonly byBase: ReadonlyMap<string, readonly Planned[]>; readonly root: unknown }
const known = new WeakMap<object, Index>();
const maxDepth = 12;

/**
 * Follows the references of a plan's configuration (Terraform, "JSON Output Format", configuration representation): over variables into the calling
 * module, and over a module's outputs into that module. What goes through locals can't be followed, as the format leaves them out.
 * @param onLost is told of references that lead to nothing of the plan.
 */
export function resolver(plan: unknown, address: string, onLost?: () => void): Resolve {
  if (!isObject(plan) || !isObject(plan['configuration'])) return () => { onLost?.(); return []; };
  const index = indexOf(plan);
  const { modules, key } = splitAddress(address), expressions = at(configOf(plan, address), 'expressions');
  const forEach = at(configOf(plan, address), 'for_each_expression');
  return (attribute) => follow({ index, forEach, own: key, onLost }, modules, expressionAt(expressions, attribute.split('.')), key, 0);
}

/** The one resource that an attribute of one value refers to; undefined where several may be meant: instances of one resource, or the branches of a condition. */
export function resolveOne(resolve: Resolve, key: string): Planned | undefined {
  const [found, ...others] = resolve(key);
  return others.length > 0 ? undefined : found;
}

/** Do all references of an attribute lead to resources of the plan? One that doesn't may stand for more of a list. */
export function isFollowed(plan: unknown, address: string): (key: string) => boolean {
  return (key) => { let isLost = false; resolver(plan, address, () => { isLost = true; })(key); return !isLost; };
}

/** The expression at a path; of blocks without an index the first. */
export const expressionAt = (expressions: unknown, steps: readonly string[]): unknown => steps.reduce<unknown>((found, step) => (!Array.isArray(found) ? at(found, step) : /^\d+$/.test(step) ? found[Number(step)] : at(found[0], step)), expressions);

const configs = new WeakMap<object, ReadonlyMap<string | undefined, unknown>>();
/** What the configuration of a plan says of a resource. */
export const configOf = (plan: unknown, address: string): unknown => configIn(at(plan, 'configuration', 'root_module'), address);

function configIn(root: unknown, address: string): unknown {
  const { modules, resource } = splitAddress(address), module = moduleAt(root, modules.map((m) => m.name));
  if (!isObject(module)) return undefined;
  const have = configs.get(module) ?? new Map(list(module, 'resources').map((r) => [str(r, 'address'), r]));
  configs.set(module, have);
  return have.get(resource);
}

/** Every resource that a plan knows: planned ones, else those of its prior state, data sources too. */
export const plannedIn = (plan: unknown): readonly Planned[] => (isObject(plan) ? [...indexOf(plan).planned.values()] : []);

export const plannedAt = (plan: unknown, address: string): Planned | undefined => (isObject(plan) ? indexOf(plan).planned.get(address) : undefined);

const about = new WeakMap<object, Map<string, ReadonlyMap<string, readonly Planned[]>>>();
/** Does the plan hold a resource of this type that is about a certain other one? */
export function plansFor(plan: unknown, type: string, attribute: string, address: string): boolean {
  return referrers(plan, type, attribute).has(address);
}
/** The resources of a type by the address of what an attribute of theirs refers to; those of which it isn't told under ''. */
export function referrers(plan: unknown, type: string, attribute: string): ReadonlyMap<string, readonly Planned[]> {
  if (!isObject(plan) || !isObject(plan['configuration'])) return new Map();
  const known = about.get(plan) ?? new Map<string, ReadonlyMap<string, readonly Planned[]>>(), key = `${type}.${attribute}`;
  const pairs = (): readonly (readonly [string, Planned])[] => plannedIn(plan).filter((p) => p.type === type).flatMap((p) => { const named = resolver(plan, p.address)(attribute).map((to) => to.address); return (named.length > 0 ? named : [str(p.values, attribute) ?? '']).map((to) => [to, p] as const); });
  const found = known.get(key) ?? new Map([...Map.groupBy(pairs(), ([to]) => to)].map(([to, all]) => [to, all.map(([, p]) => p)]));
  about.set(plan, known.set(key, found));
  return found;
}

function indexOf(plan: JsonObject): Index {
  const index = known.get(plan) ?? indexPlan(plan);
  known.set(plan, index);
  return index;
}

function indexPlan(plan: JsonObject): Index {
  const planned = new Map<string, Planned>(), byBase = new Map<string, Planned[]>();
  const walk = (module: unknown, depth: number): void => {
    if (depth > maxDepth) return;
    for (const resource of list(module, 'resources')) {
      const address = str(resource, 'address'), values = at(resource, 'values');
      if (address === undefined) continue;
      const found = { address, type: str(resource, 'type') ?? '', values: isObject(values) ? values : {} };
      planned.set(address, found);
      const base = bare(address), have = byBase.get(base);
      if (have) have.push(found); else byBase.set(base, [found]);
    }
    for (const child of list(module, 'child_modules')) walk(child, depth + 1);
  };
  walk(at(plan, 'planned_values', 'root_module'), 0);
  walk(at(plan, 'prior_state', 'values', 'root_module'), 0);
  return { planned, byBase, root: at(plan, 'configuration', 'root_module') };
}

const bare = (address: string): string => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');

export interface Step { readonly name: string; readonly text: string }
export function splitAddress(address: string): { readonly modules: readonly Step[]; readonly resource: string; readonly key: string } {
  const modules: Step[] = [];
  let rest = address;
  for (let m = /^module\.([^.[]+)(\[[^\]]*\])?\./.exec(rest); m; m = /^module\.([^.[]+)(\[[^\]]*\])?\./.exec(rest)) { modules.push({ name: m[1] ?? '', text: m[0] }); rest = rest.slice(m[0].length); }
  return { modules, resource: bare(rest), key: /\[[^\]]*\]$/.exec(rest)?.[0] ?? '' };
}

export const moduleAt = (root: unknown, names: readonly string[]): unknown => names.reduce<unknown>((module, name) => at(module, 'module_calls', name, 'module'), root);

/** What `each` means where an expression stands: the expression that is gone over, and the own key. */
interface Origin { readonly index: Index; readonly forEach: unknown; readonly own: string; readonly onLost?: (() => void) | undefined }
const harmless: ReadonlySet<string> = new Set(['each', 'count', 'path', 'self', 'terraform']);

/** @param isAsked the key is written in the reference to an output, so no other instance is meant. */
function follow(from: Origin, modules: readonly Step[], expression: unknown, key: string, depth: number, isAsked = false): readonly Planned[] {
  const { index, onLost } = from;
  if (depth > maxDepth) return [];
  // Terraform lists after each reference what it begins with: `x.w[0].id`, `x.w[0]`, `x.w`. A second `x.w` is a reference of its own, to all of them.
  const references = list(expression, 'references').filter((r) => typeof r === 'string').filter((r, i, all) => !(all[i - 1]?.startsWith(`${r}.`) === true || all[i - 1]?.startsWith(`${r}[`) === true));
  // What is written out and isn't empty leads to no resource, and may name others.
  if (depth > 0 && references.length === 0 && !isEmpty(expression)) onLost?.();
  const found = references.flatMap((reference): readonly Planned[] => {
    const [head = '', second = '', third = ''] = reference.split('.');
    if (head === 'var') {
      const call = modules.at(-1), outer = modules.slice(0, -1), around = moduleAt(index.root, outer.map((m) => m.name));
      const written = call && at(around, 'module_calls', call.name), given = at(written, 'expressions', bare(second)), own = { constant_value: at(moduleAt(index.root, modules.map((m) => m.name)), 'variables', bare(second), 'default') };
      return follow({ index, forEach: at(written, 'for_each_expression'), own: /\[.*\]/.exec(call?.text ?? '')?.[0] ?? '', onLost }, outer, call && given !== undefined ? given : own, key, depth + 1);
    }
    if (head === 'module') {
      const name = bare(second), inner = [...modules, { name, text: `module.${second}.` }];
      if (third === '') { onLost?.(); return []; }
      return follow({ index, forEach: undefined, own: '', onLost }, inner, at(moduleAt(index.root, inner.map((m) => m.name)), 'outputs', bare(third), 'expression'), /\[[^\]]*\]$/.exec(third)?.[0] ?? key, depth + 1, third.endsWith(']'));
    }
    if (harmless.has(head) && !(head === 'each' && second === 'value')) return [];
    const meant = head === 'each' ? ownOf(from, modules, third, depth) : head === 'local' || second === '' ? [] : target(index, modules, reference, key, isAsked).flatMap((part) => wholeOf(index, part, /^(?:data\.)?[^.]+\.[^.[]+(?:\[[^\]]*\])?\.(\w+)/.exec(reference)?.[1], depth));
    if (meant.length === 0) onLost?.();
    return meant;
  });
  return [...new Map(found.map((p) => [p.address, p])).values()];
}

/** An expression of nothing, or of an empty list. */
const isEmpty = (expression: unknown): boolean => { const value = at(expression, 'constant_value'); return expression === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0) || (isObject(expression) && 'constant_value' in expression && value === undefined); };

/** What `each.value` means where `for_each` goes over the instances of one resource: the one with the same key. Of an attribute that names something else nothing is told. */
function ownOf({ index, forEach, own }: Origin, modules: readonly Step[], attribute: string, depth: number): readonly Planned[] {
  if (own === '' || (/_(ids?|arns?)$/.test(attribute) && !['key_id', 'allocation_id', 'principal_id', 'primary_network_interface_id'].includes(attribute))) return [];
  const found = follow({ index, forEach: undefined, own: '' }, modules, forEach, own, depth + 1);
  return found.length === 1 && found[0]?.address.endsWith(own) === true ? found : [];
}

/** What a part's attribute names, where it names what it is a part of; else the part. */
function wholeOf(index: Index, part: Planned, attribute: string | undefined, depth: number): readonly Planned[] {
  const config = attribute === undefined ? undefined : configIn(index.root, part.address), { modules, key } = splitAddress(part.address);
  const expression = attribute === undefined ? undefined : at(config, 'expressions', argumentOf(part.type, attribute));
  const found = expression === undefined ? [] : follow({ index, forEach: at(config, 'for_each_expression'), own: key }, modules, expression, key, depth + 1).filter((whole) => isPartOf(part.type, whole.type));
  return found.length > 0 ? found : [part];
}

/** The instance that a reference means: as written, else the one with the referrer's own key, else the only one. */
function target(index: Index, modules: readonly Step[], reference: string, key: string, isAsked: boolean): readonly Planned[] {
  const named = /^((?:data\.)?[^.]+\.[^.[]+)(\[[^\]]*\])?/.exec(reference);
  if (!named) return [];
  const prefix = modules.map((m) => m.text).join(''), base = `${prefix}${named[1] ?? ''}`;
  const exact = index.planned.get(`${base}${named[2] ?? ''}`) ?? index.planned.get(`${base}${key}`);
  if (exact) return [exact];
  const all = index.byBase.get(bare(base)) ?? [];
  return all.length === 1 || (named[2] === undefined && !isAsked) ? all : [];
}
