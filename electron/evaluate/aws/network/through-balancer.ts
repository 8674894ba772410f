import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reachability, Reason } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../../kleene.ts';
import { addressSources, internetSources } from '../../network/cidr.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { protocolName, protocolsAsked } from '../../network/protocol.ts';
import { restOf } from '../cut-list.ts';
import { waysTo, type Way } from './balancer-ways.ts';
import { uniqueBy } from './combine.ts';
import type { Ask, Doorway } from './doorway.ts';
import type { Standing } from './doorways.ts';
import { invokeRow } from './function-policy.ts';
import { admits, type Peer } from './group-peer.ts';
import { balancerGroups, isBalancer } from './load-balancer.ts';
import { readEc2, type Place } from './lookup.ts';
import { findAcl, judgeAcl, missingAclRows } from './network-acl.ts';
import { readSubnet } from './readers.ts';
import { missingRow, row, rulesOf, type Row } from './row.ts';
import { groupRules, openByGroups } from './security-group.ts';

/**
 * A target of an internet-facing load balancer is exposed on its target port even without an address of its own: the balancer is reachable on a
 * listener that leads to it, doesn't hold it for unused, and its groups let the balancer in (by its group or its subnets). Returns `direct` unless
 * a balancer changes the answer; where none does, with the reasons why.
 * @param reach the balancer's own reach, on a port or on any.
 */
export function throughBalancers(graph: GraphView, target: StoredResource, standing: Pick<Standing, 'doors' | 'state'>, ask: Ask, direct: Reachability, reach: Reach): Reachability {
  const doors = 'code' in standing.doors ? [] : standing.doors;
  const asked = ask.windows[0];
  const spoken = protocolsAsked(ask.protocol, 4);
  const ways = waysTo(graph, target, doors).map((w) => ({ ...w, protocols: w.protocols.filter((p) => spoken.includes(p)) }))
    .filter((w) => w.protocols.length > 0 && (!isBalancer(target.type) || isNetwork(w)) && w.ports.some((p) => asked === undefined || (p.from <= asked.to && p.to >= asked.from)));
  const outcomes = ways.flatMap((way) => fronts(way, reach).map((front) => {
    const rows = [...way.rows, ...admitRows(graph, target, doors, way), standing.state];
    return { way, front, rows, answer: allOf([front.reachable.answer, ...rows.map((r) => r.answer)]) };
  }));
  const answer = anyOf(outcomes.map((o) => o.answer)), best = outcomes.find((o) => o.answer === answer);
  const rest = direct.reachable.answer === 'no' && (answer === 'no' || !best) ? restOfBalancers(graph, target) : undefined;
  if (rest) return { ...direct, rule_opens: anyOf([direct.rule_opens, 'unknown']), reachable: { ...direct.reachable, answer: 'unknown', missing: [...direct.reachable.missing, rest] } };
  if (!best) return direct;
  const reasons = [forwarding(best.way, answer), ...best.front.reachable.reasons, ...best.rows.flatMap((r) => r.reasons)];
  const unique = (all: readonly Reason[]): readonly Reason[] => uniqueBy(all, (r) => `${r.rule}\n${r.source}\n${r.pointer}\n${r.text}`);
  // Why this way is none either: its front, or what of the target refuses.
  if (answer === 'no') {
    const refusing = best.front.reachable.answer === 'no' ? best.front.reachable.reasons.filter((r) => rulesOf(best.front.failed).has(r.rule)) : best.rows.filter((r) => r.answer === 'no').flatMap((r) => r.reasons);
    return { ...direct, reachable: { ...direct.reachable, reasons: unique([...direct.reachable.reasons, forwarding(best.way, answer), ...refusing]) } };
  }
  if (answer === 'unknown' && direct.reachable.answer === 'unknown') return direct;
  const missing = answer === 'unknown' ? [...best.front.reachable.missing, ...best.rows.flatMap((r) => r.missing), { what: `whether ${nameOf(best.way.balancer)} is reachable and let in`, entity: best.way.balancer.urn, supply: 'the subnets, security groups and listeners of the load balancer' }] : [];
  return {
    reachable: {
      answer, assumed: answer === 'yes' ? best.front.reachable.assumed : [], missing: uniqueBy(missing, (m) => `${m.entity}\n${m.what}`), reasons: unique(reasons), ...(answer === 'yes' && { via: best.way.balancer.urn }),
    },
    open: answer === 'yes' ? best.way.protocols.flatMap((p) => best.way.ports.map(({ from, to }) => ({ protocol: protocolName(p), from, to }))) : [], addresses: best.front.addresses, failed: [],
    // What lets the balancer's callers in opens it as much as a rule of its own for everybody would.
    rule_opens: anyOf([direct.rule_opens, answer]),
  };
}

/** A way to it may stand in what was not imported of the balancers' lists. */
const restOfBalancers = (graph: GraphView, { account }: StoredResource): Missing | undefined =>
  ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancingV2::TargetGroup', 'AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancing::LoadBalancer'].map((type) => restOf(graph, type, account)).find((m) => m !== undefined);

const nameOf = (balancer: StoredResource): string => str(balancer.config, 'LoadBalancerName') ?? balancer.urn;
const isNetwork = ({ balancer }: Way): boolean => str(balancer.config, 'Type') === 'network';
type Reach = (balancer: string, port?: number, protocol?: string) => Reachability;
const fronts = ({ balancer, front, protocols }: Way, reach: Reach): readonly Reachability[] => (front ? front.flatMap((port) => protocols.map((p) => reach(balancer.urn, port, protocolName(p)))) : [reach(balancer.urn)]);
const forwarding = ({ balancer, front }: Way, answer: Answer): Reason => {
  const how = answer === 'yes' ? 'forwards' : answer === 'no' ? 'would forward' : 'may forward';
  return { rule: 'load_balancer', source: balancer.urn, pointer: '', text: `${nameOf(balancer)} ${how} what comes in${front ? ` on ${front.join(', ')}` : ''} to it` };
};

