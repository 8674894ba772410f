import { isObject } from '#shared/lib/json.ts';

/** The head of a script that assigns a JSON value, as ScoutSuite writes its report. */
const ASSIGNMENT = /^\s*(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]{0,100}\s*=\s*(?=[[{])/;
/** A time (ISO 8601), and perhaps a word or two, before a document on the same line. */
export const LOG_PREFIX = /^\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)?[ \t]+(?:[^\s{}[\]",;]{1,256}[ \t]+){0,2}(?=\{)/;

/** How many lines are looked at behind one that is no JSON. */
const LINES = 20;

/** Text from the first bracket of a JSON file on, or from the first whole record of lines of JSON whose first line is broken; undefined when the text is no JSON. */
export function jsonStart(text: string): string | undefined {
  const body = text.replace(ASSIGNMENT, '').trimStart().replace(LOG_PREFIX, '');
  return body.startsWith('{') || body.startsWith('[') ? body : behindBroken(body);
}

/** Lines of JSON that begin with the rest of a record, as a log does that was cut. A table's row is no object, though its cells may be. */
function behindBroken(body: string): string | undefined {
  let start: number | undefined, whole = 0, looked = 0;
  for (let at = body.indexOf('\n') + 1; at > 0 && at < body.length && looked < LINES;) {
    const end = body.indexOf('\n', at), line = body.slice(at, end < 0 ? body.length : end).trim();
    if (line !== '') {
      looked += 1;
      if (line.startsWith('{') && isObject(parseText(line))) { whole += 1; start ??= at; }
    }
    at = end < 0 ? body.length : end + 1;
  }
  return whole * 2 > looked ? body.slice(start) : undefined;
}

/**
 * The first JSON value of a text that may be cut anywhere: what stands there completely, with the open arrays and objects closed.
 * @returns undefined when not even that can be parsed.
 */
export function readFirstValue(text: string): unknown {
  const stack: string[] = [];
  // Opening and closing always moves this mark, so the stack at the end is the one that belongs to it.
  let safe = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const end = endOfString(text, i);
      if (end < 0) break;
      i = end;
      // A string is safe to cut after only as a value: behind a key comes a colon, and at the very end of the text it may be either.
      if (/^\s*[,\]}]/.test(text.slice(i + 1, i + 20))) safe = i + 1;
    } else if (c === '{' || c === '[') {
      stack.push(c === '{' ? '}' : ']');
      safe = i + 1;
    } else if (c === '}' || c === ']') {
      if (stack.pop() !== c) return undefined;
      if (stack.length === 0) return parseText(text.slice(0, i + 1));
      safe = i + 1;
    } else if (c === ',') safe = i;
  }
  return safe === 0 ? undefined : parseText(text.slice(0, safe) + stack.toReversed().join(''));
}

function endOfString(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === '"') return i;
  }
  return -1;
}

function parseText(text: string): unknown {
  // Not JSON after all: the sample then has no document.
  try { return JSON.parse(text); } catch { return undefined; }
}
