import { at, list, str } from '#shared/lib/json.ts';
import type { Session } from '../connector.ts';
import type { Fault } from '../pace/failure.ts';
import type { HttpAnswer } from '../pace/http.ts';
import { allPages } from '../units/walk-pages.ts';
import type { GcpTokens } from './credentials.ts';

/** REST interfaces of Google Cloud. Paths begin with the version. All methods throw ConnectFailure. */
export interface GcpApi {
  get(host: string, path: string): Promise<unknown>;
  /** Everything that a list has at `key`, over all its pages. `path` has a query already. */
  all(host: string, path: string, key: string): Promise<readonly unknown[]>;
  /** Methods that read and are called by POST: `:getIamPolicy`, `:testIamPermissions`. */
  ask(host: string, path: string, body: unknown): Promise<unknown>;
}

export function gcpApi(session: Session, hostOf: (name: string) => string, tokens: GcpTokens): GcpApi {
  const send = async (host: string, path: string, method: 'GET' | 'POST', body?: unknown): Promise<unknown> => {
    const token = await tokens.token();
    return session.http.json({
      url: `${hostOf(`${host}.googleapis.com`)}/${path}`, method, readFault, ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }), ...(tokens.quotaProject !== undefined && { 'x-goog-user-project': tokens.quotaProject }) },
    });
  };
  const get = (host: string, path: string): Promise<unknown> => send(host, path, 'GET');
  return {
    get, ask: (host, path, body) => send(host, path, 'POST', body),
    all: (host, path, key) => allPages(`a list of ${host}.googleapis.com`, async (token) => {
      const answer = await get(host, withToken(path, token));
      return { rows: list(answer, key), next: at(answer, 'nextPageToken') };
    }),
  };
}

/** The page of a list at a token. */
export const withToken = (path: string, token: string | undefined): string => (token === undefined ? path : `${path}&pageToken=${encodeURIComponent(token)}`);

/** Google's error model (`google.rpc.Status` with ErrorInfo and RetryInfo; AIP-193). */
function readFault({ status, headers, body }: HttpAnswer): Fault | undefined {
  let error: unknown;
  try { error = at(JSON.parse(body.toString('utf8')), 'error'); } catch { return undefined; }
  const message = (str(error, 'message') ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 300), details = list(error, 'details');
  const reason = details.map((d) => str(d, 'reason')).find((r) => r !== undefined) ?? str(list(error, 'errors')[0], 'reason');
  const delay = /^(\d+(?:\.\d+)?)s$/.exec(details.map((d) => str(d, 'retryDelay')).find((d) => d !== undefined) ?? '')?.[1];
  const isLimited = status === 429 || reason === 'RATE_LIMIT_EXCEEDED' || reason === 'rateLimitExceeded' || reason === 'userRateLimitExceeded';
  if (isLimited) return headers['retry-after'] !== undefined && status === 429 ? undefined : { retry: true, kind: 'throttled', says: 'Google Cloud asks for fewer requests', ...(delay !== undefined && { after_ms: Math.round(Number(delay) * 1000) }) };
  if (status === 401) return { retry: false, kind: 'expired', says: 'the token is not accepted or no longer valid: sign in again' };
  if (reason === 'SERVICE_DISABLED' || reason === 'accessNotConfigured') return { retry: false, kind: 'denied', says: disabled(details) };
  if (status === 403) return { retry: false, kind: 'denied', says: message === '' ? 'not allowed (403)' : message };
  return status === 400 ? { retry: false, kind: 'rejected', says: `${str(error, 'status') ?? '400'}: ${message}` } : undefined;
}

/**
 * A service that is switched off, in which project (ErrorInfo of `SERVICE_DISABLED`: `service`, `consumer`). The consumer is the project that pays for the calls: the
 * quota project, else that of the credentials, seldom the one that is asked about. What we ask tells of other services' resources, which are there whether or not
 * it is switched on, so it is never an answer.
 */
function disabled(details: readonly unknown[]): string {
  const told = (key: string): string | undefined => details.map((d) => str(d, 'metadata', key)).find((s) => s !== undefined);
  const service = told('service') ?? 'the service', project = /^projects\/([\w.:-]+)$/.exec(told('consumer') ?? '')?.[1];
  return `${service} is not switched on in ${project === undefined ? 'the project that pays for the calls' : `project ${project}, which pays for the calls`} (gcloud services enable ${service}${project === undefined ? '' : ` --project ${project}`}, or name another with --quota-project)`;
}
