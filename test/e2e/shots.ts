import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright';
import { launchChromium } from './stage/chromium.ts';
import { startEngine } from './stage/engine.ts';
import { fillWorkspace } from './stage/fill-workspace.ts';
import { type Scene, scenes } from './stage/scenes.ts';

// Pictures of every screen and dialog: npm run shots [-- FOLDER [SCENE…]]. Default folder: dist/shots.
const [folder = join('dist', 'shots'), ...only] = process.argv.slice(2);
const sizes = [{ width: 1440, height: 900 }, { width: 1024, height: 700 }] as const;
const themes = ['dark', 'light'] as const;

const dir = mkdtempSync(join(tmpdir(), 'winnow-shots-'));
mkdirSync(folder, { recursive: true });
const file = fillWorkspace(dir);
const engine = await startEngine(file);
const browser = await launchChromium();
try {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(engine.link);
  await page.getByRole('note').waitFor();
  // The notes of the first run are there until they are dismissed.
  await shootAll(page, [{ name: 'first-run', show: () => Promise.resolve() }]);
  await page.getByRole('button', { name: 'Skip', exact: true }).click();
  await shootAll(page, scenes);
  console.info(`pictures are in ${resolve(folder)}`);
} finally {
  await browser.close();
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
}

async function shootAll(page: Page, some: readonly Scene[]): Promise<void> {
  for (const scene of some) {
    if (only.length > 0 && !only.includes(scene.name)) continue;
    for (const size of sizes) {
      await page.setViewportSize(size);
      await scene.show(page);
      for (const theme of themes) {
        await page.emulateMedia({ colorScheme: theme });
        await page.screenshot({ path: join(folder, `${scene.name}-${theme}-${size.width}.png`) });
      }
    }
  }
}
