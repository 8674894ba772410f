import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { emptied, namesOnly } from '../units/emptied.ts';

/** Of a VPN its tunnels' keys and the router's configuration, which repeats them; of CloudFront the values of headers to an origin; of a launch template its start-up script. */
const hidden: ReadonlySet<string> = new Set(['HeaderValue', 'PreSharedKey', 'CustomerGatewayConfiguration', 'UserData']);

/**
 * One line of JSON as the AWS CLI would print an answer: dates in ISO 8601, bytes in base64. Values of environment variables (Lambda's `Environment.Variables`, the
 * `environment` lists of ECS, also in overrides) and what is hidden above are left out: nothing asks for them, and they are or hold secrets.
 */
export const answerText = (answer: JsonObject): string => `${JSON.stringify(emptied(answer, (key, value) => {
  if (hidden.has(key)) return { instead: null };
  return (key === 'Variables' && isObject(value)) || (key.toLowerCase() === 'environment' && Array.isArray(value)) ? { instead: namesOnly(value) } : undefined;
}), base64)}\n`;

/** What stands at the key, as a Buffer would already be a list of numbers in `value`. */
function base64(this: unknown, key: string, value: unknown): unknown {
  const bytes: unknown = isObject(this) ? this[key] : undefined;
  return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : value;
}
