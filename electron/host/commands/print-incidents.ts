import { decisions, type MissingEvidence } from '#shared/model/decision.ts';
import type { GroupedIncidents, IncidentDetail, ListedIncident, MissingReport } from '../handlers/incidents.ts';
import { printable, terminalWidth, textTable, wrap } from './text-table.ts';

/** An ARN's resource, or the id itself: what people call it. */
export function shortEntity(entity: string): string {
  const account = /^arn:[^:]*:iam::(\d{12}):root$/.exec(entity);
  if (account) return `account ${account[1]}`;
  const m = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)$/.exec(entity);
  return m?.[1] ?? entity;
}

/** One row an incident, in work order. */
export function printQueue(list: { readonly incidents: readonly ListedIncident[] }): string {
  if (list.incidents.length === 0) return 'No incidents.';
  const rows = list.incidents.map((i) => [i.triage?.decision ?? 'undecided', i.triage?.priority ?? '', i.incident.id, i.incident.entity_name ?? shortEntity(i.incident.entity), i.incident.primary_issue, String(i.incident.supporting_findings.length), i.triage?.confidence.toFixed(2) ?? '', ownerOf(i), nextOf(i)]);
  return textTable([{ head: 'decision' }, { head: 'pri' }, { head: 'incident' }, { head: 'entity', shrink: true }, { head: 'issue', shrink: true, max: 32 }, { head: 'fnd', align: 'right' }, { head: 'conf', align: 'right' }, { head: 'owner', shrink: true, max: 24 }, { head: 'next' }], rows, terminalWidth());
}

/** One row for incidents that are alike, those with the most urgent first; the counts are over everything. */
export function printGroups({ by, groups, total, counts }: GroupedIncidents): string {
  if (groups.length === 0) return `No incidents.\n\n${printCounts(counts)}`;
  const kinds = [...decisions, ...(groups.some((g) => g.decisions.undecided > 0) ? ['undecided' as const] : [])];
  const rows = groups.map((g) => [...g.values.map((value, i) => (value === null ? '-' : by[i] === 'entity' ? shortEntity(value) : value)), String(g.incidents), ...kinds.map((kind) => (g.decisions[kind] === 0 ? '' : String(g.decisions[kind]))), String(g.findings), g.first]);
  const rest = total > groups.length ? `\nand ${total - groups.length} more` : '';
  return `${textTable([...by.map((head) => ({ head, shrink: true })), { head: 'incidents', align: 'right' }, ...kinds.map((head) => ({ head, align: 'right' as const })), { head: 'findings', align: 'right' }, { head: 'first' }], rows, terminalWidth())}${rest}\n\n${printCounts(counts)}`;
}

/** What to import or to write into the policy, as what most of the incidents that wait for a person lack. */
export function printMissing({ missing, counts }: MissingReport): string {
  if (missing.length === 0) return `No incident waits for evidence.\n\n${printCounts(counts)}`;
  const rows = missing.map((m) => [String(m.incidents), m.alone === 0 ? '' : String(m.alone), m.supply, m.claims.join(', ')]);
  return `${textTable([{ head: 'incidents', align: 'right' }, { head: 'only this', align: 'right' }, { head: 'lack', prose: true }, { head: 'to know', prose: true }], rows, terminalWidth())}\n\n${printCounts(counts)}`;
}

/** The first of it as sentences, for the end of a run. */
export function printMostMissing({ missing }: MissingReport): string {
  const lines = missing.slice(0, MOST_MISSING).map((m) => wrap(`${m.incidents} lack${m.incidents === 1 ? 's' : ''} ${m.supply}${m.alone === 0 ? '' : ` (${m.alone === m.incidents ? 'and nothing else' : `${m.alone} nothing else`})`}`, terminalWidth(), '  '));
  return lines.length === 0 ? '' : `\n\nOf those that wait for a person:\n${lines.join('\n')}${missing.length > MOST_MISSING ? '\n  "winnow incidents --missing" says what else' : ''}`;
}
const MOST_MISSING = 3;

const ownerOf = (i: ListedIncident): string => (i.triage?.owner === undefined ? '-' : `${i.triage.owner}${i.triage.owner_provenance === 'inferred' ? ' (inferred)' : ''}`);

