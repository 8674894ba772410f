import { z } from 'zod';
import { incidentSchema } from '#shared/model/incident.ts';
import type { App } from './create-app.ts';

const outboxRow = z.object({ action: z.string(), status: z.string(), decision_id: z.string(), payload: z.string(), created_us: z.number(), held_until: z.number().nullable() });
const link = z.object({ finding_a: z.string(), finding_b: z.string(), link: z.enum(['must', 'cannot']), author: z.string(), at_us: z.number() });
export const beforeSchema = z.object({
  incidents: z.array(z.object({ incident: incidentSchema, decision_id: z.string().nullable(), outbox: z.array(outboxRow) })),
  /** For corrections of what belongs together: the findings that they are about, which incident each was in, and the pairs among them. */
  findings: z.array(z.object({ finding_id: z.string(), key: z.string().nullable() })), links: z.array(link),
  /** The answer that the review recorded. */
  answer_id: z.number().nullable(),
  /** The approval of a single action that the review gave. */
  approval_id: z.number().nullable().default(null),
});
export type Before = z.infer<typeof beforeSchema>;

/** What a review is about to replace, so that it can be undone exactly. @param regroups the review changes which findings belong together. @param made what it adds. */
export function takeBefore(app: App, keys: readonly string[], regroups: boolean, made: Partial<Pick<Before, 'answer_id' | 'approval_id'>> = {}): string {
  const { incidents, outbox } = app.tables;
  const rows = keys.flatMap((key) => incidents.get(key) ?? []);
  const ids = regroups ? rows.flatMap((row) => row.incident.supporting_findings.map((f) => f.finding_id)) : [];
  const assigned = regroups ? incidents.assignments() : new Map<string, string>();
  const before: Before = {
    incidents: rows.map((row) => ({
      incident: row.incident, decision_id: row.decision_id ?? null,
      outbox: outbox.ofIncident(row.incident.key).map(({ action, status, decision_id, payload, created_us, held_until }) => ({ action, status, decision_id, payload, created_us, held_until })),
    })),
    findings: ids.map((finding_id) => ({ finding_id, key: assigned.get(finding_id) ?? null })), links: regroups ? [...incidents.linksAmong(ids)] : [], answer_id: null, approval_id: null, ...made,
  };
  return JSON.stringify(before);
}

/** Puts back what a review replaced. Call inside a transaction. What has been decided from other inputs since is marked to be decided again. */
export function restoreBefore(app: App, before: Before, nowUs: number): void {
  const { incidents, outbox, reviews, approvals } = app.tables;
  for (const { incident, decision_id, outbox: rows } of before.incidents) {
    const now = incidents.get(incident.key);
    incidents.put({ ...(now?.incident ?? incident), ...(before.findings.length > 0 ? incident : {}), status: incident.status }, undefined, nowUs);
    // Where the machine has decided anew since, the next run does so again: its newest decision is not the one in force.
    if (decision_id !== null) incidents.setDecision(incident.key, decision_id);
    outbox.restore(incident.key, rows, nowUs);
  }
  if (before.findings.length > 0) {
    incidents.unlinkAmong(before.findings.map((f) => f.finding_id));
    for (const l of before.links) incidents.link(l.finding_a, l.finding_b, l.link, l.author, l.at_us);
    for (const { finding_id, key } of before.findings) if (key === null) incidents.unassign(finding_id); else incidents.assign(finding_id, key);
  }
  if (before.answer_id !== null) reviews.withdrawAnswer(before.answer_id, nowUs);
  if (before.approval_id !== null) approvals.withdraw(before.approval_id, nowUs);
}
