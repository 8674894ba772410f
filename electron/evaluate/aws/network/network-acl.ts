import type { z } from 'zod';
import { str } from '#shared/lib/json.ts';
import { unplacedPart, type networkAclSchema } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { isEnough, parseNetwork, sizeOf, union, within, without, type Network, type Range, type Sources } from '../../network/cidr.ts';
import { findBy, unreadable } from './lookup.ts';
import type { PortInterval, PortMask } from '../../network/port-sweep.ts';
import { protocolName, protocolNumber } from '../../network/protocol.ts';
import { readNetworkAcl } from './readers.ts';
import type { Position } from './route-table.ts';
import { missingRow, row, type Row } from './row.ts';

type NetworkAcl = z.output<typeof networkAclSchema>;
interface Entry extends PortInterval { readonly index: number; readonly number: number; readonly egress: boolean; readonly protocol: string; readonly network: Network; readonly allows: boolean }
export interface Acl { readonly urn: string; readonly id: string; readonly entries: readonly Entry[] }
export type AclRead = { readonly found: true; readonly acl: Acl } | { readonly found: false; readonly missing: Missing; readonly source: string };

/** Replies go to the client's port: what AWS recommends to open (VPC guide, "Ephemeral ports"). */
export const ephemeral: PortInterval = { from: 1024, to: 65535 };
/** AWS allows 40 entries for each direction; far more is no network ACL, and cutting it into ports would be quadratic. */
const maxEntries = 1000;

const subnetKeys = (resource: StoredResource): readonly string[] => (readNetworkAcl(resource)?.Associations ?? []).map((a) => a.SubnetId);
const defaultKeys = (resource: StoredResource): readonly string[] => {
  const acl = readNetworkAcl(resource);
  return acl?.IsDefault === true && typeof acl.VpcId === 'string' ? [acl.VpcId] : [];
};

/** The network ACL of a subnet: the one associated with it, else the VPC's default one; not known where a plan doesn't tell what an association or a rule is about. */
export function findAcl(graph: GraphView, position: Position): AclRead {
  const { subnet, vpc, source } = position;
  const found = graph.ofType(unplacedPart).some((p) => str(p.config, 'Of') === 'AWS::EC2::NetworkAcl') ? undefined : (subnet === undefined ? undefined : findBy(graph, 'AWS::EC2::NetworkAcl', position, subnetKeys, subnet)[0])
    ?? (vpc === undefined ? undefined : findBy(graph, 'AWS::EC2::NetworkAcl', position, defaultKeys, vpc)[0]);
  if (!found) return { found: false, source, missing: { what: `the network ACL of ${subnet ?? 'its subnet'}`, entity: subnet ?? source, supply: 'aws ec2 describe-network-acls, or an AWS Config snapshot' } };
  const config = readNetworkAcl(found);
  const entries = config && readEntries(config);
  return entries ? { found: true, acl: { urn: found.urn, id: config.NetworkAclId, entries } } : { found: false, source: found.urn, missing: unreadable(found) };
}

/** Entries in the order in which they are tried (lowest number first); undefined when one can't be read, since it could be the one that decides. */
function readEntries(config: NetworkAcl): readonly Entry[] | undefined {
  if (!config.Entries || config.Entries.length > maxEntries) return undefined;
  const entries: Entry[] = [];
  for (const [index, e] of config.Entries.entries()) {
    const network = parseNetwork(e.CidrBlock ?? e.Ipv6CidrBlock ?? ''), protocol = protocolNumber(e.Protocol), action = e.RuleAction.toLowerCase();
    if (!network || protocol === undefined || (action !== 'allow' && action !== 'deny')) return undefined;
    const hasRange = protocol !== '-1' && (protocol === '6' || protocol === '17');
    entries.push({
      index, number: e.RuleNumber, egress: e.Egress, protocol, network, allows: action === 'allow',
      from: hasRange ? e.PortRange?.From ?? 0 : 0, to: hasRange ? e.PortRange?.To ?? 65535 : 65535,
    });
  }
  return entries.sort((a, b) => a.number - b.number);
}

interface Atom extends PortMask { readonly allowedBy: Entry | undefined; readonly deniedBy: Entry | undefined }

/** What one direction lets through, for each interval of ports in which the same entries apply. First match wins, the rest is denied. */
function atomsOf(acl: Acl, egress: boolean, protocol: string, window: PortInterval, sources: Sources, from: readonly Range[]): readonly Atom[] {
  const entries = acl.entries.filter((e) => e.egress === egress && e.network.family === sources.family && (e.protocol === '-1' || e.protocol === protocol) && e.from <= window.to && e.to >= window.from);
  const cuts = [...new Set([window.from, ...entries.flatMap((e) => [e.from, e.to + 1])])].filter((p) => p >= window.from && p <= window.to).sort((a, b) => a - b);
  return cuts.map((low, i) => {
    const atom = filter(entries.filter((e) => e.from <= low && e.to >= low), from);
    return { from: low, to: (cuts[i + 1] ?? window.to + 1) - 1, ...atom };
  });
}

