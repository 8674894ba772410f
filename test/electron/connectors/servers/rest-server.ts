import { createServer as createPlain, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTls, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A request as it came in. */
export interface Heard { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly headers: Readonly<Record<string, string | undefined>>; readonly body: string; /** Of the client's certificate. */ readonly subject: string | undefined }
/** `cutAfter`: the connection breaks after so many bytes of the body. `never`: no answer at all. */
export interface Reply { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly json?: unknown; readonly text?: string; readonly cutAfter?: number; readonly never?: true; readonly gzip?: true }
/** Something that goes wrong for the next `times` requests that match. */
export interface Fault { readonly when: (heard: Heard) => boolean; readonly reply: Reply | ((heard: Heard) => Reply | undefined); times: number }
export interface RestServer { readonly url: string; readonly heard: readonly Heard[]; readonly faults: Fault[]; asked(path: string | RegExp): readonly Heard[]; close(): Promise<void> }

/** A server on loopback that answers as `answer` says, unless a fault comes first; it remembers every request. */
export async function restServer(answer: (heard: Heard) => Reply, tls?: ServerOptions): Promise<RestServer> {
  const heard: Heard[] = [], faults: Fault[] = [];
  const listener: RequestListener = (request, response) => {
    void hear(request).then((one) => {
      heard.push(one);
      const fault = faults.find((f) => f.times > 0 && f.when(one));
      if (fault) fault.times -= 1;
      const scripted = fault && (typeof fault.reply === 'function' ? fault.reply(one) : fault.reply);
      reply(response, scripted ?? answer(one));
    });
  };
  const server = tls ? createTls(tls, listener) : createPlain(listener);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http${tls ? 's' : ''}://127.0.0.1:${port}`, heard, faults,
    asked: (path) => heard.filter((h) => (typeof path === 'string' ? h.path === path : path.test(h.path))),
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}

async function hear(request: IncomingMessage): Promise<Heard> {
  let body = '';
  for await (const piece of request) body += String(piece);
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const peer = 'getPeerCertificate' in request.socket ? (request.socket as { getPeerCertificate(): { subject?: { CN?: string | string[] } } }).getPeerCertificate() : undefined;
  return { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)])), body, subject: peer?.subject?.CN === undefined ? undefined : String(peer.subject.CN) };
}

function reply(response: ServerResponse, { status = 200, headers = {}, json, text, cutAfter, never, gzip }: Reply): void {
  if (never) return;
  const plain = Buffer.from(text ?? JSON.stringify(json ?? {}));
  const bytes = gzip ? gzipSync(plain) : plain;
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.byteLength, ...(gzip && { 'content-encoding': 'gzip' }), ...headers });
  if (cutAfter === undefined) { response.end(bytes); return; }
  response.write(bytes.subarray(0, cutAfter), () => { response.destroy(); });
}
