import { hash } from 'node:crypto';
import type { Incident } from '#shared/model/incident.ts';
import { isInForce, type Policy } from '#shared/model/policy.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import { correlate, type CorrelateInput, type Correlated, type CorrelatedIncident } from './correlate/correlate.ts';
import { RULES_VERSION } from './triage/rules-engine.ts';

/** What of a correlation is saved. */
export interface SavedCorrelation { readonly incidents: readonly Incident[]; readonly closed: Correlated['closed'] }
/** The newest decision that the machine made of an incident. */
export interface Latest { readonly decision_id: string; /** `rules` or `agent`. */ readonly engine: string; /** What it came to, to compare; empty: not known. */ readonly outcome: string }
/** A decision that other inputs came to as well. */
export interface Kept {
  readonly key: string; readonly input_hash: string; readonly outcome: string;
  /** Of an incident on which a person's override stands: what the machine makes of it now. */
  readonly under?: { readonly incident: string; readonly decision_id: string; readonly decision: string; readonly priority: string; readonly gate_claims: string } | undefined;
}
/** What came of an incident that was looked at. */
export type Settled<Saved> = { readonly is: 'decided'; readonly saved: Saved; /** It was compared with an earlier decision, and differs. */ readonly again: boolean } | { readonly is: 'kept'; readonly kept: Kept };
/** `left`: a model would be asked something else about it now than it was, so it is the model's again. */
export type Looked<Saved> = Settled<Saved> | { readonly is: 'left'; readonly key: string };

/** Open findings that are correlated together, with what is known of them. */
export type Correlation = Omit<CorrelateInput, 'label'> & { readonly lastNumber: (year: number) => number };

/** `Saved` is a decision in whatever form the store takes it. */
export interface RunStore<Saved> {
  /** All open findings, in parts that have no problem in common; each is read when it is asked for, and must be saved before the next is. */
  correlations(): Iterable<() => Correlation>;
  /** Saves incidents, which finding belongs where, and what was closed; durable when it returns. @param correlation what they were made of */
  saveCorrelated(correlated: SavedCorrelation, correlation: Pick<Correlation, 'known' | 'assignments'>): void;
  /** Closes the incidents none of whose findings is open, which no correlation saw; durable when it returns. */
  closeRest(): void;
  answersFor(key: string): readonly JsonObject[];
  /** The machine's newest decision with its inputs, if it is in force or stands behind an override that is. */
  latest(key: string): Latest & { readonly input_hash: string } | undefined;
  /** Saves decisions with their calls, audit and outbox rows in one transaction; durable when it returns. */
  saveDecisions(batch: readonly Saved[]): void;
  /** Saves that decisions still hold, all in one transaction with one audit row. @param checked how many were looked at */
  saveKept(kept: readonly Kept[], checked: number): void;
  /** Changes with any new finding version, event, resource or policy. */
  dataVersion(): string;
}
/** An incident to decide; whoever does it reads it from the store. */
export interface ToDecide {
  readonly key: string; readonly input_hash: string; /** Where it lies in the graph: incidents of one place read much of the same. */ readonly place: string;
  /** The decision to compare with, which is kept where it still holds; none: it is decided anew in any case. */
  readonly latest?: Latest | undefined;
  /** Another engine decides where the latest does not hold. */
  readonly waits?: boolean | undefined;
}
/** An engine that waits, e.g. for a model: it decides some of the incidents, several at once, and each is saved as it comes. */
export interface SlowEngine<Saved> {
  /** Whether an incident is this engine's; the others are decided by the rules at once. */
  isMeant(incident: Incident): boolean;
  /** Whether it is decided anew although its inputs did not change, e.g. as another engine decided it. */
  isAnew(key: string): boolean;
  decide(items: readonly ToDecide[], isCancelled: () => boolean): AsyncIterable<Settled<Saved>>;
}
export interface RunContext<Saved> {
  readonly slow?: SlowEngine<Saved> | undefined;
  readonly store: RunStore<Saved>;
  readonly policy: Policy;
  /** The time that ages are measured against, microseconds UTC. */
  readonly asOfUs: number;
  /** Enriches, triages, validates and routes incidents, each once and in any order, while what came before is being saved; ends early when cancelled. */
  decide(items: readonly ToDecide[], isCancelled: () => boolean): AsyncIterable<readonly Looked<Saved>[]>;
  readonly now: () => number;
  readonly year: number;
  readonly onProgress: (done: number, total: number) => void;
  /** Looked at between batches. */
  readonly isCancelled: () => boolean;
}
/** `checked` of those that are unchanged were looked at again, as there was new data. */
export interface RunResult { readonly incidents: number; readonly decided: number; readonly unchanged: number; readonly checked: number; readonly cancelled: boolean }

/** Incidents that become durable together: a kill costs at most this many decisions, and those that were being made. Their pages fit into what the writer keeps in memory. */
const BATCH = 500;

/**
 * The pipeline from normalized findings on: correlate → (enrich → triage → validate → route) for each incident whose inputs changed. What comes to the same as
 * before keeps its decision and is only noted as checked. Saves after each stage; killed at any point, the next run goes on where this one was durable and
 * comes to the same result.
 */
