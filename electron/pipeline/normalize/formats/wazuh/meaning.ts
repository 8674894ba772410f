import type { Severity } from '#shared/model/finding.ts';
import type { IssueTypeName } from '#shared/model/issue-types.ts';

/** Levels of rules, 0 to 15 (Wazuh documentation, "Rules classification"; its dashboard and vulnerability alerts draw the same lines). */
export function severityOfLevel(value: unknown): Severity {
  const level = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(level) || level < 0) return 'unknown';
  return level >= 15 ? 'critical' : level >= 12 ? 'high' : level >= 7 ? 'medium' : level >= 4 ? 'low' : 'informational';
}

/** Groups of Wazuh's rules that say what happened; the first that a rule is in counts. */
const groups: Readonly<Record<string, IssueTypeName>> = {
  authentication_failures: 'brute_force', rootcheck: 'malware', virus: 'malware', virustotal: 'malware', yara: 'malware', malware: 'malware', clamd: 'malware', exploit_attempt: 'execution', web_attack: 'execution', sql_injection: 'execution', xss: 'execution', attack: 'execution',
  recon: 'reconnaissance', web_scan: 'reconnaissance', service_availability: 'denial_of_service', log_clearing: 'defense_evasion', audit_log_clearing: 'defense_evasion',
};

export const issueOfGroups = (names: readonly string[]): IssueTypeName | undefined => names.map((name) => (Object.hasOwn(groups, name) ? groups[name] : undefined)).find((issue) => issue !== undefined);
