import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import type { Doorway } from './doorway.ts';
import { isBalancer } from './load-balancer.ts';
import { findBy } from './lookup.ts';
import { row, type Row } from './row.ts';

/** One way over a load balancer to a target of its. */
export interface Way {
  readonly balancer: StoredResource;
  /** Ports of its listeners that lead here; undefined where the snapshot doesn't say which do. */
  readonly front: readonly number[] | undefined;
  /** Ports on which the target is called. */
  readonly ports: readonly PortInterval[];
  /** No, where the balancer sends the target nothing (health `unused`: not registered, stopped, or in no zone of the balancer). */
  readonly health: Row | undefined;
}

const texts = (found: readonly (string | undefined)[]): readonly string[] => [...new Set(found.filter((t) => t !== undefined && t !== ''))].map(String);
const targetKeys = ({ config }: StoredResource): readonly string[] => texts([
  ...list(config, 'Targets').map((t) => (typeof t === 'string' ? t : str(t, 'Id'))), ...list(config, 'TargetHealthDescriptions').map((t) => str(t, 'Target', 'Id')),
]);
const memberKeys = ({ config }: StoredResource): readonly string[] => texts(list(config, 'Instances').map((i) => str(i, 'InstanceId')));
const actionsOf = (config: unknown): readonly unknown[] => [...list(config, 'DefaultActions'), ...list(config, 'Actions')];
const groupKeys = ({ config }: StoredResource): readonly string[] => texts(actionsOf(config).flatMap((a) => [str(a, 'TargetGroupArn'), ...list(a, 'ForwardConfig', 'TargetGroups').map((g) => str(g, 'TargetGroupArn'))]));

/** The ids by which target groups may name a resource: its own, those of its function or instance, its addresses. */
export function targetIds({ urn, type, config }: StoredResource, doors: readonly Doorway[]): readonly string[] {
  const index = str(config, 'Attachment', 'DeviceIndex');
  // A target that is an instance is called at its first interface.
  const instance = type === 'AWS::EC2::NetworkInterface' && (index === undefined || index === '0') ? str(config, 'Attachment', 'InstanceId') : str(config, 'InstanceId');
  return texts([urn, instance, ...doors.flatMap((d) => d.inside ?? [])]);
}

/** Load balancers that may send to a resource, by what target groups and classic balancers name, and by the edges of importers. */
export function waysTo(graph: GraphView, resource: StoredResource, doors: readonly Doorway[]): readonly Way[] {
  const ids = targetIds(resource, doors), vpc = doors.find((d) => d.vpc !== undefined)?.vpc;
  const holders = graph.edgesTo(resource.urn, 'FORWARDS_TO').flatMap((e) => graph.resource(e.source) ?? []);
  const named = ids.flatMap((id) => [...findBy(graph, targetGroup, {}, targetKeys, id), ...findBy(graph, 'AWS::ElasticLoadBalancing::LoadBalancer', {}, memberKeys, id)]);
  const own = list(resource.config, 'LoadBalancers').flatMap((b) => graph.resource(str(b, 'TargetGroupArn') ?? '') ?? []);
  const all = [...new Map([...holders, ...named, ...own].map((h) => [h.urn, h])).values()];
  return all.flatMap((holder) => {
    if (isBalancer(holder.type)) return [classicWay(holder)];
    const other = str(holder.config, 'VpcId');
    return holder.type !== targetGroup || (other !== undefined && vpc !== undefined && other !== vpc) ? [] : groupWays(graph, holder, ids);
  });
}
const targetGroup = 'AWS::ElasticLoadBalancingV2::TargetGroup';

function classicWay(balancer: StoredResource): Way {
  const listeners = list(balancer.config, 'ListenerDescriptions').map((l) => at(l, 'Listener'));
  const front = numbers(listeners.map((l) => str(l, 'LoadBalancerPort')));
  return { balancer, front: front.length > 0 ? front : undefined, ports: intervals(numbers(listeners.map((l) => str(l, 'InstancePort')))), health: undefined };
}

function groupWays(graph: GraphView, group: StoredResource, ids: readonly string[]): readonly Way[] {
  const { config } = group;
  const health = list(config, 'TargetHealthDescriptions').filter((t) => ids.includes(str(t, 'Target', 'Id') ?? ''));
  const targets = [...list(config, 'Targets').filter((t) => ids.includes(str(t, 'Id') ?? '')), ...health.map((t) => at(t, 'Target'))];
  const ports = intervals(numbers(targets.some((t) => at(t, 'Port') !== undefined) ? targets.map((t) => str(t, 'Port')) : [str(config, 'Port')]));
  const unused = health.length > 0 && health.every((t) => str(t, 'TargetHealth', 'State') === 'unused');
  const at0 = list(config, 'TargetHealthDescriptions').findIndex((t) => ids.includes(str(t, 'Target', 'Id') ?? ''));
  const state = unused ? row('STATE', 'no', group.urn, `/TargetHealthDescriptions/${at0}`, `the target is unused (${str(health[0], 'TargetHealth', 'Reason') ?? 'no reason told'})`) : undefined;
  const listeners = [...findBy(graph, 'AWS::ElasticLoadBalancingV2::Listener', {}, groupKeys, group.urn), ...findBy(graph, 'AWS::ElasticLoadBalancingV2::ListenerRule', {}, groupKeys, group.urn).flatMap((r) => graph.resource(listenerOf(r)) ?? [])];
  const balancers = texts([...list(config, 'LoadBalancerArns').map(String), ...graph.edgesTo(group.urn, 'FORWARDS_TO').map((e) => e.source), ...listeners.map((l) => str(l.config, 'LoadBalancerArn'))]);
  return balancers.flatMap((arn) => graph.resource(arn) ?? []).filter((b) => isBalancer(b.type)).map((balancer): Way => {
    const front = numbers(listeners.filter((l) => str(l.config, 'LoadBalancerArn') === balancer.urn).map((l) => str(l.config, 'Port')));
    return { balancer, front: front.length > 0 ? front : undefined, ports, health: state };
  });
}

/** A rule's ARN is that of its listener and one part more. */
const listenerOf = ({ urn, config }: StoredResource): string => str(config, 'ListenerArn') ?? urn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');

const numbers = (found: readonly (string | undefined)[]): readonly number[] => [...new Set(texts(found).map(Number))].filter((n) => Number.isInteger(n) && n > 0 && n <= 65535);
/** Without a port anything may be it. */
const intervals = (ports: readonly number[]): readonly PortInterval[] => (ports.length === 0 ? [{ from: 0, to: 65535 }] : ports.map((n) => ({ from: n, to: n })));
