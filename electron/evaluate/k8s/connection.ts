import type { GraphView } from '#shared/model/resource.ts';
import type { Reason } from '#shared/model/verdict.ts';
import { allOf } from '../kleene.ts';
import { adminCuts, adminDecision } from './admin-policy.ts';
import { inNamespace } from './grouped.ts';
import { networkPolicyDecision, policyCuts } from './network-policy.ts';
import { protocols, type Decision, type Direction, type Peer, type Point } from './traffic.ts';
import type { Workload } from './workload.ts';

/** Policies of network plugins, which nothing here evaluates. */
const foreignPolicies = ['K8s::cilium.io/CiliumNetworkPolicy', 'K8s::crd.projectcalico.org/NetworkPolicy', 'K8s::projectcalico.org/NetworkPolicy', 'K8s::crd.antrea.io/NetworkPolicy'] as const;
const foreignClusterPolicies = ['K8s::cilium.io/CiliumClusterwideNetworkPolicy', 'K8s::crd.projectcalico.org/GlobalNetworkPolicy', 'K8s::projectcalico.org/GlobalNetworkPolicy', 'K8s::crd.antrea.io/ClusterNetworkPolicy'] as const;

/**
 * What all policies say to one direction of one connection of a workload: administrators' policies, NetworkPolicies, then baseline policies.
 * Pods on their node's network are not subject to any. What NetworkPolicies can't cut off, a pod from itself and from its node, administrators' policies
 * can where they mean the node's addresses or see traffic that a Service brings back (network-policy-api, conformance of hairpin traffic and node peers).
 * @param byService the connection goes by way of a Service.
 */
export function directionDecision(graph: GraphView, direction: Direction, workload: Workload, peer: Peer, point: Point, byService = false): Decision {
  const say = (text: string): Decision => ({ answer: 'yes', reasons: [{ rule: 'K8S.host_network', source: workload.resource.urn, pointer: `${workload.pointer}/spec/hostNetwork`, text }], missing: [] });
  if (workload.hostNetwork) return say('it is on its node’s network, where NetworkPolicies do not hold');
  const near = nearPeer(workload, peer);
  if (near) return near.rule === 'K8S.self' && !byService ? always(near) : adminOnly(graph, direction, workload, peer, point) ?? always(near);
  const decided = layered(graph, direction, workload, peer, point);
  if (!protocols.some((p) => p === point.protocol) && decided.answer === 'no') return { ...decided, answer: 'unknown', code: 'PROTOCOL', missing: [{ what: `how the network plugin treats ${point.protocol}`, entity: workload.resource.urn, supply: 'a person: NetworkPolicies know TCP, UDP and SCTP' }] };
  return withForeign(graph, workload, decided);
}

const always = (reason: Reason): Decision => ({ answer: 'yes', reasons: [reason], missing: [] });

/** Why no NetworkPolicy stands between a workload and this peer, when none can. */
function nearPeer(workload: Workload, peer: Peer): Reason | undefined {
  if (peer.kind !== 'workload') return undefined;
  if (peer.workload.resource.urn === workload.resource.urn && workload.resource.type === 'K8s::Pod') return { rule: 'K8S.self', source: workload.resource.urn, pointer: '', text: 'a pod can’t be cut off from itself' };
  if (!peer.workload.hostNetwork || workload.node === undefined || workload.node !== peer.workload.node) return undefined;
  return { rule: 'K8S.own_node', source: workload.resource.urn, pointer: '/spec/nodeName', text: `traffic with its own node ${workload.node} is always allowed` };
}

/** What administrators' policies refuse or leave open; undefined when they let it pass. */
function adminOnly(graph: GraphView, direction: Direction, workload: Workload, peer: Peer, point: Point): Decision | undefined {
  const admin = adminDecision(graph, 'Admin', direction, workload, peer, point);
  const last = admin.outcome === 'pass' ? adminDecision(graph, 'Baseline', direction, workload, peer, point) : admin;
  return last.outcome === 'deny' || last.outcome === 'unknown' ? last.decision : undefined;
}

