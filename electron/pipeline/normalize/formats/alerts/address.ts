import { BlockList, isIP } from 'node:net';

const inside = new BlockList();
// RFC 1918, 6598, 3927, 1122; RFC 4193, 4291.
for (const [net, bits] of [['10.0.0.0', 8], ['172.16.0.0', 12], ['192.168.0.0', 16], ['100.64.0.0', 10], ['169.254.0.0', 16], ['127.0.0.0', 8]] as const) inside.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [['fc00::', 7], ['fe80::', 10], ['::1', 128]] as const) inside.addSubnet(net, bits, 'ipv6');

/** Whether an address is one of a network's own: private, shared, link-local or loopback. What is no address is none. */
export function isOwnAddress(text: string | undefined): boolean {
  const family = text === undefined ? 0 : isIP(text);
  return text !== undefined && family !== 0 && inside.check(text, family === 6 ? 'ipv6' : 'ipv4');
}

/** Nobody's own: multicast and broadcast, which only say that everybody was spoken to. */
export const isGroupAddress = (text: string | undefined): boolean => text !== undefined && (/^(22[4-9]|23\d)\.|^255\.255\.255\.255$/.test(text) || /^ff/i.test(text));
