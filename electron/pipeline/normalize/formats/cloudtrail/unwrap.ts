import { at, isObject, str } from '#shared/lib/json.ts';
import { restoreCase } from './restore-case.ts';

type Raw = Readonly<Record<string, unknown>>;

/** The event itself, out of whatever carries it; undefined when there is none. */
export function unwrapCloudtrail(record: unknown): Raw | undefined {
  if (Array.isArray(record)) return unwrapRow(record);
  if (!isObject(record)) return undefined;
  if (isCloudtrailEvent(record)) return record;
  if (str(record, 'eventname') !== undefined && str(record, 'eventsource') !== undefined) {
    const restored = restoreCase(record);
    return isCloudtrailEvent(restored) ? restored : undefined;
  }
  // lookup-events and CloudWatch Logs carry the event as JSON text; EventBridge as `detail`; log shippers add a layer of their own.
  for (const name of ['CloudTrailEvent', 'message', 'detail', 'eventData', '_source', 'event', 'Event', 'aws_cloudtrail']) {
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

/** A row of a CloudTrail Lake query: a list of one-key objects whose nested values are text in Java's map notation or JSON. */
function unwrapRow(row: readonly unknown[]): Raw | undefined {
  const merged: Record<string, unknown> = {};
  for (const cell of row) if (isObject(cell)) for (const [key, value] of Object.entries(cell)) if (key !== '__proto__') merged[key] = readJson(value) ?? value;
  return isCloudtrailEvent(merged) ? merged : undefined;
}

function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return isObject(value) ? value : undefined;
  if (!value.trimStart().startsWith('{')) return undefined;
  // Text that only looks like JSON carries no event.
  try { return JSON.parse(value); } catch { return undefined; }
}
