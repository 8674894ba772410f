import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity, Vulnerability } from '#shared/model/finding.ts';
import type { Sample } from '../../ports.ts';
import { cloudIssue } from '../aws-issue.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { isCloudCheck } from './sarif/cloud-check.ts';
import { sarifLocation } from './sarif/location.ts';
import { sarifMessage, sarifRule, type SarifRule } from './sarif/rule.ts';
import { namesPackage, sarifVulnerability, vulnerabilityId } from './sarif/vulnerability.ts';

/** SARIF 2.1.0 (OASIS standard; also 2.0 drafts of the same shape): the results of static analysis, secret and infrastructure scanners. */
export const sarif: Format = {
  name: 'sarif', kind: 'findings', source: 'sarif', description: 'SARIF 2.1.0 results of any analysis tool',
  containers: [{ kind: 'json-path', paths: ['runs[].results'], emptyOk: true }],
  detect,
  parse(record, context) {
    if (!isObject(record)) return err('results: the item is not an object');
    const run = context.parents[1];
    const rule = sarifRule(record, run);
    const message = sarifMessage(record, rule);
    if (rule.id === undefined && message === undefined) return err('ruleId and message are missing');
    const tool = str(run, 'tool', 'driver', 'name') ?? 'unknown tool';
    const check = rule.id ?? tool;
    const place = sarifLocation(record, run, context.path);
    // Snyk's rules for infrastructure (`SNYK-CC-TF-1`) stand beside its vulnerabilities (`SNYK-JS-LODASH-590103`).
    const isSnyk = /^SNYK-(?!CC-)/.test(check), cve = vulnerabilityId(check, rule.name) ?? (isSnyk ? vulnerabilityId(rule.tags.join(' '), `${rule.short ?? ''} ${rule.full ?? ''}`) : undefined), isVulnerable = isSnyk || cve !== undefined || namesPackage(record);
    const vulnerability = !isVulnerable ? undefined : sarifVulnerability(cve, record, rule, message, Number(securitySeverity(record, rule) ?? Number.NaN));
    const title = titleOf(rule, message, check, vulnerability);
    return ok({ findings: [{
      source: 'sarif', source_id: [tool, check, place.id, ...identity(record, place.line, message)].map((part) => part ?? '').join('|'),
      kind: isVulnerable ? 'vulnerability' : 'posture', entity: place.entity, entity_type: place.entity_type, aliases: place.aliases,
      ...issueOf(check, isVulnerable, rule, tool), check_id: check, title: title.slice(0, 500), ...(message !== undefined && { description: message }),
      severity_reported: severityOf(record, rule), status: statusOf(record), attack: [], compliance: [],
      evidence: [`${tool}${place.line === undefined ? '' : `, ${place.path}:${place.line}`}`, ...rule.weaknesses],
      discovered: at(record, 'provenance', 'firstDetectionTimeUtc') ?? at(run, 'invocations', 0, 'endTimeUtc') ?? at(run, 'invocations', 0, 'startTimeUtc'),
      updated: at(record, 'provenance', 'lastDetectionTimeUtc'),
      ...(vulnerability && { vulnerability }),
    }] });
  },
};

/** A title that only repeats the id says too little of a vulnerability. */
function titleOf(rule: SarifRule, message: string | undefined, check: string, vulnerability: Vulnerability | undefined): string {
  const title = rule.short ?? rule.name ?? message?.split('\n')[0] ?? check;
  return vulnerability?.package !== undefined && title === vulnerability.cve ? `${title} in ${vulnerability.package}` : title;
}

function detect(sample: Sample): number {
  const { document } = sample;
  const runs = at(document, 'runs');
  if (!Array.isArray(runs)) return 0;
  const known = /sarif/i.test(str(document, '$schema') ?? '') || /^2\.\d/.test(str(document, 'version') ?? '');
  return known ? 95 : str(runs[0], 'tool', 'driver', 'name') !== undefined ? 80 : 0;
}

type Item = Readonly<Record<string, unknown>>;

