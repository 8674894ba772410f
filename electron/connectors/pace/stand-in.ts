import { isIPv4 } from 'node:net';

/** Whether a host, as it stands in a URL, is this machine. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

/** The address of a stand-in for a vendor's interfaces, without its path, if it is this machine's: tests and emulators are nowhere else. */
export function loopback(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed && isLoopback(parsed.hostname) ? parsed.origin : undefined;
}
