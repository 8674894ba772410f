import { Worker } from 'node:worker_threads';
import type { FromPull, PullData, ToPull } from './pull-protocol.ts';

/** A pull thread as the engine sees it. */
export interface PullThread {
  /** Its messages in order; the last one is an `end`, also when the thread died. */
  messages(): AsyncGenerator<FromPull>;
  send(message: ToPull): void;
  stop(): Promise<void>;
}

/** How long a cancelled thread may take to end by itself. */
const PATIENCE_MS = 5000;

/**
 * Starts a thread that speaks with one product.
 * @param isCancelled is looked at now and then; what has come by then is still handed over.
 */
export function startPullThread(url: URL, data: PullData, isCancelled: () => boolean): PullThread {
  const worker = new Worker(url, { workerData: data, resourceLimits: { maxOldGenerationSizeMb: 1024 } });
  const queue: FromPull[] = [];
  let wake: (() => void) | undefined, isOver = false, cancelledAt: number | undefined;
  const push = (message: FromPull): void => { if (isOver) return; queue.push(message); isOver = message.type === 'end'; wake?.(); };
  const broken = (says: string): void => { push({ type: 'end', requests: 0, retries: 0, failure: { kind: cancelledAt === undefined ? 'broken' : 'cancelled', says } }); };
  worker.on('message', push);
  worker.on('error', (error: unknown) => { broken(`the thread that pulls stopped (${error instanceof Error ? error.name : 'unknown'})`); });
  worker.on('exit', () => { broken('the thread that pulls stopped'); });
  const watch = setInterval(() => {
    if (!isCancelled()) return;
    if (cancelledAt === undefined) { cancelledAt = performance.now(); worker.postMessage({ type: 'cancel' } satisfies ToPull); } else if (performance.now() - cancelledAt > PATIENCE_MS) void worker.terminate();
  }, 100);
  return {
    send: (message) => { worker.postMessage(message); },
    async *messages() {
      for (;;) {
        const message = queue.shift();
        if (message) { yield message; if (message.type === 'end') return; continue; }
        await new Promise<void>((resolve) => { wake = resolve; });
      }
    },
    async stop() { clearInterval(watch); await worker.terminate(); },
  };
}
