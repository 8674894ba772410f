import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '#electron/audit/chain.ts';
import { signatureCheck } from '#electron/host/agent/verify-signed.ts';

const row: AuditEntry = { seq: 1, workspace: 'w', previous_hash: '', time_us: 0, actor: 'engine:agent', key_id: 'k', event: 'decided', payload: '{"decision_id":"D-1","signature":"s"}', payload_hash: '', hash: '' };

describe('checking what agents signed', () => {
  it('finds a decision that was changed into something unreadable, instead of failing itself', () => {
    const check = signatureCheck({ agent: { certificate: () => undefined }, decisions: { get: () => { throw new SyntaxError('Unexpected token'); } } });
    expect(check.problem(row)).toMatch(/^decision D-1, or the certificate of who signed it, can't be read/);
    expect(check.signed()).toBe(0);
  });
  it('finds one that is gone, and leaves rows of the rules alone', () => {
    const check = signatureCheck({ agent: { certificate: () => undefined }, decisions: { get: () => undefined } });
    expect(check.problem(row)).toBe('decision D-1, which an agent signed, is gone');
    expect(check.problem({ ...row, actor: 'engine:rules', key_id: 'none' })).toBeUndefined();
  });
});
