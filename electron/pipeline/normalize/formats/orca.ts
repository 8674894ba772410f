import { at, isObject, str } from '#shared/lib/json.ts';
import type { Sample } from '../../ports.ts';
import { everyFinding } from '../every-finding.ts';
import { alertDrafts } from './orca/alert.ts';
import type { Format } from './format.ts';

/** Orca Security's alerts: of the API (`/api/alerts`, `/api/query/alerts`), of webhooks, and as SIEMs keep them. Source: Orca API documentation, alerts. */
export const orca: Format = {
  name: 'orca', kind: 'findings', source: 'orca', description: 'Orca Security alerts: API, webhook, NDJSON',
  containers: [{ kind: 'json-path', paths: ['data', 'results', '[].data'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect: ({ records, document }: Sample) => ([...records, document].flatMap(unwrap).slice(0, 20).some(isAlert) ? 93 : 0),
  parse: (record) => everyFinding(unwrap(record), alertDrafts),
};

/** Of an answer `data` is the list; of an alert it is what the rule's author wrote. */
function unwrap(record: unknown): readonly unknown[] {
  for (const inner of [at(record, 'data'), at(record, 'results')]) if (Array.isArray(inner)) return inner;
  return record === undefined || Array.isArray(record) ? [] : [record];
}

const isAlert = (item: unknown): boolean => isObject(at(item, 'state')) && str(item, 'state', 'alert_id') !== undefined && (str(item, 'type_string') ?? str(item, 'type')) !== undefined && (str(item, 'asset_unique_id') ?? str(item, 'asset_name')) !== undefined;
