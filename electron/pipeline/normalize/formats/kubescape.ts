import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import type { FindingStatus, Severity } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { cloudIssue, type IssueFields } from '../aws-issue.ts';
import { severityOfLabel } from '../severity-label.ts';
import type { Format } from './format.ts';
import { kubescapeReport, withoutValues } from './kubescape/report.ts';
import { kubescapeSubject, type KubescapeSubject } from './kubescape/subject.ts';

/**
 * Kubescape's JSON report, format version 2 (`kubescape scan --format json`, versions 2 and 3): a record is one control on one resource, of a cluster or
 * of manifests. Source: kubescape/opa-utils, reporthandling/v2 and reporthandling/results/v1.
 */
export const kubescape: Format = {
  name: 'kubescape', kind: 'findings', source: 'kubescape', description: 'Kubescape JSON reports (versions 2 and 3; clusters and manifests)',
  containers: [{ kind: 'json-path', paths: ['results[].controls'], emptyOk: true }],
  detect, parse, redact: withoutValues,
};

function detect({ document, text }: Sample): number {
  if (!isObject(document)) return 0;
  const controls = at(document, 'summaryDetails', 'controls'), first = list(document, 'results')[0];
  if (str(first, 'resourceID') !== undefined && Array.isArray(at(first, 'controls'))) return 95;
  if (isObject(controls) && Object.values(controls).some((control) => str(control, 'controlID') !== undefined)) return 92;
  return isObject(at(document, 'summaryDetails')) && /"(clusterAPIServerInfo|clusterCloudProvider)"/.test(text) ? 80 : 0;
}

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('controls: the item is not an object');
  const id = str(record, 'controlID'), status = str(record, 'status', 'status') ?? str(record, 'status');
  if (id === undefined) return err('controlID is missing');
  if (status === undefined) return err(`${id}: status is missing`);
  const report = kubescapeReport(context.parents[0]), resourceId = str(context.parents.at(-1), 'resourceID');
  const subject = resourceId === undefined ? undefined : kubescapeSubject(resourceId, report.resources.get(resourceId) ?? at(context.parents.at(-1), 'rawResource'), report, context);
  if (subject === undefined) return err(`${id}: resourceID is missing or names no resource`);
  const control = report.controls.get(id), name = str(record, 'name') ?? str(control, 'name') ?? id, isUnchecked = status.toLowerCase() === 'skipped';
  return ok({ findings: [{
    source: 'kubescape', source_id: [subject.entity, id].join('|'), kind: 'posture', entity: subject.entity, entity_type: subject.entity_type, aliases: subject.aliases,
    ...issueOf(id, name, subject), check_id: id, title: name, severity_reported: isUnchecked ? 'informational' : severityOf(record, control), status: statusOf(record, status.toLowerCase()),
    evidence: [...(isUnchecked ? [`status: ${status}${reasonOf(record)} (not checked by the tool)`] : []), ...subject.evidence, ...pathsOf(record)],
    ...(report.time !== undefined && { updated: report.time }), discovered: report.time, attack: [], compliance: report.frameworks(id).map((framework) => `${framework}: ${id}`),
  }] });
}

/** Critical from a base score of 9, high from 7, medium from 4 (opa-utils, `ControlSeverityToString`); newer reports write the word. */
function severityOf(record: unknown, control: unknown): Severity {
  const told = severityOfLabel(str(record, 'severity') ?? str(control, 'severity')), score = Number(str(control, 'scoreFactor') ?? Number.NaN);
  if (told !== 'unknown' || Number.isNaN(score)) return told;
  return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : score >= 1 ? 'low' : 'unknown';
}

const reasonOf = (record: unknown): string => { const why = [str(record, 'status', 'subStatus'), str(record, 'status', 'info')].filter((part) => part !== undefined); return why.length === 0 ? '' : `, ${why.join(': ')}`; };

/** An exception lets a control pass; before 2.2 such a resource was `excluded`. */
function statusOf(record: unknown, status: string): FindingStatus {
  const rules = list(record, 'rules'), isExcepted = /exception/i.test(str(record, 'status', 'subStatus') ?? '') || rules.some((rule) => list(rule, 'exception').length > 0);
  if (status === 'excluded' || status === 'warning' || (status === 'passed' && isExcepted)) return 'suppressed';
  return status === 'passed' || str(record, 'status', 'subStatus') === 'irrelevant' ? 'passed' : 'open';
}

/** Where in the resource it failed, and what would mend it. */
function pathsOf(record: unknown): readonly string[] {
  const lines = list(record, 'rules').flatMap((rule) => list(rule, 'paths')).flatMap((path) => {
    const failed = str(path, 'failedPath') ?? str(path, 'reviewPath') ?? str(path, 'deletePath'), fix = str(path, 'fixPath', 'path'), value = str(path, 'fixPath', 'value');
    return [...(failed === undefined ? [] : [`at ${failed}`]), ...(fix === undefined ? [] : [`set ${fix}${value === undefined ? '' : ` to ${value}`}`])];
  });
  return [...new Set(lines)].slice(0, 20);
}

/** Controls on identities are about what these may do; those on workloads are told by their name, which says little where it fits no word. */
function issueOf(id: string, name: string, subject: KubescapeSubject): IssueFields {
  if (subject.isIdentity) return { issue_type: 'overprivileged_identity', issue_mapped: true };
  if (/host ?(path|port|network|pid|ipc)|privileged container|insecure capabilities|privilege escalation/i.test(name)) return { issue_type: 'privileged_container', issue_mapped: true };
  if (/credentials? in (configuration|config)/i.test(name)) return { issue_type: 'secret_exposed', issue_mapped: true };
  if (/network polic(y|ies)|ingress and egress|internal networking/i.test(name)) return { issue_type: 'network_misconfiguration', issue_mapped: true };
  const told = cloudIssue(id, { ids: [], rule: [name] });
  return told.issue_mapped || !subject.isWorkload ? told : { issue_type: 'workload_misconfiguration', issue_mapped: true };
}
