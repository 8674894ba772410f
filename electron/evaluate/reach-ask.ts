import { addressSources, internetSources, type Sources } from './network/cidr.ts';
import type { PortInterval } from './network/port-sweep.ts';

export interface ReachOptions {
  readonly port?: number | undefined;
  /** A name or an IANA number; TCP and UDP when left out. */
  readonly protocol?: string | undefined;
  /** An address, a network, or `internet` (the default). */
  readonly peer?: string | undefined;
}
export interface ReachAsk { readonly ports: PortInterval; readonly protocols: readonly string[]; readonly sources: readonly Sources[]; readonly isInternet: boolean }

export const isInternet = (peer: string | undefined): boolean => peer === undefined || ['internet', '*', '0.0.0.0/0', '::/0', 'any'].includes(peer.toLowerCase());
const names: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp', '1': 'icmp', '58': 'icmpv6', '132': 'sctp', '50': 'esp', '51': 'ah' };

/** What a question asks about; text says what of it can't be read. */
export function readAsk({ port, protocol, peer }: ReachOptions): ReachAsk | string {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535)) return `port ${port}`;
  const sources = isInternet(peer) ? [internetSources(4), internetSources(6)] : [addressSources(peer ?? '')].filter((s) => s !== undefined);
  if (sources.length === 0) return `address ${peer ?? ''}`;
  const written = protocol?.toLowerCase();
  const known = written === undefined || ['all', '-1', '*', 'any'].includes(written) ? ['tcp', 'udp'] : [names[written] ?? written];
  return { ports: port === undefined ? { from: 0, to: 65535 } : { from: port, to: port }, protocols: known, sources, isInternet: isInternet(peer) };
}
