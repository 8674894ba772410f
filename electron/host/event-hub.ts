import type { EngineEvent } from '#shared/rpc/schemas.ts';

/** Hands the engine's events to any number of listeners. */
export interface EventHub {
  publish(event: EngineEvent): void;
  /** Events from now on, after the engine's last known state; ends with the signal or with the hub. */
  listen(signal?: AbortSignal): AsyncGenerator<EngineEvent, void, undefined>;
  /** How many listen now. */
  listeners(): number;
  close(): void;
}

/** A listener that reads slowly gets the newest state of each job instead of every step, and never holds more than this. */
const MOST_WAITING = 500;

interface Listener { readonly waiting: EngineEvent[]; wake: () => void }

export function createEventHub(): EventHub {
  const listeners = new Set<Listener>();
  let state: EngineEvent = { type: 'engine', state: 'ready' };
  let isClosed = false;
  return {
    publish(event) {
      if (event.type === 'engine') state = event;
      for (const listener of listeners) { enqueue(listener.waiting, event); listener.wake(); }
    },
    async *listen(signal) {
      const listener: Listener = { waiting: [state], wake: () => undefined };
      const stop = (): void => { listener.wake(); };
      listeners.add(listener);
      signal?.addEventListener('abort', stop);
      try {
        while (!isClosed && signal?.aborted !== true) {
          const event = listener.waiting.shift();
          if (event) yield event;
          else await new Promise<void>((resolve) => { listener.wake = resolve; });
        }
      } finally {
        listeners.delete(listener);
        signal?.removeEventListener('abort', stop);
      }
    },
    listeners: () => listeners.size,
    close() { isClosed = true; for (const listener of listeners) listener.wake(); },
  };
}

/** Appends an event, or puts it in place of an older one that it makes pointless. */
function enqueue(waiting: EngineEvent[], event: EngineEvent): void {
  const older = waiting.findIndex((w) => (event.type === 'job' ? w.type === 'job' && w.job.job === event.job.job : event.type === 'engine' && w.type === 'engine'));
  const changed = event.type === 'changed' ? waiting.findIndex((w) => w.type === 'changed') : -1;
  const known = waiting[changed];
  if (older >= 0) waiting[older] = event;
  else if (event.type === 'changed' && known?.type === 'changed') waiting[changed] = { type: 'changed', what: [...new Set([...known.what, ...event.what])] };
  else if (waiting.length < MOST_WAITING) waiting.push(event);
}
