import { join } from 'node:path';
import { MessagePort } from 'node:worker_threads';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Result } from '#shared/lib/result.ts';
import { isObject } from '#shared/lib/json.ts';
import { openPage, openShell, ROOT, type OpenShell } from './shell-fixture.ts';

/** The page's own bridge (renderer/state/bridge.ts), as far as it is used here; it is typed for a page, where this file is not. */
interface Bridge {
  startBridge(listener: { onEngine(state: string, why?: string): void; onEvent(event: unknown): void }): Promise<never>;
  call(name: string, input: unknown): Promise<Result<unknown, { kind: string; message: string }>>;
  uploadFile(file: File): Promise<Result<{ id: string; name: string; bytes: number }>>;
}

let shell: OpenShell, hasBridge = false;
afterEach(async () => {
  // A bridge looks for its engine until its page goes: it is left waiting in a page where nobody answers.
  const waits = new Promise<void>((resolve) => {
    if (hasBridge) vi.stubGlobal('window', Object.assign(new EventTarget(), { winnow: {}, postMessage: () => { resolve(); } })); else resolve();
  });
  await shell.close();
  await waits;
  hasBridge = false;
});
afterAll(() => { vi.unstubAllGlobals(); });

/** A window with the real page's bridge in it. `states`: what the page's notice says, one after the other. */
async function openBridge(paths: ReadonlyMap<File, string> = new Map()) {
  const window = await shell.window(), page = await openPage(shell.electron, window.webContents, paths);
  vi.stubGlobal('window', page.view);
  vi.stubGlobal('location', { origin: 'winnow://app' });
  vi.stubGlobal('MessagePort', MessagePort);
  hasBridge = true;
  const bridge: Bridge = await import(join(ROOT, 'renderer', 'state', 'bridge.ts'));
  const states: string[] = [];
  void bridge.startBridge({ onEngine: (state) => { if (states.at(-1) !== state) states.push(state); }, onEvent: () => undefined });
  await expect.poll(() => states.at(-1), { timeout: 60_000 }).toBe('ready');
  return { bridge, states, window };
}
const named = async (bridge: Bridge): Promise<unknown> => { const info = await bridge.call('workspace.info', {}); return info.ok && isObject(info.value) ? info.value['name'] : info; };

describe('the engine of the desktop, killed while the screen is open', () => {
  it('is said to be gone, comes back by itself, and has every change that it had acknowledged', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    const { bridge, states } = await openBridge();
    const acknowledged: string[] = [];
    for (let i = 0; i < 20; i++) {
      const key = `typed.${i}`;
      const saved = await bridge.call('settings.set', { key, value: i });
      if (saved.ok) acknowledged.push(key);
    }
    // One more is under way when the process dies, as in a crash of native code.
    const during = bridge.call('settings.set', { key: 'during', value: 1 });
    await shell.electron.recorded.utilities[0]!.worker.terminate();
    const answer = await during;
    await expect.poll(() => states, { timeout: 30_000 }).toEqual(['ready', 'lost', 'ready']);
    expect(shell.electron.recorded.utilities.length).toBe(2);
    const settings = await bridge.call('settings.get', {});
    expect(acknowledged.length).toBe(20);
    expect(settings).toMatchObject({ ok: true, value: Object.fromEntries(acknowledged.map((key, i) => [key, i])) });
    // What was under way was acknowledged, or the page knows that it doesn't know: then it looks, and never sends blindly.
    const isThere = settings.ok && isObject(settings.value) && settings.value['during'] === 1;
    expect(answer.ok ? `acknowledged, there: ${isThere}` : answer.error.kind).toMatch(/^(acknowledged, there: true|unsure)$/);
    expect(await bridge.call('settings.set', { key: 'name', value: 'after' })).toMatchObject({ ok: true });
    expect(await named(bridge)).toBe('after');
    expect(shell.electron.recorded.boxes).toEqual([]);
  });

  it('is asked about when it keeps dying, and "Try Again" brings it back', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    const { bridge, states } = await openBridge();
    shell.electron.told.answers.set('keeps stopping', 1);
    for (let i = 0; i < 5; i++) {
      const utility = await vi.waitFor(() => { const found = shell.electron.recorded.utilities[i]; if (!found) throw new Error(`engine ${i} is not there`); return found; }, { timeout: 30_000 });
      await utility.worker.terminate();
    }
    await expect.poll(() => shell.electron.recorded.boxes.map(({ message }) => message), { timeout: 30_000 }).toEqual(['The engine keeps stopping']);
    expect(shell.electron.recorded.boxes[0]?.detail).toContain('whatever was acknowledged is in it');
    await expect.poll(() => states.at(-1), { timeout: 30_000 }).toBe('ready');
    expect(await named(bridge)).toBe('a');
    expect(shell.electron.recorded.windows.length).toBe(1);
  });
});

describe('the page of the desktop', () => {
  it('that dies is said so and loaded anew, or its window is closed', async () => {
    shell = await openShell((dir) => [`--workspace=${join(dir, 'a.winnow')}`]);
    await shell.opened();
    const window = await shell.window();
    window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 });
    shell.electron.told.answers.set('The page stopped', 1);
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    await expect.poll(() => window.webContents.reloads).toBe(1);
    expect(shell.electron.recorded.boxes).toMatchObject([{ message: 'The page stopped', detail: expect.stringContaining('crashed, exit code 139') }]);
    window.emit('unresponsive');
    await expect.poll(() => shell.electron.recorded.boxes.length).toBe(2);
    expect([window.webContents.reloads, window.gone]).toEqual([1, false]);
    shell.electron.told.answers.set('The page stopped', 0);
    window.webContents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 1 });
    await expect.poll(() => window.gone, { timeout: 20_000 }).toBe(true);
  });

  it('hands dropped files over by their place on the disk, looks at them, imports them, and takes nothing that lies nowhere', async () => {
    const file = new File(['x'], 'findings.json'), made = new File(['x'], 'made-up.json'), folder = new File([], 'folder');
    const paths = new Map<File, string>();
    shell = await openShell((dir) => { paths.set(file, join(dir, 'findings.json')).set(folder, dir); return [`--workspace=${join(dir, 'a.winnow')}`]; });
    writeFileSync(join(shell.dir, 'findings.json'), JSON.stringify({ not: 'a format' }));
    const { bridge } = await openBridge(paths);
    const sent = await bridge.uploadFile(file);
    expect(sent).toMatchObject({ ok: true, value: { name: 'findings.json', bytes: 18 } });
    const upload = sent.ok ? sent.value.id : '';
    expect(await bridge.call('ingest.preview', { upload })).toMatchObject({ ok: true, value: { name: 'findings.json', format: null } });
    // The copy is what counts, not what becomes of the file.
    writeFileSync(join(shell.dir, 'findings.json'), '');
    expect(await bridge.call('ingest.preview', { upload })).toMatchObject({ ok: true, value: { why: expect.stringContaining('no known format') } });
    expect(await bridge.uploadFile(made)).toEqual({ ok: false, error: 'only files that lie on this machine can be taken' });
    expect(await bridge.uploadFile(folder)).toEqual({ ok: false, error: 'it is not a regular file' });
    expect(await bridge.call('ingest.preview', { upload: '../a.winnow' })).toMatchObject({ ok: false, error: { message: expect.stringContaining('not (or no longer) known') } });
  });
});
