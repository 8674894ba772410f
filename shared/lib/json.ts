/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of keys and indexes; undefined when a step is missing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const step of path) current = member(current, step);
  return current;
}

/** Every format asks for dozens of fields a record, so the answer comes first and only what may be inherited is looked at twice. */
function member(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
  if (!isObject(value)) return undefined;
  const found = value[step];
  const mayBeInherited = typeof found === 'function' || step === '__proto__';
  return mayBeInherited && !Object.hasOwn(value, step) ? undefined : found;
}

/** The string at a path; numbers and booleans are written out; blank strings count as missing. */
export function str(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  let found = value;
  for (const step of path) found = member(found, step);
  if (typeof found === 'string') return (found.charCodeAt(0) > 32 && found.charCodeAt(0) < 128) || found.trim() !== '' ? found : undefined;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
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

/** A scalar as text, as `String` gives it; '' for an object or a list, whose own `toString` may be anything. */
export const scalarText = (value: unknown): string => (typeof value === 'object' && value !== null ? '' : String(value));
