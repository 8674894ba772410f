import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startDesk } from '#electron/host/desk.ts';
import type { RouterClient } from '#electron/host/rpc-router.ts';
import { channels } from '#shared/rpc/shell-channels.ts';
import type { Job } from '#shared/rpc/schemas.ts';
import { openAiServer, probeSays, says } from '../agent/servers/openai-server.ts';
import type { FakeWindow } from './fake-electron.ts';
import { openPage, openShell, readJson, ROOT, type OpenPage, type OpenShell } from './shell-fixture.ts';

let shell: OpenShell;
afterEach(async () => { await shell.close(); });

async function connect(page: OpenPage): Promise<RouterClient> {
  const port = await page.port();
  const client: RouterClient = createORPCClient(new RPCLink({ port }));
  port.start();
  return client;
}
const clientOf = async (window: FakeWindow): Promise<RouterClient> => connect(await openPage(shell.electron, window.webContents));
const messages = (): readonly string[] => shell.electron.recorded.boxes.map(({ message }) => message);
/** A workspace of another installation: this one's list doesn't know it. */
async function foreign(file: string): Promise<void> {
  const desk = await startDesk({ file, create: true, rootDir: ROOT, onEvent: () => undefined });
  if (!desk.ok) throw new Error(desk.error);
  await desk.value.call('settings.set', { key: 'name', value: 'Client & <b>Co</b>' });
  await desk.value.close();
}
const job = (done: number, finished = false): Job => ({ job: 'ingest', done, total: 100, unit: 'records', rate: 5, finished });
const report = (at: number, event: unknown): void => { shell.electron.recorded.utilities[at]!.emit('message', { type: 'event', event }); };
const items = (menu: string): readonly { label?: string; enabled?: boolean; click?: () => void; submenu?: unknown }[] => { const found = shell.electron.recorded.menu.find((item) => item['label'] === menu)?.['submenu']; return Array.isArray(found) ? found : []; };

describe('workspaces of the desktop', () => {
  it('opens what a second start hands over in a window of its own, once, and remembers both', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    const { electron, dir } = shell, b = join(dir, 'b.winnow');
    await shell.opened();
    expect(electron.app.handedOver).toEqual({ files: [{ file: join(dir, 'a.winnow'), missing: 'create' }] });
    electron.app.emit('second-instance', {}, ['electron', '.'], dir, { files: [{ file: b, missing: 'create' }] });
    await shell.opened(2);
    electron.app.emit('second-instance', {}, ['electron', 'a.winnow'], dir, 'nonsense');
    await expect.poll(() => electron.recorded.windows[0]?.isFocus).toBe(true);
    expect(electron.recorded.windows.length).toBe(2);
    expect(electron.recorded.recentDocuments).toEqual([join(dir, 'a.winnow'), b]);
    expect(readJson(join(shell.config, 'desktop', 'recent.json'))).toEqual({ files: [b, join(dir, 'a.winnow')] });
    expect((await (await clientOf(electron.recorded.windows[1]!)).workspace.info({})).file).toBe(b);
    const [first] = electron.recorded.windows;
    first!.close();
    await expect.poll(() => electron.recorded.windows.length, { timeout: 20_000 }).toBe(1);
    expect([existsSync(join(dir, 'a.winnow-wal')), electron.recorded.quits]).toEqual([false, 0]);
    electron.recorded.windows[0]!.close();
    await expect.poll(() => electron.recorded.quits, { timeout: 20_000 }).toBe(1);
  });

  it('ends at once when another start of it runs already', async () => {
    shell = await openShell(() => ['x.winnow'], (electron) => { electron.told.isFirst = false; });
    expect([shell.electron.recorded.quits, shell.electron.recorded.windows.length, shell.electron.recorded.utilities.length]).toEqual([1, 0, 0]);
  });

  it('ends when it is started with a switch that lets others in', async () => {
    shell = await openShell(() => [], (electron) => { electron.told.switches.add('remote-debugging-port'); });
    expect([shell.electron.recorded.exits, shell.electron.recorded.windows.length]).toEqual([[2], 0]);
  });

  it('says why a file can\'t be opened, keeps it as it is, and shows the demo instead of nothing', async () => {
    shell = await openShell((dir) => [join(dir, 'broken.winnow')], (_, dir) => { writeFileSync(join(dir, 'broken.winnow'), 'not a workspace at all, but long enough to look at'); });
    await shell.opened();
    expect(shell.electron.recorded.boxes).toEqual([{ message: 'The workspace can\'t be opened', detail: expect.stringContaining('not a Winnow workspace'), buttons: ['OK'] }]);
    expect(shell.electron.recorded.recentDocuments).toEqual([join(shell.config, 'desktop', 'winnow-demo.db')]);
  });

  it('puts a window where the last one was, and keeps where it is left', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    const window = await shell.window();
    expect(window.bounds).toEqual({ x: 240, y: 90, width: 1440, height: 900 });
    window.bounds = { x: 10, y: 20, width: 1000, height: 800 };
    window.isMax = true;
    await shell.opened();
    window.close();
    await expect.poll(() => window.gone, { timeout: 20_000 }).toBe(true);
    expect(readJson(join(shell.config, 'desktop', 'window.json'))).toEqual({ bounds: { x: 10, y: 20, width: 1000, height: 800 }, isMaximized: true, isFullScreen: false });
  });
});

