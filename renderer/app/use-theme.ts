import { useEffect } from 'react';
import { useStore } from '../state/store.ts';

/** Puts the chosen theme on the page and follows the system's while that is the choice. */
export function useTheme(): void {
  const theme = useStore((s) => s.preferences.theme);
  useEffect(() => {
    const light = matchMedia('(prefers-color-scheme: light)');
    const apply = (): void => { document.documentElement.dataset['theme'] = theme === 'system' ? (light.matches ? 'light' : 'dark') : theme; };
    apply();
    light.addEventListener('change', apply);
    return () => light.removeEventListener('change', apply);
  }, [theme]);
}
