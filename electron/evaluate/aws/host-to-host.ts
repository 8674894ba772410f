import { list, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../kleene.ts';
import { addressSources, parseNetwork } from '../network/cidr.ts';
import type { PortInterval } from '../network/port-sweep.ts';
import { protocolsAsked } from '../network/protocol.ts';
import { evaluateEgress, isServedByHost } from './egress.ts';
import { combine, decided, noDoubt } from './network/combine.ts';
import { everyPort, pathsThrough, type Ask, type Doorway, type Path } from './network/doorway.ts';
import { standingOf } from './network/doorways.ts';
import { pathsOut } from './network/egress.ts';
import { holderOf, natRefuses, servedBy } from './network/holder.ts';
import { balancerState, isBalancer, listenersOf } from './network/load-balancer.ts';
import { linkBetween } from './network/link.ts';
import { endSources, pairRows, type End } from './network/pair-filters.ts';
import { readSubnet } from './network/readers.ts';
import { missingRow, row, type Row } from './network/row.ts';
import { vpcNetworks } from './network/transit.ts';

export interface PairOptions { readonly port?: number | undefined; /** Name or IANA number; TCP and UDP when left out. */ readonly protocol?: string | undefined }
interface Host { readonly urn: string; readonly doors: readonly Doorway[]; readonly state: Row; readonly trouble?: Row }

/**
 * Can one host open a connection to another? The way between them (the VPC's routing, peering or a transit gateway with routes both ways, else from
 * public address to public address), egress of the sender's groups, network ACLs of both subnets both ways (not within a subnet), ingress of
 * the receiver's groups; both run.
 * @param from, to anything with a place in a VPC (instance, interface, database, load balancer, function, task, …) by urn or alias, or an address
 *   or network inside the other's VPC.
 */
export function evaluateHostToHost(graph: GraphView, from: string, to: string, options: PairOptions = {}): Verdict {
  if (isServedByHost(to) && graph.resource(from)) return evaluateEgress(graph, from, { ...options, destination: to });
  const window = options.port === undefined ? everyPort : { from: options.port, to: options.port };
  const sender = hostOf(graph, from, to), receiver = listening(graph, hostOf(graph, to, from), window);
  const trouble = sender.trouble ?? receiver.trouble;
  if (trouble) return decided(trouble).reachable;
  const paths = sender.doors.flatMap((a) => receiver.doors.flatMap((b) => ([4, 6] as const).flatMap((family): readonly Path[] => {
    const ends = [endOf(graph, a, family), endOf(graph, b, family)] as const;
    if (!ends[0] || !ends[1]) return [];
    const { rows, reference } = linkBetween(graph, ends[0], ends[1]);
    const { 0: one, 1: two } = ends;
    return protocolsAsked(options.protocol, family).map((protocol) => ({ rows: [...rows, ...pairRows(graph, one, two, protocol, window, reference), sender.state, receiver.state], open: [], ruleOpens: 'unknown', family, addresses: [] }));
  })));
  if (paths.length === 0) return decided(missingRow('NO_ROUTE', receiver.urn, { what: 'the addresses of both hosts', entity: receiver.urn, supply: 'aws ec2 describe-network-interfaces' })).reachable;
  const answer = anyOf(paths.map((p) => allOf(p.rows.map((r) => r.answer))));
  const outside = answer === 'yes' ? [] : overInternet(graph, sender, receiver, { port: options.port, protocol: options.protocol });
  const isOutside = outside.some((p) => p.rows.every((r) => r.answer === 'yes'));
  return noDoubt(combine(isOutside ? outside : paths, 'any', receiver.urn).reachable);
}

/** What an id means as an end: a resource with its doorways, or an address in the VPC of the other end. */
function hostOf(graph: GraphView, id: string, other: string): Host {
  const resource = graph.resource(id);
  const state = row('STATE', 'yes', id, '', 'an address is taken to be in use');
  if (!resource && parseNetwork(id)) {
    const vpc = vpcOf(graph, id, other), owner = holderOf(graph, id, vpc);
    if (owner) return hostOf(graph, servedBy(graph, owner).urn, other);
    return { urn: id, state, doors: [{ source: id, subnet: subnetOf(graph, id, vpc), vpc, families: [4, 6], addresses: [], inside: [id], address: () => row('NO_PUBLIC_IP', 'no', id, '', 'only an address is given'), groups: 'none' }] };
  }
  const missing = (what: string, supply: string): Host => ({ urn: resource?.urn ?? id, doors: [], state, trouble: missingRow('NO_ROUTE', resource?.urn ?? id, { what, entity: resource?.urn ?? id, supply }) });
  if (!resource) return missing('the host', 'aws ec2 describe-instances, or an inventory that contains it');
  const standing = standingOf(graph, resource);
  if (!standing) return missing(`how ${resource.type} stands in a network`, 'a person: this type is not evaluated');
  return 'code' in standing.doors ? { urn: resource.urn, doors: [], state, trouble: standing.doors } : { urn: resource.urn, doors: standing.doors, state: standing.state };
}

/** As the one that is called: a load balancer answers on its listeners' ports, a NAT gateway nobody. */
function listening(graph: GraphView, host: Host, window: PortInterval): Host {
  const resource = graph.resource(host.urn), refusal = resource && natRefuses(resource);
  if (refusal) return { ...host, trouble: refusal };
  return resource && isBalancer(resource.type) ? { ...host, state: balancerState(resource, listenersOf(graph, resource), window) } : host;
}

/** The VPC that an address lies in: the other end's if it does, else the only one that has it. */
function vpcOf(graph: GraphView, address: string, other: string): string | undefined {
  const network = parseNetwork(address);
  const holds = (vpc: string): boolean => vpcNetworks(graph, vpc).some((c) => { const n = parseNetwork(c); return n !== undefined && network !== undefined && n.family === network.family && n.from <= network.from && network.to <= n.to; });
  const peer = graph.resource(other), standing = peer && standingOf(graph, peer);
  const own = standing && !('code' in standing.doors) ? standing.doors.flatMap((d) => d.vpc ?? []) : [];
  const near = own.find(holds);
  if (near !== undefined) return near;
  const all = graph.ofType('AWS::EC2::VPC').flatMap((v) => str(v.config, 'VpcId') ?? []).filter(holds);
  return all.length === 1 ? all[0] : undefined;
}

function subnetOf(graph: GraphView, address: string, vpc: string | undefined): string | undefined {
  const network = parseNetwork(address);
  return graph.ofType('AWS::EC2::Subnet').map(readSubnet).find((s) => {
    const cidr = s?.VpcId === vpc && typeof s?.CidrBlock === 'string' ? parseNetwork(s.CidrBlock) : undefined;
    return cidr !== undefined && network !== undefined && cidr.family === network.family && cidr.from <= network.from && network.to <= cidr.to;
  })?.SubnetId;
}

/** Its addresses inside the VPC; where they are not known, those of its subnet. */
function endOf(graph: GraphView, door: Doorway, family: 4 | 6): End | undefined {
  const subnet = door.subnet === undefined ? undefined : graph.resource(door.subnet)?.config;
  const own = [...(door.inside ?? []), ...door.addresses.filter((a) => a.includes(':') && parseNetwork(a) !== undefined)];
  const label = own[0] ?? door.source.split('/').at(-1) ?? door.source;
  const sources = endSources(own, family, label) ?? (own.length > 0 ? undefined : endSources([str(subnet, 'CidrBlock') ?? '', ...(door.vpc === undefined ? [] : subnet === undefined ? vpcNetworks(graph, door.vpc) : [])], family, label));
  return sources && { door, sources };
}

/** From public address to public address: the sender's way out, then the receiver's ways in for the address that it comes from. */
function overInternet(graph: GraphView, sender: Host, receiver: Host, options: PairOptions): readonly Path[] {
  const window = options.port === undefined ? everyPort : { from: options.port, to: options.port };
  const ask = (address: string): Ask | undefined => { const sources = addressSources(address); return sources && { windows: [window], protocol: options.protocol, sources: [sources] }; };
  const isAddress = (text: string): boolean => parseNetwork(text) !== undefined;
  return receiver.doors.flatMap((b) => b.addresses.filter(isAddress).flatMap((target) => sender.doors.flatMap((a) => {
    const out = ask(target);
    return (out ? pathsOut(graph, a, out, sender.state) : []).flatMap((way) => sourcesOf(graph, a, way).flatMap((source) => {
      const into = ask(source);
      return (into ? pathsThrough(graph, b, into, receiver.state) : []).map((end): Path => ({ ...end, rows: [...way.rows, ...end.rows], addresses: [target] }));
    }));
  })));
}

/** The addresses that the receiver sees: the sender's own, or those of the NAT gateway in between. */
function sourcesOf(graph: GraphView, door: Doorway, way: Path): readonly string[] {
  const nat = way.rows.find((r) => r.code === 'NAT' && r.answer === 'yes')?.reasons[0]?.source;
  if (nat === undefined) return door.addresses.filter((a) => parseNetwork(a) !== undefined).slice(0, 1);
  return list(graph.resource(nat)?.config, 'NatGatewayAddresses').flatMap((a) => str(a, 'PublicIp') ?? []).slice(0, 1);
}
