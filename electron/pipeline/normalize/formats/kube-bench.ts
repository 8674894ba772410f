import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import { unnamedCluster } from '#shared/model/k8s.ts';
import type { FindingStatus } from '#shared/model/finding.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { cloudIssue, type IssueFields } from '../aws-issue.ts';
import type { Format } from './format.ts';

const paths = ['Controls[].tests[].results', '[].tests[].results', 'tests[].results'];

/**
 * kube-bench (`kube-bench --json`): the CIS benchmark on one node; a report, or with old versions an array or one document a part. It names neither
 * node nor cluster and rates nothing. Source: aquasecurity/kube-bench, check/controls.go.
 */
export const kubeBench: Format = {
  name: 'kube-bench', kind: 'findings', source: 'kube-bench', description: 'kube-bench JSON reports (CIS Kubernetes benchmark)',
  containers: [{ kind: 'json-path', paths, emptyOk: true }],
  detect, parse,
};

const isControl = (value: unknown): boolean => isObject(value) && str(value, 'node_type') !== undefined && Array.isArray(value['tests']);
const isReport = (document: unknown): boolean => isControl(document) || [...list(document, 'Controls'), ...(Array.isArray(document) ? document : [])].some(isControl);
function detect({ document, records }: Sample): number { return isReport(document) || records.some(isControl) ? 94 : 0; }

function parse(record: unknown, context: RecordContext): ReturnType<Format['parse']> {
  if (!isObject(record)) return err('results: the item is not an object');
  const number = str(record, 'test_number'), control = context.parents.find((parent) => str(parent, 'node_type') !== undefined);
  if (number === undefined) return err('test_number is missing');
  const word = str(record, 'status')?.toUpperCase();
  if (word === undefined) return err('status is missing');
  const benchmark = str(control, 'version'), nodeType = str(control, 'node_type') ?? 'unknown', cluster = context.cluster ?? unnamedCluster, title = (str(record, 'test_desc') ?? number).trim(), isManual = word === 'WARN' || word === 'INFO';
  return ok({ findings: [{
    // Two nodes fail the same test each for itself: only the file tells them apart.
    source: 'kube-bench', source_id: [context.path, nodeType, benchmark ?? '', number].join('|'), kind: 'compliance', entity: `k8s:${cluster}`, entity_type: 'cluster', aliases: [],
    ...issueOf(number, title), check_id: number, title, severity_reported: isManual ? 'informational' : 'unknown', status: statusOf(word),
    evidence: [
      `node type ${nodeType}${at(record, 'scored') === false ? ', not scored' : ''}`, ...(isManual ? [`status: ${word} (not checked by the tool)`] : []),
      ...[['found', 'actual_value'], ['expected', 'expected_result'], ['reason', 'reason'], ['remedy', 'remediation']].flatMap(([label = '', key = '']) => { const text = str(record, key)?.trim(); return text === undefined ? [] : [`${label}: ${text.slice(0, 1000)}`]; }),
    ],
    account: cluster, attack: [], compliance: [`${benchmark === undefined ? 'CIS Kubernetes' : /^[\d.]+$/.test(benchmark) ? `CIS-${benchmark}` : benchmark}: ${number}`], discovered: undefined,
  }] });
}

/** Parts 1 to 4 are about how the components are started and who may read their files, part 5 about what runs and who may do what. */
function issueOf(number: string, title: string): IssueFields {
  const words = title.slice(0, 500);
  if (/--audit-|audit polic/i.test(words)) return { issue_type: 'logging_disabled', issue_mapped: true };
  if (/--(peer-)?(tls|cert|key)-?\w*-?file|--tls-|--kubelet-https|--kubelet-client|--etcd-(ca|cert|key)file|cipher/i.test(words)) return { issue_type: 'encryption_in_transit_disabled', issue_mapped: true };
  const told = number.startsWith('5') ? cloudIssue(number, { ids: [], rule: [words] }) : undefined;
  return told?.issue_mapped === true ? told : { issue_type: 'misconfiguration', issue_mapped: true };
}

const statusOf = (word: string): FindingStatus => (word === 'PASS' ? 'passed' : 'open');
