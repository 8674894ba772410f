import { isIP } from 'node:net';
import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { isOwnAddress } from '../alerts/address.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { cellJson } from '../alerts/log-table.ts';
import { hostSubject, isEmptyWord, isSystemAccount, subject, userSubject, type Subject } from '../alerts/subject.ts';

export const isWebhook = (item: unknown): boolean => str(item, 'search_name') !== undefined && str(item, 'sid') !== undefined && (isObject(at(item, 'result')) || str(item, 'results_link') !== undefined);
/** `event_id` is the notable's own; the fields beside it are Enterprise Security's. */
export const isNotable = (row: unknown): boolean => str(row, 'event_id') !== undefined && (str(row, 'rule_name') ?? str(row, 'search_name') ?? str(row, 'rule_title') ?? str(row, 'source')) !== undefined && ['urgency', 'security_domain', 'status_label', 'notable_type', 'event_hash'].some((key) => str(row, key) !== undefined);

/** A field of several values (`dest`) is a list, in a table one text with a value a line. */
const values = (row: unknown, key: string): readonly string[] => list(row, key).flatMap((value) => (str(value) ?? '').split(/\n|\|/)).map((text) => text.trim()).filter((text) => !isEmptyWord(text));
const first = (row: unknown, ...keys: readonly string[]): string | undefined => keys.map((key) => values(row, key)[0]).find((text) => text !== undefined);

/** What the alert's search found: the first of its rows, as Splunk sends no more. */
export function webhookDraft(item: unknown): Result<readonly FindingDraft[]> {
  const row = at(item, 'result'), title = str(item, 'search_name')?.trim() ?? '', id = str(item, 'sid') ?? '';
  const about = subjectOf(row, ['host', 'ComputerName', 'Computer', 'orig_host']) ?? subject('application', [str(item, 'app') === undefined ? undefined : `splunk app ${str(item, 'app') ?? ''}`]);
  if (about === undefined) return err('result: names neither host nor user nor address');
  // Where the alert fires for each row, all have the search's id.
  const apart = str(row, '_cd') ?? str(row, '_serial');
  return ok([{ ...draftOf(row, about, { id, title, check: title }), ...(apart !== undefined && { apart }), status: 'open', evidence: [...evidenceLine('app', str(item, 'app')), ...evidenceLine('owner', str(item, 'owner')), ...evidenceOf(row), ...evidenceLine('address', str(item, 'results_link'))] }]);
}

/** A notable event. Its `host` is Splunk's own; where the events came from is `orig_host`. */
export function notableDraft(row: unknown): Result<readonly FindingDraft[]> {
  const id = str(row, 'event_id') ?? '', title = first(row, 'rule_title', 'rule_name', 'search_name', 'source') ?? '', about = subjectOf(row, ['orig_host', 'dvc']);
  if (about === undefined) return err('dest: missing, and neither user nor src nor a risk object is named');
  return ok([{
    ...draftOf(row, about, { id, title, check: first(row, 'search_name', 'source', 'rule_name') ?? title }), status: statusOf(row),
    evidence: [...evidenceLine('urgency', str(row, 'urgency')), ...evidenceLine('status', first(row, 'status_label', 'status')), ...evidenceLine('disposition', first(row, 'disposition_label', 'disposition')), ...evidenceLine('domain', str(row, 'security_domain')), ...evidenceLine('risk score', first(row, 'risk_score')), ...evidenceOf(row)],
  }]);
}

type Common = Omit<FindingDraft, 'status' | 'evidence'>;

