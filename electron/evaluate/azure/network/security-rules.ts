import { list, str } from '#shared/lib/json.ts';
import { azureType, azureUrn, untoldId } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import { internetSources, isPrivate, parseNetwork, union, type Family, type Range, type Sources } from '../../network/cidr.ts';
import type { OrderedRule } from '../../network/ordered-rules.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { virtualNetworkRanges, type Subnet } from './topology.ts';

export type Direction = 'Inbound' | 'Outbound';
/** One end of a connection as rules see it: addresses, application security groups. */
export interface End { readonly addresses: readonly Range[]; readonly groups: readonly string[] }
export interface RuleAsk {
  readonly direction: Direction;
  /** tcp, udp, icmp, esp, ah. */
  readonly protocol: string;
  readonly family: Family;
  /** The network of the host, and its subnet where that is known. */
  readonly network: string | undefined;
  readonly subnet?: Subnet | undefined;
  readonly host: End;
  /** The peers are what the question is about, cut by each rule. */
  readonly peer: Pick<End, 'groups'> & { readonly sources: Sources };
}
/** Addresses that match; where that isn't sure, which others may match too (all of them when left out). */
interface Matched { readonly ranges: readonly Range[]; readonly isSure: boolean; readonly maybe?: readonly Range[] }

const whole = (family: Family): readonly Range[] => [{ from: 0n, to: 1n << (family === 4 ? 32n : 128n) }];
const nothing: Matched = { ranges: [], isSure: true };
const both = (value: unknown, one: string, many: string): readonly string[] => [...list(value, one), ...list(value, many)].filter((t): t is string => typeof t === 'string' && t !== '');

function portsOf(texts: readonly string[]): readonly PortInterval[] {
  return texts.flatMap((text) => {
    if (text === '*' || text.toLowerCase() === 'any') return [{ from: 0, to: 65535 }];
    const m = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(text);
    const from = Number(m?.[1]), to = Number(m?.[2] ?? m?.[1]);
    return m && from <= to && to <= 65535 ? [{ from, to }] : [];
  });
}

/** A tag that holds addresses which Azure lends to anyone; tags of its services hold that service's alone. */
const azureWide = /^AzureCloud(\.|$)/i;
/** Where health probes come from (Azure, "What is IP address 168.63.129.16?"). */
const probes = [parseNetwork('168.63.129.16/32')].flatMap((n) => n ?? []);

/** Addresses that a prefix, a service tag or groups name. */
function addresses(graph: GraphView, texts: readonly string[], ask: RuleAsk): Matched {
  const found = texts.map((text): Matched => {
    if (text === '*' || /^any$/i.test(text) || text === '0.0.0.0/0') return { ranges: text === '0.0.0.0/0' && ask.family === 6 ? [] : whole(ask.family), isSure: true };
    if (/^internet$/i.test(text)) return { ranges: internetSources(ask.family).ranges, isSure: true };
    if (/^virtualnetwork$/i.test(text)) return virtualNetworkRanges(graph, ask);
    if (/^azureloadbalancer$/i.test(text)) return { ranges: ask.family === 4 ? probes : [], isSure: true };
    const network = parseNetwork(text);
    if (network) return { ranges: network.family === ask.family ? [network] : [], isSure: true };
    // A service's addresses are not the internet, but one public address that is asked about may be among them.
    const isService = !azureWide.test(text) && /^[A-Za-z][\w.]*$/.test(text);
    return { ranges: [], isSure: isService && (ask.peer.sources.threshold > 0 || isPrivate(ask.peer.sources)) };
  });
  const unsure = found.filter((f) => !f.isSure);
  return { ranges: union(found.flatMap((f) => f.ranges)), isSure: unsure.length === 0, ...(unsure.length > 0 && unsure.every((f) => f.maybe !== undefined) && { maybe: union(unsure.flatMap((f) => f.maybe ?? [])) }) };
}

const ends = (rule: unknown, side: 'source' | 'destination') => ({
  prefixes: both(rule, `${side}AddressPrefix`, `${side}AddressPrefixes`), groups: list(rule, `${side}ApplicationSecurityGroups`).flatMap((g) => str(g, 'id') ?? []).map(azureUrn),
  admin: list(rule, `${side}s`).flatMap((s) => (str(s, 'addressPrefix') === undefined ? [] : [str(s, 'addressPrefix') ?? ''])),
});

