import { Worker } from 'node:worker_threads';
import type { ToDecide } from '#electron/pipeline/run.ts';
import type { DeciderData, FromDecider, ToDecider } from './decide-protocol.ts';
import type { Decider } from './decider.ts';
import type { DecisionToSave } from './decision-rows.ts';
import { letGo } from './let-go.ts';

/** Incidents that go to a thread at once: enough that the message costs little, few enough that the threads end together. */
const CHUNK = 50;
/** Below this a thread takes longer to start than it saves. */
const WORTH_A_THREAD = 400;
/** One more than this gains nothing: the writer is then the slowest. */
const MOST_THREADS = 3;

export interface DecidePool {
  /** Decisions in the order of the items, a chunk at a time, while the next ones are being made. */
  decide(items: readonly ToDecide[], isCancelled: () => boolean): AsyncIterable<readonly DecisionToSave[]>;
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
      const chunks = Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK));
      if (items.length >= WORTH_A_THREAD) letGo();
      if (items.length >= WORTH_A_THREAD) while (threads.length < Math.min(MOST_THREADS, cores - 1)) threads.push(startThread(url, data));
      // A thread has two chunks, so that it need not wait for this one to answer.
      yield* inOrder(chunks, [yielding(here), ...threads.flatMap((t) => [t.decide, t.decide])], isCancelled);
    },
    stop: async () => { await Promise.all(threads.splice(0).map((t) => t.stop())); },
  };
}

/** Lets messages of other threads in before each chunk of this one's own. */
const yielding = (decide: Decider): Decider => async (items) => { await new Promise<void>((resolve) => { setImmediate(resolve); }); return decide(items); };

async function* inOrder(chunks: readonly (readonly ToDecide[])[], lanes: readonly Decider[], isCancelled: () => boolean): AsyncIterable<readonly DecisionToSave[]> {
  const done = new Map<number, readonly DecisionToSave[]>();
  let next = 0, failure: { readonly error: unknown } | undefined, wake = (): void => undefined;
  const run = async (decide: Decider): Promise<void> => {
    while (next < chunks.length && failure === undefined && !isCancelled()) {
      const at = next++;
      try { done.set(at, await decide(chunks[at] ?? [])); } catch (error) { failure ??= { error }; }
      wake();
    }
    wake();
  };
  let running = lanes.length;
  for (const lane of lanes) void run(lane).finally(() => { running -= 1; wake(); });
  for (let at = 0; at < chunks.length; at++) {
    let ready = done.get(at);
    while (ready === undefined) {
      if (failure !== undefined) throw failure.error;
      if (running === 0) return;
      await new Promise<void>((resolve) => { wake = resolve; });
      ready = done.get(at);
    }
    done.delete(at);
    yield ready;
  }
}

interface Thread { readonly decide: Decider; stop(): Promise<void> }

function startThread(url: URL, data: DeciderData): Thread {
  const worker = new Worker(url, { workerData: data });
  const waiting = new Map<number, { readonly resolve: (saved: readonly DecisionToSave[]) => void; readonly reject: (error: Error) => void }>();
  let last = 0, gone: Error | undefined;
  const lost = (error: Error): void => { gone = error; for (const w of waiting.values()) w.reject(error); waiting.clear(); };
  worker.on('message', (message: FromDecider) => {
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) asked?.reject(new Error(message.error)); else asked?.resolve(message.saved);
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
