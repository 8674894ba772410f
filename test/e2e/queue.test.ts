import { expect } from './stage/expect.ts';
import { goTo, settle } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

describeInBrowser('the queue in the browser', () => {
  workbenchTest('filters stand in the address, a view is saved by name, and a reload shows the same', async ({ page }) => {
    const rows = page.getByRole('grid', { name: 'Incidents' });
    const all = Number(await rows.getAttribute('aria-rowcount'));
    await page.getByRole('button', { name: 'Decision', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: /^ticket/ }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Severity', exact: true }).click();
    await page.getByRole('menuitemradio', { name: /high/ }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('?decision=ticket&severity=high');
    await settle(page);
    await expect.poll(async () => Number(await rows.getAttribute('aria-rowcount'))).toBeLessThan(all);
    const shown = await rows.getAttribute('aria-rowcount');
    await expect(page.locator('.filters .hid')).toContainText('hidden by filters');

    await page.getByRole('button', { name: 'Source', exact: true }).focus();
    for (const key of ['ArrowDown', 'w', 'Enter', 'End', 'Enter', 'Escape']) await page.keyboard.press(key);
    await expect(page.getByRole('button', { name: 'Source: not Wiz' })).toBeFocused();
    await expect.poll(() => new URL(page.url()).search).toBe('?decision=ticket&source=wiz&not=source&severity=high');
    await expect.poll(async () => Number(await rows.getAttribute('aria-rowcount'))).toBeLessThan(Number(shown));
    await page.getByRole('button', { name: 'Remove the filter Source' }).click();
    await expect(rows).toHaveAttribute('aria-rowcount', shown ?? '');

    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view' }).click();
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect(rows).toHaveAttribute('aria-rowcount', String(all));
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('menuitem', { name: 'decision ticket, severity high', exact: true }).click();
    await expect(rows).toHaveAttribute('aria-rowcount', shown ?? '');
    await page.reload();
    await expect(rows).toHaveAttribute('aria-rowcount', shown ?? '');
    await expect(page.getByRole('button', { name: 'Decision: ticket' })).toBeVisible();
    expect(new URL(page.url()).search).toContain('decision=ticket&severity=high');
  });

  workbenchTest('the queue, an incident and every review are reached by keys alone', async ({ page, file }) => {
    const current = page.locator('[role=row].cur');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect(current).toHaveAttribute('aria-rowindex', '4');
    await page.keyboard.press('k');
    await expect(current).toHaveAttribute('aria-rowindex', '3');
    const peek = page.getByRole('complementary', { name: /^Peek/ });
    await page.keyboard.press('Space');
    await expect(peek).toHaveCount(0);
    await page.keyboard.press('Space');
    await expect(peek).toBeVisible();

    await page.keyboard.press('/');
    await page.keyboard.type('bastion');
    await expect(page.getByRole('grid', { name: 'Incidents' })).toHaveAttribute('aria-rowcount', '2');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('Ensure no EC2 instances');
    for (const [key, tab] of [['e', 'Evidence'], ['t', 'Trace'], ['c', 'Attack path'], ['h', 'History'], ['o', 'Story']] as const) {
      await page.keyboard.press(key);
      await expect(page.getByRole('tab', { name: new RegExp(`^${tab}`) })).toHaveAttribute('aria-selected', 'true');
    }
    await page.keyboard.press('r');
    await expect(page.getByRole('dialog', { name: 'Raw record' })).toContainText('As the tool wrote it');
    await page.keyboard.press('Escape');
    for (const [key, name] of [['1', 'Override'], ['s', 'Split'], ['m', 'Merge']] as const) {
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog', { name: new RegExp(`^${name}`) })).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    await page.keyboard.press('a');
    await expect(page.getByRole('button', { name: /^Approved/ })).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(page.locator('.ih').getByRole('button', { name: /^Approve\b/ })).toBeEnabled();

    await page.keyboard.press('3');
    const dialog = page.getByRole('dialog', { name: /^Override/ });
    for (let stop = 0; stop < 40 && await page.evaluate(() => document.activeElement?.tagName !== 'SELECT'); stop++) await page.keyboard.press('Tab');
    await page.keyboard.type('Evidence is w');
    await page.keyboard.press('Tab');
    await page.keyboard.type('The rule is gone since this morning');
    await page.keyboard.press('Control+Enter');
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Decision' })).toContainText('overridden by');

    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toContainText('Next row');
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await expect(page.locator('.top')).toContainText('local');
    expect(file).toMatch(/\.db$/);
  });

  workbenchTest('a selection is approved at once, without what pages, needs a person or touches identities', async ({ page }) => {
    await goTo(page, '/queue?priority=P3&priority=P4&priority=P1');
    await page.keyboard.press('x');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Shift+a');
    const dialog = page.getByRole('dialog', { name: /^Approve/ });
    await expect(dialog).toContainText('Left out');
    const going = Number(/Approve (\d+)/.exec(await dialog.getByRole('button', { name: /^Approve \d+/ }).innerText())?.[1]);
    expect(going).toBeGreaterThan(2);
    await page.keyboard.press('Control+Enter');
    await expect(dialog).toHaveCount(0);
    await goTo(page, '/queue?status=approved');
    await expect(page.getByRole('grid', { name: 'Incidents' })).toHaveAttribute('aria-rowcount', String(going + 1));
  });

  workbenchTest('the focus is never lost: when what had it goes away, it is in the list or on the title', async ({ page }) => {
    const rows = page.getByRole('grid', { name: 'Incidents' });
    await expect(rows).toBeFocused();
    await page.getByRole('button', { name: 'Close, space' }).press('Enter');
    await expect(page.getByRole('complementary', { name: /^Peek/ })).toHaveCount(0);
    await expect(rows).toBeFocused();
    await goTo(page, '/queue?decision=ticket');
    await page.getByRole('button', { name: 'Remove the filter Decision' }).press('Enter');
    await expect(rows).toBeFocused();
    // Typing goes on, whether or not something is found meanwhile.
    await page.keyboard.press('/');
    await page.keyboard.type('zz');
    await expect(page.getByRole('heading', { name: 'No incident fits these filters' })).toBeVisible();
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Backspace');
    await expect(rows).toBeVisible();
    await expect(page.getByLabel('Filter by text')).toBeFocused();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: /S3 general purpose buckets/ })).toBeFocused();
    await page.getByRole('button', { name: 'Approve once' }).first().press('Enter');
    await expect(page.getByText(/^Held \d+ s$/)).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  });

  workbenchTest('the palette goes to what is typed, and says what each incident is about', async ({ page }) => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused();
    await page.keyboard.type('orders-prod');
    const found = page.getByRole('dialog').getByRole('option');
    await expect(found).toHaveCount(1);
    await expect(found).toContainText('orders-prod');
    await expect(found).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('RDS instances should have automatic backups');
  });

  workbenchTest('an image is told by its name and tag, and the way out stands beside what the filters hide', async ({ page }) => {
    await goTo(page, '/queue?text=openssl&decision=needs_human_review&severity=high');
    await expect(page.locator('[role=row].cur .ent')).toHaveText('orders-api:4.12.1');
    const [hides, clear] = [await page.locator('.hid').boundingBox(), await page.getByRole('button', { name: 'Clear' }).boundingBox()];
    expect(Math.abs((hides?.y ?? 0) - (clear?.y ?? 99))).toBeLessThan(12);
  });

  workbenchTest('a tab that is opened in a small window comes into sight, and only its column moves', async ({ page }) => {
    await page.setViewportSize({ width: 1024, height: 700 });
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (const [key, words] of [['e', /^Claims/], ['t', /^Steps/], ['c', /^Attack paths/]] as const) {
      await page.keyboard.press(key);
      await expect(page.getByRole('tabpanel').getByRole('heading', { name: words }).first()).toBeInViewport();
      await expect.poll(async () => (await page.getByRole('tabpanel').boundingBox())?.y ?? 999).toBeLessThan(400);
      expect(await page.evaluate(() => [document.documentElement.scrollTop, document.body.scrollTop, document.querySelector('.app')?.scrollTop])).toEqual([0, 0, 0]);
      await expect(page.locator('.ih').getByRole('button', { name: /^Approve\b/ })).toBeInViewport();
    }
  });
});
