import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../kleene.ts';
import { addressSources, type Sources } from '../network/cidr.ts';
import type { Doorway } from './network/doorway.ts';
import { admits } from './network/group-peer.ts';
import { instanceDoorways, instanceState, interfaceDoorway, interfaceState } from './network/interfaces.ts';
import { aclLets, ephemeral, findAcl } from './network/network-acl.ts';
import type { PortInterval } from '../network/port-sweep.ts';
import { readInterface } from './network/readers.ts';
import { isEnough } from '../network/cidr.ts';

interface Step { readonly code: string; readonly answer: Answer; readonly reason: Reason; readonly missing?: Missing }

/**
 * Can one host open a TCP connection to another inside their VPC? Egress of the sender's groups, both network ACLs where the subnets differ
 * (within a subnet they don't apply), ingress of the receiver's groups, and the receiver runs. Different VPCs answer unknown: peering and
 * transit routes are not evaluated.
 * @param from, to EC2 instances or network interfaces, by urn or alias.
 */
export function evaluateHostToHost(graph: GraphView, from: string, to: string, port: number): Verdict {
  const sender = graph.resource(from), receiver = graph.resource(to);
  if (!sender || !receiver) {
    const entity = sender ? to : from;
    return verdictOf([{ code: 'HOST', answer: 'unknown', reason: { rule: 'host', source: entity, pointer: '', text: `${entity} is not in the snapshot` }, missing: { what: 'the host', entity, supply: 'aws ec2 describe-instances' } }]);
  }
  const starts = doorwaysOf(graph, sender), ends = doorwaysOf(graph, receiver);
  const pairs = starts.flatMap((a) => ends.map((b) => pairSteps(graph, a, b, { from: port, to: port })));
  const running = receiver.type === 'AWS::EC2::Instance' ? instanceState(receiver) : interfaceState(graph, receiver);
  const state: Step = { code: 'STATE', answer: running.answer, reason: running.reasons[0] ?? { rule: 'state', source: receiver.urn, pointer: '', text: '' }, ...(running.missing[0] && { missing: running.missing[0] }) };
  const answerOf = (steps: readonly Step[]): Answer => allOf(steps.map((s) => s.answer));
  const all = (pairs.length > 0 ? pairs : [[unknown('INTERFACE', receiver.urn, 'the network interfaces of both hosts')]]).map((steps) => [...steps, state]);
  const answer = anyOf(all.map(answerOf));
  return verdictOf(all.find((steps) => answerOf(steps) === answer) ?? []);
}

const unknown = (code: string, source: string, what: string): Step =>
  ({ code, answer: 'unknown', reason: { rule: code.toLowerCase(), source, pointer: '', text: `${what} is not known` }, missing: { what, entity: source, supply: 'aws ec2 describe-instances, describe-security-groups, describe-network-acls' } });

function doorwaysOf(graph: GraphView, resource: StoredResource): readonly Doorway[] {
  const config = resource.type === 'AWS::EC2::NetworkInterface' ? readInterface(resource) : undefined;
  if (config) return [interfaceDoorway(graph, config, resource.urn, '', resource)];
  const found = resource.type === 'AWS::EC2::Instance' ? instanceDoorways(graph, resource) : [];
  return 'code' in found ? [] : found;
}

function pairSteps(graph: GraphView, a: Doorway, b: Doorway, port: PortInterval): readonly Step[] {
  if (a.vpc === undefined || b.vpc === undefined || a.vpc !== b.vpc) return [unknown('ROUTE', b.source, `a route from ${a.vpc ?? 'its VPC'} to ${b.vpc ?? 'its VPC'}`)];
  const step = (code: string, answer: Answer, source: string, text: string): Step =>
    (answer === 'unknown' ? unknown(code, source, text) : { code, answer, reason: { rule: code.toLowerCase(), source, pointer: '', text: `${answer === 'yes' ? 'open' : 'closed'}: ${text}` } });
  const ids = (door: Doorway): readonly string[] => (door.groups === undefined || door.groups === 'none' ? [] : door.groups);
  const peerOf = (door: Doorway) => ({ groups: ids(door), networks: door.inside ?? [] });
  return [
    step('SG_OUT', admits(graph, a.groups, a, peerOf(b), '6', port, 'out'), a.source, `egress of ${ids(a).join(', ')} to tcp ${port.from}`),
    ...(a.subnet !== undefined && a.subnet === b.subnet ? [] : aclSteps(graph, a, b, port, step)),
    step('SG_IN', admits(graph, b.groups, b, peerOf(a), '6', port), b.source, `ingress of ${ids(b).join(', ')} on tcp ${port.from}`),
  ];
}

function aclSteps(graph: GraphView, a: Doorway, b: Doorway, port: PortInterval, step: (code: string, answer: Answer, source: string, text: string) => Step): readonly Step[] {
  const at = (door: Doorway): Sources | undefined => (door.inside ?? []).map(addressSources).find((s) => s !== undefined && isEnough(s.ranges, s));
  const way = (code: string, door: Doorway, peer: Sources | undefined, out: PortInterval, back: PortInterval, outbound: boolean): Step => {
    const read = findAcl(graph, door);
    const answer: Answer = !read.found || !peer ? 'unknown' : aclLets(read, outbound, '6', out, peer) && aclLets(read, !outbound, '6', back, peer) ? 'yes' : 'no';
    return step(code, answer, read.found ? read.acl.urn : door.source, `the network ACL of ${door.subnet ?? 'the subnet'} for tcp ${port.from} and replies`);
  };
  return [way('NACL_OUT', a, at(b), port, ephemeral, true), way('NACL_IN', b, at(a), port, ephemeral, false)];
}

function verdictOf(steps: readonly Step[]): Verdict {
  const answer = allOf(steps.map((s) => s.answer));
  const blocked = answer === 'no' ? steps.find((s) => s.answer === 'no')?.code : undefined;
  return {
    answer, assumed: [], missing: answer === 'unknown' ? steps.flatMap((s) => (s.missing ? [s.missing] : [])) : [], reasons: steps.map((s) => s.reason),
    ...(blocked !== undefined && { blocked_by: blocked }),
  };
}
