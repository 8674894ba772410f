import { beginScan, createScan, isBad, isDone, MAX_DEPTH, scanValue, type Scan } from './json-scan.ts';

/** One record's cap; a longer one is skipped to its end and quarantined. */
export const MIB = 1024 * 1024, MAX_RECORD_BYTES = 64 * MIB;
export const recordTooLong = `the record is longer than ${MAX_RECORD_BYTES / MIB} MiB`;
/** Documents up to this size are held until their end is seen, so that `parents` are complete; larger ones take a pass of their own. */
export const HOLD_BYTES = 16 * 1024 * 1024;
/** How many bytes may be scanned again to save records behind a broken one; past it, reading goes on at the point of error. */
const RESCAN_BYTES = 16 * 1024 * 1024;

/**
 * A window on the stream. Offsets are absolute (bytes from the start of the decoded stream); `buf[0]` is at `base`. Bytes from `keep` on
 * stay in the window when more are appended (`Infinity`: only those from `pos` on).
 */
export interface Cursor {
  buf: Buffer; base: number; pos: number; end: number; keep: number; line: number; ended: boolean; rescan: number;
  readonly scan: Scan;
  /** No newline stands between these offsets. */
  plainFrom: number; plainTo: number;
  /** Where the unreadable rest starts, set by whoever fails. */
  stop?: { readonly at: number; readonly line: number };
}

export const createCursor = (): Cursor => ({ buf: Buffer.allocUnsafe(256 * 1024), base: 0, pos: 0, end: 0, keep: Infinity, line: 1, ended: false, rescan: RESCAN_BYTES, scan: createScan(), plainFrom: 0, plainTo: 0 });

/** Adds bytes at the end of the window and drops what lies before `keep` and `pos`. */
export function append(cur: Cursor, chunk: Uint8Array): void {
  const first = Math.min(cur.keep, cur.pos);
  const used = cur.end - first;
  if (cur.end - cur.base + chunk.length > cur.buf.length) {
    const room = Math.max(256 * 1024, used + chunk.length);
    const target = room > cur.buf.length || room * 8 < cur.buf.length ? Buffer.allocUnsafe(roomFor(room)) : cur.buf;
    cur.buf.copy(target, 0, first - cur.base, cur.end - cur.base);
    cur.buf = target;
    cur.base = first;
  }
  cur.buf.set(chunk, cur.end - cur.base);
  cur.end += chunk.length;
}

/**
 * A window that outgrows a megabyte mostly grows until the document in it is too large to hold: memory that is never written costs nothing, copying does.
 * More than 32 MiB, as glibc takes such a block from the system and gives it back for itself; once a smaller one was freed, it keeps whatever isn't larger than that.
 */
const roomFor = (bytes: number): number => (bytes > 1024 * 1024 && bytes < HOLD_BYTES ? 2 * HOLD_BYTES + 1024 * 1024 : Math.ceil(bytes * 1.5));

/** A coroutine that pauses whenever it needs bytes. */
export type Step<T> = Generator<undefined, T, undefined>;

/** Waits for bytes behind `end`; false at the end of the stream. */
export function* more(cur: Cursor): Step<boolean> {
  const before = cur.end;
  while (!cur.ended && cur.end === before) yield undefined;
  return cur.end > before;
}

/** The byte at `pos`, -1 when it isn't in the window. */
export const byteAt = (cur: Cursor, abs: number): number => (abs < cur.end ? (cur.buf[abs - cur.base] ?? -1) : -1);

/** Moves to the next byte that is not blank, counting lines; -1 at the end of the stream. */
export function* nextByte(cur: Cursor): Step<number> {
  for (;;) {
    const c = skipBlanks(cur);
    if (c >= 0) return c;
    if (!(yield* more(cur))) return -1;
  }
}

function skipBlanks(cur: Cursor): number {
  const { buf, base, end } = cur;
  for (let abs = cur.pos; abs < end; abs++) {
    const c = buf[abs - base] ?? 0;
    if (c === 10) cur.line++;
    else if (c !== 32 && c !== 13 && c !== 9) { cur.pos = abs; return c; }
  }
  cur.pos = end;
  return -1;
}

export type ValueEnd = 'ok' | 'bad' | 'cut' | 'large' | 'deep';

/**
 * Scans the value at `pos` to its end. Its bytes stay in the window up to `limit`; when it is longer they are dropped and the end is
 * `large` (with `stopAtLimit`, at once).
 */
export function* readValue(cur: Cursor, limit: number, oneLine = false, stopAtLimit = false): Step<ValueEnd> {
  const start = cur.pos;
  let large = false;
  beginScan(cur.scan, oneLine);
  for (;;) {
    cur.pos = scanValue(cur.scan, cur.buf, cur.pos - cur.base, cur.end - cur.base) + cur.base;
    cur.line += cur.scan.lines;
    if (cur.pos - start > limit) {
      if (stopAtLimit) return 'large';
      large = true;
      cur.keep = cur.pos;
    }
    if (isDone(cur.scan)) return large ? 'large' : cur.scan.deepest > MAX_DEPTH ? 'deep' : 'ok';
    if (isBad(cur.scan)) return 'bad';
    if (!(yield* more(cur))) return 'cut';
  }
}

/** The text between two absolute offsets of the window. */
export const textOf = (cur: Cursor, from: number, to: number): string => cur.buf.toString('utf8', from - cur.base, to - cur.base);

/** Moves forward or back to an offset that is in the window, keeping the line number right. */
export function moveTo(cur: Cursor, abs: number, known?: { readonly at: number; readonly line: number }): void {
  const from = known?.at ?? cur.pos;
  let line = known?.line ?? cur.line;
  for (let i = cur.buf.indexOf(10, from - cur.base); i >= 0 && i + cur.base < abs; i = cur.buf.indexOf(10, i + 1)) line++;
  cur.line = line;
  cur.pos = abs;
}

/** Skips to the byte after the next newline (or to the end of the stream), dropping what is passed. */
export function* skipLine(cur: Cursor): Step<void> {
  for (;;) {
    const at = cur.buf.subarray(0, cur.end - cur.base).indexOf(10, cur.pos - cur.base);
    if (at >= 0) { cur.pos = cur.base + at + 1; cur.line++; return; }
    cur.pos = cur.end;
    cur.keep = cur.end;
    if (!(yield* more(cur))) return;
  }
}
