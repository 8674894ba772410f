import type { DecideContext } from '#electron/pipeline/decide.ts';
import type { SlowEngine } from '#electron/pipeline/run.ts';
import type { AgentStep } from '#shared/model/agent.ts';
import { severities } from '#shared/model/finding.ts';
import type { Incident } from '#shared/model/incident.ts';
import type { Policy } from '#shared/model/policy.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import type { DecisionToSave } from '../decision-rows.ts';
import { settle } from '../look-again.ts';
import { openAgentEngine, type AgentEngine, type OpenAsker } from './agent-engine.ts';
import { decisionSigner, eachOf, investigateIncident } from './investigate-incident.ts';
import { chosenEndpoints, readAgentSettings } from './settings.ts';

/** What whoever starts a run wants of the agent. `one` is an incident that is named: it is investigated whatever its severity. */
export interface AgentWish { readonly engine: 'auto' | 'rules' | 'agent'; readonly model?: string | undefined; /** An endpoint's id. */ readonly endpoint?: string | undefined; readonly concurrency?: number | undefined; readonly one: boolean; /** Keys of incidents that are investigated whether or not anything changed, and no others. */ readonly selection?: ReadonlySet<string> | undefined; readonly asker?: OpenAsker }
export interface AgentRun {
  readonly name: 'rules' | 'agent'; readonly model: string | null; readonly degraded: string | null; readonly signal: AbortSignal;
  /** @param onWaiting told while models are waited for */
  engineFor(decide: Omit<DecideContext, 'clock'>, onWaiting?: (is: boolean) => void): SlowEngine<DecisionToSave> | undefined;
  stop(): void;
}
interface Watched { readonly isCancelled: () => boolean; readonly onStep?: ((step: AgentStep) => void) | undefined }

const LOOK_MS = 100;

/**
 * Finds out whether a model takes part in a run. `agent` wants one and fails without; `auto` takes one that is configured and answers, for incidents from
 * the policy's severity on, and says when it doesn't answer; `rules` asks none. Cancelling ends what a model is saying.
 */
export async function agentRun(app: App, policy: Policy, wish: AgentWish, hooks: Watched): Promise<Result<AgentRun>> {
  const control = new AbortController(), watch = setInterval(() => { if (hooks.isCancelled()) control.abort(new Cancelled()); }, LOOK_MS);
  const stop = (): void => { clearInterval(watch); };
  const without = (degraded: string | null): Result<AgentRun> => ok({ name: 'rules', model: null, degraded, signal: control.signal, engineFor: () => undefined, stop });
  if (wish.engine === 'rules' || (wish.engine === 'auto' && wish.model === undefined && chosenEndpoints(readAgentSettings(app), process.env).length === 0)) return without(null);
  const onStep = hooks.onStep ?? (() => undefined);
  const engine = await openAgentEngine(app, { policy, model: wish.model, endpoint: wish.endpoint, signal: control.signal, onStep, ...(wish.asker && { asker: wish.asker }) }).catch((error: unknown) => { stop(); throw error; });
  if (!engine.ok) {
    if (wish.engine === 'auto') return without(engine.error);
    stop();
    return err(engine.error);
  }
  const { value } = engine;
  return ok({ name: 'agent', model: value.facts.model, degraded: null, signal: control.signal, stop, engineFor: (decide, onWaiting) => slowEngine(app, value, wish, policy, { ...decide, signal: control.signal }, { onStep, onWaiting: onWaiting ?? (() => undefined) }) });
}

/** Thrown where a run was cancelled; what was decided is kept, the incident at hand is not. */
class Cancelled extends Error { constructor() { super('cancelled'); } }

function slowEngine(app: App, engine: AgentEngine, wish: AgentWish, policy: Policy, decide: Omit<DecideContext, 'clock'>, { onStep, onWaiting }: { readonly onStep: (step: AgentStep) => void; readonly onWaiting: (is: boolean) => void }): SlowEngine<DecisionToSave> {
  const least = severities.indexOf(policy.thresholds.auto_triage_min_severity);
  const isSevere = (incident: Incident): boolean => severities.indexOf(incident.severity_reported) <= least;
  const before = new Map(app.tables.agent.engines().map((e) => [e.key, e]));
  const clock = { startedUs: app.now, durationUs: (started: number) => Math.max(0, app.now() - started) };
  const sign = decisionSigner(app);
  return {
    isMeant: (incident) => (wish.selection ? wish.selection.has(incident.key) : wish.engine === 'agent' || wish.one || isSevere(incident)),
    // Who names the agent or a model wants its word; without, what had to do without a model is made good.
    isAnew(key) {
      if (wish.selection) return wish.selection.has(key);
      const was = before.get(key);
      if (was === undefined) return false;
      return wish.engine === 'agent' || wish.model !== undefined ? was.kind !== 'agent' || was.model !== engine.facts.model : was.degraded !== null;
    },
    async *decide(items, isCancelled) {
      const context: DecideContext = { ...decide, clock, agent: engine.port };
      onWaiting(true);
      try {
        yield* eachOf(items, wish.concurrency ?? policy.thresholds.max_concurrent, isCancelled, async (item) => settle(app, await investigateIncident(app, item.key, { decide: context, sign, onStep }), item));
      } catch (error) { if (!(error instanceof Cancelled)) throw error; } finally { onWaiting(false); }
    },
  };
}
