import { at, isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { hostOf } from '../ms-graph-alerts/evidence.ts';
import { agentSubject, statusOf, userOf } from './meaning.ts';

export const isRuleAlert = (item: unknown): boolean => isObject(at(item, 'alertInfo')) && isObject(at(item, 'ruleInfo'));

/** What a detection rule of the customer's own (STAR) matched on a host. */
export function ruleAlertDraft(item: unknown): Result<readonly FindingDraft[]> {
  const info = at(item, 'alertInfo'), rule = at(item, 'ruleInfo'), realtime = at(item, 'agentRealtimeInfo'), detection = at(item, 'agentDetectionInfo'), id = str(info, 'alertId') ?? str(item, 'id'), title = str(rule, 'name')?.trim();
  if (id === undefined) return err('alertInfo.alertId: missing');
  if (title === undefined) return err('ruleInfo.name: missing');
  const about = agentSubject([str(realtime, 'name') ?? str(detection, 'name') ?? str(realtime, 'agentComputerName')], [str(realtime, 'id'), str(realtime, 'uuid') ?? str(detection, 'uuid')], detection);
  if (about === undefined) return err('agentRealtimeInfo.name: missing, and no id');
  const { account, region, ...entity } = about, description = str(rule, 'description'), check = str(rule, 'id') ?? title, observables = observablesOf(item, entity.entity);
  return ok([{
    source: 'sentinelone', source_id: id, kind: 'detection', ...entity, ...alertIssue(title, { ids: [str(info, 'indicatorCategory')], tactics: [], techniques: [], title }), check_id: check, title: title.slice(0, 500), ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(rule, 'severity')), status: statusOf(str(info, 'analystVerdict'), str(info, 'incidentStatus'), undefined), evidence: evidenceOf(item, info, rule),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: firstTime(at(info, 'createdAt'), at(info, 'reportedAt')), updated: firstTime(at(info, 'updatedAt')), attack: [], compliance: [], ...(observables && { observables }),
  }]);
}

function observablesOf(item: unknown, host: string): Observables | undefined {
  const info = at(item, 'alertInfo'), source = at(item, 'sourceProcessInfo'), target = at(item, 'targetProcessInfo'), port = Number(str(info, 'dstPort') ?? Number.NaN);
  return presentObservables({
    user: userOf(str(info, 'loginsUserName'), str(source, 'user'), str(source, 'effectiveUser')), host, process: str(source, 'commandline') ?? str(source, 'filePath') ?? str(source, 'name'), src_ip: str(info, 'srcIp') ?? str(info, 'srcMachineIp'), dst_ip: str(info, 'dstIp'),
    file_hash: str(source, 'fileHashSha256') ?? str(source, 'fileHashSha1') ?? str(target, 'tgtFileHashSha256') ?? str(target, 'tgtFileHashSha1'), domain: hostOf(str(info, 'dnsRequest')), port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
  });
}

const evidenceOf = (item: unknown, info: unknown, rule: unknown): readonly string[] => [
  ...evidenceLine('event', str(info, 'eventType')), ...evidenceLine('verdict of an analyst', str(info, 'analystVerdict')), ...evidenceLine('treated as', str(rule, 'treatAsThreat')), ...evidenceLine('command', str(item, 'sourceProcessInfo', 'commandline')),
  ...evidenceLine('parent', str(item, 'sourceParentProcessInfo', 'commandline') ?? str(item, 'sourceParentProcessInfo', 'name')), ...evidenceLine('target file', str(item, 'targetProcessInfo', 'tgtFilePath')), ...evidenceLine('indicator', str(info, 'tiIndicatorValue')), ...evidenceLine('storyline', str(item, 'sourceProcessInfo', 'storyline')),
];
