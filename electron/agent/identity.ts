import canonicalize from 'canonicalize';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign as signBytes, verify as verifyBytes, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { signatureSchema } from '#shared/model/agent.ts';

/** Starts of what is signed, so that a signature can't be taken for one of something else. */
const DECISION = 'winnow-agent-decision-v1\n', AUDIT = 'winnow-agent-audit-v1\n', CERTIFICATE = 'winnow-agent-certificate-v1\n';
type Signature = z.infer<typeof signatureSchema>;

export const certificateSchema = z.object({
  body: z.object({ key_id: z.string(), role: z.string(), tools: z.array(z.string()).readonly(), public_key: z.string(), issued_us: z.number().int(), installation: z.string() }).readonly(), installation_key: z.string(), signature: z.string(),
}).readonly();
/** An installation says: this key belongs to an agent of this role, which may call these tools. */
export type Certificate = z.infer<typeof certificateSchema>;

const hash = (value: unknown): string => createHash('sha256').update(canonicalize(value) ?? '').digest('hex');
const publicOf = (key: KeyObject): KeyObject => (key.type === 'public' ? key : createPublicKey(key));
const publicText = (key: KeyObject): string => publicOf(key).export({ type: 'spki', format: 'der' }).toString('base64');
const readPublic = (text: string): KeyObject => createPublicKey({ key: Buffer.from(text, 'base64'), type: 'spki', format: 'der' });
/** A key's name: the beginning of the hash of its public half. */
export const keyId = (key: KeyObject): string => createHash('sha256').update(publicOf(key).export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 16);

/** A new Ed25519 key as PEM (PKCS#8). */
export const newKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const readKey = (pem: string): KeyObject => createPrivateKey(pem);

export function certify(installation: KeyObject, agent: KeyObject, role: { readonly name: string; readonly tools: ReadonlySet<string> }, issuedUs: number): Certificate {
  const body = { key_id: keyId(agent), role: role.name, tools: [...role.tools].toSorted(), public_key: publicText(agent), issued_us: issuedUs, installation: keyId(installation) };
  return { body, installation_key: publicText(installation), signature: signBytes(null, Buffer.from(CERTIFICATE + hash(body)), installation).toString('base64') };
}

/** Signs what a decision rests on and says; `payload` is anything with a JSON form. */
export const signDecision = (agent: KeyObject, role: string, payload: unknown): Signature => signAs(DECISION, agent, role, payload);
/** Signs what an agent writes into the audit log itself. */
export const signAuditRow = (agent: KeyObject, role: string, payload: unknown): Signature => signAs(AUDIT, agent, role, payload);

function signAs(start: string, agent: KeyObject, role: string, payload: unknown): Signature {
  const payload_hash = hash(payload);
  return { key_id: keyId(agent), role, algorithm: 'ed25519', payload_hash, value: signBytes(null, Buffer.from(start + payload_hash), agent).toString('base64') };
}

/** What is wrong with a signed decision (or audit row); undefined when signature, certificate and payload belong together. Whether to trust the installation is another question. */
export function signatureProblem(signature: Signature, certificate: Certificate | undefined, payload: unknown, of: 'decision' | 'audit row' = 'decision'): string | undefined {
  if (certificate === undefined) return `the workspace has no certificate for key ${signature.key_id}`;
  const { body } = certificate;
  const check = (text: string, key: string, value: string): boolean => { try { return verifyBytes(null, Buffer.from(text), readPublic(key), Buffer.from(value, 'base64')); } catch { return false; /* a key or signature that can't be read verifies nothing */ } };
  if (body.key_id !== signature.key_id || body.role !== signature.role) return 'the certificate is for another key or role';
  if (keyId(readPublic(body.public_key)) !== body.key_id || keyId(readPublic(certificate.installation_key)) !== body.installation) return 'the certificate names another key than it carries';
  if (!check(CERTIFICATE + hash(body), certificate.installation_key, certificate.signature)) return 'the certificate was changed';
  if (hash(payload) !== signature.payload_hash) return `the ${of} was changed after it was signed`;
  return check((of === 'decision' ? DECISION : AUDIT) + signature.payload_hash, body.public_key, signature.value) ? undefined : 'the signature is not of this key';
}
