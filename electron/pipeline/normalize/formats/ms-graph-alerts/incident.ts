import { at, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { statusOf, tenantSubject } from './alert.ts';

/** An incident without its alerts (`$expand=alerts` was not asked for): it doesn't say what it is about, so its tenant stands for that. */
export function incidentDraft(incident: unknown): Result<readonly FindingDraft[]> {
  const id = str(incident, 'id'), title = str(incident, 'displayName')?.trim(), about = tenantSubject(incident, incident);
  if (id === undefined || title === undefined) return err('displayName: missing');
  if (about === undefined) return err('alerts: not expanded, and tenantId is missing: nothing says what the incident is about');
  const description = str(incident, 'description') ?? str(incident, 'summary'), tags = [...list(incident, 'customTags'), ...list(incident, 'systemTags')].flatMap((tag) => str(tag) ?? []);
  return ok([{
    source: 'ms-graph-alerts', source_id: `incident ${id}`, kind: 'detection', entity: about.entity, entity_type: about.entity_type, aliases: about.aliases, ...alertIssue(title, { ids: [], tactics: [], techniques: [], title }), check_id: 'incident', title: title.slice(0, 500),
    ...(description !== undefined && { description }), severity_reported: severityOfLabel(str(incident, 'severity')), status: statusOf(incident),
    evidence: ['an incident of several alerts, which are not in this file', ...tags.map((tag) => `tag: ${tag}`), ...(str(incident, 'incidentWebUrl') === undefined ? [] : [`address: ${str(incident, 'incidentWebUrl') ?? ''}`])],
    discovered: at(incident, 'createdDateTime'), updated: at(incident, 'lastUpdateDateTime'), attack: [], compliance: [],
  }]);
}
