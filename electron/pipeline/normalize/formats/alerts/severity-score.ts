import type { Severity } from '#shared/model/finding.ts';

/**
 * A severity by a number of the tool's own scale.
 * @param from the least value of critical, high, medium and low, in this order; what is lower is informational.
 */
export function severityOfScore(value: unknown, from: readonly [critical: number, high: number, medium: number, low: number]): Severity {
  const score = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  if (!Number.isFinite(score) || score < 0) return 'unknown';
  const [critical, high, medium, low] = from;
  return score >= critical ? 'critical' : score >= high ? 'high' : score >= medium ? 'medium' : score >= low ? 'low' : 'informational';
}
