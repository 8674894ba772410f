import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { everyFinding } from '../every-finding.ts';
import { asTable, rowObject } from './alerts/log-table.ts';
import { alertDrafts } from './sentinel/alert.ts';
import { incidentDrafts } from './sentinel/incident.ts';
import type { Format } from './format.ts';

/**
 * Microsoft Sentinel: incidents, their alerts and entities as its REST API, Logic Apps and automation rules give them (Microsoft.SecurityInsights), and the tables
 * SecurityAlert and SecurityIncident as Log Analytics exports them (columns and rows, rows as objects, CSV of the portal).
 * Source: azure-rest-api-specs, securityinsights; Azure Monitor's table reference.
 */
export const sentinel: Format = {
  name: 'sentinel', kind: 'findings', source: 'sentinel', description: 'Microsoft Sentinel: incidents and alerts (REST API, Logic Apps), tables SecurityAlert and SecurityIncident (Log Analytics, CSV)',
  containers: [{ kind: 'json-path', paths: ['value', '[].value', 'tables[].rows', 'Tables[].Rows'], emptyOk: true }, { kind: 'json' }, { kind: 'csv', delimiters: [',', ';', '\t'] }],
  detect, parse,
};

const alertColumns = ['SystemAlertId', 'AlertName'], incidentColumns = ['IncidentNumber', 'IncidentName', 'Title'];

function detect({ header, records, document }: Sample): number {
  const cells = new Set(header.map((cell) => cell.replace(/ \[UTC\]$/, '').trim()));
  if ([alertColumns, incidentColumns].some((columns) => columns.every((column) => cells.has(column)))) return 95;
  const tables = [...list(document, 'tables'), ...list(document, 'Tables')].map((table) => asTable(table).columns);
  if (tables.some((names) => [alertColumns, incidentColumns].some((columns) => columns.every((column) => names.includes(column))))) return 95;
  return [...records, document].flatMap(unwrap).slice(0, 20).some((item) => kindOf(item) !== undefined) ? 94 : 0;
}

/** An answer's list; what an automation rule sends holds the incident under `object`. */
function unwrap(record: unknown): readonly unknown[] {
  const inner = at(record, 'value'), held = at(record, 'object');
  if (Array.isArray(inner)) return inner;
  if (kindOf(held) !== undefined) return [held];
  return record === undefined || Array.isArray(record) ? [] : [record];
}

type Kind = 'incident' | 'alert' | 'entities' | 'entity';

function kindOf(item: unknown): Kind | undefined {
  if (!isObject(item)) return undefined;
  const type = str(item, 'type') ?? '', kind = str(item, 'kind') ?? '', id = str(item, 'id') ?? '';
  const isOurs = /Microsoft\.SecurityInsights\//i.test(type) || /\/providers\/Microsoft\.SecurityInsights\//i.test(id);
  if (isObject(item['properties']) && isOurs) {
    if (/^securityalert$/i.test(kind)) return 'alert';
    if (/\/incidents$/i.test(type) || /\/incidents\/[^/]+$/i.test(id)) return kind === '' ? 'incident' : 'entity';
    return /\/entities$/i.test(type) ? 'entity' : undefined;
  }
  if (str(item, 'SystemAlertId') !== undefined && (str(item, 'AlertName') ?? str(item, 'DisplayName')) !== undefined) return 'alert';
  if (str(item, 'IncidentNumber') !== undefined && str(item, 'Title') !== undefined && str(item, 'Severity') !== undefined) return 'incident';
  return Array.isArray(item['entities']) && list(item, 'entities').some((entity) => ['entity', 'alert'].includes(kindOf(entity) ?? '')) ? 'entities' : undefined;
}

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (Array.isArray(record)) {
    const row = rowObject(record, context.parents.at(-1));
    return row === undefined ? err('a row of a table whose columns are not told') : everyFinding([row], parseItem);
  }
  return everyFinding(unwrap(record), parseItem);
}

function parseItem(given: unknown): ReturnType<typeof alertDrafts> {
  if (!isObject(given)) return err('not an object');
  // The portal writes the zone into the column's name.
  const item = Object.keys(given).some((key) => key.endsWith(' [UTC]')) ? Object.fromEntries(Object.entries(given).map(([key, value]) => [key.replace(/ \[UTC\]$/, ''), value])) : given;
  const kind = kindOf(item);
  switch (kind) {
    case 'alert': return alertDrafts(item, []);
    case 'incident': return incidentDrafts(item);
    // What alerts are about is no alert; the alerts among the entities of an incident are.
    case 'entity': return ok([]);
    case 'entities': {
      const entities = list(item, 'entities'), found = entities.filter((entity) => kindOf(entity) === 'alert');
      const read = everyFinding(found, (alert) => alertDrafts(alert, entities));
      return read.ok ? ok(read.value.findings ?? []) : read;
    }
    case undefined: return err(`${str(item, 'type') === undefined ? '' : `type ${(str(item, 'type') ?? '').slice(0, 100)}: `}neither an incident nor an alert (SystemAlertId and AlertName, or IncidentNumber and Title, are missing)`);
  }
}
