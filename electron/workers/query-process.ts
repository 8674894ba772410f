import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { openReader } from '#electron/store/open.ts';
import { runQuery } from '#electron/store/read-query.ts';
import { queryJobSchema, type QueryAnswer } from '#electron/host/query-protocol.ts';

/**
 * Process entry: runs one read-only statement. A process of its own, as a statement that yields no row can't be interrupted from JavaScript, and a
 * thread inside SQLite can't be ended; a process can. The statement runs in a thread, so that the process notices when whoever asked is gone.
 */
function answer(job: z.infer<typeof queryJobSchema>): QueryAnswer {
  const reader = openReader(job.file, job.migrationsDir);
  if (!reader.ok) return { type: 'unopened', why: reader.error };
  try {
    const result = runQuery(reader.value.db, job.sql, job);
    return result.ok ? { type: 'rows', result: result.value } : { type: 'failed', why: result.error };
  } finally { reader.value.close(); }
}

if (isMainThread) {
  process.once('message', (job) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: job });
    worker.once('message', (found: QueryAnswer) => { process.send?.(found, () => { process.disconnect?.(); }); });
    worker.once('error', (error: unknown) => { process.send?.({ type: 'failed', why: error instanceof Error ? error.message : String(error) } satisfies QueryAnswer, () => { process.disconnect?.(); }); });
  });
  process.once('disconnect', () => { process.kill(process.pid, 'SIGKILL'); });
} else parentPort?.postMessage(answer(queryJobSchema.parse(workerData)));
