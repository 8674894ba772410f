import { describe, expect, it } from 'vitest';
import { enrich, type EnrichContext } from '#electron/pipeline/enrich/enrich.ts';
import { subjectOf } from '#electron/pipeline/enrich/subject.ts';
import { wantedClaims } from '#electron/pipeline/validate/judge.ts';
import { tools } from '#electron/tools/all.ts';
import { subjectSchema } from '#electron/tools/tool.ts';
import { isOpen } from '#shared/model/claim-states.ts';
import { isClaimName, type ClaimName, type ToolClaim } from '#shared/model/claims.ts';
import { evidencePlan } from '#shared/model/evidence-plan.ts';
import { callOf } from '../../../fixtures/call-of.ts';
import { findingOf } from '../../../fixtures/finding-of.ts';
import { incidentOf } from '../../../fixtures/incident-of.ts';

const plan = evidencePlan({ issue_type: 'public_access', kind: 'posture', entity_type: 'bucket' });
const list = tools.map(({ name, claims, cost }) => ({ name, claims, cost }));
const exposed: { [K in ClaimName]?: ToolClaim['value'] } = { exposure_confirmed: true, exposure_reconfirmed: true, mitigation_confirmed: false, issue_confirmed: true, owner_identified: 'platform-team', owner_active: true, accepted_risk: false, known_good: false, production: true, external_access: 0, blast_radius: 'low', touches_iam: false, touches_network_boundary: true, contains_sensitive_data: 'unknown', exploit_known: false, runtime_active: false, control_newer_than_access: false };

/** Tools that answer from a table; what they were asked is kept. */
function world(facts: typeof exposed, rest: { readonly wanted?: EnrichContext['wanted']; readonly maxCalls?: number; readonly logs?: Record<string, unknown>; readonly failing?: string; readonly signal?: AbortSignal } = {}) {
  const asked: string[] = [];
  const context: EnrichContext = {
    tools: list, merge: { asOfUs: 1, maxAgeDays: 30 }, maxCalls: rest.maxCalls ?? 12, signal: rest.signal ?? new AbortController().signal, wanted: rest.wanted ?? ((claims) => wantedClaims(claims, plan, ['touches_iam', 'blast_radius'])),
    call: ({ call_id, tool, round, arguments: args }) => {
      const raw = args['snapshot'] === 'raw';
      asked.push(`${round} ${tool}${raw ? ' raw' : ''}${typeof args['last_access_us'] === 'number' ? ` since ${args['last_access_us']}` : ''}`);
      const claims = tool === 'human_answer' ? ['production'] : raw ? ['exposure_reconfirmed'] : (list.find((t) => t.name === tool)?.claims ?? []).filter((name) => name !== 'exposure_reconfirmed');
      return Promise.resolve({ ...callOf(call_id, tool, Object.fromEntries(claims.filter(isClaimName).map((name) => [name, facts[name] ?? 'unknown'])), { ...(tool === 'auth_logs' && { facts: rest.logs ?? {} }), ...(tool === rest.failing && { status: 'error' }) }), round });
    },
  };
  return { asked, run: (answers: readonly Record<string, unknown>[] = []) => enrich({ subject: { entity: 'arn:aws:s3:::billing-exports' }, plan, answers }, context) };
}

describe('what is asked', () => {
  it('cheapest first, those of one price together, and the raw snapshot only after a first yes', async () => {
    const { asked, run } = world(exposed);
    const found = await run();
    const order = asked.map((a) => a.slice(2));
    expect(order.slice(0, 2)).toEqual(['policy_lookup', 'network_analyzer']);
    expect(order.indexOf('network_analyzer raw')).toBeGreaterThan(order.indexOf('network_analyzer'));
    expect(new Set(asked).size).toBe(asked.length);
    expect([found.budget_exhausted, found.stopped]).toEqual([false, 'nothing that is open can change the outcome']);
    expect(found.calls.map((c) => c.call_id)).toEqual(found.calls.map((_, i) => `c${String(i + 1).padStart(2, '0')}`));
  });
  it('only what matters: no change history without a contradiction, no vulnerability of a bucket, no identity', async () => {
    const { asked, run } = world({ ...exposed, exposure_confirmed: false, mitigation_confirmed: true, issue_confirmed: false });
    await run();
    for (const tool of ['change_history', 'related_findings', 'network_analyzer raw', 'human_answer']) expect(asked.map((a) => a.slice(2))).not.toContain(tool);
  });
  it('when the control came, once the logs contradict it', async () => {
    const { asked, run } = world({ ...exposed, exposure_confirmed: false, mitigation_confirmed: true, issue_confirmed: false, external_access: 3 }, { logs: { last_foreign_us: 77 } });
    const found = await run();
    expect(asked.some((a) => a.endsWith('change_history since 77'))).toBe(true);
    expect(found.claims.mitigation_confirmed?.value).toBe('conflict');
  });
  it('people’s answers first', async () => {
    const { asked, run } = world(exposed);
    await run([{ claim: 'production', value: true, author: 'a', note: '', at_us: 1 }]);
    expect(asked[0]).toBe('1 human_answer');
  });
  it('only the plan’s own claims when nothing else is wanted', async () => {
    const { asked, run } = world(exposed, { wanted: () => [] });
    await run();
    expect(asked).toEqual(['1 cloud_inventory', '1 policy_lookup', '2 auth_logs']);
  });
  it('each thing once, even when nobody knows anything, and always ends', async () => {
    const { asked, run } = world({});
    const found = await run();
    expect(new Set(asked.map((a) => a.slice(2))).size).toBe(asked.length);
    expect([found.budget_exhausted, isOpen(found.claims.exposure_confirmed)]).toEqual([false, true]);
  });
});

