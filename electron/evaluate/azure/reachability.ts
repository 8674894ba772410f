import { str } from '#shared/lib/json.ts';
import { azureUrn } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Reachability, Verdict } from '#shared/model/verdict.ts';
import { addressSources, isPrivate } from '../network/cidr.ts';
import { readAsk, type ReachAsk, type ReachOptions } from '../reach-ask.ts';
import { combineWays, grounded, groundedReach, lostRow, onlyRow, row, type Row, type Way } from '../row.ts';
import { balancedWays, balancerWays, gatewayedWays, gatewayWays } from './network/balancer.ts';
import { configsOf, directWays, familyOf, groupsRow, routeRow, stateRow } from './network/machine.ts';
import { clusterWays, databaseWays, endpointWays, siteWays } from './network/services.ts';
import { leftOpen, unplacedOf } from './unplaced.ts';
import { ipConfigsOf, nicsOf, peersOf, subnetOf, type IpConfig } from './network/topology.ts';

/**
 * Can hosts outside reach it? Machines and interfaces (public address, routes, security admin rules, network security groups of subnet and
 * interface; over load balancers and application gateways), those themselves, groups, and services with an endpoint of their own.
 * Codes: `NO_PUBLIC_IP`, `NO_ROUTE`, `NSG_IN`, `STATE`, `LISTENER`, `BACKEND`, `PUBLIC_NETWORK_DISABLED`, `NETWORK_RULES`, `PRIVATE_ENDPOINT`, `NOT_ATTACHED`.
 */
export function evaluateAzureIngress(graph: GraphView, urn: string, options: ReachOptions = {}): Reachability {
  const resource = graph.resource(urn);
  if (!resource) return onlyRow(lostRow('NO_PUBLIC_IP', urn, 'the resource', 'Azure Resource Graph, or az … list'));
  const ask = readAsk(options);
  if (typeof ask === 'string') return onlyRow(lostRow('NO_PUBLIC_IP', urn, ask, 'a port from 0 to 65535, an address or a network'));
  return groundedReach(graph, combineWays(waysTo(graph, resource, ask)));
}

function waysTo(graph: GraphView, resource: StoredResource, ask: ReachAsk): readonly Way[] {
  switch (resource.type) {
    case 'Microsoft.Compute/virtualMachines': {
      const nics = nicsOf(graph, resource);
      if (!nics) return [{ rows: [lostRow('NO_PUBLIC_IP', resource.urn, 'its network interfaces', 'az network nic list, or Resource Graph'), stateRow(resource)], open: [], addresses: [], ruleOpens: 'unknown', via: resource.urn }];
      return nics.flatMap((nic) => interfaceWays(graph, nic, stateRow(resource), ask));
    }
    case 'Microsoft.Network/networkInterfaces': return interfaceWays(graph, resource, stateOfNic(graph, resource), ask);
    case 'Microsoft.Network/networkSecurityGroups': return groupWays(graph, resource, ask);
    case 'Microsoft.Network/loadBalancers': return balancerWays(graph, resource, ask);
    case 'Microsoft.Network/applicationGateways': return gatewayWays(graph, resource, ask);
    case 'Microsoft.Network/publicIPAddresses': return addressWays(graph, resource, ask);
    case 'Microsoft.Sql/servers': case 'Microsoft.DBforPostgreSQL/flexibleServers': case 'Microsoft.DBforMySQL/flexibleServers': return databaseWays(graph, resource, ask);
    case 'Microsoft.Web/sites': return siteWays(graph, resource, ask);
    case 'Microsoft.ContainerService/managedClusters': return clusterWays(resource, ask);
    case 'Microsoft.KeyVault/vaults': case 'Microsoft.DocumentDB/databaseAccounts': case 'Microsoft.Cache/Redis': case 'Microsoft.ContainerRegistry/registries': case 'Microsoft.ServiceBus/namespaces': case 'Microsoft.EventHub/namespaces':
    case 'Microsoft.CognitiveServices/accounts': case 'Microsoft.Search/searchServices': case 'Microsoft.Storage/storageAccounts': return endpointWays(graph, resource, ask);
    default: return [{ rows: [lostRow('NO_PUBLIC_IP', resource.urn, `how ${resource.type} is reached`, 'a person: this type is not evaluated')], open: [], addresses: [], ruleOpens: 'unknown', via: resource.urn }];
  }
}

function interfaceWays(graph: GraphView, nic: StoredResource, state: Row, ask: ReachAsk): readonly Way[] {
  const direct = directWays(graph, nic, state, ask);
  return ask.isInternet || !ask.sources.every(isPrivate) ? [...direct, ...ipConfigsOf(nic).flatMap((c) => [...balancedWays(graph, c, state, ask), ...gatewayedWays(graph, c, state, ask)])] : direct;
}

