import { LOG_PREFIX } from './close-json.ts';
import { append, byteAt, createCursor, HOLD_BYTES, MAX_RECORD_BYTES, MIB, more, moveTo, nextByte, readValue, recordTooLong, skipLine, textOf, type Cursor, type Step } from './json-cursor.ts';
import { cutParsed } from './json-cut.ts';
import { gapOf, type Mark, type Piece, type ReadState } from './json-pieces.ts';
import { createGap, learnGap, quickRecord, type Gap } from './json-quick.ts';
import { findDocument, nextLineIsDocument } from './json-resync.ts';
import { isPageAhead } from './json-pages.ts';
import { hasPath, parsePath, readArray, readRecord, walkObject, type PathState, type Walk, type WalkEnd } from './json-walk.ts';

/** What lies around the records of one document that is too large to hold, gathered by a pass of its own; by the document's offset. */
export type Around = ReadonlyMap<number, { readonly objects: Record<string, unknown>[]; readonly found: boolean }>;

export interface JsonOptions {
  readonly paths: readonly string[];
  /** A document without any of the paths is itself a record. */
  readonly bare: boolean;
  readonly emptyOk: boolean;
  /** Nobody asks what lies around the records of a document that is too large to hold. */
  readonly alone?: boolean;
  /** `gather`: emit nothing, only fill `around`; the document that begins here is known to be too large to hold. */
  readonly gather?: { readonly large: number };
}

/** Cuts a stream of JSON bytes into records. Feed bytes, take pieces; when `needsAround`, supply it before feeding on. */
export interface JsonReader {
  feed(chunk: Uint8Array): void;
  /** Ends the stream; `problem` says why it ended early (a truncated gzip). */
  finish(problem?: string): void;
  take(): Piece[];
  /** Where the document begins that needs it. */
  needsAround(): number | undefined;
  giveAround(around: Around): void;
  gathered(): Around;
}

interface Reading {
  /** The paths of a document, and those of an element of a top-level array (also the ones that begin with `[]`). */
  readonly cur: Cursor; readonly paths: readonly PathState[]; readonly elementPaths: readonly PathState[]; readonly options: JsonOptions; readonly state: ReadState;
  readonly gathered: Map<number, { objects: Record<string, unknown>[]; found: boolean }>;
  around: Around | undefined; needs: number | undefined; problem: string | undefined; pieces: Piece[];
  /** Documents read so far that stood on one line, and that spanned several. */
  singles: number; multis: number;
  /** Known to be one document a line: a newline inside one is an error. */
  strict: boolean;
}

/** @returns a reader of NDJSON, concatenated documents, single objects and top-level arrays, whose elements count as documents. */
export function createJsonReader(options: JsonOptions): JsonReader {
  const elementPaths = options.paths.map(parsePath);
  const r: Reading = {
    cur: createCursor(), elementPaths, paths: elementPaths.filter((p) => !p.inArray), options, gathered: new Map(),
    around: options.gather ? new Map() : undefined, needs: undefined, problem: undefined, pieces: [], singles: 0, multis: 0, strict: false,
    state: {
      emit: options.gather === undefined, gaps: new Map(), reasonBad: () => 'malformed JSON',
      reasonCut: () => (r.problem === undefined ? 'the file ends inside this record (truncated)' : `the file ends inside this record (${r.problem})`),
    },
  };
  const run = readRoot(r);
  return {
    feed(chunk) { append(r.cur, chunk); run.next(); },
    finish(problem) { r.problem = problem; r.cur.ended = true; run.next(); },
    take() { const pieces = r.pieces; r.pieces = []; return pieces; },
    needsAround: () => r.needs,
    giveAround(around) { r.around = around; r.needs = undefined; run.next(); },
    gathered: () => r.gathered,
  };
}

const mark = (cur: Cursor): Mark => ({ at: cur.pos, line: cur.line });
const push = (r: Reading, piece: Piece): void => { if (r.state.emit) r.pieces.push(piece); };
const walkOf = (r: Reading, to: (piece: Piece) => void): Walk =>
  ({ cur: r.cur, state: r.state, objects: [], next: 0, found: false, kept: 0, given: false, push: to });

function* readRoot(r: Reading): Step<void> {
  const { cur } = r, gap = gapOf(r.state, '');
  yield* skipAssignment(r);
  for (let behind = -1; ;) {
    cur.keep = Infinity;
    delete cur.stop;
    const c = yield* nextByte(cur);
    if (c < 0) return;
    // Separators that tools put between documents: commas, semicolons, and RS (RFC 7464).
    if (c === 44 || c === 59 || c === 30) { cur.pos++; continue; }
    if (c !== 123 && c !== 91 && (yield* skipLogPrefix(r))) { behind = -1; continue; }
    const start = mark(cur);
    if (c !== 123 && c !== 91) {
      push(r, { kind: 'bad', ...start, reason: 'not JSON' });
      behind = -1;
      yield* skipLine(cur);
      continue;
    }
    if (behind >= 0) learnGap(cur, gap, behind);
    const before = r.pieces.length;
    const end = c === 123 ? yield* readDocument(r, true, gap) : yield* readTopArray(r);
    behind = end === 'ok' ? cur.pos : -1;
    if (end === 'ok') { if (c === 123) { if (cur.line === start.line) r.singles++; else r.multis++; } }
    else yield* recover(r, start, end, c === 91 || r.pieces.length > before);
  }
}

