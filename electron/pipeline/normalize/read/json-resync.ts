import { byteAt, more, moveTo, skipLine, textOf, type Cursor, type Step } from './json-cursor.ts';
import type { Mark } from './json-pieces.ts';

const KEY_LIMIT = 8;

/** Remembers the first key of the object at `pos` (its quoted text): elements of one array mostly begin alike. */
export function rememberKey(cur: Cursor, keys: Set<string>): void {
  if (keys.size >= KEY_LIMIT || byteAt(cur, cur.pos) !== 123) return;
  const key = firstKey(cur, cur.pos);
  if (key !== undefined) keys.add(key);
}

function firstKey(cur: Cursor, open: number): string | undefined {
  let i = open + 1;
  while (isBlank(byteAt(cur, i))) i++;
  if (byteAt(cur, i) !== 34) return undefined;
  const start = i;
  for (i++; i < start + 200; i++) {
    const c = byteAt(cur, i);
    if (c === 34) return textOf(cur, start, i + 1);
    if (c < 32 || c === 92) return undefined;
  }
  return undefined;
}

/**
 * After a malformed element: moves to the next `{` that stands where an element may begin, that is behind a comma (or the opening of the next page of records)
 * and with a first key that earlier elements had (in indented files also in the same column). False when there is none up to the end of the stream.
 */
export function* findElement(cur: Cursor, start: Mark, keys: ReadonlySet<string>): Step<boolean> {
  const near = cur.rescan > 0 && start.at >= cur.base && start.at >= Math.min(cur.keep, cur.pos) - 1;
  const from = near ? start.at + 1 : cur.pos;
  const column = near ? columnOf(cur, start.at) : undefined;
  if (near) { cur.rescan -= Math.max(0, cur.pos - start.at); moveTo(cur, from, start); }
  const kept = cur.keep;
  for (;;) {
    const at = cur.buf.subarray(0, cur.end - cur.base).indexOf(123, cur.pos - cur.base);
    const open = at < 0 ? cur.end : at + cur.base;
    moveTo(cur, open);
    // The comma and the key around the brace must be in the window.
    cur.keep = Math.min(kept, Math.max(cur.base, open - 256));
    if (cur.end - open < 512 && !cur.ended) { if (yield* more(cur)) continue; }
    if (open >= cur.end) { cur.keep = kept; return false; }
    if (isBoundary(cur, open, keys, column)) { cur.keep = kept; return true; }
    cur.pos = open + 1;
  }
}

function isBoundary(cur: Cursor, open: number, keys: ReadonlySet<string>, column: number | undefined): boolean {
  const before = lastBefore(cur, open);
  const opensPage = byteAt(cur, before) === 91 && keys.size > 0 && byteAt(cur, lastBefore(cur, before)) === 44 && byteAt(cur, lastBefore(cur, lastBefore(cur, before))) === 93;
  if (byteAt(cur, before) !== 44 && !opensPage) return false;
  const here = columnOf(cur, open);
  if (column !== undefined && here !== undefined && here !== column) return false;
  const key = firstKey(cur, open);
  return key !== undefined && (keys.size === 0 || keys.has(key));
}

/** Where the last byte stands that is not blank, before `at`; before the window where there is none. */
function lastBefore(cur: Cursor, at: number): number {
  let i = at - 1;
  while (i >= cur.base && isBlank(byteAt(cur, i))) i--;
  return i;
}

/** Column of a brace that is the first thing on its line; undefined when it isn't. */
function columnOf(cur: Cursor, open: number): number | undefined {
  let i = open - 1;
  while (i >= cur.base && (byteAt(cur, i) === 32 || byteAt(cur, i) === 9)) i--;
  return i < cur.base || byteAt(cur, i) !== 10 ? undefined : open - i;
}

/** In a file of indented documents: moves to the next line that begins with `{` or `[`, where a new document may start. */
export function* findDocument(cur: Cursor, start: Mark, kept: boolean): Step<void> {
  if (kept && cur.rescan > 0) { cur.rescan -= Math.max(0, cur.pos - start.at); moveTo(cur, start.at + 1, start); }
  for (;;) {
    cur.keep = Infinity;
    yield* skipLine(cur);
    if (cur.pos >= cur.end && !(yield* more(cur))) return;
    const c = byteAt(cur, cur.pos);
    if (c === 123 || c === 91) return;
  }
}

/** Is the line after the one at `start` a whole JSON document, as in NDJSON? Looks only at what is in the window. */
export function nextLineIsDocument(cur: Cursor, start: Mark): boolean {
  const window = cur.buf.subarray(0, cur.end - cur.base);
  const newline = window.indexOf(10, start.at - cur.base);
  if (newline < 0) return false;
  const stop = window.indexOf(10, newline + 1);
  const text = window.toString('utf8', newline + 1, stop < 0 ? window.length : stop).trim();
  if (!text.startsWith('{') || !text.endsWith('}') || text.length > 4_000_000) return false;
  try { JSON.parse(text); return true; } catch { return false; }
}

const isBlank = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9;
