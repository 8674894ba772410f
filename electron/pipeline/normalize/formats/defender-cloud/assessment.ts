import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';
import { portInText } from '../../port-in-text.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { cvesIn, packageFindings, scoreOf } from '../packages/package-findings.ts';
import { assessed, placed, type Placed } from './resource.ts';

const isType = (record: unknown, pattern: RegExp): boolean => pattern.test(str(record, 'type') ?? '') || pattern.test((str(record, 'id') ?? '').replace(/\/[^/]+$/, ''));
export const isSubAssessment = (record: unknown): boolean => isType(record, /Microsoft\.Security\/(?:.*\/)?subAssessments$/i);
export const isAssessment = (record: unknown): boolean => isType(record, /Microsoft\.Security\/(?:.*\/)?assessments$/i) && !isSubAssessment(record);

/** The CLI writes the properties beside the id. */
const propertiesOf = (record: unknown): unknown => (isObject(at(record, 'properties')) ? at(record, 'properties') : record);

/** `NotApplicable` has a cause: an exemption, a policy that is off, or nothing to assess. */
function statusOf(code: string | undefined, cause: string | undefined): FindingStatus | undefined {
  const word = code?.trim().toLowerCase();
  if (word === 'unhealthy') return 'open';
  if (word === 'healthy') return 'passed';
  return word === 'notapplicable' || word === 'not applicable' ? (/exempt/i.test(cause ?? '') ? 'suppressed' : 'resolved') : undefined;
}

/** Recommendations on vulnerabilities found elsewhere, else what their name says. */
const issueOf = (check: string, name: string): IssueFields => (/vulnerabilit(y|ies) .*(findings|should be (remediated|resolved))/i.test(name) ? { issue_type: 'vulnerable_package', issue_mapped: true } : cloudIssue(check, { ids: [], rule: [name] }));

interface Recommendation {
  readonly about: Placed; readonly check: string; readonly name: string; readonly description: string | undefined; readonly severity: string | undefined; readonly status: FindingStatus;
  readonly evidence: readonly (string | undefined)[]; readonly first: unknown; readonly changed: unknown; readonly compliance: readonly string[]; readonly region?: string | undefined;
}

function draftOf(r: Recommendation): FindingDraft {
  const { account, ...about } = r.about, issue = issueOf(r.check, r.name), port = issue.issue_type === 'open_port' ? portInText(r.name) : undefined;
  return {
    source: 'defender-cloud', source_id: [about.entity, r.check].join('|'), kind: issue.issue_type === 'vulnerable_package' ? 'vulnerability' : 'posture', ...about, ...issue, check_id: r.check, title: r.name.slice(0, 500), ...(r.description !== undefined && { description: r.description }),
    severity_reported: severityOfLabel(r.severity), status: r.status, evidence: r.evidence.filter((line) => line !== undefined), ...(account !== undefined && { account }), ...(r.region !== undefined && { region: r.region }),
    discovered: r.first, updated: r.changed, attack: [], compliance: r.compliance, ...(port !== undefined && { observables: { port } }),
  };
}

const line = (label: string, text: string | undefined): string | undefined => (text === undefined ? undefined : `${label}: ${text}`);

/** An assessment of one resource. */
export function assessmentDrafts(record: unknown): Result<readonly FindingDraft[]> {
  const own = propertiesOf(record), metadata = at(own, 'metadata'), check = (str(record, 'name') ?? '').toLowerCase(), cause = str(own, 'status', 'cause');
  const code = str(own, 'status', 'code') ?? str(own, 'status'), status = statusOf(code, cause);
  if (status === undefined) return err(`status.code: ${code === undefined ? 'missing' : `${code} is none of Healthy, Unhealthy, NotApplicable`}`);
  const name = str(own, 'displayName') ?? str(metadata, 'displayName') ?? check, about = assessed(record, at(own, 'resourceDetails'));
  if (name === '') return err('displayName: missing, and no name');
  if (about === undefined) return err('resourceDetails: nothing says what was assessed');
  return ok([draftOf({
    about, check: check === '' ? name : check, name, description: str(metadata, 'description'), severity: str(metadata, 'severity') ?? str(own, 'severity'), status,
    evidence: [line('cause', cause), line('reason', str(own, 'status', 'description')), line('risk', str(own, 'risk', 'level')), line('remediation', str(metadata, 'remediationDescription')?.slice(0, 1000))],
    first: at(own, 'status', 'firstEvaluationDate') ?? at(own, 'firstEvaluationDate'), changed: at(own, 'status', 'statusChangeDate') ?? at(own, 'statusChangeDate'), compliance: list(metadata, 'categories').map(String),
  })]);
}

