import type { FindingDraft, FindingStatus, Severity, Vulnerability } from '#shared/model/finding.ts';
import type { EntityId } from '../../aws-entity.ts';

/** A vulnerability of a package as scanners of packages report it. */
export interface PackageReport {
  readonly source: string;
  readonly about: EntityId & { readonly account?: string | undefined; readonly region?: string | undefined };
  /** The tool's own id: a CVE, or that of an advisory. */
  readonly id: string;
  /** Ids of the same vulnerability elsewhere. */
  readonly others: readonly (string | undefined)[];
  readonly package: string | undefined;
  readonly installed?: string | undefined;
  readonly fixed?: readonly string[];
  readonly range?: string | undefined;
  /** Where in the entity the package lies. */
  readonly place?: string | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly severity: Severity;
  readonly cvss?: number | undefined;
  readonly epss?: number | undefined;
  readonly kev?: boolean | undefined;
  readonly vex?: Vulnerability['vex'];
  readonly status?: FindingStatus;
  readonly evidence?: readonly (string | undefined)[];
  readonly discovered?: unknown;
}

/** CVE ids among texts, each once, in capitals. Only those are in CISA's catalogue: another id as a CVE would read as "not known to be exploited". */
export const cvesIn = (texts: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(texts.flatMap((text) => (text?.slice(0, 10_000).match(/\bCVE-\d{4}-\d{4,19}\b/gi) ?? []).map((cve) => cve.toUpperCase())))];

/** The findings of one report: one, or where an advisory covers several CVEs one each, as each has its own exploits. */
export function packageFindings(report: PackageReport): readonly FindingDraft[] {
  const own = cvesIn([report.id]), cves = own.length > 0 ? own : cvesIn(report.others);
  return (cves.length === 0 ? [undefined] : cves).map((cve) => draftOf(report, cve, cves.length > 1));
}

function draftOf(r: PackageReport, cve: string | undefined, isOneOfMany: boolean): FindingDraft {
  const fixed = (r.fixed ?? []).filter((version) => version.trim() !== '').join(', ');
  const { account, region, ...entity } = r.about;
  return {
    source: r.source, source_id: [entity.entity, r.id, ...(isOneOfMany ? [cve] : []), r.package, r.installed, r.place].map((part) => part ?? '').join('|'), kind: 'vulnerability', ...entity,
    issue_type: 'vulnerable_package', issue_mapped: true, check_id: r.id, title: titleOf(r, cve),
    ...(r.description !== undefined && { description: r.description }), severity_reported: r.severity, status: r.status ?? 'open', evidence: evidenceOf(r, fixed), attack: [], compliance: [],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: r.discovered,
    vulnerability: {
      ...(cve !== undefined && { cve }), ...(r.cvss !== undefined && { cvss: r.cvss }), ...(r.epss !== undefined && { epss: r.epss }), ...(r.kev !== undefined && { kev: r.kev }),
      ...(r.package !== undefined && { package: r.package }), ...(r.installed !== undefined && { installed_version: r.installed }), ...(fixed !== '' && { fixed_version: fixed }),
      ...(r.range !== undefined && { affected_range: r.range }), ...(r.vex !== undefined && { vex: r.vex }),
    },
  };
}

/** Titles of advisories mostly leave out the package. */
function titleOf(r: PackageReport, cve: string | undefined): string {
  const title = r.title ?? cve ?? r.id;
  return (r.package !== undefined && names(title, r.package) ? title : `${title} in ${r.package ?? 'an unnamed package'}`).slice(0, 500);
}

/** As a word of its own: `c` is not named by "CVE". */
const names = (title: string, pack: string): boolean => ` ${title.toLowerCase()} `.split(pack.toLowerCase()).some((before, i, all) => i < all.length - 1 && !/[\w-]$/.test(before) && !/^[\w-]/.test(all[i + 1] ?? ''));

const evidenceOf = (r: PackageReport, fixed: string): readonly string[] => [
  `${r.package ?? 'package'} ${r.installed ?? '(version unknown)'}${fixed === '' ? ', no fixed version named' : `, fixed in ${fixed}`}`,
  ...[r.place === undefined ? undefined : `at ${r.place}`, ...(r.evidence ?? [])].filter((line) => line !== undefined),
];

/** A score of CVSS, 0–10, as a number or its text. */
export function scoreOf(value: unknown): number | undefined {
  const score = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
  return score >= 0 && score <= 10 ? score : undefined;
}

/** A probability (that of EPSS), 0–1, as a number or its text. */
export function probabilityOf(value: unknown): number | undefined {
  const score = scoreOf(value);
  return score !== undefined && score <= 1 ? score : undefined;
}

/** The qualitative rating of a CVSS score (CVSS 3.1 specification, section 5). */
export function severityOfScore(score: number | undefined): Severity {
  if (score === undefined) return 'unknown';
  return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : score > 0 ? 'low' : 'informational';
}
