import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { cellJson, cellTexts } from '../alerts/log-table.ts';
import { alertDrafts, placeSubject, statusOfWord } from './alert.ts';
import { entitiesIn, observablesIn, subjectsIn, type SentinelEntity } from './entities.ts';

/** How an incident was closed (securityinsights, `IncidentClassification`): benign ones happened and were expected. */
function statusOf(own: JsonObject): FindingStatus {
  const classification = (str(own, 'classification') ?? str(own, 'Classification') ?? '').toLowerCase();
  return classification === 'falsepositive' || classification === 'benignpositive' ? 'suppressed' : statusOfWord(str(own, 'status') ?? str(own, 'Status'));
}

/** An incident of the API, an automation rule or the table SecurityIncident. Where its alerts lie in it they are what it tells of. */
export function incidentDrafts(record: JsonObject): Result<readonly FindingDraft[]> {
  const own = isObject(record['properties']) ? record['properties'] : record, entities = entitiesIn(['relatedEntities', 'Entities', 'entities'].flatMap((key) => [...list(cellJson(own[key])), ...(own === record ? [] : list(cellJson(record[key])))]));
  const alerts = [...list(own, 'alerts'), ...list(own, 'Alerts'), ...(own === record ? [] : [...list(record, 'alerts'), ...list(record, 'Alerts')])].filter(isObject);
  if (alerts.length === 0) return incidentDraft(record, own, entities);
  const drafts: FindingDraft[] = [], closed = statusOf(own);
  for (const [i, alert] of alerts.entries()) {
    const inner = isObject(alert['properties']) ? { ...alert['properties'] } : alert, hasOwn = ['Entities', 'entities'].some((key) => list(cellJson(at(inner, key))).length > 0);
    const read = alertDrafts({ id: record['id'], name: alert['name'], properties: inner }, hasOwn ? [] : list(own, 'relatedEntities'));
    if (!read.ok) return err(`alerts[${i}].${read.error}`);
    drafts.push(...read.value.map((draft) => (closed === 'open' ? draft : { ...draft, status: closed })));
  }
  return ok(drafts);
}

function incidentDraft(record: JsonObject, own: JsonObject, entities: readonly SentinelEntity[]): Result<readonly FindingDraft[]> {
  const id = str(record, 'name') ?? str(own, 'IncidentName') ?? str(own, 'IncidentNumber'), title = (str(own, 'title') ?? str(own, 'Title'))?.trim(), link = str(own, 'incidentUrl') ?? str(own, 'IncidentUrl');
  if (id === undefined) return err('name: missing');
  if (title === undefined) return err('title: missing');
  const place = placeSubject([str(record, 'id'), link], str(own, 'TenantId')), named = subjectsIn(entities, undefined), about = named.length > 0 ? named : place === undefined ? [] : [place];
  if (about.length === 0) return err('id: names no subscription, and nothing else says where the incident is');
  const observables = observablesIn(entities);
  return ok(about.map(({ account, region, ...target }, i): FindingDraft => ({
    source: 'sentinel', source_id: i === 0 ? id : `${id}#${target.entity}`, ...target, ...meaningOf(own, title), severity_reported: severityOfLabel(str(own, 'severity') ?? str(own, 'Severity')), status: statusOf(own), evidence: evidenceOf(own, link),
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: own['firstActivityTimeUtc'] ?? own['FirstActivityTime'] ?? own['createdTimeUtc'] ?? own['CreatedTime'] ?? own['TimeGenerated'],
    updated: own['lastActivityTimeUtc'] ?? own['LastActivityTime'] ?? own['lastModifiedTimeUtc'] ?? own['LastModifiedTime'], compliance: [], ...(observables && { observables }),
  })));
}

/** The first analytics rule is the check; several tactics leave the issue to the words of the title. */
function meaningOf(own: JsonObject, title: string): Pick<FindingDraft, 'kind' | 'check_id' | 'title' | 'description' | 'issue_type' | 'issue_mapped' | 'issue_guessed' | 'attack'> {
  const data = cellJson(own['additionalData'] ?? own['AdditionalData']), attack = techniquesIn(cellTexts(at(data, 'techniques')));
  const rule = cellTexts(own['relatedAnalyticRuleIds'] ?? own['RelatedAnalyticRuleIds'])[0], description = str(own, 'description') ?? str(own, 'Description');
  return {
    kind: 'detection', check_id: rule?.split('/').at(-1) ?? title, title: title.slice(0, 500), ...(description !== undefined && { description }), attack,
    ...alertIssue(title, { ids: [], tactics: [...cellTexts(at(data, 'tactics')), ...cellTexts(own['Tactics'])], techniques: attack, title }),
  };
}

function evidenceOf(own: JsonObject, link: string | undefined): readonly string[] {
  const data = cellJson(own['additionalData'] ?? own['AdditionalData']), count = str(data, 'alertsCount'), products = cellTexts(at(data, 'alertProductNames')), text = (...names: readonly string[]): string | undefined => names.map((name) => str(own, name)).find((found) => found !== undefined);
  const classification = [text('classification', 'Classification'), text('classificationReason', 'ClassificationReason'), text('classificationComment', 'ClassificationComment')].filter((word) => word !== undefined).join(', ');
  return [
    `an incident${text('incidentNumber', 'IncidentNumber') === undefined ? '' : ` (number ${text('incidentNumber', 'IncidentNumber') ?? ''})`}${count === undefined ? '' : ` of ${count} alert${count === '1' ? '' : 's'}`}`,
    ...(classification === '' ? [] : [`classification: ${classification}`]), ...(products.length === 0 ? [] : [`detected by: ${products.join(', ')}`]), ...(link === undefined ? [] : [`address: ${link}`]),
  ];
}