/** What an assessment found in one resource: a vulnerability, or a setting of a database or machine. */
export function subAssessmentDrafts(record: unknown): Result<readonly FindingDraft[]> {
  const own = propertiesOf(record), data = at(own, 'additionalData'), code = str(own, 'status', 'code'), status = statusOf(code, str(own, 'status', 'cause'));
  if (status === undefined) return err(`status.code: ${code === undefined ? 'missing' : `${code} is none of Healthy, Unhealthy, NotApplicable`}`);
  const id = str(own, 'id') ?? str(record, 'name'), name = str(own, 'displayName') ?? id, about = imageOf(data) ?? assessed(record, at(own, 'resourceDetails'));
  if (id === undefined || name === undefined) return err('id: missing');
  if (about === undefined) return err('resourceDetails: nothing says what was assessed');
  const cves = cvesIn([...list(data, 'cve').map((cve) => str(cve, 'title')), str(data, 'vulnerabilityDetails', 'cveId'), id, name]), severity = str(own, 'status', 'severity'), first = at(own, 'timeGenerated');
  const evidence = [line('impact', str(own, 'impact')?.slice(0, 1000)), line('remediation', str(own, 'remediation')?.slice(0, 1000)), line('category', str(own, 'category'))];
  const isVulnerability = cves.length > 0 || /Server(Vulnerability|Assessment)|ContainerRegistryVulnerability|vulnerabilit/i.test(str(data, 'assessedResourceType') ?? '') && !/Sql/i.test(str(data, 'assessedResourceType') ?? '');
  if (!isVulnerability) return ok([draftOf({ about, check: id, name, description: str(own, 'description'), severity, status, evidence, first, changed: undefined, compliance: [] })]);
  const software = at(data, 'softwareDetails'), scores = ['3.1', '3.0', '2.0'].map((version) => scoreOf(at(data, 'cvss', version, 'base')) ?? scoreOf(at(data, 'vulnerabilityDetails', 'cvss', version, 'base')));
  return ok(packageFindings({
    source: 'defender-cloud', about, id, others: cves, package: str(software, 'packageName') ?? str(data, 'packageName'), installed: str(software, 'version'), fixed: str(software, 'fixedVersion') === undefined ? [] : [str(software, 'fixedVersion') ?? ''], title: name, description: str(own, 'description'),
    severity: severityOfLabel(severity ?? str(data, 'vulnerabilityDetails', 'severity')), cvss: scores.find((score) => score !== undefined), status, evidence: [...evidence, at(data, 'patchable') === true ? 'a patch exists' : undefined], discovered: first,
  }));
}

/** Images in a registry are assessed by their digest. */
function imageOf(data: unknown): Placed | undefined {
  const host = str(data, 'registryHost') ?? str(data, 'artifactDetails', 'registryHost'), repository = str(data, 'repositoryName') ?? str(data, 'artifactDetails', 'repositoryName'), digest = str(data, 'imageDigest') ?? str(data, 'artifactDetails', 'digest');
  if (host === undefined || repository === undefined || digest === undefined) return undefined;
  const tags = list(data, 'artifactDetails', 'tags').flatMap((tag) => str(tag) ?? []);
  return { entity: `${host}/${repository}@${digest}`, entity_type: 'image', aliases: [...tags.map((tag) => `${host}/${repository}:${tag}`), digest] };
}

/** A row of the portal's table of recommendations. */
export function rowDrafts(row: unknown): Result<readonly FindingDraft[]> {
  const cell = (name: string): string | undefined => str(row, name)?.trim();
  const check = (cell('recommendationName') ?? cell('recommendationId') ?? '').toLowerCase(), name = cell('recommendationDisplayName') ?? check, reason = cell('notApplicableReason'), status = statusOf(cell('state'), reason);
  if (status === undefined) return err(`state: ${cell('state') ?? 'missing'} is none of Healthy, Unhealthy, NotApplicable`);
  const about = placed([cell('nativeResourceId'), cell('resourceId')], cell('resourceType'), cell('resourceName'), cell('subscriptionId'));
  if (about === undefined || name === '') return err(about === undefined ? 'resourceId: missing, and no resourceName' : 'recommendationDisplayName: missing');
  return ok([draftOf({
    about, check: check === '' ? name : check, name, description: cell('description'), severity: cell('severity'), status,
    evidence: [line('subscription', cell('subscriptionName')), line('reason', reason), line('remediation', cell('remediationSteps')?.slice(0, 1000))], first: cell('firstEvaluationDate'), changed: cell('statusChangeDate'), compliance: controlsIn(cell('controls')), region: cell('location'),
  })]);
}

/** `{"Restrict unauthorized network access":"<id>"}`. */
function controlsIn(text: string | undefined): readonly string[] {
  if (text === undefined) return [];
  // Not JSON: then it is a name.
  try { const parsed: unknown = JSON.parse(text); return isObject(parsed) ? Object.keys(parsed) : []; } catch { return [text]; }
}
