import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, scoreOf } from './packages/package-findings.ts';

/**
 * `npm audit --json`: version 2 (npm 7 on: by package, with what it comes through) and version 1 (npm 6, also pnpm: by advisory). A report is one record.
 * Yarn's writes a line for each path to a package (version 1: `yarn audit --json`) or each advisory (later ones: `yarn npm audit --json`).
 */
export const npmAudit: Format = {
  name: 'npm-audit', kind: 'findings', source: 'npm-audit', description: 'npm audit JSON reports (versions 1 and 2; also pnpm audit), yarn audit lines',
  containers: [{ kind: 'json' }],
  detect, parse,
};

const isVersion2 = (report: unknown): report is JsonObject => isObject(report) && 'auditReportVersion' in report && isObject(report['vulnerabilities']);
/** `metadata` stands at the end, maybe behind what a recognition looks at. */
const isVersion1 = (report: unknown): boolean => isObject(report) && isObject(report['advisories']) && ('actions' in report || 'muted' in report) && (isObject(report['metadata']) || str(Object.values(report['advisories'])[0], 'module_name') !== undefined);
const isYarnLine = (line: unknown): boolean => str(line, 'type') === 'auditAdvisory' && isObject(at(line, 'data', 'advisory'));
const isYarnEntry = (line: unknown): boolean => str(line, 'value') !== undefined && str(line, 'children', 'Issue') !== undefined;
function detect({ document, records }: Sample): number {
  if (records.some((record) => isYarnLine(record) || isYarnEntry(record))) return 93;
  return isVersion2(document) ? 95 : isVersion1(document) ? 92 : 0;
}

function parse(report: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(report)) return err('not a JSON object');
  if (isVersion2(report)) return ok({ findings: Object.values(objectAt(report, 'vulnerabilities')).flatMap((entry) => ofPackage(entry, context)) });
  if (isObject(report['advisories'])) return ok({ findings: Object.values(report['advisories']).flatMap((advisory) => ofAdvisory(advisory, context)) });
  if (isYarnLine(report)) return ok({ findings: ofAdvisory(at(report, 'data', 'advisory'), context) });
  if (isYarnEntry(report)) return ok({ findings: ofEntry(report, context) });
  // What stands around Yarn's advisories: counts, proposals, messages.
  if (/^(auditSummary|auditAction|info|warning)$/.test(str(report, 'type') ?? '')) return ok({});
  return err('neither vulnerabilities nor advisories are given');
}

/** An advisory as Yarn's later versions write it, with the versions that are installed. */
function ofEntry(entry: JsonObject, context: RecordContext): readonly FindingDraft[] {
  const told = entry['children'], url = str(told, 'URL'), id = advisoryId(url) ?? str(told, 'ID') ?? str(told, 'Issue') ?? '', range = str(told, 'Vulnerable Versions');
  const versions = list(told, 'Tree Versions').map(String);
  return (versions.length === 0 ? [undefined] : versions).flatMap((installed) => packageFindings({
    source: 'npm-audit', about: projectOf(context), id, others: [], package: str(entry, 'value'), installed, range, fixed: endsOf(range), title: str(told, 'Issue'), severity: severityOfLabel(str(told, 'Severity')), evidence: [url, ...list(told, 'Dependents').slice(0, 10).map(String)],
  }));
}

const objectAt = (value: JsonObject, key: string): JsonObject => { const found = value[key]; return isObject(found) ? found : {}; };
/** The report does not say of what project it is. */
const projectOf = (context: RecordContext) => ({ entity: context.path, entity_type: 'repository', aliases: [] } as const);
const advisoryId = (url: string | undefined): string | undefined => /\bGHSA(-[0-9a-z]{4}){3}\b/i.exec(url?.slice(0, 500) ?? '')?.[0];

/** What a package has of its own; what it only hands on (a name in `via`) stands under the package that has it. */
function ofPackage(entry: unknown, context: RecordContext): readonly FindingDraft[] {
  const name = str(entry, 'name'), fix = at(entry, 'fixAvailable');
  return list(entry, 'via').filter(isObject).flatMap((via) => {
    const url = str(via, 'url'), id = advisoryId(url) ?? str(via, 'source') ?? str(via, 'title');
    return id === undefined ? [] : packageFindings({
      source: 'npm-audit', about: projectOf(context), id, others: [], package: str(via, 'name') ?? name, range: str(via, 'range'), fixed: fix === false ? [] : endsOf(str(via, 'range')), title: str(via, 'title'),
      severity: severityOfLabel(str(via, 'severity') ?? str(entry, 'severity')), cvss: positive(scoreOf(at(via, 'cvss', 'score'))),
      evidence: [at(entry, 'isDirect') === true ? 'a direct dependency' : 'comes with another dependency', fixText(fix), url, ...list(entry, 'nodes').slice(0, 10).map(String)],
    });
  });
}

/** The versions at which the parts of a range of affected ones end: the first that are not affected any more. */
const endsOf = (range: string | undefined): readonly string[] => (range ?? '').slice(0, 2000).split('||').flatMap((part) => /<(?!=)\s*(\d\S*)\s*$/.exec(part)?.[1] ?? []);

function fixText(fix: unknown): string | undefined {
  if (isObject(fix)) return `fixed by ${str(fix, 'name') ?? 'a package'} ${str(fix, 'version') ?? ''}${at(fix, 'isSemVerMajor') === true ? ', a breaking change' : ''}`;
  return fix === true ? 'npm audit fix mends it' : fix === false ? 'npm knows no fix' : undefined;
}

/** 0 stands for "not scored". */
const positive = (score: number | undefined): number | undefined => (score === undefined || score === 0 ? undefined : score);

function ofAdvisory(advisory: unknown, context: RecordContext): readonly FindingDraft[] {
  const url = str(advisory, 'url'), id = str(advisory, 'github_advisory_id') ?? advisoryId(url) ?? str(advisory, 'id') ?? str(advisory, 'title');
  if (id === undefined) return [];
  const versions = [...new Set(list(advisory, 'findings').map((found) => str(found, 'version')))];
  const patched = str(advisory, 'patched_versions');
  // `<0.0.0` is how the registry writes that no version is patched.
  const fixed = patched === undefined || patched === '<0.0.0' ? [] : patched.split('||').flatMap((part) => /^\s*>=\s*(\d\S*)/.exec(part)?.[1] ?? []);
  return (versions.length === 0 ? [undefined] : versions).flatMap((installed) => packageFindings({
    source: 'npm-audit', about: projectOf(context), id, others: list(advisory, 'cves').map(String), package: str(advisory, 'module_name'), installed, fixed, range: str(advisory, 'vulnerable_versions'),
    title: str(advisory, 'title'), description: str(advisory, 'overview'), severity: severityOfLabel(str(advisory, 'severity')), cvss: positive(scoreOf(at(advisory, 'cvss', 'score'))),
    evidence: [str(advisory, 'recommendation'), url, ...list(advisory, 'findings').flatMap((found) => list(found, 'paths').slice(0, 5).map(String)).slice(0, 10)],
  }));
}
