import type { Db } from '../db.ts';
import type { FindingRow } from './findings.ts';

export interface StoredFinding extends FindingRow { readonly is_version: number }
export interface StoredResource { readonly urn: string; readonly hash: string; readonly json: string; readonly is_version: number }
export interface StoredAnswer { readonly incident: string | null; readonly claim: string; readonly value: string; readonly author: string; readonly note: string; readonly expires_us: number }

/** What `audit verify` looks through: whole tables, row by row. */
export function contentsTable(db: Db) {
  const findings = db.prepare<[], StoredFinding>('SELECT f.*, EXISTS (SELECT 1 FROM finding_versions v WHERE v.finding_id = f.finding_id AND v.content_hash = f.content_hash) AS is_version FROM findings f');
  const lost = db.prepare<[], string>('SELECT DISTINCT finding_id FROM finding_versions v WHERE NOT EXISTS (SELECT 1 FROM findings f WHERE f.finding_id = v.finding_id)').pluck();
  const resources = db.prepare<[], StoredResource>('SELECT n.urn, n.hash, n.json, EXISTS (SELECT 1 FROM node_versions v WHERE v.urn = n.urn AND v.hash = n.hash) AS is_version FROM nodes n WHERE n.raw_id <> 0');
  const policies = db.prepare<[], { version: number; json: string; text: string | null }>('SELECT version, json, text FROM policies ORDER BY version');
  const answers = db.prepare<[], StoredAnswer>('SELECT i.id AS incident, a.claim, a.value, a.author, a.note, a.expires_us FROM answers a LEFT JOIN incidents i USING (key) ORDER BY a.answer_id');
  const links = db.prepare<[]>('SELECT finding_a, finding_b, link, author FROM links ORDER BY finding_a, finding_b');
  const unsaid = db.prepare<[], { id: string; status: string }>(`SELECT id, status FROM incidents i WHERE status IN ('approved', 'rejected', 'overridden')
    AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.key = i.key AND r.action = CASE i.status WHEN 'approved' THEN 'approve' WHEN 'rejected' THEN 'reject' ELSE 'override' END) ORDER BY id`);
  return {
    findings: (): Iterable<StoredFinding> => findings.iterate(),
    /** Findings of which only versions are there. */
    lostFindings: (): readonly string[] => lost.all(),
    /** All but what we add ourselves. */
    resources: (): Iterable<StoredResource> => resources.iterate(),
    policies: () => policies.all(),
    answers: () => answers.all(),
    links: (): readonly unknown[] => links.all(),
    /** Incidents with a status that only a person gives, and no such verdict. */
    unsaid: () => unsaid.all(),
  };
}
export type ContentsTable = ReturnType<typeof contentsTable>;
