import { issueTypes, type IssueTypeName } from '#shared/model/issue-types.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';
import { classifyIssue } from '../../classify-issue.ts';
import { guarddutyMeaning, isGuarddutyType } from '../../guardduty-type.ts';

/** ATT&CK tactics (attack.mitre.org/tactics/enterprise) in the taxonomy's words; initial access has no single word. */
const tactics: Readonly<Record<string, IssueTypeName>> = {
  TA0043: 'reconnaissance', TA0007: 'reconnaissance', TA0002: 'execution', TA0003: 'persistence', TA0004: 'privilege_escalation', TA0005: 'defense_evasion',
  TA0006: 'credential_access', TA0008: 'lateral_movement', TA0010: 'data_exfiltration', TA0011: 'command_and_control', TA0040: 'impact',
};
/** What an OCSF finding says of its check: `ids` from fixed lists, `title` written for this finding. */
export interface Told { readonly ids: readonly (string | undefined)[]; readonly title: string }

/** The issue of a detection of any product: a GuardDuty type, unmistakable words of the tool's ids, else its tactic; a guess by the words of the title where the tool names neither; else the tool's own id. */
export function detectionIssue(own: string, { ids, title }: Told, tacticIds: readonly string[]): IssueFields {
  const guardduty = ids.find(isGuarddutyType);
  if (guardduty !== undefined) {
    const { issue } = guarddutyMeaning(guardduty);
    if (issue !== undefined) return { issue_type: issue, issue_mapped: true };
  }
  const byWords = (text: string | undefined): IssueTypeName | undefined => { const found = classifyIssue(text); return found !== undefined && issueTypes[found].plan === 'detection' ? found : undefined; };
  // An id that only repeats the title is no id of the tool's.
  const told = ids.filter((id) => id !== title).map(byWords).find((name) => name !== undefined) ?? tacticIds.map((id) => (Object.hasOwn(tactics, id) ? tactics[id] : undefined)).find((name) => name !== undefined);
  if (told !== undefined) return { issue_type: told, issue_mapped: true };
  const guess = byWords(title);
  return guess === undefined ? { issue_type: own, issue_mapped: false } : { issue_type: guess, issue_mapped: true, issue_guessed: true };
}

/** The issue of a posture or compliance finding. */
export const postureIssue = (own: string, { ids, title }: Told): IssueFields => cloudIssue(own, { ids, free: [title] });
