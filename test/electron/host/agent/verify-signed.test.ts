import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '#electron/audit/chain.ts';
import { certify, newKey, readKey, signAuditRow, signDecision } from '#electron/agent/identity.ts';
import { roles } from '#electron/agent/roles.ts';
import { auditPayload } from '#electron/host/agent/agent-audit.ts';
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
  it('names a row whose payload is no JSON, and goes on with the next', () => {
    const check = signatureCheck({ agent: { certificate: () => undefined }, decisions: { get: () => undefined } });
    for (const event of ['decided', 'agent_call_refused']) expect(check.problem({ ...row, event, actor: event === 'decided' ? row.actor : 'agent:triage', payload: '{not json' })).toBe('its payload is not JSON: it was changed');
    expect(check.problem(row)).toBe('decision D-1, which an agent signed, is gone');
  });
});

describe('checking what agents wrote into the audit log', () => {
  const key = readKey(newKey()), certificate = certify(readKey(newKey()), key, roles.triage, 1), { key_id } = certificate.body;
  const check = () => signatureCheck({ agent: { certificate: (id) => (id === key_id ? JSON.stringify(certificate) : undefined) }, decisions: { get: () => undefined } });
  const told = { endpoint: 'far', kind: 'refused_egress', why: 'it is on the internet', at_us: 7 }, event = 'model_passed_over';
  const rowOf = (payload: object, more: Partial<AuditEntry> = {}): AuditEntry => ({ ...row, actor: 'agent:triage', event, key_id, payload: JSON.stringify(payload), ...more });
  const signed = rowOf({ ...told, signature: signAuditRow(key, 'triage', auditPayload('w', event, told)) });

  it('counts what carries its agent\'s signature', () => {
    const one = check();
    expect([one.problem(signed), one.signed()]).toEqual([undefined, 1]);
  });
  it.each<[string, AuditEntry, string]>([
    ['changed words', { ...signed, payload: signed.payload.replace('internet', 'loopback') }, 'the audit row was changed after it was signed'],
    ['another event', { ...signed, event: 'agent_call_refused' }, 'the audit row was changed after it was signed'],
    ['another workspace', { ...signed, workspace: 'v' }, 'the audit row was changed after it was signed'],
    ['another actor', { ...signed, actor: 'mira' }, 'it does not carry the signature of whom it names'],
    ['another key', { ...signed, key_id: 'other' }, 'it does not carry the signature of whom it names'],
    ['no signature at all', rowOf(told), 'it does not carry the signature of whom it names'],
    ['the signature of a decision', rowOf({ ...told, signature: signDecision(key, 'triage', auditPayload('w', event, told)) }), 'the signature is not of this key'],
    ['a key without a certificate', rowOf({ ...told, signature: signAuditRow(readKey(newKey()), 'triage', auditPayload('w', event, told)) }), 'it does not carry the signature of whom it names'],
  ])('finds %s', (_what, changed, why) => { expect(check().problem(changed)).toBe(why); });

  it('takes rows of before agents signed them, and none after one that is signed', () => {
    const unsigned = rowOf(told, { key_id: 'none' }), one = check();
    expect([one.problem(unsigned), one.problem(signed), one.problem(unsigned)]).toEqual([undefined, undefined, 'it is not signed, though its agent signed before']);
  });
});
