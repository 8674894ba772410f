import { MessageChannelMain, utilityProcess, type UtilityProcess, type WebContents } from 'electron';
import { assertNever } from '#shared/lib/assert-never.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { channels } from '#shared/rpc/shell-channels.ts';
import type { EngineEvent } from '#shared/rpc/schemas.ts';
import { fromDeskSchema, type FromDesk, type Paged, type ToDesk } from '#electron/host/desk-protocol.ts';
import { runQueries } from './query-processes.ts';

export interface OpenedDesk { readonly id: string; readonly name: string; readonly file: string; readonly trusted: boolean }
/** The main process's hold on the process of one workspace. */
export interface DeskHost {
  /** Settles when the workspace is open, or with the reason why it isn't. */
  readonly opened: Promise<Result<OpenedDesk>>;
  /** Gives a page a port to the engine, as soon as there is one. */
  connect(page: WebContents): void;
  upload(path: string, name: string): Promise<Result<unknown>>;
  /** @returns '', or why it could not be written down and holds for this time only */
  trust(): Promise<Result<string>>;
  readonly tellEgress: (bytes: number) => void;
  /** Keys of models' endpoints and credentials of products by name; the process gets them again when it is started again. */
  readonly tellKeys: (keys: Readonly<Record<string, string>>) => void;
  /** Tries again after the engine was given up. */
  restart(): void;
  /** Ends running jobs after their batch, folds the log into the file and ends the process; after `CLOSE_MS` it is ended anyhow (nothing acknowledged is lost by that). */
  close(): Promise<void>;
}
export interface DeskHostOptions {
  readonly file: string; readonly missing: 'refuse' | 'create' | 'demo'; readonly rootDir: string; readonly entry: (name: string) => string;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onPaged: (incidents: readonly Paged[]) => void;
  /** The process ended without having been asked to; `isGivenUp` when it can't be started again either. */
  readonly onGone: (why: string, isGivenUp: boolean) => void;
}

/** A process that dies is started again so often within so long, after pauses that double, before a person is asked. */
const ATTEMPTS = 4, WITHIN_MS = 60_000, FIRST_PAUSE_MS = 200;
const CLOSE_MS = 15_000;
const NOT_THERE = 'the engine is not there; it is being started again';

interface Pending { readonly uploads: Map<number, (result: Result<unknown>) => void>; readonly trusts: ((result: Result<string>) => void)[] }

/** Starts the process of a workspace and keeps it alive. */
export function startDeskHost(options: DeskHostOptions): DeskHost {
  const pending: Pending = { uploads: new Map(), trusts: [] };
  let current: { readonly child: UtilityProcess; readonly opened: Promise<Result<OpenedDesk>> } | undefined;
  let isClosing = false, nextId = 1, egress = 0, keys: Readonly<Record<string, string>> = {}, losses: readonly number[] = [];
  let onClosed: (() => void) | undefined;
  const waiting: (() => void)[] = [];
  const start = (missing: ToDesk & { type: 'open' }): NonNullable<typeof current> => {
    const started = spawnDesk(options, missing, { pending, closed: () => onClosed?.() }, (why) => { if (current === started) lost(why); });
    started.child.postMessage({ type: 'egress', bytes: egress } satisfies ToDesk);
    if (Object.keys(keys).length > 0) started.child.postMessage({ type: 'keys', keys } satisfies ToDesk);
    return started;
  };
  const again = (): void => {
    const started = start({ type: 'open', file: options.file, rootDir: options.rootDir, missing: 'refuse' });
    current = started;
    // The dead process's lock may outlive it for a moment.
    void started.opened.then((result) => { if (!result.ok && current === started) { started.child.kill(); lost(result.error); } });
    for (const each of waiting.splice(0)) each();
  };
  function lost(why: string): void {
    settlePending(pending, why);
    if (isClosing) { onClosed?.(); return; }
    const now = performance.now();
    losses = [...losses.filter((at) => now - at < WITHIN_MS), now];
    const isGivenUp = losses.length > ATTEMPTS;
    current = undefined;
    options.onGone(why, isGivenUp);
    if (!isGivenUp) setTimeout(() => { if (!isClosing && current === undefined) again(); }, FIRST_PAUSE_MS * 2 ** (losses.length - 1));
  }
  const post = (message: ToDesk): boolean => { current?.child.postMessage(message); return current !== undefined; };
  current = start({ type: 'open', file: options.file, rootDir: options.rootDir, missing: options.missing });
  const connect = (page: WebContents): void => {
    if (current === undefined) { waiting.push(() => { connect(page); }); return; }
    const { child, opened } = current;
    void opened.then((result) => {
      if (page.isDestroyed()) return;
      if (current?.child !== child) { connect(page); return; }
      if (result.ok) handOver(child, page);
    });
  };
  return {
    opened: current.opened, connect,
    upload: (path, name) => new Promise((resolve) => {
      const id = nextId++;
      pending.uploads.set(id, resolve);
      if (!post({ type: 'upload', id, path, name })) { pending.uploads.delete(id); resolve(err(NOT_THERE)); }
    }),
    trust: () => new Promise((resolve) => { if (post({ type: 'trust' })) pending.trusts.push(resolve); else resolve(err(NOT_THERE)); }),
    tellEgress(bytes) { egress = bytes; post({ type: 'egress', bytes }); },
    tellKeys(given) { if (Object.keys(given).length === 0) return; keys = { ...keys, ...given }; post({ type: 'keys', keys: given }); },
    restart() { if (current !== undefined || isClosing) return; losses = []; again(); },
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_MS);
        onClosed = () => { clearTimeout(timer); resolve(); };
        if (!post({ type: 'close' })) onClosed();
      });
      current?.child.kill();
    },
  };
}

