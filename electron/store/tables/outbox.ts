import type { Db } from '../db.ts';

export interface OutboxRow { readonly outbox_id: string; readonly key: string; readonly action: string; readonly status: string; readonly decision_id: string; readonly payload: string; readonly created_us: number; readonly updated_us: number }

/** What would go out: one row an incident and action, however often the same decision is made again. */
export function outboxTable(db: Db) {
  const put = db.prepare<[string, string, string, string, string, string, number, number]>(`INSERT INTO outbox (outbox_id, key, action, status, decision_id, payload, created_us, updated_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (outbox_id) DO UPDATE SET status = CASE WHEN outbox.status IN ('approved', 'sent') AND outbox.payload = excluded.payload THEN outbox.status ELSE excluded.status END,
    decision_id = excluded.decision_id, payload = excluded.payload, updated_us = excluded.updated_us`);
  const ofKey = db.prepare<[string], OutboxRow>('SELECT * FROM outbox WHERE key = ? ORDER BY action');
  const setStatus = db.prepare<[string, number, string, string]>('UPDATE outbox SET status = ?, updated_us = ? WHERE key = ? AND status = ?');
  const withdraw = db.prepare<[number, string, string]>("UPDATE outbox SET status = 'withdrawn', updated_us = ? WHERE key = ? AND status IN ('outbox', 'waiting_for_approval') AND action NOT IN (SELECT value FROM json_each(?))");
  const all = db.prepare<[], OutboxRow>('SELECT * FROM outbox ORDER BY outbox_id');
  return {
    put(row: Omit<OutboxRow, 'outbox_id' | 'updated_us'>): void { put.run(`${row.key}/${row.action}`, row.key, row.action, row.status, row.decision_id, row.payload, row.created_us, row.created_us); },
    ofIncident: (key: string) => ofKey.all(key),
    all: () => all.all(),
    setStatus: (key: string, from: string, to: string, nowUs: number): number => setStatus.run(to, nowUs, key, from).changes,
    /** Takes back what is not sent yet and no longer wanted. */
    withdrawOthers: (key: string, keep: readonly string[], nowUs: number) => { withdraw.run(nowUs, key, JSON.stringify(keep)); },
  };
}
export type OutboxTable = ReturnType<typeof outboxTable>;
