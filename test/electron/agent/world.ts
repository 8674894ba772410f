import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Asker } from '#electron/agent/tape.ts';
import type { Script } from '#electron/agent/providers/scripted.ts';
import { collect } from '#electron/agent/collect.ts';
import { scriptedPort } from '#electron/agent/providers/scripted.ts';
import { openAgentEngine } from '#electron/host/agent/agent-engine.ts';
import { decisionSigner, investigateIncident } from '#electron/host/agent/investigate-incident.ts';
import { openKeyring } from '#electron/host/agent/keyring.ts';
import { callTools } from '#electron/host/call-tools.ts';
import { now } from '#electron/host/clock.ts';
import { createApp, type App } from '#electron/host/create-app.ts';
import { handlers } from '#electron/host/handlers/all.ts';
import { newestUs } from '#electron/host/newest.ts';
import { refreshGraph } from '#electron/host/refresh-graph.ts';
import type { Decided } from '#electron/pipeline/decide.ts';
import { tools } from '#electron/tools/all.ts';
import type { AgentStep } from '#shared/model/agent.ts';
import type { Incident } from '#shared/model/incident.ts';
import { ok } from '#shared/lib/result.ts';
import { writeWorld, type Part } from '../../scenarios/build/part.ts';
import { endpoint } from './ask.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
const hooks = { onProgress: () => undefined, isCancelled: () => false };

export interface World {
  readonly app: App; readonly dir: string;
  incidents(): readonly Incident[];
  /** What the rules decided in their own run. */
  byRules(key: string): Pick<Decided, 'triage' | 'validation' | 'route' | 'trace'>;
  /** Decides incidents with a script that plays the model (or with any asker); nothing is saved but the tape. */
  investigate(script: Script | { readonly asker: () => Asker }, options?: { readonly keys?: readonly string[]; readonly signal?: AbortSignal; readonly onStep?: (step: AgentStep) => void; readonly onCall?: (tool: string) => void }): Promise<readonly Decided[]>;
  close(): void;
}

/** An asker that asks one script. */
export const scriptAsker = (script: Script): Asker => {
  const to = endpoint('scripted', 'scripted:', 'scripted', 'scripted'), port = scriptedPort({ ...to, num_ctx: 8192 }, script);
  return {
    async ready(signal) { const facts = await port.probe({ signal }); return facts.ok ? ok({ endpoint: port.endpoint, facts: facts.value, attempts: [] }) : { ok: false, error: [facts.error] }; },
    async ask(build, { signal, onPart }) {
      const facts = await port.probe({ signal });
      if (!facts.ok) throw new Error('not reached');
      const request = build(facts.value), started_us = now();
      const result = await collect(port.chat(request, { signal }), onPart);
      return ok({ endpoint: port.endpoint, model: 'scripted', facts: facts.value, request, result, attempts: [], started_us, duration_us: Math.max(0, now() - started_us) });
    },
  };
};

/** A workspace with imported parts, triaged by the rules, within this process. */
export async function openWorld(fill: { readonly parts: readonly Part[] } | { readonly paths: readonly string[] }): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-agent-'));
  const opened = createApp({ file: join(dir, 'w.db'), create: true, resourcesDir: join(ROOT, 'resources'), workerUrl: (name) => pathToFileURL(join(ROOT, 'electron', 'workers', `${name}.ts`)), now });
  if (!opened.ok) throw new Error(opened.error);
  const app = opened.value;
  const run = async (name: string, input: unknown): Promise<void> => { const result = await handlers[name]?.(app, input, hooks); if (!result?.ok) throw new Error(`${name}: ${result?.error ?? 'no handler'}`); };
  if ('parts' in fill) {
    const { data, policy } = writeWorld(dir, fill.parts);
    await run('policy.import', { path: policy });
    await run('ingest', { paths: [data] });
  } else await run('ingest', { paths: fill.paths });
  await run('triage', { engine: 'rules' });
  const keyring = openKeyring(join(dir, 'keys'));
  const incidents = (): readonly Incident[] => app.tables.incidents.all().map((row) => row.incident).filter((i) => i.status !== 'closed');
  return {
    app, dir, incidents,
    byRules(key) {
      const record = app.tables.decisions.idsOf(key).map((id) => app.tables.decisions.get(id)).find((d) => d?.triage.engine.kind === 'rules');
      if (!record) throw new Error(`${key} was not decided`);
      return record;
    },
    async investigate(script, { keys, signal = new AbortController().signal, onStep = () => undefined, onCall } = {}) {
      const graph = refreshGraph(app), { policy, version } = app.tables.policies.current(), asOf = newestUs(app), startedUs = now();
      const engine = await openAgentEngine(app, { policy, model: 'scripted', signal, onStep, asker: () => (typeof script === 'function' ? scriptAsker(script) : script.asker()) });
      if (!engine.ok) throw new Error(engine.error);
      const call = callTools(app, graph, policy, asOf, startedUs);
      const decided: Decided[] = [];
      const wanted = keys ?? incidents().map((i) => i.key);
      const clock = { startedUs: now, durationUs: (started: number) => Math.max(0, now() - started) };
      for (const key of wanted) {
        decided.push(await investigateIncident(app, key, { sign: decisionSigner(app, keyring), onStep, decide: {
          run: { run_id: 'R-test', as_of_us: asOf, policy_version: version, graph_version: app.tables.runs.graphVersion() }, policy, tools, signal, clock, agent: engine.value.port,
          call: (asked) => { onCall?.(asked.tool); return call(asked); },
        } }));
      }
      return decided;
    },
    close() { app.close(); rmSync(dir, { recursive: true, force: true }); },
  };
}

