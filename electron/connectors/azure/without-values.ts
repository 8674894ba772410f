import { isObject } from '#shared/lib/json.ts';

/** Settings of resources that hold what people put in: programs, their settings and start-up data. Nothing is derived from them and some hold passwords. */
const dropped: ReadonlySet<string> = new Set(['customdata', 'userdata', 'protectedsettings', 'adminpassword', 'administratorloginpassword', 'appsettings', 'connectionstrings', 'commandtoexecute', 'script', 'definition', 'parameters']);
const variables: ReadonlySet<string> = new Set(['environmentvariables', 'env']);
const maxDepth = 40;

/** A row without such values: their keys stay with `null`, names of environment variables stay. Parameters of policies and workflows go as well. */
export function withoutValues(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]): [string, unknown] => {
    const lower = key.toLowerCase();
    if (dropped.has(lower)) return [key, null];
    if (variables.has(lower) && Array.isArray(inner)) return [key, inner.map((item) => (isObject(item) ? { name: item['name'] } : null))];
    return [key, withoutValues(inner, depth + 1)];
  }));
}
