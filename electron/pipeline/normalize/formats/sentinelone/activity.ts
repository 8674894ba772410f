import { isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { agentSubject, userOf } from './meaning.ts';

/** SIEMs write the keys in lower case. */
const lower = (value: JsonObject): JsonObject => Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));

export function isActivity(item: unknown): boolean {
  if (!isObject(item)) return false;
  const own = lower(item);
  return str(own, 'activitytype') !== undefined && (str(own, 'activityuuid') ?? str(own, 'primarydescription')) !== undefined;
}

/** A rule of the customer's matched (3608), or a sensor found a threat (19 malicious, 4003 suspicious; the description says so too). All other activities tell what was done. */
export function activityDrafts(item: JsonObject): Result<readonly FindingDraft[]> {
  const own = lower(item), data = isObject(own['data']) ? lower(own['data']) : {}, type = str(own, 'activitytype'), text = str(own, 'primarydescription') ?? '';
  if (type === '3608' && str(data, 'rulename') !== undefined) return draft(own, data, { id: str(data, 'alertid'), title: str(data, 'rulename') ?? '', check: str(data, 'ruleid'), ids: [], at: data['detectedat'] });
  const threat = str(own, 'threatid');
  if (threat === undefined || !(type === '19' || type === '4003' || /\bthreat with confidence level \w+ detected\b/i.test(text))) return ok([]);
  const classification = str(data, 'threatclassification'), name = str(data, 'threatname') ?? str(data, 'filedisplayname') ?? str(data, 'filename');
  return draft(own, data, { id: threat, title: [classification ?? 'Threat', name].filter((part) => part !== undefined).join(': '), check: classification ?? 'threat', ids: [classification], at: own['createdat'] });
}

interface Told { readonly id: string | undefined; readonly title: string; readonly check: string | undefined; readonly ids: readonly (string | undefined)[]; readonly at: unknown }

function draft(own: JsonObject, data: JsonObject, told: Told): Result<readonly FindingDraft[]> {
  // The sentence is the product's own and ends with the computer's name.
  const named = /\bdetected on ([^\s,]+?)\.?$/.exec(str(own, 'primarydescription') ?? '')?.[1];
  const about = agentSubject([str(data, 'computername') ?? named], [str(own, 'agentid')], { agentIpV4: str(data, 'agentipv4') ?? str(data, 'ipaddress') });
  if (told.id === undefined) return err('threatId (data.alertId): missing');
  if (about === undefined) return err('data.computerName: missing, and no agentId');
  const { account, region, ...entity } = about, description = str(own, 'primarydescription'), observables = presentObservables({
    user: userOf(str(data, 'username')), host: str(data, 'computername') ?? named, src_ip: str(data, 'srcip'), dst_ip: str(data, 'dstip'), file_hash: /^[0-9a-f]{40,64}$/i.exec(str(data, 'filecontenthash') ?? str(own, 'secondarydescription') ?? '')?.[0], process: str(data, 'filepath'),
  });
  return ok([{
    source: 'sentinelone', source_id: told.id, kind: 'detection', ...entity, ...alertIssue(told.ids[0] ?? told.title, { ids: told.ids, tactics: [], techniques: [], title: told.title }), check_id: told.check ?? told.title, title: told.title.slice(0, 500), ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(data, 'severity')?.replace(/^E_/, '')), status: 'open', evidence: [...evidenceLine('confidence', str(data, 'confidencelevel')), ...evidenceLine('rule', str(data, 'ruledescription')), ...evidenceLine('site', str(own, 'sitename'))],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: firstTime(told.at, own['createdat']), updated: firstTime(own['updatedat']), attack: [], compliance: [], ...(observables && { observables }),
  }]);
}
