import { expect } from './stage/expect.ts';
import { goTo } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

describeInBrowser('the attack paths in the browser', () => {
  workbenchTest('the canvas is walked and expanded by keys, never beyond its cap, and the table says the same', async ({ page }) => {
    await goTo(page, '/paths');
    const drawn = async (): Promise<number> => Number(/(\d+) of [\d,]+ nodes drawn/.exec(await page.locator('main').innerText())?.[1] ?? -1);
    await expect.poll(drawn).toBeGreaterThan(3);
    const before = await drawn(), address = page.url();
    await page.keyboard.press('p');
    await expect.poll(() => page.url()).not.toBe(address);
    const focused = (): Promise<string | null> => page.evaluate(() => document.activeElement?.getAttribute('data-node') ?? null);
    // The goal of the path is the active node: back along its edges, and on again.
    await page.keyboard.press('ArrowLeft');
    await expect.poll(focused).not.toBeNull();
    const there = await focused();
    await page.keyboard.press('ArrowRight');
    await expect.poll(focused).not.toBe(there);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(focused).toBe(there);

    for (let turn = 0; turn < 6; turn++) { await page.keyboard.press('+'); await page.keyboard.press('ArrowRight'); }
    await expect.poll(drawn).toBeGreaterThan(before);
    expect(await page.locator('[data-node]').count()).toBeLessThanOrEqual(400);

    await page.keyboard.press('v');
    await expect(page.getByRole('table').or(page.getByRole('grid')).first()).toContainText('can read');
    await page.keyboard.press('v');
    await expect(page.locator('[data-node]').first()).toBeVisible();
  });
});
