import { isObject, list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus, Severity } from '#shared/model/finding.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { alertIssue } from '../alerts/alert-issue.ts';
import { techniquesIn } from '../alerts/attack.ts';
import { dotted, dottedList, dottedText } from '../alerts/dotted.ts';
import { evidenceLine } from '../alerts/evidence-line.ts';
import { firstTime } from '../alerts/first-time.ts';
import { cellJson } from '../alerts/log-table.ts';
import { severityOfScore } from '../alerts/severity-score.ts';
import { observablesOf, subjectOf } from './subject.ts';

/** What Elastic's detection engine makes of a rule's hits. */
export const isSignal = (document: unknown): boolean => (dottedText(document, 'kibana.alert.rule.name', 'signal.rule.name') !== undefined) && (dottedText(document, 'kibana.alert.uuid', 'kibana.alert.rule.uuid', 'kibana.alert.severity', 'kibana.alert.status', 'kibana.alert.workflow_status', 'signal.status', 'signal.rule.id', 'signal.rule.severity') !== undefined);
/** An alert of another product in Elastic's schema. */
export const isAlert = (document: unknown): boolean => /^(alert|signal)$/.test(dottedText(document, 'event.kind') ?? '') && dottedText(document, '@timestamp') !== undefined;

/** Rules of Observability and Stack watch services, not attackers. */
const isOperation = (document: unknown): boolean => { const producer = dottedText(document, 'kibana.alert.rule.producer'); return producer !== undefined && /^(apm|infrastructure|logs|uptime|slo|observability|stackAlerts|monitoring|ml)$/.test(producer); };

export function alertDrafts(document: unknown, id: string | undefined): Result<readonly FindingDraft[]> {
  if (isOperation(document)) return ok([]);
  const text = (...paths: readonly string[]): string | undefined => dottedText(document, ...paths), rule = text('kibana.alert.rule.name', 'signal.rule.name');
  const title = rule ?? text('rule.name', 'threat.indicator.description', 'message', 'event.action', 'rule.id');
  if (title === undefined) return err('rule.name: missing, and neither message nor event.action');
  const about = subjectOf(document);
  if (about === undefined) return err('host.name: missing, and neither a cloud resource, a user nor an address is named');
  const { tactics, techniques } = threatOf(document), attack = techniquesIn(techniques), { account, region, ...entity } = about, check = text('kibana.alert.rule.rule_id', 'kibana.alert.rule.uuid', 'signal.rule.rule_id', 'signal.rule.id', 'rule.id', 'event.code') ?? title;
  const description = text('kibana.alert.rule.description', 'signal.rule.description', 'rule.description') ?? (rule === undefined && text('message') !== title ? text('message') : undefined), observables = observablesOf(document), own = rule ?? text('rule.category', 'event.action') ?? title;
  return ok([{
    source: 'elastic', source_id: text('kibana.alert.uuid') ?? id ?? text('signal.original_event.id', 'event.id') ?? '', kind: 'detection', ...entity,
    ...alertIssue(own, { ids: rule === undefined ? [...dottedList(document, 'event.category').map((word) => str(word)), ...dottedList(document, 'rule.category').map((word) => str(word))] : [], tactics, techniques: attack, title }), check_id: check, title: title.slice(0, 500), ...(description !== undefined && { description }),
    severity_reported: severityOf(document), status: statusOf(document), evidence: evidenceOf(document, tactics), ...(account !== undefined && { account }), ...(region !== undefined && { region }),
    discovered: firstTime(text('kibana.alert.original_time'), text('signal.original_time'), text('kibana.alert.start'), text('event.start'), text('@timestamp')), updated: firstTime(text('kibana.alert.last_detected'), text('@timestamp')), attack, compliance: [], ...(observables && { observables }),
  }]);
}

/** Elastic's bands of the risk score (Elastic Security, "Create a detection rule"): low to 21, medium to 47, high to 73, critical above. */
const byScore = (value: unknown): Severity => severityOfScore(value, [74, 48, 22, 1]);

