import http from 'node:http';
import https from 'node:https';
import { isIPv6 } from 'node:net';
import { ConnectFailure, readRetryAfter, socketFault, type Fault } from './failure.ts';
import type { Pace } from './pace.ts';

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What an answer other than 2xx means where the product has words of its own; undefined leaves it to the status. */
  readonly readFault?: (answer: HttpAnswer) => Fault | undefined;
}
export interface HttpAnswer { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }

/** What belongs to a server of its own: a private certificate authority, a client certificate. PEM. */
export interface TlsOptions { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string; /** The server may be anyone: only where the user’s own configuration says so. */ readonly insecure?: boolean }

/** Requests that are paced, end in time, go only where they are admitted, and follow no redirect. */
export interface Http {
  /** The whole body of a 2xx answer. @throws ConnectFailure */
  bytes(request: HttpRequest): Promise<HttpAnswer>;
  /** The same, parsed as JSON. @throws ConnectFailure; an answer that is no JSON is `bad_answer`. */
  json(request: HttpRequest): Promise<unknown>;
  /** The same door with a server's own certificates. */
  withTls(tls: TlsOptions): Http;
  close(): void;
}

/** Largest body that is taken in: no page of any list comes near. */
const MOST_BYTES = 256 * 1024 * 1024;

export function createHttp(pace: Pace, admit: (url: string) => Promise<readonly string[]>, nowMs: () => number, tls: TlsOptions = {}): Http {
  const { insecure, ...material } = tls;
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true, ...material, rejectUnauthorized: insecure !== true }) };
  const children: Http[] = [];
  const bytes = (request: HttpRequest): Promise<HttpAnswer> => pace.run(async (signal) => {
    const addresses = await admit(request.url);
    const answer = await send(request, addresses, agents, signal);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new AnswerError(answer);
  }, (error) => (error instanceof AnswerError ? request.readFault?.(error.answer) ?? statusFault(error.answer, nowMs()) : socketFault(error)));
  return {
    bytes,
    json: async (request) => {
      const { body } = await bytes(request);
      try { return JSON.parse(body.toString('utf8')) as unknown; } catch { throw new ConnectFailure('bad_answer', `${new URL(request.url).host} answered with something that is no JSON`); }
    },
    withTls(own) { const child = createHttp(pace, admit, nowMs, own); children.push(child); return child; },
    close() { agents.http.destroy(); agents.https.destroy(); for (const child of children) child.close(); },
  };
}

class AnswerError extends Error {
  readonly answer: HttpAnswer;
  constructor(answer: HttpAnswer) { super(`status ${answer.status}`); this.answer = answer; }
}

/** What a status means by itself (RFC 9110, RFC 6585). */
export function statusFault(answer: HttpAnswer, nowMs: number): Fault {
  const { status, headers } = answer;
  const after = readRetryAfter(headers['retry-after'], nowMs);
  const later = after === undefined ? {} : { after_ms: after };
  if (status === 429) return { retry: true, kind: 'throttled', says: 'the server asks for fewer requests (429)', ...later };
  if (status === 408 || status >= 500) return { retry: status !== 501, kind: status === 503 ? 'throttled' : 'unreachable', says: `the server answered ${status}`, ...later };
  if (status >= 300 && status < 400) return { retry: false, kind: 'rejected', says: 'it redirects elsewhere; redirects are not followed' };
  if (status === 401) return { retry: false, kind: 'expired', says: 'the credentials are not accepted or no longer valid (401)' };
  if (status === 403) return { retry: false, kind: 'denied', says: 'not allowed (403)' };
  if (status === 404 || status === 410) return { retry: false, kind: 'absent', says: `not there (${status})` };
  return { retry: false, kind: 'rejected', says: `the server answered ${status}` };
}

function send(request: HttpRequest, addresses: readonly string[], agents: { readonly http: http.Agent; readonly https: https.Agent }, signal: AbortSignal): Promise<HttpAnswer> {
  const url = new URL(request.url);
  const isSecure = url.protocol === 'https:';
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return new Promise((resolve, reject) => {
    const sent = (isSecure ? https : http).request(url, {
      method: request.method ?? 'GET', signal, agent: isSecure ? agents.https : agents.http,
      headers: { accept: 'application/json', ...request.headers, ...(request.body !== undefined && { 'content-length': String(Buffer.byteLength(request.body)) }) },
      // Only where it was admitted to, whatever a second look-up would say.
      lookup: (_name, options, done) => { const [first] = all; if (options.all) done(null, all); else done(null, first?.address ?? '', first?.family); },
    }, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MOST_BYTES) { answer.destroy(new ConnectFailure('bad_answer', 'the answer is larger than 256 MB')); return; }
        parts.push(chunk);
      });
      answer.on('error', reject);
      // `end` alone would also come for a body that was cut off without a length.
      answer.on('close', () => { if (answer.complete) resolve({ status: answer.statusCode ?? 0, headers: flat(answer.headers), body: Buffer.concat(parts) }); else reject(new ConnectFailure('cut', 'the connection broke off in the middle of an answer')); });
    });
    sent.on('error', reject);
    sent.end(request.body);
  });
}

const flat = (headers: http.IncomingHttpHeaders): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value ?? '']));
