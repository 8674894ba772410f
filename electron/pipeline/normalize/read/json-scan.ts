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
  while (i < end && s.status === MORE) {
    if (s.state === ESCAPE) { s.state = STRING; i++; }
    i = s.state === STRING ? scanString(s, buf, i, end) : scanStructure(s, buf, i, end);
  }
  return i;
}

/** Up to the first byte of a string, or the end of the value. Every byte of every file passes here or in `scanString`: hence the local copies. */
function scanStructure(s: Scan, buf: Uint8Array, from: number, end: number): number {
  const { stack } = s;
  let { state, depth } = s;
  let i = from;
  const stop = (at: number, now: number, status: Status): number => { s.state = now; s.depth = depth; s.status = status; return at; };
  for (; i < end; i++) {
    const c = buf[i] ?? 0;
    if (state === TOKEN) {
      if (!isDelimiter(c)) continue;
      state = COMMA_OR_END;
      if (depth === 0) return stop(i, state, DONE);
    }
    if (c === 32 || c === 13 || c === 9) continue;
    if (c === 10) {
      s.lines++;
      if (s.oneLine) return stop(i, state, BAD);
    } else if (state === COLON) {
      if (c !== 58) return stop(i, state, BAD);
      state = VALUE;
    } else if (c === 34 && state !== COMMA_OR_END) {
      s.inKey = state === KEY || state === KEY_OR_END;
      return stop(i + 1, STRING, MORE);
    } else if (c === 44 && state === COMMA_OR_END) {
      state = stack[depth] === 1 ? KEY : VALUE;
    } else if ((c === 125 || c === 93) && state !== VALUE && state !== KEY) {
      if (depth === 0 || c !== (stack[depth] === 1 ? 125 : 93)) return stop(i, state, BAD);
      depth--;
      state = COMMA_OR_END;
      if (depth === 0) return stop(i + 1, state, DONE);
    } else if (state !== VALUE && state !== VALUE_OR_END) {
      return stop(i, state, BAD);
    } else if (c === 123 || c === 91) {
      if (++depth >= STACK_DEPTH) return stop(i, state, BAD);
      if (depth > s.deepest) s.deepest = depth;
      stack[depth] = c === 123 ? 1 : 0;
      state = c === 123 ? KEY_OR_END : VALUE_OR_END;
    } else if (isDelimiter(c) || c === 58) return stop(i, state, BAD);
    else state = TOKEN;
  }
  return stop(i, state, MORE);
}

function scanString(s: Scan, buf: Uint8Array, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const c = buf[i] ?? 0;
    // Most bytes are small letters, behind all that matters here.
    if (c > 92) continue;
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
  return end;
}

const isDelimiter = (c: number): boolean => c === 44 || c === 125 || c === 93 || c === 32 || c === 10 || c === 13 || c === 9 || c === 123 || c === 91 || c === 34;
