import { isObject } from '#shared/lib/json.ts';

/** Keys of instance metadata that something is derived from; the others hold what people put in: start-up scripts, keys, passwords. */
const kept: ReadonlySet<string> = new Set(['created-by', 'enable-oslogin', 'enable-oslogin-2fa', 'block-project-ssh-keys', 'serial-port-enable', 'disable-legacy-endpoints', 'instance-template']);
const variables: ReadonlySet<string> = new Set(['env', 'environmentVariables', 'buildEnvironmentVariables']);
const maxDepth = 40;

/** An asset without values of instance metadata and of environment variables; their names stay. */
export function withoutValues(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]): [string, unknown] => {
    if (variables.has(key)) return [key, Array.isArray(inner) ? inner.map((v) => (isObject(v) ? { name: v['name'] } : null)) : isObject(inner) ? Object.fromEntries(Object.keys(inner).map((name) => [name, null])) : null];
    if ((key === 'metadata' || key === 'commonInstanceMetadata') && isObject(inner) && Array.isArray(inner['items'])) return [key, { ...inner, items: inner['items'].map(item) }];
    return [key, withoutValues(inner, depth + 1)];
  }));
}

const item = (entry: unknown): unknown => (isObject(entry) ? { key: entry['key'], value: kept.has(String(entry['key'])) ? entry['value'] : null } : null);
