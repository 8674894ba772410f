import { hash } from 'node:crypto';
import { canonicalJson } from '#electron/audit/chain.ts';
import type { ActionApproval } from '#electron/store/tables/action-approvals.ts';
import type { RecommendedAction, Triage } from '#shared/model/decision.ts';
import type { ActionView } from '#shared/rpc/schemas.ts';
import { MICROS_PER_SECOND, formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { takeBefore } from '../review-before.ts';
import type { Reviewed } from './review.ts';

const DOMAIN = 'winnow-action-approval-v1\n';
/** An approval counts after the hold in which it can be undone, and not for long (design 3-decisions, L2). */
const HOLD_US = 10 * MICROS_PER_SECOND, GOOD_FOR_US = 15 * 60 * MICROS_PER_SECOND;

/** What an approval is bound to: the action, its target and parameters, the evidence, and the policy. Anything else than this needs another approval. */
export function approvalSubject(action: RecommendedAction, triage: Triage, policyVersion: number): string {
  const evidence = triage.evidence.map(({ claim, value, source, pointer }) => ({ claim, value, source, pointer }));
  const parameters = { decision: triage.decision, priority: action.priority, autonomy_level: action.autonomy_level };
  return hash('sha256', DOMAIN + canonicalJson({ action: action.action, target: action.target, parameters, evidence, policy_version: policyVersion }), 'hex');
}

/** The recommended actions of a decision with what an approval of each would be bound to, and the approval that there is. */
export function actionViews(app: App, key: string, triage: Triage): readonly ActionView[] {
  const policyVersion = app.tables.policies.current().version;
  return triage.recommended_actions.map((action) => {
    const subject = approvalSubject(action, triage, policyVersion);
    const known = app.tables.approvals.newest(key, subject);
    const stands = known !== undefined && known.withdrawn_us === null;
    return { ...action, subject, approval: stands ? { author: known.author, at: formatTime(known.at_us), from: formatTime(known.from_us), until: formatTime(known.until_us), used: known.used_us !== null } : null };
  });
}

/** The incident with the action of its decision in force that has this subject. */
function shownAction(app: App, id: string, subject: string) {
  const row = app.tables.incidents.get(id);
  if (!row) return err(`there is no incident ${id}`);
  const { key, status } = row.incident;
  if (status === 'closed' || status === 'rejected') return err(`${row.incident.id} is ${status}: nothing of it is carried out`);
  const record = row.decision_id === undefined ? undefined : app.tables.decisions.get(row.decision_id);
  const action = record && actionViews(app, key, record.triage).find((one) => one.subject === subject);
  if (!record || !action) return err('what was approved has changed since it was shown: the action, its evidence or the policy is another now');
  return ok({ incident: row.incident, decisionId: record.trace.decision_id, action });
}

/** Approves one recommended action, once and for 15 minutes, exactly as it was shown. Nothing goes out by it in this version. */
export function approveAction(app: App, input: { readonly id: string; readonly subject: string; readonly by: string }): Result<Reviewed> {
  const found = shownAction(app, input.id, input.subject);
  if (!found.ok) return found;
  const { incident, decisionId, action } = found.value;
  if (action.autonomy_level !== 'L2') return err(action.autonomy_level === 'L1' ? 'this is a suggestion that a person carries out: there is nothing to approve' : 'this goes out by itself: there is nothing to approve');
  const nowUs = app.now(), standing = app.tables.approvals.newest(incident.key, input.subject);
  if (standing && whyNotGood(standing, Math.max(nowUs, standing.from_us)) === undefined) return ok({ incident: incident.id, status: incident.status, review_id: null, message: `it is approved until ${formatTime(standing.until_us)} already` });
  const untilUs = nowUs + GOOD_FOR_US;
  const reviewId = app.tables.transaction(() => {
    const approvalId = app.tables.approvals.add({ key: incident.key, subject: input.subject, action: action.action, target: action.target, author: input.by, at_us: nowUs, from_us: nowUs + HOLD_US, until_us: untilUs });
    app.audit('action_approved', input.by, { incident: incident.id, approval_id: approvalId, action: action.action, target: action.target, subject: input.subject, until_us: untilUs });
    return app.tables.reviews.add({ before: takeBefore(app, [], false, { approval_id: approvalId }), key: incident.key, decision_id: decisionId, action: 'approve_action', decision: null, priority: action.priority, reason: null, note: `${action.action} (${action.target})`, author: input.by, at_us: nowUs, expires_us: untilUs, claims: null });
  });
  return ok({ incident: incident.id, status: incident.status, review_id: reviewId, message: `"${action.action}" is approved once, until ${formatTime(untilUs)}` });
}

/** Why an approval doesn't count at a time; undefined when it does. */
function whyNotGood(approval: ActionApproval, nowUs: number): string | undefined {
  if (approval.withdrawn_us !== null) return 'the approval was taken back';
  if (approval.used_us !== null) return 'the approval has been used; each is good once';
  if (nowUs < approval.from_us) return 'the approval is held, so that it can be undone';
  return nowUs > approval.until_us ? `the approval ended ${formatTime(approval.until_us)}` : undefined;
}

/**
 * Takes an approval for carrying its action out, right before that: everything it is bound to is checked again, and it is used up in the same
 * transaction. @returns the approver; or why there is no approval to use
 */
export function spendApproval(app: App, input: { readonly id: string; readonly subject: string }): Result<{ readonly approval_id: number; readonly author: string }> {
  return app.tables.transaction((): Result<{ readonly approval_id: number; readonly author: string }> => {
    const found = shownAction(app, input.id, input.subject);
    if (!found.ok) return found;
    const { incident } = found.value, nowUs = app.now();
    const approval = app.tables.approvals.newest(incident.key, input.subject);
    if (!approval) return err('nobody has approved this action');
    const why = whyNotGood(approval, nowUs);
    if (why !== undefined) return err(why);
    if (!app.tables.approvals.use(approval.approval_id, nowUs)) return err('the approval has been used; each is good once');
    app.audit('approval_used', 'engine', { incident: incident.id, approval_id: approval.approval_id, subject: input.subject });
    return ok({ approval_id: approval.approval_id, author: approval.author });
  });
}
