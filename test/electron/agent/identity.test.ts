import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { certify, keyId, newKey, readKey, signDecision, signatureProblem } from '#electron/agent/identity.ts';
import { mayCall, roles } from '#electron/agent/roles.ts';
import { openKeyring } from '#electron/host/agent/keyring.ts';

const installation = readKey(newKey()), agent = readKey(newKey()), other = readKey(newKey());
const certificate = certify(installation, agent, roles.triage, 1);
const payload = { decision: 'ticket', calls: [{ call_id: 'c01', output: { claims: {} } }] };
const signature = signDecision(agent, 'triage', payload);

describe('a signed decision', () => {
  it('verifies, whatever the order of its keys', () => { expect(signatureProblem(signature, certificate, { calls: payload.calls, decision: 'ticket' })).toBeUndefined(); });
  it.each([
    ['a changed decision', () => signatureProblem(signature, certificate, { ...payload, decision: 'defer' }), /changed after it was signed/],
    ['a changed call', () => signatureProblem(signature, certificate, { ...payload, calls: [] }), /changed after it was signed/],
    ['a signature by another key', () => signatureProblem({ ...signDecision(other, 'triage', payload), key_id: signature.key_id }, certificate, payload), /not of this key/],
    ['no certificate', () => signatureProblem(signature, undefined, payload), /no certificate/],
    ['a certificate for another key', () => signatureProblem(signature, certify(installation, other, roles.triage, 1), payload), /another key or role/],
    ['a certificate for another role', () => signatureProblem(signature, certify(installation, agent, roles.action, 1), payload), /another key or role/],
    ['a certificate with more tools than were certified', () => signatureProblem(signature, { ...certificate, body: { ...certificate.body, tools: ['everything'] } }, payload), /certificate was changed/],
    ['a certificate by somebody else', () => signatureProblem(signature, { ...certify(other, agent, roles.triage, 1), installation_key: certificate.installation_key }, payload), /names another key|was changed/],
    ['a signature that is no signature', () => signatureProblem({ ...signature, value: 'AAAA' }, certificate, payload), /not of this key/],
  ])('does not verify with %s', (_, problem, why) => { expect(problem()).toMatch(why); });
});

describe('the keys of an installation', () => {
  it('are made once, kept where only the user can read them, and the same for everybody after', () => {
    const dir = mkdtempSync(join(tmpdir(), 'winnow-keys-'));
    try {
      const first = openKeyring(dir).agent(roles.triage, 1), second = openKeyring(dir).agent(roles.triage, 2);
      expect(keyId(second.key)).toBe(keyId(first.key));
      expect(second.certificate.body.installation).toBe(first.certificate.body.installation);
      expect(first.lasting).toBe(true);
      expect(statSync(join(dir, 'installation.pem')).mode & 0o077).toBe(0);
    } finally { rmSync(dir, { recursive: true, force: true }); }
  });
  it('last as long as the process where nothing can be written', () => {
    const dir = mkdtempSync(join(tmpdir(), 'winnow-keys-'));
    try {
      writeFileSync(join(dir, 'a-file'), '');
      expect(openKeyring(join(dir, 'a-file', 'keys')).agent(roles.triage, 1)).toMatchObject({ lasting: false });
    } finally { rmSync(dir, { recursive: true, force: true }); }
  });
});

describe('roles', () => {
  it('let triage call every tool but a person’s answer, and the others none', () => {
    expect(mayCall(roles.triage, 'network_analyzer')).toBe(true);
    for (const name of ['human_answer', 'delete_bucket', '__proto__', '']) expect(mayCall(roles.triage, name)).toBe(false);
    for (const role of [roles.connector, roles.action]) expect(mayCall(role, 'network_analyzer')).toBe(false);
  });
});
