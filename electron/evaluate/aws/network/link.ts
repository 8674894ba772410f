import { at, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { isEnough, parseNetwork } from '../../network/cidr.ts';
import { unreadable } from './lookup.ts';
import { readRouteTable } from './readers.ts';
import { findTable, follow, targetOf } from './route-table.ts';
import { missingRow, row, type Row } from './row.ts';
import type { End, GroupReference } from './pair-filters.ts';
import { transitRow } from './transit.ts';
import { vpnRow } from './vpn.ts';

/** How packets get from one end to the other and back, and whether rules may name the other end's groups on that way. */
export interface Link { readonly rows: readonly Row[]; readonly reference: GroupReference }

/** The private way between two ends: the VPC's own routing, a peering connection, a transit gateway. */
export function linkBetween(graph: GraphView, a: End, b: End): Link {
  if (a.door.vpc === undefined || b.door.vpc === undefined) {
    const end = a.door.vpc === undefined ? a : b;
    return { rows: [missingRow('NO_ROUTE', end.door.source, { what: 'the VPC that it is in', entity: end.door.source, supply: 'aws ec2 describe-network-interfaces' })], reference: 'unknown' };
  }
  if (a.door.vpc === b.door.vpc) return { rows: [within(graph, a, b), within(graph, b, a)], reference: 'yes' };
  const there = hop(graph, a, b), back = hop(graph, b, a);
  const reference = there.kind === 'peering' ? sameRegion(graph, there.target) : there.kind === 'transit' ? transitReference(graph, there.target) : 'unknown';
  return { rows: [...there.rows, ...(there.rows.some((r) => r.answer === 'no') ? [] : back.rows)], reference };
}

/** Inside a VPC the local route leads everywhere, unless a more specific one leads over an appliance. */
function within(graph: GraphView, a: End, b: End): Row {
  const found = findTable(graph, a.door), config = found && readRouteTable(found.table);
  const taken = config?.Routes ? follow(graph, a.door, config, b.sources).taken : [];
  // Longest prefix first: what takes anything from a local route that covers the other end is more specific than it.
  const isLocal = (config?.Routes ?? []).some((r) => r.GatewayId === 'local' && coversAll(r.DestinationCidrBlock ?? r.DestinationIpv6CidrBlock, b));
  const other = isLocal ? taken.find((t) => t.route.GatewayId !== 'local') : undefined;
  if (found && other && other.route.State === 'blackhole') return row('NO_ROUTE', 'no', found.table.urn, `/Routes/${other.index}`, `the route to ${b.sources.label} is a black hole`);
  if (found && other) return missingRow('NO_ROUTE', found.table.urn, { what: `what ${targetOf(other.route)} lets through`, entity: targetOf(other.route), supply: 'the rules of that firewall or appliance' });
  return row('NO_ROUTE', 'yes', found?.table.urn ?? a.door.source, config?.Routes ? '/Routes' : '', `${a.door.vpc ?? 'the VPC'} routes within itself`);
}

function coversAll(cidr: string | null | undefined, end: End): boolean {
  const network = parseNetwork(cidr ?? '');
  return network?.family === end.sources.family && end.sources.ranges.every((r) => network.from <= r.from && r.to <= network.to);
}

interface Way { readonly kind: 'peering' | 'transit' | 'other'; readonly target: string; readonly rows: readonly Row[] }

/** The target that the routes of one end name for the other. */
function hop(graph: GraphView, a: End, b: End): Way {
  const none = (...rows: readonly Row[]): Way => ({ kind: 'other', target: '', rows });
  const found = findTable(graph, a.door);
  if (!found) return none(missingRow('NO_ROUTE', a.door.source, { what: `the route table of ${a.door.subnet ?? 'its subnet'}`, entity: a.door.subnet ?? a.door.source, supply: 'aws ec2 describe-route-tables, or an AWS Config snapshot' }));
  const config = readRouteTable(found.table);
  if (!config?.Routes) return none(missingRow('NO_ROUTE', found.table.urn, unreadable(found.table)));
  const { taken, unresolved, unread } = follow(graph, a.door, config, b.sources);
  const best = taken.filter((t) => isEnough(t.ranges, b.sources)).toSorted((x, y) => Number(sizeOfRanges(y) - sizeOfRanges(x)))[0];
  if (!best) {
    if (unresolved[0] !== undefined || unread) return none(missingRow('NO_ROUTE', found.table.urn, unresolved[0] === undefined ? unreadable(found.table) : { what: `entries of prefix list ${unresolved[0]}`, entity: unresolved[0], supply: 'aws ec2 get-managed-prefix-list-entries' }));
    return none(row('NO_ROUTE', 'no', found.table.urn, '/Routes', `${config.RouteTableId} has no route to ${b.sources.label}`));
  }
  const target = targetOf(best.route), pointer = `/Routes/${best.index}`;
  if (best.route.State === 'blackhole') return none(row('NO_ROUTE', 'no', found.table.urn, pointer, `${config.RouteTableId} routes ${b.sources.label} into a black hole`));
  const route = row('NO_ROUTE', 'yes', found.table.urn, pointer, `${config.RouteTableId} routes ${b.sources.label} to ${target}`);
  if (target.startsWith('pcx-')) return { kind: 'peering', target, rows: [route, peeringRow(graph, target, a, b)] };
  if (target.startsWith('tgw-')) return { kind: 'transit', target, rows: [route, transitRow(graph, a.door, target, b.sources, b.door.vpc)] };
  if (/^(igw|eigw)-|^local$/.test(target)) return none(row('NO_ROUTE', 'no', found.table.urn, pointer, `${config.RouteTableId} sends ${b.sources.label} to ${target}, which does not lead into ${b.door.vpc ?? 'that VPC'}`));
  if (target.startsWith('nat-')) return { ...hopBehindNat(graph, a, b, target), rows: [route, ...hopBehindNat(graph, a, b, target).rows] };
  if (target.startsWith('vgw-')) return none(route, vpnRow(graph, a.door, target, b.sources, found.table.urn));
  return none(route, missingRow('NO_ROUTE', found.table.urn, { what: `what lies behind ${target}`, entity: target, supply: 'the routes of that gateway or appliance' }));
}

/** A private NAT gateway sends on by the routes of its own subnet; a public one leads to the internet. */
function hopBehindNat(graph: GraphView, a: End, b: End, id: string): Way {
  const nat = graph.resource(id);
  if (!nat) return { kind: 'other', target: id, rows: [missingRow('NAT', a.door.source, { what: `NAT gateway ${id}`, entity: id, supply: 'aws ec2 describe-nat-gateways' })] };
  if ((str(nat.config, 'ConnectivityType') ?? 'public') !== 'private') return { kind: 'other', target: id, rows: [row('NO_ROUTE', 'no', nat.urn, '', `${id} leads to the internet, not into ${b.door.vpc ?? 'that VPC'}`)] };
  return { kind: 'other', target: id, rows: [missingRow('NAT', nat.urn, { what: `the way from ${id} on`, entity: nat.urn, supply: 'a person: private NAT is not followed' })] };
}

const sizeOfRanges = (t: { readonly ranges: readonly { readonly from: bigint; readonly to: bigint }[] }): bigint => t.ranges.reduce((sum, r) => sum + (r.to - r.from), 0n);

/** An active peering connection of exactly these two VPCs. */
function peeringRow(graph: GraphView, id: string, a: End, b: End): Row {
  const peering = graph.resource(id);
  if (!peering) return missingRow('PEERING', a.door.source, { what: `peering connection ${id}`, entity: id, supply: 'aws ec2 describe-vpc-peering-connections' });
  const status = str(peering.config, 'Status', 'Code') ?? str(peering.config, 'Status');
  if (status !== undefined && status !== 'active') return row('PEERING', 'no', peering.urn, '/Status', `${id} is ${status}`);
  const ends = [str(peering.config, 'AccepterVpcInfo', 'VpcId'), str(peering.config, 'RequesterVpcInfo', 'VpcId')];
  const joins = ends.includes(a.door.vpc) && ends.includes(b.door.vpc);
  if (status === undefined) return missingRow('PEERING', peering.urn, { what: 'the status of the peering connection', entity: peering.urn, supply: 'aws ec2 describe-vpc-peering-connections' });
  return row('PEERING', joins ? 'yes' : 'no', peering.urn, '', joins ? `${id} is active and joins ${a.door.vpc ?? ''} and ${b.door.vpc ?? ''}` : `${id} joins ${ends.join(' and ')}, and peering does not pass traffic on`);
}

/** Rules may name groups of a peer in the same region only (VPC peering guide). */
function sameRegion(graph: GraphView, id: string): GroupReference {
  const peering = graph.resource(id);
  const regions = ['AccepterVpcInfo', 'RequesterVpcInfo'].map((k) => str(peering?.config, k, 'Region'));
  return regions.every((r) => r !== undefined) ? (regions[0] === regions[1] ? 'yes' : 'no') : 'yes';
}

/** Over a transit gateway only where security group referencing is turned on. */
function transitReference(graph: GraphView, id: string): GroupReference {
  const gateway = graph.resource(id);
  return gateway === undefined ? 'unknown' : at(gateway.config, 'Options', 'SecurityGroupReferencingSupport') === 'enable' ? 'yes' : 'no';
}
