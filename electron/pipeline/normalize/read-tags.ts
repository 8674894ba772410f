import { isObject, str } from '#shared/lib/json.ts';

/**
 * Resource tags as tools write them: an object, a list of `{Key, Value}` or `{key, value}`, a list of `key=value` or `key:value`
 * strings, such pairs joined by ` | `, or any of these as JSON text.
 * @returns undefined when there are none.
 */
export function readTags(value: unknown): Record<string, string> | undefined {
  const pairs = pairsOf(value, 0);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

type Pair = readonly [string, string];

function pairsOf(value: unknown, depth: number): readonly Pair[] {
  if (typeof value === 'string') return textPairs(value, depth);
  if (Array.isArray(value)) return value.slice(0, 500).flatMap((item: unknown) => isObject(item) ? objectPair(item) : pairsOf(item, depth + 1));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]): readonly Pair[] => {
    const text = typeof item === 'string' ? item : str(item);
    return key === '' || text === undefined || key === '__proto__' ? [] : [[key, text]];
  });
}

function objectPair(item: Readonly<Record<string, unknown>>): readonly Pair[] {
  const key = str(item, 'Key') ?? str(item, 'key') ?? str(item, 'name');
  if (key === undefined) return pairsOf(item, 1);
  const value = item['Value'] ?? item['value'];
  return key === '__proto__' ? [] : [[key, typeof value === 'string' ? value : str(value) ?? '']];
}

function textPairs(text: string, depth: number): readonly Pair[] {
  const trimmed = text.trim();
  if (/^[{[]/.test(trimmed) && depth < 3) {
    try {
      return pairsOf(JSON.parse(trimmed), depth + 1);
    } catch {
      return [];
    }
  }
  return trimmed.split(' | ').flatMap((part): readonly Pair[] => {
    const m = /^(aws:[\w-]+:[\w-]+|[^=:]+)[=:](.*)$/s.exec(part.trim());
    return m?.[1] === undefined || m[2] === undefined || m[1].trim() === '__proto__' ? [] : [[m[1].trim(), m[2].trim()]];
  });
}
