import { at, list, scalarText, str } from '#shared/lib/json.ts';
import { computeName, lastPart } from '#shared/model/gcp.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { parseNetwork, union, without, type Family, type Network, type Range } from '../../network/cidr.ts';
import { internetSources } from '../../network/cidr.ts';
import type { OrderedRule } from '../../network/ordered-rules.ts';
import type { PortInterval } from '../../network/port-sweep.ts';

export type Direction = 'INGRESS' | 'EGRESS';
/** A machine as firewall rules see it. */
export interface Endpoint {
  /** Full names of the networks of the interface in question. */
  readonly network: string;
  readonly tags: readonly string[];
  readonly accounts: readonly string[];
  readonly secureTags: 'none' | 'unknown';
}
/** Who is on the other side: addresses only, or a machine with tags and accounts of its own. */
export interface Peer { readonly family: Family; readonly machine?: Endpoint | undefined; readonly addresses: readonly Range[] }
export interface RuleAsk { readonly direction: Direction; readonly protocol: string; readonly host: Endpoint; readonly peer: Peer }

const numbers: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', esp: '50', ah: '51', sctp: '132', ipip: '94', icmpv6: '58', 'ipv6-icmp': '58' };
/** A protocol's IANA number from its name or number; `all` stays. */
export const protocolNumber = (text: string): string => numbers[text.toLowerCase()] ?? text.toLowerCase();
const everyPort: PortInterval = { from: 0, to: 65535 };

/** Ports on which `layer4Configs`, `allowed` or `denied` entries speak of a protocol; empty when they don't. */
function portsFor(entries: readonly unknown[], protocol: string): readonly PortInterval[] {
  return entries.flatMap((entry) => {
    const named = protocolNumber(str(entry, 'ipProtocol') ?? str(entry, 'IPProtocol') ?? str(entry, 'protocol') ?? '');
    if (named !== 'all' && named !== protocol) return [];
    const ports = list(entry, 'ports').flatMap((p) => readPorts(scalarText(p)));
    return list(entry, 'ports').length === 0 ? [everyPort] : ports;
  });
}

export function readPorts(text: string): readonly PortInterval[] {
  const m = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(text);
  const from = Number(m?.[1]), to = Number(m?.[2] ?? m?.[1]);
  return m && from <= to && to <= 65535 ? [{ from, to }] : [];
}

interface Addresses { readonly ranges: readonly Range[]; readonly isSure: boolean }
const whole = (family: Family): readonly Range[] => [{ from: 0n, to: 1n << (family === 4 ? 32n : 128n) }];

function addressesOf(texts: readonly unknown[], family: Family): Addresses {
  const read = texts.map((t) => (typeof t === 'string' ? parseNetwork(t) : undefined));
  const networks = read.filter((n): n is Network => n !== undefined);
  return { ranges: union(networks.filter((n) => n.family === family)), isSure: networks.length === read.length };
}

/** One VPC firewall rule, when it applies to the host and the direction; allowed and denied never come together. */
export function classicRule(rule: StoredResource, ask: RuleAsk): readonly (OrderedRule & { readonly priority: number })[] {
  const { config } = rule;
  const direction = str(config, 'direction') ?? 'INGRESS';
  if (direction !== ask.direction || str(config, 'disabled') === 'true' || (str(config, 'network') !== undefined && computeName(str(config, 'network') ?? '') !== ask.host.network)) return [];
  // A plan may leave out the network, or whose packets it speaks of.
  const isTold = str(config, 'network') !== undefined && at(config, 'isOpen') !== true;
  const tags = list(config, 'targetTags'), accounts = list(config, 'targetServiceAccounts');
  if (tags.length + accounts.length > 0 && !ask.host.tags.some((t) => tags.includes(t)) && !ask.host.accounts.some((a) => accounts.includes(a))) return [];
  const peer = direction === 'INGRESS' ? classicPeer(config, 'source', ask) : classicPeer(config, 'destination', ask);
  const isDeny = list(config, 'denied').length > 0;
  const priority = Number(str(config, 'priority') ?? 1000);
  const key = isDeny ? 'denied' : 'allowed';
  const ports = portsFor(list(config, key), ask.protocol);
  if (ports.length === 0 || (peer.ranges.length === 0 && peer.isSure)) return [];
  return [{
    action: isDeny ? 'deny' : 'allow', priority, ports, ranges: peer.ranges.length === 0 ? whole(ask.peer.family) : peer.ranges, isSure: peer.isSure && isTold,
    reason: { rule: direction === 'INGRESS' ? 'GCP.fw_in' : 'GCP.fw_out', source: rule.urn, pointer: `/${key}`, text: `VPC firewall rule ${str(config, 'name') ?? lastPart(rule.urn)} (priority ${priority}) ${isDeny ? 'denies' : 'allows'} it` },
  }];
}

