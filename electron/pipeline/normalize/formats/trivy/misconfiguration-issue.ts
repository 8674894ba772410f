import type { IssueTypeName } from '#shared/model/issue-types.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';

/** Trivy's Kubernetes checks (trivy-checks, KSV…) that give a container a hold on its host. */
const hostPrivileges = new Set([1, 5, 6, 8, 9, 10, 17, 22, 23, 24, 119, 120, 121]);
/** …and those about RBAC: KSV041 to KSV056, and KSV107 to KSV116. */
const isRbac = (n: number): boolean => (n >= 41 && n <= 56) || (n >= 111 && n <= 116) || n === 107;

/**
 * The issue of a misconfiguration by its id (KSV001, AVD-KSV-0001, KSV-0001: three generations of one id) and title; cloud checks by their words.
 */
export function misconfigurationIssue(id: string, title: string, type: string | undefined): IssueFields {
  const m = /^(?:AVD-)?(KSV|KCV|DS)-?0*(\d+)$/i.exec(id);
  if (m) return { issue_type: ownIssue(String(m[1]).toUpperCase(), Number(m[2]), title), issue_mapped: true };
  return cloudIssue(id, { ids: [id], rule: [title, type] });
}

function ownIssue(family: string, n: number, title: string): IssueTypeName {
  if (family === 'KCV') return /audit|log/i.test(title) ? 'logging_disabled' : /tls|cert/i.test(title) ? 'encryption_in_transit_disabled' : 'misconfiguration';
  if (family === 'DS') return /secret|credential/i.test(title) ? 'secret_exposed' : 'workload_misconfiguration';
  if (hostPrivileges.has(n)) return 'privileged_container';
  if (isRbac(n)) return 'overprivileged_identity';
  return /secret/i.test(title) && !/manage|mount/i.test(title) ? 'secret_exposed' : 'workload_misconfiguration';
}
