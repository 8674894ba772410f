import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectFailure } from '#electron/connectors/pace/failure.ts';
import { createHttp, type Http } from '#electron/connectors/pace/http.ts';
import { createPace } from '#electron/connectors/pace/pace.ts';

const servers: Server[] = [], doors: Http[] = [];
afterEach(() => { for (const s of servers.splice(0)) { s.closeAllConnections(); s.close(); } for (const d of doors.splice(0)) d.close(); });

/** A server that gives one answer after the other, the last one for ever. */
async function serving(...answers: RequestListener[]): Promise<{ url: string; asked: () => number }> {
  let n = 0;
  const server = createServer((request, response) => { (answers[Math.min(n++, answers.length - 1)] ?? answers[0])?.(request, response); });
  servers.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => n };
}

function door(admit: (url: string) => Promise<readonly string[]> = () => Promise.resolve(['127.0.0.1']), signal = new AbortController().signal): Http & { waits: number[] } {
  const waits: number[] = [];
  const http = createHttp(createPace({ signal, deadline_ms: 2000, attempts: 4, random: () => 0, sleep: (ms) => { waits.push(ms); return Promise.resolve(); } }), admit, () => 0);
  doors.push(http);
  return { ...http, waits };
}
const good: RequestListener = (_, response) => { response.end('{"ok":1}'); };
const status = (code: number, headers: Record<string, string> = {}): RequestListener => (_, response) => { response.writeHead(code, headers).end('{}'); };

describe('http of connectors', () => {
  it('gives JSON', async () => {
    const { url } = await serving(good);
    expect(await door().json({ url })).toEqual({ ok: 1 });
  });

  it.each([[429, { 'retry-after': '3' }, 3000], [503, { 'retry-after': '2' }, 2000], [500, {}, 125]])('tries again after %i', async (code, headers, wait) => {
    const { url, asked } = await serving(status(code, headers), good);
    const http = door();
    expect(await http.json({ url })).toEqual({ ok: 1 });
    expect([asked(), http.waits]).toEqual([2, [wait]]);
  });

  it.each([[401, 'expired'], [403, 'denied'], [404, 'absent'], [400, 'rejected'], [302, 'rejected'], [501, 'unreachable']])('takes %i for %s and asks once', async (code, kind) => {
    const { url, asked } = await serving(status(code, { location: 'http://127.0.0.1:9/' }));
    await expect(door().json({ url })).rejects.toMatchObject({ kind });
    expect(asked()).toBe(1);
  });

  it('tries again when a connection breaks off in the middle of a body', async () => {
    const { url, asked } = await serving((_, response) => { response.writeHead(200, { 'content-length': '100' }); response.write('{"ok":'); setImmediate(() => { response.destroy(); }); }, good);
    expect(await door().json({ url })).toEqual({ ok: 1 });
    expect(asked()).toBe(2);
  });

  it('tries again when a chunked body ends too early', async () => {
    const { url } = await serving((_, response) => { response.writeHead(200); response.write('{"ok":1}'); setImmediate(() => { response.socket?.destroy(); }); }, good);
    expect(await door().json({ url })).toEqual({ ok: 1 });
  });

  it('ends an answer that trickles for ever', async () => {
    const { url } = await serving((_, response) => { response.write('['); const timer = setInterval(() => { response.write('1,'); }, 5); response.on('close', () => { clearInterval(timer); }); });
    const http = createHttp(createPace({ signal: new AbortController().signal, deadline_ms: 60, attempts: 2, sleep: () => Promise.resolve() }), () => Promise.resolve(['127.0.0.1']), () => 0);
    doors.push(http);
    await expect(http.json({ url })).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('lets the product say what an answer means', async () => {
    const { url } = await serving(status(403));
    await expect(door().json({ url, readFault: () => ({ retry: false, kind: 'absent', says: 'the API is not enabled' }) })).rejects.toMatchObject({ kind: 'absent', says: 'the API is not enabled' });
  });

  it('says so when an answer is no JSON', async () => {
    const { url } = await serving((_, response) => { response.end('<html>'); });
    await expect(door().json({ url })).rejects.toMatchObject({ kind: 'bad_answer' });
  });

  it('sends nothing to where it is not admitted', async () => {
    const { url, asked } = await serving(good);
    await expect(door(() => Promise.reject(new ConnectFailure('refused_egress', 'loopback only'))).json({ url })).rejects.toMatchObject({ kind: 'refused_egress' });
    expect(asked()).toBe(0);
  });

  it('connects to the admitted address, whatever the name would be looked up as', async () => {
    const { url } = await serving(good);
    expect(await door().json({ url: url.replace('127.0.0.1', 'cloud.example') })).toEqual({ ok: 1 });
  });

  it('stops in the middle of an answer when it is cancelled', async () => {
    const control = new AbortController();
    const { url } = await serving((_, response) => { response.write('['); setImmediate(() => { control.abort(); }); });
    await expect(door(undefined, control.signal).json({ url })).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
