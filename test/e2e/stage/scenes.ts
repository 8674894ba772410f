import type { Page } from 'playwright';

/** A screen or a dialog in a state worth looking at: how to get there from a workbench that is open on any address. */
export interface Scene { readonly name: string; show(page: Page): Promise<void> }

/** Goes to an address within the open workbench, as its own links do, and waits until nothing is being read. */
export async function goTo(page: Page, address: string): Promise<void> {
  // By way of nowhere, which closes dialogs and lets the screen begin anew.
  for (const to of ['/-', address]) await page.evaluate((path) => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }, to);
  await settle(page);
}

/** Waits until the screen has what it shows: no loading state, no read on its way, fonts there. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => { await new Promise((resolve) => { requestAnimationFrame(() => { requestAnimationFrame(resolve); }); }); });
  await page.locator('main :is(h1, [role=grid], .state-box)').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.loading, [aria-busy=true]') === null);
  await page.evaluate(async () => { await document.fonts.ready; });
}

/** The incident of the demo whose entity is called so. */
export async function openIncident(page: Page, name: string, tab?: string): Promise<void> {
  await goTo(page, `/queue?text=${encodeURIComponent(name)}`);
  await page.locator('[role=row].cur', { hasText: name }).waitFor();
  await page.getByRole('grid', { name: 'Incidents' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.s-incident h1').waitFor();
  if (tab !== undefined) await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).click();
  await settle(page);
}

const at = (name: string, address: string): Scene => ({ name, show: (page) => goTo(page, address) });
const START = 'backup-dev-legacy';

/** Each screen, each tab and each dialog of the workbench, in the order of the rail. */
export const scenes: readonly Scene[] = [
  at('queue', '/queue'),
  at('queue-filtered', '/queue?decision=ticket&severity=high'),
  at('queue-nothing', '/queue?text=nothing-is-called-so'),
  ...['Story', 'Attack path', 'Evidence', 'Trace', 'History'].map((tab) => ({ name: `incident-${tab.toLowerCase().replace(' ', '-')}`, show: (page: Page) => openIncident(page, START, tab) })),
  { name: 'trace', async show(page) { await openIncident(page, START); const id = new URL(page.url()).pathname.split('/')[2] ?? ''; await goTo(page, `/trace/${id}`); } },
  { name: 'raw', async show(page) { await openIncident(page, START); await page.keyboard.press('r'); await page.getByRole('dialog').waitFor(); await settle(page); } },
  ...([['override', '2'], ['split', 's'], ['merge', 'm']] as const).map(([name, key]) => ({ name, async show(page: Page) { await openIncident(page, START); await page.keyboard.press(key); await page.getByRole('dialog').waitFor(); await settle(page); } })),
  { name: 'palette', async show(page) { await goTo(page, '/queue'); await page.keyboard.press('Control+k'); await page.getByRole('dialog').waitFor(); } },
  { name: 'journal', async show(page) { await goTo(page, '/queue'); await page.keyboard.press('u'); await page.getByRole('dialog').waitFor(); } },
  { name: 'shortcuts', async show(page) { await goTo(page, '/queue'); await page.keyboard.press('?'); await page.getByRole('dialog').waitFor(); } },
  at('paths', '/paths'), at('paths-table', '/paths?view=table'),
  ...['figures', 'replay', 'ingest', 'connectors', 'sql', 'policy', 'settings'].map((name) => at(name, `/${name}`)),
  { name: 'connect', async show(page) {
    await goTo(page, '/connectors');
    await page.getByRole('button', { name: 'Connect AWS' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Type in keys' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Show the policy' }).click();
    await page.getByLabel('The policy').waitFor();
  } },
];
