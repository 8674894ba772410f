import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventHub } from '#electron/host/event-hub.ts';
import { defaultLimits } from '#electron/host/serve/read-body.ts';
import { createSessions } from '#electron/host/serve/sessions.ts';
import { startServer } from '#electron/host/serve/server.ts';
import { parseStrictJson } from '#electron/host/serve/strict-json.ts';
import { nameOf, openUploads, safeName } from '#electron/host/serve/uploads.ts';
import { fakeDesk } from './fake-desk.ts';
import { openServer, PAGE, type OpenServer } from './open-server.ts';

let open: OpenServer, headers: Record<string, string>;
beforeAll(async () => { open = await openServer(); headers = { 'x-winnow-session': await open.session() }; }, 60_000);
afterAll(async () => { await open.close(); });

const upload = (name: string, body: string) => fetch(`${open.origin}/upload?name=${encodeURIComponent(name)}`, { method: 'POST', headers: { ...headers, 'content-type': 'application/octet-stream' }, body });
const call = async (path: string, json: unknown): Promise<unknown> => (await fetch(`${open.origin}/rpc/${path}`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ json }) })).json();

describe('the page', () => {
  it('comes with a policy that lets it load its own files and talk to its own server only', async () => {
    const { headers: got } = await fetch(`${open.origin}/`);
    const policy = Object.fromEntries((got.get('content-security-policy') ?? '').split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]));
    expect(policy).toEqual({
      'default-src': `'none'`, 'script-src': `'self'`, 'style-src': `'self'`, 'img-src': `'self' data:`, 'font-src': `'self'`, 'worker-src': `'self'`, 'connect-src': `'self' ws://127.0.0.1:${open.port}`,
      'frame-ancestors': `'none'`, 'base-uri': `'none'`, 'form-action': `'none'`,
    });
    expect(Object.fromEntries(got)).toMatchObject({
      'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'cache-control': 'no-store', 'permissions-policy': expect.stringContaining('camera=()'),
    });
  });

  it('is kept for good where a name has a hash, and asked for anew elsewhere', async () => {
    expect((await fetch(`${open.origin}/assets/main-B1a2C3d4.js`)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(`${open.origin}/icon.svg`)).headers.get('cache-control')).toBe('no-store');
    expect(await (await fetch(`${open.origin}/ingest`)).text()).toBe(PAGE);
    const head = await fetch(`${open.origin}/`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(PAGE.length), '']);
  });

  it('gives refusals the same headers', async () => {
    const refused = await fetch(`${open.origin}/rpc/queue/list`);
    expect([refused.status, refused.headers.get('allow'), refused.headers.get('x-content-type-options'), refused.headers.get('cache-control')]).toEqual([405, 'POST', 'nosniff', 'no-store']);
  });
});

describe('uploads', () => {
  it.each([
    ['../../etc/cron.d/evil.json', 'evil.json'], ['..\\..\\evil.json', 'evil.json'], ['/etc/passwd', 'passwd'], ['..', 'upload'], ['.', 'upload'], ['', 'upload'], ['.ssh', 'ssh'], ['a\u0000b.json', 'a_b.json'], ['C:\\x\\y.json', 'y.json'],
    ['a\r\nb.json', 'a__b.json'], ['Prüfung 1.json', 'Prüfung 1.json'], [`${'x'.repeat(300)}.json`, `${'x'.repeat(115)}.json`], ['con:stream', 'con_stream'], ['<img src=x>.csv', '_img src_x_.csv'],
  ])('keep nothing of a path in %j', (name, safe) => { expect(safeName(name)).toBe(safe); });

  it('lie in a folder of this user alone, whatever they are called, until they are imported', async () => {
    const before = readdirSync(dirname(open.spool)).length;
    const example = readFileSync(join(import.meta.dirname, '../../../../resources/examples/findings/guardduty.json'), 'utf8');
    const answer = await upload('../../../outside.json', example);
    const { id, name, bytes } = await answer.json() as { id: string; name: string; bytes: number };
    expect([answer.status, name, bytes, nameOf(id)]).toEqual([201, 'outside.json', Buffer.byteLength(example), 'outside.json']);
    expect(readdirSync(open.spool)).toEqual([id]);
    expect(readdirSync(dirname(open.spool)).length).toBe(before);
    expect([statSync(open.spool).mode & 0o777, statSync(join(open.spool, id)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(await call('ingest/preview', { upload: id })).toMatchObject({ json: { name: 'outside.json', kind: 'findings', quarantined: [] } });
    expect(await call('ingest/commit', { uploads: [id] })).toMatchObject({ json: { files: [{ name: 'outside.json' }] } });
    expect(readdirSync(open.spool)).toEqual([]);
    expect(await call('ingest/commit', { uploads: [id] })).toMatchObject({ json: { code: 'REFUSED', message: expect.stringContaining('no longer') } });
  });
});

describe('the server', () => {
  it('says so when a port is taken, and ends with its connections', async () => {
    const uploads = await openUploads(defaultLimits), hub = createEventHub();
    const page = mkdtempSync(join(tmpdir(), 'winnow-page-'));
    writeFileSync(join(page, 'index.html'), PAGE);
    const options = { desk: fakeDesk(), hub, staticDir: page, uploads };
    const first = await startServer({ ...options, port: 0 });
    if (!first.ok) throw new Error(first.error);
    const { port } = first.value;
    expect(await startServer({ ...options, port })).toEqual({ ok: false, error: `port ${port} is taken; --port N names another` });
    await fetch(`http://127.0.0.1:${port}/`);
    await first.value.close();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    await uploads.close();
    rmSync(page, { recursive: true });
  });

  it('gives each link a token of its own', () => { expect(new Set([open.token(), open.token(), open.token()]).size).toBe(3); });
});

describe('sessions', () => {
  it('forget wrong guesses after a minute', () => {
    let now = 0;
    const sessions = createSessions(() => now);
    for (let i = 0; i < 10; i++) { now += 1000; sessions.exchange('guess'); }
    const token = sessions.mint();
    expect(sessions.exchange(token)).toEqual({ ok: false, why: 'limited' });
    now += 59_000;
    expect(sessions.exchange(token)).toMatchObject({ ok: true });
  });

  it('keep a new link good beside an older one, and a session beside others', () => {
    const sessions = createSessions(() => 0);
    const [one, two] = [sessions.mint(), sessions.mint()].map((token) => sessions.exchange(token));
    expect(one?.ok === true && two?.ok === true && sessions.has(one.session) && sessions.has(two.session) && one.session !== two.session).toBe(true);
    expect(sessions.has('')).toBe(false);
  });
});

describe('strict JSON', () => {
  it.each(['{"a":{"a":[1,{"a":2}]},"b":"{\\"a\\":1,\\"a\\":2}"}', '[{"a":1},{"a":2}]', '"a"', '{"":{"":0}}', '{"a\\\\":1,"a":2}', `${'['.repeat(64)}${']'.repeat(64)}`, '{"constructor":1,"x":"__proto__"}'])('reads %s', (text) => {
    expect(parseStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });
  it.each([['{"a":1,"b":{},"a":2}', 'twice'], ['[{"b":[{"a":1,"\\u0061":2}]}]', 'twice'], ['{"x":{"__proto__":1}}', '__proto__'], [`${'['.repeat(65)}${']'.repeat(65)}`, 'deeper'], ['{', 'not JSON'], ['', 'not JSON']])('refuses %s', (text, why) => {
    expect(parseStrictJson(text)).toEqual({ ok: false, error: expect.stringContaining(why) });
  });
});
