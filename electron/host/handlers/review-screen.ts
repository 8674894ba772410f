import { decisions } from '#shared/model/decision.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { procedure, type RunProcedure } from '../procedure.ts';
import type { Hooks } from '../serve-requests.ts';
import { approveAction } from './action-approvals.ts';
import { decideAgain } from './imports.ts';
import { reasonCodes } from '#shared/model/words.ts';
import { answer, merge, override, review, split, type Reviewed } from './review.ts';
import { undo } from './undo.ts';

type ReviewName = Extract<Parameters<typeof procedure>[0], `review.${string}`>;
const isReason = (text: string): text is (typeof reasonCodes)[number] => (reasonCodes as readonly string[]).includes(text);
/** These say themselves what the evidence lacks; every other override has to point at some. */
const ABOUT_EVIDENCE: ReadonlySet<string> = new Set(['evidence_wrong', 'evidence_missing']);

/** What people do on the incident's screen. Corrections and answers change what is decided, so it is decided again at once. */
export const reviewProcedures: readonly (readonly [ReviewName, RunProcedure])[] = [
  procedure('review.approve', (app, input) => review(app, 'approve', input)),
  procedure('review.reject', (app, input) => review(app, 'reject', input)),
  procedure('review.approveAction', approveAction),
  procedure('review.override', (app, input) => {
    const { reason } = input;
    if (!isReason(reason)) return err(`"${reason}" is no reason code; there are ${reasonCodes.join(', ')}`);
    if (input.cites.length === 0 && !ABOUT_EVIDENCE.has(reason)) return err('an override cites at least one piece of evidence, or says that the evidence is wrong or missing');
    return override(app, { ...input, reason });
  }),
  procedure('review.split', (app, input, hooks) => thenDecide(app, split(app, input), hooks)),
  procedure('review.merge', (app, input, hooks) => thenDecide(app, merge(app, input), hooks)),
  procedure('review.answer', (app, input, hooks) => thenDecide(app, answer(app, input), hooks)),
  procedure('review.undo', (app, input, hooks) => {
    const action = app.tables.reviews.get(input.review_id)?.action;
    const undone = undo(app, input);
    return action === 'split' || action === 'merge' || action === 'answer' ? thenDecide(app, undone, hooks) : undone;
  }),
];

async function thenDecide(app: App, reviewed: Result<Reviewed>, hooks: Hooks): Promise<Result<Reviewed>> {
  if (!reviewed.ok) return reviewed;
  const decided = await decideAgain(app, hooks);
  if (!decided.ok) return decided;
  const row = app.tables.incidents.get(reviewed.value.incident);
  const now = row?.decision_id === undefined ? undefined : app.tables.decisions.brief(row.decision_id)?.triage;
  return ok({ ...reviewed.value, status: row?.incident.status ?? reviewed.value.status, message: `${reviewed.value.message}${now !== undefined && decisions.includes(now.decision) ? `; now ${now.decision} ${now.priority}` : ''}` });
}
