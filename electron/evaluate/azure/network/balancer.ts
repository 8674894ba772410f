import { list, str } from '#shared/lib/json.ts';
import { azureType, azureUrn, untoldId } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import { addressSources, parseNetwork } from '../../network/cidr.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import type { ReachAsk } from '../../reach-ask.ts';
import { lostRow, row, untoldRow, type Row, type Way } from '../../row.ts';
import { leftOpen, unplacedOf } from '../unplaced.ts';
import { familyOf, groupsRow, routeRow, stateRow } from './machine.ts';
import { ipConfigsOf, subnetOf, type IpConfig } from './topology.ts';

/** A port at the front that leads to a port of the machines behind. */
interface Rule { readonly front: string; readonly from: PortInterval; readonly to: PortInterval; readonly protocol: string; readonly pool: string | undefined; readonly target: string | undefined; readonly pointer: string; /** Its source leaves out a port, the protocol or the front. */ readonly isOpen: boolean }

const loadBalancers = azureType('Microsoft.Network/loadBalancers'), gateways = azureType('Microsoft.Network/applicationGateways');
const everyPort: PortInterval = { from: 0, to: 65535 };
const portOf = (value: unknown, key: string): PortInterval => { const start = Number(str(value, `${key}RangeStart`) ?? '0'), end = Number(str(value, `${key}RangeEnd`) ?? '0'); if (start > 0 && end >= start) return { from: start, to: end }; const n = Number(str(value, key) ?? '0'); return n === 0 ? everyPort : { from: n, to: n }; };
const ref = (value: unknown, key: string): string | undefined => { const id = str(value, key, 'id'); return id === undefined ? undefined : azureUrn(id); };

function rulesOf({ config }: StoredResource): readonly Rule[] {
  const read = (key: string, target: string | undefined) => list(config, key).map((rule, i): Rule => ({
    front: ref(rule, 'frontendIPConfiguration') ?? '', from: portOf(rule, 'frontendPort'), to: portOf(rule, 'backendPort'), protocol: hasUntold(rule, 'protocol') ? 'all' : (str(rule, 'protocol') ?? 'tcp').toLowerCase(),
    pool: ref(rule, 'backendAddressPool'), target: target === undefined ? undefined : ref(rule, target) ?? targetOf(config, ref({ rule }, 'rule')), pointer: `/${key}/${i}`, isOpen: hasUntold(rule, 'frontendPort', 'backendPort', 'protocol', 'frontendIPConfiguration'),
  }));
  return [...read('loadBalancingRules', undefined), ...read('inboundNatRules', 'backendIPConfiguration')];
}

/** Where a NAT rule leads by what tells the two of each other. */
const targetOf = (config: unknown, rule: string | undefined): string | undefined => { const found = list(config, 'inboundNatTargets').find((t) => azureUrn(str(t, 'id') ?? '') === rule); return ref(found, 'backendIPConfiguration'); };

/** Public addresses of the fronts, by the front's id. */
function frontsOf(graph: GraphView, balancer: StoredResource): ReadonlyMap<string, string> {
  return new Map(list(balancer.config, 'frontendIPConfigurations').flatMap((front) => {
    const address = ref(front, 'publicIPAddress');
    const id = azureUrn(str(front, 'id') ?? `${balancer.urn}/frontendipconfigurations/${str(front, 'name') ?? ''}`);
    return address === undefined ? [] : [[id, str(graph.resource(address)?.config, 'ipAddress') ?? address] as const];
  }));
}

function isBehind(balancer: StoredResource, rule: Rule, config: IpConfig): boolean {
  if (rule.target === config.id) return true;
  if (rule.pool === undefined) return false;
  return config.pools.includes(rule.pool) || list(balancer.config, 'backendAddressPools').some((pool) => azureUrn(str(pool, 'id') ?? '') === rule.pool && (list(pool, 'backendIPConfigurations').some((b) => azureUrn(str(b, 'id') ?? '') === config.id) || list(pool, 'loadBalancerBackendAddresses').some((a) => isAt(a, config))));
}

