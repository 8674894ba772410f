import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Observables, Severity } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { cloudIssue } from '../../aws-issue.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { severityOfScore } from '../alerts/severity-score.ts';
import { cloudSubject, isSystemAccount, userSubject, type Subject } from '../alerts/subject.ts';
import { withFile } from './detect.ts';
import { deviceSubject, falconIssue, falconSeverity, type Tactic } from './meaning.ts';

/** An event of Event Streams (`metadata`, `event`), or of FDR, which has its fields beside its type (`ExternalApiType: Event_…`). */
export interface StreamEvent { readonly type: string; readonly event: JsonObject; readonly created: unknown; readonly customer: string | undefined; readonly offset: string | undefined }

export function streamEvent(item: unknown): StreamEvent | undefined {
  const metadata = at(item, 'metadata'), named = str(metadata, 'eventType'), event = at(item, 'event');
  if (named !== undefined && isObject(event)) return { type: named, event, created: at(metadata, 'eventCreationTime'), customer: str(metadata, 'customerIDString'), offset: str(metadata, 'offset') };
  const external = str(item, 'ExternalApiType') ?? str(event, 'ExternalApiType');
  if (external === undefined || !isObject(item)) return undefined;
  return { type: external.replace(/^Event_/, ''), event: isObject(event) ? event : item, created: at(item, 'timestamp'), customer: str(item, 'cid'), offset: undefined };
}

const isDetection = (type: string): boolean => type.endsWith('DetectionSummaryEvent') || type === 'IdentityProtectionEvent' || type === 'IncidentSummaryEvent' || type === 'CSPMIOAStreamingEvent';

/** What happened on a host, with an identity or in a cloud, or a misconfigured resource (`CSPMSearchStreamingEvent`). Any other event is no finding. */
export function eventDrafts(of: StreamEvent): Result<readonly FindingDraft[]> {
  if (of.type === 'CSPMSearchStreamingEvent') return misconfigurationDraft(of);
  if (!isDetection(of.type)) return ok([]);
  const { event, type } = of, id = ['CompositeId', 'DetectId', 'DetectionId', 'IdentityProtectionIncidentId', 'IncidentId', 'EventId'].map((key) => str(event, key)).find((found) => found !== undefined);
  const statement = str(event, 'PolicyStatement'), title = str(event, 'DetectName') ?? str(event, 'Name') ?? statement ?? str(event, 'IncidentDescription') ?? str(event, 'DetectDescription') ?? (type === 'IncidentSummaryEvent' ? 'Incident of several detections' : undefined);
  if (title === undefined) return err(`${type}: DetectName: missing, and no Name`);
  const about = type === 'CSPMIOAStreamingEvent' ? accountOf(event) : subjectOf(event, type);
  if (about === undefined) return err(`${type}: neither a host nor a user nor an account is named`);
  const tactics = tacticsOf(event), attack = techniquesIn(tactics.map(({ techniqueId }) => techniqueId)), check = str(event, 'PolicyId') ?? str(event, 'IncidentType') ?? str(event, 'DetectName') ?? str(event, 'Name') ?? title;
  const description = str(event, 'DetectDescription') ?? str(event, 'Description') ?? str(event, 'PolicyDescription') ?? str(event, 'IncidentDescription'), observables = observablesOf(event), { account, region, ...entity } = about;
  return ok([{
    source: 'crowdstrike', source_id: id ?? (of.offset === undefined ? '' : `${of.customer ?? ''}:${of.offset}`), kind: 'detection', ...entity, ...falconIssue(check, title, str(event, 'Scenario') ?? str(event, 'IncidentType'), tactics, attack), check_id: check,
    title: withFile(title, str(event, 'FileName')), ...(description !== undefined && description !== title && { description }), severity_reported: severityOf(event, type), status: statusOf(event), evidence: evidenceOf(event, tactics, type),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), ...timesOf(of), attack, compliance: [], ...(observables && { observables }),
  }]);
}

/** Summaries of the first kind count from 1 (informational) to 5, later ones in hundredths; both mostly name it. */
function severityOf(event: JsonObject, type: string): Severity {
  const score = event['Severity'], told = severityOfLabel(str(event, 'SeverityName') ?? (typeof score === 'string' ? score : undefined));
  if (told !== 'unknown' || type === 'IncidentSummaryEvent') return told;
  return Number(score) <= 5 ? severityOfScore(score, [5, 4, 3, 2]) : falconSeverity(undefined, score);
}

const statusOf = (event: JsonObject): FindingStatus => (/^(closed|resolved|dismiss\w*|auto[_ ]?resolved)$/i.test(str(event, 'State') ?? str(event, 'Status') ?? '') ? 'resolved' : 'open');

/** A process may have started long before it was noticed. */
function timesOf({ event, created }: StreamEvent): Pick<FindingDraft, 'discovered' | 'updated'> {
  const first = firstTime(event['ContextTimeStamp'], event['ContextTimestamp'], event['StartTime'], event['IncidentStartTime'], event['EventCreatedTimestamp'], event['UTCTimestamp'], created, event['Timestamp'], event['ProcessStartTime']);
  return { discovered: first, updated: firstTime(event['MostRecentActivityTimeStamp'], event['EndTime'], event['IncidentEndTime'], created) };
}

function tacticsOf(event: JsonObject): readonly Tactic[] {
  const listed = list(event, 'MitreAttack').filter(isObject).slice(0, 50).map((raw) => ({ tactic: str(raw, 'Tactic'), tacticId: str(raw, 'TacticID'), technique: str(raw, 'Technique'), techniqueId: str(raw, 'TechniqueID') }));
  return listed.length > 0 ? listed : [{ tactic: str(event, 'Tactic'), tacticId: str(event, 'TacticId'), technique: str(event, 'Technique'), techniqueId: str(event, 'TechniqueId') }];
}

