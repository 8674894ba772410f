import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channels } from '#shared/rpc/shell-channels.ts';
import { FakeContents, FakeEvent, type FakeWindow } from './fake-electron.ts';
import { openShell, sent, type OpenShell } from './shell-fixture.ts';

let shell: OpenShell, window: FakeWindow;
beforeAll(async () => {
  shell = await openShell((dir) => [`--workspace=${join(dir, 'w.winnow')}`]);
  window = await shell.window();
  await shell.opened();
}, 120_000);
afterAll(async () => { await shell.close(); });
const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
  const handler = shell.electron.session.handled.get('winnow')!;
  // Node's Request knows no scheme of ours; the handler only reads method and address.
  return handler({ url, method: init.method ?? 'GET' } as Request);
};

describe('a window of the desktop', () => {
  it('has no Node, runs in a sandbox, isolated, and with nothing that loosens the web\'s rules', () => {
    expect(window.options['webPreferences']).toEqual({
      preload: join(shell.dir, 'preload.cjs'), sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, webviewTag: false,
      webSecurity: true, allowRunningInsecureContent: false, experimentalFeatures: false, navigateOnDragDrop: false, safeDialogs: true, spellcheck: false, plugins: false, devTools: true,
    });
    expect(window.webContents.getURL()).toBe('winnow://app/');
    expect(shell.electron.recorded.sandboxed).toBe(true);
  });

  it.each(['https://example.com/', 'http://127.0.0.1:8080/', 'file:///etc/passwd', 'winnow://other/', 'winnow://app@evil/', 'javascript:alert(1)', 'data:text/html,x', 'about:blank', 'devtools://devtools/', 'chrome://gpu/', 'not an address'])('does not go to %s', (url) => {
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      const event = Object.assign(new FakeEvent(), { url, isMainFrame: true });
      window.webContents.emit(name, event);
      expect([name, event.defaultPrevented]).toEqual([name, true]);
    }
  });

  it('may load itself anew, but in no frame of it', () => {
    const whole = Object.assign(new FakeEvent(), { url: 'winnow://app/queue', isMainFrame: true }), frame = Object.assign(new FakeEvent(), { url: 'winnow://app/queue', isMainFrame: false });
    window.webContents.emit('will-navigate', whole);
    window.webContents.emit('will-frame-navigate', frame);
    expect([whole.defaultPrevented, frame.defaultPrevented]).toEqual([false, true]);
  });

  it('opens no other, embeds nothing, and neither does any page that something else makes', () => {
    const other = new FakeContents();
    shell.electron.app.emit('web-contents-created', new FakeEvent(), other);
    for (const contents of [window.webContents, other]) {
      expect(contents.openHandler?.({ url: 'winnow://app/' })).toEqual({ action: 'deny' });
      const event = new FakeEvent();
      contents.emit('will-attach-webview', event);
      expect(event.defaultPrevented).toBe(true);
    }
  });
});

