import { isObject } from '#shared/lib/json.ts';
import { emptied, namesOnly } from '../units/emptied.ts';

/** Keys of instance metadata that something is derived from; the others hold what people put in: start-up scripts, keys, passwords. */
const kept: ReadonlySet<string> = new Set(['created-by', 'enable-oslogin', 'enable-oslogin-2fa', 'block-project-ssh-keys', 'serial-port-enable', 'disable-legacy-endpoints', 'instance-template']);
const variables: ReadonlySet<string> = new Set(['env', 'environmentVariables', 'buildEnvironmentVariables']);

/** An asset without values of instance metadata and of environment variables; their names stay. */
export const withoutValues = (asset: unknown): unknown => emptied(asset, (key, value) => {
  if (variables.has(key)) return { instead: namesOnly(value) };
  if ((key !== 'metadata' && key !== 'commonInstanceMetadata') || !isObject(value) || !Array.isArray(value['items'])) return undefined;
  return { instead: { ...value, items: value['items'].map(item) } };
});

const item = (entry: unknown): unknown => (isObject(entry) ? { key: entry['key'], value: kept.has(String(entry['key'])) ? entry['value'] : null } : null);