function stateOfNic(graph: GraphView, nic: StoredResource): Row {
  const id = str(nic.config, 'virtualMachine', 'id');
  if (id === undefined) return row('STATE', 'yes', nic.urn, '', 'no machine is recorded at it', { assumed: ['running'] });
  const vm = graph.resource(azureUrn(id));
  return vm ? stateRow(vm) : row('STATE', 'yes', nic.urn, '', 'its machine is not recorded', { assumed: ['running'] });
}

/** A public address is as open as what it stands on. */
function addressWays(graph: GraphView, address: StoredResource, ask: ReachAsk): readonly Way[] {
  const holder = str(address.config, 'ipConfiguration', 'id');
  if (holder === undefined) return [{ rows: [row('NOT_ATTACHED', 'no', address.urn, '', 'it is attached to nothing')], open: [], addresses: [], ruleOpens: 'unknown', via: address.urn }];
  const owner = graph.resource(azureUrn(holder).replace(/\/(ipconfigurations|frontendipconfigurations)\/.*$/, ''));
  return owner ? waysTo(graph, owner, ask) : [{ rows: [lostRow('NOT_ATTACHED', azureUrn(holder), 'what the address stands on', 'az network nic list, az network lb list, or Resource Graph')], open: [], addresses: [], ruleOpens: 'unknown', via: address.urn }];
}

/** A group is as open as the interfaces behind it. */
function groupWays(graph: GraphView, group: StoredResource, ask: ReachAsk): readonly Way[] {
  const bare: IpConfig = { nic: { ...group, config: { networkSecurityGroup: { id: group.urn } } }, index: 0, id: group.urn, privateIp: undefined, subnet: undefined, publicIp: undefined, groups: [], pools: [] };
  const opens = ask.sources.map((sources) => groupsRow(graph, bare, { direction: 'Inbound', ports: ask.ports, protocols: ask.protocols, sources }));
  const own = opens.find((o) => o.row.answer !== 'no') ?? opens[0];
  if (!own || own.row.answer === 'no') return [{ rows: own ? [own.row] : [], open: [], addresses: [], ruleOpens: 'no', via: group.urn }];
  const isGoverned = (c: IpConfig): boolean => azureUrn(str(c.nic.config, 'networkSecurityGroup', 'id') ?? '') === group.urn || (c.subnet !== undefined && azureUrn(str(subnetOf(graph, c.subnet)?.config, 'networkSecurityGroup', 'id') ?? '') === group.urn);
  const nics = graph.ofType('Microsoft.Network/networkInterfaces').filter((n) => ipConfigsOf(n).some(isGoverned));
  if (nics.length > 0) return nics.flatMap((n) => interfaceWays(graph, n, stateOfNic(graph, n), ask)).map((w) => ({ ...w, ruleOpens: own.ruleOpens }));
  return [{ rows: [own.row, lostRow('NOT_ATTACHED', group.urn, 'the interfaces and subnets that the group stands before', 'az network nic list, az network vnet list, or Resource Graph')], open: [], addresses: [], ruleOpens: own.ruleOpens, via: group.urn }];
}

const needsHost = (entity: string): Verdict => onlyRow(lostRow('HOST', entity, 'the machine with its network interfaces', 'az vm list, az network nic list, or Resource Graph')).reachable;

/** Can a machine open connections to the internet (or an address)? Codes `NO_OUTBOUND` (no public address, NAT gateway, balancer or default access), `NO_ROUTE`, `NSG_OUT`, `STATE`. */
export function evaluateAzureEgress(graph: GraphView, subject: string, options: ReachOptions): Verdict {
  const host = graph.resource(subject), ask = readAsk(options);
  const configs = host && configsOf(graph, host);
  if (!host || typeof ask === 'string' || !configs) return needsHost(typeof ask === 'string' ? ask : subject);
  const ways = configs.flatMap((config) => ask.sources.filter((s) => s.family === familyOf(config, undefined)).map((sources): Way => {
    const groups = groupsRow(graph, config, { direction: 'Outbound', ports: ask.ports, protocols: ask.protocols, sources });
    return { rows: [outboundRow(graph, config), routeRow(graph, config, sources), groups.row, host.type === 'Microsoft.Network/networkInterfaces' ? stateOfNic(graph, host) : stateRow(host)], open: groups.open, addresses: [], ruleOpens: groups.ruleOpens, via: `${config.privateIp ?? config.nic.urn} to the internet` };
  }));
  return grounded(graph, ways.length > 0 ? combineWays(ways).reachable : onlyRow(row('NO_OUTBOUND', 'no', host.urn, '/ipConfigurations', `it has no address of IPv${ask.sources[0]?.family ?? 4}`)).reachable);
}

function outboundRow(graph: GraphView, config: IpConfig): Row {
  const own = knownOutbound(graph, config);
  return own.answer === 'no' ? leftOpen(own, unplacedOf(graph, 'outbound')) : own;
}

