import { parentPort, workerData } from 'node:worker_threads';
import { now } from '#electron/host/clock.ts';
import { createReadApp } from '#electron/host/create-app.ts';
import { watchEgress } from '#electron/host/egress.ts';
import { engineDataSchema } from '#electron/host/engine-protocol.ts';
import { reads } from '#electron/host/handlers/reads.ts';
import { serveRequests } from '#electron/host/serve-requests.ts';
import { err } from '#shared/lib/result.ts';

/** Thread entry: owns a read-only connection and answers what screens ask, one after the other, each from one snapshot of the workspace. */
if (!parentPort) throw new Error('query.ts is a thread entry');
// What this thread might send counts, too.
watchEgress();
const data = engineDataSchema.parse(workerData);
const app = createReadApp({ file: data.file, resourcesDir: data.resourcesDir, workerUrl: (name) => new URL(data.threads[name]), now, ...(data.spoolDir !== undefined && { spoolDir: data.spoolDir }) });
serveRequests(parentPort, app, data.cancel, (opened) => async (method, input, hooks) => {
  const run = reads.get(method);
  if (!run) return err(`there is no procedure ${method} that only reads`);
  const { db } = opened.workspace;
  db.exec('BEGIN');
  try { return await run(opened, input, hooks); } finally { db.exec('COMMIT'); }
});
