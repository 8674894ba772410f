import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { everyPort, type Ask } from './doorway.ts';
import { findBy, supplyOf } from './lookup.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { hasPorts, protocolsAsked } from '../../network/protocol.ts';
import { readInstance, readInterface } from './readers.ts';
import { allOf, anyOf } from '../../kleene.ts';
import type { Row } from './row.ts';
import { groupRow, groupRules, openByGroups } from './security-group.ts';
import { isBalancer } from './load-balancer.ts';

/** Types whose records name their security groups. */
const holders = ['AWS::EC2::NetworkInterface', 'AWS::EC2::Instance', 'AWS::RDS::DBInstance', 'AWS::ElasticLoadBalancing::LoadBalancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer'] as const;
export const isAttachable = (type: string): boolean => holders.some((h) => h === type) || isBalancer(type);

const groupKeys = (resource: StoredResource): readonly string[] => {
  if (resource.type === 'AWS::EC2::NetworkInterface') return (readInterface(resource)?.Groups ?? []).map((g) => g.GroupId);
  if (resource.type === 'AWS::EC2::Instance') {
    const instance = readInstance(resource);
    return [...(instance?.SecurityGroups ?? []), ...(instance?.NetworkInterfaces ?? []).flatMap((eni) => eni.Groups ?? [])].map((g) => g.GroupId);
  }
  return [...list(resource.config, 'VpcSecurityGroups').map((g) => str(g, 'VpcSecurityGroupId')), ...list(resource.config, 'SecurityGroups').map((g) => (typeof g === 'string' ? g : undefined))]
    .filter((id) => id !== undefined);
};

export interface Attachments {
  readonly id: string;
  readonly resources: readonly StoredResource[];
  /** Attachments that are known of but not in the snapshot, or that it can't rule out. */
  readonly missing: readonly Missing[];
  /** What the group's rules say by themselves. */
  rules(ask: Ask): Row;
}

/** What a security group is attached to. That it is attached to nothing can only be said when the interfaces of its region are known. */
export function attachmentsOf(graph: GraphView, group: StoredResource): Attachments {
  const id = str(group.config, 'GroupId') ?? group.urn.split('/').at(-1) ?? group.urn;
  const resources = holders.flatMap((type) => findBy(graph, type, group, groupKeys, id));
  const known = new Set(resources.map((r) => r.urn));
  // An interface of an instance that is here already adds no way in of its own.
  const instances = new Set(resources.filter((r) => r.type === 'AWS::EC2::Instance').map((r) => readInstance(r)?.InstanceId));
  const distinct = resources.filter((r) => r.type !== 'AWS::EC2::NetworkInterface' || !instances.has(readInterface(r)?.Attachment?.InstanceId ?? undefined));
  const absent = graph.edgesTo(group.urn, 'MEMBER_OF').filter((e) => !known.has(e.source) && graph.resource(e.source) === undefined).map((e) => e.source);
  const hasInterfaces = graph.ofType('AWS::EC2::NetworkInterface', { account: group.account, region: group.region }).length > 0;
  const missing: Missing[] = absent.map((urn) => ({ what: `${urn.split('/').at(-1) ?? urn}, which the group is attached to`, entity: urn, supply: supplyOf('AWS::EC2::NetworkInterface') }));
  if (!hasInterfaces && resources.length === 0 && absent.length === 0) missing.push({ what: `what ${id} is attached to`, entity: group.urn, supply: supplyOf('AWS::EC2::NetworkInterface') });
  return { id, resources: distinct, missing, rules: (ask) => rulesAlone(graph, group, id, ask) };
}

function rulesAlone(graph: GraphView, group: StoredResource, id: string, ask: Ask): Row {
  const groups = groupRules(graph, [group.urn], group);
  const rows = ask.sources.map((sources) => {
    const protocols = protocolsAsked(ask.protocol, sources.family);
    const windows = (p: string): readonly PortInterval[] => (hasPorts(p) ? ask.windows : [everyPort]);
    const open = new Map(protocols.map((p) => [p, openByGroups(groups, p, sources.family, windows(p).map((w) => ({ ...w, ranges: sources.ranges })), sources.threshold)]));
    return groupRow(groups, group.urn, protocols, sources, ask.windows[0] ?? everyPort, open);
  });
  const answer = anyOf(rows.map((r) => r.answer));
  const best = rows.find((r) => r.answer === answer);
  return best ?? { code: 'SG_IN', answer: allOf([]), reasons: [{ rule: 'security_group', source: group.urn, pointer: '', text: id }], missing: [], assumed: [] };
}
