import { at } from '#shared/lib/json.ts';
import { unplacedRule } from '#shared/model/aws.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { onceApplied } from '#shared/model/untold.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { parseNetwork, type Family, type Range, type Sources } from '../../network/cidr.ts';
import { readEc2, unreadable, type Place } from './lookup.ts';
import { portText } from './network-acl.ts';
import { openPorts, type PortInterval, type PortMask, type PortRule } from '../../network/port-sweep.ts';
import { prefixListNetworks } from './prefix-list.ts';
import { hasPorts, protocolName, protocolNumber } from '../../network/protocol.ts';
import { readSecurityGroup } from './readers.ts';
import { row, type Row } from './row.ts';

interface GroupRule extends PortRule { readonly family: Family; readonly protocol: string; readonly index: number; readonly group: string; readonly urn: string; readonly source: string }
/** The rules of one direction of all groups of an interface; a group or prefix list that isn't known stands in `missing`. */
export interface GroupRules { readonly direction: 'in' | 'out'; readonly rules: readonly GroupRule[]; readonly missing: readonly Missing[]; readonly names: readonly string[]; readonly first: string | undefined }

/** Collects the rules by address. Rules that name other groups match no internet host, so they are left out (AWS, "Security group rules"). */
export function groupRules(graph: GraphView, ids: readonly string[], place: Place, direction: 'in' | 'out' = 'in'): GroupRules {
  const rules: GroupRule[] = [], missing: Missing[] = [], names: string[] = [];
  let first: string | undefined;
  for (const id of new Set(ids)) {
    const read = readEc2(graph, 'AWS::EC2::SecurityGroup', id, place, readSecurityGroup);
    if (!read.found) { missing.push(read.missing); continue; }
    const { urn } = read.resource;
    first ??= urn;
    names.push(read.config.GroupName === undefined || read.config.GroupName === null ? id : `${id} (${read.config.GroupName})`);
    const permissions = direction === 'in' ? read.config.IpPermissions : read.config.IpPermissionsEgress;
    if (permissions === undefined) { missing.push({ what: `the ${direction}bound rules of ${id}`, entity: urn, supply: 'aws ec2 describe-security-groups' }); continue; }
    for (const [index, permission] of (permissions ?? []).entries()) {
      const protocol = protocolNumber(permission.IpProtocol);
      if (protocol === undefined) { missing.push(unreadable(read.resource)); continue; }
      const ports = portsOf(protocol, permission.FromPort, permission.ToPort);
      const add = (text: string, source: string): void => {
        const range = parseNetwork(text);
        if (range) rules.push({ ...ports, range, family: range.family, protocol, index, group: id, urn, source });
        else missing.push(unreadable(read.resource));
      };
      for (const { CidrIp } of permission.IpRanges ?? []) add(CidrIp, CidrIp);
      for (const { CidrIpv6 } of permission.Ipv6Ranges ?? []) add(CidrIpv6, CidrIpv6);
      for (const { PrefixListId } of permission.PrefixListIds ?? []) {
        const resolved = prefixListNetworks(graph, PrefixListId, place);
        if (!resolved) missing.push({ what: `entries of prefix list ${PrefixListId}`, entity: PrefixListId, supply: 'aws ec2 get-managed-prefix-list-entries' });
        for (const range of resolved?.networks ?? []) rules.push({ ...ports, range, family: range.family, protocol, index, group: id, urn, source: PrefixListId });
      }
    }
  }
  missing.push(...unplacedRules(graph, direction));
  return { direction, rules, missing, names, first };
}

/** Rules of which a plan doesn't tell the group: they may open anything in any. */
export const unplacedRules = (graph: GraphView, direction: 'in' | 'out'): readonly Missing[] => graph.ofType(unplacedRule).filter((rule) => at(rule.config, direction === 'in' ? 'IpPermissions' : 'IpPermissionsEgress') !== undefined)
  .map((rule): Missing => ({ what: `the group of ${rule.name ?? rule.urn}`, entity: rule.urn, supply: onceApplied }));

/** `-1` covers every protocol and port; ICMP keeps type and code where others have ports. */
function portsOf(protocol: string, from: number | null | undefined, to: number | null | undefined): PortInterval {
  if (!hasPorts(protocol) || from === undefined || from === null || from < 0) return { from: 0, to: 65535 };
  return { from, to: to === undefined || to === null || to < 0 ? 65535 : to };
}

const matching = (rules: readonly GroupRule[], protocol: string, family: Family): readonly GroupRule[] =>
  rules.filter((rule) => rule.family === family && (rule.protocol === '-1' || rule.protocol === protocol));

/** Ports that the groups together open to enough of the senders that the masks let through. */
export const openByGroups = (groups: GroupRules, protocol: string, family: Family, masks: readonly PortMask[], threshold: number): readonly PortInterval[] =>
  openPorts(matching(groups.rules, protocol, family), masks, threshold);

/** Row 6 in words (for egress its twin, SG_OUT). `open` are the ports that the groups open by themselves. */
export function groupRow(groups: GroupRules, source: string, protocols: readonly string[], sources: Sources, window: PortInterval, open: ReadonlyMap<string, readonly PortInterval[]>): Row {
  const names = groups.names.join(', ') || 'no security group';
  const [code, list, side] = groups.direction === 'in' ? ['SG_IN', '/IpPermissions', 'from'] as const : ['SG_OUT', '/IpPermissionsEgress', 'out'] as const;
  for (const [protocol, intervals] of open) {
    const [interval] = intervals;
    if (!interval) continue;
    const rule = widestAt(matching(groups.rules, protocol, sources.family), interval);
    const text = `${rule?.group ?? names} opens ${protocolName(protocol)} ${intervals.slice(0, 5).map(portText).join(', ')} ${side === 'out' ? 'outwards ' : ''}to ${sources.label}${rule ? ` (${rule.source})` : ''}`;
    return row(code, 'yes', rule?.urn ?? groups.first ?? source, rule ? `${list}/${rule.index}` : list, text);
  }
  const what = `${protocols.map(protocolName).join(' or ')}${window.from === 0 && window.to === 65535 ? '' : ` ${portText(window)}`}${side === 'out' ? ' outwards' : ''}`;
  if (groups.missing.length > 0) return row(code, 'unknown', groups.first ?? source, '', `${names} do not open ${what}, but ${groups.missing[0]?.what ?? ''} is not in the snapshot`, { missing: groups.missing });
  const partial = groups.rules.filter((r) => r.family === sources.family && r.from <= window.to && r.to >= window.from && (r.protocol === '-1' || protocols.includes(r.protocol)));
  const from = [...new Set(partial.map((r) => r.source))];
  const only = from.length === 0 ? '' : `; only to ${from.slice(0, 3).join(', ')}${from.length > 3 ? ` and ${from.length - 3} more` : ''}`;
  const [first] = partial;
  return row(code, 'no', first?.urn ?? groups.first ?? source, first ? `${list}/${first.index}` : list, `${names} does not open ${what} to ${sources.label}${only}`);
}

function widestAt(rules: readonly GroupRule[], interval: PortInterval): GroupRule | undefined {
  const size = ({ from, to }: Range): bigint => to - from;
  let best: GroupRule | undefined;
  for (const rule of rules) if (rule.from <= interval.from && rule.to >= interval.from && (!best || size(rule.range) > size(best.range))) best = rule;
  return best;
}
