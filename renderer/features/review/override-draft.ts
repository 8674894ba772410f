import type { DecisionName, Priority } from '#shared/model/decision.ts';

/** Why people override, as the engine stores it. */
export const reasonCodes = [
  { code: 'evidence_wrong', words: 'Evidence is wrong' }, { code: 'evidence_missing', words: 'Evidence is missing' }, { code: 'business_context', words: 'Business context' }, { code: 'accepted_risk', words: 'Accepted risk' },
  { code: 'duplicate', words: 'Duplicate' }, { code: 'false_positive', words: 'False positive' }, { code: 'true_positive', words: 'True positive' }, { code: 'policy', words: 'Policy' }, { code: 'other', words: 'Other' },
] as const;

export interface Draft { readonly decision: DecisionName; readonly priority: Priority; readonly reason: string; readonly note: string; readonly cites: readonly string[]; readonly expires: string }

/** A day from today in the window's own zone, as a date field wants it. */
export function dayAfter(days: number, now: Date = new Date()): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
}

/** What is still missing: a reason, a note, evidence (or the reason that there is none or that it is wrong), and a date in the future for a deferral. */
export function problemsOf(draft: Draft, now: Date): Partial<Record<'reason' | 'note' | 'cites' | 'expires', string>> {
  const saysEvidence = draft.reason === 'evidence_wrong' || draft.reason === 'evidence_missing';
  return {
    ...(draft.reason === '' && { reason: 'Choose a reason.' }),
    ...(draft.note.trim() === '' && { note: 'Write a line: it is kept with the decision.' }),
    ...(draft.cites.length === 0 && !saysEvidence && { cites: 'Cite at least one claim, or give "evidence is wrong" or "evidence is missing" as the reason.' }),
    ...(draft.decision === 'defer' && (draft.expires === '' || draft.expires <= dayAfter(0, now)) && { expires: 'A deferral needs a day after today.' }),
  };
}

/** The draft as the engine takes it. */
export const toOverride = (id: string, draft: Draft) => ({
  id, decision: draft.decision, priority: draft.priority, reason: draft.reason, note: draft.note.trim(), cites: [...draft.cites], ...(draft.decision === 'defer' && { expires: draft.expires }),
});
