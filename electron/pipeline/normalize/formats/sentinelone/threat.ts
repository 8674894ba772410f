import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { agentSubject, mitreOf, statusOf, userOf } from './meaning.ts';

export const isThreat = (item: unknown): boolean => isObject(at(item, 'threatInfo'));
/** API 2.0 has all fields beside each other. */
export const isFlatThreat = (item: unknown): boolean => str(item, 'agentComputerName') !== undefined && (str(item, 'threatName') ?? str(item, 'fileDisplayName')) !== undefined && str(item, 'mitigationStatus') !== undefined;

/** What API 2.0 called otherwise (`createdDate`, `fileContentHash`, `resolved`, `markedAsBenign`), in the names of 2.1. */
function infoOf(item: unknown): unknown {
  if (isThreat(item)) return at(item, 'threatInfo');
  return {
    ...(isObject(item) ? item : {}), threatName: str(item, 'threatName') ?? str(item, 'fileDisplayName'), identifiedAt: at(item, 'createdDate') ?? at(item, 'createdAt'), updatedAt: at(item, 'updatedAt'), sha1: at(item, 'fileContentHash'), sha256: at(item, 'fileSha256'),
    processUser: at(item, 'username'), incidentStatus: at(item, 'resolved') === true ? 'resolved' : at(item, 'incidentStatus'), analystVerdict: at(item, 'markedAsBenign') === true ? 'false_positive' : at(item, 'analystVerdict'), threatId: at(item, 'id'),
  };
}

/** A threat: a file or behaviour that a sensor found on a host. The API tells how sure it is (`confidenceLevel`), not how severe. */
export function threatDraft(item: unknown): Result<readonly FindingDraft[]> {
  const info = infoOf(item), realtime = at(item, 'agentRealtimeInfo'), detection = at(item, 'agentDetectionInfo'), id = str(item, 'id') ?? str(info, 'threatId'), name = str(info, 'threatName');
  if (id === undefined) return err('id: missing');
  const about = agentSubject([str(realtime, 'agentComputerName') ?? str(item, 'agentComputerName') ?? str(detection, 'agentComputerName')], [str(realtime, 'agentId') ?? str(item, 'agentId'), str(realtime, 'agentUuid') ?? str(detection, 'agentUuid')], detection);
  if (about === undefined) return err('agentRealtimeInfo.agentComputerName: missing, and no agentId');
  const classification = str(info, 'classification'), check = classification ?? 'threat', title = [classification ?? 'Threat', name].filter((part) => part !== undefined).join(': '), indicators = list(item, 'indicators'), mitre = mitreOf(indicators), attack = techniquesIn(mitre.techniques);
  const observables = presentObservables({
    user: userOf(str(info, 'processUser'), str(realtime, 'agentLastLoggedInUserName')), host: str(realtime, 'agentComputerName') ?? str(item, 'agentComputerName'), process: str(info, 'maliciousProcessArguments') ?? str(info, 'filePath') ?? str(info, 'originatorProcess'),
    file_hash: str(info, 'sha256') ?? str(info, 'sha1') ?? str(info, 'md5'),
  });
  const { account, region, ...entity } = about;
  return ok([{
    source: 'sentinelone', source_id: id, kind: 'detection', ...entity, ...alertIssue(check, { ids: [classification, str(info, 'threatName')?.match(/\b(ransom\w*|trojan|miner|worm)\b/i)?.[0]], tactics: mitre.tactics, techniques: attack, title }), check_id: check, title: title.slice(0, 500),
    severity_reported: severityOfLabel(str(info, 'severity') ?? str(item, 'severity')), status: statusOf(str(info, 'analystVerdict'), str(info, 'incidentStatus'), str(info, 'mitigationStatus')), evidence: evidenceOf(item, info, indicators),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: firstTime(at(info, 'identifiedAt'), at(info, 'createdAt')), updated: firstTime(at(info, 'updatedAt')), attack, compliance: [], ...(observables && { observables }),
  }]);
}

function evidenceOf(item: unknown, info: unknown, indicators: readonly unknown[]): readonly string[] {
  return [
    ...evidenceLine('confidence', str(info, 'confidenceLevel')), ...evidenceLine('verdict of an analyst', str(info, 'analystVerdict')), ...evidenceLine('mitigation', str(info, 'mitigationStatus')), ...evidenceLine('engines', list(info, 'engines').flatMap((engine) => str(engine) ?? []).join(', ')),
    ...evidenceLine('file', str(info, 'filePath')), ...evidenceLine('command', str(info, 'maliciousProcessArguments')), ...evidenceLine('started by', str(info, 'originatorProcess')), ...evidenceLine('container', str(item, 'containerInfo', 'name')), ...evidenceLine('pod', str(item, 'kubernetesInfo', 'pod')),
    ...indicators.slice(0, 10).flatMap((indicator) => evidenceLine(str(indicator, 'category') ?? 'indicator', str(indicator, 'description'))), ...evidenceLine('storyline', str(info, 'storyline')),
  ];
}
