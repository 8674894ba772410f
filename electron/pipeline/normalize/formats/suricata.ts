import { isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { alertDraft } from './suricata/alert.ts';

/**
 * Suricata's EVE log. Alerts are findings; flows, protocol transactions, files and statistics tell what happened and are passed over.
 * Source: Suricata user guide, "EVE JSON format".
 */
export const suricata: Format = {
  name: 'suricata', kind: 'findings', source: 'suricata', description: 'Suricata EVE JSON (alerts; other events are passed over)',
  containers: [{ kind: 'json' }],
  detect: ({ records, document }: Sample) => ([...records, document].some(isEvent) ? 91 : 0),
  parse(record): Result<Normalized> {
    if (!isObject(record)) return err('not an object');
    const type = str(record, 'event_type');
    if (type === undefined) return err('event_type: missing');
    if (str(record, 'timestamp') === undefined) return err('timestamp: missing');
    if (type !== 'alert') return ok({});
    const draft = alertDraft(record);
    return draft.ok ? ok({ findings: [draft.value] }) : draft;
  },
};

/** Every event has a type and a time; what it is about lies under the name of its type, and packets have addresses. */
function isEvent(record: unknown): boolean {
  if (!isObject(record)) return false;
  const type = record['event_type'];
  if (typeof type !== 'string' || typeof record['timestamp'] !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(record['timestamp'])) return false;
  const isPacket = ['src_ip', 'dest_ip', 'proto'].every((key) => typeof record[key] === 'string') && (record['flow_id'] !== undefined || record['pcap_cnt'] !== undefined || isObject(record[type]));
  return type === 'alert' ? isObject(record['alert']) && isPacket : type === 'stats' ? isObject(record['stats']) : isPacket;
}
