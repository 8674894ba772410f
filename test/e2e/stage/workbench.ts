import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { ROOT, startEngine, type Engine } from './engine.ts';
import { findChromium } from './find-chromium.ts';
import { watchStrays, type Strays } from './strays.ts';

/** One open workbench: its own copy of the demo's workspace, its own engine process, its own browser profile. */
export interface Workbench {
  readonly page: Page; readonly context: BrowserContext; readonly file: string; readonly dir: string; readonly strays: Strays;
  /** The engine that serves the page now. */
  engine: Engine;
}

export interface Opening {
  /** Past the notes of the first run; default true. */
  readonly coachDone?: boolean;
  /** A new workspace instead of the demo's. */
  readonly empty?: boolean;
  /** How the engine is started; default: in a process of its own. */
  readonly start?: (file: string) => Promise<Engine>;
}

let browser: Browser | undefined;
afterAll(async () => { await browser?.close(); browser = undefined; });

async function openWorkbench({ coachDone = true, empty = false, start = startEngine }: Opening): Promise<Workbench> {
  browser ??= await launchChromium();
  const dir = mkdtempSync(join(tmpdir(), 'winnow-e2e-'));
  // Only a file of the demo's own name is the demo.
  const file = join(dir, empty ? 'acme.db' : 'winnow-demo.db');
  if (!empty) cpSync(inject('filled'), file);
  const engine = await start(file);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', colorScheme: 'dark', locale: 'en-GB', timezoneId: 'Europe/Berlin' });
  context.setDefaultTimeout(20_000);
  const strays = await watchStrays(context, `http://127.0.0.1:${engine.port}`);
  if (coachDone) await context.addInitScript(() => { if (location.protocol === 'http:' && localStorage.getItem('winnow.preferences') === null) localStorage.setItem('winnow.preferences', JSON.stringify({ coachDone: true })); });
  const page = await context.newPage();
  await page.goto(engine.link);
  // The one-time token is exchanged by now: from here on the tab has its session.
  await page.locator('main [role=row].cur, main .state-box').first().waitFor();
  return { page, context, file, dir, strays, engine };
}

/**
 * A test on an open workbench. Whatever else it looks at, the page must not have asked anyone but its own origin, written an error to the
 * console, thrown, or broken its content policy.
 */
export function workbenchTest(name: string, run: (workbench: Workbench) => Promise<void>, opening: Opening = {}): void {
  // oxlint-disable-next-line vitest/valid-title -- each caller gives a sentence
  test(name, async () => {
    const workbench = await openWorkbench(opening);
    try {
      await run(workbench);
      expect(workbench.strays.list).toEqual([]);
    } catch (error) {
      await workbench.page.screenshot({ path: join(ROOT, 'dist', 'e2e', `${name.slice(0, 60).replaceAll(/\W+/g, '-')}.png`) }).catch(() => undefined);
      throw error;
    } finally {
      await workbench.context.close();
      await workbench.engine.close();
      rmSync(workbench.dir, { recursive: true, force: true });
    }
  });
}

/** Tests that need a browser: skipped by name where there is none. */
export const describeInBrowser = findChromium() === undefined ? describe.skip : describe;
