import { setTimeout as sleepFor } from 'node:timers/promises';
import { ConnectFailure, socketFault, type Fault } from './failure.ts';

export interface PaceOptions {
  readonly signal: AbortSignal;
  /** Most requests at once. Throttling halves it, what goes well raises it again. */
  readonly concurrency?: number;
  /** Tries of one request, the first included. */
  readonly attempts?: number;
  /** For one try, from its start to the last byte of its answer. */
  readonly deadline_ms?: number;
  /** Longest wait between two tries: the back-off's cap, and what a server may ask for. */
  readonly longest_wait_ms?: number;
  readonly shortest_wait_ms?: number;
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How requests are made, all of them: few at once, patiently, and never without an end. */
export interface Pace {
  /**
   * Makes one request. `call` gets a signal that ends it at its deadline. What `readFault` doesn't know and no socket explains is passed on as it is.
   * @throws ConnectFailure when it failed for good or for too often.
   */
  run<T>(call: (signal: AbortSignal) => Promise<T>, readFault: (error: unknown) => Fault | undefined): Promise<T>;
  counts(): { readonly requests: number; readonly retries: number };
}

const WINDOW = 20;

export function createPace(options: PaceOptions): Pace {
  const { signal, concurrency = 8, attempts = 6, deadline_ms = 60_000, longest_wait_ms = 30_000, shortest_wait_ms = 250, random = Math.random, sleep = wait } = options;
  const waiting: (() => void)[] = [];
  let allowed = concurrency, running = 0, good = 0, requests = 0, retries = 0;
  const enter = async (): Promise<void> => {
    while (running >= allowed) await new Promise<void>((resolve) => { waiting.push(resolve); });
    running += 1;
  };
  const leave = (): void => { running -= 1; waiting.shift()?.(); };
  const slower = (): void => { good = 0; allowed = Math.max(1, Math.floor(allowed / 2)); };
  const faster = (): void => { good += 1; if (good % WINDOW === 0 && allowed < concurrency) { allowed += 1; waiting.shift()?.(); } };
  const tryOnce = async <T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    await enter();
    try {
      stopIf(signal);
      requests += 1;
      const result = await withDeadline(call, signal, deadline_ms);
      faster();
      return result;
    } finally { leave(); }
  };
  return {
    counts: () => ({ requests, retries }),
    async run(call, readFault) {
      for (let attempt = 1; ; attempt++) {
        try { return await tryOnce(call); } catch (error) {
          stopIf(signal);
          const fault = error instanceof ConnectFailure ? faultOf(error) : readFault(error) ?? socketFault(error);
          if (fault === undefined) throw error;
          if (fault.kind === 'throttled') slower();
          if (!fault.retry) throw new ConnectFailure(fault.kind, fault.says);
          if (attempt >= attempts) throw new ConnectFailure(fault.kind, `${fault.says} (${attempts} tries)`);
          retries += 1;
          await sleep(waitOf(attempt, fault.after_ms), signal);
          stopIf(signal);
        }
      }
    },
  };

  /** Exponential with full jitter, so that requests that failed together don't come back together; never before the server wants to see us. */
  function waitOf(attempt: number, afterMs: number | undefined): number {
    const most = Math.min(longest_wait_ms, shortest_wait_ms * 2 ** (attempt - 1));
    const jittered = Math.round(most / 2 + random() * most / 2);
    return afterMs === undefined ? jittered : Math.min(longest_wait_ms, afterMs) + Math.round(random() * shortest_wait_ms);
  }
}

/** A failure that a call has read itself: its own deadline is worth another try. */
const faultOf = (error: ConnectFailure): Fault => (error.kind === 'timeout' || error.kind === 'cut' ? { retry: true, kind: error.kind, says: error.says } : { retry: false, kind: error.kind, says: error.says });

function stopIf(signal: AbortSignal): void {
  if (signal.aborted) throw new ConnectFailure('cancelled', 'the pull was cancelled');
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try { await sleepFor(ms, undefined, { signal }); } catch { stopIf(signal); }
}

/** Ends a call at its deadline, also one that doesn't listen to its signal. */
async function withDeadline<T>(call: (signal: AbortSignal) => Promise<T>, outer: AbortSignal, ms: number): Promise<T> {
  const control = new AbortController();
  const late = new ConnectFailure('timeout', `no complete answer within ${Math.round(ms / 1000)} s`);
  let timer: NodeJS.Timeout | undefined, stop: (() => void) | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(late); control.abort(late); }, ms);
    stop = () => { const why = new ConnectFailure('cancelled', 'the pull was cancelled'); reject(why); control.abort(why); };
    outer.addEventListener('abort', stop, { once: true });
  });
  try { return await Promise.race([call(control.signal), over]); } finally {
    clearTimeout(timer);
    if (stop) outer.removeEventListener('abort', stop);
  }
}
