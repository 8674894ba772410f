import { at, list, scalarText, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { intersect, isEnough, parseNetwork, union, type Sources } from '../../network/cidr.ts';
import type { Position } from './route-table.ts';
import { missingRow, row, type Row } from './row.ts';

/**
 * What a virtual private gateway takes on: with VPN connections that have static routes only, what these lead to; with BGP or Direct Connect it isn't
 * recorded, so unknown. Where a static route leads to a network, that network is assumed to take it.
 */
export function vpnRow(graph: GraphView, position: Position, id: string, sources: Sources, table: string): Row {
  const gateway = graph.resource(id), attachments = list(gateway?.config, 'VpcAttachments');
  const isAttached = attachments.some((a) => str(a, 'VpcId') === position.vpc && /^attach/i.test(str(a, 'State') ?? 'attached'));
  if (gateway && attachments.length > 0 && position.vpc !== undefined && !isAttached) return row('NO_ROUTE', 'no', gateway.urn, '/VpcAttachments', `${id} is not attached to ${position.vpc}`);
  const behind = { what: `what lies behind ${id}`, entity: id, supply: 'a person who knows that network' };
  const connections = graph.ofType('AWS::EC2::VPNConnection').filter((c) => str(c.config, 'VpnGatewayId') === id && !/^delet/i.test(str(c.config, 'State') ?? 'available'));
  const isKnown = connections.length > 0 && connections.every((c) => scalarText(at(c.config, 'Options', 'StaticRoutesOnly')) === 'true' && Array.isArray(at(c.config, 'Routes')));
  if (!isKnown || hasDirectConnect(graph)) return missingRow('NO_ROUTE', table, behind);
  const routes = connections.flatMap((c) => list(c.config, 'Routes').filter((r) => /^(available|pending)$/i.test(str(r, 'State') ?? 'available')).flatMap((r) => parseNetwork(str(r, 'DestinationCidrBlock') ?? '') ?? []));
  const covered = intersect(sources.ranges, union(routes.filter((n) => n.family === sources.family)));
  const source = connections[0]?.urn ?? table;
  if (!isEnough(covered, sources)) return row('NO_ROUTE', 'no', source, '/Routes', `the VPN connections of ${id} have no route to ${sources.label}`);
  // Whether another network passes on what is for the internet, nobody here knows.
  return sources.threshold > 0 ? missingRow('NO_ROUTE', table, behind)
    : row('NO_ROUTE', 'yes', source, '/Routes', `a VPN connection of ${id} leads to ${sources.label}`, { assumed: [`the network behind ${id} takes what comes from ${position.vpc ?? 'the VPC'}`] });
}

const hasDirectConnect = (graph: GraphView): boolean => ['AWS::DirectConnect::VirtualInterface', 'AWS::DirectConnect::DirectConnectGatewayAssociation'].some((type) => graph.ofType(type).length > 0);
