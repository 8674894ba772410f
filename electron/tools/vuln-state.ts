import { CAP } from '#electron/evaluate/confidence.ts';
import type { ToolClaim } from '#shared/model/claims.ts';
import type { Vulnerability } from '#shared/model/finding.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { absence, claim, notApplicable, observedUs, unknown } from './facts/claim.ts';
import type { Subject, Tool } from './tool.ts';
import { withSupporting } from './facts/supporting-issues.ts';
import { clearedBy, statementsFor } from './facts/vex.ts';
import { compareVersions } from './facts/version-compare.ts';

const CLEARED = 'a VEX statement says not_affected for every CVE of it';
const CVE = /^CVE-\d{4}-\d{4,}$/i;

/** Is the vulnerable version really there, is it exploited in the wild, is there a fix, does a VEX statement clear it. */
export const vulnState: Tool = {
  name: 'vuln_state',
  description: 'Whether a CVE is present on something inventoried, known to be exploited (CISA KEV, EPSS), fixable, or cleared by VEX.',
  claims: ['issue_confirmed', 'exploit_known', 'fix_available', 'mitigation_confirmed'],
  needs: 'findings with package and version; an inventory of where it is installed',
  cost: 1,
  run(subject, _extra, context) {
    const resource = context.graph.resource(subject.entity, subject.account);
    const cves = [...new Set(subject.vulnerabilities.flatMap((v) => (v.cve === undefined ? [] : [v.cve])))].toSorted();
    const listed = cves.filter((cve) => context.knownExploited.has(cve));
    const fixed = subject.vulnerabilities.find((v) => v.fixed_version !== undefined && v.fixed_version !== '');
    const statements = statementsFor(context.graph, subject.entity, subject.account);
    const cleared = subject.truncated !== true && subject.vulnerabilities.length > 0 && subject.vulnerabilities.every((v) => v.vex === 'not_affected' || (v.vex === undefined && clearedBy(statements, v) !== undefined));
    const vex = subject.vulnerabilities.flatMap((v) => { const s = clearedBy(statements, v); return s ? [{ cve: v.cve ?? null, state: s.state, justification: s.justification, source: s.source.urn, pointer: s.pointer }] : []; });
    if (subject.plan !== 'vulnerable_package') return { entity: subject.entity, claims: { exploit_known: notApplicable('the issue is no vulnerability'), fix_available: notApplicable('the issue is no vulnerability') }, facts: { cves }, coverage: { sources: ['findings'] } };
    const issue: { readonly issue_confirmed?: ToolClaim } = withSupporting({ issue_confirmed: cleared ? claim(false, CLEARED) : presentClaim(subject, resource, context.graph) }, subject, resource, context);
    return {
      entity: subject.entity,
      claims: {
        // What clears the CVEs is no mitigation of what is reported beside them.
        ...issue, ...(cleared && issue.issue_confirmed?.value === false && { mitigation_confirmed: claim(true, CLEARED) }),
        // What is exploited of a CVE that isn't there pages nobody for another issue.
        exploit_known: issue.issue_confirmed?.instead === undefined ? exploitClaim(subject, cves, listed) : notApplicable('the reported version is not there'),
        fix_available: fixed ? claim(true, `fixed in ${fixed.package ?? 'the package'} ${fixed.fixed_version ?? ''}`) : claim(false, 'no scanner names a fixed version'),
      },
      facts: { cves, ...(vex.length > 0 && { vex }), known_exploited: listed, highest_epss: Math.max(0, ...subject.vulnerabilities.map((v) => v.epss ?? 0)), highest_cvss: Math.max(0, ...subject.vulnerabilities.map((v) => v.cvss ?? 0)), packages: [...new Set(subject.vulnerabilities.map((v) => v.package ?? ''))].filter(Boolean).toSorted() },
      coverage: { sources: ['findings', 'cisa-kev', ...(resource ? [resource.source] : [])] },
    };
  },
};

function exploitClaim(subject: Subject, cves: readonly string[], listed: readonly string[]): ToolClaim {
  if (listed.length > 0) return claim(true, `${listed.join(', ')} in CISA's catalogue of known exploited vulnerabilities`);
  if (subject.vulnerabilities.some((v) => v.kev === true)) return claim(true, 'a scanner marks it as known to be exploited');
  if (subject.truncated) return unknown('there are more CVEs than are looked up in one call');
  // Scanners put an advisory's id (GHSA-…, TEMP-…) where it has no CVE, or where they don't tell it.
  const other = cves.find((id) => !CVE.test(id));
  if (other !== undefined) return unknown(`${other} is no CVE id, and CISA's catalogue lists those`);
  return cves.length === 0 ? unknown('no CVE id is given') : claim(false, `${cves.length === 1 ? cves[0] : `none of ${cves.length} CVEs`} ${cves.length === 1 ? 'is not' : 'is'} in CISA's catalogue as shipped`);
}

/** vulnerable_package: the version is in the affected range on something inventoried (design 3-decisions). */
function presentClaim(subject: Subject, resource: StoredResource | undefined, graph: GraphView): ToolClaim {
  if (!resource) { const { why, missing } = absence(subject, graph); return unknown(`${why}, so nothing shows that the version is in use`, missing); }
  const at = { observed_us: observedUs(resource) };
  const judged = subject.vulnerabilities.map(inRange);
  const hit = subject.vulnerabilities[judged.indexOf('in')];
  if (hit) return claim(true, `${hit.package ?? 'package'} ${hit.installed_version ?? ''} is below the fixed version ${hit.fixed_version ?? ''}`, at);
  if (subject.truncated !== true && judged.length > 0 && judged.every((j) => j === 'out')) return claim(false, 'every reported version is at or above the fixed one', at);
  return claim(true, `reported by ${subject.reported_by.join(', ')}; no versions to check it with`, { ...at, cap: CAP.reported });
}

function inRange(v: Vulnerability): 'in' | 'out' | 'unknown' {
  if (v.installed_version === undefined || v.fixed_version === undefined) return 'unknown';
  const installed = v.installed_version;
  const fixes = v.fixed_version.split(/\s*[,;|]\s*/).filter((f) => /\d/.test(f));
  if (fixes.length === 0) return 'unknown';
  const compared = fixes.map((fix) => isBelow(installed, fix));
  if (compared.every((below) => below === true)) return 'in';
  if (compared.every((below) => below === false)) return 'out';
  // Several fixed versions are one per release line: the line is the one that shares most with what is installed. A line without a fix can't be told.
  const shared = fixes.map((fix) => sharedParts(installed, fix));
  const most = Math.max(...shared);
  const own = fixes.filter((_, i) => shared[i] === most);
  const [fix] = own;
  return most === 0 || own.length !== 1 || fix === undefined ? 'unknown' : ({ true: 'in', false: 'out', undefined: 'unknown' } as const)[`${isBelow(installed, fix)}`];
}

const EPOCH = /^\s*\d+:/;

/** Some scanners leave the epoch of one of the two out (or tell it elsewhere): where it decides, which is older can't be told. */
function isBelow(installed: string, fix: string): boolean | undefined {
  const below = compareVersions(installed, fix) < 0;
  return EPOCH.test(installed) === EPOCH.test(fix) || compareVersions(installed.replace(EPOCH, ''), fix.replace(EPOCH, '')) < 0 === below ? below : undefined;
}

/** How many leading parts two versions have in common: `5.15.1` and `5.15.2` two. */
function sharedParts(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(/[.+~:-]/));
  const differ = x?.findIndex((part, i) => part !== y?.[i]) ?? 0;
  return differ < 0 ? x?.length ?? 0 : differ;
}
