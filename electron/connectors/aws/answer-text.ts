import { isObject, type JsonObject } from '#shared/lib/json.ts';

/**
 * One line of JSON as the AWS CLI would print an answer: dates in ISO 8601, bytes in base64. Values of environment variables and of headers to an
 * origin, and the pre-shared keys of VPN tunnels, are left out: nothing asks for them, and they are or hold secrets.
 */
export const answerText = (answer: JsonObject): string => `${JSON.stringify(plain(answer))}\n`;

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, isHidden(key, inner) ? withoutValues(inner) : plain(inner)]));
}

/** Lambda's `Environment.Variables`, the `environment` lists of ECS (also in overrides), CloudFront's `HeaderValue`; of a VPN its tunnels' keys, and the router's configuration, which repeats them. */
const hiddenKeys = new Set(['HeaderValue', 'PreSharedKey', 'CustomerGatewayConfiguration']);
const isHidden = (key: string, value: unknown): boolean => (key === 'Variables' && isObject(value)) || ((key === 'environment' || key === 'Environment') && Array.isArray(value)) || hiddenKeys.has(key);

function withoutValues(value: unknown): unknown {
  if (isObject(value)) return Object.fromEntries(Object.keys(value).map((name) => [name, '']));
  return Array.isArray(value) ? value.map((one) => (isObject(one) ? { ...one, value: '' } : '')) : '';
}
