import { issueTypes, type IssueTypeName } from '#shared/model/issue-types.ts';
import type { IssueFields } from '../../aws-issue.ts';
import { classifyIssue, issueWords, LONGEST } from '../../classify-issue.ts';
import { remembered } from '../../remembered.ts';
import { tacticId } from './attack.ts';

/** ATT&CK tactics in the taxonomy's words; initial access and resource development have no single one. */
const tactics: Readonly<Record<string, IssueTypeName>> = {
  TA0043: 'reconnaissance', TA0007: 'reconnaissance', TA0002: 'execution', TA0003: 'persistence', TA0004: 'privilege_escalation', TA0005: 'defense_evasion',
  TA0006: 'credential_access', TA0008: 'lateral_movement', TA0009: 'data_exfiltration', TA0010: 'data_exfiltration', TA0011: 'command_and_control', TA0040: 'impact',
};

/** Techniques that serve one purpose (attack.mitre.org/techniques/enterprise, version 15); those of several tactics say no more than the tactic that the tool names. */
const techniques: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/^T1110/, 'brute_force'], [/^T1496(\.001)?$/, 'cryptomining'], [/^T149[89]/, 'denial_of_service'], [/^T(1485|1486|1489|1490|1491|1529|1531|1561|1565)/, 'impact'],
  [/^T(1046|1595\.001)$/, 'port_scan'], [/^T(1003|1111|1187|1212|1528|1539|1552|1555|1558|1606|1621|1649)/, 'credential_access'],
  [/^T(1011|1020|1029|1030|1041|1048|1052|1530|1537|1567)/, 'data_exfiltration'], [/^T(1001|1008|1071|1090|1092|1095|1102|1104|1105|1132|1219|1568|1571|1572|1573)/, 'command_and_control'],
  [/^T(1021|1080|1210|1534|1563|1570)/, 'lateral_movement'], [/^T(1047|1059|1106|1129|1203|1204|1569|1609)/, 'execution'],
  [/^T(1006|1014|1027|1036|1070|1127|1140|1202|1211|1216|1218|1220|1221|1222|1553|1562|1564|1620)/, 'defense_evasion'], [/^T(1136|1505|1554)/, 'persistence'], [/^T(1068|1611)/, 'privilege_escalation'],
  [/^T(1007|1010|1012|1016|1018|1033|1049|1057|1069|1082|1083|1087|1120|1124|1135|1201|1217|1482|1518|1526|1538|1580|1589|159[0-8]|1613|1614|1615|1619|1622|1654)/, 'reconnaissance'],
];

/** Words of detections that the rules for checks don't have, most specific first. */
const words: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/\b(leaked credentials?|credentials? (dump\w*|theft|steal\w*|harvest\w*)|mimikatz|lsass|kerberoast\w*|as rep roast\w*|dc ?sync|golden ticket|pass the (hash|ticket)|ntds|password (dump\w*|steal\w*))\b/, 'credential_access'],
  [/\b(anonymous (login|ip( address)?)|anonymi[sz]ed ip|(impossible|atypical) travel|(unfamiliar|unusual|new|anomalous) (sign ?in propert\w+|geo ?location|location)|unfamiliar (sign ?in|features)|(unusual|suspicious|risky|anomalous) (sign ?in|log ?in|logon)|activity from (an? )?(infrequent country|anonymous ip\w*|tor))\b/, 'suspicious_login'],
  [/\b(crypto ?)?miners?\b/, 'cryptomining'], [/\blateral movement\b|\bps ?exec\b/, 'lateral_movement'], [/\bpersistence\b/, 'persistence'], [/\bdefen[cs]e evasion\b|\btamper\w*\b|\b(event|audit|security) logs? (was |were )?clear\w*\b/, 'defense_evasion'],
  [/\breconnaissance\b|\benumeration\b/, 'reconnaissance'], [/\breverse shell\b|\bcommand execution\b|\bsuspicious (power ?shell|script|command ?line|process)\b/, 'execution'],
  [/\b(virus|worm|adware|hack ?tool|info ?stealer|key ?logger|botnet|malicious (file|software|binary)|stealer|potentially unwanted|pua|pup|down ?loader|dropper|malicious document)\b/, 'malware'],
];

/** The issue that unmistakable words of a text name; undefined for what is no detection. */
export const issueOfWords = remembered((text: string): IssueTypeName | undefined => {
  const found = classifyIssue(text);
  if (found !== undefined && issueTypes[found].plan === 'detection') return found;
  const plain = issueWords(text.slice(0, LONGEST));
  return words.find(([pattern]) => pattern.test(plain))?.[1];
});

/** What an alert says of itself. */
export interface AlertWords {
  /** From fixed lists of the tool: its category, type, family. */
  readonly ids: readonly (string | undefined)[];
  /** Tactics by name or id, techniques by id, as the tool lists them. */
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  /** Written by whoever wrote the rule, or for this alert. */
  readonly title: string;
}

/**
 * The issue of an alert: unmistakable words of the tool's own lists, else the technique or the tactic where those that it names come to one issue;
 * a guess (`issue_guessed`) by the words of the title or by the first of several tactics; else the tool's own word.
 */
export function alertIssue(own: string, told: AlertWords): IssueFields {
  const byId = told.ids.map((id) => (id === undefined ? undefined : issueOfWords(id))).find((issue) => issue !== undefined);
  if (byId !== undefined) return { issue_type: byId, issue_mapped: true };
  const tacticIds = told.tactics.flatMap((text) => tacticId(text) ?? []);
  const byTechnique = distinct(told.techniques.map(issueOfTechnique)), byTactic = distinct(tacticIds.map((id) => tactics[id]));
  const [sure] = byTechnique.length === 1 ? byTechnique : byTactic.length === 1 ? byTactic : [];
  if (sure !== undefined) return { issue_type: sure, issue_mapped: true };
  if (byTactic.length === 0 && tacticIds.includes('TA0001') && told.techniques.some((id) => id.startsWith('T1078'))) return { issue_type: 'suspicious_login', issue_mapped: true };
  const guess = issueOfWords(told.title) ?? byTactic[0] ?? byTechnique[0];
  return guess === undefined ? { issue_type: own, issue_mapped: false } : { issue_type: guess, issue_mapped: true, issue_guessed: true };
}

const issueOfTechnique = remembered((id: string): IssueTypeName | undefined => techniques.find(([pattern]) => pattern.test(id))?.[1]);
const distinct = (issues: readonly (IssueTypeName | undefined)[]): readonly IssueTypeName[] => [...new Set(issues.flatMap((issue) => issue ?? []))];
