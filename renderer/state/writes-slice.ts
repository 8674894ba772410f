import type { ProcedureName } from '#shared/rpc/contract.ts';
import type { Slice } from './slice.ts';

/**
 * A write that has no answer. `waiting`: it never left, and goes out by itself when the engine is there. `checking`: it left; its incident is
 * read to see whether it happened. `unsure`: that can't be told, so a person decides.
 */
export interface PendingWrite { readonly key: number; readonly name: ProcedureName; readonly input: unknown; readonly label: string; readonly incident: string | null; readonly at: number; readonly state: 'waiting' | 'checking' | 'unsure' }
/** A review action that can be taken back. `until`: when what it set free leaves (ms); undo is possible later, but what left stays sent. */
export interface UndoEntry { readonly reviewId: number; readonly label: string; readonly incident: string; readonly until: number }

export interface WritesSlice {
  readonly pending: readonly PendingWrite[];
  readonly undo: readonly UndoEntry[];
  /** The last thing that went wrong, until it is closed or something else goes well. */
  readonly trouble: string | null;
  setPending: (change: (pending: readonly PendingWrite[]) => readonly PendingWrite[]) => void;
  pushUndo: (entry: UndoEntry) => void;
  dropUndo: (reviewId: number) => void;
  setTrouble: (trouble: string | null) => void;
}

export const writesSlice: Slice<WritesSlice> = (set) => ({
  pending: [], undo: [], trouble: null,
  setPending: (change) => set(({ pending }) => ({ pending: change(pending) })),
  pushUndo: (entry) => set(({ undo }) => ({ undo: [...undo.slice(-49), entry], trouble: null })),
  dropUndo: (reviewId) => set(({ undo }) => ({ undo: undo.filter((entry) => entry.reviewId !== reviewId) })),
  setTrouble: (trouble) => set({ trouble }),
});
