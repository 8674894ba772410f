import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '#electron/host/create-app.ts';
import { approvalSubject, approveAction, spendApproval } from '#electron/host/handlers/action-approvals.ts';
import { getIncident } from '#electron/host/handlers/incident-detail.ts';
import { undo } from '#electron/host/handlers/undo.ts';
import { MICROS_PER_SECOND } from '#shared/lib/time.ts';
import type { Triage } from '#shared/model/decision.ts';
import type { ActionView } from '#shared/rpc/schemas.ts';
import { type OpenDesk, openDesk, ROOT, spoolExamples } from './desk-fixture.ts';

const by = 'm.keller', MINUTE = 60 * MICROS_PER_SECOND;
let filled: OpenDesk, app: App, nowUs: number, id: string;

beforeAll(async () => {
  filled = await openDesk();
  await filled.call('ingest.commit', { uploads: [...spoolExamples(filled.spoolDir)] });
  await filled.desk.close();
  const opened = createApp({ file: filled.file, create: false, resourcesDir: join(ROOT, 'resources'), workerUrl: () => new URL('file:///none'), now: () => nowUs });
  nowUs = Date.now() * 1000;
  if (!opened.ok) throw new Error(opened.error);
  app = opened.value;
  id = app.tables.incidents.all().find((row) => row.incident.entity.endsWith(':backup-dev-legacy'))?.incident.id ?? '';
}, 120_000);
afterAll(() => { app.close(); for (const dir of [filled.dir, filled.spoolDir]) rmSync(dir, { recursive: true, force: true }); });
// Each test begins an hour later, when whatever was approved before has ended.
beforeEach(() => { nowUs += 60 * MINUTE; });

function actions(): readonly ActionView[] {
  const detail = getIncident(app, { id });
  if (!detail.ok) throw new Error(detail.error);
  return detail.value.actions;
}
function first(): ActionView {
  const action = actions().find((one) => one.autonomy_level === 'L2');
  if (!action) throw new Error('the incident recommends nothing that can be approved');
  return action;
}
function approveFirst(): { readonly subject: string; readonly reviewId: number } {
  const { subject } = first();
  const approved = approveAction(app, { id, subject, by });
  if (!approved.ok) throw new Error(approved.error);
  return { subject, reviewId: approved.value.review_id ?? -1 };
}
const spend = (subject: string): string => { const spent = spendApproval(app, { id, subject }); return spent.ok ? `spent, by ${spent.value.author}` : spent.error; };

describe('the approval of one recommended action', () => {
  it('is good once, after the hold and for fifteen minutes, for the action that was shown', () => {
    const { subject } = approveFirst();
    expect(first().approval).toMatchObject({ author: by, used: false });
    expect(spend(subject)).toContain('is held');
    nowUs += 10 * MICROS_PER_SECOND;
    expect(actions().filter((one) => one.subject !== subject).map((one) => spend(one.subject))).toEqual(actions().slice(1).map(() => 'nobody has approved this action'));
    expect(spend(subject)).toBe(`spent, by ${by}`);
    expect(spend(subject)).toContain('good once');
    expect(first().approval).toMatchObject({ used: true });
  });

  it('ends after fifteen minutes and can then be given anew', () => {
    const { subject } = approveFirst();
    nowUs += 15 * MINUTE;
    expect(approveAction(app, { id, subject, by })).toMatchObject({ ok: true, value: { review_id: null } });
    nowUs += 1;
    expect(spend(subject)).toContain('ended');
    expect(approveFirst().reviewId).toBeGreaterThan(0);
  });

  it('is taken back by an undo, but not once it has been used', () => {
    const { subject, reviewId } = approveFirst();
    expect(undo(app, { review_id: reviewId, by })).toMatchObject({ ok: true });
    nowUs += MINUTE;
    expect(spend(subject)).toContain('taken back');
    expect(first().approval).toBeNull();
    const again = approveFirst();
    nowUs += MINUTE;
    expect(spend(again.subject)).toContain('spent');
    expect(undo(app, { review_id: again.reviewId, by })).toEqual({ ok: false, error: expect.stringContaining('carried out already') });
  });

  it('is worth nothing under another policy', () => {
    const { subject } = approveFirst();
    nowUs += MINUTE;
    const { policy } = app.tables.policies.current();
    app.tables.transaction(() => { app.tables.policies.add({ ...policy, thresholds: { ...policy.thresholds, max_tool_calls: policy.thresholds.max_tool_calls + 1 } }, 'test', nowUs); });
    expect(spend(subject)).toContain('has changed since it was shown');
    expect(approveAction(app, { id, subject, by })).toEqual({ ok: false, error: expect.stringContaining('has changed since it was shown') });
    expect(first().approval).toBeNull();
  });

  it('leaves a row in the audit log for the approval and for its use', () => {
    const events = [...app.tables.audit.iterate()].map((row) => row.event);
    expect(events.filter((event) => event === 'action_approved').length).toBe(6);
    expect(events.filter((event) => event === 'approval_used').length).toBe(2);
  });
});

describe('what an approval is bound to', () => {
  const triage = { decision: 'ticket', evidence: [{ claim: 'exposure_confirmed', value: true, source: 'network_analyzer', call_id: 'c01', pointer: '/claims/x' }] } as const satisfies Partial<Triage>;
  const whole = { verdict: undefined, priority: 'P2', confidence: 1, confidence_parts: [], rationale: '', missing_evidence: [], recommended_actions: [], impact: '', routing: 'none', engine: { kind: 'rules', model: null, prompt_version: null, rules_version: '1' }, started_at: '', duration_ms: 1 } as const;
  const action = { action: 'Close it', target: 'arn:aws:s3:::b', priority: 'P2', autonomy_level: 'L2', why: 'because' } as const;
  const subject = (a: object = {}, t: object = {}, policy = 1): string => { const { verdict: _, ...rest } = whole; return approvalSubject({ ...action, ...a }, { ...rest, ...triage, ...t }, policy); };

  it.each([
    ['another action', () => subject({ action: 'Close it all' })], ['another target', () => subject({ target: 'arn:aws:s3:::c' })], ['another priority', () => subject({ priority: 'P1' })],
    ['another decision', () => subject({}, { decision: 'defer' })], ['other evidence', () => subject({}, { evidence: [{ ...triage.evidence[0], value: false }] })], ['another policy', () => subject({}, {}, 2)],
  ])('is another thing with %s', (_, other) => { expect(other()).not.toBe(subject()); });

  it('is the same thing with other words for why, and in another run', () => {
    expect(subject({ why: 'for another reason' }, { started_at: 'later', duration_ms: 9 })).toBe(subject());
  });
});
