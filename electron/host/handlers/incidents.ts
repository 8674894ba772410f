import { z } from 'zod';
import type { DecisionRecord } from '#electron/store/tables/decisions.ts';
import type { Listed } from '#electron/store/tables/incidents.ts';
import type { OpenEvidence } from '#electron/store/tables/open-evidence.ts';
import { groupNames, type GroupName, type IncidentGroup } from '#electron/store/tables/queue-groups.ts';
import { decisions, routeSchema, type Trace } from '#shared/model/decision.ts';
import { routeNow } from '#shared/model/route-now.ts';
import { incidentStatuses, type Incident } from '#shared/model/incident.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import type { Review } from '#electron/store/tables/reviews.ts';
import { checkedAgain, type Checked } from './checked.ts';
import { queueCounts } from './queue.ts';
import { loggedChanges } from './story.ts';
import type { StoryItem } from '#shared/rpc/schemas.ts';

export const incidentsInput = z.object({ decision: z.enum(decisions).optional(), status: z.enum(incidentStatuses).optional(), offset: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(1000).default(500) });

/** What to count by, most telling first; each once. */
export const groupsInput = z.object({ by: z.array(z.enum(groupNames)).min(1).refine((by) => new Set(by).size === by.length, 'each once'), decision: z.enum(decisions).optional(), status: z.enum(incidentStatuses).optional(), limit: z.number().int().min(1).optional() });
export interface GroupedIncidents { readonly by: readonly GroupName[]; readonly groups: readonly IncidentGroup[]; /** How many groups there are, also where fewer are wanted. */ readonly total: number; readonly counts: Readonly<Record<string, number>> }

/** How many incidents are alike, and which of them comes first. */
export function groupedIncidents(app: App, { by, limit, ...filter }: z.infer<typeof groupsInput>): GroupedIncidents {
  const groups = app.tables.queue.groups(by, filter);
  return { by, groups: groups.slice(0, limit), total: groups.length, counts: queueCounts(app) };
}

/** What the incidents that wait for a person lack, what most of them lack first. */
export interface MissingReport { readonly missing: readonly OpenEvidence[]; readonly counts: Readonly<Record<string, number>> }
export const missingEvidence = (app: App): MissingReport => ({ missing: app.tables.queue.openEvidence(), counts: queueCounts(app) });

/** `route` as it is now: see `routeNow`. */
export interface ListedIncident { readonly incident: Incident; readonly triage: DecisionRecord['triage'] | null; readonly validation: DecisionRecord['validation'] | null; readonly route: DecisionRecord['route'] | null }
/** One page of the queue: each line is the JSON text of a `ListedIncident`, as a hundred thousand of them must not be held at once. */
export interface IncidentPage { readonly lines: readonly string[]; readonly counts: Readonly<Record<string, number>> }

/** The queue by page, in work order: flagged overrides, exposed or high-blast review, P1, other reviews, tickets, deferrals. Closed incidents only when asked for. */
export function pageIncidents(app: App, input: z.infer<typeof incidentsInput>): IncidentPage {
  return { lines: app.tables.incidents.page({ status: input.status, decision: input.decision }, input.offset, input.limit).map(toLine), counts: queueCounts(app) };
}

const outboxSchema = z.record(z.string(), z.string());
/** Of a line only the route is read: the rest goes out as it is stored. */
function toLine({ status, incident, triage, validation, route, outbox }: Listed): string {
  const now = route === null ? 'null' : JSON.stringify(routeNow(routeSchema.parse(JSON.parse(route)), outboxSchema.parse(JSON.parse(outbox)), status));
  return `{"incident":${incident},"triage":${triage ?? 'null'},"validation":${validation ?? 'null'},"route":${now}}`;
}

export interface IncidentDetail extends ListedIncident { readonly trace: Trace | null; /** When new data was last found to change nothing of it. */ readonly checked: Checked | null; readonly reviews: readonly Review[]; readonly outbox: readonly { readonly action: string; readonly status: string }[]; readonly answers: readonly unknown[]; readonly findings: readonly unknown[]; /** What the logs tell of changes of its entity, newest first. */ readonly changes: readonly StoryItem[] }

/** One incident with everything that belongs to it. */
export function showIncident(app: App, id: string): Result<IncidentDetail> {
  const row = app.tables.incidents.get(id);
  if (!row) return err(`there is no incident ${id}`);
  const d = row.decision_id === undefined ? undefined : app.tables.decisions.get(row.decision_id);
  const { key } = row.incident, outbox = app.tables.outbox.ofIncident(key), findings = row.incident.supporting_findings.map((f) => app.tables.findings.get(f.finding_id)?.finding ?? { finding_id: f.finding_id });
  return ok({
    incident: row.incident, triage: d?.triage ?? null, validation: d?.validation ?? null, route: d ? routeNow(d.route, Object.fromEntries(outbox.map((o) => [o.action, o.status])), row.incident.status) : null, trace: d?.trace ?? null, checked: checkedAgain(app, key, d?.trace),
    reviews: app.tables.reviews.ofIncident(key), answers: app.tables.reviews.answers(key), outbox: outbox.map((o) => ({ ...o, payload: JSON.parse(o.payload) as unknown })),
    findings, changes: loggedChanges(app, { incident: row.incident, findings: findings.filter((f) => 'discovered_us' in f) }),
  });
}
