import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { isObject, type JsonObject } from '#shared/lib/json.ts';

export interface Asked { readonly method: string; readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: JsonObject }
export interface Loopback { readonly url: string; readonly asked: Asked[]; close(): Promise<void> }

const open: Server[] = [];
afterAll(() => { for (const server of open.splice(0)) { server.closeAllConnections(); server.close(); } });

/** A server on 127.0.0.1 that remembers what it was asked and answers as it is told. */
export async function loopback(answer: (asked: Asked, response: ServerResponse) => void | Promise<void>): Promise<Loopback> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8'), parsed: unknown = text === '' ? {} : JSON.parse(text);
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: isObject(parsed) ? parsed : {} };
      asked.push(one);
      void answer(one, response);
    });
    response.on('error', () => undefined);
  });
  open.push(server);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close: () => new Promise((resolve) => { server.closeAllConnections(); server.close(() => { resolve(); }); }) };
}

export const json = (response: ServerResponse, status: number, value: unknown): void => { response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value)); };
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
