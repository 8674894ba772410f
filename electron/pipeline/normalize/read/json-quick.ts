import { isObject } from '#shared/lib/json.ts';
import { MAX_DEPTH } from './json-scan.ts';
import { byteAt, textOf, type Cursor } from './json-cursor.ts';

/**
 * What stands between two records of one list, with the brace on either side: `},\n{`. Files repeat it exactly, so one native search finds where a
 * record ends. `credit` is lost where that fails, so that a file which varies is soon left to the scanner.
 */
export interface Gap { bytes: Buffer | undefined; credit: number }
export const createGap = (): Gap => ({ bytes: undefined, credit: 16 });

const MOST_CREDIT = 64, MISS = 4;
const MAX_GAP_BYTES = 256;

export interface QuickRecord { readonly text: string; readonly value: object }

/**
 * Reads the object at `pos` natively: the text up to the next gap, if that is JSON, is the record, since nothing that begins at the same place and
 * ends elsewhere can be JSON, too. Moves behind it. `oneLine`: a newline inside is left to the scanner as an error.
 * @returns undefined, at the same place, when this proves nothing (a malformed or deep record, the last one in the window): then the scanner tells.
 */
export function quickRecord(cur: Cursor, gap: Gap, oneLine: boolean): QuickRecord | undefined {
  const start = cur.pos;
  if (gap.bytes === undefined || gap.credit <= 0 || byteAt(cur, start) !== 123) return undefined;
  const end = findGap(cur, gap.bytes, start);
  if (end < 0) { gap.credit -= 1; return undefined; }
  const found = readSpan(cur, start, end);
  const lines = found && countNewlines(cur, start, end);
  if (found === undefined || lines === undefined || (oneLine && lines > 0)) {
    gap.credit -= MISS;
    gap.bytes = undefined;
    return undefined;
  }
  gap.credit = Math.min(MOST_CREDIT, gap.credit + 1);
  cur.pos = end;
  cur.line += lines;
  return found;
}

/** Notes the gap between a record that ended before `end` and the next one, at `pos`. */
export function learnGap(cur: Cursor, gap: Gap, end: number): void {
  if (gap.bytes !== undefined || gap.credit <= 0 || end - 1 < cur.base || byteAt(cur, cur.pos) !== 123 || byteAt(cur, end - 1) !== 125 || cur.pos - end > MAX_GAP_BYTES) return;
  const { base } = cur, to = cur.pos + 1;
  const between = cur.buf.subarray(end - 1 - base, to - base);
  // On one line lists within a record look alike: the first key tells them apart.
  const key = between.includes(10) ? '' : textOf(cur, to, Math.min(cur.end, to + 64)).match(/^\s*"[^"\\]*"/)?.[0] ?? '';
  gap.bytes = Buffer.concat([between, Buffer.from(key)]);
}

/** Where the record at `start` ends if the next gap is the one behind it; -1 when there is none in the window. */
function findGap(cur: Cursor, bytes: Buffer, start: number): number {
  const at = cur.buf.indexOf(bytes, start - cur.base) + cur.base;
  // The buffer may hold old bytes behind the window.
  return at >= start && at + bytes.length <= cur.end ? at + 1 : -1;
}

function readSpan(cur: Cursor, start: number, end: number): QuickRecord | undefined {
  const text = textOf(cur, start, end);
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !isDeep(value, MAX_DEPTH) ? { text, value } : undefined;
  } catch { return undefined; /* the gap stands within the record, or the record is malformed: the scanner tells */ }
}

/** Is it nested deeper than `room`? */
function isDeep(value: object, room: number): boolean {
  if (room === 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null && isDeep(item, room - 1)) return true;
  } else if (isObject(value)) {
    for (const key in value) {
      const item = value[key];
      if (typeof item === 'object' && item !== null && isDeep(item, room - 1)) return true;
    }
  }
  return false;
}

/** Newlines between two offsets of the window. Many files have none for long: how far none was seen is remembered. */
function countNewlines(cur: Cursor, from: number, to: number): number {
  let lines = 0;
  for (let at = from; ; at = cur.plainTo + 1, lines++) {
    if (at < cur.plainFrom || at > cur.plainTo || (cur.plainTo < cur.end && byteAt(cur, cur.plainTo) !== 10)) {
      const next = cur.buf.indexOf(10, at - cur.base);
      cur.plainFrom = at;
      cur.plainTo = next < 0 ? cur.end : Math.min(cur.end, next + cur.base);
    }
    if (cur.plainTo >= to) return lines;
  }
}
