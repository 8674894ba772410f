import { at, isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { everyFinding, itemsUnder } from '../every-finding.ts';
import { alertDraft, isAlert } from './crowdstrike/alert.ts';
import { detectDraft, isDetect } from './crowdstrike/detect.ts';
import { eventDrafts, streamEvent } from './crowdstrike/stream-event.ts';
import type { Format } from './format.ts';

/**
 * CrowdStrike Falcon: detections (`/detects`), alerts (`/alerts`, version 2), and the summaries of detections among Event Streams and FDR's external events. What the
 * sensor records (FDR's telemetry) and who did what in the console are no findings, and are passed over. Source: Falcon's API reference, Event Streams reference.
 */
export const crowdstrike: Format = {
  name: 'crowdstrike', kind: 'findings', source: 'crowdstrike', description: 'CrowdStrike Falcon: detections and alerts (API), detection, identity and cloud events of Event Streams and FDR',
  containers: [{ kind: 'json-path', paths: ['resources', '[].resources'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect,
  parse: (record) => everyFinding(unwrap(record), parseItem),
};

function detect({ records, document }: Sample): number {
  const items = [...records, document].flatMap(unwrap).slice(0, 20);
  if (items.some((item) => isDetect(item) || isAlert(item) || streamEvent(item) !== undefined)) return 93;
  if (items.some(isTelemetry)) return 80;
  // An answer without detections: its `meta` says who answered.
  return str(document, 'meta', 'powered_by') !== undefined && Array.isArray(at(document, 'resources')) && isObject(at(document, 'meta')) ? 40 : 0;
}

const unwrap = (record: unknown): readonly unknown[] => itemsUnder(record, 'resources');

/** What the sensor records: `event_simpleName` with the sensor's or the customer's id. */
const isTelemetry = (item: unknown): boolean => (str(item, 'event_simpleName') ?? str(item, 'event', 'event_simpleName') ?? str(item, 'fdr_event_type')) !== undefined && (str(item, 'aid') ?? str(item, 'cid') ?? str(item, 'fdr_event_type')) !== undefined;

function parseItem(item: unknown): Result<readonly FindingDraft[]> {
  if (!isObject(item)) return err('not an object');
  if (isDetect(item)) return detectDraft(item);
  if (isAlert(item)) return alertDraft(item);
  const event = streamEvent(item);
  if (event !== undefined) return eventDrafts(event);
  return isTelemetry(item) ? ok([]) : err('neither a detection (detection_id), an alert (composite_id), nor an event (metadata.eventType, event_simpleName)');
}
