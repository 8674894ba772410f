import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { isSystemAccount } from '../alerts/subject.ts';
import { deviceSubject, falconIssue, falconSeverity, falconStatus } from './meaning.ts';

export const isDetect = (item: unknown): boolean => str(item, 'detection_id') !== undefined && (Array.isArray(at(item, 'behaviors')) || isObject(at(item, 'device')));

/** A detection of `/detects/entities/summaries`: behaviours of one host, named by the most severe one. */
export function detectDraft(item: unknown): Result<readonly FindingDraft[]> {
  const id = str(item, 'detection_id');
  if (id === undefined) return err('detection_id: missing');
  const behaviors = list(item, 'behaviors').filter(isObject).toSorted((a, b) => Number(str(b, 'severity') ?? 0) - Number(str(a, 'severity') ?? 0)), first = behaviors[0], device = at(item, 'device');
  const about = deviceSubject(device, { id: str(first, 'device_id') });
  if (about === undefined) return err('device: neither hostname nor device_id');
  const technique = str(first, 'technique'), tactic = str(first, 'tactic'), scenario = str(first, 'scenario');
  const title = str(first, 'display_name') ?? ([tactic, technique].filter((word) => word !== undefined).join(': ') || undefined) ?? scenario ?? 'a detection of Falcon';
  const attack = techniquesIn(behaviors.map((behavior) => str(behavior, 'technique_id'))), description = str(first, 'description'), check = str(first, 'display_name') ?? technique ?? scenario ?? title, { account, region, ...entity } = about;
  const tactics = behaviors.slice(0, 50).map((behavior) => ({ tactic: str(behavior, 'tactic'), tacticId: str(behavior, 'tactic_id'), technique: str(behavior, 'technique'), techniqueId: str(behavior, 'technique_id') }));
  return ok([{
    source: 'crowdstrike', source_id: id, kind: 'detection', ...entity, ...falconIssue(check, title, scenario, tactics, attack), check_id: check, title: withFile(title, str(first, 'filename')), ...(description !== undefined && { description }),
    severity_reported: falconSeverity(str(item, 'max_severity_displayname'), at(item, 'max_severity') ?? at(first, 'severity')), status: at(item, 'show_in_ui') === false ? 'suppressed' : falconStatus(str(item, 'status'), []),
    evidence: [...evidenceLine('status', str(item, 'status')), ...behaviors.slice(0, 10).flatMap(behaviorLines)], ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: firstTime(at(item, 'first_behavior'), at(first, 'timestamp'), at(item, 'created_timestamp')), updated: firstTime(at(item, 'last_behavior'), at(item, 'date_updated')), attack, compliance: [], ...observed(device, first),
  }]);
}

/** The file tells one alert of a kind from the next. */
export const withFile = (title: string, file: string | undefined): string => (file === undefined || title.toLowerCase().includes(file.toLowerCase()) ? title : `${title} (${file})`).slice(0, 500);

const behaviorLines = (behavior: unknown): readonly string[] => [
  ...evidenceLine('behavior', [str(behavior, 'tactic'), str(behavior, 'technique')].filter((word) => word !== undefined).join(': ')), ...evidenceLine('command', str(behavior, 'cmdline')), ...evidenceLine('parent', str(behavior, 'parent_details', 'parent_cmdline')),
  ...evidenceLine('indicator', str(behavior, 'ioc_value')), ...dispositionLine(at(behavior, 'pattern_disposition_details')),
];

/** What the sensor did about it: those of its actions that it took. */
export function dispositionLine(details: unknown): readonly string[] {
  const done = isObject(details) ? Object.keys(details).filter((key) => details[key] === true).map((key) => key.replaceAll('_', ' ')) : [];
  return done.length === 0 ? [] : [`action: ${done.join(', ')}`];
}

function observed(device: unknown, behavior: unknown): Pick<FindingDraft, 'observables'> {
  const user = str(behavior, 'user_name'), observables = presentObservables({
    user: user === undefined || isSystemAccount(user) ? undefined : user, host: str(device, 'hostname'), process: str(behavior, 'cmdline') ?? str(behavior, 'filepath') ?? str(behavior, 'filename'), file_hash: str(behavior, 'sha256') ?? str(behavior, 'md5'),
    domain: str(behavior, 'ioc_type') === 'domain' ? str(behavior, 'ioc_value') : undefined,
  });
  return observables === undefined ? {} : { observables };
}
