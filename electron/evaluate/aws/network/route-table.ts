import type { z } from 'zod';
import type { routeTableSchema } from '#shared/model/aws.ts';
import { str } from '#shared/lib/json.ts';
import { unplacedPart } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { isEnough, parseNetwork, sizeOf, within, without, type Network, type Range, type Sources } from '../../network/cidr.ts';
import { restOf } from '../cut-list.ts';
import { findBy, unreadable, type Place } from './lookup.ts';
import { prefixListNetworks } from './prefix-list.ts';
import { readRouteTable } from './readers.ts';
import { missingRow, row, type Row } from './row.ts';

export type RouteTable = z.output<typeof routeTableSchema>;
export type Route = NonNullable<NonNullable<RouteTable['Routes']>[number]>;

/** A subnet as far as its routing needs it. */
export interface Position extends Place { readonly subnet: string | undefined; readonly vpc: string | undefined; readonly source: string }
export interface Routing {
  readonly row: Row;
  /** Senders whose replies go out by the internet gateway; undefined when not known. */
  readonly ranges: readonly Range[] | undefined;
  /** Internet gateways that active routes name. */
  readonly gateways: readonly string[];
  readonly table: string | undefined;
}

const explicitKeys = (resource: StoredResource): readonly string[] =>
  (readRouteTable(resource)?.Associations ?? []).flatMap((a) => (a.SubnetId === undefined || a.SubnetId === null ? [] : [a.SubnetId]));
const mainKeys = (resource: StoredResource): readonly string[] => {
  const table = readRouteTable(resource);
  return table?.Associations?.some((a) => a.Main === true) === true ? [table.VpcId] : [];
};
const type = 'AWS::EC2::RouteTable';

/** The route table of a subnet: its own, else the VPC's main one; undefined where it isn't known. */
export function findTable(graph: GraphView, { subnet, vpc, account, region }: Position): { readonly table: StoredResource; readonly isOwn: boolean } | undefined {
  const place = { account, region };
  const own = subnet === undefined ? undefined : findBy(graph, type, place, explicitKeys, subnet)[0];
  // Any subnet without a table of its own may be meant by an association that a plan doesn't place.
  if (!own && (graph.ofType(unplacedPart).some((p) => str(p.config, 'Of') === type) || restOf(graph, type, account) !== undefined)) return undefined;
  const table = own ?? (vpc === undefined ? undefined : findBy(graph, type, place, mainKeys, vpc)[0]);
  return table && { table, isOwn: own !== undefined };
}

/** Row 3: the subnet's table (its own, else the VPC's main one) sends replies to the internet gateway; longest prefix wins (AWS, "Route priority"). */
export function routing(graph: GraphView, position: Position, sources: Sources): Routing {
  const { subnet } = position;
  const found = findTable(graph, position);
  if (!found) {
    const missing: Missing = { what: `the route table of ${subnet ?? 'its subnet'}`, entity: subnet ?? position.source, supply: 'aws ec2 describe-route-tables, or an AWS Config snapshot' };
    return { row: missingRow('NO_ROUTE_TO_IGW', position.source, missing), ranges: undefined, gateways: [], table: undefined };
  }
  const { table, isOwn } = found;
  const config = readRouteTable(table);
  if (!config?.Routes) return { row: missingRow('NO_ROUTE_TO_IGW', table.urn, unreadable(table)), ranges: undefined, gateways: [], table: table.urn };
  return judge(graph, position, table, config, sources, isOwn);
}

export interface Taken { readonly index: number; readonly route: Route; readonly ranges: readonly Range[] }

