import { type ReactNode, useCallback, useMemo, useRef } from 'react';
import { decisions } from '#shared/model/decision.ts';
import { incidentHref } from '../../state/addresses.ts';
import { useCommands } from '../../state/commands.ts';
import { type QueueView, isFiltered, noFilter, readView, viewOf, writeView } from '../../state/queue-view.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { approve, whyNotApproved } from '../../state/review.ts';
import { currentRoute, navigate, patchQuery, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { CoachMarks } from './coach-marks.tsx';
import { FilterBar, hiddenWords } from './filter-bar.tsx';
import { Peek } from './peek.tsx';
import { QueueGrid } from './queue-grid.tsx';
import { QueueHead } from './queue-head.tsx';
import { type Cursor, useCursor } from './use-cursor.ts';
import { type QueueRows, useQueuePages } from './use-queue-pages.ts';
import './queue.css';

/** The demo's lesson: a bucket that four reports call public and critical, and that nobody can read. */
const START = 'backup-dev-legacy';

/** The work, in order: rows, what narrows them, and a look at the current one. */
export function QueueScreen() {
  const { query } = useRoute();
  // The current row stands in the address too: moving it must not make the view a new one.
  const asked = viewOf(query).toString();
  const view = useMemo(() => readView(new URLSearchParams(asked)), [asked]);
  const pages = useQueuePages(view);
  const { value: info } = useRead('workspace.info', {});
  const coachDone = useStore((s) => s.preferences.coachDone);
  const isPlain = !isFiltered(view) && view.sort === 'work_order' && !view.descending;
  const startId = info?.is_demo === true && isPlain ? pages.head?.rows.find((row) => row.entity_name === START)?.id : undefined;
  const cursor = useCursor(pages, startId);
  const peek = useStore((s) => s.preferences.peek);
  const actions = useQueueActions(cursor);
  const { current } = cursor;
  return (
    <div className={`s-queue${peek && current ? '' : ' no-peek'}`}>
      <section className="list" aria-label="Queue" aria-busy={pages.loading}>
        <QueueHead view={view} page={pages.head} onView={setView} />
        <FilterBar view={view} page={pages.head} onView={setView} />
        <QueueBody pages={pages} view={view} onView={setView}>
          <QueueGrid cursor={cursor} asOf={info?.as_of ?? new Date().toISOString()} startId={startId} onOpen={actions.open} tail={<Tail pages={pages} view={view} onView={setView} />} />
        </QueueBody>
      </section>
      {peek && current && <Peek row={current} isStart={current.id === startId} onMove={cursor.move} onClose={actions.togglePeek} blocked={actions.blocked} onApprove={actions.approve} onOpen={() => actions.open(current.id)} />}
      {startId !== undefined && !coachDone && <CoachMarks />}
    </div>
  );
}

const setView = (next: QueueView, options: { readonly replace?: boolean } = {}): void => patchQuery({ ...writeView(next), open: null }, options);

interface BodyProps { readonly pages: QueueRows; readonly view: QueueView; readonly onView: (view: QueueView) => void; readonly children: ReactNode }

/** The rows, or why there are none. */
function QueueBody({ pages: { head, problem }, view, onView, children }: BodyProps) {
  if (head === undefined) {
    if (problem === undefined || problem.kind !== 'failed') return <LoadingState what="the queue" rows={20} />;
    return <ErrorState title="The queue can't be read" message={problem.message} good="The workspace file is not changed by reading it. Running jobs go on." onRetry={() => refreshReads()} />;
  }
  if (head.shown > 0) return children;
  if (isFiltered(view)) return <EmptyState icon="search" title="No incident fits these filters" action={<Button onClick={() => onView(noFilter(view))}>Show all {formatCount(head.total)}</Button>}>{hiddenWords(head)}</EmptyState>;
  return (
    <EmptyState icon="tray" title="Nothing has come in yet" action={<><Button look="primary" icon="tray" onClick={() => navigate('/ingest')}>Add files</Button><Button onClick={() => navigate('/connectors')}>Connect a product</Button></>}>
      Findings, inventory and logs in the formats of the tools become incidents here, each with one decision and the evidence for it. Nothing leaves this machine.
    </EmptyState>
  );
}

/** Below the last row: what is hidden, and the way back to all of it. */
function Tail({ pages: { head }, view, onView }: Omit<BodyProps, 'children'>) {
  if (head === undefined) return null;
  if (!isFiltered(view)) return <div className="tail" role="row"><span role="gridcell"><b>{formatCount(head.shown)}</b> incidents, nothing hidden.</span></div>;
  return <div className="tail" role="row"><span role="gridcell"><b>{formatCount(head.shown)}</b> of {formatCount(head.total)} shown. {hiddenWords(head)}. <button type="button" className="link" onClick={() => onView(noFilter(view))}>Show all {formatCount(head.total)}</button></span></div>;
}

/** The keys of the queue, and what its buttons do. */
function useQueueActions(cursor: Cursor) {
  const { query } = useRoute();
  const { current, move, moveTo, count } = cursor;
  const peek = useStore((s) => s.preferences.peek);
  const marking = useStore((s) => s.marking);
  const { prefer, openDialog, toggleMark, setMarking, markAll } = useStore.getState();
  const group = 'Queue';
  const latest = useRef(cursor);
  latest.current = cursor;
  // One function for good: the rows are drawn anew only when they change.
  const open = useCallback((id: string): void => { const { current: row, place } = latest.current; navigate(incidentHref(id, currentRoute().query, { n: id === row?.id ? String(place) : null })); }, []);
  const togglePeek = (): void => prefer({ peek: !peek });
  const blocked = current === undefined ? 'No row' : current.decision === null ? 'Not decided yet' : undefined;
  const approved = blocked ?? (current && whyNotApproved(current.status, current.decision));
  const approveCurrent = (): void => { if (current && approved === undefined) { void approve(current.id); move(1); } };
  const rows = (): void => markAll(Array.from({ length: Math.min(count, 500) }, (_, i) => cursor.row(i)).filter((row) => row !== undefined));
  useCommands([
    { id: 'next', title: 'Next row', group, keys: 'j', also: 'down', keyOnly: true, run: () => move(1) }, { id: 'previous', title: 'Previous row', group, keys: 'k', also: 'up', keyOnly: true, run: () => move(-1) },
    { id: 'page-down', title: 'A page down', group, keys: 'pagedown', keyOnly: true, run: () => move(20) }, { id: 'page-up', title: 'A page up', group, keys: 'pageup', keyOnly: true, run: () => move(-20) },
    { id: 'first', title: 'First row', group, keys: 'home', keyOnly: true, run: () => moveTo(0) }, { id: 'last', title: 'Last row', group, keys: 'end', keyOnly: true, run: () => moveTo(count - 1) },
    { id: 'peek', title: peek ? 'Close the peek' : 'Peek', group, keys: 'space', run: togglePeek },
    { id: 'open', title: `Open ${current?.id ?? ''}`, group, keys: 'enter', ...(current === undefined && { blocked: 'No row' }), run: () => { if (current) open(current.id); } },
    { id: 'approve', title: `Approve ${current?.id ?? ''}`, group, keys: 'a', ...(approved !== undefined && { blocked: approved }), run: approveCurrent },
    ...decisions.map((decision, i) => ({ id: `override-${decision}`, title: `Override: ${decision}`, group, keys: String(i + 1), ...(blocked !== undefined && { blocked }), run: () => { if (current) openDialog({ kind: 'override', id: current.id, decision }); } })),
    { id: 'mark', title: 'Select this row', group, keys: 'x', run: () => { if (current) toggleMark(current); } },
    { id: 'mark-all', title: 'Select all rows that are shown (up to 500)', group, keys: 'mod+a', ...(!marking && { blocked: 'Not selecting' }), run: rows },
    { id: 'mark-done', title: 'Leave selecting', group, keys: 'escape', ...(!marking && { blocked: 'Not selecting' }), run: () => setMarking(false) },
    { id: 'bulk', title: 'Approve the selection', group, keys: 'shift+a', ...(!marking && { blocked: 'Not selecting' }), run: () => openDialog({ kind: 'bulk' }) },
    { id: 'ask', title: 'Ask a model about the selection', group, keys: 'shift+m', ...(!marking && { blocked: 'Not selecting' }), run: () => { const ids = [...useStore.getState().marked.keys()]; if (ids.length > 0) openDialog({ kind: 'ask', ids }); } },
    { id: 'filter', title: 'Filter by text', group, keys: '/', run: () => { document.getElementById('queue-text')?.focus(); } },
    { id: 'clear', title: 'Clear the filters', group, ...(!isFiltered(readView(query)) && { blocked: 'No filter is set' }), run: () => patchQuery({ ...writeView(noFilter(readView(query))), open: null }) },
  ]);
  return { open, togglePeek, approve: approveCurrent, blocked: approved };
}
