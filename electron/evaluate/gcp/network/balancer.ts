import { at, list, scalarText, str } from '#shared/lib/json.ts';
import { computeName, gcpTypes, lastPart } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { isPrivate, parseNetwork, union, type Sources } from '../../network/cidr.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import type { ReachAsk } from '../../reach-ask.ts';
import { lostRow, row, untoldRow, type Row, type Way } from '../../row.ts';
import { firewallRow, nicsOf, regionOf, stateRow } from './instance.ts';
import { readPorts } from './rule-reader.ts';

/** Where a global load balancer's connections come from, for backends (Google Cloud, "Firewall rules" of proxy load balancers). */
const globalProxies: Sources = { family: 4, ranges: union(['130.211.0.0/22', '35.191.0.0/16'].flatMap((t) => parseNetwork(t) ?? [])), threshold: 0, label: 'the load balancer’s proxies' };

export interface Backend { readonly groups: readonly string[]; readonly instances: readonly string[]; readonly isProxy: boolean; readonly notes: readonly Row[]; readonly lost: readonly string[]; /** Its source leaves out where it leads: it may lead anywhere. */ readonly isOpen: boolean }

/** A rule whose scheme isn't told may be external. */
export const isExternalRule = (rule: StoredResource): boolean => (str(rule.config, 'loadBalancingScheme') ?? 'EXTERNAL').startsWith('EXTERNAL');

/** The ports on which a forwarding rule listens. */
export function listeningPorts({ config }: StoredResource): readonly PortInterval[] {
  if (str(config, 'allPorts') === 'true') return [{ from: 0, to: 65535 }];
  const written = [str(config, 'portRange'), ...list(config, 'ports').map(scalarText)].flatMap((p) => (p === undefined ? [] : readPorts(p)));
  return written.length > 0 ? written : [{ from: 0, to: 65535 }];
}

/** What stands behind a forwarding rule, as far as the snapshot shows: targets, URL maps, backend services, groups. */
export function backendOf(graph: GraphView, rule: StoredResource): Backend {
  const direct = str(rule.config, 'backendService');
  const isProxy = direct === undefined && /\/target(Http|Https|Tcp|Ssl|Grpc)Proxies\//.test(str(rule.config, 'target') ?? '');
  const groups: string[] = [], instances: string[] = [], notes: Row[] = [], lost: string[] = [];
  const queue = [str(rule.config, 'target'), direct].flatMap((l) => (l === undefined ? [] : [computeName(l)]));
  const seen = new Set<string>(), leads = ['target', 'backendService', 'instances', 'backends', 'instance', 'urlMap', 'defaultService'];
  let isOpen = hasUntold(rule.config, ...leads);
  for (let id = queue.shift(); id !== undefined && seen.size < 200; id = queue.shift()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const node = graph.resource(id);
    if (!node) { if (!id.includes('/backendBuckets/')) lost.push(id); continue; }
    const { config } = node;
    isOpen ||= hasUntold(config, ...leads);
    instances.push(...list(config, 'instances').flatMap((i) => (typeof i === 'string' ? [computeName(i)] : [])), ...(node.type === gcpTypes.targetInstance ? [computeName(str(config, 'instance') ?? '')] : []));
    groups.push(...list(config, 'backends').flatMap((b) => (str(b, 'group') === undefined ? [] : [computeName(str(b, 'group') ?? '')])));
    if (str(config, 'iap', 'enabled') === 'true') notes.push(row('IAP', 'yes', node.urn, '/iap/enabled', 'Identity-Aware Proxy asks for a Google identity first (a mitigation, not a block)'));
    if (str(config, 'securityPolicy') !== undefined) notes.push(row('CLOUD_ARMOR', 'yes', node.urn, '/securityPolicy', 'a Cloud Armor policy filters requests (a mitigation, not a block)'));
    queue.push(...[str(config, 'urlMap'), str(config, 'service'), str(config, 'defaultService'), ...list(config, 'pathMatchers').flatMap((m) => [str(m, 'defaultService'), ...list(m, 'pathRules').map((r) => str(r, 'service')), ...list(m, 'routeRules').map((r) => str(r, 'service'))])].flatMap((l) => (l === undefined ? [] : [computeName(l)])));
  }
  return { groups, instances, isProxy, notes, lost, isOpen };
}

