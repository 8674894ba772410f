import type { MessagePort } from 'node:worker_threads';
import { problemInWords } from '#electron/store/sqlite-problem.ts';
import type { AgentStep } from '#shared/model/agent.ts';
import type { Result } from '#shared/lib/result.ts';
import type { App } from './create-app.ts';
import { watchEgress } from './egress.ts';
import type { EngineMessage, EngineRequest, Progress } from './engine-protocol.ts';

export interface Hooks { readonly onProgress: (progress: Progress) => void; readonly isCancelled: () => boolean; /** What an agent does, as it does it. */ readonly onStep?: (step: AgentStep) => void; /** From now on the request mostly waits for a model (or no longer). */ readonly onWaiting?: (is: boolean) => void }
export type Answer = (method: string, input: unknown, hooks: Hooks) => Promise<Result<unknown>>;

/** Short writes that don't change what a run reads: let in while it waits for a model. */
const BESIDE_A_MODEL: ReadonlySet<string> = new Set(['approve', 'reject', 'override', 'review.approve', 'review.reject', 'review.override', 'review.undo', 'settings.set', 'models.setKey']);

/** Questions to an endpoint: they wait for a server, change no data, and need not wait for whatever runs. */
const BESIDE_ANYTHING: ReadonlySet<string> = new Set(['models.probe', 'models.test', 'models.available']);

/** A thread's side of the protocol: requests are answered one after the other; what a handler throws is that request's error, never the thread's end. */
export function serveRequests(port: MessagePort, opened: Result<App>, cancel: SharedArrayBuffer, answer: (app: App) => Answer): void {
  const send = (message: EngineMessage): void => { port.postMessage(message); };
  if (!opened.ok) { send({ type: 'unopened', why: opened.error }); return; }
  const app = opened.value;
  watchEgress();
  const respond = answer(app);
  const flag = new Int32Array(cancel);
  const hooks: Hooks = { isCancelled: () => Atomics.load(flag, 0) === 1, onProgress: (progress) => { send({ type: 'progress', progress }); }, onStep: (step) => { send({ type: 'step', step }); } };
  let turn: Promise<void> = Promise.resolve(), isWaiting = false;
  const answerOne = async (request: EngineRequest): Promise<void> => {
    try {
      const result = await respond(request.method, request.input, { ...hooks, onWaiting: (is) => { isWaiting = is; } });
      send(result.ok ? { type: 'result', id: request.id, ok: true, value: result.value } : { type: 'result', id: request.id, ok: false, error: result.error });
    } catch (error) {
      send({ type: 'result', id: request.id, ok: false, error: problemInWords(error) });
    }
  };
  port.on('message', (request: EngineRequest | 'close') => {
    // While a run waits for a model, a review need not wait for the run: each is one transaction, and what the run saves later looks at it.
    if (request !== 'close' && (BESIDE_ANYTHING.has(request.method) || (isWaiting && BESIDE_A_MODEL.has(request.method)))) { void answerOne(request); return; }
    turn = turn.then(async () => {
      if (request === 'close') { app.close(); send({ type: 'closed' }); port.close(); return; }
      await answerOne(request);
      isWaiting = false;
    });
  });
  const { id, file, isNew, says } = app.workspace;
  send({ type: 'ready', workspace: { id, file, isNew, ...(says !== undefined && { says }) } });
}
