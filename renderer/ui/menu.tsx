import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon, type IconName } from './icons.tsx';

export interface MenuItem {
  readonly id: string; readonly label: string;
  /** At the right: a count, a key. */
  readonly hint?: string; readonly icon?: IconName; readonly checked?: boolean; readonly disabled?: boolean; readonly group?: string;
}

interface MenuProps {
  readonly label: string; readonly trigger: ReactNode; readonly items: readonly MenuItem[]; readonly onPick: (id: string) => void;
  /** Stays open while picking several. */
  readonly several?: boolean; readonly className?: string; readonly align?: 'left' | 'right'; readonly empty?: string; readonly footer?: ReactNode;
}

/** A button that opens a list: arrows, Home, End and letters move, Enter and Space pick, Esc closes and gives the focus back. */
export function Menu({ label, trigger, items, onPick, several = false, className = 'f', align = 'left', empty = 'Nothing to choose', footer }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null), button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return;
    const stops = entriesOf(root.current);
    (stops.find((stop) => stop.getAttribute('aria-checked') === 'true') ?? stops[0])?.focus();
    const onDown = (event: MouseEvent): void => { if (event.target instanceof Node && root.current?.contains(event.target) !== true) setOpen(false); };
    addEventListener('mousedown', onDown);
    return () => removeEventListener('mousedown', onDown);
  }, [open]);
  const close = (): void => { setOpen(false); button.current?.focus(); };
  const pick = (item: MenuItem): void => { if (item.disabled === true) return; onPick(item.id); if (!several) close(); };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(); }
    else if (event.key === 'Tab') setOpen(false);
    else if (moveFocus(event.key, root.current)) event.preventDefault();
  };
  return (
    <div className="menu-root" ref={root}>
      <button ref={button} type="button" className={className} aria-haspopup="menu" aria-expanded={open} aria-label={label} title={label} onClick={() => setOpen(!open)} onKeyDown={(event) => { if (!open && event.key === 'ArrowDown') { event.preventDefault(); setOpen(true); } }}>{trigger}</button>
      {open && (
        <div className={`menu ${align}`} role="menu" aria-label={label} onKeyDown={onKey}>
          {items.length === 0 && <p className="menu-empty">{empty}</p>}
          <MenuEntries items={items} several={several} onPick={pick} />
          {footer !== undefined && <div className="menu-foot">{footer}</div>}
        </div>
      )}
    </div>
  );
}

function MenuEntries({ items, several, onPick }: { readonly items: readonly MenuItem[]; readonly several: boolean; readonly onPick: (item: MenuItem) => void }) {
  return items.map((item, i) => (
    <div key={item.id} role="none">
      {item.group !== undefined && item.group !== items[i - 1]?.group && <p className="menu-group head">{item.group}</p>}
      <button type="button" className="menu-item" role={item.checked === undefined ? 'menuitem' : several ? 'menuitemcheckbox' : 'menuitemradio'} aria-checked={item.checked} aria-disabled={item.disabled} tabIndex={-1} onClick={() => onPick(item)}>
        {item.checked !== undefined && <span className="menu-check">{item.checked && <Icon name="check" size="s" />}</span>}
        {item.icon && <Icon name={item.icon} size="m" />}<span className="clip grow">{item.label}</span>{item.hint !== undefined && <span className="menu-hint">{item.hint}</span>}
      </button>
    </div>
  ));
}

const entriesOf = (root: HTMLElement | null): readonly HTMLElement[] => [...(root?.querySelectorAll<HTMLElement>('.menu-item') ?? [])];

function moveFocus(key: string, root: HTMLElement | null): boolean {
  const stops = entriesOf(root), now = stops.findIndex((stop) => stop === document.activeElement);
  const to = key === 'ArrowDown' ? stops[(now + 1) % stops.length] : key === 'ArrowUp' ? stops[(now - 1 + stops.length) % stops.length] : key === 'Home' ? stops[0] : key === 'End' ? stops.at(-1)
    : key.length === 1 && key !== ' ' ? [...stops.slice(now + 1), ...stops].find((stop) => stop.textContent?.trim().toLowerCase().startsWith(key.toLowerCase())) : undefined;
  to?.focus();
  return to !== undefined;
}
