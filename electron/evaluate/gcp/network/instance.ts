import { at, list, str } from '#shared/lib/json.ts';
import { computeName, gcpTypes, lastPart, projectIn } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { answerOf, anyOf } from '../../kleene.ts';
import { isEnough, isGlobal6, isPrivate, parseNetwork, within, without, type Family, type Range, type Sources } from '../../network/cidr.ts';
import type { ReachAsk } from '../../reach-ask.ts';
import { lostRow, row, untoldRow, type Row, type Way } from '../../row.ts';
import { firewallOutcome } from './firewall.ts';
import { classicRule, protocolNumber, type Direction, type Endpoint } from './rule-reader.ts';

/** A network interface of a machine. */
export interface Nic {
  readonly index: number;
  readonly endpoint: Endpoint;
  readonly subnet: string | undefined;
  readonly inside: readonly string[];
  readonly external: Readonly<Record<Family, readonly string[]>>;
  /** Has it an external address of IPv4, be it written or still to be assigned? */
  readonly external4: Answer;
}

/** The interfaces of an instance; undefined when the record doesn't have them. */
export function nicsOf(instance: StoredResource): readonly Nic[] | undefined {
  const { config } = instance;
  if (!Array.isArray(at(config, 'networkInterfaces'))) return undefined;
  const texts = (value: unknown, ...path: readonly string[]): readonly string[] => list(value, ...path).filter((t): t is string => typeof t === 'string');
  return list(config, 'networkInterfaces').map((nic, index) => {
    const access = list(nic, 'accessConfigs');
    const six = [...list(nic, 'ipv6AccessConfigs').flatMap((c) => str(c, 'externalIpv6') ?? []), ...(str(nic, 'ipv6AccessType') === 'EXTERNAL' ? [str(nic, 'ipv6Address') ?? ''] : [])].filter(isGlobal6);
    return {
      index, subnet: str(nic, 'subnetwork') === undefined ? undefined : computeName(str(nic, 'subnetwork') ?? ''), external4: access.length > 0 ? 'yes' : hasUntold(nic, 'accessConfigs') ? 'unknown' : 'no',
      endpoint: { network: computeName(str(nic, 'network') ?? ''), tags: texts(config, 'tags', 'items'), accounts: list(config, 'serviceAccounts').flatMap((a) => str(a, 'email') ?? []), secureTags: 'unknown', isOpen: hasUntold(config, 'tags', 'serviceAccounts') || list(config, 'serviceAccounts').some((a) => hasUntold(a, 'email')) },
      inside: [str(nic, 'networkIP'), ...(str(nic, 'ipv6AccessType') === 'EXTERNAL' ? [] : [str(nic, 'ipv6Address')]), ...list(nic, 'aliasIpRanges').map((r) => str(r, 'ipCidrRange'))].filter((a) => a !== undefined), external: { 4: access.flatMap((c) => str(c, 'natIP') ?? []), 6: six },
    };
  });
}

export const regionOf = (instance: StoredResource): string | undefined => {
  const zone = str(instance.config, 'zone') ?? /\/zones\/([^/]+)/.exec(instance.urn)?.[1];
  return zone === undefined ? undefined : lastPart(zone).replace(/-[a-z]$/, '');
};
export const projectOfResource = (resource: StoredResource): string => projectIn(resource.urn) ?? resource.account ?? '';

/** A stopped machine answers nothing; a state that isn't recorded is taken as running and said so. */
export function stateRow(instance: StoredResource): Row {
  const status = str(instance.config, 'status');
  if (status === undefined) return row('STATE', 'yes', instance.urn, '', 'its state is not recorded', { assumed: ['running'] });
  const isDown = /^(TERMINATED|STOPPED|STOPPING|SUSPENDED|SUSPENDING|DEPROVISIONING)$/.test(status);
  return row('STATE', isDown ? 'no' : 'yes', instance.urn, '/status', `its state is ${status}`);
}

/** Replies to the internet, and calls to it, need a route to the default internet gateway; the most specific, then the smallest priority number wins. */
export function routeRow(graph: GraphView, nic: Nic, sources: Sources): Row {
  const routes = graph.ofType(gcpTypes.route).filter((r) => computeName(str(r.config, 'network') ?? '') === nic.endpoint.network), unclear = graph.ofType(gcpTypes.route).find((r) => hasUntold(r.config, 'network') || (routes.includes(r) && hasUntold(r.config, 'destRange', 'priority', 'tags', 'nextHopGateway')));
  if (unclear) return untoldRow('NO_ROUTE', unclear.urn, 'what the route says');
  if (routes.length === 0) return row('NO_ROUTE', 'yes', nic.endpoint.network, '', 'its routes are not recorded; a new network has a default route', { assumed: ['default_route'] });
  const read = routes.flatMap((route) => { const to = parseNetwork(str(route.config, 'destRange') ?? ''); return to?.family === sources.family ? [{ route, to, priority: Number(str(route.config, 'priority') ?? 1000) }] : []; });
  const applies = read.filter(({ route }) => { const tags = list(route.config, 'tags'); return tags.length === 0 || nic.endpoint.tags.some((t) => tags.includes(t)); }).toSorted((a, b) => b.to.prefix - a.to.prefix || a.priority - b.priority);
  let open = sources.ranges, sent: readonly Range[] = [];
  let first: StoredResource | undefined;
  for (const { route, to } of applies) {
    if (isGateway(route)) { const gained = within(open, to); if (gained.length > 0) first ??= route; sent = [...sent, ...gained]; }
    open = without(open, to);
  }
  if (isEnough(sent, sources)) return row('NO_ROUTE', 'yes', first?.urn ?? nic.endpoint.network, '/nextHopGateway', `route ${lastPart(first?.urn ?? '')} leads to the internet gateway`);
  const other = applies.find(({ route, to }) => !isGateway(route) && isEnough(within(sources.ranges, to), sources));
  return other ? lostRow('NO_ROUTE', other.route.urn, 'where the next hop of the default route leads', 'a person: it goes through a machine, a tunnel or a load balancer') : row('NO_ROUTE', 'no', nic.endpoint.network, '', 'no route of its network leads to the internet gateway');
}

