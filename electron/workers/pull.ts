import { parentPort, workerData } from 'node:worker_threads';
import { watchEgress } from '#electron/host/egress.ts';
import { pullDataSchema } from '#electron/host/pull/pull-protocol.ts';
import { servePull } from '#electron/host/pull/pull-thread.ts';

/** Thread entry: speaks with one product. It has no way to the workspace; what it fetches goes to the engine as messages. */
if (!parentPort) throw new Error('pull.ts is a thread entry');
// What leaves through here counts, too.
watchEgress();
await servePull(parentPort, pullDataSchema.parse(workerData));
