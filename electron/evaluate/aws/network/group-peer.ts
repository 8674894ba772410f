import type { GraphView } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { intersect, parseNetwork } from '../../network/cidr.ts';
import { readEc2, type Place } from './lookup.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { prefixListNetworks } from './prefix-list.ts';
import { hasPorts, protocolNumber } from '../../network/protocol.ts';
import { readSecurityGroup } from './readers.ts';
import { unplacedRules } from './security-group.ts';

/** The other end of a connection inside AWS: its security groups and its addresses or networks. */
export interface Peer { readonly groups: readonly string[]; readonly networks: readonly string[] }

/**
 * Do the groups let a peer through on some port of the interval? A rule matches it by one of its groups, or by an address of its.
 * @param direction `in` looks at IpPermissions (the default), `out` at IpPermissionsEgress.
 */
export function admits(graph: GraphView, groups: readonly string[] | undefined | 'none', place: Place, peer: Peer, protocol: string, ports: PortInterval, direction: 'in' | 'out' = 'in'): Answer {
  if (groups === undefined) return 'unknown';
  if (groups === 'none') return 'yes';
  let answer: Answer = unplacedRules(graph, direction).length > 0 ? 'unknown' : 'no';
  for (const id of groups) {
    const read = readEc2(graph, 'AWS::EC2::SecurityGroup', id, place, readSecurityGroup);
    const permissions = read.found ? (direction === 'in' ? read.config.IpPermissions : read.config.IpPermissionsEgress) : undefined;
    if (permissions === undefined) { answer = 'unknown'; continue; }
    for (const p of permissions ?? []) {
      const number = protocolNumber(p.IpProtocol);
      if (number === undefined) { answer = 'unknown'; continue; }
      if (number !== '-1' && number !== protocol) continue;
      const from = number === '-1' || !hasPorts(protocol) ? 0 : p.FromPort ?? 0, to = number === '-1' || !hasPorts(protocol) ? 65535 : p.ToPort ?? 65535;
      if (to < ports.from || from > ports.to) continue;
      const named = [...(p.IpRanges ?? []).map((r) => r.CidrIp), ...(p.Ipv6Ranges ?? []).map((r) => r.CidrIpv6)];
      if ((p.UserIdGroupPairs ?? []).some((g) => typeof g.GroupId === 'string' && peer.groups.includes(g.GroupId)) || named.some((cidr) => touches(cidr, peer.networks))) return 'yes';
      for (const { PrefixListId } of p.PrefixListIds ?? []) {
        const list = prefixListNetworks(graph, PrefixListId, place);
        if (!list) answer = 'unknown';
        else if (peer.networks.some((n) => { const network = parseNetwork(n); return network !== undefined && intersect([network], list.networks.filter((x) => x.family === network.family)).length > 0; })) return 'yes';
      }
    }
  }
  return answer;
}

function touches(cidr: string, networks: readonly string[]): boolean {
  const rule = parseNetwork(cidr);
  return rule !== undefined && networks.some((text) => {
    const network = parseNetwork(text);
    return network !== undefined && network.family === rule.family && network.from < rule.to && rule.from < network.to;
  });
}
