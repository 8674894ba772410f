import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { createApp } from '#electron/host/create-app.ts';
import { handlers } from '#electron/host/handlers/all.ts';
import type { EngineMessage, EngineRequest } from '#electron/host/engine-protocol.ts';

/** Thread entry: owns the one writable connection and runs the pipeline. Requests are answered one after the other. */
const port = parentPort;
if (!port) throw new Error('engine.ts is a thread entry');
const data = z.object({ file: z.string(), create: z.boolean(), resourcesDir: z.string(), parseUrl: z.string(), engineUrl: z.string(), cancel: z.instanceof(SharedArrayBuffer) }).parse(workerData);
const flag = new Int32Array(data.cancel);
const send = (message: EngineMessage): void => { port.postMessage(message); };

// Microseconds that never run backwards within a process, however the wall clock is set.
const origin = Date.now() * 1000 - Math.round(performance.now() * 1000);
const now = (): number => origin + Math.round(performance.now() * 1000);

const app = createApp({ file: data.file, create: data.create, resourcesDir: data.resourcesDir, workerUrl: (name) => new URL(name === 'parse' ? data.parseUrl : data.engineUrl), now });
if (!app.ok) send({ type: 'unopened', why: app.error });
else {
  const { value } = app;
  let turn: Promise<void> = Promise.resolve();
  port.on('message', (request: EngineRequest | 'close') => {
    turn = turn.then(async () => {
      if (request === 'close') { value.close(); send({ type: 'closed' }); port.close(); return; }
      const handler = handlers[request.method];
      try {
        if (!handler) throw new Error(`there is no method ${request.method}`);
        const result = await handler(value, request.input, { isCancelled: () => Atomics.load(flag, 0) === 1, onProgress: (progress) => { send({ type: 'progress', progress }); } });
        send(result.ok ? { type: 'result', id: request.id, ok: true, value: result.value } : { type: 'result', id: request.id, ok: false, error: result.error });
      } catch (error) {
        send({ type: 'result', id: request.id, ok: false, error: error instanceof Error ? `${error.message}` : String(error) });
      }
    });
  });
  send({ type: 'ready' });
}
