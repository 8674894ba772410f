import { z } from 'zod';
import type { Db } from '../db.ts';

/** Something that, once imported or written into the policy, would answer claims that are open. */
export interface OpenEvidence {
  /** What would supply it, in the words of the incidents. */
  readonly supply: string;
  readonly claims: readonly string[];
  /** Incidents that wait for a person and lack it, and those of them that lack nothing else. */
  readonly incidents: number; readonly alone: number;
}
/** What sources contradict each other about is there already, twice. */
const JUDGEMENT = 'the judgement of a person, as sources contradict each other';
interface Row { readonly supply: string; readonly claims: string; readonly incidents: number; readonly alone: number }
const names = z.array(z.string());

/** What the incidents that wait for a person lack, counted over their decisions in force; what most of them lack first. */
export function openEvidence(db: Db): readonly OpenEvidence[] {
  return db.prepare<[], Row>(`WITH lacking AS MATERIALIZED (
      SELECT q.key, iif(json_extract(m.value, '$.value') = 'conflict', '${JUDGEMENT}', json_extract(m.value, '$.supply')) AS supply, json_extract(m.value, '$.claim') AS claim
      FROM queue q JOIN incidents i ON i.key = q.key JOIN decisions d ON d.decision_id = i.decision_id, json_each(d.triage, '$.missing_evidence') m
      WHERE q.decision = 'needs_human_review' AND q.status IN ('open', 'reopened')),
    kinds AS (SELECT key, count(DISTINCT supply) AS n FROM lacking GROUP BY key)
    SELECT supply, json_group_array(DISTINCT claim ORDER BY claim) AS claims, count(DISTINCT key) AS incidents, count(DISTINCT CASE WHEN n = 1 THEN key END) AS alone
    FROM lacking JOIN kinds USING (key) GROUP BY supply ORDER BY incidents DESC, supply`).all().map((row) => ({ ...row, claims: names.parse(JSON.parse(row.claims)) }));
}