function matchEnd(graph: GraphView, rule: unknown, side: 'source' | 'destination', end: Pick<End, 'groups'>, ask: RuleAsk): Matched {
  const { prefixes, groups, admin } = ends(rule, side);
  if (groups.some((g) => end.groups.includes(g))) return { ranges: whole(ask.family), isSure: true };
  const texts = [...prefixes, ...admin];
  if (texts.length === 0) return groups.length > 0 ? nothing : { ranges: whole(ask.family), isSure: true };
  return addresses(graph, texts, ask);
}

/** Does the host's own end lie in what the rule names? Sure only where its address is known or everything is named. */
function hostMatches(matched: Matched, host: End): 'yes' | 'no' | 'unknown' {
  if (host.addresses.length === 0) return matched.ranges.some((r) => r.from === 0n && r.to > 0xffff_ffffn) ? 'yes' : matched.ranges.length === 0 && matched.isSure ? 'no' : 'unknown';
  const isIn = host.addresses.every((a) => matched.ranges.some((r) => r.from <= a.from && a.to <= r.to));
  return isIn ? 'yes' : matched.isSure ? 'no' : 'unknown';
}

/** The rules that speak of the host in one direction, in the order of their priorities: own ones, then the defaults. */
export function groupRules(graph: GraphView, group: StoredResource, ask: RuleAsk): readonly OrderedRule[] {
  const inside = [...list(group.config, 'securityRules').map((rule, i) => ({ rule, source: group.urn, pointer: `/securityRules/${i}` })), ...graph.ofType(azureType('Microsoft.Network/networkSecurityGroups/securityRules')).filter((r) => r.urn.startsWith(`${group.urn}/`)).map((r) => ({ rule: r.config, source: r.urn, pointer: '' }))];
  const defaults = list(group.config, 'defaultSecurityRules').length > 0 ? list(group.config, 'defaultSecurityRules').map((rule, i) => ({ rule, source: group.urn, pointer: `/defaultSecurityRules/${i}` })) : builtIn.map((rule) => ({ rule, source: group.urn, pointer: '' }));
  const name = str(group.config, 'name') ?? group.urn.slice(group.urn.lastIndexOf('/') + 1);
  // One rule may be told by its group and by itself.
  const keyOf = ({ rule, source, pointer }: Written): string => (str(rule, 'name') === undefined || hasUntold(rule, 'direction', 'priority') ? `${source}${pointer}` : `${str(rule, 'direction')} ${str(rule, 'priority')} ${str(rule, 'name')}`);
  const open = hasUntold(group.config, 'securityRules') ? [{ rule: { name: 'that is not told', direction: ask.direction, untold: ['access', 'priority', 'protocol', 'destinationPortRange'], sourceAddressPrefix: untoldId, destinationAddressPrefix: '*' }, source: group.urn, pointer: '' }] : [];
  return orderedRules(graph, [...open, ...new Map([...inside, ...defaults].map((r) => [keyOf(r), r])).values()], ask, `rule {} of network security group ${name}`, 'NSG');
}

