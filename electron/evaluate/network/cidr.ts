import ipaddr from 'ipaddr.js';

export type Family = 4 | 6;
/** Addresses from `from` up to but not including `to`, as numbers of one family. */
export interface Range { readonly from: bigint; readonly to: bigint }
export interface Network extends Range { readonly family: Family; readonly prefix: number }

const bits = { 4: 32, 6: 128 } as const;

/** Reads `203.0.113.0/24`, `2001:db8::/32` or a single address; host bits are cut off. Undefined for anything else (octal, /33, zones). */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const suffix = slash < 0 ? undefined : text.slice(slash + 1);
  const family: Family = address.includes(':') ? 6 : 4;
  const value = family === 4 ? parse4(address) : parse6(address);
  if (value === undefined || (suffix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(suffix))) return undefined;
  const prefix = suffix === undefined ? bits[family] : Number(suffix);
  if (prefix > bits[family]) return undefined;
  const size = 1n << BigInt(bits[family] - prefix);
  const from = value - (value % size);
  return { family, prefix, from, to: from + size };
}

function parse4(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (!parts || parts.some((p) => Number(p) > 255 || (p.length > 1 && p.startsWith('0')))) return undefined;
  return BigInt(parts.reduce((sum, part) => sum * 256 + Number(part), 0));
}

function parse6(text: string): bigint | undefined {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.IPv6.parse(text).toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Sorts and joins ranges into disjoint ones. */
export function union(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const joined: { from: bigint; to: bigint }[] = [];
  for (const { from, to } of sorted) {
    const last = joined.at(-1);
    if (last && from <= last.to) { if (to > last.to) last.to = to; } else joined.push({ from, to });
  }
  return joined;
}

/** The part of disjoint sorted ranges that lies inside one range. */
export function within(ranges: readonly Range[], range: Range): readonly Range[] {
  return ranges.flatMap(({ from, to }) => {
    const low = from > range.from ? from : range.from, high = to < range.to ? to : range.to;
    return low < high ? [{ from: low, to: high }] : [];
  });
}

/** The part of disjoint sorted ranges that lies outside one range. */
export function without(ranges: readonly Range[], range: Range): readonly Range[] {
  return ranges.flatMap(({ from, to }) => {
    if (to <= range.from || from >= range.to) return [{ from, to }];
    return [...(from < range.from ? [{ from, to: range.from }] : []), ...(to > range.to ? [{ from: range.to, to }] : [])];
  });
}

export const intersect = (a: readonly Range[], b: readonly Range[]): readonly Range[] => b.flatMap((range) => within(a, range));

/** How many addresses; a float, exact for whole prefixes. */
export const sizeOf = (ranges: readonly Range[]): number => ranges.reduce((sum, { from, to }) => sum + Number(to - from), 0);

const networks = (texts: readonly string[]): readonly Network[] => texts.flatMap((text) => parseNetwork(text) ?? []);

/** Addresses that no internet host sends from (IANA special-purpose registry; documentation ranges are left in, samples use them). */
const special4 = networks(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3']);
const everything4: readonly Range[] = [{ from: 0n, to: 1n << 32n }];
const global6 = networks(['2000::/3']);

/** The senders that a question is about. `isEnough` tells whether an allowed part of them counts as "they can reach it". */
export interface Sources { readonly family: Family; readonly ranges: readonly Range[]; readonly threshold: number; readonly label: string }

/**
 * All internet hosts of a family. An allowed part counts when it is broader than a /8 (IPv4) or a /32 (IPv6), the limit that S3 uses for
 * "public" (AWS, "The meaning of public"); so `0.0.0.0/1` twice is the internet, and an office's /24 is not.
 */
export function internetSources(family: Family): Sources {
  return family === 4
    ? { family, ranges: special4.reduce<readonly Range[]>(without, everything4), threshold: 2 ** 24, label: 'the internet' }
    : { family, ranges: global6, threshold: 2 ** 96, label: 'the internet (IPv6)' };
}

/** One sender, or a small network, all of which must not be split: any allowed part counts. */
export function addressSources(text: string): Sources | undefined {
  const network = parseNetwork(text);
  return network && { family: network.family, ranges: [network], threshold: 0, label: text };
}

/** Address space of private networks: RFC 1918, shared space of carriers (RFC 6598), unique local IPv6 (RFC 4193). */
const privateSpace = networks(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);
/** Are all senders inside private address space? */
export const isPrivate = ({ family, ranges }: Sources): boolean => ranges.every((r) => privateSpace.some((p) => p.family === family && p.from <= r.from && r.to <= p.to));

export const isEnough = (ranges: readonly Range[], sources: Sources): boolean => sizeOf(ranges) > sources.threshold;
export const isGlobal6 = (text: string): boolean => {
  const network = parseNetwork(text);
  return network?.family === 6 && sizeOf(within(global6, network)) > 0;
};