function judge(graph: GraphView, position: Position, table: StoredResource, config: RouteTable, sources: Sources, isOwn: boolean): Routing {
  const { taken, rest, unresolved, unread } = follow(graph, position, config, sources);
  const isGateway = ({ route }: Taken): boolean => (route.GatewayId ?? '').startsWith('igw-') && route.State !== 'blackhole';
  const viaGateway = taken.filter(isGateway);
  const ranges = viaGateway.flatMap((t) => t.ranges).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const gateways = [...new Set(taken.map(({ route }) => route.GatewayId ?? '').filter((id) => id.startsWith('igw-')))];
  const name = `${config.RouteTableId}${isOwn ? '' : ` (the main table of ${config.VpcId})`}`;
  const pointer = (t: Taken | undefined): string => (t ? `/Routes/${t.index}` : '/Routes');
  const known = { gateways, table: table.urn };
  if (isEnough(ranges, sources)) {
    const best = widest(viaGateway);
    const assumed = unresolved.map((id) => `prefix list ${id} in ${config.RouteTableId} leaves the internet to the default route`);
    return { ...known, ranges, row: row('NO_ROUTE_TO_IGW', 'yes', table.urn, pointer(best), `${name} routes ${sources.label} to ${best?.route.GatewayId ?? 'the gateway'}`, { assumed }) };
  }
  const middlebox = taken.find((t) => isMiddlebox(t.route) && isEnough(t.ranges, { ...sources, threshold: sources.threshold / 2 }));
  if (middlebox) {
    const missing: Missing = { what: `what ${targetOf(middlebox.route)} lets through`, entity: targetOf(middlebox.route), supply: 'the rules of that firewall or appliance' };
    return { ...known, ranges: undefined, row: row('NO_ROUTE_TO_IGW', 'unknown', table.urn, pointer(middlebox), `${name} routes ${sources.label} through ${targetOf(middlebox.route)}, which may pass it on`, { missing: [missing] }) };
  }
  const open = sizeOf(rest) > sources.threshold ? unresolved[0] : undefined;
  if (open !== undefined || unread) {
    const missing: Missing = open === undefined ? unreadable(table) : { what: `entries of prefix list ${open}`, entity: open, supply: 'aws ec2 get-managed-prefix-list-entries' };
    return { ...known, ranges: undefined, row: missingRow('NO_ROUTE_TO_IGW', table.urn, missing) };
  }
  const other = widest(taken);
  const text = other ? `${name} sends ${sources.label} to ${describeTarget(other.route)}, not to an internet gateway` : `${name} has no route to ${sources.label}`;
  return { ...known, ranges: [], row: row('NO_ROUTE_TO_IGW', 'no', table.urn, pointer(other), text) };
}

/** Which route takes which of the senders: longest prefix first; on a tie local, then static before propagated. */
export function follow(graph: GraphView, place: Place, config: RouteTable, sources: Sources): { readonly taken: readonly Taken[]; readonly rest: readonly Range[]; readonly unresolved: readonly string[]; readonly unread: boolean } {
  const unresolved: string[] = [];
  let unread = false;
  const routes = (config.Routes ?? []).flatMap((route, index): { network: Network; route: Route; index: number }[] => {
    const listId = route.DestinationPrefixListId;
    if (listId !== undefined && listId !== null) {
      const resolved = prefixListNetworks(graph, listId, place);
      // A gateway endpoint's list has the addresses of one AWS service.
      if (!resolved && !(route.GatewayId ?? '').startsWith('vpce-')) unresolved.push(listId);
      return (resolved?.networks ?? []).filter((n) => n.family === sources.family).map((network) => ({ network, route, index }));
    }
    const text = sources.family === 4 ? route.DestinationCidrBlock : route.DestinationIpv6CidrBlock;
    if (text === undefined || text === null || text === '') return [];
    const network = parseNetwork(text);
    if (!network || network.family !== sources.family) { unread = true; return []; }
    return [{ network, route, index }];
  }).sort((a, b) => b.network.prefix - a.network.prefix || rank(a.route) - rank(b.route));
  let rest = sources.ranges;
  const taken: Taken[] = [];
  for (const { network, route, index } of routes) {
    const ranges = within(rest, network);
    if (ranges.length === 0) continue;
    taken.push({ index, route, ranges });
    rest = without(rest, network);
  }
  return { taken, rest, unresolved, unread };
}

const rank = (route: Route): number => (route.GatewayId === 'local' ? 0 : route.Origin === 'EnableVgwRoutePropagation' ? 2 : 1);
const widest = (taken: readonly Taken[]): Taken | undefined => taken.toSorted((a, b) => sizeOf(b.ranges) - sizeOf(a.ranges))[0];
export const targetOf = (route: Route): string =>
  [route.GatewayId, route.NatGatewayId, route.TransitGatewayId, route.VpcPeeringConnectionId, route.EgressOnlyInternetGatewayId, route.NetworkInterfaceId, route.InstanceId].find((id) => id !== undefined && id !== null && id !== '') ?? 'another target';

function describeTarget(route: Route): string {
  const target = targetOf(route);
  if (route.State === 'blackhole') return `${target}, which is a black hole`;
  if (target.startsWith('nat-')) return `${target}, which lets nothing in`;
  return target.startsWith('eigw-') ? `${target}, which is egress only` : target;
}

/** An appliance or a firewall endpoint in the path may forward what comes in. A gateway endpoint of a service has a prefix list instead. */
function isMiddlebox(route: Route): boolean {
  if (route.State === 'blackhole') return false;
  return targetOf(route).startsWith('eni-') || targetOf(route).startsWith('i-') || targetOf(route).startsWith('vpce-');
}
