import type { Db } from '../db.ts';

export interface AuditRow {
  readonly seq: number; readonly workspace: string; readonly previous_hash: string; readonly time_us: number; readonly actor: string; readonly key_id: string; readonly event: string;
  readonly payload: string; readonly payload_hash: string; readonly hash: string;
}

/** The append-only log of what was done; the chain itself is computed in the audit room. */
export function auditTable(db: Db) {
  const insert = db.prepare<[number, string, string, number, string, string, string, string, string, string]>('INSERT INTO audit (seq, workspace, previous_hash, time_us, actor, key_id, event, payload, payload_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const last = db.prepare<[], { seq: number; hash: string }>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1');
  const all = db.prepare<[], AuditRow>('SELECT * FROM audit ORDER BY seq');
  return {
    append: (r: AuditRow) => { insert.run(r.seq, r.workspace, r.previous_hash, r.time_us, r.actor, r.key_id, r.event, r.payload, r.payload_hash, r.hash); },
    last: () => last.get(),
    iterate: (): Iterable<AuditRow> => all.iterate(),
  };
}
