import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { queryInput } from './handlers/query.ts';
import type { QueryAnswer, QueryJob } from './query-protocol.ts';

/** A process that runs one statement. */
export interface QueryProcess { send(job: QueryJob): void; kill(): void }
/** Starts the query process from its entry; `answered` gets its answer, `ended` why there is none. */
export type StartQueryProcess = (entry: string, answered: (answer: QueryAnswer) => void, ended: (why: string) => void) => QueryProcess;
export interface QueryOptions {
  readonly resourcesDir: string;
  /** The entry of the query process. */
  readonly processUrl: URL;
  readonly seconds?: number;
  /** How a process is started: Node's own way, unless the desktop has another. */
  readonly start?: StartQueryProcess;
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
  return new Promise((resolve) => {
    const settle = (answer: QueryAnswer): void => { clearTimeout(timer); resolve(answer); child.kill(); };
    const child = (options.start ?? forkProcess)(fileURLToPath(options.processUrl), settle, (why) => { settle({ type: 'failed', why }); });
    const timer = setTimeout(() => { settle({ type: 'failed', why: `stopped after ${seconds} s; narrow it or add a LIMIT` }); }, (seconds + START_SECONDS) * 1000);
    child.send(job);
  });
}

const forkProcess: StartQueryProcess = (entry, answered, ended) => {
  const child = fork(entry, [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.once('message', (answer: QueryAnswer) => { answered(answer); });
  child.once('error', (error) => { ended(error.message); });
  child.once('exit', () => { ended(ENDED_EARLY); });
  return { send: (job) => { child.send(job); }, kill: () => { child.removeAllListeners(); child.kill('SIGKILL'); } };
};

export const ENDED_EARLY = 'the query process ended early (out of memory?)';