/** A channel between page and engine; the main process only hands out its two ends. */
function handOver(child: UtilityProcess, page: WebContents): void {
  const { port1, port2 } = new MessageChannelMain();
  child.postMessage({ type: 'connect' } satisfies ToDesk, [port1]);
  page.postMessage(channels.port, undefined, [port2]);
}

function settlePending({ uploads, trusts }: Pending, why: string): void {
  for (const settle of uploads.values()) settle(err(`${why}; add the file again`));
  uploads.clear();
  for (const settle of trusts.splice(0)) settle(err(why));
}

interface Hooks { readonly pending: Pending; readonly closed: () => void }

function spawnDesk(options: DeskHostOptions, asked: ToDesk & { type: 'open' }, { pending, closed }: Hooks, onEnd: (why: string) => void): { readonly child: UtilityProcess; readonly opened: Promise<Result<OpenedDesk>> } {
  const { NODE_OPTIONS: _, ELECTRON_RUN_AS_NODE: __, ...env } = process.env;
  const child = utilityProcess.fork(options.entry('desk-process'), [], { serviceName: 'Winnow engine', stdio: 'inherit', env });
  const queries = runQueries(options.entry('query-process'), (message) => { child.postMessage(message); });
  const opened = Promise.withResolvers<Result<OpenedDesk>>();
  let isRefused = false;
  const take = (message: FromDesk): void => {
    switch (message.type) {
      case 'opened': opened.resolve(ok(message)); break;
      case 'unopened': isRefused = true; opened.resolve(err(message.why)); break;
      case 'event': options.onEvent(message.event); break;
      case 'paged': options.onPaged(message.incidents); break;
      case 'uploaded': pending.uploads.get(message.id)?.(message.upload ? ok(message.upload) : err(message.why ?? 'the file could not be taken')); pending.uploads.delete(message.id); break;
      case 'trusted': pending.trusts.shift()?.(ok(message.why ?? '')); break;
      case 'query': queries.run(message.id, message.job); break;
      case 'query-kill': queries.kill(message.id); break;
      case 'closed': closed(); break;
      default: assertNever(message);
    }
  };
  child.on('message', (message: unknown) => { const parsed = fromDeskSchema.safeParse(message); if (parsed.success) take(parsed.data); });
  child.once('exit', (code) => {
    queries.killAll();
    const why = `the engine stopped (exit code ${code})`;
    opened.resolve(err(why));
    // A workspace that was refused stays refused; starting again would only say so again.
    if (!isRefused) onEnd(why);
  });
  child.postMessage(asked);
  return { child, opened: opened.promise };
}
