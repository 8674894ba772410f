import { at, isObject, str } from '#shared/lib/json.ts';
import { err, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { everyFinding, itemsUnder } from '../every-finding.ts';
import { isNotable, isWebhook, notableDraft, webhookDraft } from './splunk/alert.ts';
import type { Format } from './format.ts';

/**
 * Splunk: what an alert's webhook sends, and notable events of Enterprise Security as searches export them (JSON lines with `result`, answers with `results`, CSV).
 * Source: Splunk documentation, "Use a webhook alert action"; Enterprise Security, "Notable event fields".
 */
export const splunk: Format = {
  name: 'splunk', kind: 'findings', source: 'splunk', description: 'Splunk: webhooks of alerts, notable events of Enterprise Security (JSON, CSV)',
  containers: [{ kind: 'json-path', paths: ['results', '[].results'], emptyOk: true, alone: true }, { kind: 'json' }, { kind: 'csv', delimiters: [',', ';', '\t'] }],
  detect,
  parse: (record) => everyFinding(unwrap(record), parseItem),
};

function detect({ header, records, document }: Sample): number {
  if (isNotable(Object.fromEntries(header.map((cell) => [cell.trim(), 'x'])))) return 92;
  const items = [...records, document].flatMap(unwrap).slice(0, 20);
  return items.some((item) => isWebhook(item) || isNotable(rowOf(item))) ? 92 : 0;
}

const unwrap = (record: unknown): readonly unknown[] => itemsUnder(record, 'results');

/** An exported line holds its row under `result`. */
const rowOf = (item: unknown): unknown => (isObject(at(item, 'result')) && str(item, 'search_name') === undefined ? at(item, 'result') : item);

function parseItem(item: unknown): Result<readonly FindingDraft[]> {
  if (!isObject(item)) return err('not an object');
  if (isWebhook(item)) return webhookDraft(item);
  const row = rowOf(item);
  return isNotable(row) ? notableDraft(row) : err('neither an alert (search_name, sid, result) nor a notable event (event_id, rule_name, urgency)');
}
