import { useState } from 'react';
import { refreshReads, useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { formatBytes, formatCount, formatTime } from '../../ui/format.ts';
import { PathText } from '../../ui/path-text.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import type { ImportView } from './import-view.ts';
import { QuarantineDrawer } from './quarantine-drawer.tsx';
import { RollbackDialog } from './rollback-dialog.tsx';

const stateWords: Readonly<Record<string, string>> = { rolled_back: 'rolled back', done: 'imported', complete: 'imported' };
const lastPart = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;

/** Everything that came in so far, newest first. */
export function ImportsList() {
  const { value, problem } = useRead('ingest.imports', {});
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const [quarantineOf, setQuarantineOf] = useState<ImportView | null>(null);
  const [rollbackOf, setRollbackOf] = useState<ImportView | null>(null);
  const zone = useStore((s) => s.preferences.zone);
  if (value === undefined) return problem?.kind === 'failed' ? <ErrorState title="The imports can't be listed" message={problem.message} good="What was imported is in the workspace; only this list is missing." onRetry={() => refreshReads((name) => name === 'ingest.imports')} /> : <LoadingState what="the imports" rows={8} />;
  if (value.length === 0) return <EmptyState icon="tray" title="Nothing was imported yet">Each file that comes in is listed here, can be looked up record by record, and can be taken back.</EmptyState>;
  return (
    <div ref={setBox} className="imports" role="table" aria-label="Imports" aria-rowcount={value.length + 1}>
      <div className="th" role="row" aria-rowindex={1}><span role="columnheader">File</span><span role="columnheader">Format</span><span role="columnheader" className="num">Size</span><span role="columnheader" className="num">Records</span><span role="columnheader" className="num">New</span><span role="columnheader" className="num">Duplicate</span><span role="columnheader" className="num">Quarantined</span><span role="columnheader">Imported</span><span role="columnheader"><span className="vh">Actions</span></span></div>
      <VirtualList count={value.length} rowHeight={28} before={26} scroll={box} render={(i) => {
        const row = value[i];
        if (row === undefined) return null;
        const isGone = row.state === 'rolled_back';
        return (
          <div role="row" aria-rowindex={i + 2} className={isGone ? 'gone' : undefined}>
            <span role="cell" className="mono"><PathText path={lastPart(row.path)} title={row.path} /></span><span role="cell" className="clip" title={`${row.format} ${row.kind}`}><b>{row.format}</b> <span className="dim">{row.kind}</span></span><span role="cell" className="num dim">{formatBytes(row.bytes)}</span>
            <span role="cell" className="num">{formatCount(row.records)}</span><span role="cell" className="num">{formatCount(row.new)}</span><span role="cell" className="num sub">{formatCount(row.duplicate)}</span>
            <span role="cell" className="num">{row.quarantined > 0 && !isGone ? <button type="button" className="link tabnum" aria-label={`${formatCount(row.quarantined)} quarantined of ${row.path}`} onClick={() => setQuarantineOf(row)}>{formatCount(row.quarantined)}</button> : <span className="dim">{formatCount(row.quarantined)}</span>}</span>
            <span role="cell" className="sub tabnum clip" title={stateWords[row.state] ?? row.state}>{formatTime(row.imported, zone)}</span>
            <span role="cell" className="acts">{isGone ? <span className="dim">rolled back</span> : <Button small look="ghost" icon="undo" title={`Roll back ${lastPart(row.path)}`} onClick={() => setRollbackOf(row)}>Roll back</Button>}</span>
          </div>
        );
      }} />
      {quarantineOf !== null && <QuarantineDrawer file={quarantineOf} onClose={() => setQuarantineOf(null)} />}
      {rollbackOf !== null && <RollbackDialog file={rollbackOf} onClose={() => setRollbackOf(null)} />}
    </div>
  );
}
