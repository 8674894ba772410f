/** Tries to leave the machine in every way that Node has, from every thread that it is loaded into: what the monitor must see. */
import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { get } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isMainThread } from 'node:worker_threads';

const where = isMainThread ? 'main' : 'worker', ignore = (): undefined => undefined;
connect(9, '192.0.2.1').on('error', ignore);
connectTls(9, '192.0.2.2').on('error', ignore);
connect(9, '2001:db8::1').on('error', ignore);
get('https://192.0.2.3/').on('error', ignore);
fetch('http://192.0.2.4/').catch(ignore);
fetch(`http://fetch.${where}.example/`).catch(ignore);
dns.lookup(`lookup.${where}.example`, ignore);
dns.promises.lookup(`promised.${where}.example`).catch(ignore);
try { dns.resolve4(`resolve.${where}.example`, ignore); } catch { /* the monitor's refusal, which Node throws here */ }
new dns.promises.Resolver().resolveTxt(`text.${where}.example`).catch(ignore);
const socket = createSocket('udp4').on('error', ignore);
socket.send('x', 53, '192.0.2.5', () => { socket.close(); });
