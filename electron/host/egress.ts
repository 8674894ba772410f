import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { isIP, Socket } from 'node:net';
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

/** What has left this machine since the watch began, over all threads that watch. */
export interface Egress {
  /** Bytes sent to anywhere but loopback: TCP as sent (TLS with its overhead), UDP payloads, and the questions of DNS look-ups. */
  bytes(): number;
  /** Connections begun and look-ups made, even when nothing came of them. */
  attempts(): number;
  stop(): void;
}

const KEY = 'winnow.egress', BYTES = 0, ATTEMPTS = 1, SAMPLE_MS = 500;
const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\./i.test(address) || address === 'localhost';

/**
 * Counts what leaves, from now on, in this thread; threads that were started after this and call it too add to the same sum. What native code
 * of a dependency might send is not seen here: the offline tests look at the whole process.
 * @param isOutside whether an address is off this machine; another answer than "not loopback" is for tests. The first watch of a thread decides.
 */
export function watchEgress(isOutside: (address: string) => boolean = (address) => !isLoopback(address)): Egress {
  // Two watches in one thread would count everything twice.
  watch ??= { users: 0, egress: startWatch(isOutside) };
  const mine = watch;
  mine.users += 1;
  let isOver = false;
  return {
    ...mine.egress,
    stop() {
      if (isOver) return;
      isOver = true;
      mine.users -= 1;
      if (mine.users === 0) { watch = undefined; mine.egress.stop(); }
    },
  };
}

let watch: { users: number; readonly egress: Egress } | undefined;

function startWatch(isOutside: (address: string) => boolean): Egress {
  const sums = sharedSums();
  const add = (index: number, n: number): void => { Atomics.add(sums, index, BigInt(n)); };
  const open = new Map<Socket, number>();
  const sample = (socket: Socket): void => {
    const sent = bytesSent(socket), before = open.get(socket) ?? 0;
    if (sent > before) { open.set(socket, sent); add(BYTES, sent - before); }
  };
  const timer = setInterval(() => { for (const socket of open.keys()) sample(socket); }, SAMPLE_MS).unref();
  const undo = [
    onConnect((socket) => {
      socket.once('connect', () => {
        if (socket.remoteAddress === undefined || !isOutside(socket.remoteAddress)) return;
        open.set(socket, 0);
        add(ATTEMPTS, 1);
        // A closed socket no longer knows what TLS added, so it is asked right before as well.
        socket.once('finish', () => { sample(socket); });
        socket.once('close', () => { sample(socket); open.delete(socket); });
      });
      // A connection that was refused or timed out is an attempt, too.
      socket.once('connectionAttemptFailed', (address: string) => { if (isOutside(address)) add(ATTEMPTS, 1); });
    }),
    onDatagram((address, bytes) => { if (isOutside(address)) { add(ATTEMPTS, 1); add(BYTES, bytes); } }),
    onLookup((name) => { if (isOutside(name)) { add(ATTEMPTS, 1); add(BYTES, questionBytes(name)); } }),
  ];
  return {
    bytes() { for (const socket of open.keys()) sample(socket); return Number(Atomics.load(sums, BYTES)); },
    attempts: () => Number(Atomics.load(sums, ATTEMPTS)),
    stop() { clearInterval(timer); for (const restore of undo.toReversed()) restore(); },
  };
}

/** The sums of this process: made by the main thread, inherited by threads that start later. */
function sharedSums(): BigInt64Array {
  const known: unknown = getEnvironmentData(KEY);
  const shared = known instanceof SharedArrayBuffer ? known : new SharedArrayBuffer(16);
  if (isMainThread && shared !== known) setEnvironmentData(KEY, shared);
  return new BigInt64Array(shared);
}

/** A DNS question (RFC 1035, 4.1): header 12, the name with its length bytes, type and class 4. */
const questionBytes = (name: string): number => 12 + Buffer.byteLength(name) + 2 + 4;

/** `bytesWritten` of a TLS socket counts what went in; the handle below it what went out. */
function bytesSent(socket: Socket): number {
  const below: unknown = Reflect.get(Object(Reflect.get(socket, '_handle')), '_parent');
  const sent: unknown = Reflect.get(Object(below), 'bytesWritten');
  return Math.max(socket.bytesWritten, typeof sent === 'number' ? sent : 0);
}

/** Every outgoing stream socket, TLS and fetch included, goes through this one method. */
function onConnect(seen: (socket: Socket) => void): () => void {
  const before = Reflect.get(Socket.prototype, 'connect');
  Socket.prototype.connect = function connect(this: Socket, ...args: readonly unknown[]): Socket {
    seen(this);
    return Reflect.apply(before, this, args);
  };
  return () => { Socket.prototype.connect = before; };
}

function onDatagram(seen: (address: string, bytes: number) => void): () => void {
  const before = Reflect.get(dgram.Socket.prototype, 'send');
  dgram.Socket.prototype.send = function send(this: dgram.Socket, ...args: readonly unknown[]): void {
    const address = args.slice(1).find((arg) => typeof arg === 'string');
    seen(address ?? connectedTo(this), bytesOf(args));
    Reflect.apply(before, this, args);
  };
  return () => { dgram.Socket.prototype.send = before; };
}

/** Without an address, the one that the socket is connected to, else this machine. */
function connectedTo(socket: dgram.Socket): string {
  try { return socket.remoteAddress().address; } catch { return '127.0.0.1'; /* not connected: Node's default */ }
}

function bytesOf([message, , length, port]: readonly unknown[]): number {
  // send(message, offset, length, port …) as against send(message, port …)
  if (typeof length === 'number' && (typeof port === 'number' || typeof port === 'undefined')) return length;
  return [message].flat().reduce<number>((sum, part) => sum + (typeof part === 'string' ? Buffer.byteLength(part) : ArrayBuffer.isView(part) ? part.byteLength : 0), 0);
}

/** `dns.lookup` is what sockets use; `resolve…` asks a server itself. */
function onLookup(seen: (name: string) => void): () => void {
  const undo = [dns, dns.promises].flatMap((module) => Object.keys(module).filter((key) => /^(lookup|resolve\w*|reverse)$/.test(key)).map((key) => {
    const before: unknown = Reflect.get(module, key);
    if (typeof before !== 'function') return () => undefined;
    const ask = function ask(this: unknown, ...args: readonly unknown[]): unknown {
      const [name] = args;
      // A look-up of an address asks nobody.
      if (typeof name === 'string' && name !== '' && (key !== 'lookup' || isIP(name) === 0)) seen(name);
      return Reflect.apply(before, this, args);
    };
    // `util.promisify` finds its variant in a property.
    Reflect.set(module, key, Object.defineProperties(ask, Object.getOwnPropertyDescriptors(before)));
    return () => { Reflect.set(module, key, before); };
  }));
  syncBuiltinESMExports();
  return () => { for (const restore of undo) restore(); syncBuiltinESMExports(); };
}
