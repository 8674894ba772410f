import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { now } from '#electron/host/clock.ts';
import { createApp } from '#electron/host/create-app.ts';
import { watchEgress } from '#electron/host/egress.ts';
import { engineDataSchema } from '#electron/host/engine-protocol.ts';
import { handlers } from '#electron/host/handlers/all.ts';
import { serveRequests } from '#electron/host/serve-requests.ts';
import { err } from '#shared/lib/result.ts';

/** Thread entry: owns the one writable connection and runs the pipeline. Requests are answered one after the other. */
if (!parentPort) throw new Error('engine.ts is a thread entry');
// What this thread might send counts, too.
watchEgress();
const data = engineDataSchema.parse(workerData);
const app = createApp({
  file: data.file, create: data.create, resourcesDir: data.resourcesDir, workerUrl: (name) => new URL(data.threads[name]), now, ...(data.spoolDir !== undefined && { spoolDir: data.spoolDir }),
}, data.looks);
// Whatever thread starts beside this one then finds compiled what this one compiled: without that each would load a compiler of its own, 20 MB.
flushCompileCache();
serveRequests(parentPort, app, data.cancel, (opened) => async (method, input, hooks) => {
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
  return handler ? handler(opened, input, hooks) : err(`there is no method ${method}`);
});
