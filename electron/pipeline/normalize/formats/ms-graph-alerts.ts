import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { everyFinding, itemsUnder } from '../every-finding.ts';
import { alertDrafts } from './ms-graph-alerts/alert.ts';
import { asGraphAlert, isEndpointAlert } from './ms-graph-alerts/defender-endpoint.ts';
import { incidentDraft } from './ms-graph-alerts/incident.ts';
import type { Format } from './format.ts';

/**
 * Alerts of Microsoft Defender XDR and its neighbours as Microsoft Graph gives them (`/security/alerts_v2`), and incidents (`/security/incidents`), with
 * their alerts where they were expanded; also alerts of Defender for Endpoint's own API. Source: microsoft-graph-docs, "alert resource type" and "incident resource type" (namespace microsoft.graph.security).
 */
export const msGraphAlerts: Format = {
  name: 'ms-graph-alerts', kind: 'findings', source: 'ms-graph-alerts', description: 'Microsoft Graph security alerts (alerts_v2) and incidents, Defender for Endpoint alerts: lists, single ones, NDJSON',
  containers: [{ kind: 'json-path', paths: ['value', '[].value'], emptyOk: true, alone: true }, { kind: 'json' }],
  detect,
  parse: (record) => everyFinding(unwrap(record), parseItem),
};

function detect({ records, document }: Sample): number {
  if (/\/\$metadata#security\/(alerts_v2|incidents)\b/i.test(str(document, '@odata.context') ?? '')) return 96;
  return [...records, document].flatMap(unwrap).slice(0, 20).some((item) => isAlert(item) || isIncident(item) || isEndpointAlert(item)) ? 92 : 0;
}

const unwrap = (record: unknown): readonly unknown[] => itemsUnder(record, 'value');

const hasTexts = (item: unknown, keys: readonly string[]): boolean => keys.every((key) => str(item, key) !== undefined);

/** Evidence names its own type; what SIEMs kept of an alert still names the product that raised it. */
function isAlert(item: unknown): boolean {
  if (!isObject(item) || !hasTexts(item, ['id', 'title', 'createdDateTime'])) return false;
  if (list(item, 'evidence').some((evidence) => (str(evidence, '@odata.type') ?? str(evidence, 'at_sign_odata_type') ?? '').includes('microsoft.graph.security'))) return true;
  const isKnown = str(item, 'serviceSource') !== undefined || str(item, 'detectionSource') !== undefined;
  return isKnown && (str(item, 'lastUpdateDateTime') !== undefined || str(item, 'firstActivityDateTime') !== undefined || Array.isArray(item['evidence']));
}

const isIncident = (item: unknown): boolean => hasTexts(item, ['id', 'displayName', 'createdDateTime']) && (str(item, 'incidentWebUrl') !== undefined || Array.isArray(at(item, 'alerts'))) && (str(item, 'severity') ?? str(item, 'status') ?? str(item, 'classification')) !== undefined;

/** An incident whose alerts are beside it is told by them. */
function parseItem(item: unknown): Result<readonly FindingDraft[]> {
  if (!isObject(item)) return err('not an object');
  if (isEndpointAlert(item)) return alertDrafts(asGraphAlert(item), item);
  if (!isIncident(item)) return alertDrafts(item, item);
  const alerts = list(item, 'alerts').filter(isObject);
  if (alerts.length === 0) return incidentDraft(item);
  const drafts: FindingDraft[] = [];
  for (const [i, alert] of alerts.entries()) {
    const read = alertDrafts(alert, item);
    if (!read.ok) return err(`alerts[${i}].${read.error}`);
    drafts.push(...read.value);
  }
  return ok(drafts);
}
