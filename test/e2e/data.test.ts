import { readFileSync } from 'node:fs';
import type { Page } from 'playwright';
import { expect } from './stage/expect.ts';
import { exportAbout } from './stage/new-findings.ts';
import { goTo } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

/** Drops a file on the window as a file manager would. */
async function dropFile(page: Page, name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(({ fileName, text }) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], fileName, { type: 'application/json' }));
    return transfer;
  }, { fileName: name, text: content });
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer: data });
}

describeInBrowser('data in and out in the browser', () => {
  workbenchTest('the figures say what those incidents lack that wait for a person', async ({ page }) => {
    await goTo(page, '/figures');
    const table = page.getByRole('region', { name: 'What is missing' }).getByRole('table');
    await expect(table.getByRole('row', { name: /^an owner for the entity or its account in the policy/ })).toContainText('owner_identified');
  });

  workbenchTest('a dropped file is shown before it is imported, becomes an incident, and leaves with its import', async ({ page }) => {
    await goTo(page, '/ingest');
    await dropFile(page, 'hub-export.json', exportAbout('nw-new-landing-zone'));
    const preview = page.getByRole('region', { name: 'Preview of hub-export.json' });
    await expect(preview).toContainText('The first 1 record as mapped');
    await expect(preview).toContainText('1 record can\'t be read and would be quarantined');
    await expect(preview).toContainText('nw-new-landing-zone');
    await page.keyboard.press('Control+Enter');
    const outcome = page.getByRole('status').filter({ hasText: 'quarantined in 1 file' });
    await expect(outcome).toContainText('1 new, 0 duplicate, 1 quarantined');
    await outcome.getByRole('button', { name: '1 quarantined' }).click();
    await expect(outcome).toContainText('Id: missing');

    await goTo(page, '/queue?text=nw-new-landing-zone');
    await expect(page.getByRole('grid', { name: 'Incidents' })).toHaveAttribute('aria-rowcount', '2');
    await expect(page.getByRole('complementary', { name: /^Peek/ })).toContainText('needs_human_review');

    await goTo(page, '/ingest');
    await page.getByRole('row', { name: /hub-export\.json/ }).getByRole('button', { name: 'Roll back' }).click();
    const dialog = page.getByRole('dialog', { name: /Roll back/ });
    await expect(dialog).toContainText('Up to 1 record');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('dialog', { name: 'Rolled back' })).toContainText('1 finding, 0 events and 0 resources are gone');
    await page.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('row', { name: /hub-export\.json/ })).toContainText('rolled back');
    await goTo(page, '/queue?text=nw-new-landing-zone');
    await expect(page.getByRole('heading', { name: 'No incident fits these filters' })).toBeVisible();
  });

  workbenchTest('a statement runs read-only and its result leaves as CSV', async ({ page, strays }) => {
    await goTo(page, '/sql');
    const editor = page.locator('.cm-content');
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('SELECT decision, count(*) AS n FROM queue GROUP BY decision ORDER BY n DESC', { delay: 0 });
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('region', { name: 'SQL' })).toContainText('4 rows');
    await expect(page.getByRole('grid')).toHaveAttribute('aria-rowcount', '5');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
    expect(download.suggestedFilename()).toMatch(/^winnow-.*\.csv$/);
    const lines = readFileSync(await download.path(), 'utf8').trim().split(/\r?\n/);
    expect(lines[0]?.replace('\uFEFF', '')).toBe('decision,n');
    expect(lines).toHaveLength(5);
    expect(lines.some((line) => /^needs_human_review,\d+$/.test(line))).toBe(true);

    // Chromium tells of a refused call in the console by itself.
    strays.allow(/status of 422 .*\/rpc\/sql\/run/);
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('DELETE FROM incidents', { delay: 0 });
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('alert')).toContainText('The statement did not run');
  });

  workbenchTest('an edited policy shows which decisions would flip, and saving it makes them so', async ({ page }) => {
    await goTo(page, '/policy');
    const effects = page.getByRole('complementary', { name: 'What it would change' });
    const editor = page.locator('.cm-content');
    await editor.click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('owners: [\n', { delay: 0 });
    await expect(effects).toContainText('problem');
    await page.getByRole('button', { name: 'Revert' }).click();
    await expect(effects).toContainText('Nothing is changed');

    // The messaging team leaves: its machine has no active owner any more, and alice's bucket reader stays.
    const line = page.locator('.cm-line', { hasText: 'id: orders-team' });
    await line.click();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await page.keyboard.type('- {id: orders-team, active: false, aliases: [orders], contact: "#orders"}', { delay: 0 });
    await expect(effects).toContainText('orders-prod');
    await expect(effects).toContainText('needs_human_review');
    await page.keyboard.press('Control+s');
    await expect(effects).toContainText('Version 2 is in force');
    await goTo(page, '/queue?text=orders-prod');
    await expect(page.getByRole('complementary', { name: /^Peek/ })).toContainText('needs_human_review');
  });
});