/** Is the instance behind it? A managed group's members carry its name in their metadata; who is in another group isn't in an export. */
function isBehind(graph: GraphView, backend: Backend, instance: StoredResource): Answer {
  if (backend.instances.includes(instance.urn)) return 'yes';
  const creator = list(instance.config, 'metadata', 'items').filter((i) => str(i, 'key') === 'created-by').flatMap((i) => str(i, 'value') ?? []).map(lastPart);
  const near = backend.groups.filter((g) => !g.includes('/networkEndpointGroups/') && isNear(g, instance));
  if (near.some((g) => creator.includes(lastPart(g)))) return 'yes';
  const listed = near.flatMap((g) => { const node = graph.resource(g); return node && at(node.config, 'instances') !== undefined && !hasUntold(node.config, 'instances') ? [list(node.config, 'instances').map((i) => computeName(typeof i === 'string' ? i : str(i, 'instance') ?? ''))] : [undefined]; });
  if (listed.some((l) => l?.includes(instance.urn))) return 'yes';
  // A member of another managed group is in none that people fill by hand.
  return backend.isOpen || (creator.length === 0 && (listed.includes(undefined) || backend.groups.some((g) => g.includes('/networkEndpointGroups/') && isNear(g, instance)))) ? 'unknown' : 'no';
}

function isNear(group: string, instance: StoredResource): boolean {
  const zone = /\/zones\/([^/]+)/.exec(group)?.[1], region = /\/regions\/([^/]+)/.exec(group)?.[1];
  const project = /\/projects\/([^/]+)/.exec(group)?.[1];
  return (zone === undefined || instance.urn.includes(`/zones/${zone}/`)) && (region === undefined || regionOf(instance) === region) && (project === undefined || instance.urn.includes(`/projects/${project}/`));
}

/** The ways to an instance over external forwarding rules: with the sender's own address where they pass packets on, from the proxies where they answer themselves. */
export function balancedWays(graph: GraphView, instance: StoredResource, ask: ReachAsk): readonly Way[] {
  if (!ask.isInternet && ask.sources.every(isPrivate)) return [];
  const nic = nicsOf(instance)?.[0];
  if (!nic) return [];
  return graph.ofType(gcpTypes.forwardingRule).filter(isExternalRule).flatMap((rule): readonly Way[] => {
    const backend = backendOf(graph, rule);
    const behind = isBehind(graph, backend, instance);
    const listening = listeningPorts(rule).filter((p) => p.from <= ask.ports.to && p.to >= ask.ports.from);
    const sources = ask.sources.find((s) => s.family === familyOf(rule));
    if (behind === 'no' || listening.length === 0 || !sources || !speaks(rule, backend, ask)) return [];
    const member = behind === 'yes' ? row('BACKEND', 'yes', rule.urn, '', `it is behind the forwarding rule ${lastPart(rule.urn)}`) : lostRow('BACKEND', rule.urn, `whether ${lastPart(instance.urn)} is in its instance group`, 'gcloud compute instance-groups list-instances');
    const proxies = backend.isProxy ? proxiesOf(graph, rule, nic.endpoint.network) : undefined;
    const ways = backend.isProxy ? [{ port: undefined, ...(proxies ? firewallRow(graph, instance, nic, 'INGRESS', { protocols: ['tcp'], ports: { from: 0, to: 65535 }, sources: proxies }) : { row: lostRow('FW_IN', rule.urn, 'the proxy-only subnet of its region', 'gcloud compute networks subnets list --format json'), open: [], ruleOpens: 'unknown' as const }) }]
      : listening.map((port) => ({ port, ...firewallRow(graph, instance, nic, 'INGRESS', { protocols: protocolsOf(rule, ask), ports: { from: Math.max(port.from, ask.ports.from), to: Math.min(port.to, ask.ports.to) }, sources }) }));
    const told = ruleTold(rule);
    return ways.map((found) => ({
      rows: [member, ...told, found.row, stateRow(instance), ...backend.notes], addresses: [str(rule.config, 'IPAddress')].filter((a) => a !== undefined), ruleOpens: found.ruleOpens, via: `${str(rule.config, 'IPAddress') ?? rule.urn} over ${lastPart(rule.urn)} to ${instance.urn}`,
      open: found.port ? found.open : listening.map(({ from, to }) => ({ protocol: 'tcp', from, to })),
    }));
  });
}

/** What the record of a forwarding rule leaves out: its scheme, its ports, its protocol. */
const ruleTold = (rule: StoredResource): readonly Row[] => (hasUntold(rule.config, 'loadBalancingScheme', 'ports', 'IPProtocol') ? [untoldRow('LISTENER', rule.urn, 'its scheme, ports and protocol')] : []);

