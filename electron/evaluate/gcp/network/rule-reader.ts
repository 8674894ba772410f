import { at, list, scalarText, str } from '#shared/lib/json.ts';
import { computeName, lastPart } from '#shared/model/gcp.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
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
  /** Its source leaves tags or accounts of it out: it may have others. */
  readonly isOpen: boolean;
}
/** Who is on the other side: addresses only, or a machine with tags and accounts of its own. */
export interface Peer { readonly family: Family; readonly machine?: Endpoint | undefined; readonly addresses: readonly Range[] }
export interface RuleAsk { readonly direction: Direction; readonly protocol: string; readonly host: Endpoint; readonly peer: Peer }

const numbers: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', esp: '50', ah: '51', sctp: '132', ipip: '94', icmpv6: '58', 'ipv6-icmp': '58' };
/** A protocol's IANA number from its name or number; `all` stays. */
export const protocolNumber = (text: string): string => numbers[text.toLowerCase()] ?? text.toLowerCase();
const everyPort: PortInterval = { from: 0, to: 65535 };

/** Ports on which `layer4Configs`, `allowed` or `denied` entries speak of a protocol, and those on which they may, as their source doesn't tell. */
function portsFor(entries: readonly unknown[], protocol: string): { readonly sure: readonly PortInterval[]; readonly maybe: readonly PortInterval[] } {
  const read = entries.map((entry) => {
    const named = protocolNumber(str(entry, 'ipProtocol') ?? str(entry, 'IPProtocol') ?? str(entry, 'protocol') ?? ''), isOpen = hasUntold(entry, 'ipProtocol', 'IPProtocol'), ports = list(entry, 'ports').filter((p) => p !== null);
    if (!isOpen && named !== 'all' && named !== protocol) return { sure: [], maybe: [] };
    const told = ports.flatMap((p) => readPorts(scalarText(p))), all = ports.length === 0 ? [everyPort] : told;
    return { sure: isOpen || hasUntold(entry, 'ports') ? (isOpen ? [] : told) : all, maybe: hasUntold(entry, 'ports') ? [everyPort] : isOpen ? all : [] };
  });
  return { sure: read.flatMap((r) => r.sure), maybe: read.flatMap((r) => r.maybe) };
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

type Classic = OrderedRule & { readonly priority: number };
/** Before and after every priority that a rule can have. */
const [before, after] = [-1, 2 ** 32];

/** One VPC firewall rule, when it applies to the host and the direction; allowed and denied never come together. What its source leaves out makes it one that may apply. */
export function classicRule(rule: StoredResource, ask: RuleAsk): readonly Classic[] {
  const { config } = rule, direction = str(config, 'direction') ?? 'INGRESS', isDirected = !hasUntold(config, 'direction'), target = isClassicTarget(config, ask.host);
  if ((isDirected && direction !== ask.direction) || target === 'no' || str(config, 'disabled') === 'true' || (str(config, 'network') !== undefined && computeName(str(config, 'network') ?? '') !== ask.host.network)) return [];
  const isSure = str(config, 'network') !== undefined && isDirected && target === 'yes' && !hasUntold(config, 'disabled');
  const priority = Number(str(config, 'priority') ?? 1000), name = str(config, 'name') ?? lastPart(rule.urn), peers = classicPeers(config, ask.direction === 'INGRESS' ? 'source' : 'destination', ask);
  return (['denied', 'allowed'] as const).flatMap((key): readonly Classic[] => {
    const { sure, maybe } = portsFor(list(config, key), ask.protocol), action = key === 'denied' ? 'deny' : 'allow';
    const reason = { rule: ask.direction === 'INGRESS' ? 'GCP.fw_in' : 'GCP.fw_out', source: rule.urn, pointer: `/${key}`, text: `VPC firewall rule ${name} (priority ${hasUntold(config, 'priority') ? 'not told' : priority}) ${action === 'deny' ? 'denies' : 'allows'} it` };
    const ports = [{ ports: sure, isTold: true }, { ports: hasUntold(config, key) ? [everyPort] : maybe, isTold: false }].filter((p) => p.ports.length > 0);
    const found = ports.flatMap((p): readonly Classic[] => peers.map((peer) => ({ action, priority, reason, ports: p.ports, ranges: peer.ranges, isSure: isSure && p.isTold && peer.isSure })));
    // Of a priority that isn't told it comes before all others, perhaps, and after them in any case.
    return hasUntold(config, 'priority') ? found.flatMap((r) => [{ ...r, priority: before, isSure: false }, { ...r, priority: after }]) : found;
  });
}

/** Whom a rule speaks of, and whom it may speak of. */
function classicPeers(config: unknown, side: 'source' | 'destination', ask: RuleAsk): readonly Addresses[] {
  const peer = classicPeer(config, side, ask), all = whole(ask.peer.family), keys = ['Ranges', 'Tags', 'ServiceAccounts'].map((k) => `${side}${k}`);
  if (!hasUntold(config, ...keys)) return peer.ranges.length > 0 ? [peer] : peer.isSure ? [] : [{ ranges: all, isSure: false }];
  const isNamed = keys.some((key) => list(config, key).some((named) => named !== null));
  return [...(isNamed && peer.ranges.length > 0 ? [{ ranges: peer.ranges, isSure: true }] : []), { ranges: all, isSure: false }];
}

function isClassicTarget(config: unknown, host: Endpoint): Answer {
  const tags = list(config, 'targetTags'), accounts = list(config, 'targetServiceAccounts'), isOpen = hasUntold(config, 'targetTags', 'targetServiceAccounts');
  if (host.tags.some((t) => tags.includes(t)) || host.accounts.some((a) => accounts.includes(a))) return 'yes';
  return isOpen ? 'unknown' : tags.length + accounts.length === 0 ? 'yes' : host.isOpen ? 'unknown' : 'no';
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
  const untold = hasUntold(policy.config, 'rules') ? [{ direction: ask.direction, untold: ['action', 'match'] }] : [];
  const rules = [...untold, ...list(policy.config, 'rules')].map((rule, i) => ({ rule, pointer: `/rules/${i - untold.length}`, priority: Number(str(rule, 'priority') ?? Number.MAX_SAFE_INTEGER) }));
  return rules.filter(({ rule }) => (hasUntold(rule, 'direction') || str(rule, 'direction') === ask.direction) && str(rule, 'disabled') !== 'true').toSorted((a, b) => a.priority - b.priority)
    .flatMap(({ rule, pointer, priority }) => {
      const target = isTarget(rule, ask.host), match = at(rule, 'match'), isOpen = hasUntold(rule, 'match');
      const action = ({ allow: 'allow', deny: 'deny', goto_next: 'next', apply_security_profile_group: 'allow' } as const)[str(rule, 'action') ?? ''], actions = action !== undefined ? [action] : hasUntold(rule, 'action') ? (['allow', 'deny'] as const) : [];
      const { sure, maybe } = isOpen || hasUntold(match, 'layer4Configs') ? { sure: [], maybe: [everyPort] } : portsFor(list(match, 'layer4Configs'), ask.protocol), ports = [...sure, ...maybe];
      const peer: Addresses = isOpen || hasUntold(match, ask.direction === 'INGRESS' ? 'src' : 'dest') ? { ranges: whole(ask.peer.family), isSure: false } : policyPeer(match, ask);
      if (target === 'no' || ports.length === 0 || (peer.ranges.length === 0 && peer.isSure)) return [];
      const name = str(policy.config, 'displayName') ?? str(policy.config, 'shortName') ?? policy.name ?? lastPart(policy.urn), isTold = maybe.length === 0 && !hasUntold(rule, 'direction', 'disabled', 'action');
      return actions.map((does): OrderedRule => ({
        action: does, ports, ranges: peer.ranges.length === 0 ? whole(ask.peer.family) : peer.ranges, isSure: peer.isSure && target === 'yes' && isTold,
        reason: { rule: 'GCP.fw_policy', source: policy.urn, pointer, text: `firewall policy ${name}, rule ${priority}, ${does === 'next' ? 'passes it on' : does === 'deny' ? 'denies it' : str(rule, 'action') === 'apply_security_profile_group' ? 'allows it after inspection' : 'allows it'}` },
      }));
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
