import { parentPort, workerData } from 'node:worker_threads';
import { now } from '#electron/host/clock.ts';
import { createReadApp } from '#electron/host/create-app.ts';
import { deciderDataSchema, type FromDecider, type ToDecider } from '#electron/host/decide-protocol.ts';
import { decider } from '#electron/host/decider.ts';
import { watchEgress } from '#electron/host/egress.ts';
import { readGraph } from '#electron/host/snapshot-cache.ts';

/** Thread entry: decides incidents of one run over a read-only connection. The engine saves what comes back. */
if (!parentPort) throw new Error('decide.ts is a thread entry');
const port = parentPort;
watchEgress();
const data = deciderDataSchema.parse(workerData);
const app = createReadApp({ file: data.file, resourcesDir: data.resourcesDir, workerUrl: (name) => { throw new Error(`a deciding thread starts no ${name}`); }, now });
if (!app.ok) throw new Error(app.error);
const decide = decider(app.value, readGraph(app.value), data);
const send = (message: FromDecider): void => { port.postMessage(message); };

let turn: Promise<void> = Promise.resolve();
port.on('message', ({ id, items }: ToDecider) => {
  turn = turn.then(async () => {
    try { send({ id, looked: await decide(items) }); } catch (error) { send({ id, error: error instanceof Error ? error.stack ?? error.message : String(error) }); }
  });
});
