import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, FindingKind, FindingStatus } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { cvesIn, scoreOf } from './packages/package-findings.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { sccIssue } from './gcp-scc/issue.ts';
import { sccResource } from './gcp-scc/resource.ts';
import { apiKeys } from './gcp-scc/snake-keys.ts';
import { fromRow, isTable } from './gcp-scc/table.ts';

/**
 * Google Cloud Security Command Center: `findings list`, the API's answers, notifications (Pub/Sub, decoded) and NDJSON exports, from the time before
 * findings had a severity and a class on. Source: Security Command Center documentation, "Finding" resource.
 */
export const gcpScc: Format = {
  name: 'gcp-scc', kind: 'findings', source: 'gcp-scc', description: 'Google Cloud Security Command Center findings (lists, notifications, exports, CSV)',
  containers: [{ kind: 'json-path', paths: ['listFindingsResults', 'findings'], emptyOk: true }, { kind: 'json' }, { kind: 'csv', delimiters: [',', ';'] }],
  detect, parse,
};

const isFinding = (value: unknown): boolean => /^(organizations|folders|projects)\/[^/]+\/sources\/[^/]+\/(locations\/[^/]+\/)?findings\/[^/]+$/.test(str(value, 'name') ?? '') && str(value, 'category') !== undefined;
const holdsFinding = (value: unknown): boolean => isFinding(value) || isFinding(at(value, 'finding'));
function detect({ document, records, header, text }: Sample): number {
  if (isTable(header) && /\/sources\/[^/\s]+\/(locations\/[^/\s]+\/)?findings\//.test(text)) return 95;
  if ([...records, ...list(document, 'listFindingsResults').slice(0, 5), ...list(document, 'findings').slice(0, 5)].some(holdsFinding)) return 95;
  return isObject(document) && Array.isArray(document['listFindingsResults']) ? 90 : 0;
}

function parse(record: unknown): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('not a JSON object');
  if (Object.values(record).every((cell) => typeof cell === 'string') && isTable(Object.keys(record))) return parse(fromRow(record));
  const finding = apiKeys(isObject(record['finding']) ? record['finding'] : record), name = str(finding, 'name'), category = str(finding, 'category');
  if (name === undefined) return err('finding.name is missing');
  if (category === undefined) return err('finding.category is missing');
  const kind = kindOf(finding, category), cves = cvesIn([str(finding, 'vulnerability', 'cve', 'id')]);
  const about = sccResource(finding, apiKeys(isObject(record['resource']) ? record['resource'] : at(finding, 'resource')));
  if (about === undefined) return err('finding.resourceName is missing');
  const properties = at(finding, 'sourceProperties'), text = str(finding, 'description') ?? str(properties, 'Explanation');
  const score = scoreOf(at(finding, 'vulnerability', 'cve', 'cvssv3', 'baseScore')), [cve] = cves;
  return ok({ findings: [{
    source: 'gcp-scc', source_id: idOf(name), kind, ...about, ...(cve === undefined ? sccIssue(category, text, kind) : { issue_type: 'vulnerable_package', issue_mapped: true }), check_id: category, title: titleOf(category),
    ...(text !== undefined && { description: text }), severity_reported: severityOfLabel(str(finding, 'severity') ?? str(properties, 'SeverityLevel') ?? str(properties, 'severity') ?? str(properties, 'detectionPriority')),
    status: statusOf(finding), evidence: evidenceOf(finding, properties), discovered: at(finding, 'createTime'), updated: at(finding, 'eventTime'), attack: techniques(finding), compliance: compliance(finding, properties), observables: observables(finding, properties),
    ...(cve !== undefined && { vulnerability: { cve, ...(score !== undefined && { cvss: score }), ...packageIn(finding) } }),
  }] });
}

