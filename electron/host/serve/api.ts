import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RPCHandler } from '@orpc/server/node';
import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { RouterDesk } from '../rpc-router.ts';
import { checkOrigin, checkSession, checkType, type Refusal, type Target } from './guard.ts';
import { readJson, type Limits } from './read-body.ts';
import type { Sessions } from './sessions.ts';
import type { Uploads } from './uploads.ts';

export interface ApiParts { readonly rpc: RPCHandler<Record<never, never>>; readonly desk: RouterDesk; readonly sessions: Sessions; readonly uploads: Uploads; readonly limits: Limits }
type Answered = Promise<Result<void, Refusal>>;
/** Everything that isn't a static file. */
export interface Api { answer(request: IncomingMessage, response: ServerResponse, target: Target): Answered }

/** Whether a request is for the API; `/ingest` is also a view of the page. */
export const isApiCall = (method: string | undefined, path: string): boolean => /^\/(session|upload|ws|rpc)(\/|$)/.test(path) || (path === '/ingest' && method !== 'GET' && method !== 'HEAD');

const tokenSchema = z.strictObject({ token: z.string().min(1).max(200) });

/** Routes a call after what holds for all of them: POST, our own origin, and a session (but for getting one). */
export function createApi(parts: ApiParts): Api {
  return {
    async answer(request, response, target) {
      if (request.method !== 'POST') return err({ status: 405, why: 'only POST is known here' });
      const origin = checkOrigin(request, target.host, 'when present');
      if (!origin.ok) return origin;
      if (target.path === '/session') return exchange(parts, request, response, target);
      const session = checkSession(request, parts.sessions);
      if (!session.ok) return session;
      if (target.path === '/upload') return upload(parts, request, response, target);
      if (target.path === '/ingest') return ingest(parts, request, response, target);
      return target.path.startsWith('/rpc/') ? call(parts, request, response, target) : err({ status: 404, why: 'there is nothing here' });
    },
  };
}

async function exchange({ sessions, limits }: ApiParts, request: IncomingMessage, response: ServerResponse, target: Target): Answered {
  if (target.query.size > 0) return err({ status: 400, why: 'the token belongs in the body' });
  const type = checkType(request, 'application/json');
  if (!type.ok) return type;
  const body = await readJson(request, limits);
  if (!body.ok) return body;
  const parsed = tokenSchema.safeParse(body.value);
  if (!parsed.success) return err({ status: 400, why: 'the body must be {"token": "…"}' });
  const exchanged = sessions.exchange(parsed.data.token);
  if (!exchanged.ok) return err(exchanged.why === 'limited' ? { status: 429, why: 'too many wrong tokens; wait a minute' } : { status: 401, why: 'the link has been used or is not known' });
  send(response, 200, { session: exchanged.session });
  return ok(undefined);
}

async function call({ rpc, limits }: ApiParts, request: IncomingMessage, response: ServerResponse, target: Target): Answered {
  if (target.query.size > 0) return err({ status: 400, why: 'a call takes no query' });
  const type = checkType(request, 'application/json');
  if (!type.ok) return type;
  const body = await readJson(request, limits);
  if (!body.ok) return body;
  // The handler takes a body that has been read and checked already.
  const { matched } = await rpc.handle(Object.assign(request, { body: body.value ?? {} }), response, { prefix: '/rpc', context: {} });
  return matched ? ok(undefined) : err({ status: 404, why: 'there is no such procedure' });
}

async function upload({ uploads }: ApiParts, request: IncomingMessage, response: ServerResponse, target: Target): Answered {
  const type = checkType(request, 'application/octet-stream');
  if (!type.ok) return type;
  const taken = await uploads.take(request, target.query.get('name') ?? '');
  if (!taken.ok) return taken;
  send(response, 201, taken.value);
  return ok(undefined);
}

/** A file in, imported and decided, its report out: for scripts. */
async function ingest({ uploads, desk }: ApiParts, request: IncomingMessage, response: ServerResponse, target: Target): Answered {
  const type = checkType(request, 'application/octet-stream');
  if (!type.ok) return type;
  const taken = await uploads.take(request, target.query.get('name') ?? '');
  if (!taken.ok) return taken;
  const result = await desk.call('ingest.commit', { uploads: [taken.value.id] });
  await uploads.remove([taken.value.id]);
  if (!result.ok) return err({ status: 422, why: result.error });
  send(response, 200, result.value);
  return ok(undefined);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
