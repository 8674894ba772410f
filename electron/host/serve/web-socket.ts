import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/websocket';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { checkSocket, checkTarget, type Refusal } from './guard.ts';
import type { Limits } from './read-body.ts';
import type { Sessions } from './sessions.ts';
import { parseStrictJson } from './strict-json.ts';

export interface Sockets { upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, port: number): void; close(): void }

const MOST_SOCKETS = 32, PING_MS = 30_000;
/** Codes of RFC 6455, 7.4.1. */
const GOING_AWAY = 1001, UNSUPPORTED = 1003, POLICY = 1008;

/** The router over WebSocket. A connection is checked before it is taken: without a session nothing of it is read. */
export function createSockets(router: AnyRouter, sessions: Sessions, limits: Limits): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: limits.jsonBytes, perMessageDeflate: false, handleProtocols: () => 'winnow' });
  const handler = new RPCHandler(router);
  const alive = new WeakSet<WebSocket>();
  const ping = setInterval(() => {
    for (const socket of server.clients) {
      if (alive.delete(socket)) socket.ping(); else socket.terminate();
    }
  }, PING_MS).unref();
  server.on('connection', (socket) => {
    alive.add(socket);
    socket.on('pong', () => { alive.add(socket); });
    // A frame that breaks the protocol closes the connection; there is nothing else to do about it.
    socket.on('error', () => undefined);
    serveSocket(handler, socket);
  });
  return {
    upgrade(request, socket, head, port) {
      socket.on('error', () => undefined);
      const target = checkTarget(request, port);
      const checked = target.ok ? checkSocket(request, target.value, sessions) : target;
      if (!checked.ok) refuse(socket, checked.error);
      else if (server.clients.size >= MOST_SOCKETS) refuse(socket, { status: 503, why: 'there are too many connections' });
      else server.handleUpgrade(request, socket, head, (opened) => { server.emit('connection', opened, request); });
    },
    close() {
      clearInterval(ping);
      for (const socket of server.clients) socket.close(GOING_AWAY, 'the server ends');
      server.close();
    },
  };
}

function serveSocket(handler: RPCHandler<Record<never, never>>, socket: WebSocket): void {
  // The handler gets only what has been checked here, so it is given no way to listen itself.
  const peer = {
    addEventListener: () => undefined,
    send: (data: string | ArrayBufferLike | Blob | ArrayBufferView) => { if (socket.readyState === socket.OPEN && !(data instanceof Blob)) socket.send(data instanceof SharedArrayBuffer ? new Uint8Array(data) : data); },
  };
  socket.on('message', (data, isBinary) => {
    if (isBinary) { socket.close(UNSUPPORTED, 'only text is spoken'); return; }
    const text = textOf(data);
    if (!parseStrictJson(text).ok) { socket.close(POLICY, 'a message was malformed'); return; }
    handler.message(peer, text, { context: {} }).catch(() => { socket.close(POLICY, 'a message was malformed'); });
  });
  socket.on('close', () => { handler.close(peer); });
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data)).toString('utf8');
}

function refuse(socket: Duplex, { status, why }: Refusal): void {
  const body = JSON.stringify({ error: why });
  socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`, () => { socket.destroy(); });
}
