import type { GraphView } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { intersect, parseNetwork, sizeOf, union, type Network, type Range, type Sources } from '../../network/cidr.ts';
import { joinPorts, type PortInterval } from '../../network/port-sweep.ts';
import { hasPorts, protocolName, protocolNumber } from '../../network/protocol.ts';
import type { Doorway } from './doorway.ts';
import { readEc2, unreadable, type Place } from './lookup.ts';
import { aclPorts, ephemeral, findAcl, portText } from './network-acl.ts';
import { prefixListNetworks } from './prefix-list.ts';
import { readSecurityGroup } from './readers.ts';
import { missingRow, row, type Row } from './row.ts';
import { unplacedRules } from './security-group.ts';

/** One end of a connection: its doorway, and its addresses (or the networks that it is somewhere in) of one family. */
export interface End { readonly door: Doorway; readonly sources: Sources }
/** May rules that name the other end's groups match? They do within a VPC and over peering, not over the internet. */
export type GroupReference = 'yes' | 'no' | 'unknown';

interface Opened { readonly ports: readonly PortInterval[]; /** Ports that rules open which can't be read, or only for part of where the peer may be. */ readonly maybe: readonly PortInterval[]; readonly missing: readonly Missing[]; readonly pointer: string; readonly source: string; readonly rule: string }

/** The ports that the groups of one end open to the other. One pass over the rules. */
function openedTo(graph: GraphView, door: Doorway, peer: End, protocol: string, reference: GroupReference, direction: 'in' | 'out'): Opened {
  const groups = door.groups === undefined || door.groups === 'none' ? [] : door.groups;
  const ports: PortInterval[] = [], missing: Missing[] = [...unplacedRules(graph, direction)], maybe: PortInterval[] = missing.length > 0 ? [{ from: 0, to: 65535 }] : [];
  const peerGroups = peer.door.groups === undefined || peer.door.groups === 'none' ? [] : peer.door.groups;
  const key = direction === 'in' ? 'IpPermissions' : 'IpPermissionsEgress';
  let pointer = '', source = door.source, rule = '';
  for (const id of new Set(groups)) {
    const read = readEc2(graph, 'AWS::EC2::SecurityGroup', id, door, readSecurityGroup);
    if (!read.found) { missing.push(read.missing); maybe.push({ from: 0, to: 65535 }); continue; }
    const permissions = read.config[key];
    if (source === door.source) { source = read.resource.urn; pointer = permissions === undefined ? '' : `/${key}`; }
    if (permissions === undefined) { missing.push({ what: `the ${direction}bound rules of ${id}`, entity: read.resource.urn, supply: 'aws ec2 describe-security-groups' }); maybe.push({ from: 0, to: 65535 }); continue; }
    for (const [index, p] of (permissions ?? []).entries()) {
      const number = protocolNumber(p.IpProtocol);
      if (number === undefined) { missing.push(unreadable(read.resource)); maybe.push({ from: 0, to: 65535 }); continue; }
      if (number !== '-1' && number !== protocol) continue;
      const interval = number === '-1' || !hasPorts(protocol) ? { from: 0, to: 65535 } : { from: Math.max(0, p.FromPort ?? 0), to: (p.ToPort ?? -1) < 0 ? 65535 : p.ToPort ?? 65535 };
      const named = (p.UserIdGroupPairs ?? []).some((g) => typeof g.GroupId === 'string' && peerGroups.includes(g.GroupId));
      const networks = networksOf(graph, p, door);
      if (networks.unread) missing.push(...networks.missing);
      const covered = covers(networks.known, peer.sources);
      const answer = (named && reference === 'yes') || covered === 'whole' ? 'yes' : (named && reference === 'unknown') || covered === 'part' || networks.unread || ((p.UserIdGroupPairs ?? []).length > 0 && peer.door.groups === undefined && reference !== 'no') ? 'maybe' : 'no';
      if (answer === 'yes') { ports.push(interval); if (rule === '') { pointer = `/${key}/${index}`; source = read.resource.urn; rule = named ? `the group of the other end` : peer.sources.label; } }
      if (answer === 'maybe') maybe.push(interval);
    }
  }
  return { ports: joinPorts(ports), maybe: joinPorts(maybe), missing, pointer, source, rule };
}

interface Permission { readonly IpRanges?: readonly { readonly CidrIp: string }[] | null | undefined; readonly Ipv6Ranges?: readonly { readonly CidrIpv6: string }[] | null | undefined; readonly PrefixListIds?: readonly { readonly PrefixListId: string }[] | null | undefined }

function networksOf(graph: GraphView, p: Permission, place: Place): { readonly known: readonly Network[]; readonly unread: boolean; readonly missing: readonly Missing[] } {
  const texts = [...(p.IpRanges ?? []).map((r) => r.CidrIp), ...(p.Ipv6Ranges ?? []).map((r) => r.CidrIpv6)];
  const read = texts.map(parseNetwork), known: Network[] = read.filter((n) => n !== undefined);
  const missing: Missing[] = [];
  for (const { PrefixListId } of p.PrefixListIds ?? []) {
    const list = prefixListNetworks(graph, PrefixListId, place);
    if (list) known.push(...list.networks); else missing.push({ what: `entries of prefix list ${PrefixListId}`, entity: PrefixListId, supply: 'aws ec2 get-managed-prefix-list-entries' });
  }
  if (read.some((n) => n === undefined)) missing.push({ what: 'a readable network in a rule', entity: texts[read.indexOf(undefined)] ?? '', supply: 'aws ec2 describe-security-groups' });
  return { known, unread: missing.length > 0, missing };
}

