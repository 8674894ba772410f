import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import type { EntityId } from '../aws-entity.ts';
import { cloudIssue, type IssueFields } from '../aws-issue.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings } from './packages/package-findings.ts';

/**
 * GitLab's security reports (`gl-sast-report.json`, `gl-secret-detection-…`, `gl-dependency-scanning-…`, `gl-container-scanning-…`, `gl-dast-…`), which many
 * scanners write. Source: GitLab's security report schemas, versions 2 to 15. The secrets that were found are not kept.
 */
export const gitlab: Format = {
  name: 'gitlab', kind: 'findings', source: 'gitlab', description: 'GitLab security reports: SAST, secrets, dependencies, containers, DAST (JSON)',
  containers: [{ kind: 'json-path', paths: ['vulnerabilities'], emptyOk: true }],
  detect, parse, redact: withoutExtract,
};

const types = /^(sast|secret_detection|dependency_scanning|container_scanning|cluster_image_scanning|dast|api_fuzzing|coverage_fuzzing)$/;
const isIdentified = (item: unknown): boolean => isObject(at(item, 'location')) && str(item, 'severity') !== undefined && list(item, 'identifiers').some((id) => str(id, 'type') !== undefined && str(id, 'value') !== undefined);

function detect({ document }: Sample): number {
  if (!isObject(document) || !Array.isArray(document['vulnerabilities'])) return 0;
  if (types.test(str(document, 'scan', 'type') ?? '') && isObject(at(document, 'scan', 'scanner'))) return 95;
  return isIdentified(document['vulnerabilities'][0]) && str(document, 'version') !== undefined ? 90 : 0;
}

/** A leaked secret stands in the line that it was found in. */
function withoutExtract(record: unknown): unknown {
  if (!isObject(record) || !('raw_source_code_extract' in record)) return record;
  const { raw_source_code_extract: _extract, ...rest } = record;
  return rest;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('vulnerabilities: the item is not an object');
  const report = context.parents[0], identifiers = list(record, 'identifiers').flatMap((item) => str(item, 'value') ?? str(item, 'name') ?? []), name = str(record, 'name') ?? str(record, 'message') ?? str(record, 'title');
  const check = identifiers[0] ?? name;
  if (check === undefined) return err('identifiers: none, and no name');
  const type = str(record, 'category') ?? str(report, 'scan', 'type') ?? typeOf(record), time = at(report, 'scan', 'end_time') ?? at(report, 'scan', 'start_time');
  const found: Found = { record, check, name: name ?? str(record, 'description')?.split('\n')[0] ?? check, identifiers, type, time, scanner: str(record, 'scanner', 'name') ?? str(report, 'scan', 'scanner', 'name') ?? 'a scanner', scannerId: str(record, 'scanner', 'id') ?? str(report, 'scan', 'scanner', 'id') };
  const isPackage = str(record, 'location', 'dependency', 'package', 'name') !== undefined;
  return ok({ findings: isPackage && type.endsWith('scanning') ? vulnerable(found, context) : [weakness(found, context)] });
}

interface Found { readonly record: unknown; readonly check: string; readonly name: string; readonly identifiers: readonly string[]; readonly type: string; readonly time: unknown; readonly scanner: string; readonly scannerId: string | undefined }

/** Reports before version 14 don't say what kind they are of. */
function typeOf(record: unknown): string {
  if (str(record, 'location', 'image') !== undefined) return 'container_scanning';
  return str(record, 'location', 'dependency', 'package', 'name') !== undefined ? 'dependency_scanning' : str(record, 'location', 'hostname') !== undefined ? 'dast' : 'sast';
}

/** An image, a host, or a file of the repository that the report is of, which it doesn't name. */
function placeOf(record: unknown, context: RecordContext): EntityId {
  const image = str(record, 'location', 'image'), host = str(record, 'location', 'hostname'), file = str(record, 'location', 'file');
  if (image !== undefined) return { entity: image, entity_type: 'image', aliases: [] };
  if (host !== undefined) return { entity: host.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, ''), entity_type: 'host', aliases: [host].filter((text) => text.includes('://')) };
  return file === undefined ? { entity: context.path, entity_type: 'repository', aliases: [] } : { entity: file, entity_type: 'file', aliases: [] };
}

function vulnerable({ record, check, name, identifiers, time }: Found, context: RecordContext): readonly FindingDraft[] {
  const dependency = at(record, 'location', 'dependency'), solution = str(record, 'solution'), flags = list(record, 'flags').flatMap((flag) => str(flag, 'type') ?? []);
  return packageFindings({
    source: 'gitlab', about: placeOf(record, context), id: check, others: identifiers, package: str(dependency, 'package', 'name'), installed: str(dependency, 'version'), fixed: [/\bto (?:versions? )?v?(\d[\w.+:~-]*\w)/.exec(solution ?? '')?.[1] ?? ''], place: str(record, 'location', 'image') === undefined ? undefined : str(record, 'location', 'file'),
    title: name, description: str(record, 'description'), severity: severityOfLabel(str(record, 'severity')), evidence: [solution, str(record, 'location', 'operating_system'), at(dependency, 'direct') === true ? 'a direct dependency' : undefined, ...flags], discovered: time,
  });
}

function issueOf({ check, name, type, identifiers, scannerId }: Found): IssueFields {
  if (type === 'secret_detection' || identifiers.some((id) => /^(CWE-)?798$/.test(id)) || /gitleaks|trufflehog|secrets?$/i.test(scannerId ?? '')) return { issue_type: 'secret_exposed', issue_mapped: true };
  const told = type === 'dast' || /kics|iac|checkov|tfsec|trivy/i.test(scannerId ?? '') ? cloudIssue(check, { ids: [], rule: [name] }) : undefined;
  return told?.issue_mapped === true ? told : { issue_type: 'code_weakness', issue_mapped: true };
}

function weakness(found: Found, context: RecordContext): FindingDraft {
  const { record, check, name, identifiers, type, time, scanner } = found, place = placeOf(record, context), line = str(record, 'location', 'start_line'), description = str(record, 'description'), path = str(record, 'location', 'path');
  const where = [str(record, 'location', 'file') ?? (path === undefined ? undefined : `${str(record, 'location', 'method') ?? 'GET'} ${path}`), line].filter((part) => part !== undefined).join(':');
  // The id is new in each report: what is found, and where, stays.
  const own = [place.entity, check, line ?? path ?? '', str(record, 'location', 'param') ?? str(record, 'location', 'commit', 'sha') ?? '', str(record, 'cve') ?? ''].join('|');
  return {
    source: 'gitlab', source_id: `${type}|${own}`, kind: 'posture', ...place, ...issueOf(found), check_id: check, title: name.slice(0, 500), ...(description !== undefined && { description }), severity_reported: severityOfLabel(str(record, 'severity')), status: 'open',
    evidence: [`${scanner}${where === '' ? '' : `, ${where}`}`, ...identifiers.filter((id) => /^CWE-\d+$/i.test(id)), ...(str(record, 'solution') === undefined ? [] : [str(record, 'solution') ?? '']), ...list(record, 'flags').flatMap((flag) => str(flag, 'type') ?? [])], attack: [], compliance: [], discovered: time,
  };
}
