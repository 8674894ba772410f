import { Command, useCommandState } from 'cmdk';
import { useDeferredValue, useEffect, useRef, useState, type RefObject } from 'react';
import { useAllCommands } from '../state/commands.ts';
import { useRead } from '../state/reads.ts';
import { href, navigate } from '../state/router.ts';
import { useStore } from '../state/store.ts';
import { DecisionChip } from '../ui/decision-chip.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { shortName } from '../ui/entity-name.ts';
import { Icon } from '../ui/icons.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { rankWords } from './rank-words.ts';

const general = ['Everywhere', 'Screens'];

/** Search incidents and run commands: everything that a button or a key does, by name. */
export function Palette() {
  const closeDialog = useStore((s) => s.closeDialog);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const asked = useDeferredValue(text.trim());
  const commands = useAllCommands().filter((command) => command.keyOnly !== true);
  // What this screen does comes first, then where else to go.
  const groups = [...new Set(commands.map((command) => command.group))].sort((a, b) => general.indexOf(a) - general.indexOf(b));
  const { value: found } = useRead('queue.list', asked.length < 2 ? null : { filter: { text: asked }, limit: 8 });
  const run = (action: () => void): void => { closeDialog(); action(); };
  return (
    <Dialog title="Search or run a command" look="bare" onClose={closeDialog}>
      <Command className="cmd" label="Search or run a command" loop filter={rankWords} value={chosen} onValueChange={setChosen}>
        <label className="cmd-in"><Icon name="search" /><Command.Input value={text} onValueChange={setText} placeholder="Incident, entity, screen or command" data-autofocus="" /></label>
        <Command.List className="cmd-list" ref={list}>
          <NothingFound />
          <Choice of={list} choose={setChosen} />
          {groups.map((group) => (
            <Command.Group key={group} heading={group}>
              {commands.filter((command) => command.group === group).map((command) => (
                <Command.Item key={command.id} value={`${command.title} ${command.id}`} disabled={command.blocked !== undefined} onSelect={() => run(() => command.run())}>
                  <span className="grow clip">{command.title}</span>{command.blocked !== undefined && <span className="menu-hint">{command.blocked}</span>}{command.keys !== undefined && <Kbd keys={command.keys} />}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
          {asked.length >= 2 && found !== undefined && found.rows.length > 0 && (
            <Command.Group heading="Incidents">
              {/* Anew for each search: an item whose value changes is no longer the one that Enter takes. */}
              {found.rows.map((row) => (
                <Command.Item key={`${row.id} ${asked}`} value={`${row.id} ${row.title} ${row.entity_name} ${asked}`} onSelect={() => run(() => navigate(href(`/incident/${encodeURIComponent(row.id)}`)))}>
                  <span className="mono dim">{row.id}</span><span className="grow clip" title={row.title}>{row.title}</span><span className="mono dim clip cmd-ent" title={row.entity}>{shortName(row.entity_name)}</span>{row.decision !== null && <DecisionChip decision={row.decision} />}
                </Command.Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}

/** The first option is chosen wherever none is: the kit does so when text is typed, and not when what it found comes later or what was chosen is gone. */
function Choice({ of, choose }: { readonly of: RefObject<HTMLDivElement | null>; readonly choose: (value: string) => void }) {
  useCommandState((state) => `${state.filtered.count} ${state.search} ${state.value}`);
  useEffect(() => {
    const options = [...of.current?.querySelectorAll('[cmdk-item]:not([aria-disabled="true"])') ?? []];
    if (options.some((option) => option.getAttribute('aria-selected') === 'true')) return;
    const first = options[0]?.getAttribute('data-value');
    if (first !== null && first !== undefined) choose(first);
  });
  return null;
}

/** As an option, since a list box has to have one. */
function NothingFound() {
  const isEmpty = useCommandState((state) => state.filtered.count === 0);
  return isEmpty ? <div role="option" aria-disabled="true" aria-selected="false" className="menu-empty">Nothing is called that</div> : null;
}