function draftOf(row: unknown, about: Subject, told: { readonly id: string; readonly title: string; readonly check: string }): Common {
  const annotations = cellJson(at(row, 'annotations')), texts = ['annotations.mitre_attack', 'annotations.mitre_attack.mitre_technique_id', 'mitre_technique_id', 'mitre_attack', 'mitre_attack_id', 'technique_id'].flatMap((key) => values(row, key));
  const attack = techniquesIn([...texts, ...list(annotations, 'mitre_attack').map((id) => str(id))]), tactics = ['annotations.mitre_attack.mitre_tactic', 'annotations.mitre_attack.mitre_tactic_id', 'mitre_tactic', 'mitre_tactic_id'].flatMap((key) => values(row, key));
  const { account: _account, region: _region, ...entity } = about, description = first(row, 'rule_description', 'savedsearch_description', 'description'), observables = observablesOf(row);
  return {
    source: 'splunk', source_id: told.id, kind: 'detection', ...entity, ...alertIssue(told.title, { ids: [first(row, 'category', 'attack_type')], tactics, techniques: attack, title: told.title }), check_id: told.check, title: told.title.slice(0, 500), ...(description !== undefined && description !== told.title && { description }),
    severity_reported: severityOfLabel(first(row, 'severity') ?? first(row, 'urgency')), discovered: firstTime(at(row, '_time'), at(row, 'firstTime'), at(row, 'orig_time'), at(row, '_indextime')), updated: firstTime(at(row, 'lastTime'), at(row, 'review_time')), attack, compliance: [], ...(observables && { observables }),
  };
}

/** The object that risk was attributed to, else the target, user, source, else what is given as the rest. */
function subjectOf(row: unknown, rest: readonly string[]): Subject | undefined {
  const risk = first(row, 'risk_object'), kind = first(row, 'risk_object_type');
  if (risk !== undefined) return kind === 'user' ? userSubject([risk]) ?? hostSubject({ names: [risk] }) : placeOf(risk, []);
  const target = first(row, 'dest_nt_host', 'dest_dns', 'dest', 'dest_host', 'dest_ip');
  if (target !== undefined) return placeOf(target, [first(row, 'dest'), first(row, 'dest_ip')]);
  const host = first(row, ...rest), user = userSubject([first(row, 'user', 'src_user', 'USER', 'Account_Name')]), source = first(row, 'src_nt_host', 'src', 'src_host', 'src_ip');
  if (rest.includes('host') && host !== undefined) return placeOf(host, []);
  return user ?? (source === undefined ? undefined : placeOf(source, [])) ?? (host === undefined ? undefined : placeOf(host, []));
}

const placeOf = (name: string, others: readonly (string | undefined)[]): Subject | undefined => (isIP(name) !== 0 && !isOwnAddress(name) ? subject('ip', [name]) : hostSubject({ names: [name, ...others.filter((other) => other === undefined || isIP(other) === 0)] }));

/** Numbers and labels of Enterprise Security's statuses (4 resolved, 5 closed) and dispositions (2 benign, 3 and 4 false positive). */
function statusOf(row: unknown): FindingStatus {
  const disposition = first(row, 'disposition_label', 'disposition') ?? '', status = first(row, 'status_label', 'status_group', 'status') ?? '';
  if (/^(disposition:)?[234]$|false positive|benign/i.test(disposition)) return 'suppressed';
  return /^([45]|resolved|closed)$/i.test(status) ? 'resolved' : 'open';
}

function observablesOf(row: unknown): Observables | undefined {
  const user = first(row, 'user', 'src_user'), source = first(row, 'src_ip', 'src'), target = first(row, 'dest_ip', 'dest'), port = Number(first(row, 'dest_port') ?? Number.NaN);
  return presentObservables({
    user: user === undefined || isSystemAccount(user) ? undefined : user, src_ip: source !== undefined && isIP(source) !== 0 ? source : undefined, dst_ip: target !== undefined && isIP(target) !== 0 ? target : undefined, host: first(row, 'dest_nt_host', 'dest_host'), process: first(row, 'process', 'process_name', 'parent_process'),
    file_hash: first(row, 'file_hash', 'process_hash'), domain: first(row, 'query', 'url_domain', 'domain_name'), user_agent: first(row, 'http_user_agent', 'user_agent'), port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined, api: first(row, 'eventName'),
  });
}

const evidenceOf = (row: unknown): readonly string[] => [
  ...evidenceLine('source type', first(row, 'orig_sourcetype', 'sourcetype', '_sourcetype')), ...evidenceLine('events', first(row, 'count', 'orig_event_count')), ...evidenceLine('signature', first(row, 'signature')), ...evidenceLine('command', first(row, 'process')), ...evidenceLine('from', first(row, 'src')), ...evidenceLine('event', str(row, '_raw') ?? str(row, 'orig_raw')),
];
