import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Reachability, Reason } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../../kleene.ts';
import { internetSources } from '../../network/cidr.ts';
import { uniqueBy } from './combine.ts';
import type { Ask } from './doorway.ts';
import { admits, type Peer } from './group-peer.ts';
import { instanceDoorways, instanceState } from './interfaces.ts';
import { balancerGroups, isBalancer } from './load-balancer.ts';
import { readEc2, type Place } from './lookup.ts';
import { readSubnet } from './readers.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { groupRules, openByGroups } from './security-group.ts';

interface Way { readonly balancer: StoredResource; readonly ports: readonly PortInterval[] }

/**
 * A target of an internet-facing load balancer is exposed on its target port even without an address of its own: the balancer is reachable
 * and the target's groups let the balancer in (by its group or its subnets). Returns `direct` unless a balancer changes the answer.
 */
export function throughBalancers(graph: GraphView, instance: StoredResource, ask: Ask, direct: Reachability, reach: (balancer: string) => Reachability): Reachability {
  const state = instanceState(instance);
  const asked = ask.windows[0];
  const outcomes = waysTo(graph, instance).filter((w) => w.ports.some((p) => asked === undefined || (p.from <= asked.to && p.to >= asked.from))).map((way) => {
    const front = reach(way.balancer.urn);
    const inner = targetAdmits(graph, instance, way);
    return { way, front, answer: allOf([front.reachable.answer, inner, state.answer]) };
  });
  const answer = anyOf(outcomes.map((o) => o.answer));
  const best = outcomes.find((o) => o.answer === answer);
  if (!best || answer === 'no' || (answer === 'unknown' && direct.reachable.answer === 'unknown')) return direct;
  const name = str(best.way.balancer.config, 'LoadBalancerName') ?? best.way.balancer.urn;
  const reason: Reason = { rule: 'load_balancer', source: best.way.balancer.urn, pointer: '', text: answer === 'yes' ? `${name} forwards what comes in to this instance` : `${name} may forward what comes in to this instance` };
  const missing = answer === 'unknown' ? [...best.front.reachable.missing, { what: `whether ${name} is reachable and let in`, entity: best.way.balancer.urn, supply: 'the subnets, security groups and listeners of the load balancer' }] : [];
  return {
    reachable: {
      answer, assumed: answer === 'yes' ? best.front.reachable.assumed : [], missing: uniqueBy(missing, (m) => `${m.entity}\n${m.what}`),
      reasons: uniqueBy([reason, ...best.front.reachable.reasons], (r) => `${r.rule}\n${r.source}\n${r.pointer}\n${r.text}`), ...(answer === 'yes' && { via: best.way.balancer.urn }),
    },
    open: answer === 'yes' ? best.way.ports.map(({ from, to }) => ({ protocol: 'tcp', from, to })) : [], addresses: best.front.addresses, failed: [], rule_opens: direct.rule_opens,
  };
}

/** Balancers that forward to it, by the edges of classic balancers and of target groups, with the ports on which it is a target. */
function waysTo(graph: GraphView, instance: StoredResource): readonly Way[] {
  return graph.edgesTo(instance.urn, 'FORWARDS_TO').flatMap(({ source }): Way[] => {
    const holder = graph.resource(source);
    if (!holder) return [];
    if (isBalancer(holder.type)) {
      return [{ balancer: holder, ports: portsIn(list(holder.config, 'ListenerDescriptions').map((l) => str(l, 'Listener', 'InstancePort'))) }];
    }
    const ports = portsIn([str(holder.config, 'Port'), ...list(holder.config, 'Targets').map((t) => str(t, 'Port')), ...list(holder.config, 'TargetHealthDescriptions').map((t) => str(t, 'Target', 'Port'))]);
    return graph.edgesTo(holder.urn, 'FORWARDS_TO').flatMap((e) => {
      const balancer = graph.resource(e.source);
      return balancer && isBalancer(balancer.type) ? [{ balancer, ports }] : [];
    });
  });
}

const portsIn = (texts: readonly (string | undefined)[]): readonly PortInterval[] => {
  const numbers = [...new Set(texts.map(Number))].filter((n) => Number.isInteger(n) && n > 0 && n <= 65535);
  return numbers.length === 0 ? [{ from: 0, to: 65535 }] : numbers.map((n) => ({ from: n, to: n }));
};

function targetAdmits(graph: GraphView, instance: StoredResource, way: Way): Answer {
  const doorways = instanceDoorways(graph, instance);
  if (!Array.isArray(doorways)) return 'unknown';
  const groups = balancerGroups(way.balancer);
  const peer: Peer = { groups: groups === 'none' || groups === undefined ? [] : groups, networks: subnetNetworks(graph, way.balancer) };
  const isNetwork = str(way.balancer.config, 'Type') === 'network';
  return anyOf(doorways.flatMap((d): readonly Answer[] => {
    if (d.groups === undefined || d.groups === 'none') return ['unknown'];
    const { groups: ids } = d;
    return way.ports.flatMap((p) => [admits(graph, ids, d, peer, '6', p), ...(isNetwork ? [admitsInternet(graph, ids, d, p)] : [])]);
  }));
}

/** A network balancer that preserves client addresses hands on packets from the internet itself. */
function admitsInternet(graph: GraphView, ids: readonly string[], place: Place, ports: PortInterval): Answer {
  const groups = groupRules(graph, ids, place), internet = internetSources(4);
  if (openByGroups(groups, '6', 4, [{ ...ports, ranges: internet.ranges }], internet.threshold).length > 0) return 'yes';
  return groups.missing.length > 0 ? 'unknown' : 'no';
}

function subnetNetworks(graph: GraphView, balancer: StoredResource): readonly string[] {
  const place: Place = balancer;
  const ids = [...list(balancer.config, 'AvailabilityZones').map((z) => str(z, 'SubnetId')), ...list(balancer.config, 'Subnets').map((s) => (typeof s === 'string' ? s : undefined))];
  return ids.flatMap((id) => {
    const read = id === undefined ? undefined : readEc2(graph, 'AWS::EC2::Subnet', id, place, readSubnet);
    return read?.found === true && typeof read.config.CidrBlock === 'string' ? [read.config.CidrBlock] : [];
  });
}
