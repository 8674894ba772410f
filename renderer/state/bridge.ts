import { ORPCError } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { z } from 'zod';
import { type Result, err, ok } from '#shared/lib/result.ts';
import { type ProcedureName, procedureOf } from '#shared/rpc/contract.ts';
import { type EngineEvent, engineEventSchema } from '#shared/rpc/schemas.ts';
import { restoreDirections, showDirections } from './bidi.ts';
import type { CallProblem, CallResult, InputOf, OutputOf } from './calls.ts';
import type { EngineState } from './engine-slice.ts';
import { portMessages } from '#shared/rpc/shell-channels.ts';
import { askShell, hearWhy, isDesktop } from './desktop.ts';
import { closeSession, openSession, sessionHeader } from './session.ts';

// Browser: calls over HTTP, events over a WebSocket. Desktop: both over a port that the preload gives. Only this file and desktop.ts know one from the other.

interface Link { call(path: readonly string[], input: unknown, options: { context: Record<never, never>; signal?: AbortSignal }): Promise<unknown> }
/** One connection to one engine; `gone` settles when it is of no more use. */
interface Connection { readonly calls: Link; readonly events: Link; readonly gone: Promise<string>; close(): void }
interface Listener { onEngine(state: EngineState, why?: string): void; onEvent(event: EngineEvent): void }

let connection: Connection | undefined;

/** Connects, and again whenever the connection breaks, until the page goes. The listener hears of the engine's state and of its events. */
export async function startBridge(listener: Listener): Promise<never> {
  let state: EngineState = 'connecting';
  // What the desktop knows of an engine that isn't connected (it is making the demo, it keeps dying) belongs to the notice that stands there.
  hearWhy((why) => { if (connection === undefined) listener.onEngine(state, why); });
  for (let failures = 0; ; failures++) {
    const opened = await open();
    if (typeof opened === 'string') listener.onEngine(opened === 'no_session' ? 'no_session' : 'lost', opened);
    else {
      connection = opened;
      const why = await Promise.race([opened.gone, follow(opened, listener, () => { failures = 0; })]);
      connection = undefined;
      opened.close();
      state = 'lost';
      listener.onEngine('lost', why);
    }
    await new Promise((resolve) => { setTimeout(resolve, Math.min(5000, 250 * 2 ** Math.min(failures, 5))); });
  }
}

/** Passes the engine's events on until the stream ends; gives the reason of the end. */
async function follow({ events }: Connection, listener: Listener, onReady: () => void): Promise<string> {
  try {
    const stream = await events.call(['events', 'stream'], {}, { context: {} }) as AsyncIterable<unknown>;
    onReady();
    listener.onEngine('ready');
    for await (const item of stream) {
      const event = engineEventSchema.safeParse(showDirections(item));
      if (!event.success) continue;
      if (event.data.type === 'engine') listener.onEngine(event.data.state, event.data.why);
      listener.onEvent(event.data);
    }
    return 'the engine closed the connection';
  } catch (error) { return messageOf(error); }
}

/**
 * Calls a procedure. Input and output are checked here too, so a difference between the engine and this window shows as one clear message.
 * @returns the output, or why there is none
 */
export async function call<N extends ProcedureName>(name: N, input: InputOf<N>, signal?: AbortSignal): Promise<CallResult<N>> {
  const procedure = procedureOf(name);
  if (procedure === undefined) return err({ kind: 'failed', message: `${name} is not in the contract` });
  if (connection === undefined) return err({ kind: 'lost', message: 'The engine is not connected.' });
  try {
    const answer = await connection.calls.call(name.split('.'), restoreDirections(input), { context: {}, ...(signal && { signal }) });
    const parsed = procedure.output.safeParse(showDirections(answer));
    if (!parsed.success) return err({ kind: 'failed', message: `The engine's answer to ${name} is not what this window expects: ${parsed.error.issues[0]?.path.join('.') ?? ''} ${parsed.error.issues[0]?.message ?? ''}` });
    return ok(parsed.data as OutputOf<N>);
  } catch (error) { return err(problemOf(error)); }
}

const uploadSchema = z.object({ id: z.string().min(1), name: z.string(), bytes: z.number() });
export type Upload = z.infer<typeof uploadSchema>;

/**
 * Hands a file to the engine, which keeps it apart until it is imported or the program ends; nothing is imported by it.
 * @returns the upload's id for `ingest.preview` and `ingest.commit`; or why there is none, in words for a person
 */
export async function uploadFile(file: File, signal?: AbortSignal): Promise<Result<Upload>> {
  try {
    const answer = isDesktop() ? await askShell((shell) => shell.upload(file)) : ok(await postFile(file, signal));
    if (!answer.ok) return answer;
    const parsed = uploadSchema.safeParse(answer.value);
    return parsed.success ? ok(parsed.data) : err('The engine took the file in a way that this window does not know.');
  } catch (error) { return err(messageOf(error)); }
}

async function postFile(file: File, signal?: AbortSignal): Promise<unknown> {
  const session = await openSession();
  if (!session.ok) throw new Error(session.error);
  const response = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, { method: 'POST', headers: { ...sessionHeader(session.value), 'content-type': 'application/octet-stream' }, body: file, ...(signal && { signal }) });
  if (response.ok) return response.json();
  // The server answers a refusal in plain words.
  const words = (await response.text()).slice(0, 300);
  throw new Error(words === '' ? `The engine refused the file (${response.status}).` : words);
}

function problemOf(error: unknown): CallProblem {
  if (!(error instanceof ORPCError)) return { kind: 'unsure', message: messageOf(error) };
  if (error.status === 401) return { kind: 'no_session', message: error.message };
  // 502 to 504 come from between here and the engine: nobody knows whether it heard.
  return { kind: error.status >= 502 && error.status <= 504 ? 'unsure' : 'failed', message: error.message };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function open(): Promise<Connection | string> {
  return isDesktop() ? openPort() : openBrowser();
}

/** Desktop: the preload hands a port over when it is asked for one and the engine is there; until then this waits. A dead engine closes its port. */
async function openPort(): Promise<Connection> {
  const next = nextPort();
  window.postMessage(portMessages.wanted, location.origin);
  const port = await next;
  const link = new PortLink({ port });
  const gone = new Promise<string>((resolve) => { port.addEventListener('close', () => resolve('the engine went away')); });
  port.start();
  return { calls: link, events: link, gone, close: () => port.close() };
}

function nextPort(): Promise<MessagePort> {
  return new Promise((resolve) => {
    const take = (event: MessageEvent<unknown>): void => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== portMessages.given || port === undefined) return;
      window.removeEventListener('message', take);
      resolve(port);
    };
    window.addEventListener('message', take);
  });
}

async function openBrowser(): Promise<Connection | string> {
  const session = await openSession();
  if (!session.ok) return session.error;
  const calls = new FetchLink({ url: `${location.origin}/rpc`, headers: () => sessionHeader(session.value) });
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/ws`, ['winnow', session.value]);
  const gone = new Promise<string>((resolve) => { socket.addEventListener('close', () => resolve('the connection to the engine broke')); });
  const opened = await new Promise<boolean>((resolve) => {
    socket.addEventListener('open', () => resolve(true));
    void gone.then(() => resolve(false));
  });
  if (opened) return { calls, events: new SocketLink({ websocket: socket }), gone, close: () => socket.close() };
  // A refused socket doesn't say why; a call does.
  try { await calls.call(['workspace', 'info'], {}, { context: {} }); } catch (error) { if (problemOf(error).kind === 'no_session') { closeSession(); return 'no_session'; } }
  return 'the engine does not answer';
}
