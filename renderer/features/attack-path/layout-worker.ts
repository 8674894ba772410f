import { type LayoutInput, layoutOf } from './layout.ts';

// A thread's entry: one picture in, its layout out. The first message says that the thread is there: loading it doesn't count against the limit.
addEventListener('message', (event: MessageEvent<{ readonly id: number; readonly input: LayoutInput }>) => {
  const { id, input } = event.data;
  self.postMessage({ id, layout: layoutOf(input) });
});
self.postMessage({ id: 0 });