function issueOf(check: string, isVulnerable: boolean, rule: SarifRule, tool: string): Pick<FindingDraft, 'issue_type' | 'issue_mapped' | 'issue_guessed'> {
  if (isVulnerable) return { issue_type: 'vulnerable_package', issue_mapped: true };
  if (isLicense.test(check)) return { issue_type: 'license_violation', issue_mapped: true };
  if (/gitleaks|trufflehog|secret/i.test(tool) || rule.tags.some((tag) => /^secrets?$/i.test(tag)) || rule.weaknesses.some((w) => hardCoded.has(w)) || /(^|[./_-])secrets?([./_-]|$)/i.test(check) || [check, rule.name, rule.short].some((text) => hardCodedSecret.test(text ?? ''))) return { issue_type: 'secret_exposed', issue_mapped: true };
  const isCloud = isCloudCheck(check, tool);
  const cloud = cloudIssue(check, isCloud ? { ids: [check], rule: [rule.name, rule.short, rule.full] } : { ids: [] });
  if (cloud.issue_mapped || isCloud) return cloud;
  return { issue_type: 'code_weakness', issue_mapped: true };
}

/** Hard-coded password (CWE-259), cryptographic key (CWE-321), credentials (CWE-798). */
const hardCoded: ReadonlySet<string> = new Set(['CWE-259', 'CWE-321', 'CWE-798']);
const hardCodedSecret = /\bhard-?_? ?coded[-_ ]?(non)?[-_ ]?(crypto)?[-_ ]?(secrets?|passwords?|credentials?|keys?|tokens?)/i;
/** Snyk's and Checkov's rules for licences. */
const isLicense = /^snyk:lic:|^[A-Z][A-Za-z0-9.+_-]*_[\w.@/-]+@[\w.-]+$/;

/** GitHub's `security-severity`, a CVSS-like number as text. */
const securitySeverity = (record: Item, rule: SarifRule): string | undefined => str(record, 'properties', 'security-severity') ?? rule.securitySeverity;

/** By `security-severity` (bands of GitHub's documentation on SARIF support), else by the word that scanners of packages put among the tags or properties, else by level (SARIF 2.1.0 §3.27.10). */
function severityOf(record: Item, rule: SarifRule): Severity {
  const score = Number(securitySeverity(record, rule) ?? Number.NaN);
  if (score > 0) return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low';
  // Only a result of kind `fail` has a level.
  if ((str(record, 'kind') ?? 'fail') !== 'fail') return 'informational';
  const word = severityOfLabel(str(record, 'properties', 'securityRisk') ?? rule.tags.find((tag) => /^(CRITICAL|HIGH|MEDIUM|LOW)$/.test(tag)));
  if (word !== 'unknown') return word;
  const levels = { error: 'high', warning: 'medium', note: 'low', none: 'informational' } as const;
  const level = str(record, 'level') ?? rule.level ?? 'warning';
  return level === 'error' || level === 'warning' || level === 'note' || level === 'none' ? levels[level] : 'unknown';
}

function statusOf(record: Item): FindingStatus {
  if (str(record, 'baselineState') === 'absent') return 'resolved';
  const suppressions = list(record, 'suppressions').filter(isObject);
  if (suppressions.length > 0 && suppressions.every((s) => (str(s, 'status') ?? 'accepted') === 'accepted')) return 'suppressed';
  const kind = str(record, 'kind');
  return kind === 'pass' || kind === 'notApplicable' ? 'passed' : 'open';
}

/** A fingerprint, also one in an object of its own. Words in its place are none (Semgrep: `requires login`). */
function printOf(prints: Item, key: string): readonly string[] {
  const print = str(prints, key) ?? str(prints, key, 'value');
  return print === undefined || (/\s/.test(print.trim()) && !/\d/.test(print)) ? [] : [print];
}

/**
 * What tells one result of a rule in a file from another: its fingerprints. Partial ones are equal for equal lines of code unless they
 * count repetitions (`primaryLocationLineHash`), so the line is added.
 */
function identity(record: Item, line: string | undefined, message: string | undefined): readonly (string | undefined)[] {
  const full = at(record, 'fingerprints'), partial = at(record, 'partialFingerprints');
  const write = (prints: unknown): readonly string[] => isObject(prints) ? Object.keys(prints).toSorted().flatMap((key) => printOf(prints, key).map((print) => `${key}=${print}`)) : [];
  const whole = write(full), parts = write(partial);
  if (whole.length > 0) return whole;
  if (parts.length === 0) return [line, message];
  return isObject(partial) && Object.hasOwn(partial, 'primaryLocationLineHash') ? parts : [...parts, line];
}
