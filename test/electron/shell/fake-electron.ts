import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { MessageChannel, Worker, type MessagePort, type Transferable } from 'node:worker_threads';

// Electron for tests: records what is called and does what the documentation says, with real message ports and real threads. No window is drawn.

export class FakeEvent { defaultPrevented = false; preventDefault(): void { this.defaultPrevented = true; } }
type Args = readonly unknown[];
interface Frame { url: string; parent: Frame | null }
/** The page side of a WebContents: whatever a test puts there. */
export interface PageSide { receive(channel: string, args: Args, ports: readonly MessagePort[]): void }

export class FakeContents extends EventEmitter {
  static next = 1;
  readonly id = FakeContents.next++;
  readonly mainFrame: Frame = { url: 'about:blank', parent: null };
  openHandler: ((details: { url: string }) => unknown) | undefined;
  page: PageSide | undefined;
  reloads = 0;
  destroyed = false;
  setWindowOpenHandler(handler: (details: { url: string }) => unknown): void { this.openHandler = handler; }
  getURL(): string { return this.mainFrame.url; }
  isDestroyed(): boolean { return this.destroyed; }
  reload(): void { this.reloads += 1; this.emit('did-start-loading'); }
  send(channel: string, ...args: Args): void { this.page?.receive(channel, structuredClone(args), []); }
  postMessage(channel: string, message: unknown, ports: readonly { port: MessagePort }[] = []): void { this.page?.receive(channel, [message], ports.map(({ port }) => port)); }
}

export class FakeSession extends EventEmitter {
  readonly set: Record<string, unknown> = {};
  readonly handled = new Map<string, (request: Request) => Promise<Response>>();
  readonly protocol = { handle: (scheme: string, handler: (request: Request) => Promise<Response>): void => { this.handled.set(scheme, handler); } };
  beforeRequest: ((details: { url: string }, callback: (answer: { cancel?: boolean }) => void) => void) | undefined;
  readonly webRequest = { onBeforeRequest: (listener: NonNullable<FakeSession['beforeRequest']>): void => { this.beforeRequest = listener; } };
  setPermissionRequestHandler(handler: unknown): void { this.set['permissionRequest'] = handler; }
  setPermissionCheckHandler(handler: unknown): void { this.set['permissionCheck'] = handler; }
  setDevicePermissionHandler(handler: unknown): void { this.set['device'] = handler; }
  setDisplayMediaRequestHandler(handler: unknown): void { this.set['displayMedia'] = handler; }
  setCertificateVerifyProc(handler: unknown): void { this.set['certificate'] = handler; }
  setSpellCheckerEnabled(on: boolean): void { this.set['spellChecker'] = on; }
  /** Whether a request would go out. */
  lets(url: string): boolean { let isCancelled = false; this.beforeRequest?.({ url }, ({ cancel }) => { isCancelled = cancel === true; }); return !isCancelled; }
}

interface Bounds { x: number; y: number; width: number; height: number }

/** What can be told in advance, and what was done. */
export interface Recorded {
  readonly windows: FakeWindow[]; readonly notices: FakeNotice[]; readonly boxes: { readonly message: string; readonly detail: string; readonly buttons: readonly string[] }[];
  readonly utilities: FakeUtility[]; readonly schemes: unknown[]; readonly recentDocuments: string[]; readonly exits: number[]; menu: readonly Record<string, unknown>[]; quits: number; sandboxed: boolean;
}
export interface Told {
  /** Answers to message boxes by a part of their message; without one, `cancelId`. */
  readonly answers: Map<string, number>;
  openFile: string | undefined; saveFile: string | undefined; isFirst: boolean; isPackaged: boolean; readonly switches: Set<string>; keyStore: 'gnome_libsecret' | 'basic_text'; hasEncryption: boolean; reEncrypt: boolean; displays: { workArea: Bounds }[];
}

