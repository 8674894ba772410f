import { refreshReads, useRead } from '../../state/reads.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import type { ImportView } from './import-view.ts';
import { QuarantineList } from './quarantine-list.tsx';

/** What of one import could not be read. */
export function QuarantineDrawer({ file, onClose }: { readonly file: ImportView; readonly onClose: () => void }) {
  const { value, problem } = useRead('ingest.quarantine', { raw_id: file.raw_id });
  return (
    <Dialog title="Quarantine" look="side" onClose={onClose}>
      <div className="s-ingest-part">
        <p className="mono">{file.path}</p>
        <p className="sub">{plural(file.quarantined, 'record')} of this file could not be read. They count nowhere; the others are imported. The file's bytes are kept in the workspace.</p>
        {value === undefined ? problem?.kind === 'failed' ? <ErrorState title="The list can't be read" message={problem.message} good="The import itself is not affected." onRetry={() => refreshReads((name) => name === 'ingest.quarantine')} /> : <LoadingState what="the quarantine" rows={8} /> : <QuarantineList items={value} />}
      </div>
    </Dialog>
  );
}
