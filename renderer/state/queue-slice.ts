import type { QueueRow } from '#shared/rpc/schemas.ts';
import type { Slice } from './slice.ts';

/** What the queue keeps beside its address: the marked rows. The whole row stays, so that a bulk action can show what it means. */
export interface QueueSlice {
  readonly marking: boolean;
  readonly marked: ReadonlyMap<string, QueueRow>;
  setMarking: (on: boolean) => void;
  toggleMark: (row: QueueRow) => void;
  markAll: (rows: readonly QueueRow[]) => void;
}

export const queueSlice: Slice<QueueSlice> = (set) => ({
  marking: false,
  marked: new Map(),
  setMarking: (marking) => set(marking ? { marking } : { marking, marked: new Map() }),
  toggleMark: (row) => set(({ marked }) => {
    const next = new Map(marked);
    if (!next.delete(row.id)) next.set(row.id, row);
    return { marked: next, marking: true };
  }),
  markAll: (rows) => set({ marking: true, marked: new Map(rows.map((row) => [row.id, row])) }),
});
