import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { afterEach, beforeAll, describe, inject, test } from 'vitest';
import { findDesktop } from '#electron/host/desktop-program.ts';
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
