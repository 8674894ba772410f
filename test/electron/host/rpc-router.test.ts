import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink as FetchLink } from '@orpc/client/fetch';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import { RPCLink as SocketLink } from '@orpc/client/websocket';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createEventHub, type EventHub } from '#electron/host/event-hub.ts';
import { createRouter, servePort, type RouterClient } from '#electron/host/rpc-router.ts';
import { defaultLimits } from '#electron/host/serve/read-body.ts';
import { startServer } from '#electron/host/serve/server.ts';
import { openUploads } from '#electron/host/serve/uploads.ts';
import { contract } from '#shared/rpc/contract.ts';
import type { EngineEvent } from '#shared/rpc/schemas.ts';
import { fakeDesk, type FakeDesk } from './serve/fake-desk.ts';

interface Connected { readonly client: RouterClient; readonly desk: FakeDesk; readonly hub: EventHub; readonly disconnect: () => void }

const page = mkdtempSync(join(tmpdir(), 'winnow-page-'));
writeFileSync(join(page, 'index.html'), '<!doctype html>');
const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => { for (const end of ends.splice(0).toReversed()) await end(); });
afterAll(() => { rmSync(page, { recursive: true }); });

async function connectHttp(transport: 'http' | 'socket'): Promise<Connected> {
  const desk = fakeDesk(), hub = createEventHub();
  const uploads = await openUploads(defaultLimits);
  ends.push(() => uploads.close());
  const server = await startServer({ desk, hub, staticDir: page, port: 0, uploads });
  if (!server.ok) throw new Error(server.error);
  ends.push(() => server.value.close());
  const origin = `http://127.0.0.1:${server.value.port}`;
  const token = new URL(server.value.link()).searchParams.get('token');
  const { session } = await (await fetch(`${origin}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) })).json() as { session: string };
  if (transport === 'http') {
    const abort = new AbortController();
    const link = new FetchLink({ url: `${origin}/rpc`, headers: { 'x-winnow-session': session }, fetch: (request, init) => fetch(request, { ...init, signal: AbortSignal.any([request.signal, abort.signal]) }) });
    return { client: createORPCClient(link), desk, hub, disconnect: () => { abort.abort(); } };
  }
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, { protocols: ['winnow', session], headers: { origin } });
  await new Promise((resolve, reject) => { socket.addEventListener('open', resolve); socket.addEventListener('error', reject); });
  return { client: createORPCClient(new SocketLink({ websocket: socket })), desk, hub, disconnect: () => { socket.close(); } };
}

async function connectPort(): Promise<Connected> {
  const desk = fakeDesk(), hub = createEventHub();
  const { port1, port2 } = new MessageChannel();
  servePort(createRouter(desk, hub), port1);
  port1.start();
  port2.start();
  ends.push(() => { port1.close(); });
  return { client: createORPCClient(new PortLink({ port: port2 })), desk, hub, disconnect: () => { port2.close(); } };
}

const transports = [['HTTP', () => connectHttp('http')], ['WebSocket', () => connectHttp('socket')], ['a message port', connectPort]] as const;

describe.each(transports)('the router over %s', (_, connect) => {
  it('passes a call on with its defaults filled in, and its answer back', async () => {
    const { client, desk } = await connect();
    expect(await client.workspace.verifyAudit({})).toEqual({ valid: true, rows: 3, why: null });
    expect(await client.settings.set({ key: 'a', value: 'b' })).toEqual({ ok: true });
    await expect(client.queue.list({})).rejects.toThrow('the fake desk does not know queue.list');
    expect(desk.asked).toEqual([
      { name: 'workspace.verifyAudit', input: {} }, { name: 'settings.set', input: { key: 'a', value: 'b' } },
      { name: 'queue.list', input: expect.objectContaining({ sort: 'work_order', limit: 200, filter: expect.objectContaining({ text: '', decision: [] }) }) },
    ]);
  });

  it('refuses input that breaks the contract before the desk hears of it', async () => {
    const { client, desk } = await connect();
    await expect(client.queue.list({ limit: 100_000 })).rejects.toMatchObject({ code: 'BAD_REQUEST', status: 400 });
    expect(desk.asked).toEqual([]);
  });

  it('refuses an answer that breaks the contract, and says what the engine refuses in its words', async () => {
    const { client } = await connect();
    await expect(client.figures.get({})).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    const refused = await client.incident.get({ id: 'INC-1' }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ORPCError);
    expect(refused).toMatchObject({ code: 'REFUSED', status: 422, message: 'the fake desk does not know incident.get' });
  });

  it('tells a request whose thread died under it from a refusal', async () => {
    const { client } = await connect();
    await expect(client.replay.run({})).rejects.toMatchObject({ code: 'UNANSWERED', status: 503, message: expect.stringContaining('look whether this was done') });
  });

  it('streams events, and lets go of them when the connection ends', async () => {
    const { client, hub, disconnect } = await connect();
    const stream = await client.events.stream({});
    const seen: EngineEvent[] = [];
    const read = async (): Promise<void> => {
      for await (const event of stream) {
        seen.push(event);
        if (seen.length === 1) hub.publish({ type: 'changed', what: ['queue'] }); else disconnect();
      }
    };
    // Some transports end the stream, some break it: both tell that the connection is gone.
    await read().catch(() => undefined);
    expect(seen).toEqual([{ type: 'engine', state: 'ready' }, { type: 'changed', what: ['queue'] }]);
    await expect.poll(() => hub.listeners()).toBe(0);
  });
});

describe('the router', () => {
  it('has every procedure of the contract', async () => {
    const { client, desk } = await connectPort();
    const byName: Readonly<Record<string, Readonly<Record<string, (input: never) => Promise<unknown>>>>> = client;
    for (const [group, procedures] of Object.entries(contract)) for (const name of Object.keys(procedures)) {
      const error = await Reflect.apply(byName[group]![name]!, undefined, [undefined]).catch((e: unknown) => e);
      // Refused by the contract or by the desk, but known.
      expect([`${group}.${name}`, error instanceof ORPCError && error.code === 'NOT_FOUND']).toEqual([`${group}.${name}`, false]);
    }
    expect(desk.asked.length).toBeGreaterThan(8);
  });
});
