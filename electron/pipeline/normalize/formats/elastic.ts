import { at, isObject, str } from '#shared/lib/json.ts';
import { err, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { everyFinding } from '../every-finding.ts';
import { dottedText } from './alerts/dotted.ts';
import { alertDrafts, isAlert, isSignal } from './elastic/alert.ts';
import type { Format } from './format.ts';

/**
 * Elastic Security's detection alerts (`kibana.alert.*`; up to 7.15 `signal.*`) and documents of the Elastic Common Schema that are alerts (`event.kind: alert` or `signal`):
 * answers of searches, NDJSON, arrays, Discover's CSV; keys nested, flat or mixed. Source: Elastic Security's alert schema, ECS field reference.
 */
export const elastic: Format = {
  name: 'elastic', kind: 'findings', source: 'elastic', description: 'Elastic Security alerts (kibana.alert, signal) and ECS documents of kind alert: searches, NDJSON, CSV',
  containers: [{ kind: 'json-path', paths: ['hits.hits', '[].hits.hits', 'rawResponse.hits.hits'], emptyOk: true, alone: true }, { kind: 'json' }, { kind: 'csv', delimiters: [',', ';'] }],
  detect,
  parse: (record) => everyFinding(unwrap(record), parseItem),
};

function detect({ header, records, document }: Sample): number {
  const cells = new Set(header.map((cell) => cell.trim()));
  if (cells.has('kibana.alert.rule.name') || cells.has('signal.rule.name')) return 93;
  const items = [...records, document].flatMap(unwrap).slice(0, 20).map(documentOf);
  if (items.some(isSignal)) return 93;
  if (items.some(isAlert)) return 62;
  // An answer without hits may be of anything.
  return items.length === 0 && Array.isArray(at(document, 'hits', 'hits')) && at(document, 'timed_out') !== undefined ? 10 : 0;
}

function unwrap(record: unknown): readonly unknown[] {
  const inner = at(record, 'hits', 'hits') ?? at(record, 'rawResponse', 'hits', 'hits');
  return Array.isArray(inner) ? inner : record === undefined || Array.isArray(record) ? [] : [record];
}

/** The document of a hit, or the fields that were asked of it. */
const documentOf = (item: unknown): unknown => (isObject(at(item, '_source')) ? at(item, '_source') : isObject(at(item, 'fields')) && str(item, '_id') !== undefined ? at(item, 'fields') : item);

function parseItem(item: unknown): Result<readonly FindingDraft[]> {
  const document = documentOf(item);
  if (!isObject(document)) return err('not an object');
  if (isSignal(document) || isAlert(document)) return alertDrafts(document, str(item, '_id') ?? dottedText(document, '_id'));
  const kind = dottedText(document, 'event.kind');
  return err(kind === undefined ? 'neither kibana.alert, signal nor event.kind: alert' : `event.kind ${kind.slice(0, 40)}: no alert`);
}
