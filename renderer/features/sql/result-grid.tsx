import { type KeyboardEvent, useMemo, useState } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { cellText, columnWidths } from './export-rows.ts';
import type { Answer } from './session.ts';

const ROW = 28, HEAD = 26;

/** The rows of an answer; arrows move, Enter shows a row in full. */
export function ResultGrid({ answer }: { readonly answer: Answer }) {
  const { columns, rows } = answer;
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const [current, setCurrent] = useState(0);
  const [open, setOpen] = useState<number | null>(null);
  const template = useMemo(() => `${String(rows.length).length + 3}ch ${columnWidths(answer).map((width) => `${width}ch`).join(' ')}`, [answer, rows.length]);
  const onKey = (event: KeyboardEvent): void => {
    const to = event.key === 'ArrowDown' || event.key === 'j' ? current + 1 : event.key === 'ArrowUp' || event.key === 'k' ? current - 1 : event.key === 'PageDown' ? current + 20 : event.key === 'PageUp' ? current - 20 : event.key === 'Home' ? 0 : event.key === 'End' ? rows.length - 1 : undefined;
    if (to === undefined && event.key !== 'Enter') return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (to === undefined) setOpen(current); else setCurrent(Math.max(0, Math.min(rows.length - 1, to)));
  };
  return (
    <div ref={setBox} className="results" role="grid" tabIndex={0} aria-label="Result" aria-rowcount={rows.length + 1} aria-colcount={columns.length + 1} aria-activedescendant={rows.length > 0 ? `sql-row-${current}` : undefined} onKeyDown={onKey}>
      <div className="wide" style={{ '--cols': template }}>
        <div className="th" role="row" aria-rowindex={1}><span role="columnheader" className="num">#</span>{columns.map((column, i) => <span key={i} role="columnheader" className="mono clip" title={column}>{column}</span>)}</div>
        <VirtualList count={rows.length} rowHeight={ROW} scroll={box} before={HEAD} follow={current} render={(i) => (
          <div id={`sql-row-${i}`} role="row" aria-rowindex={i + 2} aria-selected={i === current} className={i === current ? 'cur' : undefined} onClick={() => setCurrent(i)} onDoubleClick={() => setOpen(i)}>
            <span role="rowheader" className="num dim">{formatCount(i + 1)}</span>
            {columns.map((_, c) => { const value = rows[i]?.[c]; return <span key={c} role="gridcell" className={`mono clip${typeof value === 'number' ? ' num' : ''}`} title={cellText(value)}>{value === null || value === undefined ? <span className="null">NULL</span> : cellText(value)}</span>; })}
          </div>
        )} />
      </div>
      {open !== null && <RowDialog answer={answer} index={open} onClose={() => setOpen(null)} />}
    </div>
  );
}

function RowDialog({ answer: { columns, rows }, index, onClose }: { readonly answer: Answer; readonly index: number; readonly onClose: () => void }) {
  const row = rows[index] ?? [];
  return (
    <Dialog title={`Row ${formatCount(index + 1)}`} look="side" onClose={onClose}>
      {columns.map((column, i) => <section key={i}><h3 className="head mono">{column}</h3><pre className="code" tabIndex={0}>{row[i] === null || row[i] === undefined ? 'NULL' : pretty(cellText(row[i]))}</pre></section>)}
    </Dialog>
  );
}

/** JSON in a text column with indents; other text as it is. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text)) return text;
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; /* It only looked like JSON. */ }
}
