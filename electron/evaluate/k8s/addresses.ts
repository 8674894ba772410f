import { parseNetwork, type Network, type Sources } from '../network/cidr.ts';

const privateNetworks = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16', '224.0.0.0/3'].flatMap((t) => parseNetwork(t) ?? []);
/** IPv6: all but 2000::/3. */
const isGlobal = (value: bigint): boolean => value >> 125n === 1n;

/** Anything but private and special addresses; documentation ranges count as public. A network counts by its first address. */
export function isPublic(text: string): boolean {
  const network = parseNetwork(text);
  if (!network) return false;
  return network.family === 6 ? isGlobal(network.from) : !privateNetworks.some((p) => p.from <= network.from && network.from < p.to);
}

/** Does a network hold any private address? */
export const holdsPrivate = (network: Network): boolean =>
  (network.family === 6 ? network.prefix < 3 || !isGlobal(network.from) : privateNetworks.some((p) => network.from < p.to && p.from < network.to));

/** A question about one private address or network: who asks stands inside. */
export const isInside = (sources: Sources): boolean => sources.threshold === 0 && !isPublic(sources.label);
