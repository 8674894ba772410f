import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isWorkspaceName, refusedSwitch, wantedFiles } from '#electron/shell/command-line.ts';
import { acceleratorOf, menuTemplate, type MenuActions } from '#electron/shell/menu.ts';
import { menuText, noticeText, plainText } from '#electron/shell/safe-text.ts';
import { openSettings } from '#electron/shell/settings-file.ts';
import { placeWindow, SMALLEST, windowStateSchema } from '#electron/shell/window-state.ts';
import { createFakeElectron, type FakeElectron } from './fake-electron.ts';

describe('the command line of the desktop', () => {
  it('takes workspaces by option and by name, in order, from where it was started', () => {
    expect(wantedFiles(['.', '--workspace=a.db', '/x/b.winnow', 'notes.txt', '--flag=c.winnow', '--workspace='], '/home')).toEqual([{ file: join('/home', 'a.db'), missing: 'create' }, { file: '/x/b.winnow', missing: 'refuse' }]);
    expect(['a.winnow', 'a.WINNOW', 'a.db', 'a.json', 'winnow', 'a.winnow.gz'].map(isWorkspaceName)).toEqual([true, true, true, false, false, false]);
  });

  const has = (...names: readonly string[]) => (name: string): boolean => names.includes(name);
  it.each(['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'inspect-brk', 'js-flags', 'no-sandbox', 'disable-web-security', 'proxy-server', 'load-extension', 'user-data-dir', 'utility-cmd-prefix'])('refuses --%s', (name) => {
    expect(refusedSwitch(has(name), true, {})).toBe(name);
    expect(refusedSwitch(has(name), false, {})).toBe(name);
    expect(refusedSwitch(has(name), true, { WINNOW_E2E: '1' })).toBe(name);
  });
  it('lets the desktop test in, from a source tree alone', () => {
    expect([refusedSwitch(has('inspect', 'remote-debugging-port'), false, { WINNOW_E2E: '1' }), refusedSwitch(has('inspect', 'no-sandbox'), false, { WINNOW_E2E: '1' }), refusedSwitch(has('workspace'), true, {})]).toEqual([undefined, 'no-sandbox', undefined]);
  });
});

describe('where a window goes', () => {
  const main = { workArea: { x: 0, y: 25, width: 1920, height: 1055 } }, right = { workArea: { x: 1920, y: 0, width: 2560, height: 1440 } }, small = { workArea: { x: 0, y: 0, width: 1024, height: 700 } };
  const state = (bounds?: { x: number; y: number; width: number; height: number }) => windowStateSchema.parse(bounds ? { bounds } : {});
  it.each([
    ['in the middle on a first run', state(), [main], { x: 240, y: 103, width: 1440, height: 900 }],
    ['where it was', state({ x: 2000, y: 100, width: 1500, height: 1000 }), [main, right], { x: 2000, y: 100, width: 1500, height: 1000 }],
    ['in the middle when its display is gone', state({ x: 2000, y: 100, width: 1500, height: 1000 }), [main], { x: 240, y: 103, width: 1440, height: 900 }],
    ['in the middle when only a sliver would show', state({ x: 1850, y: 100, width: 1500, height: 1000 }), [main], { x: 240, y: 103, width: 1440, height: 900 }],
    ['in the middle when its title bar is above the display', state({ x: 100, y: -200, width: 1500, height: 1000 }), [main], { x: 240, y: 103, width: 1440, height: 900 }],
    ['no larger than its display', state({ x: 0, y: 0, width: 3000, height: 2000 }), [small], { x: 0, y: 0, width: 1024, height: 700 }],
    ['no smaller than a window can be', state({ x: 10, y: 30, width: 100, height: 100 }), [main], { x: 10, y: 30, ...SMALLEST }],
  ])('%s', (_, last, displays, expected) => { expect(placeWindow(last, displays, displays[0]!)).toEqual(expected); });

  it('is always within reach, whatever was kept and whichever displays there are', () => {
    const side = fc.integer({ min: -5000, max: 5000 }), size = fc.integer({ min: 1, max: 6000 });
    const rectangle = fc.record({ x: side, y: side, width: size, height: size });
    const displays = fc.array(fc.record({ workArea: fc.record({ x: side, y: side, width: fc.integer({ min: 640, max: 4000 }), height: fc.integer({ min: 480, max: 3000 }) }) }), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(rectangle, displays, (bounds, list) => {
      const placed = placeWindow(windowStateSchema.parse({ bounds }), list, list[0]!);
      return list.some(({ workArea: a }) => Math.min(placed.x + placed.width, a.x + a.width) - Math.max(placed.x, a.x) >= 120 && placed.y >= a.y - 1 && placed.y <= a.y + a.height - 40);
    }));
  });
});

