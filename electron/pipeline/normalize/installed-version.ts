/**
 * A package's version as the system it is installed on writes it, from parts: `1:1.0.2k-16.amzn2.0.3` (RPM, Debian policy 5.6.12). Without epoch and
 * release a version can't be held against the one that fixes it. An epoch of 0 is not written.
 */
export function installedVersion(version: string | undefined, release: string | undefined, epoch: string | undefined): string | undefined {
  if (version === undefined) return undefined;
  const whole = release === undefined || version.endsWith(`-${release}`) ? version : `${version}-${release}`;
  return epoch === undefined || !/^[1-9]\d*$/.test(epoch) || /^\d+:/.test(version) ? whole : `${epoch}:${whole}`;
}
