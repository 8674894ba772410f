import { isObject, str } from '#shared/lib/json.ts';

/**
 * Resource tags as tools write them: an object, a list of `{Key, Value}` or `{key, value}`, a list of `key=value` or `key:value`
 * strings, such pairs joined by ` | `, or any of these as JSON text.
 * @returns undefined when there are none.
 */
export function readTags(value: unknown): Record<string, string> | undefined {
  const tags = new Map<string, string>();
  gather(value, 0, tags);
  return tags.size === 0 ? undefined : Object.fromEntries(tags);
}

const MOST_TAGS = 500;

function gather(value: unknown, depth: number, tags: Map<string, string>): void {
  if (typeof value === 'string') { gatherText(value, depth, tags); return; }
  if (Array.isArray(value)) {
    for (const item of value.slice(0, MOST_TAGS)) if (isObject(item)) gatherPair(item, tags); else gather(item, depth + 1, tags);
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const item = value[key];
    const text = typeof item === 'string' ? item : str(item);
    if (key !== '' && text !== undefined && key !== '__proto__') tags.set(key, text);
  }
}

function gatherPair(item: Readonly<Record<string, unknown>>, tags: Map<string, string>): void {
  const key = str(item, 'Key') ?? str(item, 'key') ?? str(item, 'name');
  if (key === undefined) { gather(item, 1, tags); return; }
  const value = item['Value'] ?? item['value'];
  if (key !== '__proto__') tags.set(key, typeof value === 'string' ? value : str(value) ?? '');
}

function gatherText(text: string, depth: number, tags: Map<string, string>): void {
  const trimmed = text.trim();
  if ((trimmed.startsWith('{') || trimmed.startsWith('[')) && depth < 3) {
    // Not JSON after all: then it names no tags.
    try { gather(JSON.parse(trimmed), depth + 1, tags); } catch { /* as if there were none */ }
    return;
  }
  if (!trimmed.includes(' | ')) { gatherPart(trimmed, tags); return; }
  for (const part of trimmed.split(' | ')) gatherPart(part.trim(), tags);
}

function gatherPart(part: string, tags: Map<string, string>): void {
  const m = /^(aws:[\w-]+:[\w-]+|[^=:]+)[=:](.*)$/s.exec(part);
  const key = m?.[1]?.trim();
  if (key !== undefined && key !== '__proto__') tags.set(key, m?.[2]?.trim() ?? '');
}
