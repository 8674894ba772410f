import type { InputOf } from './calls.ts';
import { useStore } from './store.ts';
import { write } from './writes.ts';

// Each review action with its label and its author, so that every screen words them the same.

const by = (): string => useStore.getState().preferences.reviewer;

export const approve = (id: string) => write('review.approve', { id, by: by() }, { label: `Approve ${id}`, incident: id });
export const approveAction = (id: string, { subject, action }: { readonly subject: string; readonly action: string }) => write('review.approveAction', { id, subject, by: by() }, { label: `Approve once: ${action}`, incident: id });
export const reject = (id: string, note: string) => write('review.reject', { id, note, by: by() }, { label: `Reject ${id}`, incident: id });
export const override = (input: Omit<InputOf<'review.override'>, 'by'>) => write('review.override', { ...input, by: by() }, { label: `Override ${input.id}`, incident: input.id });
export const split = (id: string, findings: readonly string[]) => write('review.split', { id, findings: [...findings], by: by() }, { label: `Split ${id}`, incident: id });
export const merge = (ids: readonly string[]) => write('review.merge', { ids: [...ids], by: by() }, { label: `Merge ${ids.join(', ')}`, incident: ids[0] ?? '' });
export const answer = (input: Omit<InputOf<'review.answer'>, 'by'>) => write('review.answer', { ...input, by: by() }, { label: `Answer ${input.claim}`, incident: input.id });

/** Why a decision can't be approved; undefined when it can. */
export function whyNotApproved(status: string, decision: string | null): string | undefined {
  if (decision === null) return 'Not decided yet';
  if (status === 'approved') return 'Approved already';
  if (status === 'overridden') return 'A person has decided it already';
  return decision === 'needs_human_review' ? 'It needs a decision, which approval does not give: override it, or answer what is missing' : undefined;
}
