import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';
import { countryCode } from '../../country-code.ts';
import { guarddutyMeaning, isGuarddutyType } from '../../guardduty-type.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { hostSubject, isAddress, isSystemAccount, type Subject } from '../alerts/subject.ts';
import { agentSubject, awsSubject, isManager } from './agent.ts';
import { issueOfGroups, severityOfLevel } from './meaning.ts';
import { alertVulnerabilityDrafts } from './vulnerability.ts';

/** Every alert has the rule that it comes from, with a level and an id, and who saw it. */
export const isAlert = (item: unknown): boolean => isObject(at(item, 'rule')) && at(item, 'rule', 'level') !== undefined && str(item, 'rule', 'id') !== undefined && (isObject(at(item, 'agent')) || isObject(at(item, 'manager')) || isObject(at(item, 'decoder')));

/** An alert: what a rule matched in a host's logs or files, a vulnerability, or a check of its configuration. */
export function alertDrafts(item: unknown, document: string | undefined): Result<readonly FindingDraft[]> {
  const rule = at(item, 'rule'), data = at(item, 'data'), title = str(rule, 'description')?.trim() ?? `rule ${str(rule, 'id') ?? ''}`, about = subjectOf(item, data);
  if (about === undefined) return err('agent.name: missing, and nothing else says which host it is about');
  if (isObject(at(data, 'vulnerability'))) return alertVulnerabilityDrafts(item, about);
  const sca = at(data, 'sca');
  if (str(sca, 'type') === 'check' || isObject(at(sca, 'check'))) return checkDraft(item, sca, about);
  const groups = list(rule, 'groups').flatMap((name) => str(name) ?? []), attack = techniquesIn(list(rule, 'mitre', 'id').map((id) => str(id))), { account, region, ...entity } = about, observables = observablesOf(item, data), log = str(item, 'full_log');
  return ok([{
    source: 'wazuh', source_id: idOf(item, document), kind: 'detection', ...entity, ...issueOf(item, title, groups, attack), check_id: str(rule, 'id') ?? title, title: title.slice(0, 500), severity_reported: severityOfLevel(at(rule, 'level')), status: 'open',
    evidence: [`rule ${str(rule, 'id') ?? ''}, level ${str(rule, 'level') ?? ''}`, ...evidenceLine('groups', groups.join(', ')), ...evidenceLine('seen in', str(item, 'location')), ...evidenceLine('times', str(rule, 'firedtimes')), ...evidenceLine('file', str(item, 'syscheck', 'path')), ...evidenceLine('log', log)],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: firstTime(at(item, 'timestamp'), at(item, '@timestamp')), attack, compliance: complianceOf(rule), ...(observables && { observables }),
  }]);
}

/** An alert's own id is unique to its manager. */
const idOf = (item: unknown, document: string | undefined): string => { const id = str(item, 'id') ?? document; return id === undefined ? '' : [str(item, 'manager', 'name'), id].filter((part) => part !== undefined).join(':'); };

/** A record of a cloud is about what it names; what the manager hears from a device without an agent is about that. */
function subjectOf(item: unknown, data: unknown): Subject | undefined {
  const aws = isObject(at(data, 'aws')) ? awsSubject(at(data, 'aws')) : undefined, sender = str(item, 'predecoder', 'hostname');
  if (aws !== undefined) return aws;
  const isForeign = isManager(at(item, 'agent')) && sender !== undefined && sender !== str(item, 'manager', 'name') && sender !== str(item, 'agent', 'name');
  return isForeign ? hostSubject({ names: [sender], addresses: [isAddress(str(item, 'location')) ? str(item, 'location') : undefined] }) : agentSubject(item) ?? hostSubject({ names: [sender, str(item, 'manager', 'name')] });
}

/** GuardDuty's type, Wazuh's own groups, ATT&CK, else the words of the rule. */
function issueOf(item: unknown, title: string, groups: readonly string[], techniques: readonly string[]): IssueFields {
  // The last group is the most specific one; the number of a rule says nothing.
  const own = groups.at(-1) ?? title, type = str(item, 'data', 'aws', 'type'), guardduty = isGuarddutyType(type) ? guarddutyMeaning(type).issue : undefined;
  if (guardduty !== undefined) return { issue_type: guardduty, issue_mapped: true };
  const byGroup = issueOfGroups(groups.filter((name) => name !== 'rootcheck' && name !== 'attack'));
  if (byGroup !== undefined) return { issue_type: byGroup, issue_mapped: true };
  const byAttack = alertIssue(own, { ids: [], tactics: list(item, 'rule', 'mitre', 'tactic').flatMap((text) => str(text) ?? []), techniques, title });
  const rest = issueOfGroups(groups);
  return byAttack.issue_mapped || rest === undefined ? byAttack : { issue_type: rest, issue_mapped: true, issue_guessed: true };
}

