import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDesk, spoolExamples, type OpenDesk } from './desk-fixture.ts';

let open: OpenDesk;
beforeAll(async () => {
  open = await openDesk();
  await open.call('ingest.commit', { uploads: [...spoolExamples(open.spoolDir)] });
}, 120_000);
afterAll(async () => { await open.close(); });

const find = async (entity: string) => {
  const row = (await open.call('queue.list', {})).rows.find((r) => r.entity.endsWith(entity));
  if (!row) throw new Error(`no incident about ${entity}`);
  return row;
};
const by = 'm.keller';

describe('the incident screen', () => {
  it('shows decision, claims, findings, story in order, and what would change the decision', async () => {
    const row = await find(':backup-dev-legacy');
    const detail = await open.call('incident.get', { id: row.id });
    expect(detail).toMatchObject({ incident: { id: row.id }, triage: { decision: 'defer' }, account_name: 'dev-legacy-2021', decisions: [{ current: true, engine: 'rules' }] });
    expect(detail.findings.length).toBe(row.findings);
    const flips = detail.counterfactuals;
    expect(flips.length).toBeLessThanOrEqual(5);
    expect(flips.every((f) => f.decision !== 'defer')).toBe(true);
    expect(flips).toContainEqual(expect.objectContaining({ claim: 'mitigation_confirmed', value: false }));
    expect(flips).toContainEqual(expect.objectContaining({ claim: 'any', value: 'unknown', decision: 'needs_human_review' }));
    const times = detail.story.map((i) => i.at_us);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(new Set(detail.story.map((i) => i.kind))).toEqual(new Set(['report', 'access', 'decision']));
  });

  it('tells the sequence of a confirmed detection', async () => {
    const detail = await open.call('incident.get', { id: (await find(':user/alice')).id });
    expect(detail.story.filter((i) => i.kind === 'sequence')[0]).toMatchObject({ what: 'login succeeded', detail: 'after 47 failures', call_id: expect.stringMatching(/^c\d\d$/) });
  });

  it('gives the raw record of a finding as the tool wrote it', async () => {
    const detail = await open.call('incident.get', { id: (await find(':backup-dev-legacy')).id });
    for (const finding of detail.findings) {
      const raw = await open.call('incident.raw', { finding_id: finding.finding_id });
      expect(raw.raw).toContain(JSON.stringify(finding.source_id).slice(1, -1));
    }
    expect(await open.refused('incident.raw', { finding_id: 'F-none' })).toBe('there is no finding F-none');
  });

  it('gives a recorded decision by its id', async () => {
    const detail = await open.call('incident.get', { id: (await find(':backup-dev-legacy')).id });
    expect((await open.call('incident.decision', { decision_id: detail.decisions[0]?.decision_id ?? '' })).trace.calls.length).toBeGreaterThan(2);
  });
});

