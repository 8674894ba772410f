import { Worker } from 'node:worker_threads';
import type { FromParser, ToParser } from '#electron/host/parse-protocol.ts';

/** One parse thread, kept for the files that follow. */
export interface Parser {
  /** Messages of the current file, one after the other; ends after `end` or `failed`, or when the parser was told to skip. */
  next(): Promise<FromParser>;
  /** The messages that wait, once there are `most` or the file is over: they are committed together. `most` must stay below what may be in flight. */
  waiting(most: number): Promise<readonly FromParser[]>;
  send(message: ToParser): void;
  stop(): Promise<void>;
}

/** Starts a parse thread. A crash of it arrives as a `failed` message: the file is lost, the engine is not. */
export function startParser(url: URL): Parser {
  const worker = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: 400, maxYoungGenerationSizeMb: 32 } });
  const queue: FromParser[] = [];
  let wake: (() => void) | undefined;
  const push = (message: FromParser) => { queue.push(message); wake?.(); };
  worker.on('message', (message: FromParser) => { push(message); });
  worker.on('error', (error: unknown) => { push({ type: 'failed', why: `the parser stopped: ${error instanceof Error ? error.message : String(error)}` }); });
  worker.on('exit', (code) => { if (code !== 0) push({ type: 'failed', why: `the parser stopped with code ${code}` }); });
  const arrival = async (most: number): Promise<void> => {
    while (queue.length < most && !queue.some((m) => m.type === 'end' || m.type === 'failed')) await new Promise<void>((resolve) => { wake = resolve; });
  };
  return {
    async waiting(most) { await arrival(most); return queue.splice(0); },
    async next() {
      await arrival(1);
      const message = queue.shift();
      if (!message) throw new Error('the queue was not empty');
      return message;
    },
    send: (message) => { worker.postMessage(message); },
    stop: async () => { worker.removeAllListeners('exit'); await worker.terminate(); },
  };
}