/** A pool may name addresses of a network in place of interfaces. */
function isAt(member: unknown, config: IpConfig): boolean {
  const network = ref(member, 'virtualNetwork');
  return config.privateIp !== undefined && str(member, 'ipAddress') === config.privateIp && (network === undefined || config.subnet?.startsWith(`${network}/`) === true);
}

/** The ways to an address configuration over public load balancers: the sender keeps its address, the port may change. */
export function balancedWays(graph: GraphView, config: IpConfig, state: Row, ask: ReachAsk): readonly Way[] {
  const untold = unplacedOf(graph, 'balancer'), known = knownWays(graph, config, state, ask), sources = ask.sources.find((s) => s.family === familyOf(config, undefined));
  if (untold.length === 0 || !sources) return known;
  const front = leftOpen(row('BACKEND', 'no', config.nic.urn, '', 'no load balancer is known to lead to it'), untold);
  // It may lead from the port to any other, and be of either kind; what no group lets in on any port it doesn't bring.
  const groups = groupsRow(graph, config, { direction: 'Inbound', ports: everyPort, protocols: ask.protocols, sources, address: { ...config.nic, config: { untold: ['sku'] } }, isOutside: true });
  return [...known, { rows: [front, groups.row, state], open: [], addresses: [], ruleOpens: 'unknown', via: config.nic.urn }];
}

function knownWays(graph: GraphView, config: IpConfig, state: Row, ask: ReachAsk): readonly Way[] {
  const sources = ask.sources.find((s) => s.family === familyOf(config, undefined));
  if (!sources) return [];
  return graph.ofType(loadBalancers).flatMap((balancer) => rulesOf(balancer).filter((rule) => isBehind(balancer, rule, config)).flatMap((rule): readonly Way[] => {
    const fronts = frontsOf(graph, balancer), lostFront = rule.isOpen && !fronts.has(rule.front) ? [...fronts.values()][0] : undefined, address = fronts.get(rule.front) ?? lostFront ?? (hasUntold(balancer.config, 'frontendIPConfigurations') ? untoldId : undefined);
    const protocols = ask.protocols.filter((p) => rule.protocol === 'all' || p === rule.protocol);
    const isAsked = rule.from.from <= ask.ports.to && rule.from.to >= ask.ports.from;
    if (address === undefined || protocols.length === 0 || !isAsked) return [];
    const ports = rule.to === everyPort ? ask.ports : rule.to;
    const sku = { ...balancer, config: hasUntold(balancer.config, 'sku') ? { untold: ['sku'] } : { sku: { name: str(balancer.config, 'sku', 'name') ?? 'Basic' } } };
    const groups = groupsRow(graph, config, { direction: 'Inbound', ports, protocols, sources, address: sku, isOutside: true });
    const front = row('BACKEND', 'yes', balancer.urn, rule.pointer, `load balancer ${balancer.name ?? ''} leads port ${rule.from.from} to its port ${rule.to.from}`);
    const told = rule.isOpen ? [untoldRow('LISTENER', balancer.urn, 'the front, ports or protocol of a rule')] : [];
    return [{ rows: [front, ...told, ...frontTold(balancer, address), routeRow(graph, config, sources), groups.row, state], open: groups.open.length > 0 ? [{ protocol: protocols[0] ?? 'tcp', from: rule.from.from, to: rule.from.to }] : [], addresses: [address], ruleOpens: groups.ruleOpens, via: `${address} over ${balancer.name ?? balancer.urn} to ${config.nic.urn}` }];
  }));
}

/** A front whose public address isn't told may have none. */
const frontTold = (balancer: StoredResource, address: string): readonly Row[] => (address.startsWith(untoldId) ? [untoldRow('NO_PUBLIC_IP', balancer.urn, 'the public address of its front')] : []);