describe('reviews and their undo', () => {
  const state = async (id: string) => {
    const d = await open.call('incident.get', { id });
    return { status: d.incident.status, decision: d.triage?.decision, priority: d.triage?.priority, current: d.decisions.find((x) => x.current)?.decision_id, outbox: d.outbox.map((o) => [o.action, o.status, o.held_until]), findings: d.incident.supporting_findings.length };
  };
  const waiting = async () => {
    const row = (await open.call('queue.list', {})).rows.find((r) => r.waits && r.status === 'open');
    if (!row) throw new Error('nothing waits');
    return row;
  };

  it('approves, holds what goes out for ten seconds, and takes it back', async () => {
    const { id } = await waiting();
    const before = await state(id);
    const approved = await open.call('review.approve', { id, by });
    const after = await open.call('incident.get', { id });
    expect(after.incident.status).toBe('approved');
    const held = after.outbox.find((o) => o.status === 'approved');
    expect(Date.parse(held?.held_until ?? '') - Date.parse(after.reviews[0]?.at ?? '')).toBe(10_000);
    await open.call('review.undo', { review_id: approved.review_id ?? -1, by });
    expect(await state(id)).toEqual(before);
    expect((await open.call('incident.get', { id })).reviews).toMatchObject([{ action: 'approve', undone: true }, { action: 'undo', undone: false }]);
    expect(await open.refused('review.undo', { review_id: approved.review_id ?? -1, by })).toBe('it is undone already');
  });

  it('overrides with a reason, and takes back only the last review that stands', async () => {
    const { id } = await find(':backup-dev-legacy');
    const before = await state(id);
    expect(await open.refused('review.override', { id, decision: 'ticket', priority: 'P3', reason: 'business_context', note: 'n', by })).toContain('cites at least one');
    expect(await open.refused('review.override', { id, decision: 'ticket', priority: 'P3', reason: 'because', note: 'n', by })).toContain('no reason code');
    const first = await open.call('review.override', { id, decision: 'ticket', priority: 'P3', reason: 'evidence_wrong', note: 'the endpoint is shared', by });
    const second = await open.call('review.override', { id, decision: 'resolve_now', priority: 'P1', reason: 'true_positive', note: 'seen', by, cites: ['exposure_confirmed'] });
    expect((await find(':backup-dev-legacy'))).toMatchObject({ decision: 'resolve_now', status: 'overridden', paged: true });
    expect(await open.refused('review.undo', { review_id: first.review_id ?? -1, by })).toContain('a later review');
    await open.call('review.undo', { review_id: second.review_id ?? -1, by });
    expect(await state(id)).toMatchObject({ decision: 'ticket', status: 'overridden' });
    expect(await find(':backup-dev-legacy')).toMatchObject({ paged: false });
    await open.call('review.undo', { review_id: first.review_id ?? -1, by });
    expect({ ...await state(id), outbox: [] }).toEqual({ ...before, outbox: [] });
    expect((await state(id)).outbox.filter(([, status]) => status !== 'withdrawn')).toEqual(before.outbox.filter(([, status]) => status !== 'withdrawn'));
  });

  it('answers an open claim, decides again, and forgets the answer', async () => {
    const row = (await open.call('queue.list', { filter: { decision: ['needs_human_review'], priority: [], source: [], account: [], environment: [], attack: [], status: [], owner: [], not: [], text: '' } })).rows[0];
    if (!row) throw new Error('nothing needs a person');
    const missing = (await open.call('incident.get', { id: row.id })).triage?.missing_evidence.find((m) => m.claim !== 'blast_radius');
    const value = missing?.claim === 'owner_identified' ? 'platform-team' : 'true';
    const answered = await open.call('review.answer', { id: row.id, claim: missing?.claim ?? '', value, by });
    expect((await open.call('incident.get', { id: row.id })).trace?.calls.some((c) => c.tool === 'human_answer')).toBe(true);
    await open.call('review.undo', { review_id: answered.review_id ?? -1, by });
    const after = await open.call('incident.get', { id: row.id });
    expect(after.trace?.calls.some((c) => c.tool === 'human_answer')).toBe(false);
    expect(after.triage?.decision).toBe('needs_human_review');
  });

  it('splits and joins again, merges and parts again: the same incidents with the same labels', async () => {
    const labels = async () => (await open.call('queue.list', {})).rows.map((r) => `${r.id} ${r.entity} ${r.findings} ${r.decision}`).toSorted();
    const before = await labels();
    const row = await find(':backup-dev-legacy');
    const [first] = (await open.call('incident.get', { id: row.id })).findings;
    const split = await open.call('review.split', { id: row.id, findings: [first?.finding_id ?? ''], by });
    expect(await labels()).toHaveLength(before.length + 1);
    await open.call('review.undo', { review_id: split.review_id ?? -1, by });
    expect(await labels()).toEqual(before);
    const merged = await open.call('review.merge', { ids: [row.id, (await find(':user/alice')).id], by });
    expect(await labels()).toHaveLength(before.length - 1);
    await open.call('review.undo', { review_id: merged.review_id ?? -1, by });
    expect(await labels()).toEqual(before);
  });

  it('leaves an unbroken audit log that names the undos', async () => {
    const answer = await open.call('sql.run', { sql: "SELECT count(*) FROM audit WHERE event = 'undone'" });
    expect(answer.rows[0]?.[0]).toBeGreaterThanOrEqual(5);
  });
});
