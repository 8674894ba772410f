import { at, isObject, str } from '#shared/lib/json.ts';
import { readMapNotation } from './map-notation.ts';
import { restoreCase } from './restore-case.ts';

type Raw = Readonly<Record<string, unknown>>;

/** The event itself, out of whatever carries it; undefined when there is none. */
export function unwrapCloudtrail(record: unknown): Raw | undefined {
  if (Array.isArray(record)) return unwrapRow(record);
  // What `lookup-events --query 'Events[].CloudTrailEvent'` prints is a list of texts.
  if (typeof record === 'string') { const inner = readJson(record); return isCloudtrailEvent(inner) ? inner : undefined; }
  if (!isObject(record)) return undefined;
  // A row of a table has all fields of an event in it, the nested ones as text.
  if (!isObject(record['userIdentity']) && isTableRow(record)) return unwrapRow([record]);
  if (isCloudtrailEvent(record)) return record;
  if (str(record, 'eventname') !== undefined && str(record, 'eventsource') !== undefined) {
    const restored = restoreCase(record);
    return isCloudtrailEvent(restored) ? restored : undefined;
  }
  // lookup-events and CloudWatch Logs carry the event as JSON text; EventBridge as `detail`; log shippers add a layer of their own.
  for (const name of ['CloudTrailEvent', 'message', '@message', 'detail', 'eventData', 'eventJson', '_source', 'event', 'Event', 'aws_cloudtrail']) {
    const inner = readJson(at(record, name));
    if (isCloudtrailEvent(inner)) return inner;
  }
  return undefined;
}

/** Has the fields that every CloudTrail record has; an S3 event notification (`eventSource: aws:s3`) has not. */
export function isCloudtrailEvent(value: unknown): value is Raw {
  return isObject(value) && str(value, 'eventName') !== undefined && /(^|\.)(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|aws\.amazon\.com)$/.test(str(value, 'eventSource') ?? '')
    && ['userIdentity', 'eventVersion', 'awsRegion', 'recipientAccountId'].some((name) => at(value, name) !== undefined);
}

/** CloudTrail's digest files sign log files by their hashes. */
export const isDigest = (value: unknown): boolean => str(value, 'digestS3Bucket') !== undefined || (str(value, 'digestStartTime') !== undefined && Array.isArray(at(value, 'logFiles')));

/** A row of a table (CSV of Athena, Lake or Logs Insights) has nothing but text in it. */
const isTableRow = (record: Raw): boolean => ['eventname', 'eventName', '@message', 'eventData', 'eventJson'].some((name) => typeof record[name] === 'string') && Object.values(record).every((value) => typeof value === 'string');

/**
 * A row of a query: of CloudTrail Lake a list of one-key objects, of CloudWatch Logs Insights one of `{field, value}`, of a table one object. Nested
 * values are text in map notation or JSON, what is missing is empty text or `null`.
 */
function unwrapRow(row: readonly unknown[]): Raw | undefined {
  const merged: Record<string, unknown> = {};
  for (const [key, value] of row.filter(isObject).flatMap(cellsOf)) if (key !== '__proto__' && value !== '' && value !== 'null' && value !== '-') merged[key] = typeof value === 'string' ? readJson(value) ?? readMapNotation(value) ?? value : value;
  const carried = ['@message', 'eventData', 'eventJson'].map((name) => merged[name]).find(isCloudtrailEvent);
  if (carried !== undefined) return carried;
  const restored = restoreCase(merged);
  return isCloudtrailEvent(restored) ? restored : undefined;
}

const cellsOf = (cell: Raw): readonly (readonly [string, unknown])[] => { const field = str(cell, 'field'); return field !== undefined && Object.keys(cell).length === 2 && 'value' in cell ? [[field, cell['value']]] : Object.entries(cell); };

function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return isObject(value) ? value : undefined;
  if (!value.trimStart().startsWith('{')) return undefined;
  // Text that only looks like JSON carries no event.
  try { return JSON.parse(value); } catch { return undefined; }
}