export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents();
  isShown = false; isMax = false; isFull = false; isMin = false; isFocus = false; gone = false;
  bounds: Bounds;
  readonly options: Record<string, unknown> & Bounds;
  readonly recorded: Recorded;
  constructor(options: Record<string, unknown> & Bounds, recorded: Recorded, app: EventEmitter) {
    super();
    this.options = options;
    this.recorded = recorded;
    this.bounds = { x: options.x, y: options.y, width: options.width, height: options.height };
    recorded.windows.push(this);
    app.emit('web-contents-created', new FakeEvent(), this.webContents);
  }
  loadURL(url: string): Promise<void> { this.webContents.mainFrame.url = url; queueMicrotask(() => { this.emit('ready-to-show'); }); return Promise.resolve(); }
  show(): void { this.isShown = true; }
  focus(): void { this.isFocus = true; }
  maximize(): void { this.isMax = true; }
  setFullScreen(on: boolean): void { this.isFull = on; }
  restore(): void { this.isMin = false; }
  isMinimized(): boolean { return this.isMin; }
  isMaximized(): boolean { return this.isMax; }
  isFullScreen(): boolean { return this.isFull; }
  isFocused(): boolean { return this.isFocus; }
  isVisible(): boolean { return this.isShown; }
  isDestroyed(): boolean { return this.gone; }
  getNormalBounds(): Bounds { return this.bounds; }
  close(): void { const event = new FakeEvent(); this.emit('close', event); if (!event.defaultPrevented) this.destroy(); }
  destroy(): void {
    if (this.gone) return;
    this.gone = true;
    this.webContents.destroyed = true;
    this.recorded.windows.splice(this.recorded.windows.indexOf(this), 1);
    this.emit('closed');
  }
}

export class FakeNotice extends EventEmitter {
  isShown = false;
  readonly options: { readonly title: string; readonly body: string };
  constructor(options: { readonly title: string; readonly body: string }) { super(); this.options = options; }
  show(): void { this.isShown = true; }
}

/** A utility process as a thread; `kill()` ends it as a crash would. */
export class FakeUtility extends EventEmitter {
  readonly worker: Worker;
  readonly pid = undefined;
  readonly entry: string;
  constructor(entry: string) {
    super();
    this.entry = entry;
    this.worker = new Worker(pathToFileURL(join(import.meta.dirname, 'utility-shim.mjs')), { workerData: { utilityEntry: pathToFileURL(entry).href }, execArgv: [] });
    this.worker.on('message', (message) => { this.emit('message', message); });
    this.worker.on('error', (error) => { process.stderr.write(`utility: ${error instanceof Error ? error.stack : String(error)}\n`); });
    this.worker.on('exit', (code) => { this.emit('exit', code); });
  }
  postMessage(message: unknown, ports: readonly { port: MessagePort }[] = []): void {
    const list: readonly Transferable[] = ports.map(({ port }) => port);
    this.worker.postMessage({ message, ports: list }, list);
  }
  kill(): boolean { void this.worker.terminate(); return true; }
}

class FakeIpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...args: Args) => unknown>();
  handle(channel: string, handler: (event: unknown, ...args: Args) => unknown): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.handlers.set(channel, handler);
  }
}

export type FakeElectron = ReturnType<typeof createFakeElectron>;

