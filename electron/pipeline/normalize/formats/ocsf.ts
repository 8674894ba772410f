import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity, Vulnerability } from '#shared/model/finding.ts';
import type { Normalized } from '../../ports.ts';
import { presentObservables } from '../action-observables.ts';
import { readTags } from '../read-tags.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { detectionIssue, postureIssue } from './ocsf/issue.ts';
import { ocsfResources, type OcsfResource } from './ocsf/resource.ts';

/**
 * Findings of any product in the Open Cybersecurity Schema Framework, category 2, versions 1.0 to 1.5 (schema.ocsf.io): 2001 Security
 * Finding (deprecated), 2002 Vulnerability, 2003 Compliance, 2004 Detection, 2005 Incident, 2006 Data Security, 2007 Application Security
 * Posture. Products with more to say (Prowler) have formats of their own, which are surer of their records.
 */
export const ocsf: Format = {
  name: 'ocsf', kind: 'findings', source: 'ocsf', description: 'OCSF findings of any product (classes 2001 to 2007, versions 1.0 to 1.5)',
  containers: [{ kind: 'json' }],
  detect: (sample) => (sample.records.some((record) => isFinding(record) && isObject(at(record, 'metadata'))) ? 60 : 0),
  parse(record) {
    if (!isObject(record)) return err('not an object');
    if (!isFinding(record)) return err(`class_uid ${str(record, 'class_uid') ?? 'missing'} is not a finding class (2001 to 2007)`);
    const resources = ocsfResources(record);
    if (resources.length === 0) return err('resources: nothing says what the finding is about');
    return readFinding(record, resources);
  },
};

const isFinding = (record: unknown): boolean => /^20\d\d$/.test(str(record, 'class_uid') ?? '');
type Fact = Readonly<Record<string, unknown>>;

function readFinding(record: Fact, resources: readonly OcsfResource[]): Result<Normalized> {
  // 2001 calls it `finding`, all later classes `finding_info`.
  const info = isObject(at(record, 'finding_info')) ? at(record, 'finding_info') : at(record, 'finding');
  const title = str(info, 'title') ?? str(record, 'message');
  if (title === undefined) return err('finding_info.title is missing');
  const uid = str(info, 'uid') ?? str(record, 'metadata', 'uid') ?? '';
  const weaknesses = list(record, 'vulnerabilities').filter(isObject).flatMap(readVulnerability);
  const findings = resources.flatMap((resource) => {
    const draft = toDraft(record, info, title, resource);
    const base = resources.length > 1 && uid !== '' ? `${uid}|${resource.entity}` : uid;
    if (weaknesses.length === 0) return [{ ...draft, source_id: base }];
    return weaknesses.map((vulnerability): FindingDraft => ({
      ...draft, kind: 'vulnerability', issue_type: 'vulnerable_package', issue_mapped: true, vulnerability,
      check_id: vulnerability.cve ?? draft.check_id,
      source_id: weaknesses.length > 1 && base !== '' ? [base, vulnerability.cve, vulnerability.package, vulnerability.installed_version].join('|') : base,
    }));
  });
  return ok({ findings });
}

function toDraft(record: Fact, info: unknown, title: string, resource: OcsfResource): FindingDraft {
  const kind = kindOf(record);
  const types = [...list(info, 'types'), ...list(info, 'type')].map(String);
  const named = str(record, 'metadata', 'event_code') ?? str(record, 'compliance', 'control') ?? str(info, 'analytic', 'uid') ?? str(info, 'analytic', 'name') ?? types[0] ?? str(info, 'type_uid');
  const check = named ?? title;
  const attacks = [...list(record, 'attacks'), ...list(info, 'attacks')];
  const issue = kind === 'detection'
    ? detectionIssue(check, { ids: [...types, named], title }, attacks.flatMap(tacticsOf))
    : postureIssue(check, { ids: [named, ...types], title });
  const description = str(info, 'desc'), account = str(record, 'cloud', 'account', 'uid') ?? str(record, 'cloud', 'account_uid');
  const observables = observablesOf(record), tags = readTags(resource.tags);
  return {
    source: 'ocsf', source_id: '', kind, ...issue, check_id: check, title, entity: resource.entity, entity_type: resource.entity_type, aliases: resource.aliases,
    ...(description !== undefined && { description }), severity_reported: severityOf(record), status: statusOf(record), evidence: evidenceOf(record),
    ...(account !== undefined && { account }), ...(resource.region !== undefined && { region: resource.region }),
    discovered: firstOf(info, 'first_seen_time', 'created_time') ?? firstOf(record, 'start_time', 'time'),
    updated: firstOf(info, 'last_seen_time', 'modified_time') ?? firstOf(record, 'end_time', 'time'),
    attack: [...new Set(attacks.flatMap(techniquesOf))], compliance: complianceOf(record), ...(observables && { observables }), ...(tags && { tags }),
  };
}

/** A time stands as text (`…_dt`, profile datetime) or as epoch; the text is the more exact one. */
function firstOf(value: unknown, ...names: readonly string[]): unknown {
  return names.flatMap((name) => [at(value, `${name}_dt`), at(value, name)]).find((time) => time !== undefined && time !== null && time !== '' && time !== 0);
}

function kindOf(record: Fact): FindingDraft['kind'] {
  const classUid = str(record, 'class_uid');
  if (classUid === '2002') return 'vulnerability';
  if (classUid === '2003') return 'compliance';
  // Posture scanners report checks as detection findings; a pass or fail gives them away.
  const code = str(record, 'status_code')?.toUpperCase();
  if (code === 'PASS' || code === 'FAIL' || code === 'MANUAL' || isObject(at(record, 'compliance'))) return 'posture';
  return classUid === '2006' || classUid === '2007' ? 'posture' : 'detection';
}

