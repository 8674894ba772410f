import { list, scalarText, str } from '#shared/lib/json.ts';
import { computeName, gcpTypes, lastPart } from '#shared/model/gcp.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Reachability } from '#shared/model/verdict.ts';
import { anyOf } from '../kleene.ts';
import { readAsk, type ReachAsk, type ReachOptions } from '../reach-ask.ts';
import { combineWays, groundedReach, lostRow, onlyRow, row, untoldRow, type Way } from '../row.ts';
import { balancedWays, forwardingRuleWays } from './network/balancer.ts';
import { directWays, nicsOf } from './network/instance.ts';
import { classicRule } from './network/rule-reader.ts';
import { clusterWays, databaseWays, serverlessWays } from './network/services.ts';
import type { Scope } from './permission.ts';
import { publicGrant } from './public-grant.ts';

/**
 * Can hosts outside reach it? Instances (directly and over load balancers), forwarding rules, Cloud Run, Cloud Functions, Cloud SQL, GKE control
 * planes; a VPC firewall rule is as open as the machines that it lets packets to; anything else with an IAM policy is asked whether the policy
 * names everyone. Codes in the order of the rows: `NO_PUBLIC_IP`, `NO_ROUTE`, `FW_IN`, `STATE`; `INGRESS`, `INVOKER`; `AUTHORIZED_NETWORKS`, `PRIVATE_ENDPOINT`; `NO_GRANT`.
 */
export function evaluateGcpIngress(scope: Scope, urn: string, options: ReachOptions = {}): Reachability {
  const { graph } = scope;
  const resource = graph.resource(urn);
  if (!resource) return onlyRow(lostRow('NO_PUBLIC_IP', urn, 'the resource', 'gcloud asset export --content-type resource'));
  const ask = readAsk(options);
  if (typeof ask === 'string') return onlyRow(lostRow('NO_PUBLIC_IP', urn, ask, 'a port from 0 to 65535, an address or a network'));
  return groundedReach(graph, combineWays(waysTo(scope, resource, ask)));
}

function waysTo(scope: Scope, resource: StoredResource, ask: ReachAsk): readonly Way[] {
  const { graph } = scope;
  switch (resource.type) {
    case gcpTypes.instance: return [...directWays(graph, resource, ask), ...balancedWays(graph, resource, ask)];
    case gcpTypes.forwardingRule: return forwardingRuleWays(graph, resource, ask);
    case gcpTypes.runService: case gcpTypes.functionV1: case gcpTypes.functionV2: return serverlessWays(scope, resource, ask);
    case gcpTypes.sql: return databaseWays(resource, ask);
    case gcpTypes.cluster: return clusterWays(resource, ask);
    case gcpTypes.firewall: return firewallWays(scope, resource, ask);
    default: return [grantWay(scope, resource)];
  }
}

function grantWay(scope: Scope, resource: StoredResource): Way {
  const found = publicGrant(scope, resource);
  return { rows: [{ code: 'NO_GRANT', answer: found.answer, reasons: found.reasons, missing: found.missing, assumed: found.assumed }], open: [{ protocol: 'tcp', from: 443, to: 443 }], addresses: [], ruleOpens: 'unknown', via: found.via ?? resource.urn };
}

/** A rule lets the internet in where an instance that it targets is reachable on its ports. */
function firewallWays(scope: Scope, rule: StoredResource, ask: ReachAsk): readonly Way[] {
  const { graph } = scope;
  const { config, urn } = rule;
  const at = { direction: 'INGRESS' as const, protocol: '6' };
  const targets = graph.ofType(gcpTypes.instance).flatMap((instance) => (nicsOf(instance) ?? []).filter((nic) => nic.endpoint.network === computeName(str(config, 'network') ?? '')).map((nic) => ({ instance, nic })));
  const anyone = { network: computeName(str(config, 'network') ?? ''), tags: list(config, 'targetTags').map(scalarText), accounts: list(config, 'targetServiceAccounts').map(String), secureTags: 'none' as const, isOpen: false };
  const speaks = (host: typeof anyone | (typeof targets)[number]['nic']['endpoint'], protocol: string) => ask.sources.flatMap((s) => classicRule(rule, { ...at, protocol, host, peer: { family: s.family, addresses: s.ranges } })
    .filter((r) => r.action === 'allow' && r.ports.some((p) => p.from <= ask.ports.to && p.to >= ask.ports.from) && r.ranges.some((range) => Number(range.to - range.from) > s.threshold)));
  const protocols = [...new Set([...ask.protocols, 'icmp'])];
  const opens = protocols.filter((p) => speaks(anyone, { tcp: '6', udp: '17', icmp: '1' }[p] ?? p).length > 0);
  if (opens.length === 0) return [{ rows: [row('FW_IN', 'no', urn, '', `${lastPart(urn)} lets nobody on the internet in: it is disabled, for egress, a denial, or for narrower sources or other ports`)], open: [], addresses: [], ruleOpens: 'no', via: urn }];
  const through = targets.flatMap(({ instance, nic }) => opens.flatMap((protocol) => speaks(nic.endpoint, { tcp: '6', udp: '17', icmp: '1' }[protocol] ?? protocol).flatMap((r) => r.ports.flatMap((ports) => directWays(graph, instance, { ...ask, protocols: [protocol], ports: { from: Math.max(ports.from, ask.ports.from), to: Math.min(ports.to, ask.ports.to) } })))));
  const isSure = opens.some((p) => speaks(anyone, { tcp: '6', udp: '17', icmp: '1' }[p] ?? p).some((r) => r.isSure));
  const own = isSure ? row('FW_RULE', 'yes', urn, '/allowed', `${lastPart(urn)} lets the internet in`) : untoldRow('FW_RULE', urn, 'what the rule lets through');
  if (through.length > 0) return through.map((way) => ({ ...way, rows: [own, ...way.rows], ruleOpens: anyOf(['yes', way.ruleOpens]) }));
  return [{ rows: [own, lostRow('NOT_ATTACHED', urn, 'the machines that the rule applies to', 'gcloud compute instances list --format json, or a Cloud Asset export')], open: [], addresses: [], ruleOpens: 'yes', via: urn }];
}