describe('a session of the desktop', () => {
  const permissions = ['media', 'geolocation', 'notifications', 'midi', 'midiSysex', 'pointerLock', 'fullscreen', 'openExternal', 'clipboard-read', 'display-capture', 'hid', 'serial', 'usb', 'idle-detection', 'window-management', 'storage-access', 'fileSystem', 'keyboardLock', 'speaker-selection', 'top-level-storage-access', 'deprecated-sync-clipboard-read', 'unknown'];
  type RequestHandler = (contents: FakeContents, permission: string, callback: (granted: boolean) => void, details: { isMainFrame: boolean }) => void;
  type CheckHandler = (contents: FakeContents | null, permission: string, origin: string, details: { isMainFrame: boolean }) => boolean;
  const asked = (permission: string, contents: FakeContents, isMainFrame = true): boolean => { let granted = true; (shell.electron.session.set['permissionRequest'] as RequestHandler)(contents, permission, (answer) => { granted = answer; }, { isMainFrame }); return granted; };
  const checked = (permission: string, origin: string, isMainFrame = true): boolean => (shell.electron.session.set['permissionCheck'] as CheckHandler)(null, permission, origin, { isMainFrame });

  it.each(permissions)('denies %s, asked for or looked up', (permission) => {
    expect([asked(permission, window.webContents), checked(permission, 'winnow://app/')]).toEqual([false, false]);
  });

  it('lets the page write to the clipboard, and no other page or frame', () => {
    const other = new FakeContents();
    expect([asked('clipboard-sanitized-write', window.webContents), asked('clipboard-sanitized-write', other), asked('clipboard-sanitized-write', window.webContents, false)]).toEqual([true, false, false]);
    expect([checked('clipboard-sanitized-write', 'winnow://app/'), checked('clipboard-sanitized-write', 'https://example.com/'), checked('clipboard-sanitized-write', 'winnow://app/', false)]).toEqual([true, false, false]);
  });

  it('knows no device, shares no screen, checks no spelling, and trusts no certificate', () => {
    const { set } = shell.electron.session;
    expect((set['device'] as () => boolean)()).toBe(false);
    expect(set['spellChecker']).toBe(false);
    let streams: unknown, verdict = 0;
    (set['displayMedia'] as (request: unknown, callback: (streams: unknown) => void) => void)({}, (given) => { streams = given; });
    (set['certificate'] as (request: unknown, callback: (verdict: number) => void) => void)({}, (given) => { verdict = given; });
    expect([streams, verdict]).toEqual([{}, -2]);
    let isTrusted = true, chosen: unknown = 'x';
    const event = new FakeEvent(), client = new FakeEvent(), login = new FakeEvent();
    shell.electron.app.emit('certificate-error', event, window.webContents, 'https://example.com', 'ERR', {}, (answer: boolean) => { isTrusted = answer; });
    shell.electron.app.emit('select-client-certificate', client, window.webContents, 'https://example.com', [{}], (answer: unknown) => { chosen = answer; });
    shell.electron.app.emit('login', login, window.webContents, {}, {}, () => undefined);
    expect([event.defaultPrevented, isTrusted, client.defaultPrevented, chosen, login.defaultPrevented]).toEqual([true, false, true, undefined, true]);
  });

  it.each(['https://example.com/', 'http://127.0.0.1/', 'http://localhost:5173/', 'ws://127.0.0.1:1/', 'wss://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'winnow://app.example.com/', 'winnow://app:80@example.com/', 'blob:https://example.com/1', 'chrome-extension://x/', 'devtools://x/', 'filesystem:winnow://app/x', 'view-source:https://example.com'])('lets no request go to %s', (url) => {
    expect(shell.electron.session.lets(url)).toBe(false);
  });

  it.each(['winnow://app/', 'winnow://app/assets/main.js', 'blob:winnow://app/1', 'data:image/svg+xml,x'])('lets the page load %s', (url) => { expect(shell.electron.session.lets(url)).toBe(true); });

  it('keeps only what the page itself made', () => {
    const saved = (url: string): boolean => { const event = new FakeEvent(); shell.electron.session.emit('will-download', event, { getURL: () => url }); return !event.defaultPrevented; };
    expect([saved('blob:winnow://app/1'), saved('https://example.com/a'), saved('winnow://app/index.html'), saved('data:text/plain,x'), saved('blob:https://example.com/1')]).toEqual([true, false, false, false, false]);
  });

  it('looks no name up and does nothing in the background', () => {
    expect(shell.electron.switches.get('host-resolver-rules')).toBe('MAP * ~NOTFOUND');
    for (const name of ['disable-background-networking', 'disable-component-update', 'disable-sync', 'no-pings']) expect([name, shell.electron.switches.has(name)]).toEqual([name, true]);
    for (const name of ['no-sandbox', 'remote-debugging-port', 'disable-web-security', 'ignore-certificate-errors']) expect([name, shell.electron.switches.has(name)]).toEqual([name, false]);
  });
});

describe('the page\'s address', () => {
  it('is a secure scheme of its own that bypasses no policy', () => {
    expect(shell.electron.recorded.schemes).toEqual([{ scheme: 'winnow', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, bypassCSP: false, allowServiceWorkers: false, corsEnabled: false } }]);
  });

  it('gives the page for any view, under a policy that lets it connect to nothing', async () => {
    const page = await ask('winnow://app/incident/INC-2026-0001?tab=trace');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = Object.fromEntries((page.headers.get('content-security-policy') ?? '').split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1).join(' ')]));
    expect(policy).toEqual({ 'default-src': `'none'`, 'script-src': `'self'`, 'style-src': `'self'`, 'img-src': `'self' data:`, 'font-src': `'self'`, 'worker-src': `'self'`, 'connect-src': `'none'`, 'frame-ancestors': `'none'`, 'base-uri': `'none'`, 'form-action': `'none'` });
    expect([page.headers.get('x-content-type-options'), page.headers.get('cross-origin-opener-policy'), page.headers.get('referrer-policy')]).toEqual(['nosniff', 'same-origin', 'no-referrer']);
    expect((await ask('winnow://app/icon.svg')).headers.get('content-type')).toBe('image/svg+xml');
  });

  it.each([
    ['winnow://app/../package.json', 404], ['winnow://app/%2e%2e/package.json', 404], ['winnow://app/..%2fpackage.json', 400], ['winnow://app/%252e%252e%252fpackage.json', 400], ['winnow://app/assets/../../package.json', 404], ['winnow://app/..\\package.json', 400],
    ['winnow://app/icon.svg%00.html', 400], ['winnow://app//etc/passwd', 400], ['winnow://app/no-such.js', 404], ['winnow://other/icon.svg', 403], ['winnow://app@other/icon.svg', 403], ['https://app/icon.svg', 403],
  ])('gives nothing for %s', async (url, status) => {
    writeFileSync(join(shell.dir, 'secret'), 'x');
    const answer = await ask(url);
    expect([answer.status, await answer.text()]).toEqual([status, expect.not.stringContaining('"dependencies"')]);
    expect(answer.headers.get('content-security-policy')).toContain(`default-src 'none'`);
  });

  it('takes no other method', async () => { expect((await ask('winnow://app/', { method: 'POST' })).status).toBe(405); });
});

