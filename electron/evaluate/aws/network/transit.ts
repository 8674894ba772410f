import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { isEnough, parseNetwork, within, without, type Range, type Sources } from '../../network/cidr.ts';
import { findBy } from './lookup.ts';
import { missingRow, row, type Row } from './row.ts';
import type { Position } from './route-table.ts';

const attachmentKeys = (r: StoredResource): readonly string[] => [str(r.config, 'VpcId') ?? str(r.config, 'ResourceId')].filter((id) => id !== undefined);
const supply = 'aws ec2 describe-transit-gateway-attachments, describe-transit-gateway-route-tables and search-transit-gateway-routes';

/** The attachment of a VPC to a transit gateway, if the snapshot has it. */
const attachmentOf = (graph: GraphView, position: Position, gateway: string, vpc: string | undefined): StoredResource | undefined =>
  (vpc === undefined ? undefined : findBy(graph, 'AWS::EC2::TransitGatewayAttachment', position, attachmentKeys, vpc).find((a) => str(a.config, 'TransitGatewayId') === gateway));

interface Hop { readonly ranges: readonly Range[]; readonly attachment: string | undefined; readonly blackhole: boolean; readonly pointer: string }

/** The routes of a transit gateway's route table, those by propagation included, longest prefix first. Undefined where none are recorded. */
function routesOf(graph: GraphView, table: StoredResource, sources: Sources): readonly Hop[] | undefined {
  const static1 = list(table.config, 'Routes'), propagated = list(table.config, 'TransitGatewayRouteTablePropagations');
  if (static1.length === 0 && propagated.length === 0) return undefined;
  const learnt = propagated.filter((p) => (str(p, 'State') ?? 'enabled') === 'enabled').flatMap((p) => {
    const vpc = str(p, 'ResourceId');
    return vpcNetworks(graph, vpc).map((cidr) => ({ cidr, attachment: str(p, 'TransitGatewayAttachmentId'), blackhole: false, rank: 1, pointer: '/TransitGatewayRouteTablePropagations' }));
  });
  const told = static1.map((r, i) => ({
    cidr: str(r, 'DestinationCidrBlock') ?? '', attachment: str(r, 'TransitGatewayAttachments', 0, 'TransitGatewayAttachmentId') ?? str(r, 'TransitGatewayAttachmentId'), blackhole: str(r, 'State') === 'blackhole', rank: str(r, 'Type') === 'propagated' ? 1 : 0, pointer: `/Routes/${i}`,
  }));
  let rest = sources.ranges;
  const sorted = [...told, ...learnt].flatMap((r) => { const network = parseNetwork(r.cidr); return network?.family === sources.family ? [{ ...r, network }] : []; }).sort((a, b) => b.network.prefix - a.network.prefix || a.rank - b.rank);
  return sorted.flatMap(({ network, attachment, blackhole, pointer }) => {
    const ranges = within(rest, network);
    rest = without(rest, network);
    return ranges.length === 0 ? [] : [{ ranges, attachment, blackhole, pointer }];
  });
}

/** The IPv4 and IPv6 networks of a VPC. */
export function vpcNetworks(graph: GraphView, vpc: string | undefined): readonly string[] {
  const config = vpc === undefined ? undefined : graph.resource(vpc)?.config;
  return [...new Set([
    str(config, 'CidrBlock'), ...list(config, 'CidrBlockAssociationSet').filter((a) => (str(a, 'CidrBlockState', 'State') ?? 'associated') === 'associated').map((a) => str(a, 'CidrBlock')), ...list(config, 'Ipv6CidrBlockAssociationSet').map((a) => str(a, 'Ipv6CidrBlock')),
  ])].filter((c) => c !== undefined);
}

/**
 * Does the transit gateway take traffic of this VPC to the destinations? By the route table that the VPC's attachment is associated with.
 * @param to the VPC that it must come out in; left out, any attachment will do, and `vpc` of the answer is that of the one it is.
 */