function layered(graph: GraphView, direction: Direction, workload: Workload, peer: Peer, point: Point): Decision {
  const admin = adminDecision(graph, 'Admin', direction, workload, peer, point);
  if (admin.outcome === 'allow' || admin.outcome === 'deny') return admin.decision;
  const own = networkPolicyDecision(graph, direction, workload, peer, point);
  // Unlike `yes` by a rule, `yes` because nothing isolates leaves the last word to the baseline.
  const isOpen = own.answer === 'yes' && own.reasons[0]?.rule === 'K8S.netpol_open';
  const baseline = isOpen || own.answer === 'unknown' ? adminDecision(graph, 'Baseline', direction, workload, peer, point) : undefined;
  const decided: Decision = baseline === undefined || baseline.outcome === 'pass' || baseline.outcome === 'allow' ? own : own.answer === 'unknown' || baseline.outcome === 'unknown' ? { ...baseline.decision, answer: 'unknown' } : baseline.decision;
  const reasons = [...admin.decision.reasons, ...decided.reasons];
  return admin.outcome === 'unknown' ? { ...admin.decision, answer: 'unknown', reasons } : { ...decided, reasons };
}

/** A policy that isn't evaluated may refuse what is allowed and, with Cilium, allow what is refused. */
function withForeign(graph: GraphView, workload: Workload, decided: Decision): Decision {
  const found = [...foreignPolicies.flatMap((type) => inNamespace(graph, type, workload.cluster, workload.namespace)), ...foreignClusterPolicies.flatMap((type) => graph.ofType(type, { account: workload.cluster }))];
  if (found.length === 0) return decided;
  return { answer: 'unknown', code: 'PLUGIN_POLICY', reasons: decided.reasons, missing: [...decided.missing, ...found.slice(0, 3).map((p) => ({ what: `an evaluation of ${p.type.slice(5)}: this version has none`, entity: p.urn, supply: 'a person' }))] };
}

/** May a connection be made from one workload to another, directly or by way of a Service? Egress of the sender and ingress of the receiver must both allow it. */
export function podToPod(graph: GraphView, from: Workload, to: Workload, point: Point, byService: boolean): Decision {
  if (to.ended) return { answer: 'no', code: 'STATE', reasons: [{ rule: 'K8S.state', source: to.resource.urn, pointer: '/status/phase', text: 'the pod has run to its end' }], missing: [] };
  const steps = [directionDecision(graph, 'egress', from, { kind: 'workload', workload: to }, point, byService), directionDecision(graph, 'ingress', to, { kind: 'workload', workload: from }, point, byService)];
  return both(steps);
}

/** All steps must hold; what fails (or is open) says why. */
export function both(steps: readonly Decision[]): Decision {
  const answer = allOf(steps.map((s) => s.answer));
  const deciding = steps.filter((s) => s.answer === answer);
  const [first] = deciding;
  return { answer, ...(answer !== 'yes' && first?.code !== undefined && { code: first.code }), reasons: (answer === 'yes' ? steps : deciding).flatMap((s) => s.reasons), missing: answer === 'unknown' ? deciding.flatMap((s) => s.missing) : [] };
}

/** Every point at which the answer of a connection may differ from that of its neighbours, for questions that leave port or protocol open. */
export function pointsOf(graph: GraphView, ends: readonly { readonly direction: Direction; readonly workload: Workload; readonly peer: Peer }[], port: number | undefined, protocol: string | undefined): readonly Point[] {
  const named = protocol === undefined || /^(any|all|-1)$/i.test(protocol) ? undefined : protocolWord(protocol);
  const asked = named !== undefined ? [named] : port === undefined || protocol !== undefined ? protocols : ['TCP'];
  const cuts = port === undefined ? [1, ...ends.flatMap((e) => [...policyCuts(graph, e.direction, e.workload, e.peer), ...adminCuts(graph, e.direction, e.workload, e.peer)])].filter((p) => p >= 1 && p <= 65535) : [port];
  return asked.flatMap((p) => [...new Set(cuts)].sort((a, b) => a - b).map((at) => ({ protocol: p, port: at })));
}

const numbers: ReadonlyMap<string, string> = new Map([['6', 'TCP'], ['17', 'UDP'], ['132', 'SCTP']]);
/** `TCP`, `UDP`, `SCTP` by name or IANA number; others in capitals. */
export const protocolWord = (text: string): string => numbers.get(text) ?? text.toUpperCase();

/** Whether any NetworkPolicy of the cluster was imported; without one it is only taken that there is none. */
export const hasPolicies = (graph: GraphView, cluster: string | undefined): boolean =>
  ['NetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'].some((kind) => graph.ofType(`K8s::${kind}`, { account: cluster }).length > 0);
