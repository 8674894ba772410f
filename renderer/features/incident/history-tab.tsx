import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { useStore } from '../../state/store.ts';
import { undoReview } from '../../state/writes.ts';
import { Button } from '../../ui/button.tsx';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { formatDay, formatTime } from '../../ui/format.ts';

/** Every decision and every review, the newest first; nothing is ever overwritten. */
export function HistoryTab({ detail }: { readonly detail: IncidentDetail }) {
  const zone = useStore((s) => s.preferences.zone);
  // The engine takes back the last review that stands, and no other.
  const last = detail.reviews.findLast((review) => !review.undone && review.action !== 'undo')?.review_id;
  const entries = [
    ...detail.reviews.map((review) => ({ at: review.at, key: `r${review.review_id}`, node: <Review review={review} isLast={review.review_id === last} /> })),
    ...detail.decisions.map((decision) => ({ at: decision.at, key: decision.decision_id, node: <Decision decision={decision} /> })),
  ].toSorted((a, b) => b.at.localeCompare(a.at));
  return <ol className="history">{entries.map(({ at, key, node }) => <li key={key}><time dateTime={at}>{formatTime(at, zone)}</time>{node}</li>)}</ol>;
}

function Decision({ decision }: { readonly decision: IncidentDetail['decisions'][number] }) {
  return <><span className="who">{decision.engine === 'human' ? 'a person' : decision.engine}</span><span className="row1"><DecisionChip decision={decision.decision} /><PriorityMark priority={decision.priority} /><span className="dim">confidence {decision.confidence.toFixed(2)}{decision.current && ', in force'}</span></span><span className="mono dim clip" title={decision.decision_id}>{decision.decision_id.slice(0, 10)}</span></>;
}

function Review({ review, isLast }: { readonly review: IncidentDetail['reviews'][number]; readonly isLast: boolean }) {
  const zone = useStore((s) => s.preferences.zone);
  const words = [review.reason?.replaceAll('_', ' '), review.note].filter(Boolean).join(': ');
  return (
    <><span className="who clip" title={review.author}>{review.author}</span>
      <span className={`row1${review.undone ? ' undone' : ''}`}><b>{review.action.replaceAll('_', ' ')}</b>{review.decision !== null && review.action === 'override' && <><DecisionChip decision={review.decision} /><PriorityMark priority={review.priority} /></>}<span className="sub clip" title={words}>{words}</span></span>
      <span className="dim row1">{review.undone ? 'undone' : review.flagged !== null ? <span title={review.flagged}>evidence changed</span> : review.expires === null ? '' : `until ${formatDay(review.expires, zone)}`}{isLast && <Button small look="ghost" icon="undo" title={`Undo: ${words === '' ? review.action : words}`} onClick={() => { void undoReview(review.review_id, review.action.replaceAll('_', ' ')); }}>Undo</Button>}</span></>
  );
}
