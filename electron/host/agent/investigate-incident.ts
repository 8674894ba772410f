import { signDecision } from '#electron/agent/identity.ts';
import { roles } from '#electron/agent/roles.ts';
import { decide, prepare, type DecideContext, type Decided } from '#electron/pipeline/decide.ts';
import type { AgentStep } from '#shared/model/agent.ts';
import { formatTime } from '#shared/lib/time.ts';
import type { App } from '../create-app.ts';
import { decisionId } from '../decision-id.ts';
import { currentAnswers } from '../run-store.ts';
import { installationKeys, type Keyring } from './keyring.ts';

/** What a signature of a decision covers: what was decided, by which gate, from which calls, and what the agent did for it. */
export function signedPayload({ incident, triage, validation, trace }: Pick<Decided, 'incident' | 'triage' | 'validation' | 'trace'>): unknown {
  const { signature: _, ...agent } = trace.agent ?? { signature: undefined };
  return { decision_id: trace.decision_id, incident_key: incident.key, run_id: trace.run_id, as_of: formatTime(trace.as_of_us), triage, gate: validation.gate, calls: trace.calls.map(({ call_id, tool, status, output }) => ({ call_id, tool, status, output: output ?? null })), agent };
}

/** Signs with the triage agent's key. The certificate goes into the workspace, so that the signature can be checked without this installation. */
export function decisionSigner(app: App, keys: Keyring = installationKeys()): (decided: Decided) => Decided {
  const { key, certificate } = keys.agent(roles.triage, app.now());
  app.tables.transaction(() => { app.tables.agent.putKey(certificate.body.key_id, roles.triage.name, JSON.stringify(certificate), app.now()); });
  return (decided) => {
    const { agent } = decided.trace;
    return agent === undefined ? decided : { ...decided, trace: { ...decided.trace, agent: { ...agent, signature: signDecision(key, roles.triage.name, signedPayload(decided)) } } };
  };
}

export interface InvestigateOptions {
  readonly decide: DecideContext;
  readonly sign: (decided: Decided) => Decided;
  readonly onStep: (step: AgentStep) => void;
}

/** Decides one incident of the store as it is now, with the agent of the context. */
export async function investigateIncident(app: App, key: string, options: InvestigateOptions): Promise<Decided> {
  const incident = app.tables.incidents.get(key)?.incident;
  if (!incident) throw new Error(`incident ${key} was correlated and is not in the store`);
  const subject = prepare(incident, app.tables.findings.told(incident.supporting_findings.map((f) => f.finding_id)));
  const decided = options.sign(await decide({ incident, subject, answers: currentAnswers(app, key), decision_id: decisionId(app.now()) }, options.decide));
  const { triage, trace } = decided;
  options.onStep({ incident: incident.id, at_us: app.now(), kind: 'decided', text: `${triage.decision} ${triage.priority}, confidence ${triage.confidence.toFixed(2)}${trace.degraded === undefined ? '' : `, by the rules: ${trace.degraded}`}` });
  return decided;
}

/** Runs over items with so many at once, and hands each result out as soon as it is there. Ends early, without starting more, when cancelled. */
export async function* eachOf<T, R>(items: readonly T[], atOnce: number, isCancelled: () => boolean, run: (item: T) => Promise<R>): AsyncGenerator<R> {
  const done: R[] = [];
  let next = 0, running = 0, failure: { readonly error: unknown } | undefined, wake = (): void => undefined;
  const lane = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined && failure === undefined && !isCancelled(); item = items[next++]) {
      try { done.push(await run(item)); } catch (error) { failure ??= { error }; }
      wake();
    }
  };
  for (let i = 0; i < Math.min(atOnce, items.length); i += 1) { running += 1; void lane().finally(() => { running -= 1; wake(); }); }
  for (;;) {
    const result = done.shift();
    if (result !== undefined) yield result;
    else if (running === 0) break;
    else await new Promise<void>((resolve) => { wake = resolve; });
  }
  if (failure !== undefined) throw failure.error;
}
