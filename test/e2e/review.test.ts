import { expect } from './stage/expect.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

describeInBrowser('reviewing in the browser', () => {
  workbenchTest('the first run leads from the queue over the evidence to a reviewed decision that replays identically', async ({ page }) => {
    const notes = page.getByRole('note');
    for (const words of ['1 of 3', '2 of 3']) { await expect(notes).toContainText(words); await page.getByRole('button', { name: 'Next', exact: true }).click(); }
    await expect(notes).toContainText('3 of 3');
    await page.getByRole('button', { name: 'Done' }).click();
    await expect(notes).toHaveCount(0);
    await expect(page.locator('.qh')).toContainText('incidents');
    await expect(page.locator('.top')).toContainText('0 B out');

    const peek = page.getByRole('complementary', { name: /^Peek/ });
    await expect(peek).toContainText('Start here');
    await expect(peek).toContainText('backup-dev-legacy');
    await peek.getByRole('link', { name: 'c02' }).first().click();
    await expect(page.getByRole('tab', { name: /Trace/ })).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByRole('tabpanel')).toContainText('network_analyzer');

    await page.keyboard.press('a');
    const approved = page.getByRole('button', { name: /^Approved/ });
    await expect(approved).toBeDisabled();
    await expect(page.locator('footer.jobs')).toContainText(/Approve INC-[\d-]+, held for/);
    await page.keyboard.press('Control+z');
    await expect(page.locator('.ih').getByRole('button', { name: /^Approve\b/ })).toBeEnabled();

    await page.keyboard.press('2');
    const dialog = page.getByRole('dialog', { name: /^Override/ });
    await page.keyboard.press('Control+Enter');
    await expect(dialog.getByRole('alert').first()).toBeVisible();
    await dialog.getByLabel('Reason').selectOption('business_context');
    await dialog.getByLabel('Note').fill('Goes away with the account next week');
    await dialog.getByRole('checkbox', { name: /mitigation_confirmed/ }).check();
    await page.keyboard.press('Control+Enter');
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Decision' })).toContainText('overridden by analyst');
    await page.keyboard.press('h');
    await expect(page.getByRole('tabpanel')).toContainText('Goes away with the account next week');

    await page.keyboard.press('Control+k');
    await page.keyboard.type('Go to Replay');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Replay the workspace' }).first()).toBeVisible();
    await page.keyboard.press('Control+Enter');
    const counts = page.locator('.counts');
    await expect(counts).toContainText('identical');
    await expect(counts.locator('div', { hasText: 'different' })).toContainText('0');
    await expect(counts.locator('div', { hasText: 'by people' })).toContainText('1');
  }, { coachDone: false });

  workbenchTest('findings that are split out become an incident of their own, and merging brings them back', async ({ page }) => {
    await page.goto(new URL('/queue?text=nw-prod-db-backups', page.url()).href);
    const rows = page.getByRole('grid', { name: 'Incidents' });
    await expect(rows).toHaveAttribute('aria-rowcount', '2');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('s');
    const split = page.getByRole('dialog', { name: /^Split/ });
    const boxes = split.getByRole('checkbox');
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await expect(split).toContainText('2 findings leave');
    await page.keyboard.press('Control+Enter');
    await expect(split).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(rows).toHaveAttribute('aria-rowcount', '3');

    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.keyboard.press('m');
    const merge = page.getByRole('dialog', { name: /^Merge/ });
    await merge.getByRole('checkbox').first().check();
    await expect(merge).toContainText('1 incident');
    await page.keyboard.press('Control+Enter');
    await expect(merge).toHaveCount(0);
    await page.keyboard.press('Escape');
    await expect(rows).toHaveAttribute('aria-rowcount', '2');
  });
});
