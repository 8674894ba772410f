import { useEffect, useState } from 'react';

/** The inner size of an element, as it changes; 0 before it is there. */
export function useSize(element: HTMLElement | null): { readonly width: number; readonly height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => { if (entry) setSize({ width: Math.round(entry.contentRect.width), height: Math.round(entry.contentRect.height) }); });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return size;
}
