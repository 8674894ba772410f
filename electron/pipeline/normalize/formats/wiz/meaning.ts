import { list, str } from '#shared/lib/json.ts';
import type { FindingKind, FindingStatus } from '#shared/model/finding.ts';
import { describeIssue, type IssueTypeName } from '#shared/model/issue-types.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';
import { guarddutyMeaning, isGuarddutyType } from '../../guardduty-type.ts';

export interface WizMeaning { readonly kind: FindingKind; readonly issue_type: string; readonly issue_mapped: boolean; readonly issue_guessed?: true; readonly attack: readonly string[] }

/** ATT&CK tactics by the issue that a detection of that tactic is, when its name tells nothing for sure. */
const tactics: Readonly<Record<string, IssueTypeName>> = {
  TA0001: 'suspicious_login', TA0002: 'execution', TA0003: 'persistence', TA0004: 'privilege_escalation', TA0005: 'defense_evasion', TA0006: 'credential_access',
  TA0007: 'reconnaissance', TA0008: 'lateral_movement', TA0009: 'data_exfiltration', TA0010: 'data_exfiltration', TA0011: 'command_and_control', TA0040: 'impact', TA0043: 'reconnaissance',
};

/** …and where only their names stand (Wiz's own frameworks have the same). */
const tacticNames: readonly (readonly [RegExp, string])[] = [
  [/^initial access/i, 'TA0001'], [/^execution/i, 'TA0002'], [/^persistence/i, 'TA0003'], [/^privilege escalation/i, 'TA0004'], [/^defen[cs]e evasion/i, 'TA0005'], [/^credential access/i, 'TA0006'],
  [/^(discovery|reconnaissance)/i, 'TA0007'], [/^lateral movement/i, 'TA0008'], [/^collection/i, 'TA0009'], [/exfiltration/i, 'TA0010'], [/^command (and|&) control|^c2\b/i, 'TA0011'], [/^impact/i, 'TA0040'],
];

function tacticsIn(text: string): readonly IssueTypeName[] {
  const named = tacticNames.flatMap(([pattern, id]) => (pattern.test(text) ? [id] : []));
  return [...(text.match(/\bTA\d{4}\b/g) ?? []), ...named].flatMap((id) => (Object.hasOwn(tactics, id) ? tactics[id] ?? [] : []));
}

/** Words for a setting (`service account token`) don't say what happened. */
function saysWhatHappened(told: IssueFields): boolean {
  if (!told.issue_mapped || told.issue_guessed) return false;
  return told.issue_type === 'root_account_use' || describeIssue(told.issue_type, 'detection').plan !== 'configuration';
}

/**
 * What a Wiz issue is about, from its rule's name. Rules that repeat a cloud provider's detection carry its type as name
 * (`Recon:EC2/PortProbeUnprotectedPort`).
 */
export function wizMeaning(checkId: string, name: string | undefined, isThreat: boolean, mitre: readonly string[]): WizMeaning {
  const techniques = mitre.flatMap((text) => text.match(/\bT\d{4}(?:\.\d{3})?\b/g) ?? []);
  if (isGuarddutyType(name)) {
    const { issue, kind, attack } = guarddutyMeaning(name);
    return { kind, attack: [...new Set([...attack, ...techniques])], issue_type: issue ?? name, issue_mapped: issue !== undefined };
  }
  const told = cloudIssue(checkId, { ids: [checkId === name ? undefined : checkId], rule: [name] });
  const tactic = isThreat && !saysWhatHappened(told) ? mitre.flatMap(tacticsIn)[0] : undefined;
  const issue: IssueFields = tactic === undefined ? told : { issue_type: tactic, issue_mapped: true };
  const isVulnerability = issue.issue_type === 'vulnerable_package';
  return { kind: isThreat ? 'detection' : isVulnerability ? 'vulnerability' : 'posture', ...issue, attack: [...new Set(techniques)] };
}

/** Exports that don't tell a detection from an issue of posture: by the words its name begins with. */
export const isWizThreat = (title: string | undefined): boolean => /^unusual|^suspicious|^suspected|detected by/i.test(title ?? '');

/** `REJECTED` is Wiz's word for an issue that people chose to ignore. */
export function wizStatus(status: string | undefined): FindingStatus {
  const word = status?.trim().toUpperCase().replace(/[\s-]+/g, '_');
  if (word === 'RESOLVED') return 'resolved';
  return word === 'REJECTED' || word === 'IGNORED' ? 'suppressed' : 'open';
}

/** A line of evidence; none where nothing is said. */
export const wizLine = (label: string, text: string | undefined): readonly string[] => (text === undefined || text === '' ? [] : [`${label}: ${text}`]);

/** FIRST's probability of exploitation as a fraction. Wiz writes it in per cent, as the percentile beside it shows where that is above 1. */
export function epssOf(probability: string | undefined, percentile: string | undefined): number | undefined {
  const n = Number(probability ?? Number.NaN);
  const fraction = n > 1 || Number(percentile ?? 0) > 1 ? Number((n / 100).toFixed(7)) : n;
  return fraction >= 0 && fraction <= 1 ? fraction : undefined;
}

/** Go's way to write a time (`2023-01-25 00:19:27.11 +0000 UTC`) in a form that reads everywhere; other text as it is. */
export const wizTime = (time: unknown): unknown => typeof time === 'string' ? time.replace(/ ([+-]\d{4}) [A-Z]{3,4}( m=.*)?$/, '$1') : time;

/** Categories of a rule: those of ATT&CK, and the other frameworks' as `framework: title`. */
export function wizCategories(rule: unknown): { readonly mitre: readonly string[]; readonly compliance: readonly string[] } {
  const mitre: string[] = [], compliance: string[] = [];
  for (const item of list(rule, 'securitySubCategories')) {
    const framework = str(item, 'category', 'framework', 'name') ?? '';
    const title = str(item, 'title');
    if (/mitre|att&ck/i.test(framework)) mitre.push(`${str(item, 'category', 'name') ?? ''} ${title ?? ''}`);
    else if (title !== undefined) compliance.push(framework === '' ? title : `${framework}: ${title}`);
  }
  return { mitre, compliance };
}
