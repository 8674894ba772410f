import { str } from '#shared/lib/json.ts';
import type { FindingStatus, Severity } from '#shared/model/finding.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { tacticId } from '../alerts/attack.ts';
import { severityOfScore } from '../alerts/severity-score.ts';
import { hostSubject, type Subject } from '../alerts/subject.ts';
import type { IssueFields } from '../../aws-issue.ts';

/** Falcon's severities in hundredths (Falcon documentation, "Detection severity"); the name, where it is given, says the same. */
export function falconSeverity(name: string | undefined, score: unknown): Severity {
  const told = severityOfLabel(name);
  return told === 'unknown' ? severityOfScore(score, [80, 60, 40, 20]) : told;
}

/** Detections and their handling (`status` of detects and alerts). A true positive is confirmed, and stays open until it is closed. */
export function falconStatus(status: string | undefined, words: readonly string[]): FindingStatus {
  const said = [status ?? '', ...words].map((word) => word.toLowerCase().replace(/[^a-z]+/g, '_'));
  if (said.some((word) => word === 'false_positive' || word === 'ignored')) return 'suppressed';
  return said[0] === 'closed' ? 'resolved' : 'open';
}

/** What Falcon's own tactics and techniques say (they stand where ATT&CK has none): what its machine learning finds are malicious files. */
const own = (text: string): string => (/^(machine learning|(sensor|cloud|on-demand|adware|cloud-based)[- ]?based ml|(cloud|sensor)-based ml|ngav)$/i.test(text.trim()) ? 'malware' : text);

/** One tactic and technique of a detection, by name and by id. */
export interface Tactic { readonly tactic: string | undefined; readonly tacticId: string | undefined; readonly technique: string | undefined; readonly techniqueId: string | undefined }

export function falconIssue(check: string, title: string, scenario: string | undefined, tactics: readonly Tactic[], techniques: readonly string[]): IssueFields {
  const words = tactics.flatMap(({ tactic, technique }) => [technique, tactic !== undefined && tacticId(tactic) === undefined ? tactic : undefined]).map((text) => (text === undefined ? undefined : own(text)));
  return alertIssue(check, { ids: [scenario === undefined ? undefined : own(scenario), ...words], tactics: tactics.flatMap((item) => item.tacticId ?? item.tactic ?? []), techniques, title });
}

/** A host by name; one in AWS by its ARN, as the sensor knows instance, account and zone there. */
export function deviceSubject(device: unknown, more: { readonly id?: string | undefined; readonly name?: string | undefined; readonly address?: string | undefined } = {}): Subject | undefined {
  const host = str(device, 'hostname') ?? more.name, domain = str(device, 'machine_domain'), zone = str(device, 'zone_group'), instance = str(device, 'instance_id');
  const isAws = /^AWS/i.test(str(device, 'service_provider') ?? '') && /^i-[0-9a-f]{8,17}$/.test(instance ?? '');
  return hostSubject({
    resource: isAws ? instance : undefined, scope: { account: str(device, 'service_provider_account_id'), region: zone === undefined ? undefined : /^[a-z]{2}(-[a-z]+)+-\d/.exec(zone)?.[0] },
    names: [host, host !== undefined && domain?.includes('.') === true ? `${host}.${domain}` : undefined], ids: [str(device, 'device_id') ?? more.id], addresses: [str(device, 'local_ip'), more.address, str(device, 'external_ip')],
  });
}
