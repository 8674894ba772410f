import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';

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
 */
export function resolver(plan: unknown, address: string): Resolve {
  if (!isObject(plan) || !isObject(plan['configuration'])) return () => [];
  const index = indexOf(plan);
  const { modules, key } = splitAddress(address), expressions = at(configOf(plan, address), 'expressions');
  return (attribute) => {
    const expression = attribute.split('.').reduce<unknown>((found, step) => (!Array.isArray(found) ? at(found, step) : /^\d+$/.test(step) ? found[Number(step)] : at(found[0], step)), expressions);
    return follow(index, modules, expression, key, 0);
  };
}

/** What the configuration of a plan says of a resource. */
function configOf(plan: unknown, address: string): unknown {
  const { modules, resource } = splitAddress(address);
  return list(moduleAt(at(plan, 'configuration', 'root_module'), modules.map((m) => m.name)), 'resources').find((r) => str(r, 'address') === resource);
}

/** Does a plan's configuration give a resource's attribute a value, be it known or not? */
export const sets = (plan: unknown, address: string, attribute: string): boolean => at(configOf(plan, address), 'expressions', attribute) !== undefined;

/**
 * What the block of a resource's own provider sets, such as its `region` ("JSON Output Format", `provider_config_key`): a constant or a variable. A resource whose
 * provider can't be told has what all of them set alike.
 * @param name the provider's, such as `google` and `google-beta`
 */
export function providerSetting(plan: unknown, name: RegExp, key: string, address: string): string | undefined {
  const all = providersOf(plan, name), own = all.find(([id]) => id === str(configOf(plan, address), 'provider_config_key'));
  if (own) return settingIn(plan, own[1], key);
  const found = new Set(all.map(([, block]) => settingIn(plan, block, key)));
  return found.size === 1 && all.some(([, block]) => str(block, 'alias') === undefined) ? [...found][0] : undefined;
}

/** Do the blocks of a provider set several things, or some of them nothing? */
export const differs = (plan: unknown, name: RegExp, key: string): boolean => new Set(providersOf(plan, name).map(([, block]) => settingIn(plan, block, key))).size > 1;

const providersOf = (plan: unknown, name: RegExp): readonly (readonly [id: string, block: unknown])[] => Object.entries(at(plan, 'configuration', 'provider_config') ?? {}).filter(([, block]) => name.test(str(block, 'name') ?? ''));

const settingIn = (plan: unknown, block: unknown, key: string): string | undefined => valueOf(plan, splitAddress(`${str(block, 'module_address') ?? ''}.`).modules, at(block, 'expressions', key), 0);

/** A constant, or a variable of the module around it. */
function valueOf(plan: unknown, modules: readonly Step[], expression: unknown, depth: number): string | undefined {
  const constant = str(expression, 'constant_value'), variable = list(expression, 'references').find((r): r is string => typeof r === 'string' && r.startsWith('var.'))?.split('.')[1];
  if (constant !== undefined || variable === undefined || depth > maxDepth) return constant;
  const call = modules.at(-1), around = modules.slice(0, -1);
  return call === undefined ? str(plan, 'variables', variable, 'value') : valueOf(plan, around, at(moduleAt(at(plan, 'configuration', 'root_module'), around.map((m) => m.name)), 'module_calls', call.name, 'expressions', variable), depth + 1);
}

/** Every resource that a plan knows: planned ones, else those of its prior state, data sources too. */
export const plannedIn = (plan: unknown): readonly Planned[] => (isObject(plan) ? [...indexOf(plan).planned.values()] : []);

/** Does the plan hold a resource of this type that is about a certain other one? */
export function plansFor(plan: unknown, type: string, attribute: string, address: string): boolean {
  if (!isObject(plan) || !isObject(plan['configuration'])) return false;
  return [...indexOf(plan).planned.values()].some((p) => p.type === type && resolver(plan, p.address)(attribute).some((found) => found.address === address));
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

interface Step { readonly name: string; readonly text: string }
function splitAddress(address: string): { readonly modules: readonly Step[]; readonly resource: string; readonly key: string } {
  const modules: Step[] = [];
  let rest = address;
  for (let m = /^module\.([^.[]+)(\[[^\]]*\])?\./.exec(rest); m; m = /^module\.([^.[]+)(\[[^\]]*\])?\./.exec(rest)) { modules.push({ name: m[1] ?? '', text: m[0] }); rest = rest.slice(m[0].length); }
  return { modules, resource: bare(rest), key: /\[[^\]]*\]$/.exec(rest)?.[0] ?? '' };
}

const moduleAt = (root: unknown, names: readonly string[]): unknown => names.reduce<unknown>((module, name) => at(module, 'module_calls', name, 'module'), root);

/** @param isAsked the key is written in the reference to an output, so no other instance is meant. */
function follow(index: Index, modules: readonly Step[], expression: unknown, key: string, depth: number, isAsked = false): readonly Planned[] {
  if (depth > maxDepth) return [];
  const all = list(expression, 'references').filter((r) => typeof r === 'string');
  // Terraform lists what a reference begins with too: `x.w[0].id`, `x.w[0]`, `x.w`.
  const references = all.filter((r) => !all.some((other) => other.startsWith(`${r}.`) || other.startsWith(`${r}[`)));
  const found = references.flatMap((reference): readonly Planned[] => {
    const [head = '', second = '', third = ''] = reference.split('.');
    if (head === 'var') {
      const call = modules.at(-1);
      return call ? follow(index, modules.slice(0, -1), at(moduleAt(index.root, modules.slice(0, -1).map((m) => m.name)), 'module_calls', call.name, 'expressions', second), key, depth + 1) : [];
    }
    if (head === 'module') {
      const name = bare(second), inner = [...modules, { name, text: `module.${second}.` }];
      return third === '' ? [] : follow(index, inner, at(moduleAt(index.root, inner.map((m) => m.name)), 'outputs', bare(third), 'expression'), /\[[^\]]*\]$/.exec(third)?.[0] ?? key, depth + 1, third.endsWith(']'));
    }
    return ['each', 'count', 'local', 'path', 'self', 'terraform'].includes(head) || second === '' ? [] : target(index, modules, reference, key, isAsked);
  });
  return [...new Map(found.map((p) => [p.address, p])).values()];
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
