import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { readAgentSettings, saveAgentSettings } from '#electron/host/agent/settings.ts';
import { replay } from '#electron/host/handlers/replay.ts';
import { importPolicy } from '#electron/host/ingest.ts';
import { override } from '#electron/host/handlers/review.ts';
import type { App } from '#electron/host/create-app.ts';
import { isObject } from '#shared/lib/json.ts';
import { ollamaServer, probeReply } from '../../agent/servers/ollama-server.ts';
import { BUCKET, folder, ingest, NOW, open, piecesIn, run, standing } from './estate.ts';

const base = mkdtempSync(join(tmpdir(), 'winnow-model-')), pieces = piecesIn(join(base, 'pieces'));
beforeAll(async () => {
  const app = open(join(base, 'base.db'));
  await ingest(app, pieces['policy'], pieces['prod'], pieces['dev'], pieces['iam'], pieces['old dev logs'], pieces['hub'], pieces['prowler']);
  app.close();
});
afterAll(() => { rmSync(base, { recursive: true, force: true }); });

/** A workspace that a model on this machine has decided, and what the model was asked since. */
async function decidedByModel() {
  const asked: string[] = [];
  // It looks no further, and leaves what it is asked to a person.
  const server = await ollamaServer([{ name: 'llama3.2:latest' }], (one) => {
    const probe = probeReply(one);
    if (probe) return probe;
    asked.push(JSON.stringify(one.body['messages']));
    const isNext = isObject(one.body['format']) && isObject(one.body['format']['properties']) && 'next' in one.body['format']['properties'];
    return { text: JSON.stringify(isNext ? { next: 'stop', arguments: {} } : { evidence_ids: [], missing: [], rationale: 'A person should look.', decision: 'needs_human_review', confidence_pct: 60 }) };
  });
  const app = open(join(folder(), 'w.db'), () => NOW, join(base, 'base.db'));
  onTestFinished(() => { app.close(); });
  saveAgentSettings(app, { ...readAgentSettings(app), endpoints: [{ id: 'local', provider: 'ollama', url: server.url, model: 'llama3.2', num_ctx: 8192 }], allow: 'loopback' }, 'test');
  const first = await run(app, { engine: 'agent' });
  expect([first.decided, first.incidents > 10, asked.length >= first.incidents]).toEqual([first.incidents, true, true]);
  asked.length = 0;
  return { app, asked, incidents: first.incidents };
}
const engines = (app: App): ReadonlySet<unknown> => new Set(app.workspace.db.prepare("SELECT json_extract(d.triage, '$.engine.kind') FROM incidents i JOIN decisions d ON d.decision_id = i.decision_id WHERE i.status <> 'closed'").pluck().all());
const idOf = (app: App, entity: string): string => app.tables.incidents.all().find((r) => r.incident.entity === entity && r.incident.status !== 'closed')?.incident.id ?? '';

describe('a model that has decided', () => {
  it('is not asked again after data that changes nothing of what it was asked, by whichever engine the run is', async () => {
    const { app, asked, incidents } = await decidedByModel();
    const before = standing(app);
    await ingest(app, pieces['one']);
    const after = await run(app, { engine: 'agent' });
    // Only the incident that is new.
    expect(after).toMatchObject({ decided: 1, checked: incidents, unchanged: incidents });
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(asked.every((text) => text.includes('FACTS'))).toBe(true);
    asked.length = 0;
    await ingest(app, pieces['guardduty']);
    const rules = await run(app, { engine: 'rules' });
    expect(rules.checked).toBeGreaterThan(incidents - 5);
    expect(engines(app)).toEqual(new Set(['agent', 'rules']));
    // Where no finding joined, all stands as it did.
    const now = standing(app), same = Object.keys(before).filter((findings) => findings in now);
    expect(same.length).toBeGreaterThan(incidents - 5);
    for (const findings of same) expect(now[findings]).toEqual(before[findings]);
    expect(asked).toEqual([]);
    const again = await replay(app, { engine: 'agent' }, { onProgress: () => undefined, isCancelled: () => false });
    expect(again).toMatchObject({ ok: true, value: { counts: { different: 0 } } });
  });

  it('is not asked about the same findings reported again, nor after an edit of the policy that touches none of what it saw', async () => {
    const { app, asked, incidents } = await decidedByModel();
    await ingest(app, pieces['hub again']);
    expect(await run(app, { engine: 'agent' })).toMatchObject({ decided: 0, checked: incidents });
    const edited = importPolicy(app, 'test', readFileSync(pieces['policy'] ?? '', 'utf8').replace('owners:\n', 'owners:\n  - {id: zz-nobody, active: true, accounts: ["999988887777"]}\n'), 'dana');
    expect(edited).toMatchObject({ new: 1, quarantined: 0 });
    expect(await run(app, { engine: 'agent' })).toMatchObject({ decided: 0, checked: incidents });
    expect(asked).toEqual([]);
  });

  it('is asked again about what changed, and about nothing else', async () => {
    const { app, asked, incidents } = await decidedByModel();
    const before = app.tables.incidents.get(idOf(app, BUCKET))?.decision_id;
    await ingest(app, pieces['opened']);
    const after = await run(app, { engine: 'agent' });
    expect(asked.length).toBeGreaterThan(0);
    expect(after.decided).toBeGreaterThan(0);
    expect(after.checked).toBeGreaterThan(incidents / 2);
    expect(app.tables.incidents.get(idOf(app, BUCKET))?.decision_id).not.toBe(before);
  });

  it('is asked again when a finding joins, when evidence grows stale, when it is named, and not for what a person has decided', async () => {
    const { app, asked, incidents } = await decidedByModel();
    const id = app.tables.incidents.all()[0]?.incident.id ?? '';
    const overridden = override(app, { id, decision: 'ticket', priority: 'P3', reason: 'other', note: 'so', by: 'dana' });
    expect(overridden.ok).toBe(true);
    await ingest(app, pieces['one']);
    expect(await run(app, { engine: 'agent' })).toMatchObject({ decided: 1, checked: incidents });
    expect(await run(app, { engine: 'agent' })).toMatchObject({ decided: 0, checked: 0 });
    asked.length = 0;
    await ingest(app, pieces['more of the hub']);
    const joined = await run(app, { engine: 'agent' });
    expect(joined.decided).toBeGreaterThan(0);
    expect(asked.length).toBeGreaterThan(0);
    asked.length = 0;
    expect(await run(app, { engine: 'agent', incident: id })).toMatchObject({ decided: 1 });
    expect(asked.length).toBeGreaterThan(0);
    asked.length = 0;
    // Forty days on, what the snapshots say is stale.
    expect((await run(app, { engine: 'agent', as_of: '2026-12-31T00:00:00Z' })).decided).toBeGreaterThan(0);
    expect(asked.length).toBeGreaterThan(0);
  });
});