function knownOutbound(graph: GraphView, config: IpConfig): Row {
  const subnet = config.subnet === undefined ? undefined : subnetOf(graph, config.subnet);
  if (config.publicIp !== undefined) return row('NO_OUTBOUND', 'yes', config.nic.urn, `/ipConfigurations/${config.index}/publicIPAddress`, 'it has a public address');
  if (familyOf(config, undefined) === 4 && str(subnet?.config, 'natGateway', 'id') !== undefined) return row('NO_OUTBOUND', 'yes', subnet?.source.urn ?? config.nic.urn, `${subnet?.pointer ?? ''}/natGateway`, 'a NAT gateway serves its subnet');
  if (config.pools.length > 0) return row('NO_OUTBOUND', 'yes', config.nic.urn, `/ipConfigurations/${config.index}/loadBalancerBackendAddressPools`, 'a load balancer takes its connections out', { assumed: ['outbound_rule'] });
  // Azure's default outbound access and its NAT gateways are of IPv4.
  if (familyOf(config, undefined) === 6) return row('NO_OUTBOUND', 'no', config.nic.urn, `/ipConfigurations/${config.index}`, 'it has no public address of IPv6');
  const isOff = str(subnet?.config, 'defaultOutboundAccess') === 'false';
  return row('NO_OUTBOUND', isOff ? 'no' : 'yes', subnet?.source.urn ?? config.nic.urn, isOff ? `${subnet?.pointer ?? ''}/defaultOutboundAccess` : '', isOff ? 'its subnet is private and nothing takes its connections out' : 'Azure gives it default outbound access');
}

/** Can one machine open a connection to another, within a virtual network or over a peering, else over the internet? Codes `NO_PEERING`, `NSG_OUT`, `NSG_IN`, `STATE`. */
export function evaluateAzureHostToHost(graph: GraphView, from: string, to: string, options: Omit<ReachOptions, 'peer'>): Verdict {
  const a = graph.resource(from), b = graph.resource(to), ask = readAsk(options);
  const starts = a && configsOf(graph, a), ends = b && configsOf(graph, b);
  if (!starts || !ends || typeof ask === 'string') return needsHost(starts ? to : from);
  const ways = starts.flatMap((s) => ends.map((e): Way => {
    const source = addressSources(s.privateIp ?? ''), target = addressSources(e.privateIp ?? '');
    if (!source || !target) return { rows: [lostRow('HOST', source ? to : from, 'its private address', 'az network nic list, or Resource Graph')], open: [], addresses: [], ruleOpens: 'unknown', via: '' };
    const out = groupsRow(graph, s, { direction: 'Outbound', ports: ask.ports, protocols: ask.protocols, sources: target, peerGroups: e.groups }), back = groupsRow(graph, e, { direction: 'Inbound', ports: ask.ports, protocols: ask.protocols, sources: source, peerGroups: s.groups });
    return { rows: [linkRow(graph, s, e), out.row, back.row, b.type === 'Microsoft.Network/networkInterfaces' ? stateOfNic(graph, b) : stateRow(b)], open: back.open, addresses: [], ruleOpens: back.ruleOpens, via: `${s.privateIp ?? from} to ${e.privateIp ?? to}` };
  }));
  const found = grounded(graph, combineWays(ways).reachable);
  if (found.answer !== 'no' || !ends.some((e) => e.publicIp !== undefined)) return found;
  const outside = starts.map((s) => str(graph.resource(s.publicIp ?? '')?.config, 'ipAddress')).find((x) => x !== undefined);
  const isOut = evaluateAzureEgress(graph, from, { port: options.port, protocol: options.protocol }).answer === 'yes';
  const isIn = evaluateAzureIngress(graph, to, { ...options, ...(outside !== undefined && { peer: outside }) }).reachable.answer === 'yes';
  return isOut && isIn ? { answer: 'yes', assumed: [], missing: [], reasons: found.reasons, via: `the internet, to the public address of ${to}` } : found;
}

function linkRow(graph: GraphView, a: IpConfig, b: IpConfig): Row {
  const [one, two] = [a, b].map((c) => c.subnet?.replace(/\/subnets\/[^/]+$/, ''));
  if (one === undefined || two === undefined) return lostRow('NO_PEERING', a.nic.urn, 'the virtual network of the machine', 'az network nic list, or Resource Graph');
  if (one === two) return row('NO_PEERING', 'yes', one, '', 'both are in the same virtual network');
  if (!graph.resource(one) && !graph.resource(two)) return lostRow('NO_PEERING', one, 'whether the virtual networks are peered', 'az network vnet list, or Resource Graph');
  const isPeered = peersOf(graph, one).includes(two) || (!graph.resource(one) && peersOf(graph, two).includes(one));
  const own = row('NO_PEERING', isPeered ? 'yes' : 'no', one, '/virtualNetworkPeerings', isPeered ? 'the virtual networks are peered' : 'the virtual networks are not peered');
  return isPeered ? own : leftOpen(own, unplacedOf(graph, 'peering'));
}
