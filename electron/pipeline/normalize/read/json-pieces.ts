import type { Cursor } from './json-cursor.ts';

/** Where something starts: absolute byte offset in the decoded stream, and line (from 1). */
export interface Mark { readonly at: number; readonly line: number }

/** What the JSON reader hands on: a record's exact text, or a span that could not be read. */
export type Piece =
  | (Mark & { readonly kind: 'record'; readonly text: string; readonly value?: unknown; readonly from: string; readonly parents: readonly unknown[] })
  | (Mark & { readonly kind: 'bad'; readonly reason: string });

export interface ReadState {
  /** False in the pass that only gathers what lies around the records. */
  readonly emit: boolean;
  readonly reasonBad: () => string;
  readonly reasonCut: () => string;
}

/** Notes where the grammar broke; the end of the stream is a cut, anything else a malformed document. */
export function fail(cur: Cursor, c: number): 'bad' | 'cut' {
  cur.stop = { at: cur.pos, line: cur.line };
  return c < 0 ? 'cut' : 'bad';
}
