import { MAX_DEPTH } from './json-scan.ts';
import { byteAt, MAX_RECORD_BYTES, nextByte, readValue, recordTooLong, textOf, type Cursor, type Step } from './json-cursor.ts';
import { findElement, rememberKey } from './json-resync.ts';
import { fail, gapOf, type Piece, type ReadState } from './json-pieces.ts';
import { createGap, learnGap, quickRecord, type Gap } from './json-quick.ts';

/** One of the reader's paths and how far it has been followed. */
export interface PathState { readonly steps: readonly string[]; readonly at: number; readonly from: string }

/** `Results[].Vulnerabilities` as steps; a leading `[]` is dropped, since the elements of a top-level array count as documents (`inArray`). */
export function parsePath(path: string): PathState & { readonly inArray: boolean } {
  const steps = path.split('.').flatMap((part) => {
    const name = part.replace(/(\[\])+$/, '');
    const depth = (part.length - name.length) / 2;
    return [...(name === '' ? [] : [name]), ...Array<string>(depth).fill('[]')];
  });
  const inArray = steps[0] === '[]';
  return { steps: inArray ? steps.slice(1) : steps, at: 0, from: path, inArray };
}

/** Does one of the paths lead to an array (or null: none) in this parsed document? */
export function hasPath(value: unknown, paths: readonly PathState[]): boolean {
  return paths.some((p) => leadsTo(value, p.steps, 0));
}

function leadsTo(value: unknown, steps: readonly string[], at: number): boolean {
  const step = steps[at];
  if (step === undefined) return value === null || Array.isArray(value);
  if (step === '[]') return Array.isArray(value) && value.some((v) => leadsTo(v, steps, at + 1));
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return false;
  const next: unknown = Reflect.get(value, step);
  return leadsTo(next, steps, at + 1);
}

/** What is gathered while walking one document. */
export interface Walk {
  readonly cur: Cursor; readonly state: ReadState;
  /** The objects that parents are made of, in the order in which they open; filled by this walk, or given by an earlier pass. */
  readonly objects: Record<string, unknown>[];
  next: number; found: boolean; kept: number;
  readonly given: boolean;
  readonly push: (piece: Piece) => void;
}
export type WalkEnd = 'ok' | 'bad' | 'cut';
/** Bytes of everything around the records of one document. */
const MAX_AROUND_BYTES = 64 * 1024 * 1024;

/** Walks an on-path object at `pos`. `counted`: it is a parent (the document itself or an element entered by `[]`). */
export function* walkObject(w: Walk, paths: readonly PathState[], parents: readonly unknown[], counted: boolean): Step<{ end: WalkEnd; object: Record<string, unknown> }> {
  const { cur } = w;
  const given = w.given && counted ? w.objects[w.next++] : undefined;
  const object = given ?? {};
  if (!w.given && counted) w.objects.push(object);
  const chain = counted ? [...parents, object] : parents;
  cur.pos++;
  let c = yield* nextByte(cur);
  if (c === 125) { cur.pos++; return { end: 'ok', object }; }
  for (;;) {
    if (c !== 34) return { end: fail(cur, c), object };
    const end = yield* readAround(w, cur.pos);
    if (end.end !== 'ok') return { end: end.end, object };
    const key = typeof end.value === 'string' ? end.value : '';
    c = yield* nextByte(cur);
    if (c !== 58) return { end: fail(cur, c), object };
    cur.pos++;
    const member = yield* walkMember(w, paths, key, chain, object);
    if (member !== 'ok') return { end: member, object };
    c = yield* nextByte(cur);
    if (c === 125) { cur.pos++; return { end: 'ok', object }; }
    if (c !== 44) return { end: fail(cur, c), object };
    cur.pos++;
    c = yield* nextByte(cur);
  }
}

function* walkMember(w: Walk, paths: readonly PathState[], key: string, chain: readonly unknown[], object: Record<string, unknown>): Step<WalkEnd> {
  const { cur } = w;
  const c = yield* nextByte(cur);
  const on = paths.filter((p) => p.steps[p.at] === key).map((p) => ({ ...p, at: p.at + 1 }));
  const last = on.find((p) => p.at === p.steps.length);
  if (last && c === 91) {
    w.found = true;
    return yield* readArray(w, function* record(gap) { return yield* readRecord(w, last.from, chain, gap); }, gapOf(w.state, last.from));
  }
  if (last && c === 110) w.found = true;
  if (c === 123 && on.some((p) => p.steps[p.at] !== undefined && p.steps[p.at] !== '[]')) {
    const child = yield* walkObject(w, on, chain, false);
    if (!w.given) define(object, key, child.object);
    return child.end;
  }
  if (c === 91 && on.some((p) => p.steps[p.at] === '[]')) return yield* walkElements(w, on, chain);
  const around = yield* readAround(w, cur.pos);
  if (around.end === 'ok' && !w.given) define(object, key, around.value);
  return around.end;
}

