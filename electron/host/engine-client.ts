import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { AgentStep } from '#shared/model/agent.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { UNANSWERED, type EngineData, type EngineMessage, type EngineRequest, type OpenedWorkspace, type Progress } from './engine-protocol.ts';
import { installationTrust } from './trust.ts';
import { setYoung, YOUNG_MB } from './young-space.ts';

/** A thread of the engine as the host sees it: the writer, or a reader. */
export interface Engine {
  readonly workspace: OpenedWorkspace;
  request(method: string, input: unknown): Promise<Result<unknown>>;
  /** Asks running jobs to stop at the next batch. */
  cancel(): void;
  /** Takes `cancel` back, for the jobs that follow. */
  resume(): void;
  /** Ends the thread at once, as a crash would. What it had not committed is as if it had never been asked. */
  kill(): Promise<void>;
  close(): Promise<void>;
}
export interface EngineOptions {
  readonly file: string; readonly create: boolean; readonly rootDir: string; readonly onProgress: (progress: Progress) => void;
  /** Which thread entry: the writer (`engine`) by default. */
  readonly thread?: 'engine' | 'query';
  readonly spoolDir?: string;
  /** Nothing is going to be written. */
  readonly looks?: boolean;
  /** Where thread entries lie when not in a source tree below `rootDir`: a bundle has them elsewhere. */
  readonly workerUrl?: WorkerUrl;
  readonly onStep?: (step: AgentStep) => void;
  /** Called once when the thread ends without having been asked to. */
  readonly onLost?: (why: string) => void;
}

export type WorkerUrl = (name: string) => URL;

/** Where a thread's entry lies in a source tree. */
export const workerUrl = (rootDir: string, name: string): URL => pathToFileURL(join(rootDir, 'electron', 'workers', `${name}.ts`));

/**
 * The threads share a machine with whatever else its user runs: heaps grow by 30 % between collections (V8's own choice is up to four times) and keep
 * 8 MB for what is young. Measured with triage of 20,000 findings: 437 instead of 706 MB at the peak, for 15.4 instead of 12.9 s of processor time.
 */
function spareMemory(): void {
  setFlagsFromString('--heap-growing-percent=30');
  setYoung(YOUNG_MB);
}

/** Starts an engine over a workspace. @returns an error in words when the workspace can't be opened. */
export async function startEngine(options: EngineOptions): Promise<Result<Engine>> {
  spareMemory();
  const cancel = new SharedArrayBuffer(4);
  const url = (name: string): string => (options.workerUrl ?? ((entry: string) => workerUrl(options.rootDir, entry)))(name).href;
  const data: EngineData = {
    file: options.file, create: options.create, resourcesDir: join(options.rootDir, 'resources'), threads: { parse: url('parse'), engine: url('engine'), decide: url('decide'), pull: url('pull') }, cancel, ...(options.spoolDir !== undefined && { spoolDir: options.spoolDir }), ...(options.looks === true && { looks: true }),
  };
  const worker = new Worker(new URL(url(options.thread ?? 'engine')), { workerData: data });
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  let next = 1, ended = false, isReady = false;
  let closed: (() => void) | undefined;
  const opened = await new Promise<Result<OpenedWorkspace>>((resolve) => {
    worker.on('message', (message: EngineMessage) => {
      switch (message.type) {
        case 'ready': isReady = true; resolve(ok(message.workspace)); break;
        case 'unopened': resolve(err(message.why)); break;
        case 'progress': options.onProgress(message.progress); break;
        case 'step': options.onStep?.(message.step); break;
        case 'closed': closed?.(); break;
        case 'result': waiting.get(message.id)?.(message.ok ? ok(message.value) : err(message.error)); waiting.delete(message.id); break;
      }
    });
    let why = 'the engine stopped';
    worker.on('error', (error: unknown) => { why = `the engine stopped: ${error instanceof Error ? error.stack ?? error.message : String(error)}`; });
    // The thread's connections, and with them the lock, are released by now.
    worker.on('exit', () => {
      ended = true;
      resolve(err(why));
      for (const settle of waiting.values()) settle(err(`${why} ${UNANSWERED}`));
      waiting.clear();
      if (closed) closed(); else if (isReady) options.onLost?.(why);
    });
  });
  if (!opened.ok) { await worker.terminate(); return opened; }
  // Whoever has to ask later whether a file is this installation's own finds out from what is noted here.
  if (opened.value.isNew) installationTrust().add(opened.value, 'made');
  return ok({
    workspace: opened.value,
    request: (method, input) => new Promise((resolve) => {
      if (ended) { resolve(err('the engine stopped')); return; }
      const request: EngineRequest = { id: next++, method, input };
      waiting.set(request.id, resolve);
      worker.postMessage(request);
    }),
    cancel: () => { Atomics.store(new Int32Array(cancel), 0, 1); },
    resume: () => { Atomics.store(new Int32Array(cancel), 0, 0); },
    kill: async () => { await worker.terminate(); },
    close: async () => { await new Promise<void>((resolve) => { closed = resolve; if (ended) resolve(); else worker.postMessage('close'); }); },
  });
}
