import { at, list, str } from '#shared/lib/json.ts';
import type { FindingDraft, Vulnerability } from '#shared/model/finding.ts';
import { installedVersion } from '../../installed-version.ts';
import { probabilityOf, scoreOf } from '../packages/package-findings.ts';

type Meaning = Pick<FindingDraft, 'kind' | 'issue_type' | 'issue_mapped' | 'check_id' | 'title' | 'evidence' | 'vulnerability' | 'observables'>;

/** What a finding reports, by its type (Inspector user guide, "Finding types"). */
export function inspectorMeaning(finding: unknown): Meaning {
  const type = str(finding, 'type');
  if (type === 'NETWORK_REACHABILITY') return reachable(finding);
  return type === 'CODE_VULNERABILITY' ? weakness(finding) : vulnerable(finding);
}

const line = (label: string, text: string | undefined): readonly string[] => (text === undefined ? [] : [`${label}: ${text}`]);
const versionOf = (item: unknown): string | undefined => installedVersion(str(item, 'version'), str(item, 'release'), str(item, 'epoch'));
const titleOf = (finding: unknown, check: string): string => str(finding, 'title') ?? check;

function vulnerable(finding: unknown): Meaning {
  const details = at(finding, 'packageVulnerabilityDetails');
  const check = str(details, 'vulnerabilityId') ?? titleOf(finding, 'PACKAGE_VULNERABILITY');
  return {
    kind: 'vulnerability', issue_type: 'vulnerable_package', issue_mapped: true, check_id: check, title: titleOf(finding, check), vulnerability: vulnerabilityOf(finding, details, check),
    evidence: [
      ...line('exploit available', str(finding, 'exploitAvailable')), ...line('last known exploit', str(finding, 'exploitabilityDetails', 'lastKnownExploitAt')),
      ...line('fix available', str(finding, 'fixAvailable')), ...line('inspector score', str(finding, 'inspectorScore')),
      ...list(details, 'vulnerablePackages').slice(0, 20).flatMap(packageLine),
      ...line('also', list(details, 'relatedVulnerabilities').slice(0, 20).flatMap((id) => str(id) ?? []).join(', ') || undefined),
    ],
  };
}

function packageLine(item: unknown): readonly string[] {
  const name = str(item, 'name');
  if (name === undefined) return [];
  const place = str(item, 'filePath'), fixed = fixedIn(item);
  return [`package ${name} ${versionOf(item) ?? '(version unknown)'}${fixed === undefined ? '' : `, fixed in ${fixed}`}${place === undefined ? '' : `, at ${place}`}`];
}

/** Inspector writes `NotAvailable` where no version fixes it. */
const fixedIn = (item: unknown): string | undefined => {
  const fixed = str(item, 'fixedInVersion');
  return fixed === undefined || /^not\s?available$/i.test(fixed) ? undefined : fixed;
};

function vulnerabilityOf(finding: unknown, details: unknown, check: string): Vulnerability {
  const scores = list(details, 'cvss').flatMap((cvss) => scoreOf(str(cvss, 'baseScore')) ?? []), epss = probabilityOf(str(finding, 'epss', 'score'));
  const [pack] = list(details, 'vulnerablePackages');
  const name = str(pack, 'name'), installed = versionOf(pack), fixed = fixedIn(pack);
  return {
    ...(/^CVE-\d{4}-\d+$/i.test(check) && { cve: check.toUpperCase() }), ...(scores.length > 0 && { cvss: Math.max(...scores) }), ...(epss !== undefined && { epss }),
    ...(name !== undefined && { package: name }), ...(installed !== undefined && { installed_version: installed }), ...(fixed !== undefined && { fixed_version: fixed }),
  };
}

function reachable(finding: unknown): Meaning {
  const details = at(finding, 'networkReachabilityDetails');
  const begin = str(details, 'openPortRange', 'begin'), end = str(details, 'openPortRange', 'end'), protocol = str(details, 'protocol')?.toLowerCase();
  const port = begin !== undefined && begin === end && Number(begin) > 0 && Number(begin) < 65_536 ? Number(begin) : undefined;
  const steps = list(details, 'networkPath', 'steps').slice(0, 20).flatMap((step) => str(step, 'componentArn') ?? str(step, 'componentId') ?? []);
  return {
    kind: 'posture', issue_type: 'open_port', issue_mapped: true, check_id: 'NETWORK_REACHABILITY', title: titleOf(finding, 'Reachable from the network'),
    evidence: [...line('ports', begin === undefined ? undefined : begin === end ? begin : `${begin} to ${end ?? begin}`), ...line('path', steps.join(' > ') || undefined)],
    ...((port !== undefined || protocol !== undefined) && { observables: { ...(port !== undefined && { port }), ...(protocol !== undefined && { protocol }) } }),
  };
}

function weakness(finding: unknown): Meaning {
  const details = at(finding, 'codeVulnerabilityDetails');
  const weaknesses = list(details, 'cwes').flatMap((cwe) => str(cwe) ?? []), tags = list(details, 'detectorTags').map(String);
  const check = str(details, 'ruleId') ?? str(details, 'detectorId') ?? weaknesses[0] ?? 'CODE_VULNERABILITY';
  const isSecret = weaknesses.includes('CWE-798') || tags.includes('secrets');
  const file = str(details, 'filePath', 'filePath'), start = str(details, 'filePath', 'startLine');
  return {
    kind: 'posture', issue_type: isSecret ? 'secret_exposed' : 'code_weakness', issue_mapped: true, check_id: check, title: titleOf(finding, str(details, 'detectorName') ?? check),
    evidence: [...weaknesses, ...line('at', file === undefined || start === undefined ? file : `${file}:${start}`), ...line('layer', str(details, 'sourceLambdaLayerArn'))],
  };
}
