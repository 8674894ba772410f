import { list, str } from '#shared/lib/json.ts';
import { azureUrn, untoldId } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import { anyOf } from '../../kleene.ts';
import { isEnough, isPrivate, parseNetwork, within, without, type Range, type Sources } from '../../network/cidr.ts';
import { evaluateGates, type Gate, type Outcome } from '../../network/ordered-rules.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import type { ReachAsk } from '../../reach-ask.ts';
import { lostRow, row, untoldRow, type Row, type Way } from '../../row.ts';
import { leftOpen, turns, unplacedOf } from '../unplaced.ts';
import { adminRules, groupRules, type Direction, type End, type RuleAsk } from './security-rules.ts';
import { ipConfigsOf, nicsOf, subnetOf, type IpConfig, type Subnet } from './topology.ts';

/** A machine that isn't running answers nothing; a state that isn't recorded is taken as running and said so. */
export function stateRow(vm: StoredResource): Row {
  const states = [str(vm.config, 'powerState'), str(vm.config, 'extended', 'instanceView', 'powerState', 'code'), ...list(vm.config, 'instanceView', 'statuses').map((s) => str(s, 'code')), ...list(vm.config, 'statuses').map((s) => str(s, 'code'))];
  const state = states.find((s) => s !== undefined && /^(powerstate\/|vm )/i.test(s));
  if (state === undefined) return row('STATE', 'yes', vm.urn, '', 'its power state is not recorded', { assumed: ['running'] });
  return row('STATE', /running|starting/i.test(state) ? 'yes' : 'no', vm.urn, '', `its power state is ${state.replace(/^PowerState\//i, '')}`);
}

const point = (text: string | undefined): readonly Range[] => { const n = text === undefined ? undefined : parseNetwork(text); return n ? [n] : []; };
export const endOf = (config: IpConfig): End => ({ addresses: point(config.privateIp), groups: config.groups });

export interface GroupAsk { readonly direction: Direction; readonly ports: PortInterval; readonly protocols: readonly string[]; readonly sources: Sources; readonly peerGroups?: readonly string[]; /** Is the connection one from the internet to a public address? Then its kind decides where no group does. */ readonly address?: StoredResource | undefined; readonly isOutside?: boolean }
export interface GroupOutcome { readonly row: Row; readonly open: Way['open']; readonly ruleOpens: Way['ruleOpens'] }

/** The subnet's and the interface's network security groups, both of which must allow, behind the security admin rules. */
export function groupsRow(graph: GraphView, config: IpConfig, ask: GroupAsk): GroupOutcome {
  const code = ask.direction === 'Inbound' ? 'NSG_IN' : 'NSG_OUT';
  const subnet = config.subnet === undefined ? undefined : subnetOf(graph, config.subnet);
  if (config.subnet !== undefined && !subnet) return { row: lostRow(code, config.subnet, 'the subnet and its network security group', 'az network vnet list, or Resource Graph'), open: [], ruleOpens: 'unknown' };
  const ids = [...new Set([str(subnet?.config, 'networkSecurityGroup', 'id'), str(config.nic.config, 'networkSecurityGroup', 'id')].flatMap((id) => (id === undefined ? [] : [azureUrn(id)])))];
  const groups = ids.map((id) => graph.resource(id));
  const lost = ids.find((_, i) => groups[i] === undefined);
  if (lost !== undefined) return { row: lostRow(code, lost, 'the network security group', 'az network nsg list, or Resource Graph'), open: [], ruleOpens: 'unknown' };
  const found = ask.protocols.map((protocol) => outcomeFor(graph, config, groups.flatMap((g) => g ?? []), subnet, protocol, ask));
  const answer = anyOf(found.map((f) => f.answer));
  const told = found.filter((f) => f.answer === answer);
  const own: Row = { code, answer, reasons: told.flatMap((f) => f.reasons), missing: answer === 'unknown' ? [{ what: 'whether a rule with a service tag, an address that is not recorded or what a plan does not tell applies', entity: config.nic.urn, supply: 'az network nic list-effective-nsg, or a person' }] : [], assumed: [] };
  const whole = leftOpen(own, unplacedOf(graph, 'group').filter((p) => turns(p, ask.direction, answer)));
  return { row: whole, open: found.flatMap((f) => f.open), ruleOpens: whole.answer };
}

