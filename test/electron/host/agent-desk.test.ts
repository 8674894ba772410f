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
  it('tells which models an endpoint has, and probes while a run waits for another one', async () => {
    const slow = await ollamaServer([{ name: 'llama3.2:latest' }, { name: 'qwen3:8b' }], (asked) => probeReply(asked) ?? { text: 'x', wait_ms: 30_000 });
    await opened.call('models.save', { settings: settings(slow.url, 'slow'), by: 'dana' });
    const run = opened.call('triage.run', { engine: 'agent', incidents: [ids[0] ?? ''], by: 'dana' });
    const asking = steps('asking').length;
    await until(() => steps('asking').length > asking);
    expect(await opened.call('models.available', {})).toEqual([{ endpoint: { id: 'slow', provider: 'ollama', url: slow.url, model: 'llama3.2' }, configured: true, models: [{ name: 'llama3.2:latest', size: 2019393189 }, { name: 'qwen3:8b', size: 2019393189 }], problem: null }]);
    expect(await opened.call('models.probe', { endpoint: 'slow' })).toMatchObject({ problem: null });
    await opened.call('jobs.cancel', {});
    expect(await run).toMatchObject({ cancelled: true });
  });
  it('says that an endpoint has no model of its own, rather than that there is none; and asks no rules about a selection', async () => {
    // Ollama on this machine, which is offered where nothing is configured.
    await opened.call('models.save', { settings: { ...settings('http://127.0.0.1:9'), endpoints: [] }, by: 'dana' });
    const some = { incidents: [ids[0] ?? ''] };
    expect(await opened.refused('triage.run', { ...some, engine: 'agent', endpoint: 'ollama', by: 'dana' })).toMatch(/endpoint ollama has no model of its own: name one/);
    expect(await opened.refused('triage.run', { ...some, engine: 'agent', endpoint: 'elsewhere', by: 'dana' })).toMatch(/there is no endpoint elsewhere/);
    for (const engine of ['rules', 'auto']) expect(await opened.refused('triage.run', { ...some, engine, by: 'dana' })).toContain('they go with the engine "agent"');
  });
  it('asks any model of an endpoint about a selection, lays both decisions side by side, and keeps who wanted it', async () => {
    const asked: unknown[] = [];
    const server = await ollamaServer([{ name: 'llama3.2:latest' }, { name: 'qwen3:8b' }], (one) => { asked.push(one.body['model']); return probeReply(one) ?? { text: JSON.stringify({ next: 'stop', arguments: {}, evidence_ids: ['F01'], missing: [], rationale: 'I would look at it.', decision: 'needs_human_review', confidence_pct: 40 }) }; });
    await opened.call('models.save', { settings: { ...settings('http://127.0.0.1:9', 'first'), endpoints: [...settings('http://127.0.0.1:9', 'first').endpoints, ...settings(server.url, 'second').endpoints] }, by: 'dana' });
    const rows = (await opened.call('queue.list', {})).rows, some = rows.filter((r) => r.decision === 'resolve_now' || r.decision === 'defer').slice(0, 2).map((r) => r.id);
    const answer = await opened.call('triage.run', { engine: 'agent', incidents: some, endpoint: 'second', model: 'qwen3:8b', by: 'dana' });
    expect(new Set(asked)).toEqual(new Set(['qwen3:8b']));
    expect(answer).toMatchObject({ decided: 2, model: 'qwen3:8b', asked: some.map((incident) => ({ incident, after: { decision: 'needs_human_review', engine: 'agent', model: 'qwen3:8b' } })) });
    for (const one of answer.asked) {
      expect(one.before?.decision_id).not.toBe(one.after?.decision_id);
      expect(one.differences).toContain('/triage/decision');
      expect((await opened.call('replay.diff', { left: one.before?.decision_id ?? '', right: one.after?.decision_id ?? '' })).differences.map((d) => d.path)).toEqual(expect.arrayContaining([...one.differences]));
    }
    const audit = await opened.call('sql.run', { sql: "SELECT actor, payload FROM audit WHERE event = 'model_asked_anew' ORDER BY seq DESC LIMIT 1" });
    expect(audit.rows[0]?.[0]).toBe('dana');
    expect(JSON.stringify(audit.rows[0]?.[1])).toContain('qwen3:8b');
    expect(await opened.call('workspace.verifyAudit', {})).toMatchObject({ valid: true });
    expect(await opened.refused('triage.run', { engine: 'agent', incidents: some, endpoint: 'nowhere' })).toMatch(/no endpoint nowhere/);
  });
});