/** The same finding is named below an organization, a folder or a project, with or without its location. */
const idOf = (name: string): string => name.slice(name.indexOf('/sources/') + 1).replace(/locations\/[^/]+\//, '');

function kindOf(finding: unknown, category: string): FindingKind {
  const told = str(finding, 'findingClass');
  if (told === 'VULNERABILITY' && cvesIn([str(finding, 'vulnerability', 'cve', 'id')]).length > 0) return 'vulnerability';
  // Before there were classes: threats are called by their tactic (`Persistence: IAM Anomalous Grant`).
  return told === 'THREAT' || (told === undefined && category.includes(': ')) ? 'detection' : 'posture';
}

function statusOf(finding: unknown): FindingStatus {
  if (str(finding, 'state')?.toUpperCase() === 'INACTIVE') return 'resolved';
  return str(finding, 'mute')?.toUpperCase() === 'MUTED' ? 'suppressed' : 'open';
}

/** `OPEN_FIREWALL` as words. */
const titleOf = (category: string): string => (/^[A-Z0-9_]+$/.test(category) ? category.slice(0, 1) + category.slice(1).toLowerCase().replaceAll('_', ' ') : category);

const evidenceOf = (finding: unknown, properties: unknown): readonly string[] => [
  ['trigger', str(properties, 'ActivationTrigger')], ['next', str(finding, 'nextSteps') ?? str(properties, 'Recommendation')], ['scanner', str(properties, 'ScannerName') ?? str(finding, 'parentDisplayName') ?? str(finding, 'sourceDisplayName')], ['address', str(finding, 'externalUri')], ['mute', statusOf(finding) === 'suppressed' ? str(finding, 'muteInitiator') : undefined],
].flatMap(([label, text]) => (text === undefined ? [] : [`${label}: ${text.slice(0, 1000)}`]));

/** Technique ids where the finding links to them: their names in `mitreAttack` are no ids. */
function techniques(finding: unknown): readonly string[] {
  const uri = at(finding, 'sourceProperties', 'contextUris', 'mitreUri');
  return [...new Set((Array.isArray(uri) ? uri : [uri]).flatMap((link: unknown) => { const m = /\/techniques\/(T\d{4})(?:\/(\d{3}))?/.exec(str(link, 'url') ?? ''); return m?.[1] === undefined ? [] : [m[2] === undefined ? m[1] : `${m[1]}.${m[2]}`]; }))];
}

function compliance(finding: unknown, properties: unknown): readonly string[] {
  const current = list(finding, 'compliances').flatMap((c) => list(c, 'ids').map((id) => `${(str(c, 'standard') ?? 'standard').toUpperCase()}${str(c, 'version') === undefined ? '' : `-${str(c, 'version') ?? ''}`}: ${String(id)}`));
  const older = at(properties, 'compliance_standards');
  return current.length > 0 || !isObject(older) ? current : Object.entries(older).flatMap(([name, items]) => list(items).flatMap((item) => list(item, 'ids').map((id) => `${name.toUpperCase()}${str(item, 'version') === undefined ? '' : `-${str(item, 'version') ?? ''}`}: ${String(id)}`)));
}

/** The ports of a firewall rule, as its scanners of both ages write them: each once, whatever the protocol. */
const portsIn = (properties: unknown): readonly string[] => [...new Set([...list(properties, 'ExternallyAccessibleProtocolsAndPorts').flatMap((entry) => list(entry, 'ports')), ...['TCP', 'UDP'].flatMap((protocol) => list(properties, 'OpenPorts', protocol))].map(String))];

function observables(finding: unknown, properties: unknown): FindingDraft['observables'] {
  const attempt = at(properties, 'properties', 'attempts', 0), ports = portsIn(properties);
  const user = str(finding, 'access', 'principalEmail') ?? str(properties, 'properties', 'principalEmail') ?? str(attempt, 'username'), ip = str(finding, 'access', 'callerIp') ?? str(attempt, 'sourceIp');
  const port = ports.length === 1 && /^\d{1,5}$/.test(ports[0] ?? '') ? Number(ports[0]) : undefined, api = str(finding, 'access', 'methodName');
  return { ...(user !== undefined && { user }), ...(ip !== undefined && { src_ip: ip }), ...(port !== undefined && { port }), ...(api !== undefined && { api }) };
}

function packageIn(finding: unknown): Partial<NonNullable<FindingDraft['vulnerability']>> {
  const name = str(finding, 'vulnerability', 'offendingPackage', 'packageName'), installed = str(finding, 'vulnerability', 'offendingPackage', 'packageVersion'), fixed = str(finding, 'vulnerability', 'fixedPackage', 'packageVersion');
  return { ...(name !== undefined && { package: name }), ...(installed !== undefined && { installed_version: installed }), ...(fixed !== undefined && { fixed_version: fixed }) };
}
