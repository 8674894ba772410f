import { join } from 'node:path';
import { procedureOf } from '#shared/rpc/contract.ts';
import type { z } from 'zod';
import type { EngineEvent, modelsViewSchema } from '#shared/rpc/schemas.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { watchEgress } from './egress.ts';
import { startEngine, workerUrl, type Engine, type WorkerUrl } from './engine-client.ts';
import type { Progress } from './engine-protocol.ts';
import { jobProgress } from './job-progress.ts';
import { problemOf } from './procedure.ts';
import { queryApart, type StartQueryProcess } from './query-apart.ts';
import { supervise, type Lane } from './supervise.ts';

/** One open workspace as the faces with a screen see it: every procedure of the contract, and what the engine tells unasked. */
export interface Desk {
  /** Calls a procedure by its name (`queue.list`). What goes in and what comes out are checked against the contract. */
  call(name: string, input: unknown): Promise<Result<unknown>>;
  /** Asks running jobs to stop at the next batch; what is done is kept. */
  cancel(): void;
  /** Ends a thread as a crash would: for a thread that hangs, and for tests. It is started again. */
  kill(thread: 'engine' | 'query'): Promise<void>;
  /** Gives the engine keys of endpoints by name (the desktop's key store has them); an empty one is forgotten. */
  setKeys(keys: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}
export interface DeskOptions {
  readonly file: string; readonly create: boolean; readonly rootDir: string; readonly onEvent: (event: EngineEvent) => void;
  /** The folder where the host puts uploads; an upload's id is its file name in it. */
  readonly spoolDir?: string;
  /** Most seconds that one SQL statement may take. */
  readonly sqlSeconds?: number;
  /** A bundle's own ways, where they differ from a source tree's: where entries lie, and how the query process is started. */
  readonly workerUrl?: WorkerUrl;
  readonly startQueryProcess?: StartQueryProcess;
  /** Whether the workspace is this installation's own or trusted. While it isn't, nothing changes it. Without this, it is. */
  readonly isTrusted?: () => boolean;
  /** Bytes that left the machine through other processes of this program. */
  readonly egressElsewhere?: () => number;
}

/** Reads that may take seconds have a thread of their own, so that they never stand before the queue. */
const SLOW: ReadonlySet<string> = new Set(['workspace.verifyAudit', 'replay.run', 'replay.diff', 'figures.get', 'ingest.preview', 'policy.preview', 'incident.raw', 'graph.paths']);
const DATA = ['queue', 'incident', 'figures', 'workspace'];
/** What a screen has to ask for again after a change. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  'triage.run': DATA, 'ingest.commit': [...DATA, 'imports', 'graph', 'connectors'], 'ingest.rollback': [...DATA, 'imports', 'graph', 'connectors'], 'policy.save': [...DATA, 'policy'], 'settings.set': ['settings'], 'connectors.pull': [...DATA, 'imports', 'graph', 'connectors'], 'connectors.allow': ['connectors'], 'connectors.preflight': [], 'models.available': [], 'models.test': [],
};
const SQL_SECONDS = 10;
const UNTRUSTED = 'this workspace was made elsewhere and is not trusted yet: it can be looked at, and nothing changes it until you trust it';

type ModelsView = z.output<typeof modelsViewSchema>;
/** The thread that reads doesn't know the keys; which endpoints have one is told from here. */
function withKeys(view: ModelsView, keys: ReadonlyMap<string, string>): ModelsView {
  const held = Object.entries(view.key_names).filter(([, name]) => (keys.get(name) ?? '') !== '').map(([id]) => id);
  return { ...view, keys: [...new Set([...view.keys, ...held])] };
}

type SqlInput = Parameters<typeof queryApart>[1];
async function runSql(options: DeskOptions, input: SqlInput): Promise<Result<unknown>> {
  const started = performance.now();
  const answer = await queryApart(options.file, input, {
    resourcesDir: join(options.rootDir, 'resources'), processUrl: options.workerUrl?.('query-process') ?? workerUrl(options.rootDir, 'query-process'), seconds: options.sqlSeconds ?? SQL_SECONDS,
    ...(options.startQueryProcess && { start: options.startQueryProcess }),
  });
  return answer.type === 'rows' ? ok({ ...answer.result, ms: Math.round(performance.now() - started) }) : err(answer.why);
}

/** Opens a workspace: starts its writer, then its reader. @returns an error in words when the workspace can't be opened. */
export async function startDesk(options: DeskOptions): Promise<Result<Desk>> {
  const { file, rootDir, onEvent, isTrusted = () => true } = options;
  const emit = (type: 'changed', what: readonly string[]): void => { onEvent({ type, what: [...what] }); };
  const egress = watchEgress(), keys = new Map<string, string>();
  const giveKeys = (to: Pick<Engine, 'request'>): Promise<unknown> => to.request('models.keys', { keys: Object.fromEntries(keys) });
  const lane = (thread: 'engine' | 'query', create: boolean, onProgress: (progress: Progress) => void, onSettled: () => void): Lane => supervise({
    start: async (onLost) => {
      const started = await startEngine({ file, create, rootDir, thread, onProgress, onLost, onStep: (step) => { onEvent({ type: 'step', step }); }, ...(options.spoolDir !== undefined && { spoolDir: options.spoolDir }), ...(options.workerUrl && { workerUrl: options.workerUrl }) });
      // One that was started again knows no key.
      if (started.ok && thread === 'engine' && keys.size > 0) await giveKeys(started.value);
      return started;
    },
    onSettled,
    onState: (state, why) => { onEvent({ type: 'engine', state, ...(why !== undefined && { why: `${thread === 'engine' ? 'writing' : 'reading'}: ${why}` }) }); },
  });
  const jobs = jobProgress((job) => { onEvent({ type: 'job', job }); }), readJobs = jobProgress((job) => { onEvent({ type: 'job', job }); });
  const writer = lane('engine', options.create, (progress) => { jobs.report(progress); if (jobs.isDue()) emit('changed', DATA); }, () => { jobs.finish(); });
  const reader = lane('query', false, () => undefined, () => undefined);
  const slow = lane('query', false, (progress) => { readJobs.report(progress); }, () => { readJobs.finish(); });
  const close = async (): Promise<void> => { egress.stop(); await Promise.all([slow.close(), reader.close()]); await writer.close(); };
  for (const needed of [writer, reader]) {
    const opened = await needed.ready();
    if (!opened.ok) { await close(); return opened; }
  }
  const ask = async (name: string, input: unknown, writes: boolean): Promise<Result<unknown>> => {
    if (name === 'jobs.cancel') { writer.cancel(); slow.cancel(); return ok({ ok: true }); }
    if (name === 'sql.run') return runSql(options, input as SqlInput);
    const result = await (writes ? writer : SLOW.has(name) ? slow : reader).request(name, input);
    if (name === 'models.setKey' && result.ok) keys.set((result.value as { readonly name: string }).name, (input as { readonly key: string }).key);
    if (name === 'models.get' && result.ok) return ok(withKeys(result.value as ModelsView, keys));
    if (writes && result.ok) emit('changed', CHANGES[name] ?? DATA);
    return name === 'workspace.info' && result.ok ? ok({ ...(result.value as object), egress_bytes: egress.bytes() + (options.egressElsewhere?.() ?? 0), trusted: isTrusted() }) : result;
  };
  onEvent({ type: 'engine', state: 'ready' });
  return ok({
    async call(name, input) {
      const procedure = procedureOf(name);
      if (!procedure) return err(`there is no procedure ${name}`);
      const given = procedure.input.safeParse(input);
      if (!given.success) return err(`${name}: ${problemOf(given.error)}`);
      if (procedure.writes && name !== 'jobs.cancel' && !isTrusted()) return err(UNTRUSTED);
      const result = await ask(name, given.data, procedure.writes);
      if (!result.ok) return result;
      const answer = procedure.output.safeParse(result.value);
      return answer.success ? ok(answer.data) : err(`${name} answered against its contract: ${problemOf(answer.error)}`);
    },
    cancel: () => { writer.cancel(); slow.cancel(); },
    async setKeys(given) {
      for (const [name, key] of Object.entries(given)) keys.set(name, key);
      await giveKeys(writer);
      emit('changed', ['models']);
    },
    kill: (thread) => (thread === 'engine' ? writer : reader).kill(),
    close,
  });
}
