import { connect } from 'node:net';

export interface RawAnswer { /** 0 when the connection ended without an answer. */ readonly status: number; readonly head: string; readonly body: string }

/** Sends bytes as they stand and reads until the connection ends: what no well-behaved client would send. */
export function sendRaw(port: number, parts: string | Buffer | readonly (string | Buffer)[], options: { readonly pauseMs?: number; readonly waitMs?: number } = {}): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      void (async () => {
        for (const part of [parts].flat()) {
          if (socket.destroyed) return;
          socket.write(part);
          if (options.pauseMs !== undefined) await new Promise((wake) => { setTimeout(wake, options.pauseMs); });
        }
      })();
    });
    socket.setTimeout(options.waitMs ?? 5000, () => { socket.destroy(); });
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => { text += String(chunk); });
    // A server that closes on us while we still write is an answer, too.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const [head = '', ...body] = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '').split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head: head.toLowerCase(), body: body.join('\r\n\r\n') });
    });
  });
}

/** A request in HTTP/1.1 that asks for the connection to end. A header set to undefined is left out. */
export function rawRequest(line: string, headers: Readonly<Record<string, string | undefined>>, body = ''): string {
  const all = { connection: 'close', ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }), ...headers };
  return `${line}\r\n${Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`])).join('')}\r\n${body}`;
}
