const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
const caps: Readonly<Record<string, string>> = { space: 'Space', enter: '↵', escape: 'Esc', up: '↑', down: '↓', left: '←', pagedown: 'PgDn', pageup: 'PgUp', home: 'Home', end: 'End', right: '→', shift: '⇧', alt: 'Alt' };

/** The caps to draw for keys: `mod+k` gives `⌘`, `K` on a Mac and `Ctrl`, `K` elsewhere. */
export function keyCaps(keys: string, mac: boolean = isMac): readonly string[] {
  if (keys === '+') return ['+'];
  const parts = keys.split('+');
  return parts.map((part) => (part === 'mod' ? (mac ? '⌘' : 'Ctrl') : (caps[part] ?? (parts.length > 1 && part.length === 1 ? part.toUpperCase() : part))));
}

/** A shortcut as key caps. Hidden from screen readers: the control beside it has its own name. */
export function Kbd({ keys }: { readonly keys: string }) {
  return <>{keyCaps(keys).map((cap) => <kbd key={cap} aria-hidden="true">{cap}</kbd>)}</>;
}
