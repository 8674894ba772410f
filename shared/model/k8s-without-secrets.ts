import { isObject, type JsonObject } from '#shared/lib/json.ts';

/** Deeper than any object of the API; deeper values are dropped, as nothing reads them and they could hide a secret. */
const maxDepth = 60;
const valueKeys: ReadonlySet<string> = new Set(['data', 'stringData', 'binaryData']);
/** kubectl's copy of the whole object as applied, and bookkeeping of the server. */
const dropped: ReadonlySet<string> = new Set(['kubectl.kubernetes.io/last-applied-configuration', 'managedFields']);

/**
 * A Kubernetes object (or list of them) without values that may be secret: `data`, `stringData` and `binaryData` of Secrets and ConfigMaps keep
 * their keys, environment variables their names. A value that was there is `null` afterwards.
 */
export function withoutSecrets(record: unknown): unknown {
  return clean(record, 0);
}

function clean(value: unknown, depth: number): unknown {
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  if (!isObject(value)) return value;
  const isStore = holdsValues(value);
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (dropped.has(key)) return [];
    if (isStore && valueKeys.has(key)) return [[key, keysOnly(inner)]];
    if (key === 'env' && Array.isArray(inner)) return [[key, inner.map(variable)]];
    return [[key, clean(inner, depth + 1)]];
  }));
}

/** Secrets and ConfigMaps; in the API's own lists their items don't name their kind, so any object with such a map at its top and nothing to run counts. */
const holdsValues = (object: JsonObject): boolean => {
  const kind = object['kind'];
  if (kind === undefined) return 'metadata' in object && !('spec' in object);
  return kind === 'Secret' || kind === 'ConfigMap' || kind === 'SealedSecret';
};

const keysOnly = (value: unknown): unknown => (isObject(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, null])) : null);

/** A literal value of an environment variable goes; where it comes from stays. */
function variable(entry: unknown): unknown {
  if (!isObject(entry)) return null;
  return { name: entry['name'], ...('valueFrom' in entry && { valueFrom: clean(entry['valueFrom'], 0) }), ...('value' in entry && { value: null }) };
}
