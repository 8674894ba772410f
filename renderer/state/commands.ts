import { useEffect, useRef, useSyncExternalStore } from 'react';
import { matchesKeys } from './keys.ts';

/** One thing that a person can do now: a line of the palette, a shortcut, a line of the shortcuts overlay. */
export interface Command {
  readonly id: string;
  readonly title: string;
  /** The heading in the overlay and the palette: a screen's name, or `Everywhere`. */
  readonly group: string;
  readonly keys?: string;
  /** Another key for the same, e.g. an arrow beside a letter. */
  readonly also?: string;
  /** Why it can't be done now; it stays listed and says so. */
  readonly blocked?: string;
  /** A shortcut that makes no sense in the palette, e.g. `j`. */
  readonly keyOnly?: boolean;
  /** Also works while typing and in dialogs, e.g. `mod+enter`. */
  readonly anywhere?: boolean;
  run(): void;
}

let lists: readonly (readonly Command[])[] = [];
let flat: readonly Command[] = [];
const listeners = new Set<() => void>();

/** The newest form of every command that was ever there in this window: the key map knows other screens' keys from it. */
const seen = new Map<string, Command>();
let seenList: readonly Command[] = [];

function setLists(next: readonly (readonly Command[])[]): void {
  lists = next;
  flat = next.flat();
  for (const command of flat) seen.set(`${command.group} ${command.id}`, command);
  seenList = [...seen.values()];
  for (const listener of listeners) listener();
}

/** Makes commands available while the component is there. Later lists win where keys meet. */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  const signature = commands.map((c) => [c.id, c.title, c.keys, c.blocked].join('|')).join('\n');
  useEffect(() => {
    // What runs is always the newest closure; the list is told anew only when what it shows has changed.
    const list = latest.current.map((command): Command => ({ ...command, run: () => latest.current.find((c) => c.id === command.id)?.run() }));
    setLists([...lists, list]);
    return () => setLists(lists.filter((other) => other !== list));
  }, [signature]);
}

const listen = (listener: () => void): (() => void) => { listeners.add(listener); return () => { listeners.delete(listener); }; };
export const useSeenCommands = (): readonly Command[] => useSyncExternalStore(listen, () => seenList);
export const useAllCommands = (): readonly Command[] => useSyncExternalStore(listen, () => flat);

/** The command of a key press, or undefined. While typing, in a dialog or on a control only what belongs there. */
export function commandFor(event: KeyboardEvent): Command | undefined {
  // The innermost element: an editor's shadow root shows only its host as the target.
  const [inner = event.target] = event.composedPath();
  const target = inner instanceof HTMLElement ? inner : null;
  const isTyping = target?.closest('input, textarea, select, [contenteditable=true], .cm-editor') != null;
  const isModal = document.querySelector('[aria-modal=true]') !== null;
  const isControl = target?.closest('button, a, [role=tab], [role=menuitem], [role=option], summary') != null;
  return flat.toReversed().find((command) => {
    if (command.keys === undefined || command.blocked !== undefined || !(matchesKeys(command.keys, event) || (command.also !== undefined && matchesKeys(command.also, event)))) return false;
    if ((isTyping || isModal) && command.anywhere !== true) return false;
    return !(isControl && (command.keys === 'enter' || command.keys === 'space'));
  });
}

/** Listens for shortcuts on the whole page. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const command = commandFor(event);
      if (command === undefined) return;
      event.preventDefault();
      command.run();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