describe('text for the system', () => {
  it('can\'t pose as markup, as another line, or as something else read backwards', () => {
    expect(noticeText('<a href="x">click</a> & <img src=y>')).toBe('‹a href="x"›click‹/a› + ‹img src=y›');
    expect(plainText('invoice\u202egnp.exe\n\u200bQuit\u0007')).toBe('invoicegnp.exe Quit');
    expect(menuText('R&D\tCtrl+Q')).toBe('R&&D Ctrl+Q');
  });
  it('is short and visible, whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const shown = noticeText(text);
      return [...shown].length <= 200 && !/[<>&\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(shown);
    }));
  });
});

describe('the native menu', () => {
  const nothing = (): void => undefined;
  const run = vi.fn<MenuActions['run']>();
  const actions: MenuActions = { newWorkspace: nothing, openWorkspace: nothing, openRecent: nothing, clearRecent: nothing, trust: nothing, quit: nothing, run };
  const commands = [
    { id: 'palette', title: 'Search or run a command', group: 'Everywhere', keys: 'mod+k', blocked: false }, { id: 'undo', title: 'Undo: Approve INC-1', group: 'Everywhere', keys: 'mod+z', blocked: true }, { id: 'shortcuts', title: 'Show the shortcuts', group: 'Everywhere', keys: '?', blocked: false },
    { id: 'go-queue', title: 'Go to Queue', group: 'Screens', blocked: false }, { id: 'approve', title: 'Approve', group: 'Queue', keys: 'a', blocked: false },
  ];
  const items = (platform: NodeJS.Platform, label: string) => { const found = menuTemplate({ platform, commands, recent: ['/a/b.winnow'], isTrusted: false }, actions).find((item) => item.label === label)?.submenu; return Array.isArray(found) ? found : []; };

  it('has the page\'s commands with the page\'s keys, which the page hears itself', () => {
    expect(items('linux', 'Actions').map(({ label, accelerator, registerAccelerator, enabled }) => ({ label, accelerator, registerAccelerator, enabled }))).toEqual([
      { label: 'Search or run a command', accelerator: 'CmdOrCtrl+K', registerAccelerator: false, enabled: true }, { label: 'Undo: Approve INC-1', accelerator: 'CmdOrCtrl+Z', registerAccelerator: false, enabled: false }, { label: 'Show the shortcuts', accelerator: '?', registerAccelerator: false, enabled: true },
    ]);
    expect(items('win32', 'Queue')).toMatchObject([{ label: 'Approve', accelerator: 'A' }]);
    expect(items('linux', 'Go')).toMatchObject([{ label: 'Go to Queue' }]);
  });
  it('takes no plain key from someone who types on a Mac, and leaves undo in text to the Edit menu', () => {
    expect(items('darwin', 'Queue').map(({ label, accelerator }) => ({ label, accelerator }))).toEqual([{ label: 'Approve  (a)', accelerator: undefined }]);
    expect(items('darwin', 'Actions').map(({ accelerator }) => accelerator)).toEqual(['CmdOrCtrl+K', undefined, undefined]);
  });
  it('runs a command of the page, and trusts only what isn\'t trusted yet', () => {
    const [approve] = items('linux', 'Queue');
    Reflect.apply(approve!.click!, undefined, []);
    expect(run).toHaveBeenCalledWith('Queue', 'approve');
    const trust = (isTrusted: boolean | undefined) => { const file = menuTemplate({ platform: 'linux', commands, recent: [], isTrusted }, actions)[0]?.submenu; return Array.isArray(file) ? file.find((item) => item.label?.startsWith('Trust'))?.enabled : undefined; };
    expect([trust(false), trust(true), trust(undefined)]).toEqual([true, false, false]);
  });
  it.each([['mod+k', 'CmdOrCtrl+K'], ['shift+j', 'Shift+J'], ['space', 'Space'], ['?', '?'], ['+', 'Plus'], ['mod++', 'CmdOrCtrl+Plus'], ['-', '-'], ['mod+enter', 'CmdOrCtrl+Enter'], ['up', 'Up'], ['1', '1'], ['[', '[']])('writes %s as %s', (keys, accelerator) => { expect(acceleratorOf(keys)).toBe(accelerator); });
});

