import http from 'node:http';
import https from 'node:https';
import { isIPv6 } from 'node:net';
import { Readable } from 'node:stream';
import { ModelFailure } from './model-problem.ts';
import type { Patience } from './model-port.ts';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * A `fetch` that connects to the given addresses only, whatever name the URL has: no look-up, no proxy from the environment, no redirect. Silence
 * beyond the patience ends it with a `timeout`, a refused connection with `not_running`, a connection that breaks off with `cut`.
 */
export function pinnedFetch(addresses: readonly string[], patience: Patience, outer: AbortSignal): Fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const signal = init.signal ? AbortSignal.any([outer, init.signal]) : outer;
    signal.throwIfAborted();
    const headers = Object.fromEntries(new Headers(init.headers).entries());
    const body = typeof init.body === 'string' ? init.body : undefined;
    const response = await send(url, { method: init.method ?? 'GET', headers: { ...headers, 'accept-encoding': 'identity', ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) }, body, addresses, patience, signal });
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400) { response.destroy(); throw new ModelFailure('server_error', `it redirects to ${response.headers.location ?? 'nowhere'}; redirects are not followed`); }
    const head = new Headers(Object.entries(response.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as [string, string]])));
    return new Response(status === 204 ? null : Readable.toWeb(response) as ReadableStream<Uint8Array>, { status, headers: head });
  };
}

interface Sent { readonly method: string; readonly headers: Record<string, string>; readonly body: string | undefined; readonly addresses: readonly string[]; readonly patience: Patience; readonly signal: AbortSignal }

function send(url: URL, { method, headers, body, addresses, patience, signal }: Sent): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method, headers, signal,
      lookup: (_name, options, done) => { const [first] = all; if (options.all) done(null, all); else done(null, first?.address ?? '', first?.family); },
      // A connection that is kept would be one that nobody watches.
      agent: false,
    });
    let response: http.IncomingMessage | undefined;
    const fail = (kind: 'timeout' | 'not_running' | 'cut', detail: string): void => {
      const failure = new ModelFailure(kind, detail);
      reject(failure);
      if (response) response.destroy(failure); else request.destroy(failure);
    };
    const connecting = setTimeout(() => { fail('timeout', `no connection within ${patience.connect_ms} ms`); }, patience.connect_ms);
    let silence = setTimeout(() => { fail('timeout', `nothing within ${patience.first_ms} ms`); }, patience.first_ms);
    const end = (): void => { clearTimeout(connecting); clearTimeout(silence); };
    request.on('socket', (socket) => { if (socket.connecting) socket.once('connect', () => { clearTimeout(connecting); }); else clearTimeout(connecting); });
    request.on('response', (found) => {
      response = found;
      clearTimeout(connecting);
      const alive = (): void => { clearTimeout(silence); silence = setTimeout(() => { fail('timeout', `silent for ${patience.idle_ms} ms`); }, patience.idle_ms); };
      alive();
      found.on('data', alive);
      found.on('close', end);
      found.pause();
      resolve(found);
    });
    request.on('error', (error: NodeJS.ErrnoException) => { end(); reject(signal.aborted ? signal.reason : failureOf(error, response !== undefined)); });
    request.end(body);
  });
}

/** What a socket's error means. */
export function failureOf(error: unknown, answered: boolean): Error {
  if (error instanceof ModelFailure) return error;
  const detail = detailOf(error);
  if (answered || /ECONNRESET|EPIPE|aborted|socket hang up|terminated|premature/i.test(detail)) return new ModelFailure('cut', detail);
  return new ModelFailure('not_running', detail);
}

function detailOf(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(detailOf))].join('; ');
  if (!(error instanceof Error)) return String(error);
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && !error.message.includes(code) ? `${code} ${error.message}`.trim() : error.message;
}
