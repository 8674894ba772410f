import { at, list, str } from '#shared/lib/json.ts';
import type { Session } from '../connector.ts';
import { ConnectFailure, type Fault } from '../pace/failure.ts';
import type { HttpAnswer } from '../pace/http.ts';
import { allPages, walkPages } from '../units/walk-pages.ts';
import type { AzureCloud } from './clouds.ts';
import type { AzureTokens } from './credentials.ts';

/** One page of a list, and the address of the next. */
export interface AzurePage { readonly rows: readonly unknown[]; readonly next: string | undefined }
/** Azure Resource Manager and Microsoft Graph as the credentials see them. All methods throw ConnectFailure. */
export interface AzureApi {
  /** The pages of `{value, nextLink}` (ARM) or `{value, @odata.nextLink}` (Graph). `from` is the path of the list, or the `next` of the page before. */
  pages(audience: 'arm' | 'graph', from: string): AsyncIterable<AzurePage>;
  /** All rows of such a list. */
  all(audience: 'arm' | 'graph', path: string): Promise<readonly unknown[]>;
  /** The pages of a Resource Graph query in one subscription. */
  query(text: string, subscription: string, from?: string): AsyncIterable<AzurePage & { readonly isCut: boolean }>;
  get(audience: 'arm' | 'graph', path: string): Promise<unknown>;
  /** An action that reads (`…/action`, which ARM calls by POST). */
  action(path: string, body: unknown): Promise<unknown>;
}

const QUERY = '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01';
const ROWS = 1000;
const A_LIST = 'a list of Azure';

export function azureApi(session: Session, cloud: AzureCloud, tokens: AzureTokens): AzureApi {
  const ask = async (audience: 'arm' | 'graph', path: string, method: 'GET' | 'POST', body?: unknown): Promise<unknown> => {
    const base = audience === 'arm' ? cloud.arm : cloud.graph;
    const url = /^https?:/.test(path) ? path : `${base}${path}`;
    // A link that an answer gives is followed only where the question went: a token goes nowhere else.
    if (new URL(url).host !== new URL(base).host) throw new ConnectFailure('rejected', `an answer of ${new URL(base).host} goes on at ${new URL(url).host}: not followed`);
    const token = await tokens.tokenFor(audience);
    return session.http.json({ url, method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...(body !== undefined && { body: JSON.stringify(body) }), readFault });
  };
  const pageAt = async (audience: 'arm' | 'graph', path: string): Promise<{ readonly rows: readonly unknown[]; readonly next: unknown }> => {
    const answer = await ask(audience, path, 'GET');
    if (!Array.isArray(at(answer, 'value'))) throw new ConnectFailure('bad_answer', `an answer of ${audience === 'arm' ? 'Azure Resource Manager' : 'Microsoft Graph'} has no list`);
    return { rows: list(answer, 'value'), next: at(answer, 'nextLink') ?? at(answer, '@odata.nextLink') };
  };
  return {
    get: (audience, path) => ask(audience, path, 'GET'),
    action: (path, body) => ask('arm', path, 'POST', body),
    pages: (audience, path) => walkPages(A_LIST, path, (from = path) => pageAt(audience, from)),
    all: (audience, path) => allPages(A_LIST, (from = path) => pageAt(audience, from)),
    query: (text, subscription, from) => walkPages('a query of Resource Graph', from, async (skipToken) => {
      const answer = await ask('arm', QUERY, 'POST', {
        subscriptions: [subscription], query: text, options: { resultFormat: 'objectArray', $top: ROWS, authorizationScopeFilter: 'AtScopeAboveAndBelow', ...(skipToken !== undefined && { $skipToken: skipToken }) },
      });
      if (!Array.isArray(at(answer, 'data'))) throw new ConnectFailure('bad_answer', 'an answer of Azure Resource Graph has no data');
      const next = str(answer, '$skipToken');
      return { rows: list(answer, 'data'), next, isCut: next === undefined && /^true$/i.test(str(answer, 'resultTruncated') ?? '') };
    }),
  };
}

/** "00:00:05" of Resource Graph's quota header, in milliseconds. */
const quotaWait = (text: string | undefined): number | undefined => { const m = /^(\d+):(\d\d):(\d\d)/.exec(text ?? ''); return m ? ((Number(m[1]) * 60 + Number(m[2])) * 60 + Number(m[3])) * 1000 : undefined; };

/** Azure's own words (`error.code`, `error.message`): the status alone can't tell a feature that isn't there from a call that is wrong. */
function readFault({ status, headers, body }: HttpAnswer): Fault | undefined {
  let error: unknown;
  try { error = at(JSON.parse(body.toString('utf8')), 'error'); } catch { return status === 404 || status === 410 ? { retry: false, kind: 'rejected', says: `not there (${status}), and not in words of Azure` } : undefined; }
  const code = str(error, 'code') ?? '', message = (str(error, 'message') ?? code).replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 300);
  if (status === 429) { const after = headers['retry-after'] === undefined ? quotaWait(headers['x-ms-user-quota-resets-after']) : undefined; return after === undefined ? undefined : { retry: true, kind: 'throttled', says: 'Resource Graph asks for fewer queries', after_ms: after }; }
  if (status === 401) return { retry: false, kind: 'expired', says: /expired/i.test(`${code} ${message}`) ? 'the token has expired: sign in again' : `the token is not accepted (${code === '' ? 401 : code})` };
  if (status === 403) return { retry: false, kind: 'denied', says: message === '' ? 'not allowed (403)' : message };
  if (/^(FeatureNotSupportedForAccount|OperationNotAllowedOnKind|ResourceNotFound|ResourceGroupNotFound|ParentResourceNotFound)$/.test(code)) return { retry: false, kind: 'absent', says: message };
  // Any other "not found" is about the call (its version, its type) or about what may not be seen.
  return status >= 500 || status === 408 ? undefined : { retry: false, kind: 'rejected', says: `${code === '' ? status : code}: ${message}` };
}
