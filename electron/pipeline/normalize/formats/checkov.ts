import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { EntityType, FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import type { IssueFields } from '../aws-issue.ts';
import { cloudIssue } from '../aws-issue.ts';
import { codeBlock } from '../code-block.ts';
import { readTags } from '../read-tags.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { packageFindings, scoreOf } from './packages/package-findings.ts';

const lists = ['results.failed_checks', 'results.passed_checks', 'results.skipped_checks'];

/**
 * Checkov (`checkov -o json`): one report, or an array with one for each framework. Without a platform key its severities are null.
 * Source: Checkov documentation, "CLI output"; checkov/common/output/record.py.
 */
export const checkov: Format = {
  name: 'checkov', kind: 'findings', source: 'checkov', description: 'Checkov JSON reports (all frameworks)',
  containers: [{ kind: 'json-path', paths: [...lists, ...lists.map((path) => `[].${path}`)], emptyOk: true }],
  detect, parse,
};

function detect({ document }: Sample): number {
  const reports: readonly unknown[] = Array.isArray(document) ? document : [document];
  if (reports.some((report) => str(report, 'check_type') !== undefined && isObject(at(report, 'results')))) return 95;
  // Where nothing was there to check it writes its bare summary.
  return isObject(document) && 'checkov_version' in document && 'failed' in document ? 90 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err(`${context.from}: the item is not an object`);
  const id = str(record, 'check_id');
  if (id === undefined) return err('check_id is missing');
  const type = context.parents.map((parent) => str(parent, 'check_type')).find((text) => text !== undefined) ?? '';
  const status = statusOf(record);
  if (type.startsWith('sca_') && isObject(at(record, 'vulnerability_details'))) return ok({ findings: isLicence(record) ? [licence(record, id, status, context)] : vulnerability(record, id, status, context) });
  return ok({ findings: [check(record, id, type, status, context)] });
}

function statusOf(record: unknown): FindingStatus {
  const result = str(record, 'check_result', 'result')?.toUpperCase();
  return result === 'PASSED' ? 'passed' : result === 'SKIPPED' ? 'suppressed' : 'open';
}

const fileOf = (record: unknown, context: RecordContext): string => str(record, 'repo_file_path') ?? str(record, 'file_path') ?? context.path;

function check(record: unknown, id: string, type: string, status: FindingStatus, context: RecordContext): FindingDraft {
  const file = fileOf(record, context), name = str(record, 'check_name') ?? id, [first, last] = list(record, 'file_line_range').map(String);
  const place = placeOf(record, type, file), tags = readTags(at(record, 'entity_tags'));
  return {
    source: 'checkov', source_id: [place.entity, id, type === 'secrets' ? `${first ?? ''}|${str(record, 'resource') ?? ''}` : place.entity_type === 'file' ? str(record, 'resource') ?? '' : ''].join('|'), kind: 'posture', ...place, ...issueOf(record, id, name, type), check_id: id, title: name,
    ...(str(record, 'description') !== undefined && { description: str(record, 'description') ?? '' }), severity_reported: severityOfLabel(str(record, 'severity')), status,
    evidence: [`${file}${first === undefined || first === '0' ? '' : `:${first}-${last ?? first}`}`, skipped(record), str(record, 'guideline')].filter((line) => line !== undefined),
    attack: [], compliance: benchmarks(record), discovered: undefined, ...(tags && { tags }),
  };
}

const skipped = (record: unknown): string | undefined => { const why = str(record, 'check_result', 'suppress_comment'); return why === undefined ? undefined : `skipped: ${why}`; };
const benchmarks = (record: unknown): readonly string[] => Object.entries(Object(at(record, 'benchmarks'))).flatMap(([standard, items]) => list(items).flatMap((item) => (str(item, 'name') === undefined ? [] : [`${standard}: ${str(item, 'name') ?? ''}`])));

function placeOf(record: unknown, type: string, file: string): { readonly entity: string; readonly entity_type: EntityType; readonly aliases: readonly string[] } {
  const address = str(record, 'resource_address') ?? str(record, 'resource');
  const isBlock = address !== undefined && /^(terraform|terraform_plan|cloudformation|kubernetes|helm|kustomize|arm|bicep|serverless|ansible)$/.test(type);
  if (!isBlock) return { entity: file, entity_type: 'file', aliases: [] };
  return codeBlock(file, address, type.startsWith('terraform'));
}

function issueOf(record: unknown, id: string, name: string, type: string): IssueFields {
  if (type === 'secrets') return { issue_type: 'secret_exposed', issue_mapped: true };
  // `checkov.terraform.checks.resource.aws.S3Encryption` names its check where the words of the title don't.
  return cloudIssue(id, { ids: [], rule: [name, str(record, 'check_class')?.split('.').at(-1)] });
}

/** Policies about licences have no vulnerability in their details. */
const isLicence = (record: unknown): boolean => str(record, 'vulnerability_details', 'license') !== undefined && str(record, 'vulnerability_details', 'id') === undefined;

function licence(record: unknown, id: string, status: FindingStatus, context: RecordContext): FindingDraft {
  const details = at(record, 'vulnerability_details'), file = fileOf(record, context), name = str(details, 'package_name') ?? 'a package', version = str(details, 'package_version') ?? '', kind = str(details, 'license') ?? '';
  return {
    source: 'checkov', source_id: [file, id, name, version, kind].join('|'), kind: 'compliance', entity: file, entity_type: 'file', aliases: [], issue_type: 'license_violation', issue_mapped: true, check_id: id, title: `Licence ${kind} of ${name}`.slice(0, 500),
    severity_reported: severityOfLabel(str(record, 'severity')), status, evidence: [`${name} ${version}`.trim(), skipped(record)].filter((line) => line !== undefined), attack: [], compliance: [], discovered: undefined,
  };
}

function vulnerability(record: unknown, id: string, status: FindingStatus, context: RecordContext): readonly FindingDraft[] {
  const details = at(record, 'vulnerability_details'), file = fileOf(record, context), fix = str(details, 'lowest_fixed_version') ?? str(details, 'fix_version');
  return packageFindings({
    source: 'checkov', about: { entity: file, entity_type: 'file', aliases: [] }, id: str(details, 'id') ?? id, others: [str(record, 'short_description')], package: str(details, 'package_name'), installed: str(details, 'package_version'),
    fixed: fix !== undefined && /\d/.test(fix) ? [fix] : [], description: str(record, 'description') ?? str(details, 'description'), severity: severityOfLabel(str(record, 'severity') ?? str(details, 'severity')), cvss: scoreOf(at(details, 'cvss')), status, evidence: [skipped(record)],
  });
}
