import { dialog, type BrowserWindow, type MessageBoxOptions } from 'electron';
import type { Job } from '#shared/rpc/schemas.ts';
import { plainText } from './safe-text.ts';

// Questions that only the program itself can ask: no page can draw them, answer them, or change their words.

async function choose(window: BrowserWindow | undefined, options: MessageBoxOptions): Promise<number> {
  const all = { noLink: true, ...options };
  const { response } = window === undefined || window.isDestroyed() ? await dialog.showMessageBox(all) : await dialog.showMessageBox(window, all);
  return response;
}

/** Whether jobs that run are to be stopped. */
export async function askStopJobs(window: BrowserWindow | undefined, jobs: readonly Job[], workspace: string): Promise<boolean> {
  const list = jobs.map(({ job, done, total, unit }) => `${job}: ${done}${total > 0 ? ` of ${total}` : ''} ${unit}`).join('\n');
  return await choose(window, {
    type: 'question', buttons: ['Keep Running', 'Stop and Close'], defaultId: 0, cancelId: 0, message: `${jobs.length === 1 ? 'A job is' : `${jobs.length} jobs are`} running in ${plainText(workspace)}`,
    detail: `${list}\n\nIf you close now it stops after this batch. What is done is kept, and the same job goes on from there the next time.`,
  }) === 1;
}

/** Whether a workspace from elsewhere may be changed. */
export async function askTrust(window: BrowserWindow, file: string): Promise<boolean> {
  return await choose(window, {
    type: 'warning', buttons: ['Keep It Paused', 'Trust This Workspace'], defaultId: 0, cancelId: 0, message: 'Do you trust this workspace?',
    detail: `${plainText(file, 1000)}\n\nIt was not made by this installation. Its findings, policy and decisions are what its maker put there. While it is paused you can look at all of it, and no job runs and nothing in it changes. Trust it if you know where it comes from.`,
  }) === 1;
}

export async function tellUnopened(window: BrowserWindow | undefined, file: string, why: string): Promise<void> {
  await choose(window, { type: 'error', buttons: ['OK'], message: 'The workspace can\'t be opened', detail: `${plainText(file, 1000)}\n\n${plainText(why, 1000)}` });
}

/** The engine died more often than it was worth starting again. */
export async function askEngineGone(window: BrowserWindow, why: string): Promise<boolean> {
  return await choose(window, {
    type: 'error', buttons: ['Close This Window', 'Try Again'], defaultId: 1, cancelId: 0, message: 'The engine keeps stopping',
    detail: `${plainText(why, 500)}\n\nThe workspace file is safe: whatever was acknowledged is in it.`,
  }) === 1;
}

/** The page died or hangs. */
export async function askPageGone(window: BrowserWindow, what: 'stopped' | 'hangs', why: string): Promise<boolean> {
  return await choose(window, {
    type: what === 'stopped' ? 'error' : 'question', buttons: [what === 'stopped' ? 'Close This Window' : 'Wait', 'Reload'], defaultId: 1, cancelId: 0,
    message: what === 'stopped' ? 'The page stopped' : 'The page does not respond', detail: `${plainText(why, 300)}\n\nThe engine goes on, and the workspace file is safe. Reloading shows where you were.`,
  }) === 1;
}

const FILTERS = [{ name: 'Winnow workspaces', extensions: ['winnow', 'db'] }, { name: 'All files', extensions: ['*'] }];

export async function askOpenFile(window: BrowserWindow | undefined): Promise<string | undefined> {
  const options = { title: 'Open a workspace', filters: FILTERS, properties: ['openFile' as const] };
  const { canceled, filePaths } = window === undefined ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
  return canceled ? undefined : filePaths[0];
}

/** Where a new workspace goes. A file that is there is opened, never written over: the system's question about replacing it is left out. */
export async function askNewFile(window: BrowserWindow | undefined): Promise<string | undefined> {
  const options = { title: 'New workspace', defaultPath: 'engagement.winnow', filters: FILTERS, properties: ['createDirectory' as const] };
  const { canceled, filePath } = window === undefined ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
  return canceled || filePath === '' ? undefined : filePath;
}