describe('a channel from the page', () => {
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    [channels.upload]: [undefined, 'path', { path: '/etc/passwd' }, { path: 'a\0b', name: 'a' }, { path: '/a', name: 'a', more: 1 }, { path: 1, name: 'a' }, { path: 'x'.repeat(5000), name: 'a' }],
    [channels.openFile]: [undefined, {}, { path: ['/a'], name: 'a' }],
    [channels.openDialog]: [1, {}, 'x'], [channels.trust]: [true, { trusted: true }], [channels.secretInfo]: [{}],
    [channels.setSecret]: [undefined, { name: 'A', value: 'x' }, { name: '__proto__', value: 'x' }, { name: 'a', value: '' }, { name: 'a' }, { name: '../a', value: 'x' }],
    [channels.removeSecret]: [undefined, '', 'A B', '__proto__', 7],
  };

  it('is asked for by name in the preload, and there is none beside those', () => {
    expect([...shell.electron.ipcMain.handlers.keys()].toSorted()).toEqual(Object.keys(wrong).toSorted());
    expect(shell.electron.ipcMain.eventNames().map(String).toSorted()).toEqual([channels.commands, channels.portWanted].toSorted());
  });

  it.each(Object.entries(wrong))('%s refuses what is not of its shape, with nothing done', async (name, inputs) => {
    const before = shell.electron.recorded.boxes.length;
    const handler = shell.electron.ipcMain.handlers.get(name)!;
    for (const input of inputs) expect(await handler(sent(window.webContents), input)).toEqual({ ok: false, error: expect.stringContaining('refused') });
    expect(await handler(sent(window.webContents), undefined, 'a second argument')).toEqual({ ok: false, error: expect.stringContaining('refused') });
    expect(shell.electron.recorded.boxes.length).toBe(before);
  });

  it.each(Object.keys(wrong))('%s refuses a frame in the page, a page that went elsewhere, a dead frame, and a page of no window of ours', async (name) => {
    const handler = shell.electron.ipcMain.handlers.get(name)!;
    const { webContents } = window, stranger = new FakeContents();
    stranger.mainFrame.url = 'winnow://app/';
    const inside = { url: 'winnow://app/', parent: webContents.mainFrame };
    const elsewhere = { sender: { id: webContents.id, mainFrame: { url: 'https://example.com/', parent: null } } };
    for (const event of [sent(webContents, inside), sent(webContents, null), { ...elsewhere, senderFrame: elsewhere.sender.mainFrame }, sent(stranger)]) {
      expect(await handler(event, undefined)).toEqual({ ok: false, error: expect.stringContaining('refused') });
    }
  });

  it('drops a port wish and a menu from where they must not come', async () => {
    const inside = { url: 'winnow://app/', parent: window.webContents.mainFrame };
    const before = shell.electron.recorded.menu;
    let given = 0;
    window.webContents.page = { receive: (channel) => { if (channel === channels.port) given += 1; } };
    shell.electron.ipcMain.emit(channels.portWanted, sent(window.webContents, inside));
    shell.electron.ipcMain.emit(channels.portWanted, sent(window.webContents), 'more');
    for (const wrongMenu of [undefined, 'x', [{ id: 'a' }], [{ id: 'a', title: 'x'.repeat(300), group: 'g', blocked: false }], Array.from({ length: 500 }, () => ({ id: 'a', title: 'a', group: 'g', blocked: false }))]) shell.electron.ipcMain.emit(channels.commands, sent(window.webContents), wrongMenu);
    shell.electron.ipcMain.emit(channels.portWanted, sent(window.webContents));
    await expect.poll(() => given).toBe(1);
    expect(shell.electron.recorded.menu).toBe(before);
  });
});
