import { RE2JS } from 're2js';
import { err, ok, type Result } from '#shared/lib/result.ts';

export type Redact = (text: string) => string;

/** Secrets by their published forms; what stands for them names the kind, so that a reader knows what was there. */
const SHIPPED: readonly (readonly [string, string])[] = [
  ['private_key', '-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)'],
  ['aws_access_key', '\\b(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\\b'],
  ['github_token', '\\b(gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,})\\b'],
  ['gitlab_token', '\\bglpat-[A-Za-z0-9_-]{20,}'],
  ['slack_token', '\\bxox[abeoprs]-[A-Za-z0-9-]{10,}'],
  ['google_key', '\\bAIza[A-Za-z0-9_-]{35}'],
  ['stripe_key', '\\b[rs]k_(live|test)_[A-Za-z0-9]{16,}'],
  ['model_key', '\\bsk-[A-Za-z0-9_-]{20,}'],
  ['jwt', '\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]*'],
  ['url_password', '(://[^/\\s:@]+:)[^/\\s@]+@'],
  ['azure_key', '(?i)(AccountKey|SharedAccessKey|sig)=[A-Za-z0-9+/%=]{20,}'],
  ['secret', '(?i)\\b(password|passwd|pwd|secret|api[_-]?key|token|authorization|aws_secret_access_key|client_secret)\\b["\']?\\s*[:=ˆ]+\\s*["\']?(bearerˆ?\\s*)?[^\\s"\'ˆ,;]{6,}'],
];

/**
 * A function that takes secrets out of every text before it leaves the process: the published forms, and the patterns of the policy.
 * @returns an error that names the pattern which doesn't parse (RE2 syntax: linear time, no look-around).
 */
export function redactor(patterns: readonly string[]): Result<Redact> {
  const all: { readonly kind: string; readonly expression: RE2JS }[] = [];
  for (const [kind, source] of [...SHIPPED, ...patterns.map((p) => ['policy', p] as const)]) {
    try { all.push({ kind, expression: RE2JS.compile(source) }); } catch (error) { return err(`"${source}" is no pattern: ${error instanceof Error ? error.message : String(error)}`); }
  }
  return ok((text) => all.reduce((current, { kind, expression }) => expression.matcher(current).replaceAll(kind === 'url_password' ? '$1[redacted:url_password]@' : `[redacted:${kind}]`), text));
}
