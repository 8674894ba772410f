import { str } from '#shared/lib/json.ts';
import { unplacedPart } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { findBy, findEc2, supplyOf, type Place } from './lookup.ts';
import { readGateway } from './readers.ts';
import { missingRow, row, type Row } from './row.ts';
import type { Position, Routing } from './route-table.ts';

const type = 'AWS::EC2::InternetGateway';
const vpcKeys = (resource: StoredResource): readonly string[] => (readGateway(resource)?.Attachments ?? []).map((a) => a.VpcId);

/**
 * Row 2: an internet gateway is attached to the VPC. describe-internet-gateways calls the state `available`, the API reference `attached`.
 * That a VPC has none can only be said when the gateway that its routes name is known, or gateways of its region are.
 */
export function gatewayRow(graph: GraphView, position: Position, routes: Routing): Row {
  const { vpc, source } = position;
  const missing = { what: `the internet gateway of ${vpc ?? 'its VPC'}`, entity: vpc ?? source, supply: supplyOf(type) };
  if (vpc === undefined) return missingRow('NO_IGW', source, missing, 'the VPC is not known');
  const attached = findBy(graph, type, position, vpcKeys, vpc);
  for (const gateway of attached) {
    const index = (readGateway(gateway)?.Attachments ?? []).findIndex((a) => a.VpcId === vpc);
    const state = readGateway(gateway)?.Attachments?.[index]?.State ?? 'available';
    const id = readGateway(gateway)?.InternetGatewayId ?? gateway.urn;
    if (state === 'available' || state === 'attached') return row('NO_IGW', 'yes', gateway.urn, `/Attachments/${index}`, `${id} is attached to ${vpc}`);
    return row('NO_IGW', 'no', gateway.urn, `/Attachments/${index}`, `${id} is ${state} at ${vpc}`);
  }
  const named = routes.gateways.map((id) => ({ id, gateway: findEc2(graph, type, id, position) }));
  const unknown = named.find(({ gateway }) => gateway === undefined || !readGateway(gateway)?.Attachments);
  if (unknown) return missingRow('NO_IGW', source, { ...missing, what: `internet gateway ${unknown.id}`, entity: unknown.id });
  if (graph.ofType(unplacedPart).some((p) => str(p.config, 'Of') === type)) return missingRow('NO_IGW', source, missing);
  const known = named[0];
  if (known?.gateway) return row('NO_IGW', 'no', known.gateway.urn, '/Attachments', `${known.id} is not attached to ${vpc}`);
  const anyInRegion = graph.ofType(type, { account: position.account, region: position.region })[0];
  if (anyInRegion && routes.table !== undefined && routes.row.answer === 'no') return row('NO_IGW', 'no', routes.table, '/Routes', `no internet gateway is attached to ${vpc}`);
  return missingRow('NO_IGW', source, missing);
}

const options = 'AWS::EC2::VPCBlockPublicAccessOptions', exclusion = 'AWS::EC2::VPCBlockPublicAccessExclusion';
const excludedKeys = (resource: StoredResource): readonly string[] => [
  str(resource.config, 'SubnetId'), str(resource.config, 'VpcId'), str(resource.config, 'ResourceArn')?.split('/').at(-1),
].filter((id) => id !== undefined);

/**
 * Row 4: VPC block public access, set for an account and region. `block-ingress` and `block-bidirectional` both stop what comes in, unless an
 * exclusion `allow-bidirectional` covers the subnet or VPC (`allow-egress` lets only traffic out). Not in the snapshot: taken as off.
 * @param direction `out`: through a NAT or egress-only gateway, which `block-ingress` lets through (VPC guide, "Block public access"); what goes out by
 *   an internet gateway needs its answers back in, so for that ask for `in`.
 */
export function blockPublicAccessRow(graph: GraphView, position: Position & Place, direction: 'in' | 'out' = 'in'): Row {
  const found = graph.ofType(options, { account: position.account, region: position.region })[0];
  const mode = str(found?.config, 'InternetGatewayBlockMode') ?? str(found?.config, 'VpcBlockPublicAccessOptions', 'InternetGatewayBlockMode');
  if (!found || mode === undefined) return row('VPC_BPA', 'yes', position.source, '', 'VPC block public access is not in the snapshot; taken as off', { assumed: ['VPC block public access is off'] });
  if (direction === 'out' && mode === 'block-ingress') return row('VPC_BPA', 'yes', found.urn, '/InternetGatewayBlockMode', 'VPC block public access stops what comes in only');
  if (mode === 'off') return row('VPC_BPA', 'yes', found.urn, '/InternetGatewayBlockMode', 'VPC block public access is off');
  const covering = [position.subnet, position.vpc].filter((id) => id !== undefined).flatMap((id) => findBy(graph, exclusion, position, excludedKeys, id));
  const lifting = direction === 'in' ? ['allow-bidirectional'] : ['allow-bidirectional', 'allow-egress'];
  const allowed = covering.find((e) => lifting.includes(str(e.config, 'InternetGatewayExclusionMode') ?? '') && !/delete|fail|disabl/.test(str(e.config, 'State') ?? ''));
  if (allowed) return row('VPC_BPA', 'yes', allowed.urn, '/InternetGatewayExclusionMode', `VPC block public access is ${mode}, and this exclusion lifts it for ${position.subnet ?? position.vpc ?? ''}`);
  return row('VPC_BPA', 'no', found.urn, '/InternetGatewayBlockMode', `VPC block public access is ${mode} in ${position.region ?? 'the region'}`);
}