/** After a document that could not be read to its end: quarantines it and finds where to go on. */
function* recover(r: Reading, start: Mark, end: WalkEnd, partlyRead: boolean): Step<void> {
  const { cur } = r;
  const reason = end === 'cut' ? r.state.reasonCut() : r.state.reasonBad();
  if (isLineMode(r, start)) {
    const nextLine = end === 'cut' && cur.line > start.line;
    push(r, { kind: 'bad', ...(end === 'cut' && !nextLine ? (cur.stop ?? start) : start), reason: nextLine ? r.state.reasonBad() : reason });
    r.strict = true;
    if (start.at >= cur.base) moveTo(cur, start.at, start);
    cur.keep = Infinity;
    yield* skipLine(cur);
    return;
  }
  push(r, { kind: 'bad', ...(cur.stop ?? start), reason });
  yield* findDocument(cur, start, !partlyRead && start.at >= cur.base);
}

const isLineMode = (r: Reading, start: Mark): boolean =>
  r.strict || (r.multis === 0 && (r.singles > 0 || (start.at >= r.cur.base && nextLineIsDocument(r.cur, start))));

function* readTopArray(r: Reading): Step<WalkEnd> {
  const { cur } = r;
  if (r.singles > 0 && r.multis === 0) {
    // Among lines of one document each, an array must end on its line too; else a stray bracket would swallow the file.
    const start = mark(cur);
    cur.keep = start.at;
    const end = yield* readValue(cur, HOLD_BYTES, true, true);
    if (end === 'bad' || end === 'cut') { cur.stop = start; return end; }
    moveTo(cur, start.at, start);
    cur.keep = Infinity;
  }
  return yield* readArray(walkOf(r, (piece) => { push(r, piece); }), (gap) => readElement(r, gap), gapOf(r.state, '[]'), true);
}

/** An element of a top-level array: a document, or a page of them. */
function* readElement(r: Reading, gap: Gap): Step<WalkEnd> {
  const { cur } = r;
  if (byteAt(cur, cur.pos) !== 91 || !(yield* isPageAhead(cur))) return yield* readDocument(r, false, gap);
  return yield* readArray(walkOf(r, (piece) => { push(r, piece); }), (inner) => readDocument(r, false, inner), gapOf(r.state, '[][]'));
}

/** One document (or element of a top-level array) at `pos`. */
function* readDocument(r: Reading, top: boolean, gap: Gap): Step<WalkEnd> {
  const { cur } = r;
  const paths = top ? r.paths : r.elementPaths;
  const start = mark(cur), kept = cur.keep;
  if (r.elementPaths.length === 0 || byteAt(cur, start.at) !== 123) return yield* readBare(r, top, gap);
  cur.keep = Math.min(kept, start.at);
  if (r.options.gather?.large === start.at) { cur.keep = kept; return yield* walkDocument(r, start, true, top); }
  const quick = r.state.emit ? quickRecord(cur, gap, top && r.strict) : undefined;
  const end = quick ? 'ok' : yield* readValue(cur, HOLD_BYTES, top && r.strict, true);
  if (end === 'ok') {
    const text = quick?.text ?? textOf(cur, start.at, cur.pos);
    const value = quick ? quick.value : parseOrNothing(text);
    if (value !== undefined && !hasPath(value, paths)) {
      cur.keep = kept;
      pushWhole(r, start, text, value);
      return 'ok';
    }
    const parts = value === undefined || !r.state.emit ? undefined : cutParsed(value, text, paths, start);
    if (parts) {
      cur.keep = kept;
      for (const part of parts) push(r, part);
      return 'ok';
    }
  }
  // Walking on would run into the next lines, which are documents of their own; a truncated last line has none behind it.
  const alone = end === 'cut' && cur.line === start.line;
  if ((end === 'bad' || end === 'cut') && !alone && top && isLineMode(r, start)) return end;
  const result = yield* walkDocument(r, start, end === 'large', top);
  cur.keep = kept;
  return result;
}

function* walkDocument(r: Reading, start: Mark, large: boolean, top: boolean): Step<WalkEnd> {
  const { cur } = r;
  const isAlone = r.options.alone === true && r.state.emit;
  while (large && !isAlone && r.around === undefined) { r.needs = start.at; yield undefined; }
  const around = large ? r.around?.get(start.at) : undefined;
  moveTo(cur, start.at, start);
  if (around && !around.found && r.options.bare) return yield* readBare(r, top, createGap());
  if (large) cur.keep = Infinity;
  const held: Piece[] = [];
  const walk: Walk = {
    ...walkOf(r, (piece) => { if (large) push(r, piece); else held.push(piece); }),
    ...(around && { objects: around.objects, given: true }), ...(large && isAlone && { objects: [], given: true }),
  };
  const { end } = yield* walkObject(walk, top ? r.paths : r.elementPaths, [], true);
  for (const piece of held) push(r, piece);
  if (large && r.state.emit === false) r.gathered.set(start.at, { objects: walk.objects, found: walk.found });
  if (end === 'ok' && !walk.found) push(r, { kind: 'bad', ...start, reason: large ? tooLong(r, cur.pos - start.at, isAlone) : 'malformed JSON' });
  return end;
}

