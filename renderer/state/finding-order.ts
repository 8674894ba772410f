import { type Finding, severities } from '#shared/model/finding.ts';

/** An incident's findings as one reads them: the primary issue, then by severity as reported; equals keep their order. */
export function byWeight<T extends Pick<Finding, 'finding_id' | 'severity_reported'>>(findings: readonly T[], primary: string): readonly T[] {
  const weight = (finding: T): number => (finding.finding_id === primary ? -1 : severities.indexOf(finding.severity_reported));
  return findings.toSorted((a, b) => weight(a) - weight(b));
}
