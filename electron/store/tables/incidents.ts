import { incidentSchema, type Incident } from '#shared/model/incident.ts';
import { isIncident } from '#shared/model/is-incident.ts';
import type { Db } from '../db.ts';

export interface IncidentRow { readonly incident: Incident; readonly merged_into: string | undefined; readonly decision_id: string | undefined }
export interface Link { readonly finding_a: string; readonly finding_b: string; readonly link: 'must' | 'cannot' }
export interface IncidentBrief { readonly key: string; readonly id: string; readonly status: Incident['status']; readonly merged_into: string | null; readonly decision_id: string | null }
/** A line of a list, as JSON texts; null where nothing is decided yet. `outbox`: the status of each action that goes out. */
export interface Listed { readonly status: Incident['status']; readonly incident: string; readonly triage: string | null; readonly validation: string | null; readonly route: string | null; readonly outbox: string }
interface Stored { readonly json: string; readonly merged_into: string | null; readonly decision_id: string | null }

/** Incidents, which finding belongs to which, and the pairs that people joined or kept apart. */
export function incidentsTable(db: Db) {
  const put = db.prepare<unknown[]>(`INSERT INTO incidents (key, id, status, primary_issue, entity, entity_type, environment, account, severity_reported, merged_into, updated_us, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET status = excluded.status, primary_issue = excluded.primary_issue, entity = excluded.entity, entity_type = excluded.entity_type, environment = excluded.environment, account = excluded.account,
    severity_reported = excluded.severity_reported, merged_into = excluded.merged_into, updated_us = excluded.updated_us, json = excluded.json`);
  const select = 'SELECT json, merged_into, decision_id FROM incidents';
  const all = db.prepare<[], Stored>(`${select} ORDER BY id`);
  const brief = db.prepare<[], IncidentBrief>('SELECT key, id, status, merged_into, decision_id FROM incidents ORDER BY id');
  const briefOf = db.prepare<[string], IncidentBrief>('SELECT key, id, status, merged_into, decision_id FROM incidents WHERE key = ?');
  const text = db.prepare<[string], string>('SELECT json FROM incidents WHERE key = ?').pluck();
  const get = db.prepare<[string, string], Stored>(`${select} WHERE id = ? OR key = ?`);
  const numbered = db.prepare<[string], Stored>(`${select} WHERE id LIKE ? LIMIT 2`);
  const decided = db.prepare<[string, string]>('UPDATE incidents SET decision_id = ? WHERE key = ?');
  const setJson = db.prepare<[string, string, number, string]>('UPDATE incidents SET status = ?, json = ?, updated_us = ? WHERE key = ?');
  const assign = db.prepare<[string, string]>('INSERT INTO incident_findings (finding_id, key) VALUES (?, ?) ON CONFLICT (finding_id) DO UPDATE SET key = excluded.key WHERE key <> excluded.key');
  const assignments = db.prepare<[], { finding_id: string; key: string }>('SELECT finding_id, key FROM incident_findings');
  const unassign = db.prepare<[string]>('DELETE FROM incident_findings WHERE finding_id = ?');
  const link = db.prepare<[string, string, string, string, number]>('INSERT INTO links (finding_a, finding_b, link, author, at_us) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET link = excluded.link, author = excluded.author, at_us = excluded.at_us');
  const links = db.prepare<[], Link>('SELECT finding_a, finding_b, link FROM links ORDER BY finding_a, finding_b');
  const page = db.prepare<[{ status: string | null; decision: string | null; limit: number; offset: number }], Listed>(`SELECT i.status, i.json AS incident, d.triage, d.validation, d.route, (SELECT json_group_object(o.action, o.status) FROM outbox o WHERE o.key = i.key) AS outbox
    FROM queue q JOIN incidents i USING (key) LEFT JOIN decisions d ON d.decision_id = i.decision_id WHERE (q.status = @status OR (@status IS NULL AND q.status <> 'closed')) AND (@decision IS NULL OR q.decision = @decision) ORDER BY q.work_rank, q.priority, q.id LIMIT @limit OFFSET @offset`);
  const among = 'finding_a IN (SELECT value FROM json_each(@ids)) AND finding_b IN (SELECT value FROM json_each(@ids))';
  const linksAmong = db.prepare<[object], Link & { author: string; at_us: number }>(`SELECT finding_a, finding_b, link, author, at_us FROM links WHERE ${among}`);
  const unlinkAmong = db.prepare<[object]>(`DELETE FROM links WHERE ${among}`);
  const labels = db.prepare<[string], string>('SELECT id FROM incidents WHERE id LIKE ? ORDER BY length(id) DESC, id DESC LIMIT 1').pluck();
  const shortened = (id: string): Stored | undefined => {
    const [, year, digits] = /^(?:INC-(\d{4})-)?0*(\d{1,9})$/i.exec(id.trim()) ?? [];
    const found = digits === undefined ? [] : numbered.all(`INC-${year ?? '%'}-${digits.padStart(4, '0')}`);
    return found.length === 1 ? found[0] : undefined;
  };
  const read = (row: Stored): IncidentRow => ({ incident: parse(row.json), merged_into: row.merged_into ?? undefined, decision_id: row.decision_id ?? undefined });
  return {
    /** Incidents in work order with their decisions in force; closed ones only by status. */
    page: (filter: { readonly status: string | undefined; readonly decision: string | undefined }, offset: number, limit: number): readonly Listed[] =>
      page.all({ status: filter.status ?? null, decision: filter.decision ?? null, limit, offset }),
    put(incident: Incident, mergedInto: string | undefined, nowUs: number): void {
      put.run(incident.key, incident.id, incident.status, incident.primary_issue, incident.entity, incident.entity_type, incident.environment ?? null, incident.account ?? null, incident.severity_reported,
        mergedInto ?? null, nowUs, JSON.stringify(incident));
    },
    all: (): readonly IncidentRow[] => all.all().map(read),
    /** Every incident without its content. */
    briefs: (): readonly IncidentBrief[] => brief.all(),
    /** Whether the stored incident says the same as this one. */
    isSame(incident: Incident): boolean {
      const stored = text.get(incident.key), now = JSON.stringify(incident);
      return stored !== undefined && (stored === now || JSON.stringify(incidentSchema.parse(JSON.parse(stored))) === JSON.stringify(incidentSchema.parse(incident)));
    },
    /** Without its content. */
    brief: (key: string): IncidentBrief | undefined => briefOf.get(key),
    byKey(key: string): Incident | undefined { const json = text.get(key); return json === undefined ? undefined : parse(json); },
    /** By label (`INC-2026-0142`, also `inc-2026-142`, or `142` where one year alone has that number) or key. */
    get(id: string): IncidentRow | undefined {
      const row = get.get(id, id) ?? shortened(id);
      return row && read(row);
    },
    setDecision: (key: string, decisionId: string) => { decided.run(decisionId, key); },
    setStatus(incident: Incident, nowUs: number): void { setJson.run(incident.status, JSON.stringify(incident), nowUs, incident.key); },
    assign: (findingId: string, key: string) => { assign.run(findingId, key); },
    unassign: (findingId: string) => { unassign.run(findingId); },
    assignments: (): ReadonlyMap<string, string> => new Map(assignments.all().map((r) => [r.finding_id, r.key])),
    /** Remembers a correction; pairs are stored in one order. */
    link(a: string, b: string, kind: 'must' | 'cannot', author: string, atUs: number): void { if (a !== b) link.run(a < b ? a : b, a < b ? b : a, kind, author, atUs); },
    links: () => links.all(),
    linksAmong: (findings: readonly string[]) => linksAmong.all({ ids: JSON.stringify(findings) }),
    unlinkAmong: (findings: readonly string[]) => { unlinkAmong.run({ ids: JSON.stringify(findings) }); },
    /** The highest number given out in a year, 0 when none. */
    lastNumber: (year: number): number => Number(labels.get(`INC-${year}-%`)?.split('-')[2] ?? 0),
  };
}
export type IncidentsTable = ReturnType<typeof incidentsTable>;

function parse(json: string): Incident {
  const value: unknown = JSON.parse(json);
  return isIncident(value) ? value : incidentSchema.parse(value);
}
