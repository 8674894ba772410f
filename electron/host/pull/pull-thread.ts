import type { MessagePort } from 'node:worker_threads';
import { placeOf } from '#electron/agent/endpoint-class.ts';
import { lookup } from 'node:dns/promises';
import { connectors } from '#electron/connectors/all.ts';
import { unitKey, type Connection, type PullEvent, type Session } from '#electron/connectors/connector.ts';
import { ConnectFailure } from '#electron/connectors/pace/failure.ts';
import { createHttp } from '#electron/connectors/pace/http.ts';
import { createPace } from '#electron/connectors/pace/pace.ts';
import { now } from '../clock.ts';
import type { FromPull, ProgressEntry, PullData, ToPull } from './pull-protocol.ts';

/** Pieces on their way to the engine, which stores them one after the other. */
const IN_FLIGHT = 4;
/** How long a look-up counts: names of clouds change their addresses all the time. */
const LOOKED_UP_MS = 5 * 60_000;

/** A pull thread's side: connects, waits to be told how far an earlier run came, pulls. SDKs and their memory end with the thread. */
export async function servePull(port: MessagePort, data: PullData): Promise<void> {
  const send = (message: FromPull, moved: ArrayBuffer[] = []): void => { port.postMessage(message, moved); };
  const control = new AbortController();
  let credit = IN_FLIGHT, progress = new Map<string, ProgressEntry[1]>();
  const wakes: (() => void)[] = [];
  const go = new Promise<void>((resolve) => {
    control.signal.addEventListener('abort', () => { resolve(); });
    port.on('message', (message: ToPull) => {
      switch (message.type) {
        case 'go': progress = new Map(message.progress); resolve(); break;
        case 'ack': credit += 1; wakes.shift()?.(); break;
        case 'cancel': control.abort(); for (const wake of wakes.splice(0)) wake(); break;
      }
    });
  });
  const takeCredit = async (): Promise<void> => {
    while (credit <= 0 && !control.signal.aborted) await new Promise<void>((resolve) => { wakes.push(resolve); });
    credit -= 1;
  };
  const session = openSession(data, control.signal, (unit) => progress.get(unit), (text) => { send({ type: 'said', text }); });
  let connection: Connection | undefined;
  // An error would lose its fields on the way to another thread.
  const end = (failure?: { kind: ConnectFailure['kind'] | 'broken'; says: string }): void => { send({ type: 'end', ...session.pace.counts(), ...(failure && { failure: { kind: failure.kind, says: failure.says } }) }); };
  try {
    const connector = connectors.find((c) => c.name === data.product);
    if (!connector) { end({ kind: 'broken', says: `there is no connector ${data.product}` }); return; }
    const opened = await connector.connect(session);
    if (!opened.ok) { end(opened.error); return; }
    connection = opened.value;
    send({ type: 'connected', identity: connection.identity });
    if (data.task === 'preflight') { for await (const row of connection.preflight()) send({ type: 'row', row }); end(); return; }
    await go;
    for await (const event of connection.pull()) await pass(event, send, takeCredit);
    end();
  } catch (error) {
    // A bug's message may hold anything; its kind and place are enough to find it.
    end(error instanceof ConnectFailure ? { kind: error.kind, says: error.says } : { kind: 'broken', says: `the connector broke: ${brokenWords(error)}` });
  } finally {
    await connection?.close?.();
    session.http.close();
    port.close();
  }
}

async function pass(event: PullEvent, send: (message: FromPull, moved?: ArrayBuffer[]) => void, takeCredit: () => Promise<void>): Promise<void> {
  if (event.type !== 'piece') { send(event); return; }
  await takeCredit();
  // Moved, not copied; a Buffer may be a window on memory that others use.
  const bytes = new Uint8Array(event.piece.bytes);
  send({ type: 'piece', unit: event.unit, piece: { ...event.piece, bytes } }, [bytes.buffer]);
}

function openSession(data: PullData, signal: AbortSignal, progressOf: (unit: string) => ProgressEntry[1] | undefined, say: (text: string) => void): Session {
  const pace = createPace({ signal });
  const admit = admitWithin(data.allow);
  const nowMs = (): number => Math.round(now() / 1000);
  return { settings: data.settings, signal, pace, admit, http: createHttp(pace, admit, nowMs), progressOf: (unit) => progressOf(unitKey(unit)), env: process.env, now, say };
}

/** Where requests may go, looked up once in a while. */
function admitWithin(allow: PullData['allow']): Session['admit'] {
  const known = new Map<string, { readonly at: number; readonly addresses: Promise<readonly string[]> }>();
  return async (url) => {
    const { host } = new URL(url);
    const have = known.get(host);
    if (have && performance.now() - have.at < LOOKED_UP_MS) return have.addresses;
    const addresses = placeOf(url, allow, async (name) => (await lookup(name, { all: true })).map((a) => a.address)).then((place) => {
      if (place.ok) return place.value.addresses;
      if (/has no address/.test(place.error)) throw new ConnectFailure('unreachable', place.error);
      throw new ConnectFailure('refused_egress', `${host} is ${allow === 'loopback' ? 'not on this machine' : 'beyond your own network'}, and pulls of this workspace may go no further than "${allow}": allow "internet"${allow === 'loopback' ? ' (or "site", for your own network)' : ''} first`);
    });
    known.set(host, { at: performance.now(), addresses });
    addresses.catch(() => { known.delete(host); });
    return addresses;
  };
}

function brokenWords(error: unknown): string {
  if (!(error instanceof Error)) return 'for no known reason';
  const place = /at .*?(electron\/[\w./-]+:\d+)/.exec(error.stack ?? '')?.[1];
  return `${error.name}${place === undefined ? '' : ` at ${place}`}`;
}