const isGateway = (route: StoredResource): boolean => str(route.config, 'nextHopGateway')?.endsWith('default-internet-gateway') === true;

/** The firewall's word as a row; `ruleOpens` whether any allow rule speaks of it at all. */
export function firewallRow(graph: GraphView, host: StoredResource, nic: Nic, direction: Direction, ask: { readonly sources: Sources; readonly protocols: readonly string[]; readonly ports: ReachAsk['ports']; readonly machine?: Endpoint | undefined }): { readonly row: Row; readonly open: Way['open']; readonly ruleOpens: Way['ruleOpens'] } {
  if (nic.endpoint.network === '') return { row: untoldRow(direction === 'INGRESS' ? 'FW_IN' : 'FW_OUT', host.urn, 'the network of the interface'), open: [], ruleOpens: 'unknown' };
  const base = { direction, host: nic.endpoint, project: projectOfResource(host), region: regionOf(host), ports: ask.ports, sources: ask.sources, machine: ask.machine };
  const found = ask.protocols.map((protocol) => firewallOutcome(graph, { ...base, protocol }));
  const answer = anyOf(found.map((f) => f.answer));
  const told = found.filter((f) => f.answer === answer);
  const opens = graph.ofType(gcpTypes.firewall).some((f) => ask.protocols.some((p) => classicRule(f, { direction, protocol: protocolNumber(p), host: nic.endpoint, peer: { family: ask.sources.family, machine: ask.machine, addresses: ask.sources.ranges } })
    .some((r) => r.action === 'allow' && r.isSure && r.ports.some((port) => port.from <= ask.ports.to && port.to >= ask.ports.from) && r.ranges.some((range) => Number(range.to - range.from) > ask.sources.threshold))));
  return {
    row: { code: direction === 'INGRESS' ? 'FW_IN' : 'FW_OUT', answer, reasons: told.flatMap((f) => f.reasons), missing: told.flatMap((f) => (answer === 'unknown' ? [...f.missing, ...(f.missing.length === 0 ? [{ what: 'whether a rule with address groups, tags, unreadable ranges or values that a plan does not tell applies', entity: host.urn, supply: 'a person' }] : [])] : [])), assumed: told.flatMap((f) => f.assumed) },
    open: found.flatMap((f) => f.open), ruleOpens: answer === 'yes' || opens ? 'yes' : answer,
  };
}

/** The ways from addresses outside straight to an instance. */
export function directWays(graph: GraphView, instance: StoredResource, ask: ReachAsk): readonly Way[] {
  const nics = nicsOf(instance);
  const state = stateRow(instance);
  if (!nics || nics.length === 0) return [{ rows: [lostRow('NO_PUBLIC_IP', instance.urn, 'its network interfaces', 'gcloud compute instances list --format json, or a Cloud Asset export'), state], open: [], addresses: [], ruleOpens: 'unknown', via: instance.urn }];
  const ways = nics.flatMap((nic) => ask.sources.flatMap((sources): readonly Way[] => {
    const isOutside = ask.isInternet || !isPrivate(sources);
    const addresses = nic.external[sources.family];
    const has = sources.family === 4 ? nic.external4 : answerOf(addresses.length > 0);
    if (sources.family === 6 && has === 'no' && (isOutside || !nic.inside.some((a) => a.includes(':')))) return [];
    const address = !isOutside ? row('NO_PUBLIC_IP', 'yes', instance.urn, `/networkInterfaces/${nic.index}`, 'the asker is inside private address space')
      : has === 'unknown' ? untoldRow('NO_PUBLIC_IP', instance.urn, 'its external address')
      : row('NO_PUBLIC_IP', has, instance.urn, `/networkInterfaces/${nic.index}${has === 'yes' ? '/accessConfigs' : ''}`, has === 'yes' ? `it has the external address ${addresses[0] ?? 'that it gets when it starts'}` : 'it has no external address');
    const firewall = firewallRow(graph, instance, nic, 'INGRESS', { ...ask, sources });
    const rows = [address, ...(has !== 'no' && isOutside ? [routeRow(graph, nic, sources)] : []), firewall.row, state];
    return [{ rows, open: firewall.open, addresses: has === 'yes' ? addresses : [], ruleOpens: firewall.ruleOpens, via: `${addresses[0] === undefined ? '' : `${addresses[0]} to `}${instance.urn}` }];
  }));
  // Only IPv6 was asked about, and no interface speaks it.
  return ways.length > 0 ? ways : [{ rows: [row('NO_PUBLIC_IP', 'no', instance.urn, '/networkInterfaces', 'it has no address of IPv6'), state], open: [], addresses: [], ruleOpens: 'unknown', via: instance.urn }];
}
