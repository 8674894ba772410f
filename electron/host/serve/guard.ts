import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Sessions } from './sessions.ts';

/** Why a request is turned away: a status and words that repeat nothing of the request. */
export interface Refusal { readonly status: number; readonly why: string }
const refuse = (status: number, why: string): Result<never, Refusal> => err({ status, why });

/** A request that has passed `checkTarget`: whom it was sent to and for what. */
export interface Target { readonly host: string; readonly path: string; readonly query: URLSearchParams }

/** Headers that decide something: sent twice, two readers could take a different one. */
const SINGLE = ['host', 'origin', 'content-type', 'content-length', 'x-winnow-session', 'sec-fetch-site', 'sec-websocket-protocol', 'sec-websocket-key'];

/**
 * What holds for every request, static files too: HTTP/1.1, a `Host` that is this very listener (a rebound name is not), a target that is
 * a plain path, and no deciding header twice.
 */
export function checkTarget(request: IncomingMessage, port: number): Result<Target, Refusal> {
  if (request.httpVersion !== '1.1') return refuse(505, 'only HTTP/1.1 is spoken');
  for (const name of SINGLE) if ((request.headersDistinct[name]?.length ?? 0) > 1) return refuse(400, `the header ${name} stands twice`);
  const { host } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) return refuse(421, 'the Host is not this server');
  const url = request.url ?? '';
  if (!url.startsWith('/') || url.startsWith('//') || url.includes('\\') || url.includes('#')) return refuse(400, 'the target is not a path');
  const [path = '', ...rest] = url.split('?');
  return ok({ host, path, query: new URLSearchParams(rest.join('?')) });
}

/**
 * That a request comes from our own page, or from a program that is no browser: a browser says `Origin` with every POST and every
 * WebSocket, and new ones `Sec-Fetch-Site`, and no page can change either. Another port of this machine is "same-site", so only
 * "same-origin" will do.
 */
export function checkOrigin(request: IncomingMessage, host: string, needed: 'when present' | 'always'): Result<void, Refusal> {
  const { origin } = request.headers;
  if (origin === undefined ? needed === 'always' : origin !== `http://${host}`) return refuse(403, 'the request comes from another origin');
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return refuse(403, 'the request comes from another site');
  return ok(undefined);
}

/** That a call carries a session: in its own header, never in a cookie (those are shared by all ports of 127.0.0.1) nor in the URL. */
export function checkSession(request: IncomingMessage, sessions: Sessions): Result<void, Refusal> {
  const session = request.headers['x-winnow-session'];
  if (typeof session !== 'string') return refuse(401, 'the session header is missing');
  return sessions.has(session) ? ok(undefined) : refuse(401, 'the session is not known');
}

/** That a body is of one type. A form or a script of another site can send only others without asking first. */
export function checkType(request: IncomingMessage, type: 'application/json' | 'application/octet-stream'): Result<void, Refusal> {
  const given = (request.headers['content-type'] ?? '').toLowerCase();
  const plain = given.replace(/\s*;\s*charset=("?)utf-8\1\s*$/, '').trim();
  if (request.headers['content-encoding'] !== undefined) return refuse(415, 'the body may not be encoded');
  return plain === type ? ok(undefined) : refuse(415, `the content type must be ${type}`);
}

/** The session that a WebSocket offers: a browser can set no header there, so it stands beside `winnow` in the subprotocols. */
export function checkSocket(request: IncomingMessage, target: Target, sessions: Sessions): Result<void, Refusal> {
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return refuse(400, 'only an upgrade to WebSocket is known');
  if (target.path !== '/ws') return refuse(404, 'there is no WebSocket here');
  if (target.query.size > 0) return refuse(400, 'the WebSocket takes no query');
  const origin = checkOrigin(request, target.host, 'always');
  if (!origin.ok) return origin;
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  const [name, session, ...more] = offered;
  if (name !== 'winnow' || session === undefined || more.length > 0) return refuse(401, 'the subprotocols must be winnow and the session');
  return sessions.has(session) ? ok(undefined) : refuse(401, 'the session is not known');
}
