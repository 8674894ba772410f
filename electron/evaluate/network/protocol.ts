import type { Family } from './cidr.ts';

/** IANA protocol numbers by the names that AWS uses. */
const numbers: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', icmpv6: '58', 'ipv6-icmp': '58', igmp: '2', ipip: '4', gre: '47', esp: '50', ah: '51', ospf: '89', sctp: '132', all: '-1', any: '-1' };
const names: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', 1: 'icmp', 58: 'icmpv6' };

/** A protocol as AWS stores it in rules: a decimal number as text, `-1` for all. Undefined when it is neither a number nor a known name. */
export function protocolNumber(protocol: string): string | undefined {
  const text = protocol.trim().toLowerCase();
  if (Object.hasOwn(numbers, text)) return numbers[text];
  return text === '-1' || /^\d{1,3}$/.test(text) ? text : undefined;
}

export const protocolName = (number: string): string => names[number] ?? number;
export const hasPorts = (number: string): boolean => number === '6' || number === '17';

/** The protocols that a question is about: the named one, else those that have ports. ICMP is told apart by family. */
export function protocolsAsked(protocol: string | undefined, family: Family): readonly string[] {
  const number = protocol === undefined ? '-1' : protocolNumber(protocol);
  if (number === undefined) return [];
  if (number === '-1') return ['6', '17'];
  return number === '1' && family === 6 ? ['58'] : [number];
}
