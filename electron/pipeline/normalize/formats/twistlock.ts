import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, Severity } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import type { EntityId } from '../aws-entity.ts';
import { cloudIssue, type IssueFields } from '../aws-issue.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, scoreOf } from './packages/package-findings.ts';

/**
 * Prisma Cloud Compute (Twistlock): what `twistcli images scan --output-file` writes, and the console's CSV of images. Source: Prisma Cloud Compute
 * documentation, "Scan images with twistcli"; samples of DefectDojo.
 */
export const twistlock: Format = {
  name: 'twistlock', kind: 'findings', source: 'twistlock', description: 'Prisma Cloud Compute (Twistlock): twistcli JSON, CSV of images',
  containers: [{ kind: 'json-path', paths: ['results[].vulnerabilities', 'results[].compliances'], emptyOk: true }, { kind: 'csv', delimiters: [';', ','] }],
  detect, parse,
};

function detect({ document, header }: Sample): number {
  const cells = new Set(header.map((cell) => cell.trim()));
  if (['Registry', 'Repository', 'Tag', 'CVE ID', 'Compliance ID'].every((cell) => cells.has(cell))) return 95;
  const result = list(document, 'results')[0];
  // The packages come first, and can be more than a recognition looks at.
  if (isObject(result) && str(result, 'id')?.startsWith('sha256:') === true && str(result, 'distro') !== undefined && ['packages', 'collections', 'compliances', 'vulnerabilities'].some((key) => Array.isArray(result[key]))) return 90;
  return isObject(result) && ['vulnerabilityDistribution', 'complianceDistribution', 'vulnerabilityScanPassed', 'complianceScanPassed'].some((key) => Object.hasOwn(result, key)) ? 94 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err(`${context.from}: the item is not an object`);
  if (context.from === '') return parseRow(record);
  const result = context.parents.at(-1), about = imageOf(result, context), time = timeOf(at(result, 'scanTime'));
  if (context.from.endsWith('compliances')) return compliance({ about, id: str(record, 'id'), title: str(record, 'title'), severity: str(record, 'severity'), cause: str(record, 'cause') ?? str(record, 'description'), description: str(record, 'description'), time });
  const id = str(record, 'id') ?? str(record, 'cve');
  if (id === undefined) return err('id is missing');
  const [name, used] = packageNames(str(record, 'packageName'));
  const factors = isObject(at(record, 'riskFactors')) ? Object.keys(Object(at(record, 'riskFactors'))) : list(record, 'riskFactors').map(String);
  return ok({ findings: packageFindings({
    source: 'twistlock', about, id, others: [], package: name, installed: str(record, 'packageVersion'), place: str(record, 'packagePath'), fixed: fixedIn(str(record, 'status')), range: list(record, 'impactedVersions').map(String).join(' || ') || undefined,
    description: str(record, 'description'), severity: severityOf(str(record, 'severity')), cvss: positive(at(record, 'cvss')),
    evidence: [used === undefined ? undefined : `used in ${used}`, stated(str(record, 'status')), factors.length === 0 ? undefined : `risk factors: ${factors.slice(0, 20).join(', ')}`, str(record, 'link')], discovered: timeOf(at(record, 'discoveredDate')) ?? time,
  }) });
}

/** The image by its reference; the file of a scan without a name still has its id. */
function imageOf(result: unknown, context: RecordContext): EntityId {
  const id = str(result, 'id'), name = str(result, 'name') ?? str(result, 'repository'), digest = str(result, 'digest');
  const entity = name ?? id ?? context.path;
  return { entity, entity_type: 'image', aliases: [...new Set([id, digest, ...list(result, 'repoDigests').map(String)])].filter((alias) => alias !== undefined && alias !== entity).map(String) };
}

/** Older versions name the binary packages behind the source: `glibc (used in libc6, libc-bin)`. */
function packageNames(text: string | undefined): readonly [string | undefined, string | undefined] {
  const m = /^(\S+) \(used in ([^)]*)\)?$/.exec(text?.trim() ?? '');
  return m?.[1] === undefined ? [text, undefined] : [m[1], m[2]];
}

