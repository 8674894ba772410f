import { useStore } from '../../state/store.ts';
import { AnswerDialog } from './answer-dialog.tsx';
import { AskDialog } from './ask-dialog.tsx';
import { BulkDialog } from './bulk-dialog.tsx';
import { MergeDialog } from './merge-dialog.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import { SplitDialog } from './split-dialog.tsx';
import './review.css';

/** The review dialog that is open, on whatever screen. */
export function ReviewDialogs() {
  const dialog = useStore((s) => s.dialog);
  switch (dialog?.kind) {
    case 'override': return <OverrideDialog id={dialog.id} decision={dialog.decision} />;
    case 'split': return <SplitDialog id={dialog.id} />;
    case 'merge': return <MergeDialog id={dialog.id} />;
    case 'answer': return <AnswerDialog id={dialog.id} claim={dialog.claim} />;
    case 'bulk': return <BulkDialog />;
    case 'ask': return <AskDialog ids={dialog.ids} />;
    case 'palette': case 'shortcuts': case 'journal': case undefined: return null;
  }
}
