import { useCommands, useShortcuts } from '../state/commands.ts';
import { useDesktopMenu } from '../state/desktop.ts';
import { navigate } from '../state/router.ts';
import { useStore } from '../state/store.ts';
import { undoLast } from '../state/writes.ts';
import { screens } from './screens.ts';

/** What can be done on every screen. */
export function AppCommands() {
  const zone = useStore((s) => s.preferences.zone);
  const theme = useStore((s) => s.preferences.theme);
  const last = useStore((s) => s.undo.at(-1)?.label);
  const { prefer, openDialog } = useStore.getState();
  const group = 'Everywhere';
  useCommands([
    { id: 'palette', title: 'Search or run a command', group, keys: 'mod+k', keyOnly: true, anywhere: true, run: () => openDialog({ kind: 'palette' }) },
    { id: 'shortcuts', title: 'Show the shortcuts', group, keys: '?', run: () => openDialog({ kind: 'shortcuts' }) },
    { id: 'zone', title: zone === 'utc' ? 'Show local time' : 'Show UTC', group, keys: 'z', run: () => prefer({ zone: zone === 'utc' ? 'local' : 'utc' }) },
    { id: 'undo', title: last === undefined ? 'Undo the last review' : `Undo: ${last}`, group, keys: 'mod+z', ...(last === undefined && { blocked: 'Nothing to undo' }), run: () => { void undoLast(); } },
    { id: 'journal', title: 'Undo journal', group, keys: 'u', run: () => openDialog({ kind: 'journal' }) },
    ...(['system', 'dark', 'light'] as const).filter((name) => name !== theme).map((name) => ({ id: `theme-${name}`, title: `Theme: ${name}`, group, run: () => prefer({ theme: name }) })),
    ...screens.filter((screen) => screen.rail !== 'none').map(({ id, title, path }) => ({ id: `go-${id}`, title: `Go to ${title}`, group: 'Screens', run: () => navigate(path) })),
  ]);
  useShortcuts();
  useDesktopMenu();
  return null;
}
