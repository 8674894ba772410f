import { useMemo } from 'react';
import { useRead } from '../../state/reads.ts';
import { readView } from '../../state/queue-view.ts';
import { useRoute } from '../../state/router.ts';

export interface Position { /** From 1; null when the incident is not in the view that the address names. */ readonly index: number | null; readonly total: number; readonly previous: string | null; readonly next: string | null }

/** Without a place in the address only so many rows are looked through: whoever comes from the queue brings the place along. */
const SEARCHED = 500;

/** Where an incident stands in the queue's view that the address carries, and its neighbours there. */
export function usePosition(id: string): Position {
  const { query } = useRoute();
  const view = useMemo(() => readView(query), [query]);
  const place = Number(query.get('n') ?? 0);
  const isKnown = Number.isInteger(place) && place > 0;
  const offset = isKnown ? Math.max(0, place - 2) : 0;
  const order = { filter: view.filter, sort: view.sort, descending: view.descending };
  const near = useRead('queue.list', { ...order, offset, limit: 3 }, { keep: true }).value;
  const isNear = near?.rows.some((row) => row.id === id) === true;
  // A review may have moved it: then the whole list is looked through.
  const all = useRead('queue.list', near === undefined || isNear ? null : { ...order, offset: 0, limit: SEARCHED }).value;
  const page = isNear ? near : all;
  const at = page?.rows.findIndex((row) => row.id === id) ?? -1;
  const total = near?.shown ?? 0;
  if (page === undefined || at < 0) return { index: null, total, previous: null, next: near?.rows[0]?.id ?? null };
  return { index: page.offset + at + 1, total, previous: page.rows[at - 1]?.id ?? null, next: page.rows[at + 1]?.id ?? null };
}
