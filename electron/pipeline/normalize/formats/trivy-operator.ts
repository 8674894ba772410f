import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import type { Format } from './format.ts';
import { checkDraft, controlDraft, secretDraft, vulnerabilityDraft } from './trivy-operator/drafts.ts';
import { clusterSubject, reportSubject, type ReportSubject } from './trivy-operator/subject.ts';

/**
 * The reports that Trivy Operator keeps in a cluster as objects (`kubectl get vulnerabilityreports,configauditreports -A -o json` or `-o yaml`;
 * trivy-operator docs, "Custom Resource Definitions"): a record is a report, with a finding for each of its items.
 */
export const trivyOperator: Format = {
  name: 'trivy-operator', kind: 'findings', source: 'trivy', description: "Trivy Operator's reports in Kubernetes: vulnerabilities, configuration audits, RBAC and infrastructure assessments, exposed secrets, compliance (JSON, YAML)",
  containers: [{ kind: 'json-path', paths: ['items'] }, { kind: 'json' }, { kind: 'yaml' }],
  detect,
  parse,
};

const isReport = (value: unknown): boolean => str(value, 'apiVersion')?.startsWith('aquasecurity.github.io/') === true && str(value, 'kind')?.endsWith('Report') === true;

/** A list that holds other objects as well is Kubernetes' own. */
function detect({ document, records, text }: Sample): number {
  const items = list(document, 'items').slice(0, 50), all = items.length > 0 ? items : Array.isArray(document) ? document.slice(0, 50) : isObject(document) ? [document] : records;
  if (all.length > 0) return all.every(isReport) || /^(Cluster)?\w+ReportList$/.test(str(document, 'kind') ?? '') && str(document, 'apiVersion')?.startsWith('aquasecurity.github.io/') === true ? 95 : 0;
  const kinds = [...text.matchAll(/^(?:- )?\s{0,2}kind:\s*["']?(\w+)/gm)].map((m) => m[1] ?? '').filter((kind) => kind !== 'List');
  return !/^\s*[[{<]/.test(text) && /^(?:- )?\s{0,2}apiVersion:\s*["']?aquasecurity\.github\.io\//m.test(text) && kinds.every((kind) => /Report(List)?$/.test(kind)) ? 95 : 0;
}

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('report: not an object');
  const kind = str(record, 'kind') ?? str(context.parents.at(-1), 'kind')?.replace(/List$/, '') ?? '';
  if (/^(Cluster)?SbomReport$/.test(kind)) return err(`${kind}: it lists components and holds no findings`);
  if (!kind.endsWith('Report')) return err(`kind ${kind === '' ? 'is missing' : `${kind} is not a report of Trivy Operator`}`);
  if (kind === 'ClusterComplianceReport') return ok({ findings: complianceOf(record, clusterSubject(context)) });
  const report = at(record, 'report');
  if (!isObject(report)) return err('report: missing');
  const subject = reportSubject(record, context);
  return subject === undefined ? err('labels: nothing names the resource that the report is about') : ok({ findings: findingsOf(report, subject, record) });
}

function findingsOf(report: JsonObject, subject: ReportSubject, record: unknown): readonly FindingDraft[] {
  const time = at(report, 'updateTimestamp') ?? at(record, 'metadata', 'creationTimestamp');
  return [
    ...list(report, 'vulnerabilities').filter(isObject).map((item) => vulnerabilityDraft(item, subject, time)),
    ...list(report, 'checks').filter(isObject).map((item) => checkDraft(item, subject, time, undefined)),
    ...list(report, 'secrets').filter(isObject).map((item) => secretDraft(item, subject, time)),
  ];
}

/** A full report tells each check and what it failed on, a summary only how often each control failed. */
function complianceOf(record: unknown, subject: ReportSubject): readonly FindingDraft[] {
  const status = at(record, 'status'), time = at(status, 'updateTimestamp') ?? at(record, 'metadata', 'creationTimestamp');
  const standard = str(record, 'spec', 'compliance', 'title') ?? str(record, 'metadata', 'name') ?? 'compliance';
  const detailed = list(status, 'detailReport', 'results').flatMap((control) =>
    list(control, 'checks').filter(isObject).map((check) => checkDraft(check, subject, time, { standard, id: str(control, 'id'), severity: str(control, 'severity') })));
  if (detailed.length > 0) return detailed;
  return list(status, 'summaryReport', 'controlCheck').filter(isObject).map((control) => controlDraft(control, subject, time, standard));
}
