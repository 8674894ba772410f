import { isObject } from '#shared/lib/json.ts';
import { append, createCursor } from './json-cursor.ts';
import type { Mark, Piece } from './json-pieces.ts';
import { define, walkObject, type PathState } from './json-walk.ts';

/** Documents of more characters are walked: the values of all their records would live together. */
export const MOST_CUT = 4 * 1024 * 1024;

type Part = Extract<Piece, { readonly kind: 'record' }>;
interface Cutting { readonly text: string; readonly parts: { readonly value: unknown; readonly from: string; readonly parents: readonly unknown[] }[]; /** How often a step of a path was met, by name. */ readonly met: Map<string, number> }

/**
 * Cuts a document that was parsed whole into the records that walking through its text finds, without parsing each a second time. Their own texts and places
 * are looked up when someone asks for them.
 * @param start where `text`, the document, begins.
 * @returns undefined where the value may hold less than the text (a repeated key), or the text isn't what the file holds (bytes that are no UTF-8).
 */
export function cutParsed(value: unknown, text: string, paths: readonly PathState[], start: Mark): readonly Part[] | undefined {
  if (!isObject(value) || text.length > MOST_CUT || text.includes('\uFFFD') || mayHideKey(text)) return undefined;
  const cutting: Cutting = { text, parts: [], met: new Map() };
  cutObject(cutting, value, paths, [], true);
  for (const [name, times] of cutting.met) if (countKey(text, name) !== times) return undefined;
  let walked: readonly Part[] | undefined;
  const size = Math.ceil(text.length / Math.max(1, cutting.parts.length));
  return cutting.parts.map((part, nth): Part => {
    const exact = (): Part => {
      const found = (walked ??= walkText(text, paths, start))[nth];
      if (!found) throw new Error(`record ${nth} of the document at byte ${start.at} was not found again`);
      return found;
    };
    return { kind: 'record', ...start, ...part, size, exact, get text() { return exact().text; } };
  });
}

/** A key that is written with escapes isn't found by its name. */
const mayHideKey = (text: string): boolean => text.includes('\\u00') && /\\u00(?:[46][1-9a-f]|[57][0-9a]|5f|2d)/i.test(text);

function countKey(text: string, name: string): number {
  const quoted = JSON.stringify(name);
  let times = 0;
  for (let at = text.indexOf(quoted); at >= 0; at = text.indexOf(quoted, at + quoted.length)) {
    let behind = at + quoted.length;
    while (isBlank(text.charCodeAt(behind))) behind++;
    if (text[behind] === ':') times++;
  }
  return times;
}
const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13;

/** As `walkObject` does it with text. */
function cutObject(c: Cutting, object: Readonly<Record<string, unknown>>, paths: readonly PathState[], parents: readonly unknown[], counted: boolean): Record<string, unknown> {
  const own: Record<string, unknown> = {}, chain = counted ? [...parents, own] : parents;
  for (const key of Object.keys(object)) {
    const value = object[key];
    const on = paths.filter((p) => p.steps[p.at] === key).map((p) => ({ ...p, at: p.at + 1 }));
    if (on.length === 0) { define(own, key, value); continue; }
    c.met.set(key, (c.met.get(key) ?? 0) + 1);
    cutMember(c, value, on, chain, (kept) => { define(own, key, kept); });
  }
  return own;
}

function cutMember(c: Cutting, value: unknown, on: readonly PathState[], chain: readonly unknown[], keep: (value: unknown) => void): void {
  const last = on.find((p) => p.at === p.steps.length);
  if (Array.isArray(value)) {
    if (last) for (const record of value) c.parts.push({ value: record, from: last.from, parents: chain });
    else if (on.some((p) => p.steps[p.at] === '[]')) cutElements(c, value, on, chain);
    else keep(value);
  } else if (isObject(value) && on.some((p) => p.steps[p.at] !== undefined && p.steps[p.at] !== '[]')) {
    keep(cutObject(c, value, on, chain, false));
  } else keep(value);
}

function cutElements(c: Cutting, elements: readonly unknown[], on: readonly PathState[], chain: readonly unknown[]): void {
  const inner = on.filter((p) => p.steps[p.at] === '[]').map((p) => ({ ...p, at: p.at + 1 }));
  for (const element of elements) if (isObject(element)) cutObject(c, element, inner, chain, true);
}

/** The records of the document as walking through its text finds them. */
function walkText(text: string, paths: readonly PathState[], start: Mark): readonly Part[] {
  const cur = createCursor(), parts: Part[] = [];
  append(cur, Buffer.from(text));
  cur.ended = true;
  const state = { emit: true, gaps: new Map(), reasonBad: () => 'malformed JSON', reasonCut: () => 'malformed JSON' };
  const push = (piece: Piece): void => { if (piece.kind === 'record') parts.push({ ...piece, at: piece.at + start.at, line: piece.line + start.line - 1 }); };
  for (const _ of walkObject({ cur, state, objects: [], next: 0, found: false, kept: 0, given: false, push }, paths, [], true)) break;
  return parts;
}
