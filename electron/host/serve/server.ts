import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { RPCHandler } from '@orpc/server/node';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { EventHub } from '../event-hub.ts';
import { createRouter, type RouterDesk } from '../rpc-router.ts';
import { createApi, isApiCall, type Api } from './api.ts';
import { checkTarget, type Refusal } from './guard.ts';
import { defaultLimits, type Limits } from './read-body.ts';
import { securityHeaders } from './security-headers.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { openStaticFiles, sendFile, type StaticFiles } from './static-files.ts';
import type { Uploads } from './uploads.ts';
import { withUploads } from './upload-calls.ts';
import { createSockets } from './web-socket.ts';

export interface ServeOptions {
  readonly desk: RouterDesk; readonly hub: EventHub;
  /** The built renderer. */
  readonly staticDir: string;
  /** 0: any free one. */
  readonly port: number;
  /** Where uploads go; the desk reads them there. Closed by whoever opened it. */
  readonly uploads: Uploads;
  readonly limits?: Limits;
}
export interface RunningServer {
  readonly port: number;
  /** A link with a new one-time token. Whoever opens it first has the session. */
  link(): string;
  close(): Promise<void>;
}

/** Browser mode: the renderer and the router on 127.0.0.1. Nothing is logged, so no token is. @returns an error in words when the port is taken */
export async function startServer(options: ServeOptions): Promise<Result<RunningServer>> {
  const limits = options.limits ?? defaultLimits;
  const sessions = createSessions(() => performance.now());
  const files = openStaticFiles(options.staticDir);
  const desk = withUploads(options.desk, options.uploads);
  const router = createRouter(desk, options.hub);
  const api = createApi({ rpc: new RPCHandler(router), desk, sessions, uploads: options.uploads, limits });
  const sockets = createSockets(router, sessions, limits);
  // Each body has its own deadline: an upload may take as long as it needs.
  const server = createServer({ headersTimeout: limits.headersMs, requestTimeout: 0, connectionsCheckingInterval: Math.min(1000, limits.headersMs), maxHeaderSize: 16_384, keepAliveTimeout: 5000 });
  server.maxConnections = 256;
  const port = await listen(server, options.port);
  if (!port.ok) { sockets.close(); return port; }
  server.on('request', (request, response) => { void answer({ files, api, port: port.value }, request, response); });
  server.on('upgrade', (request, socket, head) => { sockets.upgrade(request, socket, head, port.value); });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    if (socket.writable) socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`); else socket.destroy();
  });
  return ok({ port: port.value, link: () => linkTo(port.value, sessions), close: async () => { sockets.close(); await closeServer(server); } });
}

const linkTo = (port: number, sessions: Sessions): string => `http://127.0.0.1:${port}/?token=${sessions.mint()}`;

function listen(server: Server, port: number): Promise<Result<number>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => { resolve(err(error.code === 'EADDRINUSE' ? `port ${port} is taken; --port N names another` : error.code === 'EACCES' ? `port ${port} may not be used; take one above 1023` : error.message)); });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? ok(address.port) : err('the server has no address'));
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  server.closeIdleConnections();
  // Whoever still reads after that has been told enough.
  const timer = setTimeout(() => { server.closeAllConnections(); }, 500);
  await closed;
  clearTimeout(timer);
}

interface Parts { readonly files: StaticFiles; readonly api: Api; readonly port: number }

async function answer({ files, api, port }: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined);
  try {
    const target = checkTarget(request, port);
    for (const [name, value] of Object.entries(securityHeaders(target.ok ? target.value.host : `127.0.0.1:${port}`))) response.setHeader(name, value);
    response.setHeader('cache-control', 'no-store');
    if (!target.ok) { sendRefusal(response, target.error); return; }
    if (isApiCall(request.method, target.value.path)) {
      const answered = await api.answer(request, response, target.value);
      if (!answered.ok) sendRefusal(response, answered.error);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') { sendRefusal(response, { status: 405, why: 'only GET and HEAD are known here' }); return; }
    const found = files.find(target.value.path);
    if (found.ok) await sendFile(request, response, found.value); else sendRefusal(response, found.error);
  } catch {
    // Words of an unexpected error may repeat what was sent; whoever asked gets none of it.
    sendRefusal(response, { status: 500, why: 'the server failed on this request' });
  }
}

/** Turns a request away and ends its connection, as the rest of it isn't read. */
function sendRefusal(response: ServerResponse, { status, why }: Refusal): void {
  if (response.headersSent || response.destroyed) { response.destroy(); return; }
  if (status === 405) response.setHeader('allow', 'POST');
  const body = JSON.stringify({ error: why });
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close' });
  response.end(body);
}
