import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ollamaServer, probeReply } from '../agent/servers/ollama-server.ts';
import { openDesk, spoolExamples, type OpenDesk } from './desk-fixture.ts';

let opened: OpenDesk, ids: readonly string[];
beforeAll(async () => {
  opened = await openDesk();
  await opened.call('ingest.commit', { uploads: [...spoolExamples(opened.spoolDir)] });
  ids = (await opened.call('queue.list', {})).rows.map((r) => r.id);
});
afterAll(() => opened.close());
const settings = (url: string, id = 'local') => ({ endpoints: [{ id, provider: 'ollama' as const, url, model: 'llama3.2', num_ctx: 8192 }], allow: 'loopback' as const, budgets: { steps: 3, tokens: 40_000, seconds: 60, tokens_per_day: 1_000_000 } });
const steps = (kind: string) => opened.events.filter((e) => e.type === 'step' && e.step.kind === kind);
const until = async (is: () => boolean): Promise<void> => { while (!is()) await new Promise((resolve) => { setTimeout(resolve, 10); }); };

describe('models on the screen', () => {
  it('keeps endpoints in the workspace and keys nowhere', async () => {
    await opened.call('models.save', { settings: settings('http://127.0.0.1:9'), by: 'dana' });
    await opened.call('models.setKey', { endpoint: 'local', key: 'sk-canary-0123456789abcdef' });
    const view = await opened.call('models.get', {});
    expect(view).toMatchObject({ settings: { endpoints: [{ id: 'local' }] }, probes: [] });
    expect(JSON.stringify(view)).not.toContain('canary');
    const { readFileSync } = await import('node:fs');
    for (const suffix of ['', '-wal']) expect(readFileSync(`${opened.file}${suffix}`).includes('sk-canary')).toBe(false);
  });
  it('says why a probe failed, and what to do', async () => {
    expect(await opened.call('models.probe', { endpoint: 'local' })).toEqual({ facts: null, problem: expect.stringMatching(/Ollama at http:\/\/127\.0\.0\.1:9 is not running.*ollama serve/) });
    expect(await opened.refused('models.probe', { endpoint: 'elsewhere' })).toMatch(/no endpoint elsewhere/);
  });
  it('probes, tries a prompt without its secrets, and names the model in the chip', async () => {
    const server = await ollamaServer([{ name: 'llama3.2:latest' }], (asked) => probeReply(asked) ?? { text: 'A bucket that anyone reads.' });
    await opened.call('models.save', { settings: settings(server.url), by: 'dana' });
    expect(await opened.call('models.probe', { endpoint: 'local' })).toMatchObject({ problem: null, facts: { schema: true, mode: 'schema' } });
    expect(await opened.call('models.test', { endpoint: 'local', prompt: 'Hello password=hunter2hunter2' })).toMatchObject({ sent: 'Hello [redacted:secret]', text: 'A bucket that anyone reads.', problem: null });
    expect((await opened.call('workspace.info', {})).engine).toBe('llama3.2');
  });
  it('lets a review through while a run waits for a model, tells its steps, and can be cancelled', async () => {
    const server = await ollamaServer([{ name: 'llama3.2:latest' }], (asked) => probeReply(asked) ?? { text: 'x', wait_ms: 30_000 });
    await opened.call('models.save', { settings: settings(server.url, 'slow'), by: 'dana' });
    let isOver = false;
    const run = opened.call('triage.run', { engine: 'agent', incidents: [ids[0] ?? ''] }).finally(() => { isOver = true; });
    await until(() => steps('asking').length > 0);
    expect(await opened.call('review.approve', { id: ids.at(-1) ?? '', by: 'dana' })).toMatchObject({ status: 'approved' });
    expect(isOver).toBe(false);
    await opened.call('jobs.cancel', {});
    expect(await run).toMatchObject({ cancelled: true, decided: 0 });
  });
  it('says in the chip when the last decision had to do without a model', async () => {
    const server = await ollamaServer([{ name: 'llama3.2:latest' }], (asked) => probeReply(asked) ?? { status: 500, error: 'died' });
    await opened.call('models.save', { settings: settings(server.url, 'dying'), by: 'dana' });
    await opened.call('triage.run', { engine: 'agent', incidents: [ids[0] ?? ''] });
    expect((await opened.call('workspace.info', {})).engine).toBe('rules (llama3.2 does not answer)');
    expect((await opened.call('incident.get', { id: ids[0] ?? '' })).trace?.degraded).toMatch(/died/);
  });
});
