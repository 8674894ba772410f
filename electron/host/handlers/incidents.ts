import { z } from 'zod';
import type { DecisionRecord } from '#electron/store/tables/decisions.ts';
import { decisions, type Trace } from '#shared/model/decision.ts';
import { incidentStatuses, type Incident } from '#shared/model/incident.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { queueCounts } from './queue.ts';

export const incidentsInput = z.object({ decision: z.enum(decisions).optional(), status: z.enum(incidentStatuses).optional(), limit: z.number().int().min(1).optional() });

export interface ListedIncident { readonly incident: Incident; readonly triage: DecisionRecord['triage'] | null; readonly validation: DecisionRecord['validation'] | null; readonly route: DecisionRecord['route'] | null }
export interface IncidentList { readonly incidents: readonly ListedIncident[]; readonly counts: Readonly<Record<string, number>> }

/** The queue in work order: exposed or high-blast review first, then P1, other reviews, tickets, defers. Closed incidents only when asked for. */
export function listIncidents(app: App, input: Partial<z.infer<typeof incidentsInput>>): IncidentList {
  const all = app.tables.incidents.all().map((row): ListedIncident => {
    const d = row.decision_id === undefined ? undefined : app.tables.decisions.brief(row.decision_id);
    return { incident: row.incident, triage: d?.triage ?? null, validation: d?.validation ?? null, route: d?.route ?? null };
  });
  const open = all.filter((i) => (input.status === undefined ? i.incident.status !== 'closed' : i.incident.status === input.status));
  const shown = open.filter((i) => input.decision === undefined || i.triage?.decision === input.decision).toSorted(byWorkOrder);
    // With a status asked for, the counts are of that status, as the list is.
  return { incidents: input.limit === undefined ? shown : shown.slice(0, input.limit), counts: input.status === undefined ? queueCounts(app) : countsOf(app, open) };
}

function countsOf(app: App, open: readonly ListedIncident[]): Readonly<Record<string, number>> {
  const decided = (name: string): number => open.filter((i) => i.triage?.decision === name).length;
  const needing = open.filter((i) => i.incident.status === 'open' || i.incident.status === 'reopened').filter((i) => i.triage?.decision === 'needs_human_review' || i.route?.actions.some((a) => a.status === 'waiting_for_approval'));
  return { ...queueCounts(app), incidents: open.length, undecided: open.filter((i) => !i.triage).length, ...Object.fromEntries(decisions.map((name) => [name, decided(name)])), needing_a_human: needing.length };
}

const workOrder = (i: ListedIncident): number => {
  if (!i.triage) return 9;
  if (i.triage.decision === 'needs_human_review') return i.triage.priority === 'P1' || i.triage.priority === 'P2' ? 0 : 2;
  return i.triage.decision === 'resolve_now' ? 1 : i.triage.decision === 'ticket' ? 3 : 4;
};
const byWorkOrder = (a: ListedIncident, b: ListedIncident): number =>
  workOrder(a) - workOrder(b) || (a.triage?.priority ?? 'P9').localeCompare(b.triage?.priority ?? 'P9') || (a.incident.id < b.incident.id ? -1 : 1);

export interface IncidentDetail extends ListedIncident { readonly trace: Trace | null; readonly reviews: readonly unknown[]; readonly outbox: readonly unknown[]; readonly answers: readonly unknown[]; readonly findings: readonly unknown[] }

/** One incident with everything that belongs to it. */
export function showIncident(app: App, id: string): Result<IncidentDetail> {
  const row = app.tables.incidents.get(id);
  if (!row) return err(`there is no incident ${id}`);
  const d = row.decision_id === undefined ? undefined : app.tables.decisions.get(row.decision_id);
  const { key } = row.incident;
  return ok({
    incident: row.incident, triage: d?.triage ?? null, validation: d?.validation ?? null, route: d?.route ?? null, trace: d?.trace ?? null,
    reviews: app.tables.reviews.ofIncident(key), answers: app.tables.reviews.answers(key), outbox: app.tables.outbox.ofIncident(key).map((o) => ({ ...o, payload: JSON.parse(o.payload) as unknown })),
    findings: row.incident.supporting_findings.map((f) => app.tables.findings.get(f.finding_id)?.finding ?? { finding_id: f.finding_id }),
  });
}
