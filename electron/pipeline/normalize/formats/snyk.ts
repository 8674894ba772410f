import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { cloudIssue } from '../aws-issue.ts';
import type { EntityId } from '../aws-entity.ts';
import { codeBlock } from '../code-block.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, probabilityOf, scoreOf } from './packages/package-findings.ts';

const lists = ['vulnerabilities', 'applications[].vulnerabilities', 'infrastructureAsCodeIssues', 'filtered.ignore', 'filtered.patch'];

/** Snyk's command line (`snyk test`, `snyk container test`, `snyk iac test`, each with `--json`): one project, or an array of them. `snyk code` writes SARIF. */
export const snyk: Format = {
  name: 'snyk', kind: 'findings', source: 'snyk', description: 'Snyk CLI JSON: open source, container and infrastructure as code',
  containers: [{ kind: 'json-path', paths: [...lists, ...lists.map((path) => `[].${path}`)], emptyOk: true }],
  detect, parse,
};

/** Beside projects that were tested an array holds those that could not be, with an error alone. */
function detect({ document }: Sample): number { return Math.max(0, ...(Array.isArray(document) ? document : [document]).map(scoreOfProject)); }

function scoreOfProject(project: unknown): number {
  if (!isObject(project)) return 0;
  const isOurs = ['packageManager', 'dependencyCount', 'licensesPolicy', 'projectName', 'displayTargetFile', 'infrastructureAsCodeIssues'].filter((key) => key in project).length;
  if (Array.isArray(project['infrastructureAsCodeIssues'])) return 93;
  // What the project is stands behind its vulnerabilities, which may be more than a recognition looks at.
  return Array.isArray(project['vulnerabilities']) && (('ok' in project && isOurs > 0) || isVulnerability(project['vulnerabilities'][0])) ? 93 : 0;
}

const isVulnerability = (item: unknown): boolean => str(item, 'id') !== undefined && str(item, 'packageName') !== undefined && Array.isArray(at(item, 'from')) && isObject(at(item, 'semver'));

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err(`${context.from}: the item is not an object`);
  const project = context.parents.at(-1), id = str(record, 'id') ?? str(record, 'publicId');
  if (id === undefined) return err('id is missing');
  const status = statusOf(record, context);
  if (context.from.endsWith('infrastructureAsCodeIssues')) return ok({ findings: [configuration(record, id, project, status, context)] });
  // Applications that lie in an image are its own projects: what is vulnerable is the image.
  const image = context.parents.find((parent) => isObject(at(parent, 'docker'))), about = projectOf(image ?? project, context);
  const within = image !== undefined && image !== project ? str(project, 'displayTargetFile') ?? str(project, 'targetFile') : undefined;
  const place = status === 'open' || isForAllPaths(record) ? within : [within, status === 'resolved' ? 'patched paths' : 'ignored paths'].filter((part) => part !== undefined).join(', ');
  return ok({ findings: str(record, 'type') === 'license' ? [licence(record, id, about, status)] : vulnerability(record, id, about, status, place) });
}

/** Findings that a `.snyk` policy ignores, or that a patch of Snyk's takes away, stand in lists of their own; ignored ones of infrastructure are marked. */
function statusOf(record: unknown, context: RecordContext): FindingStatus {
  if (context.from.endsWith('filtered.patch')) return 'resolved';
  return context.from.endsWith('filtered.ignore') || at(record, 'isIgnored') === true ? 'suppressed' : 'open';
}

/** A policy may be about some of the paths to a package alone: by the others the same vulnerability is still open. */
const isForAllPaths = (record: unknown): boolean => [...list(record, 'filtered', 'ignored'), ...list(record, 'filtered', 'patches')].every((rule) => { const path = list(rule, 'path'); return path.length === 0 || (path.length === 1 && path[0] === '*'); });

/** An image by its reference, a project by its name with the manifest that was read. */
function projectOf(project: unknown, context: RecordContext): EntityId {
  const name = str(project, 'projectName'), path = str(project, 'path'), file = str(project, 'displayTargetFile') ?? str(project, 'targetFile');
  if (isObject(at(project, 'docker')) && path !== undefined) return { entity: path, entity_type: 'image', aliases: name === undefined || name === path ? [] : [name] };
  const known = name ?? path ?? context.path, entity = file === undefined || known.endsWith(file) ? known : `${known}/${file}`;
  return { entity, entity_type: 'repository', aliases: entity === known ? [] : [known] };
}

