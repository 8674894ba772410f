import { type ReactNode, useState } from 'react';
import type { QueueRow } from '#shared/rpc/schemas.ts';
import { useStore } from '../../state/store.ts';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { QueueRowView, rowId } from './queue-row.tsx';
import type { Cursor } from './use-cursor.ts';

const ROW = 28, HEAD = 26;

interface GridProps { readonly cursor: Cursor; readonly asOf: string; readonly startId: string | undefined; readonly onOpen: (id: string) => void; readonly tail: ReactNode }

/** The rows: one tab stop, the current row is told to screen readers by its id. */
export function QueueGrid({ cursor, asOf, startId, onOpen, tail }: GridProps) {
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const marking = useStore((s) => s.marking);
  const marked = useStore((s) => s.marked);
  const toggleMark = useStore((s) => s.toggleMark);
  const { count, index, row, select, onRange } = cursor;
  const current = index >= 0 ? row(index) : undefined;
  return (
    <div ref={setBox} className="grid" role="grid" tabIndex={0} data-home="" aria-label="Incidents" aria-rowcount={count + 1} aria-colcount={10} aria-multiselectable={marking || undefined} aria-activedescendant={current ? rowId(current.id) : undefined}>
      <QueueHeadings />
      <VirtualList count={count} rowHeight={ROW} before={HEAD} scroll={box} follow={index} onRange={onRange} render={(i) => {
        const found: QueueRow | undefined = row(i);
        if (found === undefined) return <div role="row" aria-rowindex={i + 2} className="waiting"><span role="gridcell">…</span></div>;
        return <QueueRowView row={found} index={i} asOf={asOf} isCurrent={i === index} isStart={found.id === startId} isMarked={marking ? marked.has(found.id) : null} onSelect={select} onOpen={onOpen} onMark={toggleMark} />;
      }} />
      {tail}
    </div>
  );
}

function QueueHeadings() {
  return (
    <div className="th" role="row" aria-rowindex={1}>
      <span role="columnheader" title="Severity as the tools reported it">Sev</span><span role="columnheader">Proposal</span><span role="columnheader"><span className="vh">State</span></span><span role="columnheader">Pri</span>
      <span role="columnheader">Entity</span><span role="columnheader">Primary issue</span><span role="columnheader" className="num fin" title="Findings">Fnd</span><span role="columnheader">Evidence</span><span role="columnheader" className="num">Age</span><span role="columnheader">Owner</span>
    </div>
  );
}
