import type { ActionView, IncidentDetail } from '#shared/rpc/schemas.ts';

/** What of the outbox carries an action out: the page, or the ticket. */
export function outboxFor(action: Pick<ActionView, 'action'>, outbox: IncidentDetail['outbox']): IncidentDetail['outbox'][number] | undefined {
  const wanted = /^page\b/i.test(action.action) ? 'page_on_call' : /\bticket\b/i.test(action.action) ? 'auto_create_ticket' : undefined;
  return wanted === undefined ? undefined : outbox.find((item) => item.action === wanted);
}

/** What an approval is worth at a time (ms): not there, held so that it can be undone, good, used up, or past its end. */
export function approvalAt(approval: ActionView['approval'], nowMs: number): 'none' | 'held' | 'good' | 'used' | 'ended' {
  if (approval === null) return 'none';
  if (approval.used) return 'used';
  if (nowMs > Date.parse(approval.until)) return 'ended';
  return nowMs < Date.parse(approval.from) ? 'held' : 'good';
}

/** The first action that waits for an approval of its own; undefined when there is none. */
export function nextToApprove({ incident, actions, outbox }: Pick<IncidentDetail, 'incident' | 'actions' | 'outbox'>, nowMs: number): ActionView | undefined {
  if (incident.status === 'rejected' || incident.status === 'closed') return undefined;
  return actions.find((action) => action.autonomy_level === 'L2' && outboxFor(action, outbox) === undefined && ['none', 'ended'].includes(approvalAt(action.approval, nowMs)));
}
