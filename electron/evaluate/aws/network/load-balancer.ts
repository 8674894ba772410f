import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Reason } from '#shared/model/verdict.ts';
import type { Doorway } from './doorway.ts';
import { findBy } from './lookup.ts';
import { placeOf } from './interfaces.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { missingRow, row, type Row } from './row.ts';

const supply = 'aws elbv2 describe-load-balancers (or elb), or an AWS Config snapshot';
export const isBalancer = (type: string): boolean => type === 'AWS::ElasticLoadBalancing::LoadBalancer' || type === 'AWS::ElasticLoadBalancingV2::LoadBalancer';

const nameOf = ({ config, urn }: StoredResource): string => str(config, 'LoadBalancerName') ?? str(config, 'Name') ?? urn;

/** A balancer has a node in each of its subnets; the scheme stands for its address. Network balancers may have no security group. */
export function balancerDoorways(graph: GraphView, resource: StoredResource): readonly Doorway[] | Row {
  const { config, urn } = resource;
  const scheme = str(config, 'Scheme');
  const host = str(config, 'DNSName');
  const address = (): Row => {
    if (scheme === undefined) return missingRow('NO_PUBLIC_IP', urn, { what: 'the scheme of the load balancer', entity: urn, supply });
    return row('NO_PUBLIC_IP', scheme === 'internet-facing' ? 'yes' : 'no', urn, '/Scheme', `${nameOf(resource)} is ${scheme}`);
  };
  const zones = list(config, 'AvailabilityZones').map((z) => str(z, 'SubnetId'));
  const mapped = list(config, 'SubnetMappings').map((z) => str(z, 'SubnetId'));
  const plain = list(config, 'Subnets').filter((s) => typeof s === 'string');
  const subnets = [...new Set([...zones, ...mapped, ...plain])].filter((id) => id !== undefined);
  const vpc = str(config, 'VpcId') ?? str(config, 'VPCId');
  const isDual = str(config, 'IpAddressType')?.startsWith('dualstack') === true;
  return (subnets.length > 0 ? subnets : [undefined]).map((subnet) => ({
    source: urn, subnet, ...placeOf(graph, subnet, vpc, resource), families: isDual ? [4, 6] : [4], addresses: host === undefined ? [] : [host], address, groups: balancerGroups(resource),
  }));
}

/** Its groups. A network or gateway balancer without any has none before it; for the others a missing list was not recorded. */
export function balancerGroups({ config }: StoredResource): readonly string[] | 'none' | undefined {
  const groups = list(config, 'SecurityGroups').filter((g) => typeof g === 'string');
  const kind = str(config, 'Type');
  if (groups.length === 0 && (kind === 'network' || kind === 'gateway')) return 'none';
  return groups.length === 0 && !Array.isArray(at(config, 'SecurityGroups')) ? undefined : groups;
}

export interface Listener extends PortInterval { readonly source: string; readonly pointer: string; /** What it asks for before it forwards: a login. */ readonly mitigations: readonly Reason[] }
const balancerKeys = (resource: StoredResource): readonly string[] => [str(resource.config, 'LoadBalancerArn')].filter((arn) => arn !== undefined);

/** Ports that it listens on; undefined when no listener is known. */
export function listenersOf(graph: GraphView, resource: StoredResource): readonly Listener[] | undefined {
  const own = list(resource.config, 'ListenerDescriptions').map((l, i) => ({ port: Number(str(l, 'Listener', 'LoadBalancerPort')), source: resource.urn, pointer: `/ListenerDescriptions/${i}`, mitigations: [] }));
  const records = findBy(graph, 'AWS::ElasticLoadBalancingV2::Listener', resource, balancerKeys, resource.urn).map((r) => ({ port: Number(str(r.config, 'Port')), source: r.urn, pointer: '/Port', mitigations: loginsOf(r) }));
  const known = [...own, ...records].filter(({ port }) => Number.isInteger(port) && port >= 0 && port <= 65535);
  if (known.length > 0) return known.map(({ port, ...more }) => ({ from: port, to: port, ...more }));
  return Array.isArray(at(resource.config, 'ListenerDescriptions')) ? [] : undefined;
}

/** An action that asks for a login before it forwards is a mitigation, not a block: other rules of the listener may ask for none. */
const loginsOf = ({ urn, config }: StoredResource): readonly Reason[] => list(config, 'DefaultActions').flatMap((a, i) => (str(a, 'Type')?.startsWith('authenticate-') === true ? [{ rule: 'mitigation', source: urn, pointer: `/DefaultActions/${i}`, text: `the listener asks for a login first (${str(a, 'Type') ?? ''}), which mitigates` }] : []));

/** Row 7: it is up, and something listens on an asked port; that no listener is known is noted only. */
export function balancerState(resource: StoredResource, listeners: readonly Listener[] | undefined, asked: PortInterval): Row {
  const state = str(resource.config, 'State', 'Code');
  if (state === 'failed' || state === 'provisioning') return row('STATE', 'no', resource.urn, '/State/Code', `${nameOf(resource)} is ${state}`);
  if (listeners === undefined) return row('STATE', 'yes', resource.urn, '', `${nameOf(resource)} is ${state ?? 'there'}; its listeners are not in the snapshot`);
  const hit = listeners.find((l) => l.from <= asked.to && l.to >= asked.from);
  if (hit) { const listening = row('STATE', 'yes', hit.source, hit.pointer, `${nameOf(resource)} listens on ${hit.from}`); return { ...listening, reasons: [...listening.reasons, ...hit.mitigations] }; }
  return row('STATE', 'no', resource.urn, '', `${nameOf(resource)} listens on no such port`);
}
