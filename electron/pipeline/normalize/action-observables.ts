import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { Observables } from '#shared/model/finding.ts';
import { countryCode } from './country-code.ts';

type Draft = { -readonly [K in keyof Observables]: Observables[K] | undefined };

const portOf = (value: unknown): number | undefined => {
  const port = Number(str(value) ?? Number.NaN);
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
};
const country = (action: unknown): string | undefined =>
  countryCode(str(action, 'remoteIpDetails', 'country', 'countryCode') ?? str(action, 'remoteIpDetails', 'country', 'countryName'));
const remoteIp = (action: unknown): string | undefined => str(action, 'remoteIpDetails', 'ipAddressV4') ?? str(action, 'remoteIpDetails', 'ipAddressV6');

/** Without the fields that are missing; undefined when none is left. */
export function presentObservables(draft: Draft): Observables | undefined {
  const entries = Object.entries(draft).filter(([, value]) => value !== undefined);
  const kept: Observables = Object.fromEntries(entries);
  return entries.length === 0 ? undefined : kept;
}

/**
 * What the `action` of a GuardDuty finding (`service.action`, or ASFF's `Action`; camelCase keys) names: who came from where, to what.
 * For an outbound connection the remote side is the destination and its port counts; for an inbound one the local port does.
 */
export function actionObservables(action: unknown): Draft {
  const api = at(action, 'awsApiCallAction');
  if (isObject(api)) {
    return { src_ip: remoteIp(api), country: country(api), api: str(api, 'api'), domain: str(api, 'domainDetails', 'domain'), user_agent: str(api, 'userAgent') };
  }
  const kubernetes = at(action, 'kubernetesApiCallAction');
  if (isObject(kubernetes)) {
    const call = [str(kubernetes, 'verb'), str(kubernetes, 'requestUri')].filter((part) => part !== undefined).join(' ');
    return { src_ip: remoteIp(kubernetes) ?? str([...list(kubernetes, 'sourceIps'), ...list(kubernetes, 'sourceIPs')][0]), country: country(kubernetes), api: call === '' ? undefined : call, user_agent: str(kubernetes, 'userAgent') };
  }
  const dns = at(action, 'dnsRequestAction');
  if (isObject(dns)) return { domain: str(dns, 'domain'), protocol: str(dns, 'protocol')?.toLowerCase() };
  const probes = list(action, 'portProbeAction', 'portProbeDetails').filter(isObject);
  if (probes.length > 0) return probeObservables(probes);
  const login = at(action, 'rdsLoginAttemptAction');
  if (isObject(login)) return { src_ip: remoteIp(login), country: country(login), user: str(list(login, 'loginAttributes')[0], 'user') };
  return connectionObservables(at(action, 'networkConnectionAction'));
}

/** A port probe lists who probed. One of several sources doesn't speak for the others (one may be a known scanner), so only what they share is named. */
function probeObservables(probes: readonly unknown[]): Draft {
  const shared = <T>(of: (probe: unknown) => T | undefined): T | undefined => (new Set(probes.map(of)).size === 1 ? of(probes[0]) : undefined);
  return { src_ip: shared(remoteIp), country: shared(country), port: shared((probe) => portOf(at(probe, 'localPortDetails', 'port'))) };
}

function connectionObservables(connection: unknown): Draft {
  const isOutbound = str(connection, 'connectionDirection')?.toUpperCase() === 'OUTBOUND';
  const side = isOutbound ? 'remotePortDetails' : 'localPortDetails';
  return {
    ...(isOutbound ? { src_ip: str(connection, 'localIpDetails', 'ipAddressV4'), dst_ip: remoteIp(connection) } : { src_ip: remoteIp(connection) }),
    country: country(connection), port: portOf(at(connection, side, 'port')), protocol: str(connection, 'protocol')?.toLowerCase(),
  };
}
