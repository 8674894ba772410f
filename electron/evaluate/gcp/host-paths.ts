import { list, str } from '#shared/lib/json.ts';
import { computeName, gcpTypes, lastPart } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { addressSources } from '../network/cidr.ts';
import { readAsk, type ReachOptions } from '../reach-ask.ts';
import { combineWays, grounded, lostRow, onlyRow, row, untoldRow, type Row, type Way } from '../row.ts';
import { firewallRow, nicsOf, regionOf, routeRow, stateRow, type Nic } from './network/instance.ts';
import { evaluateGcpIngress } from './reachability.ts';
import type { Scope } from './permission.ts';

const needsHosts = (entity: string): Verdict => onlyRow(lostRow('HOST', entity, 'the machine', 'gcloud compute instances list --format json, or a Cloud Asset export')).reachable;

/** Can an instance open connections to the internet (or an address)? Codes: `NO_NAT` (neither an external address nor Cloud NAT), `NO_ROUTE`, `FW_OUT`, `STATE`. */
export function evaluateGcpEgress({ graph }: Scope, subject: string, options: ReachOptions): Verdict {
  const host = graph.resource(subject);
  const ask = readAsk(options);
  if (!host || typeof ask === 'string') return needsHosts(typeof ask === 'string' ? ask : subject);
  if (host.type !== gcpTypes.instance) return needsHosts(subject);
  const nics = nicsOf(host);
  if (!nics) return onlyRow(lostRow('NO_NAT', subject, 'its network interfaces', 'gcloud compute instances list --format json')).reachable;
  const ways = nics.flatMap((nic) => ask.sources.filter((s) => s.family === 4 || nic.external[6].length > 0).map((sources): Way => {
    const firewall = firewallRow(graph, host, nic, 'EGRESS', { ...ask, sources });
    return { rows: [natRow(graph, host, nic, sources.family), routeRow(graph, nic, sources), firewall.row, stateRow(host)], open: firewall.open, addresses: [], ruleOpens: firewall.ruleOpens, via: `${nic.external[sources.family][0] ?? 'Cloud NAT'} from ${host.urn}` };
  }));
  // Only IPv6 was asked about, and no interface has an external address of it.
  return ways.length > 0 ? grounded(graph, combineWays(ways).reachable) : onlyRow(row('NO_NAT', 'no', host.urn, '/networkInterfaces', 'it has no external address of IPv6')).reachable;
}

function natRow(graph: GraphView, host: StoredResource, nic: Nic, family: 4 | 6): Row {
  if (family === 6 || nic.external4 === 'yes') return row('NO_NAT', 'yes', host.urn, `/networkInterfaces/${nic.index}`, 'it has an external address');
  const region = regionOf(host);
  const routers = graph.ofType(gcpTypes.router).filter((r) => computeName(str(r.config, 'network') ?? '') === nic.endpoint.network && (region === undefined || r.urn.includes(`/regions/${region}/`)));
  for (const router of routers) {
    const at = list(router.config, 'nats').findIndex((nat) => str(nat, 'type') !== 'PRIVATE' && (str(nat, 'sourceSubnetworkIpRangesToNat')?.startsWith('ALL_SUBNETWORKS') === true || list(nat, 'subnetworks').some((s) => nic.subnet !== undefined && computeName(str(s, 'name') ?? '') === nic.subnet)));
    if (at >= 0) return row('NO_NAT', 'yes', router.urn, `/nats/${at}`, `Cloud NAT on router ${lastPart(router.urn)} serves its subnet`);
  }
  if (nic.external4 === 'unknown') return untoldRow('NO_NAT', host.urn, 'its external address');
  return row('NO_NAT', 'no', host.urn, `/networkInterfaces/${nic.index}`, 'it has no external address and no Cloud NAT serves its subnet', { assumed: routers.length === 0 ? ['cloud_nat'] : [] });
}

/**
 * Can one instance open a connection to another: inside a VPC network or over a peering, else over the internet where both ends allow it?
 * Codes: `NO_PEERING`, `FW_OUT`, `FW_IN`, `STATE`.
 */
