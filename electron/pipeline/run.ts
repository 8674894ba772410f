import { hash } from 'node:crypto';
import type { Incident } from '#shared/model/incident.ts';
import { isInForce, type Policy } from '#shared/model/policy.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { correlate, type CorrelateInput, type Correlated, type CorrelatedIncident } from './correlate/correlate.ts';
import { RULES_VERSION } from './triage/rules-engine.ts';

/** What of a correlation is saved. */
export interface SavedCorrelation { readonly incidents: readonly Incident[]; readonly closed: Correlated['closed'] }
/** `Saved` is a decision in whatever form the store takes it. */
export interface RunStore<Saved> {
  correlateInput(): Omit<CorrelateInput, 'label'> & { readonly lastNumber: (year: number) => number };
  /** Saves incidents, which finding belongs where, and what was closed; durable when it returns. */
  saveCorrelated(correlated: SavedCorrelation): void;
  answersFor(key: string): readonly JsonObject[];
  /** The inputs of the decision that is in force, if there is one. */
  decidedInput(key: string): string | undefined;
  /** Saves decisions with their calls, audit and outbox rows in one transaction; durable when it returns. */
  saveDecisions(batch: readonly Saved[]): void;
  /** Changes with any new finding version, event, resource or policy. */
  dataVersion(): string;
}
/** An incident to decide; whoever does it reads it from the store. */
export interface ToDecide { readonly key: string; readonly input_hash: string; /** Where it lies in the graph: incidents of one place read much of the same. */ readonly place: string }
/** An engine that waits, e.g. for a model: it decides some of the incidents, several at once, and each is saved as it comes. */
export interface SlowEngine<Saved> {
  /** Whether an incident is this engine's; the others are decided by the rules at once. */
  isMeant(incident: Incident): boolean;
  /** Whether it is decided anew although its inputs did not change, e.g. as another engine decided it. */
  isAnew(key: string): boolean;
  decide(items: readonly ToDecide[], isCancelled: () => boolean): AsyncIterable<Saved>;
}
export interface RunContext<Saved> {
  readonly slow?: SlowEngine<Saved> | undefined;
  readonly store: RunStore<Saved>;
  readonly policy: Policy;
  /** The time that ages are measured against, microseconds UTC. */
  readonly asOfUs: number;
  /** Enriches, triages, validates and routes incidents, each once and in any order, while what came before is being saved; ends early when cancelled. */
  decide(items: readonly ToDecide[], isCancelled: () => boolean): AsyncIterable<readonly Saved[]>;
  readonly now: () => number;
  readonly year: number;
  readonly onProgress: (done: number, total: number) => void;
  /** Looked at between batches. */
  readonly isCancelled: () => boolean;
}
export interface RunResult { readonly incidents: number; readonly decided: number; readonly unchanged: number; readonly cancelled: boolean }

/** Incidents that become durable together: a kill costs at most this many decisions, and those that were being made. Their pages fit into what the writer keeps in memory. */
const BATCH = 500;

/**
 * The pipeline from normalized findings on: correlate → (enrich → triage → validate → route) for each incident whose inputs changed. Saves after
 * each stage; killed at any point, the next run goes on where this one was durable and comes to the same result.
 */
export async function runTriage<Saved>(context: RunContext<Saved>, only?: string): Promise<RunResult> {
  const { store } = context;
  const { incidents, wanted, todo, waiting } = correlateAndSave(context, only);
  const unchanged = wanted - todo.length - waiting.length;
  let decided = 0, batch: Saved[] = [];
  const save = (): void => {
    if (batch.length === 0) return;
    store.saveDecisions(batch);
    decided += batch.length;
    batch = [];
    context.onProgress(unchanged + decided, wanted);
  };
  context.onProgress(unchanged, wanted);
  for await (const saved of context.decide(todo, context.isCancelled)) {
    batch.push(...saved);
    if (batch.length >= BATCH) save();
  }
  save();
  // What waits comes last, so that everything else has its decision by then.
  for await (const saved of waiting.length === 0 ? [] : context.slow?.decide(waiting, context.isCancelled) ?? []) {
    batch.push(saved);
    save();
  }
  return { incidents, decided, unchanged, cancelled: decided < todo.length + waiting.length };
}

/** What is left of correlation once it is saved: findings and incidents of a large workspace are not held while it is decided. */
function correlateAndSave<Saved>(context: RunContext<Saved>, only: string | undefined): { readonly incidents: number; readonly wanted: number; readonly todo: readonly ToDecide[]; /** For the engine that waits. */ readonly waiting: readonly ToDecide[] } {
  const { store } = context;
  const { incidents, closed, items } = correlateAll(context, only);
  store.saveCorrelated({ incidents, closed });
  const open = items.filter(({ item, slow: waits }) => only !== undefined || store.decidedInput(item.key) !== item.input_hash || (waits && context.slow?.isAnew(item.key) === true));
  const of = (waits: boolean): readonly ToDecide[] => open.filter((o) => o.slow === waits).map((o) => o.item);
  return { incidents: incidents.length, wanted: items.length, todo: of(false), waiting: of(true) };
}

/** Everything that needs the findings themselves: once this has returned they can go, before anything is saved. */
function correlateAll<Saved>(context: RunContext<Saved>, only: string | undefined): SavedCorrelation & { readonly items: readonly { readonly item: ToDecide; readonly slow: boolean }[] } {
  const { store, year, slow } = context;
  const { lastNumber, ...input } = store.correlateInput();
  const correlated = correlate({ ...input, label: { year, last: lastNumber(year) } });
  // What lies together in the graph is decided together: an estate of any size is read an account at a time. Saved in this order, what is decided together stands together.
  const byPlace = correlated.incidents.toSorted(({ incident: a }, { incident: b }) => compare(a.account ?? '', b.account ?? '') || compare(a.entity, b.entity) || compare(a.id, b.id));
  const wanted = only === undefined ? byPlace : byPlace.filter((i) => i.incident.id === only || i.incident.key === only);
  const hashInput = inputHasher(context);
  const items = wanted.map((i) => ({ item: { key: i.incident.key, input_hash: hashInput(i), place: i.incident.account ?? '' }, slow: slow?.isMeant(i.incident) === true }));
  return { incidents: byPlace.map((i) => i.incident), closed: correlated.closed, items };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Everything that a decision depends on. Equal inputs need no new decision. */
function inputHasher<Saved>({ store, policy, asOfUs, now }: RunContext<Saved>): (correlated: CorrelatedIncident) => string {
  // An exception that ends changes the decision although no data came in.
  const at = Math.max(asOfUs, now());
  const ended = [...policy.accepted_risks, ...policy.known_good].filter((e) => e.expires !== undefined && !isInForce(e.expires, at)).length;
  const common = [ended, store.dataVersion(), asOfUs, RULES_VERSION];
  return ({ incident: { status: _, ...incident }, findings }) => hash('sha256', JSON.stringify([incident, findings.map((f) => f.content_hash), store.answersFor(incident.key), common]), 'hex');
}