/** Who made the alert names its severity, or scores the risk; `event.severity` is on the scale of its source, which is known of some. */
function severityOf(document: unknown): Severity {
  const named = severityOfLabel(dottedText(document, 'kibana.alert.severity', 'signal.rule.severity', 'kibana.alert.rule.severity'));
  if (named !== 'unknown') return named;
  const score = dottedText(document, 'kibana.alert.risk_score', 'signal.rule.risk_score', 'kibana.alert.rule.risk_score', 'event.risk_score');
  if (score !== undefined) return byScore(score);
  const given = Number(dottedText(document, 'event.severity') ?? Number.NaN), module = dottedText(document, 'event.module', 'event.dataset') ?? '';
  if (module.startsWith('suricata')) return (['unknown', 'high', 'medium', 'low'] as const)[given] ?? 'unknown';
  // Elastic Defend writes the scores of the bands.
  return module.startsWith('endpoint') ? byScore(given) : severityOfLabel(dottedText(document, 'event.severity_name', 'log.level'));
}

/** How an alert was closed is told since 8.19 and 9.1 (`workflow_reason`). */
function statusOf(document: unknown): FindingStatus {
  const status = dottedText(document, 'kibana.alert.workflow_status', 'signal.status')?.toLowerCase(), reason = dottedText(document, 'kibana.alert.workflow_reason', 'kibana.alert.workflow_tags')?.toLowerCase().replace(/[^a-z]+/g, '_');
  if (status !== 'closed') return 'open';
  return reason === 'false_positive' || reason === 'benign_positive' ? 'suppressed' : 'resolved';
}

/** Tactics and techniques: of the rule (`threat`, also as JSON text in a table), else of the document. */
function threatOf(document: unknown): { readonly tactics: readonly string[]; readonly techniques: readonly string[] } {
  const threats = ['kibana.alert.rule.threat', 'kibana.alert.rule.parameters.threat', 'signal.rule.threat', 'threat'].map((path) => list(cellJson(dotted(document, path))).map(cellJson).filter(isObject)).find((found) => found.length > 0) ?? [];
  const ids = (path: string): readonly string[] => [...threats.flatMap((threat) => dottedList(threat, path)), ...dottedList(document, `threat.${path}`), ...dottedList(document, `kibana.alert.rule.threat.${path}`)].flatMap((value) => str(value) ?? []);
  const nested = threats.flatMap((threat) => list(threat, 'technique')).filter(isObject), deeper = nested.flatMap((technique) => list(technique, 'subtechnique'));
  return { tactics: [...new Set([...threats.flatMap((threat) => dottedText(threat, 'tactic.id', 'tactic.name') ?? []), ...ids('tactic.id'), ...ids('tactic.name')])], techniques: [...[...nested, ...deeper].flatMap((technique) => str(technique, 'id') ?? []), ...ids('technique.id'), ...ids('technique.subtechnique.id')] };
}

function evidenceOf(document: unknown, tactics: readonly string[]): readonly string[] {
  const line = (label: string, ...paths: readonly string[]): readonly string[] => evidenceLine(label, dottedText(document, ...paths));
  return [
    ...line('why', 'kibana.alert.reason', 'signal.reason'), ...line('risk score', 'kibana.alert.risk_score', 'signal.rule.risk_score', 'event.risk_score'), ...evidenceLine('tactics', tactics.join(', ')), ...line('source', 'kibana.alert.original_event.module', 'event.module', 'event.dataset', 'observer.product'),
    ...line('action', 'event.action', 'kibana.alert.original_event.action'), ...line('outcome', 'event.outcome'), ...line('command', 'process.command_line'), ...line('parent', 'process.parent.command_line', 'process.parent.executable'), ...line('file', 'file.path'), ...line('registry', 'registry.path'), ...line('address', 'kibana.alert.url', 'event.url'),
  ];
}
