import { isObject } from '#shared/lib/json.ts';

const secret = /(^|_)(password|passwd|private_key(_pem|_openssh)?|secret_string|secret_binary|client_secret|secret|token|auth_token|api_key|access_key|secret_key|connection_string|user_data(_base64)?|ses_smtp_password_v4|plaintext|certificate_body|content_base64|sensitive_content)$/i;
const maxDepth = 80;

/** A record of Terraform without values that are secret by their name; states hold them in plain text. Environment variables of functions keep their names. */
export function withoutSecretValues(record: unknown): unknown {
  return clean(record, 0);
}

function clean(value: unknown, depth: number): unknown {
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]): [string, unknown] => {
    if (secret.test(key) && typeof inner === 'string') return [key, null];
    if (key === 'variables' && isObject(inner)) return [key, Object.fromEntries(Object.keys(inner).map((name) => [name, null]))];
    return [key, clean(inner, depth + 1)];
  }));
}
