import { incidentHref } from '../state/addresses.ts';
import { navigate } from '../state/router.ts';
import { useStore } from '../state/store.ts';
import { undoReview } from '../state/writes.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { formatClock } from '../ui/format.ts';

/** The reviews of this window that can be taken back, the newest first. Older ones stand in the history of their incident. */
export function UndoJournal() {
  const undo = useStore((s) => s.undo);
  const zone = useStore((s) => s.preferences.zone);
  const closeDialog = useStore((s) => s.closeDialog);
  const open = (incident: string): void => { closeDialog(); navigate(incidentHref(incident, new URLSearchParams())); };
  return (
    <Dialog title="Undo journal" onClose={closeDialog} footer={<><span className="dim grow">What has left the outbox stays sent; everything else comes back as it was.</span><Button look="primary" onClick={closeDialog}>Done</Button></>}>
      {undo.length === 0 ? <p className="sub">Nothing was reviewed in this window. Reviews from before can be undone in the history of their incident.</p> : (
        <ul className="journal">{undo.toReversed().map((entry) => (
          <li key={entry.reviewId}><span className="grow clip" title={entry.label}>{entry.label}</span><span className="dim tabnum">held until {formatClock(new Date(entry.until).toISOString(), zone)}</span>
            <Button small look="ghost" onClick={() => open(entry.incident)}>Open</Button><Button small icon="undo" title={`Undo: ${entry.label}`} onClick={() => { void undoReview(entry.reviewId, entry.label); }}>Undo</Button></li>
        ))}</ul>
      )}
    </Dialog>
  );
}
