import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, Observables, Severity } from '#shared/model/finding.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { presentObservables } from '../action-observables.ts';
import { alertIssue } from './alerts/alert-issue.ts';
import { techniquesIn } from './alerts/attack.ts';
import { dottedText } from './alerts/dotted.ts';
import { evidenceLine } from './alerts/evidence-line.ts';
import { firstTime } from './alerts/first-time.ts';
import { hostSubject, isAddress, subject, userSubject, type Subject } from './alerts/subject.ts';
import type { Format } from './format.ts';

/** Falco's alerts (`json_output`), also as Falcosidekick sends them on: system calls, Kubernetes' audit, plugins. Source: Falco documentation, "Formatting alerts", "Rule priorities". */
export const falco: Format = {
  name: 'falco', kind: 'findings', source: 'falco', description: 'Falco alerts in JSON (also through Falcosidekick)',
  containers: [{ kind: 'json' }],
  detect: ({ records, document }: Sample) => ([...records, document].some(isAlert) ? 92 : 0),
  parse(record): Result<Normalized> {
    if (!isAlert(record)) return err('rule, priority or output: missing');
    const draft = alertDraft(record);
    return draft.ok ? ok({ findings: [draft.value] }) : draft;
  },
};

/** Syslog's names of priorities, gravest first. */
const priorities: Readonly<Record<string, Severity>> = { emergency: 'critical', alert: 'critical', critical: 'critical', error: 'high', warning: 'medium', notice: 'low', informational: 'informational', info: 'informational', debug: 'informational' };
const severityOf = (priority: string): Severity | undefined => (Object.hasOwn(priorities, priority.toLowerCase()) ? priorities[priority.toLowerCase()] : undefined);

const isAlert = (record: unknown): boolean => isObject(record) && str(record, 'rule') !== undefined && severityOf(str(record, 'priority') ?? '') !== undefined && typeof record['output'] === 'string' && (isObject(record['output_fields']) || str(record, 'time') !== undefined);

function alertDraft(record: unknown): Result<FindingDraft> {
  const fields = at(record, 'output_fields'), rule = str(record, 'rule')?.trim() ?? '', tags = list(record, 'tags').flatMap((tag) => str(tag) ?? []), about = subjectOf(record, fields);
  if (about === undefined) return err('hostname: missing, and output_fields names neither pod nor user');
  const attack = techniquesIn(tags), tactics = tags.flatMap((tag) => /^mitre_(\w+)$/.exec(tag)?.[1] ?? []), { account, region, ...entity } = about, observables = observablesOf(record, fields);
  return ok({
    source: 'falco', source_id: str(record, 'uuid') ?? '', kind: 'detection', ...entity, ...alertIssue(rule, { ids: [], tactics, techniques: attack, title: rule }), check_id: rule, title: rule.slice(0, 500), severity_reported: severityOf(str(record, 'priority') ?? '') ?? 'unknown', status: 'open',
    evidence: [...evidenceLine('output', str(record, 'output')), ...evidenceLine('host', str(record, 'hostname')), ...evidenceLine('container', dottedText(fields, 'container.name', 'container.id')), ...evidenceLine('image', dottedText(fields, 'container.image.repository')), ...evidenceLine('parent', dottedText(fields, 'proc.pname')), ...evidenceLine('file', dottedText(fields, 'fd.name'))],
    ...(account !== undefined && { account }), ...(region !== undefined && { region }), discovered: firstTime(at(record, 'time'), dottedText(fields, 'evt.time.iso8601', 'evt.time')), attack, compliance: [], ...(observables && { observables }),
  });
}

/** The pod that it happened in; of an audit log who did it; else the host. `host` stands for what runs in no container. */
function subjectOf(record: unknown, fields: unknown): Subject | undefined {
  const space = dottedText(fields, 'k8s.ns.name'), pod = dottedText(fields, 'k8s.pod.name'), host = str(record, 'hostname') ?? dottedText(fields, 'evt.hostname');
  if (pod !== undefined) return subject('pod', [space === undefined ? pod : `${space}/${pod}`]);
  const source = str(record, 'source') ?? 'syscall', audit = userSubject([dottedText(fields, 'ct.user.arn', 'ka.user.name', 'ct.user', 'okta.actor.alternateID', 'github.user')]);
  return source === 'syscall' ? hostSubject({ names: [host] }) ?? audit : audit ?? hostSubject({ names: [host] });
}

function observablesOf(record: unknown, fields: unknown): Observables | undefined {
  const text = (...names: readonly string[]): string | undefined => dottedText(fields, ...names), source = text('fd.cip', 'ct.srcip', 'ka.sourceips'), port = Number(text('fd.sport') ?? Number.NaN);
  return presentObservables({
    user: text('user.name', 'ka.user.name', 'ct.user'), host: str(record, 'hostname'), process: text('proc.cmdline', 'proc.exepath', 'proc.name'), src_ip: isAddress(source) ? source : undefined, dst_ip: text('fd.sip'), protocol: text('fd.l4proto'), api: text('ct.name', 'ka.verb'), user_agent: text('ct.useragent'),
    file_hash: text('proc.hash.sha256'), port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined,
  });
}
