import type { Page } from 'playwright';
import { rowsOf } from './stage/database.ts';
import { type EngineHere, startEngineHere } from './stage/engine-here.ts';
import { startEngine } from './stage/engine.ts';
import { expect } from './stage/expect.ts';
import { goTo } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

const APPROVALS = "SELECT i.id AS id, count(*) AS n FROM reviews r JOIN incidents i ON i.key = r.key WHERE r.action = 'approve' GROUP BY i.id ORDER BY i.id";
const approved = (file: string): readonly object[] => rowsOf(file, APPROVALS);
const once = (ids: readonly string[]): readonly object[] => ids.toSorted().map((id) => ({ id, n: 1 }));

/** Presses `a` on the current row and waits until the queue has moved on. @returns the incident that it was pressed for */
async function approveRow(page: Page): Promise<string> {
  const current = page.locator('[role=row].cur');
  const row = await current.getAttribute('id') ?? '';
  await page.keyboard.press('a');
  await expect(current).not.toHaveAttribute('id', row);
  return row.replace('row-', '');
}

/** Remembers every notice that the bottom bar shows, however short. */
async function listenToNotices(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const bar = document.querySelector('footer.jobs');
    if (bar === null) return;
    new MutationObserver(() => { document.documentElement.dataset['said'] = `${document.documentElement.dataset['said'] ?? ''}\n${bar.textContent}`; }).observe(bar, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => document.documentElement.dataset['said'] ?? '');
}

describeInBrowser('an engine that dies under an open screen', () => {
  let here: EngineHere | undefined;
  const start = async (file: string): Promise<EngineHere> => { here = await startEngineHere(file); return here; };

  workbenchTest('a killed writer is announced and comes back, and each approval happens exactly once', async ({ page, file, strays }) => {
    // A call that the dying writer took along is answered with an error, of which Chromium tells in the console by itself.
    strays.allow(/status of (422|500|503)/);
    await goTo(page, '/queue?decision=ticket');
    const said = await listenToNotices(page);
    const ids: string[] = [];
    for (let press = 0; press < 7; press++) {
      // The third press meets a dying writer, the next ones its successor on its way.
      if (press === 2) void here?.desk.kill('engine');
      ids.push(await approveRow(page));
    }
    await expect.poll(() => approved(file)).toEqual(once(ids));
    await expect.poll(said).toMatch(/The engine is (gone|starting again)/);
    await expect(page.locator('footer.jobs')).not.toContainText(/engine is|waits for the engine|no answer/);
  }, { start });

  workbenchTest('after a crash of the whole engine the screen says so, and everything that was acknowledged is there again', async (workbench) => {
    const { page, file, strays, engine } = workbench;
    strays.allow(/net::ERR_\w+|status of 401|WebSocket connection/);
    await goTo(page, '/queue?decision=ticket');
    const ids = [await approveRow(page), await approveRow(page)];
    await expect.poll(() => approved(file)).toEqual(once(ids));
    await engine.kill();
    const bar = page.locator('footer.jobs');
    await expect(bar).toContainText('The engine is gone');
    // The rows stay readable, and a key press waits instead of getting lost.
    await expect(page.getByRole('grid', { name: 'Incidents' })).toBeVisible();
    await approveRow(page);
    await expect(bar).toContainText(/waits for the engine|no answer/);

    workbench.engine = await startEngine(file, engine.port);
    await expect(page.getByRole('heading', { name: 'This window has no session' })).toBeVisible();
    await page.goto(workbench.engine.link);
    await goTo(page, '/queue?status=approved');
    await expect(page.getByRole('grid', { name: 'Incidents' })).toHaveAttribute('aria-rowcount', '3');
    expect(approved(file)).toEqual(once(ids));
  });
});