const standards: Readonly<Record<string, string>> = { pci_dss: 'PCI-DSS', gdpr: 'GDPR', hipaa: 'HIPAA', nist_800_53: 'NIST-800-53', tsc: 'TSC', cis: 'CIS', cis_csc: 'CIS-CSC' };
const complianceOf = (rule: unknown): readonly string[] => Object.entries(standards).flatMap(([key, name]) => list(rule, key).flatMap((id) => { const text = str(id); return text === undefined ? [] : [`${name}: ${text}`]; }));

const results: Readonly<Record<string, FindingStatus>> = { failed: 'open', passed: 'passed', 'not applicable': 'resolved' };

/** A check of the configuration (Security Configuration Assessment). */
function checkDraft(item: unknown, sca: unknown, about: Subject): Result<readonly FindingDraft[]> {
  const check = at(sca, 'check'), id = str(check, 'id'), title = str(check, 'title'), result = (str(check, 'result') ?? str(check, 'status') ?? '').toLowerCase(), { account: _account, region: _region, ...entity } = about;
  if (id === undefined || title === undefined) return err('data.sca.check: id or title is missing');
  const description = str(check, 'description'), compliance = at(check, 'compliance');
  return ok([{
    source: 'wazuh', source_id: `sca|${entity.entity}|${str(sca, 'policy_id') ?? str(sca, 'policy') ?? ''}|${id}`, kind: 'posture', ...entity, ...cloudIssue(title, { ids: [], rule: [title] }), check_id: id, title: title.slice(0, 500), ...(description !== undefined && { description }),
    severity_reported: severityOfLevel(at(item, 'rule', 'level')), status: Object.hasOwn(results, result) ? results[result] ?? 'open' : 'open',
    evidence: [...evidenceLine('policy', str(sca, 'policy')), ...evidenceLine('result', result), ...evidenceLine('why', str(check, 'reason') ?? str(check, 'rationale')), ...evidenceLine('remediation', str(check, 'remediation'))],
    discovered: firstTime(at(item, 'timestamp'), at(item, '@timestamp')), attack: [], compliance: isObject(compliance) ? Object.entries(compliance).flatMap(([name, ids]) => (str(ids) === undefined ? [] : [`${name}: ${str(ids) ?? ''}`])) : [],
  }]);
}

function observablesOf(item: unknown, data: unknown): Observables | undefined {
  const windows = at(data, 'win', 'eventdata'), aws = at(data, 'aws'), text = (...paths: readonly (readonly string[])[]): string | undefined => paths.map((path) => str(data, ...path)).find((found) => found !== undefined && found !== '-');
  const user = text(['dstuser'], ['srcuser'], ['win', 'eventdata', 'targetUserName'], ['win', 'eventdata', 'user'], ['aws', 'userIdentity', 'userName'], ['audit', 'auid'], ['user']), port = Number(text(['dstport'], ['dest_port']) ?? Number.NaN);
  const source = text(['srcip'], ['src_ip'], ['win', 'eventdata', 'ipAddress'], ['aws', 'sourceIPAddress'], ['aws', 'source_ip_address'], ['aws', 'service', 'action', 'networkConnectionAction', 'remoteIpDetails', 'ipAddressV4'], ['aws', 'service', 'action', 'awsApiCallAction', 'remoteIpDetails', 'ipAddressV4']);
  return presentObservables({
    user: user === undefined || isSystemAccount(user) ? undefined : user, src_ip: isAddress(source) ? source : undefined, dst_ip: text(['dstip'], ['dest_ip']), host: str(item, 'agent', 'name'), process: text(['win', 'eventdata', 'commandLine'], ['command'], ['audit', 'exe'], ['win', 'eventdata', 'image']),
    file_hash: str(item, 'syscheck', 'sha256_after') ?? str(item, 'syscheck', 'md5_after') ?? text(['virustotal', 'source', 'sha1'], ['sha256']) ?? /SHA256=([0-9A-F]{64})/i.exec(str(windows, 'hashes') ?? '')?.[1]?.toLowerCase(), api: str(aws, 'eventName'), user_agent: str(aws, 'userAgent'),
    country: countryCode(str(item, 'GeoLocation', 'country_name')), protocol: text(['protocol'], ['proto'])?.toLowerCase(), port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
  });
}
