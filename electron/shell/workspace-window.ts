import { basename } from 'node:path';
import type { BrowserWindow } from 'electron';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { channels, type MenuCommand } from '#shared/rpc/shell-channels.ts';
import type { Job } from '#shared/rpc/schemas.ts';
import { askEngineGone, askPageGone, askTrust } from './ask.ts';
import { startDeskHost, type DeskHostOptions } from './desk-host.ts';
import { followJobs, pagedNotices, showNotice, type Notice } from './notices.ts';

/** One window with the workspace that it shows. */
export interface WorkspaceWindow {
  readonly file: string;
  readonly window: BrowserWindow;
  /** The page's shortcut table, as last told. */
  readonly commands: readonly MenuCommand[];
  /** Undefined until the workspace is open. */
  readonly isTrusted: boolean | undefined;
  readonly opened: Promise<Result<unknown>>;
  name(): string;
  jobs(): readonly Job[];
  connect(): void;
  setCommands(commands: readonly MenuCommand[]): void;
  run(group: string, id: string): void;
  upload(path: string, name: string): Promise<Result<unknown>>;
  /** Asks the person. @returns whether the workspace is trusted now */
  trust(): Promise<Result<{ readonly trusted: boolean; readonly note: string }>>;
  tellEgress(bytes: number): void;
  tellKeys(keys: Readonly<Record<string, string>>): void;
  focus(): void;
  /** Closes the workspace, then the window. */
  end(): Promise<void>;
}
export interface WorkspaceWindowOptions extends Pick<DeskHostOptions, 'file' | 'missing' | 'rootDir' | 'entry'> {
  readonly window: BrowserWindow;
  /** Something that the menu shows has changed. */
  readonly onChange: () => void;
}

/** Ties a window to the process of its workspace, and tells the person whatever happens to either. */
export function openWorkspaceWindow({ window, onChange, ...rest }: WorkspaceWindowOptions): WorkspaceWindow {
  const { file } = rest;
  const jobs = followJobs();
  const state: { name: string; isTrusted: boolean | undefined; commands: readonly MenuCommand[]; isEnding: boolean } = { name: basename(file), isTrusted: undefined, commands: [], isEnding: false };
  const send = (channel: string, ...args: readonly unknown[]): void => { if (!window.isDestroyed() && !window.webContents.isDestroyed()) window.webContents.send(channel, ...args); };
  const focus = (): void => { if (window.isDestroyed()) return; if (window.isMinimized()) window.restore(); window.show(); window.focus(); };
  const notify = (notice: Notice): void => { showNotice(notice, () => { focus(); send(channels.go, notice.path); }); };
  const host = startDeskHost({
    ...rest,
    onEvent(event) {
      if (event.type === 'engine' && event.state !== 'ready') jobs.clear();
      if (event.type !== 'job') return;
      const notice = jobs.take(event.job, state.name);
      if (notice && !isWatched(window)) notify(notice);
    },
    onPaged: (incidents) => { for (const notice of pagedNotices(state.name, incidents)) notify(notice); },
    onGone: (why, isGivenUp) => {
      jobs.clear();
      send(channels.engine, why);
      if (isGivenUp) void askEngineGone(window, why).then((again) => { if (again) host.restart(); else window.close(); });
    },
  });
  const opened = host.opened.then((result) => { if (result.ok) { state.name = result.value.name; state.isTrusted = result.value.trusted; onChange(); } return result; });
  watchPage(window, () => state.isEnding);
  return {
    file, window, opened, focus,
    get commands() { return state.commands; },
    get isTrusted() { return state.isTrusted; },
    name: () => state.name, jobs: jobs.running,
    connect: () => {
      if (rest.missing === 'demo' && state.isTrusted === undefined) send(channels.engine, 'Making the demo from the bundled examples');
      host.connect(window.webContents);
    },
    setCommands: (commands) => { state.commands = commands; onChange(); },
    run: (group, id) => { send(channels.runCommand, group, id); },
    upload: (path, name) => (path === '' ? Promise.resolve(err('only files that lie on this machine can be taken')) : host.upload(path, name)),
    async trust() {
      if (state.isTrusted === true) return ok({ trusted: true, note: '' });
      if (!(await askTrust(window, file))) return ok({ trusted: false, note: '' });
      const trusted = await host.trust();
      if (!trusted.ok) return trusted;
      state.isTrusted = true;
      onChange();
      return ok({ trusted: true, note: trusted.value });
    },
    tellEgress: host.tellEgress, tellKeys: host.tellKeys,
    async end() {
      state.isEnding = true;
      await host.close();
      if (!window.isDestroyed()) window.destroy();
    },
  };
}

/** A person looks at it. */
const isWatched = (window: BrowserWindow): boolean => !window.isDestroyed() && window.isFocused() && window.isVisible();

/** A page that dies or hangs is said so in a dialog of the system; loading it anew connects it again. */
function watchPage(window: BrowserWindow, isEnding: () => boolean): void {
  let isAsking = false;
  const ask = async (what: 'stopped' | 'hangs', why: string): Promise<void> => {
    if (isAsking || isEnding()) return;
    isAsking = true;
    const reload = await askPageGone(window, what, why);
    isAsking = false;
    if (window.isDestroyed()) return;
    if (reload) window.webContents.reload(); else if (what === 'stopped') window.close();
  };
  window.webContents.on('render-process-gone', (_, { reason, exitCode }) => { if (reason !== 'clean-exit') void ask('stopped', `${reason}, exit code ${exitCode}`); });
  window.on('unresponsive', () => { void ask('hangs', 'It has not answered for a while.'); });
}
