import { useEffect, useRef, useState } from 'react';
import type { Layout, LayoutInput } from './layout.ts';

/** Past this a layout is given up, and the table stands in (design 7-screens). */
export const LIMIT_MS = 2000;
export type LayoutState = { readonly state: 'working'; readonly layout: Layout | undefined } | { readonly state: 'done'; readonly layout: Layout } | { readonly state: 'failed'; readonly why: string };

interface Answer { readonly id: number; readonly layout?: Layout }
interface Thread { readonly worker: Worker; isReady: boolean; onReady: (() => void) | undefined }

/** Lays a picture out in a thread of its own. A newer picture replaces an older one that is still on its way. */
export function useLayout(input: LayoutInput | undefined): LayoutState {
  const [state, setState] = useState<LayoutState>({ state: 'working', layout: undefined });
  const thread = useRef<Thread | undefined>(undefined), turn = useRef(0), key = JSON.stringify(input);
  useEffect(() => () => { thread.current?.worker.terminate(); thread.current = undefined; }, []);
  useEffect(() => {
    if (input === undefined) return;
    const id = ++turn.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState((now) => ({ state: 'working', layout: now.state === 'failed' ? undefined : now.layout }));
    const give = (next: LayoutState): void => { clearTimeout(timer); if (id === turn.current) setState(next); };
    const stop = (why: string): void => { thread.current?.worker.terminate(); thread.current = undefined; give({ state: 'failed', why }); };
    const own = thread.current ?? startThread();
    thread.current = own;
    own.worker.onmessage = (event: MessageEvent<Answer>) => {
      if (event.data.id === 0) { own.isReady = true; own.onReady?.(); return; }
      if (event.data.id === turn.current && event.data.layout) give({ state: 'done', layout: event.data.layout });
    };
    own.worker.onerror = (event) => stop(event.message === '' ? 'the drawing failed' : event.message);
    own.onReady = () => { timer = setTimeout(() => stop(`drawing took more than ${LIMIT_MS / 1000} s`), LIMIT_MS); };
    if (own.isReady) own.onReady();
    own.worker.postMessage({ id, input });
    return () => clearTimeout(timer);
  }, [key]);
  return state;
}

const startThread = (): Thread => ({ worker: new Worker(new URL('layout-worker.ts', import.meta.url), { type: 'module' }), isReady: false, onReady: undefined });
