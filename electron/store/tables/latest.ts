import type { Db } from '../db.ts';

export interface LatestDecision {
  readonly key: string; readonly decision_id: string; readonly engine: string;
  /** A hash; empty for decisions from before it was kept. */
  readonly outcome: string;
  readonly input_hash: string;
  /** The run that made it, or that found last that it still holds. */
  readonly run_id: string;
}

/** The newest decision of the machine of each incident, whether it is in force or a person's stands before it. */
export function latestTable(db: Db) {
  const put = db.prepare<[string, string, string, string, string, string]>(`INSERT INTO latest_decisions (key, decision_id, engine, outcome, input_hash, run_id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET decision_id = excluded.decision_id, engine = excluded.engine, outcome = excluded.outcome, input_hash = excluded.input_hash, run_id = excluded.run_id`);
  const hold = db.prepare<[string, string, string, string]>('UPDATE latest_decisions SET outcome = ?, input_hash = ?, run_id = ? WHERE key = ?');
  const drop = db.prepare<[string]>('DELETE FROM latest_decisions WHERE key = ?');
  const get = db.prepare<[string], LatestDecision>('SELECT key, decision_id, engine, outcome, input_hash, run_id FROM latest_decisions WHERE key = ?');
  return {
    put: (d: LatestDecision): void => { put.run(d.key, d.decision_id, d.engine, d.outcome, d.input_hash, d.run_id); },
    /** Other inputs came to the same. */
    hold: (d: Pick<LatestDecision, 'key' | 'outcome' | 'input_hash' | 'run_id'>): void => { hold.run(d.outcome, d.input_hash, d.run_id, d.key); },
    /** The next run decides the incident anew, whatever comes of it. */
    drop: (key: string): void => { drop.run(key); },
    get: (key: string): LatestDecision | undefined => get.get(key),
  };
}
export type LatestTable = ReturnType<typeof latestTable>;