/** What every group ends with (Azure, "Default security rules"). */
const builtIn = [
  { name: 'AllowVnetInBound', priority: 65000, direction: 'Inbound', access: 'Allow', protocol: '*', sourceAddressPrefix: 'VirtualNetwork', destinationAddressPrefix: 'VirtualNetwork', destinationPortRange: '*' },
  { name: 'AllowAzureLoadBalancerInBound', priority: 65001, direction: 'Inbound', access: 'Allow', protocol: '*', sourceAddressPrefix: 'AzureLoadBalancer', destinationAddressPrefix: '*', destinationPortRange: '*' },
  { name: 'DenyAllInBound', priority: 65500, direction: 'Inbound', access: 'Deny', protocol: '*', sourceAddressPrefix: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
  { name: 'AllowVnetOutBound', priority: 65000, direction: 'Outbound', access: 'Allow', protocol: '*', sourceAddressPrefix: 'VirtualNetwork', destinationAddressPrefix: 'VirtualNetwork', destinationPortRange: '*' },
  { name: 'AllowInternetOutBound', priority: 65001, direction: 'Outbound', access: 'Allow', protocol: '*', sourceAddressPrefix: '*', destinationAddressPrefix: 'Internet', destinationPortRange: '*' },
  { name: 'DenyAllOutBound', priority: 65500, direction: 'Outbound', access: 'Deny', protocol: '*', sourceAddressPrefix: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
];

const actions = { allow: 'allow', deny: 'deny', alwaysallow: 'always' } as const;

interface Written { readonly rule: unknown; readonly source: string; readonly pointer: string }

/** Before every rule that a user may write, and after them (priorities 100 to 4096; Azure, "Security rules"). */
const [before, after] = [0, 4097];

function orderedRules(graph: GraphView, rules: readonly Written[], ask: RuleAsk, label: string, code: 'NSG' | 'AVNM'): readonly OrderedRule[] {
  const found = rules.filter(({ rule }) => hasUntold(rule, 'direction') || (str(rule, 'direction') ?? '').toLowerCase() === ask.direction.toLowerCase()).flatMap((written) => {
    const read = readRule(graph, written, ask, label, code), priority = Number(str(written.rule, 'priority') ?? 0);
    // Of a priority that isn't told it comes before all others, perhaps, and after them in any case.
    return hasUntold(written.rule, 'priority') ? read.flatMap((rule) => [{ rule: { ...rule, isSure: false }, priority: before }, { rule, priority: after }]) : read.map((rule) => ({ rule, priority }));
  });
  return found.toSorted((a, b) => a.priority - b.priority).map(({ rule }) => rule);
}

/** One rule as it speaks of the host; several where it isn't sure of whom and what it speaks: what its source leaves out may be anything. */
function readRule(graph: GraphView, { rule, source, pointer }: Written, ask: RuleAsk, label: string, code: 'NSG' | 'AVNM'): readonly OrderedRule[] {
  const protocol = (str(rule, 'protocol') ?? '*').toLowerCase(), isTold = !hasUntold(rule, 'direction', 'access', 'protocol');
  const access = (str(rule, 'access') ?? '').toLowerCase(), given = hasUntold(rule, 'access') ? (['allow', 'deny'] as const) : access === 'allow' || access === 'deny' || access === 'alwaysallow' ? [access] as const : [];
  const isOther = protocol !== '*' && protocol !== 'any' && protocol !== ask.protocol && !hasUntold(rule, 'protocol');
  const [near, far] = ask.direction === 'Inbound' ? (['destination', 'source'] as const) : (['source', 'destination'] as const);
  const host = hostMatches(matchEnd(graph, rule, near, ask.host, ask), ask.host), peer = matchEnd(graph, rule, far, ask.peer, ask);
  if (isOther || host === 'no' || (peer.ranges.length === 0 && peer.isSure)) return [];
  const written = both(rule, 'destinationPortRange', 'destinationPortRanges'), isOpen = hasUntold(rule, 'destinationPortRange');
  const ports = [{ ports: isOpen || written.length > 0 ? portsOf(written) : portsOf(['*']), isTold: true }, ...(isOpen ? [{ ports: portsOf(['*']), isTold: false }] : [])].filter((p) => p.ports.length > 0);
  // A tag that may or may not hold the peers: whether the rule matches them is open.
  const peers = peer.isSure ? [{ ranges: peer.ranges, isSure: true }] : [...(peer.ranges.length === 0 ? [] : [{ ranges: peer.ranges, isSure: true }]), { ranges: peer.maybe ?? whole(ask.family), isSure: false }];
  return given.flatMap((word) => ports.flatMap((p) => peers.map(({ ranges, isSure }): OrderedRule => ({
    action: actions[word], ports: p.ports, ranges, isSure: isSure && host === 'yes' && isTold && p.isTold,
    reason: { rule: code, source, pointer, text: `${label.replace('{}', `${str(rule, 'name') ?? ''} (priority ${str(rule, 'priority') ?? '?'})`)} ${word === 'deny' ? 'denies' : 'allows'} it` },
  }))));
}

/** Security admin rules of network managers: they go before every group; AlwaysAllow and Deny are final, Allow leaves the word to the groups. */
export function adminRules(graph: GraphView, ask: RuleAsk): readonly OrderedRule[] {
  const all = graph.ofType(azureType('Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules')).filter((r) => applies(r, ask.network));
  return orderedRules(graph, all.map((r) => ({ rule: r.config, source: r.urn, pointer: '' })), ask, 'security admin rule {}', 'AVNM').map((rule) => ({ ...rule, action: rule.action === 'allow' ? 'next' : rule.action }));
}

/** A rule that names the networks it was deployed to applies there alone; one that doesn't applies everywhere it is recorded for. */
function applies(rule: StoredResource, network: string | undefined): boolean {
  const named = list(rule.config, 'appliesToVirtualNetworks').flatMap((n) => (typeof n === 'string' ? [n] : [str(n, 'id') ?? ''])).map(azureUrn);
  return named.length === 0 || (network !== undefined && named.includes(network));
}