/** A new Electron: `module` is what `import 'electron'` gives. */
export function createFakeElectron() {
  const recorded: Recorded = { windows: [], notices: [], boxes: [], utilities: [], schemes: [], recentDocuments: [], exits: [], menu: [], quits: 0, sandboxed: false };
  const told: Told = { answers: new Map(), openFile: undefined, saveFile: undefined, isFirst: true, isPackaged: false, switches: new Set(), keyStore: 'gnome_libsecret', hasEncryption: true, reEncrypt: false, displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
  const paths = new Map<string, string>(), switches = new Map<string, string>();
  let isReady = false;
  const defaultSession = new FakeSession();
  const app = Object.assign(Object.defineProperty(new EventEmitter(), 'isPackaged', { get: () => told.isPackaged }), {
    commandLine: { hasSwitch: (name: string) => told.switches.has(name), appendSwitch: (name: string, value = '') => { switches.set(name, value); } },
    enableSandbox: () => { if (isReady) throw new Error('app.enableSandbox() can only be called before app is ready'); recorded.sandboxed = true; },
    setPath: (name: string, path: string) => { paths.set(name, path); }, getPath: (name: string) => paths.get(name) ?? '', getAppPath: () => join(import.meta.dirname, '..', '..', '..'),
    handedOver: undefined as unknown,
    requestSingleInstanceLock(data: unknown) { app.handedOver = data; return told.isFirst; },
    whenReady: async () => { await Promise.resolve(); isReady = true; app.emit('session-created', defaultSession); },
    quit: () => { const event = new FakeEvent(); app.emit('before-quit', event); if (!event.defaultPrevented) recorded.quits += 1; },
    exit: (code: number) => { recorded.exits.push(code); },
    addRecentDocument: (file: string) => { recorded.recentDocuments.push(file); }, clearRecentDocuments: () => { recorded.recentDocuments.length = 0; },
  });
  const ipcMain = new FakeIpcMain();
  const BrowserWindow = Object.assign(function make(this: unknown, options: Record<string, unknown> & Bounds) { return new FakeWindow(options, recorded, app); }, {
    getAllWindows: () => recorded.windows, getFocusedWindow: () => recorded.windows.findLast((window) => window.isFocus) ?? null,
  });
  const box = (...args: Args): Promise<{ response: number }> => {
    const options = args.at(-1) as { message: string; detail?: string; buttons: string[]; cancelId?: number };
    recorded.boxes.push({ message: options.message, detail: options.detail ?? '', buttons: options.buttons });
    const told_ = [...told.answers].find(([part]) => options.message.includes(part))?.[1];
    return Promise.resolve({ response: told_ ?? options.cancelId ?? 0 });
  };
  const module = {
    app, ipcMain, BrowserWindow, session: { defaultSession }, powerMonitor: new EventEmitter(),
    protocol: { registerSchemesAsPrivileged: (schemes: readonly unknown[]) => { if (isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready'); recorded.schemes.push(...schemes); } },
    MessageChannelMain: function channel(this: unknown) { const { port1, port2 } = new MessageChannel(); return { port1: { port: port1 }, port2: { port: port2 } }; },
    utilityProcess: { fork: (entry: string) => { const utility = new FakeUtility(entry); recorded.utilities.push(utility); return utility; } },
    Menu: { buildFromTemplate: (template: readonly Record<string, unknown>[]) => template, setApplicationMenu: (template: readonly Record<string, unknown>[]) => { recorded.menu = template; } },
    Notification: Object.assign(function make(this: unknown, options: { title: string; body: string }) { const notice = new FakeNotice(options); recorded.notices.push(notice); return notice; }, { isSupported: () => true }),
    screen: { getAllDisplays: () => told.displays, getPrimaryDisplay: () => told.displays[0] },
    dialog: {
      showMessageBox: box, showOpenDialog: () => Promise.resolve({ canceled: told.openFile === undefined, filePaths: told.openFile === undefined ? [] : [told.openFile] }),
      showSaveDialog: () => Promise.resolve({ canceled: told.saveFile === undefined, filePath: told.saveFile ?? '' }),
    },
    safeStorage: {
      getSelectedStorageBackend: () => told.keyStore, isAsyncEncryptionAvailable: () => Promise.resolve(told.hasEncryption),
      encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text).map((byte) => byte ^ 0x5a)),
      decryptStringAsync: (sealed: Buffer) => Promise.resolve({ result: Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString('utf8'), shouldReEncrypt: told.reEncrypt }),
    },
  };
  return { module, app, ipcMain, session: defaultSession, recorded, told, switches, paths };
}
