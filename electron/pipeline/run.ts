import { hash, randomUUID } from 'node:crypto';
import type { Finding } from '#shared/model/finding.ts';
import type { Incident } from '#shared/model/incident.ts';
import { isInForce } from '#shared/model/policy.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { correlate, type CorrelateInput, type Correlated, type CorrelatedIncident } from './correlate/correlate.ts';
import { decide, prepare, type DecideContext, type Decided } from './decide.ts';
import { RULES_VERSION } from './triage/rules-engine.ts';

export interface RunStore {
  correlateInput(): Omit<CorrelateInput, 'label'> & { readonly lastNumber: (year: number) => number };
  /** Saves incidents, which finding belongs where, and what was closed; durable when it returns. */
  saveCorrelated(correlated: Correlated): void;
  answersFor(key: string): readonly JsonObject[];
  /** The inputs of the decision that is in force, if there is one. */
  decidedInput(key: string): string | undefined;
  /** Saves decisions with their calls, audit and outbox rows in one transaction; durable when it returns. */
  saveDecisions(batch: readonly { readonly decided: Decided; readonly input_hash: string }[]): void;
  /** Changes with any new finding version, event, resource or policy. */
  dataVersion(): string;
}
export interface RunContext {
  readonly store: RunStore;
  readonly decide: Omit<DecideContext, 'clock'>;
  readonly now: () => number;
  readonly year: number;
  readonly onProgress: (done: number, total: number) => void;
  /** Looked at between batches. */
  readonly isCancelled: () => boolean;
}
export interface RunResult { readonly incidents: number; readonly decided: number; readonly unchanged: number; readonly cancelled: boolean }

/** Incidents that become durable together: a kill costs at most this many decisions. */
const BATCH = 500;

/**
 * The pipeline from normalized findings on: correlate → (enrich → triage → validate → route) for each incident whose inputs changed. Saves after
 * each stage; killed at any point, the next run goes on where this one was durable and comes to the same result.
 */
export async function runTriage(context: RunContext, only?: string): Promise<RunResult> {
  const { store } = context;
  const { lastNumber, ...input } = store.correlateInput();
  const correlated = correlate({ ...input, label: { year: context.year, last: lastNumber(context.year) } });
  store.saveCorrelated(correlated);
  const wanted = only === undefined ? correlated.incidents : correlated.incidents.filter((i) => i.incident.id === only || i.incident.key === only);
  let done = 0, decided = 0;
  for (let at = 0; at < wanted.length; at += BATCH) {
    if (context.isCancelled()) return { incidents: correlated.incidents.length, decided, unchanged: done - decided, cancelled: true };
    const batch = await decideBatch(wanted.slice(at, at + BATCH), context, only !== undefined);
    if (batch.length > 0) store.saveDecisions(batch);
    decided += batch.length;
    done = Math.min(wanted.length, at + BATCH);
    context.onProgress(done, wanted.length);
  }
  return { incidents: correlated.incidents.length, decided, unchanged: done - decided, cancelled: false };
}

async function decideBatch(incidents: readonly CorrelatedIncident[], context: RunContext, force: boolean): Promise<readonly { decided: Decided; input_hash: string }[]> {
  const results: { decided: Decided; input_hash: string }[] = [];
  for (const { incident, findings } of incidents) {
    const subject = prepare(incident, findings);
    const answers = context.store.answersFor(incident.key);
    const inputHash = hashInput(incident, subject, answers, context);
    if (!force && context.store.decidedInput(incident.key) === inputHash) continue;
    const clock = { startedUs: context.now, durationUs: (started: number) => Math.max(0, context.now() - started) };
    const decided = await decide({ incident, subject, answers, decision_id: `D-${randomUUID()}` }, { ...context.decide, clock });
    results.push({ decided, input_hash: inputHash });
  }
  return results;
}

/** Everything that a decision depends on. Equal inputs need no new decision. */
function hashInput(incident: Incident, subject: JsonObject, answers: readonly JsonObject[], context: RunContext): string {
  const { status: _, ...rest } = incident;
  const { policy, run } = context.decide;
  // An exception that ends changes the decision although no data came in.
  const now = Math.max(run.as_of_us, context.now());
  const ended = [...policy.accepted_risks, ...policy.known_good].filter((e) => e.expires !== undefined && !isInForce(e.expires, now)).length;
  return hash('sha256', JSON.stringify([rest, ended, subject, answers, context.store.dataVersion(), context.decide.run.as_of_us, RULES_VERSION]), 'hex');
}

/** Findings that take part: only what is open is a problem. */
export const isOpenFinding = (finding: Finding): boolean => finding.status === 'open';
