import { isObject, type JsonObject } from '#shared/lib/json.ts';

/** Spellings that differ between the REST API, Resource Graph and versions of the command line. */
const spelled = new Map(['publicIPAddress', 'privateIPAddress', 'ipAddress', 'ipConfigurations', 'frontendIPConfigurations', 'backendIPConfigurations', 'gatewayIPConfigurations', 'backendIPConfiguration', 'frontendIPConfiguration', 'publicIPAllocationMethod', 'publicIPAddressVersion',
  'authorizedIPRanges', 'networkAcls', 'principalId', 'tenantId', 'startIpAddress', 'endIpAddress'].map((key) => [key.toLowerCase(), key]));
spelled.set('networkruleset', 'networkAcls');
const maps = new Set(['tags', 'userassignedidentities']);
const maxDepth = 30;

/** Folds `properties` into what has them, at every level, and spells keys one way. A key that stands outside already keeps its value. */
export function foldProperties(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) return value.map((item) => foldProperties(item, depth + 1));
  if (!isObject(value)) return value;
  const inner = isObject(value['properties']) ? value['properties'] : {};
  const both: JsonObject = isObject(value['properties']) ? { ...inner, ...Object.fromEntries(Object.entries(value).filter(([k]) => k !== 'properties')) } : value;
  return Object.fromEntries(Object.entries(both).map(([key, item]) => [spelled.get(key.toLowerCase()) ?? key, maps.has(key.toLowerCase()) ? item : foldProperties(item, depth + 1)]));
}

/** `foldProperties` of an object; an empty object for anything else. */
export function foldedObject(value: unknown): JsonObject {
  const folded = foldProperties(value);
  return isObject(folded) ? folded : {};
}
