import type { IssueFields } from '../../aws-issue.ts';
import { portInId, portInText } from '../../port-in-text.ts';
import { controlPort } from '../../securityhub-controls.ts';

/** An open port's number: the control's own, else that in the check's id; one that only a title tells, written for the finding (Security Hub's and Inspector's own are not), makes the issue a guess. */
export function withPort<T extends IssueFields>(issue: T, source: string, check: string, title: string | undefined): T & { readonly port?: number | undefined } {
  if (issue.issue_type !== 'open_port') return issue;
  const own = source === 'securityhub' ? controlPort(check) : undefined;
  const port = own === undefined ? portInId(check) : own ?? undefined;
  if (port !== undefined || own === null) return { ...issue, port };
  const told = portInText(title);
  return { ...issue, port: told, ...(told !== undefined && !['securityhub', 'inspector'].includes(source) && { issue_guessed: true }) };
}
