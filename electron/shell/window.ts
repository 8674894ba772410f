import { join } from 'node:path';
import { BrowserWindow, screen, type BrowserWindowConstructorOptions, type Rectangle } from 'electron';
import { ORIGIN } from './app-protocol.ts';
import type { SettingsFile } from './settings-file.ts';
import { placeWindow, SMALLEST, type WindowState } from './window-state.ts';

/** What a window of ours is made with. The page is treated as hostile: it has no Node, runs in a sandbox, and reaches only what the preload gives it. */
export function windowOptions(preload: string, bounds: Rectangle, isPackaged: boolean, icon: string): BrowserWindowConstructorOptions {
  return {
    ...bounds, minWidth: SMALLEST.width, minHeight: SMALLEST.height, show: false, backgroundColor: '#0d1117', title: 'Winnow', autoHideMenuBar: false, icon,
    webPreferences: {
      preload, sandbox: true, contextIsolation: true, nodeIntegration: false, nodeIntegrationInWorker: false, nodeIntegrationInSubFrames: false, webviewTag: false, webSecurity: true,
      allowRunningInsecureContent: false, experimentalFeatures: false, navigateOnDragDrop: false, safeDialogs: true, spellcheck: false, plugins: false, devTools: !isPackaged,
    },
  };
}

/** Opens a window where the last one was, and keeps that in mind. It is shown once there is something to see. */
export function createWindow(options: { readonly preload: string; readonly rootDir: string; readonly isPackaged: boolean; readonly state: SettingsFile<WindowState> }): BrowserWindow {
  const { state } = options;
  const bounds = placeWindow(state.get(), screen.getAllDisplays(), screen.getPrimaryDisplay());
  const others = BrowserWindow.getAllWindows().length;
  // A second workspace must not lie exactly over the first.
  const window = new BrowserWindow(windowOptions(options.preload, { ...bounds, x: bounds.x + 24 * others, y: bounds.y + 24 * others }, options.isPackaged, join(options.rootDir, 'resources', 'icons', 'icon.png')));
  if (others === 0 && state.get().isMaximized) window.maximize();
  if (others === 0 && state.get().isFullScreen) window.setFullScreen(true);
  const keep = (): void => { if (!window.isMinimized()) state.set({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized(), isFullScreen: window.isFullScreen() }); };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keepSoon = (): void => { clearTimeout(timer); timer = setTimeout(keep, 500); };
  window.on('resize', keepSoon);
  window.on('move', keepSoon);
  window.on('close', () => { clearTimeout(timer); keep(); });
  window.on('closed', () => { clearTimeout(timer); });
  window.once('ready-to-show', () => { window.show(); });
  void window.loadURL(`${ORIGIN}/`);
  return window;
}
