import type { Page } from 'playwright';
import { z } from 'zod';

// What runs inside the page to time it. Each time ends after the frame that shows the change has been handed to the screen.

declare global {
  interface Window { winnowBench?: { readonly keys: number[]; afterPaint(): Promise<number>; go(path: string, isThere: () => boolean): Promise<number> } }
}

/** Installs the clock before the page's own code; key presses are timed from the browser's own time stamp of the event. */
export async function installClock(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const afterPaint = (): Promise<number> => new Promise((resolve) => { requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => resolve(performance.now()); port2.postMessage(0); }); });
    const keys: number[] = [];
    addEventListener('keydown', (event) => { void afterPaint().then((at) => keys.push(at - event.timeStamp)); }, { capture: true });
    window.winnowBench = {
      keys, afterPaint,
      async go(path, isThere) {
        const started = performance.now();
        history.pushState(null, '', path);
        dispatchEvent(new PopStateEvent('popstate'));
        while (!isThere()) await new Promise((resolve) => { requestAnimationFrame(resolve); });
        return await afterPaint() - started;
      },
    };
  });
}

const times = z.array(z.number());

/** Presses a key so many times, each when the one before has been painted. @returns milliseconds from press to paint */
export async function timeKey(page: Page, key: string, presses: number): Promise<readonly number[]> {
  await page.evaluate(() => { window.winnowBench?.keys.splice(0); });
  for (let n = 1; n <= presses; n++) {
    await page.keyboard.press(key);
    await page.waitForFunction((count) => (window.winnowBench?.keys.length ?? 0) >= count, n, { polling: 5 });
  }
  return times.parse(await page.evaluate(() => window.winnowBench?.keys));
}

/** Filters the queue by an address. @returns milliseconds until the rows that fit are on the screen */
export async function timeFilter(page: Page, query: string): Promise<number> {
  return z.number().parse(await page.evaluate((path) => {
    let wasBusy = false;
    return window.winnowBench?.go(path, () => {
      const isBusy = document.querySelector('.s-queue .list')?.getAttribute('aria-busy') === 'true';
      wasBusy ||= isBusy;
      return wasBusy && !isBusy && document.querySelector('.s-queue :is([role=row].cur, .state-box)') !== null;
    });
  }, `/queue?${query}`));
}

/** Opens an incident by its address. @returns milliseconds until its decision is on the screen */
export async function timeIncident(page: Page, id: string): Promise<number> {
  return z.number().parse(await page.evaluate((wanted) => window.winnowBench?.go(`/incident/${wanted}`, () => document.querySelector('.s-incident .crumb .mono')?.textContent === wanted && document.querySelector('.s-incident .card') !== null), id));
}

const scrollSchema = z.object({ frames: z.number(), blank: z.number(), rows: z.number() });

/** Scrolls the queue down so many rows a frame. @returns the frames, and in how many of them a row in sight had no content yet */
export async function scrollQueue(page: Page, frames: number, rowsPerFrame: number): Promise<z.infer<typeof scrollSchema>> {
  return scrollSchema.parse(await page.evaluate(async ({ many, step }) => {
    const grid = document.querySelector('.s-queue [role=grid]');
    let blank = 0;
    for (let frame = 0; frame < many && grid; frame++) {
      grid.scrollTop += step * 28;
      await new Promise((resolve) => { requestAnimationFrame(resolve); });
      await new Promise((resolve) => { requestAnimationFrame(resolve); });
      const box = grid.getBoundingClientRect();
      const middle = document.elementFromPoint(box.left + 200, box.top + box.height / 2)?.closest('[role=row]');
      const waiting = [...grid.querySelectorAll('[role=row].waiting')].some((row) => { const at = row.getBoundingClientRect(); return at.bottom > box.top && at.top < box.bottom; });
      if (waiting || !middle) blank += 1;
    }
    return { frames: many, blank, rows: many * step };
  }, { many: frames, step: rowsPerFrame }));
}

/** How long the page waited for its calls of a procedure (engine and transport) since it was last asked, in milliseconds. */
export async function callTimes(page: Page, procedure: string): Promise<readonly number[]> {
  return times.parse(await page.evaluate((path) => {
    const found = performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith(path)).map((entry) => entry.duration);
    performance.clearResourceTimings();
    return found;
  }, `/rpc/${procedure.replace('.', '/')}`));
}
