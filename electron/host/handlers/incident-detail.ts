import { formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { actionViews } from './action-approvals.ts';
import { checkedAgain } from './checked.ts';
import { counterfactuals } from './counterfactuals.ts';
import { storyOf } from './story.ts';

/** Findings that an incident's screen carries; the incident itself names all of them. */
const MOST_FINDINGS = 500;

/** One incident with everything that its screen shows. */
export function getIncident(app: App, input: InputOf<'incident.get'>): Result<OutputOf<'incident.get'>> {
  const { tables } = app;
  const row = tables.incidents.get(input.id);
  if (!row) return err(`there is no incident ${input.id}`);
  const { incident } = row;
  const record = row.decision_id === undefined ? undefined : tables.decisions.get(row.decision_id);
  const findings = incident.supporting_findings.slice(0, MOST_FINDINGS).flatMap((f) => tables.findings.get(f.finding_id)?.finding ?? []);
  const history = tables.decisions.history(incident.key), reviews = tables.reviews.ofIncident(incident.key);
  const undone = new Set(reviews.map((r) => r.undoes));
  const policy = tables.policies.current().policy;
  const checked = checkedAgain(app, incident.key, record?.trace);
  return ok({
    incident, checked, triage: record?.triage ?? null, validation: record?.validation ?? null, route: record?.route ?? null, trace: record?.trace ?? null, claims: record?.trace.claims ?? [], findings, actions: record === undefined ? [] : actionViews(app, incident.key, record.triage),
    counterfactuals: record === undefined || record.triage.engine.kind === 'human' ? [] : counterfactuals(record, tables.policies.version(record.trace.policy_version)?.policy ?? policy),
    story: storyOf(app, { incident, checked, findings, trace: record?.trace, decisions: history, reviews }),
    reviews: reviews.map((r) => ({
      review_id: r.review_id, action: r.action, decision: r.decision, priority: r.priority, reason: r.reason, note: r.note, author: r.author, at: formatTime(r.at_us), expires: r.expires_us === null ? null : formatTime(r.expires_us), flagged: r.flagged, undone: undone.has(r.review_id),
    })),
    outbox: tables.outbox.ofIncident(incident.key).map((o) => ({ action: o.action, status: o.status, created: formatTime(o.created_us), held_until: o.held_until === null ? null : formatTime(o.held_until) })),
    decisions: history.map((d) => ({ decision_id: d.decision_id, decision: d.decision, priority: d.priority, confidence: d.confidence, engine: d.engine, at: formatTime(d.started_us), current: d.decision_id === row.decision_id })),
    account_name: incident.account === undefined ? null : policy.accounts[incident.account]?.name ?? null,
  });
}

/** One recorded decision in full, whether or not it is in force. */
export function getDecision(app: App, input: InputOf<'incident.decision'>): Result<OutputOf<'incident.decision'>> {
  const record = app.tables.decisions.get(input.decision_id);
  return record ? ok({ trace: record.trace, triage: record.triage, validation: record.validation, route: record.route }) : err(`there is no decision ${input.decision_id}`);
}
