import { useAllCommands } from '../state/commands.ts';
import { useStore } from '../state/store.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';

/** Every shortcut that works here, from the commands themselves. */
export function ShortcutsOverlay() {
  const commands = useAllCommands().filter((command) => command.keys !== undefined);
  const closeDialog = useStore((s) => s.closeDialog);
  const groups = [...new Set(commands.map((command) => command.group))].sort((a, b) => Number(a === 'Everywhere') - Number(b === 'Everywhere'));
  return (
    <Dialog title="Shortcuts" look="wide" onClose={closeDialog}>
      <div className="keys">
        {groups.map((group) => (
          <section key={group}><h3 className="head">{group}</h3>
            <ul>{commands.filter((command) => command.group === group).map((command) => <li key={command.id}><span className="grow">{command.title}</span><Kbd keys={command.keys ?? ''} />{command.also !== undefined && <Kbd keys={command.also} />}</li>)}</ul></section>
        ))}
      </div>
    </Dialog>
  );
}
