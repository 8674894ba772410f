import { describe, expect, it } from 'vitest';
import type { Call } from '#shared/model/claims.ts';
import { stepsOf, type RecordedRun } from '../../../../renderer/features/agent-trace/trace-steps.ts';

const call = (call_id: string, round: number): Call => ({ call_id, tool: 'policy_lookup', arguments: {}, status: 'ok', started_us: round * 1000, duration_us: 10, round });
const turn = (turn_id: string, call_id: string | null) => ({ turn_id, purpose: call_id === null ? 'final' as const : 'next' as const, plain: true, endpoint: 'e', model: 'm', request_hash: '', prompt_id: 'next', prompt_hash: '', outcome: call_id === null ? 'ticket, 95 %' : 'call', offered: [], asked: call_id === null ? null : 'policy_lookup', call_id, tokens: null, started_us: 5000, duration_us: 100 });
const run = (agent: boolean, more: object = {}): RecordedRun => JSON.parse(JSON.stringify({
  incident: { supporting_findings: [], primary_issue: 'public_access' }, triage: { decision: 'ticket', priority: 'P3', engine: { kind: agent ? 'agent' : 'rules' } },
  validation: { passed: true, checks: [], gate: { rule: 4, outcome: 'ticket', proposed: 'ticket', why: '', rows: [] } }, route: { action: 'queue', rule: 'gate' },
  trace: { started_us: 0, claims: [], stopped: 'done', calls: [call('c01', 1), call('c02', 2)], ...(agent && { agent: { turns: [turn('t01', 'c02'), turn('t02', null)], rules: { decision: 'ticket', priority: 'P3', confidence: 0.9 }, agrees: true } }), ...more },
})) as RecordedRun;

describe('the steps of a run', () => {
  it('put each turn of a model before the call that it led to, and the rules after', () => {
    expect(stepsOf(run(true)).map((s) => s.id)).toEqual(['correlate', 'plan', 'round-1', 'c01', 't01', 'round-2', 'c02', 't02', 'rules', 'validate', 'gate', 'route']);
  });
  it('have no turns where the rules decided, and say when a model was wanted', () => {
    const steps = stepsOf(run(false, { degraded: 'Ollama is not running' }));
    expect(steps.map((s) => s.kind)).not.toContain('turn');
    expect(steps.find((s) => s.id === 'rules')?.detail).toBe('ticket P3, no model: Ollama is not running');
  });
});
