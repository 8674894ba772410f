import { list, str, type JsonObject } from '#shared/lib/json.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { cloudIssue } from '../../aws-issue.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { misconfigurationIssue } from '../trivy/misconfiguration-issue.ts';
import type { ReportSubject } from './subject.ts';

type Shared = Pick<FindingDraft, 'source' | 'source_id' | 'entity' | 'entity_type' | 'aliases' | 'discovered' | 'attack' | 'check_id'>;

/** What all findings of a report share; `own` tells items of the same check apart. */
function shared(subject: ReportSubject, time: unknown, check: string, ...own: readonly (string | undefined)[]): Shared {
  const { entity, entity_type, aliases, container } = subject;
  return { source: 'trivy', source_id: ['operator', entity, container, check, ...own].map((part) => part ?? '').join('|'), entity, entity_type, aliases, discovered: time, attack: [], check_id: check };
}

const container = ({ container: name }: ReportSubject): readonly string[] => (name === undefined ? [] : [`container ${name}`]);

export function vulnerabilityDraft(item: JsonObject, subject: ReportSubject, time: unknown): FindingDraft {
  const id = str(item, 'vulnerabilityID') ?? 'unnamed vulnerability', pack = str(item, 'resource'), installed = str(item, 'installedVersion'), fixed = str(item, 'fixedVersion');
  const score = Number(str(item, 'score') ?? Number.NaN), description = str(item, 'description'), link = str(item, 'primaryLink'), target = str(item, 'target') ?? str(item, 'packagePath');
  return {
    ...shared(subject, time, id, pack, installed, target), kind: 'vulnerability', issue_type: 'vulnerable_package', issue_mapped: true, title: str(item, 'title') ?? `${id} in ${pack ?? 'an unnamed package'}`,
    ...(description !== undefined && { description }), severity_reported: severityOfLabel(str(item, 'severity')), status: 'open', compliance: [],
    evidence: [`${pack ?? 'package'} ${installed ?? '(version unknown)'}${fixed === undefined ? ', no fixed version' : `, fixed in ${fixed}`}`, ...(target === undefined ? [] : [`at ${target}`]), ...container(subject), ...(link === undefined ? [] : [link])],
    vulnerability: {
      cve: id, ...(pack !== undefined && { package: pack }), ...(installed !== undefined && { installed_version: installed }), ...(fixed !== undefined && { fixed_version: fixed }), ...(score > 0 && score <= 10 && { cvss: score }),
    },
  };
}

/** The control that a check stands under, in a compliance report; its severity counts where the check has none. */
export interface Control { readonly standard: string; readonly id: string | undefined; readonly severity: string | undefined }

export function checkDraft(item: JsonObject, subject: ReportSubject, time: unknown, control: Control | undefined): FindingDraft {
  const title = str(item, 'title'), id = str(item, 'checkID') ?? str(item, 'id') ?? title ?? 'unnamed check', description = str(item, 'description');
  const messages = list(item, 'messages').slice(0, 20).flatMap((message) => str(message) ?? []), target = str(item, 'target'), remediation = str(item, 'remediation');
  return {
    ...shared(subject, time, id, ...(control === undefined ? [] : [control.standard, control.id]), target, messages[0]), kind: control === undefined ? 'posture' : 'compliance', ...misconfigurationIssue(id, title ?? id, undefined), title: title ?? id,
    ...(description !== undefined && { description }), severity_reported: severityOfLabel(str(item, 'severity') ?? control?.severity), status: str(item, 'success') === 'true' ? 'passed' : 'open',
    evidence: [...messages, ...(target === undefined ? [] : [`at ${target}`]), ...container(subject), ...(remediation === undefined ? [] : [remediation])], compliance: control?.id === undefined ? [] : [`${control.standard}: ${control.id}`],
  };
}

/** A control without a count has no check behind it: a person has to look. */
export function controlDraft(item: JsonObject, subject: ReportSubject, time: unknown, standard: string): FindingDraft {
  const id = str(item, 'id') ?? str(item, 'name') ?? 'unnamed control', name = str(item, 'name') ?? id, count = str(item, 'totalFail'), failed = Number(count ?? 0);
  return {
    ...shared(subject, time, id, standard), kind: 'compliance', ...cloudIssue(id, { ids: [], rule: [name] }), title: name, severity_reported: count === undefined ? 'informational' : severityOfLabel(str(item, 'severity')),
    status: count === undefined || failed > 0 ? 'open' : 'passed', evidence: [count === undefined ? 'not checked by the tool' : `failed: ${failed}`], compliance: [`${standard}: ${id}`],
  };
}

export function secretDraft(item: JsonObject, subject: ReportSubject, time: unknown): FindingDraft {
  const id = str(item, 'ruleID') ?? 'secret', target = str(item, 'target'), category = str(item, 'category'), match = str(item, 'match');
  return {
    ...shared(subject, time, id, target, match), kind: 'posture', issue_type: 'secret_exposed', issue_mapped: true, title: str(item, 'title') ?? `Secret found: ${id}`, severity_reported: severityOfLabel(str(item, 'severity')), status: 'open', compliance: [],
    evidence: [...(category === undefined ? [] : [`${category} secret`]), ...(target === undefined ? [] : [`at ${target}`]), ...(match === undefined ? [] : [match]), ...container(subject)],
  };
}
