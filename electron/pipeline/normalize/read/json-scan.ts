/**
 * A resumable byte-level scanner that finds where one JSON value ends (RFC 8259 structure; tokens and escapes are left to JSON.parse).
 * It works on UTF-8: bytes above 127 can only stand inside strings and are passed over.
 */
export const MAX_DEPTH = 512;
/** Structure is still followed below MAX_DEPTH, so that a too deep record is skipped exactly; beyond this it is given up. */
const STACK_DEPTH = 65_536;

const VALUE = 0, VALUE_OR_END = 1, KEY_OR_END = 2, KEY = 3, COLON = 4, COMMA_OR_END = 5, STRING = 6, ESCAPE = 7, TOKEN = 8;
const MORE = 0, DONE = 1, BAD = 2;
type Status = typeof MORE | typeof DONE | typeof BAD;

export interface Scan {
  state: number; depth: number; deepest: number; status: Status;
  /** Newlines passed in the last call. */
  lines: number;
  /** True when the string being read is an object's key. */
  inKey: boolean;
  /** A newline inside the value is an error: the file is known to hold one document a line. */
  oneLine: boolean;
  readonly stack: Uint8Array;
}

export const createScan = (): Scan => ({ state: VALUE, depth: 0, deepest: 0, status: MORE, lines: 0, inKey: false, oneLine: false, stack: new Uint8Array(STACK_DEPTH) });

/** Makes the scanner ready for the first byte of a value. */
export function beginScan(s: Scan, oneLine: boolean): void {
  s.state = VALUE; s.depth = 0; s.deepest = 0; s.status = MORE; s.inKey = false; s.oneLine = oneLine;
}

export const isDone = (s: Scan): boolean => s.status === DONE;
export const isBad = (s: Scan): boolean => s.status === BAD;

/**
 * Scans on from `from`.
 * @returns the index after the value (`isDone`), of the offending byte (`isBad`), or `end` when more bytes are needed.
 */
export function scanValue(s: Scan, buf: Uint8Array, from: number, end: number): number {
  let i = from;
  s.lines = 0;
  while (i < end) {
    if (s.state === STRING) {
      i = scanString(s, buf, i, end);
      if (s.status !== MORE) return i;
      continue;
    }
    const c = buf[i] ?? 0;
    if (s.state === ESCAPE) { s.state = STRING; i++; continue; }
    if (s.state === TOKEN) {
      if (!isDelimiter(c)) { i++; continue; }
      s.state = COMMA_OR_END;
      if (s.depth === 0) { s.status = DONE; return i; }
    }
    if (c === 32 || c === 13 || c === 9) { i++; continue; }
    if (c === 10) {
      s.lines++;
      if (s.oneLine) { s.status = BAD; return i; }
      i++; continue;
    }
    if (!step(s, c)) { s.status = BAD; return i; }
    i++;
    if (s.status === DONE) return i;
  }
  return i;
}

/** One structural byte; false when the grammar has no place for it. */
function step(s: Scan, c: number): boolean {
  switch (s.state) {
    case COMMA_OR_END:
      if (c === 44) { s.state = s.stack[s.depth] === 1 ? KEY : VALUE; return true; }
      return close(s, c);
    case COLON: s.state = VALUE; return c === 58;
    case KEY_OR_END:
      if (c === 125) return close(s, c);
      s.inKey = true; s.state = STRING; return c === 34;
    case KEY: s.inKey = true; s.state = STRING; return c === 34;
    case VALUE_OR_END:
      if (c === 93) return close(s, c);
      return open(s, c);
    default: return open(s, c);
  }
}

function open(s: Scan, c: number): boolean {
  if (c === 34) { s.inKey = false; s.state = STRING; return true; }
  if (c === 123 || c === 91) {
    s.depth++;
    if (s.depth >= STACK_DEPTH) return false;
    if (s.depth > s.deepest) s.deepest = s.depth;
    s.stack[s.depth] = c === 123 ? 1 : 0;
    s.state = c === 123 ? KEY_OR_END : VALUE_OR_END;
    return true;
  }
  s.state = TOKEN;
  return !isDelimiter(c) && c !== 58;
}

function close(s: Scan, c: number): boolean {
  if (s.depth === 0 || c !== (s.stack[s.depth] === 1 ? 125 : 93)) return false;
  s.depth--;
  s.state = COMMA_OR_END;
  if (s.depth === 0) s.status = DONE;
  return true;
}

function scanString(s: Scan, buf: Uint8Array, from: number, end: number): number {
  let i = from;
  for (; i < end; i++) {
    const c = buf[i] ?? 0;
    if (c === 34) {
      s.state = s.inKey ? COLON : COMMA_OR_END;
      if (s.depth === 0) s.status = DONE;
      return i + 1;
    }
    if (c === 92) {
      if (++i >= end) { s.state = ESCAPE; return end; }
    } else if (c === 10) {
      // JSON has no raw newline in a string: a quote is missing. Stopping here is what saves the next line.
      s.status = BAD;
      return i;
    }
  }
  return i;
}

const isDelimiter = (c: number): boolean => c === 44 || c === 125 || c === 93 || c === 32 || c === 10 || c === 13 || c === 9 || c === 123 || c === 91 || c === 34;
