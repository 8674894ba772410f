import type { Db } from '../db.ts';
import type { IncidentBrief } from './incidents.ts';

/** Open findings of an entity in an account. `first_us`: when the first of them was discovered. */
export interface OpenEntity { readonly entity: string; readonly account: string | undefined; readonly findings: number; readonly first_us: number }

/** What correlation asks to take the open findings of a large workspace a part at a time. */
export function partsTable(db: Db) {
  const count = db.prepare<[], number>("SELECT count(*) FROM findings WHERE status = 'open'").pluck();
  const entities = db.prepare<[], Omit<OpenEntity, 'account'> & { readonly account: string | null }>("SELECT entity, account, count(*) AS findings, min(discovered_us) AS first_us FROM findings WHERE status = 'open' GROUP BY entity, account");
  const members = "incident_findings a JOIN findings f USING (finding_id) WHERE f.status = 'open'";
  const among = `FROM ${members} AND f.entity IN (SELECT value FROM json_each(?))`;
  const assignments = db.prepare<[string], { finding_id: string; key: string }>(`SELECT finding_id, a.key ${among}`);
  const incidents = db.prepare<[string], IncidentBrief>(`SELECT key, id, status, merged_into, decision_id FROM incidents WHERE key IN (SELECT a.key ${among})`);
  const sharing = db.prepare<[], { key: string; entity: string }>(`SELECT a.key, f.entity FROM ${members} ORDER BY a.key`);
  const linked = db.prepare<[], { a: string; b: string }>("SELECT a.entity AS a, b.entity AS b FROM links l JOIN findings a ON a.finding_id = l.finding_a JOIN findings b ON b.finding_id = l.finding_b WHERE l.link = 'must' AND a.entity <> b.entity");
  const over = db.prepare<[], string>(`SELECT i.key FROM incidents i WHERE i.status <> 'closed' AND NOT EXISTS (SELECT 1 FROM ${members} AND a.key = i.key) ORDER BY i.id`).pluck();
  return {
    /** How many findings are open. */
    openCount: () => count.get() ?? 0,
    /** Each entity that has open findings, once an account. */
    *entities(): Iterable<OpenEntity> {
      for (const row of entities.iterate()) yield { ...row, account: row.account ?? undefined };
    },
    /** Pairs of entities: one incident has open findings of both, or a person joined findings of them. */
    *together(): Iterable<readonly [string, string]> {
      let last: { readonly key: string; readonly entity: string } | undefined;
      for (const row of sharing.iterate()) {
        if (last?.key === row.key && last.entity !== row.entity) yield [last.entity, row.entity];
        last = row;
      }
      for (const { a, b } of linked.iterate()) yield [a, b];
    },
    /** Which incident each open finding of these entities belongs to. */
    assignments: (of: readonly string[]): ReadonlyMap<string, string> => new Map(assignments.all(JSON.stringify(of)).map((row) => [row.finding_id, row.key])),
    /** The incidents that open findings of these entities belong to. */
    incidents: (of: readonly string[]): readonly IncidentBrief[] => incidents.all(JSON.stringify(of)),
    /** Incidents none of whose findings is open any more, and that are not closed. */
    over: (): readonly string[] => over.all(),
  };
}
export type PartsTable = ReturnType<typeof partsTable>;
