import { at, isObject, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { Sample } from '../../ports.ts';
import { everyFinding } from '../every-finding.ts';
import type { Format } from './format.ts';
import { alertDrafts, isAlert } from './defender-cloud/alert.ts';
import { assessmentDrafts, isAssessment, isSubAssessment, rowDrafts, subAssessmentDrafts } from './defender-cloud/assessment.ts';

/**
 * Microsoft Defender for Cloud: security alerts, assessments (recommendations) and sub-assessments of the REST API, the CLI, Resource Graph and continuous
 * export, and the portal's CSV of recommendations. Source: azure-rest-api-specs, Microsoft.Security.
 */
export const defenderCloud: Format = {
  name: 'defender-cloud', kind: 'findings', source: 'defender-cloud', description: 'Microsoft Defender for Cloud: alerts, assessments and sub-assessments (JSON), recommendations (CSV)',
  containers: [{ kind: 'json-path', paths: ['value', 'data', '[].value'], emptyOk: true, alone: true }, { kind: 'json' }, { kind: 'csv', delimiters: [',', ';'] }],
  detect, parse,
};

const columns = ['recommendationId', 'recommendationDisplayName', 'resourceId', 'state'];

function detect({ header, records, document }: Sample): number {
  const cells = new Set(header.map((cell) => cell.trim()));
  if (columns.every((cell) => cells.has(cell))) return 96;
  // Answers may hold other resources of Defender's beside; a list that is mostly of those is an inventory.
  const items = [...records, document].flatMap(unwrap).slice(0, 100), ours = items.filter(isOurs);
  return ours.length > 0 && ours.length * 2 >= items.length ? 96 : 0;
}

const isOurs = (item: unknown): boolean => isAlert(item) || isAssessment(item) || isSubAssessment(item);

function unwrap(record: unknown): readonly unknown[] {
  for (const inner of [at(record, 'value'), at(record, 'data')]) if (Array.isArray(inner)) return inner;
  return record === undefined || Array.isArray(record) ? [] : [record];
}

function parse(record: unknown): ReturnType<Format['parse']> {
  if (str(record, 'recommendationId') !== undefined && at(record, 'properties') === undefined) return asNormalized(rowDrafts(record));
  return everyFinding(unwrap(record), (item) => {
    if (!isObject(item)) return err('not an object');
    if (isAlert(item)) return alertDrafts(item);
    if (isSubAssessment(item)) return subAssessmentDrafts(item);
    if (isAssessment(item)) return assessmentDrafts(item);
    return err(`${str(item, 'type') === undefined ? 'no type: ' : `type ${str(item, 'type') ?? ''}: `}neither an alert, an assessment nor a sub-assessment`);
  });
}

const asNormalized = (parsed: ReturnType<typeof rowDrafts>): ReturnType<Format['parse']> => (parsed.ok ? ok({ findings: parsed.value }) : parsed);
