import { useCallback, useEffect, useMemo, useState } from 'react';
import type { QueueRow } from '#shared/rpc/schemas.ts';
import { patchQuery, useRoute } from '../../state/router.ts';
import type { QueueRows } from './use-queue-pages.ts';

/** Which row is current, and how to move. The row pinned for a first run stands before all others and not again in its own place. */
export interface Cursor {
  readonly count: number; readonly index: number; readonly current: QueueRow | undefined; /** The current row's place in the engine's order, from 1. */ readonly place: number;
  readonly row: (index: number) => QueueRow | undefined; select: (id: string) => void; move: (step: number) => void; moveTo: (index: number) => void; onRange: (first: number, last: number) => void;
}

export function useCursor(pages: QueueRows, startId: string | undefined): Cursor {
  const { query } = useRoute();
  const wanted = query.get('open');
  const count = pages.head?.shown ?? 0;
  const first = pages.head?.rows;
  const pinned = useMemo(() => (startId === undefined ? -1 : (first?.findIndex((row) => row.id === startId) ?? -1)), [first, startId]);
  const order = (index: number): number => (pinned < 0 || index > pinned ? index : index === 0 ? pinned : index - 1);
  const row = (index: number): QueueRow | undefined => (index < 0 || index >= count ? undefined : pages.row(order(index)));
  // Moved to a row whose page is still read: it becomes the current one as soon as it is there.
  const [ahead, setAhead] = useState<number | null>(null);
  const found = ahead === null ? undefined : row(ahead);
  const index = count === 0 ? -1 : (ahead ?? Math.max(0, indexOf(row, count, wanted, first?.length ?? 0)));
  const select = useCallback((id: string) => { setAhead(null); patchQuery({ open: id }, { replace: true }); }, []);
  const moveTo = (to: number): void => { const at = Math.max(0, Math.min(count - 1, to)), next = row(at); if (next) { near.set(next.id, at); select(next.id); } else if (count > 0) setAhead(at); };
  useEffect(() => { if (found && ahead !== null) { near.set(found.id, ahead); select(found.id); } }, [found, ahead, select]);
  return { count, index, current: row(index), place: order(index) + 1, row, select, moveTo, move: (step) => moveTo(index + step), onRange: pages.onRange };
}

/** Where an incident stands among the rows that are known; -1 when it is not among them. */
function indexOf(row: (index: number) => QueueRow | undefined, count: number, id: string | null, known: number): number {
  if (id === null) return 0;
  const around = near.get(id) ?? 0;
  // Back from an incident far down: its page is read once the list has scrolled there.
  if (around >= known && around < count && row(around) === undefined) return around;
  for (const [from, to] of [[around - 3, around + 4], [0, known], [known, Math.min(count, 20_000)]] as const) {
    for (let i = Math.max(0, from); i < Math.min(count, to); i++) if (row(i)?.id === id) { near.set(id, i); if (near.size > 400) near.clear(); return i; }
  }
  return -1;
}

/** Where rows were last: moving by one looks there first. */
const near = new Map<string, number>();
