import { entityTypes, findingKinds, severities } from './finding.ts';
import { incidentStatuses, type Incident } from './incident.ts';
import { isFields, isText, isTexts, maybeFlag, maybeText } from './is-finding.ts';

const statuses = new Set<unknown>(incidentStatuses), kinds = new Set<unknown>(findingKinds), grades = new Set<unknown>(severities), entities = new Set<unknown>(entityTypes);

/**
 * `incidentSchema` as plain tests, a fraction of its time: a run reads every incident that it decides. It may refuse what the schema takes (the caller
 * then asks the schema, which also words the error), never the other way round. Of the keys that the schema doesn't know it says nothing.
 */
export function isIncident(i: unknown): i is Incident {
  return isFields(i) && isText(i['id']) && isText(i['key']) && statuses.has(i['status']) && isText(i['title']) && isText(i['primary_issue']) && isText(i['primary_finding']) && maybeFlag(i['issue_guessed'])
    && kinds.has(i['kind']) && isText(i['entity']) && entities.has(i['entity_type']) && maybeText(i['entity_name']) && maybeText(i['environment']) && maybeText(i['account']) && maybeText(i['region'])
    && grades.has(i['severity_reported']) && isSupporting(i['supporting_findings']) && isCounts(i['amplifiers']) && Number.isFinite(i['confidence']) && isText(i['evidence_summary'])
    && isText(i['first_seen']) && isText(i['last_seen']) && isTexts(i['attack']);
}

function isSupporting(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (const f of value) if (!isFields(f) || !isText(f['finding_id']) || !isText(f['source']) || !isText(f['source_id']) || !isText(f['issue_type']) || !isText(f['why_joined'])) return false;
  return true;
}

function isCounts(value: unknown): boolean {
  if (!isFields(value) || Object.hasOwn(value, '__proto__')) return false;
  for (const key of Object.keys(value)) if (!Number.isFinite(value[key])) return false;
  return true;
}
