import { z } from 'zod';
import { reasonCodes } from '#shared/model/words.ts';
import { recommendActions } from '#electron/pipeline/triage/actions-for.ts';
import { mergeClaims } from '#shared/model/claim-states.ts';
import { claimDefinitions, isClaimName } from '#shared/model/claims.ts';
import { decisions, priorities, type Triage } from '#shared/model/decision.ts';
import type { Incident, IncidentStatus } from '#shared/model/incident.ts';
import { MICROS_PER_DAY, MICROS_PER_SECOND, expiryIn, formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { linksDigest } from '../told-digests.ts';
import { decisionId } from '../decision-id.ts';
import { takeBefore } from '../review-before.ts';
import { toDecisionRows, type DecisionRecord } from '#electron/store/tables/decisions.ts';
import { gateClaims, outgoing } from '../decision-rows.ts';
import { putOutbox } from '../run-store.ts';

export const overrideInput = z.object({ id: z.string(), decision: z.enum(decisions), priority: z.enum(priorities), reason: z.enum(reasonCodes), note: z.string().min(1), by: z.string().min(1), expires: z.string().optional(), cites: z.array(z.string()).optional() });
export const verdictInput = z.object({ id: z.string(), by: z.string().min(1).default('cli'), note: z.string().default('') });
export const splitInput = z.object({ id: z.string(), findings: z.array(z.string()).min(1), by: z.string().default('cli') });
export const mergeInput = z.object({ ids: z.array(z.string()).min(2), by: z.string().default('cli') });
export const answerInput = z.object({ id: z.string(), claim: z.string(), value: z.string(), by: z.string().min(1), note: z.string().default(''), expires: z.string().optional() });
export interface Reviewed { readonly incident: string; readonly status: string; readonly message: string; /** What `undo` takes; null when nothing changed. */ readonly review_id: number | null }

/** What a review sets free goes out this much later, so that an undo is real. */
const HOLD_US = 10 * MICROS_PER_SECOND;

/** Without another date an answer or the deferral by an override is looked at again after this long. */
const DEFAULT_EXPIRY_DAYS = 90;

function current(app: App, id: string) {
  const row = app.tables.incidents.get(id);
  if (!row) return err(`there is no incident ${id}`);
  if (row.incident.status === 'closed') return err(`${row.incident.id} is closed${row.merged_into === undefined ? '' : `; its findings are in ${app.tables.incidents.get(row.merged_into)?.incident.id ?? row.merged_into}`}`);
  const decision = row.decision_id === undefined ? undefined : app.tables.decisions.get(row.decision_id);
  return ok({ row, decision });
}

function expiryOf(app: App, text: string | undefined, days: number | undefined): Result<number | null> {
  if (text === undefined) return ok(days === undefined ? null : app.now() + days * MICROS_PER_DAY);
  const us = expiryIn(text);
  return us === undefined ? err(`--expires: "${text}" is no date (2027-06-30)`) : us < app.now() ? err(`--expires: ${text} is in the past`) : ok(us);
}

/** Replaces the engine's decision by a person's, with a reason. It stands until its expiry; new evidence flags it, never replaces it. */
export function override(app: App, input: z.infer<typeof overrideInput>): Result<Reviewed> {
  const found = current(app, input.id);
  if (!found.ok) return found;
  const { row, decision } = found.value;
  if (!decision) return err(`${row.incident.id} has no decision yet; run "winnow triage"`);
  const expires = expiryOf(app, input.expires, input.decision === 'defer' ? DEFAULT_EXPIRY_DAYS : undefined);
  if (!expires.ok) return expires;
  const nowUs = app.now();
  if (isOverriddenSo(app, row.incident, input, expires.value)) return ok({ incident: row.incident.id, status: 'overridden', review_id: null, message: `it was overridden so already: ${input.decision} ${input.priority}` });
  const triage: Triage = { ...decision.triage, decision: input.decision, priority: input.priority, recommended_actions: actionsOf(app, input, row.incident, decision), rationale: `${input.by} overrode ${decision.triage.decision} ${decision.triage.priority} (${input.reason}): ${input.note}`, engine: { ...decision.triage.engine, kind: 'human' }, started_at: formatTime(nowUs), duration_ms: 0, routing: input.decision === 'resolve_now' ? 'pagerduty' : input.decision === 'ticket' ? 'jira' : 'none' };
  const action = input.decision === 'resolve_now' ? 'page_on_call' as const : input.decision === 'ticket' ? 'auto_create_ticket' as const : 'queue' as const;
  const status = action === 'queue' ? 'logged' as const : 'outbox' as const;
  const route = { rule: 'override', action, status, actions: [{ action, status, rule: 'override' }] };
  const trace = { ...decision.trace, decision_id: decisionId(nowUs), started_us: nowUs, duration_us: 0 };
  const reviewId = app.tables.transaction(() => {
    const before = takeBefore(app, [row.incident.key], false);
    app.tables.decisions.add(toDecisionRows({ ...decision, incident: { ...row.incident, status: 'overridden' }, triage, route, trace }));
    app.tables.incidents.setStatus({ ...row.incident, status: 'overridden' }, nowUs);
    app.tables.incidents.setDecision(row.incident.key, trace.decision_id);
    const id = app.tables.reviews.add({ before, key: row.incident.key, decision_id: decision.trace.decision_id, action: 'override', decision: input.decision, priority: input.priority, reason: input.reason, note: input.note, author: input.by, at_us: nowUs, expires_us: expires.value, claims: gateClaims(decision.trace.claims) });
    putOutbox(app, { key: row.incident.key, decision_id: trace.decision_id, outgoing: outgoing({ incident: row.incident, triage, route }) }, nowUs, nowUs + HOLD_US);
    app.audit('overridden', input.by, { incident: row.incident.id, from: decision.triage.decision, to: input.decision, priority: input.priority, reason: input.reason, note: input.note, expires_us: expires.value, cites: input.cites ?? [] });
    return id;
  });
  return ok({ incident: row.incident.id, status: 'overridden', review_id: reviewId, message: `${decision.triage.decision} ${decision.triage.priority} → ${input.decision} ${input.priority}${expires.value === null ? '' : `, until ${formatTime(expires.value).slice(0, 10)}`}` });
}

/** Does the very same override stand already? One whose evidence has changed since is another: it was looked at again. */
function isOverriddenSo(app: App, incident: Incident, input: z.infer<typeof overrideInput>, expiresUs: number | null): boolean {
  const all = app.tables.reviews.ofIncident(incident.key), undone = new Set(all.map((r) => r.undoes));
  const last = incident.status === 'overridden' ? all.findLast((r) => r.action === 'override' && !undone.has(r.review_id)) : undefined;
  const isSame = last !== undefined && last.flagged === null && last.decision === input.decision && last.priority === input.priority && last.reason === input.reason && last.note === input.note && last.author === input.by;
  // Without a date the expiry counts from now: it is the same on the same day.
  const day = (us: number | null): number | null => (us === null || input.expires !== undefined ? us : Math.floor(us / MICROS_PER_DAY));
  return isSame && day(last.expires_us) === day(expiresUs);
}

/** What to do about an incident now follows from the person's decision; what the engine's would have had done is no advice any more. */
function actionsOf(app: App, { decision, priority, by }: z.infer<typeof overrideInput>, incident: Incident, { triage, trace }: DecisionRecord): Triage['recommended_actions'] {
  const policy = app.tables.policies.version(trace.policy_version)?.policy ?? app.tables.policies.current().policy;
  const claims = mergeClaims(trace.calls, { asOfUs: trace.as_of_us, maxAgeDays: policy.thresholds.max_age_days });
  return recommendActions(decision, priority, incident, claims, triage.owner, triage.missing_evidence).map((a, i) => (i === 0 && (decision === 'resolve_now' || decision === 'ticket') ? { ...a, why: `${by} decided so` } : a));
}

/** Approves or rejects the decision in force. Approval lets what waits go out; rejection takes it back. */
export function review(app: App, action: 'approve' | 'reject', input: z.infer<typeof verdictInput>): Result<Reviewed> {
  const found = current(app, input.id);
  if (!found.ok) return found;
  const { row, decision } = found.value;
  if (!decision) return err(`${row.incident.id} has no decision yet; run "winnow triage"`);
  if (action === 'approve' && decision.triage.decision === 'needs_human_review') return err(`${row.incident.id} needs a decision, which approval does not give: use "winnow override" or supply what is missing with "winnow answer"`);
  const status: IncidentStatus = action === 'approve' ? 'approved' : 'rejected';
  if (row.incident.status === status) return ok({ incident: row.incident.id, status, message: `it was ${status} already`, review_id: null });
  const nowUs = app.now();
  const { reviewId, changed } = app.tables.transaction(() => {
    const before = takeBefore(app, [row.incident.key], false);
    app.tables.incidents.setStatus({ ...row.incident, status }, nowUs);
    const id = app.tables.reviews.add({ before, key: row.incident.key, decision_id: decision.trace.decision_id, action, decision: decision.triage.decision, priority: decision.triage.priority, reason: null, note: input.note, author: input.by, at_us: nowUs, expires_us: null, claims: null });
    app.audit(status, input.by, { incident: row.incident.id, decision_id: decision.trace.decision_id, decision: decision.triage.decision, note: input.note });
    if (action === 'reject') { app.tables.outbox.withdrawOthers(row.incident.key, [], nowUs); return { reviewId: id, changed: 0 }; }
    return { reviewId: id, changed: app.tables.outbox.setStatus(row.incident.key, 'waiting_for_approval', 'approved', nowUs, nowUs + HOLD_US) };
  });
  return ok({ incident: row.incident.id, status, review_id: reviewId, message: action === 'approve' ? `${decision.triage.decision} ${decision.triage.priority} stands; ${changed === 0 ? 'nothing waited for approval' : `${changed} waiting ${changed === 1 ? 'action' : 'actions'} approved`}` : `${decision.triage.decision} ${decision.triage.priority} is rejected; nothing of it goes out` });
}

/** Takes findings out of an incident; remembered as cannot-link pairs. Takes effect with the next triage. */
export function split(app: App, input: z.infer<typeof splitInput>): Result<Reviewed> {
  const found = current(app, input.id);
  if (!found.ok) return found;
  const { incident } = found.value.row;
  const members = incident.supporting_findings.map((f) => f.finding_id);
  const leaving = [...new Set(input.findings)];
  const strange = leaving.filter((f) => !members.includes(f));
  if (strange.length > 0) return err(`${strange.join(', ')} ${strange.length === 1 ? 'is' : 'are'} not among the findings of ${incident.id}`);
  const rest = members.filter((f) => !leaving.includes(f));
  if (rest.length === 0) return err(`a split must leave at least one finding in ${incident.id}`);
  const reviewId = app.tables.transaction(() => {
    const at = app.now();
    const before = takeBefore(app, [incident.key], true);
    for (const out of leaving) for (const stay of rest) app.tables.incidents.link(out, stay, 'cannot', input.by, at);
    for (const [i, out] of leaving.entries()) { const next = leaving[i + 1]; if (next !== undefined) app.tables.incidents.link(out, next, 'must', input.by, at); }
    for (const out of leaving) app.tables.incidents.unassign(out);
    const id = app.tables.reviews.add({ before, key: incident.key, decision_id: found.value.row.decision_id ?? null, action: 'split', decision: null, priority: null, reason: null, note: leaving.join(' '), author: input.by, at_us: at, expires_us: null, claims: null });
    app.audit('split', input.by, { incident: incident.id, findings: leaving, links: linksDigest(app.tables.contents.links()) });
    return id;
  });
  return ok({ incident: incident.id, status: incident.status, review_id: reviewId, message: `${leaving.length} ${leaving.length === 1 ? 'finding leaves' : 'findings leave'} ${incident.id}` });
}

/** Joins incidents; remembered as must-link pairs. The first keeps its label. */
export function merge(app: App, input: z.infer<typeof mergeInput>): Result<Reviewed> {
  const into = app.tables.incidents.get(input.ids[0] ?? '');
  const known = input.ids.map((id) => app.tables.incidents.get(id));
  if (into !== undefined && into.incident.status !== 'closed' && known.some((row) => row?.merged_into === into.incident.key) && known.every((row) => row?.incident.key === into.incident.key || row?.merged_into === into.incident.key)) {
    return ok({ incident: into.incident.id, status: into.incident.status, review_id: null, message: `${known.map((row) => row?.incident.id).join(', ')} were one incident already` });
  }
  const rows = input.ids.map((id) => current(app, id));
  for (const row of rows) if (!row.ok) return row;
  const found = rows.flatMap((row) => (row.ok ? [row.value.row] : []));
  const incidents = found.map((row) => row.incident);
  const [first] = incidents;
  if (!first || new Set(incidents.map((i) => i.key)).size < 2) return err('merge needs two different incidents');
  const reopens = isReviewedAlone(first, incidents);
  const reviewId = app.tables.transaction(() => {
    const at = app.now();
    const before = takeBefore(app, [...new Set(incidents.map((i) => i.key))], true);
    if (reopens) {
      app.tables.incidents.setStatus({ ...first, status: 'reopened' }, at);
      // What a rejection took back is wanted again, also where the decision is the same.
      app.tables.latest.drop(first.key);
    }
    const all = incidents.flatMap((i) => i.supporting_findings.map((f) => f.finding_id));
    const anchor = first.supporting_findings[0]?.finding_id ?? '';
    for (const f of all) {
      if (f !== anchor) app.tables.incidents.link(anchor, f, 'must', input.by, at);
      app.tables.incidents.assign(f, first.key);
    }
    for (const other of found.filter((row) => row.incident.key !== first.key)) {
      app.tables.incidents.put({ ...other.incident, status: 'closed' }, first.key, at);
      app.tables.outbox.withdrawOthers(other.incident.key, [], at);
    }
    for (const l of app.tables.incidents.links()) if (l.link === 'cannot' && all.includes(l.finding_a) && all.includes(l.finding_b)) app.tables.incidents.link(l.finding_a, l.finding_b, 'must', input.by, at);
    const id = app.tables.reviews.add({ before, key: first.key, decision_id: null, action: 'merge', decision: null, priority: null, reason: null, note: incidents.map((i) => i.id).join(' '), author: input.by, at_us: at, expires_us: null, claims: null });
    app.audit('merged', input.by, { into: first.id, incidents: incidents.map((i) => i.id), links: linksDigest(app.tables.contents.links()) });
    return id;
  });
  const again = reopens ? `; open again, for ${first.id} alone was ${first.status}` : '';
  return ok({ incident: first.id, status: reopens ? 'reopened' : first.status, review_id: reviewId, message: `${incidents.map((i) => i.id).join(', ')} are one incident now${again}` });
}

/** A review of one incident says nothing about another that is merged into it: it must not dismiss, defer or approve what nobody looked at. */
function isReviewedAlone(first: Incident, incidents: readonly Incident[]): boolean {
  return first.status !== 'open' && first.status !== 'reopened' && incidents.some((i) => i.status !== first.status);
}

/** Supplies a missing claim: recorded as evidence with its author, audited, and expiring. */
export function answer(app: App, input: z.infer<typeof answerInput>): Result<Reviewed> {
  const found = current(app, input.id);
  if (!found.ok) return found;
  const value = readAnswer(input.claim, input.value);
  if (!value.ok) return value;
  const expires = expiryOf(app, input.expires, DEFAULT_EXPIRY_DAYS);
  if (!expires.ok) return expires;
  const { incident } = found.value.row;
  const told = `${input.claim} = ${String(value.value)}, by ${input.by}, until ${formatTime(expires.value ?? 0).slice(0, 10)}`;
  if (isAnsweredSo(app, incident.key, input, value.value, expires.value)) return ok({ incident: incident.id, status: incident.status, review_id: null, message: `it was answered so already: ${told}` });
  const reviewId = app.tables.transaction(() => {
    const at = app.now();
    const answerId = app.tables.reviews.addAnswer({ key: incident.key, claim: input.claim, value: value.value, author: input.by, note: input.note, at_us: at, expires_us: expires.value ?? at + DEFAULT_EXPIRY_DAYS * MICROS_PER_DAY });
    const before = takeBefore(app, [incident.key], false, { answer_id: answerId });
    const id = app.tables.reviews.add({ before, key: incident.key, decision_id: found.value.row.decision_id ?? null, action: 'answer', decision: null, priority: null, reason: input.claim, note: `${input.claim} = ${String(value.value)}${input.note === '' ? '' : `: ${input.note}`}`, author: input.by, at_us: at, expires_us: expires.value ?? at + DEFAULT_EXPIRY_DAYS * MICROS_PER_DAY, claims: null });
    app.audit('answered', input.by, { incident: incident.id, claim: input.claim, value: value.value, note: input.note, expires_us: expires.value });
    return id;
  });
  return ok({ incident: incident.id, status: incident.status, review_id: reviewId, message: `${told}${unknownOwner(app, input.claim, value.value)}` });
}

/** Does the very same answer stand already, and no newer one to the same claim? Expiries of one day are the same. */
function isAnsweredSo(app: App, key: string, input: z.infer<typeof answerInput>, value: string | number | boolean, expiresUs: number | null): boolean {
  const last = app.tables.reviews.answers(key).findLast((a) => a.claim === input.claim), day = (us: number): number => Math.floor(us / MICROS_PER_DAY);
  return last !== undefined && last.expires_us >= app.now() && last.value === value && last.author === input.by && last.note === input.note && expiresUs !== null && day(last.expires_us) === day(expiresUs);
}

/** An owner that the policy doesn't name is taken as told, and can't be found active. */
function unknownOwner(app: App, claim: string, value: string | number | boolean): string {
  if (claim !== 'owner_identified') return '';
  const name = String(value).toLowerCase(), owners = app.tables.policies.current().policy.owners;
  return owners.some((o) => [o.id, ...o.aliases].some((own) => own.toLowerCase() === name)) ? '' : `; the policy names no owner ${String(value)}, so nobody can say that it is active`;
}

/** The value that a text stands for as the answer to a claim. */
export function readAnswer(claim: string, text: string): Result<string | number | boolean> {
  if (!isClaimName(claim)) return err(`"${claim}" is no claim; there are ${Object.keys(claimDefinitions).join(', ')}`);
  const { type } = claimDefinitions[claim];
  if (claim === 'owner_identified') return /^(true|false)$/i.test(text) ? err('owner_identified takes the owner, e.g. --value platform-team') : ok(text);
  if (type === 'count') return /^\d+$/.test(text) ? ok(Number(text)) : err(`${claim} takes a count, not "${text}"`);
  if (type === 'level') return ['low', 'medium', 'high'].includes(text) ? ok(text) : err(`${claim} takes low, medium or high, not "${text}"`);
  return /^(true|false)$/i.test(text) ? ok(text.toLowerCase() === 'true') : err(`${claim} takes true or false, not "${text}"`);
}
