import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, Menu, powerMonitor, session } from 'electron';
import { z } from 'zod';
import { DEMO_FILE } from '#electron/host/demo.ts';
import { watchEgress } from '#electron/host/egress.ts';
import { configDir } from '#electron/host/trust.ts';
import { registerScheme, servePage } from './app-protocol.ts';
import { askNewFile, askOpenFile } from './ask.ts';
import { isWorkspaceName, refusedSwitch, wantedFiles, type Wanted } from './command-line.ts';
import { menuTemplate } from './menu.ts';
import { registerChannels } from './page-channels.ts';
import { protectApp } from './protect.ts';
import { quitSafely } from './quit.ts';
import { openRecent, recentSchema, type Recent } from './recent.ts';
import { engineSecrets, sharingKeys } from './engine-secrets.ts';
import { openSecrets, secretsSchema } from './secrets.ts';
import { openSettings } from './settings-file.ts';
import { createWindow } from './window.ts';
import { windowStateSchema } from './window-state.ts';
import { openWorkspaces, type Workspaces } from './workspaces.ts';

/** Where a bundle has its parts. */
export interface ShellParts { /** With package.json and resources. */ readonly rootDir: string; readonly preload: string; readonly rendererDir: string; /** The file of a process entry by name. */ readonly entry: (name: string) => string }

const EGRESS_MS = 1000;
/** What a second start hands over to the first. */
const handOverSchema = z.object({ files: z.array(z.object({ file: z.string(), missing: z.enum(['refuse', 'create']) })).max(100) });

/** The desktop program: sets its protections before anything is loaded, then opens what was asked for. */
export async function startShell(parts: ShellParts): Promise<void> {
  const refused = refusedSwitch((name) => app.commandLine.hasSwitch(name), app.isPackaged, process.env);
  if (refused !== undefined) {
    process.stderr.write(`winnow: --${refused} is not taken: nothing may look into this program or steer it\n`);
    app.exit(2);
    return;
  }
  const own = configDir(process.platform, process.env, homedir());
  app.setPath('userData', join(own, 'desktop'));
  const wanted = wantedFiles(process.argv.slice(1), process.cwd());
  if (!app.requestSingleInstanceLock({ files: wanted })) { app.quit(); return; }
  registerScheme();
  const protection = protectApp();
  // Files that are opened before the program is ready wait for it.
  const early: Wanted[] = [...wanted];
  let openLater = (files: readonly Wanted[]): void => { early.push(...files); };
  app.on('open-file', (event, path) => { event.preventDefault(); openLater([{ file: resolve(path), missing: 'refuse' }]); });
  app.on('second-instance', (_event, argv, cwd, data) => {
    const handed = handOverSchema.safeParse(data);
    openLater(handed.success ? handed.data.files : wantedFiles(argv.slice(1), cwd));
  });
  await app.whenReady();
  protection.protect(session.defaultSession);
  servePage(session.defaultSession, parts.rendererDir);
  openLater = run(parts, join(own, 'desktop'), protection.blocked);
  openLater(early);
}

/** Everything that is there for as long as the program runs. @returns what opens workspaces from outside */
function run(parts: ShellParts, dir: string, blocked: () => { readonly requests: number }): (files: readonly Wanted[]) => void {
  const recent = openRecent(openSettings(join(dir, 'recent.json'), recentSchema));
  const secrets = sharingKeys(openSecrets(openSettings(join(dir, 'secrets.json'), secretsSchema)), () => workspaces.all());
  const state = openSettings(join(dir, 'window.json'), windowStateSchema);
  let isReady = false;
  const workspaces = openWorkspaces({
    rootDir: parts.rootDir, entry: parts.entry, onOpened: (file) => { recent.add(file); setMenu(); }, keys: () => engineSecrets(secrets), onChange: () => { setMenu(); },
    createWindow: () => createWindow({ preload: parts.preload, rootDir: parts.rootDir, isPackaged: app.isPackaged, state }),
    onNone: () => { if (isReady && process.platform !== 'darwin') app.quit(); },
  });
  const { quit } = quitSafely(workspaces);
  const openDialog = async (): Promise<boolean> => { const file = await askOpenFile(workspaces.current()?.window); return file !== undefined && workspaces.open(file, 'refuse'); };
  const newDialog = async (): Promise<void> => { const file = await askNewFile(workspaces.current()?.window); if (file !== undefined) await workspaces.open(isWorkspaceName(file) ? file : `${file}.winnow`, 'create'); };
  const setMenu = (): void => { Menu.setApplicationMenu(Menu.buildFromTemplate(menuOf(workspaces, recent, { openDialog, newDialog, quit, setMenu }))); };
  setMenu();
  registerChannels({ owner: workspaces.ofPage, secrets, openDialog, openFile: (path) => workspaces.open(path, 'refuse') });
  app.on('browser-window-focus', setMenu);
  app.on('window-all-closed', () => undefined);
  powerMonitor.on('shutdown', (event?: Electron.Event) => { event?.preventDefault(); void quit(false); });
  countEgress(workspaces, blocked);
  const openAll = async (files: readonly Wanted[]): Promise<void> => {
    let isAny = false;
    for (const { file, missing } of files) isAny = await workspaces.open(file, missing) || isAny;
    if (files.length === 0) { const [last] = recent.list(); isAny = last !== undefined && await workspaces.open(last, 'refuse'); }
    // A first run, or nothing that could be opened: the demo, so that there is something to look at.
    if (!isAny && workspaces.all().length === 0) isAny = await workspaces.open(join(dir, DEMO_FILE), 'demo');
    isReady = true;
    if (!isAny && workspaces.all().length === 0) app.quit();
  };
  app.on('activate', () => { if (workspaces.all().length === 0) void openAll([]); });
  return (files) => { if (isReady && files.length === 0) workspaces.current()?.focus(); else void openAll(files); };
}

interface MenuParts { readonly openDialog: () => Promise<boolean>; readonly newDialog: () => Promise<void>; readonly quit: (ask: boolean) => Promise<void>; readonly setMenu: () => void }

function menuOf(workspaces: Workspaces, recent: Recent, { openDialog, newDialog, quit, setMenu }: MenuParts): Electron.MenuItemConstructorOptions[] {
  const current = workspaces.current();
  return menuTemplate({ platform: process.platform, commands: current?.commands ?? [], recent: recent.list(), isTrusted: current?.isTrusted }, {
    newWorkspace: () => { void newDialog(); }, openWorkspace: () => { void openDialog(); }, openRecent: (file) => { void workspaces.open(file, 'refuse'); },
    clearRecent: () => { recent.clear(); setMenu(); }, trust: () => { void workspaces.current()?.trust(); }, quit: () => { void quit(true); },
    run: (group, id) => { workspaces.current()?.run(group, id); },
  });
}

/** What the main process itself sent, for the chip of every window; requests of pages are blocked before a byte leaves, and said on stderr. */
function countEgress(workspaces: Workspaces, blocked: () => { readonly requests: number }): void {
  const egress = watchEgress();
  let told = 0, warned = 0;
  setInterval(() => {
    const bytes = egress.bytes(), { requests } = blocked();
    if (bytes !== told) for (const each of workspaces.all()) each.tellEgress(bytes);
    if (requests > warned) process.stderr.write(`winnow: ${requests - warned} request${requests - warned === 1 ? '' : 's'} of a page blocked\n`);
    told = bytes;
    warned = requests;
  }, EGRESS_MS).unref();
}
