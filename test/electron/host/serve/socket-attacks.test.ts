import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openServer, type OpenServer } from './open-server.ts';
import { rawRequest, sendRaw, type RawAnswer } from './raw-request.ts';

// The WebSocket's own attempts: browsers let any page open one to any host, so the server is all that stands between.

let open: OpenServer, session: string, host: string;
beforeAll(async () => {
  open = await openServer({ jsonBytes: 20_000 });
  session = await open.session();
  host = `127.0.0.1:${open.port}`;
}, 60_000);
afterAll(async () => { await open.close(); });

type Headers = Readonly<Record<string, string | undefined>>;
const upgrade = (headers: Headers, line = 'GET /ws HTTP/1.1'): Promise<RawAnswer> => sendRaw(open.port, rawRequest(line, {
  host, origin: `http://${host}`, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': `winnow, ${session}`, ...headers,
}), { waitMs: 1000 });

const attempts: readonly (readonly [name: string, status: number, run: () => Promise<RawAnswer>])[] = [
  ['no Origin', 403, () => upgrade({ origin: undefined })],
  ['a foreign Origin', 403, () => upgrade({ origin: 'https://evil.example' })],
  ['the Origin "null"', 403, () => upgrade({ origin: 'null' })],
  ['another port of this machine', 403, () => upgrade({ origin: 'http://127.0.0.1:5173' })],
  ['another site by its own word', 403, () => upgrade({ 'sec-fetch-site': 'cross-site' })],
  ['a foreign Host', 421, () => upgrade({ host: `evil.example:${open.port}`, origin: `http://evil.example:${open.port}` })],
  ['two Hosts', 400, () => upgrade({ Host: host, 'x-a\r\nhost': 'evil.example' })],
  ['no subprotocol', 401, () => upgrade({ 'sec-websocket-protocol': undefined })],
  ['our subprotocol without a session', 401, () => upgrade({ 'sec-websocket-protocol': 'winnow' })],
  ['another subprotocol with our session', 401, () => upgrade({ 'sec-websocket-protocol': `graphql-ws, ${session}` })],
  ['the session alone', 401, () => upgrade({ 'sec-websocket-protocol': session })],
  ['a guessed session', 401, () => upgrade({ 'sec-websocket-protocol': `winnow, ${'A'.repeat(43)}` })],
  ['a row of guesses with our session among them', 401, () => upgrade({ 'sec-websocket-protocol': `winnow, guess, ${session}` })],
  ['a one-time token for the session', 401, () => upgrade({ 'sec-websocket-protocol': `winnow, ${open.token()}` })],
  ['the session in the query', 400, () => upgrade({ 'sec-websocket-protocol': 'winnow' }, `GET /ws?session=${session} HTTP/1.1`)],
  ['the session in a cookie', 401, () => upgrade({ 'sec-websocket-protocol': 'winnow', cookie: `session=${session}` })],
  ['the session in its header only', 401, () => upgrade({ 'sec-websocket-protocol': 'winnow', 'x-winnow-session': session })],
  ['another path', 404, () => upgrade({}, 'GET /rpc/settings/set HTTP/1.1')],
  ['an upgrade by POST', 400, () => upgrade({}, 'POST /ws HTTP/1.1')],
  ['an upgrade to something else', 400, () => upgrade({ upgrade: 'h2c' })],
  ['an absolute target', 400, () => upgrade({}, `GET http://evil.example/ws HTTP/1.1`)],
  ['HTTP/1.0', 505, () => upgrade({}, 'GET /ws HTTP/1.0')],
  ['an old version of the protocol', 400, () => upgrade({ 'sec-websocket-version': '7' })],
  ['no key', 400, () => upgrade({ 'sec-websocket-key': undefined })],
  ['no upgrade at all', 405, () => upgrade({ connection: 'close', upgrade: undefined })],
];

const WRITE = '{"i":"1","p":{"u":"/settings/set","b":{"json":{"key":"appearance.theme","value":"dark"}}}}';

/** Opens a connection as our own page would. */
async function connected(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${host}/ws`, ['winnow', session], { origin: `http://${host}` });
  await once(socket, 'open');
  return socket;
}
async function closeCode(send: (socket: WebSocket) => void): Promise<number> {
  const socket = await connected();
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(3000) });
  socket.on('error', () => undefined);
  send(socket);
  const [code] = await closed as [number];
  return code;
}

describe('a WebSocket', () => {
  it('is given to our own page, answers with the name alone, and takes a write', async () => {
    expect((await upgrade({})).status).toBe(101);
    const before = open.state();
    const socket = await connected();
    expect(socket.protocol).toBe('winnow');
    socket.send(WRITE);
    const [answer] = await once(socket, 'message', { signal: AbortSignal.timeout(10_000) }) as [Buffer];
    expect(JSON.parse(answer.toString('utf8'))).toMatchObject({ i: '1' });
    expect(open.asked).toEqual(['settings.set']);
    expect(open.state()).not.toBe(before);
    socket.close();
  });

  it.each(attempts)('is refused for %s', async (_, status, run) => {
    const before = open.state();
    const answer = await run();
    expect(answer.status).toBe(status);
    expect(`${answer.head}${answer.body}`).not.toContain(session);
    expect(open.state()).toBe(before);
  });

  it.each([
    ['a frame beyond the limit', 1009, (socket: WebSocket) => { socket.send(`{"i":"1","p":{"u":"/settings/set","b":"${'x'.repeat(30_000)}"}}`); }],
    ['many small frames that make a large message', 1009, (socket: WebSocket) => { for (let i = 0; i < 50; i++) socket.send(' '.repeat(1000), { fin: false }); }],
    ['a binary frame', 1003, (socket: WebSocket) => { socket.send(Buffer.from(WRITE)); }],
    ['text that is no JSON', 1008, (socket: WebSocket) => { socket.send('settings/set'); }],
    ['a key twice', 1008, (socket: WebSocket) => { socket.send(WRITE.replace('"i":"1",', '"i":"1","i":"2",')); }],
    ['__proto__', 1008, (socket: WebSocket) => { socket.send(WRITE.replace('"key"', '"__proto__":{"polluted":true},"key"')); }],
    ['a message of another shape', 1008, (socket: WebSocket) => { socket.send('{"i":"1","p":null}'); }],
    ['no message but null', 1008, (socket: WebSocket) => { socket.send('null'); }],
  ])('is closed for %s', async (_, code, send) => {
    const before = open.state();
    expect(await closeCode(send)).toBe(code);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(open.state()).toBe(before);
  });

  it('is closed for a frame without its mask', async () => {
    const head = rawRequest('GET /ws HTTP/1.1', { host, origin: `http://${host}`, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': `winnow, ${session}` });
    const before = open.state();
    const frame = Buffer.concat([Buffer.from([0x81, WRITE.length]), Buffer.from(WRITE)]);
    await sendRaw(open.port, [head, frame], { pauseMs: 50 });
    expect(open.state()).toBe(before);
  });
});