function outcomeFor(graph: GraphView, config: IpConfig, groups: readonly StoredResource[], subnet: Subnet | undefined, protocol: string, ask: GroupAsk): Outcome {
  const rule: RuleAsk = { direction: ask.direction, protocol, family: ask.sources.family, network: subnet?.network, subnet, host: endOf(config), peer: { sources: ask.sources, groups: ask.peerGroups ?? [] } };
  const admin = adminRules(graph, rule);
  const deny = (source: string, text: string): Gate['impliedReason'] => ({ rule: 'NSG', source, pointer: '', text });
  const gates: readonly Gate[] = groups.length > 0 ? groups.map((g, i) => ({ stages: [...(i === 0 ? [admin] : []), groupRules(graph, g, rule)], implied: 'deny', impliedReason: deny(g.urn, 'no rule of the network security group speaks of it') }))
    : [{ stages: [admin, ...(isSkuLost(config, ask) ? [[{ action: 'deny' as const, ports: [ask.ports], ranges: ask.sources.ranges, isSure: false, reason: deny(config.publicIp ?? '', 'a Standard public address would be closed without a network security group') }]] : [])], ...withoutGroup(config, ask) }];
  return evaluateGates(gates, { ports: ask.ports, sources: ask.sources, protocol });
}

/** The kind of a public address that isn't recorded, or isn't told, decides where no group does. */
const isSkuLost = (config: IpConfig, ask: GroupAsk): boolean => ask.isOutside === true && ask.direction === 'Inbound' && ((config.publicIp !== undefined && ask.address === undefined) || hasUntold(ask.address?.config, 'sku'));

/** Without any group a Standard public address is closed and a Basic one open; inside the network everything is open (Azure, "Public IP addresses"). */
function withoutGroup(config: IpConfig, { address, direction }: GroupAsk): Pick<Gate, 'implied' | 'impliedReason'> {
  const isStandard = address !== undefined && /^standard/i.test(str(address.config, 'sku', 'name') ?? 'Basic');
  const isClosed = direction === 'Inbound' && isStandard;
  return { implied: isClosed ? 'deny' : 'allow', impliedReason: { rule: 'NSG', source: config.nic.urn, pointer: '', text: isClosed ? 'no network security group stands before it, and a Standard public address is closed without one' : `no network security group stands before it${address ? ', and a Basic public address is open without one' : ''}` } };
}

/** The user-defined routes of the subnet for what goes to the internet; without any the system route leads there. */
export const routeRow = (graph: GraphView, config: IpConfig, sources: Sources): Row => leftOpen(ownRoutes(graph, config, sources), unplacedOf(graph, 'route'));

function ownRoutes(graph: GraphView, config: IpConfig, sources: Sources): Row {
  const subnet = config.subnet === undefined ? undefined : subnetOf(graph, config.subnet);
  const id = str(subnet?.config, 'routeTable', 'id');
  if (id === undefined) return row('NO_ROUTE', 'yes', config.subnet ?? config.nic.urn, '', 'no route table stands against the system route to the internet');
  const table = graph.resource(azureUrn(id));
  if (!table) return lostRow('NO_ROUTE', azureUrn(id), 'the route table of the subnet', 'az network route-table list, or Resource Graph');
  if (hasUntold(table.config, 'routes') || list(table.config, 'routes').some((route) => hasUntold(route, 'addressPrefix', 'nextHopType'))) return untoldRow('NO_ROUTE', table.urn, 'the routes of its table');
  const routes = list(table.config, 'routes').flatMap((r, i) => { const text = str(r, 'addressPrefix') ?? ''; const to = /^internet$/i.test(text) ? parseNetwork('0.0.0.0/0') : parseNetwork(text); return to?.family === sources.family ? [{ to, hop: (str(r, 'nextHopType') ?? '').toLowerCase(), pointer: `/routes/${i}` }] : []; }).toSorted((a, b) => b.to.prefix - a.to.prefix);
  let open = sources.ranges, dropped: readonly Range[] = [], diverted: readonly Range[] = [];
  for (const { to, hop } of routes) {
    const part = within(open, to);
    if (hop === 'none') dropped = [...dropped, ...part];
    if (hop === 'virtualappliance' || hop === 'virtualnetworkgateway') diverted = [...diverted, ...part];
    if (hop !== '') open = without(open, to);
  }
  const gone = [...dropped, ...diverted].reduce<readonly Range[]>(without, sources.ranges);
  if (isEnough(gone, sources)) return row('NO_ROUTE', 'yes', table.urn, '/routes', 'its routes leave the way to the internet');
  const at = routes.find((r) => r.hop !== 'internet');
  return diverted.length > 0 ? lostRow('NO_ROUTE', table.urn, 'what the appliance or gateway at the next hop lets through', 'a person: the default route goes through a firewall or gateway') : row('NO_ROUTE', 'no', table.urn, at?.pointer ?? '/routes', 'its route table drops what goes to the internet');
}

