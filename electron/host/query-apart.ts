import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { queryInput } from './handlers/query.ts';
import type { QueryAnswer, QueryJob } from './query-protocol.ts';

export interface QueryOptions {
  readonly resourcesDir: string;
  /** The entry of the query process. */
  readonly processUrl: URL;
  readonly seconds?: number;
}

/** Time for the process to start, beside the statement's own. */
const START_SECONDS = 1;

/**
 * One read-only statement over a workspace, with limits on rows and time: past the time it is ended, whatever it does. In a process of its own,
 * since a thread that is inside SQLite, as in a statement that yields no row, can't be ended (`terminate()` waits for it).
 */
export function queryApart(file: string, input: z.infer<typeof queryInput>, options: QueryOptions): Promise<QueryAnswer> {
  const seconds = options.seconds ?? 10;
  const job: QueryJob = { file, migrationsDir: join(options.resourcesDir, 'migrations'), ...input, seconds };
  const child = fork(fileURLToPath(options.processUrl), [], { serialization: 'advanced', execArgv: [], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  return new Promise((resolve) => {
    const settle = (answer: QueryAnswer): void => { clearTimeout(timer); child.removeAllListeners(); child.kill('SIGKILL'); resolve(answer); };
    const timer = setTimeout(() => { settle({ type: 'failed', why: `stopped after ${seconds} s; narrow it or add a LIMIT` }); }, (seconds + START_SECONDS) * 1000);
    child.once('message', (answer: QueryAnswer) => { settle(answer); });
    child.once('error', (error) => { settle({ type: 'failed', why: error.message }); });
    child.once('exit', () => { settle({ type: 'failed', why: 'the query process ended early (out of memory?)' }); });
    child.send(job);
  });
}
