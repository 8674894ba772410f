import { isObject } from '#shared/lib/json.ts';

/** Deeper than any record of a cloud; what lies deeper is dropped, as nothing reads it and it could hide a secret. */
const maxDepth = 40;
/** What stands in for the value of a key; undefined: it stays, and is looked into. */
export type Instead = (key: string, value: unknown) => { readonly instead: unknown } | undefined;

/** A record with values that people put in, and nothing is derived from, taken out by their keys. */
export function emptied(value: unknown, replace: Instead, depth = 0): unknown {
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => emptied(item, replace, depth + 1));
  // A date and bytes are values, however the clients of an SDK write them.
  if (!isObject(value) || value instanceof Date || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]): [string, unknown] => { const found = replace(key, inner); return [key, found ? found.instead : emptied(inner, replace, depth + 1)]; }));
}

/** Environment variables, as a list or by name, without their values. */
export const namesOnly = (variables: unknown): unknown =>
  (Array.isArray(variables) ? variables.map((v) => (isObject(v) ? { name: v['name'] } : null)) : isObject(variables) ? Object.fromEntries(Object.keys(variables).map((name) => [name, null])) : null);
