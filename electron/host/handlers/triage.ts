import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { runTriage, type RunResult } from '#electron/pipeline/run.ts';
import { parseTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { decidePool } from '../decide-pool.ts';
import { decider } from '../decider.ts';
import { refreshGraph } from '../refresh-graph.ts';
import { runStore } from '../run-store.ts';
import { newestUs } from '../newest.ts';
import { queueCounts } from './queue.ts';

export const triageInput = z.object({
  engine: z.enum(['auto', 'rules', 'agent']).default('auto'), incident: z.string().optional(), as_of: z.string().optional(),
  /** How many incidents are worked on at once; the rule engine uses as many threads at most, by default one a core. */
  concurrency: z.number().int().min(1).max(64).optional(),
});
export interface TriageHooks { readonly onProgress: (done: number, total: number) => void; readonly isCancelled: () => boolean }
export interface TriageReport { readonly counts: Readonly<Record<string, number>>; readonly run: RunResult & { readonly run_id: string; readonly as_of: string; readonly engine: string } }

/** Correlates what is new and decides every incident whose inputs changed. The incidents themselves are asked for by page. */
export async function triage(app: App, input: z.infer<typeof triageInput>, hooks: TriageHooks): Promise<Result<TriageReport>> {
  if (input.engine === 'agent') return err('the agent engine is not in this version; use --engine rules (no model is needed)');
  const asOf = input.as_of === undefined ? newestUs(app) : parseTime(input.as_of);
  if (asOf === undefined) return err(`--as-of: "${input.as_of}" is no time (2026-11-21T03:07:00Z)`);
  if (input.incident !== undefined && !app.tables.incidents.get(input.incident)) return err(`there is no incident ${input.incident}`);
  const graph = refreshGraph(app);
  const { version, policy } = app.tables.policies.current();
  const run = { run_id: `R-${randomUUID()}`, as_of_us: asOf, policy_version: version, graph_version: app.tables.runs.graphVersion() };
  const startedUs = app.now();
  app.tables.transaction(() => { app.tables.runs.start({ ...run, started_us: startedUs, engine: 'rules' }); app.audit('triage_started', 'cli', { run_id: run.run_id, as_of_us: asOf, policy_version: version }); });
  const { file, resourcesDir, workerUrl } = app.options;
  const pool = decidePool({ here: decider(app, graph, { run, started_us: startedUs }), url: workerUrl('decide'), data: { file, resourcesDir, run, started_us: startedUs }, cores: Math.min(input.concurrency ?? Number.POSITIVE_INFINITY, availableParallelism()) });
  let result: RunResult;
  try {
    result = await runTriage({
      store: runStore(app, graph), policy, asOfUs: asOf, now: app.now, year: new Date(asOf / 1000).getUTCFullYear(), ...hooks, decide: (items, isCancelled) => pool.decide(items, isCancelled),
    }, input.incident === undefined ? undefined : app.tables.incidents.get(input.incident)?.incident.key);
  } finally { await pool.stop(); }
  app.tables.transaction(() => { app.tables.runs.finish(run.run_id, result.cancelled ? 'cancelled' : 'done', app.now()); });
  return ok({ counts: queueCounts(app), run: { ...result, run_id: run.run_id, as_of: new Date(asOf / 1000).toISOString(), engine: 'rules' } });
}
