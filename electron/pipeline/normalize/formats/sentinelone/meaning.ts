import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { FindingStatus } from '#shared/model/finding.ts';
import { hostSubject, isSystemAccount, type Subject } from '../alerts/subject.ts';

/** What an analyst or the sensor made of it (`analystVerdict`, `incidentStatus`, `mitigationStatus`). A threat that was mitigated is open until somebody resolves it. */
export function statusOf(verdict: string | undefined, status: string | undefined, mitigation: string | undefined): FindingStatus {
  if (/^false[_ ]?positive/i.test(verdict ?? '') || /benign/i.test(mitigation ?? '')) return 'suppressed';
  return /^resolved$/i.test(status ?? '') ? 'resolved' : 'open';
}

/** The sensor's host: by its instance in AWS where the sensor knows it (`cloudProviders`), else by computer name. */
export function agentSubject(names: readonly (string | undefined)[], ids: readonly (string | undefined)[], detection: unknown): Subject | undefined {
  const aws = at(detection, 'cloudProviders', 'AWS'), instance = str(aws, 'cloudInstanceId'), domain = str(detection, 'agentDomain'), [name] = names.filter((found) => found !== undefined);
  return hostSubject({
    resource: /^i-[0-9a-f]{8,17}$/.test(instance ?? '') ? instance : undefined, scope: { account: str(aws, 'cloudAccount'), region: str(aws, 'cloudLocation') },
    names: [...names, name !== undefined && domain?.includes('.') === true ? `${name}.${domain}` : undefined], ids, addresses: [...list(detection, 'agentIpV4').flatMap((text) => str(text)?.split(',')[0] ?? []), str(detection, 'externalIp')],
  });
}

/** `DOMAIN\user`; what the system itself ran was nobody's doing. */
export const userOf = (...names: readonly (string | undefined)[]): string | undefined => names.find((name) => name !== undefined && !isSystemAccount(name));

/** Tactics and techniques that the indicators of a threat name. */
export function mitreOf(indicators: readonly unknown[]): { readonly tactics: readonly string[]; readonly techniques: readonly string[] } {
  const tactics = indicators.slice(0, 100).flatMap((indicator) => list(indicator, 'tactics')).filter(isObject);
  return { tactics: tactics.flatMap((tactic) => str(tactic, 'name') ?? []), techniques: tactics.flatMap((tactic) => list(tactic, 'techniques')).flatMap((technique) => str(technique, 'name') ?? []) };
}
