import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { runTriage, type RunResult } from '#electron/pipeline/run.ts';
import { tools } from '#electron/tools/all.ts';
import type { AgentStep, AskedAnew } from '#shared/model/agent.ts';
import { parseTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { askedAnew, lastDecisions } from '../agent/asked-anew.ts';
import { agentRun, type AgentRun, type AgentWish } from '../agent/agent-run.ts';
import { callTools } from '../call-tools.ts';
import type { App } from '../create-app.ts';
import type { Progress } from '../engine-protocol.ts';
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
  /** The model's name or an endpoint's id, for the agent. */
  model: z.string().min(1).max(200).optional(),
  /** Which endpoint is asked for that model; the first without it. */
  endpoint: z.string().min(1).max(40).optional(),
  /** Who wants it. */
  by: z.string().min(1).max(200).optional(),
  /** Incidents to investigate whether or not their inputs changed, for the agent. */
  incidents: z.array(z.string()).min(1).max(10_000).optional(),
});
export interface TriageHooks { readonly onProgress: (done: number, total: number) => void; readonly isCancelled: () => boolean; readonly onStep?: ((step: AgentStep) => void) | undefined; readonly onWaiting?: ((is: boolean) => void) | undefined; /** How far relating is, where an import left some to do. */ readonly onRelate?: ((progress: Progress) => void) | undefined }
export interface TriageReport { readonly counts: Readonly<Record<string, number>>; readonly run: RunResult & { readonly run_id: string; readonly as_of: string; readonly engine: string; readonly model: string | null; /** Why the rules decide what a model was wanted for. */ readonly degraded: string | null; readonly asked: readonly AskedAnew[] } }

/** Correlates what is new and decides every incident whose inputs changed. The incidents themselves are asked for by page. */
export async function triage(app: App, input: z.infer<typeof triageInput>, hooks: TriageHooks): Promise<Result<TriageReport>> {
  const asOf = input.as_of === undefined ? newestUs(app) : parseTime(input.as_of);
  if (asOf === undefined) return err(`--as-of: "${input.as_of}" is no time (2026-11-21T03:07:00Z)`);
  if (input.incidents !== undefined && input.engine !== 'agent') return err('named incidents are asked of a model: they go with the engine "agent"');
  const only = input.incident === undefined ? undefined : app.tables.incidents.get(input.incident)?.incident.key;
  if (input.incident !== undefined && only === undefined) return err(`there is no incident ${input.incident}`);
  const selection = input.incidents?.map((id) => [id, app.tables.incidents.get(id)?.incident.key] as const);
  const unknown = selection?.find(([, key]) => key === undefined);
  if (unknown) return err(`there is no incident ${unknown[0]}`);
  const keyed = selection?.flatMap(([id, key]) => (key === undefined ? [] : [[id, key] as const]));
  const wish: AgentWish = { engine: input.engine, model: input.model, endpoint: input.endpoint, concurrency: input.concurrency, one: only !== undefined, ...(keyed && { selection: new Set(keyed.map(([, key]) => key)) }) };
  const agent = await agentRun(app, app.tables.policies.current().policy, wish, hooks);
  if (!agent.ok) return agent;
  const before = await lastDecisions(app, keyed ?? []);
  if (keyed && agent.value.name === 'agent') app.tables.transaction(() => { app.audit('model_asked_anew', input.by ?? 'cli', { model: agent.value.model, endpoint: input.endpoint ?? null, incidents: keyed.map(([id]) => id) }); });
  try {
    const report = await run(app, { asOf, only, concurrency: input.concurrency, by: input.by ?? 'cli' }, agent.value, hooks);
    return ok({ ...report, run: { ...report.run, asked: await askedAnew(app, keyed ?? [], before) } });
  } finally { agent.value.stop(); }
}

interface Wanted { readonly asOf: number; readonly only: string | undefined; readonly concurrency: number | undefined; readonly by: string }
async function run(app: App, { asOf, only, concurrency, by }: Wanted, agent: AgentRun, hooks: TriageHooks): Promise<TriageReport> {
  const graph = refreshGraph(app, { onProgress: hooks.onRelate });
  const { version, policy } = app.tables.policies.current();
  const about = { run_id: `R-${randomUUID()}`, as_of_us: asOf, policy_version: version, graph_version: app.tables.runs.graphVersion() };
  const startedUs = app.now(), { name, model, degraded } = agent;
  app.tables.transaction(() => { app.tables.runs.start({ ...about, started_us: startedUs, engine: name }); app.audit('triage_started', by, { run_id: about.run_id, as_of_us: asOf, policy_version: version, ...(name === 'agent' && { model }), ...(degraded !== null && { degraded }) }); });
  const { file, resourcesDir, workerUrl } = app.options;
  const pool = decidePool({ here: decider(app, graph, { run: about, started_us: startedUs }), url: workerUrl('decide'), data: { file, resourcesDir, run: about, started_us: startedUs }, cores: Math.min(concurrency ?? Number.POSITIVE_INFINITY, availableParallelism()) });
  const slow = agent.engineFor({ run: about, policy, tools, call: callTools(app, graph, policy, asOf, startedUs), signal: agent.signal }, hooks.onWaiting);
  let result: RunResult;
  try {
    result = await runTriage({
      store: runStore(app, graph, about), policy, asOfUs: asOf, now: app.now, year: new Date(asOf / 1000).getUTCFullYear(), ...hooks, decide: (items, isCancelled) => pool.decide(items, isCancelled), slow,
    }, only);
  } finally { await pool.stop(); }
  app.tables.transaction(() => { app.tables.runs.finish(about.run_id, result.cancelled ? 'cancelled' : 'done', app.now()); });
  return { counts: queueCounts(app), run: { ...result, run_id: about.run_id, as_of: new Date(asOf / 1000).toISOString(), engine: name, model, degraded, asked: [] } };
}
