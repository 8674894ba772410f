import { at, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../../kleene.ts';
import { addressSources, isEnough, sizeOf, type Range, type Sources } from '../../network/cidr.ts';
import { everyPort, type Ask, type Doorway, type Path } from './doorway.ts';
import { blockPublicAccessRow, gatewayRow } from './gateway.ts';
import { interfaceDoorway } from './interfaces.ts';
import { findEc2, unreadable } from './lookup.ts';
import { findAcl, judgeAcl, missingAclRows } from './network-acl.ts';
import { hasPorts, protocolName, protocolsAsked } from '../../network/protocol.ts';
import { readInterface, readRouteTable } from './readers.ts';
import { findTable, follow, targetOf, type Position, type Taken } from './route-table.ts';
import { missingRow, row, type Row } from './row.ts';
import { groupRow, groupRules, openByGroups } from './security-group.ts';
import { endpointRow } from './vpc-endpoint.ts';
import { behind, transitRow, vpcNetworks } from './transit.ts';
import { vpnRow } from './vpn.ts';

/** A way from a doorway to the destinations: the route it takes, what stands at its end, and the filters in front. */
export function pathsOut(graph: GraphView, door: Doorway, ask: Ask, state: Row): readonly Path[] {
  return ask.sources.filter((sources) => door.families.includes(sources.family)).flatMap((sources) => {
    const filters = filterRows(graph, door, ask, sources);
    return exitsOf(graph, door, { sources, protocol: ask.protocol }).map((exit): Path => ({
      rows: [...exit.rows, ...filters, state], open: [], ruleOpens: filters.at(-1)?.answer ?? 'unknown', family: sources.family, addresses: [],
    }));
  });
}

interface Exit { readonly rows: readonly Row[] }
interface Asked { readonly sources: Sources; readonly protocol: string | undefined }

const supply = 'aws ec2 describe-route-tables, or an AWS Config snapshot';

/** Where the subnet's routes take what goes to the destinations: one exit for each target that enough of them go to. */
function exitsOf(graph: GraphView, door: Doorway, asked: Asked, hops = 0): readonly Exit[] {
  const { sources } = asked;
  const found = findTable(graph, door);
  if (!found) return [{ rows: [missingRow('NO_ROUTE_TO_IGW', door.source, { what: `the route table of ${door.subnet ?? 'its subnet'}`, entity: door.subnet ?? door.source, supply })] }];
  const config = readRouteTable(found.table);
  if (!config?.Routes) return [{ rows: [missingRow('NO_ROUTE_TO_IGW', found.table.urn, unreadable(found.table))] }];
  const { taken, rest, unresolved, unread } = follow(graph, door, config, sources);
  const enough = (ranges: readonly Range[]): boolean => isEnough(ranges, sources);
  const byTarget = Map.groupBy(taken, ({ route }) => (route.State === 'blackhole' ? 'blackhole' : targetOf(route)));
  const exits = [...byTarget].filter(([, parts]) => enough(parts.flatMap((p) => p.ranges))).map(([target, parts]): Exit => ({ rows: exitRows(graph, door, found.table, target, parts, asked, hops) }));
  if (exits.length > 0) return exits;
  const open = sizeOf(rest) > sources.threshold ? unresolved[0] : undefined;
  if (open !== undefined || unread) return [{ rows: [missingRow('NO_ROUTE_TO_IGW', found.table.urn, open === undefined ? unreadable(found.table) : { what: `entries of prefix list ${open}`, entity: open, supply: 'aws ec2 get-managed-prefix-list-entries' })] }];
  return [{ rows: [row('NO_ROUTE_TO_IGW', 'no', found.table.urn, '/Routes', `${config.RouteTableId} has no route to ${sources.label}`)] }];
}

/** The rows that the target of a route adds. */
function exitRows(graph: GraphView, door: Doorway, table: StoredResource, target: string, parts: readonly Taken[], asked: Asked, hops: number): readonly Row[] {
  const { sources, protocol } = asked;
  const pointer = `/Routes/${parts[0]?.index ?? 0}`;
  const routed = (answer: Answer, text: string): Row => row('NO_ROUTE_TO_IGW', answer, table.urn, pointer, text);
  const route = routed('yes', `${readRouteTable(table)?.RouteTableId ?? 'the table'} routes ${sources.label} to ${target}`);
  if (target === 'blackhole') return [routed('no', `the route to ${sources.label} is a black hole`)];
  if (target === 'local') return [routed('no', `${sources.label} stays inside the VPC`)];
  if (target.startsWith('igw-')) {
    return [door.address(sources.family), gatewayRow(graph, door, { row: route, ranges: undefined, gateways: [target], table: table.urn }), route, blockPublicAccessRow(graph, door)];
  }
  if (target.startsWith('nat-')) return [route, ...natRows(graph, door, target, sources, protocol)];
  if (target.startsWith('vgw-')) return [route, vpnRow(graph, door, target, sources, table.urn)];
  if (target.startsWith('eigw-')) return [route, egressOnlyRow(graph, door, target), blockPublicAccessRow(graph, door, 'out')];
  if (target.startsWith('vpce-')) return [route, endpointRow(graph, door, target, table.urn, pointer)];
  if (target.startsWith('tgw-')) return [route, ...overTransit(graph, door, target, asked, hops)];
  if (target.startsWith('pcx-')) return [routed('no', `${target} leads to another VPC, which does not pass traffic on to ${sources.label} (no edge-to-edge routing)`)];
  if (target.startsWith('eni-') || target.startsWith('i-')) return [route, ...applianceRows(graph, door, target, sources)];
  return [route, missingRow('NO_ROUTE', table.urn, { what: `what lies behind ${target}`, entity: target, supply: 'a person who knows that network' })];
}

/** VPCs that are passed one after the other. */
const MOST_HOPS = 3;

/** On from the VPC that a transit gateway sends to (a central one with a NAT gateway), by the routes of its attachment's subnets; and the way back. */
function overTransit(graph: GraphView, door: Doorway, gateway: string, asked: Asked, hops: number): readonly Row[] {
  const hop = transitRow(graph, door, gateway, asked.sources);
  if (hop.answer !== 'yes' || hop.vpc === undefined) return [hop];
  const { vpc } = hop;
  if (vpc === door.vpc || hops >= MOST_HOPS) return [row('TRANSIT_GATEWAY', 'no', hop.reasons[0]?.source ?? door.source, hop.reasons[0]?.pointer ?? '', `${gateway} sends ${asked.sources.label} round in a circle`)];
  const exits = behind(graph, door, gateway, vpc).flatMap((next) => {
    const inner: Doorway = { ...door, ...next, addresses: [], groups: 'none', address: () => row('NO_PUBLIC_IP', 'no', next.source, '', `what comes over ${gateway} has no public address in ${vpc}`) };
    return exitsOf(graph, inner, asked, hops + 1).map((exit) => [...exit.rows, ...wayBack(graph, door, inner, gateway, exit.rows)]);
  });
  const answer = anyOf(exits.map((rows) => allOf(rows.map((r) => r.answer))));
  const best = exits.find((rows) => allOf(rows.map((r) => r.answer)) === answer);
  return [hop, ...(best ?? [missingRow('TRANSIT_GATEWAY', door.source, { what: `the subnets of the attachment of ${vpc}`, entity: vpc, supply: 'aws ec2 describe-transit-gateway-vpc-attachments' })])];
}

/** What answers comes back by the table of the NAT gateway's subnet and that of the attachment. Where the way out isn't known, nor is where it comes back from. */
function wayBack(graph: GraphView, door: Doorway, inner: Doorway, gateway: string, exit: readonly Row[]): readonly Row[] {
  if (exit.some((r) => r.answer !== 'yes')) return [];
  const nat = graph.resource(exit.find((r) => r.code === 'NAT')?.reasons[0]?.source ?? ''), subnet = str(nat?.config, 'SubnetId') ?? inner.subnet;
  const back = [...door.inside ?? [], ...vpcNetworks(graph, door.vpc)].map(addressSources).find((s) => s !== undefined);
  if (!back) return [missingRow('NO_ROUTE', door.source, { what: 'its address inside', entity: door.source, supply: 'aws ec2 describe-network-interfaces' })];
  const found = findTable(graph, { ...inner, subnet }), config = found && readRouteTable(found.table);
  if (!found || !config?.Routes) return [missingRow('NO_ROUTE', inner.source, { what: `the route table of ${subnet ?? 'its subnet'}`, entity: subnet ?? inner.source, supply })];
  const taken = follow(graph, inner, config, back).taken.find((t) => targetOf(t.route) === gateway && t.route.State !== 'blackhole');
  if (!taken) return [row('NO_ROUTE', 'no', found.table.urn, '/Routes', `${config.RouteTableId} has no route back to ${back.label}`)];
  return [row('NO_ROUTE', 'yes', found.table.urn, `/Routes/${taken.index}`, `${config.RouteTableId} routes ${back.label} back to ${gateway}`), transitRow(graph, inner, gateway, back, door.vpc)];
}

/** A public NAT gateway has an address of its own and sends on by its own subnet's route to the internet gateway. */
function natRows(graph: GraphView, door: Doorway, id: string, sources: Sources, protocol: string | undefined): readonly Row[] {
  const nat = graph.resource(id);
  if (!nat) return [missingRow('NAT', door.source, { what: `NAT gateway ${id}`, entity: id, supply: 'aws ec2 describe-nat-gateways' })];
  const state = str(nat.config, 'State') ?? 'available';
  const kind = str(nat.config, 'ConnectivityType') ?? 'public';
  if (state !== 'available') return [row('NAT', 'no', nat.urn, '/State', `${id} is ${state}`)];
  if (kind === 'private') return [row('NAT', 'no', nat.urn, '/ConnectivityType', `${id} is private: it has no way to the internet`)];
  if (sources.family === 6) return [row('NAT', 'no', nat.urn, '', `${id} translates IPv4 (NAT64 apart)`)];
  if (!protocolsAsked(protocol, 4).some((p) => ['6', '17', '1'].includes(p))) return [row('NAT', 'no', nat.urn, '', `${id} passes TCP, UDP and ICMP only`)];
  const subnet = str(nat.config, 'SubnetId'), vpc = str(nat.config, 'VpcId') ?? door.vpc;
  const position: Position = { source: nat.urn, subnet, vpc, account: nat.account, region: nat.region };
  const found = findTable(graph, position), config = found && readRouteTable(found.table);
  const own = row('NAT', 'yes', nat.urn, '/State', `${id} is available and translates to ${str(nat.config, 'NatGatewayAddresses', 0, 'PublicIp') ?? 'a public address'}`);
  if (!found || !config?.Routes) return [own, missingRow('NO_ROUTE_TO_IGW', nat.urn, { what: `the route table of ${subnet ?? id}`, entity: subnet ?? nat.urn, supply })];
  const parts = follow(graph, position, config, sources).taken.filter((t) => targetOf(t.route).startsWith('igw-') && t.route.State !== 'blackhole');
  const reaches = isEnough(parts.flatMap((p) => p.ranges), sources);
  const next = row('NO_ROUTE_TO_IGW', reaches ? 'yes' : 'no', found.table.urn, parts[0] ? `/Routes/${parts[0].index}` : '/Routes', `the subnet of ${id} ${reaches ? `routes ${sources.label} to ${targetOf(parts[0]?.route ?? {})}` : `has no route to an internet gateway for ${sources.label}`}`);
  if (!reaches) return [own, next];
  const gateway = gatewayRow(graph, position, { row: next, ranges: undefined, gateways: parts.map((p) => targetOf(p.route)), table: found.table.urn });
  return [own, gateway, next, blockPublicAccessRow(graph, position, 'out')];
}

function egressOnlyRow(graph: GraphView, door: Doorway, id: string): Row {
  const gateway = graph.resource(id);
  if (!gateway) return row('NO_IGW', 'yes', door.source, '', `${id} is not in the snapshot; a route that is active has its gateway`, { assumed: [`${id} is attached`] });
  const attached = [at(gateway.config, 'Attachments')].flat().some((a) => str(a, 'VpcId') === door.vpc && /attached|available/.test(str(a, 'State') ?? 'attached'));
  return row('NO_IGW', attached ? 'yes' : 'no', gateway.urn, '/Attachments', `${id} is ${attached ? '' : 'not '}attached to ${door.vpc ?? 'the VPC'}`);
}

/** An instance that routes for others: it must run, not check the source of what it passes on, and get out itself. */
function applianceRows(graph: GraphView, door: Doorway, target: string, sources: Sources): readonly Row[] {
  const id = target.startsWith('eni-') ? target : undefined;
  const eni = id === undefined ? undefined : findEc2(graph, 'AWS::EC2::NetworkInterface', id, door);
  const config = eni && readInterface(eni);
  const check = at(eni?.config, 'SourceDestCheck');
  if (check === true) return [row('NAT', 'no', eni?.urn ?? door.source, '/SourceDestCheck', `${target} checks source and destination, so it passes nothing on`)];
  if (eni && config && check === false) {
    const own = interfaceDoorway(graph, config, eni.urn, '', eni);
    if (own.address(sources.family).answer === 'no') return [row('NAT', 'unknown', eni.urn, '', `${target} has no public address of its own`, { missing: [{ what: `what ${target} passes on`, entity: target, supply: 'the rules of that appliance' }] })];
  }
  return [missingRow('NAT', eni?.urn ?? door.source, { what: `what ${target} passes on`, entity: target, supply: 'the rules of that appliance' })];
}

/** NACL out and back, then the egress of the security groups; the last row is that of the groups. */
function filterRows(graph: GraphView, door: Doorway, ask: Ask, sources: Sources): readonly Row[] {
  const protocols = protocolsAsked(ask.protocol, sources.family);
  const windows = (p: string) => (hasPorts(p) ? ask.windows : [everyPort]);
  const read = findAcl(graph, door);
  const groups = door.groups === undefined || door.groups === 'none' ? undefined : groupRules(graph, door.groups, door, 'out');
  const perProtocol = protocols.map((p) => {
    const alone = groups ? openByGroups(groups, p, sources.family, windows(p).map((w) => ({ ...w, ranges: sources.ranges })), sources.threshold) : windows(p);
    const acl = read.found ? judgeAcl(read, p, alone.length > 0 ? alone : windows(p), sources, sources.ranges, 'out') : undefined;
    const group = groups ? groupRow(groups, door.source, [p], sources, ask.windows[0] ?? everyPort, new Map([[p, alone]]))
      : door.groups === 'none' ? row('SG_OUT', 'yes', door.source, '', 'no security group stands before it')
        : missingRow('SG_OUT', door.source, { what: 'its security groups', entity: door.source, supply: 'aws ec2 describe-network-interfaces, or an AWS Config snapshot' });
    const aclRows = acl ? [acl.inbound, acl.outbound] : missingAclRows(read.found ? { found: false, source: door.source, missing: { what: 'the network ACL', entity: door.source, supply: '' } } : read);
    const both = groups && acl && group.answer === 'yes' && acl.masks.length > 0 && openByGroups(groups, p, sources.family, acl.masks, sources.threshold).length === 0;
    return [...aclRows, both === true ? row('SG_OUT', 'no', group.reasons[0]?.source ?? door.source, '/IpPermissionsEgress', 'the security groups let nothing out to what the network ACL lets through') : group];
  });
  const answer = anyOf(perProtocol.map((rows) => allOf(rows.map((r) => r.answer))));
  return perProtocol.find((rows) => allOf(rows.map((r) => r.answer)) === answer) ?? [row('SG_OUT', 'unknown', door.source, '', `${protocolName(ask.protocol ?? '')} is not a protocol`)];
}
