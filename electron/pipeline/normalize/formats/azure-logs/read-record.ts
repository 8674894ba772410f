import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, Sample } from '../../../ports.ts';
import { aksAudit } from '../k8s-audit/record.ts';
import { activityCategories, activityEvent } from './activity.ts';
import { directoryAudit, isDirectoryAudit } from './directory-audit.ts';
import { lowKeys, named } from './fields.ts';
import { isSignIn, signInEvent } from './sign-in.ts';

export type AzureLog = 'azure-activity' | 'entra-signin' | 'entra-audit' | 'k8s-audit';
/** Where the records of an Event Hub message, a page of the REST API or of Microsoft Graph are. */
export const azurePaths = ['records', 'value'];

/** Which of Azure's logs a record is of; one Event Hub may carry them all. Undefined for anything else. */
export function azureLogOf(record: unknown): AzureLog | undefined {
  if (!isObject(record)) return undefined;
  const row = lowKeys(record), category = named(row['category']) ?? str(row, 'categoryvalue');
  if (isSignIn(row)) return 'entra-signin';
  if (isDirectoryAudit(row)) return 'entra-audit';
  if (category?.startsWith('kube-audit') === true) return 'k8s-audit';
  const operation = named(row['operationname']) ?? str(row, 'operationnamevalue');
  if (operation === undefined || !(str(row, 'resourceid') ?? str(row, '_resourceid') ?? str(row, 'subscriptionid') ?? str(row, 'calleripaddress'))) return undefined;
  const isNamed = category !== undefined && activityCategories.has(category.toLowerCase());
  return isNamed && (/\//.test(operation) || 'caller' in row || 'activitystatusvalue' in row) && !('loganalyticsworkspaceid' in row) ? 'azure-activity' : undefined;
}

/** One record of any of Azure's logs. */
export function readAzureRecord(record: unknown): Result<Normalized> {
  if (!isObject(record)) return err('not an object');
  const log = azureLogOf(record), row = lowKeys(record);
  switch (log) {
    case 'azure-activity': return one(activityEvent(row, record));
    case 'entra-signin': return one(signInEvent(row, record));
    case 'entra-audit': return one(directoryAudit(row, record));
    case 'k8s-audit': return aksAudit(row);
    case undefined: return err(reasonOf(row));
  }
}

const one = (event: ReturnType<typeof activityEvent>): Result<Normalized> => (event.ok ? ok({ events: [event.value] }) : event);
const reasonOf = (row: JsonObject): string => {
  const category = named(row['category']);
  return category === undefined ? 'neither an event of the Activity Log nor of Entra ID: category is missing' : `a resource log of the category ${category.slice(0, 60)}, which is not read`;
};

/** Columns that a table of Log Analytics has, and where a page of Microsoft Graph says to be from. */
const columns: Readonly<Partial<Record<AzureLog, readonly string[]>>> = { 'azure-activity': ['operationnamevalue', 'activitystatusvalue'], 'entra-signin': ['userprincipalname', 'resulttype', 'appdisplayname'], 'entra-audit': ['initiatedby', 'targetresources'] };
const contexts: Readonly<Partial<Record<AzureLog, RegExp>>> = { 'entra-signin': /#auditLogs\/signIns/i, 'entra-audit': /#auditLogs\/directoryAudits/i };

/** How sure a file is one of this log: by the first of its records that is of any. */
export function azureScore(sample: Sample, log: AzureLog): number {
  const header = new Set(sample.header.map((name) => name.toLowerCase()));
  if (columns[log]?.every((name) => header.has(name)) === true || contexts[log]?.test(str(sample.document, '@odata.context') ?? '') === true) return 92;
  const rows: readonly unknown[] = [...sample.records, ...azurePaths.flatMap((path) => list(sample.document, path).slice(0, 5))];
  return rows.map(azureLogOf).find((l) => l !== undefined) === log ? 92 : 0;
}
