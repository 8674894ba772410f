import { Worker } from 'node:worker_threads';
import type { Looked, ToDecide } from '#electron/pipeline/run.ts';
import type { DeciderData, FromDecider, ToDecider } from './decide-protocol.ts';
import type { Decider } from './decider.ts';
import type { DecisionToSave } from './decision-rows.ts';
import { letGo } from './let-go.ts';

/** Incidents that go to a thread at once: enough that the message costs little, few enough that the threads end together. */
const CHUNK = 50;
/** Chunks that a thread has before it, so that it need not wait while this one saves. */
const AHEAD = 6;
/** Below this a thread takes longer to start than it saves. */
const WORTH_A_THREAD = 400;
/** One more than this gains nothing: the writer is then the slowest. */
const MOST_THREADS = 3;

export interface DecidePool {
  /** Decisions a chunk at a time as they are made, so in any order; those of one place mostly together. */
  decide(items: readonly ToDecide[], isCancelled: () => boolean): AsyncIterable<readonly Looked<DecisionToSave>[]>;
  stop(): Promise<void>;
}
export interface PoolOptions {
  /** Decides in this thread, between the writes. */
  readonly here: Decider;
  readonly url: URL;
  readonly data: DeciderData;
  /** Cores that may be used, this thread's own included. */
  readonly cores: number;
}

/** Decides in this thread and, when there is much to do, in others beside it. */
export function decidePool({ here, url, data, cores }: PoolOptions): DecidePool {
  const threads: Thread[] = [];
  return {
    async *decide(items, isCancelled) {
      if (items.length >= WORTH_A_THREAD) {
        letGo();
        while (threads.length < Math.min(MOST_THREADS, cores - 1)) threads.push(startThread(url, data));
      }
      yield* asTheyCome(shareOut(items), [[yielding(here)], ...threads.map((t) => Array.from({ length: AHEAD }, () => t.decide))], isCancelled);
    },
    stop: async () => { await Promise.all(threads.splice(0).map((t) => t.stop())); },
  };
}

/** Lets messages of other threads in before each chunk of this one's own. */
const yielding = (decide: Decider): Decider => async (items) => { await new Promise<void>((resolve) => { setImmediate(resolve); }); return decide(items); };

interface Place { readonly items: readonly ToDecide[]; next: number; workers: number }
/** Gives a worker its next chunk; none when nothing is left. */
type ShareOut = (worker: { place?: Place | undefined }) => readonly ToDecide[] | undefined;

/**
 * Each worker goes on in the place that it is in, as it has read what lies there; then it takes the largest where nobody is, and at the end it helps
 * where most is left.
 */
function shareOut(items: readonly ToDecide[]): ShareOut {
  const places: Place[] = [...Map.groupBy(items, (item) => item.place).values()].map((of) => ({ items: of, next: 0, workers: 0 }));
  const left = (place: Place): number => place.items.length - place.next;
  return (worker) => {
    let place = worker.place;
    if (place === undefined || left(place) <= 0) {
      if (place) place.workers -= 1;
      place = places.filter((p) => left(p) > 0).toSorted((a, b) => a.workers - b.workers || left(b) - left(a))[0];
      worker.place = place;
      if (place) place.workers += 1;
    }
    return place?.items.slice(place.next, place.next += CHUNK);
  };
}

/** `workers`: the lanes of each. */
async function* asTheyCome(next: ShareOut, workers: readonly (readonly Decider[])[], isCancelled: () => boolean): AsyncIterable<readonly Looked<DecisionToSave>[]> {
  const done: (readonly Looked<DecisionToSave>[])[] = [];
  let failure: { readonly error: unknown } | undefined, wake = (): void => undefined;
  let running = 0;
  const run = async (decide: Decider, worker: { place?: Place | undefined }): Promise<void> => {
    running += 1;
    try {
      while (failure === undefined && !isCancelled()) {
        const chunk = next(worker);
        if (chunk === undefined) break;
        done.push(await decide(chunk));
        wake();
      }
    } catch (error) { failure ??= { error }; }
    running -= 1;
    wake();
  };
  for (const lanes of workers) { const worker = {}; for (const lane of lanes) void run(lane, worker); }
  for (;;) {
    const ready = done.shift();
    if (ready) { yield ready; continue; }
    if (failure !== undefined) throw failure.error;
    if (running === 0) return;
    await new Promise<void>((resolve) => { wake = resolve; });
  }
}

interface Thread { readonly decide: Decider; stop(): Promise<void> }

function startThread(url: URL, data: DeciderData): Thread {
  const worker = new Worker(url, { workerData: data });
  const waiting = new Map<number, { readonly resolve: (looked: readonly Looked<DecisionToSave>[]) => void; readonly reject: (error: Error) => void }>();
  let last = 0, gone: Error | undefined;
  const lost = (error: Error): void => { gone = error; for (const w of waiting.values()) w.reject(error); waiting.clear(); };
  worker.on('message', (message: FromDecider) => {
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) asked?.reject(new Error(message.error)); else asked?.resolve(message.looked);
  });
  worker.on('error', (error: unknown) => { lost(error instanceof Error ? error : new Error(String(error))); });
  worker.on('exit', () => { lost(new Error('a deciding thread stopped')); });
  return {
    decide: (items) => new Promise((resolve, reject) => {
      if (gone) { reject(gone); return; }
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, items } satisfies ToDecider);
    }),
    stop: async () => { worker.removeAllListeners('exit'); await worker.terminate(); },
  };
}
