import type { Severity } from '#shared/model/finding.ts';
import type { IssueTypeName } from '#shared/model/issue-types.ts';
import type { IssueFields } from '../../aws-issue.ts';
import { remembered } from '../../remembered.ts';
import { alertIssue } from '../alerts/alert-issue.ts';

/** Descriptions of Suricata's classes (classification.config); those that say nothing of what was done (`Misc activity`) are left to the rule's group and ATT&CK. */
const classes: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/crypto ?currency mining/i, 'cryptomining'], [/command and control|used for c2/i, 'command_and_control'], [/credential theft/i, 'credential_access'], [/denial of service/i, 'denial_of_service'], [/network scan/i, 'port_scan'],
  [/trojan|exploit kit|targeted malicious|malware/i, 'malware'], [/information leak|external ip address|rpc query/i, 'reconnaissance'], [/privilege gain|web application attack|executable code|system call/i, 'execution'],
  [/suspicious username/i, 'suspicious_login'], [/default username and password/i, 'brute_force'], [/potentially bad traffic|privacy violation|inappropriate content/i, 'policy_violation'],
];

/** Groups of rules, as the names of those of Emerging Threats and the VRT begin (`ET SCAN …`, `GPL ATTACK_RESPONSE …`). */
const groups: Readonly<Record<string, IssueTypeName>> = {
  SCAN: 'reconnaissance', MALWARE: 'malware', TROJAN: 'malware', CNC: 'command_and_control', COINMINER: 'cryptomining', DOS: 'denial_of_service', EXPLOIT: 'execution', EXPLOIT_KIT: 'malware', WEB_SERVER: 'execution', WEB_SPECIFIC_APPS: 'execution', SHELLCODE: 'execution',
  POLICY: 'policy_violation', P2P: 'policy_violation', CHAT: 'policy_violation', GAMES: 'policy_violation', INAPPROPRIATE: 'policy_violation', WORM: 'malware', MOBILE_MALWARE: 'malware', ADWARE_PUP: 'malware', TOR: 'command_and_control', PHISHING: 'malware',
};

const issueOfClass = remembered((category: string): IssueTypeName | undefined => classes.find(([pattern]) => pattern.test(category))?.[1]);

/** What a rule found: by its class, else ATT&CK, else the group of its name. Traffic that is not suspicious keeps the tool's word. */
export function signatureIssue(signature: string, category: string | undefined, tactics: readonly string[], techniques: readonly string[]): IssueFields {
  const byClass = category === undefined ? undefined : issueOfClass(category);
  if (byClass !== undefined) return { issue_type: byClass, issue_mapped: true };
  const own = category ?? signature;
  if (/^not suspicious/i.test(own)) return { issue_type: own, issue_mapped: false };
  const byAttack = alertIssue(own, { ids: [], tactics, techniques, title: '' });
  if (byAttack.issue_mapped && byAttack.issue_guessed !== true) return byAttack;
  const group = /^(?:ET(?:PRO)?|GPL|SURICATA|STAMUS) ([A-Z][A-Z0-9_]+)\b/.exec(signature)?.[1] ?? '';
  if (Object.hasOwn(groups, group)) return { issue_type: groups[group] ?? own, issue_mapped: true };
  return alertIssue(own, { ids: [], tactics, techniques, title: signature });
}

/** Priorities count from 1, the gravest (Suricata user guide, "Classtype", "Priority"); what the rule's author wrote (`signature_severity` of Emerging Threats) may say more. */
export function severityOf(priority: unknown, written: string | undefined): Severity {
  const byPriority = priorities[Math.min(Number(priority), 4)] ?? 'unknown', key = written?.toLowerCase() ?? '', byAuthor = Object.hasOwn(authors, key) ? authors[key] ?? 'unknown' : 'unknown';
  return order.indexOf(byAuthor) > order.indexOf(byPriority) ? byAuthor : byPriority;
}
const priorities: Readonly<Record<number, Severity>> = { 1: 'high', 2: 'medium', 3: 'low', 4: 'informational' };
const authors: Readonly<Record<string, Severity>> = { critical: 'critical', major: 'high', minor: 'low', informational: 'informational', audit: 'informational' };
const order: readonly Severity[] = ['unknown', 'informational', 'low', 'medium', 'high', 'critical'];
