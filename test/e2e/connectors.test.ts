import { ACCOUNT, awsServer } from '../electron/connectors/servers/aws-server.ts';
import { expect } from './stage/expect.ts';
import { goTo } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

const SECRET = 'typed-in-SECRET-access-key';
const world = {
  'ec2 DescribeVpcs': () => ({ xml: `<vpcSet><item><vpcId>vpc-pulled</vpcId><ownerId>${ACCOUNT}</ownerId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet>` }),
  'iam GetAccountAuthorizationDetails': () => ({ error: 'AccessDenied', status: 403, message: 'because no identity-based policy allows it' }),
};

describeInBrowser('a live pull in the browser', () => {
  workbenchTest('is refused beyond this machine, tried, pulled with its gaps, and taken back; no storage of the browser has the keys', async ({ page, strays }) => {
    // Chromium tells of a refused call in the console by itself.
    strays.allow(/status of 422/);
    const aws = await awsServer(world);
    try {
      await goTo(page, '/connectors');
      await page.getByRole('button', { name: 'Connect AWS' }).click();
      const drawer = page.getByRole('dialog', { name: 'Connect AWS' });
      await drawer.getByRole('button', { name: 'Show the policy' }).click();
      await expect(drawer.getByLabel('The policy')).toContainText('iam:GetAccountAuthorizationDetails');
      await drawer.getByRole('button', { name: 'Type in keys' }).click();
      await drawer.getByLabel('Access key ID').fill('AKIDTYPED');
      await drawer.getByLabel('Secret access key').fill(SECRET);
      // What was shown was for other settings.
      await expect(drawer.getByLabel('The policy')).toHaveCount(0);
      await drawer.getByRole('button', { name: /^Pull/ }).click();
      await expect(drawer.getByRole('alert')).toContainText('may go no further than "loopback"');

      await drawer.getByLabel('Emulator').fill(aws.url);
      await drawer.getByRole('button', { name: 'Try permissions' }).click();
      await expect(drawer.getByRole('region', { name: 'Permissions tried' })).toContainText('iam:GetAccountAuthorizationDetails');
      await expect(drawer).toContainText('identities, and what they may do will be unknown');
      await expect(drawer).toContainText('1 denied');

      await drawer.getByRole('button', { name: /^Pull/ }).click();
      await expect(drawer.getByRole('heading', { name: 'Pulled' })).toBeVisible();
      await expect(drawer).toContainText('iam get-account-authorization-details denied');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('region', { name: 'AWS' })).toContainText('pulled, with gaps');
      await expect(page.getByRole('region', { name: 'AWS' })).toContainText(ACCOUNT);
      expect(await page.evaluate(() => [localStorage, sessionStorage].map((kept) => Object.entries(kept).flat().join(' ')).join(' '))).not.toContain(SECRET);

      await goTo(page, '/ingest');
      await page.getByRole('row', { name: /live pull 1 of/ }).getByRole('button', { name: 'Roll back' }).click();
      await page.keyboard.press('Control+Enter');
      await expect(page.getByRole('row', { name: /live pull 1 of/ })).toContainText('rolled back');
    } finally { await aws.close(); }
  });
});
