import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { azureType, azureUrn } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import { parseNetwork, union, type Family, type Range } from '../../network/cidr.ts';

/** One address configuration of a network interface. */
export interface IpConfig {
  readonly nic: StoredResource;
  readonly index: number;
  readonly id: string;
  readonly privateIp: string | undefined;
  readonly subnet: string | undefined;
  readonly publicIp: string | undefined;
  readonly groups: readonly string[];
  readonly pools: readonly string[];
}
export interface Subnet { readonly urn: string; readonly network: string; readonly source: StoredResource; readonly pointer: string; readonly config: JsonObject }

/** The interfaces of a machine, by its own list or by theirs; undefined when it names one that isn't recorded, or none. */
export function nicsOf(graph: GraphView, vm: StoredResource): readonly StoredResource[] | undefined {
  const named = list(vm.config, 'networkProfile', 'networkInterfaces').flatMap((n) => str(n, 'id') ?? []).map(azureUrn);
  const found = named.map((id) => graph.resource(id));
  if (found.some((n) => n === undefined)) return undefined;
  const own = graph.ofType(azureType('Microsoft.Network/networkInterfaces')).filter((n) => azureUrn(str(n.config, 'virtualMachine', 'id') ?? '') === vm.urn);
  const all = [...new Map([...found.flatMap((n) => n ?? []), ...own].map((n) => [n.urn, n])).values()];
  return all.length === 0 ? undefined : all;
}

export function ipConfigsOf(nic: StoredResource): readonly IpConfig[] {
  const ids = (value: unknown, key: string): readonly string[] => list(value, key).flatMap((item) => str(item, 'id') ?? []).map(azureUrn);
  const urn = (text: string | undefined): string | undefined => (text === undefined ? undefined : azureUrn(text));
  return list(nic.config, 'ipConfigurations').map((c, index) => ({
    nic, index, id: azureUrn(str(c, 'id') ?? `${nic.urn}/ipconfigurations/${str(c, 'name') ?? index}`), privateIp: str(c, 'privateIPAddress'), subnet: urn(str(c, 'subnet', 'id')), publicIp: urn(str(c, 'publicIPAddress', 'id')),
    groups: [...ids(c, 'applicationSecurityGroups'), ...ids(nic.config, 'applicationSecurityGroups')], pools: ids(c, 'loadBalancerBackendAddressPools'),
  }));
}

/** A subnet from its own record or from that of its network. */
export function subnetOf(graph: GraphView, id: string): Subnet | undefined {
  const network = id.replace(/\/subnets\/[^/]+$/, '');
  const own = graph.resource(id);
  if (own && isObject(own.config)) return { urn: id, network, source: own, pointer: '', config: own.config };
  const vnet = graph.resource(network);
  const index = list(vnet?.config, 'subnets').findIndex((s) => azureUrn(str(s, 'id') ?? `${network}/subnets/${str(s, 'name') ?? ''}`) === id);
  const config = at(vnet?.config, 'subnets', index);
  return vnet && isObject(config) ? { urn: id, network, source: vnet, pointer: `/subnets/${index}`, config } : undefined;
}

const prefixes = (graph: GraphView, network: string): readonly string[] => list(graph.resource(network)?.config, 'addressSpace', 'addressPrefixes').filter((p): p is string => typeof p === 'string');

/** Networks that are peered with one, both ways as far as both are recorded. */
export function peersOf(graph: GraphView, network: string): readonly string[] {
  const named = (of: string): readonly string[] => list(graph.resource(of)?.config, 'virtualNetworkPeerings').filter((p) => (str(p, 'peeringState') ?? 'Connected') === 'Connected' && str(p, 'allowVirtualNetworkAccess') !== 'false').flatMap((p) => str(p, 'remoteVirtualNetwork', 'id') ?? []).map(azureUrn);
  return named(network).filter((other) => graph.resource(other) === undefined || named(other).includes(network));
}

/** Does a network have a gateway of its own, or use that of a peer? Then there are networks behind it that no record names. */
function hasGateway(graph: GraphView, network: string): boolean {
  const { config } = graph.resource(network) ?? {};
  return list(config, 'subnets').some((s) => /(^|\/)gatewaysubnet$/i.test(str(s, 'name') ?? str(s, 'id') ?? '')) || graph.resource(`${network}/subnets/gatewaysubnet`) !== undefined
    || list(config, 'virtualNetworkPeerings').some((p) => str(p, 'useRemoteGateways') === 'true');
}

/** Prefixes of the routes that a user gave the subnet. */
function routedPrefixes(graph: GraphView, subnet: Subnet | undefined): readonly string[] {
  const table = graph.resource(azureUrn(str(subnet?.config, 'routeTable', 'id') ?? ''));
  const routes = list(table?.config, 'routes'), isOpen = hasUntold(table?.config, 'routes') || routes.some((r) => hasUntold(r, 'addressPrefix'));
  return [...routes.flatMap((r) => str(r, 'addressPrefix') ?? []), ...(isOpen ? ['0.0.0.0/0', '::/0'] : [])];
}

const privateSpace = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

/**
 * What the service tag VirtualNetwork means here: the network's address space and that of its peers; perhaps also what a gateway leads to and the
 * prefixes of user-defined routes, be it the default route (Azure, "Virtual network service tags"). Private space where none is recorded.
 */
export function virtualNetworkRanges(graph: GraphView, at: { readonly family: Family; readonly network: string | undefined; readonly subnet?: Subnet | undefined }): { readonly ranges: readonly Range[]; readonly isSure: boolean; readonly maybe: readonly Range[] } {
  const { network, family } = at;
  const own = network === undefined ? [] : prefixes(graph, network);
  const all = network === undefined ? [] : [...own, ...peersOf(graph, network).flatMap((p) => prefixes(graph, p))];
  const read = (texts: readonly string[]): readonly Range[] => union(texts.flatMap((p) => parseNetwork(p) ?? []).filter((n) => n.family === family));
  // An address space that isn't recorded is private all the same: nobody on the internet sends from it.
  const ranges = read(own.length > 0 ? all : [...privateSpace, 'fc00::/7']);
  const maybe = read([...(network !== undefined && hasGateway(graph, network) ? privateSpace : []), ...routedPrefixes(graph, at.subnet)]);
  return { ranges, maybe, isSure: maybe.length === 0 };
}
