import { at, list, str } from '#shared/lib/json.ts';
import { configOf, moduleAt, splitAddress, type Step } from './plan-references.ts';

const maxDepth = 12;

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