describe('a settings file', () => {
  let dir = '';
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'winnow-settings-')); });
  afterEach(() => { rmSync(dir, { recursive: true, force: true }); });
  it.each([['nothing', undefined], ['half', '{"bounds":'], ['another shape', '{"bounds":{"x":"a"}}'], ['endless numbers', '{"bounds":{"x":1e99,"y":0,"width":1,"height":1}}']])('gives the defaults when it holds %s', (_, text) => {
    const file = join(dir, 'w.json');
    if (text !== undefined) writeFileSync(file, text);
    expect(openSettings(file, windowStateSchema).get()).toEqual({ isMaximized: false, isFullScreen: false });
  });
  it('is read back as it was written, is for its user alone, and says when it can\'t be written', () => {
    const file = join(dir, 'deep', 'w.json'), value = { bounds: { x: 1, y: 2, width: 900, height: 700 }, isMaximized: true, isFullScreen: false };
    expect(openSettings(file, windowStateSchema).set(value)).toBe(true);
    expect(openSettings(file, windowStateSchema).get()).toEqual(value);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(join(dir, 'file'), '');
    expect(openSettings(join(dir, 'file', 'w.json'), windowStateSchema).set(value)).toBe(false);
  });
});

describe('secrets', () => {
  let dir = '', electron: FakeElectron;
  const SECRET = 'canary-7f3a';
  beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'winnow-secrets-')); electron = createFakeElectron(); vi.resetModules(); vi.doMock('electron', () => electron.module); });
  afterEach(() => { vi.doUnmock('electron'); rmSync(dir, { recursive: true, force: true }); });
  const open = async (platform: NodeJS.Platform = 'linux') => {
    const { openSecrets, secretsSchema }: typeof import('#electron/shell/secrets.ts') = await import('#electron/shell/secrets.ts');
    return openSecrets(openSettings(join(dir, 'secrets.json'), secretsSchema), platform);
  };

  it('are kept encrypted where the system has a key store, and are there after a restart', async () => {
    expect(await (await open()).set('jira.token', SECRET)).toEqual({ ok: true, value: { kept: 'system', why: '', names: ['jira.token'] } });
    expect(readFileSync(join(dir, 'secrets.json'), 'utf8')).not.toContain(SECRET);
    expect(readFileSync(join(dir, 'secrets.json'), 'utf8')).not.toContain(Buffer.from(SECRET).toString('base64'));
    const again = await open();
    expect([await again.get('jira.token'), await again.get('other')]).toEqual([{ ok: true, value: SECRET }, { ok: true, value: undefined }]);
    expect(await again.remove('jira.token')).toMatchObject({ ok: true, value: { names: [] } });
    expect(await (await open()).get('jira.token')).toEqual({ ok: true, value: undefined });
  });
  it.each([['Linux without a keyring', 'linux', (e: FakeElectron) => { e.told.keyStore = 'basic_text'; }], ['a system without encryption', 'win32', (e: FakeElectron) => { e.told.hasEncryption = false; }]] as const)('live only as long as the program on %s', async (_, platform, tell) => {
    tell(electron);
    const secrets = await open(platform);
    expect(await secrets.set('jira.token', SECRET)).toMatchObject({ ok: true, value: { kept: 'session', names: ['jira.token'], why: expect.stringContaining('until Winnow ends') } });
    expect(await secrets.get('jira.token')).toEqual({ ok: true, value: SECRET });
    expect(() => statSync(join(dir, 'secrets.json'))).toThrow('ENOENT');
    expect(await (await open(platform)).get('jira.token')).toEqual({ ok: true, value: undefined });
  });
  it('are sealed again when the system has a newer key', async () => {
    await (await open()).set('a', SECRET);
    electron.told.reEncrypt = true;
    const seal = vi.spyOn(electron.module.safeStorage, 'encryptStringAsync');
    expect(await (await open()).get('a')).toEqual({ ok: true, value: SECRET });
    expect(seal).toHaveBeenCalledWith(SECRET);
  });
  it('that can\'t be opened say so, without what they are', async () => {
    await (await open()).set('a', SECRET);
    vi.spyOn(electron.module.safeStorage, 'decryptStringAsync').mockRejectedValue(new Error('the key has changed'));
    expect(await (await open()).get('a')).toEqual({ ok: false, error: 'the secret "a" could not be decrypted (the key has changed); set it again' });
  });
});
