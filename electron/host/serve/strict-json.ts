import { err, ok, type Result } from '#shared/lib/result.ts';

const DEEPEST = 64;

/**
 * Reads JSON of unknown origin. Refused besides malformed text: a key twice in one object (readers disagree on which counts), a key
 * `__proto__` anywhere, and nesting beyond 64. Errors never repeat the text.
 */
export function parseStrictJson(text: string): Result<unknown> {
  let value: unknown;
  try { value = JSON.parse(text); } catch { return err('the body is not JSON'); }
  const problem = findProblem(text);
  return problem === undefined ? ok(value) : err(problem);
}

/** Walks over the tokens of valid JSON. */
function findProblem(text: string): string | undefined {
  // For each open bracket: the keys seen, or undefined in a list.
  const open: (Set<string> | undefined)[] = [];
  let isKeyNext = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const end = endOfString(text, i);
      const keys = open.at(-1);
      if (isKeyNext && keys) {
        const key = String(JSON.parse(text.slice(i, end + 1)));
        if (key === '__proto__') return 'a key is called __proto__';
        if (keys.has(key)) return 'a key stands twice in one object';
        keys.add(key);
        isKeyNext = false;
      }
      i = end;
    } else if (c === '{' || c === '[') {
      open.push(c === '{' ? new Set() : undefined);
      if (open.length > DEEPEST) return `it is nested deeper than ${DEEPEST}`;
      isKeyNext = c === '{';
    } else if (c === '}' || c === ']') { open.pop(); isKeyNext = false; } else if (c === ',') isKeyNext = open.at(-1) !== undefined;
  }
  return undefined;
}

/** The index of the quote that closes the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '"') return i;
  }
  return text.length;
}
