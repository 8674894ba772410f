import { parseTime } from '#shared/lib/time.ts';
import { at, list, str } from '#shared/lib/json.ts';
import type { FindingStatus, Observables, Severity, Vulnerability } from '#shared/model/finding.ts';
import { actionObservables, presentObservables } from '../../action-observables.ts';
import { camelKeys } from '../../camel-keys.ts';
import { guarddutyService } from './guardduty-service.ts';
import { installedVersion } from '../../installed-version.ts';
import { severityOfLabel } from '../../severity-label.ts';

/** Bounds of `Severity.Normalized` 0–100 (ASFF, "Severity"). */
function severityOfNumber(n: number): Severity {
  if (n >= 90) return 'critical';
  if (n >= 70) return 'high';
  if (n >= 40) return 'medium';
  return n >= 1 ? 'low' : 'informational';
}

const numberAt = (value: unknown, ...path: readonly (string | number)[]): number | undefined => {
  const text = str(value, ...path);
  return text === undefined || !Number.isFinite(Number(text)) ? undefined : Number(text);
};

/** Label first, then `Normalized`, the provider's own, and last the product's number (GuardDuty's and Inspector's runs to 10, the others' to 100). */
export function asffSeverity(finding: unknown, source: string): Severity {
  const label = severityOfLabel(str(finding, 'Severity', 'Label') ?? str(finding, 'FindingProviderFields', 'Severity', 'Label'));
  if (label !== 'unknown') return label;
  const normalized = numberAt(finding, 'Severity', 'Normalized') ?? numberAt(finding, 'FindingProviderFields', 'Severity', 'Normalized');
  if (normalized !== undefined) return severityOfNumber(normalized);
  const product = numberAt(finding, 'Severity', 'Product');
  if (product !== undefined) return severityOfNumber(['guardduty', 'inspector'].includes(source) && product <= 10 ? product * 10 : product);
  return severityOfLabel(str(finding, 'Severity', 'Original'));
}

/** A passed check is `passed` whatever the workflow says; archived records are no longer relevant to the product that made them. */
export function asffStatus(finding: unknown, source: string): FindingStatus {
  const workflow = (str(finding, 'Workflow', 'Status') ?? str(finding, 'WorkflowState') ?? '').toUpperCase();
  const verified = str(finding, 'VerificationState')?.toUpperCase();
  if (str(finding, 'Compliance', 'Status')?.toUpperCase() === 'PASSED') return 'passed';
  if (workflow === 'SUPPRESSED' || workflow === 'DEFERRED' || verified === 'FALSE_POSITIVE' || verified === 'BENIGN_POSITIVE') return 'suppressed';
  if (workflow === 'RESOLVED' || isNotApplicable(finding)) return 'resolved';
  if (str(finding, 'RecordState')?.toUpperCase() !== 'ARCHIVED') return 'open';
  return source === 'guardduty' || source === 'macie' ? 'suppressed' : 'resolved';
}

/** A control whose rule found that it does not apply; one that could not be checked for another reason stays open (Security Hub user guide, "Compliance.StatusReasons"). */
const isNotApplicable = (finding: unknown): boolean => str(finding, 'Compliance', 'Status')?.toUpperCase() === 'NOT_AVAILABLE' && list(finding, 'Compliance', 'StatusReasons').some((reason) => /NOT_APPLICABLE/.test(str(reason, 'ReasonCode') ?? ''));

/** When the product last touched the finding; `LastObservedAt` only where that can't be read (some products write far futures there). */
export function asffUpdated(finding: unknown): unknown {
  const updated = at(finding, 'UpdatedAt');
  return parseTime(updated) === undefined ? at(finding, 'LastObservedAt') : updated;
}

const versionOf = (pack: unknown): string | undefined => installedVersion(str(pack, 'Version'), str(pack, 'Release'), str(pack, 'Epoch'));

/** The vulnerability and first package of a finding of Inspector and other scanners. */
export function asffVulnerability(finding: unknown): Vulnerability | undefined {
  const first = list(finding, 'Vulnerabilities')[0];
  const own = str(first, 'Id'), named = /\bCVE-\d{4}-\d+\b/i;
  // Some give their own number (`XRAY-…`, `ALAS-…`), and the CVE beside it.
  const id = own !== undefined && named.test(own) ? own : named.exec([...list(first, 'RelatedVulnerabilities'), str(finding, 'Title'), str(finding, 'GeneratorId')].join(' '))?.[0] ?? own;
  if (first === undefined && id === undefined) return undefined;
  const inspector = first === undefined ? numberAt(finding, 'ProductFields', 'aws/inspector/inspectorScore') : undefined;
  const scores = [...list(first, 'Cvss').flatMap((cvss) => numberAt(cvss, 'BaseScore') ?? []), ...(inspector === undefined ? [] : [inspector])];
  const pack = list(first, 'VulnerablePackages')[0];
  const cve = id !== undefined && /^CVE-/i.test(id) ? id.toUpperCase() : undefined;
  const epss = numberAt(first, 'EpssScore') ?? numberAt(finding, 'EpssScore');
  // Trivy's template puts the package among the details of the resource.
  const other = at(finding, 'Resources', 0, 'Details', 'Other');
  const name = str(pack, 'Name') ?? str(other, 'PkgName'), installed = versionOf(pack) ?? str(other, 'Installed Package'), fixed = str(pack, 'FixedInVersion') ?? str(other, 'Patched Package');
  return {
    ...(cve !== undefined && { cve }),
    ...(scores.length > 0 && { cvss: Math.max(...scores) }),
    ...(epss !== undefined && { epss }),
    ...(name !== undefined && { package: name }),
    ...(installed !== undefined && { installed_version: installed }),
    ...(fixed !== undefined && !/^not\s?available$/i.test(fixed) && { fixed_version: fixed }),
  };
}