/** Does its subnet's network ACL let the balancer in, and do its groups? A function is called by Lambda, which asks for no way in the network but for the function's policy. */
function admitRows(graph: GraphView, target: StoredResource, doors: readonly Doorway[], way: Way): readonly Row[] {
  if (target.type === 'AWS::Lambda::Function') return [row('SG_IN', 'yes', target.urn, '', `${nameOf(way.balancer)} calls the function itself`), invokeRow(target, 'elasticloadbalancing.amazonaws.com', way.isQualified, way.group)];
  return [...aclRows(graph, doors, way), groupsRow(graph, target, doors, way)];
}

/** What comes from the same subnet meets no network ACL; a network balancer hands on the clients' addresses. */
function aclRows(graph: GraphView, doors: readonly Doorway[], way: Way): readonly Row[] {
  const { subnets, networks } = subnetNetworks(graph, way.balancer);
  const judged = doors.map((door): readonly Row[] => {
    if (door.subnet !== undefined && subnets.includes(door.subnet)) return [];
    const read = findAcl(graph, door), peers = [...networks.flatMap((n) => addressSources(n) ?? []), ...(isNetwork(way) ? [internetSources(4)] : [])];
    if (!read.found || peers.length === 0) return missingAclRows(read.found ? { found: false, source: read.acl.urn, missing: { what: 'the subnets of the load balancer', entity: way.balancer.urn, supply: 'aws ec2 describe-subnets' } } : read);
    const all = peers.flatMap((peer) => way.protocols.map((p) => judgeAcl(read, p, way.ports, peer, peer.ranges))).map((acl) => [acl.inbound, acl.outbound]);
    return all.find((rows) => rows.every((r) => r.answer === 'yes')) ?? all[0] ?? [];
  });
  const answer = anyOf(judged.map((rows) => allOf(rows.map((r) => r.answer))));
  return judged.find((rows) => allOf(rows.map((r) => r.answer)) === answer) ?? [];
}

function groupsRow(graph: GraphView, target: StoredResource, doors: readonly Doorway[], way: Way): Row {
  const name = nameOf(way.balancer);
  const answer = targetAdmits(graph, doors, way);
  const groups = doors.flatMap((d) => (d.groups === undefined || d.groups === 'none' ? [] : d.groups));
  const source = graph.resource(groups[0] ?? '')?.urn ?? target.urn;
  if (answer === 'unknown') return missingRow('SG_IN', source, { what: `whether the groups of the target let ${name} in`, entity: target.urn, supply: 'aws ec2 describe-security-groups and describe-network-interfaces' });
  return row('SG_IN', answer, source, '', `${groups.join(', ')} ${answer === 'yes' ? 'lets' : 'does not let'} ${name} in on ${way.ports.map((p) => (p.from === p.to ? String(p.from) : 'any port')).join(', ')}`);
}

function targetAdmits(graph: GraphView, doors: readonly Doorway[], way: Way): Answer {
  if (doors.length === 0) return 'unknown';
  const groups = balancerGroups(way.balancer);
  const peer: Peer & { readonly isWhole: boolean } = { groups: groups === 'none' || groups === undefined ? [] : groups, ...subnetNetworks(graph, way.balancer) };
  // What isn't recorded of the balancer may be what a rule names.
  const lacks = (ids: readonly string[], door: Doorway): boolean => groups === undefined || (!peer.isWhole && groupRules(graph, ids, door).rules.length > 0);
  return anyOf(doors.flatMap((d): readonly Answer[] => {
    if (d.groups === undefined || d.groups === 'none') return ['unknown'];
    const { groups: ids } = d;
    return way.protocols.flatMap((protocol) => way.ports.flatMap((p) => [admits(graph, ids, d, peer, protocol, p), ...(isNetwork(way) ? [admitsInternet(graph, ids, d, p, protocol)] : []), ...(lacks(ids, d) ? ['unknown' as const] : [])]));
  }));
}

/** A network balancer that preserves client addresses hands on packets from the internet itself. */
function admitsInternet(graph: GraphView, ids: readonly string[], place: Place, ports: PortInterval, protocol: string): Answer {
  const groups = groupRules(graph, ids, place), internet = internetSources(4);
  if (openByGroups(groups, protocol, 4, [{ ...ports, ranges: internet.ranges }], internet.threshold).length > 0) return 'yes';
  return groups.missing.length > 0 ? 'unknown' : 'no';
}

function subnetNetworks(graph: GraphView, balancer: StoredResource): { readonly subnets: readonly string[]; readonly networks: readonly string[]; readonly isWhole: boolean } {
  const place: Place = balancer;
  const ids = [...list(balancer.config, 'AvailabilityZones').map((z) => str(z, 'SubnetId')), ...list(balancer.config, 'Subnets').map((s) => (typeof s === 'string' ? s : undefined))];
  const networks = ids.flatMap((id) => {
    const read = id === undefined ? undefined : readEc2(graph, 'AWS::EC2::Subnet', id, place, readSubnet);
    return read?.found === true && typeof read.config.CidrBlock === 'string' ? [read.config.CidrBlock] : [];
  });
  return { subnets: ids.filter((id) => id !== undefined), networks, isWhole: networks.length > 0 && networks.length === ids.length };
}
