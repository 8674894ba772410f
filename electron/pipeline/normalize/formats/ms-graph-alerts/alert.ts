import { at, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { subject, type Subject } from '../alerts/subject.ts';
import { observablesOf, piecesOf, subjectsOf, type Piece } from './evidence.ts';

/** Names of products as `serviceSource` writes them, for people. */
const services: Readonly<Record<string, string>> = {
  microsoftDefenderForEndpoint: 'Defender for Endpoint', microsoftDefenderForIdentity: 'Defender for Identity', microsoftDefenderForCloudApps: 'Defender for Cloud Apps', microsoftDefenderForOffice365: 'Defender for Office 365', microsoft365Defender: 'Defender XDR',
  azureAdIdentityProtection: 'Entra ID Protection', microsoftAppGovernance: 'App Governance', dataLossPrevention: 'Data Loss Prevention', microsoftDefenderForCloud: 'Defender for Cloud', microsoftSentinel: 'Sentinel', microsoftInsiderRiskManagement: 'Insider Risk Management',
};

/**
 * The state of an alert or incident (`alertStatus`, `alertClassification`): what somebody found to be false, or expected and informational, is no threat
 * whatever became of the ticket.
 */
export function statusOf(record: unknown): FindingStatus {
  const status = str(record, 'status')?.toLowerCase() ?? '', classification = str(record, 'classification')?.toLowerCase() ?? '';
  if (/^(falsepositive|informationalexpectedactivity|benignpositive)$/.test(classification)) return 'suppressed';
  return status === 'resolved' || status === 'redirected' || status === 'closed' ? 'resolved' : 'open';
}

/** The tenant, where an alert names nothing else: it says whose it is. */
export const tenantSubject = (record: unknown, around: unknown): Subject | undefined => subject('account', [str(record, 'tenantId') ?? str(around, 'tenantId')]);

/** One finding for each thing that an alert is about (two hosts are two). */
export function alertDrafts(alert: unknown, around: unknown): Result<readonly FindingDraft[]> {
  const id = str(alert, 'id'), title = str(alert, 'title')?.trim();
  if (id === undefined) return err('id: missing');
  if (title === undefined) return err('title: missing');
  const pieces = piecesOf(alert), named = subjectsOf(pieces), tenant = tenantSubject(alert, around), about = named.length > 0 ? named : tenant === undefined ? [] : [tenant];
  if (about.length === 0) return err('evidence: nothing names what the alert is about, and tenantId is missing');
  return ok(about.map((target, i) => draftOf(alert, { id: i === 0 ? id : `${id}#${target.entity}`, title, pieces, about: target })));
}

function draftOf(alert: unknown, of: { readonly id: string; readonly title: string; readonly pieces: readonly Piece[]; readonly about: Subject }): FindingDraft {
  const category = str(alert, 'category'), check = str(alert, 'alertPolicyId') ?? str(alert, 'detectorId') ?? category ?? of.title, description = str(alert, 'description');
  const attack = techniquesIn(list(alert, 'mitreTechniques').map((text) => str(text))), observables = observablesOf(of.pieces), { account, region, ...about } = of.about;
  const own = category === undefined || /^(suspicious ?activity|none|unknown|threatManagement|informational)$/i.test(category) ? of.title : category;
  return {
    source: 'ms-graph-alerts', source_id: of.id, kind: 'detection', ...about,
    ...alertIssue(own, { ids: [category, str(alert, 'threatFamilyName')], tactics: category === undefined ? [] : [category], techniques: attack, title: of.title }), check_id: check, title: of.title.slice(0, 500), ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(alert, 'severity')), status: statusOf(alert), evidence: evidenceOf(alert, of.pieces), ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: at(alert, 'firstActivityDateTime') ?? at(alert, 'createdDateTime'), updated: at(alert, 'lastActivityDateTime') ?? at(alert, 'lastUpdateDateTime'), attack, compliance: [], ...(observables && { observables }),
  };
}

function evidenceOf(alert: unknown, pieces: readonly Piece[]): readonly string[] {
  const line = (label: string, text: string | undefined): readonly string[] => (text === undefined ? [] : [`${label}: ${text.slice(0, 500)}`]);
  const service = str(alert, 'serviceSource'), name = service !== undefined && Object.hasOwn(services, service) ? services[service] : service;
  const named = pieces.filter((piece) => piece.subject !== undefined).slice(0, 20).map((piece) => `${piece.roles.length > 0 ? `${piece.type} (${piece.roles.join(', ')})` : piece.type}: ${piece.subject?.entity ?? ''}`);
  const commands = pieces.filter((piece) => piece.type === 'process').slice(0, 5).flatMap((piece) => line('command', str(piece.raw, 'processCommandLine')));
  return [
    ...line('detected by', str(alert, 'productName') ?? name), ...line('classification', [str(alert, 'classification'), str(alert, 'determination')].filter((text) => text !== undefined && text !== 'unknown').join(', ') || undefined),
    ...line('threat', str(alert, 'threatDisplayName')), ...line('actor', str(alert, 'actorDisplayName')), ...new Set(named), ...commands, ...line('incident', str(alert, 'incidentId')), ...line('recommended', str(alert, 'recommendedActions')), ...line('address', str(alert, 'alertWebUrl')),
  ];
}
