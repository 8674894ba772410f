import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '#shared/rpc/shell-channels.ts';
import { menuText } from './safe-text.ts';

/** What the menu does; `run` does what the page's own key does. */
export interface MenuActions {
  readonly newWorkspace: () => void; readonly openWorkspace: () => void; readonly openRecent: (file: string) => void; readonly clearRecent: () => void; readonly trust: () => void; readonly quit: () => void;
  readonly run: (group: string, id: string) => void;
}
export interface MenuState { readonly platform: NodeJS.Platform; readonly commands: readonly MenuCommand[]; readonly recent: readonly string[]; /** Undefined without a window. */ readonly isTrusted: boolean | undefined }

const NAMES: Readonly<Record<string, string>> = { mod: 'CmdOrCtrl', shift: 'Shift', alt: 'Alt', space: 'Space', enter: 'Enter', escape: 'Escape', up: 'Up', down: 'Down', left: 'Left', right: 'Right', '+': 'Plus' };

/** The page's `mod+k` as Electron's `CmdOrCtrl+K`. */
export function acceleratorOf(keys: string): string {
  if (keys === '+') return 'Plus';
  const parts = keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys.split('+');
  return parts.map((part) => NAMES[part] ?? part.toUpperCase()).join('+');
}

/** The native menu: files and windows are its own, the rest is the page's shortcut table as it stands. */
export function menuTemplate(state: MenuState, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = state.platform === 'darwin';
  const groups = [...new Set(state.commands.map(({ group }) => group))];
  const of = (group: string): MenuItemConstructorOptions[] => state.commands.filter((command) => command.group === group).map((command) => commandItem(command, state.platform, actions));
  const own = groups.filter((group) => group !== 'Everywhere' && group !== 'Screens');
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: 'File', submenu: fileItems(state, actions, isMac) },
    { label: 'Edit', submenu: [{ role: 'undo' }, { role: 'redo' }, { type: 'separator' }, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }] },
    ...(groups.includes('Screens') ? [{ label: 'Go', submenu: of('Screens') }] : []),
    ...(groups.includes('Everywhere') ? [{ label: 'Actions', submenu: of('Everywhere') }] : []),
    ...own.map((group) => ({ label: menuText(group), submenu: of(group) })),
    { label: 'View', submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }] },
    { role: 'windowMenu' },
  ];
}

function fileItems({ recent, isTrusted }: MenuState, actions: MenuActions, isMac: boolean): MenuItemConstructorOptions[] {
  return [
    { label: 'New Workspace…', accelerator: 'CmdOrCtrl+N', click: actions.newWorkspace },
    { label: 'Open Workspace…', accelerator: 'CmdOrCtrl+O', click: actions.openWorkspace },
    {
      label: 'Open Recent', enabled: recent.length > 0,
      submenu: [...recent.map((file) => ({ label: menuText(file), click: () => { actions.openRecent(file); } })), { type: 'separator' }, { label: 'Clear the List', click: actions.clearRecent }],
    },
    { type: 'separator' },
    { label: 'Trust This Workspace…', enabled: isTrusted === false, click: actions.trust },
    { type: 'separator' },
    { role: 'close' },
    ...(isMac ? [] : [{ label: 'Quit', accelerator: 'CmdOrCtrl+Q', click: actions.quit }]),
  ];
}

/**
 * A command with the key that it has in the page. The page hears that key itself (it knows whether someone is typing), so the menu only shows it. A Mac
 * always lets the menu have its keys: there a key without ⌘ stands in the text, and undo is left to the Edit menu, which the page hears before.
 */
function commandItem({ id, title, group, keys, blocked }: MenuCommand, platform: NodeJS.Platform, actions: MenuActions): MenuItemConstructorOptions {
  const click = (): void => { actions.run(group, id); };
  const item = { label: menuText(title), enabled: !blocked, click };
  if (keys === undefined) return item;
  if (platform !== 'darwin') return { ...item, accelerator: acceleratorOf(keys), registerAccelerator: false };
  return keys.startsWith('mod+') && keys !== 'mod+z' ? { ...item, accelerator: acceleratorOf(keys) } : { ...item, label: `${item.label}  (${keys})` };
}
