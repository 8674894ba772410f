import type { Answer, StorageAccess, Verdict } from '#shared/model/verdict.ts';

export type AccessKind = keyof StorageAccess['public_actual'];

/** The verdict over all kinds of access, for one kind; what decided the whole is left out where the part answers otherwise. */
export function narrowed(verdict: Verdict, answer: Answer, access: AccessKind): Verdict {
  if (answer === verdict.answer) return verdict;
  return { answer, assumed: [], missing: answer === 'unknown' ? verdict.missing : [], reasons: verdict.reasons, ...(answer === 'no' && { blocked_by: `NO_GRANT_OF_${access.toUpperCase()}` }), ...(answer === 'yes' && verdict.via !== undefined && { via: verdict.via }) };
}
