import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, scoreOf, severityOfScore } from './packages/package-findings.ts';

const dependency = 'analysis/dependencies/dependency';

/** OWASP Dependency-Check's reports in JSON and XML: the vulnerabilities of each dependency, suppressed ones as such. Source: Dependency-Check, `dependency-check.2.5.xsd` and `jsonReport.vsl`. */
export const dependencyCheck: Format = {
  name: 'dependency-check', kind: 'findings', source: 'dependency-check', description: 'OWASP Dependency-Check reports (JSON, XML)',
  containers: [
    { kind: 'json-path', paths: ['dependencies[].vulnerabilities', 'dependencies[].suppressedVulnerabilities'], emptyOk: true },
    { kind: 'xml', records: ['vulnerability', 'suppressedVulnerability'].map((name) => `${dependency}/vulnerabilities/${name}`), around: ['analysis/projectInfo', `${dependency}/fileName`, `${dependency}/filePath`, `${dependency}/identifiers`, `${dependency}/projectReferences`], repeats: ['relatedDependencies'] },
  ],
  detect, parse,
};

function detect({ document, xml }: Sample): number {
  if (xml !== undefined) return xml.root === 'analysis' && (/dependency-?check/i.test(xml.attributes['xmlns'] ?? '') || xml.paths.has('analysis/scanInfo/engineVersion')) ? 96 : 0;
  return isObject(document) && str(document, 'scanInfo', 'engineVersion') !== undefined && (isObject(document['projectInfo']) || str(document, 'reportSchema') !== undefined) ? 95 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('vulnerabilities: the item is not an object');
  const name = str(record, 'name')?.trim();
  if (name === undefined) return err('name is missing');
  const isXml = context.from.startsWith('analysis/'), [report] = context.parents, about = isXml ? context.parents.find((parent) => str(parent, 'fileName') !== undefined) : context.parents.at(-1);
  const project = str(report, 'projectInfo', 'name')?.trim(), path = str(about, 'filePath') ?? str(about, 'fileName'), found = packageOf(about), score = scoreIn(record), label = severityOfLabel(str(record, 'severity'));
  const isSuppressed = /suppressed/i.test(context.from), cwes = [...list(record, 'cwes'), ...list(record, 'cwes', 'cwe')].flatMap((cwe) => (typeof cwe === 'string' ? [cwe] : []));
  return ok({ findings: packageFindings({
    source: 'dependency-check', about: { entity: project ?? context.path, entity_type: 'repository', aliases: [] }, id: name, others: [], package: found.name, installed: found.version, range: rangeOf(record), place: path, title: undefined, description: str(record, 'description')?.trim(),
    severity: label === 'unknown' ? severityOfScore(score) : label, cvss: score, ...(at(record, 'knownExploitedVulnerability') !== undefined && { kev: true }), status: isSuppressed ? 'suppressed' : 'open',
    evidence: [str(record, '@source') ?? str(record, 'source'), cwes.length === 0 ? undefined : cwes.slice(0, 5).join(', '), isSuppressed ? suppressedWhy(record) : undefined], discovered: str(report, 'projectInfo', 'reportDate'),
  }) });
}

const suppressedWhy = (record: unknown): string => `suppressed${str(record, 'notes') === undefined ? '' : `: ${str(record, 'notes')?.trim().slice(0, 300) ?? ''}`}`;

/** The dependency by its package URL, as others name it (`group:artifact` in Maven); one that was not identified by its file. */
function packageOf(about: unknown): { readonly name: string | undefined; readonly version: string | undefined } {
  const urls = [...list(about, 'packages'), ...list(about, 'identifiers').flatMap((all) => list(all, 'package'))].flatMap((item) => str(item, 'id') ?? []);
  const [, type, path, version] = /^pkg:([\w.+-]+)\/([^@?#]+)(?:@([^?#]+))?/.exec(urls[0] ?? '') ?? [];
  if (path === undefined) return { name: str(about, 'fileName'), version: undefined };
  const steps = path.split('/').map(decoded);
  return { name: type === 'maven' ? steps.join(':') : steps.join('/'), version: version === undefined ? undefined : decoded(version) };
}

function decoded(text: string): string { try { return decodeURIComponent(text); } catch { return text; } }

/** Of the latest scale of CVSS that the report has. */
function scoreIn(record: unknown): number | undefined {
  return [['cvssv4', 'baseScore'], ['cvssV4', 'baseScore'], ['cvssv3', 'baseScore'], ['cvssV3', 'baseScore'], ['cvssv2', 'score'], ['cvssV2', 'score']].map(([scale, key]) => scoreOf(str(record, scale ?? '', key ?? ''))).find((score) => score !== undefined);
}

/** The versions that the matching entry of the vulnerability names. */
function rangeOf(record: unknown): string | undefined {
  const all = list(record, 'vulnerableSoftware').flatMap((item) => list(item, 'software')), matched = all.find((item) => ['vulnerabilityIdMatched', '@vulnerabilityIdMatched'].some((key) => str(item, key) === 'true'));
  const limits = [['>=', 'versionStartIncluding'], ['>', 'versionStartExcluding'], ['<=', 'versionEndIncluding'], ['<', 'versionEndExcluding']].flatMap(([sign, key]) => { const version = str(matched, key ?? '') ?? str(matched, `@${key ?? ''}`); return version === undefined ? [] : [`${sign ?? ''} ${version}`]; });
  return limits.length === 0 ? undefined : limits.join(', ');
}
