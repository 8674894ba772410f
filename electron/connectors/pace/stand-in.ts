/** The address of a stand-in for a vendor's interfaces, without its path, if it is this machine's: tests and emulators are nowhere else. */
export function loopback(url: string): string | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed && ['127.0.0.1', '[::1]', 'localhost'].includes(parsed.hostname) ? parsed.origin : undefined;
}