/** Identity events are about the account that acted; all others about the host. */
function subjectOf(event: JsonObject, type: string): Subject | undefined {
  const name = str(event, 'SourceAccountName') ?? str(event, 'UserName'), domain = str(event, 'SourceAccountDomain');
  const user = userSubject([str(event, 'SourceAccountUpn'), name !== undefined && domain !== undefined && !/[@\\]/.test(name) ? `${domain}\\${name}` : name, name, str(event, 'SourceAccountObjectSid')]);
  const device = deviceSubject({}, { name: str(event, 'ComputerName') ?? str(event, 'Hostname') ?? str(event, 'SourceEndpointHostName') ?? str(event, 'EndpointName'), id: str(event, 'SensorId') ?? str(event, 'AgentId') ?? str(event, 'HostID') ?? str(event, 'MobileDetectionId'), address: str(event, 'LocalIP') ?? str(event, 'SourceEndpointIpAddress') ?? str(event, 'EndpointIp') });
  return /^Id(p|entity)/.test(type) ? user ?? device : device ?? user;
}

const providerOf = (event: JsonObject): string | undefined => (str(event, 'CloudPlatform') ?? str(event, 'CloudProvider'))?.toLowerCase();
const accountIn = (event: JsonObject): string | undefined => str(event, 'AccountId') ?? str(event, 'AwsAccountId') ?? str(event, 'AzureSubscriptionId') ?? str(event, 'GcpProjectId');

function accountOf(event: JsonObject): Subject | undefined {
  const account = accountIn(event), resource = str(event, 'ResourceId'), region = str(event, 'Region') ?? str(event, 'CloudRegion'), provider = providerOf(event);
  if (resource !== undefined) return cloudSubject({ provider, id: resource, type: str(event, 'ResourceType') ?? str(event, 'ResourceIdType'), name: str(event, 'ResourceName'), scope: { account, region } });
  if (account === undefined) return userSubject([str(event, 'UserName'), str(event, 'UserId')]);
  return cloudSubject({ provider, id: provider?.startsWith('azure') === true && !account.startsWith('/') ? `/subscriptions/${account}` : account, type: 'account', scope: { account, region } });
}

/** An indicator of misconfiguration: what a policy of Falcon Cloud Security says of a resource. */
function misconfigurationDraft(of: StreamEvent): Result<readonly FindingDraft[]> {
  const { event } = of, title = str(event, 'PolicyStatement') ?? str(event, 'PolicyName'), about = accountOf(event), check = str(event, 'PolicyId') ?? title;
  if (title === undefined || check === undefined) return err(`${of.type}: PolicyStatement: missing`);
  if (about === undefined) return err(`${of.type}: ResourceId: missing, and no AccountId`);
  const { account, region, ...entity } = about, disposition = str(event, 'Disposition') ?? str(event, 'Status') ?? '';
  return ok([{
    source: 'crowdstrike', source_id: `${check}|${entity.entity}`, kind: 'posture', ...entity, ...cloudIssue(check, { ids: [], rule: [title] }), check_id: check, title: title.slice(0, 500), severity_reported: severityOf(event, of.type), status: /^pass/i.test(disposition) ? 'passed' : 'open',
    evidence: [...evidenceLine('service', str(event, 'CloudService')), ...evidenceLine('finding', str(event, 'Finding')), ...evidenceLine('disposition', disposition)], ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: firstTime(event['Timestamp'], event['EventCreatedTimestamp'], of.created), attack: [], compliance: [],
  }]);
}

function observablesOf(event: JsonObject): Observables | undefined {
  const user = str(event, 'SourceAccountUpn') ?? str(event, 'UserName') ?? str(event, 'SourceAccountName'), network = list(event, 'NetworkAccesses')[0], isInbound = /inbound|1/i.test(str(network, 'ConnectionDirection') ?? '');
  return presentObservables({
    user: user === undefined || isSystemAccount(user) ? undefined : user, host: str(event, 'ComputerName') ?? str(event, 'Hostname') ?? str(event, 'SourceEndpointHostName') ?? str(event, 'EndpointName'), process: str(event, 'CommandLine') ?? str(event, 'FilePath') ?? str(event, 'FileName'),
    src_ip: str(event, 'SourceEndpointIpAddress') ?? str(event, 'UserSourceIp') ?? str(event, 'EndpointIp') ?? (isInbound ? str(network, 'RemoteAddress') : undefined), dst_ip: network !== undefined && !isInbound ? str(network, 'RemoteAddress') : undefined,
    file_hash: str(event, 'SHA256String') ?? str(event, 'SHA1String') ?? str(event, 'MD5String'), country: str(event, 'LocationCountryCode')?.toUpperCase(), api: str(event, 'EventAction'), domain: /domain/i.test(str(event, 'IOCType') ?? '') ? str(event, 'IOCValue') : undefined,
  });
}

function evidenceOf(event: JsonObject, tactics: readonly Tactic[], type: string): readonly string[] {
  return [
    ...evidenceLine('event', type), ...tactics.slice(0, 10).flatMap(({ tactic, technique }) => evidenceLine('behavior', [tactic, technique].filter((word) => word !== undefined).join(': '))), ...evidenceLine('command', str(event, 'CommandLine')),
    ...evidenceLine('parent', str(event, 'ParentCommandLine') ?? str(event, 'ParentImageFileName')), ...evidenceLine('action', str(event, 'PatternDispositionDescription')), ...evidenceLine('target', str(event, 'TargetEndpointHostName') ?? str(event, 'TargetAccountName')),
    ...evidenceLine('service', str(event, 'CloudService')), ...evidenceLine('address', str(event, 'FalconHostLink')),
  ];
}