export function transitRow(graph: GraphView, position: Position, gateway: string, sources: Sources, to?: string): Row & { readonly vpc?: string } {
  const missing = (what: string, entity: string): Row => missingRow('TRANSIT_GATEWAY', position.source, { what, entity, supply });
  const from = attachmentOf(graph, position, gateway, position.vpc);
  const attachments = graph.ofType('AWS::EC2::TransitGatewayAttachment');
  if (!from) {
    const known = attachments.some((a) => str(a.config, 'TransitGatewayId') === gateway);
    return known ? row('TRANSIT_GATEWAY', 'no', position.source, '', `${position.vpc ?? 'the VPC'} has no attachment to ${gateway}`) : missing(`the attachments of ${gateway}`, gateway);
  }
  const state = str(from.config, 'State') ?? 'available';
  if (state !== 'available') return row('TRANSIT_GATEWAY', 'no', from.urn, '/State', `the attachment is ${state}`);
  const outside = zoneRow(graph, from, position);
  if (outside) return outside;
  const id = str(from.config, 'TransitGatewayAttachmentId') ?? '';
  const tables = graph.ofType('AWS::EC2::TransitGatewayRouteTable');
  const tableId = str(from.config, 'Association', 'TransitGatewayRouteTableId')
    ?? str(tables.find((t) => list(t.config, 'Associations').some((a) => str(a, 'TransitGatewayAttachmentId') === id))?.config, 'TransitGatewayRouteTableId')
    ?? str(tables.find((t) => str(t.config, 'TransitGatewayId') === gateway && at1(t))?.config, 'TransitGatewayRouteTableId');
  if (tableId === undefined) return missing(`the route table of attachment ${id}`, id);
  const table = graph.resource(tableId);
  const hops = table && routesOf(graph, table, sources);
  if (!table || !hops) return missing(`the routes of ${tableId}`, tableId);
  // A list that was cut off (SearchTransitGatewayRoutes gives 1,000) may lack the route as well as the black hole before it.
  if (str(table.config, 'AdditionalRoutesAvailable') === 'true') return missing(`the routes of ${tableId} past those that were listed`, tableId);
  const end = to === undefined ? undefined : str(attachmentOf(graph, position, gateway, to)?.config, 'TransitGatewayAttachmentId');
  if (to !== undefined && end === undefined) return row('TRANSIT_GATEWAY', 'no', table.urn, '', `${to} has no attachment to ${gateway}`);
  const fit = hops.filter((h) => !h.blackhole && (end === undefined || h.attachment === end));
  const reaches = isEnough(fit.flatMap((h) => h.ranges), sources);
  if (!reaches && at(table.config, 'Routes') === undefined) return missing(`the static routes of ${tableId}`, tableId);
  if (!reaches) return row('TRANSIT_GATEWAY', 'no', table.urn, hops[0]?.pointer ?? '/Routes', `${tableId} has no route to ${sources.label}${to === undefined ? '' : ` through the attachment of ${to}`}`);
  const next = to === undefined ? vpcOf(graph, fit[0]?.attachment) : to;
  if (next === undefined) return missingRow('TRANSIT_GATEWAY', table.urn, { what: `what lies behind attachment ${fit[0]?.attachment ?? ''}`, entity: fit[0]?.attachment ?? gateway, supply: 'the routes of the network behind it' });
  return { ...row('TRANSIT_GATEWAY', 'yes', table.urn, fit[0]?.pointer ?? '/Routes', `${tableId} routes ${sources.label} to the attachment of ${next}`), vpc: next };
}

const vpcOf = (graph: GraphView, attachment: string | undefined): string | undefined => { const config = attachment === undefined ? undefined : graph.resource(attachment)?.config; return (str(config, 'ResourceType') ?? 'vpc') === 'vpc' ? str(config, 'ResourceId') ?? str(config, 'VpcId') : undefined; };

/** Where what a transit gateway sends to a VPC comes out: a position for each subnet of that VPC's attachment. */
export function behind(graph: GraphView, position: Position, gateway: string, vpc: string): readonly Position[] {
  const attachment = attachmentOf(graph, position, gateway, vpc) ?? graph.ofType('AWS::EC2::TransitGatewayAttachment').find((a) => attachmentKeys(a).includes(vpc) && str(a.config, 'TransitGatewayId') === gateway);
  return attachment ? list(attachment.config, 'SubnetIds').flatMap((s) => (typeof s === 'string' ? [{ subnet: s, vpc, source: attachment.urn, account: attachment.account, region: attachment.region }] : [])) : [];
}

/** What stands in a zone where the attachment has no subnet doesn't reach the transit gateway (transit gateway guide, "VPC attachments"). */
function zoneRow(graph: GraphView, attachment: StoredResource, position: Position): Row | undefined {
  const zoneOf = (subnet: unknown): string | undefined => { const config = typeof subnet === 'string' ? graph.resource(subnet)?.config : undefined; return str(config, 'AvailabilityZoneId') ?? str(config, 'AvailabilityZone'); };
  const zones = list(attachment.config, 'SubnetIds').map(zoneOf), own = zoneOf(position.subnet);
  if (own === undefined || zones.length === 0 || zones.some((z) => z === undefined || z === own)) return undefined;
  return row('TRANSIT_GATEWAY', 'no', attachment.urn, '/SubnetIds', `the attachment has no subnet in ${own}, where ${position.subnet ?? ''} is`);
}

/** The table that attachments are associated with unless told otherwise. */
const at1 = (t: StoredResource): boolean => str(t.config, 'DefaultAssociationRouteTable') === 'true';
