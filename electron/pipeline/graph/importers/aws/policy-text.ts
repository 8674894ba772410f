/**
 * A policy document from any way AWS hands one out: an object, JSON text, URL-encoded JSON text (IAM, RFC 3986), JSON in JSON text (AWS Config).
 * @returns the parsed object; the text itself when it is no JSON, so that whoever depends on it answers unknown; null for none.
 */
export function parsePolicyText(value: unknown): unknown {
  let current = value;
  for (let depth = 0; depth < 4 && typeof current === 'string'; depth++) {
    const text = current.trim();
    if (text === '' || text === 'null') return null;
    const parsed = parseJson(text) ?? parseJson(decodeUrl(text));
    if (parsed === undefined) return current;
    current = parsed;
  }
  return current;
}

/** Parses text that may be JSON, maybe in JSON again, as AWS Config's API returns `configuration`; other values come back as they are. */
export function parseStringified(value: unknown): unknown {
  let current = value;
  for (let depth = 0; depth < 4 && typeof current === 'string'; depth++) {
    if (!/^\s*(["[{]|null\s*$)/.test(current)) return current;
    const parsed = parseJson(current);
    if (parsed === undefined) return current;
    current = parsed;
  }
  return current;
}

function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    // Not JSON is an expected answer here: the caller tries the next encoding.
    return undefined;
  }
}

function decodeUrl(text: string): string {
  if (!/%[0-9a-f]{2}/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