function filter(entries: readonly Entry[], from: readonly Range[]): Omit<Atom, 'from' | 'to'> {
  let rest = from, allowedBy: Entry | undefined, deniedBy: Entry | undefined, most = 0, least = 0;
  const allowed: Range[] = [];
  for (const entry of entries) {
    const hit = within(rest, entry.network), size = sizeOf(hit);
    if (size === 0) continue;
    rest = without(rest, entry.network);
    if (entry.allows) { allowed.push(...hit); if (size > most) { most = size; allowedBy = entry; } } else if (size > least) { least = size; deniedBy = entry; }
  }
  return { ranges: union(allowed), allowedBy, deniedBy };
}

/** Does the ACL let one sender (or receiver, for egress) through on some port of a window? */
export const aclLets = ({ acl }: { readonly acl: Acl }, egress: boolean, protocol: string, window: PortInterval, peer: Sources): boolean =>
  atomsOf(acl, egress, protocol, window, peer, peer.ranges).some((atom) => isEnough(atom.ranges, peer));

/** The ports of the windows on which the ACL lets one peer through. */
export const aclPorts = ({ acl }: { readonly acl: Acl }, egress: boolean, protocol: string, windows: readonly PortInterval[], peer: Sources): readonly PortInterval[] =>
  windows.flatMap((window) => atomsOf(acl, egress, protocol, window, peer, peer.ranges).filter((atom) => isEnough(atom.ranges, peer)).map(({ from, to }) => ({ from, to })));

export interface AclOutcome { readonly inbound: Row; readonly outbound: Row; readonly masks: readonly PortMask[] }

/**
 * Rows 5: the ACL lets the senders in on some of the asked ports, and lets replies out to some client port (for `out` the other way round).
 * @param windows the ports to look at: those that a security group opens, else those asked about.
 * @param from the senders that get this far.
 */
export function judgeAcl({ acl }: { readonly acl: Acl }, protocol: string, windows: readonly PortInterval[], sources: Sources, from: readonly Range[], direction: 'in' | 'out' = 'in'): AclOutcome {
  const isOut = direction === 'out';
  const inbound = windows.flatMap((window) => atomsOf(acl, isOut, protocol, window, sources, from));
  const outbound = atomsOf(acl, !isOut, protocol, ephemeral, sources, from);
  const back = union(outbound.flatMap((atom) => atom.ranges));
  const masks = inbound.map(({ from: low, to, ranges }) => ({ from: low, to, ranges: back.flatMap((b) => within(ranges, b)) })).filter((m) => m.ranges.length > 0);
  const ports = windows.map(portText).slice(0, 3).join(', ');
  if (isOut) return {
    outbound: describe(acl, 'NACL_OUT', inbound, sources, `out to ${sources.label} on ${protocolName(protocol)} ${ports}`),
    inbound: describe(acl, 'NACL_IN', outbound, sources, `replies in from ${sources.label} on ${protocolName(protocol)} 1024-65535`),
    masks,
  };
  return {
    inbound: describe(acl, 'NACL_IN', inbound, sources, `in from ${sources.label} to ${protocolName(protocol)} ${ports}`),
    outbound: describe(acl, 'NACL_OUT', outbound, sources, `replies out to ${sources.label} on ${protocolName(protocol)} 1024-65535`),
    masks,
  };
}

function describe(acl: Acl, code: 'NACL_IN' | 'NACL_OUT', atoms: readonly Atom[], sources: Sources, what: string): Row {
  const open = atoms.find((atom) => isEnough(atom.ranges, sources));
  if (open) return row(code, 'yes', acl.urn, pointerTo(open.allowedBy), `${acl.id} lets ${what}${byRule(open.allowedBy)}`);
  const denied = atoms.find((atom) => atom.deniedBy)?.deniedBy;
  return row(code, 'no', acl.urn, pointerTo(denied), `${acl.id} does not let ${what}: ${denied ? `rule ${denied.number} denies it` : 'no rule allows it'}`);
}

export const missingAclRows = (read: Extract<AclRead, { found: false }>): readonly [Row, Row] =>
  [missingRow('NACL_IN', read.source, read.missing), missingRow('NACL_OUT', read.source, read.missing)];

const pointerTo = (entry: Entry | undefined): string => (entry ? `/Entries/${entry.index}` : '/Entries');
const byRule = (entry: Entry | undefined): string => (entry ? ` (rule ${entry.number})` : '');
export const portText = ({ from, to }: PortInterval): string => (from === to ? String(from) : `${from}-${to}`);
