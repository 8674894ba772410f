import { type RefObject, useEffect, useRef } from 'react';

/** A panel with less than this in sight, px, is brought up; it may grow for so long, ms, until its content is there. */
const ENOUGH = 320, GROWS_MS = 1500;

/** Brings the panel of a tab that somebody opened into sight where the card above leaves it no room; a tab that merely stays open is left where it is. */
export function useReveal(tab: string): { readonly box: RefObject<HTMLDivElement | null>; readonly reveal: () => void } {
  const box = useRef<HTMLDivElement>(null), isWanted = useRef(false);
  useEffect(() => {
    const panel = box.current;
    if (!isWanted.current || panel === null) return;
    isWanted.current = false;
    const watch = new ResizeObserver(() => bringUp(panel));
    watch.observe(panel);
    const timer = setTimeout(() => watch.disconnect(), GROWS_MS);
    return () => { watch.disconnect(); clearTimeout(timer); };
  }, [tab]);
  return { box, reveal: () => { isWanted.current = true; } };
}

function bringUp(panel: HTMLElement): void {
  const frame = panel.parentElement, tabs = panel.previousElementSibling;
  if (frame === null || tabs === null) return;
  const { top, bottom } = frame.getBoundingClientRect();
  // Only the column moves: scrollIntoView would take the whole page along.
  if (bottom - panel.getBoundingClientRect().top < ENOUGH) frame.scrollTop += tabs.getBoundingClientRect().top - top;
}
