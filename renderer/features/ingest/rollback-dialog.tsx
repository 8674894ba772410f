import { useState } from 'react';
import type { OutputOf } from '../../state/calls.ts';
import { useStore } from '../../state/store.ts';
import { write } from '../../state/writes.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { formatBytes, formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import type { ImportView } from './import-view.ts';

/** Says what goes, and takes an import back. */
export function RollbackDialog({ file, onClose }: { readonly file: ImportView; readonly onClose: () => void }) {
  const reviewer = useStore((s) => s.preferences.reviewer);
  const [running, setRunning] = useState(false);
  const [gone, setGone] = useState<OutputOf<'ingest.rollback'> | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (): Promise<void> => {
    if (running || gone !== null) return;
    setRunning(true);
    setFailure(null);
    const result = await write('ingest.rollback', { raw_id: file.raw_id, by: reviewer }, { label: `Roll back ${file.path}` });
    setRunning(false);
    if (result.ok) setGone(result.value); else setFailure(result.error.message);
  };
  return (
    <Dialog title={gone === null ? 'Roll back this import?' : 'Rolled back'} onClose={onClose} onSubmit={() => { void submit(); }}
      footer={gone === null ? <><span>as <b>{reviewer}</b></span><span className="grow" /><Button look="ghost" onClick={onClose}>Cancel</Button><Button look="primary" icon="undo" keys="mod+enter" disabled={running} onClick={() => { void submit(); }}>{running ? 'Rolling back' : 'Roll back'}</Button></> : <><span className="grow" /><Button look="primary" onClick={onClose}>Done</Button></>}>
      <div className="s-ingest-part">
        <p className="mono">{file.path}</p>
        {gone === null ? <>
          <ul className="goes">
            <li><Icon name="minus" size="m" /><span>Up to <b>{plural(file.new, 'record')}</b> that came new with this {file.format} file, unless another import brought the same</span></li>
            <li><Icon name="minus" size="m" /><span>Its kept bytes (<b>{formatBytes(file.bytes)}</b>){file.quarantined > 0 && <> and its quarantine of <b>{formatCount(file.quarantined)}</b></>}</span></li>
            <li><Icon name="minus" size="m" /><span>Incidents that are left without a finding close; others that it touched are decided again</span></li>
            <li><Icon name="check" size="m" /><span>What other imports say of the same things comes back as they said it; reviews and the audit log stay, with a row about this</span></li>
          </ul>
          <p className="sub">It can't be undone from here. Importing the file again brings the records back, not the reviews' place on closed incidents.</p>
        </> : <p role="status"><b>{plural(gone.findings, 'finding')}</b>, <b>{plural(gone.events, 'event')}</b> and <b>{plural(gone.resources, 'resource')}</b> are gone. {plural(gone.decided, 'incident')} decided again.</p>}
        {failure !== null && <p className="bad" role="alert">{failure} If nothing else is said, nothing was removed.</p>}
      </div>
    </Dialog>
  );
}
