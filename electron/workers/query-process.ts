import { parentPort, Worker, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { openReader } from '#electron/store/open.ts';
import { runQuery } from '#electron/store/read-query.ts';
import { electronParentPort } from '#electron/host/parent-port.ts';
import { queryJobSchema, type QueryAnswer } from '#electron/host/query-protocol.ts';

/**
 * Process entry: runs one read-only statement. A process of its own, as a statement that yields no row can't be interrupted from JavaScript, and a
 * thread inside SQLite can't be ended; a process can. The statement runs in a thread, so that the process notices when whoever asked is gone.
 */
function answer(job: z.infer<typeof queryJobSchema>): QueryAnswer {
  const reader = openReader(job.file, { migrationsDir: job.migrationsDir });
  if (!reader.ok) return { type: 'unopened', why: reader.error };
  const { db, says } = reader.value;
  try {
    const result = runQuery(db, job.sql, job);
    return result.ok ? { type: 'rows', result: result.value, ...(says !== undefined && { says }) } : { type: 'failed', why: result.error };
  } finally { reader.value.close(); }
}

/** How this process hears of its job and answers: Node's `fork` and Electron's utility process differ. */
interface Parent { onJob(take: (job: unknown) => void): void; answer(found: QueryAnswer): void }
const electronPort = electronParentPort();
const parent: Parent = electronPort
  ? { onJob: (take) => { electronPort.once('message', (event: { readonly data: unknown }) => { take(event.data); }); }, answer: (found) => { electronPort.postMessage(found); } }
  : { onJob: (take) => { process.once('message', take); process.once('disconnect', () => { process.kill(process.pid, 'SIGKILL'); }); }, answer: (found) => { process.send?.(found, () => { process.disconnect?.(); }); } };

const threadSchema = z.object({ query: queryJobSchema });
const mine = threadSchema.safeParse(workerData);
if (mine.success) parentPort?.postMessage(answer(mine.data.query));
else parent.onJob((job) => {
  const worker = new Worker(new URL(import.meta.url), { workerData: { query: job } });
  worker.once('message', (found: QueryAnswer) => { parent.answer(found); });
  worker.once('error', (error: unknown) => { parent.answer({ type: 'failed', why: error instanceof Error ? error.message : String(error) }); });
});
