import type { Db } from '../db.ts';

export interface OutboxRow { readonly outbox_id: string; readonly key: string; readonly action: string; readonly status: string; readonly decision_id: string; readonly payload: string; readonly created_us: number; readonly updated_us: number; /** Microseconds UTC before which it does not go out; null: at once. */ readonly held_until: number | null }

/** What would go out: one row an incident and action, however often the same decision is made again. */
export function outboxTable(db: Db) {
  const put = db.prepare<[string, string, string, string, string, string, number, number, number | null]>(`INSERT INTO outbox (outbox_id, key, action, status, decision_id, payload, created_us, updated_us, held_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (outbox_id) DO UPDATE SET status = CASE WHEN outbox.status IN ('approved', 'sent') AND outbox.payload = excluded.payload THEN outbox.status ELSE excluded.status END,
    decision_id = excluded.decision_id, payload = excluded.payload, updated_us = excluded.updated_us, held_until = excluded.held_until`);
  const ofKey = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE key = ? ORDER BY action');
  const setStatus = db.prepare<[string, number, number | null, string, string]>('UPDATE outbox SET status = ?, updated_us = ?, held_until = ? WHERE key = ? AND status = ?');
  const withdraw = db.prepare<[number, string, string]>("UPDATE outbox SET status = 'withdrawn', updated_us = ? WHERE key = ? AND status IN ('outbox', 'waiting_for_approval', 'approved') AND action NOT IN (SELECT value FROM json_each(?))");
  const restore = db.prepare<[string, string, string, number | null, number, string]>("UPDATE outbox SET status = ?, decision_id = ?, payload = ?, held_until = ?, updated_us = ? WHERE outbox_id = ? AND status <> 'sent'");
  const all = db.prepare<[], OutboxRow>('SELECT * FROM outbox ORDER BY outbox_id');
  return {
    put(row: Omit<OutboxRow, 'outbox_id' | 'updated_us' | 'held_until'> & { readonly held_until?: number | undefined }): void { put.run(`${row.key}/${row.action}`, row.key, row.action, row.status, row.decision_id, row.payload, row.created_us, row.created_us, row.held_until ?? null); },
    ofIncident: (key: string) => ofKey.all(key),
    all: () => all.all(),
    setStatus: (key: string, from: string, to: string, nowUs: number, heldUntil: number | null = null): number => setStatus.run(to, nowUs, heldUntil, key, from).changes,
    /** Puts an incident's rows back as they were; what came since is withdrawn and never goes out. What is sent stays sent. */
    restore(key: string, rows: readonly Pick<OutboxRow, 'action' | 'status' | 'decision_id' | 'payload' | 'held_until'>[], nowUs: number): void {
      for (const row of ofKey.all(key)) if (row.status !== 'sent' && !rows.some((r) => r.action === row.action)) restore.run('withdrawn', row.decision_id, row.payload, null, nowUs, row.outbox_id);
      for (const row of rows) restore.run(row.status, row.decision_id, row.payload, row.held_until, nowUs, `${key}/${row.action}`);
    },
    /** Takes back what is not sent yet and no longer wanted. */
    withdrawOthers: (key: string, keep: readonly string[], nowUs: number) => { withdraw.run(nowUs, key, JSON.stringify(keep)); },
  };
}
export type OutboxTable = ReturnType<typeof outboxTable>;