export function evaluateGcpHostToHost(scope: Scope, from: string, to: string, options: Omit<ReachOptions, 'peer'>): Verdict {
  const { graph } = scope;
  const a = graph.resource(from), b = graph.resource(to);
  const ask = readAsk(options);
  if (a?.type !== gcpTypes.instance || b?.type !== gcpTypes.instance || typeof ask === 'string') return needsHosts(a?.type === gcpTypes.instance ? to : from);
  const starts = nicsOf(a), ends = nicsOf(b);
  if (!starts || !ends) return needsHosts(starts ? to : from);
  const inside = starts.flatMap((s) => ends.flatMap((e): readonly Way[] => {
    const source = s.inside.map(addressSources).find((x) => x !== undefined), target = e.inside.map(addressSources).find((x) => x !== undefined);
    const link = linkRow(graph, s, e);
    if (!source || !target) return [{ rows: [link, lostRow('HOST', source ? to : from, 'its internal address', 'gcloud compute instances list --format json')], open: [], addresses: [], ruleOpens: 'unknown', via: '' }];
    // Tags and service accounts of rules mean machines of the same network only.
    const isSame = s.endpoint.network === e.endpoint.network;
    const out = firewallRow(graph, a, s, 'EGRESS', { ...ask, sources: target }), back = firewallRow(graph, b, e, 'INGRESS', { ...ask, sources: source, machine: isSame ? s.endpoint : undefined });
    return [{ rows: [link, out.row, back.row, stateRow(b)], open: back.open, addresses: [], ruleOpens: back.ruleOpens, via: `${s.inside[0] ?? from} to ${e.inside[0] ?? to}` }];
  }));
  const found = grounded(graph, combineWays(inside).reachable);
  if (found.answer === 'yes' || !ends.some((e) => e.external4 !== 'no')) return found;
  const outside = overInternet(scope, from, to, starts, options);
  return outside === 'no' ? found : outside === 'yes' ? { answer: 'yes', assumed: [], missing: [], via: `the internet, from ${from} to the external address of ${to}`, reasons: found.reasons } : found.answer === 'no' ? { ...found, answer: 'unknown', missing: [{ what: 'whether it gets there over the internet', entity: to, supply: 'a person' }] } : found;
}

function overInternet(scope: Scope, from: string, to: string, starts: readonly Nic[], options: Omit<ReachOptions, 'peer'>): Verdict['answer'] {
  const sender = starts.flatMap((s) => s.external[4])[0];
  const egress = evaluateGcpEgress(scope, from, options).answer;
  if (egress === 'no') return 'no';
  const ingress = evaluateGcpIngress(scope, to, sender === undefined ? options : { ...options, peer: sender }).reachable.answer;
  if (ingress === 'no' && sender === undefined) return 'no';
  return egress === 'yes' && ingress === 'yes' ? 'yes' : ingress === 'no' ? 'no' : 'unknown';
}

function linkRow(graph: GraphView, a: Nic, b: Nic): Row {
  const one = a.endpoint.network, two = b.endpoint.network;
  if (one === two) return row('NO_PEERING', 'yes', one, '', 'both are in the same VPC network');
  const known = [one, two].map((n) => graph.resource(n));
  if (known.every((n) => n === undefined)) return lostRow('NO_PEERING', one, `whether ${lastPart(one)} and ${lastPart(two)} are peered`, 'gcloud compute networks list --format json');
  const at = (network: StoredResource | undefined, other: string): boolean => list(network?.config, 'peerings').some((p) => computeName(str(p, 'network') ?? '') === other && (str(p, 'state') ?? 'ACTIVE') === 'ACTIVE');
  const isPeered = known.every((n, i) => n === undefined || at(n, i === 0 ? two : one));
  return row('NO_PEERING', isPeered ? 'yes' : 'no', one, '/peerings', isPeered ? 'the networks are peered' : `${lastPart(one)} and ${lastPart(two)} are not peered`);
}