describe('a workspace from elsewhere', () => {
  it('is shown with its jobs paused until a person says in a dialog of the system that it is trusted', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'own.winnow')}`]);
    await shell.opened();
    const file = join(shell.dir, 'client.winnow');
    vi.stubEnv('WINNOW_CONFIG', join(shell.dir, 'another installation'));
    await foreign(file);
    vi.stubEnv('WINNOW_CONFIG', shell.config);
    shell.electron.app.emit('open-file', { preventDefault: () => undefined }, file);
    await shell.opened(2);
    const window = shell.electron.recorded.windows[1]!, page = await openPage(shell.electron, window.webContents), client = await connect(page);
    expect(await client.workspace.info({})).toMatchObject({ trusted: false });
    await expect(client.triage.run({})).rejects.toMatchObject({ message: expect.stringContaining('not trusted') });
    window.focus();
    shell.electron.app.emit('browser-window-focus');
    expect(items('File').find((item) => item.label?.startsWith('Trust'))?.enabled).toBe(true);
    // Cancel first: the default answer changes nothing.
    expect(await page.winnow['trust']!()).toEqual({ ok: true, value: { trusted: false, note: '' } });
    expect((await client.workspace.info({})).trusted).toBe(false);
    shell.electron.told.answers.set('Do you trust', 1);
    expect(await page.winnow['trust']!()).toEqual({ ok: true, value: { trusted: true, note: '' } });
    expect(await client.workspace.info({})).toMatchObject({ trusted: true });
    expect(await client.triage.run({})).toMatchObject({ incidents: 0 });
    expect(readJson(join(shell.config, 'trusted-workspaces.json'))).toMatchObject({ workspaces: expect.arrayContaining([{ id: expect.any(String), file, how: 'trusted' }, expect.objectContaining({ how: 'made' })]) });
  });
});

describe('keys of models on the desktop', () => {
  it('are kept by the system, given to the engine of every workspace and of every start, and sent to their own address only', async () => {
    const KEY = 'canary-key-0123456789', server = await openAiServer('vllm', 'qwen', (asked) => probeSays(asked) ?? says('{}')), other = await openAiServer('vllm', 'qwen', (asked) => probeSays(asked) ?? says('{}'));
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    await shell.opened();
    const page = await openPage(shell.electron, shell.electron.recorded.windows[0]!.webContents), client = await connect(page);
    const endpoint = (id: string, url: string) => ({ id, provider: 'openai' as const, url: `${url}/v1`, model: 'qwen', num_ctx: 8192 });
    const settings = { endpoints: [endpoint('mine', server.url), endpoint('other', other.url)], allow: 'loopback' as const, budgets: { steps: 3, tokens: 40_000, seconds: 60, tokens_per_day: 1_000_000 } };
    await client.models.save({ settings, by: 'dana' });
    const name = (await client.models.get({})).key_names['mine'] ?? '';
    expect(await page.winnow['setSecret']!(name, KEY)).toMatchObject({ ok: true, value: { kept: 'system', names: [name] } });
    await expect.poll(async () => (await client.models.get({})).keys).toEqual(['mine']);
    for (const id of ['mine', 'other']) expect(await client.models.probe({ endpoint: id })).toMatchObject({ problem: null });
    expect(new Set(server.asked.map((a) => a.headers.authorization))).toEqual(new Set([`Bearer ${KEY}`]));
    expect(JSON.stringify(other.asked.map((a) => a.headers))).not.toContain(KEY);
    // Another endpoint of the same name at another address gets nothing.
    await client.models.save({ settings: { ...settings, endpoints: [endpoint('mine', other.url)] }, by: 'dana' });
    expect((await client.models.get({})).keys).toEqual([]);
    await client.models.save({ settings, by: 'dana' });
    // A second workspace has it from its start, and a removed key is gone everywhere.
    const b = join(shell.dir, 'b.winnow');
    shell.electron.app.emit('second-instance', {}, ['electron', '.'], shell.dir, { files: [{ file: b, missing: 'create' }] });
    await shell.opened(2);
    const second = await clientOf(shell.electron.recorded.windows[1]!);
    await second.models.save({ settings, by: 'dana' });
    await expect.poll(async () => (await second.models.get({})).keys).toEqual(['mine']);
    expect(await page.winnow['removeSecret']!(name)).toMatchObject({ ok: true });
    for (const one of [client, second]) await expect.poll(async () => (await one.models.get({})).keys).toEqual([]);
    const files = [b, join(shell.dir, 'a.winnow'), join(shell.config, 'desktop', 'secrets.json')].flatMap((file) => [file, `${file}-wal`]).filter((file) => existsSync(file));
    expect(files.filter((file) => readFileSync(file).includes(KEY))).toEqual([]);
  });
});

describe('notices of the desktop', () => {
  it('tell of decisions that page and of the end of long jobs, as text that is nothing but text, and lead there', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    await shell.opened();
    const window = await shell.window(), went: unknown[] = [];
    window.webContents.page = { receive: (channel, args) => { if (channel === channels.go) went.push(args[0]); } };
    shell.electron.recorded.utilities[0]!.emit('message', { type: 'paged', incidents: [{ id: 'INC-2026-0007', title: '<img src=x> Root key & "used" \u202efdp', entity: 'arn:aws:iam::1:user/a' }] });
    const [notice] = shell.electron.recorded.notices;
    expect([notice?.isShown, notice?.options.title, notice?.options.body]).toEqual([true, 'Resolve now: arn:aws:iam::1:user/a', '‹img src=x› Root key + "used" fdp (INC-2026-0007, a)']);
    notice!.emit('click');
    expect(went).toEqual(['/incident/INC-2026-0007']);
    const many = Array.from({ length: 9 }, (_, i) => ({ id: `INC-${i}`, title: 't', entity: 'e' }));
    shell.electron.recorded.utilities[0]!.emit('message', { type: 'paged', incidents: many });
    expect(shell.electron.recorded.notices.slice(1).map(({ options }) => options.title)).toEqual(['9 incidents to resolve now']);
    // A job that ends at once is no news.
    window.isFocus = false;
    report(0, { type: 'job', job: job(1) });
    report(0, { type: 'job', job: job(100, true) });
    expect(shell.electron.recorded.notices.length).toBe(2);
  });
});

describe('leaving the desktop', () => {
  it('asks about jobs that run: kept running, everything stays; stopped, everything ends', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    await shell.opened();
    const window = await shell.window();
    report(0, { type: 'job', job: job(40) });
    window.close();
    await expect.poll(messages).toEqual(['A job is running in a']);
    expect(shell.electron.recorded.boxes[0]).toMatchObject({ detail: expect.stringContaining('ingest: 40 of 100 records'), buttons: ['Keep Running', 'Stop and Close'] });
    shell.electron.app.quit();
    await expect.poll(() => messages().length).toBe(2);
    expect([window.gone, shell.electron.recorded.quits]).toEqual([false, 0]);
    shell.electron.told.answers.set('A job is running', 1);
    shell.electron.app.quit();
    await expect.poll(() => shell.electron.recorded.quits, { timeout: 20_000 }).toBeGreaterThan(0);
    expect([window.gone, existsSync(join(shell.dir, 'a.winnow')), existsSync(join(shell.dir, 'a.winnow-wal'))]).toEqual([true, true, false]);
  });

  it('asks nothing on a signal, and ends at once on the second', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    await shell.opened();
    report(0, { type: 'job', job: job(40) });
    process.emit('SIGTERM');
    process.emit('SIGTERM');
    expect(shell.electron.recorded.exits).toEqual([130]);
    await expect.poll(() => shell.electron.recorded.quits, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(messages()).toEqual([]);
    expect(existsSync(join(shell.dir, 'a.winnow-wal'))).toBe(false);
  });
});
