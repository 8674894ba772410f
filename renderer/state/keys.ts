/** What of a key press counts here; a KeyboardEvent fits. */
export interface Press { readonly key: string; readonly ctrlKey: boolean; readonly metaKey: boolean; readonly altKey: boolean; readonly shiftKey: boolean }

export const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/**
 * Does a press match keys such as `j`, `?`, `space`, `enter`, `mod+k`, `shift+j`? `mod` is ⌘ on a Mac and Ctrl elsewhere. Shift counts only
 * with letters and named keys: `?` is whatever the layout needs for it.
 */
export function matchesKeys(keys: string, press: Press, mac: boolean = isMac): boolean {
  const parts = keys.split('+');
  const key = keys.endsWith('++') || keys === '+' ? '+' : (parts.at(-1) ?? '');
  const wantsMod = parts.includes('mod'), wantsShift = parts.includes('shift');
  const mod = mac ? press.metaKey : press.ctrlKey, other = mac ? press.ctrlKey : press.metaKey;
  if (mod !== wantsMod || other || press.altKey !== parts.includes('alt')) return false;
  const pressed = names[press.key] ?? press.key.toLowerCase();
  if (pressed !== key) return false;
  return /^[a-z]$|^[a-z]{2,}$/.test(key) ? press.shiftKey === wantsShift : true;
}

const names: Readonly<Record<string, string>> = { ' ': 'space', ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', Escape: 'escape', Enter: 'enter' };
