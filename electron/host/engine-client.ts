import { Worker } from 'node:worker_threads';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { EngineData, EngineMessage, EngineRequest, Progress } from './engine-protocol.ts';

/** The engine thread as the host sees it. */
export interface Engine {
  request(method: string, input: unknown): Promise<Result<unknown>>;
  /** Asks running jobs to stop at the next batch. */
  cancel(): void;
  close(): Promise<void>;
}
export interface EngineOptions { readonly file: string; readonly create: boolean; readonly rootDir: string; readonly onProgress: (progress: Progress) => void }

/** Starts an engine over a workspace. @returns an error in words when the workspace can't be opened. */
export async function startEngine(options: EngineOptions): Promise<Result<Engine>> {
  const workers = join(options.rootDir, 'electron', 'workers');
  const url = (name: string) => pathToFileURL(join(workers, `${name}.ts`)).href;
  const cancel = new SharedArrayBuffer(4);
  const data: EngineData = { file: options.file, create: options.create, resourcesDir: join(options.rootDir, 'resources'), parseUrl: url('parse'), engineUrl: url('engine'), cancel };
  const worker = new Worker(new URL(url('engine')), { workerData: data });
  const waiting = new Map<number, (result: Result<unknown>) => void>();
  let next = 1;
  let closed: (() => void) | undefined;
  const opened = await new Promise<Result<void>>((resolve) => {
    worker.on('message', (message: EngineMessage) => {
      switch (message.type) {
        case 'ready': resolve(ok(undefined)); break;
        case 'unopened': resolve(err(message.why)); break;
        case 'progress': options.onProgress(message.progress); break;
        case 'closed': closed?.(); break;
        case 'result': waiting.get(message.id)?.(message.ok ? ok(message.value) : err(message.error)); waiting.delete(message.id); break;
      }
    });
    const failed = (why: string) => { resolve(err(why)); for (const settle of waiting.values()) settle(err(why)); waiting.clear(); closed?.(); };
    worker.on('error', (error: unknown) => { failed(`the engine stopped: ${error instanceof Error ? error.stack ?? error.message : String(error)}`); });
    worker.on('exit', () => { failed('the engine stopped'); });
  });
  if (!opened.ok) { await worker.terminate(); return opened; }
  return ok({
    request: (method, input) => new Promise((resolve) => {
      const request: EngineRequest = { id: next++, method, input };
      waiting.set(request.id, resolve);
      worker.postMessage(request);
    }),
    cancel: () => { Atomics.store(new Int32Array(cancel), 0, 1); },
    close: async () => { await new Promise<void>((resolve) => { closed = resolve; worker.postMessage('close'); }); },
  });
}