const familyOf = ({ config }: StoredResource): 4 | 6 => (str(config, 'ipVersion') === 'IPV6' || (str(config, 'IPAddress') ?? '').includes(':') ? 6 : 4);

/** Proxies answer TCP; those for HTTPS speak HTTP/3 over UDP as well. */
const speaks = (rule: StoredResource, { isProxy }: Backend, ask: ReachAsk): boolean => !isProxy || ask.protocols.includes('tcp') || (ask.protocols.includes('udp') && (str(rule.config, 'target') ?? '').includes('/targetHttpsProxies/'));

/** A regional proxy load balancer connects from the proxy-only subnet of its region and network, a global one from Google's edge. Undefined where that subnet isn't recorded. */
function proxiesOf(graph: GraphView, rule: StoredResource, network: string): Sources | undefined {
  const region = /\/regions\/([^/]+)\/target\w+Proxies\//.exec(str(rule.config, 'target') ?? '')?.[1];
  if (region === undefined) return globalProxies;
  const ranges = graph.ofType(gcpTypes.subnetwork).filter((s) => /^(REGIONAL_MANAGED_PROXY|INTERNAL_HTTPS_LOAD_BALANCER)$/.test(str(s.config, 'purpose') ?? '') && s.urn.includes(`/regions/${region}/`) && computeName(str(s.config, 'network') ?? '') === network)
    .flatMap((s) => parseNetwork(str(s.config, 'ipCidrRange') ?? '') ?? []);
  return ranges.length === 0 ? undefined : { family: 4, ranges: union(ranges), threshold: 0, label: 'the load balancer’s proxies' };
}

function protocolsOf(rule: StoredResource, ask: ReachAsk): readonly string[] {
  if (hasUntold(rule.config, 'IPProtocol')) return ask.protocols;
  const own = (str(rule.config, 'IPProtocol') ?? 'TCP').toLowerCase();
  return own === 'l3_default' ? ask.protocols : ask.protocols.filter((p) => p === own);
}

/** A forwarding rule by itself: external, listening on the port; one that passes packets on is as open as the machines behind it. */
export function forwardingRuleWays(graph: GraphView, rule: StoredResource, ask: ReachAsk): readonly Way[] {
  const address = str(rule.config, 'IPAddress');
  const scheme = str(rule.config, 'loadBalancingScheme');
  const isOutside = isExternalRule(rule);
  const listening = listeningPorts(rule).filter((p) => p.from <= ask.ports.to && p.to >= ask.ports.from);
  const backend = backendOf(graph, rule);
  const isListening = listening.length > 0 && speaks(rule, backend, ask);
  const rows: Row[] = [
    hasUntold(rule.config, 'loadBalancingScheme') ? untoldRow('NO_PUBLIC_IP', rule.urn, 'its scheme') : scheme === undefined && address === undefined ? lostRow('NO_PUBLIC_IP', rule.urn, 'its scheme and address', 'gcloud compute forwarding-rules list --format json') : row('NO_PUBLIC_IP', isOutside ? 'yes' : 'no', rule.urn, '/loadBalancingScheme', `its scheme is ${scheme ?? 'EXTERNAL by default'}`),
    hasUntold(rule.config, 'ports', 'IPProtocol') ? untoldRow('LISTENER', rule.urn, 'its ports and protocol') : row('LISTENER', isListening ? 'yes' : 'no', rule.urn, '', isListening ? 'it listens on the port' : 'it does not listen on the port'), ...backend.notes,
  ];
  const base = { addresses: address === undefined ? [] : [address], ruleOpens: 'unknown' as const, via: `${address ?? ''} ${lastPart(rule.urn)}`.trim() };
  if (backend.isProxy || !isOutside || !isListening) return [{ ...base, rows, open: listening.map(({ from, to }) => ({ protocol: (str(rule.config, 'IPProtocol') ?? 'tcp').toLowerCase(), from, to })) }];
  const members = graph.ofType(gcpTypes.instance).filter((i) => isBehind(graph, backend, i) === 'yes');
  if (members.length === 0) return [{ ...base, rows: [...rows, lostRow('BACKEND', rule.urn, 'the machines behind it', 'an export of instances, target pools and backend services')], open: [] }];
  return members.flatMap((m) => balancedWays(graph, m, ask).filter((w) => w.via.includes(` over ${lastPart(rule.urn)} `)).map((w) => ({ ...w, rows: [...rows, ...w.rows] })));
}
