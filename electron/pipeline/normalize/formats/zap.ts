import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { labelled as line } from './hosts/host-findings.ts';
import { plainOfHtml, siteOf, webIssue, without } from './web/web-alert.ts';

/**
 * Reports of ZAP, versions 2.4 to 2.17: traditional JSON and XML, with and without requests and responses (which are not kept), and the alerts of its API. One finding for each alert
 * of a site, with its instances. Source: zaproxy.org, "Report Generation" and "alert" of the API.
 */
export const zap: Format = {
  name: 'zap', kind: 'findings', source: 'zap', description: 'ZAP reports (JSON, XML, also with requests) and alerts of its API',
  containers: [
    { kind: 'json-path', paths: ['site[].alerts', 'site.alerts', 'alerts'], emptyOk: true },
    { kind: 'xml', records: ['OWASPZAPReport/site/alerts/alertitem'], repeats: ['alerts'] },
  ],
  detect, parse, redact: (record) => without(record, MESSAGES),
};

const MESSAGES: ReadonlySet<string> = new Set(['requestheader', 'requestbody', 'responseheader', 'responsebody', 'request-header', 'request-body', 'response-header', 'response-body', 'requestHeader', 'requestBody', 'responseHeader', 'responseBody']);
const idOf = (alert: unknown): string | undefined => str(alert, 'pluginid') ?? str(alert, 'pluginId');
const isOfApi = (alert: unknown): boolean => str(alert, 'pluginId') !== undefined && str(alert, 'risk') !== undefined && str(alert, 'url') !== undefined;

function detect({ document, xml }: Sample): number {
  if (xml !== undefined) return xml.root === 'OWASPZAPReport' ? 97 : 0;
  if (!isObject(document)) return 0;
  if (isOfApi(list(document, 'alerts')[0])) return 92;
  const sites = list(document, 'site');
  if (document['site'] === undefined || (str(document, '@version') === undefined && str(document, '@programName') === undefined && str(document, '@generated') === undefined)) return 0;
  return sites.length === 0 || sites.some((site) => str(site, '@name') !== undefined || idOf(list(site, 'alerts')[0]) !== undefined) ? 95 : 0;
}

/** `riskcode` and `confidence` of an alert (ZAP API, "alert"); an alert of confidence 0 is a false positive. */
const risks: Readonly<Record<string, Severity>> = { 3: 'high', 2: 'medium', 1: 'low', 0: 'informational' };
const confidences: Readonly<Record<string, string>> = { 0: 'false positive', 1: 'low', 2: 'medium', 3: 'high', 4: 'confirmed' };

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('alerts: the item is not an object');
  const id = idOf(record), name = str(record, 'name') ?? str(record, 'alert'), site = context.parents.at(-1), [first] = instancesOf(record);
  if (id === undefined) return err('pluginid is missing');
  if (name === undefined) return err('name is missing');
  const address = isOfApi(record) ? originOf(str(record, 'url') ?? '') : str(site, '@name') ?? str(site, '@host') ?? originOf(str(first, 'uri') ?? '');
  if (address === '') return err('the site is missing, and no instance has a uri');
  return ok({ findings: [draftOf(record, id, name, address, context)] });
}

const originOf = (url: string): string => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i.exec(url)?.[0] ?? '';

/** In JSON a list, in XML elements within one. Before 2.5 an alert had one, by its own fields. */
function instancesOf(record: unknown): readonly unknown[] {
  const found = list(record, 'instances').flatMap((all) => (Array.isArray(at(all, 'instance')) || isObject(at(all, 'instance')) ? list(all, 'instance') : [all])).filter(isObject);
  return found.length > 0 ? found : [{ uri: str(record, 'uri') ?? str(record, 'url'), method: str(record, 'method'), param: str(record, 'param'), evidence: str(record, 'evidence'), attack: str(record, 'attack') }];
}

function draftOf(record: unknown, id: string, name: string, address: string, { parents }: RecordContext): FindingDraft {
  const { host, port } = siteOf(address), site = parents.at(-1), written = Number(str(site, '@port') ?? Number.NaN), report = parents[0], cwe = Number(str(record, 'cweid') ?? 0) > 0 ? str(record, 'cweid') : undefined;
  const confidence = str(record, 'confidence') ?? '', word = confidences[confidence] ?? confidence.toLowerCase(), ref = str(record, 'alertRef'), instances = instancesOf(record), count = Number(str(record, 'count') ?? instances.length);
  const description = plainOfHtml(str(record, 'desc') ?? str(record, 'description')), at_ = port ?? (written > 0 ? written : undefined), isApi = isOfApi(record);
  const status: FindingStatus = word === 'false positive' ? 'suppressed' : 'open';
  return {
    source: 'zap', source_id: [address, ref ?? id, ...(isApi ? [str(record, 'method'), str(record, 'url'), str(record, 'param')] : ref === undefined ? [name] : [])].map((part) => part ?? '').join('|'), kind: 'posture', entity: host, entity_type: 'host', aliases: address === host ? [] : [address],
    ...webIssue(id, name, cwe), check_id: id, title: name.slice(0, 500), ...(description !== undefined && { description }), severity_reported: risks[str(record, 'riskcode') ?? ''] ?? severityOfLabel(str(record, 'risk') ?? str(record, 'riskdesc')?.split(' ')[0]), status,
    evidence: [
      line('confidence', word === '' ? undefined : word), cwe === undefined ? undefined : `CWE-${cwe}`, ...instances.slice(0, 10).map(instanceLine), count > 10 ? `${count} places in all` : undefined, line('solution', plainOfHtml(str(record, 'solution'))), line('more', plainOfHtml(str(record, 'otherinfo') ?? str(record, 'other'))),
    ].filter((text) => text !== undefined).map((text) => text.slice(0, 1000)),
    discovered: at(report, 'created') ?? at(report, '@created') ?? at(report, '@generated'), attack: [], compliance: [], observables: { host, ...(at_ !== undefined && { port: at_ }) },
  };
}

function instanceLine(instance: unknown): string | undefined {
  const uri = str(instance, 'uri') ?? str(instance, 'url');
  if (uri === undefined) return undefined;
  const told = [['parameter', 'param'], ['attack', 'attack'], ['found', 'evidence']].flatMap(([label, key]) => { const text = str(instance, key ?? '')?.trim(); return text === undefined || text === '' ? [] : [`${label} ${text.slice(0, 200)}`]; });
  return `${str(instance, 'method') ?? 'GET'} ${uri.slice(0, 300)}${told.length === 0 ? '' : ` (${told.join('; ')})`}`;
}
