import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer, PAGE, SECRET, type OpenServer } from './open-server.ts';
import { rawRequest, sendRaw, type RawAnswer } from './raw-request.ts';

// Every attempt is one that a web page, another program's page on this machine, or a program without the session could make.
// Each must be turned away (or its connection ended), and neither workspace, uploads nor the engine's calls may show a trace of it.

let open: OpenServer, session: string, host: string;
beforeAll(async () => {
  open = await openServer({ jsonBytes: 20_000, jsonMs: 400, headersMs: 400, uploadBytes: 60_000, uploadIdleMs: 300 });
  session = await open.session();
  host = `127.0.0.1:${open.port}`;
}, 60_000);
afterAll(async () => { await open.close(); });

const EXAMPLE = join(import.meta.dirname, '../../../../resources/examples/findings/guardduty.json');
type Headers = Readonly<Record<string, string | undefined>>;
type Attempt = readonly [name: string, statuses: readonly number[], run: () => Promise<RawAnswer>];
/** The connection ended without an answer. */
const DROPPED = 0;
const WRITE = JSON.stringify({ json: { key: 'appearance.theme', value: 'dark' } });
const READ = JSON.stringify({ json: {} });

/** The headers of our own page, to break one at a time. */
const own = (): Headers => ({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', 'x-winnow-session': session });
const write = (headers: Headers, body = WRITE, line = 'POST /rpc/settings/set HTTP/1.1') => sendRaw(open.port, rawRequest(line, { ...own(), ...headers }, body));
const get = (line: string, headers: Headers = {}) => sendRaw(open.port, rawRequest(line, { host, ...headers }));

describe('what is allowed, so that the refusals below mean something', () => {
  it('lets the very write of the attempts through when it is our own page\'s, or a program\'s without a browser', async () => {
    const before = open.state();
    await write({});
    expect(open.asked).toEqual(['settings.set']);
    await write({ origin: undefined, 'sec-fetch-site': undefined });
    await write({ host: `localhost:${open.port}`, origin: `http://localhost:${open.port}` });
    expect(open.asked).toEqual(['settings.set', 'settings.set', 'settings.set']);
    expect(open.state()).not.toBe(before);
  });

  it('takes a file from a program with a session, and the rows of the workspace show it', async () => {
    const before = open.rows();
    const answer = await fetch(`${open.origin}/ingest?name=findings.json`, { method: 'POST', headers: { 'content-type': 'application/octet-stream', 'x-winnow-session': session }, body: readFileSync(EXAMPLE) });
    expect([answer.status, await answer.json()]).toMatchObject([200, { files: [{ name: 'findings.json', quarantined: [] }] }]);
    expect(open.rows()).not.toBe(before);
    expect(readdirSync(open.spool)).toEqual([]);
  });

  it('shows the page and its files to anyone, as there is no secret in them', async () => {
    expect(await get('GET / HTTP/1.1')).toMatchObject({ status: 200, body: PAGE });
    expect(await get('GET /incident/INC-0001?tab=trace HTTP/1.1')).toMatchObject({ status: 200, body: PAGE });
    expect((await get('GET /assets/main-B1a2C3d4.js HTTP/1.1')).head).toContain('immutable');
  });
});

const hosts: readonly Attempt[] = [
  ['no Host', [400], () => write({ host: undefined })],
  ['HTTP/1.0 without Host', [400, 505], () => write({ host: undefined }, WRITE, 'POST /rpc/settings/set HTTP/1.0')],
  ['HTTP/1.0 with our Host', [505], () => write({}, WRITE, 'POST /rpc/settings/set HTTP/1.0')],
  ['a foreign Host', [421], () => write({ host: 'evil.example' })],
  ['DNS rebinding: a foreign name with our port, and the origin to match', [421], () => write({ host: `evil.example:${open.port}`, origin: `http://evil.example:${open.port}` })],
  ['rebinding of the page itself', [421], () => get('GET / HTTP/1.1', { host: `evil.example:${open.port}` })],
  ['Host without the port', [421], () => write({ host: '127.0.0.1' })],
  ['Host with another port', [421], () => write({ host: '127.0.0.1:80' })],
  ['Host that begins like ours', [421], () => write({ host: `127.0.0.1:${open.port}.evil.example` })],
  ['Host with user and password', [421, 400], () => write({ host: `127.0.0.1:${open.port}@evil.example` })],
  ['Host 0.0.0.0', [421], () => write({ host: `0.0.0.0:${open.port}` })],
  ['Host [::1]', [421], () => write({ host: `[::1]:${open.port}` })],
  ['Host localhost with a dot', [421], () => write({ host: `localhost.:${open.port}` })],
  ['two Hosts', [400], () => sendRaw(open.port, rawRequest('POST /rpc/settings/set HTTP/1.1', own(), WRITE).replace('\r\n', '\r\nHost: evil.example\r\n'))],
  ['our name only in X-Forwarded-Host', [421], () => write({ host: 'evil.example', 'x-forwarded-host': host, forwarded: `host="${host}"` })],
  ['an absolute target that names another host', [400], () => write({}, WRITE, 'POST http://evil.example/rpc/settings/set HTTP/1.1')],
  ['an absolute target that names us', [400], () => write({}, WRITE, `POST http://${host}/rpc/settings/set HTTP/1.1`)],
];

const origins: readonly Attempt[] = [
  ['a foreign Origin', [403], () => write({ origin: 'https://evil.example' })],
  ['the Origin "null" of a sandboxed frame', [403], () => write({ origin: 'null' })],
  ['an empty Origin', [403], () => write({ origin: '' })],
  ['the Origin of another port of this machine', [403], () => write({ origin: 'http://127.0.0.1:3000' })],
  ['our Origin with https', [403], () => write({ origin: `https://${host}` })],
  ['an Origin that begins like ours', [403], () => write({ origin: `http://${host}.evil.example` })],
  ['the Origin localhost for the Host 127.0.0.1', [403], () => write({ origin: `http://localhost:${open.port}` })],
  ['two Origins', [400], () => sendRaw(open.port, rawRequest('POST /rpc/settings/set HTTP/1.1', own(), WRITE).replace('\r\n', '\r\nOrigin: https://evil.example\r\n'))],
  ['no Origin, but from another site', [403], () => write({ origin: undefined, 'sec-fetch-site': 'cross-site' })],
  ['no Origin, but from another port ("same-site")', [403], () => write({ origin: undefined, 'sec-fetch-site': 'same-site' })],
  ['a navigation ("none")', [403], () => write({ origin: undefined, 'sec-fetch-site': 'none' })],
];

const sessions: readonly Attempt[] = [
  ['no session', [401], () => write({ 'x-winnow-session': undefined })],
  ['an empty session', [401], () => write({ 'x-winnow-session': '' })],
  ['a guessed session', [401], () => write({ 'x-winnow-session': 'A'.repeat(43) })],
  ['our session with a letter more', [401], () => write({ 'x-winnow-session': `${session}A` })],
  ['our session without its last letter', [401], () => write({ 'x-winnow-session': session.slice(0, -1) })],
  ['two sessions, one of them ours', [400], () => sendRaw(open.port, rawRequest('POST /rpc/settings/set HTTP/1.1', own(), WRITE).replace('\r\n', '\r\nX-Winnow-Session: guessed\r\n'))],
  ['the session in a cookie', [401], () => write({ 'x-winnow-session': undefined, cookie: `x-winnow-session=${session}; session=${session}` })],
  ['the session as a bearer token', [401], () => write({ 'x-winnow-session': undefined, authorization: `Bearer ${session}` })],
  ['the session in the query', [401], () => write({ 'x-winnow-session': undefined }, WRITE, `POST /rpc/settings/set?session=${session}&x-winnow-session=${session} HTTP/1.1`)],
  ['a one-time token in the query', [401], () => write({ 'x-winnow-session': undefined }, WRITE, `POST /rpc/settings/set?token=${open.token()} HTTP/1.1`)],
  ['a one-time token in the place of the session', [401], () => write({ 'x-winnow-session': open.token() })],
  ['the session, and a query that would end up in a log', [400], () => write({}, WRITE, 'POST /rpc/settings/set?token=x HTTP/1.1')],
  ['the event stream without a session', [401], () => write({ 'x-winnow-session': undefined, accept: 'text/event-stream' }, READ, 'POST /rpc/events/stream HTTP/1.1')],
  ['the event stream as a page\'s EventSource', [405], () => get('GET /rpc/events/stream HTTP/1.1', { accept: 'text/event-stream' })],
  ['a read without a session', [401], () => write({ 'x-winnow-session': undefined }, READ, 'POST /rpc/workspace/info HTTP/1.1')],
];

const exchange = (body: string, headers: Headers = {}, line = 'POST /session HTTP/1.1') => write({ 'x-winnow-session': undefined, ...headers }, body, line);
const tokens: readonly Attempt[] = [
  ['a token a second time', [401], async () => { const body = JSON.stringify({ token: open.token() }); expect((await exchange(body)).status).toBe(200); return exchange(body); }],
  ['a guessed token', [401], () => exchange(JSON.stringify({ token: 'B'.repeat(43) }))],
  ['a token in the query of /session', [400], () => exchange('{}', {}, `POST /session?token=${open.token()} HTTP/1.1`)],
  ['a token by GET', [405], () => get(`GET /session?token=${open.token()} HTTP/1.1`)],
  ['a token from a foreign page', [403], () => exchange(JSON.stringify({ token: open.token() }), { origin: 'https://evil.example' })],
  ['a token in a form', [415], () => exchange(`token=${open.token()}`, { 'content-type': 'application/x-www-form-urlencoded' })],
  ['a list of tokens', [400], () => exchange(JSON.stringify({ token: [open.token()] }))],
  ['a token beside another field', [400], () => exchange(JSON.stringify({ token: open.token(), admin: true }))],
];

const bodies: readonly Attempt[] = [
  ['a form of another site as text/plain', [415], () => write({ 'content-type': 'text/plain' })],
  ['a form, urlencoded', [415], () => write({ 'content-type': 'application/x-www-form-urlencoded' }, 'data=%7B%7D')],
  ['a form, multipart', [415], () => write({ 'content-type': 'multipart/form-data; boundary=b' }, `--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n${WRITE}\r\n--b--\r\n`)],
  ['no content type', [415], () => write({ 'content-type': undefined })],
  ['a content type that begins like ours', [415], () => write({ 'content-type': 'application/json-patch+json' })],
  ['text/plain that mentions ours', [415], () => write({ 'content-type': 'text/plain; application/json' })],
  ['another charset', [415], () => write({ 'content-type': 'application/json; charset=utf-16' })],
  ['a compressed body', [415], () => write({ 'content-encoding': 'gzip' })],
  ['a file by content-disposition, of no type', [415], () => write({ 'content-type': undefined, 'content-disposition': 'attachment; filename="a"' })],
  ['bytes that are not UTF-8', [400], () => sendRaw(open.port, [rawRequest('POST /rpc/settings/set HTTP/1.1', { ...own(), 'content-length': '3' }), Buffer.from([0x22, 0xff, 0x22])])],
  ['JSON that breaks off', [400], () => write({}, WRITE.slice(0, -1))],
  ['a key twice', [400], () => write({}, '{"json":{"key":"a","value":"b"},"json":{"key":"appearance.theme","value":"dark"}}')],
  ['a key twice, once in escapes', [400], () => write({}, '{"json":{"key":"a","k\\u0065y":"appearance.theme","value":"dark"}}')],
  ['__proto__ in the input', [400], () => write({}, '{"json":{"__proto__":{"polluted":true},"key":"a","value":"b"}}')],
  ['__proto__ in escapes', [400], () => write({}, '{"json":{"\\u005f_proto__":{"polluted":true},"key":"a","value":"b"}}')],
  ['a type path that leads to a prototype', [400], () => write({}, '{"json":{"key":"a","value":"b"},"meta":[[3,"constructor","prototype","polluted"]]}')],
  ['a body that is no object', [400], () => write({}, '[1,2,3]')],
  ['nesting beyond reason', [400], () => write({}, `${'['.repeat(9000)}${']'.repeat(9000)}`)],
  ['a length beyond the limit', [413], () => write({ 'content-length': '100000000' })],
  ['chunks beyond the limit', [413, DROPPED], () => sendRaw(open.port, [rawRequest('POST /rpc/settings/set HTTP/1.1', { ...own(), 'transfer-encoding': 'chunked' }), ...Array.from({ length: 8 }, () => `1388\r\n${' '.repeat(5000)}\r\n`), '0\r\n\r\n'])],
  ['a body byte by byte', [408, DROPPED], () => sendRaw(open.port, [rawRequest('POST /rpc/settings/set HTTP/1.1', { ...own(), 'content-length': String(WRITE.length) }), ...WRITE], { pauseMs: 60 })],
  ['a body that never comes', [408, DROPPED], () => sendRaw(open.port, rawRequest('POST /rpc/settings/set HTTP/1.1', { ...own(), 'content-length': '50' }))],
  ['headers byte by byte', [408, DROPPED], () => sendRaw(open.port, [...rawRequest('POST /rpc/settings/set HTTP/1.1', own(), WRITE)], { pauseMs: 20 })],
  ['headers beyond the limit', [431], () => write({ 'x-big': 'x'.repeat(20_000) })],
];

const methods: readonly Attempt[] = [
  ['GET to a writing procedure', [405], () => get(`GET /rpc/settings/set?data=${encodeURIComponent(WRITE)} HTTP/1.1`, { 'x-winnow-session': session })],
  ['HEAD to a writing procedure', [405], () => get('HEAD /rpc/settings/set HTTP/1.1', { 'x-winnow-session': session })],
  ['GET with a method override', [405], () => get(`GET /rpc/settings/set?_method=POST&data=${encodeURIComponent(WRITE)} HTTP/1.1`, { ...own(), 'x-http-method-override': 'POST', 'x-http-method': 'POST', 'x-method-override': 'POST' })],
  ['PUT', [405], () => write({}, WRITE, 'PUT /rpc/settings/set HTTP/1.1')],
  ['PATCH', [405], () => write({}, WRITE, 'PATCH /rpc/settings/set HTTP/1.1')],
  ['DELETE', [405], () => write({}, WRITE, 'DELETE /rpc/settings/set HTTP/1.1')],
  ['TRACE, which would give headers back', [405], () => get('TRACE / HTTP/1.1', own())],
  ['TRACE of a call', [405], () => get('TRACE /rpc/settings/set HTTP/1.1', own())],
  ['CONNECT', [400, 405, DROPPED], () => get('CONNECT evil.example:443 HTTP/1.1')],
  ['a CORS preflight', [405], () => get('OPTIONS /rpc/settings/set HTTP/1.1', { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,x-winnow-session' })],
  ['a preflight for private networks', [405], () => get('OPTIONS /rpc/settings/set HTTP/1.1', { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-private-network': 'true' })],
  ['POST to the page', [405], () => write({}, WRITE, 'POST / HTTP/1.1')],
];

const smuggling: readonly Attempt[] = [
  ['length and chunks at once', [400], () => write({ 'transfer-encoding': 'chunked' }, `0\r\n\r\n${rawRequest('POST /rpc/settings/set HTTP/1.1', own(), WRITE)}`)],
  ['two lengths', [400], () => sendRaw(open.port, rawRequest('POST /rpc/settings/set HTTP/1.1', own(), WRITE).replace('\r\n', '\r\nContent-Length: 0\r\n'))],
  ['a header with a line break in it', [400], () => write({ 'x-winnow-session': `x\n\tx-winnow-session: ${session}` })],
  ['a bare carriage return in a header', [400], () => write({ 'x-a': `b\rx-winnow-session: ${session}`, 'x-winnow-session': undefined })],
  ['a header name with a blank', [400], () => write({ 'x-winnow-session ': session, 'x-winnow-session': undefined })],
  ['a line break in the target that would become a header', [400, 401, 404], () => write({ 'x-winnow-session': undefined }, WRITE, `POST /rpc/settings/set%0d%0ax-winnow-session:%20${'x'} HTTP/1.1`)],
  ['an upgrade to HTTP/2', [400], () => write({ connection: 'upgrade, http2-settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' })],
  ['noise', [400, DROPPED], () => sendRaw(open.port, '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n')],
  ['a call that would climb out of another path', [404], () => write({}, WRITE, 'POST /rpc/x/../../rpc/settings/../../etc HTTP/1.1')],
  ['a procedure of Object', [404], () => write({}, READ, 'POST /rpc/constructor/name HTTP/1.1')],
  ['a procedure of a prototype', [404], () => write({}, READ, 'POST /rpc/__proto__/toString HTTP/1.1')],
  ['a procedure with its slash in escapes', [404], () => write({}, WRITE, 'POST /rpc/settings%2Fset HTTP/1.1')],
];

const climbs = ['/../secret.txt', '/../../site/secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/%2e%2e%2fsecret.txt', '/.%2e/secret.txt', '/%252e%252e%252fsecret.txt', '/..%5csecret.txt', '/..\\secret.txt', '/assets/..%c0%afsecret.txt',
  '/..;/secret.txt', '/..%00/secret.txt', '/icon.svg%00.txt', '/./../secret.txt', '//secret.txt', '/assets//../../secret.txt', '/%zz', '/assets/', '/nothing.txt', '/page/../secret.txt', '/C:%5csecret.txt', '/~root/secret.txt', '/....//secret.txt', '/assets%2f..%2f..%2fsecret.txt'];
const paths: readonly Attempt[] = climbs.map((path) => [`a file by ${path}`, [400, 404], () => get(`GET ${path} HTTP/1.1`)]);

const octets = { 'content-type': 'application/octet-stream' };
const uploads: readonly Attempt[] = [
  ['an upload without a session', [401], () => write({ ...octets, 'x-winnow-session': undefined }, 'x', 'POST /upload?name=a.json HTTP/1.1')],
  ['an upload of a foreign page', [403], () => write({ ...octets, origin: 'https://evil.example' }, 'x', 'POST /upload?name=a.json HTTP/1.1')],
  ['an upload as a form', [415], () => write({ 'content-type': 'multipart/form-data; boundary=b' }, '--b--', 'POST /upload?name=a.json HTTP/1.1')],
  ['an upload by GET', [405], () => get('GET /upload?name=a.json HTTP/1.1', { 'x-winnow-session': session })],
  ['an upload beyond the limit', [413], () => write({ ...octets, 'content-length': '99999999' }, 'x', 'POST /upload?name=a.json HTTP/1.1')],
  ['an upload in chunks beyond the limit', [413, DROPPED], () => sendRaw(open.port, [rawRequest('POST /upload?name=a.json HTTP/1.1', { ...own(), ...octets, 'transfer-encoding': 'chunked' }), ...Array.from({ length: 16 }, () => `1388\r\n${' '.repeat(5000)}\r\n`), '0\r\n\r\n'])],
  ['an upload that pauses', [408, DROPPED], () => sendRaw(open.port, rawRequest('POST /upload?name=a.json HTTP/1.1', { ...own(), ...octets, 'content-length': '50' }))],
  ['an import without a session', [401], () => write({ ...octets, 'x-winnow-session': undefined }, 'x', 'POST /ingest?name=a.json HTTP/1.1')],
  ['an import of a foreign page as text', [403], () => write({ 'content-type': 'text/plain', origin: 'https://evil.example', 'x-winnow-session': undefined }, 'x', 'POST /ingest HTTP/1.1')],
  ['a preview of a file of this machine', [422], () => write({}, JSON.stringify({ json: { upload: '/etc/passwd' } }), 'POST /rpc/ingest/preview HTTP/1.1')],
  ['a preview of a file beside the uploads', [422], () => write({}, JSON.stringify({ json: { upload: '../../etc/passwd' } }), 'POST /rpc/ingest/preview HTTP/1.1')],
  ['an import of a file of this machine', [422], () => write({}, JSON.stringify({ json: { uploads: ['/etc/passwd'] } }), 'POST /rpc/ingest/commit HTTP/1.1')],
];

const all = { 'by Host': hosts, 'by Origin': origins, 'by session': sessions, 'by token': tokens, 'by body': bodies, 'by method': methods, 'by smuggling': smuggling, 'by path': paths, 'by upload': uploads };

describe.each(Object.entries(all))('attempts %s', (_, attempts) => {
  it.each(attempts)('refuses %s', async (__, statuses, run) => {
    const before = open.state();
    const answer = await run();
    expect(statuses).toContain(answer.status);
    expect(answer.head).not.toContain('access-control-');
    expect(answer.head).not.toContain('set-cookie');
    expect(`${answer.head}${answer.body}`).not.toContain(session);
    expect(answer.body).not.toContain(SECRET);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    // What broke off is cleared away a moment after the connection.
    await expect.poll(() => open.state()).toBe(before);
  });
});

describe('the attempts', () => {
  it('are many, and each has a name of its own', () => {
    const names = Object.values(all).flat().map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(100);
  });
});

describe('guessing', () => {
  it('is over after ten wrong tokens in a minute, for right ones too', async () => {
    const other = await openServer();
    try {
      const ask = (token: string) => fetch(`${other.origin}/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
      for (let i = 0; i < 10; i++) expect((await ask(`guess-${i}`)).status).toBe(401);
      expect((await ask('guess-10')).status).toBe(429);
      expect((await ask(other.token())).status).toBe(429);
    } finally { await other.close(); }
  });
});
