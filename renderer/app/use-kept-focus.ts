import { useEffect } from 'react';

/** Dialogs give the focus back by themselves, a moment after they are gone, ms. */
const SETTLES_MS = 60;

/** Keeps the focus where a key or a screen reader finds it: on a new screen, and when what had it is gone, it goes to the screen's list or title. */
export function useKeptFocus(path: string): void {
  useEffect(() => {
    let last: Element | null = null, isNew = true, timer: ReturnType<typeof setTimeout> | undefined;
    const isLost = (): boolean => (document.activeElement === null || document.activeElement === document.body) && (isNew || last?.isConnected === false);
    const bringHome = (): void => {
      timer = undefined;
      const home = homeOf(document.querySelector('main'));
      if (home !== null && isLost() && document.querySelector('[aria-modal=true]') === null) home.focus({ preventScroll: true });
    };
    const look = (): void => { if (timer === undefined && isLost()) timer = setTimeout(bringHome, SETTLES_MS); };
    const onFocus = (event: FocusEvent): void => { isNew = false; last = event.target instanceof Element ? event.target : null; };
    const watch = new MutationObserver(look);
    addEventListener('focusin', onFocus);
    watch.observe(document.body, { childList: true, subtree: true });
    last = document.activeElement;
    look();
    return () => { removeEventListener('focusin', onFocus); watch.disconnect(); clearTimeout(timer); };
  }, [path]);
}

/** The list that is worked in, else the title; null while neither is there or the list may still come. */
function homeOf(main: Element | null): HTMLElement | null {
  if (main?.querySelector('.loading, [aria-busy=true]') != null) return null;
  const home = main?.querySelector<HTMLElement>('[data-home]') ?? main?.querySelector<HTMLElement>('h1') ?? null;
  if (home !== null && !home.hasAttribute('tabindex')) home.tabIndex = -1;
  return home;
}
