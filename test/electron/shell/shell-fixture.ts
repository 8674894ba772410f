import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { compileFunction } from 'node:vm';
import { build } from 'vite';
import { vi } from 'vitest';
import { createFakeElectron, type FakeContents, type FakeElectron, type FakeWindow } from './fake-electron.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
type Start = typeof import('#electron/shell/start-shell.ts');

export interface OpenShell {
  readonly electron: FakeElectron; readonly dir: string; readonly config: string;
  /** Waits for the window of a number. */
  window(at?: number): Promise<FakeWindow>;
  /** Waits until so many workspaces have been opened. */
  opened(files?: number): Promise<void>;
  close(): Promise<void>;
}

const WAIT = { timeout: 60_000, interval: 50 };

/** The real shell on a fake Electron, with real engines in threads; a configuration folder of its own. `prepare` tells the fake what to be like. */
export async function openShell(args: (dir: string) => readonly string[] = () => [], prepare: (electron: FakeElectron, dir: string) => void = () => undefined, env: Readonly<Record<string, string>> = {}): Promise<OpenShell> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-shell-')), config = join(dir, 'config');
  const electron = createFakeElectron();
  prepare(electron, dir);
  vi.resetModules();
  vi.doMock('electron', () => electron.module);
  vi.stubEnv('WINNOW_CONFIG', config);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const before = process.argv, signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const listeners = signals.map((signal) => process.listeners(signal));
  process.argv = ['electron', ...args(dir)];
  const { startShell }: Start = await import('#electron/shell/start-shell.ts');
  await startShell({ rootDir: ROOT, preload: join(dir, 'preload.cjs'), rendererDir: join(ROOT, 'renderer'), entry: (name) => join(ROOT, 'electron', 'workers', `${name}.ts`) });
  process.argv = before;
  return {
    electron, dir, config,
    async window(at = 0) {
      return vi.waitFor(() => { const window = electron.recorded.windows[at]; if (!window) throw new Error(`there is no window ${at}`); return window; }, WAIT);
    },
    async opened(files = 1) { await vi.waitFor(() => { if (electron.recorded.recentDocuments.length < files) throw new Error(`${electron.recorded.recentDocuments.length} workspaces are open`); }, WAIT); },
    async close() {
      for (const utility of electron.recorded.utilities) await utility.worker.terminate();
      signals.forEach((signal, i) => { for (const each of process.listeners(signal)) if (!listeners[i]?.includes(each)) process.off(signal, each); });
      vi.doUnmock('electron');
      vi.unstubAllEnvs();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

type Listener = (event: unknown, ...args: readonly unknown[]) => void;
/** A page over the real preload, which runs as in a sandbox: `require` knows Electron alone. */
export interface OpenPage { readonly winnow: Record<string, (...args: readonly unknown[]) => unknown>; readonly view: PageView; readonly required: readonly string[]; /** A port as the page gets it. */ port(): Promise<MessagePort> }
export interface PageView extends EventTarget { postMessage(data: unknown, origin: string, ports?: readonly MessagePort[]): void; winnow?: OpenPage['winnow'] }

let built: Promise<string> | undefined;
/** The preload as the build makes it. */
export function buildPreload(): Promise<string> {
  built ??= build({ configFile: false, root: ROOT, logLevel: 'silent', build: { write: false, minify: false, lib: { entry: join(ROOT, 'electron', 'shell', 'preload.ts'), formats: ['cjs'] }, rolldownOptions: { external: ['electron'] } } })
    .then((result) => { const [output] = [result].flat(); const [chunk] = output !== undefined && 'output' in output ? output.output : []; return chunk?.type === 'chunk' ? chunk.code : ''; });
  return built;
}

/** Puts a page into a window of the fake. `paths`: where the files of the page lie, as the system knows it. */
export async function openPage(electron: FakeElectron, contents: FakeContents, paths: ReadonlyMap<File, string> = new Map(), code?: string): Promise<OpenPage> {
  const listeners = new Map<string, Listener[]>(), required: string[] = [];
  const view: PageView = Object.assign(new EventTarget(), {
    postMessage(data: unknown, _origin: string, ports: readonly MessagePort[] = []) { queueMicrotask(() => { view.dispatchEvent(Object.assign(new Event('message'), { data, source: view, ports })); }); },
  });
  const event = () => ({ sender: contents, senderFrame: contents.mainFrame });
  const ipcRenderer = {
    on: (channel: string, listener: Listener) => { listeners.set(channel, [...listeners.get(channel) ?? [], listener]); },
    send: (channel: string, ...args: readonly unknown[]) => { electron.ipcMain.emit(channel, event(), ...structuredClone(args)); },
    invoke: async (channel: string, ...args: readonly unknown[]) => structuredClone(await electron.ipcMain.handlers.get(channel)?.(event(), ...structuredClone(args))),
  };
  let winnow: OpenPage['winnow'] = {};
  const modules: Readonly<Record<string, unknown>> = { electron: { ipcRenderer, contextBridge: { exposeInMainWorld: (_: string, api: OpenPage['winnow']) => { winnow = api; view.winnow = api; } }, webUtils: { getPathForFile: (file: File) => paths.get(file) ?? '' } } };
  const require = (name: string): unknown => { required.push(name); if (!(name in modules)) throw new Error(`module not found: ${name}`); return modules[name]; };
  contents.page = { receive(channel, args, ports) { for (const listener of listeners.get(channel) ?? []) listener({ ports }, ...args); } };
  Reflect.apply(compileFunction(code ?? await buildPreload(), ['require', 'window', 'location', 'exports', 'module']), undefined, [require, view, { origin: 'winnow://app' }, {}, {}]);
  return {
    get winnow() { return winnow; }, view, required,
    port: () => new Promise((resolve) => {
      view.addEventListener('message', (message) => { if ('data' in message && message.data === 'winnow:port' && 'ports' in message) { const [port] = message.ports as readonly MessagePort[]; if (port) resolve(port); } });
      view.postMessage('winnow:port-wanted', 'winnow://app');
    }),
  };
}

/** What a page's message looks like to the main process. */
export const sent = (contents: FakeContents, frame: unknown = contents.mainFrame) => ({ sender: contents, senderFrame: frame });
export const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
