import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { detectionIssue } from '../ocsf/issue.ts';
import { placed, type Placed } from './resource.ts';

export const isAlert = (record: unknown): boolean => /Microsoft\.Security\/(?:.*\/)?alerts$/i.test(str(record, 'type') ?? '') || (at(record, 'properties') === undefined && ['alertType', 'alertDisplayName', 'systemAlertId'].every((key) => (str(record, key) ?? str(record, `${key.charAt(0).toUpperCase()}${key.slice(1)}`)) !== undefined));

/** Kill chain intents of alerts (Defender for Cloud documentation, "Alerts reference") by ATT&CK tactic. */
const tactics: Readonly<Record<string, string>> = {
  preattack: 'TA0043', probing: 'TA0043', initialaccess: 'TA0001', execution: 'TA0002', persistence: 'TA0003', privilegeescalation: 'TA0004', defenseevasion: 'TA0005', credentialaccess: 'TA0006', discovery: 'TA0007', lateralmovement: 'TA0008', collection: 'TA0009',
  exfiltration: 'TA0010', commandandcontrol: 'TA0011', impact: 'TA0040',
};

const statuses: Readonly<Record<string, FindingStatus>> = { active: 'open', inprogress: 'open', new: 'open', resolved: 'resolved', dismissed: 'suppressed' };

/** A security alert; one for each Azure resource that it names. */
export function alertDrafts(record: unknown): Result<readonly FindingDraft[]> {
  const own = isObject(at(record, 'properties')) ? at(record, 'properties') : record, word = str(own, 'status')?.toLowerCase();
  const get = (key: string): string | undefined => str(own, key) ?? str(own, `${key.charAt(0).toUpperCase()}${key.slice(1)}`);
  const id = get('systemAlertId') ?? str(record, 'name'), title = get('alertDisplayName'), check = get('alertType') ?? title;
  if (id === undefined) return err('systemAlertId: missing, and no name');
  if (check === undefined || title === undefined) return err('alertDisplayName: missing');
  const targets = targetsOf(record, own);
  if (targets.length === 0) return err('resourceIdentifiers: none with a resource, and no compromisedEntity');
  const techniques = [...list(own, 'subTechniques'), ...list(own, 'techniques')].map(String).filter((text) => /^T\d{4}(\.\d{3})?$/.test(text));
  const intents = (get('intent') ?? '').split(',').flatMap((intent) => { const key = intent.trim().toLowerCase(); return Object.hasOwn(tactics, key) ? [tactics[key] ?? ''] : []; });
  const observables = observablesOf(own), description = get('description');
  return ok(targets.map(({ account, ...about }, i) => ({
    source: 'defender-cloud', source_id: i === 0 ? id : `${id}#${about.entity}`, kind: 'detection', ...about, ...detectionIssue(check, { ids: [check], title }, intents), check_id: check, title: title.slice(0, 500), ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(get('severity')), status: word !== undefined && Object.hasOwn(statuses, word) ? statuses[word] ?? 'open' : 'open', evidence: evidenceOf(own), ...(account !== undefined && { account }),
    discovered: at(own, 'startTimeUtc') ?? at(own, 'timeGeneratedUtc') ?? at(own, 'StartTimeUtc'), updated: at(own, 'processingEndTimeUtc') ?? at(own, 'endTimeUtc') ?? at(own, 'timeGeneratedUtc'), attack: techniques.filter((text) => !techniques.some((other) => other.startsWith(`${text}.`))), compliance: [], ...(observables && { observables }),
  })));
}

/** A workspace or tenant beside the resource says where it was seen, not what it is about. */
function targetsOf(record: unknown, own: unknown): readonly Placed[] {
  const ids = [...list(own, 'resourceIdentifiers'), ...list(own, 'ResourceIdentifiers')].flatMap((item) => str(item, 'azureResourceId') ?? str(item, 'AzureResourceId') ?? str(item, 'awsResourceId') ?? str(item, 'gcpResourceId') ?? []);
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(str(record, 'id') ?? '')?.[1]?.toLowerCase(), name = str(own, 'compromisedEntity') ?? str(own, 'CompromisedEntity');
  const named = [...new Set(ids)].slice(0, 100).flatMap((id) => placed([id], undefined, undefined, subscription) ?? []);
  if (named.length > 0) return named.map((target, i) => (i === 0 && named.length === 1 && name !== undefined && name !== target.entity ? { ...target, aliases: [...new Set([...target.aliases, name])] } : target));
  const only = placed([], 'host', name, subscription);
  return only === undefined ? [] : [only];
}

function evidenceOf(own: unknown): readonly string[] {
  const extended = at(own, 'extendedProperties'), rows = isObject(extended) ? Object.keys(extended).slice(0, 20).flatMap((key) => { const text = str(extended, key); return text === undefined ? [] : [`${key}: ${text.slice(0, 500)}`]; }) : [];
  return [...(at(own, 'isIncident') === true ? ['an incident of several alerts'] : []), ...(str(own, 'productComponentName') === undefined ? [] : [`plan: ${str(own, 'productComponentName') ?? ''}`]), ...rows, ...list(own, 'remediationSteps').slice(0, 5).map((step) => `remediation: ${String(step).slice(0, 500)}`)];
}

function observablesOf(own: unknown): Observables | undefined {
  const entities = [...list(own, 'entities'), ...list(own, 'Entities')], of = (type: string): unknown => entities.find((entity) => (str(entity, 'type') ?? str(entity, 'Type'))?.toLowerCase() === type);
  const ip = of('ip'), account = of('account'), process = of('process'), file = of('file'), hash = of('filehash');
  return presentObservables({
    src_ip: str(ip, 'address') ?? str(ip, 'Address'), country: str(ip, 'location', 'countryCode')?.toUpperCase(), host: str(of('host'), 'hostName') ?? str(of('host'), 'HostName'), user: str(account, 'name') ?? str(account, 'Name'),
    process: str(process, 'imageFile', 'name') ?? str(process, 'commandLine') ?? str(file, 'name'), file_hash: str(hash, 'value') ?? str(list(file, 'fileHashes')[0], 'value'), domain: str(of('dns'), 'domainName'),
  });
}