function statusOf(record: Fact): FindingStatus {
  const code = (str(record, 'status_code') ?? str(record, 'compliance', 'status') ?? '').toUpperCase();
  const byId = { 3: 'suppressed', 4: 'resolved', 5: 'suppressed', 6: 'resolved' } as const;
  const id = Number(str(record, 'status_id') ?? str(record, 'state_id') ?? 0);
  // Close is the third activity of every finding class.
  if (str(record, 'activity_id') === '3') return 'resolved';
  if (id === 3 || id === 4 || id === 5 || id === 6) return byId[id];
  if (/^PASS(ED)?$/.test(code) || str(record, 'compliance', 'status_id') === '1') return 'passed';
  return /suppress/i.test(str(record, 'status') ?? '') ? 'suppressed' : /resolved|archived|closed/i.test(str(record, 'status') ?? str(record, 'state') ?? '') ? 'resolved' : 'open';
}

const severitiesById: readonly Severity[] = ['unknown', 'informational', 'low', 'medium', 'high', 'critical', 'critical'];
const severityOf = (record: Fact): Severity => {
  const byId = severitiesById[Number(str(record, 'severity_id') ?? 0)] ?? 'unknown';
  return byId === 'unknown' ? severityOfLabel(str(record, 'severity')) : byId;
};

function readVulnerability(item: Fact): readonly Vulnerability[] {
  const cve = str(item, 'cve', 'uid') ?? str(item, 'advisory', 'uid') ?? list(item, 'related_vulnerabilities').map(String)[0] ?? str(item, 'title');
  const scores = [...list(item, 'cve', 'cvss'), ...list(item, 'cvss')].map((score) => Number(str(score, 'overall_score') ?? str(score, 'base_score') ?? Number.NaN)).filter((n) => n >= 0 && n <= 10);
  const epss = Number(str(item, 'cve', 'epss', 'score') ?? Number.NaN);
  const kev = at(item, 'is_exploit_available') === true || at(item, 'cve', 'is_kev') === true;
  const shared = { ...(cve !== undefined && { cve }), ...(scores.length > 0 && { cvss: Math.max(...scores) }), ...(epss >= 0 && epss <= 1 && { epss }), ...(kev && at(item, 'cve', 'is_kev') === true && { kev }) };
  const packages = [...list(item, 'affected_packages'), ...list(item, 'packages'), ...list(item, 'affected_code')].filter(isObject);
  if (packages.length === 0) return [shared];
  return packages.map((pkg) => {
    const name = str(pkg, 'name') ?? str(pkg, 'file', 'path'), installed = str(pkg, 'version'), fixed = str(pkg, 'fixed_in_version') ?? str(item, 'fix_version');
    return { ...shared, ...(name !== undefined && { package: name }), ...(installed !== undefined && { installed_version: installed }), ...(fixed !== undefined && { fixed_version: fixed }) };
  });
}

const techniquesOf = (attack: unknown): readonly string[] => {
  const ids = [...list(attack, 'sub_technique'), ...list(attack, 'technique'), ...list(attack, 'techniques')].map((t) => str(t, 'uid')).filter((id) => id !== undefined && /^T\d{4}(\.\d{3})?$/.test(id)).map(String);
  // A sub-technique includes its technique.
  return ids.filter((id) => !ids.some((other) => other.startsWith(`${id}.`)));
};
const tacticsOf = (attack: unknown): readonly string[] => [...list(attack, 'tactic'), ...list(attack, 'tactics')].map((t) => str(t, 'uid') ?? '');

function complianceOf(record: Fact): readonly string[] {
  const standards = list(record, 'compliance', 'standards').map(String), requirements = list(record, 'compliance', 'requirements').map(String);
  const prefix = standards.length === 1 ? `${standards[0] ?? ''}: ` : '';
  const mapped = at(record, 'unmapped', 'compliance');
  const unmapped = isObject(mapped) ? Object.entries(mapped).flatMap(([name, ids]) => (Array.isArray(ids) ? ids.map((id) => `${name}: ${String(id)}`) : [])) : [];
  return [...(requirements.length > 0 ? requirements.map((r) => prefix + r) : standards), ...unmapped];
}

function evidenceOf(record: Fact): readonly string[] {
  const lines = [str(record, 'status_detail'), str(record, 'message'), str(record, 'risk_details'), str(record, 'remediation', 'desc')];
  return [...new Set(lines.filter((line) => line !== undefined).map(String))];
}

function observablesOf(record: Fact): FindingDraft['observables'] {
  const evidence = list(record, 'evidences')[0];
  const from = (...path: readonly string[]): string | undefined => str(evidence, ...path) ?? str(record, ...path);
  return presentObservables({
    user: from('actor', 'user', 'name'), src_ip: from('src_endpoint', 'ip'), dst_ip: from('dst_endpoint', 'ip'), host: from('device', 'hostname'), process: from('process', 'name') ?? from('process', 'file', 'name'),
    file_hash: str(list(evidence, 'file', 'hashes')[0], 'value') ?? str(list(evidence, 'process', 'file', 'hashes')[0], 'value'), domain: from('query', 'hostname') ?? from('dst_endpoint', 'domain'),
    api: from('api', 'operation'), country: from('src_endpoint', 'location', 'country'), user_agent: from('http_request', 'user_agent'),
  });
}
