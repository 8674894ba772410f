import { isIP } from 'node:net';
import { at, isObject, str, type JsonObject } from '#shared/lib/json.ts';

/** A record with its keys in lower case, so that diagnostic settings (`callerIpAddress`), tables of Log Analytics (`CallerIpAddress`) and Microsoft Graph (`ipAddress`) are read alike. */
export function lowKeys(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.replace(/ ?\[UTC\]$/, '').toLowerCase(), value]));
}

/** An object that may stand as JSON text in a column. */
export function inner(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{[]/.test(value)) return value;
  // Text that only looks like JSON is no object.
  try { return JSON.parse(value); } catch { return undefined; }
}

/** The text of a value that the REST API writes as `{value, localizedValue}`. */
export const named = (value: unknown): string | undefined => (isObject(value) ? str(value, 'value') : str(value));

/** An address as Azure writes it: with a port behind it, sometimes; `0.0.0.0` and words stand for none. */
export function addressOf(...values: readonly (string | undefined)[]): string | undefined {
  for (const value of values) {
    const text = /^\[?([0-9a-f:.]+?)\]?(?<!:)(?::\d{1,5})?$/i.exec(value ?? '')?.[1] ?? '';
    const whole = isIP(value ?? '') === 0 ? text : value ?? '';
    if (isIP(whole) !== 0 && whole !== '0.0.0.0' && whole !== '::') return whole;
  }
  return undefined;
}

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
/** A GUID in lower case, where it is one. */
export const guidIn = (value: string | undefined): string | undefined => (value !== undefined && guid.test(value) && !/^0{8}-(0{4}-){3}0{12}$/.test(value) ? value.toLowerCase() : undefined);

/** The tenant in `/tenants/<id>/providers/Microsoft.aadiam`. */
export const tenantIn = (id: string | undefined): string | undefined => guidIn(/^\/tenants\/([^/]+)/i.exec(id ?? '')?.[1]);

/** What lies in `properties`, as an object. */
export function propertiesOf(row: JsonObject): JsonObject {
  const found = inner(at(row, 'properties'));
  return isObject(found) ? lowKeys(found) : {};
}
