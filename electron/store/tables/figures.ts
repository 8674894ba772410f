import type { Db } from '../db.ts';

/** One incident's last standing review beside what had been proposed. */
export interface Reviewed { readonly action: string; readonly proposed: string; readonly final: string; readonly reason: string | null; readonly confidence: number; readonly seconds: number }

/** Sums over the whole workspace for the figures. */
export function figuresTable(db: Db) {
  const reviewed = db.prepare<[], Reviewed>(`SELECT r.action, d.decision AS proposed, CASE r.action WHEN 'approve' THEN d.decision WHEN 'override' THEN r.decision ELSE 'rejected' END AS final, r.reason, d.confidence, (r.at_us - d.started_us) / 1e6 AS seconds
    FROM reviews r JOIN decisions d ON d.decision_id = r.decision_id WHERE r.action IN ('approve', 'override', 'reject') AND json_extract(d.triage, '$.engine.kind') <> 'human'
      AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = r.review_id)
      AND NOT EXISTS (SELECT 1 FROM reviews l WHERE l.key = r.key AND l.review_id > r.review_id AND l.action IN ('approve', 'override', 'reject') AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = l.review_id))`);
  const marks = db.prepare<[], { mark: string; n: number }>("SELECT e.value AS mark, count(*) AS n FROM queue, json_each(queue.evidence) e WHERE queue.status <> 'closed' GROUP BY 1");
  const attack = db.prepare<[], { technique: string; n: number }>("SELECT t.value AS technique, count(*) AS n FROM queue_tags t JOIN queue USING (key) WHERE t.kind = 'attack' AND queue.status <> 'closed' GROUP BY 1 ORDER BY n DESC, 1");
  const sources = db.prepare<[], { source: string; findings: number; incidents: number }>(`SELECT f.source, count(*) AS findings, (SELECT count(*) FROM queue_tags t JOIN queue USING (key) WHERE t.kind = 'source' AND t.value = f.source AND queue.status <> 'closed') AS incidents
    FROM findings f GROUP BY f.source ORDER BY findings DESC, f.source`);
  const weeks = db.prepare<[], { week: string; findings: number }>("SELECT strftime('%G-W%V', discovered_us / 1000000, 'unixepoch') AS week, count(*) AS findings FROM findings GROUP BY 1 ORDER BY 1");
  return { reviewed: () => reviewed.all(), marks: () => marks.all(), attack: () => attack.all(), sources: () => sources.all(), weeks: () => weeks.all() };
}
