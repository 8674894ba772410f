/**
 * Loaded into every thread of every process of a run (`NODE_OPTIONS=--import`): writes down each connection, datagram and name look-up where Node hands
 * it to the system, below net, http, tls, fetch, dgram and dns, whatever library asks. What would leave this machine is written down and not made.
 */
import { ChildProcess } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

const file = process.env['WINNOW_WATCH'] ?? '';
/** One line a happening; appending is atomic for lines this short. */
const note = (what: string, more: Readonly<Record<string, unknown>>): void => { appendFileSync(file, `${JSON.stringify({ what, pid: process.pid, thread: threadId, ...more })}\n`); };
const isHere = (address: unknown): boolean => typeof address === 'string' && (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'));

type Native = (this: unknown, ...given: readonly unknown[]) => unknown;
const UNREACHABLE = -101, NO_SUCH_NAME = -3008;
/** Puts a function in the place of another one of Node's own. */
function replace(of: object, name: string, make: (original: Native) => Native): void {
  const original: unknown = Reflect.get(of, name);
  if (typeof original !== 'function') throw new Error(`Node ${process.version} has no ${name} to watch`);
  Reflect.set(of, name, make(original as Native));
}
const binding = (name: string): Readonly<Record<string, unknown>> => (Reflect.get(process, 'binding') as (name: string) => Readonly<Record<string, unknown>>).call(process, name);
const prototypeOf = (of: unknown): object => (of as { readonly prototype: object }).prototype;

const { TCP } = binding('tcp_wrap'), { UDP } = binding('udp_wrap'), names = binding('cares_wrap');
for (const name of ['connect', 'connect6']) {
  replace(prototypeOf(TCP), name, (original) => function connect(this: unknown, ...given) {
    note('connect', { to: given[1], port: given[2] });
    return isHere(given[1]) ? Reflect.apply(original, this, given) : UNREACHABLE;
  });
  replace(prototypeOf(UDP), name, (original) => function connect(this: unknown, ...given) {
    note('datagram', { to: given[0], port: given[1] });
    return isHere(given[0]) ? Reflect.apply(original, this, given) : UNREACHABLE;
  });
}
for (const name of ['send', 'send6']) {
  replace(prototypeOf(UDP), name, (original) => function send(this: unknown, ...given) {
    note('datagram', { to: given[4], port: given[3] });
    return isHere(given[4]) ? Reflect.apply(original, this, given) : UNREACHABLE;
  });
}
replace(names, 'getaddrinfo', () => (...given) => { note('look-up', { name: given[1] }); return NO_SUCH_NAME; });
replace(names, 'getnameinfo', () => (...given) => { note('look-up', { name: given[1] }); return NO_SUCH_NAME; });
const channel = prototypeOf(names['ChannelWrap']);
for (const name of Object.getOwnPropertyNames(channel).filter((n) => /^query|^getHostByAddr$/.test(n))) {
  replace(channel, name, () => (...given) => { note('look-up', { name: given[1], by: name }); return NO_SUCH_NAME; });
}
replace(ChildProcess.prototype, 'spawn', (original) => function spawn(this: unknown, ...given) {
  const result = Reflect.apply(original, this, given);
  note('child', { child: (this as ChildProcess).pid, program: (given[0] as { readonly file?: string }).file });
  return result;
});
process.on('worker', (worker: { readonly threadId: number }) => { note('started', { started: worker.threadId }); });
note('watched', {});
