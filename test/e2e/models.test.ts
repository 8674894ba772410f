import type { Page } from 'playwright';
import { competent } from '#electron/agent/providers/scripted/competent.ts';
import { ollamaServer, probeReply, requestOf, type Answer } from '../electron/agent/servers/ollama-server.ts';
import type { Asked } from '../electron/agent/servers/loopback.ts';
import { rowsOf } from './stage/database.ts';
import { expect } from './stage/expect.ts';
import { goTo, openIncident } from './stage/scenes.ts';
import { describeInBrowser, workbenchTest } from './stage/workbench.ts';

const models = [{ name: 'llama3.2:latest' }, { name: 'qwen3:8b' }];
const competentReply = (asked: Asked, more: Partial<Answer> = {}): Answer => ({ text: competent(requestOf(asked)), ...more });
const endpoints = (page: Page) => page.getByRole('list', { name: 'Endpoints in the order of fallback' }).getByRole('listitem');

async function addEndpoint(page: Page, name: string, model: string, url: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Model', { exact: true }).fill(model);
  await page.getByLabel('Address', { exact: true }).fill(url);
  await page.getByRole('button', { name: 'Add endpoint' }).click();
  await expect(endpoints(page).filter({ hasText: name })).toHaveCount(1);
}

describeInBrowser('models in the browser', () => {
  workbenchTest('an endpoint is added, probed, tried and moved in the settings, and its budgets and key are kept where they belong', async ({ page, file }) => {
    const server = await ollamaServer(models, (asked) => probeReply(asked) ?? { text: 'A bucket that anyone may read.' });
    await goTo(page, '/settings');
    await expect(page.getByText('No model is configured')).toBeVisible();
    await addEndpoint(page, 'far', 'llama3.2', 'http://127.0.0.1:9');
    await addEndpoint(page, 'near', 'llama3.2', server.url);
    await expect(endpoints(page)).toContainText(['far', 'near']);
    // The order of fallback.
    await endpoints(page).nth(1).getByRole('button', { name: 'Earlier' }).click();
    await expect(endpoints(page)).toContainText(['near', 'far']);
    // What a model can do, and why one can't be asked.
    const near = endpoints(page).nth(0), far = endpoints(page).nth(1);
    await near.getByRole('button', { name: 'Probe' }).click();
    await expect(near).toContainText('It answers.');
    await expect(near).toContainText(/Context 8.192 tokens, schema yes, tools yes, thinking no/);
    await far.getByRole('button', { name: 'Probe' }).click();
    await expect(far).toContainText(/Ollama at http:\/\/127\.0\.0\.1:9 is not running/);
    // A prompt of one's own, without its secrets.
    await near.getByRole('button', { name: 'Test prompt' }).click();
    await near.getByLabel('Prompt to try').fill('Who may read it? password=hunter2hunter2');
    await near.getByRole('button', { name: 'Ask' }).click();
    await expect(near).toContainText('A bucket that anyone may read.');
    expect(JSON.stringify(server.asked)).not.toContain('hunter2');
    expect(JSON.stringify(server.asked.at(-1)?.body)).toContain('[redacted:secret]');
    // A key: sent to its own address, never written down.
    await near.getByRole('button', { name: 'Set a key' }).click();
    await near.getByLabel(/^Key, kept/).fill('sk-canary-0123456789');
    await near.getByRole('button', { name: 'Set', exact: true }).click();
    await expect(near.getByRole('button', { name: 'Key is set' })).toBeVisible();
    await near.getByRole('button', { name: 'Probe' }).click();
    await expect.poll(() => server.asked.at(-1)?.headers.authorization).toBe('Bearer sk-canary-0123456789');
    // Budgets: what is no number says so and changes nothing.
    const day = page.getByLabel(/^Tokens a day/);
    await day.fill('plenty');
    await day.blur();
    await day.fill('250000');
    await day.blur();
    await expect.poll(() => JSON.stringify(rowsOf(file, "SELECT value FROM workspace WHERE key = 'agent_settings'"))).toContain('250000');
    expect(JSON.stringify(rowsOf(file, "SELECT value FROM workspace WHERE key = 'agent_settings'"))).not.toMatch(/canary|plenty/);
    await far.getByRole('button', { name: 'Remove far' }).click();
    await expect(endpoints(page)).toHaveCount(1);
  });

  workbenchTest('a model is asked about a selection in the queue; what it said before and now lies side by side, and a list of endpoints that did not come is said', async ({ page, file, strays }) => {
    // Chromium tells of a refused call in the console by itself.
    strays.allow(/Failed to load resource|ERR_FAILED/);
    const server = await ollamaServer(models, (asked) => probeReply(asked) ?? competentReply(asked));
    await goTo(page, '/settings');
    await addEndpoint(page, 'near', 'llama3.2', server.url);
    await goTo(page, '/queue');
    await page.getByRole('grid', { name: 'Incidents' }).focus();
    for (const key of ['Home', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.route(/models\/available/, (route) => route.abort());
    await page.getByRole('button', { name: 'Ask a model' }).click();
    const dialog = page.getByRole('dialog', { name: 'Ask a model about 2 incidents' });
    await expect(dialog.getByRole('alert')).toContainText('The endpoints can’t be listed');
    await page.unroute(/models\/available/);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(dialog).toContainText('It has llama3.2:latest, qwen3:8b.');
    await dialog.getByLabel('Model', { exact: true }).fill('qwen3:8b');
    await page.keyboard.press('Control+Enter');
    await expect(dialog).toContainText('Every decision came out the same');
    await expect(dialog.getByRole('row')).toHaveCount(3);
    await expect(dialog).toContainText('qwen3:8b');
    expect(new Set(server.asked.filter((a) => a.path === '/api/chat').map((a) => a.body['model']))).toEqual(new Set(['qwen3:8b']));
    expect(rowsOf(file, "SELECT count(*) AS n FROM audit WHERE event = 'model_asked_anew' AND actor <> 'cli'")).toEqual([{ n: 1 }]);
    await dialog.getByRole('button', { name: 'Compare' }).first().click();
    await expect(page.locator('main')).toContainText('two recorded decisions side by side');
    await expect(page.locator('main')).toContainText('Decision');
  });

  workbenchTest('what a model writes is seen while it writes, can be cancelled there, and stands in the trace when it is done', async ({ page, file }) => {
    let isSlow = true;
    const server = await ollamaServer(models, (asked) => probeReply(asked) ?? competentReply(asked, isSlow ? { text: `{"next": "stop", "arguments": {}, "why": "${'I am thinking about it. '.repeat(200)}"}`, pause_ms: 60 } : {}));
    await goTo(page, '/settings');
    await addEndpoint(page, 'near', 'llama3.2', server.url);
    const decided = (): number => Number(rowsOf(file, 'SELECT count(*) AS n FROM decisions')[0]?.['n']);
    const before = decided();
    await openIncident(page, 'nw-hr-exports', 'Trace');
    await page.getByRole('button', { name: 'Ask a model' }).click();
    const dialog = page.getByRole('dialog', { name: /^Ask a model about INC/ });
    await expect(dialog).toContainText('It has llama3.2:latest');
    await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    const log = page.getByRole('log', { name: 'What the agent does' });
    await expect(log).toContainText('asking');
    await expect(log).toContainText('I am thinking about it.');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await expect(log).toHaveCount(0);
    expect(decided()).toBe(before);
    // Once more, to the end.
    isSlow = false;
    await page.getByRole('button', { name: 'Ask a model' }).click();
    await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(dialog).toContainText('Every decision came out the same');
    await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
    expect(decided()).toBe(before + 1);
    const steps = page.getByRole('listbox', { name: /steps/i }).or(page.getByRole('tree')).or(page.locator('.s-trace .lt'));
    await expect(steps.first()).toContainText('proposal');
    await page.locator('.s-trace').getByText('proposal', { exact: false }).first().click();
    await expect(page.getByLabel('Response')).toContainText('"decision"');
    await expect(page.getByLabel('Prompt, user')).toContainText('FACTS');
  });
});