const severityIn = (record: unknown): FindingDraft['severity_reported'] => severityOfLabel(str(record, 'severityWithCritical') ?? str(record, 'severity'));

function vulnerability(record: unknown, id: string, about: EntityId, status: FindingStatus, place: string | undefined): readonly FindingDraft[] {
  const epss = probabilityOf(str(record, 'epssDetails', 'probability')), exploit = str(record, 'exploit') ?? str(record, 'exploitDetails', 'maturityLevels', 0, 'level');
  return packageFindings({
    source: 'snyk', about, id, others: list(record, 'identifiers', 'CVE').map(String), package: str(record, 'packageName') ?? str(record, 'moduleName') ?? str(record, 'name'), installed: str(record, 'version'), place,
    fixed: [...list(record, 'fixedIn').map(String), ...(str(record, 'nearestFixedInVersion') === undefined || list(record, 'fixedIn').length > 0 ? [] : [str(record, 'nearestFixedInVersion') ?? ''])],
    range: ranges(record), title: str(record, 'title'), description: str(record, 'description'), severity: severityIn(record), cvss: scoreOf(at(record, 'cvssScore')), status,
    ...(epss !== undefined && { epss }), evidence: [exploit === undefined || /^not defined$/i.test(exploit) ? undefined : `exploit maturity: ${exploit}`, ...list(record, 'identifiers', 'GHSA').map(String), ...why(record)],
  });
}

function ranges(record: unknown): string | undefined {
  const found = list(record, 'semver', 'vulnerable').filter((range) => typeof range === 'string').join(' || ');
  return found === '' ? undefined : found.slice(0, 500);
}

/** The reasons of an ignored finding, whatever paths they are for. */
const why = (record: unknown): readonly string[] => list(record, 'filtered', 'ignored').flatMap((rule) => str(rule, 'reason') ?? []).map((reason) => `ignored: ${reason}`);

function licence(record: unknown, id: string, about: EntityId, status: FindingStatus): FindingDraft {
  const name = str(record, 'packageName') ?? str(record, 'name'), version = str(record, 'version');
  return {
    source: 'snyk', source_id: [about.entity, id, name, version].map((part) => part ?? '').join('|'), kind: 'compliance', ...about, issue_type: 'license_violation', issue_mapped: true, check_id: id,
    title: `${str(record, 'title') ?? str(record, 'license') ?? 'Licence issue'}${name === undefined ? '' : ` of ${name}`}`, severity_reported: severityIn(record), status, evidence: [`${name ?? 'package'} ${version ?? ''}`.trim(), ...why(record)], attack: [], compliance: [], discovered: undefined,
  };
}

/** `["resource", "aws_s3_bucket[logs]", …]` is a block of Terraform; other files are told by their path alone. */
function blockOf(record: unknown, file: string): EntityId {
  const block = /^(\w+)\[([^\]]+)\]$/.exec(str(record, 'path', 1) ?? '');
  return str(record, 'path', 0) === 'resource' && block !== null ? codeBlock(file, `${block[1] ?? ''}.${block[2] ?? ''}`, true) : { entity: file, entity_type: 'file', aliases: [] };
}

function configuration(record: unknown, id: string, project: unknown, status: FindingStatus, context: RecordContext): FindingDraft {
  const file = str(project, 'targetFile') ?? str(project, 'targetFilePath') ?? context.path, path = list(record, 'path').map(String).join('.'), title = str(record, 'title') ?? id;
  return {
    source: 'snyk', source_id: [file, id, path].join('|'), kind: 'posture', ...blockOf(record, file), ...cloudIssue(id, { ids: [], rule: [title] }), check_id: id, title,
    ...(str(record, 'issue') !== undefined && { description: str(record, 'issue') ?? '' }), severity_reported: severityIn(record), status,
    evidence: [path, str(record, 'impact'), str(record, 'resolve'), ...why(record)].filter((line) => line !== undefined && line !== '').map(String), attack: [], compliance: list(record, 'compliance').flatMap((pair) => (Array.isArray(pair) ? [pair.slice(0, 2).join(': ')] : [])), discovered: undefined,
  };
}