export async function runTriage<Saved>(context: RunContext<Saved>, only?: string): Promise<RunResult> {
  const { incidents, wanted, todo, waiting } = correlateAndSave(context, only);
  const tally = tallyOf(context, wanted, wanted - todo.length - waiting.length);
  const items = new Map(todo.flatMap((item) => (item.waits ? [[item.key, item] as const] : []))), left: ToDecide[] = [];
  for await (const looked of context.decide(todo, context.isCancelled)) {
    for (const one of looked) {
      if (one.is !== 'left') { tally.take(one); continue; }
      const item = items.get(one.key);
      if (item) { left.push({ ...item, latest: undefined }); tally.leave(); }
    }
    tally.saveFrom(BATCH);
  }
  tally.saveAll();
  // What waits comes last, so that everything else has its decision by then.
  const slow = [...left, ...waiting];
  for await (const one of slow.length === 0 ? [] : context.slow?.decide(slow, context.isCancelled) ?? []) {
    tally.take(one);
    tally.saveFrom(1);
  }
  tally.saveAll();
  return { incidents, ...tally.result() };
}

/** Counts what comes and saves it. */
function tallyOf<Saved>({ store, onProgress }: RunContext<Saved>, wanted: number, untouched: number) {
  let decided = 0, held = 0, checked = 0, batch: Saved[] = [], kept: Kept[] = [];
  const tell = (): void => { onProgress(untouched + decided + held + kept.length, wanted); };
  tell();
  const saveFrom = (least: number): void => {
    if (batch.length >= least) {
      store.saveDecisions(batch);
      decided += batch.length;
      batch = [];
    }
    tell();
  };
  return {
    take(one: Settled<Saved>): void {
      if (one.is === 'kept') { kept.push(one.kept); checked += 1; } else { batch.push(one.saved); if (one.again) checked += 1; }
    },
    /** It was looked at, and is another engine's now. */
    leave(): void { checked += 1; },
    saveFrom,
    saveAll(): void {
      saveFrom(1);
      if (checked > 0) store.saveKept(kept, checked);
      held += kept.length;
      kept = [];
      checked = 0;
    },
    result: () => ({ decided, unchanged: untouched + held, checked: held, cancelled: untouched + decided + held < wanted }),
  };
}

interface Meant { readonly item: ToDecide; /** It is the slow engine's. */ readonly waits: boolean }

/** What is left of correlation once it is saved: findings and incidents of a large workspace are not held while it is decided. */
function correlateAndSave<Saved>(context: RunContext<Saved>, only: string | undefined): { readonly incidents: number; readonly wanted: number; readonly todo: readonly ToDecide[]; /** For the engine that waits. */ readonly waiting: readonly ToDecide[] } {
  const { store, slow } = context;
  const todo: ToDecide[] = [], waiting: ToDecide[] = [], hashInput = inputHasher(context);
  let incidents = 0, wanted = 0;
  for (const read of store.correlations()) {
    const { items, known, assignments, ...saved } = correlatePart(context, read, hashInput, only);
    store.saveCorrelated(saved, { known, assignments });
    incidents += saved.incidents.length;
    wanted += items.length;
    for (const { item, waits } of items) {
      const latest = store.latest(item.key), isAnew = only !== undefined || latest === undefined || (waits && slow?.isAnew(item.key) === true);
      if (!isAnew && latest.input_hash === item.input_hash) continue;
      if (isAnew) (waits ? waiting : todo).push(item);
      // What the rules decided is a model's turn once there is one.
      else if (waits && latest.engine !== 'agent') waiting.push({ ...item, latest });
      else todo.push({ ...item, latest, waits });
    }
  }
  store.closeRest();
  return { incidents, wanted, todo, waiting };
}

/** Everything that needs the findings themselves: once this has returned they can go, before anything is saved. */
function correlatePart<Saved>({ year, slow }: RunContext<Saved>, read: () => Correlation, hashInput: InputHasher, only: string | undefined): SavedCorrelation & Pick<Correlation, 'known' | 'assignments'> & { readonly items: readonly Meant[] } {
  const { lastNumber, ...input } = read();
  const correlated = correlate({ ...input, label: { year, last: lastNumber(year) } });
  // What lies together in the graph is decided together: an estate of any size is read an account at a time. Saved in this order, what is decided together stands together.
  const byPlace = correlated.incidents.toSorted(({ incident: a }, { incident: b }) => compare(a.account ?? '', b.account ?? '') || compare(a.entity, b.entity) || compare(a.id, b.id));
  const wanted = only === undefined ? byPlace : byPlace.filter((i) => i.incident.id === only || i.incident.key === only);
  const items = wanted.map((i) => ({ item: { key: i.incident.key, input_hash: hashInput(i), place: i.incident.account ?? '' }, waits: slow?.isMeant(i.incident) === true }));
  return { incidents: byPlace.map((i) => i.incident), closed: correlated.closed, items, known: input.known, assignments: input.assignments };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type InputHasher = (correlated: CorrelatedIncident) => string;
/** Everything that a decision depends on. Equal inputs need no new decision. */
function inputHasher<Saved>({ store, policy, asOfUs, now }: RunContext<Saved>): InputHasher {
  // An exception that ends changes the decision although no data came in.
  const at = Math.max(asOfUs, now());
  const ended = [...policy.accepted_risks, ...policy.known_good].filter((e) => e.expires !== undefined && !isInForce(e.expires, at)).length;
  const common = [ended, store.dataVersion(), asOfUs, RULES_VERSION];
  return ({ incident: { status: _, ...incident }, findings }) => hash('sha256', JSON.stringify([incident, findings.map((f) => f.content_hash), store.answersFor(incident.key), common]), 'hex');
}
