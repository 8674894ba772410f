/** Deepest nesting that is followed; CloudTrail's own is four. */
const DEEPEST = 12;

interface Read { readonly value: unknown; readonly end: number }

/**
 * A value in the notation in which Athena and CloudTrail Lake print structures: `{type=IAMUser, arn=…, sessioncontext={attributes=null}}`, `[{…}, {…}]`.
 * Text has no quotes there: it ends before `, name=`, or where what holds it ends. `null` and empty text are left out.
 * @returns undefined when the text is no such structure.
 */
export function readMapNotation(text: string): unknown {
  const read = /^(\{\s*[\w-]+=|\[\s*\{)/.test(text) ? readValue(text, 0, 0) : undefined;
  return read === undefined || text.slice(read.end).trim() !== '' ? undefined : read.value;
}

function readValue(text: string, from: number, depth: number): Read | undefined {
  if (depth > DEEPEST) return undefined;
  if (text[from] === '{') return readMap(text, from, depth);
  return text[from] === '[' ? readList(text, from, depth) : readText(text, from);
}

function readMap(text: string, from: number, depth: number): Read | undefined {
  const found: Record<string, unknown> = {};
  let at = from + 1;
  while (text[at] !== '}') {
    const name = /^,?\s*([\w-]{1,100})=/.exec(text.slice(at, at + 120));
    if (name?.[1] === undefined) return undefined;
    const inner = readValue(text, at + name[0].length, depth + 1);
    if (inner === undefined) return undefined;
    if (inner.value !== undefined && name[1] !== '__proto__') found[name[1]] = inner.value;
    at = inner.end;
  }
  return { value: found, end: at + 1 };
}

function readList(text: string, from: number, depth: number): Read | undefined {
  const found: unknown[] = [];
  let at = from + 1;
  while (text[at] !== ']') {
    while (text[at] === ',' || text[at] === ' ') at += 1;
    const inner = readValue(text, at, depth + 1);
    if (inner === undefined || inner.end === at) return undefined;
    if (inner.value !== undefined) found.push(inner.value);
    at = inner.end;
  }
  return { value: found, end: at + 1 };
}

function readText(text: string, from: number): Read | undefined {
  const end = /[}\]]|, ?[\w-]+=/g;
  end.lastIndex = from;
  const stop = end.exec(text);
  if (stop === null) return undefined;
  const value = text.slice(from, stop.index).trim();
  return { value: value === '' || value === 'null' ? undefined : value, end: stop.index };
}