/** Ranges, tags and accounts of the other side add up; a rule that names none means everyone. */
function classicPeer(config: unknown, side: 'source' | 'destination', { peer }: RuleAsk): Addresses {
  const ranges = list(config, `${side}Ranges`), tags = list(config, `${side}Tags`), accounts = list(config, `${side}ServiceAccounts`);
  if (ranges.length + tags.length + accounts.length === 0) return { ranges: whole(peer.family), isSure: true };
  const { machine } = peer;
  if (machine && (machine.tags.some((t) => tags.includes(t)) || machine.accounts.some((a) => accounts.includes(a)))) return { ranges: whole(peer.family), isSure: true };
  return addressesOf(ranges, peer.family);
}

/** The rules of a firewall policy (hierarchical, global or regional) that apply to the host, in the order of their priorities. */
export function policyRules(policy: StoredResource, ask: RuleAsk): readonly OrderedRule[] {
  const rules = list(policy.config, 'rules').map((rule, i) => ({ rule, pointer: `/rules/${i}`, priority: Number(str(rule, 'priority') ?? Number.MAX_SAFE_INTEGER) }));
  return rules.filter(({ rule }) => str(rule, 'direction') === ask.direction && str(rule, 'disabled') !== 'true').toSorted((a, b) => a.priority - b.priority)
    .flatMap(({ rule, pointer, priority }): readonly OrderedRule[] => {
      const target = isTarget(rule, ask.host);
      const action = ({ allow: 'allow', deny: 'deny', goto_next: 'next', apply_security_profile_group: 'allow' } as const)[str(rule, 'action') ?? ''];
      const ports = portsFor(list(rule, 'match', 'layer4Configs'), ask.protocol);
      const peer = policyPeer(at(rule, 'match'), ask);
      if (target === 'no' || action === undefined || ports.length === 0 || (peer.ranges.length === 0 && peer.isSure)) return [];
      const name = str(policy.config, 'displayName') ?? str(policy.config, 'shortName') ?? policy.name ?? lastPart(policy.urn);
      const does = action === 'next' ? 'passes it on' : action === 'deny' ? 'denies it' : str(rule, 'action') === 'allow' ? 'allows it' : 'allows it after inspection';
      return [{ action, ports, ranges: peer.ranges.length === 0 ? whole(ask.peer.family) : peer.ranges, isSure: peer.isSure && target === 'yes', reason: { rule: 'GCP.fw_policy', source: policy.urn, pointer, text: `firewall policy ${name}, rule ${priority}, ${does}` } }];
    });
}

function isTarget(rule: unknown, host: Endpoint): Answer {
  const networks = list(rule, 'targetResources').map((r) => computeName(scalarText(r))), accounts = list(rule, 'targetServiceAccounts');
  if (networks.length > 0 && !networks.includes(host.network)) return 'no';
  if (accounts.length > 0 && !host.accounts.some((a) => accounts.includes(a))) return 'no';
  return list(rule, 'targetSecureTags').length === 0 ? 'yes' : host.secureTags === 'none' ? 'no' : 'unknown';
}

function policyPeer(match: unknown, { direction, peer }: RuleAsk): Addresses {
  const side = direction === 'INGRESS' ? 'src' : 'dest';
  const ranges = list(match, `${side}IpRanges`);
  const others = ['AddressGroups', 'Fqdns', 'RegionCodes', 'ThreatIntelligences', 'SecureTags'].some((key) => list(match, `${side}${key}`).length > 0);
  const scope = str(match, `${side}NetworkScope`) ?? str(match, `${side}NetworkType`);
  const internet = internetSources(peer.family).ranges;
  const base: Addresses = ranges.length === 0 && !others ? { ranges: whole(peer.family), isSure: true } : addressesOf(ranges, peer.family);
  const scoped = scope === undefined ? base.ranges : scope === 'INTERNET' ? base.ranges.flatMap((r) => internet.flatMap((i) => clip(i, r))) : internet.reduce(without, base.ranges);
  return { ranges: scoped, isSure: base.isSure && (!others || scoped.some((r) => peer.addresses.every((a) => r.from <= a.from && a.to <= r.to))) };
}

const clip = (a: Range, b: Range): readonly Range[] => { const from = a.from > b.from ? a.from : b.from, to = a.to < b.to ? a.to : b.to; return from < to ? [{ from, to }] : []; };
