import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel as NodeChannel } from 'node:worker_threads';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { afterEach, beforeAll, describe, inject, test } from 'vitest';
import { startDesk } from '#electron/host/desk.ts';
import { findDesktop } from '#electron/host/desktop-program.ts';
import { createEventHub } from '#electron/host/event-hub.ts';
import { createRouter, servePort } from '#electron/host/rpc-router.ts';
import { securityHeaders } from '#electron/host/serve/security-headers.ts';
import { openStaticFiles, sendFile } from '#electron/host/serve/static-files.ts';
import { shellInputs } from '#shared/rpc/shell.ts';
import { launchChromium } from './stage/chromium.ts';
import { expect } from './stage/expect.ts';
import { findChromium } from './stage/find-chromium.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const found = findDesktop(ROOT);
const hasScreen = process.platform !== 'linux' || process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
/** Chromium's sandbox doesn't start for root, and the desktop doesn't start without it. */
const isRoot = process.getuid?.() === 0;

// Skipped by name where Electron's program isn't installed ("npx install-electron"), where there is no screen, for root, and where the suite has filled no workspace.
describe.skipIf(!found.ok || !hasScreen || isRoot || findChromium() === undefined)('the desktop, in the real Electron', () => {
  let dir = '', app: ElectronApplication | undefined;
  beforeAll(() => { execFileSync(process.execPath, [join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'], { cwd: ROOT, stdio: 'ignore' }); });
  afterEach(async () => { await app?.close(); app = undefined; rmSync(dir, { recursive: true, force: true }); });

  async function open(): Promise<{ readonly page: Page; readonly file: string }> {
    if (!found.ok) throw new Error(found.error);
    dir = mkdtempSync(join(tmpdir(), 'winnow-desktop-'));
    const file = join(dir, 'client.winnow');
    cpSync(inject('filled'), file);
    const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
    app = await _electron.launch({ executablePath: found.value.program, args: [ROOT, `--workspace=${file}`], env: { ...env, WINNOW_E2E: '1', WINNOW_CONFIG: join(dir, 'config') } });
    const page = await app.firstWindow();
    await page.locator('main [role=row].cur').waitFor();
    return { page, file };
  }

  test('shows a workspace from elsewhere paused, and lets it be worked on once it is trusted', async () => {
    const { page } = await open();
    await expect(page.locator('footer.jobs')).toContainText('Paused: this workspace comes from elsewhere');
    await app?.evaluate(({ dialog }) => { dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false }); });
    await page.getByRole('button', { name: 'Trust it' }).click();
    await expect(page.locator('footer.jobs')).not.toContainText('Paused');
    await page.keyboard.press('a');
    await expect(page.locator('footer.jobs')).toContainText('Approve');
  });

  test('gives the page no Node, no other address and no request out', async () => {
    const { page } = await open();
    expect(await page.evaluate(() => [typeof Reflect.get(globalThis, 'require'), typeof Reflect.get(globalThis, 'process'), location.origin, window.open('https://example.com') === null])).toEqual(['undefined', 'undefined', 'winnow://app', true]);
    expect(await page.evaluate(() => fetch('https://example.com').then(() => 'answered', () => 'refused'))).toBe('refused');
    await page.evaluate(() => { location.href = 'https://example.com/'; });
    await expect.poll(() => page.url()).toMatch(/^winnow:\/\/app\//);
    await expect(page.getByText('0 B out')).toBeVisible();
  });

  test('says that a killed engine is gone, and comes back', async () => {
    const { page } = await open();
    await app?.evaluate(({ app: program }) => { const engine = program.getAppMetrics().find((metric) => metric.name === 'Winnow engine'); if (engine) process.kill(engine.pid, 'SIGKILL'); });
    await expect(page.locator('footer.jobs')).toContainText('The engine is gone');
    await expect(page.locator('footer.jobs')).not.toContainText('engine is');
    await expect(page.locator('main [role=row]').first()).toBeVisible();
  });

  test('looks at a chosen file, answers SQL, and ends with one whole file', async () => {
    const { page, file } = await open();
    writeFileSync(join(dir, 'unknown.json'), '{"not": "a format"}');
    await page.evaluate(() => { history.pushState(null, '', '/ingest'); dispatchEvent(new PopStateEvent('popstate')); });
    await page.getByLabel('Files to import').setInputFiles(join(dir, 'unknown.json'));
    await expect(page.locator('main')).toContainText('unknown.json');
    await app?.close();
    app = undefined;
    expect(existsSync(`${file}-wal`)).toBe(false);
  });
});

/** The page as the desktop shows it, in Chromium: the desktop's headers, a preload that notes what is asked of it, and a real desk behind a port. */
async function openDesktopPage() {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-desktop-page-')), file = join(dir, 'client.winnow');
  cpSync(inject('filled'), file);
  let isTrusted = false;
  const hub = createEventHub(), { port1, port2 } = new NodeChannel();
  const desk = await startDesk({ file, create: false, rootDir: ROOT, isTrusted: () => isTrusted, onEvent: (event) => { hub.publish(event); } });
  if (!desk.ok) throw new Error(desk.error);
  servePort(createRouter(desk.value, hub), port1);
  port1.start();
  const files = openStaticFiles(join(ROOT, 'dist', 'renderer'));
  const server = createServer((request, response) => {
    const found = files.find((request.url ?? '').split('?')[0] ?? '');
    if (!found.ok) { response.writeHead(found.error.status).end(); return; }
    for (const [name, value] of Object.entries(securityHeaders(undefined))) response.setHeader(name, value);
    void sendFile(request, response, found.value);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address(), browser = await launchChromium(), page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const asked: (readonly [string, unknown])[] = [], errors: string[] = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  page.on('pageerror', (error) => { errors.push(error.message); });
  await page.exposeFunction('toEngine', (data: unknown) => { port2.postMessage(data); });
  await page.exposeFunction('askShell', (name: string, input: unknown) => {
    asked.push([name, input]);
    if (name === 'trust') isTrusted = true;
    return name === 'secretInfo' ? { ok: true, value: { kept: 'session', why: 'this desktop has no key store, so secrets are kept only until Winnow ends', names: ['jira.token'] } } : { ok: true, value: true };
  });
  await page.addInitScript(preloadForTests);
  port2.on('message', (data: unknown) => { void page.evaluate((message) => { Reflect.get(window, 'fromEngine')(message); }, data).catch(() => undefined); });
  await page.goto(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`);
  await page.locator('main [role=row].cur').waitFor();
  return {
    page, asked, errors,
    close: async () => { await browser.close(); server.close(); port1.close(); await desk.value.close(); rmSync(dir, { recursive: true, force: true }); },
  };
}

/** Runs in the page, before anything of it. */
function preloadForTests(): void {
  localStorage.setItem('winnow.preferences', JSON.stringify({ coachDone: true }));
  const shell = (name: string, input?: unknown): Promise<unknown> => Reflect.get(window, 'askShell')(name, input);
  Object.assign(window, {
    winnow: {
      upload: (dropped: File) => shell('upload', dropped.name), openFile: (dropped: File) => shell('openFile', dropped.name), openDialog: () => shell('openDialog'), trust: () => shell('trust'), secretInfo: () => shell('secretInfo'), removeSecret: (name: string) => shell('removeSecret', name), setSecret: () => shell('setSecret'),
      setCommands: (commands: unknown) => { Object.assign(window, { menu: commands }); }, onCommand: (run: unknown) => { Object.assign(window, { pick: run }); }, onGo: (go: unknown) => { Object.assign(window, { goTo: go }); }, onEngine: () => undefined,
    },
  });
  window.addEventListener('message', (event) => {
    if (event.data !== 'winnow:port-wanted') return;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (message) => { Reflect.get(window, 'toEngine')(message.data); };
    Object.assign(window, { fromEngine: (data: unknown) => { port1.postMessage(data); } });
    window.postMessage('winnow:port', location.origin, [port2]);
  });
}

const drop = (page: Page, name: string): Promise<void> => page.evaluate((file) => {
  const data = new DataTransfer();
  data.items.add(new File(['{}'], file));
  document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));
}, name);

describe.skipIf(findChromium() === undefined)('the page of the desktop, in Chromium', () => {
  let open: Awaited<ReturnType<typeof openDesktopPage>> | undefined;
  afterEach(async () => { await open?.close(); open = undefined; });

  test('says that a workspace from elsewhere is paused, changes nothing, and works once it is trusted', async () => {
    open = await openDesktopPage();
    const { page, asked, errors } = open, bar = page.locator('footer.jobs');
    await expect(bar).toContainText('Paused: this workspace comes from elsewhere');
    await page.keyboard.press('a');
    await expect(bar).toContainText('not trusted');
    await page.getByRole('button', { name: 'Trust it' }).click();
    await expect(bar).not.toContainText('Paused');
    expect(asked.map(([name]) => name)).toEqual(['trust']);
    await page.keyboard.press('a');
    await expect(bar).toContainText('held for');
    expect(errors).toEqual([]);
  });

  test('tells the native menu its shortcut table, and does what is picked there or in a notice', async () => {
    open = await openDesktopPage();
    const { page, errors } = open;
    const menu = (): Promise<readonly unknown[]> => page.evaluate(() => Reflect.get(window, 'menu'));
    await expect.poll(menu).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'palette', group: 'Everywhere', keys: 'mod+k', blocked: false }), expect.objectContaining({ id: 'undo', keys: 'mod+z', blocked: true }), expect.objectContaining({ id: 'go-figures', group: 'Screens' })]));
    expect(shellInputs.commands.safeParse(await menu()).success).toBe(true);
    await page.evaluate(() => { Reflect.get(window, 'pick')('Screens', 'go-figures'); });
    await expect.poll(() => page.url()).toMatch(/\/figures$/);
    await page.evaluate(() => { Reflect.get(window, 'goTo')('/incident/INC-2026-0001'); });
    await expect.poll(() => page.url()).toMatch(/\/incident\/INC-2026-0001/);
    await page.evaluate(() => { Reflect.get(window, 'pick')('Everywhere', 'palette'); });
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(errors).toEqual([]);
  });

  test('takes files dropped on any screen to the preview, and opens a dropped workspace in a window of its own', async () => {
    open = await openDesktopPage();
    const { page, asked } = open;
    await drop(page, 'client-b.winnow');
    await expect.poll(() => asked).toEqual([['openFile', 'client-b.winnow']]);
    expect(new URL(page.url()).pathname).toBe('/');
    await drop(page, 'findings.json');
    await expect.poll(() => asked.at(-1)).toEqual(['upload', 'findings.json']);
    await expect(page.locator('main')).toContainText('findings.json');
    await drop(page, 'client-c.winnow');
    await drop(page, 'more.json');
    await expect.poll(() => asked.map(([, input]) => input)).toEqual(['client-b.winnow', 'findings.json', 'client-c.winnow', 'more.json']);
  });

  test('shows where secrets are kept, without what they are, and opens another workspace', async () => {
    open = await openDesktopPage();
    const { page, asked, errors } = open;
    await page.evaluate(() => { Reflect.get(window, 'goTo')('/settings'); });
    await expect(page.locator('main')).toContainText('until this program ends');
    await expect(page.locator('main')).toContainText('jira.token');
    await page.getByRole('button', { name: 'Open a workspace' }).click();
    await expect.poll(() => asked.map(([name]) => name)).toContain('openDialog');
    expect(errors).toEqual([]);
  });
});
