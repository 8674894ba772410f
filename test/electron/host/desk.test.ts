import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, spoolExamples, type OpenDesk } from './desk-fixture.ts';

let open: OpenDesk;
beforeAll(async () => {
  open = await openDesk();
  await open.call('ingest.commit', { uploads: [...spoolExamples(open.spoolDir)] });
}, 120_000);
afterAll(async () => { await open.close(); });

describe('the desk', () => {
  it('lists what was imported and decided, in work order, with counts that agree with the rows', async () => {
    const page = await open.call('queue.list', {});
    expect(page.rows.length).toBe(page.total);
    expect(page.counts).toMatchObject({ incidents: page.total, findings: expect.any(Number) });
    const order = page.rows.map((r) => (r.decision === 'needs_human_review' ? (r.priority === 'P2' ? 1 : 3) : r.decision === 'resolve_now' ? 2 : r.decision === 'ticket' ? 4 : 5));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const bucket = page.rows.find((r) => r.entity === 'arn:aws:s3:::backup-dev-legacy');
    expect(bucket).toMatchObject({ decision: 'defer', entity_name: 'backup-dev-legacy', evidence: expect.arrayContaining(['verified']) });
  });

  it('refuses what is no procedure, input against the contract, and never mistakes a name of Object for one', async () => {
    expect(await open.refused('queue.nope' as 'queue.list', {})).toBe('there is no procedure queue.nope');
    expect(await open.refused('constructor.name' as 'queue.list', {})).toBe('there is no procedure constructor.name');
    expect(await open.refused('queue.list', { limit: 0 })).toContain('limit');
  });

  it('reports jobs with their end, and what changed', () => {
    const jobs = open.events.flatMap((e) => (e.type === 'job' ? [e.job] : []));
    expect(new Set(jobs.map((j) => j.job))).toEqual(new Set(['ingest', 'relate', 'triage']));
    expect(jobs.filter((j) => j.finished).map((j) => j.job).toSorted()).toEqual(['ingest', 'relate', 'triage']);
    expect(jobs.some((j) => j.rate > 0)).toBe(true);
    expect(open.events.some((e) => e.type === 'changed' && e.what.includes('imports'))).toBe(true);
  });

  it('starts a killed writer again: pending writes fail, nothing acknowledged is lost, reads go on', async () => {
    const before = await open.call('queue.list', {});
    const pending = open.desk.call('triage.run', {});
    const killed = open.desk.kill('engine');
    const during = await open.call('queue.list', {});
    const answer = await pending;
    await killed;
    expect(during.total).toBe(before.total);
    expect(answer.ok ? '' : answer.error).toContain('before it answered');
    const again = await open.call('triage.run', {});
    expect(again).toMatchObject({ incidents: before.total, cancelled: false });
    expect((await open.call('queue.list', {})).rows).toEqual(before.rows);
    expect(open.events.flatMap((e) => (e.type === 'engine' ? [e.state] : []))).toEqual(['ready', 'lost', 'restarting', 'ready']);
  });

  it('stops an endless statement, and takes the next one', async () => {
    const slow = await openDesk(open.file, { sqlSeconds: 1 });
    try {
      expect(await slow.refused('sql.run', { sql: 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c' })).toContain('stopped after 1 s');
      expect((await slow.call('sql.run', { sql: 'SELECT count(*) AS n FROM incidents' })).columns).toEqual(['n']);
      expect(await slow.refused('sql.run', { sql: 'DELETE FROM incidents' })).toContain('only statements that return rows');
    } finally { await slow.close(); }
  }, 30_000);
});
