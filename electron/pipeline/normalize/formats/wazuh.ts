import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { everyFinding } from '../every-finding.ts';
import type { Format } from './format.ts';
import { alertDrafts, isAlert } from './wazuh/alert.ts';
import { apiVulnerabilityDrafts, isApiVulnerability, isStateVulnerability, stateVulnerabilityDrafts } from './wazuh/vulnerability.ts';

/**
 * Wazuh: alerts (`alerts.json`, the indexer's `wazuh-alerts-*`), vulnerabilities of the server's API (up to 4.7) and of the indexer (`wazuh-states-vulnerabilities-*`, 4.8 on).
 * Source: Wazuh documentation, "Rules classification", "Vulnerability detection", API reference.
 */
export const wazuh: Format = {
  name: 'wazuh', kind: 'findings', source: 'wazuh', description: 'Wazuh: alerts (alerts.json, indexer), vulnerabilities (API of 4.7, indexer from 4.8 on)',
  containers: [{ kind: 'json-path', paths: ['data.affected_items', 'hits.hits', '[].data.affected_items', '[].hits.hits'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect,
  parse: (record, context) => everyFinding(unwrap(record), (item) => parseItem(item, context)),
};

function detect({ records, document }: Sample): number {
  const items = [...records, document].flatMap(unwrap).slice(0, 20);
  if (items.some((item) => { const source = sourceOf(item); return isAlert(source) || isStateVulnerability(source); })) return 93;
  if (items.some(isApiVulnerability)) return 92;
  return items.length === 0 && Array.isArray(at(document, 'data', 'affected_items')) ? 10 : 0;
}

function unwrap(record: unknown): readonly unknown[] {
  for (const inner of [at(record, 'data', 'affected_items'), at(record, 'hits', 'hits')]) if (Array.isArray(inner)) return inner;
  return record === undefined || Array.isArray(record) ? [] : [record];
}

/** The document of an answer of the indexer. */
const sourceOf = (item: unknown): unknown => (isObject(at(item, '_source')) ? at(item, '_source') : item);

function parseItem(item: unknown, context: RecordContext): Result<readonly FindingDraft[]> {
  const source = sourceOf(item);
  if (!isObject(source)) return err('not an object');
  if (isAlert(source)) return alertDrafts(source, str(item, '_id'));
  if (isStateVulnerability(source)) return stateVulnerabilityDrafts(source);
  if (isApiVulnerability(source)) return apiVulnerabilityDrafts(source, context.path);
  return err(`neither an alert (rule.level), nor a vulnerability (cve, vulnerability.id)${list(source, 'rule').length === 0 ? '' : ': rule.level is missing'}`);
}