/** Network, action, process and malware fields. */
export function asffObservables(finding: unknown): Observables | undefined {
  const network = at(finding, 'Network');
  const isOutbound = str(network, 'Direction')?.toUpperCase() === 'OUT';
  const action = actionObservables(camelKeys(at(finding, 'Action')) ?? at(guarddutyService(finding), 'action'));
  const begin = numberAt(network, 'OpenPortRange', 'Begin');
  const port = begin !== undefined && begin === numberAt(network, 'OpenPortRange', 'End') ? begin : numberAt(network, 'DestinationPort');
  const indicator = list(finding, 'ThreatIntelIndicators').find((item) => /^(DOMAIN|IPV[46]_ADDRESS|HASH_\w+)$/.test(str(item, 'Type') ?? ''));
  const indicated = str(indicator, 'Value'), type = str(indicator, 'Type') ?? '';
  return presentObservables({
    ...action,
    src_ip: action.src_ip ?? str(network, 'SourceIpV4') ?? str(network, 'SourceIpV6') ?? (type.startsWith('IPV') && !isOutbound && action.dst_ip === undefined ? indicated : undefined),
    dst_ip: action.dst_ip ?? str(network, 'DestinationIpV4') ?? str(network, 'DestinationIpV6'),
    domain: action.domain ?? str(network, isOutbound ? 'DestinationDomain' : 'SourceDomain') ?? str(network, 'DestinationDomain') ?? (type === 'DOMAIN' ? indicated : undefined),
    port: action.port ?? (port !== undefined && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined),
    protocol: action.protocol ?? str(network, 'Protocol')?.toLowerCase(),
    process: str(finding, 'Process', 'Path') ?? str(finding, 'Process', 'Name'),
    file_hash: type.startsWith('HASH_') ? indicated : undefined,
  });
}

/** What the record itself offers in support. */
export function asffEvidence(finding: unknown): readonly string[] {
  const vulnerability = list(finding, 'Vulnerabilities')[0];
  const packages = list(vulnerability, 'VulnerablePackages').slice(0, 20).flatMap((pack) => {
    const name = str(pack, 'Name');
    return name === undefined ? [] : [`package ${name} ${versionOf(pack) ?? ''}${str(pack, 'FilePath') === undefined ? '' : ` at ${str(pack, 'FilePath')}`}`];
  });
  const others = list(finding, 'Vulnerabilities').slice(1, 20).flatMap((item) => str(item, 'Id') ?? []);
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['compliance status', str(finding, 'Compliance', 'Status')],
    ['direction', str(finding, 'Action', 'NetworkConnectionAction', 'ConnectionDirection')],
    ['annotation', str(finding, 'ProductFields', 'aws/securityhub/annotation')],
    ['exploit available', str(vulnerability, 'ExploitAvailable')], ['fix available', str(vulnerability, 'FixAvailable')],
    ['also', others.length === 0 ? undefined : others.join(', ')],
    ['process', str(finding, 'Process', 'Name')], ['malware', str(finding, 'Malware', 0, 'Name')],
    ['sample finding', isSample(finding) ? 'yes' : undefined], ['note', str(finding, 'Note', 'Text')],
  ];
  const service = guarddutyService(finding);
  const counted = ['count', 'eventFirstSeen', 'eventLastSeen', 'resourceRole'].flatMap((key) => str(service, key) === undefined ? [] : [`${key}: ${str(service, key)}`]);
  const reasons = list(finding, 'Compliance', 'StatusReasons').flatMap((reason) => str(reason, 'ReasonCode') ?? []);
  return [...lines.flatMap(([label, text]) => text === undefined ? [] : [`${label}: ${text}`]), ...counted, ...reasons.map((reason) => `reason: ${reason}`), ...packages];
}

const isSample = (finding: unknown): boolean => at(finding, 'Sample') === true || str(guarddutyService(finding), 'additionalInfo', 'sample') === 'true';