/** The elements of an array that a `[]` step enters. They are parents of their own: in the object around them each record would carry all of them. */
function* walkElements(w: Walk, on: readonly PathState[], chain: readonly unknown[]): Step<WalkEnd> {
  const inner = on.filter((p) => p.steps[p.at] === '[]').map((p) => ({ ...p, at: p.at + 1 }));
  return yield* readArray(w, function* element() {
    if (byteAt(w.cur, w.cur.pos) !== 123) return (yield* readAround(w, w.cur.pos)).end;
    return (yield* walkObject(w, inner, chain, true)).end;
  });
}

/**
 * Reads an array at `pos`, element by element. A malformed element is quarantined and reading goes on at the next plausible boundary.
 */
export function* readArray(w: Walk, readElement: (gap: Gap) => Step<WalkEnd>, gap: Gap = createGap(), isTop = false): Step<WalkEnd> {
  const { cur } = w;
  const keys = new Set<string>();
  let broken = false;
  cur.pos++;
  let c = yield* nextByte(cur);
  if (c === 93) { cur.pos++; return 'ok'; }
  for (let n = 0; ; n++) {
    const start = { at: cur.pos, line: cur.line };
    if (n < 64) rememberKey(cur, keys);
    let end = c < 0 ? 'cut' : yield* readElement(gap);
    const behind = cur.pos;
    if (end === 'ok') {
      c = yield* nextByte(cur);
      if (c === 93) { cur.pos++; if (!(isTop && broken && (yield* goesOn(cur)))) return 'ok'; end = 'bad'; }
      else if (c !== 44) end = fail(cur, c);
    }
    if (end === 'cut') { if (!cur.stop) cur.stop = start; return 'cut'; }
    if (end === 'bad') {
      broken = true;
      const at = cur.stop ?? start;
      delete cur.stop;
      if (!(yield* findElement(cur, start, keys))) { cur.stop = at; return 'cut'; }
      w.push({ kind: 'bad', ...at, reason: w.state.reasonBad() });
      c = byteAt(cur, cur.pos);
      continue;
    }
    cur.pos++;
    c = yield* nextByte(cur);
    // A comma before the end is no JSON, but hand-made exports have it.
    if (c === 93) { cur.pos++; return 'ok'; }
    learnGap(cur, gap, behind);
  }
}

/** After the `]` of a top-level array that held a broken element: does the array in truth go on? */
function* goesOn(cur: Cursor): Step<boolean> {
  const c = yield* nextByte(cur);
  return c === 44 || c === 125 || c === 93;
}

/** Reads one record of any JSON type at `pos`. Too long or too deep ones are quarantined here. */
export function* readRecord(w: Walk, from: string, parents: readonly unknown[], gap: Gap): Step<WalkEnd> {
  const { cur } = w;
  const at = cur.pos, line = cur.line, kept = cur.keep;
  cur.keep = Math.min(kept, at);
  const quick = w.state.emit ? quickRecord(cur, gap, false) : undefined;
  if (quick) { cur.keep = kept; w.push({ kind: 'record', at, line, ...quick, from, parents }); return 'ok'; }
  const end = yield* readValue(cur, MAX_RECORD_BYTES);
  if (end === 'ok') w.push({ kind: 'record', at, line, text: w.state.emit ? textOf(cur, at, cur.pos) : '', from, parents });
  if (end === 'large') w.push({ kind: 'bad', at, line, reason: recordTooLong });
  if (end === 'deep') w.push({ kind: 'bad', at, line, reason: `the record is nested deeper than ${MAX_DEPTH}` });
  if (end === 'bad' || end === 'cut') { cur.stop = { at, line }; return end; }
  cur.keep = kept;
  return 'ok';
}

/** Reads and parses a value that is not a record: what lies around the records. */
function* readAround(w: Walk, at: number): Step<{ end: WalkEnd; value?: unknown }> {
  const { cur } = w;
  const line = cur.line, kept = cur.keep;
  cur.keep = Math.min(kept, at);
  const end = yield* readValue(cur, MAX_RECORD_BYTES);
  if (end === 'bad' || end === 'cut') { cur.stop = { at, line }; return { end }; }
  const size = cur.pos - at;
  // Keys and other short values are always read: only what would fill the memory is left out.
  const readable = end === 'ok' && (size < 256 || w.kept + size <= MAX_AROUND_BYTES);
  if (readable) w.kept += size;
  const value = readable ? parse(textOf(cur, at, cur.pos)) : undefined;
  cur.keep = kept;
  return { end: 'ok', value };
}

function parse(text: string): unknown {
  // A malformed value beside the records costs only itself.
  try { return JSON.parse(text); } catch { return undefined; }
}

/** Sets an own property whatever its name (`__proto__` included). */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