/** `fixed in 1.2.3, 1.3.0`; other states name no version. */
const fixedIn = (status: string | undefined): readonly string[] => (/^fixed in (.+)$/i.exec(status?.trim() ?? '')?.[1] ?? '').split(',').map((version) => version.trim()).filter((version) => version !== '');
const stated = (status: string | undefined): string | undefined => (status === undefined || /^fixed in |^open$/i.test(status) ? undefined : `state: ${status}`);

/** The distributions' own words come through. */
const severityOf = (label: string | undefined): Severity => (/^unimportant$/i.test(label ?? '') ? 'informational' : severityOfLabel(label));

/** No score is written as 0. */
const positive = (value: unknown): number | undefined => { const score = scoreOf(value); return score === undefined || score === 0 ? undefined : score; };

/** Go writes no time as the year 1. */
const timeOf = (value: unknown): unknown => (typeof value === 'string' && value.startsWith('0001-') ? undefined : value);

/** Checks of images are about how they are built, and about what was left in them. */
function issueOf(check: string, name: string): IssueFields {
  if (/private keys?|secrets?\b|credentials?|sensitive information|passwords?/i.test(name)) return { issue_type: 'secret_exposed', issue_mapped: true };
  if (/\broot\b|\bsetuid\b|healthcheck|base image|package manager|\bADD\b|trusted/i.test(name)) return { issue_type: 'workload_misconfiguration', issue_mapped: true };
  return cloudIssue(check, { ids: [], rule: [name] });
}

interface Compliance { readonly about: EntityId; readonly id: string | undefined; readonly title: string | undefined; readonly severity: string | undefined; readonly cause: string | undefined; readonly description: string | undefined; readonly time: unknown }

function compliance({ about, id, title, severity, cause, description, time }: Compliance): ReturnType<Format['parse']> {
  const check = id ?? title, name = title ?? description?.split('\n')[0] ?? id;
  if (check === undefined || name === undefined) return err('compliance: neither id nor title');
  const draft: FindingDraft = {
    source: 'twistlock', source_id: [about.entity, `compliance-${check}`].join('|'), kind: 'compliance', ...about, ...issueOf(check, name), check_id: check, title: name.slice(0, 500),
    ...(description !== undefined && description !== name && { description }), severity_reported: severityOf(severity), status: 'open', evidence: cause === undefined ? [] : [cause.slice(0, 2000)], attack: [], compliance: [], discovered: time,
  };
  return ok({ findings: [draft] });
}

/** A row of the console's table: a CVE of a package, or a compliance check that failed. */
function parseRow(row: Readonly<Record<string, unknown>>): ReturnType<Format['parse']> {
  const cell = (name: string): string | undefined => str(row, name)?.trim();
  const repository = cell('Repository'), id = cell('Id');
  if (repository === undefined && id === undefined) return err('Repository: missing, and no Id');
  const name = repository === undefined ? undefined : `${cell('Registry') === undefined ? '' : `${cell('Registry') ?? ''}/`}${repository}${cell('Tag') === undefined ? '' : `:${cell('Tag') ?? ''}`}`;
  const about: EntityId = { entity: name ?? id ?? '', entity_type: 'image', aliases: name === undefined || id === undefined ? [] : [id] };
  const cve = cell('CVE ID'), time = timeOf(cell('Discovered'));
  if (cve === undefined) return compliance({ about, id: cell('Compliance ID'), title: cell('Description') ?? cell('Cause'), severity: cell('Severity'), cause: cell('Cause'), description: cell('Description'), time });
  const packages = cell('Packages')?.split(/[;,]\s*/) ?? [];
  return ok({ findings: packageFindings({
    source: 'twistlock', about, id: cve, others: [], package: cell('Source Package') ?? packages[0], installed: cell('Package Version'), fixed: fixedIn(cell('Fix Status')), description: cell('Description'), severity: severityOf(cell('Severity')), cvss: positive(cell('CVSS')),
    evidence: [packages.length > 1 ? `packages: ${packages.join(', ')}` : undefined, stated(cell('Fix Status')), cell('Risk Factors') === undefined ? undefined : `risk factors: ${cell('Risk Factors') ?? ''}`, cell('Clusters') === undefined ? undefined : `clusters: ${cell('Clusters') ?? ''}`], discovered: time,
  }) });
}
