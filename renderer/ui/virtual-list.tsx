import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect } from 'react';

interface VirtualListProps {
  readonly count: number; readonly rowHeight: number; /** The box that scrolls, from a ref kept in state: it is there only after the first drawing. */ readonly scroll: HTMLElement | null;
  /** The row to keep in sight, e.g. the selected one. */
  readonly follow?: number; readonly render: (index: number) => ReactNode; /** What lies above the rows in the same box (a sticky head), px. */ readonly before?: number;
  readonly onRange?: (first: number, last: number) => void;
}

/** Draws the rows in sight and a few more; the box that scrolls is the caller's, so that a sticky head and a tail can live in it. */
export function VirtualList({ count, rowHeight, scroll, follow, render, before = 0, onRange }: VirtualListProps) {
  const rows = useVirtualizer({ count, getScrollElement: () => scroll, estimateSize: () => rowHeight, overscan: 12, scrollMargin: before, scrollPaddingStart: before, scrollPaddingEnd: rowHeight });
  useEffect(() => { if (follow !== undefined && follow >= 0 && follow < count) rows.scrollToIndex(follow, { align: 'auto' }); }, [follow, count, rows]);
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0, last = items.at(-1)?.index ?? 0;
  useEffect(() => { onRange?.(first, last); }, [first, last, onRange]);
  return (
    <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
      {items.map((item) => <div key={item.key} role="presentation" style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${item.start - before}px)` }}>{render(item.index)}</div>)}
    </div>
  );
}