/** A load balancer by itself is as open as what stands behind its public fronts. */
export function balancerWays(graph: GraphView, balancer: StoredResource, ask: ReachAsk): readonly Way[] {
  const fronts = frontsOf(graph, balancer);
  if (fronts.size === 0) return [{ rows: [hasUntold(balancer.config, 'frontendIPConfigurations') ? untoldRow('NO_PUBLIC_IP', balancer.urn, 'its fronts') : row('NO_PUBLIC_IP', 'no', balancer.urn, '/frontendIPConfigurations', 'none of its fronts has a public address')], open: [], addresses: [], ruleOpens: 'unknown', via: balancer.urn }];
  const configs = graph.ofType(azureType('Microsoft.Network/networkInterfaces')).flatMap(ipConfigsOf).filter((c) => rulesOf(balancer).some((r) => isBehind(balancer, r, c)));
  const ways = configs.flatMap((config) => balancedWays(graph, config, machineState(graph, config), ask).filter((w) => w.rows[0]?.reasons[0]?.source === balancer.urn));
  const untold = unplacedOf(graph, 'balancer');
  if (ways.length > 0) return untold.length === 0 ? ways : [...ways, { rows: [leftOpen(row('BACKEND', 'no', balancer.urn, '', 'no other machine is known to stand behind it'), untold)], open: [], addresses: [], ruleOpens: 'unknown', via: balancer.urn }];
  const listens = rulesOf(balancer).some((r) => r.from.from <= ask.ports.to && r.from.to >= ask.ports.from);
  return [{ rows: [listens ? lostRow('BACKEND', balancer.urn, 'the interfaces behind it', 'az network nic list, or Resource Graph') : leftOpen(row('LISTENER', 'no', balancer.urn, '/loadBalancingRules', 'no rule listens on the port'), untold)], open: [], addresses: [...fronts.values()], ruleOpens: 'unknown', via: balancer.urn }];
}

function machineState(graph: GraphView, config: IpConfig): Row {
  const vm = graph.resource(azureUrn(str(config.nic.config, 'virtualMachine', 'id') ?? ''));
  return vm ? stateRow(vm) : row('STATE', 'yes', config.nic.urn, '', 'its machine is not recorded', { assumed: ['running'] });
}

const listenersOf = ({ config }: StoredResource): readonly number[] => {
  const ports = new Map(list(config, 'frontendPorts').map((p) => [azureUrn(str(p, 'id') ?? ''), Number(str(p, 'port') ?? NaN)]));
  return list(config, 'httpListeners').flatMap((l) => { const id = ref(l, 'frontendPort'); const port = id === undefined ? undefined : ports.get(id); return port === undefined || Number.isNaN(port) ? [] : [port]; });
};

/** Does its source leave out a listener, or the port of one? */
const isListenerOpen = ({ config }: StoredResource): boolean => hasUntold(config, 'frontendPorts', 'httpListeners') || list(config, 'frontendPorts').some((p) => hasUntold(p, 'port')) || list(config, 'httpListeners').some((l) => hasUntold(l, 'frontendPort'));

