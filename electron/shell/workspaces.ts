import { BrowserWindow } from 'electron';
import { realFile } from '#electron/host/trust.ts';
import { askStopJobs, tellUnopened } from './ask.ts';
import type { DeskHostOptions } from './desk-host.ts';
import { openWorkspaceWindow, type WorkspaceWindow } from './workspace-window.ts';

export interface Workspaces {
  /** Opens a workspace in a window of its own, or brings the window forward that has it. @returns whether it is open */
  open(file: string, missing: DeskHostOptions['missing']): Promise<boolean>;
  readonly ofPage: (webContentsId: number) => WorkspaceWindow | undefined;
  /** The one in front, else any. */
  current(): WorkspaceWindow | undefined;
  all(): readonly WorkspaceWindow[];
  /** Closes all of them; with `ask`, jobs that run may keep everything open. @returns whether all are closed */
  closeAll(ask: boolean): Promise<boolean>;
}
export interface WorkspacesOptions extends Pick<DeskHostOptions, 'rootDir' | 'entry'> {
  readonly createWindow: () => BrowserWindow;
  readonly onOpened: (file: string) => void;
  readonly onChange: () => void;
  /** Keys of models' endpoints and credentials of products, for a workspace that opens. */
  readonly keys: () => Promise<Readonly<Record<string, string>>>;
  /** The last window is gone, or none could be opened. */
  readonly onNone: () => void;
}

/** The open workspaces, each in its window: one file is never open twice. */
export function openWorkspaces(options: WorkspacesOptions): Workspaces {
  const open = new Map<string, WorkspaceWindow>();
  const byPage = new Map<number, WorkspaceWindow>();
  const forget = (key: string, id: number): void => {
    open.delete(key);
    byPage.delete(id);
    options.onChange();
    if (open.size === 0) options.onNone();
  };
  const isAsking = new Set<string>();
  const close = async (entry: WorkspaceWindow, ask: boolean): Promise<boolean> => {
    if (ask && isAsking.has(entry.file)) return false;
    isAsking.add(entry.file);
    const stop = !ask || entry.jobs().length === 0 || await askStopJobs(entry.window, entry.jobs(), entry.name());
    isAsking.delete(entry.file);
    if (stop) await entry.end();
    return stop;
  };
  return {
    async open(file, missing) {
      const key = realFile(file);
      const known = open.get(key);
      if (known) { known.focus(); return (await known.opened).ok; }
      const window = options.createWindow();
      const id = window.webContents.id;
      const entry = openWorkspaceWindow({ file: key, missing, window, rootDir: options.rootDir, entry: options.entry, onChange: options.onChange });
      open.set(key, entry);
      byPage.set(id, entry);
      window.on('close', (event) => { event.preventDefault(); void close(entry, true); });
      window.on('closed', () => { forget(key, id); });
      const opened = await entry.opened;
      if (opened.ok) { entry.tellKeys(await options.keys()); options.onOpened(key); return true; }
      await tellUnopened(window, key, opened.error);
      await entry.end();
      return false;
    },
    ofPage: (id) => byPage.get(id),
    current() {
      const focused = BrowserWindow.getFocusedWindow();
      return (focused === null ? undefined : byPage.get(focused.webContents.id)) ?? [...open.values()].at(-1);
    },
    all: () => [...open.values()],
    async closeAll(ask) {
      for (const entry of open.values()) if (!(await close(entry, ask))) return false;
      return true;
    },
  };
}