describe('the budget', () => {
  it('stops before it is overdrawn, and says that the outcome was open', async () => {
    for (const maxCalls of [1, 2, 3, 4]) {
      const { asked, run } = world(exposed, { maxCalls });
      const found = await run();
      expect(asked.length).toBeLessThanOrEqual(maxCalls);
      expect([found.budget_exhausted, found.stopped]).toEqual([true, `budget of ${maxCalls} calls spent`]);
    }
  });
  it('is not called exhausted when only the plan’s own claims are left', async () => {
    const found = await world(exposed, { wanted: () => [], maxCalls: 2 }).run();
    expect([found.calls.length, found.budget_exhausted]).toEqual([2, false]);
  });
});

it('records a failing tool and goes on without it', async () => {
  const { run } = world(exposed, { failing: 'cloud_inventory' });
  const found = await run();
  expect(found.calls.filter((c) => c.status === 'error').map((c) => c.tool)).toContain('cloud_inventory');
  expect([found.claims.production, found.claims.owner_identified?.value]).toEqual([undefined, 'platform-team']);
});

it('stops when it is cancelled', async () => {
  await expect(world(exposed, { signal: AbortSignal.abort() }).run()).rejects.toThrow(/abort/i);
});

describe('the subject', () => {
  const of = (...findings: readonly ReturnType<typeof findingOf>[]) => subjectSchema.parse(subjectOf(incidentOf(), findings, plan));
  it('is the same for any order of findings, and reads only those of the primary issue', () => {
    const list = [findingOf('b', { source: 'wiz', observables: { port: 22 } }), findingOf('a', { observables: { port: 22, src_ip: '203.0.113.9' } }), findingOf('c', { issue_type: 'encryption_disabled', title: 'Other', observables: { user: 'x' } })];
    expect(of(...list)).toEqual(of(...list.toReversed()));
    expect(of(...list)).toMatchObject({ reported_by: ['prowler', 'wiz'], titles: ['Bucket is public'], users: [], ports: [{ port: 22, protocol: 'tcp' }], src_ips: ['203.0.113.9'] });
  });
  it('names what findings of other plans report beside it, detections apart', () => {
    const port = { issue_type: 'open_port', title: 'Port 22', observables: { port: 22 } };
    expect(of(findingOf('a'), findingOf('b', port), findingOf('c', { issue_type: 'encryption_disabled', title: 'Encryption' }), findingOf('d', { issue_type: 'brute_force', kind: 'detection' })).beside)
      .toEqual([{ issue_type: 'encryption_disabled', plan: 'configuration', titles: ['Encryption'] }, { issue_type: 'open_port', plan: 'open_port', titles: ['Port 22'], ports: [{ port: 22, protocol: 'tcp' }] }]);
    expect(of(findingOf('a')).beside).toBeUndefined();
  });
  it('says when it carries less than there is', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => findingOf(`f${String(i).padStart(4, '0')}`, { observables: { src_ip: `10.0.${i >> 8}.${i & 255}` } }));
    expect([of(...many(50)).truncated, of(...many(51)).truncated, of(...many(51)).src_ips.length]).toEqual([undefined, true, 50]);
  });
  it('carries every CVE of a package that has hundreds', () => {
    const found = subjectSchema.parse(subjectOf(incidentOf({ primary_issue: 'vulnerable_package' }), Array.from({ length: 300 }, (_, i) => findingOf(`f${i}`, { issue_type: 'vulnerable_package', vulnerability: { cve: `CVE-2024-${i}` } })), { ...plan, plan: 'vulnerable_package' }));
    expect([found.vulnerabilities.length, found.truncated]).toEqual([300, undefined]);
  });
});
