import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { armResource } from './azure/arm-resource.ts';
import { entraRecord, entraType } from './azure/entra-record.ts';
import type { Importer } from './importer.ts';

/** Azure Resource Graph (`{data: […]}`, and as a table of columns and rows), ARM lists (`{value: […]}`), `az … list` and `az … show`, lists of Entra ID. */
export const azureResources: Importer = {
  name: 'azure-resources', kind: 'resources',
  description: 'Azure: Resource Graph rows, az list output, ARM lists, role and deny assignments, Entra ID users, groups, service principals',
  containers: [{ kind: 'json-path', paths: ['data', 'value', 'data.rows'] }, { kind: 'json' }],
  detect, parse,
};

const idOf = (record: JsonObject): string => str(record, 'id') ?? str(record, 'resourceId') ?? '';
/** A resource has the id of a resource, and no operation: activity logs and findings name resources too, and are not theirs. */
const isArm = (value: unknown): value is JsonObject => isObject(value) && /^\/(subscriptions\/[^/]+|providers\/microsoft\.(authorization|management))(\/|$)/i.test(idOf(value)) && (str(value, 'type') !== undefined || 'properties' in value || 'location' in value || 'displayName' in value)
  && !['operationName', 'eventTimestamp', 'correlationId', 'alertType', 'AlertType', 'incidentId'].some((key) => key in value) && !/^microsoft\.(security|securityinsights|insights\/events)\//i.test(str(value, 'type') ?? '');
/** `az account list` names subscriptions by their GUID alone. */
const isAccount = (record: JsonObject): boolean => 'isDefault' in record && 'tenantId' in record && 'state' in record && str(record, 'id') !== undefined;
const isOurs = (value: unknown): boolean => isArm(value) || (isObject(value) && (isAccount(value) || entraType(value) !== undefined));

function detect({ document, records }: Sample): number {
  if (isObject(document)) {
    const inside = [...['data', 'value'].flatMap((key) => list(document, key).slice(0, 20)), ...list(document, 'data', 'rows').slice(0, 20).map((row) => ofTable(row, document['data']))];
    if (inside.some(isArm)) return 88;
    if (inside.some((r) => isObject(r) && entraType(r) !== undefined) && (str(document, '@odata.context') ?? '').includes('graph.microsoft.com')) return 85;
  }
  return records.some(isArm) ? 84 : records.some(isOurs) ? 70 : 0;
}

/** A row of a table (`resultFormat: table`, the only one before 2021) as the object that its columns make of it. */
const ofTable = (row: unknown, table: unknown): unknown =>
  Array.isArray(row) ? Object.fromEntries(list(table, 'columns').flatMap((column, i) => { const name = str(column, 'name'); return name === undefined || row[i] === null ? [] : [[name, row[i]]]; })) : row;

function parse(found: unknown, context: RecordContext): Result<Normalized> {
  const record = context.from === 'data.rows' ? ofTable(found, at(context.parents[0], 'data')) : found;
  if (!isObject(record)) return err('not a JSON object');
  if (idOf(record).startsWith('/')) return armResource(record, 'azure-resources');
  if (isAccount(record)) return armResource({ ...record, id: `/subscriptions/${str(record, 'id') ?? ''}`, displayName: record['name'] }, 'azure-resources');
  const entra = entraType(record);
  if (entra !== undefined) return ok(entraRecord(record, entra, 'azure-resources'));
  return err(str(record, 'type') === undefined ? 'id is missing' : `id of the ${(str(record, 'type') ?? '').slice(0, 100)} is missing`);
}
