import { err, ok, type Result } from '#shared/lib/result.ts';
import { linksDigest } from '../told-digests.ts';
import type { App } from '../create-app.ts';
import type { InputOf } from '../procedure.ts';
import { beforeSchema, restoreBefore } from '../review-before.ts';
import type { Reviewed } from './review.ts';

/** The status that a review leaves an incident in; a change of it since means that new evidence came in between. */
const LEAVES: Readonly<Record<string, string>> = { approve: 'approved', reject: 'rejected', override: 'overridden' };

/**
 * Takes the last review of an incident back: status, decision, outbox, pairs and answers are as before. The review stays in the record, and the
 * undo is a review of its own. Refused when something of it has gone out, when a later review stands, or when new evidence has replaced what it was about.
 */
export function undo(app: App, input: InputOf<'review.undo'>): Result<Reviewed> {
  const { reviews, incidents, outbox, approvals } = app.tables;
  const review = reviews.get(input.review_id);
  if (!review || review.before === null) return err(`there is no review ${input.review_id} that can be undone`);
  const all = reviews.ofIncident(review.key);
  const undone = new Set(all.map((r) => r.undoes));
  if (undone.has(review.review_id)) return err('it is undone already');
  const last = all.findLast((r) => r.action !== 'undo' && !undone.has(r.review_id));
  if (last?.review_id !== review.review_id) return err(`a later review of this incident stands (${last?.action ?? ''} by ${last?.author ?? ''}); undo that one first`);
  const row = incidents.get(review.key);
  const left = LEAVES[review.action];
  if (!row || (left !== undefined && row.incident.status !== left)) return err('new evidence has changed the incident since; there is nothing left to take back');
  const before = beforeSchema.parse(JSON.parse(review.before));
  const had = new Map<string, string>(before.incidents.flatMap((i) => i.outbox.map((o) => [`${i.incident.key}/${o.action}`, o.status] as const)));
  const sent = before.incidents.flatMap((i) => outbox.ofIncident(i.incident.key)).find((o) => o.status === 'sent' && had.get(o.outbox_id) !== 'sent');
  if (sent) return err(`${sent.action} has gone out already; it can't be taken back`);
  if (before.approval_id !== null && approvals.get(before.approval_id)?.used_us != null) return err('what was approved has been carried out already; it can\'t be taken back');
  const nowUs = app.now();
  const reviewId = app.tables.transaction(() => {
    restoreBefore(app, before, nowUs);
    app.audit('undone', input.by, { incident: row.incident.id, review_id: review.review_id, action: review.action, by: review.author, links: linksDigest(app.tables.contents.links()) });
    return reviews.add({ key: review.key, decision_id: review.decision_id, action: 'undo', decision: null, priority: null, reason: null, note: review.action, author: input.by, at_us: nowUs, expires_us: null, claims: null, undoes: review.review_id });
  });
  return ok({ incident: row.incident.id, status: incidents.get(review.key)?.incident.status ?? '', message: `${review.action} by ${review.author} is undone`, review_id: reviewId });
}
