import type { Db } from '../db.ts';

export interface RunRow { readonly run_id: string; readonly started_us: number; readonly finished_us: number | null; readonly as_of_us: number; readonly engine: string; readonly state: string; readonly policy_version: number; readonly graph_version: number }

/** Triage runs and the counters of the workspace. */
export function runsTable(db: Db) {
  const start = db.prepare<[string, number, number, string, number, number]>("INSERT INTO runs (run_id, started_us, as_of_us, engine, state, policy_version, graph_version) VALUES (?, ?, ?, ?, 'running', ?, ?)");
  const finish = db.prepare<[string, number, string]>('UPDATE runs SET state = ?, finished_us = ? WHERE run_id = ?');
  const get = db.prepare<[string], RunRow>('SELECT * FROM runs WHERE run_id = ?');
  const meta = db.prepare<[string], string>('SELECT value FROM workspace WHERE key = ?').pluck();
  const setMeta = db.prepare<[string, string]>('INSERT INTO workspace (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  const settings = db.prepare<[], { key: string; value: string }>("SELECT substr(key, 9) AS key, value FROM workspace WHERE key LIKE 'setting:%' ORDER BY key");
  return {
    /** A setting of the workspace as JSON. */
    setting: (key: string) => meta.get(`setting:${key}`),
    settings: () => settings.all(),
    setSetting: (key: string, json: string) => { setMeta.run(`setting:${key}`, json); },
    start: (r: Omit<RunRow, 'finished_us' | 'state'>) => { start.run(r.run_id, r.started_us, r.as_of_us, r.engine, r.policy_version, r.graph_version); },
    finish: (runId: string, state: 'done' | 'cancelled', nowUs: number) => { finish.run(state, nowUs, runId); },
    get: (runId: string) => get.get(runId),
    meta: (key: string) => meta.get(key),
    setMeta: (key: string, value: string) => { setMeta.run(key, value); },
    graphVersion: (): number => Number(meta.get('graph_version') ?? 0),
    bumpGraphVersion(): void { setMeta.run('graph_version', String(Number(meta.get('graph_version') ?? 0) + 1)); },
  };
}
export type RunsTable = ReturnType<typeof runsTable>;
