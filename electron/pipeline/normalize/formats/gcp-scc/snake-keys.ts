import { isObject, str } from '#shared/lib/json.ts';

const DEPTH = 6;
const own = new Set(['resource_name', 'event_time', 'create_time', 'external_uri', 'finding_class', 'source_properties', 'display_name', 'project_display_name']);

/**
 * A finding or resource in the API's camelCase: the export to BigQuery and the Python client write snake_case, and the properties of the source, whose
 * keys are their own, as JSON text. What is in the API's case already comes back as it is.
 */
export function apiKeys(value: unknown): unknown {
  return isObject(value) && Object.keys(value).some((key) => own.has(key)) ? rename(value, 0) : value;
}

function rename(value: unknown, depth: number): unknown {
  if (depth > DEPTH) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => rename(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => (key === 'source_properties' ? ['sourceProperties', propertiesOf(item)] : [key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()), rename(item, depth + 1)])));
}

function propertiesOf(value: unknown): unknown {
  const text = str(value);
  if (text?.trimStart().startsWith('{') !== true) return value;
  // Not JSON after all: then it says nothing.
  try { return JSON.parse(text); } catch { return undefined; }
}