/** Of a large document without any of the paths. One that wasn't asked about before it was walked can no longer be read as a record. */
function tooLong(r: Reading, bytes: number, isAlone: boolean): string {
  if (!isAlone || !r.options.bare) return missing(r);
  return bytes > MAX_RECORD_BYTES ? recordTooLong : `${missing(r)}, and one record of ${Math.ceil(bytes / MIB)} MiB is too long`;
}

/** A document without any of the paths. */
function pushWhole(r: Reading, start: Mark, text: string, value: unknown): void {
  if (r.options.bare) push(r, { kind: 'record', ...start, text, value, from: '', parents: [] });
  else if (!r.options.emptyOk) push(r, { kind: 'bad', ...start, reason: missing(r) });
}
const missing = (r: Reading): string => `the document has none of ${r.options.paths.join(', ')}`;

function* readBare(r: Reading, top: boolean, gap: Gap): Step<WalkEnd> {
  const { cur } = r;
  const start = mark(cur), kept = cur.keep;
  if (!top) return yield* readRecord(walkOf(r, (piece) => { push(r, piece); }), '', [], gap);
  cur.keep = Math.min(kept, start.at);
  // A gap has nothing but another document behind it.
  const quick = r.state.emit ? quickRecord(cur, gap, r.strict) : undefined;
  if (quick) {
    cur.keep = kept;
    push(r, { kind: 'record', ...start, ...quick, from: '', parents: [] });
    return 'ok';
  }
  const end = yield* readValue(cur, MAX_RECORD_BYTES, r.strict);
  if (end === 'bad' || end === 'cut') return end;
  const to = cur.pos;
  if (cur.line === start.line && end === 'ok' && (yield* hasRubbish(cur))) { cur.stop = start; return 'bad'; }
  if (end === 'ok') push(r, { kind: 'record', ...start, text: r.state.emit ? textOf(cur, start.at, to) : '', from: '', parents: [] });
  else push(r, { kind: 'bad', ...start, reason: end === 'large' ? recordTooLong : 'the record is nested too deep (more than 512)' });
  cur.keep = kept;
  return 'ok';
}

/** Does anything but another document follow on the same line? Then the line is one malformed record, not a record and a rest. */
function* hasRubbish(cur: Cursor): Step<boolean> {
  for (let at = cur.pos; ; at++) {
    if (at >= cur.end && !(yield* more(cur))) return false;
    const c = byteAt(cur, at);
    if (c === 32 || c === 9 || c === 13) continue;
    return c !== 10 && c !== 123 && c !== 91 && c !== 44 && c !== 59 && c !== 30;
  }
}

/** Passes over `name =` before the JSON (ScoutSuite writes its report as JavaScript). */
function* skipAssignment(r: Reading): Step<void> {
  const { cur } = r;
  const c = yield* nextByte(cur);
  if (c < 0 || c === 123 || c === 91) return;
  cur.keep = cur.pos;
  while (cur.end - cur.pos < 256 && (yield* more(cur))) { /* gathers enough of the head */ }
  const head = /^(?:(?:var|let|const)\s+)?[A-Za-z_$][\w.$]{0,100}\s*=\s*(?=[[{])/.exec(textOf(cur, cur.pos, Math.min(cur.end, cur.pos + 256)));
  if (head) moveTo(cur, cur.pos + Buffer.byteLength(head[0]));
}

/** Most bytes of what stands before a document on a line of a log. */
const LOG_PREFIX_BYTES = 512;

/** Passes over the time that a log puts before each document (CloudWatch Logs' export to S3; `aws logs tail` names the stream besides): one a line, then. */
function* skipLogPrefix(r: Reading): Step<boolean> {
  const { cur } = r;
  const first = byteAt(cur, cur.pos);
  if (first < 48 || first > 57) return false;
  const kept = cur.keep;
  cur.keep = cur.pos;
  while (cur.end - cur.pos < LOG_PREFIX_BYTES && (yield* more(cur))) { /* gathers enough of the line */ }
  cur.keep = kept;
  const prefix = LOG_PREFIX.exec(textOf(cur, cur.pos, Math.min(cur.end, cur.pos + LOG_PREFIX_BYTES)))?.[0];
  if (prefix === undefined) return false;
  moveTo(cur, cur.pos + Buffer.byteLength(prefix));
  r.strict = true;
  return true;
}

function parseOrNothing(text: string): unknown {
  // undefined is no JSON value: the caller then walks the document to save its good records.
  try { return JSON.parse(text); } catch { return undefined; }
}