/** The ways from outside straight to an interface: the public address of each configuration, routes, groups. */
export function directWays(graph: GraphView, nic: StoredResource, state: Row, ask: ReachAsk): readonly Way[] {
  const configs = ipConfigsOf(nic);
  if (configs.length === 0) return [{ rows: [lostRow('NO_PUBLIC_IP', nic.urn, 'its address configurations', 'az network nic list, or Resource Graph'), state], open: [], addresses: [], ruleOpens: 'unknown', via: nic.urn }];
  const ways = configs.map((config) => ({ config, address: config.publicIp === undefined ? undefined : graph.resource(config.publicIp) })).flatMap(({ config, address }) => ask.sources.filter((s) => s.family === familyOf(config, address)).map((sources): Way => {
    const isInside = !ask.isInternet && isPrivate(sources);
    const groups = groupsRow(graph, config, { direction: 'Inbound', ports: ask.ports, protocols: ask.protocols, sources, address: isInside ? undefined : address, isOutside: !isInside });
    const publicRow = isInside ? row('NO_PUBLIC_IP', 'yes', nic.urn, `/ipConfigurations/${config.index}`, 'the asker is inside private address space') : addressRow(config, address);
    const text = str(address?.config, 'ipAddress');
    return { rows: [publicRow, ...(publicRow.answer === 'no' || isInside ? [] : [routeRow(graph, config, sources)]), groups.row, state], open: groups.open, addresses: text === undefined ? [] : [text], ruleOpens: groups.ruleOpens, via: `${text ?? config.publicIp ?? ''} to ${nic.urn}`.trim() };
  }));
  return ways.length > 0 ? ways : [{ rows: [row('NO_PUBLIC_IP', 'no', nic.urn, '/ipConfigurations', `it has no address of IPv${ask.sources[0]?.family ?? 4}`), state], open: [], addresses: [], ruleOpens: 'unknown', via: nic.urn }];
}

/** An address configuration is of one family; its public address, where recorded, says which. */
export function familyOf(config: IpConfig, address: StoredResource | undefined): 4 | 6 {
  return /^ipv6$/i.test(str(address?.config, 'publicIPAddressVersion') ?? '') || (str(address?.config, 'ipAddress') ?? config.privateIp ?? '').includes(':') ? 6 : 4;
}

function addressRow(config: IpConfig, address: StoredResource | undefined): Row {
  const pointer = `/ipConfigurations/${config.index}`;
  if (config.publicIp === undefined) return row('NO_PUBLIC_IP', 'no', config.nic.urn, pointer, 'it has no public address');
  if (config.publicIp.startsWith(untoldId)) return lostRow('NO_PUBLIC_IP', config.nic.urn, 'its public address', 'terraform show -json of the state once applied');
  const text = str(address?.config, 'ipAddress');
  return row('NO_PUBLIC_IP', 'yes', config.nic.urn, `${pointer}/publicIPAddress`, `it has the public address ${text ?? config.publicIp.slice(config.publicIp.lastIndexOf('/') + 1)}`);
}

/** The address configurations of a machine or an interface; undefined when they aren't recorded. */
export function configsOf(graph: GraphView, host: StoredResource): readonly IpConfig[] | undefined {
  const nics = host.type === 'Microsoft.Network/networkInterfaces' ? [host] : nicsOf(graph, host);
  return nics?.flatMap(ipConfigsOf);
}
