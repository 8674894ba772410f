import { isObject } from '#shared/lib/json.ts';

const DEPTH = 30;

/**
 * The value with every key's first letter in lower case, so that the API's PascalCase and the event bus's camelCase read alike. Keys
 * that are names of things (`AWS::IAM::Role`) stay. Deeper than 30 levels nothing is changed.
 */
export function camelKeys(value: unknown): unknown {
  return isCamel(value, 0) ? value : rename(value, 0);
}

/** Nothing to rename: most files are in one style, and a copy costs more than reading the rest of the record. */
function isCamel(value: unknown, depth: number): boolean {
  if (depth > DEPTH || typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (!isCamel(item, depth + 1)) return false;
    return true;
  }
  if (!isObject(value)) return false;
  for (const key of Object.keys(value)) {
    if (camel(key) !== key) return false;
    const item = value[key];
    if (typeof item === 'object' && item !== null && !isCamel(item, depth + 1)) return false;
  }
  return true;
}

function rename(value: unknown, depth: number): unknown {
  if (depth > DEPTH) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => rename(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [camel(key), rename(item, depth + 1)]));
}

function camel(key: string): string {
  const first = key.charCodeAt(0);
  // A small ASCII letter stays whatever follows.
  if (first >= 97 && first <= 122) return key;
  return key.includes(':') ? key : key.charAt(0).toLowerCase() + key.slice(1);
}
