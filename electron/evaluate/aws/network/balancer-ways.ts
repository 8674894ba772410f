import { at, list, scalarText, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { parseNetwork } from '../../network/cidr.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import type { Doorway } from './doorway.ts';
import { isBalancer } from './load-balancer.ts';
import { findBy } from './lookup.ts';
import { missingRow, row, type Row } from './row.ts';
import { vpcNetworks } from './transit.ts';

/** One way over a load balancer to a target of its. */
export interface Way {
  readonly balancer: StoredResource;
  /** Ports of its listeners that lead here; undefined where the snapshot doesn't say which do. */
  readonly front: readonly number[] | undefined;
  /** Ports on which the target is called. */
  readonly ports: readonly PortInterval[];
  /** IANA numbers of the protocols by which it is called. */
  readonly protocols: readonly string[];
  /** What else must hold: health other than `unused` (not registered, stopped, or in no zone of the balancer), a way to it from another VPC. */
  readonly rows: readonly Row[];
  /** Is it an alias or a version of a function that is called, whose policy is not the function's? */
  readonly isQualified: boolean;
  /** The target group, which a function's policy may name. */
  readonly group?: string;
}

const texts = (found: readonly (string | undefined)[]): readonly string[] => [...new Set(found.filter((t) => t !== undefined && t !== ''))].map(String);
const namedTargets = (config: unknown): readonly string[] => texts([
  ...list(config, 'Targets').map((t) => (typeof t === 'string' ? t : str(t, 'Id'))), ...list(config, 'TargetHealthDescriptions').map((t) => str(t, 'Target', 'Id')),
]);
/** A function's ARN may name an alias or a version. */
const withoutQualifier = (id: string | undefined): string => (id ?? '').replace(/^(arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+):.+$/, '$1');
const targetKeys = ({ config }: StoredResource): readonly string[] => texts(namedTargets(config).map(withoutQualifier));
const memberKeys = ({ config }: StoredResource): readonly string[] => texts(list(config, 'Instances').map((i) => str(i, 'InstanceId')));
const actionsOf = (config: unknown): readonly unknown[] => [...list(config, 'DefaultActions'), ...list(config, 'Actions')];
const groupKeys = ({ config }: StoredResource): readonly string[] => texts(actionsOf(config).flatMap((a) => [str(a, 'TargetGroupArn'), ...list(a, 'ForwardConfig', 'TargetGroups').map((g) => str(g, 'TargetGroupArn'))]));

/** The ids by which target groups may name a resource: its own, those of its function or instance, its addresses. */
function targetIds({ urn, type, config }: StoredResource, doors: readonly Doorway[]): readonly string[] {
  const index = str(config, 'Attachment', 'DeviceIndex');
  // A target that is an instance is called at its first interface.
  const instance = type === 'AWS::EC2::NetworkInterface' && (index === undefined || index === '0') ? str(config, 'Attachment', 'InstanceId') : str(config, 'InstanceId');
  return texts([urn, instance, ...doors.flatMap((d) => d.inside ?? [])]);
}

/** Load balancers that may send to a resource, by what target groups and classic balancers name, and by the edges of importers. */
export function waysTo(graph: GraphView, resource: StoredResource, doors: readonly Doorway[]): readonly Way[] {
  // What forwards to it must be one of these; where there is none, nothing need be searched.
  if (holderTypes.every((type) => graph.ofType(type).length === 0)) return [];
  const ids = targetIds(resource, doors), vpc = doors.find((d) => d.vpc !== undefined)?.vpc;
  const holders = graph.edgesTo(resource.urn, 'FORWARDS_TO').flatMap((e) => graph.resource(e.source) ?? []);
  const named = ids.flatMap((id) => [...findBy(graph, targetGroup, {}, targetKeys, id), ...findBy(graph, 'AWS::ElasticLoadBalancing::LoadBalancer', {}, memberKeys, id)]);
  const own = list(resource.config, 'LoadBalancers').flatMap((b) => graph.resource(str(b, 'TargetGroupArn') ?? '') ?? []);
  const all = [...new Map([...holders, ...named, ...own].map((h) => [h.urn, h])).values()];
  return all.flatMap((holder) => {
    if (isBalancer(holder.type)) return [classicWay(holder)];
    if (holder.type !== targetGroup) return [];
    const other = str(holder.config, 'VpcId'), ways = groupWays(graph, holder, ids);
    if (other === undefined || vpc === undefined || other === vpc) return ways;
    return isElsewhere(graph, holder, other, doors) ? ways.map((way) => ({ ...way, rows: [...way.rows, missingRow('NO_ROUTE', holder.urn, { what: `whether ${other} has a way to ${vpc}`, entity: holder.urn, supply: 'a person who knows how the VPCs are connected' })] })) : [];
  });
}
/** A group of addresses may name some outside its VPC, in a peered one or over a transit gateway (ELB guide, "Target type"); those of the VPC's own networks are in it. */
function isElsewhere(graph: GraphView, { config }: StoredResource, vpc: string, doors: readonly Doorway[]): boolean {
  const networks = vpcNetworks(graph, vpc).flatMap((n) => parseNetwork(n) ?? []);
  return str(config, 'TargetType') === 'ip' && doors.flatMap((d) => d.inside ?? []).flatMap((a) => parseNetwork(a) ?? []).some((a) => !networks.some((n) => n.family === a.family && n.from <= a.from && a.to <= n.to));
}
const targetGroup = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const holderTypes = [targetGroup, 'AWS::ElasticLoadBalancing::LoadBalancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer'] as const;

function classicWay(balancer: StoredResource): Way {
  const listeners = list(balancer.config, 'ListenerDescriptions').map((l) => at(l, 'Listener'));
  const front = numbers(listeners.map((l) => str(l, 'LoadBalancerPort')));
  return { balancer, front: front.length > 0 ? front : undefined, ports: intervals(numbers(listeners.map((l) => str(l, 'InstancePort')))), protocols: ['6'], rows: [], isQualified: false };
}

function groupWays(graph: GraphView, group: StoredResource, ids: readonly string[]): readonly Way[] {
  const { config } = group;
  const health = list(config, 'TargetHealthDescriptions').filter((t) => ids.includes(withoutQualifier(str(t, 'Target', 'Id'))));
  const targets = [...list(config, 'Targets').filter((t) => ids.includes(withoutQualifier(str(t, 'Id')))), ...health.map((t) => at(t, 'Target'))];
  const ports = intervals(numbers(targets.some((t) => at(t, 'Port') !== undefined) ? targets.map((t) => str(t, 'Port')) : [str(config, 'Port')]));
  const unused = health.length > 0 && health.every((t) => str(t, 'TargetHealth', 'State') === 'unused');
  const at0 = list(config, 'TargetHealthDescriptions').findIndex((t) => ids.includes(withoutQualifier(str(t, 'Target', 'Id'))));
  const rows = unused ? [row('STATE', 'no', group.urn, `/TargetHealthDescriptions/${at0}`, `the target is unused (${str(health[0], 'TargetHealth', 'Reason') ?? 'no reason told'})`)] : [];
  const mine = namedTargets(config).filter((id) => ids.includes(withoutQualifier(id))), isQualified = mine.length > 0 && mine.every((id) => withoutQualifier(id) !== id);
  const listeners = [...findBy(graph, 'AWS::ElasticLoadBalancingV2::Listener', {}, groupKeys, group.urn), ...findBy(graph, 'AWS::ElasticLoadBalancingV2::ListenerRule', {}, groupKeys, group.urn).flatMap((r) => graph.resource(listenerOf(r)) ?? [])];
  const balancers = texts([...list(config, 'LoadBalancerArns').map(scalarText), ...graph.edgesTo(group.urn, 'FORWARDS_TO').map((e) => e.source), ...listeners.map((l) => str(l.config, 'LoadBalancerArn'))]);
  return balancers.flatMap((arn) => graph.resource(arn) ?? []).filter((b) => isBalancer(b.type)).map((balancer): Way => {
    const front = numbers(listeners.filter((l) => str(l.config, 'LoadBalancerArn') === balancer.urn).map((l) => str(l.config, 'Port')));
    return { balancer, front: front.length > 0 ? front : undefined, ports, protocols: protocolsOf(str(config, 'Protocol')), rows, isQualified, group: group.urn };
  });
}

/** A network balancer speaks UDP too where the group says so. */
const protocolsOf = (protocol: string | undefined): readonly string[] => (protocol === 'UDP' || protocol === 'QUIC' ? ['17'] : protocol === 'TCP_UDP' || protocol === 'TCP_QUIC' ? ['6', '17'] : ['6']);

/** A rule's ARN is that of its listener and one part more. */
const listenerOf = ({ urn, config }: StoredResource): string => str(config, 'ListenerArn') ?? urn.replace(':listener-rule/', ':listener/').replace(/\/[^/]+$/, '');

const numbers = (found: readonly (string | undefined)[]): readonly number[] => [...new Set(texts(found).map(Number))].filter((n) => Number.isInteger(n) && n > 0 && n <= 65535);
/** Without a port anything may be it. */
const intervals = (ports: readonly number[]): readonly PortInterval[] => (ports.length === 0 ? [{ from: 0, to: 65535 }] : ports.map((n) => ({ from: n, to: n })));
