/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of keys and indexes; undefined when a step is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current)) current = typeof step === 'number' ? current[step] : undefined;
    else if (isObject(current)) current = Object.hasOwn(current, String(step)) ? current[String(step)] : undefined;
    else return undefined;
  }
  return current;
}

/** The string at a path; numbers and booleans are written out; blank strings count as missing. */
export function str(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found === 'number' || typeof found === 'boolean') return String(found);
  return typeof found === 'string' && found.trim() !== '' ? found : undefined;
}

/** The list at a path; a missing value is an empty list, a single value a list of one. */
export function list(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  if (Array.isArray(found)) return found;
  return found === undefined || found === null ? [] : [found];
}

/** Resolves a JSON pointer (RFC 6901); `ok: false` when a step is missing or the pointer is malformed (`~` stands only in `~0` and `~1`). */
export function resolvePointer(document: unknown, pointer: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  if (pointer === '') return { ok: true, value: document };
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return { ok: false };
  let current = document;
  for (const raw of pointer.slice(1).split('/')) {
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) {
      if (!/^(0|[1-9]\d*)$/.test(step) || Number(step) >= current.length) return { ok: false };
      current = current[Number(step)];
    } else if (isObject(current) && Object.hasOwn(current, step)) current = current[step];
    else return { ok: false };
  }
  return { ok: true, value: current };
}

/** Escapes one step of a JSON pointer. */
export const pointerStep = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');
