import { existsSync } from 'node:fs';
import { z } from 'zod';
import { assertNever } from '#shared/lib/assert-never.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import { makeDemo } from './demo.ts';
import { startDesk, type Desk } from './desk.ts';
import { toDeskSchema, type FromDesk, type ToDesk } from './desk-protocol.ts';
import { startEngine, type WorkerUrl } from './engine-client.ts';
import { createEventHub, type EventHub } from './event-hub.ts';
import { watchPages } from './page-watch.ts';
import type { ParentPort } from './parent-port.ts';
import type { StartQueryProcess } from './query-apart.ts';
import { createRouter, servePort, type RouterDesk } from './rpc-router.ts';
import { defaultLimits } from './serve/read-body.ts';
import { withUploads } from './serve/upload-calls.ts';
import { openUploads, type Uploads } from './serve/uploads.ts';
import { installationTrust } from './trust.ts';

/** A port to a page, as Electron and Node have it. */
type PagePort = Parameters<typeof servePort>[1] & { start(): void };
const pagePortSchema = z.custom<PagePort>((value) => typeof value === 'object' && value !== null && 'start' in value && 'postMessage' in value);

interface Opened { readonly desk: Desk; readonly router: ReturnType<typeof createRouter>; readonly uploads: Uploads; readonly hub: EventHub; readonly workspace: { readonly id: string; readonly file: string } }

/** The desktop's process for one workspace: the desk, its router on a port for each page, and what only the main process can do, asked for by message. */
export function serveDesk(port: ParentPort, workerUrl: WorkerUrl): void {
  const send = (message: FromDesk): void => { port.postMessage(message); };
  const queries = queryProcesses(send);
  const state = { isTrusted: false, egress: 0 };
  let opening: Promise<Opened | undefined> = Promise.resolve(undefined);
  const answer = async (message: ToDesk, ports: readonly unknown[]): Promise<void> => {
    switch (message.type) {
      case 'open': opening = open(message, state, { send, workerUrl, startQueryProcess: queries.start }); return;
      case 'connect': { const opened = await opening; if (opened) for (const each of ports) connect(opened, each); return; }
      case 'upload': return upload(await opening, message, send);
      case 'trust': { const opened = await opening; if (opened) trust(opened, state, send); return; }
      case 'egress': state.egress = message.bytes; return;
      case 'keys': await (await opening)?.desk.setKeys(message.keys); return;
      case 'cancel': (await opening)?.desk.cancel(); return;
      case 'query-answer': queries.answered(message.id, message); return;
      case 'query-ended': queries.answered(message.id, message); return;
      case 'close': return close(await opening, send);
      default: assertNever(message);
    }
  };
  port.on('message', ({ data, ports }) => {
    // Only the main process can write here; what it says wrongly is a bug and ends this process, which is told like a crash.
    void answer(toDeskSchema.parse(data), ports);
  });
}

interface OpenParts { readonly send: (message: FromDesk) => void; readonly workerUrl: WorkerUrl; readonly startQueryProcess: StartQueryProcess }

async function open(asked: ToDesk & { type: 'open' }, state: { isTrusted: boolean; egress: number }, { send, workerUrl, startQueryProcess }: OpenParts): Promise<Opened | undefined> {
  const { file, rootDir } = asked;
  const made = asked.missing === 'demo' && !existsSync(file) ? await makeDemo(file, rootDir, (making, work) => withEngine({ file: making, rootDir, workerUrl }, work)) : ok(undefined);
  if (!made.ok) { send({ type: 'unopened', why: made.error }); return undefined; }
  const hub = createEventHub(), uploads = await openUploads(defaultLimits);
  let pages: ReturnType<typeof watchPages> | undefined;
  const started = await startDesk({
    file, create: asked.missing === 'create', rootDir, workerUrl, startQueryProcess, spoolDir: uploads.dir, isTrusted: () => state.isTrusted, egressElsewhere: () => state.egress,
    onEvent: (event) => { hub.publish(event); send({ type: 'event', event }); if (event.type === 'changed') void pages?.look(); },
  });
  const info = started.ok ? await started.value.call('workspace.info', {}) : started;
  if (!started.ok || !info.ok) {
    if (started.ok) await started.value.close();
    await uploads.close();
    send({ type: 'unopened', why: info.ok ? '' : info.error });
    return undefined;
  }
  const workspace = z.object({ id: z.string(), name: z.string(), file: z.string() }).parse(info.value);
  state.isTrusted = installationTrust().has(workspace);
  const desk: RouterDesk = withUploads(started.value, uploads);
  pages = watchPages(desk, (incidents) => { send({ type: 'paged', incidents: [...incidents] }); });
  await pages.look();
  send({ type: 'opened', ...workspace, trusted: state.isTrusted });
  return { desk: started.value, router: createRouter(desk, hub), uploads, hub, workspace };
}

/** Opens a workspace for one piece of work. */
async function withEngine(options: { readonly file: string; readonly rootDir: string; readonly workerUrl: WorkerUrl }, work: Parameters<Parameters<typeof makeDemo>[2]>[1]): Promise<Result<void>> {
  const engine = await startEngine({ ...options, create: true, onProgress: () => undefined });
  if (!engine.ok) return engine;
  try { return await work(engine.value); } finally { await engine.value.close(); }
}

function connect({ router }: Opened, port: unknown): void {
  const page = pagePortSchema.parse(port);
  servePort(router, page);
  page.start();
}

async function upload(opened: Opened | undefined, { id, path, name }: ToDesk & { type: 'upload' }, send: (message: FromDesk) => void): Promise<void> {
  const taken = opened ? await opened.uploads.takeFile(path, name) : { ok: false as const, error: 'the workspace is not open' };
  send(taken.ok ? { type: 'uploaded', id, upload: taken.value } : { type: 'uploaded', id, why: taken.error });
}

function trust({ workspace, hub }: Opened, state: { isTrusted: boolean }, send: (message: FromDesk) => void): void {
  state.isTrusted = true;
  const noted = installationTrust().add(workspace, 'trusted');
  send({ type: 'trusted', ...(!noted.ok && { why: noted.error }) });
  hub.publish({ type: 'changed', what: ['workspace'] });
}

/** Ends running jobs after their batch, folds the log into the file, and says so. */
async function close(opened: Opened | undefined, send: (message: FromDesk) => void): Promise<void> {
  opened?.hub.close();
  opened?.desk.cancel();
  await opened?.desk.close();
  await opened?.uploads.close();
  send({ type: 'closed' });
}

type Ended = Extract<ToDesk, { type: 'query-answer' | 'query-ended' }>;
/** Processes for SQL are started by the main process: nobody else may start one where Electron can't run as Node. */
function queryProcesses(send: (message: FromDesk) => void): { readonly start: StartQueryProcess; answered(id: number, message: Ended): void } {
  const waiting = new Map<number, (message: Ended) => void>();
  let next = 1;
  return {
    start(_, answered, ended) {
      const id = next++;
      waiting.set(id, (message) => { if (message.type === 'query-answer') answered(message.answer); else ended(message.why); });
      return { send: (job) => { send({ type: 'query', id, job }); }, kill: () => { waiting.delete(id); send({ type: 'query-kill', id }); } };
    },
    answered: (id, message) => { waiting.get(id)?.(message); },
  };
}
