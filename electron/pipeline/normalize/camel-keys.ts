import { isObject } from '#shared/lib/json.ts';

const DEPTH = 30;

/**
 * The value with every key's first letter in lower case, so that the API's PascalCase and the event bus's camelCase read alike. Keys
 * that are names of things (`AWS::IAM::Role`) stay. Deeper than 30 levels nothing is changed.
 */
export function camelKeys(value: unknown, depth = 0): unknown {
  if (depth > DEPTH) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => camelKeys(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [camel(key), camelKeys(item, depth + 1)]));
}

const camel = (key: string): string => key.includes(':') ? key : key.charAt(0).toLowerCase() + key.slice(1);
