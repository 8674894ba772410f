import { expect } from './stage/expect.ts';
import { goTo, openIncident } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

/** What each screen says of a workspace that nothing has come into. */
const empty: readonly (readonly [string, RegExp])[] = [
  ['/queue', /Nothing has come in yet/], ['/figures', /no (reviewed )?decision|Nothing/i], ['/replay', /Is every decision still what it was/], ['/ingest', /Drop files anywhere/], ['/connectors', /Nothing is asked by itself/],
  ['/sql', /No result yet/], ['/policy', /Nothing is changed/], ['/settings', /Workspace/], ['/incident/INC-2026-0001', /There is no incident INC-2026-0001/], ['/trace/INC-2026-0001', /can't be read|no incident/i], ['/nowhere', /There is nothing at this address/],
];

describeInBrowser('what the screens say when there is little to say', () => {
  workbenchTest('in an empty workspace each screen says what would stand there and how to get it', async ({ page, strays }) => {
    // Chromium tells of a refused call in the console by itself.
    strays.allow(/status of 422/);
    for (const [address, words] of empty) {
      await goTo(page, address);
      await expect(page.locator('main'), address).toContainText(words);
      await expect(page.locator('main'), address).not.toContainText(/undefined|NaN|\[object/);
    }
    await goTo(page, '/replay');
    await page.keyboard.press('Control+Enter');
    await expect(page.locator('main')).toContainText('No decision is recorded yet');
  }, { empty: true });

  workbenchTest('an action is approved once by hand, shows how long that holds, and is taken back by an undo', async ({ page }) => {
    await openIncident(page, 'backup-dev-legacy');
    const actions = page.locator('.acts').getByRole('listitem').filter({ hasText: 'Encrypt it at rest' });
    await actions.getByRole('button', { name: 'Approve once' }).click();
    await expect(actions).toContainText(/Held \d+ s|Approved to \d\d:\d\d/);
    await expect(page.locator('footer.jobs')).toContainText('Approve once: Encrypt it at rest');
    await page.keyboard.press('Control+z');
    await expect(actions.getByRole('button', { name: 'Approve once' })).toBeVisible();
    await page.keyboard.press('Shift+A');
    await expect(page.getByText(/Held \d+ s|Approved to \d\d:\d\d/)).toBeVisible();
    await page.keyboard.press('h');
    await expect(page.getByRole('tabpanel')).toContainText('approve action');
  });

  workbenchTest('reviews stand in a journal, and can still be undone from the history after the window was loaded anew', async ({ page }) => {
    await goTo(page, '/queue?decision=ticket');
    for (const row of ['2', '3']) { await expect(page.locator('[role=row].cur')).toHaveAttribute('aria-rowindex', row); await page.keyboard.press('a'); }
    await expect(page.locator('footer.jobs')).toContainText('2 in the journal');
    await page.keyboard.press('u');
    const journal = page.getByRole('dialog', { name: 'Undo journal' });
    await expect(journal.getByRole('listitem')).toHaveCount(2);
    // The older of the two: they are about different incidents.
    await journal.getByRole('listitem').last().getByRole('button', { name: 'Undo' }).click();
    await expect(journal.getByRole('listitem')).toHaveCount(1);
    await journal.getByRole('button', { name: 'Open' }).click();
    await expect(page.locator('.ih').getByRole('button', { name: 'Approved' })).toBeVisible();
    await page.reload();
    await page.getByRole('tab', { name: /^History/ }).click();
    await page.getByRole('tabpanel').getByRole('button', { name: 'Undo' }).click();
    await expect(page.locator('.ih').getByRole('button', { name: /^Approve\b/ })).toBeEnabled();
    await expect(page.getByRole('tabpanel')).toContainText('undone');
  });

  workbenchTest('the bar at the bottom tells of a running import, and cancels it', async ({ page }) => {
    await goTo(page, '/ingest');
    // Large enough to be caught at work: 60,000 records of CloudTrail.
    await page.evaluate(() => {
      const record = (n: number): string => JSON.stringify({ eventVersion: '1.09', userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/u${n % 500}`, accountId: '111122223333', userName: `u${n % 500}` }, eventTime: new Date(1_795_000_000_000 + n * 1000).toISOString(), eventSource: 's3.amazonaws.com', eventName: 'GetObject', awsRegion: 'eu-central-1', sourceIPAddress: '203.0.113.9', userAgent: 'aws-cli', requestParameters: { bucketName: `b${n % 900}`, key: `k/${n}` }, responseElements: null, eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, eventType: 'AwsApiCall', recipientAccountId: '111122223333' });
      const data = new DataTransfer();
      data.items.add(new File([`{"Records":[${Array.from({ length: 60_000 }, (_, n) => record(n)).join(',')}]}`], 'trail.json'));
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer: data }));
    });
    await page.getByRole('button', { name: /^Import 1 file/ }).click();
    const bar = page.locator('footer.jobs');
    await expect(bar.getByRole('progressbar')).toBeVisible();
    await expect(bar).toContainText(/\d [kM]?B\/s/);
    await bar.getByRole('button', { name: 'Cancel' }).click();
    await expect(bar).toContainText('No jobs running');
    await expect(page.locator('main')).toContainText(/new, .* duplicate|did not end well|cancelled/i);
  });
});
