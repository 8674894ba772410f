import { isObject } from '#shared/lib/json.ts';
import { HOLD_BYTES, moveTo, nextByte, readValue, textOf, type Cursor, type Step } from './json-cursor.ts';

/**
 * Whether a list within the top-level list is one page of an answer, its elements the records (`gh api --paginate --slurp`, `jq -s` over several lists), and no
 * record itself: rows of query results are lists of cells, each with one or two keys.
 */
export const isPage = (list: readonly unknown[]): boolean => list.length === 0 || (isObject(list[0]) && Object.keys(list[0]).length > 2);

/** The same of the list at `pos`, by its first element, which need not be good JSON. Stays where it is. */
export function* isPageAhead(cur: Cursor): Step<boolean> {
  const start = { at: cur.pos, line: cur.line }, kept = cur.keep;
  cur.keep = Math.min(kept, start.at);
  cur.pos++;
  const c = yield* nextByte(cur), from = cur.pos;
  let is = c === 93;
  if (c === 123) {
    const end = yield* readValue(cur, HOLD_BYTES, false, true);
    is = end !== 'ok' || isPage([JSON.parse(textOf(cur, from, cur.pos))]);
  }
  moveTo(cur, start.at, start);
  cur.keep = kept;
  return is;
}