/** An application gateway with a public front answers on the ports of its listeners; the group of its own subnet applies, a firewall policy is a mitigation. */
export function gatewayWays(graph: GraphView, gateway: StoredResource, ask: ReachAsk): readonly Way[] {
  const fronts = frontsOf(graph, gateway);
  const ports = listenersOf(gateway).filter((p) => ask.ports.from <= p && p <= ask.ports.to && ask.protocols.includes('tcp'));
  const rows: Row[] = [
    fronts.size === 0 && hasUntold(gateway.config, 'frontendIPConfigurations') ? untoldRow('NO_PUBLIC_IP', gateway.urn, 'its fronts') : fronts.size > 0 && [...fronts.values()].every((a) => a.startsWith(untoldId)) ? untoldRow('NO_PUBLIC_IP', gateway.urn, 'the public address of its front') : row('NO_PUBLIC_IP', fronts.size > 0 ? 'yes' : 'no', gateway.urn, '/frontendIPConfigurations', fronts.size > 0 ? 'a front of it has a public address' : 'none of its fronts has a public address'),
    ports.length === 0 && isListenerOpen(gateway) && ask.protocols.includes('tcp') ? untoldRow('LISTENER', gateway.urn, 'the ports of its listeners') : row('LISTENER', ports.length > 0 ? 'yes' : 'no', gateway.urn, '/httpListeners', ports.length > 0 ? `it listens on ${ports.join(', ')}` : 'no listener is on the port'),
    ...(str(gateway.config, 'operationalState') === 'Stopped' ? [row('STATE', 'no', gateway.urn, '/operationalState', 'it is stopped')] : []),
    ...(str(gateway.config, 'firewallPolicy', 'id') === undefined && str(gateway.config, 'webApplicationFirewallConfiguration', 'enabled') !== 'true' ? [] : [row('WAF', 'yes', gateway.urn, '', 'a web application firewall inspects requests (a mitigation, not a block)')]),
  ];
  const subnets = list(gateway.config, 'gatewayIPConfigurations').flatMap((c) => ref(c, 'subnet') ?? []).map((id) => subnetOf(graph, id)).filter((s) => str(s?.config, 'networkSecurityGroup', 'id') !== undefined);
  const [sources] = ask.sources, [port] = ports;
  const own = subnets.flatMap((s) => (s && sources && port !== undefined ? [groupsRow(graph, { nic: { ...gateway, config: {} }, index: 0, id: gateway.urn, privateIp: undefined, subnet: s.urn, publicIp: undefined, groups: [], pools: [] }, { direction: 'Inbound', ports: { from: port, to: port }, protocols: ['tcp'], sources }).row] : []));
  return [{ rows: [...rows, ...own], open: ports.map((p) => ({ protocol: 'tcp', from: p, to: p })), addresses: [...fronts.values()], ruleOpens: 'unknown', via: `${[...fronts.values()][0] ?? ''} ${gateway.name ?? ''}`.trim() }];
}

/** The ways over application gateways to a machine: requests come from the gateway's own subnet. */
export function gatewayedWays(graph: GraphView, config: IpConfig, state: Row, ask: ReachAsk): readonly Way[] {
  return graph.ofType(gateways).flatMap((gateway): readonly Way[] => {
    const pools = list(gateway.config, 'backendAddressPools');
    const isMember = pools.some((pool) => config.pools.includes(azureUrn(str(pool, 'id') ?? '')) || list(pool, 'backendAddresses').some((a) => str(a, 'ipAddress') === config.privateIp && config.privateIp !== undefined) || list(pool, 'backendIPConfigurations').some((b) => azureUrn(str(b, 'id') ?? '') === config.id));
    const isOpen = !isMember && (hasUntold(gateway.config, 'backendAddressPools') || pools.some((pool) => hasUntold(pool, 'backendAddresses')));
    const [front] = isMember || isOpen ? gatewayWays(graph, gateway, ask) : [];
    if (!front) return [];
    const subnet = list(gateway.config, 'gatewayIPConfigurations').flatMap((c) => ref(c, 'subnet') ?? []).map((id) => subnetOf(graph, id)).find((s) => s !== undefined);
    const sources = addressSources(str(subnet?.config, 'addressPrefix') ?? str(subnet?.config, 'addressPrefixes', 0) ?? '');
    const to = list(gateway.config, 'backendHttpSettingsCollection').map((s) => Number(str(s, 'port') ?? NaN)).find((p) => !Number.isNaN(p)) ?? 80;
    const groups = sources && parseNetwork(sources.label) ? groupsRow(graph, config, { direction: 'Inbound', ports: { from: to, to }, protocols: ['tcp'], sources }) : undefined;
    return [{ ...front, rows: [...front.rows, ...(isOpen ? [untoldRow('BACKEND', gateway.urn, 'what is in its pools')] : []), groups?.row ?? lostRow('NSG_IN', gateway.urn, 'the subnet of the application gateway', 'az network vnet list'), state], via: `${front.via} to ${config.nic.urn}`, ruleOpens: groups?.ruleOpens ?? 'unknown' }];
  });
}