/** How much of where the peer may be do the networks take in? */
function covers(networks: readonly Network[], sources: Sources): 'whole' | 'part' | 'none' {
  const fit = networks.filter((n) => n.family === sources.family);
  if (fit.length === 0) return 'none';
  const size = sizeOf(intersect(sources.ranges, union(fit)));
  return size === 0 ? 'none' : size >= sizeOf(sources.ranges) ? 'whole' : 'part';
}

const overlap = (a: readonly PortInterval[], b: readonly PortInterval[]): readonly PortInterval[] =>
  joinPorts(a.flatMap((x) => b.flatMap((y) => (x.from <= y.to && y.from <= x.to ? [{ from: Math.max(x.from, y.from), to: Math.min(x.to, y.to) }] : []))));

/** The filters between two ends for one protocol: egress of the sender's groups, both network ACLs both ways, ingress of the receiver's groups. */
export function pairRows(graph: GraphView, a: End, b: End, protocol: string, window: PortInterval, reference: GroupReference): readonly Row[] {
  const windows = hasPorts(protocol) ? [window] : [{ from: 0, to: 65535 }];
  const what = hasPorts(protocol) ? `${protocolName(protocol)} ${portText(window)}` : protocolName(protocol);
  const out = groupRow1(graph, a, b, protocol, windows, reference, 'out', what), into = groupRow1(graph, b, a, protocol, windows, reference, 'in', what);
  const sameSubnet = a.door.subnet !== undefined && a.door.subnet === b.door.subnet;
  const acls = sameSubnet ? [] : [
    aclRow(graph, a, b, 'NACL_OUT', true, protocol, windows, `${what} out to`), aclRow(graph, b, a, 'NACL_IN', false, protocol, windows, `${what} in from`),
    aclRow(graph, b, a, 'NACL_OUT', true, protocol, [ephemeral], 'replies out to'), aclRow(graph, a, b, 'NACL_IN', false, protocol, [ephemeral], 'replies in from'),
  ];
  const rows = [out.row, ...acls.map((r) => r.row), into.row];
  const together = [out.ports, into.ports, ...acls.slice(0, 2).map((r) => r.ports)].reduce(overlap, windows);
  if (together.length === 0 && rows.every((r) => r.answer === 'yes')) return [...rows.slice(0, -1), row('SG_IN', 'no', into.row.reasons[0]?.source ?? b.door.source, '', `no port of ${what} passes the security groups and network ACLs of both ends`)];
  return rows;
}

interface Filtered { readonly row: Row; readonly ports: readonly PortInterval[] }

function groupRow1(graph: GraphView, own: End, peer: End, protocol: string, windows: readonly PortInterval[], reference: GroupReference, direction: 'in' | 'out', what: string): Filtered {
  const code = direction === 'in' ? 'SG_IN' : 'SG_OUT', { door } = own;
  if (door.groups === 'none') return { row: row(code, 'yes', door.source, '', 'no security group stands before it'), ports: windows };
  if (door.groups === undefined) return { row: missingRow(code, door.source, { what: 'its security groups', entity: door.source, supply: 'aws ec2 describe-network-interfaces, or an AWS Config snapshot' }), ports: windows };
  const opened = openedTo(graph, door, peer, protocol, reference, direction);
  const ports = overlap(opened.ports, windows), maybe = overlap(opened.maybe, windows);
  const names = door.groups.join(', ') || 'no security group', side = direction === 'in' ? 'from' : 'to';
  if (ports.length > 0) return { row: row(code, 'yes', opened.source, opened.pointer, `${names} opens ${what} ${side} ${opened.rule}`), ports };
  if (maybe.length > 0) return { row: row(code, 'unknown', opened.source, opened.pointer, `${names} may open ${what} ${side} ${peer.sources.label}`, { missing: opened.missing.length > 0 ? opened.missing : [{ what: `the exact address of ${peer.door.source}, or whether its groups are known over this way`, entity: peer.door.source, supply: 'aws ec2 describe-network-interfaces' }] }), ports: maybe };
  return { row: row(code, 'no', opened.source, opened.pointer, `${names} does not open ${what} ${side} ${peer.sources.label}`), ports: [] };
}

function aclRow(graph: GraphView, own: End, peer: End, code: 'NACL_IN' | 'NACL_OUT', egress: boolean, protocol: string, windows: readonly PortInterval[], what: string): Filtered {
  const read = findAcl(graph, own.door);
  if (!read.found) return { row: missingRow(code, read.source, read.missing), ports: windows };
  const whole: Sources = peer.sources;
  const ports = aclPorts(read, egress, protocol, windows, whole);
  return { row: row(code, ports.length > 0 ? 'yes' : 'no', read.acl.urn, '/Entries', `${read.acl.id} ${ports.length > 0 ? 'lets' : 'does not let'} ${what} ${whole.label}`), ports };
}

/** Sources of several addresses or networks of one family; undefined when none is of that family. */
export function endSources(texts: readonly string[], family: 4 | 6, label: string): Sources | undefined {
  const ranges: readonly Range[] = union(texts.map(parseNetwork).filter((n) => n?.family === family).flatMap((n) => (n ? [{ from: n.from, to: n.to }] : [])));
  return ranges.length === 0 ? undefined : { family, ranges, threshold: 0, label };
}