function nextOf(i: ListedIncident): string {
  if (i.incident.status !== 'open' && i.incident.status !== 'reopened') return i.incident.status;
  const actions = i.route?.actions ?? [];
  const words = actions.map((a) => `${({ page_on_call: 'page', auto_create_ticket: 'ticket', require_human_approval: 'approval', notify: 'notify', queue: i.triage?.decision === 'defer' ? 'logged' : i.triage?.decision === 'ticket' ? 'queued' : 'review' } as const)[a.action]}${a.action === 'auto_create_ticket' && a.status === 'waiting_for_approval' ? ' waits' : ''}`);
  return words.join(', ');
}

/** findings → incidents → needing a human, and the decisions. */
export function printCounts(counts: Readonly<Record<string, number>>): string {
  const n = (key: string) => counts[key] ?? 0;
  const parts = ['resolve_now', 'ticket', 'defer', 'needs_human_review'].map((d) => `${n(d)} ${d}`);
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `${plural(n('findings'), 'finding')} → ${plural(n('incidents'), 'incident')} → ${n('needing_a_human')} ${n('needing_a_human') === 1 ? 'needs' : 'need'} a person   (${parts.join(', ')})`;
}

/** Changes that are shown, the newest. */
const MOST_CHANGES = 10;

/** One decision in full: what was decided, on which evidence, what is missing, what to do. */
export function printIncident(d: IncidentDetail): string {
  const { incident, triage, validation, route } = d;
  const width = Math.min(terminalWidth(), 140);
  const head = `${incident.id}  ${printable(incident.title)}\n${printable(incident.entity)}${incident.account === undefined ? '' : `  account ${incident.account}`}${incident.environment === undefined ? '' : ` (${incident.environment})`}  reported ${incident.severity_reported}  status ${incident.status}${incident.issue_guessed === true ? `\nIts issue (${incident.primary_issue}) is told by words alone (of a title, or of a rule's name that may mean several things): nothing may lower the care that it gets.` : ''}`;
  if (!triage || !validation || !route) return `${head}\nnot decided yet: run "winnow triage"`;
  const sections = [
    head,
    `${triage.decision} ${triage.priority}   ${triage.engine.kind === 'human' ? `by a person (before: confidence ${triage.confidence.toFixed(2)}, gate ${validation.gate.rule})` : `confidence ${triage.confidence.toFixed(2)}   gate ${validation.gate.rule}`}${triage.verdict === undefined ? '' : `   verdict ${triage.verdict}`}   owner ${triage.owner ?? 'none'}${triage.owner_provenance === 'inferred' ? ' (inferred)' : ''}   engine ${triage.engine.kind}\n${timesOf(d)}\n${wrap(triage.rationale, width, '  ')}${flagOf(d, width)}`,
    `Evidence\n${textTable([{ head: '  claim' }, { head: 'value', max: 24 }, { head: 'source' }, { head: 'call' }, { head: 'pointer' }], triage.evidence.map((e) => [`  ${e.claim}`, String(e.value), e.source, e.call_id, e.pointer]), width)}`,
    ...(triage.missing_evidence.length > 0 ? [`Missing\n${missingLines(triage.missing_evidence).map((line) => wrap(line, width, '  ')).join('\n')}`] : []),
    `Checks\n${textTable([{ head: '  check' }, { head: 'result' }, { head: 'why', prose: true }], validation.checks.map((c) => [`  ${c.check}`, c.result, c.why]), width)}`,
    ...(triage.recommended_actions.length > 0 ? [`Recommended\n${triage.recommended_actions.map((a) => `  ${a.priority} ${a.autonomy_level}  ${printable(a.action)} (${printable(a.why)})`).join('\n')}`] : []),
    `Findings\n${textTable([{ head: '  finding' }, { head: 'source' }, { head: 'issue' }, { head: 'why joined', prose: true }], incident.supporting_findings.slice(0, 20).map((f) => [`  ${f.finding_id}`, f.source, f.issue_type, f.why_joined]), width)}${incident.supporting_findings.length > 20 ? `\n  and ${incident.supporting_findings.length - 20} more` : ''}`,
    ...(d.changes.length > 0 ? [`Changes\n${textTable([{ head: '  time' }, { head: 'what' }, { head: 'by' }, { head: 'how' }, { head: 'log' }], d.changes.slice(0, MOST_CHANGES).map((c) => [`  ${toSecond(c.at)}`, c.what, c.who, c.detail, c.source]), width)}${d.changes.length > MOST_CHANGES ? `\n  and ${d.changes.length - MOST_CHANGES} before` : ''}`] : []),
    `Route    ${routeOf(d)}   by ${printable(route.rule)}\nImpact   ${triage.impact}`,
  ];
  return sections.join('\n\n');
}

/** What becomes of each action now. */
const routeOf = ({ route }: IncidentDetail): string => (route?.actions ?? []).map((a) => `${a.action}: ${a.status}`).join(', ');

/** An override whose evidence has changed wants another look. */
function flagOf({ triage, reviews }: IncidentDetail, width: number): string {
  const flagged = triage?.engine.kind === 'human' ? reviews.findLast((r) => r.action === 'override')?.flagged : undefined;
  return flagged === undefined || flagged === null ? '' : `\n${wrap(`Look again: ${flagged}`, width, '  ')}`;
}

/** When it was decided, and when new data was last found to change nothing of it. */
function timesOf({ triage, checked }: IncidentDetail): string {
  return `decided ${toSecond(triage?.started_at ?? 'never')}${checked === null ? '' : `, checked again ${toSecond(checked.at)}: unchanged`}`;
}

/** A time as it is stored, without its fraction. */
const toSecond = (time: string): string => time.replace(/\.\d+Z$/, 'Z');

/** Claims that are open for the same reason share a line. */
function missingLines(missing: readonly MissingEvidence[]): readonly string[] {
  const groups = new Map<string, { claims: string[]; first: MissingEvidence }>();
  for (const m of missing) {
    const key = `${String(m.value)} ${m.why} ${m.supply}`;
    const group = groups.get(key);
    if (group) group.claims.push(m.claim); else groups.set(key, { claims: [m.claim], first: m });
  }
  return [...groups.values()].map(({ claims, first }) => `${claims.join(', ')} = ${String(first.value)}: ${first.why}. To supply ${claims.length === 1 ? 'it' : 'them'}: ${first.supply}`);
}

/** The recorded run: each call with its arguments' gist, what it said, and the gate row by row. */
export function printTrace(d: IncidentDetail): string {
  const { trace, validation, incident } = d;
  if (!trace || !validation) return `${incident.id} is not decided yet: run "winnow triage"`;
  const calls = trace.calls.map((c) => [`  ${c.call_id}`, String(c.round), c.tool, c.status === 'ok' ? Object.entries(c.output?.claims ?? {}).map(([k, v]) => `${k}=${String(v.value)}`).join(' ') || 'no claims' : `error: ${c.error ?? ''}`, `${(c.duration_us / 1000).toFixed(1)} ms`]);
  const width = terminalWidth();
  return [
    `${incident.id}  ${trace.decision_id}  as of ${new Date(trace.as_of_us / 1000).toISOString()}  policy ${trace.policy_version}  graph ${trace.graph_version}  rules ${trace.rules_version}  ${(trace.duration_us / 1000).toFixed(1)} ms${d.checked === null ? '' : `\nchecked again ${toSecond(d.checked.at)}, as of ${toSecond(d.checked.as_of)}: unchanged`}`,
    `Calls\n${textTable([{ head: '  call' }, { head: 'round', align: 'right' }, { head: 'tool' }, { head: 'said', prose: true }, { head: 'took', align: 'right' }], calls, width)}\n  stopped: ${trace.stopped}`,
    `Claims\n${textTable([{ head: '  claim' }, { head: 'value', max: 24 }, { head: 'provenance' }, { head: 'call' }, { head: 'why', prose: true }], trace.claims.map((c) => [`  ${c.claim}`, `${String(c.value)}${c.stale ? ' (stale)' : ''}`, c.provenance, c.call_id ?? '', c.reason]), width)}`,
    `Gate: row ${validation.gate.rule}, ${validation.gate.outcome}\n${textTable([{ head: '  row', align: 'right' }, { head: 'condition', prose: true }, { head: 'is' }], validation.gate.rows.map((r) => [`  ${r.rule}`, r.condition, r.value]), width)}`,
  ].join('\n\n');
}
