import type { ClaimValue } from './claims.ts';

/** What a claim is worth at a glance. */
export const evidenceMarks = ['verified', 'inferred', 'unknown', 'conflict'] as const;
export type EvidenceMark = (typeof evidenceMarks)[number];

/** What a claim's value shows as a mark: `unknown` and `conflict` are values of their own. */
export function markOf(value: ClaimValue, provenance: 'observed' | 'inferred', stale = false): EvidenceMark {
  if (value === 'conflict') return 'conflict';
  return value === 'unknown' || stale ? 'unknown' : provenance === 'inferred' ? 'inferred' : 'verified';
}
