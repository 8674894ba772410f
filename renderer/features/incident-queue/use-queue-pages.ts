import { useCallback, useMemo, useState } from 'react';
import type { QueuePage, QueueRow } from '#shared/rpc/schemas.ts';
import { useRead, useReads } from '../../state/reads.ts';
import type { QueueView } from '../../state/queue-view.ts';
import type { CallProblem } from '../../state/calls.ts';

const PAGE = 200;
/** Rows before and after those in sight that are there before a scroll gets to them. */
const AHEAD = 100;

export interface QueueRows {
  /** Counts, facets and the first rows; undefined while nothing is known. */
  readonly head: QueuePage | undefined; readonly problem: CallProblem | undefined; readonly loading: boolean;
  /** The row at an index; undefined while its page is read. */
  readonly row: (index: number) => QueueRow | undefined;
  readonly onRange: (first: number, last: number) => void;
}

/** The queue in pages of 200: the first for the counts, and those in or near sight. */
export function useQueuePages({ filter, sort, descending }: QueueView): QueueRows {
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const order = useMemo(() => ({ filter, sort, descending, limit: PAGE }), [filter, sort, descending]);
  const head = useRead('queue.list', { ...order, offset: 0 }, { keep: true });
  const shown = head.value?.shown ?? 0;
  const [from, to] = range;
  const offsets = [...new Set([from, Math.floor((from + to) / 2), to])].map((page) => page * PAGE).filter((offset) => offset > 0 && offset < shown);
  const reads = useReads('queue.list', offsets.map((offset) => ({ ...order, offset })));
  const onRange = useCallback((first: number, last: number) => {
    setRange((was) => { const next = [Math.floor((first - AHEAD) / PAGE), Math.floor((last + AHEAD) / PAGE)] as const; return was[0] === next[0] && was[1] === next[1] ? was : next; });
  }, []);
  return {
    head: head.value, problem: head.problem, loading: head.loading, onRange,
    row(index) {
      if (index < PAGE) return head.value?.rows[index];
      const offset = Math.floor(index / PAGE) * PAGE;
      return reads[offsets.indexOf(offset)]?.value?.rows[index - offset];
    },
  };
}
