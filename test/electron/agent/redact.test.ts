import { describe, expect, it } from 'vitest';
import { redactor, type Redact } from '#electron/agent/redact.ts';
import { marked } from '#electron/agent/untrusted.ts';

const redact = (patterns: readonly string[] = []): Redact => { const made = redactor(patterns); if (!made.ok) throw new Error(made.error); return made.value; };
// Put together here, so that no scanner takes this file for a leak.
const join = (...parts: readonly string[]): string => parts.join('');
const SECRETS: readonly (readonly [string, string])[] = [
  ['aws_access_key', join('AKIA', 'IOSFODNN7EXAMPLE')], ['aws_access_key', join('ASIA', 'Y34FZKBOKMUTVV7A')], ['github_token', join('ghp_', 'a1B2'.repeat(9))], ['gitlab_token', join('glpat-', 'abcdefghij0123456789')], ['slack_token', join('xoxb-', '123456789012-abcdefABCDEF')],
  ['google_key', join('AIza', 'SyA-1234567890abcdefghijklmnopqrstu')], ['stripe_key', join('sk_live_', '4eC39HqLyjWDarjtT1zdp7dc')], ['model_key', join('sk-', 'proj-abcdefghijklmnop0123')], ['jwt', join('eyJhbGciOiJIUzI1NiJ9.', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0.', 'dozjgNryP4J3jVmNHl0w5N')],
  ['private_key', `${join('-----BEGIN RSA ', 'PRIVATE KEY-----')}\nMIIEpAIBAAKCAQEA\n${join('-----END RSA ', 'PRIVATE KEY-----')}`], ['azure_key', join('AccountKey=', 'abcdefghijklmnopqrstuvwxyz0123456789==')], ['secret', 'password=hunter2hunter2'], ['secret', 'Authorization: Bearer abc.def.ghijkl'], ['secret', '"client_secret": "s3cr3t-value"'],
];

describe('redaction', () => {
  it.each(SECRETS)('takes a %s out of a text: %#', (kind, secret) => {
    const clean = redact()(`user agent x ${secret} y`);
    expect(clean).toContain(`[redacted:${kind}]`);
    expect(clean).not.toContain(secret.split('\n')[1] ?? secret.slice(-8));
  });
  it.each(SECRETS)('takes a %s out before the text is marked: %#', (_, secret) => { expect(marked(redact()(`x ${secret} y`))).not.toContain(secret.slice(-8)); });
  it('keeps the address and takes the password out of it', () => { expect(redact()('postgres://app:hunter2@db.internal/orders')).toBe('postgres://app:[redacted:url_password]@db.internal/orders'); });
  it('takes the patterns of the policy', () => { expect(redact(['PRJ-\\d{4}'])('ticket PRJ-1234')).toBe('ticket [redacted:policy]'); });
  it('leaves facts alone', () => { const line = 'F01 exposure_confirmed = true | observed | fresh | network_analyzer'; expect(redact()(line)).toBe(line); });
  it('names a pattern that does not parse', () => { expect(redactor(['(?=x)'])).toMatchObject({ ok: false, error: expect.stringContaining('(?=x)') }); });
});
