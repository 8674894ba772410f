import { err, type Result } from '#shared/lib/result.ts';
import type { Engine } from './engine-client.ts';

export type LaneState = 'ready' | 'lost' | 'restarting';
/** One thread that is started again when it dies. */
export interface Lane {
  request(method: string, input: unknown): Promise<Result<unknown>>;
  /** Waits for the thread to be there. @returns why it isn't. */
  ready(): Promise<Result<Engine>>;
  cancel(): void;
  kill(): Promise<void>;
  close(): Promise<void>;
}
export interface LaneOptions {
  readonly start: (onLost: (why: string) => void) => Promise<Result<Engine>>;
  readonly onState: (state: LaneState, why?: string) => void;
  /** Called when a request is answered, whatever the answer. */
  readonly onSettled: () => void;
}

/** A thread that can't be opened again is tried this often before it is given up; the next request tries again. */
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

/** Keeps a thread alive: requests that were pending when it died fail, those that follow wait for its successor. */
export function supervise(options: LaneOptions): Lane {
  let closing = false, pending = 0;
  let current: Promise<Result<Engine>> | undefined;
  const open = (): Promise<Result<Engine>> => (current ??= options.start(lost));
  function lost(why: string): void {
    if (closing) return;
    options.onState('lost', why);
    current = restart();
  }
  async function restart(): Promise<Result<Engine>> {
    let last: Result<Engine> = err('the engine stopped');
    for (let attempt = 0; attempt < ATTEMPTS && !closing; attempt++) {
      if (attempt > 0) await new Promise((resolve) => { setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt); });
      options.onState('restarting');
      last = await options.start(lost);
      if (last.ok) { options.onState('ready'); return last; }
    }
    options.onState('lost', last.ok ? undefined : last.error);
    current = undefined;
    return last;
  }
  return {
    async request(method, input) {
      if (closing) return err('the workspace is being closed');
      const engine = await open();
      if (!engine.ok) { current = undefined; return engine; }
      pending += 1;
      const result = await engine.value.request(method, input);
      pending -= 1;
      // Cancelling is for what was running then, not for what is asked later.
      if (pending === 0) engine.value.resume();
      options.onSettled();
      return result;
    },
    ready: open,
    cancel: () => { if (pending > 0) void current?.then((engine) => { if (engine.ok) engine.value.cancel(); }); },
    kill: async () => { const engine = await current; if (engine?.ok) await engine.value.kill(); },
    close: async () => { closing = true; const engine = await current; if (engine?.ok) await engine.value.close(); },
  };
}
