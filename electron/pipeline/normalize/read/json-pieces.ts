import type { Cursor } from './json-cursor.ts';
import { createGap, type Gap } from './json-quick.ts';

/** Where something starts: absolute byte offset in the decoded stream, and line (from 1). */
export interface Mark { readonly at: number; readonly line: number }

/**
 * What the JSON reader hands on: a record, or a span that could not be read. `exact`: the record is part of a document that was parsed whole; the mark is the
 * document's, and `text`, the record's own, is looked up when it is asked for. `size`: characters of it, about, where looking it up would cost.
 */
export type Piece =
  | (Mark & { readonly kind: 'record'; readonly text: string; readonly size?: number; readonly exact?: () => Mark; readonly value?: unknown; readonly from: string; readonly parents: readonly unknown[] })
  | (Mark & { readonly kind: 'bad'; readonly reason: string });

export interface ReadState {
  /** False in the pass that only gathers what lies around the records. */
  readonly emit: boolean;
  readonly reasonBad: () => string;
  readonly reasonCut: () => string;
  /** What stands between records, by the list that they are of. */
  readonly gaps: Map<string, Gap>;
}

/** Notes where the grammar broke; the end of the stream is a cut, anything else a malformed document. */
export function fail(cur: Cursor, c: number): 'bad' | 'cut' {
  cur.stop = { at: cur.pos, line: cur.line };
  return c < 0 ? 'cut' : 'bad';
}

export function gapOf(state: ReadState, of: string): Gap {
  let gap = state.gaps.get(of);
  if (gap === undefined) { gap = createGap(); state.gaps.set(of, gap); }
  return gap;
}
