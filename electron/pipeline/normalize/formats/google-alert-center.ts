import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { presentObservables } from '../action-observables.ts';
import type { IssueFields } from '../aws-issue.ts';
import { everyFinding, itemsUnder } from '../every-finding.ts';
import { severityOfLabel } from '../severity-label.ts';
import { alertIssue } from './alerts/alert-issue.ts';
import { evidenceLine } from './alerts/evidence-line.ts';
import { firstTime } from './alerts/first-time.ts';
import { isAddress, subject, userSubject, type Subject } from './alerts/subject.ts';
import type { Format } from './format.ts';

/** Google Workspace's Alert Center: `alerts.list`, `alerts.get` and what SIEMs keep of them. Source: Google Workspace Alert Center API v1beta1, "Alert types". */
export const googleAlertCenter: Format = {
  name: 'google-alert-center', kind: 'findings', source: 'google-alert-center', description: 'Google Workspace Alert Center: lists of alerts, single ones, NDJSON',
  containers: [{ kind: 'json-path', paths: ['alerts', '[].alerts'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect: ({ records, document }: Sample) => ([...records, document].flatMap(unwrap).slice(0, 20).some(isAlert) ? 93 : 0),
  parse: (record) => everyFinding(unwrap(record), alertDrafts),
};

const unwrap = (record: unknown): readonly unknown[] => itemsUnder(record, 'alerts');

const isAlert = (item: unknown): boolean => ['customerId', 'alertId', 'type', 'source'].every((key) => str(item, key) !== undefined) && (isObject(at(item, 'data')) || str(item, 'createTime') !== undefined);

function alertDrafts(item: unknown): Result<readonly FindingDraft[]> {
  const id = str(item, 'alertId'), type = str(item, 'type')?.trim(), data = at(item, 'data'), rule = str(data, 'displayName') ?? str(data, 'ruleViolationInfo', 'ruleInfo', 'displayName');
  if (id === undefined || type === undefined) return err(`${id === undefined ? 'alertId' : 'type'}: missing`);
  const about = subjectsOf(item, data);
  if (about.length === 0) return err('data: names nobody, and customerId is missing');
  const source = str(data, 'loginDetails', 'ipAddress') ?? str(data, 'ipAddress'), sender = str(data, 'maliciousEntity', 'entity', 'emailAddress') ?? str(data, 'maliciousEntity', 'fromHeader'), description = str(data, 'description');
  return ok(about.map((target, i): FindingDraft => {
    const { account, region: _region, ...entity } = target;
    const observables = presentObservables({ user: entity.entity_type === 'user' ? entity.entity : str(data, 'actorEmail'), src_ip: isAddress(source) ? source : undefined, file_hash: str(list(data, 'messages')[0], 'attachmentsSha256Hash', 0), domain: sender?.split('@')[1]?.replace(/[>\s].*$/, '').toLowerCase() });
    return {
      source: 'google-alert-center', source_id: i === 0 ? id : `${id}#${entity.entity}`, kind: 'detection', ...entity, ...issueOf(type), check_id: type, title: (rule === undefined ? type : `${type}: ${rule}`).slice(0, 500), ...(description !== undefined && { description }),
      severity_reported: severityOfLabel(str(item, 'metadata', 'severity') ?? str(data, 'severity')), status: statusOf(item), evidence: evidenceOf(item, data, sender), ...(account !== undefined && { account }),
      discovered: firstTime(at(item, 'startTime'), at(item, 'createTime')), updated: firstTime(at(item, 'endTime'), at(item, 'updateTime')), attack: [], compliance: [], ...(observables && { observables }),
    };
  }));
}

/** Alert types in the taxonomy's words; of those without a word the type is kept. */
const issues: readonly (readonly [RegExp, string])[] = [
  [/suspicious (programmatic )?login|user suspended \(suspicious/i, 'suspicious_login'], [/leaked password/i, 'credential_access'], [/takeout/i, 'data_exfiltration'], [/data loss prevention/i, 'policy_violation'], [/malware/i, 'malware'], [/suspicious activity/i, 'anomalous_behavior'],
];
function issueOf(type: string): IssueFields {
  const issue = issues.find(([pattern]) => pattern.test(type))?.[1];
  return issue === undefined ? alertIssue(type, { ids: [type], tactics: [], techniques: [], title: type }) : { issue_type: issue, issue_mapped: true };
}

const statusOf = (item: unknown): FindingStatus => (at(item, 'deleted') === true || str(item, 'metadata', 'status') === 'CLOSED' ? 'resolved' : 'open');

/** The user whom it concerns, those who got a message, else the domain, else the customer. */
function subjectsOf(item: unknown, data: unknown): readonly Subject[] {
  const customer = str(item, 'customerId'), place = { ...(customer !== undefined && { account: customer }) };
  const user = userSubject([str(data, 'email'), str(data, 'ruleViolationInfo', 'triggeringUserEmail'), str(data, 'userEmail'), str(data, 'superAdminPasswordResetEvent', 'userEmail'), str(data, 'actorEmail')]);
  if (user !== undefined) return [{ ...user, aliases: [], ...place }];
  const recipients = [...new Set(list(data, 'messages').flatMap((message) => str(message, 'recipient') ?? []))].slice(0, 100).flatMap((name) => userSubject([name]) ?? []);
  if (recipients.length > 0) return recipients.map((recipient) => ({ ...recipient, ...place }));
  const domain = subject('domain', [str(data, 'domainId', 'customerPrimaryDomain'), str(data, 'domain')]), account = subject('account', [customer]);
  return [domain === undefined ? account : { ...domain, ...place }].flatMap((found) => found ?? []);
}

const evidenceOf = (item: unknown, data: unknown, sender: string | undefined): readonly string[] => [
  ...evidenceLine('source', str(item, 'source')), ...evidenceLine('status', str(item, 'metadata', 'status')), ...evidenceLine('sender', sender), ...evidenceLine('sign-in', str(data, 'loginDetails', 'loginTime')),
  ...list(data, 'messages').slice(0, 5).flatMap((message) => evidenceLine('subject', str(message, 'subjectText'))), ...list(data, 'events').slice(0, 5).flatMap((event) => evidenceLine('device', [str(event, 'deviceModel'), str(event, 'deviceId'), str(event, 'deviceCompromisedState')].filter((part) => part !== undefined).join(' '))),
  ...evidenceLine('document', str(data, 'ruleViolationInfo', 'resourceInfo', 'resourceTitle') ?? str(data, 'ruleViolationInfo', 'resourceInfo', 'documentId')), ...evidenceLine('address', str(item, 'securityInvestigationToolLink')),
];
